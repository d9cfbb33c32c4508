//! What is copied as a program runs as it stands and does the same.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream, UdpSocket},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

use crate::common::{PATIENCE, Program, has, patient, run};

/// A server that answers every request with two bytes and hands each over as it came.
fn recorder() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let stream = patient(stream);
            let mut reader = BufReader::new(&stream);
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && reader.read_until(b'\n', &mut head).is_ok_and(|count| count > 0) {}
            let text = String::from_utf8_lossy(&head).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let head_only = head.starts_with(b"HEAD");
            let _ = sender.send([head, body].concat());
            let answer: &[u8] = if head_only {
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
            } else {
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            };
            let _ = (&stream).write_all(answer);
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
    (address.to_string(), requests)
}

/// Runs a program that was printed.
fn execute(kind: &str, program: &str, folder: &Path) -> Vec<u8> {
    let (name, mut command) = match kind {
        "python" | "http.client" => ("program.py", Command::new("python3")),
        "rust" => {
            let source = folder.join("program.rs");
            fs::write(&source, program).unwrap();
            let built =
                Command::new("rustc").args(["-o", "program", "program.rs"]).current_dir(folder).output().unwrap();
            assert!(built.status.success(), "{}\n{program}", String::from_utf8_lossy(&built.stderr));
            ("", Command::new(folder.join("program")))
        }
        _ => ("program.sh", Command::new("sh")),
    };
    if !name.is_empty() {
        fs::write(folder.join(name), program).unwrap();
        command.arg(name);
    }
    let output = command.current_dir(folder).stdin(Stdio::null()).env_remove("http_proxy").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{kind}: {errors}\n{program}");
    output.stdout
}

/// A request whose headers are in no order, and whose boundary is always the same.
fn comparable(request: &[u8], exact: bool) -> Vec<u8> {
    let mut request = request.to_vec();
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|window| window == part);
    if let Some(at) = find(&request, b"boundary=") {
        let boundary: Vec<u8> = request[at + 9..].iter().copied().take_while(|byte| *byte != b'\r').collect();
        let mut out = Vec::new();
        let mut rest = request.as_slice();
        while let Some(at) = find(rest, &boundary) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(b"BOUNDARY");
            rest = &rest[at + boundary.len()..];
        }
        out.extend_from_slice(rest);
        request = out;
    }
    if exact {
        return without_length(request);
    }
    let end = find(&request, b"\r\n\r\n").unwrap();
    let head = String::from_utf8(request[..end].to_vec()).unwrap();
    let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
    for line in lines.iter_mut().skip(1) {
        let (name, value) = line.split_once(':').unwrap();
        *line = format!("{}:{value}", name.to_lowercase());
    }
    lines[1..].sort();
    without_length([lines.join("\r\n").as_bytes(), &request[end..]].concat())
}

/// Boundaries of other lengths make bodies of other lengths.
fn without_length(request: Vec<u8>) -> Vec<u8> {
    if !request.windows(8).any(|window| window == b"BOUNDARY") {
        return request;
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let kept: Vec<&str> =
        text.split("\r\n").filter(|line| !line.to_lowercase().starts_with("content-length")).collect();
    kept.join("\r\n").into_bytes()
}

#[test]
fn a_copied_request_sends_the_same() {
    let (address, requests) = recorder();
    let folder = tempfile::tempdir().unwrap();
    // Windows has no names with quotes.
    let quote = if cfg!(windows) { "" } else { "\"" };
    let file = folder.path().join(format!("it's; a, {quote}%file{quote} 你.txt"));
    fs::write(&file, b"line\r\n\0\xff \\ 'quoted' %d").unwrap();
    let file = file.to_str().unwrap();
    let part = format!("f=@{file}");
    let cases: [(&str, &[&str]); 14] = [
        ("/path?a=1&b=%20{x}", &[]),
        ("/a'b\"c d/é;x,y/%2f!*()~@?x=1&z={a,b}[1-3]|^`$HOME%25#frag", &[]),
        ("/", &["--method", "HEAD"]),
        ("/", &["--method", "DELETE", "--header", "X-Own: it's \"quoted\" $HOME `x` \\ %s 你好"]),
        (
            "/",
            &["--header", "X-Twice: 1", "--header", "X-Twice: 2", "--header", "Host: other", "--header", "User-Agent:"],
        ),
        ("/", &["--body", "text 'and' \"more\" \\n $x %d\nline 你好\r\n\t\u{1}"]),
        ("/", &["--body", ""]),
        ("/", &["--method", "POST"]),
        ("/", &["--body-file", file, "--method", "PUT"]),
        ("/", &["--form", "a=1 2", "--form", "b=&'\"", "--form", "你=", "--header", "Accept:"]),
        ("/", &["--part", "u=it's\n你", "--part", "v \"q\";=<x;type=y", "--part", &part, "--part", "u=again"]),
        ("/", &["--part", &part]),
        ("/", &["--compressed", "--header", "User-Agent: other", "--header", "Content-Type: x/y", "--body", "@x"]),
        ("/", &["--method", "get", "--body", "x", "--header", "Content-Type:"]),
    ];
    for (path, case) in cases {
        let url = format!("http://me:p%40s%20s@{address}{path}");
        let ours = run(&[&["get", &url], case].concat(), b"");
        assert_eq!(ours.code, Some(0), "{case:?}: {}", ours.err);
        let wanted = requests.recv_timeout(PATIENCE).unwrap();
        for kind in ["curl", "python", "http.client", "nc"] {
            if !has(if kind == "http.client" || kind == "python" { "python3" } else { kind }) {
                continue;
            }
            let printed = run(&[&["get", &url, "--as", kind], case].concat(), b"");
            assert_eq!(printed.code, Some(0), "{}", printed.err);
            let program = String::from_utf8(printed.out).unwrap();
            execute(kind, &program, folder.path());
            let got = requests.recv_timeout(PATIENCE).unwrap();
            let exact = kind != "curl";
            let (got, wanted) = (comparable(&got, exact), comparable(&wanted, exact));
            assert_eq!(String::from_utf8_lossy(&got), String::from_utf8_lossy(&wanted), "{kind} {case:?}\n{program}");
        }
    }
    let impossible = run(&["get", "http://a/", "--method", "HEAD", "--body", "x", "--as", "curl"], b"");
    assert_eq!(impossible.code, Some(2));
    assert!(impossible.err.contains("no body with HEAD"), "{}", impossible.err);
}

#[test]
fn a_pasted_curl_command_asks_for_the_same() {
    if !has("curl") {
        return;
    }
    let (address, requests) = recorder();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), b"from a file").unwrap();
    let data = format!("@{}", folder.path().join("data").display());
    let url = format!("http://{address}/x");
    let upload = folder.path().join("data").display().to_string();
    let cases: [&[&str]; 9] = [
        &["-A", "a", "-H", "Content-Type: application/json", "--data-raw", "{\"q\": \"it\u{2019}s 你\"}"],
        &["-A", "a", "--json", "{\"a\":1}", "--json", "[2]", "-XPATCH"],
        &["-A", "a", "-T", &upload, "-H", "Expect:"],
        &["-A", "a", "-H", "X: 1", "-u", "me:it"],
        &["-A", "a", "-d", "a=1", "-d", "b=2"],
        &["-A", "a", "-XPUT", "--data-binary", &data],
        &["-A", "a", "-G", "--data-urlencode", "q=a b&c"],
        &["-A", "a", "-I", "-r", "5-9", "-b", "k=v", "-e", "http://r/"],
        &["-A", "a", "-F", "t=1", "-F", "u=\"it; is\"", "-F", "v=a\"b"],
    ];
    for case in cases {
        let status =
            Command::new("curl").args(["-s", "-o", "/dev/null", "--noproxy", "*"]).args(case).arg(&url).status();
        assert!(status.unwrap().success(), "{case:?}");
        let wanted = requests.recv_timeout(PATIENCE).unwrap();
        let words: Vec<String> = case.iter().map(|word| format!("'{word}'")).collect();
        let command = format!("curl {} '{url}'", words.join(" "));
        let ours = run(&["get", "--curl", &command], b"");
        assert_eq!(ours.code, Some(0), "{}", ours.err);
        let got = requests.recv_timeout(PATIENCE).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&comparable(&got, false)),
            String::from_utf8_lossy(&comparable(&wanted, false)),
            "{command}"
        );
    }
    let wrong = run(&["get", "--curl", "wget x"], b"");
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
}

#[test]
fn a_copied_client_says_the_same_over_every_transport() {
    let folder = tempfile::tempdir().unwrap();
    let messages = ["first 'line' %d\\\n", "second 你好\t\"x\""];
    let wanted = messages.concat();
    for (kind, program) in [("python", "python3"), ("nc", "nc"), ("socat", "socat"), ("rust", "rustc")] {
        if !has(program) {
            continue;
        }
        for transport in ["tcp", "udp", "unix", "unix-datagram"] {
            if cfg!(not(unix)) && transport.starts_with("unix") {
                continue;
            }
            // No two kinds of nc end a datagram client alike, so there is none; and the oldest know no paths.
            if kind == "nc" && (transport.starts_with('u') && (transport != "unix" || !has("ncat"))) {
                continue;
            }
            // The standard library of Rust has no name for its end.
            if kind == "rust" && transport == "unix-datagram" {
                continue;
            }
            let path = folder.path().join(format!("{kind}-{transport}"));
            let path = path.to_str().unwrap();
            let arguments: &[&str] = match transport {
                "udp" => &["--udp"],
                "unix" => &["--unix", path],
                "unix-datagram" => &["--unix-datagram", path],
                _ => &[],
            };
            let echo = if transport.starts_with("unix") {
                Program::start(&[&["listen", "echo"], arguments].concat()).bound()
            } else {
                Program::listen(&[&["echo"], arguments].concat())
            };
            let address = echo.name().to_owned();
            let place: &[&str] = if transport.starts_with("unix") { &[] } else { &[&address] };
            let sends = ["--send", messages[0], "--send", messages[1], "--as", kind];
            let printed = run(&[&["connect"], place, arguments, &sends].concat(), b"");
            assert_eq!(printed.code, Some(0), "{kind} {transport}: {}", printed.err);
            let source = String::from_utf8(printed.out).unwrap();
            let out = execute(kind, &source, folder.path());
            assert_eq!(String::from_utf8_lossy(&out), wanted, "{kind} {transport}\n{source}");
        }
    }
}

#[test]
fn a_copied_listener_answers_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, program) in [("python", "python3"), ("socat", "socat"), ("rust", "rustc")] {
        for (recipe, transport, wanted) in
            [("echo", "tcp", "hello 1"), ("upper", "tcp", "HELLO 1"), ("echo", "udp", "hello 1")]
        {
            if !has(program) {
                continue;
            }
            // A port that was free a moment ago.
            let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
            let udp: &[&str] = if transport == "udp" { &["--udp"] } else { &[] };
            let printed = run(&[&["listen", recipe, "--port", &free, "--as", kind], udp].concat(), b"");
            assert_eq!(printed.code, Some(0), "{}", printed.err);
            let source = String::from_utf8(printed.out).unwrap();
            let mut child = start(kind, &source, folder.path());
            let address = format!("127.0.0.1:{free}");
            let got = if transport == "udp" { ask_udp(&address) } else { ask_tcp(&address) };
            end(&mut child);
            assert_eq!(got, wanted, "{kind} {recipe} {transport}\n{source}");
        }
    }
}

/// Ends a listener, and the processes in which socat serves its callers.
fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn start(kind: &str, source: &str, folder: &Path) -> Child {
    let mut command = match kind {
        "python" => {
            fs::write(folder.join("listener.py"), source).unwrap();
            let mut command = Command::new("python3");
            command.arg("listener.py");
            command
        }
        "rust" => {
            fs::write(folder.join("listener.rs"), source).unwrap();
            let built =
                Command::new("rustc").args(["-o", "listener", "listener.rs"]).current_dir(folder).output().unwrap();
            assert!(built.status.success(), "{}\n{source}", String::from_utf8_lossy(&built.stderr));
            Command::new(folder.join("listener"))
        }
        _ => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!("exec {source}"));
            command
        }
    };
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().unwrap()
}

fn ask_tcp(address: &str) -> String {
    let mut stream = crate::common::poll("the listener", || TcpStream::connect(address).ok().map(patient));
    stream.write_all(b"hello 1").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn ask_udp(address: &str) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
    let mut buffer = [0; 100];
    crate::common::poll("an answer", || {
        let _ = socket.send(b"hello 1");
        let count = socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..count]).into_owned())
    })
}
