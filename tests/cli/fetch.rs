//! What the HTTP client does beyond one sound answer: redirects, compression, proxies, forms, limits, hostile servers.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::common::{Output, Program, noise, patient, run};

/// A server that answers each caller by its request line, one after the other, until it is dropped with its thread.
fn site(answer: impl Fn(&str, TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let stream = patient(stream);
            let mut head = String::new();
            let mut reader = BufReader::new(&stream);
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|count| count > 0) {}
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            let _ = reader.read_exact(&mut body);
            head.push_str(&String::from_utf8_lossy(&body));
            answer(&head, stream.try_clone().unwrap());
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut &stream, &mut std::io::sink());
        }
    });
    format!("http://{address}")
}

fn fixed(answer: &[u8]) -> String {
    let answer = answer.to_vec();
    site(move |_, mut stream| {
        let _ = stream.write_all(&answer);
    })
}

fn get(url: &str, args: &[&str]) -> Output {
    run(&[&["get", url], args].concat(), b"")
}

fn said(output: &Output, parts: &[&str]) {
    for part in parts {
        assert!(output.err.contains(part), "{part}: {}", output.err);
    }
}

#[test]
fn redirects_are_shown_or_followed_and_each_is_said() {
    let url = site(|head, mut stream| {
        let answer = match head.split(' ').nth(1).unwrap() {
            "/a" => "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 3\r\n\r\nnot".to_owned(),
            "/b" => "HTTP/1.1 307 Temporary Redirect\r\nLocation: c?x=1\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "/loop" => "HTTP/1.1 301 Moved\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n".to_owned(),
            "/away" => "HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n".to_owned(),
            _ => {
                let line = head.lines().next().unwrap();
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{line}", line.len())
            }
        };
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let shown = get(&format!("{url}/a"), &["--include"]);
    assert!(String::from_utf8_lossy(&shown.out).starts_with("HTTP/1.1 302 Found"), "{}", shown.err);
    let followed = get(&format!("{url}/a"), &["--follow", "--body", "x"]);
    assert_eq!((followed.code, followed.out.as_slice()), (Some(0), &b"GET /c?x=1 HTTP/1.1"[..]), "{}", followed.err);
    said(&followed, &["POST http", "302 Found, on to /b", "307 Temporary Redirect, on to c?x=1"]);
    let looped = get(&format!("{url}/loop"), &["--follow=4"]);
    said(&looped, &["4 redirects were followed and no more"]);
    assert_eq!(looped.err.matches("on to /loop").count(), 4, "{}", looped.err);
    said(&get(&format!("{url}/away"), &["--follow"]), &["not followed", "https is not spoken here"]);
    let inner = get(&format!("{}/d?to=http://elsewhere/", url.strip_prefix("http://").unwrap()), &[]);
    assert_eq!(inner.out, b"GET /d?to=http://elsewhere/ HTTP/1.1", "{}", inner.err);
    said(&get("/only/a/path", &[]), &["names a host first"]);
}

#[test]
fn cookies_last_as_long_as_the_redirects() {
    let url = site(|head, mut stream| {
        let answer = match head.split(' ').nth(1).unwrap() {
            "/in" => {
                "HTTP/1.1 302 Found\r\nSet-Cookie: id=7; Path=/\r\nSet-Cookie: x=1; Path=/other\r\nLocation: /home\r\nContent-Length: 0\r\n\r\n"
                    .to_owned()
            }
            _ => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len()),
        };
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let output = get(&format!("{url}/in"), &["-L", "-H", "Cookie: me=a"]);
    let asked = String::from_utf8_lossy(&output.out).into_owned();
    assert!(output.code == Some(0) && asked.contains("\r\nCookie: me=a; id=7\r\n"), "{asked} {}", output.err);
    let again = get(&format!("{url}/home"), &[]);
    assert!(!String::from_utf8_lossy(&again.out).contains("Cookie"), "the next command knows nothing of it");
}

#[test]
fn a_digest_is_made_where_one_is_asked_for() {
    let url = site(|head, mut stream| {
        let answer = if head.contains("\r\nAuthorization: Digest ") {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len())
        } else {
            let basic = if head.contains("Basic bWU6aXQ=") { " basic" } else { "" };
            format!(
                "HTTP/1.1 401 Unauthorized{basic}\r\nWWW-Authenticate: Basic realm=\"r\", Digest realm=\"r\", nonce=\"n\", \
                 qop=\"auth\", algorithm=SHA-256\r\nContent-Length: 0\r\n\r\n"
            )
        };
        stream.write_all(answer.as_bytes()).unwrap();
    });
    for (args, first) in
        [(&["-u", "me:it"][..], "401 Unauthorized basic"), (&["-u", "me:it", "--digest"], "401 Unauthorized,")]
    {
        let output = get(&format!("{url}/x?y"), args);
        let asked = String::from_utf8_lossy(&output.out).into_owned();
        assert_eq!(output.code, Some(0), "{}", output.err);
        for part in ["username=\"me\"", "uri=\"/x?y\"", "algorithm=SHA-256", "nc=00000001", "qop=auth"] {
            assert!(asked.contains(part), "{part}: {asked}");
        }
        said(&output, &[first, "once more with a digest"]);
    }
    let pasted = run(&["get", "--curl", &format!("curl --digest -u me:it {url}/x")], b"");
    assert!(String::from_utf8_lossy(&pasted.out).contains("Digest username=\"me\""), "{}", pasted.err);
    let without = get(&url, &[]);
    assert_eq!(without.code, Some(4));
    said(&without, &["--user NAME:PASSWORD"]);
}

#[test]
fn a_form_is_parted_by_the_boundary_of_its_own_type() {
    let url = site(|head, mut stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len()).unwrap();
    });
    for (kind, boundary) in [("multipart/form-data", "----socketlab"), ("multipart/form-data; boundary=abc", "abc")] {
        let output =
            run(&["get", "--curl", &format!("curl {url} -H 'content-type: {kind}' -F a=1 -F 'b=2;type=x/y'")], b"");
        let asked = String::from_utf8_lossy(&output.out).into_owned();
        let named = asked.split_once("boundary=").and_then(|(_, rest)| rest.lines().next()).unwrap().to_owned();
        assert!(named.starts_with(boundary), "{asked}");
        let part = format!("\r\n\r\n--{named}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--{named}\r\n");
        assert!(asked.contains(&part) && asked.ends_with(&format!("\r\n\r\n2\r\n--{named}--\r\n")), "{asked}");
        assert!(asked.contains("name=\"b\"\r\nContent-Type: x/y\r\n\r\n2"), "{asked}");
    }
}

#[test]
fn a_compressed_body_is_asked_for_and_unpacked_and_a_bomb_is_not() {
    let data = "all the same words ".repeat(20_000);
    let pack = |data: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(data).unwrap();
        packer.finish().unwrap()
    };
    let packed = pack(data.as_bytes());
    let head = |packed: &[u8]| {
        let length = packed.len();
        [format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n").as_bytes(), packed]
            .concat()
    };
    let url = fixed(&head(&packed));
    let unpacked = get(&url, &["--compressed"]);
    assert_eq!(unpacked.code, Some(0), "{}", unpacked.err);
    assert!(unpacked.out == data.as_bytes());
    said(&unpacked, &["gzip: ", "became 380\u{2009}000 B"]);
    let left = get(&url, &[]);
    assert!(left.out == packed, "without being asked nothing is unpacked");
    said(&left, &["compressed with gzip and left so"]);
    let bomb = pack(&vec![0; 100 << 20]);
    let stopped = get(&fixed(&head(&bomb)), &["--compressed", "--max", "1G"]);
    assert_eq!(stopped.code, Some(1), "{}", stopped.err);
    assert!(stopped.out.len() <= 64 << 20, "{}", stopped.out.len());
    said(&stopped, &["trap", "67\u{2009}108\u{2009}864 B"]);
    let cut = get(&fixed(&head(&packed[..packed.len() / 2])), &["--compressed"]);
    assert_eq!(cut.code, Some(1));
    said(&cut, &["breaks off"]);
    let lie = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\nplain text";
    let plain = get(&fixed(lie), &["--compressed"]);
    assert_eq!((plain.code, plain.out.as_slice()), (Some(0), &b"plain text"[..]), "{}", plain.err);
    said(&plain, &["says gzip"]);
    let empty =
        get(&fixed(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"), &["--compressed"]);
    assert_eq!((empty.code, empty.err.as_str()), (Some(0), ""));
}

#[test]
fn a_proxy_is_asked_with_the_whole_url() {
    let proxy = site(|head, mut stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len()).unwrap();
    });
    let address = proxy.strip_prefix("http://").unwrap();
    let through = get("http://nowhere.invalid:81/x", &["--proxy", &format!("http://me:it@{address}")]);
    let text = String::from_utf8_lossy(&through.out).into_owned();
    assert!(
        text.starts_with("GET http://nowhere.invalid:81/x HTTP/1.1\r\nHost: nowhere.invalid:81\r\n"),
        "{}",
        through.err
    );
    assert!(text.contains("Proxy-Authorization: Basic bWU6aXQ=\r\n"), "{text}");
    let socks = get("http://nowhere.invalid/", &["--proxy", "socks5://127.0.0.1:1"]);
    assert_eq!(socks.code, Some(2));
    said(&socks, &["socks5 is not spoken"]);
}

#[test]
fn forms_are_encoded_as_browsers_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.png");
    std::fs::write(&file, b"\x89PNG").unwrap();
    let url = site(|head, mut stream| {
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len()).unwrap();
    });
    let form = get(&url, &["--form", "a=1 2", "--form", "你=&"]);
    let text = String::from_utf8_lossy(&form.out).into_owned();
    assert!(text.contains("Content-Type: application/x-www-form-urlencoded\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\na=1+2&%E4%BD%A0=%26"), "{text}");
    let parts = get(&url, &["--part", "t=x", "--part", &format!("f=@{}", file.display())]);
    let text = String::from_utf8_lossy(&parts.out).into_owned();
    assert!(text.contains("name=\"t\"\r\n\r\nx\r\n--"), "{text}");
    assert!(text.contains("name=\"f\"; filename=\"a b.png\"\r\nContent-Type: image/png\r\n\r\n"), "{text}");
    let header = get(&url, &["--header", "Accept:", "--header", "x-odd: Kept"]);
    let text = String::from_utf8_lossy(&header.out).into_owned();
    assert!(!text.contains("Accept") && text.contains("x-odd: Kept\r\n"), "headers go as they are typed: {text}");
    for (args, part) in [(["--method", "A B"], "not a method"), (["--header", "a b: c"], "not the name of a header")] {
        said(&get(&url, &args), &[part]);
    }
}

#[test]
fn a_large_body_needs_a_word() {
    let url = site(|head, mut stream| {
        let _ = match head.split(' ').nth(1).unwrap() {
            "/said" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\nbegin"),
            _ => stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").map(|()| {
                let piece = vec![b'x'; 64 << 10];
                while stream.write_all(&piece).is_ok() {}
            }),
        };
    });
    let refused = get(&format!("{url}/said"), &[]);
    assert_eq!((refused.code, refused.out.len()), (Some(1), 0), "{}", refused.err);
    said(&refused, &["3\u{2009}000\u{2009}000\u{2009}000 B", "--output", "--max"]);
    let endless = get(&format!("{url}/endless"), &["--max", "200k"]);
    assert_eq!(endless.code, Some(1), "{}", endless.err);
    assert!((100_000..=200_000).contains(&endless.out.len()), "{}", endless.out.len());
    said(&endless, &["--max"]);
}

/// What a device without room took of it is said, in place of “saved”; a small body fails with its last write.
#[cfg(target_os = "linux")]
#[test]
fn a_body_that_a_full_disk_does_not_take_is_a_failure() {
    for length in [2, 300_000, 6_000_000] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let output = get(&fixed(&[head.as_bytes(), &noise(length, 14)].concat()), &["-o", "/dev/full"]);
        assert_eq!(output.code, Some(1), "{length}: {}", output.err);
        for part in ["/dev/full", "ENOSPC 28", "0 B of the body are in /dev/full"] {
            assert!(output.err.contains(part), "{length} {part}: {}", output.err);
        }
        assert!(!output.err.contains("saved"), "{length}: {}", output.err);
    }
    // Of an answer that breaks off it is said where its beginning is.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("part");
    let url = fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    let output = get(&url, &["-o", file.to_str().unwrap()]);
    assert_eq!((output.code, std::fs::read(&file).unwrap().as_slice()), (Some(1), &b"only this"[..]));
    assert!(output.err.contains("9 B of the body are in ") && !output.err.contains("saved"), "{}", output.err);
}

#[test]
fn times_are_limited_and_measured() {
    let url = site(|head, mut stream| match head.split(' ').nth(1).unwrap() {
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(50));
            }
        }
        "/half" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        "/foreign" => {
            let _ = stream.write_all(b"hello, what is your name?\n");
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
        _ => {
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    let silent = get(&format!("{url}/silent"), &["--first-byte-timeout", "0.3"]);
    assert_eq!(silent.code, Some(1));
    said(&silent, &["nothing came for", "ETIMEDOUT"]);
    let half = get(&format!("{url}/half"), &["--idle-timeout", "0.3"]);
    assert_eq!((half.code, half.out.as_slice()), (Some(1), &b"half"[..]), "{}", half.err);
    said(&half, &["nothing more came for", "shorter than Content-Length"]);
    let began = Instant::now();
    let drip = get(&format!("{url}/drip"), &["--timeout", "0.6"]);
    assert!(began.elapsed() < Duration::from_secs(15));
    assert_eq!(drip.code, Some(1));
    said(&drip, &["not done within"]);
    let foreign = get(&format!("{url}/foreign"), &["--idle-timeout", "0.3", "--timeline"]);
    assert_eq!(
        (foreign.code, foreign.out.as_slice()),
        (Some(6), &b"hello, what is your name?\n"[..]),
        "{}",
        foreign.err
    );
    said(&foreign, &["no status line", "name look-up", "connect", "request sent", "first byte", "last byte", "in all"]);
}

#[test]
fn hostile_heads_end_and_are_explained() {
    let url = site(|_, mut stream| {
        if stream.write_all(b"HTTP/1.1 200 OK\r\n").is_ok() {
            while stream.write_all(&b"X-Header: without end\r\n".repeat(1000)).is_ok() {}
        }
    });
    let endless = get(&url, &["--max", "1M"]);
    assert_eq!(endless.code, Some(1));
    said(&endless, &["has no end"]);
    for (answer, parts) in [
        (
            &b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"[..],
            &["second answer"][..],
        ),
        (b"\r\nHTTP/1.x 200 OK\r\nContent-Type: text/html\r\n\r\nbody", &["empty line", "HTTP/1.x", "Content-Length"]),
        (b"\x15\x03\x01\x00\x02\x02\x28aa", &["no status line", "TLS"]),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", &["LF alone"]),
    ] {
        said(&get(&fixed(answer), &[]), parts);
    }
    let garbage = noise(300_000, 3);
    let output = get(&fixed(&garbage), &[]);
    assert!(output.out == garbage, "{}", output.err);
}

#[test]
fn remarks_are_records_in_json() {
    let url = fixed(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    let ended = Program::start(&["get", &url]).end();
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
    let events = ended.events();
    let remark = events.iter().find(|event| event["event"] == "remark");
    let note = remark.and_then(|event| event["note"].as_str()).unwrap_or_default();
    assert!(note.contains("shorter") && note.contains("100 B"), "{events:#?}");
}

#[test]
fn an_early_answer_is_shown_though_the_body_was_not_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut stream = patient(listener.accept().unwrap().0);
        let mut start = [0; 100];
        stream.read_exact(&mut start).unwrap();
        stream.write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig").unwrap();
        let _ = stream.shutdown(Shutdown::Write);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.len()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large");
    std::fs::write(&file, noise(60 << 20, 5)).unwrap();
    let output = get(&format!("http://{address}/"), &["--body-file", file.to_str().unwrap(), "--include"]);
    assert!(String::from_utf8_lossy(&output.out).starts_with("HTTP/1.1 413 "), "{}", output.err);
    assert!(server.join().unwrap() < 60 << 20, "the rest is not sent to whoever does not want it");
}
