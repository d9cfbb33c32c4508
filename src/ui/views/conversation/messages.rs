//! Records grouped into what a person calls a message, a picture, or a fact.
//!
//! One message is a run of records of one direction that follow each other within 50 ms; a record that filled the whole
//! receive size is continued by the next of its direction even when the answer to its first part came between. So is one
//! that ends within a character, however much later the rest of it comes. A picture
//! is one message whatever came between its records. Bytes before and after it in the same records are messages of
//! their own.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use memchr::memmem;

use super::{
    super::{reading, wording},
    gather::Piece,
};
use crate::{
    journal::{Object, Seq},
    model::{Direction, Encoding, Event, ObjectId, PictureEnding},
};

const TOGETHER: u64 = 50_000_000;
/// An answer that comes later than this is shown with its time of day.
const ANSWER: u64 = 200_000_000;
/// Bytes of a message that are looked at.
const HEAD: usize = 8 << 10;
/// Characters of a text that a bubble shows.
pub(super) const SHOWN: usize = 2000;

/// What a message is shown as.
#[derive(Debug)]
pub(super) enum Body {
    /// Text, harmless and at most [`SHOWN`] characters; true when there is more.
    Text(String, bool),
    /// Bytes that are no text: the first of them in hex.
    Binary(String),
    /// A picture.
    Picture(Arc<Object>),
    /// The same picture as one that came the other way.
    Echo(ObjectId),
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) first: Seq,
    pub(super) last: Seq,
    pub(super) direction: Direction,
    pub(super) calls: u32,
    pub(super) bytes: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    /// How long after the message before it, when it answers that one.
    pub(super) after: Option<u64>,
    pub(super) body: Body,
    head: Vec<u8>,
    last_length: u64,
}

#[derive(Debug)]
pub(super) enum Item {
    Fact { seq: Seq, nanos: u64, event: Event, text: String },
    Message(Message),
}

impl Item {
    pub(super) fn seq(&self) -> Seq {
        match self {
            Self::Fact { seq, .. } => *seq,
            Self::Message(message) => message.first,
        }
    }
}

#[derive(Debug)]
struct Running {
    at: usize,
    object: Arc<Object>,
    left: u64,
}

/// Pictures and what they are echoes of.
type Echoes = HashMap<ObjectId, Option<ObjectId>>;

/// What one direction is in the middle of.
#[derive(Debug, Default)]
struct Lane {
    /// The message that a further record may join.
    open: Option<usize>,
    picture: Option<Running>,
    coming: VecDeque<Arc<Object>>,
}

/// Turns records into items, one after the other.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    pub(super) items: Vec<Item>,
    /// The first item that changed since it was last asked for.
    changed: usize,
    lanes: [Lane; 2],
    /// Which picture each picture is the echo of, if it is one; found once, because bytes are compared.
    echoes: Echoes,
    /// Records are datagrams, each a message of its own.
    datagrams: bool,
    pub(super) encoding: Encoding,
    recv_size: u64,
}

impl Grouping {
    pub(super) fn new(
        datagrams: bool,
        recv_size: usize,
        encoding: Encoding,
        objects: &[Arc<Object>],
        echoes: Echoes,
    ) -> Self {
        let mut grouping = Self { datagrams, recv_size: recv_size as u64, encoding, echoes, ..Self::default() };
        let mut sorted: Vec<_> = objects.iter().filter(|object| object.content.picture.is_some()).collect();
        sorted.sort_by_key(|object| (object.content.first, object.id));
        for (index, object) in sorted.iter().enumerate() {
            grouping.echoes.entry(object.id).or_insert_with(|| {
                let earlier = sorted.iter().take(index).rev().take(32).find(|other| same(other, object));
                earlier.map(|original| original.id)
            });
            grouping.lane(object.content.direction).coming.push_back(Arc::clone(object));
        }
        grouping
    }

    /// What was found out about echoes, for the next grouping.
    pub(super) fn take_echoes(&mut self) -> Echoes {
        std::mem::take(&mut self.echoes)
    }

    fn lane(&mut self, direction: Direction) -> &mut Lane {
        let [inbound, outbound] = &mut self.lanes;
        match direction {
            Direction::Inbound => inbound,
            Direction::Outbound => outbound,
        }
    }

    /// The first item that is new or different since the last call.
    pub(super) fn take_changed(&mut self) -> usize {
        std::mem::replace(&mut self.changed, self.items.len())
    }

    pub(super) fn add(&mut self, piece: &Piece) {
        // How much one call may take is nothing that anybody said, and comes in the middle of what somebody says.
        if piece.event == Event::RecvSize {
            return;
        }
        let Some(direction) = piece.direction else {
            for lane in &mut self.lanes {
                lane.open = None;
            }
            let Piece { seq, nanos, event, .. } = *piece;
            self.items.push(Item::Fact { seq, nanos, event, text: piece.sentence.clone() });
            return;
        };
        self.lane(direction).coming.retain(|object| object.content.last >= piece.seq);
        let mut at = 0;
        loop {
            let left = piece.length.saturating_sub(at);
            if let Some(running) = self.lane(direction).picture.take() {
                at += self.go_on(running, piece, direction, left);
            } else if let Some(begin) = self.next_picture(piece, direction, at) {
                if begin > at {
                    self.bytes(piece, direction, at, begin - at);
                }
                at = begin;
                self.start_picture(piece, direction);
            } else {
                if left > 0 || at == 0 {
                    self.bytes(piece, direction, at, left);
                }
                return;
            }
            if at >= piece.length {
                return;
            }
        }
    }

    /// Where in this record the next picture begins.
    fn next_picture(&mut self, piece: &Piece, direction: Direction, at: u64) -> Option<u64> {
        let object = self.lane(direction).coming.front()?;
        if object.content.first > piece.seq {
            return None;
        }
        let needle = object.content.bytes.get(..16).unwrap_or(&object.content.bytes);
        let rest = usize::try_from(at).ok().and_then(|at| piece.head.get(at..)).unwrap_or_default();
        let found = if object.content.first < piece.seq { None } else { memmem::find(rest, needle) };
        Some(at + found.unwrap_or(0) as u64)
    }

    fn start_picture(&mut self, piece: &Piece, direction: Direction) {
        let Some(object) = self.lane(direction).coming.pop_front() else { return };
        // One whose beginning is not there any more goes to the end of its last record, and one that is still coming in
        // has all that comes.
        let whole = object.content.first == piece.seq && !is_arriving(&object);
        let left = if whole { object.content.bytes.len() as u64 } else { u64::MAX };
        let body = match self.echoes.get(&object.id) {
            Some(Some(original)) => Body::Echo(*original),
            _ => Body::Picture(Arc::clone(&object)),
        };
        let at = self.items.len();
        let mut message = self.message(piece, direction, body);
        message.calls = 0;
        self.items.push(Item::Message(message));
        let lane = self.lane(direction);
        lane.open = None;
        lane.picture = Some(Running { at, object, left });
    }

    /// Gives a record's bytes to the picture that runs; how many it took.
    fn go_on(&mut self, mut running: Running, piece: &Piece, direction: Direction, left: u64) -> u64 {
        let taken = left.min(running.left);
        running.left -= taken;
        if let Some(Item::Message(message)) = self.items.get_mut(running.at) {
            message.calls += 1;
            message.bytes += taken;
            message.last = piece.seq;
            message.end = piece.nanos;
        }
        self.changed = self.changed.min(running.at);
        if running.left > 0 && (piece.seq < running.object.content.last || is_arriving(&running.object)) {
            self.lane(direction).picture = Some(running);
        }
        taken
    }

    /// Bytes that are in no picture: they go on with the open message or begin one.
    fn bytes(&mut self, piece: &Piece, direction: Direction, at: u64, length: u64) {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(piece.head.len());
        let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(piece.head.len());
        let part = piece.head.get(from..to).unwrap_or_default();
        let open = self.lane(direction).open.filter(|open| self.joins(*open, piece, part));
        let index = open.unwrap_or(self.items.len());
        if open.is_none() {
            let message = self.message(piece, direction, Body::Text(String::new(), false));
            self.items.push(Item::Message(message));
            self.lane(direction).open = Some(index).filter(|_| !self.datagrams);
        }
        self.changed = self.changed.min(index);
        let encoding = self.encoding;
        let Some(Item::Message(message)) = self.items.get_mut(index) else { return };
        if open.is_some() {
            message.calls += 1;
        }
        message.bytes += length;
        message.last = piece.seq;
        message.end = piece.nanos;
        message.last_length = piece.length;
        let room = HEAD.saturating_sub(message.head.len());
        if room > 0 || message.bytes == length {
            message.head.extend_from_slice(part.get(..room).unwrap_or(part));
            message.body = body(encoding, &message.head, message.bytes);
        }
    }

    fn joins(&self, open: usize, piece: &Piece, part: &[u8]) -> bool {
        let Some(Item::Message(message)) = self.items.get(open) else { return false };
        let near = piece.nanos.saturating_sub(message.end) < TOGETHER;
        let next = open + 1 == self.items.len();
        let goes_on = near && (next || self.recv_size > 0 && message.last_length >= self.recv_size);
        goes_on || self.within_a_character(message, part)
    }

    /// The rest of a character that the message ends with comes now.
    fn within_a_character(&self, message: &Message, part: &[u8]) -> bool {
        let whole = message.head.len() as u64 == message.bytes;
        if !whole || !matches!(message.body, Body::Text(..)) {
            return false;
        }
        let open = self.encoding.open_end(&message.head, Vec::new);
        self.encoding.continues(&open, part)
    }

    fn message(&self, piece: &Piece, direction: Direction, body: Body) -> Message {
        let after = match self.items.last() {
            Some(Item::Message(before)) if before.direction != direction => {
                Some(piece.nanos.saturating_sub(before.end)).filter(|nanos| *nanos < ANSWER)
            }
            _ => None,
        };
        Message {
            first: piece.seq,
            last: piece.seq,
            direction,
            calls: 1,
            bytes: 0,
            start: piece.nanos,
            end: piece.nanos,
            after,
            body,
            head: Vec::new(),
            last_length: 0,
        }
    }
}

fn body(encoding: Encoding, head: &[u8], bytes: u64) -> Body {
    if reading::is_text(encoding, head) {
        let text = reading::lines(encoding, &[], head, SHOWN);
        let more = bytes > head.len() as u64 || text.chars().count() >= SHOWN;
        return Body::Text(text.trim_end_matches('\n').to_owned(), more);
    }
    Body::Binary(wording::hex(head.get(..64).unwrap_or(head)))
}

fn is_arriving(object: &Object) -> bool {
    object.content.picture.as_ref().is_some_and(|picture| picture.ending == PictureEnding::Arriving)
}

fn same(one: &Object, other: &Object) -> bool {
    one.content.direction != other.content.direction && one.content.bytes == other.content.bytes
}
