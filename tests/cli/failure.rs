//! What went wrong, in words, with name and number, and the exit code.

use std::net::TcpListener;

use socketlab::model::Errno;

use crate::{
    common::{NOWHERE, Program, run},
    system::code,
};

/// A loopback address at which nobody listens.
fn nobody() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn refused_says_operation_address_name_number_and_what_to_try() {
    let address = nobody();
    let refused = run(&["connect", &address, "--send", "x"], b"");
    assert_eq!(refused.code, Some(1));
    let number = code(Errno::ECONNREFUSED);
    for part in [&format!("connect {address}"), &number, "nobody listens", "try: check the port"] {
        assert!(refused.err.contains(part), "{part}: {}", refused.err);
    }
    assert!(refused.out.is_empty());
    // The same as data.
    let failed = Program::start(&["connect", &address, "--send", "x"]);
    let event = failed.event("failed");
    assert_eq!((&event["operation"], &event["error"]), (&"connect".into(), &"ECONNREFUSED".into()));
    assert_eq!((&event["errno"], &event["peer"]), (&Errno::ECONNREFUSED.number().into(), &address.clone().into()));
    assert!(!event["message"].as_str().unwrap().is_empty() && !event["hint"].as_str().unwrap().is_empty());
    assert_eq!(failed.end().code, Some(1));
    let get = run(&["get", &format!("http://{address}/")], b"");
    assert_eq!(get.code, Some(1));
    assert!(get.err.contains(&number), "{}", get.err);
}

#[test]
fn a_name_that_cannot_be_is_not_found() {
    // No name server is asked for a label of more than 63 letters.
    let name = "x".repeat(70);
    let unknown = run(&["connect", &format!("{name}:80")], b"");
    assert_eq!(unknown.code, Some(1));
    for part in ["resolve", &name, "EAI_NONAME", "spelling"] {
        assert!(unknown.err.contains(part), "{part}: {}", unknown.err);
    }
    let bind = run(&["listen", "echo", "--port", "0", "--bind", &name], b"");
    assert_eq!(bind.code, Some(1));
    assert!(bind.err.contains("EAI_NONAME"), "{}", bind.err);
}

/// Windows answers a SYN for which its queue has no place with RST.
#[cfg(unix)]
#[test]
fn a_listener_that_does_not_answer_times_out() {
    use socket2::{Domain, SockAddr, Socket, Type};
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SockAddr::from(std::net::SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap();
    // More callers than its queue takes: the system drops the next one's SYN.
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let caller = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            caller.set_nonblocking(true).unwrap();
            let _ = caller.connect(&address);
            caller
        })
        .collect();
    let address = address.as_socket().unwrap().to_string();
    let started = std::time::Instant::now();
    let client = run(&["connect", &address, "--connect-timeout", "0.4", "--send", "x"], b"");
    assert_eq!(client.code, Some(1));
    for part in [&format!("connect {address}"), "(ETIMEDOUT)", "400 ms", "queue", "backlog"] {
        assert!(client.err.contains(part), "{part}: {}", client.err);
    }
    assert!(started.elapsed() < crate::common::PATIENCE / 2);
    // Ctrl-C does not wait for the time-out.
    let waiting = Program::start(&["connect", &address, "--connect-timeout", "600", "--max-seconds", "0.3"]);
    let ended = waiting.end();
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("before the connection stood"), "{}", ended.errors);
    drop(callers);
}

/// Windows has its language in the user's settings.
#[cfg(unix)]
#[test]
fn json_does_not_change_with_the_language() {
    let address = nobody();
    let told = |language: &str, json: bool| {
        let mut program = crate::common::program();
        program.env("LC_ALL", language).env("LANGUAGE", "").args(["connect", &address, "--send", "x"]);
        if json {
            program.arg("--json");
        }
        let ended = program.stdin(std::process::Stdio::null()).output().unwrap();
        (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap())
    };
    let failure = |out: &str| {
        let line = out.lines().find(|line| line.contains("failed")).unwrap();
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        ["operation", "address", "error", "errno", "message", "hint"].map(|key| line[key].clone())
    };
    let english = failure(&told("C.UTF-8", true).0);
    assert!(english.iter().all(|value| !value.is_null()), "{english:?}");
    assert_eq!(failure(&told("zh_CN.UTF-8", true).0), english);
    // A person reads it in the language that is spoken.
    let spoken = told("zh_CN.UTF-8", false).1;
    assert!(spoken.contains(&code(Errno::ECONNREFUSED)) && !spoken.contains("nobody"), "{spoken}");
}

/// Every number as `#`: times, ports and sizes are others in every run.
#[cfg(unix)]
fn without_numbers(line: &str) -> String {
    let mut out = String::new();
    for char in line.chars() {
        match char {
            '0'..='9' | '.' | '\u{2009}' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            char => out.push(char),
        }
    }
    out
}

/// A server that gives every caller the same answer.
#[cfg(unix)]
fn site(answer: &'static str) -> String {
    use std::io::Write as _;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = crate::common::patient(stream);
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.extend(crate::common::take(&mut stream, 1));
            }
            stream.write_all(answer.as_bytes()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            crate::common::rest(&mut stream);
        }
    });
    format!("http://{address}/")
}

/// Windows has its language in the user's settings.
#[cfg(unix)]
#[test]
fn every_line_of_json_is_the_same_in_every_language() {
    let refused = nobody();
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let unanswered = silent.local_addr().unwrap().to_string();
    let odd = site("HTTP/1.x 200 OK\nno header\nContent-Length: 9\n\nhalf");
    let away = site("HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    let packed = site("HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\nContent-Length: 2\r\n\r\nok");
    let chunks = site("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n");
    for (args, word) in [
        (&["connect", &refused, "--send", "x"][..], "nobody listens"),
        (&["connect", "--udp", &refused, "--send", "x", "--wait", "1"], "nobody"),
        (&["connect", "--udp", &unanswered, "--send", "x", "--wait", "0.2"], ""),
        (&["listen", "echo", "--port", "0", "--bind", "203.0.113.9"], "address"),
        (&["get", "http://127.0.0.1:9/", "--proxy", &refused], "this is the proxy"),
        (&["get", "http://[fe80::1%nosuch]/"], "no adapter called nosuch"),
        (&["get", &odd], "should be HTTP/"),
        (&["get", &away, "--follow=3"], "which is not followed: https"),
        (&["get", &packed, "--compressed"], "is not known here"),
        (&["get", &chunks], "is not the length of a chunk"),
    ] {
        let told = |language: &str| {
            let mut program = crate::common::program();
            program.env_remove("LC_ALL").env("LANG", language).arg("--json").args(args);
            let ended = program.stdin(std::process::Stdio::null()).output().unwrap();
            let lines = String::from_utf8(ended.stdout).unwrap();
            (lines.lines().map(without_numbers).collect::<Vec<_>>(), String::from_utf8(ended.stderr).unwrap())
        };
        let (english, said) = told("C");
        assert!(english.iter().any(|line| line.contains(word)), "{args:?} {word}: {english:#?}");
        let (lines, said_too) = told("zh_CN.UTF-8");
        assert_eq!(lines, english, "{args:?}");
        // The status lines are for a person.
        assert!(said.is_empty() || said_too != said, "{args:?}: {said}");
    }
}

#[test]
fn addresses_that_nobody_can_be_called_at_are_named() {
    for (address, parts) in [
        ("127.0.0.1:0", &["port 0 is no port"][..]),
        ("224.0.0.1:9", &["group", "use UDP"]),
        ("255.255.255.255:9", &["broadcast", "use UDP"]),
        ("[fe80::1]:9", &["fe80::1%"]),
    ] {
        let called = run(&["connect", address, "--send", "x", "--connect-timeout", "5"], b"");
        assert_eq!(called.code, Some(1), "{address} {}", called.err);
        for part in parts {
            assert!(called.err.contains(part), "{address} {part}: {}", called.err);
        }
    }
    let here = nobody().replace("127.0.0.1", "0.0.0.0");
    let called = run(&["connect", &here, "--send", "x"], b"");
    assert!(called.err.contains("stands for") && called.err.contains("call 127.0.0.1"), "{}", called.err);
}

#[test]
fn a_client_that_is_connected_to_itself_is_told_so() {
    let address = nobody();
    let alone = run(&["connect", &address, "--source", &address, "--send", "x", "--max-seconds", "5"], b"");
    assert!(alone.err.contains("connected to itself"), "{}", alone.err);
    let alone = Program::start(&["connect", &address, "--source", &address, "--max-seconds", "1"]);
    assert!(alone.event("connected")["note"].as_str().unwrap().contains("connected to itself"));
    alone.end();
}

#[test]
fn an_address_in_use_names_the_holder_and_a_free_port() {
    let holder = Program::listen(&["echo"]);
    let port = holder.address().port().to_string();
    let second = run(&["listen", "echo", "--port", &port], b"");
    assert_eq!(second.code, Some(1));
    for part in ["bind 127.0.0.1:", &code(Errno::EADDRINUSE), "is free"] {
        assert!(second.err.contains(part), "{part}: {}", second.err);
    }
    // Nothing else says whose a socket is.
    if cfg!(not(target_os = "linux")) {
        return;
    }
    for part in ["socketlab", &format!("process {}", holder.process())] {
        assert!(second.err.contains(part), "{part}: {}", second.err);
    }
    let udp = Program::listen(&["echo", "--udp"]);
    let second = run(&["listen", "echo", "--udp", "--port", &udp.address().port().to_string()], b"");
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains(&format!("process {}", udp.process())), "{}", second.err);
}

#[test]
fn an_address_of_another_machine_cannot_be_bound() {
    let foreign = run(&["listen", "echo", "--bind", "203.0.113.9", "--port", "0"], b"");
    assert_eq!(foreign.code, Some(1));
    for part in ["bind 203.0.113.9:0", &code(Errno::EADDRNOTAVAIL), "socketlab addresses"] {
        assert!(foreign.err.contains(part), "{part}: {}", foreign.err);
    }
}

#[test]
fn wrong_usage_is_refused_before_anything_is_started() {
    let wrong: &[&[&str]] = &[
        &["bogus"],
        &["listen"],
        &["listen", "bogus"],
        &["listen", "reply"],
        &["listen", "echo", "--reply", "x"],
        &["listen", "echo", "--port", "65536"],
        &["listen", "echo", "--accept", "none"],
        &["listen", "echo", "--accept", "0"],
        &["listen", "echo", "--close-after", "0"],
        &["listen", "echo", "--idle-timeout", "0"],
        &["listen", "echo", "--udp", "--unix", "/tmp/x"],
        &["listen", "echo", "--folder", "/tmp"],
        &["listen", "http", "--udp"],
        &["listen", "http", "--recv-size", "1024"],
        &["listen", "http", "--folder", NOWHERE],
        &["listen", "http", "--picture", "/tmp"],
        &["listen", "http", "--folder", "/tmp", "--picture", "/etc/passwd"],
        &["connect"],
        &["connect", "127.0.0.1"],
        &["connect", "::1:80"],
        &["connect", "127.0.0.1:99999"],
        &["connect", "127.0.0.1:80", "--unix", "/tmp/x"],
        &["connect", "127.0.0.1:80", "--source", "somewhere"],
        &["connect", "127.0.0.1:80", "--connect-timeout", "-1"],
        &["connect", "127.0.0.1:80", "--recv-size", "0"],
        &["get"],
        &["get", "x", "--body", "a", "--body-file", "/etc/passwd"],
        &["get", "x", "--header", "no colon"],
        &["get", "x", "--header", "a b: c"],
        &["get", "x", "--method", "A B"],
        &["get", "x", "--proxy", "socks5://p:1"],
        &["get", "x", "--proxy", "http://p:x"],
        &["get", "x", "--proxy", "http://"],
        &["get", "https://127.0.0.1/"],
        &["get", "http://x:y/"],
        &["listen", "echo", "--payload", "octal"],
        &["listen", "echo", "--max-seconds", "nan"],
        &["listen", "echo", "--line-end", "crlf"],
        &["listen", "http", "--token", "x"],
        &["listen", "http", "--board", "--token", "a b"],
        &["listen", "none", "--hex", "--escapes"],
        &["connect", "127.0.0.1:80", "--wait", "2"],
        &["connect", "127.0.0.1:80", "--hex", "--send", "abc"],
        &["connect", "127.0.0.1:80", "--line-end", "cr"],
        &["listen", "echo", "--memory", "much"],
        &["listen", "echo", "--lang", "fr"],
        &["addresses", "extra"],
    ];
    for args in wrong {
        let refused = run(args, b"");
        assert_eq!(refused.code, Some(2), "{args:?}: {}", refused.err);
        assert!(refused.err.contains("error:") && refused.out.is_empty(), "{args:?}: {}", refused.err);
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [&["--help"][..], &["--version"], &["listen", "--help"], &["connect", "--help"], &["get", "--help"]] {
        let shown = run(args, b"");
        assert_eq!(shown.code, Some(0));
        assert!(!shown.out.is_empty() && shown.err.is_empty());
    }
}

#[test]
fn addresses_end_with_loopback() {
    let shown = run(&["addresses"], b"");
    assert_eq!(shown.code, Some(0));
    let text = String::from_utf8(shown.out).unwrap();
    assert!(text.lines().any(|line| line.starts_with("127.0.0.1 ") && line.ends_with("loopback")), "{text}");
    let json = String::from_utf8(run(&["addresses", "--json"], b"").out).unwrap();
    let rows: Vec<serde_json::Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), text.lines().count());
    let kinds: Vec<_> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    let first_loopback = kinds.iter().position(|kind| *kind == "loopback").unwrap();
    assert!(kinds[first_loopback..].iter().all(|kind| *kind == "loopback"), "{kinds:?}");
}

#[test]
fn a_log_file_that_cannot_be_written_is_named() {
    let refused = run(&["listen", "echo", "--port", "0", "--log-file", NOWHERE], b"");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(NOWHERE), "{}", refused.err);
}
