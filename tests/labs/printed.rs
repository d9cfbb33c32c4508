//! The Python programs that the labs print, run as they stand against our other side.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    common::{PATIENCE, Program, run},
    listeners::PNG,
    python::{self, Server},
};

/// Writes the program of a side to a file.
fn print(folder: &Path, id: &str, side: &str, more: &[&str]) -> PathBuf {
    let done = run(&[&["lab", id, "--python", side], more].concat(), b"");
    assert_eq!(done.code, Some(0), "{id}: {}", done.err);
    let path = folder.join(format!("{id}-{side}.py"));
    fs::write(&path, &done.out).unwrap();
    path
}

fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

/// Id, what the user types, what our client shows, what the printed client shows; `{}` is for the address.
const TALKS: &[(&str, &str, &str, &str)] = &[
    ("upper", "ab\ncd\n", "ABCD", ">>:recv: AB\n>>:recv: CD\n>>:"),
    ("sized-file", "ls\ntest.jpg\n../x\n", "test.jpg\n", "33 bytes of test.jpg\n"),
    ("yes", "", "Yes", "reply is: Yes\n"),
    ("http-page", "", "image/jpeg", "200 OK\n"),
    ("http-page-classic", "", "HTTP/1.x 200 OK", "head: HTTP/1.x 200 OK\nContent-Type: text/html\nbody: <head>\n"),
    ("welcome", "", "<h1>welcome nginx</h1>", "<h1>welcome nginx</h1>"),
    ("do-not-answer", "", "不要回答,不要回答,不要回答", "不要回答,不要回答,不要回答\n"),
    ("threading-dialog", "0\nx\nexit\n", "我是多线程您输入的是0请重新输入.", "receive: 请重新输入.\n"),
    ("udp", "ab\n哈\n", "ab哈", "ab\n"),
    ("daytime", "", ", 20", ", 20"),
    ("folder", "", "test.jpg", "200 OK\n"),
    ("handshake", "", "hello", "recv b'hello'\n"),
];

fn serves(id: &str, folder: &str, picture: &str) -> Vec<String> {
    match id {
        "sized-file" | "folder" => vec!["--folder".to_owned(), folder.to_owned()],
        "http-page" | "http-page-classic" => vec!["--picture".to_owned(), picture.to_owned()],
        _ => Vec::new(),
    }
}

#[test]
fn printed_listeners_serve_our_clients() {
    let folder = tempfile::tempdir().unwrap();
    let served = tempfile::tempdir().unwrap();
    let picture = served.path().join("test.jpg");
    fs::write(&picture, PNG).unwrap();
    for (id, input, wanted, _) in TALKS {
        let port = free_port();
        let more = serves(id, served.path().to_str().unwrap(), picture.to_str().unwrap());
        let more: Vec<_> = more.iter().map(String::as_str).collect();
        let program =
            print(folder.path(), id, "listener", &[&["--bind", "127.0.0.1", "--port", &port], &more[..]].concat());
        let _server = Server::program(&program);
        let peer = format!("127.0.0.1:{port}");
        let deadline = Instant::now() + PATIENCE;
        // The program may not be bound yet.
        let done = loop {
            let done = run(&["lab", id, "--peer", &peer], input.as_bytes());
            if done.code == Some(0) || Instant::now() > deadline {
                break done;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let shown = String::from_utf8_lossy(&done.out);
        assert!(shown.contains(wanted), "{id}: {shown} {}", done.err);
    }
}

#[test]
fn printed_clients_are_served_by_our_listeners() {
    let folder = tempfile::tempdir().unwrap();
    let served = tempfile::tempdir().unwrap();
    let picture = served.path().join("test.jpg");
    fs::write(&picture, PNG).unwrap();
    for (id, input, _, wanted) in TALKS {
        let more = serves(id, served.path().to_str().unwrap(), picture.to_str().unwrap());
        let more: Vec<_> = more.iter().map(String::as_str).collect();
        let start = ["lab", id, "--side", "listener", "--port", "0", "--bind", "127.0.0.1"];
        let listener = Program::start(&[&start, &more[..]].concat()).bound();
        let program = print(folder.path(), id, "client", &["--peer", &listener.address().to_string()]);
        let (out, err, ok) = python::run(&program, &[], input);
        let out = String::from_utf8(out).unwrap();
        assert!(ok && out.contains(wanted), "{id}: {out} {err}");
    }
}

#[test]
fn printed_programs_for_paths_and_the_system_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it's.sock");
    let path = path.to_str().unwrap();
    let listener = Program::start(&["lab", "unix", "--side", "listener", "--path", path]).bound();
    let program = print(folder.path(), "unix", "client", &["--path", path]);
    let (out, err, ok) = python::run(&program, &[], "ab\ncd\n");
    assert!(ok && out == b">>:recv: ab\n>>:recv: cd\n>>:", "{err}");
    listener.stop();
    let program = print(folder.path(), "unix", "listener", &["--path", path]);
    let _server = Server::program(&program);
    crate::common::poll("the path", || Path::new(path).exists().then_some(()));
    std::thread::sleep(Duration::from_millis(200));
    let done = run(&["lab", "unix", "--side", "client", "--path", path], b"ab\ncd\n");
    assert_eq!(String::from_utf8(done.out).unwrap(), "abcd", "{}", done.err);

    let (out, err, ok) = python::run(&print(folder.path(), "families", "client", &[]), &[], "");
    assert!(ok && String::from_utf8(out).unwrap().lines().count() == 15, "{err}");
}

#[test]
fn the_crowd_is_the_same_in_python() {
    let folder = tempfile::tempdir().unwrap();
    let start = ["lab", "backlog", "--side", "listener", "--port", "0"];
    let listener = Program::start(&start).bound();
    let program = print(folder.path(), "backlog", "client", &["--peer", &listener.address().to_string()]);
    let (out, err, ok) = python::run(&program, &[], "");
    let out = String::from_utf8(out).unwrap();
    assert!(ok && out.lines().count() == 8, "{out} {err}");
    assert!(out.contains("your turn") && out.contains("timed out"), "{out}");
}
