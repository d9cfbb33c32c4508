//! `socketlab listen`.

use std::{
    io::{self, IsTerminal},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    end::End,
    session::{SESSION, Session, Step},
    typing::{Reads, Typist},
};
use crate::{
    cli::{
        output::Status,
        plan::{Form, Input, Listening, Settings, read_routes},
    },
    engine::{Command, Notice, addresses, best_for_others},
    model::{Qr, Target},
    words::text,
};

/// How often a file of routes is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Listens until it is interrupted, its time is up, or it could not begin.
pub(super) fn run(listening: Listening, settings: &Settings, status: &Status) -> io::Result<End> {
    let is_http = listening.is_http();
    let Listening { config, routes, qr, input } = listening;
    let datagrams = config.transport.is_datagram();
    let typing = match input {
        Input::Nowhere => None,
        Input::Peers(form) => Some(Typing { form, board: false, datagrams }),
        Input::Board(form) => Some(Typing { form, board: true, datagrams }),
    };
    let reads = Reads::default();
    let serving = config.serving.clone();
    let is_name = config.transport.path().is_none() && config.bind.parse::<IpAddr>().is_err();
    let name = is_name.then(|| config.bind.clone());
    let mut session = Session::start(settings, status, !is_http)?;
    session.ask(Command::Listen { session: SESSION, config }).map_err(io::Error::other)?;
    if let Some(routes) = routes {
        watch(routes, session.steps())?;
    }
    let (mut bound, mut failed, mut typed_all) = (false, false, typing.is_none());
    let end = loop {
        match session.next() {
            Step::Notice(notice) => {
                if let Notice::Listening { local, .. } = &notice {
                    bound = true;
                    if let Some(typing) = &typing {
                        type_for_all(&session, typing, &reads)?;
                    }
                    if let Some(local) = local.inet().filter(|_| is_http) {
                        tell_address(&session, local, qr);
                    }
                }
                if session.tell(&notice) {
                    break if bound && !failed { End::Done } else { End::Failed };
                }
            }
            Step::Routes(Ok(site)) => {
                let command = Command::Serve { session: SESSION, site, serving: serving.clone() };
                session.ask(command).map_err(io::Error::other)?;
                session.say(text!("the routes were read again"));
            }
            Step::Routes(Err(error)) => session.status.say(&error.to_string()),
            Step::Sent => typed_all = true,
            Step::Unsent => (failed, typed_all) = (true, true),
            Step::TimeUp if bound && !typed_all && !reads.is_waiting() => {
                session.status.say(text!("the time was over before everything was sent"));
                break End::Failed;
            }
            Step::TimeUp if !bound => {
                session.status.say(&match &name {
                    // Nothing else takes long.
                    Some(name) => text!("the time was over before the name {name} was looked up", name = name),
                    None => text!("the time was over before the listener was bound").to_owned(),
                });
                break End::Failed;
            }
            Step::TimeUp => break if failed { End::Failed } else { End::Done },
            Step::End(end) => break end,
            Step::OutputClosed => break End::Failed,
            Step::Received | Step::PeerFinished | Step::Output(_) => {}
        }
    };
    Ok(session.finish(end))
}

/// How standard input is used.
struct Typing {
    form: Form,
    /// It is written on the board of the site.
    board: bool,
    datagrams: bool,
}

/// Says where the site is for another PC or a phone.
fn tell_address(session: &Session, local: SocketAddr, qr: bool) {
    let host = match best_for_others(&addresses()) {
        Some(best) if local.ip().is_unspecified() => best,
        _ => local.ip(),
    };
    let url = format!("http://{}/", SocketAddr::new(host, local.port()));
    session.say(&text!("open {url}", url = url));
    if let Some(code) = Qr::of(&url).filter(|_| qr) {
        for line in code.lines() {
            session.say(&line);
        }
    }
}

/// Looks now and then whether a file of routes has changed, on a thread of its own: the disk may not answer.
fn watch(path: PathBuf, steps: mpsc::Sender<Step>) -> io::Result<()> {
    thread::Builder::new().name("routes".to_owned()).spawn(move || {
        let mut seen = modified(&path);
        loop {
            thread::sleep(LOOK);
            let now = modified(&path);
            // A file that is being replaced is not there for a moment.
            if now == std::mem::replace(&mut seen, now) || now.is_none() {
                continue;
            }
            if steps.blocking_send(Step::Routes(read_routes(&path))).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|facts| facts.modified()).ok()
}

/// Sends what is typed to everyone who is connected, or writes it on the board.
fn type_for_all(session: &Session, config: &Typing, reads: &Reads) -> io::Result<()> {
    let Typing { form, board, datagrams } = *config;
    let Some(outbox) = session.engine.outbox(Target::Session(SESSION)) else { return Ok(()) };
    let (commands, steps) = (session.engine.commands(), session.steps());
    let typist = Typist { form, datagrams, status: session.status.clone() };
    let input = reads.watch(io::stdin());
    // Whoever sends a file means its end; who types may go on later.
    let half_close = !board && !datagrams && !io::stdin().is_terminal();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let mut given = false;
        let to_peers = |bytes: Bytes| {
            given = true;
            outbox.send(bytes)
        };
        let to_board = |bytes: Bytes| commands.blocking_send(Command::Send { to: Target::Session(SESSION), bytes });
        let all_sent = if board { typist.send_all(input, to_board) } else { typist.send_all(input, to_peers) };
        // An input that was empty all along belongs to a program in the background, and ends nothing.
        if half_close && given {
            let _ = outbox.half_close();
        }
        let _ = steps.blocking_send(if all_sent { Step::Sent } else { Step::Unsent });
    })?;
    Ok(())
}
