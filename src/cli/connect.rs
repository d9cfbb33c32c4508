//! `socketlab connect`: a pipe like nc, or a few messages and their answers.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    End,
    args::{Common, Connect, Message},
    refusal::wrong,
    session::{SESSION, Session, Step},
    stdio::{self, Screen},
};
use crate::{
    engine::{Command, Notice, Outbox},
    model::{ConnectionId, State, Target, TransferId},
    snippet::{self, Impossible},
};

/// How much of the input of a pipe is sent at once …
const PIECE: usize = 64 << 10;
/// … and as one datagram, of which none may be larger than 65507 bytes.
const DATAGRAM_PIECE: usize = 16 << 10;
/// Received pieces that may wait for standard output; then the peer has to wait.
const FEED: usize = 16;
/// An answer is taken as whole when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(100);
/// A pipe whose peer has sent FIN ends when its own input brought nothing for so long, as socat has it.
const PEER_QUIET: Duration = Duration::from_millis(500);
/// A datagram pipe ends when nothing came for so long after the end of input: there is no FIN to wait for.
const DATAGRAM_QUIET: Duration = Duration::from_secs(1);

/// Connects, exchanges, and ends with the connection.
pub(super) fn run(connect: &Connect, common: &Common) -> io::Result<End> {
    let config = connect.config();
    if let Some(kind) = connect.print_as {
        let sent: Vec<Vec<u8>> = connect
            .messages
            .iter()
            .filter_map(|message| match message {
                Message::Text(bytes) => Some(bytes.clone()),
                Message::File(_) => None,
            })
            .collect();
        return print(snippet::session(kind, snippet::Session::Client(&config, &sent)));
    }
    let mut session = Session::start(common, false)?;
    let (feed, received) = mpsc::channel(FEED);
    let steps = session.steps();
    let output = (!common.json).then(Screen::new);
    let writer = thread::Builder::new().name("stdout".to_owned()).spawn(move || write_out(received, output, &steps))?;
    session.ask(Command::Connect { session: SESSION, config, feed: Some(feed) }).map_err(io::Error::other)?;
    let end = Exchange::new(connect).run(&mut session)?;
    let end = session.finish(end);
    if matches!(end, End::Done | End::Failed) {
        // What was received and not written yet is still to be written, however slowly it is taken.
        let _ = writer.join();
    }
    Ok(end)
}

/// Prints a program, or ends with code 2 and words on why there is none.
pub(super) fn print(program: Result<String, Impossible>) -> io::Result<End> {
    let program = program.unwrap_or_else(|why| wrong(&why.to_string()));
    stdio::write_all(program.as_bytes())?;
    Ok(End::Done)
}

/// Writes what comes to standard output, if it has it, and reports.
fn write_out(mut received: mpsc::Receiver<Bytes>, mut output: Option<Screen>, steps: &mpsc::Sender<Step>) {
    while let Some(bytes) = received.blocking_recv() {
        if let Some(screen) = &mut output
            && screen.show(&bytes).is_err()
        {
            let _ = steps.blocking_send(Step::OutputClosed);
            return;
        }
        let _ = steps.try_send(Step::Received);
    }
    let _ = steps.blocking_send(Step::PeerFinished);
}

/// How much of what is to be sent has been handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Some,
    All,
}

/// Where an exchange stands.
struct Exchange<'a> {
    connect: &'a Connect,
    connection: Option<ConnectionId>,
    answered: bool,
    said: Said,
    files: usize,
    failed: bool,
    /// The peer sent FIN and what it said is written.
    peer_finished: bool,
    /// How often the pipe began or ended reading its input: odd while it waits.
    reads: Arc<AtomicU64>,
    /// What `reads` was when it was last looked at.
    seen: u64,
}

impl<'a> Exchange<'a> {
    fn new(connect: &'a Connect) -> Self {
        Self {
            connect,
            connection: None,
            answered: false,
            said: Said::Nothing,
            files: 0,
            failed: false,
            peer_finished: false,
            reads: Arc::default(),
            seen: 0,
        }
    }

    fn run(mut self, session: &mut Session) -> io::Result<End> {
        loop {
            let patience = self.patience();
            let step = match patience {
                Some(patience) => session.next_within(patience),
                None => Some(session.next()),
            };
            match step {
                None if self.peer_finished => {
                    let before = std::mem::replace(&mut self.seen, self.reads.load(Ordering::Acquire));
                    if self.seen % 2 == 1 && self.seen == before {
                        // Both have nothing more to say. What is on its way goes out before the FIN.
                        let _ = session.ask(Command::HalfClose(Target::Session(SESSION)));
                    }
                }
                None => {
                    // Enough has come: close from our side.
                    let _ = session.ask(Command::Close(Target::Session(SESSION)));
                    self.said = Said::Some;
                    self.answered = false;
                }
                Some(Step::Notice(notice)) => {
                    if self.heed(session, &notice)? {
                        return Ok(if self.failed { End::Failed } else { End::Done });
                    }
                }
                Some(Step::Received) => {
                    let first = !self.answered;
                    self.answered = true;
                    if first && self.connect.receive_first && self.said == Said::Nothing {
                        self.answered = false;
                        self.send(session)?;
                    }
                }
                Some(Step::Heard(_)) => {}
                Some(Step::Sent) => {
                    self.said = Said::All;
                    self.give_up_waiting(session);
                }
                Some(Step::PeerFinished) => {
                    self.peer_finished = true;
                    self.give_up_waiting(session);
                }
                Some(Step::OutputClosed) => return Ok(End::Done),
                Some(Step::End(end)) => return Ok(end),
            }
        }
    }

    /// No answer comes any more that something was to wait for.
    fn give_up_waiting(&self, session: &Session) {
        let before_first_word = self.connect.receive_first && self.said == Said::Nothing;
        if self.peer_finished && (before_first_word || self.said == Said::All && self.connect.close_after_reply) {
            let _ = session.ask(Command::HalfClose(Target::Session(SESSION)));
        }
    }

    /// How long to wait for more before closing; `None` is until something happens.
    fn patience(&self) -> Option<Duration> {
        if self.peer_finished {
            return (self.connect.is_pipe() && self.said == Said::Some).then_some(PEER_QUIET);
        }
        let all_sent = self.said == Said::All && self.files == 0;
        if all_sent && self.answered && self.connect.close_after_reply {
            return Some(QUIET);
        }
        (all_sent && self.connect.is_datagram() && !self.connect.close_after_reply).then_some(DATAGRAM_QUIET)
    }

    /// Returns true at the end of the session.
    fn heed(&mut self, session: &mut Session, notice: &Notice) -> io::Result<bool> {
        match notice {
            Notice::Opened(connection) => {
                self.connection = Some(connection.id());
                session.tell(notice);
                if !self.connect.receive_first {
                    self.send(session)?;
                }
                return Ok(false);
            }
            Notice::Failed { .. } => self.failed = true,
            Notice::Ended(connection) if connection.state() == State::Reset => self.failed = true,
            Notice::Transfer { done: Some(_), .. } => {
                self.files = self.files.saturating_sub(1);
            }
            _ => {}
        }
        Ok(session.tell(notice))
    }

    /// Sends everything on a thread of its own, waiting for the peer to take it.
    fn send(&mut self, session: &Session) -> io::Result<()> {
        let Some(outbox) = self.connection.and_then(|connection| session.engine.outbox(Target::Connection(connection)))
        else {
            return Ok(());
        };
        self.said = Said::Some;
        let steps = session.steps();
        let reads = Arc::clone(&self.reads);
        let half_close = !self.connect.close_after_reply && !self.connect.is_datagram();
        let messages = self.connect.messages.clone();
        self.files = messages.iter().filter(|message| matches!(message, Message::File(_))).count();
        let is_pipe = self.connect.is_pipe();
        let piece = if self.connect.is_datagram() { DATAGRAM_PIECE } else { PIECE };
        thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            let done = if is_pipe { pipe(&outbox, &reads, piece) } else { say(&outbox, messages) };
            if done.is_ok() && half_close {
                let _ = outbox.half_close();
            }
            let _ = steps.blocking_send(Step::Sent);
        })?;
        Ok(())
    }
}

fn say(outbox: &Outbox, messages: Vec<Message>) -> Result<(), crate::engine::Gone> {
    for (number, message) in (1..).zip(messages) {
        match message {
            Message::Text(text) => outbox.send(Bytes::from(text))?,
            Message::File(path) => outbox.send_file(TransferId(number), path)?,
        }
    }
    Ok(())
}

fn pipe(outbox: &Outbox, reads: &AtomicU64, piece: usize) -> Result<(), crate::engine::Gone> {
    let mut input = io::stdin().lock();
    let mut buffer = vec![0; piece];
    loop {
        reads.fetch_add(1, Ordering::AcqRel);
        let read = input.read(&mut buffer);
        reads.fetch_add(1, Ordering::AcqRel);
        match read {
            Ok(0) => return Ok(()),
            Ok(length) => outbox.send(Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default()))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(()),
        }
    }
}
