//! `socketlab run`: a session file without a window. Its listeners first, its clients and requests when those are bound.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{
    End,
    args::{Common, wrong},
    session::{Session, Step},
};
use crate::{
    engine::{Command, Notice},
    model::{FetchConfig, SessionFile, SessionId},
    words::text,
};

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// A session that the window saved
    file: PathBuf,
}

/// The largest file that is read.
const LARGEST: u64 = 16 << 20;

/// Runs everything of the file until all of it has ended, it is interrupted, or its time is up. Failed when any part
/// could not begin.
pub(super) fn run(run: &Run, common: &Common) -> io::Result<End> {
    let file = read(&run.file);
    let mut ids = 1..;
    let mut id = || SessionId(ids.next().unwrap_or_default());
    let listeners: Vec<_> = file.listeners.into_iter().map(|entry| (id(), entry.value)).collect();
    let clients =
        file.clients.into_iter().map(|entry| Command::Connect { session: id(), config: entry.value, feed: None });
    let mut later: Vec<_> = clients.collect();
    later.extend(file.requests.into_iter().map(|entry| {
        // A file from elsewhere does not write to this PC's disk.
        let config = FetchConfig { output: None, ..entry.value };
        Command::Fetch { session: id(), config, feed: None }
    }));
    let mut left = listeners.len() + later.len();
    if left == 0 {
        wrong(&text!("{path} has nothing to run", path = run.file.display()));
    }
    let mut session = Session::start(common, false)?;
    let mut waiting: BTreeSet<SessionId> = listeners.iter().map(|(session, _)| *session).collect();
    for (number, config) in listeners {
        session.ask(Command::Listen { session: number, config }).map_err(io::Error::other)?;
    }
    let mut failed = false;
    let end = loop {
        if waiting.is_empty() {
            for command in later.drain(..) {
                session.ask(command).map_err(io::Error::other)?;
            }
        }
        match session.next() {
            Step::Notice(notice) => {
                match &notice {
                    Notice::Listening { session, .. } | Notice::Stopped(session) => _ = waiting.remove(session),
                    Notice::Failed { session, .. } if waiting.contains(session) => failed = true,
                    Notice::Failed { connection, .. } => failed |= *connection == crate::model::ConnectionId::NONE,
                    _ => {}
                }
                left -= usize::from(session.tell(&notice));
                if left == 0 {
                    break if failed { End::Failed } else { End::Done };
                }
            }
            Step::End(end) => break end,
            Step::OutputClosed => break End::Done,
            Step::Received | Step::Sent | Step::PeerFinished => {}
        }
    };
    Ok(session.finish(end))
}

/// Reads the file; ends the program with code 2 where it makes no sense.
fn read(path: &Path) -> SessionFile {
    let refuse =
        |why: &dyn std::fmt::Display| -> ! { wrong(&text!("{path}: {error}", path = path.display(), error = why)) };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    if let Err(error) = read {
        refuse(&error);
    }
    SessionFile::read(&text).unwrap_or_else(|error| refuse(&error))
}
