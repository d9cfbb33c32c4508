//! What a connection receives, from now on into a file: every byte, also of a flood, and an end that is told.

use std::{fs, io::Write, thread};

use socketlab::{
    engine::{Command, Notice},
    journal::Connection,
    model::{Errno, Event, Failure, Target},
};

use crate::lab::{Lab, poll};

fn over(lab: &mut Lab) -> (u64, Result<(), Failure>) {
    lab.wait("the end of what is kept", |notice| match notice {
        Notice::Keeping { written, over: Some(over), .. } => Some((*written, over.clone())),
        _ => None,
    })
}

fn begun(lab: &mut Lab, connection: &Connection, path: &std::path::Path) {
    lab.ask(Command::Keep { connection: connection.id(), path: path.to_owned() });
    lab.wait("that it begins", |notice| matches!(notice, Notice::Keeping { over: None, .. }).then_some(()));
}

#[test]
fn a_flood_is_written_whole_and_in_order() {
    const LENGTH: usize = 40 << 20;
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    peer.write_all(b"before").unwrap();
    poll("what came before", || (connection.received().0 == 6).then_some(()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("received.bin");
    begun(&mut lab, &connection, &path);
    let bytes: Vec<u8> = (0..u32::try_from(LENGTH / 4).unwrap()).flat_map(u32::to_be_bytes).collect();
    let sent = bytes.clone();
    let sending = thread::spawn(move || peer.write_all(&sent).unwrap());
    sending.join().unwrap();
    poll("all of it", || (connection.received().0 == LENGTH as u64 + 6).then_some(()));
    lab.ask(Command::Close(Target::Connection(connection.id())));
    assert_eq!(over(&mut lab), (LENGTH as u64, Ok(())), "the end of the connection ends it");
    assert!(fs::read(&path).unwrap() == bytes, "all that came after it began, and nothing else");
}

#[test]
fn it_is_stopped_without_an_end_of_the_connection() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("received.bin");
    begun(&mut lab, &connection, &path);
    peer.write_all(b"in the file").unwrap();
    poll("the bytes", || (connection.received().0 == 11).then_some(()));
    lab.ask(Command::StopKeeping(connection.id()));
    assert_eq!(over(&mut lab), (11, Ok(())));
    peer.write_all(b"not in it").unwrap();
    poll("the other bytes", || (connection.received().0 == 20).then_some(()));
    assert_eq!(fs::read(&path).unwrap(), b"in the file");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_it_and_not_the_connection() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    begun(&mut lab, &connection, std::path::Path::new("/dev/full"));
    peer.write_all(b"no room for this").unwrap();
    let (_, failure) = over(&mut lab);
    assert_eq!(failure.unwrap_err().error, Errno::ENOSPC);
    assert!(!connection.state().is_over());
    let told = lab.of(Event::Failed);
    assert_eq!(told.last().unwrap().detail.failure.as_ref().unwrap().error, Errno::ENOSPC);
}
