//! `socketlab run`: a session file without a window. Its listeners first, its clients and requests when those are bound.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    End,
    args::Common,
    refusal::wrong,
    session::{Session, Step},
};
use crate::{
    engine::{Command, Notice},
    journal::Connection,
    lessons::course::{self, Course},
    model::{ConnectionId, FetchConfig, SavedClient, Script, SessionFile, SessionId, Target, system_words},
    words::text,
};

/// The arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// A session that the window saved
    file: PathBuf,
}

/// Received pieces that may wait to be counted.
const FEED: usize = 16;
/// The largest file that is read.
const LARGEST: u64 = 16 << 20;

/// Runs everything of the file until all of it has ended, it is interrupted, or its time is up. Failed when any part
/// could not begin.
pub(super) fn run(run: &Run, common: &Common) -> io::Result<End> {
    let file = read(&run.file);
    let mut ids = 1..;
    let mut id = || SessionId(ids.next().unwrap_or_default());
    let listeners: Vec<_> = file.listeners.into_iter().map(|entry| (id(), entry.value)).collect();
    let mut scripts = Scripts::default();
    let clients: Vec<_> = file.clients.into_iter().map(|entry| (id(), entry.value)).collect();
    let requests = file.requests.into_iter().map(|entry| {
        // A file from elsewhere does not write to this PC's disk.
        let config = FetchConfig { output: None, ..entry.value };
        Command::Fetch { session: id(), config, feed: None }
    });
    let mut later: Vec<_> = requests.collect();
    let mut left = listeners.len() + clients.len() + later.len();
    if left == 0 {
        wrong(&text!("{path} has nothing to run", path = run.file.display()));
    }
    let mut session = Session::start(common, false)?;
    // Clients before requests, as the file has them.
    for (number, SavedClient { config, script, .. }) in clients.into_iter().rev() {
        let feed = scripts.add(number, script, session.steps())?;
        later.insert(0, Command::Connect { session: number, config, feed });
    }
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
                    Notice::Opened(connection) => scripts.opened(connection, &session)?,
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
            Step::Heard(client) => scripts.heard(client, &session)?,
            Step::End(end) => break end,
            Step::OutputClosed => break End::Done,
            Step::Received | Step::Sent | Step::PeerFinished => {}
        }
    };
    Ok(session.finish(end))
}

/// What clients say by themselves.
#[derive(Default)]
struct Scripts(BTreeMap<SessionId, Speaking>);

struct Speaking {
    course: Course,
    /// None yet where it is not known to stand.
    connection: ConnectionId,
    /// The peer spoke before that was known.
    heard: bool,
}

impl Scripts {
    /// Enters a client's script; gives where what it receives is to go.
    fn add(
        &mut self,
        client: SessionId,
        script: Script,
        steps: mpsc::Sender<Step>,
    ) -> io::Result<Option<mpsc::Sender<Bytes>>> {
        if script == Script::default() {
            return Ok(None);
        }
        let (feed, mut received) = mpsc::channel(FEED);
        std::thread::Builder::new().name("script".to_owned()).spawn(move || {
            while received.blocking_recv().is_some() && steps.blocking_send(Step::Heard(client)).is_ok() {}
        })?;
        self.0.insert(client, Speaking { course: Course::new(script), connection: ConnectionId::NONE, heard: false });
        Ok(Some(feed))
    }

    fn opened(&mut self, connection: &Connection, session: &Session) -> io::Result<()> {
        let Some(speaking) = self.0.get_mut(&connection.identity().session) else { return Ok(()) };
        speaking.connection = connection.id();
        let mut steps = speaking.course.opened();
        if speaking.heard {
            steps.extend(speaking.course.heard());
        }
        take(steps, speaking.connection, session)
    }

    fn heard(&mut self, client: SessionId, session: &Session) -> io::Result<()> {
        match self.0.get_mut(&client) {
            Some(speaking) if speaking.connection == ConnectionId::NONE => speaking.heard = true,
            Some(speaking) => take(speaking.course.heard(), speaking.connection, session)?,
            None => {}
        }
        Ok(())
    }
}

fn take(steps: Vec<course::Step>, connection: ConnectionId, session: &Session) -> io::Result<()> {
    let to = Target::Connection(connection);
    for step in steps {
        let command = match step {
            course::Step::Say(line) => Command::Send { to, bytes: line.into() },
            course::Step::Close => Command::Close(to),
        };
        session.ask(command).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Reads the file; ends the program with code 2 where it makes no sense.
fn read(path: &Path) -> SessionFile {
    let refuse =
        |why: &dyn std::fmt::Display| -> ! { wrong(&text!("{path}: {error}", path = path.display(), error = why)) };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text));
    if let Err(error) = read {
        refuse(&system_words(&error));
    }
    SessionFile::read(&text).unwrap_or_else(|error| refuse(&error))
}
