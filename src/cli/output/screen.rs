//! Standard output for data: bytes as they are into a pipe, escaped onto a terminal.

use std::io::{self, BufWriter, IsTerminal, Write};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{
    drain::{Counting, Drain, Ended, Sink},
    escape::{complete, escape},
    stdout::stdout,
};

/// Writes to standard output and flushes it. For what is printed before or without any session: it waits.
pub(in crate::cli) fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// What stands before and after all else, as soon as it is known; the thread waits for it.
#[derive(Debug, Default)]
pub(in crate::cli) struct Around {
    pub first: Option<oneshot::Receiver<Bytes>>,
    pub last: Option<oneshot::Receiver<Bytes>>,
}

/// A thread that writes what comes to standard output until nothing more can come, and calls `shown` after each piece.
/// With `silent` it takes the pieces and writes none.
pub(in crate::cli) fn printer(
    mut received: mpsc::Receiver<Bytes>,
    around: Around,
    silent: bool,
    mut shown: impl FnMut() + Send + 'static,
    ended: impl FnOnce(Ended) + Send + 'static,
) -> io::Result<Drain> {
    Drain::spawn("stdout", Sink::Data, ended, move |control| {
        let mut screen = Screen::onto(Counting::new(stdout(), Sink::Data, control));
        if let Some(first) = around.first.and_then(|first| first.blocking_recv().ok()) {
            screen.show(&first)?;
        }
        while let Some(piece) = received.blocking_recv() {
            if !silent {
                screen.show(&piece)?;
            }
            shown();
        }
        if let Some(last) = around.last.and_then(|last| last.blocking_recv().ok()) {
            screen.show(&last)?;
        }
        Ok(())
    })
}

/// Bytes that are gathered before they are written at once.
const GATHERED: usize = 64 << 10;

/// Where bytes from a peer are shown.
#[derive(Debug)]
pub(super) struct Screen<W: Write> {
    out: BufWriter<W>,
    terminal: bool,
    /// The start of a character whose rest has not come yet.
    partial: Vec<u8>,
}

impl<W: Write> Screen<W> {
    /// `out` leads to standard output.
    pub(super) fn onto(out: W) -> Self {
        let out = BufWriter::with_capacity(GATHERED, out);
        Self { out, terminal: io::stdout().is_terminal(), partial: Vec::new() }
    }

    /// Writes what was gathered so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes bytes; what could steer a terminal is shown as `\x1b` when there is one.
    pub(super) fn show(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.gather(bytes)?;
        self.flush()
    }

    /// [`Self::show`] that may keep them until [`Self::flush`].
    pub(super) fn gather(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.terminal {
            return self.out.write_all(bytes);
        }
        self.partial.extend_from_slice(bytes);
        let whole = complete(&self.partial);
        let rest = self.partial.split_off(whole);
        let text = escape(&self.partial);
        self.partial = rest;
        self.out.write_all(text.as_bytes())
    }
}
