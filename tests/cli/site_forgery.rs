//! Requests that another web page, or a name that somebody points here, makes a visitor's browser send.

use std::io::Write;

use crate::common::{Program, rest};

/// What a page of another site can put into a request that is sent without being asked about first.
const SIMPLE: &[&str] = &["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];

/// Sends a request with these lines and a small body that fits any of [`SIMPLE`].
fn ask(listener: &Program, line: &str, headers: &str) -> String {
    let body =
        "--x\r\nContent-Disposition: form-data; name=\"text\"; filename=\"x.txt\"\r\n\r\ntext=forged\r\n--x--\r\n";
    let mut stream = listener.call();
    let request =
        format!("{line} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    String::from_utf8_lossy(&rest(&mut stream)).into_owned()
}

#[test]
fn no_other_page_makes_a_visitor_change_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let listener = Program::listen(&["http", "--upload", path, "--board"]);
    let other = Program::listen(&["http", "--upload", path, "--board"]);
    let own = listener.address().to_string();
    let port = listener.address().port();
    let token = |listener: &Program| {
        let mut stream = listener.call();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let page = String::from_utf8_lossy(&rest(&mut stream)).into_owned();
        page.split_once("data-token=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    let (stale, token) = (token(&other), token(&listener));
    let key = format!("X-Socketlab-Token: {token}\r\n");
    let host = format!("Host: {own}\r\n");
    let mut forged = vec![
        // Another page knows where we are, and no token.
        host.clone(),
        format!("{host}Origin: http://{own}\r\n"),
        format!("{host}Sec-Fetch-Site: same-origin\r\n"),
        format!("{host}Referer: http://{own}/\r\n"),
        format!("{host}Cookie: token={token}; X-Socketlab-Token={token}\r\n"),
        format!("{host}Authorization: Bearer {token}\r\n"),
        format!("{host}X-Socketlab-Token:\r\n"),
        format!("{host}X-Socketlab-Token: {}\r\n", &token[1..]),
        format!("{host}X-Socketlab-Token: {token}0\r\n"),
        format!("{host}X-Socketlab-Token: {stale}\r\n"),
        format!("{host}X-HTTP-Method-Override: GET\r\n"),
        // No host, two of them, or one that is a name of somebody else's.
        format!("Host:\r\n{key}"),
        format!("{host}Host: {own}\r\n{key}"),
        format!("Host: evil.example\r\n{key}"),
        format!("Host: evil.example:{port}\r\n{key}Origin: http://evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n{key}"),
        format!("Host: 127.0.0.1.nip.io:{port}\r\n{key}"),
        format!("Host: localhost.evil.example:{port}\r\n{key}"),
        format!("Host: {own}@evil.example\r\n{key}"),
        format!("Host: evil.example, {own}\r\n{key}"),
        format!("Host: evil.example\r\nX-Forwarded-Host: {own}\r\n{key}"),
    ];
    // With the token, but from elsewhere: it was read over a shoulder.
    for origin in [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        format!("https://{own}"),
        format!("http://{own}."),
        format!("http://{own}.evil.example"),
        format!("http://user@{own}"),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("HTTP://{own}"),
        "file://".to_owned(),
        "chrome-extension://abc".to_owned(),
        format!("http://{own} http://evil.example"),
    ] {
        forged.push(format!("{host}{key}Origin: {origin}\r\n"));
    }
    for site in ["cross-site", "same-site", "", "Same-Origin"] {
        forged.push(format!("{host}{key}Sec-Fetch-Site: {site}\r\n"));
    }
    assert!(forged.len() > 35);
    for headers in &forged {
        for line in
            ["PUT /x.txt", "POST /.socketlab/upload", "POST /.socketlab/upload?name=x.txt", "POST /.socketlab/board"]
        {
            for kind in SIMPLE {
                let answer = ask(&listener, line, &format!("{headers}Content-Type: {kind}\r\n"));
                let status = answer.get(9..12).unwrap_or_default();
                assert!(matches!(status, "403" | "400"), "{line} {headers}: {answer}");
                assert!(!answer.to_lowercase().contains("access-control-"), "{answer}");
            }
        }
    }
    // A browser that asks first is told nothing that lets it go on; what changes nothing stays allowed.
    let first = format!("{host}Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n");
    let answer = ask(&listener, "OPTIONS /x.txt", &first);
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.to_lowercase().contains("access-control-"), "{answer}");
    for line in ["DELETE /x.txt", "PATCH /x.txt", "MOVE /x.txt", "GET /.socketlab/upload?name=x.txt", "put /x.txt"] {
        let answer = ask(&listener, line, &format!("{host}{key}"));
        assert!(matches!(answer.get(9..12), Some("404" | "405" | "501")), "{line}: {answer}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let board = ask(&listener, "GET /.socketlab/board", &host);
    assert!(board.starts_with("HTTP/1.1 200") && !board.contains("forged"), "{board}");
    // The page itself may, and says where it is in the same way.
    let headers =
        format!("{host}{key}Origin: http://{own}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: text/plain\r\n");
    assert!(ask(&listener, "PUT /x.txt", &headers).starts_with("HTTP/1.1 201"));
    assert!(ask(&listener, "POST /.socketlab/board", &headers).starts_with("HTTP/1.1 204"));
}
