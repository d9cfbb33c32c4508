//! Status lines: what a command says about the data, on standard error.
//!
//! They wait in a bounded queue for a thread of their own, so that a standard error which nobody reads never stops the
//! command. Lines that find the queue full are counted, and the count is written where they would have stood.

use std::{
    collections::VecDeque,
    io::{self, Write},
    mem,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use super::printable;
use crate::words::counted;

/// Lines that may wait.
const LINES: usize = 1024;

/// Says lines; clones say to the same place.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Status(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<String>,
    /// Lines that found no room since the last one that did.
    left_out: u64,
    /// Lines were taken out and are being written.
    writing: bool,
}

impl Status {
    /// Status lines on standard error.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(in crate::cli) fn start() -> io::Result<Self> {
        Self::onto(io::stderr())
    }

    fn onto(mut out: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let queue = Arc::clone(&shared);
        thread::Builder::new().name("stderr".to_owned()).spawn(move || {
            loop {
                let lines = queue.take();
                // Nobody to tell when standard error is gone; the queue is still emptied.
                let _ = out.write_all(lines.as_bytes());
            }
        })?;
        Ok(Self(shared))
    }

    /// Says a line, or counts it as left out. Never waits for whoever reads.
    pub(in crate::cli) fn say(&self, line: &str) {
        let line = format!("socketlab: {}\n", printable(line));
        let mut state = self.0.state.lock();
        if state.lines.len() >= LINES {
            state.left_out += 1;
            return;
        }
        state.note_left_out();
        state.lines.push_back(line);
        self.0.changed.notify_all();
    }

    /// Waits until everything was written, `patience` at most.
    pub(in crate::cli) fn settle(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut state = self.0.state.lock();
        state.note_left_out();
        self.0.changed.notify_all();
        while (state.writing || !state.lines.is_empty()) && !self.0.changed.wait_until(&mut state, deadline).timed_out()
        {
        }
    }
}

impl State {
    /// Enters how many lines are missing at this place.
    fn note_left_out(&mut self) {
        let count = mem::take(&mut self.left_out);
        if count > 0 {
            let words = counted!("{n} lines are left out here, because nobody read standard error", n = count);
            self.lines.push_back(format!("socketlab: {words}\n"));
        }
    }
}

impl Shared {
    /// Waits for lines and takes all that are there.
    fn take(&self) -> String {
        let mut state = self.state.lock();
        state.writing = false;
        self.changed.notify_all();
        while state.lines.is_empty() {
            self.changed.wait(&mut state);
        }
        state.writing = true;
        state.lines.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// Writes only when it is let.
    struct Gate {
        open: Receiver<()>,
        written: SyncSender<String>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.open.recv().map_err(io::Error::other)?;
            self.written.send(String::from_utf8(bytes.to_vec()).unwrap()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_takes_are_counted_and_never_wait() {
        let (opening, open) = sync_channel(10);
        let (written, writes) = sync_channel(10);
        let status = Status::onto(Gate { open, written }).unwrap();
        status.say("first");
        // The thread has taken it and is stuck in its write.
        while !status.0.state.lock().writing {
            thread::yield_now();
        }
        for number in 0..LINES + 7 {
            status.say(&format!("line {number}"));
        }
        let began = Instant::now();
        status.settle(Duration::from_millis(50));
        assert!(began.elapsed() < Duration::from_secs(20), "an end is given up when nobody reads");
        opening.send(()).unwrap();
        opening.send(()).unwrap();
        assert_eq!(writes.recv().unwrap(), "socketlab: first\n");
        let rest = writes.recv().unwrap();
        let lines: Vec<_> = rest.lines().collect();
        assert_eq!(lines.len(), LINES + 1);
        assert_eq!(lines[LINES - 1], format!("socketlab: line {}", LINES - 1));
        assert!(lines[LINES].starts_with("socketlab: 7 lines are left out here"), "{}", lines[LINES]);
        status.say("\u{1b}[2J");
        opening.send(()).unwrap();
        status.settle(Duration::from_secs(20));
        assert_eq!(writes.recv().unwrap(), "socketlab: \\x1b[2J\n");
    }
}
