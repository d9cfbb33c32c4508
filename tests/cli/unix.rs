//! Unix stream sockets: the path comes and goes with the listener, and nothing else is touched.

use std::{
    io::Write,
    net::Shutdown,
    os::unix::{
        fs::FileTypeExt,
        net::{UnixListener, UnixStream},
    },
    path::Path,
};

use rustix::process::Signal;

use crate::common::{PATIENCE, Program, rest, run};

fn listen(path: &Path) -> Program {
    Program::start(&["listen", "echo", "--unix", path.to_str().unwrap()]).bound()
}

fn call(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

#[test]
fn the_path_is_the_name_and_goes_with_the_listener() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.sock");
    for signal in [Signal::INT, Signal::TERM] {
        let listener = listen(&path);
        assert_eq!(listener.name(), path.to_str().unwrap());
        let mut caller = call(&path);
        caller.write_all("一 two".as_bytes()).unwrap();
        caller.shutdown(Shutdown::Write).unwrap();
        assert_eq!(rest(&mut caller), "一 two".as_bytes());
        assert_eq!(listener.event("closed")["by"], "peer");
        listener.signal(signal);
        let ended = listener.end();
        assert_eq!(ended.code, Some(if signal == Signal::INT { 130 } else { 143 }));
        assert!(!path.exists());
    }
}

#[test]
fn a_client_goes_by_path_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.sock");
    let listener = listen(&path);
    let client = run(&["connect", "--unix", path.to_str().unwrap()], b"through a path");
    assert_eq!((client.code, client.out.as_slice()), (Some(0), b"through a path".as_slice()), "{}", client.err);
    // The client has no name of its own.
    let said = format!("connected to {}", path.display());
    assert!(client.err.lines().any(|line| line.ends_with(&said)), "{}", client.err);
    listener.stop();
    let late = run(&["connect", "--unix", path.to_str().unwrap()], b"");
    assert_eq!(late.code, Some(1));
    assert!(late.err.contains("ENOENT 2") && late.err.contains("start the listener"), "{}", late.err);
}

#[test]
fn a_socket_file_that_nobody_listens_at_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stale.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let listener = listen(&path);
    drop(call(&path));
    listener.stop();
    assert!(!path.exists());
}

#[test]
fn a_socket_that_somebody_listens_at_is_left_alone_even_when_its_queue_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("busy.sock");
    let other = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    other.bind(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    other.listen(0).unwrap();
    // The look whether somebody is there fills the queue for the second round.
    for _ in 0..2 {
        let refused = run(&["listen", "echo", "--unix", path.to_str().unwrap()], b"");
        assert_eq!(refused.code, Some(1));
        assert!(refused.err.contains("EADDRINUSE"), "{}", refused.err);
        assert!(std::fs::symlink_metadata(&path).unwrap().file_type().is_socket());
    }
}

#[test]
fn a_file_that_is_no_socket_is_never_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("precious.txt");
    std::fs::write(&path, "precious").unwrap();
    let refused = run(&["listen", "echo", "--unix", path.to_str().unwrap()], b"");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("not a socket") && refused.err.contains("bind"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");

    // Not even when it took the socket's place meanwhile.
    let path = folder.path().join("moved.sock");
    let listener = listen(&path);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "precious").unwrap();
    listener.stop();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_full_queue_is_waited_for_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.sock");
    let full = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    full.bind(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    full.listen(0).unwrap();
    // The first one fits into the queue, the next one is told to try again.
    let waiting = call(&path);
    let client = run(&["connect", "--unix", path.to_str().unwrap(), "--connect-timeout", "0.3"], b"");
    assert_eq!(client.code, Some(1));
    assert!(client.err.contains("ETIMEDOUT") && client.err.contains("queue"), "{}", client.err);
    drop(waiting);
}

#[test]
fn words_for_a_path_are_not_those_for_a_port() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let stale = at("stale");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let datagrams = at("datagrams");
    let _other = std::os::unix::net::UnixDatagram::bind(&datagrams).unwrap();
    let long = at(&"s".repeat(120));
    for (words, parts) in [
        (["connect", "--unix", &stale], &["no program listens at it any more", "ECONNREFUSED 111"][..]),
        (["connect", "--unix", &datagrams], &["of another type", "EPROTOTYPE 91"]),
        (["connect", "--unix", &long], &["107 is the most", "(ENAMETOOLONG)"]),
        (["connect", "--unix", "@socketlab-nobody"], &["abstract", "ENOENT 2"]),
        (["connect", "--unix-datagram", &long], &["107 is the most", "(ENAMETOOLONG)"]),
    ] {
        let refused = run(&[&words[..], &["--send", "x"]].concat(), b"");
        assert_eq!(refused.code, Some(1), "{}", refused.err);
        for part in parts {
            assert!(refused.err.contains(part) && !refused.err.contains("port"), "{part}: {}", refused.err);
        }
    }
}

#[test]
fn a_path_that_cannot_be_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/x.sock");
    let missing = run(&["listen", "echo", "--unix", path.to_str().unwrap()], b"");
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.contains("ENOENT") && missing.err.contains("folder of the path"), "{}", missing.err);
    let long = format!("/tmp/{}", "x".repeat(200));
    let long = run(&["listen", "echo", "--unix", &long], b"");
    assert_eq!(long.code, Some(1), "{}", long.err);
    assert!(!long.err.contains("panicked"), "{}", long.err);
}
