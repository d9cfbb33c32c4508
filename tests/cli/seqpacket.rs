//! Unix sockets that keep the bounds of messages, against Python's.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::common::{Program, run};

/// A Python program with the path as its argument.
fn python(program: &str, path: &Path) -> Child {
    Command::new("python3")
        .args(["-u", "-c", program])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("python3 is needed for these tests: {error}"))
}

fn path(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("records.sock")
}

fn listen(responder: &str, path: &Path, more: &[&str]) -> Program {
    Program::start(&[&["listen", responder, "--seqpacket", path.to_str().unwrap()], more].concat()).bound()
}

#[test]
fn records_of_a_python_client_stay_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = path(&folder);
    let listener = listen("upper", &path, &["--recv-size", "8"]);
    let client = python(
        "import socket, sys\n\
         s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n\
         s.settimeout(20)\n\
         s.connect(sys.argv[1])\n\
         for message in (b'one', b'two', b'', b'longer than eight', b'end'):\n\
         \x20   s.send(message)\n\
         s.shutdown(socket.SHUT_WR)\n\
         while answer := s.recv(100):\n\
         \x20   print(answer.decode())\n",
        &path,
    );
    let out = client.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(out.stdout).unwrap(), "ONE\nTWO\nLONGER T\nEND\n");
    let closed = listener.event("closed");
    assert_eq!((closed["by"].as_str(), closed["received"].as_u64()), (Some("peer"), Some(17)));
    let events = listener.events();
    let received: Vec<_> = events.iter().filter(|event| event["event"] == "recv").collect();
    let lengths: Vec<_> = received.iter().map(|event| event["length"].as_u64().unwrap()).collect();
    assert_eq!(lengths, [3, 3, 0, 8, 3], "an empty record is not the end of the stream");
    let cut = listener.event("failed");
    assert_eq!(cut["error"], "EMSGSIZE");
    assert!(cut["message"].as_str().unwrap().contains("17 bytes was cut to 8"), "{cut}");
    assert_eq!(events.iter().filter(|event| event["event"] == "half_closed").count(), 1);
    listener.stop();
    assert!(!path.exists());
}

/// The record without bytes is the last thing in the queue when the peer has gone already.
#[test]
fn an_empty_record_before_the_end_is_told_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = path(&folder);
    let listener = listen("discard", &path, &["--accept-delay", "1"]);
    let client = python(
        "import socket, sys\n\
         s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n\
         s.connect(sys.argv[1])\n\
         s.send(b'x'); s.send(b''); s.send(b''); s.close()\n",
        &path,
    );
    assert!(client.wait_with_output().unwrap().status.success());
    listener.event("closed");
    let lengths: Vec<_> = listener.events().iter().filter_map(|event| event["length"].as_u64()).collect();
    assert_eq!(lengths, [1, 0, 0]);
}

#[test]
fn our_client_sends_records_to_a_python_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = path(&folder);
    let mut server = python(
        "import socket, sys\n\
         s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n\
         s.bind(sys.argv[1])\n\
         s.listen(5)\n\
         print('bound')\n\
         c, _ = s.accept()\n\
         c.settimeout(20)\n\
         while data := c.recv(100000):\n\
         \x20   print(len(data))\n\
         \x20   c.send(data[:5])\n\
         c.close()\n",
        &path,
    );
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "bound");
    let long = "b".repeat(70_000);
    let args = ["connect", "--seqpacket", path.to_str().unwrap(), "--send", "hello", "--send", &long, "--send", "c"];
    let client = run(&args, b"");
    assert_eq!((client.code, client.out.as_slice()), (Some(0), b"hellobbbbbc".as_slice()), "{}", client.err);
    let lengths: Vec<_> = lines.map_while(Result::ok).collect();
    assert_eq!(lengths, ["5", "70000", "1"], "each send was one record");
    server.wait().unwrap();
}

#[test]
fn a_record_larger_than_the_send_buffer_is_an_error_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = path(&folder);
    let listener = listen("discard", &path, &[]);
    let file = folder.path().join("large");
    std::fs::File::create(&file).unwrap().write_all(&vec![b'x'; 3 << 20]).unwrap();
    let text = "x".repeat(100_000);
    let many: Vec<_> = std::iter::repeat_n(["--send", text.as_str()], 3).flatten().collect();
    let fine = run(&[&["connect", "--seqpacket", path.to_str().unwrap()], many.as_slice()].concat(), b"");
    assert_eq!(fine.code, Some(0), "{}", fine.err);
    // A file is sent in pieces, each of them a record that fits.
    let args = ["connect", "--seqpacket", path.to_str().unwrap(), "--send-file", file.to_str().unwrap()];
    assert_eq!(run(&args, b"").code, Some(0));
    assert_eq!(listener.nth(2, "closed")["received"], 3 << 20);
}

#[test]
fn a_path_is_shared_by_no_two_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = path(&folder);
    let _listener = listen("echo", &path, &[]);
    let other = run(&["listen", "echo", "--unix", path.to_str().unwrap()], b"");
    assert!(other.code == Some(1) && other.err.contains("another program"), "{}", other.err);
    let other = run(&["connect", "--unix", path.to_str().unwrap()], b"");
    assert!(other.code == Some(1) && other.err.contains("EPROTOTYPE"), "{}", other.err);
    let lab = run(&["lab", "unix", "--seqpacket", "--path", folder.path().join("lab").to_str().unwrap()], b"ab\ncd\n");
    assert_eq!((lab.code, lab.out.as_slice()), (Some(0), b"abcd".as_slice()), "{}", lab.err);
}
