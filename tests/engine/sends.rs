//! What a send took of what it was offered, and who can be spoken to when.

use std::{io::Read, net::TcpListener, sync::Arc, thread};

use bytes::Bytes;
use socketlab::{
    engine::Command,
    journal::Row,
    model::{
        ConnectConfig, ConnectionId, Errno, Event, ListenConfig, Reason, Recipe, SessionId, SocketOptions, Target,
    },
};

use crate::lab::{Lab, PATIENCE, call, poll, take};

#[test]
fn a_send_to_a_peer_that_does_not_read_says_how_much_was_taken() {
    const SENT: usize = 3_000_000;
    let mut lab = Lab::new();
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = SocketOptions { send_buffer: Some(20_000), ..SocketOptions::default() };
    let port = peer.local_addr().unwrap().port();
    let config = ConnectConfig { port, options, ..ConnectConfig::default() };
    lab.ask(Command::Connect { session: SessionId(7), config, feed: None });
    let (mut silent, _) = peer.accept().unwrap();
    silent.set_read_timeout(Some(PATIENCE)).unwrap();
    let connection = lab.wait("the connection", |notice| match notice {
        socketlab::engine::Notice::Opened(connection) => Some(Arc::clone(connection)),
        _ => None,
    });
    let bytes: Vec<u8> = (0..SENT).map(|at| u8::try_from(at % 251).unwrap()).collect();
    lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: Bytes::from(bytes.clone()) });
    let journal = Arc::clone(lab.engine.journal());
    let facts = |row: Row<'_>| (row.head.length, row.offered);
    poll("a short write", || {
        lab.of(Event::Send).iter().any(|record| journal.with_row(record.seq, facts).unwrap().1.is_some()).then_some(())
    });
    let mut came = vec![0; SENT];
    thread::scope(|scope| scope.spawn(|| silent.read_exact(&mut came)).join()).unwrap().unwrap();
    assert!(came == bytes, "nothing is lost and nothing comes twice");
    poll("the records", || (connection.sent().0 == SENT as u64).then_some(()));
    // Each call was offered what the ones before had left.
    let mut left = u32::try_from(SENT).unwrap();
    for record in lab.of(Event::Send) {
        let (length, offered) = journal.with_row(record.seq, facts).unwrap();
        assert_eq!(offered.unwrap_or(length), left);
        left -= length;
    }
    assert_eq!(left, 0);
}

#[test]
fn whoever_reads_that_a_caller_was_accepted_can_speak_to_it() {
    for _ in 0..20 {
        let lab = &mut Lab::new();
        let (_, address) = lab.listen(Recipe::Nobody);
        let mut caller = call(address);
        // Read from the journal, not told by a notice.
        let connection = poll("the record", || {
            let journal = lab.engine.journal();
            (1..journal.stats().next).find_map(|seq| {
                journal
                    .with_row(seq, |row| (row.head.event == Event::Accepted).then_some(row.head.connection))
                    .flatten()
            })
        });
        assert_ne!(connection, ConnectionId::NONE);
        lab.ask(Command::Send { to: Target::Connection(connection), bytes: Bytes::from_static(b"now") });
        assert_eq!(take(&mut caller, 3), b"now");
    }
}

#[test]
fn what_is_said_in_a_chat_reaches_everyone_who_was_accepted_before() {
    let mut lab = Lab::new();
    let (_, address) = lab.listen_as(ListenConfig { recipe: Recipe::CHAT, ..ListenConfig::default() });
    let mut callers: Vec<_> = (0..8).map(|_| call(address)).collect();
    poll("all accepted", || (lab.of(Event::Accepted).len() == callers.len()).then_some(()));
    let speaker = callers.pop().unwrap();
    let line = format!("{}: hello\n", speaker.local_addr().unwrap());
    std::io::Write::write_all(&mut &speaker, b"hello").unwrap();
    for caller in &mut callers {
        assert_eq!(take(caller, line.len()), line.as_bytes());
    }
}

#[test]
fn what_is_sent_to_some_reaches_those_alone_and_who_has_gone_has_a_record() {
    let mut lab = Lab::new();
    let (session, address) = lab.listen(Recipe::Nobody);
    let mut callers = Vec::new();
    for count in 1..=4 {
        callers.push(call(address));
        poll("it is accepted", || (lab.of(Event::Accepted).len() == count).then_some(()));
    }
    let ids: Vec<ConnectionId> = lab.of(Event::Accepted).iter().map(|record| record.connection).collect();
    drop(callers.remove(2));
    lab.ended(ids[2]);
    let (_, elsewhere) = lab.listen(Recipe::Nobody);
    let stranger = call(elsewhere);
    let other = poll("the stranger", || lab.of(Event::Accepted).get(4).map(|record| record.connection));
    let some = [ids[0], ids[2], ids[3], other].into();
    lab.ask(Command::Send { to: Target::Peers(session, some), bytes: Bytes::from_static(b"some") });
    lab.ask(Command::Send { to: Target::Session(session), bytes: Bytes::from_static(b" all") });
    assert_eq!(take(&mut callers[0], 8), b"some all");
    assert_eq!(take(&mut callers[1], 4), b" all");
    assert_eq!(take(&mut callers[2], 8), b"some all");
    // The one that has gone, and the one that is another listener's, each has a record that names it and the bytes.
    let failed = poll("the records", || Some(lab.of(Event::Failed)).filter(|failed| failed.len() == 2));
    for (record, gone) in failed.iter().zip([ids[2], other]) {
        let failure = record.detail.failure.as_ref().unwrap();
        assert!(failure.is(Errno::ENOTCONN) && failure.address == format!("#{gone}"), "{failure}");
        assert_eq!(failure.reason, Some(Reason::ConnectionOver { bytes: 4 }));
    }
    drop(stranger);
}
