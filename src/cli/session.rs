//! One run of a command: the engine, the writers, signals and the time limit.

use std::{io, thread, time::Duration};

use tokio::{
    runtime,
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{End, args::Common, lines::Writer, stdio};
use crate::{
    engine::{Busy, Command, Engine, Notice},
    journal::Budget,
    model::{Failure, Note, SessionId, SiteNews, State, system_words},
    words::text,
};

/// The one session of a command.
pub(super) const SESSION: SessionId = SessionId(1);
/// How long sessions may take to close at the end.
const END_PATIENCE: Duration = Duration::from_secs(3);
/// How often a writer that broke is looked for.
const CHECK: Duration = Duration::from_millis(200);

/// What a command waits for.
#[derive(Debug)]
pub(super) enum Step {
    /// The engine tells something.
    Notice(Notice),
    /// Something came for a client that has a script.
    Heard(SessionId),
    /// The program is to end.
    End(End),
    /// So many bytes from the peer were written to standard output.
    Received,
    /// What the command had to send has been handed over.
    Sent,
    /// The peer has nothing more to say, and all it said is written.
    PeerFinished,
    /// Standard output takes nothing more.
    OutputClosed,
}

/// A running command.
#[derive(Debug)]
pub(super) struct Session {
    pub engine: Engine,
    notices: mpsc::Receiver<Notice>,
    steps: mpsc::Receiver<Step>,
    sender: mpsc::Sender<Step>,
    writers: Vec<Writer>,
    runtime: runtime::Runtime,
    deadline: Option<Instant>,
    /// False when lines of JSON have standard output, and words would be in the way.
    human: bool,
    stopped: bool,
}

impl Session {
    /// Starts engine and writers. With `received`, what peers send goes to standard output.
    pub(super) fn start(common: &Common, received: bool) -> io::Result<Self> {
        let (engine, notices) = Engine::start(Budget::default(), || {})?;
        engine.journal().keep_unread_only();
        let mut writers = Vec::new();
        if common.json {
            writers.push(Writer::stdout(engine.journal(), common.payload, common.encoding)?);
        } else if received && common.payload != super::args::Payload::None {
            writers.push(Writer::received(engine.journal())?);
        }
        if let Some(path) = &common.log_file {
            let writer = Writer::file(engine.journal(), common.payload, common.encoding, path);
            let named =
                |error| io::Error::other(text!("{path}: {error}", path = path.display(), error = system_words(&error)));
            writers.push(writer.map_err(named)?);
        }
        let (sender, steps) = mpsc::channel(1024);
        signals(sender.clone())?;
        let runtime = runtime::Builder::new_current_thread().enable_time().build()?;
        let deadline = common.max_seconds.map(|limit| Instant::now() + limit);
        Ok(Self { engine, notices, steps, sender, writers, runtime, deadline, human: !common.json, stopped: false })
    }

    /// Where threads of the command report to.
    pub(super) fn steps(&self) -> mpsc::Sender<Step> {
        self.sender.clone()
    }

    /// Hands a command to the engine.
    pub(super) fn ask(&self, command: Command) -> Result<(), Busy> {
        self.engine.send(command)
    }

    /// Waits for the next thing that happens.
    pub(super) fn next(&mut self) -> Step {
        let Self { notices, steps, writers, runtime, deadline, .. } = self;
        runtime.block_on(async {
            loop {
                let check = Instant::now() + CHECK;
                let until = deadline.map_or(check, |deadline| deadline.min(check));
                tokio::select! {
                    Some(notice) = notices.recv() => return Step::Notice(notice),
                    Some(step) = steps.recv() => return step,
                    () = sleep_until(until) => {
                        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                            return Step::End(End::Done);
                        }
                        if writers.iter().any(Writer::is_broken) {
                            return Step::OutputClosed;
                        }
                    }
                }
            }
        })
    }

    /// Waits as [`Self::next`] does, `patience` at most.
    pub(super) fn next_within(&mut self, patience: Duration) -> Option<Step> {
        let kept = self.deadline;
        let limit = Instant::now() + patience;
        self.deadline = Some(kept.map_or(limit, |deadline| deadline.min(limit)));
        let step = self.next();
        self.deadline = kept;
        let timed_out = matches!(step, Step::End(End::Done)) && kept.is_none_or(|deadline| deadline > Instant::now());
        (!timed_out).then_some(step)
    }

    /// Says something to the person, unless lines of JSON say it.
    pub(super) fn say(&self, line: &str) {
        if self.human {
            stdio::status(line);
        }
    }

    /// Says what failed and what to try.
    pub(super) fn complain(failure: &Failure) {
        stdio::status(&failure.to_string());
        let hint = failure.hint();
        if !hint.is_empty() {
            stdio::status(&text!("try: {hint}", hint = hint));
        }
    }

    /// Says what a notice means; returns true when it was the end of the session.
    pub(super) fn tell(&mut self, notice: &Notice) -> bool {
        match notice {
            Notice::Listening { local, note, .. } => {
                self.say(&text!("listening on {local}", local = local));
                if let Some(note) = note {
                    self.say(&note.to_string());
                }
            }
            Notice::Opened(connection) => {
                let names = &connection.identity().names;
                let words = match connection.identity().side {
                    crate::model::Side::Accepted => text!("accepted {peer}", peer = names.peer),
                    crate::model::Side::Connected => {
                        text!("connected {local} to {peer}", local = names.local, peer = names.peer)
                    }
                    crate::model::Side::Peer => text!("first datagram from {peer}", peer = names.peer),
                };
                self.say(words.trim_end());
                if let Some(note) = Note::of_connected(names, "") {
                    self.say(&note.to_string());
                }
            }
            Notice::Ended(connection) => {
                let (received, sent) = (connection.received().0, connection.sent().0);
                let peer = &connection.identity().names.peer;
                let traffic = text!("{received} bytes received, {sent} sent", received = received, sent = sent);
                self.say(&match connection.state() {
                    State::Reset => text!("reset {peer}: {traffic}", peer = peer, traffic = traffic),
                    _ => text!("closed {peer}: {traffic}", peer = peer, traffic = traffic),
                });
            }
            Notice::Failed { failure, .. } => Self::complain(failure),
            Notice::Stopped(_) => {
                self.stopped = true;
                return true;
            }
            Notice::Site { news, .. } => self.tell_site(news),
            Notice::Transfer { .. } | Notice::Head { .. } | Notice::Large { .. } | Notice::Fetched { .. } => {}
        }
        false
    }

    fn tell_site(&self, news: &SiteNews) {
        match news {
            SiteNews::Token(token) => {
                self.say(&text!(
                    "who sends files or messages by program adds the header X-Socketlab-Token: {token}",
                    token = token
                ));
            }
            SiteNews::Saved { path, length, .. } => {
                self.say(&text!("saved {path}, {n} bytes", path = path.display(), n = length));
            }
            SiteNews::Said { picture: bytes @ 1.., .. } => self.say(&text!("board: a picture of {n} bytes", n = bytes)),
            SiteNews::Said { text, .. } => self.say(&text!("board: {text}", text = text)),
        }
    }

    /// Closes everything, writes what is left, and gives the exit code.
    pub(super) fn finish(mut self, end: End) -> End {
        if !self.stopped && self.ask(Command::Stop(SESSION)).is_ok() {
            // The time limit of the command may be over already; what is left of it says nothing here.
            self.deadline = None;
            let limit = Instant::now() + END_PATIENCE;
            while let Some(step) = self.next_within(limit.saturating_duration_since(Instant::now())) {
                if let Step::Notice(notice) = step
                    && self.tell(&notice)
                {
                    break;
                }
            }
        }
        let mut end = end;
        for writer in self.writers.drain(..) {
            match writer.finish() {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    stdio::status(&text!("the log could not be written: {error}", error = system_words(&error)));
                    end = End::Failed;
                }
                _ => {}
            }
        }
        end
    }
}

/// Turns Ctrl-C and the system's wish to end the program into steps. A second Ctrl-C ends it at once. Signals count from
/// the moment this returns.
fn signals(steps: mpsc::Sender<Step>) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let mut listener = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let mut asked = false;
            loop {
                let end = listener.next().await;
                if asked || steps.try_send(Step::End(end)).is_err() {
                    std::process::exit(130);
                }
                asked = true;
            }
        });
    })?;
    Ok(())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> End {
        tokio::select! {
            _ = self.interrupt.recv() => End::Interrupted,
            _ = self.terminate.recv() => End::Terminated,
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> End {
        let _ = self.0.recv().await;
        End::Interrupted
    }
}
