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
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{Interval, interval},
};

use crate::journal::Connection;

/// Bytes read from a file at once.
const PIECE: u64 = 512 << 10;
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

/// Bytes and parts of one file, read ahead by one piece, off the threads that wait for sockets.
#[derive(Debug)]
pub(in crate::engine) struct Pieces {
    parts: VecDeque<Piece>,
    file: Option<Arc<File>>,
    reading: Option<JoinHandle<io::Result<Vec<u8>>>>,
    left: u64,
    _underway: Option<Underway>,
}

impl Pieces {
    pub(super) fn new(parts: VecDeque<Piece>, file: Option<Arc<File>>, underway: Option<Underway>) -> Self {
        let left = parts.iter().map(|part| match part {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Range(range) => range.end - range.start,
        });
        Self { left: left.sum(), parts, file, reading: None, _underway: underway }
    }

    /// Takes the next piece of the file off the list, if that is what comes next.
    fn next_range(&mut self) -> Option<Range<u64>> {
        let Some(Piece::Range(range)) = self.parts.front_mut() else { return None };
        let end = range.end.min(range.start + PIECE);
        let taken = range.start..end;
        range.start = end;
        if range.start == range.end {
            self.parts.pop_front();
        }
        Some(taken)
    }

    fn read_ahead(&mut self) {
        if let Some(file) = self.file.clone()
            && let Some(range) = self.next_range()
        {
            self.reading = Some(tokio::task::spawn_blocking(move || read(&file, range)));
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.reading.is_none() {
            self.read_ahead();
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(match self.parts.pop_front() {
                Some(Piece::Bytes(bytes)) => {
                    self.left -= bytes.len() as u64;
                    Some(Ok(bytes))
                }
                _ => None,
            });
        };
        let read = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        let piece = match read {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => return Poll::Ready(Some(Err(error))),
            Err(stopped) => return Poll::Ready(Some(Err(io::Error::other(stopped)))),
        };
        self.left = self.left.saturating_sub(piece.len() as u64);
        // The disk works while the socket takes this one.
        self.read_ahead();
        Poll::Ready(Some(Ok(piece.into())))
    }
}

/// Exactly the bytes of `range`; a file that has become shorter is an error, because its length has been promised.
fn read(file: &File, range: Range<u64>) -> io::Result<Vec<u8>> {
    let length = usize::try_from(range.end - range.start).unwrap_or_default();
    let mut piece = Vec::with_capacity(length);
    let mut file = file;
    // One body reads at a time, and each has the file for itself.
    file.seek(SeekFrom::Start(range.start))?;
    file.take(length as u64).read_to_end(&mut piece)?;
    if piece.len() == length { Ok(piece) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
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
