//! Datagrams: many peers at one socket, several addresses on either side.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{SocketAddr, UdpSocket},
    sync::Arc,
};

use bytes::Bytes;
use socketlab::{
    engine::{Command, Notice},
    journal::Connection,
    model::{ConnectConfig, Event, ListenConfig, Recipe, SessionId, Side, Target, Transport},
};

use crate::lab::{Lab, PATIENCE, poll};

fn socket(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 2000];
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    buffer.truncate(length);
    (buffer, from)
}

fn udp(recipe: Recipe, bind: &str) -> ListenConfig {
    ListenConfig { transport: Transport::Udp, bind: bind.to_owned(), recipe, ..ListenConfig::default() }
}

/// The connections that were told of, by the name of their other end.
fn opened(lab: &mut Lab, count: usize) -> BTreeMap<(String, String), Arc<Connection>> {
    let mut found = BTreeMap::new();
    poll("the peers", || {
        let _: Option<()> = lab.look(&mut |notice| {
            if let Notice::Opened(connection) = notice {
                let names = &connection.identity().names;
                found.insert((names.peer.to_string(), names.local.to_string()), Arc::clone(connection));
            }
            None
        });
        (found.len() >= count).then_some(())
    });
    found
}

#[test]
fn each_of_a_thousand_peers_gets_its_answer_and_what_is_said_to_all() {
    const PEERS: usize = 1000;
    let mut lab = Lab::new();
    let (session, address) = lab.listen_as(udp(Recipe::ECHO, "127.0.0.1"));
    let peers: Vec<UdpSocket> = (0..PEERS).map(|_| socket("127.0.0.1:0")).collect();
    // No more at once than any system has room for.
    for (first, some) in peers.chunks(100).enumerate() {
        for (number, peer) in some.iter().enumerate() {
            peer.send_to(format!("peer {first} {number}").as_bytes(), address).unwrap();
        }
        for (number, peer) in some.iter().enumerate() {
            assert_eq!(receive(peer), (format!("peer {first} {number}").into_bytes(), address));
        }
    }
    let known = opened(&mut lab, PEERS);
    let names: BTreeSet<String> = peers.iter().map(|peer| peer.local_addr().unwrap().to_string()).collect();
    assert_eq!(known.keys().map(|(peer, _)| peer.clone()).collect::<BTreeSet<_>>(), names);
    assert!(known.values().all(|peer| peer.received() == peer.sent() && peer.sent().1 == 1));

    lab.ask(Command::Send { to: Target::Session(session), bytes: Bytes::from_static(b"to all") });
    for peer in &peers {
        assert_eq!(receive(peer).0, b"to all");
    }
    poll("the records", || (lab.of(Event::Send).len() == 2 * PEERS).then_some(()));
    assert_eq!(lab.of(Event::Recv).len(), PEERS);
    assert!(lab.of(Event::Failed).is_empty());
    lab.ask(Command::Stop(session));
    lab.stopped(session);
    assert_eq!(lab.of(Event::Closed).len(), PEERS, "each has its end");
}

#[test]
fn an_answer_from_another_port_is_shown_under_the_name_it_came_from() {
    let asked = socket("127.0.0.1:0");
    // Another address of the same machine, where the system has one.
    let others: Vec<UdpSocket> = if cfg!(target_os = "linux") {
        vec![socket("127.0.0.1:0"), socket("127.0.0.2:0")]
    } else {
        vec![socket("127.0.0.1:0")]
    };
    let mut lab = Lab::new();
    let port = asked.local_addr().unwrap().port();
    let config = ConnectConfig { transport: Transport::Udp, port, ..ConnectConfig::default() };
    lab.ask(Command::Connect { session: SessionId(9), config, feed: None });
    let client = opened(&mut lab, 1).into_values().next().unwrap();
    lab.ask(Command::Send { to: Target::Connection(client.id()), bytes: Bytes::from_static(b"who is there?") });
    let (question, from) = receive(&asked);
    assert_eq!(question, b"who is there?");
    for (number, other) in others.iter().enumerate() {
        other.send_to(format!("answer {number}").as_bytes(), from).unwrap();
    }
    let answered = opened(&mut lab, others.len());
    for (number, other) in others.iter().enumerate() {
        let name = other.local_addr().unwrap().to_string();
        let connection = &answered[&(name, from.to_string())];
        assert_eq!(connection.identity().side, Side::Peer);
        poll("the answer", || (connection.received() == (8, 1)).then_some(()));
        // And it can be spoken to.
        let line = format!("thanks {number}");
        lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: line.clone().into() });
        assert_eq!(receive(other), (line.into_bytes(), from));
    }
    assert_eq!(client.received(), (0, 0), "the one that was asked said nothing");
}

#[cfg(target_os = "linux")]
#[test]
fn a_listener_on_all_addresses_answers_from_the_one_that_was_asked() {
    for bind in ["0.0.0.0", "*"] {
        let mut lab = Lab::new();
        let (_, address) = lab.listen_as(udp(Recipe::ECHO, bind));
        let peer = socket("127.0.0.1:0");
        for asked in ["127.0.0.1", "127.0.0.9"] {
            let asked = SocketAddr::new(asked.parse().unwrap(), address.port());
            for message in ["one", "two"] {
                peer.send_to(message.as_bytes(), asked).unwrap();
                assert_eq!(receive(&peer), (message.as_bytes().to_vec(), asked));
            }
        }
        let name = peer.local_addr().unwrap().to_string();
        let known: Vec<_> = opened(&mut lab, 2).into_keys().collect();
        let ours = |host: &str| (name.clone(), format!("{host}:{}", address.port()));
        assert_eq!(known, [ours("127.0.0.1"), ours("127.0.0.9")], "a row for each address that was asked");
    }
}
