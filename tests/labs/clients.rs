//! The tutorials' servers, our clients.

use std::fs;

use crate::{
    common::{Output, run},
    listeners::{PNG, lines},
    python::Server,
};

fn call(id: &str, server: &Server, input: &str) -> Output {
    run(&["lab", id, "--peer", &server.peer()], input.as_bytes())
}

fn text(output: &Output) -> &str {
    std::str::from_utf8(&output.out).unwrap()
}

#[test]
fn upper_takes_turns() {
    let server = Server::tutorial("upper_server", &[]);
    let done = call("upper", &server, "hello\n\n  哈 é\nlast");
    assert_eq!((text(&done), done.code), ("HELLO  哈 éLAST", Some(0)), "{}", done.err);
    server.printed("recv: b'hello'\nrecv: b'  \\xe5");
    server.printed("recv: b'last'\n");
}

#[test]
fn upper_waits_in_vain_after_the_eleventh_line() {
    let server = Server::tutorial("upper_server", &[]);
    let input = lines(1..=12, "line ", ",\n");
    let done = run(&["lab", "upper", "--peer", &server.peer(), "--max-seconds", "3"], input.as_bytes());
    let wanted = lines(1..=11, "LINE ", ",");
    assert_eq!(text(&done), wanted, "the tutorial's server forgets to close: {}", done.err);
}

#[test]
fn sized_file_reads_a_length_that_nothing_separates_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let body = [PNG, &vec![7; 70_000]].concat();
    fs::write(folder.path().join("test.jpg"), &body).unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    let server = Server::tutorial("sized_server", &[folder.path().to_str().unwrap()]);
    let done = call("sized-file", &server, "test.jpg\nempty\ntest.jpg\n");
    assert_eq!(done.out, [&body[..], &body].concat(), "{}", done.err);
    assert!(done.err.contains("test.jpg: 70033 bytes"), "{}", done.err);
}

#[test]
fn yes_is_heard() {
    let server = Server::tutorial("yes_server", &[]);
    let done = call("yes", &server, "");
    assert_eq!((text(&done), done.code), ("Yes", Some(0)), "{}", done.err);
    server.printed("request is: can you hear me?\nConnected by: ('127.0.0.1', ");
}

#[test]
fn the_classic_page_is_shown_and_what_it_lacks_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("test.jpg");
    fs::write(&picture, PNG).unwrap();
    let server = Server::tutorial("page_server", &[picture.to_str().unwrap()]);
    for id in ["http-page-classic", "http-page"] {
        let done = call(id, &server, "");
        assert_eq!(done.code, Some(0), "{}", done.err);
        let shown = String::from_utf8_lossy(&done.out);
        assert!(shown.starts_with("HTTP/1.x 200 OK\r\nContent-Type: text/html\r\n\r\n<head>\n<title>WOW"), "{shown}");
        assert!(shown.contains("</html>\nHTTP/1.x 200 OK\r\nContent-Type: image/jpg\r\n\r\n"), "{shown}");
        assert!(done.out.ends_with(PNG), "the picture is whole");
        for words in ["HTTP/1.x", "LF", "Content-Length"] {
            assert!(done.err.contains(words), "{words}: {}", done.err);
        }
    }
    server.printed("Request is: b'GET /test.jpg HTTP/1.1\\r\\n");
}

#[test]
fn an_answer_without_a_head_is_all_body() {
    let server = Server::tutorial("welcome_server", &[]);
    let done = call("welcome", &server, "");
    assert_eq!((text(&done), done.code), ("<h1>welcome nginx</h1>", Some(0)), "{}", done.err);
    assert!(done.err.contains("no status line"), "{}", done.err);
}

#[test]
fn do_not_answer_is_answered() {
    let server = Server::tutorial("chat_server", &[]);
    let done = call("do-not-answer", &server, "");
    assert_eq!((text(&done), done.code), ("不要回答,不要回答,不要回答", Some(0)), "{}", done.err);
    server.printed("yaoyao");
}

#[test]
fn the_dialog_client_receives_first_and_stops_on_exit() {
    let server = Server::tutorial("dialog_server", &[]);
    let done = call("threading-dialog", &server, "0\nx\nexit\nnever\n");
    assert_eq!((text(&done), done.code), ("我是多线程您输入的是0请重新输入.", Some(0)), "{}", done.err);
}

#[test]
fn udp_and_unix_clients_talk() {
    let server = Server::tutorial("udp_server", &[]);
    let done = call("udp", &server, "abc\n哈\n");
    assert_eq!(done.out, [b"cba".as_slice(), &[0x88, 0x93, 0xe5]].concat(), "{}", done.err);
    server.printed("b'abc' ('127.0.0.1', ");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.sock");
    let _server = Server::at_path("unix_server", path.to_str().unwrap());
    let done = run(&["lab", "unix", "--side", "client", "--path", path.to_str().unwrap()], b"abc\nde\n");
    assert_eq!((text(&done), done.code), ("cbaed", Some(0)), "{}", done.err);
}
