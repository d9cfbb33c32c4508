//! What the journal says about when: by injected clocks that are set, stopped and moved.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

#[path = "common/clock.rs"]
mod clock;

use std::{io::IoSlice, sync::Arc, thread, time::Duration};

use socketlab::{
    journal::{Budget, Clock as _, Connection, Entry, Identity, Journal},
    model::{ConnectionId, Detail, Event, Names, SessionId, Side, SocketKind, State},
};

use clock::{Hands, SECOND, START};

const HOUR: i64 = 3_600_000_000_000;

fn connection(journal: &Arc<Journal>) -> Arc<Connection> {
    let identity = Identity {
        id: ConnectionId(1),
        session: SessionId(1),
        side: Side::Accepted,
        names: Names::default(),
        descriptor: None,
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, Arc::clone(journal))
}

/// Every record: event, time, and by how much the clock jumped.
fn records(journal: &Journal) -> Vec<(Event, u64, Option<i64>)> {
    let mut records = Vec::new();
    let mut next = 1;
    while let Some(block) = journal.block(next) {
        records.extend(block.rows().map(|row| (row.head.event, row.head.nanos, row.detail().jump_micros)));
        next = block.end();
    }
    records
}

#[test]
fn a_clock_that_is_set_is_one_record_and_times_are_by_it_from_there_on() {
    let hands = Hands::default();
    let journal = hands.journal();
    let connection = connection(&journal);
    let mut wanted = Vec::new();
    for by in [0, 8 * HOUR, -HOUR, -20 * HOUR] {
        hands.set(by);
        hands.pass(SECOND);
        if by != 0 {
            wanted.push((Event::Clock, hands.wall(), Some(by / 1000)));
        }
        for _ in 0..3 {
            hands.pass(SECOND / 10);
            if wanted.last().is_some_and(|(event, ..)| *event == Event::Clock) {
                // Written with the record after the jump, at its time.
                wanted.last_mut().unwrap().1 = hands.wall();
            }
            connection.traffic(Event::Recv, &[IoSlice::new(b"x")], 1, 1);
            wanted.push((Event::Recv, hands.wall(), None));
        }
    }
    assert_eq!(records(&journal), wanted);
}

#[test]
fn spans_do_not_depend_on_the_clock_that_is_set() {
    let hands = Hands::default();
    let journal = hands.journal();
    let connection = connection(&journal);
    hands.pass(2 * SECOND);
    connection.traffic(Event::Recv, &[IoSlice::new(b"x")], 1, 1);
    for by in [8 * HOUR, -30 * HOUR] {
        hands.set(by);
        hands.pass(SECOND);
        let quiet = journal.monotonic() - connection.active();
        assert!(quiet <= 2 * SECOND, "idle for {quiet} ns, after the clock was set");
        assert_eq!(connection.lasted().as_nanos(), u128::from(hands.monotonic()));
    }
    assert_eq!(connection.opened(), START);
    connection.fact(Event::Closed, &Detail::default(), Some(State::Closed));
    hands.pass(SECOND);
    assert_eq!(connection.lasted(), Duration::from_secs(4));
    assert_eq!(connection.ended(), Some(START + 4 * SECOND - 22 * 3600 * SECOND));
}

/// Two halves of a connection write at once: the way back from the newest record leaves none out.
#[test]
fn two_who_write_for_one_connection_leave_no_record_out_of_its_chain() {
    const EACH: u64 = 20_000;
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal);
    thread::scope(|scope| {
        for event in [Event::Recv, Event::Send] {
            let connection = &connection;
            scope.spawn(move || {
                for _ in 0..EACH {
                    connection.traffic(event, &[IoSlice::new(b"x")], 1, 1);
                }
            });
        }
        // And others in between.
        scope.spawn(|| {
            for _ in 0..EACH {
                journal.append(&Entry {
                    event: Event::Recv,
                    session: SessionId(2),
                    connection: ConnectionId(2),
                    names: &Names::default(),
                    length: 0,
                    payload: &[],
                    keep: 0,
                    previous: 0,
                });
            }
        });
    });
    let mut chain = 0;
    let mut seq = Some(connection.last());
    let mut block = None;
    while let Some(at) = seq {
        if block.as_ref().is_none_or(|block: &Arc<socketlab::journal::Block>| block.row(at).is_none()) {
            block = journal
                .block(at.saturating_sub(500).max(1))
                .filter(|block| block.end() > at)
                .or_else(|| journal.block(at));
        }
        let row = block.as_ref().unwrap().row(at).unwrap();
        assert_eq!(row.head.connection, ConnectionId(1));
        chain += 1;
        seq = row.previous();
    }
    assert_eq!(chain, 2 * EACH);
}
