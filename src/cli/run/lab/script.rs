//! A client's side of a dialog, on threads of its own: one says the lines, one writes what comes.

use std::{
    io::{self, BufRead},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use tokio::sync::mpsc;

use crate::{
    cli::{output::Status, run::session::Step},
    engine::Outbox,
    model::{Script, Transport},
    respond::sized_file::{Progress, Reception},
    words::text,
};

/// An answer is taken as whole when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(30);
/// A datagram that is not answered within this time is taken for lost.
const LOST: Duration = Duration::from_secs(2);

/// What a client does.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Says lines.
    Script(Script),
    /// Asks for files by the names that the user types.
    Files,
}

/// What has come so far.
#[derive(Debug, Default)]
struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many pieces came.
    pieces: u64,
    /// Bytes not taken yet, where somebody takes them.
    bytes: Vec<u8>,
    ended: bool,
}

/// A client that is not connected yet.
#[derive(Debug)]
pub(super) struct Player {
    work: Work,
    received: mpsc::Receiver<Bytes>,
    datagrams: bool,
    /// Where what comes is shown.
    out: Option<mpsc::Sender<Bytes>>,
    status: Status,
}

impl Player {
    pub(super) fn new(
        work: Work,
        received: mpsc::Receiver<Bytes>,
        transport: &Transport,
        out: Option<mpsc::Sender<Bytes>>,
        status: Status,
    ) -> Self {
        Self { work, received, datagrams: transport.is_datagram(), out, status }
    }

    /// Begins; [`Step::Sent`] says that the connection is to be closed. Without an outbox the peer has said all it had to
    /// say and is gone already, and that is still written.
    pub(super) fn start(self, outbox: Option<Outbox>, steps: mpsc::Sender<Step>) -> io::Result<()> {
        let Self { work, mut received, datagrams, out, status } = self;
        let inbox = Arc::new(Inbox::default());
        let filled = Arc::clone(&inbox);
        let takes_bytes = matches!(work, Work::Files);
        // Whoever waits for standard input does not hold up the end: it asks for a place in the output when it has
        // something to write.
        let weak = out.as_ref().map(mpsc::Sender::downgrade);
        thread::Builder::new().name("received".to_owned()).spawn(move || {
            while let Some(piece) = received.blocking_recv() {
                filled.put(&piece, takes_bytes);
                if let Some(out) = out.as_ref().filter(|_| !takes_bytes)
                    && out.blocking_send(piece).is_err()
                {
                    // Standard output is closed, which was told.
                    break;
                }
            }
            filled.end();
        })?;
        let Some(outbox) = outbox else { return Ok(()) };
        thread::Builder::new().name("script".to_owned()).spawn(move || {
            let close = match work {
                Work::Script(script) => play(&script, &outbox, &inbox, datagrams),
                Work::Files => ask_for_files(&outbox, &inbox, weak.as_ref(), &status),
            };
            if close {
                let _ = steps.blocking_send(Step::Sent);
            }
        })?;
        Ok(())
    }
}

impl Inbox {
    fn put(&self, piece: &[u8], keep: bool) {
        let mut state = self.state.lock();
        if keep {
            // What is not taken makes the peer wait.
            while state.bytes.len() > 1 << 20 {
                self.changed.wait_for(&mut state, QUIET);
            }
            state.bytes.extend_from_slice(piece);
        }
        state.pieces += 1;
        self.changed.notify_all();
    }

    fn end(&self) {
        self.state.lock().ended = true;
        self.changed.notify_all();
    }

    fn pieces(&self) -> u64 {
        self.state.lock().pieces
    }

    /// Waits until more than `before` pieces came and no more follow; false when nothing will.
    fn answered(&self, before: u64, limit: Option<Duration>) -> bool {
        let deadline = limit.map(|limit| Instant::now() + limit);
        let mut state = self.state.lock();
        while state.pieces <= before {
            if state.ended || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return false;
            }
            match deadline {
                Some(deadline) => {
                    self.changed.wait_until(&mut state, deadline);
                }
                None => self.changed.wait(&mut state),
            }
        }
        while !state.ended && !self.changed.wait_for(&mut state, QUIET).timed_out() {}
        !state.ended
    }

    /// Takes what is there; waits for something. Empty at the end, or when `limit` is over.
    fn take(&self, limit: Option<Duration>) -> Vec<u8> {
        let mut state = self.state.lock();
        let deadline = limit.map(|limit| Instant::now() + limit);
        while state.bytes.is_empty() && !state.ended {
            match deadline {
                Some(deadline) if deadline <= Instant::now() => return Vec::new(),
                Some(deadline) => {
                    self.changed.wait_until(&mut state, deadline);
                }
                None => self.changed.wait(&mut state),
            }
        }
        let taken = std::mem::take(&mut state.bytes);
        self.changed.notify_all();
        taken
    }

    fn is_over(&self) -> bool {
        let state = self.state.lock();
        state.ended && state.bytes.is_empty()
    }

    /// Puts back what was taken too much.
    fn put_back(&self, bytes: &[u8]) {
        self.state.lock().bytes.splice(..0, bytes.iter().copied());
    }
}

/// Lines that the user types, without their ends, as the bytes they are; empty ones are passed over.
fn typed() -> impl Iterator<Item = Vec<u8>> {
    let lines = io::stdin().lock().split(b'\n').map_while(Result::ok);
    lines
        .map(|mut line| {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            line
        })
        .filter(|line| !line.is_empty())
}

/// Says all there is to say; true when the connection is to be closed then.
fn play(script: &Script, outbox: &Outbox, inbox: &Inbox, datagrams: bool) -> bool {
    let limit = datagrams.then_some(LOST);
    if script.receive_first && !inbox.answered(0, None) {
        return false;
    }
    let given = script.send.iter().map(|line| line.clone().into_bytes());
    let typed = script.from_user.then(typed).into_iter().flatten();
    let mut said = false;
    for line in given.chain(typed) {
        let before = inbox.pieces();
        said = true;
        if outbox.send(Bytes::from(line.clone())).is_err() {
            return false;
        }
        if script.stop_on.as_ref().is_some_and(|stop| stop.as_bytes() == line) {
            return true;
        }
        if script.take_turns && !inbox.answered(before, limit) && !datagrams {
            return false;
        }
        if script.close_after_reply && !script.take_turns {
            inbox.answered(before, limit);
        }
    }
    let close = script.close_after_reply || script.from_user || datagrams;
    if !close && said {
        // The peer may still have something to say.
        let _ = outbox.half_close();
    }
    close
}

/// Asks for each name; true when the connection is to be closed.
fn ask_for_files(outbox: &Outbox, inbox: &Inbox, out: Option<&mpsc::WeakSender<Bytes>>, status: &Status) -> bool {
    for name in typed() {
        let out = out.and_then(mpsc::WeakSender::upgrade);
        let shown = String::from_utf8_lossy(&name).into_owned();
        if outbox.send(Bytes::from(name)).is_err() {
            return false;
        }
        let mut answer = Reception::default();
        while !answer.progress().is_over() {
            let piece = inbox.take(answer.patience());
            if piece.is_empty() {
                if inbox.is_over() {
                    answer.end();
                } else {
                    answer.pause();
                }
                continue;
            }
            let (file, rest) = answer.push(&piece);
            inbox.put_back(rest);
            if let Some(out) = &out
                && !file.is_empty()
                && out.blocking_send(Bytes::copy_from_slice(file)).is_err()
            {
                return true;
            }
        }
        match answer.progress() {
            Progress::Whole(length) => {
                status.say(&text!("{name}: {length} bytes", name = shown, length = length));
            }
            Progress::Refused(words) => status.say(String::from_utf8_lossy(words).trim_end()),
            Progress::BrokenOff { got, length: Some(length) } => {
                status.say(&text!(
                    "{name}: broke off after {got} of {length} bytes",
                    name = shown,
                    got = got,
                    length = length
                ));
                return false;
            }
            _ => return false,
        }
    }
    true
}
