//! Files on their way out: progress, cancelling, and that every transfer is told to its end.

use std::{
    fs::File,
    io::{Read, Write},
    thread,
};

use socketlab::{
    engine::{Command, Notice},
    model::{Event, Recipe, SessionId, State, Target, TransferId},
};

use crate::lab::{Lab, call, poll, reset, take};

/// A file that is `length` bytes long and takes no room.
fn file(length: u64) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    File::options().write(true).open(file.path()).unwrap().set_len(length).unwrap();
    file
}

fn end(lab: &mut Lab, id: u32) -> (u64, u64, bool) {
    lab.wait("the end of a transfer", |notice| match notice {
        Notice::Transfer { transfer, sent, total, done: Some(done) } if transfer.0 == id => {
            Some((*sent, *total, *done))
        }
        _ => None,
    })
}

fn send(lab: &Lab, id: u32, to: Target, file: &tempfile::NamedTempFile) {
    lab.ask(Command::SendFile { transfer: TransferId(id), to, path: file.path().to_owned() });
}

#[test]
fn a_file_goes_out_whole_with_progress_that_never_runs_backwards() {
    const LENGTH: u64 = 48 << 20;
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let file = file(LENGTH);
    send(&lab, 1, Target::Connection(connection.id()), &file);
    lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: "after".into() });
    let reading = thread::spawn(move || {
        let length = std::io::copy(&mut (&mut peer).take(LENGTH), &mut std::io::sink()).unwrap();
        (length, take(&mut peer, 5))
    });
    assert_eq!(end(&mut lab, 1), (LENGTH, LENGTH, true));
    assert_eq!(reading.join().unwrap(), (LENGTH, b"after".to_vec()));
    let steps: Vec<u64> = lab
        .told
        .iter()
        .filter_map(|notice| match notice {
            Notice::Transfer { sent, .. } => Some(*sent),
            _ => None,
        })
        .collect();
    assert!(steps.is_sorted(), "{steps:?}");
    assert_eq!(lab.of(Event::Progress).last().unwrap().detail.total, Some(LENGTH));
}

/// What the system took of a file is told although the peer reads nothing and nothing more happens.
#[test]
fn progress_is_right_while_the_peer_does_not_read() {
    let mut lab = Lab::new();
    let (_, connection, peer) = lab.connect();
    let file = file(1 << 30);
    send(&lab, 1, Target::Connection(connection.id()), &file);
    let mut before = 0;
    let sent = poll("a peer that takes no more", || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        let now = connection.sent().0;
        (now > 0 && std::mem::replace(&mut before, now) == now).then_some(now)
    });
    let told = lab.wait("how far it is", |notice| match notice {
        Notice::Transfer { sent: told, .. } if *told >= sent => Some(*told),
        _ => None,
    });
    assert_eq!(told, connection.sent().0);
    drop(peer);
}

#[test]
fn an_answer_that_is_due_while_a_file_goes_out_comes_after_it() {
    const LENGTH: usize = 32 << 20;
    let mut lab = Lab::new();
    let (_, address) = lab.listen(Recipe::ECHO);
    let mut peer = call(address);
    let connection = lab.wait("a caller", |notice| match notice {
        Notice::Opened(connection) => Some(connection.clone()),
        _ => None,
    });
    let file = file(LENGTH as u64);
    send(&lab, 1, Target::Connection(connection.id()), &file);
    // The file has begun, and the peer does not read yet: it asks in the middle of it.
    assert_eq!(take(&mut peer, 1), [0]);
    peer.write_all(b"asks").unwrap();
    lab.ask(Command::Send { to: Target::Connection(connection.id()), bytes: "text".into() });
    poll("the question", || (connection.received().0 == 4).then_some(()));
    let whole = take(&mut peer, LENGTH - 1 + 8);
    assert!(whole.iter().take(LENGTH - 1).all(|byte| *byte == 0), "another's bytes stand within the file");
    assert!([b"askstext", b"textasks"].contains(&whole.last_chunk().unwrap()), "{:?}", whole.last_chunk::<8>());
    assert_eq!(end(&mut lab, 1), (LENGTH as u64, LENGTH as u64, true));
}

#[test]
fn a_transfer_can_be_cancelled_and_the_connection_goes_on() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let target = Target::Connection(connection.id());
    let file = file(1 << 30);
    send(&lab, 7, target.clone(), &file);
    take(&mut peer, 1 << 20);
    lab.ask(Command::Cancel(TransferId(7)));
    let mut reading = peer.try_clone().unwrap();
    let rest = thread::spawn(move || {
        let mut last = Vec::new();
        let mut piece = vec![0; 65_536];
        loop {
            let length = reading.read(&mut piece).unwrap();
            last.extend(piece[..length].iter().filter(|byte| **byte != 0));
            if length == 0 || last.ends_with(b"!") {
                return last;
            }
        }
    });
    let (sent, total, done) = end(&mut lab, 7);
    assert!(sent < total && total == 1 << 30 && !done);
    lab.ask(Command::Send { to: target.clone(), bytes: "still here!".into() });
    assert_eq!(rest.join().unwrap(), b"still here!");
}

#[test]
fn every_transfer_is_told_to_its_end_however_the_connection_ends() {
    for how in ["reset by the peer", "reset", "close", "stop"] {
        let mut lab = Lab::new();
        let (session, connection, mut peer) = lab.connect();
        let target = Target::Connection(connection.id());
        let file = file(1 << 30);
        // The second waits behind the first.
        send(&lab, 1, target.clone(), &file);
        send(&lab, 2, target.clone(), &file);
        take(&mut peer, 1 << 20);
        let kept = match how {
            "reset by the peer" => {
                reset(peer);
                None
            }
            "reset" => {
                lab.ask(Command::Reset(target.clone()));
                Some(peer)
            }
            "close" => {
                lab.ask(Command::Close(target.clone()));
                Some(peer)
            }
            _ => {
                lab.ask(Command::Stop(session));
                Some(peer)
            }
        };
        let mut ends = Vec::new();
        poll("both ends", || {
            lab.look(&mut |notice| {
                if let Notice::Transfer { transfer, done: Some(done), .. } = notice {
                    ends.push((transfer.0, *done));
                }
                None::<()>
            });
            (ends.len() >= 2).then_some(())
        });
        ends.sort_unstable();
        assert_eq!(ends, [(1, false), (2, false)], "{how}");
        assert!(lab.engine.send(Command::Cancel(TransferId(1))).is_ok());
        drop(kept);
    }
}

#[test]
fn a_transfer_that_finds_no_place_in_the_queue_is_refused() {
    let mut lab = Lab::new();
    let (_, connection, _peer) = lab.connect();
    let target = Target::Connection(connection.id());
    for _ in 0..120 {
        lab.ask(Command::Send { to: target.clone(), bytes: vec![0; 1 << 20].into() });
    }
    let file = file(10);
    send(&lab, 3, target.clone(), &file);
    assert_eq!(end(&mut lab, 3), (0, 0, false));
    lab.ask(Command::Reset(target.clone()));
    assert_eq!(lab.ended(connection.id()).state(), State::Reset);
}

#[test]
fn what_cannot_be_read_or_has_no_receiver_is_told() {
    let mut lab = Lab::new();
    let (_, connection, _peer) = lab.connect();
    lab.ask(Command::SendFile {
        transfer: TransferId(4),
        to: Target::Connection(connection.id()),
        path: concat!(env!("CARGO_TARGET_TMPDIR"), "/no-such-folder/file").into(),
    });
    assert_eq!(end(&mut lab, 4), (0, 0, false));
    let file = file(10);
    send(&lab, 5, Target::Session(SessionId(999)), &file);
    assert_eq!(end(&mut lab, 5), (0, 0, false));
}
