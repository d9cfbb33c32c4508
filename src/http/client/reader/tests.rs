use super::*;

/// Reads an answer whole, and byte by byte, which must give the same.
fn read(raw: &[u8], is_head_only: bool) -> (Reader, Vec<u8>) {
    let mut results = [raw.len().max(1), 1].map(|size| {
        let (mut reader, mut body) = (Reader::new(is_head_only), Vec::new());
        for piece in raw.chunks(size) {
            reader.feed(piece, &mut body);
        }
        reader.end(&mut body);
        (reader, body)
    });
    let [(whole, body), (single, slow)] = &results;
    assert_eq!((body, &whole.head, whole.cut), (slow, &single.head, single.cut));
    assert_eq!(whole.remarks, single.remarks);
    std::mem::replace(&mut results[0], (Reader::new(false), Vec::new()))
}

fn said(reader: &Reader, part: &str) {
    assert!(reader.remarks.iter().any(|remark| remark.to_string().contains(part)), "{part}: {:?}", reader.remarks);
}

#[test]
fn sound_answers_need_no_remark() {
    for (raw, body) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], &b"ok"[..]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nTrailer: 1\r\n\r\n", b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", b""),
    ] {
        let (reader, got) = read(raw, false);
        assert_eq!((got.as_slice(), reader.remarks.as_slice()), (body, &[][..]));
        assert!(!reader.cut);
    }
    let (reader, body) = read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true);
    assert!(body.is_empty() && reader.remarks.is_empty() && !reader.cut);
}

#[test]
fn a_hand_written_answer_is_read_and_explained() {
    let (reader, body) = read(b"\nHTTP/1.x 200 OK\nContent-Type: image/jpg\n\n\xff\xd8", false);
    assert_eq!(body, b"\xff\xd8");
    assert_eq!(reader.head.as_ref().map(|head| head.status), Some(200));
    for part in ["empty line", "HTTP/1.x", "LF", "Content-Length"] {
        said(&reader, part);
    }
}

#[test]
fn what_is_wrong_is_said_and_what_came_is_kept() {
    for (raw, body, part, cut) in [
        (&b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], &b"ok"[..], "empty line", false),
        (b"http/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", b"ok", "“http/1.1” is not a version", false),
        (b"HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 2\r\n\r\nok", b"ok", "control", false),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nok", b"ok", "no Location", false),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n", b"ok", "between the chunks", false),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n", b"ok", "empty line after", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", b"", "only the chunks", false),
        (b"<h1>a</h1>\n\nb", b"<h1>a</h1>\n\nb", "no status line", false),
        (b"\x16\x03\x01\x02", b"\x16\x03\x01\x02", "TLS", false),
        (b"\x00\xff\x80\x90", b"\x00\xff\x80\x90", "binary", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", b"ok", "shorter", true),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok", b"o", "longer", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", b"ok", "“+2” is not a length", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok", b"ok", "2 times", false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", b"ok", "second answer", false),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\nok", b"xy\r\nok", "“xy”", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", b"ok", "broke off", true),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", b"ok", "not chunked", false),
        (b"HTTP/1.1 200 OK\r\nContent-Le", b"", "never ends", true),
        (b"HTTP/1.1 204 No Content\r\n\r\nbody", b"", "status 204 has no body, and 4 B follow", false),
        (b"HTTP 1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok", "“HTTP” is not a version", false),
        (b"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok", b"ok", "not a number", false),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n<h1>hi: there</h1>",
            b"<h1>hi: there</h1>",
            "no empty line between",
            false,
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno trailer\r\n\r\n", b"", "“no trailer”", false),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "echo server", false),
        (b"0\n\n\n\n\n\n\n", b"0\n\n\n\n\n\n\n", "no status line", false),
        (b"{\"a\": 1}", b"{\"a\": 1}", "JSON", false),
        (b"\xef\xbb\xbf\n[1, 2, 3, 4]", b"\xef\xbb\xbf\n[1, 2, 3, 4]", "JSON", false),
    ] {
        let (reader, got) = read(raw, false);
        assert_eq!(got, body, "{part}");
        said(&reader, part);
        assert_eq!(reader.cut, cut, "{part}");
    }
}

#[test]
fn a_head_without_end_and_a_thousand_faults_are_bounded() {
    let (mut reader, mut body) = (Reader::new(false), Vec::new());
    reader.feed(b"HTTP/1.1 200 OK\r\n", &mut body);
    while reader.head().is_none() {
        reader.feed(&b"X: y\r\n".repeat(1000), &mut body);
        assert!(reader.pending.len() < HEAD + 10_000);
    }
    said(&reader, "longer than");
    assert!(body.len() > HEAD);
    let (reader, body) = read(&b"HTTP/1.1 100 Continue\r\n\r\n".repeat(INTERIM + 5), false);
    said(&reader, "still more");
    assert!(!body.is_empty());
    let (reader, _) = read(&[b"HTTP/1.1 200 OK\r\n".as_slice(), &b"bad\r\n".repeat(1000), b"\r\n"].concat(), true);
    assert_eq!(reader.remarks.len(), REMARKS + 1);
}

#[test]
fn slips_of_the_hand_are_undone_and_named() {
    for (raw, body, part, header) in [
        (
            &br"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>hi</h1>"[..],
            &b"<h1>hi</h1>"[..],
            "backslash",
            "text/html",
        ),
        (b"HTTP/1.1 200 OK\\r\\n\nContent-Type: a/b\\r\\n\n\\r\\n\nhi", b"hi", "backslash", "a/b"),
        (b"\xef\xbb\xbfHTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nok", b"ok", "BOM", "a/b"),
        (b"b'HTTP/1.1 200 OK\\r\\nContent-Type: a/b\\r\\n\\r\\nok'", b"ok'", "b'", "a/b"),
        (b"\"HTTP/1.1 200 OK\\r\\nContent-Type: a/b\\r\\n\\r\\nok\"", b"ok\"", "quotes", "a/b"),
        (b" HTTP/1.1 200 OK\r\n Content-Type: a/b\r\n\r\n<h1>", b"<h1>", "indented", "a/b"),
        (b"\n    HTTP/1.1 200 OK\n    Content-Type: a/b\n    \n    hi\n", b"    hi\n", "indented", "a/b"),
    ] {
        let (reader, got) = read(raw, false);
        let head = reader.head.clone().unwrap();
        assert_eq!((got.as_slice(), head.status), (body, 200), "{}", raw.escape_ascii());
        assert_eq!(head.headers[0], ("Content-Type".to_owned(), header.to_owned()));
        said(&reader, part);
        assert!(!reader.remarks.iter().any(|remark| remark.to_string().contains("is not a header")), "{reader:?}");
        assert!(!reader.cut, "{part}");
    }
    // The head that is written out and has no end.
    let (reader, _) = read(br"HTTP/1.1 200 OK\r\nContent-Type: a/b", false);
    said(&reader, "never ends");
    assert!(reader.cut);
}

#[test]
fn interim_answers_and_trailers_are_kept() {
    let raw = b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
        2\r\nok\r\n0\r\nDigest: x\r\n\r\n";
    let (reader, body) = read(raw, false);
    assert_eq!((body.as_slice(), reader.remarks()), (&b"ok"[..], &[][..]));
    assert_eq!(reader.interim().iter().map(|head| head.status).collect::<Vec<_>>(), [103]);
    assert_eq!(reader.trailers(), [("Digest".to_owned(), "x".to_owned())]);
}
