//! A client that speaks by itself, on two threads: one says what its script or a person says, one takes what comes.
//!
//! Owns the threads and the waiting. What is said and when is ruled by [`ScriptRun`] and [`Reception`].

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
    cli::output::Status,
    engine::{Gone, Outbox},
    lessons::{ScriptAction, ScriptRun},
    model::{Script, Transport},
    respond::sized_file::{Progress, Reception},
    words::text,
};

/// Bytes that may wait for whoever takes them.
const WAITING: usize = 1 << 20;
/// How long a full inbox waits before it looks again.
const CHECK: Duration = Duration::from_millis(30);

/// What a client does.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Says what its script has.
    Script {
        script: Script,
        /// The script has standard input: it ends where that does. Otherwise nobody types, and the connection stays open
        /// for what the peer has to say.
        has_input: bool,
    },
    /// Asks for files by the names that standard input has.
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

    /// Begins; ends with the connection, or closes it. Without an outbox the peer has said all it had to say and is gone
    /// already, and that is still written.
    pub(super) fn start(self, outbox: Option<Outbox>) -> io::Result<()> {
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
            match work {
                Work::Script { script, has_input } => {
                    let lines = (has_input && script.from_user).then(typed);
                    let mut run = ScriptRun::new(script, datagrams);
                    if has_input && lines.is_none() {
                        run.input_ended(Instant::now());
                    }
                    // Where it is over before the end, nobody is left to talk to.
                    let _ = play(run, &outbox, &inbox, lines);
                }
                Work::Files => {
                    if ask_for_files(&outbox, &inbox, weak.as_ref(), &status) {
                        outbox.close();
                    }
                }
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
            while state.bytes.len() > WAITING {
                self.changed.wait_for(&mut state, CHECK);
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

    /// Waits until there are other than `seen` pieces, nothing more comes, or `limit` is over: how many there are, and
    /// whether that is all.
    fn wait(&self, seen: u64, limit: Option<Instant>) -> (u64, bool) {
        let mut state = self.state.lock();
        while state.pieces == seen && !state.ended {
            match limit {
                Some(limit) if limit <= Instant::now() => break,
                Some(limit) => _ = self.changed.wait_until(&mut state, limit),
                None => self.changed.wait(&mut state),
            }
        }
        (state.pieces, state.ended)
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

/// Does what the script says until it is over. Reads a line only when it is wanted, so that a file on standard input is
/// read as fast as the peer takes it.
fn play(
    mut run: ScriptRun,
    outbox: &Outbox,
    inbox: &Inbox,
    mut lines: Option<impl Iterator<Item = Vec<u8>>>,
) -> Result<(), Gone> {
    let mut seen = 0;
    let mut look = |run: &mut ScriptRun, limit| {
        let (pieces, ended) = inbox.wait(seen, limit);
        if pieces > seen {
            run.received(Instant::now());
        }
        seen = pieces;
        ended
    };
    // What has come until now is no answer to what is said next.
    look(&mut run, Some(Instant::now()));
    let mut actions = run.opened(Instant::now());
    loop {
        for action in actions {
            match action {
                ScriptAction::Send(bytes) => outbox.send(bytes)?,
                ScriptAction::HalfClose => outbox.half_close()?,
                ScriptAction::Close => outbox.close(),
            }
        }
        if run.is_over() {
            return Ok(());
        }
        actions = match &mut lines {
            Some(lines) if run.wants_line() => {
                let line = lines.next();
                look(&mut run, Some(Instant::now()));
                match line {
                    Some(line) => {
                        let actions = run.typed(&line, Instant::now());
                        outbox.send(line.into())?;
                        actions
                    }
                    None => run.input_ended(Instant::now()),
                }
            }
            _ => {
                let limit = run.deadline();
                let ended = look(&mut run, limit);
                let now = Instant::now();
                if ended { run.peer_finished(now) } else { run.passed(now) }
            }
        };
    }
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
