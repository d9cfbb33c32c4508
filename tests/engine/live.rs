//! Options that change while bytes flow.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use socketlab::{
    engine::{Command, Notice},
    journal::Connection,
    model::{
        Event, FetchConfig, ListenConfig, LiveOption, Proxy, Recipe, RecvSize, SessionId, Side, Site, State, Target,
    },
};

use crate::lab::{Lab, call, patient, poll, take};

fn size(bytes: u32) -> LiveOption {
    LiveOption::RecvSize(RecvSize::try_from(bytes).unwrap())
}

#[test]
fn a_receive_size_holds_from_the_next_call_on_and_each_record_knows_its_own() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    peer.write_all(b"sixteen bytes...").unwrap();
    poll("the first bytes", || (connection.received().0 == 16).then_some(()));
    lab.ask(Command::Set { connection: connection.id(), option: size(5) });
    poll("the new size", || (connection.recv_size() == Some(5)).then_some(()));
    peer.write_all(b"sixteen bytes...").unwrap();
    poll("all bytes", || (connection.received().0 == 32).then_some(()));
    let recvs = lab.of(Event::Recv);
    let lengths: Vec<u32> = recvs.iter().map(|record| record.length).collect();
    assert_eq!(lengths, [16, 5, 5, 5, 1]);
    assert_eq!(connection.recv_size_at(recvs[0].seq), Some(1024));
    assert_eq!(connection.recv_size_at(recvs[1].seq), Some(5));
    lab.ask(Command::Set { connection: connection.id(), option: size(1 << 20) });
    poll("the largest size", || (connection.recv_size() == Some(1 << 20)).then_some(()));
    peer.write_all(&[b'x'; 3000]).unwrap();
    poll("the rest", || (connection.received().0 == 3032).then_some(()));
}

#[test]
fn other_connections_of_the_listener_keep_their_size() {
    let mut lab = Lab::new();
    let (_, address) = lab.listen(Recipe::ECHO);
    let (mut one, mut other) = (call(address), call(address));
    let name = one.local_addr().unwrap();
    let first = lab.wait("the first", |notice| match notice {
        socketlab::engine::Notice::Opened(connection) if connection.identity().names.peer.inet() == Some(name) => {
            Some(std::sync::Arc::clone(connection))
        }
        _ => None,
    });
    lab.ask(Command::Set { connection: first.id(), option: size(3) });
    poll("the new size", || (first.recv_size() == Some(3)).then_some(()));
    other.write_all(b"twelve bytes").unwrap();
    assert_eq!(take(&mut other, 12), b"twelve bytes");
    one.write_all(b"twelve bytes").unwrap();
    assert_eq!(take(&mut one, 12), b"twelve bytes");
    let lengths: Vec<u32> = lab.of(Event::Recv).iter().map(|record| record.length).collect();
    assert_eq!(lengths, [12, 3, 3, 3, 3]);
}

#[test]
fn nodelay_is_set_on_the_socket() {
    let mut lab = Lab::new();
    let (_, connection, _peer) = lab.connect();
    assert_eq!(connection.nodelay(), Some(true));
    for on in [false, true] {
        lab.ask(Command::Set { connection: connection.id(), option: LiveOption::Nodelay(on) });
        poll("the option", || (connection.nodelay() == Some(on)).then_some(()));
    }
}

#[test]
fn http_chooses_its_own_receive_size() {
    let mut lab = Lab::new();
    let (_, address) = lab.listen(Recipe::Http(Site::Welcome));
    let mut caller = call(address);
    let connection = lab.wait("a connection", |notice| match notice {
        socketlab::engine::Notice::Opened(connection) => Some(std::sync::Arc::clone(connection)),
        _ => None,
    });
    lab.ask(Command::Set { connection: connection.id(), option: size(5) });
    lab.ask(Command::Set { connection: connection.id(), option: LiveOption::Nodelay(false) });
    // A later command has been carried out, and the connection has served somebody since.
    lab.listen(Recipe::ECHO);
    caller.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    caller.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
    assert_eq!(connection.recv_size(), None);
    let read = lab.of(Event::Recv);
    assert!(read.iter().any(|record| record.length > 5), "{read:?}");
}

/// A connection of each kind that speaks HTTP, one that waits for a request and one that waits for an answer.
fn http_connections(lab: &mut Lab) -> [(Arc<Connection>, TcpStream); 2] {
    let (_, address) = lab.listen(Recipe::Http(Site::Welcome));
    let caller = call(address);
    let opened = |lab: &mut Lab| {
        lab.wait("a connection", |notice| match notice {
            Notice::Opened(connection) => Some(Arc::clone(connection)),
            _ => None,
        })
    };
    let served = opened(lab);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let config = FetchConfig { url, proxy: Proxy::Direct, ..FetchConfig::default() };
    lab.ask(Command::Fetch { session: SessionId(99), config, feed: None });
    let asker = patient(silent.accept().unwrap().0);
    [(served, caller), (opened(lab), asker)]
}

#[test]
fn http_connections_obey_as_others_do_while_they_wait() {
    let mut lab = Lab::new();
    for (connection, mut peer) in http_connections(&mut lab) {
        let id = connection.id();
        for on in [false, true, false] {
            lab.ask(Command::Set { connection: id, option: LiveOption::Nodelay(on) });
            poll("the option", || (connection.nodelay() == Some(on)).then_some(()));
        }
        #[cfg(target_os = "linux")]
        {
            assert!(connection.kernel().is_none());
            lab.ask(Command::Inspect(id));
            let kernel = poll("what the kernel says", || connection.kernel());
            assert_eq!(kernel.state, "ESTABLISHED");
        }
        lab.ask(Command::Reset(Target::Connection(id)));
        assert_eq!(lab.ended(id).state(), State::Reset);
        let mut rest = Vec::new();
        let end = peer.read_to_end(&mut rest).map_err(|error| error.kind());
        assert_eq!(end, Err(std::io::ErrorKind::ConnectionReset));
    }
}

#[test]
fn what_is_sent_into_an_http_connection_is_refused_and_said() {
    let mut lab = Lab::new();
    for (connection, _peer) in http_connections(&mut lab) {
        let id = connection.id();
        lab.ask(Command::Send { to: Target::Connection(id), bytes: b"typed by a person".as_slice().into() });
        let failure = lab.wait("a refusal", |notice| match notice {
            Notice::Failed { connection, failure, .. } if *connection == id => Some(failure.clone()),
            _ => None,
        });
        assert!(failure.message().contains("17 bytes"), "{failure}");
        assert_eq!(connection.sent().0 > 0, connection.identity().side == Side::Connected);
    }
    let failed = lab.of(Event::Failed);
    assert_eq!(failed.len(), 2, "each is a record: {failed:?}");
}

#[test]
fn a_flood_makes_the_receive_size_grow_once_and_a_record_says_so() {
    const LENGTH: usize = 4 << 20;
    for chosen in [false, true] {
        let mut lab = Lab::new();
        let recv_size = if chosen { RecvSize::exactly_usual() } else { RecvSize::default() };
        let (_, address) =
            lab.listen_as(ListenConfig { recipe: Recipe::DISCARD, recv_size, ..ListenConfig::default() });
        let mut peer = call(address);
        peer.write_all(&vec![b'x'; LENGTH]).unwrap();
        drop(peer);
        let ended = lab.wait("the end", |notice| match notice {
            socketlab::engine::Notice::Ended(connection) => Some(std::sync::Arc::clone(connection)),
            _ => None,
        });
        assert_eq!(ended.received().0, LENGTH as u64);
        let records = lab.records();
        let grown: Vec<usize> = (0..records.len()).filter(|index| records[*index].event == Event::RecvSize).collect();
        let sizes = |records: &[crate::lab::Record]| -> Vec<u32> {
            records.iter().filter(|record| record.event == Event::Recv).map(|record| record.length).collect()
        };
        if chosen {
            assert!(grown.is_empty() && sizes(&records).iter().all(|length| *length <= 1024));
            continue;
        }
        let [at] = grown[..] else { panic!("it grew {} times", grown.len()) };
        assert_eq!(records[at].detail.recv_size, Some(65_536));
        let (before, after) = (sizes(&records[..at]), sizes(&records[at..]));
        assert!(before.iter().all(|length| *length <= 1024), "{before:?}");
        assert!(before.ends_with(&[1024; 64]), "{before:?}");
        assert!(after.iter().all(|length| *length <= 65_536) && after.iter().any(|length| *length > 1024));
        assert_eq!(ended.recv_size_at(records[at - 1].seq), Some(1024));
        assert_eq!(ended.recv_size_at(records[at + 1].seq), Some(65_536));
    }
}

#[test]
fn a_listener_stands_elsewhere_with_its_port_and_who_is_connected_stays() {
    let mut lab = Lab::new();
    let (session, address) = lab.listen(Recipe::ECHO);
    let mut stays = call(address);
    stays.write_all(b"before").unwrap();
    assert_eq!(take(&mut stays, 6), b"before");
    let there = |lab: &mut Lab, what: &str| {
        lab.wait(what, |notice| match notice {
            Notice::Listening { session: of, local, .. } if *of == session => local.inet(),
            _ => None,
        })
    };
    lab.ask(Command::Rebind { session, bind: "0.0.0.0".into() });
    let all = there(&mut lab, "all addresses");
    assert!(all.ip().is_unspecified() && all.port() == address.port(), "{all}");
    stays.write_all(b"after").unwrap();
    assert_eq!(take(&mut stays, 5), b"after");
    let mut caller = call(address);
    caller.write_all(b"hello").unwrap();
    assert_eq!(take(&mut caller, 5), b"hello");

    // An address that is nobody's here: said, and the listener stands where it stood.
    lab.ask(Command::Rebind { session, bind: "192.0.2.1".into() });
    lab.wait("a refusal", |notice| {
        matches!(notice, Notice::Failed { session: of, .. } if *of == session).then_some(())
    });
    assert_eq!(there(&mut lab, "the address before"), all);
    call(address).write_all(b"x").unwrap();
    stays.write_all(b"still").unwrap();
    assert_eq!(take(&mut stays, 5), b"still");
    lab.ask(Command::Stop(session));
    lab.wait("the end", |notice| matches!(notice, Notice::Stopped(of) if *of == session).then_some(()));
    assert_eq!(take(&mut stays, 0), b"");
}
