//! `socketlab connect`: a pipe like nc, or a few messages and their answers.

use std::{
    io::{self, Read},
    thread,
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{
    End,
    args::{Common, Connect, Message},
    session::{SESSION, Session, Step},
    stdio::Screen,
};
use crate::{
    engine::{Command, Notice, Outbox},
    model::{ConnectionId, State, Target, TransferId},
};

/// Received pieces that may wait for standard output; then the peer has to wait.
const FEED: usize = 16;
/// An answer is taken as whole when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(100);
/// A datagram pipe ends when nothing came for so long after the end of input: there is no FIN to wait for.
const DATAGRAM_QUIET: Duration = Duration::from_secs(1);

/// Connects, exchanges, and ends with the connection.
pub(super) fn run(connect: &Connect, common: &Common) -> io::Result<End> {
    let config = connect.config();
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
}

/// Where an exchange stands.
struct Exchange<'a> {
    connect: &'a Connect,
    connection: Option<ConnectionId>,
    answered: bool,
    sent: bool,
    files: usize,
    failed: bool,
}

impl<'a> Exchange<'a> {
    fn new(connect: &'a Connect) -> Self {
        Self { connect, connection: None, answered: false, sent: false, files: 0, failed: false }
    }

    fn run(mut self, session: &mut Session) -> io::Result<End> {
        loop {
            let patience = self.patience();
            let step = match patience {
                Some(patience) => session.next_within(patience),
                None => Some(session.next()),
            };
            match step {
                None => {
                    // Enough has come: close from our side.
                    let _ = session.ask(Command::Close(Target::Session(SESSION)));
                    self.sent = false;
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
                    if first && self.connect.receive_first && !self.sent {
                        self.answered = false;
                        self.send(session)?;
                    }
                }
                Some(Step::Sent) => self.sent = true,
                Some(Step::OutputClosed) => return Ok(End::Done),
                Some(Step::End(end)) => return Ok(end),
            }
        }
    }

    /// How long to wait for more before closing; `None` is until something happens.
    fn patience(&self) -> Option<Duration> {
        let all_sent = self.sent && self.files == 0;
        if all_sent && self.answered && self.connect.close_after_reply {
            return Some(QUIET);
        }
        (all_sent && self.connect.udp && !self.connect.close_after_reply).then_some(DATAGRAM_QUIET)
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
        let Some(outbox) = self.connection.and_then(|connection| session.engine.outbox(connection)) else {
            return Ok(());
        };
        let steps = session.steps();
        let half_close = !self.connect.close_after_reply && !self.connect.udp;
        let messages = self.connect.messages.clone();
        self.files = messages.iter().filter(|message| matches!(message, Message::File(_))).count();
        let is_pipe = self.connect.is_pipe();
        thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            let done = if is_pipe { pipe(&outbox) } else { say(&outbox, messages) };
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

fn pipe(outbox: &Outbox) -> Result<(), crate::engine::Gone> {
    let mut input = io::stdin().lock();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => outbox.send(Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default()))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(()),
        }
    }
}
