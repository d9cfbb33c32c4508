//! `socketlab connect`: a pipe like nc, or a few messages and their answers.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
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
        output::{Around, Status, printer},
        plan::{Connecting, Message, Settings},
    },
    engine::{Command, Gone, Notice, Outbox},
    journal::Connection,
    model::{State, Target, TransferId, compose::Turn},
    words::{span, text},
};

/// Received pieces that may wait for standard output; then the peer has to wait.
const FEED: usize = 16;
/// An answer is taken as whole when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(100);
/// A pipe whose peer has sent FIN ends when its own input brought nothing for so long, as socat has it.
const PEER_QUIET: Duration = Duration::from_millis(500);
/// How long answers to datagrams are waited for where nothing is said: there is no FIN to wait for.
const DATAGRAM_QUIET: Duration = Duration::from_secs(1);

/// Connects, exchanges, and ends with the connection.
#[expect(clippy::needless_pass_by_value, reason = "a plan is carried out once")]
pub(super) fn run(connecting: Connecting, settings: &Settings, status: &Status) -> io::Result<End> {
    let mut session = Session::start(settings, status, false)?;
    let (feed, received) = mpsc::channel(FEED);
    let steps = session.steps();
    let shown = move || _ = steps.try_send(Step::Received);
    session.add(printer(received, Around::default(), settings.json, shown, session.reporter())?);
    let config = connecting.config.clone();
    session.ask(Command::Connect { session: SESSION, config, feed: Some(feed) }).map_err(io::Error::other)?;
    let mut exchange = PipeRun::new(&connecting);
    let end = exchange.run(&mut session)?;
    exchange.tell_unanswered(&session);
    Ok(session.finish(end))
}

/// How much of what is to be sent has been handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Nothing,
    Some,
    All,
}

/// Where an exchange stands.
struct PipeRun<'a> {
    connecting: &'a Connecting,
    connection: Option<Arc<Connection>>,
    answered: bool,
    sent: Progress,
    /// When all was sent.
    sent_at: Option<Instant>,
    files: usize,
    failed: bool,
    /// Something of the input could not be sent; set before our FIN, so that it is known before the end that FIN brings.
    unsent: Arc<AtomicBool>,
    /// The peer sent FIN and what it said is written.
    peer_finished: bool,
    reads: Reads,
    /// What `reads` said when it was last looked at.
    seen: u64,
}

impl<'a> PipeRun<'a> {
    fn new(connecting: &'a Connecting) -> Self {
        Self {
            connecting,
            connection: None,
            answered: false,
            sent: Progress::Nothing,
            sent_at: None,
            files: 0,
            failed: false,
            unsent: Arc::default(),
            peer_finished: false,
            reads: Reads::default(),
            seen: 0,
        }
    }

    fn run(&mut self, session: &mut Session) -> io::Result<End> {
        loop {
            let step = match self.patience(session) {
                Some(patience) => session.next_within(patience),
                None => Some(session.next()),
            };
            match step {
                None if self.peer_finished => {
                    let before = std::mem::replace(&mut self.seen, self.reads.count());
                    if self.reads.is_waiting() && self.seen == before {
                        // Both have nothing more to say. What is on its way goes out before the FIN.
                        let _ = session.ask(Command::HalfClose(Target::Session(SESSION)));
                    }
                }
                None => {
                    // Enough has come: close from our side.
                    let _ = session.ask(Command::Close(Target::Session(SESSION)));
                    self.sent = Progress::Some;
                    self.answered = false;
                }
                Some(Step::Notice(notice)) => {
                    if self.heed(session, &notice)? {
                        return Ok(self.outcome());
                    }
                }
                Some(Step::Received) => {
                    let first = !self.answered;
                    self.answered = true;
                    if first && self.connecting.receive_first && self.sent == Progress::Nothing {
                        self.answered = false;
                        self.send(session)?;
                    }
                }
                Some(Step::Sent | Step::Unsent) => {
                    self.sent = Progress::All;
                    self.sent_at = Some(Instant::now());
                    self.give_up_waiting(session);
                }
                Some(Step::PeerFinished) => {
                    self.peer_finished = true;
                    self.give_up_waiting(session);
                }
                Some(Step::OutputClosed) => return Ok(End::Failed),
                Some(Step::TimeUp) => return Ok(self.at_time_limit(session)),
                Some(Step::End(end)) => return Ok(end),
                Some(Step::Routes(_) | Step::Output(_)) => {}
            }
        }
    }

    /// No answer comes any more that something was to wait for.
    fn give_up_waiting(&self, session: &mut Session) {
        let before_first_word = self.connecting.receive_first && self.sent == Progress::Nothing;
        let after_last = self.sent == Progress::All && self.connecting.close_after_reply;
        if self.peer_finished && (before_first_word || after_last) {
            let _ = session.ask(Command::HalfClose(Target::Session(SESSION)));
        }
    }

    /// How long to wait for more before closing; `None` is until something happens.
    fn patience(&self, session: &Session) -> Option<Duration> {
        if self.peer_finished {
            return (self.connecting.is_pipe() && self.sent == Progress::Some).then_some(PEER_QUIET);
        }
        let all_sent = self.sent == Progress::All && self.files == 0;
        if all_sent && self.answered && self.connecting.close_after_reply {
            return Some(QUIET);
        }
        if !all_sent || !self.connecting.is_datagram() || self.connecting.close_after_reply {
            return None;
        }
        // A limit says how long is to be waited, unless another time is given.
        self.connecting.wait.or((!session.has_limit()).then_some(DATAGRAM_QUIET))
    }

    /// The time of the command is over: was everything done by then?
    fn at_time_limit(&self, session: &Session) -> End {
        let say = |words: &str| session.status.say(words);
        if self.connection.is_none() {
            say(text!("the time was over before the connection stood"));
            return End::Failed;
        }
        let waits_for_input = self.connecting.is_pipe() && self.reads.is_waiting();
        if self.sent != Progress::All && !waits_for_input || self.files > 0 {
            say(text!("the time was over before everything was sent"));
            return End::Failed;
        }
        if self.connecting.close_after_reply && !self.answered {
            say(text!("the time was over before an answer came"));
            return End::Failed;
        }
        self.outcome()
    }

    fn outcome(&self) -> End {
        if self.failed || self.unsent.load(Ordering::Acquire) { End::Failed } else { End::Done }
    }

    /// Nothing came back for datagrams: that may be right, and may be the end of a search that was too short.
    fn tell_unanswered(&self, session: &Session) {
        // What failed was said, and longer waiting would not have helped.
        let Some(connection) = self.connection.as_ref().filter(|_| self.connecting.is_datagram() && !self.failed)
        else {
            return;
        };
        let (sent, waited) = (connection.sent().1, self.sent_at.map(|at| at.elapsed()));
        let (Some(waited), true) = (waited, sent > 0 && connection.received().1 == 0) else { return };
        let waited = span(u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX));
        session.status.say(&text!(
            "{count} datagrams sent, no answer within {span}; --wait SECONDS waits longer",
            count = sent,
            span = waited
        ));
    }

    /// Returns true at the end of the session.
    fn heed(&mut self, session: &mut Session, notice: &Notice) -> io::Result<bool> {
        match notice {
            Notice::Opened(connection) if connection.identity().side != crate::model::Side::Peer => {
                self.connection = Some(Arc::clone(connection));
                session.tell(notice);
                if !self.connecting.receive_first {
                    self.send(session)?;
                }
                return Ok(false);
            }
            Notice::Failed { .. } => self.failed = true,
            Notice::Ended(connection) if connection.state() == State::Reset => self.failed = true,
            Notice::Transfer { done: Some(done), .. } => {
                self.files = self.files.saturating_sub(1);
                self.failed |= !done;
            }
            _ => {}
        }
        Ok(session.tell(notice))
    }

    /// Sends everything on a thread of its own, waiting for the peer to take it.
    fn send(&mut self, session: &Session) -> io::Result<()> {
        let connection = self.connection.as_ref().map(|connection| connection.id());
        let Some(outbox) = connection.and_then(|connection| session.engine.outbox(Target::Connection(connection)))
        else {
            return Ok(());
        };
        self.sent = Progress::Some;
        self.files = self.connecting.messages.iter().filter(|message| matches!(message, Message::File(_))).count();
        let steps = session.steps();
        let datagrams = self.connecting.is_datagram();
        let half_close = !self.connecting.close_after_reply && !datagrams;
        let messages = self.connecting.messages.clone();
        let typist = Typist { form: self.connecting.form, datagrams, status: session.status.clone() };
        let input = self.reads.watch(io::stdin());
        let unsent = Arc::clone(&self.unsent);
        thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            let sent = if messages.is_empty() {
                typist.send_all(input, |piece| outbox.send(piece))
            } else {
                say(&outbox, messages).is_ok()
            };
            unsent.store(!sent, Ordering::Release);
            if half_close {
                let _ = outbox.half_close();
            }
            let _ = steps.blocking_send(if sent { Step::Sent } else { Step::Unsent });
        })?;
        Ok(())
    }
}

fn say(outbox: &Outbox, messages: Vec<Message>) -> Result<(), Gone> {
    let mut round = 0;
    for (number, message) in (1..).zip(messages) {
        match message {
            Message::Typed(template) => {
                outbox.send(Bytes::from(template.fill(&Turn::now(round)).bytes))?;
                round += 1;
            }
            Message::File(path) => outbox.send_file(TransferId(number), path)?,
        }
    }
    Ok(())
}
