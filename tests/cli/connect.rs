//! Clients: pipes, messages and their order, and the ends of a connection.

use std::{io::Write, net::Shutdown, process::Stdio};

use serde_json::Value;

use crate::common::{NOWHERE, PATIENCE, Program, noise, poll, program, rest, run, serve, take};

#[test]
fn a_pipe_carries_every_byte_both_ways() {
    let listener = Program::listen(&["echo", "--recv-size", "65536", "--payload", "none"]);
    for length in [0, 1, 1023, 1 << 20, 64 << 20] {
        let input = noise(length, 6);
        let pipe = run(&["connect", listener.name()], &input);
        assert_eq!(pipe.code, Some(0), "{}", pipe.err);
        assert!(pipe.out == input, "{length} bytes in, {} out", pipe.out.len());
    }
}

#[test]
fn a_pipe_that_is_read_late_still_gets_everything() {
    let content = noise(900_000, 7);
    let sent = content.clone();
    let (address, server) = serve(move |mut caller| caller.write_all(&sent));
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut child = program()
        .args(["connect", &address.to_string(), "--log-file", log.to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    server.join().unwrap().unwrap();
    // Everything is in the program, and nobody has read a byte.
    poll("the end of the session", || {
        std::fs::read_to_string(&log).ok().filter(|log| log.contains("\"event\":\"closed\""))
    });
    let out = rest(child.stdout.as_mut().unwrap());
    assert!(out == content, "{} of {}", out.len(), content.len());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_pipe_half_closes_at_the_end_of_input_and_then_takes_what_comes() {
    let (address, server) = serve(|mut caller| {
        let question = rest(&mut caller);
        caller.write_all(b"after the end").unwrap();
        question
    });
    let pipe = run(&["connect", &address.to_string()], b"question");
    assert_eq!((pipe.code, pipe.out.as_slice()), (Some(0), b"after the end".as_slice()), "{}", pipe.err);
    assert_eq!(server.join().unwrap(), b"question");
}

#[test]
fn messages_and_files_go_out_in_the_order_they_were_typed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, noise(300_000, 8)).unwrap();
    let file = file.to_str().unwrap();
    let (address, server) = serve(|mut caller| rest(&mut caller));
    let args = ["--send", "<", "--send-file", file, "--send", "|", "--send-file", file, "--send", "好>"];
    let client = run(&[&["connect", &address.to_string()], &args[..]].concat(), b"ignored");
    assert_eq!(client.code, Some(0), "{}", client.err);
    let expected = [b"<", noise(300_000, 8).as_slice(), b"|", &noise(300_000, 8), "好>".as_bytes()].concat();
    assert!(server.join().unwrap() == expected);
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_the_rest_is_sent() {
    let (address, server) = serve(|mut caller| rest(&mut caller));
    let args = ["connect", &address.to_string(), "--send", "a", "--send-file", NOWHERE, "--send", "b"];
    let client = run(&args, b"");
    assert_eq!(client.code, Some(1));
    assert!(client.err.contains(&format!("open {NOWHERE}")) && client.err.contains("ENOENT"), "{}", client.err);
    assert_eq!(server.join().unwrap(), b"ab");
    let (address, _server) = serve(|mut caller| rest(&mut caller));
    let folder = std::env::temp_dir();
    let client = run(&["connect", &address.to_string(), "--send-file", folder.to_str().unwrap()], b"");
    assert_eq!(client.code, Some(1));
    // Windows opens no folder at all.
    assert!(client.err.contains(if cfg!(windows) { "EACCES" } else { "EISDIR" }), "{}", client.err);
}

#[test]
fn the_peer_may_speak_first() {
    let (address, server) = serve(|mut caller| {
        caller.set_read_timeout(Some(std::time::Duration::from_millis(300))).unwrap();
        let silent = std::io::Read::read(&mut caller, &mut [0]).is_err();
        caller.set_read_timeout(Some(PATIENCE)).unwrap();
        caller.write_all(b"name?").unwrap();
        (silent, rest(&mut caller))
    });
    let client = run(&["connect", &address.to_string(), "--receive-first", "--send", "me"], b"");
    assert_eq!((client.code, client.out.as_slice()), (Some(0), b"name?".as_slice()), "{}", client.err);
    assert_eq!(server.join().unwrap(), (true, b"me".to_vec()));
}

#[test]
fn it_closes_after_the_reply_when_asked_to() {
    let (address, server) = serve(|mut caller| {
        let question = take(&mut caller, 8);
        caller.write_all(b"answer").unwrap();
        (question, rest(&mut caller))
    });
    let client = Program::start(&["connect", &address.to_string(), "--send", "question", "--close-after-reply"]);
    assert_eq!(client.event("closed")["by"], "local");
    let ended = client.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.events().iter().all(|event| event["event"] != "half_closed"), "{:#?}", ended.lines);
    assert_eq!(server.join().unwrap(), (b"question".to_vec(), Vec::new()));
}

#[test]
fn the_source_address_and_port_can_be_chosen() {
    let free = std::net::TcpListener::bind("127.0.0.2:0").unwrap().local_addr().unwrap().to_string();
    let listener = Program::listen(&["echo"]);
    let client = run(&["connect", listener.name(), "--source", &free, "--send", "x"], b"");
    assert_eq!(client.code, Some(0), "{}", client.err);
    assert_eq!(listener.event("accepted")["peer"], Value::from(free));
    let foreign = run(&["connect", listener.name(), "--source", "203.0.113.9:0", "--send", "x"], b"");
    assert_eq!(foreign.code, Some(1));
    assert!(foreign.err.contains("bind 203.0.113.9:0") && foreign.err.contains("EADDRNOTAVAIL"), "{}", foreign.err);
}

#[test]
fn names_are_looked_up() {
    let listener = Program::listen(&["echo"]);
    let client = run(&["connect", &format!("localhost:{}", listener.address().port()), "--send", "by name"], b"");
    assert_eq!((client.code, client.out.as_slice()), (Some(0), b"by name".as_slice()), "{}", client.err);
}

#[test]
fn a_peer_that_goes_first_ends_the_pipe_in_order() {
    let (address, server) = serve(|mut caller| {
        caller.write_all(b"bye").unwrap();
        caller.shutdown(Shutdown::Both).unwrap();
    });
    // Its own input never ends.
    let client = Program::start(&["connect", &address.to_string()]);
    server.join().unwrap();
    assert_eq!(client.event("recv")["text"], "bye");
    assert_eq!(client.event("closed")["by"], "peer");
    assert_eq!(client.end().code, Some(0));
}

#[test]
fn an_interrupted_pipe_closes_its_connection() {
    let listener = Program::listen(&["echo"]);
    let client = Program::start(&["connect", listener.name()]);
    client.event("connected");
    let ended = client.stop();
    assert_eq!(ended.events().last().unwrap()["event"], "stopped");
    assert_eq!(listener.event("closed")["by"], "peer");
}

#[test]
fn a_reader_that_goes_away_ends_the_pipe() {
    let (address, _server) = serve(|mut caller| while caller.write_all(&[b'x'; 8192]).is_ok() {});
    let mut child = program()
        .args(["connect", &address.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    assert_eq!(take(&mut out, 10), b"xxxxxxxxxx");
    drop(out);
    poll("the end of the pipe", || child.try_wait().unwrap());
}

/// A server that says at once that it has nothing to say, and takes everything, slowly at first.
fn deaf_mute() -> (std::net::SocketAddr, std::thread::JoinHandle<Vec<u8>>) {
    serve(|mut caller| {
        caller.shutdown(Shutdown::Write).unwrap();
        rest(&mut caller)
    })
}

#[test]
fn a_peer_that_says_nothing_still_gets_everything() {
    let content = noise(20 << 20, 15);
    let (address, server) = deaf_mute();
    let pipe = run(&["connect", &address.to_string()], &content);
    assert_eq!(pipe.code, Some(0), "{}", pipe.err);
    assert!(server.join().unwrap() == content);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, &content).unwrap();
    for end in [&[][..], &["--close-after-reply"]] {
        let (address, server) = deaf_mute();
        let args = ["connect", &address.to_string(), "--send", "x", "--send-file", file.to_str().unwrap()];
        let client = run(&[&args, end].concat(), b"");
        assert_eq!(client.code, Some(0), "{}", client.err);
        assert!(server.join().unwrap()[1..] == content);
    }
    // Waiting for its first word ends with the certainty that there is none.
    let (address, server) = deaf_mute();
    let client = run(&["connect", &address.to_string(), "--receive-first", "--send", "x"], b"");
    assert_eq!(client.code, Some(0), "{}", client.err);
    assert_eq!(server.join().unwrap(), b"");
}

#[test]
fn text_is_sent_and_logged_in_the_encoding_that_was_named() {
    let listener = Program::listen(&["echo", "--recv-size", "3"]);
    let args = ["connect", listener.name(), "--send", "不要回答", "--encoding", "gbk"];
    let pipe = run(&args, b"");
    assert_eq!((pipe.code, pipe.out.as_slice()), (Some(0), b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0".as_slice()));
    let lines = run(&[args.as_slice(), &["--json"]].concat(), b"");
    let out = String::from_utf8(lines.out).unwrap();
    let texts = |event: &str| -> String {
        let lines = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["event"] == event).filter_map(|line| line["text"].as_str().map(String::from)).collect()
    };
    // Three bytes at a time come back, so that characters are cut.
    assert_eq!((texts("send"), texts("recv")), ("不要回答".into(), "不要回答".into()), "{out}");

    let refused = run(&["connect", listener.name(), "--send", "naïve", "--encoding", "Big5"], b"");
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("“ï” is not in Big5"), "{}", refused.err);
    let unknown = run(&["connect", listener.name(), "--send", "a", "--encoding", "utf-7"], b"");
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("Shift_JIS"), "{}", unknown.err);
}
