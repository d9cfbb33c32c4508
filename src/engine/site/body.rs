//! What follows the head of an answer: bytes that are there, pieces of a file, or events as they happen.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Interval, interval},
};

use crate::journal::Connection;

/// Bytes read from a file at once: the fewest, as long as the other side has taken little, and the most.
const PIECES: (u64, u64) = (64 << 10, 256 << 10);
/// A line that means nothing is sent so often to whoever waits for events, so that a connection that is gone is found.
const STILL_HERE: Duration = Duration::from_secs(20);

/// The body of an answer.
#[derive(Debug)]
pub(in crate::engine) enum Body {
    Bytes(Option<Bytes>),
    Pieces(Box<Pieces>),
    Events(Box<Events>),
}

impl Body {
    pub(super) fn empty() -> Self {
        Self::Bytes(None)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

/// One part of a body made of several.
#[derive(Debug)]
pub(super) enum Piece {
    Bytes(Bytes),
    /// Of the file.
    Range(Range<u64>),
}

/// Bytes and parts of one file. What the system has in memory is read at once; what it has not, off the threads that wait
/// for sockets.
#[derive(Debug)]
pub(in crate::engine) struct Pieces {
    parts: VecDeque<Piece>,
    file: Option<Arc<File>>,
    reading: Option<JoinHandle<io::Result<Vec<u8>>>>,
    left: u64,
    taken: u64,
    used: Arc<Used>,
    _underway: Option<Underway>,
}

/// Buffers that were sent, to be filled again: fresh memory costs more than reading into it.
type Used = Mutex<Vec<Vec<u8>>>;

/// A buffer on its way, which comes back when it was sent.
struct Filled {
    buffer: Vec<u8>,
    length: usize,
    used: Arc<Used>,
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.used.lock().push(std::mem::take(&mut self.buffer));
    }
}

impl Pieces {
    pub(super) fn new(parts: VecDeque<Piece>, file: Option<Arc<File>>, underway: Option<Underway>) -> Self {
        let left = parts.iter().map(|part| match part {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Range(range) => range.end - range.start,
        });
        Self { left: left.sum(), taken: 0, parts, file, reading: None, used: Arc::default(), _underway: underway }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(reading) = &mut self.reading {
            let read = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            let read = read.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
            return Poll::Ready(Some(read.map(|buffer| {
                let length = buffer.len();
                self.take(buffer, length)
            })));
        }
        let Some(Piece::Range(range)) = self.parts.front() else {
            return Poll::Ready(match self.parts.pop_front() {
                Some(Piece::Bytes(bytes)) => {
                    self.left -= bytes.len() as u64;
                    Some(Ok(bytes))
                }
                _ => None,
            });
        };
        let Some(file) = self.file.clone() else { return Poll::Ready(None) };
        let start = range.start;
        // A crowd that takes nothing must not cost a large piece each.
        let piece = (self.taken / 4).clamp(PIECES.0, PIECES.1).min(range.end - start);
        let length = usize::try_from(piece).unwrap_or_default();
        let mut buffer = self.used.lock().pop().unwrap_or_default();
        buffer.resize(length, 0);
        if let Some(read) = at_once(&file, &mut buffer, start) {
            return Poll::Ready(Some(Ok(self.take(buffer, read))));
        }
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let mut file: &File = &file;
            // One body reads at a time, and each has the file for itself.
            file.seek(SeekFrom::Start(start))?;
            // A file that has become shorter is an error, because its length has been promised.
            file.read_exact(&mut buffer)?;
            Ok(buffer)
        }));
        self.poll(cx)
    }

    /// Counts what was read as sent.
    fn take(&mut self, buffer: Vec<u8>, length: usize) -> Bytes {
        if let Some(Piece::Range(range)) = self.parts.front_mut() {
            range.start += length as u64;
            if range.start >= range.end {
                self.parts.pop_front();
            }
        }
        self.left = self.left.saturating_sub(length as u64);
        self.taken = self.taken.saturating_add(length as u64);
        Bytes::from_owner(Filled { buffer, length, used: Arc::clone(&self.used) })
    }
}

/// Reads what the system need not fetch from a disk for; `None` when it would have to, or there is nothing.
#[cfg(target_os = "linux")]
fn at_once(file: &File, buffer: &mut [u8], start: u64) -> Option<usize> {
    use rustix::io::{ReadWriteFlags, preadv2};
    let mut parts = [io::IoSliceMut::new(buffer)];
    preadv2(file, &mut parts, start, ReadWriteFlags::NOWAIT).ok().filter(|read| *read > 0)
}

#[cfg(not(target_os = "linux"))]
fn at_once(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}

/// Server-sent events as they come.
#[derive(Debug)]
pub(in crate::engine) struct Events {
    first: Option<Bytes>,
    news: mpsc::Receiver<Bytes>,
    still_here: Interval,
}

impl Events {
    /// Begins with `first`, and ends when the sender is dropped.
    pub(super) fn new(first: Bytes, news: mpsc::Receiver<Bytes>) -> Self {
        Self { first: Some(first), news, still_here: interval(STILL_HERE) }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if let Poll::Ready(event) = self.news.poll_recv(cx) {
            return Poll::Ready(event.map(Ok));
        }
        ready!(self.still_here.poll_tick(cx));
        Poll::Ready(Some(Ok(Bytes::from_static(b":\n\n"))))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let next = match self.get_mut() {
            Self::Bytes(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Self::Pieces(pieces) => pieces.poll(cx),
            Self::Events(events) => events.poll(cx),
        };
        next.map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_none(),
            Self::Pieces(pieces) => pieces.left == 0 && pieces.reading.is_none(),
            Self::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Pieces(pieces) => SizeHint::with_exact(pieces.left),
            Self::Events(_) => SizeHint::default(),
        }
    }
}

/// Says on a connection what is under way over it, until it is dropped.
#[derive(Debug)]
pub(super) struct Underway(Arc<Connection>);

impl Underway {
    pub(super) fn begin(connection: &Arc<Connection>, exchange: crate::journal::Exchange) -> Self {
        connection.set_exchange(Some(exchange));
        Self(Arc::clone(connection))
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.set_exchange(None);
    }
}
