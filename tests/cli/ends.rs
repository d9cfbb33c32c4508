//! Every way out: what ends is told, by every session, with the exit code that says what was done.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, UdpSocket},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::common::{PATIENCE, Program, patient, program, rest, run, serve, take};

fn names(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event["event"].as_str().unwrap(), event["session"])).collect()
}

#[cfg(unix)]
#[test]
fn every_signal_that_asks_for_an_end_gets_one_with_the_last_records() {
    use rustix::process::Signal;
    let folder = tempfile::tempdir().unwrap();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let path = folder.path().join("socket");
        let listener = Program::start(&["listen", "echo", "--unix", path.to_str().unwrap()]).bound();
        let mut caller = std::os::unix::net::UnixStream::connect(&path).unwrap();
        caller.write_all(b"x").unwrap();
        assert_eq!(take(&mut caller, 1), b"x");
        listener.signal(signal);
        let ended = listener.end();
        assert_eq!(ended.code, Some(code), "{}", ended.errors);
        let events = ended.events();
        assert!(events.iter().any(|event| event["event"] == "closed"), "{events:#?}");
        assert_eq!(events.last().unwrap()["event"], "stopped");
        assert!(!path.exists(), "the path is taken away");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn under_nohup_a_closed_terminal_ends_nothing() {
    use rustix::process::Signal;
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_socketlab")]);
    shell.args(["listen", "echo", "--port", "0", "--json"]);
    let listener = Program::of(shell).bound();
    listener.signal(Signal::HUP);
    let mut caller = listener.call();
    caller.write_all(b"x").unwrap();
    assert_eq!(take(&mut caller, 1), b"x");
    listener.stop();
}

#[test]
fn every_session_of_a_file_ends_with_its_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.socketlab");
    let port = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (one, other) = (port(), port());
    std::fs::write(
        &path,
        format!(
            "socketlab = 1\n[[listener]]\nport = {one}\n[[listener]]\nport = {other}\n[[client]]\nport = {other}\n"
        ),
    )
    .unwrap();
    let batch = Program::start(&["run", path.to_str().unwrap()]);
    batch.event("connected");
    batch.event("accepted");
    let events = batch.stop().events();
    let names = names(&events);
    for session in 1..=3 {
        assert!(names.contains(&format!("stopped {session}")), "{names:?}");
    }
    for session in 2..=3 {
        assert!(names.contains(&format!("closed {session}")), "{names:?}");
    }
}

#[test]
fn only_what_was_done_ends_with_0() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let url = format!("http://{address}/");
    for args in [
        &["get", &url, "--max-seconds", "0.5"][..],
        &["connect", &address, "--send", "x", "--close-after-reply", "--max-seconds", "0.5"],
        &["connect", &address, "--receive-first", "--send", "x", "--max-seconds", "0.5"],
    ] {
        let ended = run(args, b"");
        assert_eq!(ended.code, Some(1), "{args:?}: {}", ended.err);
        assert!(ended.err.contains("the time was over before"), "{args:?}: {}", ended.err);
    }
    // Time as such was asked for here.
    for args in [
        &["connect", &address, "--send", "x", "--max-seconds", "0.5"][..],
        &["listen", "none", "--port", "0", "--max-seconds", "0.2"],
    ] {
        let ended = run(args, b"");
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.err);
    }
    // Nobody came for what was to be sent.
    let ended = run(&["listen", "none", "--port", "0", "--max-seconds", "0.5"], b"for somebody");
    assert_eq!(ended.code, Some(1), "{}", ended.err);
}

#[test]
fn a_time_beyond_all_clocks_is_no_limit() {
    let listener = Program::listen(&["echo", "--max-seconds", "1e19", "--idle-timeout", "1e300"]);
    let mut caller = listener.call();
    caller.write_all(b"x").unwrap();
    assert_eq!(take(&mut caller, 1), b"x");
    let client = run(&["connect", listener.name(), "--connect-timeout", "1e19", "--max-seconds", "1e19"], b"x");
    assert_eq!((client.code, client.out.as_slice()), (Some(0), &b"x"[..]), "{}", client.err);
    let url = format!("http://{}/", listener.name());
    let limits =
        ["--timeout", "1e19", "--connect-timeout", "1e19", "--first-byte-timeout", "1e19", "--idle-timeout", "1e19"];
    let got = run(&[&["get", &url, "--max-seconds", "1"], &limits[..]].concat(), b"");
    assert!(matches!(got.code, Some(0 | 1)), "{:?}: {}", got.code, got.err);
}

#[test]
fn an_empty_input_half_closes_at_once() {
    let (address, server) = serve(|mut caller| {
        let question = rest(&mut caller);
        caller.write_all(b"bye").unwrap();
        question
    });
    let mut command = program();
    let output = command.args(["connect", &address.to_string()]).stdin(Stdio::null()).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"bye"[..]));
    assert!(server.join().unwrap().is_empty());
}

#[test]
fn a_file_that_shrinks_on_its_way_is_a_failure() {
    const LENGTH: u64 = 64 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(LENGTH).unwrap();
    let (address, server) = serve(move |mut caller| {
        // The file is open by now, and far from sent.
        take(&mut caller, 1000);
        file.set_len(1 << 20).unwrap();
        1000 + rest(&mut caller).len() as u64
    });
    let client = run(&["connect", &address.to_string(), "--send-file", path.to_str().unwrap()], b"");
    assert!(server.join().unwrap() < LENGTH);
    assert_eq!(client.code, Some(1), "{}", client.err);
    assert!(client.err.contains("shorter"), "{}", client.err);
}

/// Files that wait and the one on its way: each has a record with how far it came.
#[cfg(unix)]
#[test]
fn a_file_that_an_end_cuts_is_said_with_how_far_it_came() {
    const LENGTH: u64 = 64 << 20;
    let folder = tempfile::tempdir().unwrap();
    let paths = ["first", "second"].map(|name| folder.path().join(name));
    for path in &paths {
        std::fs::File::create(path).unwrap().set_len(LENGTH).unwrap();
    }
    let [first, second] = paths.each_ref().map(|path| path.to_str().unwrap());
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let client =
        Program::start(&["connect", &address, "--send-file", first, "--send-file", second, "--payload", "none"]);
    let (_caller, _) = silent.accept().unwrap();
    client.event("send");
    client.signal(rustix::process::Signal::TERM);
    let ended = client.end();
    assert_eq!(ended.code, Some(143), "{}", ended.errors);
    let events = ended.events();
    let cut = |path: &str| events.iter().find(|event| event["address"] == path).unwrap().clone();
    let (one, other) = (cut(first), cut(second));
    let sent: u64 = events.iter().filter(|event| event["event"] == "send").filter_map(|e| e["length"].as_u64()).sum();
    assert_eq!((&one["event"], &one["error"]), (&"failed".into(), &"ECANCELED".into()));
    assert!(sent > 0 && one["sent"] == sent && one["total"] == LENGTH, "{sent} {one}");
    assert_eq!((&other["sent"], &other["operation"]), (&0.into(), &"send".into()), "{other}");
    assert!(ended.errors.contains("of the file were sent before the end"), "{}", ended.errors);
}

#[test]
fn an_answer_to_a_datagram_that_comes_late_is_waited_for_or_said_to_be_missing() {
    let device = UdpSocket::bind("127.0.0.1:0").unwrap();
    device.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = device.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || {
        let mut buffer = [0; 10];
        for _ in 0..3 {
            let (_, from) = device.recv_from(&mut buffer).unwrap();
            std::thread::sleep(Duration::from_millis(1600));
            // The first one has gone by then.
            let _ = device.send_to(b"late", from);
        }
    });
    let ask = |args: &[&str]| {
        let began = Instant::now();
        (run(&[&["connect", "--udp", &address, "--send", "x"], args].concat(), b""), began.elapsed())
    };
    let (short, _) = ask(&[]);
    assert!(short.out.is_empty());
    assert!(short.err.contains("1 datagrams sent, no answer within") && short.err.contains("--wait"), "{}", short.err);
    let (waited, _) = ask(&["--wait", "5"]);
    assert_eq!(waited.out, b"late", "{}", waited.err);
    let (limited, took) = ask(&["--max-seconds", "4"]);
    assert_eq!((limited.code, limited.out.as_slice()), (Some(0), &b"late"[..]), "{}", limited.err);
    assert!(took >= Duration::from_secs(4), "{took:?}");
    answering.join().unwrap();
}

#[test]
fn a_pipe_that_the_peer_leaves_early_is_a_failure() {
    let (address, server) = serve(|mut caller| {
        take(&mut caller, 10);
    });
    let mut child = program()
        .args(["connect", &address.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    while input.write_all(&[b'x'; 4096]).is_ok() {}
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{said}");
    server.join().unwrap();
}

/// Windows has its language in the user's settings.
#[cfg(unix)]
#[test]
fn words_in_records_are_english_unless_a_language_is_asked_for() {
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let message = |args: &[&str]| {
        let output = program()
            .env("LC_ALL", "zh_CN.UTF-8")
            .args(["connect", &refused, "--send", "x", "--json"])
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let failed = lines.lines().find(|line| line.contains("ECONNREFUSED")).unwrap().to_owned();
        let event: Value = serde_json::from_str(&failed).unwrap();
        (event["message"].as_str().unwrap().to_owned(), String::from_utf8(output.stderr).unwrap())
    };
    let (json, said) = message(&[]);
    assert!(json.is_ascii() && !said.is_ascii(), "{json} {said}");
    let (json, said) = message(&["--lang", "zh-CN"]);
    assert!(!json.is_ascii() && !said.is_ascii(), "{json} {said}");
    let (json, said) = message(&["--lang", "en"]);
    assert!(json.is_ascii() && said.is_ascii(), "{json} {said}");
}

#[test]
fn a_site_says_in_a_record_where_it_is_and_what_it_wants() {
    let folder = tempfile::tempdir().unwrap();
    let upload = folder.path().to_str().unwrap();
    let listener = Program::listen(&["http", "--upload", upload, "--token", "known-1"]);
    let serving = listener.event("serving");
    assert_eq!(serving["urls"], serde_json::json!([format!("http://{}/", listener.name())]));
    assert_eq!(serving["token"], "known-1");
    let put = |token: &str| {
        let mut caller = patient(listener.call());
        let head = format!(
            "PUT /a.txt HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-Socketlab-Token: {token}\r\nContent-Length: 2\r\n\r\nhi",
            listener.name()
        );
        caller.write_all(head.as_bytes()).unwrap();
        String::from_utf8(rest(&mut caller)).unwrap()
    };
    assert!(put("known-1").starts_with("HTTP/1.1 201"));
    assert!(put("known-2").starts_with("HTTP/1.1 403"));
    // A random one is told as well; a site that takes nothing has none.
    let random = Program::listen(&["http", "--board"]).event("serving");
    assert!(random["token"].as_str().unwrap().len() >= 16, "{random}");
    let closed = Program::listen(&["http"]).event("serving");
    assert!(
        closed["token"].is_null() && closed["urls"][0].as_str().unwrap().starts_with("http://127.0.0.1:"),
        "{closed}"
    );
}
