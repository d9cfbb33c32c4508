//! Floods: rows, bytes and notices stay within their bounds, and readers that must lose nothing lose nothing.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use socketlab::{
    engine::{Command, Engine, Notice},
    journal::{Budget, Payloads},
    model::{Event, ListenConfig, Recipe, SessionId},
};

use crate::lab::{Lab, PATIENCE, call, poll};

const TINY: Budget = Budget { rows: 2000, bytes: 1 << 20 };

/// Sends `length` bytes through an echo listener and back.
fn flood(mut stream: TcpStream, length: usize) {
    thread::scope(|scope| {
        let mut sending = stream.try_clone().unwrap();
        scope.spawn(move || {
            sending.write_all(&vec![b'x'; length]).unwrap();
            sending.shutdown(Shutdown::Write).unwrap();
        });
        assert_eq!(std::io::copy(&mut stream, &mut std::io::sink()).unwrap(), length as u64);
    });
}

#[test]
fn a_flood_stays_within_rows_and_bytes() {
    for recv_size in [16, 1024, 65_536] {
        let mut lab = Lab::with(TINY);
        let recv_size = recv_size.try_into().unwrap();
        let (_, address) = lab.listen_as(ListenConfig { recv_size, ..ListenConfig::default() });
        let length = recv_size.get() * 5000;
        let journal = Arc::clone(lab.engine.journal());
        thread::scope(|scope| {
            let flood = scope.spawn(|| flood(call(address), length));
            while !flood.is_finished() {
                let stats = journal.stats();
                assert!(stats.len() <= TINY.rows as u64 && stats.bytes <= TINY.bytes, "{stats:?}");
                assert_eq!(stats.evicted, stats.first - 1, "{stats:?}");
            }
        });
        lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
        let records = lab.records();
        assert!(records.len() > 1 && journal.stats().evicted > 0);
        for pair in records.windows(2) {
            assert_eq!(pair[0].seq + 1, pair[1].seq);
        }
        let closed = lab.of(Event::Closed);
        let length = u64::try_from(length).unwrap();
        assert_eq!((closed[0].detail.received, closed[0].detail.sent), (Some(length), Some(length)));
    }
}

#[test]
fn a_slow_reader_that_must_lose_nothing_holds_the_sockets_up() {
    const LENGTH: usize = 8 << 20;
    let mut lab = Lab::with(TINY);
    let mut follower = lab.engine.journal().follow(Payloads::Whole);
    let (session, address) = lab.listen(Recipe::ECHO);
    let journal = Arc::clone(lab.engine.journal());
    thread::scope(|scope| {
        let flood = scope.spawn(|| flood(call(address), LENGTH));
        // Nobody reads, so the sockets come to a stop and the journal stays as large as it may be.
        poll("a stop", || (journal.stats().stalls > 0).then_some(()));
        assert!(!flood.is_finished());
        let (mut received, mut sent, mut bytes, mut next, mut closed) = (0, 0, 0, 1, false);
        while !closed {
            let stats = journal.stats();
            assert!(stats.len() <= TINY.rows as u64 + 10 && stats.bytes <= TINY.bytes + (64 << 10), "{stats:?}");
            let Some(block) = follower.read(PATIENCE) else { panic!("nothing more came: {stats:?}") };
            for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
                assert_eq!(row.seq, next);
                next += 1;
                bytes += row.payload.len() * usize::from(row.head.event.direction().is_some());
                match row.head.event {
                    Event::Recv => received += row.head.length as usize,
                    Event::Send => sent += row.head.length as usize,
                    Event::Closed => closed = true,
                    _ => {}
                }
            }
            follower.advance(block.end());
        }
        assert_eq!((received, sent, bytes), (LENGTH, LENGTH, 2 * LENGTH), "payloads are whole");
    });
    // While it waits for a reader, a session can still be stopped.
    let stalls = journal.stats().stalls;
    let caller = call(address);
    let mut sending = caller.try_clone().unwrap();
    let mut reading = caller.try_clone().unwrap();
    let flood = thread::spawn(move || while sending.write_all(&[b'y'; 8192]).is_ok() {});
    let drain = thread::spawn(move || std::io::copy(&mut reading, &mut std::io::sink()).is_ok());
    poll("another stop", || (journal.stats().stalls > stalls).then_some(()));
    lab.ask(Command::Stop(session));
    lab.stopped(session);
    drop(follower);
    drop(caller);
    flood.join().unwrap();
    drain.join().unwrap();
}

#[test]
fn a_reader_that_leaves_lets_the_sockets_go_on() {
    let mut lab = Lab::with(TINY);
    let follower = lab.engine.journal().follow(Payloads::Whole);
    let (_, address) = lab.listen(Recipe::ECHO);
    thread::scope(|scope| {
        let flood = scope.spawn(|| flood(call(address), 8 << 20));
        poll("a stop", || (lab.engine.journal().stats().stalls > 0).then_some(()));
        assert!(!flood.is_finished());
        drop(follower);
        flood.join().unwrap();
    });
}

#[test]
fn a_larger_budget_lets_the_sockets_go_on() {
    let mut lab = Lab::with(TINY);
    let follower = lab.engine.journal().follow(Payloads::Whole);
    let (_, address) = lab.listen(Recipe::ECHO);
    thread::scope(|scope| {
        let flood = scope.spawn(|| flood(call(address), 2 << 20));
        poll("a stop", || (lab.engine.journal().stats().stalls > 0).then_some(()));
        lab.engine.journal().set_budget(Budget::default());
        flood.join().unwrap();
    });
    drop(follower);
}

#[test]
fn notices_that_nobody_reads_are_bounded_and_none_is_lost() {
    const CALLERS: usize = 2500;
    let mut lab = Lab::new();
    let config = ListenConfig { recipe: Recipe::DISCARD, backlog: 4096, ..ListenConfig::default() };
    let (_, address) = lab.listen_as(config);
    let count = |lab: &Lab| {
        let opened = lab.told.iter().filter(|notice| matches!(notice, Notice::Opened(_))).count();
        let ended = lab.told.iter().filter(|notice| matches!(notice, Notice::Ended(_))).count();
        (opened, ended)
    };
    for _ in 0..CALLERS {
        drop(call(address));
    }
    poll("a full queue", || (lab.unread() == 4096).then_some(()));
    poll("all notices", || {
        lab.look(&mut |_| None::<()>);
        (count(&lab) == (CALLERS, CALLERS)).then_some(())
    });
    assert!(lab.records().windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
    assert_eq!(lab.of(Event::Accepted).len(), CALLERS);
    assert_eq!(lab.of(Event::Closed).len(), CALLERS);
}

#[test]
fn the_waker_is_called_once_until_it_is_drained() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let (engine, mut notices) = Engine::start(Budget::default(), move || {
        counted.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    let config = ListenConfig { port: 0, ..ListenConfig::default() };
    engine.send(Command::Listen { session: SessionId(1), config }).unwrap();
    let address = poll("a listener", || match notices.try_recv() {
        Ok(Notice::Listening { local, .. }) => local.inet(),
        _ => None,
    });
    let talk = || {
        let mut caller = call(address);
        for _ in 0..50 {
            caller.write_all(b"x").unwrap();
            caller.read_exact(&mut [0]).unwrap();
        }
    };
    talk();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    engine.drained();
    talk();
    poll("a call", || (calls.load(Ordering::SeqCst) == 2).then_some(()));
    // Ends in time although a connection is open.
    let _open = call(address);
    let started = std::time::Instant::now();
    drop(engine);
    assert!(started.elapsed() < Duration::from_secs(10));
}
