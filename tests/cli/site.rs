//! The HTTP listener: what it serves, and what it does not.

use std::io::Write;

use crate::common::{Program, noise, rest};

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
    let path = folder.path().join("a <b> & \"c\".gif");
    std::fs::write(&path, PIXEL).unwrap();
    let listener = Program::listen(&["http", "--picture", path.to_str().unwrap()]);
    let (head, body) = get(&listener, "/");
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.to_lowercase().contains("content-type: text/html"), "{head}");
    let page = String::from_utf8(body).unwrap();
    assert!(page.contains("src=\"/picture\"") && page.contains("a &lt;b&gt; &amp; &quot;c&quot;.gif"), "{page}");
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
    std::os::unix::fs::symlink(outside.path(), folder.join("link")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("passwd")).unwrap();
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
    for request in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"] {
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
