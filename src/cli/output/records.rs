//! Threads that follow the journal and lose nothing: `--json`, `--log-file`, and what peers send to a listener.

use std::{
    io::{self, Write},
    sync::{Arc, mpsc::sync_channel},
    time::Duration,
};

use super::{
    drain::{Control, Counting, Drain, Ended, Sink},
    json::{Lines, Payload, Style},
    screen::Screen,
    stdout::stdout,
};
use crate::{
    journal::{Follower, Journal, Payloads, Row},
    model::Event,
};

/// How long a thread sleeps at most before it looks whether it is to end.
const PATIENCE: Duration = Duration::from_millis(100);
/// Lines are written when they are so many bytes together, or when there is nothing more at the moment.
const BATCH: usize = 64 << 10;
/// How long the command waits to hear whether the place could be opened. A pipe that nobody reads yet opens later.
const OPENING: Duration = Duration::from_secs(1);

/// Writes JSON lines to what `open` gives, each write made of whole lines. True beside it where that is not open yet.
///
/// # Errors
/// When it cannot be opened, or the system gives no thread.
pub(in crate::cli) fn json_to<W: Write>(
    journal: &Arc<Journal>,
    style: Style,
    sink: Sink,
    open: impl FnOnce() -> io::Result<W> + Send + 'static,
    ended: impl FnOnce(Ended) + Send + 'static,
) -> io::Result<(Drain, bool)> {
    let name = if sink == Sink::LogFile { "log-file" } else { "json" };
    let follower = journal.follow(if style.payload == Payload::None { Payloads::Cut } else { Payloads::Whole });
    let (opened, is_open) = sync_channel(1);
    let drain = Drain::spawn(name, sink, ended, move |control| {
        let out = match open() {
            Ok(out) => out,
            Err(error) => {
                // Whoever waits says it; when nobody does any more, the end of this thread is told.
                let _ = opened.try_send(Err(again(&error)));
                return Err(error);
            }
        };
        let _ = opened.try_send(Ok(()));
        let mut batch = Batch {
            lines: Lines::new(style),
            bytes: Vec::with_capacity(2 * BATCH),
            out: Counting::new(out, sink, control),
        };
        follow(follower, control, |row| batch.take(row))
    })?;
    match is_open.recv_timeout(OPENING) {
        Ok(result) => result.map(|()| (drain, false)),
        Err(_) => Ok((drain, true)),
    }
}

/// The same error once more.
fn again(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

/// Writes what peers send, as it came, to standard output.
///
/// # Errors
/// When the system gives no thread.
pub(in crate::cli) fn received(
    journal: &Arc<Journal>,
    ended: impl FnOnce(Ended) + Send + 'static,
) -> io::Result<Drain> {
    let follower = journal.follow(Payloads::Received);
    Drain::spawn("stdout", Sink::Data, ended, move |control| {
        let mut screen = Screen::onto(Counting::new(stdout(), Sink::Data, control));
        follow(follower, control, |row| match row {
            Some(row) if row.head.event == Event::Recv => screen.gather(row.payload),
            Some(_) => Ok(()),
            None => screen.flush(),
        })
    })
}

/// Lines that are written together.
struct Batch<W> {
    lines: Lines,
    bytes: Vec<u8>,
    out: W,
}

impl<W: Write> Batch<W> {
    fn take(&mut self, row: Option<&Row<'_>>) -> io::Result<()> {
        if let Some(row) = row {
            self.lines.add(row, &mut self.bytes)?;
        }
        if self.bytes.len() >= BATCH || row.is_none() && !self.bytes.is_empty() {
            self.out.write_all(&self.bytes)?;
            self.out.flush()?;
            self.bytes.clear();
        }
        Ok(())
    }
}

/// Hands each record to `write`, and `None` whenever there is none at the moment.
fn follow(
    mut follower: Follower,
    control: &Arc<Control>,
    mut write: impl FnMut(Option<&Row<'_>>) -> io::Result<()>,
) -> io::Result<()> {
    loop {
        // Read before the journal: what was written before the end was called is still taken.
        let last_round = control.is_to_finish();
        let mut next = None;
        if last_round || !follower.is_caught_up() {
            next = follower.read(Duration::ZERO);
        }
        if next.is_none() {
            write(None)?;
            if last_round {
                return Ok(());
            }
            next = follower.read(PATIENCE);
        }
        let Some(block) = next else { continue };
        for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
            write(Some(&row))?;
        }
        follower.advance(block.end());
    }
}
