//! One message of a conversation: which bytes it is, and what they read as. Read once, where it is shown, and again when more
//! of it came.

use std::{cell::OnceCell, sync::Arc};

use crate::{
    journal::{Object, Part, Seq},
    model::{ConnectionId, Direction, Encoding, ObjectId, TransferId},
    ui::views::shared::{
        guess,
        marks::{Ansi, Bytes, Marked},
    },
};

/// Bytes of a message that are looked at.
pub(super) const HEAD: usize = 8 << 10;
/// Characters of a text that a bubble shows.
pub(super) const SHOWN: usize = 2000;
/// From so many bytes on, what is no text is a transfer: one card instead of bubbles.
pub(super) const BULK: u64 = 64 << 10;

/// What a message is shown as.
#[derive(Debug)]
pub(super) enum Body {
    /// Its bytes, as text or hex.
    Bytes,
    /// A picture.
    Picture(Arc<Object>),
    /// The same picture as one that came the other way.
    Echo(ObjectId),
    /// A file that was sent.
    File(Box<File>),
}

/// A file on its way out, or gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct File {
    pub(super) transfer: TransferId,
    pub(super) name: String,
    pub(super) total: u64,
    pub(super) over: bool,
    /// The picture that it is.
    pub(super) picture: Option<ObjectId>,
}

/// A file that was saved on this PC.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Saved {
    pub(super) name: String,
    pub(super) transfer: TransferId,
}

/// As what bytes are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reader {
    pub(super) encoding: Encoding,
    pub(super) ansi: Ansi,
}

#[derive(Debug)]
pub(super) struct Message {
    /// The record in which it was met first: items are in the order of these.
    pub(super) at: Seq,
    pub(super) first: Seq,
    pub(super) last: Seq,
    pub(super) direction: Direction,
    /// How many bytes went the same way before it.
    pub(super) from: u64,
    pub(super) calls: u32,
    pub(super) bytes: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    /// How long after the message before it, when it answers that one.
    pub(super) after: Option<u64>,
    pub(super) body: Body,
    /// The file that it was saved as.
    pub(super) saved: Option<Box<Saved>>,
    head: Vec<u8>,
    /// Where in `head` calls after the first begin.
    bounds: Vec<u32>,
    pub(super) last_length: u64,
    /// It may have begun in records that are not there any more.
    pub(super) begins_before: bool,
    /// Its last byte ends a line.
    pub(super) line_is_over: bool,
    read: OnceCell<Option<Marked>>,
    guess: OnceCell<Option<Encoding>>,
}

impl Message {
    /// A message that has no bytes yet.
    pub(super) fn new(seq: Seq, nanos: u64, direction: Direction, from: u64, body: Body) -> Self {
        Self {
            at: seq,
            first: seq,
            last: seq,
            direction,
            from,
            calls: 1,
            bytes: 0,
            start: nanos,
            end: nanos,
            after: None,
            body,
            saved: None,
            head: Vec::new(),
            bounds: Vec::new(),
            last_length: 0,
            begins_before: false,
            line_is_over: false,
            read: OnceCell::new(),
            guess: OnceCell::new(),
        }
    }

    /// The first bytes of it.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Where in [`Self::head`] calls after the first begin.
    pub(super) fn bounds(&self) -> &[u32] {
        &self.bounds
    }

    /// All of its bytes are in [`Self::head`].
    pub(super) fn is_whole(&self) -> bool {
        self.head.len() as u64 == self.bytes
    }

    /// Takes `length` more bytes, of which `part` are there; `bound`: they came with a call of their own.
    pub(super) fn take(&mut self, part: &[u8], length: u64, bound: bool) {
        // Behind bytes that are not shown nothing is added: what is shown has no gap.
        if self.is_whole() && self.head.len() < HEAD {
            if bound && let Ok(at) = u32::try_from(self.head.len()) {
                self.bounds.push(at);
            }
            let room = HEAD - self.head.len();
            self.head.extend_from_slice(part.get(..room).unwrap_or(part));
            (self.read, self.guess) = (OnceCell::new(), OnceCell::new());
        }
        self.bytes += length;
        let all = part.len() as u64 == length;
        self.line_is_over = all && part.last().map_or(self.line_is_over, |byte| *byte == b'\n');
    }

    /// Its text; `None` for what is none.
    pub(super) fn text(&self, reader: Reader) -> Option<&Marked> {
        let bytes = Bytes { kept: &self.head, bounds: &self.bounds, whole: self.is_whole() };
        self.read.get_or_init(|| bytes.read(reader.encoding, reader.ansi, SHOWN)).as_ref()
    }

    /// The encoding that its bytes look like, where they are not in the one that was chosen.
    pub(super) fn looks_like(&self, reader: Reader) -> Option<Encoding> {
        *self.guess.get_or_init(|| guess::encoding(&self.head, reader.encoding, self.is_whole()))
    }

    /// So much that is no text: a transfer, shown as a card.
    pub(super) fn is_bulk(&self, reader: Reader) -> bool {
        matches!(self.body, Body::Bytes) && self.bytes >= BULK && self.text(reader).is_none()
    }

    /// Where its bytes are in the journal; `None` for what stands beside the stream.
    pub(super) fn part(&self, connection: ConnectionId) -> Option<Part> {
        let bytes = self.from..self.from + self.bytes;
        let records = (self.first, self.last);
        (self.calls > 0).then_some(Part { connection, direction: self.direction, bytes, records })
    }
}
