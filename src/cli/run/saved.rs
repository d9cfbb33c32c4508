//! `socketlab run`: a session file without a window. Its listeners first, its clients and requests when those are bound.

use std::{
    collections::{BTreeMap, BTreeSet},
    io, thread,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    end::End,
    session::{Session, Step},
};
use crate::{
    cli::{
        output::Status,
        plan::{Saved, Settings},
    },
    engine::{Command, Notice},
    journal::Connection,
    lessons::course::{self, Course},
    model::{ConnectionId, Script, SessionId, Target},
    words::text,
};

/// Received pieces that may wait to be counted.
const FEED: usize = 16;

/// Runs everything of the file until all of it has ended, it is interrupted, or its time is up. Failed when any part
/// could not begin.
pub(super) fn run(saved: Saved, settings: &Settings, status: &Status) -> io::Result<End> {
    let mut left = saved.count();
    let mut session = Session::start(settings, status, false)?;
    let mut ids = (1..).map(SessionId);
    let mut id = || ids.next().unwrap_or_default();
    let mut scripts = Scripts::default();
    let listeners: Vec<_> = saved.listeners.into_iter().map(|config| (id(), config)).collect();
    // Clients before requests, as the file has them.
    let mut later = Vec::new();
    for (config, script) in saved.clients {
        let number = id();
        let feed = scripts.add(number, script, session.steps())?;
        later.push(Command::Connect { session: number, config, feed });
    }
    later.extend(saved.requests.into_iter().map(|config| Command::Fetch { session: id(), config, feed: None }));
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
                    Notice::Opened(connection) if connection.identity().side != crate::model::Side::Peer => {
                        scripts.opened(connection, &mut session)?;
                    }
                    Notice::Listening { session, .. } | Notice::Stopped(session) => _ = waiting.remove(session),
                    Notice::Failed { session, .. } if waiting.contains(session) => failed = true,
                    Notice::Failed { connection, .. } => failed |= *connection == ConnectionId::NONE,
                    _ => {}
                }
                left -= usize::from(session.tell(&notice));
                if left == 0 {
                    break if failed { End::Failed } else { End::Done };
                }
            }
            Step::Heard(client) => scripts.heard(client, &mut session)?,
            Step::TimeUp if !waiting.is_empty() => {
                session.status.say(text!("the time was over before every listener was bound"));
                break End::Failed;
            }
            Step::TimeUp => break if failed { End::Failed } else { End::Done },
            Step::End(end) => break end,
            Step::OutputClosed => break End::Failed,
            _ => {}
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
        thread::Builder::new().name("script".to_owned()).spawn(move || {
            while received.blocking_recv().is_some() && steps.blocking_send(Step::Heard(client)).is_ok() {}
        })?;
        self.0.insert(client, Speaking { course: Course::new(script), connection: ConnectionId::NONE, heard: false });
        Ok(Some(feed))
    }

    fn opened(&mut self, connection: &Connection, session: &mut Session) -> io::Result<()> {
        let Some(speaking) = self.0.get_mut(&connection.identity().session) else { return Ok(()) };
        speaking.connection = connection.id();
        let mut steps = speaking.course.opened();
        if speaking.heard {
            steps.extend(speaking.course.heard());
        }
        take(steps, speaking.connection, session)
    }

    fn heard(&mut self, client: SessionId, session: &mut Session) -> io::Result<()> {
        match self.0.get_mut(&client) {
            Some(speaking) if speaking.connection == ConnectionId::NONE => speaking.heard = true,
            Some(speaking) => take(speaking.course.heard(), speaking.connection, session)?,
            None => {}
        }
        Ok(())
    }
}

fn take(steps: Vec<course::Step>, connection: ConnectionId, session: &mut Session) -> io::Result<()> {
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
