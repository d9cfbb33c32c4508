//! Our listeners, the tutorials' clients.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    ops::RangeInclusive,
    os::unix::net::UnixDatagram,
    thread,
    time::Duration,
};

use crate::{
    common::{PATIENCE, Program, patient, rest, run, take},
    python::{bytes, client},
};

/// The first bytes of a PNG and of what follows them.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde";

/// Numbered lines.
pub(crate) fn lines(numbers: RangeInclusive<u32>, before: &str, after: &str) -> String {
    let line = |number: u32| [before, &number.to_string(), after].concat();
    numbers.map(line).collect()
}

fn listen(id: &str, more: &[&str]) -> Program {
    let bind = ["--bind", "127.0.0.1"];
    Program::start(&[&["lab", id, "--side", "listener", "--port", "0"], &bind[..], more].concat()).bound()
}

fn address(program: &Program) -> [String; 2] {
    let address = program.address();
    [address.ip().to_string(), address.port().to_string()]
}

/// Runs one of the tutorials' clients against a program.
fn call(program: &Program, name: &str, more: &[&str], input: &str) -> (String, String) {
    let [host, port] = address(program);
    client(name, &[&[host.as_str(), port.as_str()], more].concat(), input)
}

#[test]
fn upper_answers_each_line_and_the_twelfth_no_more() {
    let listener = listen("upper", &[]);
    let input = lines(1..=12, "line ", " 哈\n");
    let (out, err) = call(&listener, "upper_client", &[], &input);
    for number in 1..=11 {
        assert!(out.contains(&format!("recv: LINE {number} 哈\n")), "{out}");
    }
    assert!(!out.contains("LINE 12"), "{out}");
    assert!(err.contains("Error"), "it ran into the end: {err}");
    let ended = listener.event("closed");
    assert_eq!(ended["by"], "local", "{ended}");
    let sent = listener.events().iter().filter(|event| event["event"] == "send").count();
    assert_eq!(sent, 11);
}

#[test]
fn upper_lets_the_second_client_wait_in_the_backlog() {
    let listener = listen("upper", &[]);
    let mut first = listener.call();
    first.write_all(b"one").unwrap();
    assert_eq!(take(&mut first, 3), b"ONE");
    let mut second = listener.call();
    second.write_all(b"two").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
    assert!(second.read(&mut [0; 8]).is_err(), "nobody has accepted it yet");
    drop(first);
    second.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(take(&mut second, 3), b"TWO");
}

#[test]
fn a_tutorials_client_waits_for_the_one_before_it() {
    let listener = listen("upper", &[]);
    let mut first = listener.call();
    first.write_all(b"one").unwrap();
    assert_eq!(take(&mut first, 3), b"ONE");
    let [host, port] = address(&listener);
    let second = thread::spawn(move || client("upper_client", &[&host, &port], "two\nthree\n").0);
    // Both talk as long as they like; nobody is accepted before the first has gone.
    first.write_all(b"more").unwrap();
    assert_eq!(take(&mut first, 4), b"MORE");
    drop(first);
    let heard = second.join().unwrap();
    assert!(heard.contains("recv: TWO") && heard.contains("recv: THREE"), "{heard}");
    let events = listener.events();
    let at = |event: &str, count: usize| {
        let found = events.iter().enumerate().filter(|(_, row)| row["event"] == event).nth(count);
        found.unwrap_or_else(|| panic!("no {event} number {count}: {events:#?}")).0
    };
    assert!(at("closed", 0) < at("accepted", 1), "{events:#?}");
}

/// Linux keeps one more than asked for; other systems have rules of their own. Some wait, and somebody is turned away.
#[test]
fn whoever_finds_the_backlog_full_is_turned_away_until_there_is_room() {
    let listener = Program::listen(&["upper", "--accept", "one", "--backlog", "1"]);
    let mut first = listener.call();
    first.write_all(b"one").unwrap();
    assert_eq!(take(&mut first, 3), b"ONE");
    let mut waiting = Vec::new();
    let refused = (0..20).find_map(|_| {
        let called = TcpStream::connect_timeout(&listener.address(), Duration::from_millis(500));
        called.map(|caller| waiting.push(patient(caller))).err()
    });
    assert!(refused.is_some(), "all of {} callers found room", waiting.len());
    assert!((1..=4).contains(&waiting.len()), "{} wait", waiting.len());
    for (number, caller) in waiting.iter_mut().enumerate() {
        caller.write_all(format!("waiting {number}").as_bytes()).unwrap();
    }
    first.write_all(b"still here").unwrap();
    assert_eq!(take(&mut first, 10), b"STILL HERE");
    drop(first);
    for (number, mut caller) in waiting.into_iter().enumerate() {
        assert_eq!(take(&mut caller, 9), format!("WAITING {number}").as_bytes());
    }
    let mut last = listener.call();
    last.write_all(b"room again").unwrap();
    assert_eq!(take(&mut last, 10), b"ROOM AGAIN");
}

#[test]
fn upper_takes_a_free_port_when_its_own_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let args = ["lab", "upper", "--side", "listener", "--bind", "127.0.0.1", "--port", &port];
    let listener = Program::start(&args).bound();
    let note = listener.event("listening")["note"].as_str().unwrap().to_owned();
    assert!(note.contains(&port) && note.contains("EADDRINUSE"), "{note}");
    assert!(listener.address().port() > 1023 && listener.address().port().to_string() != port);
}

#[test]
fn sized_file_gives_the_length_alone_and_then_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let body: Vec<u8> = (0..50_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    fs::write(folder.path().join("test.jpg"), &body).unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    let listener = listen("sized-file", &["--folder", folder.path().to_str().unwrap()]);
    let sum: u64 = body.iter().map(|byte| u64::from(*byte)).sum();
    let (out, err) = call(&listener, "sized_client", &["test.jpg", "ls", "empty", "test.jpg"], "");
    let file = format!("size: 50000\nsum: 50000 {sum}\n");
    let list: u32 = b"empty\ntest.jpg\n".iter().map(|byte| u32::from(*byte)).sum();
    assert_eq!(out, format!("{file}size: 15\nsum: 15 {list}\nsize: 0\nsum: 0 0\n{file}"), "{err}");
    for outside in ["../main.rs", "/etc/passwd", "none"] {
        let mut stream = listener.call();
        stream.write_all(outside.as_bytes()).unwrap();
        assert_eq!(take(&mut stream, 7), b"error: ", "{outside}");
    }
}

#[test]
fn yes_serves_one_client_and_ends() {
    let listener = listen("yes", &[]);
    let port = listener.address();
    assert_eq!(call(&listener, "yes_client", &[], "").0, "reply is: Yes\n");
    let ended = listener.end();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let events = ended.events();
    assert!(events.iter().any(|event| event["text"] == "can you hear me?"));
    assert_eq!(events.last().unwrap()["event"], "stopped");
    assert!(TcpStream::connect(port).is_err(), "nobody listens any more");
}

#[test]
fn the_classic_page_is_the_tutorials_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("any.jpg");
    fs::write(&picture, PNG).unwrap();
    let listener = listen("http-page-classic", &["--picture", picture.to_str().unwrap()]);
    let theirs = crate::python::Server::tutorial("page_server", &[picture.to_str().unwrap()]);
    let [host, port] = address(&listener);
    for path in ["/", "/favicon.ico", "/test.jpg"] {
        let ours = bytes("raw_get", &[&host, &port, path]);
        assert_eq!(ours, bytes("raw_get", &["127.0.0.1", &theirs.port.to_string(), path]), "{path}");
        assert!(ours.trim_ascii_start().starts_with(b"HTTP/1.x 200 OK\n"));
    }
    listener.nth(3, "closed");
}

#[test]
fn the_page_answers_a_browsers_three_requests() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("it is a png.jpg");
    fs::write(&picture, PNG).unwrap();
    let listener = listen("http-page", &["--picture", picture.to_str().unwrap()]);
    for (path, kind) in [("/", "text/html"), ("/test.jpg", "image/png"), ("/favicon.ico", "text/html")] {
        let mut stream = listener.call();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let answer = rest(&mut stream);
        let shown = String::from_utf8_lossy(&answer).to_lowercase();
        assert!(shown.starts_with("http/1.1 200 ok") && shown.contains(&format!("content-type: {kind}")), "{shown}");
        assert_eq!(path == "/test.jpg", answer.ends_with(PNG));
        assert_eq!(path != "/test.jpg", shown.contains("<img src=\"/test.jpg\""));
    }
    listener.nth(3, "closed");
    let requests = listener.events().iter().filter(|event| event["event"] == "recv").count();
    assert_eq!(requests, 3);
}

#[test]
fn welcome_has_no_head() {
    let listener = listen("welcome", &[]);
    let [host, port] = address(&listener);
    assert_eq!(bytes("raw_get", &[&host, &port, "/"]), b"<h1>welcome nginx</h1>");
    assert_eq!(bytes("raw_get", &[&host, &port, "/again"]), b"<h1>welcome nginx</h1>");
}

#[test]
fn do_not_answer_waits_for_the_next_caller() {
    let listener = listen("do-not-answer", &[]);
    for _ in 0..2 {
        assert_eq!(call(&listener, "chat_client", &[], "").0, "不要回答,不要回答,不要回答\n");
    }
    assert!(listener.events().iter().any(|event| event["text"] == "yaoyao"));
}

#[test]
fn the_dialog_greets_first_and_serves_many_at_once() {
    let listener = listen("threading-dialog", &[]);
    let mut idle = patient(listener.call());
    assert_eq!(take(&mut idle, 15), "我是多线程".as_bytes(), "before anything was said");
    let (out, err) = call(&listener, "dialog_client", &[], "0\n1\nexit\n");
    let wanted =
        "receive: 我是多线程\nplease input:receive: 您输入的是0\nplease input:receive: 请重新输入.\nplease input:";
    assert_eq!(out, wanted, "{err}");
    idle.write_all(b"exit").unwrap();
    assert_eq!(rest(&mut idle), b"", "exit ends it without an answer");
}

#[test]
fn udp_answers_the_sender_of_each_datagram() {
    let listener = listen("udp", &[]);
    let (out, err) = call(&listener, "udp_client", &["hello", "哈"], "");
    assert_eq!(out, "sendto 5\nrecvfrom b'hello' True\nsendto 3\nrecvfrom b'\\xe5\\x93\\x88' True\n", "{err}");
    assert!(listener.event("recv")["peer"].as_str().unwrap().starts_with("127.0.0.1:"));
}

#[test]
fn unix_answers_at_its_path_and_removes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.sock");
    let path = path.to_str().unwrap();
    let listener = Program::start(&["lab", "unix", "--side", "listener", "--path", path]).bound();
    assert_eq!(client("unix_client", &[path, "hello"], "").0, "hello\n");
    listener.stop();
    assert!(!std::path::Path::new(path).exists());
}

#[test]
fn daytime_answers_and_closes() {
    let listener = listen("daytime", &[]);
    let text = String::from_utf8(rest(&mut listener.call())).unwrap();
    assert!(text.ends_with("\r\n") && text.contains(", 20"), "{text}");
    let listener = listen("daytime", &["--udp"]);
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.send_to(b"\n", listener.address()).unwrap();
    let mut answer = [0; 100];
    let length = socket.recv(&mut answer).unwrap();
    assert!(answer[..length].ends_with(b"\r\n"));
}

#[test]
fn unix_datagrams_are_answered_at_the_path_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let (at, own) = (folder.path().join("s.sock"), folder.path().join("own.sock"));
    let path = at.to_str().unwrap();
    // A file that somebody left behind is in the way of nobody.
    drop(UnixDatagram::bind(&at).unwrap());
    let listener = Program::start(&["lab", "unix", "--udp", "--side", "listener", "--path", path]).bound();
    let caller = UnixDatagram::bind(&own).unwrap();
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = [0; 10];
    for message in ["one", "", "three"] {
        caller.send_to(message.as_bytes(), &at).unwrap();
        let (length, from) = caller.recv_from(&mut answer).unwrap();
        assert_eq!((&answer[..length], from.as_pathname()), (message.as_bytes(), Some(at.as_path())));
    }
    // Whoever has no name cannot be answered, and that is said.
    UnixDatagram::unbound().unwrap().send_to(b"nobody", &at).unwrap();
    assert_eq!(listener.event("failed")["error"], "EDESTADDRREQ");
    let done = run(&["lab", "unix", "--udp", "--side", "client", "--path", path], b"a\nbc\n");
    assert_eq!((done.out.as_slice(), done.code), (b"abc".as_slice(), Some(0)), "{}", done.err);
    listener.stop();
    assert!(!at.exists());

    fs::write(&at, "mine").unwrap();
    let refused = run(&["lab", "unix", "--udp", "--side", "listener", "--path", path], b"");
    assert!(refused.code == Some(1) && refused.err.contains("not a socket"), "{}", refused.err);
    assert_eq!(fs::read(&at).unwrap(), b"mine");
}
