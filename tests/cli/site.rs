//! The HTTP listener: what it serves, and what it does not.

use std::io::{Read, Write};

use crate::{
    common::{Program, noise, poll, rest},
    system::link,
};

/// Sends a request as it stands and gives the whole answer.
fn raw(listener: &Program, request: &[u8]) -> (String, Vec<u8>) {
    let mut stream = listener.call();
    stream.write_all(request).unwrap();
    let answer = rest(&mut stream);
    match answer.windows(4).position(|end| end == b"\r\n\r\n") {
        Some(end) => (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec()),
        None => (String::from_utf8_lossy(&answer).into_owned(), Vec::new()),
    }
}

fn get(listener: &Program, target: &str) -> (String, Vec<u8>) {
    raw(listener, format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
}

/// A picture of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[test]
fn without_anything_to_show_it_says_that_it_works() {
    let listener = Program::listen(&["http"]);
    let (head, body) = get(&listener, "/");
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
    assert!(String::from_utf8(body).unwrap().contains("It works"));
    assert!(get(&listener, "/nothing").0.starts_with("HTTP/1.1 404"));
}

#[test]
fn a_page_with_the_picture_that_was_chosen() {
    let folder = tempfile::tempdir().unwrap();
    // Windows has no such names.
    let (name, shown) = if cfg!(windows) {
        ("a & b.gif", "a &amp; b.gif")
    } else {
        ("a <b> & \"c\".gif", "a &lt;b&gt; &amp; &quot;c&quot;.gif")
    };
    let path = folder.path().join(name);
    std::fs::write(&path, PIXEL).unwrap();
    let listener = Program::listen(&["http", "--picture", path.to_str().unwrap()]);
    let (head, body) = get(&listener, "/");
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.to_lowercase().contains("content-type: text/html"), "{head}");
    let page = String::from_utf8(body).unwrap();
    assert!(page.contains("src=\"/picture\"") && page.contains(shown), "{page}");
    let (head, body) = get(&listener, "/picture");
    assert!(head.to_lowercase().contains("content-type: image/gif") && body == PIXEL, "{head}");
    let (head, body) = raw(&listener, b"HEAD /picture HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.to_lowercase().contains(&format!("content-length: {}", PIXEL.len())) && body.is_empty(), "{head}");
    let (head, body) =
        raw(&listener, b"GET /picture HTTP/1.1\r\nHost: x\r\nRange: bytes=1-3\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 206") && body == b"IF8", "{head}");
    assert!(
        raw(&listener, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .0
            .contains(" 405 ")
    );
    // It was one of the old days: no Host, and the connection ends with the answer.
    let (head, body) = raw(&listener, b"GET /picture HTTP/1.0\r\n\r\n");
    assert!(head.contains(" 200 ") && body == PIXEL, "{head}");
}

#[test]
fn a_file_that_looks_like_answers_is_served_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    // Lines of 64 bytes: every write of a large file begins with what looks like a refusal.
    let line = format!("{:<62}\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nX: ");
    for (name, file) in [("large.txt", line.repeat(200_000)), ("small.txt", line.repeat(2))] {
        std::fs::write(folder.path().join(name), &file).unwrap();
        let listener = Program::listen(&["http", "--folder", folder.path().to_str().unwrap()]);
        assert!(get(&listener, &format!("/{name}")).1 == file.as_bytes(), "{name}");
    }
}

#[test]
fn several_requests_go_over_one_connection() {
    let listener = Program::listen(&["http"]);
    let twice = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut stream = listener.call();
    stream.write_all(twice).unwrap();
    let text = String::from_utf8(rest(&mut stream)).unwrap();
    assert_eq!(text.matches("HTTP/1.1 ").count(), 2, "{text}");
    listener.event("closed");
    assert_eq!(listener.events().iter().filter(|event| event["event"] == "accepted").count(), 1);
}

#[test]
fn a_folder_shows_its_files_and_nothing_else() {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("served");
    std::fs::create_dir_all(folder.join("sub/深")).unwrap();
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    std::fs::write(folder.join(".hidden"), "secret").unwrap();
    std::fs::write(folder.join("a b&c.txt"), "text").unwrap();
    let large = noise(2 << 20, 14);
    std::fs::write(folder.join("sub/深/large.bin"), &large).unwrap();
    link(outside.path().to_str().unwrap(), &folder.join("link"));
    link("/etc/passwd", &folder.join("passwd"));
    let listener = Program::listen(&["http", "--folder", folder.to_str().unwrap(), "--payload", "none"]);

    let (head, list) = get(&listener, "/");
    let list = String::from_utf8(list).unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200") && list.contains("href=\"sub/\"") && list.contains("a b&amp;c.txt"),
        "{list}"
    );
    assert!(!list.contains("hidden"), "{list}");
    assert_eq!(get(&listener, "/a%20b&c.txt").1, b"text");
    assert!(get(&listener, "/sub").0.contains(" 308 "));
    assert!(get(&listener, "/sub/%E6%B7%B1/large.bin").1 == large);
    assert_eq!(get(&listener, "http://any.host/a%20b%26c.txt?query").1, b"text");

    for target in [
        "/../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/%2e%2e%2fsecret",
        "/sub/../../secret",
        "/sub/%2e%2e/%2e%2e/secret",
        "/..%5csecret",
        "/%5c..%5csecret",
        "/....//secret",
        "//secret",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/etc/passwd",
        "/link/secret",
        "/passwd",
        "/.hidden",
        "/%2ehidden",
        "/./.hidden",
        "/a%00b",
        "/%c0%ae%c0%ae/secret",
        "/%252e%252e/secret",
        "/file:///etc/passwd",
        "http://any.host/../secret",
        "/%ff%fe",
    ] {
        let (head, body) = get(&listener, target);
        assert!(head.contains(" 404 ") || head.contains(" 400 "), "{target}: {head}");
        let body = String::from_utf8_lossy(&body);
        assert!(!body.contains("secret") && !body.contains("root:"), "{target}: {body}");
    }
    for request in [
        &b"DELETE /a%20b&c.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"[..],
        b"PUT /new HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
    ] {
        assert!(raw(&listener, request).0.contains(" 405 "));
    }
    assert!(folder.join("a b&c.txt").exists() && !folder.join("new").exists());
}

#[test]
fn what_is_no_http_is_refused_and_written_down() {
    let listener = Program::listen(&["http"]);
    for request in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"hello\r\n\r\n"] {
        let (head, _) = raw(&listener, request);
        assert!(head.is_empty() || head.contains(" 400 "), "{head}");
    }
    let failed = listener.event("failed");
    assert_eq!((&failed["operation"], &failed["error"]), (&"http".into(), &"HTTP".into()));
    // A head without an end stops somewhere.
    let mut stream = listener.call();
    let mut endless = b"GET / HTTP/1.1\r\n".to_vec();
    while endless.len() < 2 << 20 {
        endless.extend_from_slice(b"X-Header: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
    }
    let _ = stream.write_all(&endless);
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
    assert!(get(&listener, "/").0.contains(" 200 "));
    listener.stop();
}

#[test]
fn what_is_wrong_has_its_own_status() {
    let listener = Program::listen(&["http"]);
    let long = "x".repeat(9000);
    let very_long = "x".repeat(70_000);
    let many = "X-A: b\r\n".repeat(150);
    for (request, status) in [
        ("GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_owned(), 505),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n".to_owned(), 505),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_owned(), 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n".to_owned(), 417),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), 414),
        (format!("GET /{very_long} HTTP/1.1\r\nHost: x\r\n\r\n"), 414),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {very_long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), 431),
        ("CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), 405),
        ("TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), 405),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), 200),
    ] {
        let (head, body) = raw(&listener, request.as_bytes());
        let shown = &request[..request.len().min(80)];
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{shown}: {head}");
        let lower = head.to_lowercase();
        assert!(status != 405 || lower.contains("allow: get"), "{head}");
        if status == 200 {
            assert!(lower.contains("content-length: 0\r\n") && body.is_empty(), "{head}");
        } else {
            let length = format!("content-length: {}", body.len());
            assert!(lower.contains("content-type:") && lower.contains(&length) && !body.is_empty(), "{shown}: {head}");
        }
    }
    // Lines between chunks, with the head and after it.
    for (line, status) in [("5 ", 400), ("5; a", 400), ("5;a=b", 405), ("5", 405)] {
        for pause in [0, 30] {
            let mut stream = listener.call();
            let head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
            stream.write_all(head).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(pause));
            stream.write_all(format!("{line}\r\nabcde\r\n0\r\n\r\n").as_bytes()).unwrap();
            let text = String::from_utf8(rest(&mut stream)).unwrap();
            assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{line} {pause}: {text}");
        }
    }
    // The last of several requests in one piece can be the wrong one.
    let mut stream = listener.call();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/3.0\r\n\r\n").unwrap();
    let text = String::from_utf8(rest(&mut stream)).unwrap();
    assert!(text.starts_with("HTTP/1.1 200 ") && text.contains("HTTP/1.1 505 "), "{text}");
}

#[test]
fn parts_and_conditions_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let large = noise(6 << 20, 15);
    std::fs::write(folder.path().join("large.bin"), &large).unwrap();
    std::fs::write(folder.path().join("a.txt"), "some words ".repeat(200)).unwrap();
    let listener = Program::listen(&["http", "--folder", folder.path().to_str().unwrap(), "--payload", "none"]);
    let ask = |target: &str, headers: &str| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        raw(&listener, request.as_bytes())
    };
    for (target, whole) in [("/large.bin", &large[..]), ("/a.txt", "some words ".repeat(200).as_bytes())] {
        // The second time it comes from memory, if it is small.
        for _ in 0..2 {
            let (head, body) = ask(target, "");
            let tag = head.lines().find_map(|line| line.strip_prefix("Etag: ")).unwrap().to_owned();
            let date = head.lines().find_map(|line| line.strip_prefix("Last-Modified: ")).unwrap().to_owned();
            assert!(head.contains("Accept-Ranges: bytes") && body == whole, "{head}");
            let (head, body) = ask(target, "Range: bytes=100-1099\r\n");
            let place = format!("Content-Range: bytes 100-1099/{}", whole.len());
            assert!(head.starts_with("HTTP/1.1 206") && head.contains(&place) && body == whole[100..1100], "{head}");
            let (head, body) = ask(target, "Range: bytes=-7\r\n");
            assert!(head.starts_with("HTTP/1.1 206") && body == whole[whole.len() - 7..], "{head}");
            let (head, body) = ask(target, "Range: bytes=0-1,10-12\r\n");
            let text = String::from_utf8_lossy(&body);
            assert!(
                head.contains("multipart/byteranges; boundary=") && text.matches("Content-Range: bytes").count() == 2
            );
            assert!(body.windows(3).any(|part| part == &whole[10..13]) && text.trim_end().ends_with("--"), "{head}");
            let (head, _) = ask(target, "Range: bytes=99999999-\r\n");
            let size = format!("Content-Range: bytes */{}", whole.len());
            assert!(head.starts_with("HTTP/1.1 416") && head.contains(&size), "{head}");
            assert!(ask(target, &format!("If-None-Match: {tag}\r\n")).0.starts_with("HTTP/1.1 304"));
            assert!(ask(target, &format!("If-Modified-Since: {date}\r\n")).0.starts_with("HTTP/1.1 304"));
            assert!(ask(target, "If-Match: \"other\"\r\n").0.starts_with("HTTP/1.1 412"));
            let (head, body) = ask(target, "Range: bytes=0-0\r\nIf-Range: \"other\"\r\n");
            assert!(head.starts_with("HTTP/1.1 200") && body == whole, "{head}");
            let many: Vec<_> = (0..600).map(|at| format!("{at}-")).collect();
            assert!(ask(target, &format!("Range: bytes={}\r\n", many.join(","))).0.starts_with("HTTP/1.1 200"));
        }
    }
    // Text is compressed where that is asked for; the other form has another tag.
    let (head, body) = ask("/a.txt", "Accept-Encoding: gzip\r\n");
    assert!(head.contains("Content-Encoding: gzip") && head.contains("Vary: accept-encoding"), "{head}");
    assert!(body.len() < 200 && body.starts_with(&[0x1f, 0x8b]) && head.contains("Etag: \"gz-"), "{head}");
    assert!(!ask("/large.bin", "Accept-Encoding: gzip\r\n").0.contains("Content-Encoding"));
    // What is replaced is given as it is now.
    std::fs::write(folder.path().join("a.txt"), "new").unwrap();
    assert_eq!(ask("/a.txt", "").1, b"new");
    std::fs::remove_file(folder.path().join("a.txt")).unwrap();
    assert!(ask("/a.txt", "").0.contains(" 404 "));
}

#[test]
fn a_table_of_routes_answers_and_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("routes.toml");
    std::fs::write(folder.path().join("pixel"), PIXEL).unwrap();
    let table = "[[route]]\npath = \"/hi/*\"\nstatus = 201\ntext = \"hello\"\nheaders = { X-One = \"1\" }\n\
                 [[route]]\nmethod = \"POST\"\npath = \"/hi/*\"\ntext = \"posted\"\n\
                 [[route]]\npath = \"/p\"\nfile = \"pixel\"\nheaders = { Content-Type = \"image/gif\" }\n\
                 [[route]]\npath = \"/slow\"\ntext = \"late\"\ndelay_ms = 300\n\
                 [[route]]\nmethod = \"*\"\npath = \"/echo\"\necho = true\n";
    std::fs::write(&path, table).unwrap();
    let listener = Program::listen(&["http", "--routes", path.to_str().unwrap()]);
    let (head, body) = get(&listener, "/hi/a%20b");
    assert!(head.starts_with("HTTP/1.1 201") && head.contains("X-One: 1") && body == b"hello", "{head}");
    let (head, body) =
        raw(&listener, b"POST /hi/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab");
    assert!(head.starts_with("HTTP/1.1 200") && body == b"posted", "{head}");
    let (head, _) = raw(&listener, b"PUT /hi/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 405") && head.contains("Allow: GET, POST"), "{head}");
    let (head, body) = get(&listener, "/p");
    assert!(head.matches("Content-Type").count() == 1 && head.contains("image/gif") && body == PIXEL, "{head}");
    let began = std::time::Instant::now();
    assert_eq!(get(&listener, "/slow").1, b"late");
    assert!(began.elapsed() >= std::time::Duration::from_millis(300));
    assert!(get(&listener, "/other").0.contains(" 404 "));
    // The body is asked for, taken whole, and may be the answer.
    let mut stream = listener.call();
    stream.write_all(b"PUT /echo?a=1 HTTP/1.1\r\nHost: x\r\nX-mine: y\r\nExpect: 100-continue\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n").unwrap();
    let mut go = [0; 25];
    stream.read_exact(&mut go).unwrap();
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    let sent = noise(300_000, 4);
    stream.write_all(&sent).unwrap();
    let answer = rest(&mut stream);
    let (head, body) = answer.split_at(answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4);
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(head));
    assert!(body.starts_with(b"PUT /echo?a=1 HTTP/1.1\r\nHost: x\r\nX-Mine: y\r\n") && body.ends_with(&sent));
    let (head, body) = raw(&listener, b"POST /hi/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nabGET /hi/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && body.starts_with(b"postedHTTP/1.1 201"), "{head}");
    // A table that makes no sense changes nothing; one that does, at once.
    std::fs::write(&path, "[[route]]\npath = \"nowhere\"\n").unwrap();
    assert_eq!(get(&listener, "/hi/").1, b"hello");
    std::fs::write(&path, "[[route]]\npath = \"/hi/*\"\ntext = \"changed\"\n").unwrap();
    poll("the new table", || (get(&listener, "/hi/").1 == b"changed").then_some(()));
}

#[test]
fn connections_close_when_they_are_to() {
    let listener = Program::listen(&["http", "--close-after", "2"]);
    let mut stream = listener.call();
    stream.write_all("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3).as_bytes()).unwrap();
    let text = String::from_utf8(rest(&mut stream)).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 2, "{text}");
    assert_eq!(text.matches("Connection: close").count(), 1, "{text}");
}

#[test]
fn each_request_is_a_record_when_its_answer_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let large = noise(64 << 20, 9);
    std::fs::write(folder.path().join("large"), &large).unwrap();
    std::fs::write(folder.path().join("small"), "small").unwrap();
    let listener = Program::listen(&["http", "--folder", folder.path().to_str().unwrap(), "--payload", "none"]);
    let answered = |count: usize| {
        listener.until("answers", |events| events.iter().filter(|event| event["event"] == "answered").count() >= count);
        listener.events().into_iter().filter(|event| event["event"] == "answered").collect::<Vec<_>>()
    };
    let mut stream = listener.call();
    stream
        .write_all(b"GET /small?q HTTP/1.1\r\nHost: x\r\n\r\nHEAD /large HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    rest(&mut stream);
    let facts: Vec<_> = answered(3)
        .iter()
        .map(|event| {
            let http = &event["http"];
            assert!(event["micros"].is_u64() && event["total"].is_null(), "{event}");
            (http["method"].clone(), http["target"].clone(), http["status"].clone(), event["sent"].clone())
        })
        .collect();
    assert_eq!(facts[0], ("GET".into(), "/small?q".into(), 200.into(), 5.into()));
    assert_eq!(facts[1], ("HEAD".into(), "/large".into(), 200.into(), 0.into()));
    assert_eq!((&facts[2].1, &facts[2].2), (&"/none".into(), &404.into()));
    listener.event("closed");
    let names: Vec<_> = listener.events().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect();
    let place = |name: &str| names.iter().position(|other| other == name).unwrap();
    assert!(place("send") < place("answered") && place("answered") < place("closed"), "{names:?}");

    // A visitor that goes away in the middle.
    let mut stream = listener.call();
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    crate::common::take(&mut stream, 1000);
    drop(stream);
    let event = answered(4).pop().unwrap();
    assert_eq!(event["total"], large.len(), "{event}");
    assert!(event["sent"].as_u64().unwrap() < large.len() as u64, "{event}");

    // What is no HTTP was answered as well.
    let mut stream = listener.call();
    stream.write_all(b"GET  / HTTP/1.1\r\n\r\n").unwrap();
    rest(&mut stream);
    let event = answered(5).pop().unwrap();
    assert_eq!((&event["http"]["method"], &event["http"]["status"]), (&"".into(), &400.into()), "{event}");
}

#[test]
fn a_crowd_that_calls_at_once_finds_room_in_the_queue() {
    assert_eq!(Program::listen(&["http"]).event("listening")["backlog"], 1024);
    assert_eq!(Program::listen(&["http", "--backlog", "5"]).event("listening")["backlog"], 5);
}
