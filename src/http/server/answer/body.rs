//! What follows the head of an answer: bytes that are there, pieces of a file, or what is made while it is sent.

use std::{
    collections::VecDeque,
    fmt,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, future::BoxFuture};
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;
use tokio::time::{Interval, interval};

use crate::http::server::shared::{disk::Disk, log::Underway};

/// Bytes read from a file at once: the fewest, as long as the other side has taken little, and the most.
const PIECES: (u64, u64) = (64 << 10, 256 << 10);
/// How often an SSE comment goes to whoever waits for events, so that a connection that is gone is found.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The body of an answer.
#[derive(Debug)]
pub struct Body(Kind);

#[derive(Debug)]
enum Kind {
    Bytes(Option<Bytes>),
    Pieces(Box<Pieces>),
    Streamed(Box<Streamed>),
}

impl Body {
    pub(in crate::http::server) fn empty() -> Self {
        Self(Kind::Bytes(None))
    }

    /// Bytes and parts of one file, in their order.
    pub(in crate::http::server) fn pieces(
        parts: VecDeque<Piece>,
        file: Option<Source>,
        underway: Option<Underway>,
    ) -> Self {
        Self(Kind::Pieces(Box::new(Pieces::new(parts, file, underway))))
    }

    /// Pieces as they come; where they are server-sent events, with comments in between.
    pub(in crate::http::server) fn stream(
        source: impl Stream<Item = Bytes> + Send + 'static,
        are_events: bool,
    ) -> Self {
        let keep_alive = are_events.then(|| interval(KEEP_ALIVE));
        Self(Kind::Streamed(Box::new(Streamed { source: Box::pin(source), keep_alive })))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty())))
    }
}

/// A file that could not be read to the end that was promised.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {error}")]
pub struct Unreadable {
    /// What was asked for.
    pub name: String,
    /// What the system says.
    pub error: io::Error,
}

/// A file that parts of an answer are in.
#[derive(Debug)]
pub(in crate::http::server) struct Source {
    pub file: Arc<File>,
    pub disk: Disk,
    /// What was asked for.
    pub name: String,
}

/// One part of a body made of several.
#[derive(Debug)]
pub(in crate::http::server) enum Piece {
    Bytes(Bytes),
    /// Of the file.
    Range(Range<u64>),
}

/// Bytes and parts of one file. What the system has in memory is read at once; what it has not, off the threads that wait
/// for sockets.
struct Pieces {
    parts: VecDeque<Piece>,
    file: Option<Source>,
    reading: Option<BoxFuture<'static, io::Result<Vec<u8>>>>,
    left: u64,
    taken: u64,
    used: Arc<Used>,
    _underway: Option<Underway>,
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("parts", &self.parts).field("left", &self.left).finish_non_exhaustive()
    }
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
    fn new(parts: VecDeque<Piece>, file: Option<Source>, underway: Option<Underway>) -> Self {
        let left = parts.iter().map(|part| match part {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Range(range) => range.end - range.start,
        });
        Self { left: left.sum(), taken: 0, parts, file, reading: None, used: Arc::default(), _underway: underway }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Unreadable>>> {
        if let Some(reading) = &mut self.reading {
            let read = ready!(reading.as_mut().poll(cx));
            self.reading = None;
            return Poll::Ready(Some(match read {
                Ok(buffer) => {
                    let length = buffer.len();
                    Ok(self.take(buffer, length))
                }
                Err(error) => {
                    let name = self.file.as_ref().map(|source| source.name.clone()).unwrap_or_default();
                    Err(Unreadable { name, error })
                }
            }));
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
        let Some(source) = &self.file else { return Poll::Ready(None) };
        let (file, disk) = (Arc::clone(&source.file), source.disk.clone());
        let start = range.start;
        // A crowd that takes nothing must not cost a large piece each.
        let piece = (self.taken / 4).clamp(PIECES.0, PIECES.1).min(range.end - start);
        let length = usize::try_from(piece).unwrap_or_default();
        let mut buffer = self.used.lock().pop().unwrap_or_default();
        buffer.resize(length, 0);
        if let Some(read) = at_once(&file, &mut buffer, start) {
            return Poll::Ready(Some(Ok(self.take(buffer, read))));
        }
        self.reading = Some(Box::pin(async move {
            let read = disk.run(move || {
                let mut file: &File = &file;
                // One body reads at a time, and each has the file for itself.
                file.seek(SeekFrom::Start(start))?;
                // A file that has become shorter is an error, because its length has been promised.
                file.read_exact(&mut buffer)?;
                Ok(buffer)
            });
            read.await?
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

/// What is made while it is sent.
struct Streamed {
    source: Pin<Box<dyn Stream<Item = Bytes> + Send>>,
    keep_alive: Option<Interval>,
}

impl fmt::Debug for Streamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streamed").finish_non_exhaustive()
    }
}

impl Streamed {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Unreadable>>> {
        if let Poll::Ready(event) = self.source.as_mut().poll_next(cx) {
            return Poll::Ready(event.map(Ok));
        }
        let Some(keep_alive) = &mut self.keep_alive else { return Poll::Pending };
        ready!(keep_alive.poll_tick(cx));
        Poll::Ready(Some(Ok(Bytes::from_static(b":\n\n"))))
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
        let next = match &mut self.get_mut().0 {
            Kind::Bytes(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Kind::Pieces(pieces) => pieces.poll(cx),
            Kind::Streamed(streamed) => streamed.poll(cx),
        };
        next.map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Bytes(bytes) => bytes.is_none(),
            Kind::Pieces(pieces) => pieces.left == 0 && pieces.reading.is_none(),
            Kind::Streamed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Kind::Pieces(pieces) => SizeHint::with_exact(pieces.left),
            Kind::Streamed(_) => SizeHint::default(),
        }
    }
}
