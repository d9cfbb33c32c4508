//! The course of one run: the listener first, then its clients, until all that was to happen has happened.

use std::{collections::HashMap, io, time::Instant};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::show;
use crate::{
    cli::{
        output::{Around, Status, printer},
        plan::{LabRun, Settings},
        run::{
            end::End,
            script::{Player, Work},
            session::{SESSION, Session, Step},
        },
    },
    engine::{Command, Notice},
    lessons::{Attempt, LabClient},
    model::{ConnectConfig, FetchConfig, Large, Name, Script, SessionId, Side, State, Target},
    words::text,
};

/// Received pieces that may wait for whoever takes them.
const FEED: usize = 16;
/// What may wait to be printed: more than all that one lab prints by itself.
const PRINTED: usize = 256;

/// One thing that calls: a session of its own.
#[derive(Debug)]
enum Call {
    Raw { config: ConnectConfig, work: Work },
    Fetch(FetchConfig),
    Attempt(Attempt),
    Crowd { number: u32, config: ConnectConfig, script: Script },
}

/// A call that is going on.
struct Running {
    call: Call,
    began: Instant,
    player: Option<Player>,
    connected: bool,
    failed: bool,
}

/// Runs a lab.
pub(super) fn run(run: LabRun, settings: &Settings, status: &Status) -> io::Result<End> {
    let LabRun { lab, listens, calls, calls_own } = run;
    let listener = lab.listener.filter(|_| listens);
    let is_http = matches!(lab.client, Some(LabClient::Fetch(_)));
    let client = lab.client.filter(|_| calls);
    let mut session = Session::start(settings, status, !calls && !is_http)?;
    let mut out = None;
    if calls && !settings.json {
        let (pieces, received) = mpsc::channel(PRINTED);
        session.add(printer(received, Around::default(), false, || {}, session.reporter())?);
        out = Some(pieces);
    }
    // Without a listener the first client is the session of this command.
    let first = if listener.is_some() { SESSION.0 } else { 0 };
    let mut course = Course {
        waiting: Vec::new(),
        running: HashMap::new(),
        last: first,
        first,
        listening: listener.is_some(),
        failed: false,
        out,
    };
    let end = if let Some(config) = listener {
        session.ask(Command::Listen { session: SESSION, config }).map_err(io::Error::other)?;
        course.run(&mut session, client, calls_own)?
    } else {
        course.begin(&mut session, client)?;
        course.run(&mut session, None, false)?
    };
    drop(course);
    Ok(session.finish(end))
}

struct Course {
    /// Calls that begin when the one before has ended; the last one is the next.
    waiting: Vec<Call>,
    running: HashMap<SessionId, Running>,
    last: u32,
    /// `last` before any client began.
    first: u32,
    listening: bool,
    failed: bool,
    /// Where what comes is printed; `None` where lines of JSON say it.
    out: Option<mpsc::Sender<Bytes>>,
}

impl Course {
    /// `client` begins when the listener is bound.
    fn run(&mut self, session: &mut Session, mut client: Option<LabClient>, own: bool) -> io::Result<End> {
        let only_listener = client.is_none() && self.listening;
        let mut bound = !self.listening;
        loop {
            match session.next() {
                Step::Notice(notice) => {
                    if let Notice::Listening { local, .. } = &notice {
                        bound = true;
                        session.tell(&notice);
                        let aimed = client.take().map(|client| if own { at(client, local) } else { client });
                        self.begin(session, aimed)?;
                        continue;
                    }
                    self.heed(session, &notice)?;
                    if self.is_over(only_listener) {
                        return Ok(if self.failed || !bound { End::Failed } else { End::Done });
                    }
                    // A listener that could not begin has nobody to call it.
                    if client.is_some() && !self.listening {
                        return Ok(End::Failed);
                    }
                }
                Step::End(end) => return Ok(end),
                Step::OutputClosed => return Ok(End::Failed),
                Step::TimeUp if bound && only_listener && !self.failed => return Ok(End::Done),
                Step::TimeUp => {
                    session.status.say(text!("the time was over before the lab was"));
                    return Ok(End::Failed);
                }
                _ => {}
            }
        }
    }

    fn is_over(&self, only_listener: bool) -> bool {
        if only_listener {
            return !self.listening;
        }
        self.last > self.first && self.running.is_empty() && self.waiting.is_empty()
    }

    /// Begins what calls.
    fn begin(&mut self, session: &mut Session, client: Option<LabClient>) -> io::Result<()> {
        self.waiting = match client {
            None | Some(LabClient::Families) => return Ok(()),
            Some(LabClient::Raw { config, script }) => {
                vec![Call::Raw { config, work: Work::Script { script, has_input: true } }]
            }
            Some(LabClient::SizedFile(config)) => vec![Call::Raw { config, work: Work::Files }],
            Some(LabClient::Fetch(requests)) => requests.into_iter().rev().map(Call::Fetch).collect(),
            Some(LabClient::Reach(attempts)) => attempts.into_iter().rev().map(Call::Attempt).collect(),
            Some(LabClient::Crowd { config, script, count }) => {
                for number in 1..=count {
                    let call = Call::Crowd { number, config: config.clone(), script: script.clone() };
                    self.start(session, call)?;
                }
                return Ok(());
            }
        };
        self.next(session)
    }

    fn next(&mut self, session: &mut Session) -> io::Result<()> {
        match self.waiting.pop() {
            Some(call) => self.start(session, call),
            None => Ok(()),
        }
    }

    fn start(&mut self, session: &mut Session, call: Call) -> io::Result<()> {
        self.last += 1;
        let id = SessionId(self.last);
        let mut player = None;
        let mut speak = |config: &ConnectConfig, work| {
            let (feed, received) = mpsc::channel(FEED);
            let (out, status) = (self.out.clone(), session.status.clone());
            player = Some(Player::new(work, received, &config.transport, out, status));
            Command::Connect { session: id, config: config.clone(), feed: Some(feed) }
        };
        let command = match &call {
            Call::Raw { config, work } => speak(config, work.clone()),
            Call::Crowd { config, script, .. } => {
                speak(config, Work::Script { script: script.clone(), has_input: true })
            }
            Call::Fetch(config) => {
                // Nobody is asked here: what the lab serves is what is wanted.
                let config = FetchConfig { max: Some(u64::MAX), ..config.clone() };
                Command::Fetch { session: id, config, feed: None }
            }
            Call::Attempt(attempt) => Command::Connect { session: id, config: attempt.config.clone(), feed: None },
        };
        session.ask(command).map_err(io::Error::other)?;
        let running = Running { call, began: Instant::now(), player, connected: false, failed: false };
        self.running.insert(id, running);
        Ok(())
    }

    fn heed(&mut self, session: &mut Session, notice: &Notice) -> io::Result<()> {
        let id = session_of(notice);
        let Some(running) = id.and_then(|id| self.running.get_mut(&id)) else {
            // About the listener.
            if session.tell(notice) {
                self.listening = false;
            }
            return Ok(());
        };
        match notice {
            // Whoever else answers a datagram is no new call.
            Notice::Opened(connection) if connection.identity().side != Side::Peer => {
                running.connected = true;
                match &running.call {
                    Call::Raw { .. } => _ = session.tell(notice),
                    Call::Attempt(_) => {
                        let _ = session.ask(Command::Close(Target::Connection(connection.id())));
                    }
                    Call::Crowd { number, .. } => {
                        show::crowd(session, *number, running.began, text!("connected; waits for its turn"));
                    }
                    Call::Fetch(_) => {}
                }
                if let Some(player) = running.player.take() {
                    player.start(session.engine.outbox(Target::Connection(connection.id())))?;
                }
            }
            Notice::Ended(connection) => match &running.call {
                Call::Raw { .. } => {
                    running.failed |= connection.state() == State::Reset;
                    session.tell(notice);
                }
                Call::Crowd { number, .. } => {
                    let served = connection.received().0 > 0;
                    let words = if served { text!("was served") } else { text!("was closed without an answer") };
                    show::crowd(session, *number, running.began, words);
                }
                Call::Attempt(_) | Call::Fetch(_) => {}
            },
            Notice::Large { session: id, .. } => {
                session.ask(Command::Decide { session: *id, large: Large::Stop }).map_err(io::Error::other)?;
            }
            Notice::Fetched { page, .. } => {
                running.failed |= page.is_cut_short;
                self.failed |= !show::page(session, page, self.out.as_ref());
            }
            Notice::Failed { failure, .. } => match &running.call {
                Call::Attempt(attempt) => {
                    running.failed = true;
                    self.failed |= !show::attempt(attempt, running.began, Some(failure), self.out.as_ref());
                }
                Call::Crowd { number, .. } => {
                    show::crowd(session, *number, running.began, &text!("turned away: {failure}", failure = failure));
                }
                Call::Raw { .. } | Call::Fetch(_) => {
                    running.failed = true;
                    session.complain(failure);
                }
            },
            Notice::Stopped(stopped) => {
                if *stopped == SESSION {
                    session.tell(notice);
                }
                let Some(running) = id.and_then(|id| self.running.remove(&id)) else { return Ok(()) };
                match &running.call {
                    // A refused attempt is what the lab is about.
                    Call::Attempt(attempt) if running.connected && !running.failed => {
                        self.failed |= !show::attempt(attempt, running.began, None, self.out.as_ref());
                    }
                    Call::Raw { .. } | Call::Fetch(_) => self.failed |= running.failed,
                    _ => {}
                }
                self.next(session)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// The client, calling where the listener really is.
fn at(client: LabClient, local: &Name) -> LabClient {
    match local.inet() {
        Some(local) if local.ip().is_unspecified() => client.calling("127.0.0.1", local.port()),
        Some(local) => client.calling(&local.ip().to_string(), local.port()),
        None => client,
    }
}

fn session_of(notice: &Notice) -> Option<SessionId> {
    match notice {
        Notice::Listening { session, .. }
        | Notice::Failed { session, .. }
        | Notice::Head { session, .. }
        | Notice::Large { session, .. }
        | Notice::Fetched { session, .. }
        | Notice::Presence { session, .. }
        | Notice::Site { session, .. }
        | Notice::Stopped(session) => Some(*session),
        Notice::Opened(connection) | Notice::Ended(connection) => Some(connection.identity().session),
        Notice::Keeping { .. } | Notice::Transfer { .. } => None,
    }
}
