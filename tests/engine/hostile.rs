//! Peers that mean harm, or do it.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use bytes::Bytes;
use socketlab::{
    engine::{Command, Notice},
    journal::Budget,
    model::{ConnectConfig, Errno, Event, ListenConfig, Recipe, SessionId, State, Target},
};
use tokio::sync::mpsc;

use crate::lab::{Lab, PATIENCE, call, poll, reset, take};

#[test]
fn an_endless_stream_ends_when_we_say_so() {
    let budget = Budget { rows: 5000, bytes: 4 << 20 };
    let mut lab = Lab::with(budget);
    let (session, address) = lab.listen(Recipe::DISCARD);
    let mut endless = call(address);
    let sending = thread::spawn(move || while endless.write_all(&[b'e'; 8192]).is_ok() {});
    poll("a flood", || (lab.engine.journal().stats().evicted > 50_000).then_some(()));
    let stats = lab.engine.journal().stats();
    assert!(stats.len() <= 5000 && stats.bytes <= budget.bytes, "{stats:?}");
    lab.ask(Command::Close(Target::Session(session)));
    lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
    sending.join().unwrap();
    // The listener is still there: it reads what the next one says, which the system's backlog would take as well.
    let mut next = call(address);
    let name = next.local_addr().unwrap();
    next.write_all(b"x").unwrap();
    let connection = lab.wait("the next caller", |notice| match notice {
        Notice::Opened(connection) if connection.identity().names.peer.inet() == Some(name) => {
            Some(std::sync::Arc::clone(connection))
        }
        _ => None,
    });
    poll("its byte", || (connection.received().0 == 1).then_some(()));
}

#[test]
fn one_byte_at_a_time_is_no_trouble() {
    let mut lab = Lab::new();
    let (_, address) = lab.listen(Recipe::UPPER);
    let mut caller = call(address);
    caller.set_nodelay(true).unwrap();
    for byte in [b'a'; 2000] {
        caller.write_all(&[byte]).unwrap();
    }
    assert_eq!(take(&mut caller, 2000), [b'A'; 2000]);
    drop(caller);
    lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
    let received: u32 = lab.of(Event::Recv).iter().map(|record| record.length).sum();
    assert_eq!(received, 2000);
}

#[test]
fn a_peer_that_never_reads_fills_its_own_queue_and_nothing_else() {
    let mut lab = Lab::new();
    let (_, connection, peer) = lab.connect();
    let target = Target::Connection(connection.id());
    let message: Bytes = vec![b'm'; 1 << 20].into();
    // What the system's buffers take, one message on its way, 64 in the queue, and then some.
    for _ in 0..120 {
        lab.ask(Command::Send { to: target.clone(), bytes: message.clone() });
    }
    let failure = lab.wait("a refusal", |notice| match notice {
        Notice::Failed { connection: id, failure, .. } if *id == connection.id() => Some(failure.clone()),
        _ => None,
    });
    // The queue is ours: no call of the system said so.
    assert!(failure.is(Errno::ENOBUFS) && failure.errno == 0 && !failure.hint().is_empty(), "{failure}");
    poll("the record of it", || {
        let failed = lab.of(Event::Failed);
        failed.iter().any(|record| record.detail.failure.as_ref().is_some_and(|found| *found == failure)).then_some(())
    });
    // Others are served meanwhile.
    let (_, address) = lab.listen(Recipe::ECHO);
    let mut caller = call(address);
    caller.write_all(b"hello").unwrap();
    assert_eq!(take(&mut caller, 5), b"hello");
    lab.ask(Command::Close(target.clone()));
    assert_eq!(lab.ended(connection.id()).state(), State::Closed);
    drop(peer);
}

#[test]
fn an_echo_that_is_never_read_can_be_stopped() {
    let mut lab = Lab::new();
    let (session, address) = lab.listen(Recipe::ECHO);
    let mut stuck = call(address);
    stuck.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    while stuck.write_all(&[0; 8192]).is_ok() {}
    lab.ask(Command::Stop(session));
    lab.stopped(session);
    assert!(lab.told.iter().any(|notice| matches!(notice, Notice::Ended(_))));
}

#[test]
fn a_reset_in_mid_transfer_is_told_once() {
    let mut lab = Lab::new();
    let (_, address) = lab.listen_as(ListenConfig { recv_size: 65_536.try_into().unwrap(), ..ListenConfig::default() });
    for _ in 0..20 {
        let mut caller = call(address);
        let mut sending = caller.try_clone().unwrap();
        let flood = thread::spawn(move || while sending.write_all(&[1; 8192]).is_ok() {});
        take(&mut caller, 300_000);
        reset_all(&caller);
        flood.join().unwrap();
        drop(caller);
    }
    let mut ended = 0;
    lab.wait("all ends", |notice| {
        ended += u32::from(matches!(notice, Notice::Ended(_)));
        (ended == 20).then_some(())
    });
    let ends = lab.records().iter().filter(|record| matches!(record.event, Event::Reset | Event::Closed)).count();
    assert_eq!(ends, 20);
}

/// Aborts a connection that another thread still holds.
fn reset_all(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
    stream.shutdown(Shutdown::Both).unwrap();
}

#[test]
fn thousands_come_and_go() {
    const CALLERS: u32 = 2000;
    let mut lab = Lab::new();
    let (_, address) = lab.listen_as(ListenConfig { backlog: 4096, ..ListenConfig::default() });
    for number in 0..CALLERS {
        let mut caller = call(address);
        match number % 4 {
            0 => reset(caller),
            1 => drop(caller),
            2 => caller.write_all(b"and gone").unwrap(),
            _ => {
                caller.write_all(b"x").unwrap();
                take(&mut caller, 1);
            }
        }
        // Keeps the queue of notices short.
        lab.look(&mut |_| None::<()>);
    }
    poll("all ends", || {
        lab.look(&mut |_| None::<()>);
        let ended = lab.told.iter().filter(|notice| matches!(notice, Notice::Ended(_))).count();
        (ended == CALLERS as usize).then_some(())
    });
    let records = lab.records();
    assert!(records.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq));
    let ends = records.iter().filter(|record| matches!(record.event, Event::Closed | Event::Reset)).count();
    assert_eq!(ends, CALLERS as usize);
}

#[test]
fn a_pipe_that_is_not_read_holds_the_peer_up_and_can_be_closed() {
    let mut lab = Lab::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = ConnectConfig { port: listener.local_addr().unwrap().port(), ..ConnectConfig::default() };
    let (feed, mut pieces) = mpsc::channel(4);
    let session = SessionId(100);
    lab.ask(Command::Connect { session, config, feed: Some(feed) });
    let mut peer = listener.accept().unwrap().0;
    peer.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    while peer.write_all(&[7; 8192]).is_ok() {}
    let connection = lab.wait("a connection", |notice| match notice {
        Notice::Opened(connection) => Some(connection.clone()),
        _ => None,
    });
    let before = connection.received().0;
    assert!(before < 64 << 10, "{before} bytes were taken ahead of the pipe");
    assert_eq!(pieces.blocking_recv().unwrap()[0], 7);
    poll("more", || (connection.received().0 > before).then_some(()));
    lab.ask(Command::Close(Target::Session(session)));
    lab.stopped(session);
    // What was received is still there, to its end.
    let mut length = 1024;
    while let Some(piece) = pieces.blocking_recv() {
        length += piece.len() as u64;
    }
    assert!(length >= before, "{length} of {before}");
}

#[test]
fn commands_for_nobody_do_nothing() {
    let mut lab = Lab::new();
    let nobody = Target::Connection(socketlab::model::ConnectionId(999));
    for command in [
        Command::Close(nobody.clone()),
        Command::Reset(nobody.clone()),
        Command::HalfClose(nobody.clone()),
        Command::Send { to: nobody.clone(), bytes: Bytes::from_static(b"x") },
        Command::Stop(SessionId(999)),
        Command::Cancel(socketlab::model::TransferId(999)),
        Command::Inspect(socketlab::model::ConnectionId(999)),
    ] {
        lab.ask(command);
    }
    let (_, address) = lab.listen(Recipe::ECHO);
    let mut caller = call(address);
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    caller.write_all(b"x").unwrap();
    assert_eq!(caller.read(&mut [0]).unwrap(), 1);
}
