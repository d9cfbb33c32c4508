//! What an HTTP listener does with visitors that are too slow, too many or too large: each limit is crossed.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use socketlab::{
    engine::{Command, Notice},
    model::{AcceptPolicy, Event, Limits, ListenConfig, Recipe, Serving, Site, SiteNews, Target, Uploads},
};

use crate::lab::{Lab, call, poll};

/// Longer than anything takes that is in time, shorter than anybody wants to wait.
const SHORT: Duration = Duration::from_millis(300);

fn patient() -> Limits {
    Limits::default()
}

fn site(lab: &mut Lab, site: Site, limits: Limits) -> SocketAddr {
    let serving = Serving { limits, ..Serving::default() };
    lab.listen_as(ListenConfig { recipe: Recipe::Http(site), serving, ..ListenConfig::default() }).1
}

/// A listener that takes uploads, and their token.
fn taking(lab: &mut Lab, folder: &Path, limit: u64, limits: Limits) -> (SocketAddr, String) {
    let uploads = Some(Uploads { folder: folder.to_owned(), limit });
    let serving = Serving { uploads, board: true, limits, ..Serving::default() };
    let (_, address) =
        lab.listen_as(ListenConfig { recipe: Recipe::Http(Site::Welcome), serving, ..ListenConfig::default() });
    let token = lab.wait("the token", |notice| match notice {
        Notice::Site { news: SiteNews::Token(token), .. } => Some(token.clone()),
        _ => None,
    });
    (address, token)
}

/// Sends, and gives the status and the whole answer.
fn ask(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let mut stream = call(address);
    stream.write_all(request).unwrap();
    answer(&mut stream)
}

/// Everything up to the end of the connection.
fn answer(stream: &mut TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    // A reset after the answer is no harm here.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0), text)
}

fn is_served(address: SocketAddr) -> Duration {
    let began = Instant::now();
    let (status, text) = ask(address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(status, 200, "{text}");
    began.elapsed()
}

/// The words of the last trouble that was written down.
fn trouble(lab: &mut Lab) -> String {
    lab.wait("what went wrong", |notice| match notice {
        Notice::Failed { failure, .. } => Some(failure.message()),
        _ => None,
    })
}

#[test]
fn half_a_head_is_told_that_it_took_too_long() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, Limits { head: SHORT, ..patient() });
    let mut crowd: Vec<_> = (0..100)
        .map(|_| {
            let mut slow = call(address);
            slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
            slow
        })
        .collect();
    // Whoever is quick is served while they hold on.
    assert!(is_served(address) < Duration::from_secs(5));
    for slow in &mut crowd {
        let (status, text) = answer(slow);
        assert!(status == 408 && text.contains("too long to arrive"), "{text}");
    }
    assert!(trouble(&mut lab).contains("Answered with 408"));
}

#[test]
fn a_head_in_drops_does_not_live_longer_for_each_drop() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, Limits { head: SHORT, ..patient() });
    let mut slow = call(address);
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut reading = slow.try_clone().unwrap();
    let drops = thread::spawn(move || {
        while slow.write_all(b"X: y\r\n").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(answer(&mut reading).0, 408);
    drop(reading);
    drops.join().unwrap();
}

#[test]
fn a_caller_that_says_nothing_is_closed_without_a_word() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, Limits { head: SHORT, ..patient() });
    assert_eq!(answer(&mut call(address)), (0, String::new()));
    // So is one that was served, and says nothing more.
    let (status, text) = ask(address, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(status == 200 && text.matches("HTTP/1.1 ").count() == 1, "{text}");
    assert!(lab.of(Event::Failed).is_empty());
}

#[test]
fn a_body_that_stops_or_trickles_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new();
    let limits = Limits { body: SHORT, ..patient() };
    let (address, token) = taking(&mut lab, folder.path(), 1 << 20, limits);
    let head =
        format!("PUT /a.bin HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\nContent-Length: 1000\r\n\r\n");
    let (status, text) = ask(address, format!("{head}only this").as_bytes());
    assert!(status == 408 && text.contains("too long"), "{text}");
    // Each byte in time, all of them too few.
    let trickling = Limits { body: SHORT, slowest_body: 1 << 20, ..patient() };
    let (address, token) = taking(&mut lab, folder.path(), 1 << 20, trickling);
    let mut slow = call(address);
    let mut reading = slow.try_clone().unwrap();
    let head = format!(
        "PUT /a.bin HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\nContent-Length: 1000000\r\n\r\n"
    );
    slow.write_all(head.as_bytes()).unwrap();
    let drops = thread::spawn(move || {
        while slow.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(answer(&mut reading).0, 408);
    drop(reading);
    drops.join().unwrap();
    poll("no half of a file", || (std::fs::read_dir(folder.path()).unwrap().count() == 0).then_some(()));
}

#[test]
fn a_reader_that_takes_nothing_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("large.bin"), vec![7; 32 << 20]).unwrap();
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Folder(folder.path().to_owned()), Limits { reader: SHORT, ..patient() });
    let mut stuck = call(address);
    stuck.write_all(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let ended = lab.wait("the end", |notice| match notice {
        Notice::Ended(connection) => Some(connection.sent().0),
        _ => None,
    });
    assert!(ended < 32 << 20, "{ended}");
    assert_eq!(lab.of(Event::TimedOut).len(), 1);
    drop(stuck);
}

#[test]
fn heads_and_addresses_have_an_end() {
    let mut lab = Lab::new();
    let limits = Limits { head_bytes: 8192, target_bytes: 100, ..patient() };
    let address = site(&mut lab, Site::Welcome, limits);
    let head = |target: usize, field: usize| {
        let (target, field) = ("a".repeat(target), "b".repeat(field));
        format!("GET /{target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {field}\r\n\r\n")
    };
    assert_eq!(ask(address, head(50, 4000).as_bytes()).0, 404);
    assert_eq!(ask(address, head(101, 0).as_bytes()).0, 414);
    let (status, text) = ask(address, head(0, 9000).as_bytes());
    assert!(status == 431 && text.contains("head of the request is too long"), "{text}");
    let fields = "A: b\r\n".repeat(101);
    let (status, text) = ask(address, format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n").as_bytes());
    assert!(status == 431 && text.contains("more than 100 lines"), "{text}");
}

#[test]
fn uploads_have_an_end_whether_they_say_so_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Lab::new();
    let (address, token) = taking(&mut lab, folder.path(), 1000, patient());
    let head = format!("PUT /a.bin HTTP/1.1\r\nHost: localhost\r\nX-Socketlab-Token: {token}\r\nConnection: close\r\n");
    let body = "x".repeat(1001);
    assert_eq!(ask(address, format!("{head}Content-Length: 1001\r\n\r\n{body}").as_bytes()).0, 413);
    assert_eq!(ask(address, format!("{head}Content-Length: 99999999999\r\n\r\n").as_bytes()).0, 413);
    let chunks = format!("{head}Transfer-Encoding: chunked\r\n\r\n3e9\r\n{body}\r\n0\r\n\r\n");
    assert_eq!(ask(address, chunks.as_bytes()).0, 413);
    assert_eq!(ask(address, format!("{head}\r\n").as_bytes()).0, 411);
    let wrong = format!("{head}Transfer-Encoding: chunked\r\n\r\nno length\r\n");
    assert_eq!(ask(address, wrong.as_bytes()).0, 400);
    // A refused one is taken away beside the answer, by a thread that may wait for a drive.
    poll("an empty folder", || (std::fs::read_dir(folder.path()).unwrap().count() == 0).then_some(()));
    assert_eq!(ask(address, format!("{head}Content-Length: 3\r\n\r\nabc").as_bytes()).0, 201);
    assert_eq!(std::fs::read(folder.path().join("a.bin")).unwrap(), b"abc");
}

#[test]
fn whoever_is_one_too_many_waits_until_the_slow_are_gone() {
    let mut lab = Lab::new();
    let serving = Serving { limits: Limits { head: SHORT, ..patient() }, ..Serving::default() };
    let config = ListenConfig {
        recipe: Recipe::Http(Site::Welcome),
        accept: AcceptPolicy::Limit(2),
        serving,
        ..ListenConfig::default()
    };
    let (_, address) = lab.listen_as(config);
    let slow = [call(address), call(address)];
    let mut last = call(address);
    last.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert_eq!(answer(&mut last).0, 200);
    let opened = lab.of(Event::Accepted);
    let closed = lab.of(Event::Closed);
    assert!(opened.len() == 3 && closed.first().unwrap().seq < opened.last().unwrap().seq);
    drop(slow);
}

#[test]
fn what_is_half_said_or_no_http_is_answered_and_explained() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, patient());
    for (said, status, words) in [
        (&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"[..], 505, "HTTP/2"),
        (b"PRI * HTTP/2.0\r\n\r\n", 505, "HTTP/2"),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 400, "TLS"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", 400, "SSH"),
        (b"\x05\x01\x00", 400, "SOCKS"),
        (b"HTTP/1.1 200 OK\r\n\r\n", 400, "answer"),
        (b"\x00\xff\xfe\x01garbage", 400, "no text"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", 400, "in the middle"),
        (b"GET", 400, "in the middle"),
        (b"GET /\n\n", 400, "no version"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "no number in hex"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", 400, "before it was whole"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            400,
            "two ways",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "two ways",
        ),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "gzip"),
    ] {
        let mut stream = call(address);
        stream.write_all(said).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let (found, text) = answer(&mut stream);
        let said = String::from_utf8_lossy(said);
        assert!(found == status && text.contains(words), "{said}: {text}");
        let trouble = trouble(&mut lab);
        assert!(trouble.contains(words) && trouble.contains(&status.to_string()), "{said}: {trouble}");
    }
    // Nothing, and empty lines, are nobody's fault.
    for said in ["", "\r\n\r\n", "\n"] {
        let mut stream = call(address);
        stream.write_all(said.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(answer(&mut stream).0, 0, "{said:?}");
    }
    assert!(is_served(address) < Duration::from_secs(5));
}

#[test]
fn a_body_that_nobody_wants_lets_the_connection_go_on() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, patient());
    let (_, text) = ask(
        address,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n\
          GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab\
          BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    let lines = text.lines().filter(|line| line.contains("HTTP/1.1 "));
    let statuses: Vec<_> = lines.filter_map(|line| line.split("HTTP/1.1 ").nth(1)?.get(..3)).collect();
    assert_eq!(statuses, ["405", "200", "501"], "{text}");
    // One that is asked for first, or is long, is not waited for.
    for head in ["Expect: 100-continue\r\nContent-Length: 5", "Content-Length: 9999999"] {
        let mut stream = call(address);
        stream.write_all(format!("POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n").as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"HTTP/1.1 405");
    }
}

#[test]
fn bytes_of_a_person_have_no_place_in_http_and_no_call_says_so() {
    let mut lab = Lab::new();
    let address = site(&mut lab, Site::Welcome, patient());
    let _caller = call(address);
    let connection = lab.wait("a caller", |notice| match notice {
        Notice::Opened(connection) => Some(connection.clone()),
        _ => None,
    });
    lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: "mine".into() });
    let failure = lab.wait("a refusal", |notice| match notice {
        Notice::Failed { failure, .. } => Some(failure.clone()),
        _ => None,
    });
    assert_eq!((failure.code().as_str(), failure.errno), ("HTTP", 0), "{failure}");
    assert!(failure.message().contains("4 bytes were not sent"), "{failure}");
}
