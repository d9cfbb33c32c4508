//! A thread that writes data or records somewhere, seen from the command that waits for its end.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

/// What is written to a stream at once, at most, so that a reader which takes a little can be told from one that takes
/// nothing.
const PIECE: usize = 32 << 10;

/// What a thread writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Sink {
    /// Bytes of a peer, to standard output.
    Data,
    /// JSON lines, to standard output.
    Json,
    /// JSON lines, to the file of `--log-file`.
    LogFile,
}

/// How such a thread ended.
#[derive(Debug)]
pub(in crate::cli) struct Ended {
    pub sink: Sink,
    /// An error when not all was written.
    pub result: io::Result<()>,
}

/// A writing thread that runs.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Drain {
    pub sink: Sink,
    control: Arc<Control>,
}

/// What the thread and the command know of each other.
#[derive(Debug, Default)]
pub(in crate::cli) struct Control {
    finish: AtomicBool,
    moved: AtomicU64,
}

impl Drain {
    /// Starts `work` on a thread of that name; `ended` is called at its end.
    pub(super) fn spawn(
        name: &str,
        sink: Sink,
        ended: impl FnOnce(Ended) + Send + 'static,
        work: impl FnOnce(&Arc<Control>) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let control = Arc::new(Control::default());
        let shared = Arc::clone(&control);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let result = work(&shared);
            ended(Ended { sink, result });
        })?;
        Ok(Self { sink, control })
    }

    /// Lets it end when all that is there now is written.
    pub(in crate::cli) fn finish(&self) {
        self.control.finish.store(true, Ordering::Release);
    }

    /// Grows with every write that somebody took.
    pub(in crate::cli) fn moved(&self) -> u64 {
        self.control.moved.load(Ordering::Relaxed)
    }
}

impl Control {
    pub(super) fn is_to_finish(&self) -> bool {
        self.finish.load(Ordering::Acquire)
    }

    pub(super) fn moved(&self) {
        self.moved.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writes in pieces and tells of each.
pub(super) struct Counting<W> {
    out: W,
    piece: usize,
    control: Arc<Control>,
}

impl<W: Write> Counting<W> {
    pub(super) fn new(out: W, sink: Sink, control: &Arc<Control>) -> Self {
        // Lines that go into a file together are not torn apart.
        let piece = if sink == Sink::LogFile { usize::MAX } else { PIECE };
        Self { out, piece, control: Arc::clone(control) }
    }
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes.get(..self.piece).unwrap_or(bytes))?;
        self.control.moved();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
