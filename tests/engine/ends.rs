//! Half-close, close and reset: what we do, what the peer sees, and who is said to have done it.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpStream},
    thread,
};

use bytes::Bytes;
use socketlab::{
    engine::{Command, Notice},
    model::{By, ConnectConfig, Errno, Event, ListenConfig, Operation, Recipe, SessionId, State, Target},
};

use crate::lab::{Lab, Record, call, poll, reset, take};

#[test]
fn a_half_close_is_a_fin_and_the_peer_may_go_on() {
    let mut lab = Lab::new();
    let (session, connection, mut peer) = lab.connect();
    let target = Target::Connection(connection.id());
    lab.ask(Command::Send { to: target.clone(), bytes: Bytes::from_static(b"last") });
    lab.ask(Command::HalfClose(target.clone()));
    let mut all = Vec::new();
    peer.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"last");
    poll("the state", || (connection.state() == State::FinWait).then_some(()));
    peer.write_all(b"and now mine").unwrap();
    poll("its bytes", || (connection.received().0 == 12).then_some(()));
    drop(peer);
    assert_eq!(lab.ended(connection.id()).state(), State::Closed);
    lab.stopped(session);
    let half: Vec<_> = lab.of(Event::HalfClosed).into_iter().map(|record| record.detail.by).collect();
    assert_eq!(half, [Some(By::Local), Some(By::Peer)]);
    assert_eq!(lab.of(Event::Closed)[0].detail.by, Some(By::Local));
}

#[test]
fn a_close_is_a_fin_after_what_was_to_be_sent() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let target = Target::Connection(connection.id());
    peer.write_all(b"unread by any program").unwrap();
    for _ in 0..10 {
        lab.ask(Command::Send { to: target.clone(), bytes: vec![b'z'; 100_000].into() });
    }
    lab.ask(Command::Close(target.clone()));
    let mut all = Vec::new();
    peer.read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), 1_000_000);
    assert_eq!(lab.ended(connection.id()).state(), State::Closed);
    let closed = &lab.of(Event::Closed)[0].detail;
    assert_eq!((closed.by, closed.sent), (Some(By::Local), Some(1_000_000)));
}

#[test]
fn a_reset_is_a_rst() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    lab.ask(Command::Reset(Target::Connection(connection.id())));
    assert_eq!(peer.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(lab.ended(connection.id()).state(), State::Reset);
    assert_eq!(lab.of(Event::Reset)[0].detail.by, Some(By::Local));
    assert!(lab.of(Event::Closed).is_empty());
}

#[test]
fn a_reset_does_not_wait_for_a_peer_that_does_not_read() {
    let mut lab = Lab::new();
    let (_, connection, _peer) = lab.connect();
    let target = Target::Connection(connection.id());
    for _ in 0..20 {
        lab.ask(Command::Send { to: target.clone(), bytes: vec![0; 1 << 20].into() });
    }
    lab.ask(Command::Close(target.clone()));
    lab.ask(Command::Reset(target.clone()));
    assert_eq!(lab.ended(connection.id()).state(), State::Reset);
}

#[test]
fn what_the_peer_does_is_told_as_the_peers() {
    let mut lab = Lab::new();
    let (_, connection, peer) = lab.connect();
    reset(peer);
    assert_eq!(lab.ended(connection.id()).state(), State::Reset);
    let record = &lab.of(Event::Reset)[0].detail;
    assert_eq!(record.by, Some(By::Peer));
    assert!(record.failure.as_ref().unwrap().is(Errno::ECONNRESET));

    let (_, connection, peer) = lab.connect();
    peer.shutdown(Shutdown::Write).unwrap();
    lab.ended(connection.id());
    assert_eq!(lab.of(Event::Closed)[0].detail.by, Some(By::Peer));
}

#[test]
fn our_side_stays_open_after_the_peers_fin_when_asked_to() {
    let mut lab = Lab::new();
    let (_, address) =
        lab.listen_as(ListenConfig { recipe: Recipe::Nobody, keep_half_open: true, ..ListenConfig::default() });
    let mut caller = call(address);
    caller.shutdown(Shutdown::Write).unwrap();
    let connection = lab.wait("a caller", |notice| match notice {
        Notice::Opened(connection) => Some(connection.clone()),
        _ => None,
    });
    poll("its FIN", || (connection.state() == State::CloseWait).then_some(()));
    lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: Bytes::from_static(b"still here") });
    assert_eq!(take(&mut caller, 10), b"still here");
    lab.ask(Command::Close(Target::Connection(connection.id())));
    assert_eq!(caller.read(&mut [0]).unwrap(), 0);
    lab.ended(connection.id());
    assert_eq!(lab.of(Event::Closed)[0].detail.by, Some(By::Peer));
}

/// No call of ours fails while nothing is sent.
#[test]
fn a_half_open_connection_whose_peer_is_gone_has_ended() {
    let mut lab = Lab::new();
    let (_, address) =
        lab.listen_as(ListenConfig { recipe: Recipe::Nobody, keep_half_open: true, ..ListenConfig::default() });
    let caller = call(address);
    caller.shutdown(Shutdown::Write).unwrap();
    let connection = lab.wait("a caller", |notice| match notice {
        Notice::Opened(connection) => Some(connection.clone()),
        _ => None,
    });
    poll("its FIN", || (connection.state() == State::CloseWait).then_some(()));
    reset(caller);
    lab.ended(connection.id());
    assert_eq!(connection.state(), State::Reset);
    assert_eq!(lab.of(Event::Reset)[0].detail.by, Some(By::Peer));
}

/// Of a program in a blocking `connect`, the system says 0 then, and ECONNRESET in `recv`.
#[cfg(target_os = "linux")]
#[test]
fn a_peer_that_resets_at_once_was_connected_and_its_last_bytes_came() {
    const CALLS: u32 = 30;
    let mut lab = Lab::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let resets = std::thread::spawn(move || {
        for _ in 0..CALLS {
            let mut caller = listener.accept().unwrap().0;
            caller.write_all(b"bye").unwrap();
            reset(caller);
        }
    });
    for number in 0..CALLS {
        let config = ConnectConfig { port, ..ConnectConfig::default() };
        let session = SessionId(1000 + number);
        lab.ask(Command::Connect { session, config, feed: None });
        lab.stopped(session);
    }
    resets.join().unwrap();
    assert_eq!((lab.of(Event::Connected).len(), lab.of(Event::Failed).len()), (CALLS as usize, 0));
    assert!(lab.of(Event::Recv).iter().all(|record| record.length == 3));
    let resets = lab.of(Event::Reset);
    assert_eq!(resets.len(), CALLS as usize);
    for Record { detail, .. } in resets {
        let failure = detail.failure.unwrap();
        assert_eq!((detail.by, failure.operation), (Some(By::Peer), Operation::Recv), "{failure}");
        assert_eq!((failure.error, failure.errno), (Errno::ECONNRESET, Errno::ECONNRESET.number()));
    }
}

#[test]
fn one_message_goes_to_all_of_a_listener() {
    let mut lab = Lab::new();
    let (session, address) = lab.listen(Recipe::Nobody);
    let (other, elsewhere) = lab.listen(Recipe::Nobody);
    let mut callers: Vec<_> = (0..20).map(|_| call(address)).collect();
    let mut outsider = call(elsewhere);
    let mut opened = 0;
    lab.wait("all callers", |notice| {
        opened += u32::from(matches!(notice, Notice::Opened(_)));
        (opened == 21).then_some(())
    });
    lab.ask(Command::Send { to: Target::Session(session), bytes: Bytes::from_static(b"everyone") });
    for caller in &mut callers {
        assert_eq!(take(caller, 8), b"everyone");
    }
    lab.ask(Command::Close(Target::Session(session)));
    for caller in &mut callers {
        assert_eq!(caller.read(&mut [0]).unwrap(), 0);
    }
    lab.ask(Command::Send { to: Target::Session(other), bytes: Bytes::from_static(b"you") });
    assert_eq!(take(&mut outsider, 3), b"you");
}

#[test]
fn stopping_a_listener_leaves_nobody_behind() {
    for _ in 0..10 {
        let mut lab = Lab::new();
        let (session, address) = lab.listen_as(ListenConfig { backlog: 4096, ..ListenConfig::default() });
        // Callers arrive until the very end; some are refused by the system, none is left hanging.
        let callers: Vec<_> = (0..4)
            .map(|_| {
                thread::spawn(move || {
                    let mut callers = Vec::new();
                    while callers.len() < 500 {
                        let Ok(caller) = TcpStream::connect(address) else { break };
                        callers.push(caller);
                    }
                    callers
                })
            })
            .collect();
        poll("some callers", || (lab.engine.journal().stats().next > 50).then_some(()));
        lab.ask(Command::Stop(session));
        lab.stopped(session);
        let ended = lab.told.iter().filter(|notice| matches!(notice, Notice::Ended(_))).count();
        let opened = lab.told.iter().filter(|notice| matches!(notice, Notice::Opened(_))).count();
        assert_eq!(opened, ended, "the end of the session is told after the ends of its connections");
        assert_eq!(lab.of(Event::Accepted).len(), ended);
        for caller in callers.into_iter().flat_map(|thread| thread.join().unwrap()) {
            caller.set_read_timeout(Some(crate::lab::PATIENCE)).unwrap();
            // FIN, or RST for one that was still in the queue. The system forgets silently who was just entering it, until
            // something is said; one that was left behind would echo it.
            let _ = (&caller).write_all(b"x");
            let end = (&caller).read(&mut [0]);
            let over = match &end {
                Ok(length) => *length == 0,
                Err(error) => error.kind() == ErrorKind::ConnectionReset,
            };
            assert!(over, "{end:?} at {:?} of {address}", caller.local_addr());
        }
    }
}
