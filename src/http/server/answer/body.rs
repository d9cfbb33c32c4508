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

use crate::{
    http::server::shared::{budget::Held, disk::Disk, log::Underway, page_cache},
    model::Reason,
};

/// Bytes read from a file at once: the fewest, as long as the other side has taken little, and the most.
const PIECES: (u64, u64) = (64 << 10, 256 << 10);
/// The same while others that read slowly hold all the room there is for such pieces.
const CROWDED: u64 = 4 << 10;
/// The most that the system is asked to send of a file in one call.
const SENT_AT_ONCE: u64 = 2 << 20;
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

/// What comes next of a body.
#[derive(Debug)]
pub(in crate::http::server) enum Next {
    Bytes(Bytes),
    /// Bytes of a file that the system has in its memory, not yet read.
    File(FilePart),
}

/// A part of a file, at least one byte.
#[derive(Debug)]
pub(in crate::http::server) struct FilePart {
    pub file: Arc<File>,
    pub at: u64,
    pub length: usize,
    /// What was asked for.
    pub name: Arc<str>,
}

impl Body {
    /// What comes next; with `files`, parts of files where the system can send them.
    pub(in crate::http::server) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        files: bool,
    ) -> Poll<Option<Result<Next, Unreadable>>> {
        if let Kind::Pieces(pieces) = &mut self.0
            && files
            && let Some(part) = pieces.part()
        {
            return Poll::Ready(Some(Ok(Next::File(part))));
        }
        let next = match &mut self.0 {
            Kind::Bytes(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Kind::Pieces(pieces) => pieces.poll(cx),
            Kind::Streamed(streamed) => streamed.poll(cx),
        };
        next.map(|next| next.map(|bytes| bytes.map(Next::Bytes)))
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

impl Unreadable {
    /// A file that has become shorter than it was when its length was promised.
    pub(in crate::http::server) fn shrank(name: &str) -> Self {
        let error = io::Error::new(io::ErrorKind::UnexpectedEof, Reason::FileShrank);
        Self { name: name.to_owned(), error }
    }
}

/// A file that parts of an answer are in.
#[derive(Debug)]
pub(in crate::http::server) struct Source {
    pub file: Arc<File>,
    /// On a drive of this machine, so that the system may be let read it by itself.
    pub is_local: bool,
    pub disk: Disk,
    /// What was asked for.
    pub name: Arc<str>,
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
    reading: Option<BoxFuture<'static, io::Result<Buffer>>>,
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
type Used = Mutex<Vec<Buffer>>;

/// Bytes, and the room that is taken for them.
struct Buffer {
    bytes: Vec<u8>,
    room: Held,
}

/// A buffer on its way, which comes back when it was sent.
struct Filled {
    buffer: Option<Buffer>,
    length: usize,
    used: Arc<Used>,
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        self.buffer.as_ref().and_then(|buffer| buffer.bytes.get(..self.length)).unwrap_or_default()
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.used.lock().extend(self.buffer.take());
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
                    let length = buffer.bytes.len();
                    Ok(self.take(buffer, length))
                }
                Err(error) => {
                    let name = self.file.as_ref().map(|source| source.name.to_string()).unwrap_or_default();
                    Err(if error.kind() == io::ErrorKind::UnexpectedEof {
                        Unreadable::shrank(&name)
                    } else {
                        Unreadable { name, error }
                    })
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
        let used = self.used.lock().pop();
        let mut buffer = used.unwrap_or_else(|| Buffer { bytes: Vec::new(), room: disk.buffer() });
        let more = length.saturating_sub(buffer.room.bytes());
        let length = if more == 0 || buffer.room.grow(more) {
            length
        } else {
            buffer.room.bytes().max(usize::try_from(CROWDED).unwrap_or_default()).min(length)
        };
        buffer.bytes.resize(length, 0);
        if let Some(read) = page_cache::read(&file, &mut buffer.bytes, start) {
            return Poll::Ready(Some(Ok(self.take(buffer, read))));
        }
        self.reading = Some(Box::pin(async move {
            let read = disk.run(move || {
                let mut file: &File = &file;
                // One body reads at a time, and each has the file for itself.
                file.seek(SeekFrom::Start(start))?;
                // A file that has become shorter is an error, because its length has been promised.
                file.read_exact(&mut buffer.bytes)?;
                Ok(buffer)
            });
            read.await?
        }));
        self.poll(cx)
    }

    /// Counts bytes of the part in front as sent.
    fn advance(&mut self, length: usize) {
        if let Some(Piece::Range(range)) = self.parts.front_mut() {
            range.start += length as u64;
            if range.start >= range.end {
                self.parts.pop_front();
            }
        }
        self.left = self.left.saturating_sub(length as u64);
        self.taken = self.taken.saturating_add(length as u64);
    }

    /// The next part of the file, where the system can send it without waiting for a disk.
    fn part(&mut self) -> Option<FilePart> {
        let (Some(Piece::Range(range)), None) = (self.parts.front(), &self.reading) else { return None };
        let source = self.file.as_ref().filter(|source| source.is_local)?;
        let (at, length) = (range.start, (range.end - range.start).min(SENT_AT_ONCE));
        if !page_cache::holds(&source.file, at, length) {
            return None;
        }
        let length = usize::try_from(length).ok()?;
        let part = FilePart { file: Arc::clone(&source.file), at, length, name: Arc::clone(&source.name) };
        self.advance(length);
        Some(part)
    }

    /// Counts what was read as sent.
    fn take(&mut self, buffer: Buffer, length: usize) -> Bytes {
        self.advance(length);
        Bytes::from_owner(Filled { buffer: Some(buffer), length, used: Arc::clone(&self.used) })
    }
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
        Poll::Ready(match ready!(self.get_mut().poll_next(cx, false)) {
            Some(Ok(Next::Bytes(bytes))) => Some(Ok(Frame::data(bytes))),
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(Next::File(_))) | None => None,
        })
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use http_body_util::BodyExt;

    use super::*;
    use crate::{
        http::server::shared::budget::{Budget, Use},
        memory::{Memory, Part},
    };

    #[tokio::test]
    async fn a_crowd_that_reads_slowly_holds_no_more_than_its_room_and_goes_on_in_small_pieces() {
        let sent: Vec<u8> = (0..1_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&sent).unwrap();
        let file = Arc::new(file);
        let budget = Budget::all(Memory::new(8 << 20).share(Part::Sites))(Use::Sending);
        let disk = Disk::new(Duration::from_secs(20), budget.clone());
        let body = || {
            let source = Source { file: Arc::clone(&file), is_local: false, disk: disk.clone(), name: "x".into() };
            Body::pieces(std::iter::once(Piece::Range(0..sent.len() as u64)).collect(), Some(source), None)
        };
        let mut crowd: Vec<_> = (0..100).map(|_| body()).collect();
        let mut unread = Vec::new();
        for body in &mut crowd {
            unread.push(body.frame().await.unwrap().unwrap().into_data().unwrap());
            assert!(budget.used() <= budget.limit());
        }
        assert_eq!((unread[0].len(), unread[99].len()), (64 << 10, 4 << 10));
        // Whoever comes later gets all of it.
        let mut whole = unread.pop().unwrap().to_vec();
        whole.extend_from_slice(&crowd.pop().unwrap().collect().await.unwrap().to_bytes());
        assert!(whole == sent);
        drop((crowd, unread));
        assert_eq!(budget.used(), 0);
    }
}
