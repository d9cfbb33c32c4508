//! What visitors of an HTTP listener send: files and messages, and what they may not.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
};

use crate::common::{Program, noise, poll, rest};

fn send(listener: &Program, head: &str, body: &[u8]) -> String {
    let mut stream = listener.call();
    let address = listener.address();
    let request = format!("{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    String::from_utf8_lossy(&rest(&mut stream)).into_owned()
}

/// The token, as a page of the site has it.
fn token(listener: &Program, page: &str) -> String {
    let page = send(listener, &format!("GET {page} HTTP/1.1"), b"");
    let after = page.split_once("data-token=\"").unwrap_or_else(|| panic!("no token: {page}")).1;
    after.split_once('"').unwrap().0.to_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let list = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = list.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn files_come_in_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let listener = Program::listen(&[
        "http",
        "--folder",
        path,
        "--upload",
        path,
        "--upload-limit",
        "3000000",
        "--payload",
        "none",
    ]);
    let token = token(&listener, "/");
    let key = format!("X-Socketlab-Token: {token}");
    let large = noise(2 << 20, 16);
    let answer = send(&listener, &format!("PUT /sub/..%2f..%2fa.bin HTTP/1.1\r\n{key}"), &large);
    assert!(answer.starts_with("HTTP/1.1 201") && answer.ends_with("a.bin\n"), "{answer}");
    assert!(std::fs::read(folder.path().join("a.bin")).unwrap() == large);
    let answer = send(&listener, &format!("PUT /a.bin HTTP/1.1\r\n{key}"), b"other");
    assert!(answer.ends_with("a (2).bin\n"), "{answer}");
    let answer = send(&listener, &format!("POST /.socketlab/upload?name=b%20c.txt&token={token} HTTP/1.1"), b"raw");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.txt\"\r\n\r\none\r\n\
                --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"e.txt\"\r\n\r\ntwo\r\n--x--\r\n";
    let head =
        format!("POST /.socketlab/upload?token={token} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x");
    let answer = send(&listener, &head, form.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 201") && answer.contains("d.txt") && answer.contains("e.txt"), "{answer}");
    // In chunks, with no length, after the listener has said that it wants them.
    let mut stream = listener.call();
    let head = format!(
        "PUT /chunks HTTP/1.1\r\nHost: {}\r\n{key}\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        listener.address()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go = [0; 25];
    stream.read_exact(&mut go).unwrap();
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n").unwrap();
    assert!(String::from_utf8(rest(&mut stream)).unwrap().starts_with("HTTP/1.1 201"));
    assert_eq!(std::fs::read(folder.path().join("chunks")).unwrap(), b"abcdefg");
    let expected = ["a (2).bin", "a.bin", "b c.txt", "chunks", "d.txt", "e.txt"];
    assert_eq!(names(folder.path()), expected);
    assert!(listener.events().iter().any(|event| event["event"] == "progress"), "it is a record");

    // Too much, cut short, without a length: nothing stays behind.
    let answer = send(&listener, &format!("PUT /big HTTP/1.1\r\n{key}"), &noise(3_000_001, 17));
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let mut stream = listener.call();
    let head =
        format!("PUT /big HTTP/1.1\r\nHost: {}\r\n{key}\r\nTransfer-Encoding: chunked\r\n\r\n", listener.address());
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"100000\r\n", &vec![0; 0x0010_0000][..], b"\r\n"].concat();
    for _ in 0..4 {
        let _ = stream.write_all(&chunk);
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    drop(stream);
    let mut stream = listener.call();
    let head = format!("PUT /cut HTTP/1.1\r\nHost: {}\r\n{key}\r\nContent-Length: 1000\r\n\r\nabc", listener.address());
    stream.write_all(head.as_bytes()).unwrap();
    drop(stream);
    let mut stream = listener.call();
    let head = format!("PUT /none HTTP/1.1\r\nHost: {}\r\n{key}\r\nConnection: close\r\n\r\n", listener.address());
    stream.write_all(head.as_bytes()).unwrap();
    assert!(String::from_utf8(rest(&mut stream)).unwrap().starts_with("HTTP/1.1 411"));
    poll("the end of what was cut", || (names(folder.path()) == expected).then_some(()));
}

#[test]
fn nobody_else_changes_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let listener = Program::listen(&["http", "--folder", path, "--upload", path, "--board"]);
    let token = token(&listener, "/");
    let own = listener.address().to_string();
    let key = format!("X-Socketlab-Token: {token}\r\n");
    let port = listener.address().port();
    for target in ["PUT /x", "POST /.socketlab/upload?name=x", "POST /.socketlab/board"] {
        for (host, headers) in [
            (own.clone(), String::new()),
            (own.clone(), "X-Socketlab-Token: 0\r\n".to_owned()),
            (own.clone(), format!("{key}Origin: http://evil.example\r\n")),
            (own.clone(), format!("{key}Origin: null\r\n")),
            (own.clone(), format!("{key}Sec-Fetch-Site: cross-site\r\n")),
            (format!("evil.example:{port}"), format!("{key}Origin: http://evil.example:{port}\r\n")),
        ] {
            let mut stream = listener.call();
            let request = format!(
                "{target} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\nContent-Length: 1\r\n\r\nx"
            );
            stream.write_all(request.as_bytes()).unwrap();
            let answer = String::from_utf8(rest(&mut stream)).unwrap();
            assert!(answer.starts_with("HTTP/1.1 403"), "{target} {host} {headers}: {answer}");
        }
    }
    // A name that somebody let point here is not told the token either, nor what is said on the board, nor which files
    // there are.
    for page in ["/", "/.socketlab/board", "/.socketlab/board/events", "/.socketlab/board/pictures/1"] {
        let mut stream = listener.call();
        let request = format!("GET {page} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let answer = String::from_utf8(rest(&mut stream)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains(&token), "{answer}");
    }
    assert!(names(folder.path()).is_empty());
    // What came in is no page of ours: it cannot read the token.
    send(&listener, &format!("PUT /evil.html HTTP/1.1\r\nX-Socketlab-Token: {token}"), b"<script>1</script>");
    for _ in 0..2 {
        let answer = send(&listener, "GET /evil.html HTTP/1.1", b"");
        assert!(answer.contains("Content-Security-Policy: sandbox"), "{answer}");
    }
    // A page that keeps its address to itself would send its forms from "null", which is nobody.
    assert!(send(&listener, "GET / HTTP/1.1", b"").contains("name=\"referrer\" content=\"same-origin\""));
    // Off is off.
    let off = Program::listen(&["http", "--folder", path]);
    for target in ["PUT /x", "POST /.socketlab/upload?name=x", "POST /.socketlab/board", "GET /.socketlab/board/events"]
    {
        let answer = send(&off, &format!("{target} HTTP/1.1\r\n{}", key.trim_end()), b"x");
        assert!(answer.starts_with("HTTP/1.1 405") || answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
    }
}

#[test]
fn the_board_goes_both_ways_at_once() {
    let mut listener = Program::listen(&["http", "--board"]);
    let token = token(&listener, "/");
    let mut events = listener.call();
    let request = format!("GET /.socketlab/board/events HTTP/1.1\r\nHost: {}\r\n\r\n", listener.address());
    events.write_all(request.as_bytes()).unwrap();
    let mut events = BufReader::new(events);
    let mut next = |wanted: &str| {
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            assert!(events.read_line(&mut line).unwrap() > 0, "the events ended before {wanted}");
        }
        line
    };
    next("text/event-stream");
    let head = format!("POST /.socketlab/board HTTP/1.1\r\nX-Socketlab-Token: {token}\r\nContent-Type: text/plain");
    assert!(send(&listener, &head, "hällo <b>".as_bytes()).starts_with("HTTP/1.1 204"));
    let line = next("data: ");
    assert!(line.contains("\"text\":\"hällo <b>\"") && line.contains("\"host\":false"), "{line}");
    listener.type_in("from here\n".as_bytes());
    let line = next("data: ");
    assert!(line.contains("\"text\":\"from here\"") && line.contains("\"host\":true"), "{line}");
    let head = format!("POST /.socketlab/board HTTP/1.1\r\nX-Socketlab-Token: {token}\r\nContent-Type: image/gif");
    let pixel = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    assert!(send(&listener, &head, pixel).starts_with("HTTP/1.1 204"));
    let line = next("\"picture\"");
    let place = line.split_once("\"picture\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let answer = send(&listener, &format!("GET {place} HTTP/1.1"), b"");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Content-Type: image/gif"), "{answer}");
    // Whoever comes later reads what was said, also without a script.
    let page = send(&listener, "GET / HTTP/1.1", b"");
    assert!(page.contains("hällo &lt;b&gt;") && page.contains("from here") && page.contains(&place), "{page}");
    let head =
        format!("POST /.socketlab/board?token={token} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded");
    let answer = send(&listener, &head, b"text=by+form");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("Location: /.socketlab/board"), "{answer}");
    next("by form");
    // curl says of anything that it is a form.
    let head =
        format!("POST /.socketlab/board?token={token} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded");
    assert!(send(&listener, &head, b"plain words").starts_with("HTTP/1.1 204"));
    next("plain words");
    let head = format!("POST /.socketlab/board HTTP/1.1\r\nX-Socketlab-Token: {token}");
    assert!(send(&listener, &head, &vec![b'x'; 70_000]).starts_with("HTTP/1.1 413"));
    // A page that listens does not keep the listener from stopping.
    listener.stop();
}

#[test]
fn a_folder_of_pictures_is_a_gallery() {
    let folder = tempfile::tempdir().unwrap();
    let byte = |value: u32| u8::try_from(value % 256).unwrap();
    let picture = image::RgbImage::from_fn(900, 600, |x, y| image::Rgb([byte(x), byte(y), 0]));
    picture.save(folder.path().join("a b.png")).unwrap();
    picture.save(folder.path().join("c.jpg")).unwrap();
    std::fs::write(folder.path().join("broken.png"), "no picture").unwrap();
    std::fs::write(folder.path().join("d.txt"), "text").unwrap();
    let listener = Program::listen(&["http", "--folder", folder.path().to_str().unwrap(), "--payload", "none"]);
    let page = send(&listener, "GET / HTTP/1.1", b"");
    assert_eq!(page.matches("class=\"tile\"").count(), 3, "{page}");
    assert!(page.contains("href=\"d.txt\"") && page.contains("href=\"a%20b.png?view\""), "{page}");
    let small = page.split_once("src=\"/.socketlab/thumb/a%20b.png").unwrap().1.split_once('"').unwrap().0;
    let mut stream = listener.call();
    let request = format!("GET /.socketlab/thumb/a%20b.png{small} HTTP/1.0\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let answer = rest(&mut stream);
    let start = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&answer[..start]);
    assert!(head.contains("Content-Type: image/jpeg") && head.contains("immutable"), "{head}");
    let small = image::load_from_memory(&answer[start..]).unwrap();
    assert!(small.width() <= 320 && small.width() > small.height(), "{}x{}", small.width(), small.height());
    let view = send(&listener, "GET /broken.png?view HTTP/1.1", b"");
    assert!(
        view.contains("rel=\"prev\" href=\"a%20b.png?view\"") && view.contains("rel=\"next\" href=\"c.jpg?view\""),
        "{view}"
    );
    for missing in ["broken.png", "d.txt", "none.png", "..%2fx.png"] {
        let answer = send(&listener, &format!("GET /.socketlab/thumb/{missing} HTTP/1.1"), b"");
        assert!(answer.starts_with("HTTP/1.1 404"), "{missing}: {answer}");
    }
}

#[test]
fn every_file_gets_a_name_or_is_refused_and_success_is_what_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let left = format!(".socketlab-{:032x}.part", 7);
    std::fs::write(folder.path().join(&left), "of a program that was killed").unwrap();
    std::fs::write(folder.path().join(".socketlab-mine.part"), "of a person").unwrap();
    let listener = Program::listen(&["http", "--upload", path, "--token", "k"]);
    let form = |parts: &str| {
        let head = "POST /.socketlab/upload?token=k HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x";
        send(&listener, head, format!("{parts}--x--\r\n").as_bytes())
    };
    let part = |said: &str| format!("--x\r\nContent-Disposition: form-data; {said}\r\n\r\nDATA\r\n");
    let picture = |said: &str| part(said).replace("\r\n\r\n", "\r\nContent-Type: image/png\r\n\r\n");
    for (parts, name) in [
        (part("name=\"f\"; filename*=UTF-8''%E5%A4%A9%E7%8B%97.png"), "天狗.png"),
        (picture("name=\"blah.bmp\""), "blah.bmp"),
        (format!("{}{}", part("name=\"comment\""), part("name=f; filename=plain.txt")), "plain.txt"),
    ] {
        let answer = form(&parts);
        assert!(answer.starts_with("HTTP/1.1 201") && answer.contains(name), "{answer}");
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"DATA");
    }
    // A picture with no name at all is called after the time.
    let answer = form(&picture("name=\"file\""));
    assert!(answer.starts_with("HTTP/1.1 201") && answer.contains(".png"), "{answer}");
    let count = names(folder.path()).len();
    for parts in [String::new(), part("name=\"comment\""), part("name=\"file\"; filename=\"\"")] {
        let answer = form(&parts);
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("No file came in"), "{answer}");
    }
    let raw = |head: &str| {
        send(&listener, &format!("{head} HTTP/1.1\r\nX-Socketlab-Token: k"), b"\xff\xd8\xff\xe0\0\x10JFIF\0")
    };
    let answer = raw("POST /.socketlab/upload");
    assert!(answer.starts_with("HTTP/1.1 201") && answer.ends_with(".jpg\n"), "{answer}");
    let head =
        "POST /.socketlab/upload HTTP/1.1\r\nX-Socketlab-Token: k\r\nContent-Disposition: attachment; filename=n.jpeg";
    assert!(send(&listener, head, b"x").ends_with("n.jpeg\n"));
    let head = "PUT /part.bin HTTP/1.1\r\nX-Socketlab-Token: k\r\nContent-Range: bytes 0-0/10";
    assert!(send(&listener, head, b"x").starts_with("HTTP/1.1 400"));
    assert_eq!(names(folder.path()).len(), count + 2);
    poll("the old part to go", || (!folder.path().join(&left).exists()).then_some(()));
    assert!(folder.path().join(".socketlab-mine.part").exists());
}

/// Clients that send all of a body before they read: the answer must reach them, not a reset.
#[test]
fn an_answer_that_comes_before_the_body_was_read_arrives_and_the_rest_is_no_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let listener =
        Program::listen(&["http", "--upload", path, "--upload-limit", "1000", "--token", "k", "--payload", "none"]);
    let mut expected = Vec::new();
    for length in [2000, 300_000, 20_000_000] {
        for (line, status) in
            [("PUT /a", "413"), ("PUT /a?token=wrong", "403"), ("DELETE /a", "405"), ("POST /", "405")]
        {
            let head = format!("{line} HTTP/1.1\r\nX-Socketlab-Token: {}", if status == "403" { "" } else { "k" });
            let answer = send(&listener, &head, &vec![b'G'; length]);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{line} {length}: {answer}");
            expected.push(status.parse::<u64>().unwrap());
        }
    }
    let ended = listener.stop();
    let answers: Vec<_> = ended
        .events()
        .iter()
        .filter(|event| event["event"] == "answered")
        .map(|event| event["http"]["status"].as_u64().unwrap())
        .collect();
    assert_eq!(answers, expected, "one answer, one record");
}
