//! The HTTP client against servers written by hand, sound ones and others.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    thread::JoinHandle,
};

use crate::common::{NOWHERE, Output, Program, noise, run, serve};

/// A request as it came: its head, and as much of a body as Content-Length says.
fn request(stream: &TcpStream) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    (head, body)
}

/// A server that answers one request with these bytes and closes.
fn answer(bytes: impl Into<Vec<u8>>) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let bytes = bytes.into();
    let (address, server) = serve(move |mut stream| {
        let request = request(&stream);
        stream.write_all(&bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
        request
    });
    (format!("http://{address}/path?q=1"), server)
}

fn get(bytes: impl Into<Vec<u8>>, args: &[&str]) -> (Output, String, Vec<u8>) {
    let (url, server) = answer(bytes);
    let output = run(&[&["get", &url], args].concat(), b"");
    let (head, body) = server.join().unwrap();
    (output, head, body)
}

#[test]
fn a_sound_answer_is_its_body_on_stdout() {
    let body = noise(200_000, 10);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-Test: a\r\n\r\n", body.len());
    let (output, request, _) =
        get([head.as_bytes(), &body].concat(), &["--header", "X-Mine: 1", "--header", "accept: text/x"]);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(output.out == body);
    assert!(request.starts_with("GET /path?q=1 HTTP/1.1\r\nHost: 127.0.0.1:"), "{request}");
    assert!(
        request.contains("X-Mine: 1\r\n") && request.to_lowercase().contains("\r\naccept: text/x\r\n"),
        "{request}"
    );
    assert!(!request.contains("*/*"), "a header given replaces the default: {request}");
}

#[test]
fn an_error_status_is_an_answer_like_others_with_an_exit_code_of_its_own() {
    let (output, ..) = get("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", &["--include"]);
    assert_eq!(output.code, Some(4), "{}", output.err);
    let text = String::from_utf8(output.out).unwrap();
    assert!(text.starts_with("HTTP/1.1 404 Not Found\r\n") && text.ends_with("\r\n\r\ngone"), "{text:?}");
}

#[test]
fn a_head_request_has_no_body_whatever_its_head_says() {
    let (output, request, _) =
        get("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", &["--method", "HEAD", "--include"]);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(request.starts_with("HEAD "), "{request}");
    assert!(String::from_utf8(output.out).unwrap().to_lowercase().contains("content-length: 1000\r\n"));
}

#[test]
fn bodies_are_sent_as_text_or_from_a_file() {
    let sound = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (output, request, body) = get(sound, &["--body", "正文 body"]);
    assert_eq!((output.code, body.as_slice()), (Some(0), "正文 body".as_bytes()), "{}", output.err);
    assert!(request.starts_with("POST "), "{request}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body");
    let content = noise(500_000, 11);
    std::fs::write(&file, &content).unwrap();
    let (output, request, body) = get(sound, &["--body-file", file.to_str().unwrap(), "--method", "PUT"]);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(request.starts_with("PUT ") && body == content, "{request}");
    let missing = run(&["get", "http://127.0.0.1:9/", "--body-file", NOWHERE], b"");
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains(NOWHERE) && missing.err.contains("ENOENT"), "{}", missing.err);
}

#[test]
fn chunks_are_put_together() {
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\n\r\n";
    let (output, ..) = get(chunked, &[]);
    assert_eq!((output.code, output.out.as_slice()), (Some(0), b"hello world".as_slice()), "{}", output.err);
}

#[test]
fn a_body_that_breaks_off_is_kept_and_is_a_failure() {
    let (output, ..) = get("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", &[]);
    assert_eq!((output.code, output.out.as_slice()), (Some(1), b"only this".as_slice()));
    assert!(
        output.err.contains("shorter") && output.err.contains("9 B") && output.err.contains("100 B"),
        "{}",
        output.err
    );
    let (output, ..) = get("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo", &[]);
    assert_eq!((output.code, output.out.as_slice()), (Some(1), b"hellowo".as_slice()), "{}", output.err);
    assert!(output.err.contains("broke off"), "{}", output.err);
    // Hand-written heads too.
    let (output, ..) = get("HTTP/1.x 200 OK\nContent-Length: 100\n\nonly this", &[]);
    assert_eq!((output.code, output.out.as_slice()), (Some(1), b"only this".as_slice()));
    assert!(output.err.contains("shorter"), "{}", output.err);
}

#[test]
fn an_answer_without_a_status_line_is_shown_as_it_came() {
    let (output, ..) = get("<h1>welcome</h1>\n\nmore", &[]);
    assert_eq!(
        (output.code, output.out.as_slice()),
        (Some(6), b"<h1>welcome</h1>\n\nmore".as_slice()),
        "{}",
        output.err
    );
    assert!(output.err.contains("no status line"), "{}", output.err);
}

#[test]
fn a_version_that_is_none_is_explained() {
    let picture = noise(5000, 12);
    let head = b"HTTP/1.x 200 OK\nContent-Type: image/jpg\n\n";
    let (output, ..) = get([head.as_slice(), &picture].concat(), &[]);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(output.out == picture, "{} bytes", output.out.len());
    for part in ["HTTP/1.x", "LF", "Content-Length"] {
        assert!(output.err.contains(part), "{part}: {}", output.err);
    }
    // With a line break before it, as the tutorial's picture answer has one.
    let (output, ..) = get([b"\n", head.as_slice(), &picture].concat(), &[]);
    assert_eq!(output.code, Some(0), "{}", output.err);
    assert!(output.out == picture, "{}", output.err);
}

#[test]
fn bare_line_feeds_are_understood() {
    let (output, ..) = get("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", &[]);
    assert_eq!((output.code, output.out.as_slice()), (Some(0), b"ok".as_slice()), "{}", output.err);
}

#[test]
fn no_answer_at_all_is_a_failure_in_words() {
    let (output, ..) = get("", &[]);
    assert_eq!(output.code, Some(1));
    assert!(output.err.contains("without an answer"), "{}", output.err);
}

#[test]
fn a_body_goes_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saved");
    let body = noise(3 << 20, 13);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let (output, ..) = get([head.as_bytes(), &body].concat(), &["-o", file.to_str().unwrap()]);
    assert_eq!((output.code, output.out.len()), (Some(0), 0), "{}", output.err);
    assert!(std::fs::read(&file).unwrap() == body);
    let (url, _server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let output = run(&["get", &url, "-o", NOWHERE], b"");
    assert_eq!(output.code, Some(1));
    assert!(output.err.contains(NOWHERE), "{}", output.err);
}

#[test]
fn what_is_no_url_is_refused_in_words() {
    for (url, part) in [
        ("https://127.0.0.1/", "https"),
        ("ftp://127.0.0.1/", "ftp"),
        ("http://", "URL"),
        ("http://:x", "URL"),
        ("http://fe80::1/", "in brackets"),
        ("http://me@::1?x", "in brackets"),
        ("fe80::1%eth0", "in brackets"),
    ] {
        let output = run(&["get", url], b"");
        assert_eq!(output.code, Some(2), "{url}: {}", output.err);
        assert!(output.err.contains(part), "{url}: {}", output.err);
    }
    // Which adapters there are is not wrong usage.
    let output = run(&["get", "http://[fe80::1%no-such]/"], b"");
    assert!(output.err.contains("`socketlab addresses` lists the adapters"), "{}", output.err);
    assert_eq!(output.code, Some(1));
}

#[test]
fn heads_before_and_after_are_printed_on_demand() {
    let raw = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        2\r\nok\r\n0\r\nDigest: x\r\n\r\n";
    let (output, ..) = get(raw, &["-i"]);
    let printed = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nokDigest: x\r\n";
    assert_eq!(String::from_utf8_lossy(&output.out), printed, "{}", output.err);
    let (output, ..) = get(raw, &[]);
    assert_eq!(output.out, b"ok", "{}", output.err);
    let (url, server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nA: b\r\n\r\n");
    let output = run(&["get", "--curl", &format!("curl -I {url}")], b"");
    assert!(server.join().unwrap().0.starts_with("HEAD "));
    assert_eq!(
        String::from_utf8_lossy(&output.out),
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nA: b\r\n\r\n",
        "{}",
        output.err
    );
}

#[test]
fn a_file_that_is_there_is_not_lost_to_a_body_that_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept");
    std::fs::write(&file, "as it was").unwrap();
    let large = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwhat ever";
    let (output, ..) = get(large, &["--max", "5", "-o", file.to_str().unwrap()]);
    assert_eq!((output.code, std::fs::read(&file).unwrap().as_slice()), (Some(1), &b"as it was"[..]), "{}", output.err);
    let (output, ..) = get(large, &["--max", "9", "-o", file.to_str().unwrap()]);
    assert_eq!((output.code, std::fs::read(&file).unwrap().as_slice()), (Some(0), &b"what ever"[..]), "{}", output.err);
    // The name that the URL has, where whoever asks stands.
    let (url, server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let mut command = crate::common::program();
    command.args(["get", "-O", &url.replace("/path?q=1", "/a%20b.txt?q")]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.join().unwrap();
    assert_eq!(std::fs::read(folder.path().join("a b.txt")).unwrap(), b"ok");
    for nameless in ["http://127.0.0.1:1/", "http://127.0.0.1:1/a%2fb", "http://127.0.0.1:1/a/.."] {
        let output = run(&["get", "-O", nameless], b"");
        assert_eq!(output.code, Some(2), "{nameless}: {}", output.err);
    }
}

#[test]
fn a_path_goes_out_as_it_is_typed_or_that_is_said() {
    for (path, sent) in [("/../../etc/passwd", "/etc/passwd"), ("/a\\b", "/a/b"), ("/./x?a=/../b#c", "/x?a=/../b")] {
        let sound = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let (url, server) = answer(sound);
        let url = url.replace("/path?q=1", path);
        let output = run(&["get", &url], b"");
        let (head, _) = server.join().unwrap();
        assert_eq!(head.split(' ').nth(1), Some(sent), "{path}");
        for part in [path.split('#').next().unwrap(), sent, "--path-as-is"] {
            assert!(output.err.contains(part), "{path} {part}: {}", output.err);
        }
        let (again, server) = answer(sound);
        let again = again.replace("/path?q=1", path);
        let output = run(&["get", &again, "--path-as-is"], b"");
        assert_eq!((output.code, output.err.as_str()), (Some(0), ""));
        assert_eq!(server.join().unwrap().0.split(' ').nth(1), path.split('#').next());
    }
}

#[test]
fn the_wire_is_in_the_journal() {
    let (url, server) = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let get = Program::start(&["get", url.strip_prefix("http://").unwrap()]).end();
    server.join().unwrap();
    assert_eq!(get.code, Some(0), "{}", get.errors);
    let events = get.events();
    let text = |name: &str| -> String {
        events.iter().filter(|event| event["event"] == name).filter_map(|event| event["text"].as_str()).collect()
    };
    assert!(text("send").starts_with("GET /path?q=1 HTTP/1.1\r\n"), "{events:#?}");
    assert_eq!(text("recv"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(events.last().unwrap()["event"], "stopped");
}
