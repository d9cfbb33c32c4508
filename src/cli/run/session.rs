//! One run of a command: the engine, the threads that write, signals and the time limit.
//!
//! Its loop takes every notice of the engine and waits for nothing else: what may hang (a terminal, a disk, a person) is on
//! a thread of its own and reports as a [`Step`].

use std::{borrow::Cow, collections::BTreeSet, future::pending, io, path::Path, time::Duration};

use tokio::{
    runtime,
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{end::End, signals};
use crate::{
    cli::{
        output::{self, Drain, Ended, LogFile, Payload, Sink, Status, Style},
        plan::{Settings, Usage},
    },
    engine::{Addressed, Busy, Command, Engine, Notice},
    journal::Budget,
    model::{Failure, Name, Note, SessionId, Site, SiteNews, State, system_words},
    words::{span, text},
};

/// The one session of a command.
pub(super) const SESSION: SessionId = SessionId(1);
/// How long sessions may take to close at the end.
const END_PATIENCE: Duration = Duration::from_secs(3);
/// After a signal, and for records after a time limit: how long a reader may take nothing of what is left for it.
const STUCK: Duration = Duration::from_secs(2);
/// The same for data after a time limit.
const STUCK_LIMIT: Duration = Duration::from_millis(500);
/// How often that is looked at, and how often a full queue of commands is tried again.
const CHECK: Duration = Duration::from_millis(50);
/// How long standard error may take nothing before the last status lines are given up.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What a command waits for.
#[derive(Debug)]
pub(super) enum Step {
    /// The engine tells something.
    Notice(Notice),
    /// A signal asks for an end.
    End(End),
    /// The time limit of the command is over.
    TimeUp,
    /// So many bytes from the peer were written to standard output.
    Received,
    /// What the command had to send has been handed over.
    Sent,
    /// Some of it could not be; it was said why.
    Unsent,
    /// The peer has nothing more to say, and all it said is written.
    PeerFinished,
    /// Something cannot be written any more; it was said what.
    OutputClosed,
    /// A file of routes changed.
    Routes(Result<Site, Usage>),
    /// A thread that writes has ended; the session itself takes this one.
    Output(Ended),
}

/// A running command.
#[derive(Debug)]
pub(super) struct Session {
    pub engine: Engine,
    pub status: Status,
    notices: mpsc::Receiver<Notice>,
    steps: mpsc::Receiver<Step>,
    sender: mpsc::Sender<Step>,
    signals: mpsc::Receiver<u8>,
    drains: Vec<Drain>,
    runtime: runtime::Runtime,
    deadline: Option<Instant>,
    /// When what is left for standard output is given up, unless somebody is taking it.
    output_deadline: Option<Instant>,
    log_file: String,
    /// False when lines of JSON have standard output, and words would be in the way.
    human: bool,
    /// Sessions of the engine that have not stopped.
    running: BTreeSet<SessionId>,
    /// Something was to be written and was not.
    unwritten: bool,
}

impl Session {
    /// Starts engine and writers. With `received`, what peers send goes to standard output.
    pub(super) fn start(settings: &Settings, status: &Status, received: bool) -> io::Result<Self> {
        let signals = signals::listen()?;
        let usual = Budget::default();
        let bytes = settings.memory.map_or(usual.bytes, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let (engine, notices) = Engine::start(Budget { bytes, ..usual }, || {})?;
        engine.journal().keep_unread_only();
        engine.objects().keep_bodies_only();
        let (sender, steps) = mpsc::channel(1024);
        let runtime = runtime::Builder::new_current_thread().enable_time().build()?;
        let deadline = settings.max_seconds.and_then(|limit| Instant::now().checked_add(limit));
        let log_file = settings.log_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let mut session = Self {
            engine,
            status: status.clone(),
            notices,
            steps,
            sender,
            signals,
            drains: Vec::new(),
            runtime,
            deadline,
            output_deadline: deadline,
            log_file,
            human: !settings.json,
            running: BTreeSet::new(),
            unwritten: false,
        };
        let ended = session.reporter();
        if settings.json {
            let out = || Ok(output::stdout());
            let (drain, _) = output::json_to(session.engine.journal(), settings.style, Sink::Json, out, ended)?;
            session.drains.push(drain);
        } else if received && settings.style.payload != Payload::None {
            session.drains.push(output::received(session.engine.journal(), ended)?);
        }
        if let Some(path) = &settings.log_file {
            session.log_to(path, settings.style)?;
        }
        Ok(session)
    }

    fn log_to(&mut self, path: &Path, style: Style) -> io::Result<()> {
        let open = {
            let path = path.to_owned();
            move || LogFile::open(&path)
        };
        let opened = output::json_to(self.engine.journal(), style, Sink::LogFile, open, self.reporter());
        let (drain, waits) = opened.map_err(|error| {
            io::Error::other(text!("{path}: {error}", path = self.log_file, error = system_words(&error)))
        })?;
        if waits {
            self.status.say(&text!("{path} does not open yet; its records wait", path = self.log_file));
        }
        self.drains.push(drain);
        Ok(())
    }

    /// What a thread that writes calls at its end.
    pub(super) fn reporter(&self) -> impl FnOnce(Ended) + Send + 'static {
        let steps = self.sender.clone();
        move |ended| {
            // Nobody waits for it any more.
            let _ = steps.blocking_send(Step::Output(ended));
        }
    }

    /// Waits at the end for this thread as well.
    pub(super) fn add(&mut self, drain: Drain) {
        self.drains.push(drain);
    }

    /// Where threads of the command report to.
    pub(super) fn steps(&self) -> mpsc::Sender<Step> {
        self.sender.clone()
    }

    /// What was received may take so long to be written, from now on.
    pub(super) fn limit_output(&mut self, limit: Duration) {
        let limit = Instant::now().checked_add(limit);
        self.output_deadline = [self.output_deadline, limit].into_iter().flatten().min();
    }

    /// True where `--max-seconds` was given.
    pub(super) fn has_limit(&self) -> bool {
        self.deadline.is_some()
    }

    /// Hands a command to the engine.
    pub(super) fn ask(&mut self, command: Command) -> Result<(), Busy> {
        let begins = match &command {
            Command::Listen { session, .. } | Command::Connect { session, .. } | Command::Fetch { session, .. } => {
                Some(*session)
            }
            _ => None,
        };
        self.engine.send(command)?;
        self.running.extend(begins);
        Ok(())
    }

    /// Waits for the next thing that happens.
    pub(super) fn next(&mut self) -> Step {
        loop {
            if let Some(step) = self.next_until(None) {
                return step;
            }
        }
    }

    /// Waits as [`Self::next`] does, `patience` at most.
    pub(super) fn next_within(&mut self, patience: Duration) -> Option<Step> {
        self.next_until(Instant::now().checked_add(patience))
    }

    fn next_until(&mut self, limit: Option<Instant>) -> Option<Step> {
        loop {
            let Self { notices, steps, signals, runtime, deadline, .. } = self;
            let step = runtime.block_on(async {
                let passed = async |moment: Option<Instant>| match moment {
                    Some(moment) => sleep_until(moment).await,
                    None => pending().await,
                };
                let news = async {
                    tokio::select! {
                        Some(notice) = notices.recv() => Step::Notice(notice),
                        Some(step) = steps.recv() => step,
                        else => pending().await,
                    }
                };
                tokio::select! {
                    // A flood of news must not keep an end from being heard.
                    biased;
                    Some(number) = signals.recv() => Some(Step::End(End::Signalled(number))),
                    () = passed(*deadline) => Some(Step::TimeUp),
                    step = news => Some(step),
                    () = passed(limit) => None,
                }
            });
            match step {
                Some(Step::Output(ended)) => {
                    if let Some(step) = self.output_ended(ended) {
                        return Some(step);
                    }
                }
                Some(Step::TimeUp) => {
                    self.deadline = None;
                    return Some(Step::TimeUp);
                }
                Some(Step::Notice(notice)) => {
                    if let Notice::Stopped(session) = &notice {
                        self.running.remove(session);
                    }
                    return Some(Step::Notice(notice));
                }
                step => return step,
            }
        }
    }

    /// A thread that writes has ended: what that means for the command.
    fn output_ended(&mut self, ended: Ended) -> Option<Step> {
        self.drains.retain(|drain| drain.sink != ended.sink);
        let Err(error) = ended.result else { return (ended.sink == Sink::Data).then_some(Step::PeerFinished) };
        self.unwritten = true;
        let gone = error.kind() == io::ErrorKind::BrokenPipe;
        self.status.say(&match ended.sink {
            Sink::LogFile if gone => {
                text!("whoever read {path} has gone; the last records are not there", path = self.log_file)
            }
            Sink::LogFile => text!(
                "not every record is in {path}: {error}; the log ends there, and everything else goes on",
                path = self.log_file,
                error = system_words(&error)
            ),
            Sink::Data | Sink::Json if gone => {
                text!("whoever read standard output has gone; not everything was written").to_owned()
            }
            Sink::Data | Sink::Json => {
                text!("standard output takes nothing more: {error}", error = system_words(&error))
            }
        });
        // What is noted about the data does not end the data: a disk that is full ends the log, and is the exit code.
        (ended.sink != Sink::LogFile).then_some(Step::OutputClosed)
    }

    /// Says something to the person, unless lines of JSON say it.
    pub(super) fn say(&self, line: &str) {
        if self.human {
            self.status.say(line);
        }
    }

    /// Says what failed and what to try.
    pub(super) fn complain(&self, failure: &Failure) {
        self.status.say(&failure.to_string());
        let hint = failure.hint();
        if !hint.is_empty() {
            self.status.say(&text!("try: {hint}", hint = hint));
        }
    }

    /// Says what a notice means; returns true when it was the end of the session.
    pub(super) fn tell(&self, notice: &Notice) -> bool {
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
                    crate::model::Side::Accepted => text!("accepted {peer}", peer = shown(&names.peer)),
                    crate::model::Side::Connected if names.local.is_unnamed() => {
                        text!("connected to {peer}", peer = names.peer)
                    }
                    crate::model::Side::Connected => {
                        text!("connected {local} to {peer}", local = names.local, peer = names.peer)
                    }
                    crate::model::Side::Peer => text!("first datagram from {peer}", peer = shown(&names.peer)),
                };
                self.say(&words);
                if let Some(note) = Note::of_connected(names, "") {
                    self.say(&note.to_string());
                }
            }
            Notice::Ended(connection) => {
                let (received, sent) = (connection.received().0, connection.sent().0);
                let peer = shown(&connection.identity().names.peer);
                let traffic = text!("{received} bytes received, {sent} sent", received = received, sent = sent);
                self.say(&match connection.state() {
                    State::Reset => text!("reset {peer}: {traffic}", peer = peer, traffic = traffic),
                    _ => text!("closed {peer}: {traffic}", peer = peer, traffic = traffic),
                });
            }
            Notice::Failed { failure, .. } | Notice::Presence { news: Addressed::Lost(failure), .. } => {
                self.complain(failure);
            }
            Notice::Presence { news: Addressed::Remark(note), .. } => self.status.say(&note.to_string()),
            Notice::Stopped(_) => return true,
            Notice::Site { news, .. } => self.tell_site(news),
            Notice::Keeping { .. }
            | Notice::Transfer { .. }
            | Notice::Head { .. }
            | Notice::Large { .. }
            | Notice::Fetched { .. } => {}
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
            SiteNews::Said { picture: Some(picture), .. } => {
                self.say(&text!("board: a picture of {n} bytes", n = picture.length));
            }
            SiteNews::Said { text, .. } => self.say(&text!("board: {text}", text = text)),
        }
    }

    /// Stops every session that runs, writes what is left, and gives the exit code.
    pub(super) fn finish(mut self, end: End) -> End {
        // The time limit has ended the command, or says nothing about the little that is left.
        self.deadline = None;
        let mut end = self.stop_all(end);
        end = self.write_rest(end);
        if self.unwritten {
            end = End::Failed;
        }
        self.status.settle(LAST_WORDS);
        end
    }

    fn stop_all(&mut self, mut end: End) -> End {
        let limit = Instant::now() + END_PATIENCE;
        let mut unasked = self.running.clone();
        while !self.running.is_empty() && Instant::now() < limit {
            // A full queue is emptied while notices are taken.
            while let Some(session) = unasked.pop_first() {
                if self.ask(Command::Stop(session)).is_err() {
                    unasked.insert(session);
                    break;
                }
            }
            let patience = limit.saturating_duration_since(Instant::now());
            match self.next_within(if unasked.is_empty() { patience } else { patience.min(CHECK) }) {
                Some(Step::Notice(notice)) => {
                    self.tell(&notice);
                }
                Some(Step::End(signalled)) => end = signalled,
                _ => {}
            }
        }
        if !self.running.is_empty() {
            let limit = span(u64::try_from(END_PATIENCE.as_nanos()).unwrap_or(u64::MAX));
            self.status.say(&text!(
                "{count} sessions did not end within {span}; their last records are missing",
                count = self.running.len(),
                span = limit
            ));
            self.unwritten = true;
        }
        end
    }

    /// Waits until everything is written: as long as it takes where nobody set a limit, and then while somebody takes it.
    fn write_rest(&mut self, mut end: End) -> End {
        for drain in &self.drains {
            drain.finish();
        }
        let moved = |session: &Self| session.drains.iter().map(Drain::moved).sum::<u64>();
        let mut seen = (moved(self), Instant::now());
        while !self.drains.is_empty() {
            let now = Instant::now();
            let timed_out = self.output_deadline.is_some_and(|deadline| deadline <= now);
            if seen.0 != moved(self) || !(timed_out || matches!(end, End::Signalled(_))) {
                seen = (moved(self), now);
            }
            let only_data = self.drains.iter().all(|drain| drain.sink == Sink::Data);
            let patience = if only_data && timed_out { STUCK_LIMIT } else { STUCK };
            if now.duration_since(seen.1) >= patience {
                self.give_up();
                break;
            }
            match self.next_within(CHECK) {
                Some(Step::Notice(notice)) => {
                    self.tell(&notice);
                }
                Some(Step::End(signalled)) => end = signalled,
                _ => {}
            }
        }
        end
    }

    fn give_up(&mut self) {
        self.unwritten = true;
        for drain in &self.drains {
            self.status.say(&match drain.sink {
                Sink::LogFile => text!("{path} takes nothing; the last records are not in it", path = self.log_file),
                Sink::Data | Sink::Json => text!("nobody reads standard output; not everything was written").to_owned(),
            });
        }
    }
}

/// A name as it stands in words: a client of a Unix socket usually has none.
fn shown(name: &Name) -> Cow<'static, str> {
    if name.is_unnamed() { Cow::Borrowed(text!("an unnamed peer")) } else { Cow::Owned(name.to_string()) }
}
