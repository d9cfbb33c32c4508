//! The rows of the ladder, without a window.

use std::{collections::BTreeSet, io::IoSlice, sync::Arc};

use super::*;
use crate::{
    journal::{Budget, Identity, Journal, Seq},
    model::{ConnectionId, Encoding, Health, Names, Presence, SessionId, SocketKind, State},
};

fn connection(side: Side, socket: SocketKind) -> Arc<Connection> {
    let names = Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") };
    let (id, session) = (ConnectionId(1), SessionId(1));
    let identity = Identity { id, session, side, names, descriptor: None, socket, recv_size: 1024 };
    Connection::new(identity, Journal::new(Budget::default()))
}

fn traffic(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

fn steps(connection: &Connection, calls: &Calls, origin: Origin<'_>, unfolded: &BTreeSet<Seq>) -> Vec<Step> {
    let mut kept = Kept::default();
    kept.update(connection, calls, origin, unfolded, true);
    kept.steps().to_vec()
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
    let connection = connection(Side::Connected, SocketKind::TCP4);
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
    let connection = connection(Side::Accepted, SocketKind::TCP4);
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
    let connection = connection(Side::Accepted, SocketKind::UNIX_STREAM);
    connection.fact(Event::Accepted, &Detail::default(), None);
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let rows = rows(&connection, &[]);
    assert!(
        !rows.iter().any(|row| ["SYN", "ACK", "FIN", "TIME_WAIT"].iter().any(|word| row.contains(word))),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row.contains("connects, within the kernel")));
}

/// A clock that somebody sets.
#[derive(Clone, Debug, Default)]
struct Hands(Arc<std::sync::atomic::AtomicU64>);

impl crate::journal::Clock for Hands {
    fn wall(&self) -> u64 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn monotonic(&self) -> u64 {
        1
    }
}

#[test]
fn what_this_pc_noticed_stands_among_the_calls() {
    use crate::memory::{Memory, Part};
    let hands = Hands::default();
    let journal = Journal::with_clock(1000, Memory::new(1 << 20).share(Part::Journal), Box::new(hands.clone()));
    let connection = Connection::new(Identity::accepted(1), journal);
    connection.fact(Event::Accepted, &Detail::default(), None);
    for _ in 0..5 {
        traffic(&connection, Event::Send, b"x");
    }
    hands.0.store(3_600_000_000_000, std::sync::atomic::Ordering::Relaxed);
    for _ in 0..2 {
        traffic(&connection, Event::Send, b"x");
    }
    let health = |health| Detail { health: Some(health), bytes: Some(9), micros: Some(3_000_000), ..Detail::default() };
    connection.fact(Event::Health, &health(Health::NotReading), None);
    connection.fact(Event::Health, &health(Health::Fine), None);
    let lost = Detail { presence: Some(Presence::Lost), ..Detail::default() };
    connection.fact(Event::Address, &lost, None);
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let mut calls = Calls::default();
    calls.update(&connection, Encoding::Utf8);
    let jumps = calls::clock_jumps(&connection, &calls);
    let origin = Origin { jumps: &jumps, ..Origin::default() };
    let steps = steps(&connection, &calls, origin, &BTreeSet::new());
    let kinds: Vec<(Kind, bool)> = steps
        .iter()
        .filter(|step| matches!(step.kind, Kind::Fold { .. } | Kind::Data | Kind::Mark { .. }))
        .map(|step| (step.kind, step.trouble))
        .collect();
    let (noticed, mended) = (Kind::Mark { mends: false }, Kind::Mark { mends: true });
    assert!(matches!(kinds.first(), Some((Kind::Fold { .. }, _))), "{kinds:?}");
    let after = [(noticed, false), (Kind::Data, false), (Kind::Data, false)];
    assert_eq!(kinds.get(1..4), Some(after.as_slice()), "the jump stands between the calls that it parts");
    assert_eq!(kinds.get(4..), Some([(noticed, false), (mended, false), (noticed, true)].as_slice()));
    let words: Vec<&str> = steps.iter().map(|step| step.call.as_str()).collect();
    assert!(words.iter().any(|words| words.starts_with("the clock of this PC")), "{words:?}");
    assert!(words.iter().any(|words| words.starts_with("the peer does not read: 9 B wait")), "{words:?}");
}

#[test]
fn the_four_steps_of_a_close_are_four_where_the_peer_is_ours() {
    let connection = connection(Side::Connected, SocketKind::TCP4);
    connection.fact(Event::Connected, &Detail { micros: Some(1500), ..Detail::default() }, None);
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let mut calls = Calls::default();
    calls.update(&connection, Encoding::Utf8);
    let close = |peer_closed| {
        let origin = Origin { peer_closed, ..Origin::default() };
        let steps = steps(&connection, &calls, origin, &BTreeSet::new());
        let from = steps.iter().position(|step| step.call == "close()").unwrap();
        let wires = steps.iter().skip(from).filter_map(|step| step.wire.as_ref());
        (wires.map(|wire| (wire.direction, wire.label.clone())).collect::<Vec<_>>(), steps)
    };
    let sign = |direction, label: &str| (direction, label.to_owned());
    let (two, _) = close(false);
    assert_eq!(two, [sign(Direction::Outbound, "FIN"), sign(Direction::Inbound, "ACK")]);
    let (four, steps) = close(true);
    assert_eq!(four.len(), 4);
    assert_eq!(four[2..], [sign(Direction::Inbound, "FIN"), sign(Direction::Outbound, "ACK")]);
    assert!(steps.iter().any(|step| step.note == "recv = 0, close()"), "the peer's own calls");
    assert!(steps.last().unwrap().note.contains("TIME_WAIT stays with this end, which closed first"));
}

#[test]
fn what_is_added_to_the_rows_is_what_they_would_be_if_made_anew() {
    use crate::ui::views::shared::calls::MOST;
    let connection = connection(Side::Accepted, SocketKind::TCP4);
    let (mut calls, mut kept, mut unfolded) = (Calls::default(), Kept::default(), BTreeSet::new());
    let mut dice = 88_172_645_463_325_252_u64;
    let mut below = |limit: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % limit
    };
    connection.fact(Event::Accepted, &Detail::default(), None);
    let mut written = 0;
    while written < 3 * MOST {
        // Runs of all lengths, some of them longer than all that is held.
        let event = if below(2) == 0 { Event::Recv } else { Event::Send };
        let length = match below(40) {
            0 => MOST + 500,
            1..5 => 200,
            other => usize::try_from(other % 6).unwrap_or(0),
        };
        let mut first = None;
        for _ in 0..length {
            let seq = traffic(&connection, event, b"abc");
            first.get_or_insert(seq);
        }
        written += length;
        if below(6) == 0 {
            connection.fact(Event::Remark, &Detail::default(), None);
        }
        if below(3) > 0 {
            calls.update(&connection, Encoding::Utf8);
            let folds = first.filter(|_| below(4) == 0).is_some_and(|first| unfolded.insert(first));
            kept.update(&connection, &calls, Origin::default(), &unfolded, folds);
            let anew = steps(&connection, &calls, Origin::default(), &unfolded);
            assert_eq!(kept.steps().len(), anew.len());
            assert!(kept.steps() == anew, "after {written} calls");
        }
    }
    connection.fact(Event::HalfClosed, &by(By::Peer), None);
    calls.update(&connection, Encoding::Utf8);
    kept.update(&connection, &calls, Origin::default(), &unfolded, false);
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    calls.update(&connection, Encoding::Utf8);
    kept.update(&connection, &calls, Origin::default(), &unfolded, false);
    assert!(kept.steps() == steps(&connection, &calls, Origin::default(), &unfolded));
}

#[test]
fn what_is_new_costs_what_is_new_and_not_all_that_is_there() {
    use std::time::{Duration, Instant};
    let connection = connection(Side::Accepted, SocketKind::TCP4);
    let (mut calls, mut kept) = (Calls::default(), Kept::default());
    let both = || {
        // No two calls of one direction stand together: each has a row of its own.
        for event in [Event::Recv, Event::Send] {
            traffic(&connection, event, b"abc");
        }
    };
    (0..4000).for_each(|_| both());
    let (mut added, mut anew) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..40 {
        both();
        calls.update(&connection, Encoding::Utf8);
        let start = Instant::now();
        kept.update(&connection, &calls, Origin::default(), &BTreeSet::new(), false);
        added += start.elapsed();
        let start = Instant::now();
        assert_eq!(steps(&connection, &calls, Origin::default(), &BTreeSet::new()).len(), kept.steps().len());
        anew += start.elapsed();
    }
    println!("4000 rows: {:?} for two more, {:?} for all", added / 40, anew / 40);
    assert!(added * 4 < anew, "{added:?} against {anew:?}");
}
