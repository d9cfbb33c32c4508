//! What is given to send: line ends, escapes, hex; and payloads written as hex.

use std::{io::Write, net::UdpSocket, process::Stdio};

use crate::common::{PATIENCE, Program, interrupt, poll, program, rest, run, serve, take};

/// What a listener gets of a client with these arguments and this standard input.
fn sent(args: &[&str], input: &[u8]) -> (Vec<u8>, Option<i32>, String) {
    let (address, server) = serve(|mut caller| rest(&mut caller));
    let client = run(&[&["connect", &address.to_string()], args].concat(), input);
    (server.join().unwrap(), client.code, client.err)
}

#[test]
fn texts_and_lines_become_the_bytes_that_are_meant() {
    for (args, input, expected) in [
        (&["--send", "PING", "--line-end", "crlf"][..], &b""[..], &b"PING\r\n"[..]),
        (&["--send", "a", "--send", "b", "--line-end", "lf"], b"", b"a\nb\n"),
        (&["--send", r"PING\r\n\x00\xff\u{4f60}", "--escapes"], b"", b"PING\r\n\0\xff\xe4\xbd\xa0"),
        (&["--send", r"PING\r\n"], b"", b"PING\\r\\n"),
        (&["--send", "a\r\nb\r\n", "--line-end", "crlf"], b"", b"a\r\nb\r\n"),
        (&["--send", "0xff,0xd8 ff:e0", "--hex"], b"", b"\xff\xd8\xff\xe0"),
        (&["--line-end", "crlf"], b"SET a 1\nGET a\r\nEXIT", b"SET a 1\r\nGET a\r\nEXIT\r\n"),
        (&["--line-end", "lf"], b"a\r\nb\r\n", b"a\nb\n"),
        (&["--line-end", "none"], b"a\r\nb\n", b"ab"),
        (&["--escapes", "--line-end", "none"], b"\\x02abc\\x03\n", b"\x02abc\x03"),
        (&["--hex"], b"ff d8\n\n\\x00\n", b"\xff\xd8\0"),
        (&[], b"a\r\nb\n", b"a\r\nb\n"),
        (&["--send", "\u{4f60}", "--line-end", "crlf", "--encoding", "utf-16be"], b"", b"\x4f\x60\0\r\0\n"),
    ] {
        let (bytes, code, errors) = sent(args, input);
        assert_eq!((bytes.as_slice(), code), (expected, Some(0)), "{args:?}: {errors}");
    }
}

#[test]
fn a_line_that_makes_no_sense_is_said_and_the_others_are_sent() {
    let (bytes, code, errors) = sent(&["--hex"], b"01\nnot hex\n02\n");
    assert_eq!((bytes.as_slice(), code), (&b"\x01\x02"[..], Some(1)), "{errors}");
    assert!(errors.contains("a line was not sent") && errors.contains("not a hex digit"), "{errors}");
}

#[test]
fn each_typed_line_is_a_datagram_without_its_end() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let client = run(&["connect", "--udp", &address, "--line-end", "none", "--wait", "0.1"], b"one\ntwo\n");
    assert_eq!(client.code, Some(0), "{}", client.err);
    for expected in ["one", "two"] {
        let mut buffer = [0; 100];
        let length = socket.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..length], expected.as_bytes());
    }
}

#[test]
fn a_listener_types_in_the_same_forms() {
    let mut listener = Program::listen(&["none", "--escapes", "--line-end", "crlf"]);
    let mut caller = listener.call();
    listener.event("accepted");
    listener.type_in(b"220 \\u{4f60}\\x00\n");
    assert_eq!(take(&mut caller, 10), "220 你\0\r\n".as_bytes());
}

#[test]
fn an_answer_that_is_typed_may_have_escapes() {
    let listener = Program::listen(&["page", "--reply", r"HTTP/1.0 200 OK\r\n\r\nhi", "--escapes"]);
    let mut caller = listener.call();
    caller.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!(rest(&mut caller), b"HTTP/1.0 200 OK\r\n\r\nhi");
    // A fixed reply is bytes, with all that is typed elsewhere.
    let given = ["--escapes", "--fields", "--checksum", "xor-8", "--line-end", "crlf"];
    let listener = Program::listen(&[&["reply", "--reply", r"\xff{counter}"][..], &given].concat());
    let mut caller = listener.call();
    for count in b"12" {
        caller.write_all(b"x").unwrap();
        assert_eq!(take(&mut caller, 5), [0xff, *count, 0xff ^ *count, b'\r', b'\n']);
    }
    for wrong in [
        &["reply", "--reply", "41", "--hex"][..],
        &["reply", "--reply", "{time:nonsense}", "--fields"],
        &["page", "--reply", r"\xff", "--escapes"],
        &["page", "--reply", "{counter}", "--fields"],
    ] {
        let ended = program().arg("listen").args(wrong).args(["--port", "0"]).output().unwrap();
        assert_eq!(ended.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_file_goes_whole_to_a_caller_that_comes_late_and_reads_slowly() {
    const LENGTH: usize = 8 << 20;
    let content = crate::common::noise(LENGTH, 31);
    let mut child = program()
        .args(["listen", "none", "--port", "0", "--payload", "none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let sending = content.clone();
    let writer = std::thread::spawn(move || input.write_all(&sending));
    let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    std::io::BufRead::read_line(&mut errors, &mut first).unwrap();
    let address = first.trim().rsplit(' ').next().unwrap().to_owned();
    // The input is there long before anybody calls.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let mut caller = crate::common::patient(std::net::TcpStream::connect(address).unwrap());
    let mut received = Vec::new();
    for _ in 0..20 {
        received.extend(take(&mut caller, 10_000));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // The end of the input is the end of what is sent.
    received.extend(rest(&mut caller));
    assert!(received == content, "{} of {LENGTH} bytes", received.len());
    writer.join().unwrap().unwrap();
    drop(caller);
    interrupt(&child);
    assert_eq!(poll("the end", || child.try_wait().unwrap()).code(), Some(130));
}

#[test]
fn payloads_can_be_written_as_hex() {
    let listener = Program::listen(&["echo", "--payload", "hex"]);
    let mut caller = listener.call();
    caller.write_all(b"\xff\x00A").unwrap();
    take(&mut caller, 3);
    let sent = listener.event("send");
    assert_eq!((&sent["hex"], &sent["length"]), (&"ff0041".into(), &3.into()));
    assert!(sent["text"].is_null() && sent["base64"].is_null(), "{sent}");
    assert_eq!(listener.event("recv")["hex"], "ff0041");
}
