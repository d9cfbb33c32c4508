//! The labs that ask the system: families, reach, backlog, and whole labs on both sides.

use std::{fs, net::SocketAddr};

use serde_json::Value;
use socket2::{Domain, Socket, Type};

use crate::{common::run, listeners::PNG, python};

#[test]
fn families_are_what_this_system_gives() {
    let (theirs, err) = python::client("families", &[], "");
    assert_eq!(theirs.lines().count(), 15, "{err}");
    let ours = run(&["lab", "families", "--json"], b"");
    let ours = String::from_utf8(ours.out).unwrap();
    assert_eq!(ours.lines().count(), 15);
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        let ours: Value = serde_json::from_str(ours).unwrap();
        let outcome = match ours["failure"]["error"].as_str() {
            Some(name) => format!("{name} {}", ours["failure"]["errno"]),
            None => "ok".to_owned(),
        };
        assert_eq!(ours["descriptor"].is_i64(), outcome == "ok");
        let line = format!("{} {} {outcome}", ours["family"].as_str().unwrap(), ours["type"].as_str().unwrap());
        assert_eq!(line, theirs);
    }
    let words = run(&["lab", "families"], b"");
    assert_eq!(String::from_utf8(words.out).unwrap().lines().count(), 15);
}

/// What a raw socket needs shows to whoever is not root.
#[cfg(target_os = "linux")]
#[test]
fn raw_sockets_need_administrator_rights() {
    let ours = |protocol: &str| {
        let program = env!("CARGO_BIN_EXE_socketlab");
        let plain = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = std::process::Command::new("setpriv");
            command.args(plain).arg(program);
            command
        } else {
            std::process::Command::new(program)
        };
        let done = command.args(["lab", "families", "--protocol", protocol]).output().unwrap();
        (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (shown, err) = ours("1");
    let raw = shown.lines().find(|line| line.starts_with("socket(AF_INET, SOCK_RAW, 1)"));
    let raw = raw.unwrap_or_else(|| panic!("{shown} {err}"));
    assert!(raw.contains("EPERM 1") && raw.contains("raw sockets need administrator rights"), "{raw}");
    // Whether this user may have a ping socket is up to the system; why not is said rightly.
    let ping = shown.lines().find(|line| line.starts_with("socket(AF_INET, SOCK_DGRAM, 1)")).unwrap();
    assert!(ping.contains("descriptor") || ping.contains("EACCES 13") && ping.contains("ping_group_range"), "{ping}");
    let python = run(&["lab", "families", "--protocol", "1", "--python", "client"], b"");
    assert!(String::from_utf8(python.out).unwrap().contains("\nPROTOCOL = 1\n"));
    let tcp = ours("6").0;
    assert!(tcp.lines().any(|line| line.starts_with("socket(AF_INET, SOCK_STREAM, 6)") && line.contains("descriptor")));
}

/// An address on this machine that does not answer: its queue is full.
fn silent() -> (SocketAddr, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut kept = vec![listener];
    for _ in 0..3 {
        let caller = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        caller.set_nonblocking(true).unwrap();
        let _ = caller.connect(&address);
        kept.push(caller);
    }
    (address.as_socket().unwrap(), kept)
}

#[test]
fn reach_shows_three_outcomes_with_the_numbers_of_both_systems() {
    let (silent, _kept) = silent();
    let done = run(&["lab", "reach", "--port", "0", "--silent", &silent.to_string()], b"");
    let shown = String::from_utf8(done.out).unwrap();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!((lines.len(), done.code), (3, Some(0)), "{shown} {}", done.err);
    assert!(lines[0].contains("the right address") && lines[0].contains("connect_ex returns 0"), "{shown}");
    assert!(lines[1].contains("ECONNREFUSED (Linux 111, WinSock 10061)"), "{shown}");
    assert!(lines[2].contains("ETIMEDOUT (Linux 110, WinSock 10060)") && lines[2].contains("3.0"), "{shown}");
}

#[test]
fn a_full_backlog_serves_some_and_turns_others_away() {
    let done = run(&["lab", "backlog", "--port", "0"], b"");
    let count = |words: &str| done.err.lines().filter(|line| line.contains(words)).count();
    let (served, away) = (count("was served"), count("turned away"));
    assert!(served >= 1 && away >= 1 && served + away == 8, "{}", done.err);
    assert_eq!(String::from_utf8(done.out).unwrap(), "your turn".repeat(served));
    assert_eq!(done.code, Some(0));
}

#[test]
fn every_lab_runs_on_both_sides_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("test.jpg");
    fs::write(&picture, PNG).unwrap();
    let (folder, picture) = (folder.path().to_str().unwrap(), picture.to_str().unwrap());
    let socket = format!("{folder}/s.sock");
    let (with_folder, with_picture, with_path) = (["--folder", folder], ["--picture", picture], ["--path", &socket]);
    let cases: &[(&str, &[&str], &str, &str)] = &[
        ("upper", &[], "ab\ncd\n", "ABCD"),
        ("sized-file", &with_folder, "ls\nnone\n", "test.jpg\n"),
        ("yes", &[], "", "Yes"),
        ("http-page", &with_picture, "", "Content-Type: image/png"),
        ("http-page", &[], "", "Content-Type: image/jpeg"),
        ("http-page-classic", &with_picture, "", "HTTP/1.x 200 OK"),
        ("http-page-classic", &[], "", "JFIF"),
        ("welcome", &[], "", "<h1>welcome nginx</h1>"),
        ("do-not-answer", &[], "", "不要回答"),
        ("threading-dialog", &[], "0\nexit\n", "我是多线程您输入的是0"),
        ("udp", &[], "a\n哈\n", "a哈"),
        ("unix", &with_path, "a\nb\n", "ab"),
        ("unix", &["--udp", "--path", &socket], "a\n哈\n", "a哈"),
        ("daytime", &[], "", ", 20"),
        ("daytime", &["--udp"], "", ", 20"),
        ("folder", &with_folder, "", "test.jpg"),
        ("handshake", &[], "", "hello"),
    ];
    for (id, more, input, wanted) in cases {
        let port: &[&str] = if *id == "unix" { &[] } else { &["--port", "0", "--bind", "127.0.0.1"] };
        let done = run(&[&["lab", *id], port, more].concat(), input.as_bytes());
        let shown = String::from_utf8_lossy(&done.out);
        assert!(shown.contains(wanted) && done.code == Some(0), "{id}: {:?} {shown} {}", done.code, done.err);
    }
    let list = String::from_utf8(run(&["lab"], b"").out).unwrap();
    assert_eq!(list.lines().count(), 16);
    let done = run(&["lab", "none"], b"");
    assert!(done.code == Some(2) && done.err.contains("there is no lab"), "{}", done.err);
}
