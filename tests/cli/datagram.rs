//! UDP, as a listener and as a client.

use std::net::UdpSocket;

use crate::common::{PATIENCE, Program, run};

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, std::net::SocketAddr) {
    let mut buffer = vec![0; 65_536];
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    buffer.truncate(length);
    (buffer, from)
}

#[test]
fn each_datagram_is_answered_on_its_own() {
    let listener = Program::listen(&["echo", "--udp"]);
    let (one, other) = (socket(), socket());
    for (socket, message) in [(&one, "one"), (&other, "other"), (&one, "一"), (&one, "")] {
        socket.send_to(message.as_bytes(), listener.address()).unwrap();
        assert_eq!(receive(socket), (message.as_bytes().to_vec(), listener.address()));
    }
    let first = listener.event("recv");
    assert_eq!(first["local"], listener.name());
    assert_eq!(first["peer"], one.local_addr().unwrap().to_string());
    let ended = listener.stop();
    let closed: Vec<_> = ended.events().into_iter().filter(|event| event["event"] == "closed").collect();
    assert_eq!(closed.len(), 2, "one for each peer");
}

#[test]
fn every_responder_answers_datagrams() {
    for (args, answer) in [
        (&["upper", "--udp"][..], Some("ABC")),
        (&["reply", "--reply", "Yes", "--udp"], Some("Yes")),
        (&["daytime", "--udp"], None),
    ] {
        let listener = Program::listen(args);
        let socket = socket();
        socket.send_to(b"abc", listener.address()).unwrap();
        let (bytes, _) = receive(&socket);
        match answer {
            Some(answer) => assert_eq!(bytes, answer.as_bytes()),
            None => assert!(bytes.ends_with(b"\r\n")),
        }
    }
}

#[test]
fn a_datagram_larger_than_the_receive_size_is_cut_and_that_is_said() {
    let listener = Program::listen(&["echo", "--udp", "--recv-size", "4"]);
    let socket = socket();
    socket.send_to(b"abcdefgh", listener.address()).unwrap();
    assert_eq!(receive(&socket).0, b"abcd");
    assert_eq!(listener.event("recv")["length"], 4);
    let failed = listener.event("failed");
    assert_eq!((&failed["operation"], &failed["error"]), (&"recv".into(), &"EMSGSIZE".into()));
    assert!(failed["message"].as_str().unwrap().contains("8 bytes was cut to 4"), "{failed}");
}

#[test]
fn the_largest_datagram_goes_both_ways() {
    let listener = Program::listen(&["echo", "--udp", "--recv-size", "65536", "--payload", "none"]);
    let socket = socket();
    let message = vec![7; 65_507];
    socket.send_to(&message, listener.address()).unwrap();
    assert_eq!(receive(&socket).0.len(), 65_507);
}

#[test]
fn a_client_sends_a_datagram_for_each_message_and_prints_answers() {
    let socket = socket();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::scope(|scope| {
        let client = scope.spawn(|| run(&["connect", &address, "--udp", "--send", "one", "--send", "two"], b""));
        for message in ["one", "two"] {
            let (bytes, from) = receive(&socket);
            assert_eq!(bytes, message.as_bytes());
            socket.send_to(format!("<{message}>").as_bytes(), from).unwrap();
        }
        let client = client.join().unwrap();
        assert_eq!((client.code, client.out.as_slice()), (Some(0), b"<one><two>".as_slice()), "{}", client.err);
    });
}

#[test]
fn a_pipe_sends_what_it_reads_as_datagrams_that_fit() {
    let listener = Program::listen(&["echo", "--udp", "--recv-size", "65536", "--payload", "none"]);
    let message = crate::common::noise(70_000, 5);
    let client = run(&["connect", listener.name(), "--udp"], &message);
    assert_eq!(client.code, Some(0), "{}", client.err);
    assert!(client.out == message);
}

#[test]
fn a_port_that_nobody_has_open_is_refused() {
    let address = socket().local_addr().unwrap().to_string();
    let client = run(&["connect", &address, "--udp", "--send", "x"], b"");
    assert_eq!(client.code, Some(1));
    assert!(client.err.contains("ECONNREFUSED") && client.err.contains("UDP"), "{}", client.err);
    assert!(!client.err.contains("--wait"), "an answer came, and it was no: {}", client.err);
}

#[test]
fn a_file_that_no_datagram_holds_fails_where_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let socket = socket();
    let address = socket.local_addr().unwrap().to_string();
    // The system refuses the first, and nothing at all holds the last.
    for length in [65_508, 65_536, (1 << 20) + 1] {
        std::fs::write(&path, vec![7; length]).unwrap();
        let client = run(&["connect", &address, "--udp", "--send-file", path.to_str().unwrap(), "--json"], b"");
        assert_eq!(client.code, Some(1), "{length}: {}", client.err);
        let out = String::from_utf8(client.out).unwrap();
        let failed = out.lines().find(|line| line.contains("\"failed\"")).unwrap();
        assert!(failed.contains("EMSGSIZE") && failed.contains("\"operation\":\"send\""), "{length}: {failed}");
    }
    std::fs::write(&path, vec![7; 65_507]).unwrap();
    let client = run(&["connect", &address, "--udp", "--send-file", path.to_str().unwrap(), "--wait", "0.1"], b"");
    assert_eq!(client.code, Some(0), "{}", client.err);
    assert_eq!(receive(&socket).0.len(), 65_507, "the first that arrives");
}

/// Of 8000 bytes each: several times what the queue of a listener holds.
#[cfg(target_os = "linux")]
const BURST: u64 = 4000;

/// How many datagrams were received, and how many are said to have been thrown away.
#[cfg(target_os = "linux")]
fn received_and_lost(events: &[serde_json::Value]) -> (u64, u64) {
    let received = events.iter().filter(|event| event["event"] == "recv").count() as u64;
    let said = events.iter().filter(|event| event["error"] == "ENOBUFS" && event["errno"] == 0);
    let lost = said.map(|event| {
        let message = event["message"].as_str().unwrap();
        message.split_once(" datagrams came faster").unwrap().0.parse::<u64>().unwrap()
    });
    (received, lost.sum())
}

/// A burst at a program that does not run meanwhile.
#[cfg(target_os = "linux")]
fn overrun(listener: &Program, socket: &UdpSocket) {
    use rustix::process::Signal;
    socket.send_to(b"first", listener.address()).unwrap();
    listener.event("recv");
    listener.signal(Signal::STOP);
    for _ in 0..BURST {
        socket.send_to(&[b'x'; 8000], listener.address()).unwrap();
    }
    listener.signal(Signal::CONT);
}

#[cfg(target_os = "linux")]
#[test]
fn what_had_no_room_is_told_within_a_second_though_nothing_comes_after_it() {
    let listener = Program::listen(&["none", "--udp"]);
    let socket = socket();
    overrun(&listener, &socket);
    let began = std::time::Instant::now();
    listener.until("each datagram was received, or is said to be lost", |events| {
        let (received, lost) = received_and_lost(events);
        received + lost == BURST + 1
    });
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(received_and_lost(&listener.events()).1 > 0);
    // Once is enough.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let (received, lost) = received_and_lost(&listener.stop().events());
    assert_eq!(received + lost, BURST + 1);
}

#[cfg(target_os = "linux")]
#[test]
fn what_had_no_room_is_told_when_the_socket_is_closed_before_that() {
    let listener = Program::listen(&["none", "--udp"]);
    overrun(&listener, &socket());
    let events = listener.stop().events();
    assert!(received_and_lost(&events).1 > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_datagram_passes_as_many_routers_as_were_asked_for() {
    use std::{io::IoSliceMut, os::fd::AsRawFd as _};

    use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, setsockopt, sockopt::Ipv4RecvTtl};

    let socket = socket();
    setsockopt(&socket, Ipv4RecvTtl, &true).unwrap();
    let to = socket.local_addr().unwrap().to_string();
    for (ttl, wanted) in [("1", 1), ("7", 7), ("255", 255)] {
        let done = run(&["connect", &to, "--udp", "--ttl", ttl, "--send", "x", "--wait", "0.01"], b"");
        let (mut bytes, mut control) = ([0; 16], nix::cmsg_space!(i32));
        let mut parts = [IoSliceMut::new(&mut bytes)];
        let got = recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut parts, Some(&mut control), MsgFlags::empty()).unwrap();
        let hops = got.cmsgs().unwrap().find_map(|message| match message {
            ControlMessageOwned::Ipv4Ttl(hops) => Some(hops),
            _ => None,
        });
        assert_eq!(hops, Some(wanted), "{}", done.err);
    }
    for wrong in ["0", "256", "-1", "x"] {
        assert_eq!(run(&["connect", &to, "--udp", "--ttl", wrong], b"").code, Some(2), "{wrong}");
    }
}
