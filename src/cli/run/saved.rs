//! `socketlab run`: a session file without a window. Its listeners first, its clients and requests when those are bound.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use tokio::sync::mpsc;

use super::{
    end::End,
    get::explain,
    script::{Player, Work},
    session::{Session, Step},
};
use crate::{
    cli::{
        output::Status,
        plan::{Saved, Settings},
    },
    engine::{Command, Notice},
    model::{ConnectionId, Script, SessionId, Side, State, Target},
    words::text,
};

/// Received pieces that may wait for a client's script.
const FEED: usize = 16;

/// Runs everything of the file until all of it has ended, it is interrupted, or its time is up. Failed when any part
/// could not begin.
pub(super) fn run(saved: Saved, settings: &Settings, status: &Status) -> io::Result<End> {
    for note in &saved.notes {
        status.say(note);
    }
    let mut left = saved.count();
    let mut session = Session::start(settings, status, false)?;
    let mut ids = (1..).map(SessionId);
    let mut id = || ids.next().unwrap_or_default();
    // Clients that speak by themselves, until they are connected.
    let mut players = BTreeMap::new();
    let listeners: Vec<_> = saved.listeners.into_iter().map(|config| (id(), config)).collect();
    // Clients before requests, as the file has them.
    let mut later = Vec::new();
    for (config, script) in saved.clients {
        let number = id();
        let mut feed = None;
        if script != Script::default() {
            let (pieces, received) = mpsc::channel(FEED);
            feed = Some(pieces);
            let work = Work::Script { script, has_input: false };
            players.insert(number, Player::new(work, received, &config.transport, None, session.status.clone()));
        }
        later.push(Command::Connect { session: number, config, feed });
    }
    later.extend(saved.requests.into_iter().map(|config| Command::Fetch { session: id(), config, feed: None }));
    let mut waiting: BTreeSet<SessionId> = listeners.iter().map(|(session, _)| *session).collect();
    for (number, config) in listeners {
        session.ask(Command::Listen { session: number, config }).map_err(io::Error::other)?;
    }
    // What becomes of one caller says nothing about its listener.
    let served = waiting.clone();
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
                    Notice::Opened(connection) if connection.identity().side != Side::Peer => {
                        if let Some(player) = players.remove(&connection.identity().session) {
                            player.start(session.engine.outbox(Target::Connection(connection.id())))?;
                        }
                    }
                    Notice::Listening { session, .. } | Notice::Stopped(session) => _ = waiting.remove(session),
                    Notice::Failed { session, connection, .. } => {
                        failed |= *connection == ConnectionId::NONE || !served.contains(session);
                    }
                    Notice::Ended(connection) => {
                        failed |= connection.identity().side == Side::Connected && connection.state() == State::Reset;
                    }
                    Notice::Fetched { page, .. } => failed |= explain(&session, page, false),
                    _ => {}
                }
                left -= usize::from(session.tell(&notice));
                if left == 0 {
                    break if failed { End::Failed } else { End::Done };
                }
            }
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
