//! The rows of the ladder, without a window.

use std::{io::IoSlice, sync::Arc};

use super::*;
use crate::{
    journal::{Budget, Identity, Journal},
    model::{ConnectionId, Encoding, Names, SessionId, State},
};

fn connection(side: Side, socket: &'static str) -> Arc<Connection> {
    let names = Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") };
    let (id, session) = (ConnectionId(1), SessionId(1));
    let identity = Identity { id, session, side, names, descriptor: None, socket, recv_size: 1024 };
    Connection::new(identity, Journal::new(Budget::default()))
}

fn traffic(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

fn rows(connection: &Connection, unfolded: &[Seq]) -> Vec<String> {
    let mut calls = Calls::default();
    calls.update(connection, Encoding::Utf8);
    let unfolded = unfolded.iter().copied().collect();
    steps(connection, &calls, Origin::default(), &unfolded).iter().map(Step::spoken).collect()
}

fn by(by: By) -> Detail {
    Detail { by: Some(by), ..Detail::default() }
}

#[test]
fn a_half_close_by_this_end_leaves_no_fin_for_the_close() {
    let connection = connection(Side::Connected, "AF_INET STREAM TCP");
    connection.fact(Event::Connected, &Detail { micros: Some(1500), ..Detail::default() }, None);
    connection.fact(Event::HalfClosed, &by(By::Local), Some(State::FinWait));
    connection.fact(Event::HalfClosed, &by(By::Peer), Some(State::CloseWait));
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let rows = rows(&connection, &[]);
    let end: Vec<&str> = rows.iter().rev().take(7).rev().map(String::as_str).collect();
    assert_eq!(end.first(), Some(&"connect = 0, 1.50 ms"));
    assert_eq!(end.get(1), Some(&"shutdown(SHUT_WR), to the peer FIN, inferred"));
    assert_eq!(end.get(2), Some(&"from the peer ACK, inferred"));
    assert_eq!(end.get(3), Some(&"recv = 0, end of stream, from the peer FIN, inferred"));
    assert_eq!(end.get(4), Some(&"to the peer ACK, inferred"));
    assert_eq!(end.get(5), Some(&"close()"));
    assert!(end.get(6).is_some_and(|end| end.starts_with("closed by us first") && end.contains("TIME_WAIT")));
}

#[test]
fn a_run_is_folded_and_unfolded_by_its_first_record() {
    let connection = connection(Side::Accepted, "AF_INET STREAM TCP");
    let first = traffic(&connection, Event::Recv, b"abc");
    for _ in 0..4 {
        traffic(&connection, Event::Recv, b"abc");
    }
    traffic(&connection, Event::Send, b"three");
    let folded = rows(&connection, &[]);
    assert!(folded.iter().any(|row| row.starts_with("recv × 5, from the peer × 5 recv, 15 B")), "{folded:?}");
    assert!(!folded.iter().any(|row| row.contains("recv(1024)")), "{folded:?}");
    let open = rows(&connection, &[first]);
    assert_eq!(open.iter().filter(|row| row.contains("recv(1024) = 3, from the peer 3 B abc")).count(), 5);
    assert!(open.iter().any(|row| row == "send = 5, to the peer 5 B three"), "{open:?}");
}

#[test]
fn a_socket_at_a_path_has_no_segments() {
    let connection = connection(Side::Accepted, "AF_UNIX STREAM");
    connection.fact(Event::Accepted, &Detail::default(), None);
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let rows = rows(&connection, &[]);
    assert!(
        !rows.iter().any(|row| ["SYN", "ACK", "FIN", "TIME_WAIT"].iter().any(|word| row.contains(word))),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row.contains("connects, within the kernel")));
}
