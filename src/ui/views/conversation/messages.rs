//! Records grouped into what a person calls a message, a picture, or a fact.
//!
//! One message is a run of records of one direction that follow each other within 50 ms; a record that filled the whole
//! receive size is continued by the next of its direction even when the answer to its first part came between. So is one
//! that ends within a character, however much later the rest of it comes.
//!
//! A picture is one message: the range of offsets that its object says, whatever came between its records. Every other
//! byte of a direction is in exactly one message of text or binary. Only a picture in the body of an HTTP message stands
//! beside the bytes, because chunks and packing may stand between.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    journal::{Object, Place, Seq, Span},
    model::{Direction, Encoding, Event, ObjectId, PictureEnding},
    ui::views::{
        conversation::gather::{Meant, Piece},
        shared::{reading, wording},
    },
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
    /// The record in which it was met first: items are in the order of these.
    at: Seq,
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

#[cfg(test)]
impl Message {
    /// The bytes that its text was made of.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }
}

#[derive(Debug)]
pub(super) enum Item {
    Fact { seq: Seq, nanos: u64, event: Event, meant: Meant, text: String },
    Message(Message),
}

impl Item {
    pub(super) fn seq(&self) -> Seq {
        match self {
            Self::Fact { seq, .. } => *seq,
            Self::Message(message) => message.at,
        }
    }
}

/// Pictures and what they are echoes of.
type Echoes = HashMap<ObjectId, Option<ObjectId>>;

/// What one direction is in the middle of.
#[derive(Debug, Default)]
struct Lane {
    /// The message that a further record may join.
    open: Option<usize>,
    /// Pictures that have not ended before what was seen last, each with its place, in order.
    pictures: VecDeque<(Span, Arc<Object>)>,
    /// The item of the first of them, once it has begun.
    begun: Option<usize>,
    /// Pictures within bodies, by the record that holds their last byte.
    bodies: VecDeque<Arc<Object>>,
}

/// Turns records into items, one after the other.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    pub(super) items: Vec<Item>,
    /// The first item that changed since it was last asked for.
    changed: usize,
    lanes: [Lane; 2],
    /// The first record of all.
    oldest: Seq,
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
            let lane = grouping.lane(object.content.direction);
            match object.content.place {
                Place::Stream(span) => lane.pictures.push_back((span, Arc::clone(object))),
                Place::Body { .. } => lane.bodies.push_back(Arc::clone(object)),
                Place::File => {}
            }
        }
        for lane in &mut grouping.lanes {
            lane.pictures.make_contiguous().sort_by_key(|(span, _)| span.start);
            lane.bodies.make_contiguous().sort_by_key(|object| object.content.last);
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
        if self.oldest == 0 {
            self.oldest = piece.seq;
        }
        self.traffic(piece);
        for direction in [Direction::Inbound, Direction::Outbound] {
            self.bodies(piece, direction);
        }
    }

    fn traffic(&mut self, piece: &Piece) {
        let Some(direction) = piece.direction else {
            // Of a picture there is a message already; and how much one call may take is nothing that anybody said.
            if !matches!(piece.event, Event::Picture | Event::RecvSize) {
                self.fact(piece);
            }
            return;
        };
        let (mut at, end) = (piece.offset, piece.offset + piece.length);
        if at == end {
            self.bytes(piece, direction, at, end);
        }
        while at < end {
            let next = match self.picture_from(direction, at) {
                Some((span, object)) if span.start <= at => {
                    // One that is still coming in has all that comes.
                    let until = if is_arriving(&object) { end } else { span.end.min(end) };
                    self.picture(piece, direction, span, &object);
                    until
                }
                Some((span, _)) if span.start < end => {
                    self.bytes(piece, direction, at, span.start);
                    span.start
                }
                _ => {
                    self.bytes(piece, direction, at, end);
                    end
                }
            };
            at = next;
        }
    }

    fn fact(&mut self, piece: &Piece) {
        for lane in &mut self.lanes {
            lane.open = None;
        }
        let Piece { seq, nanos, event, meant, .. } = *piece;
        self.items.push(Item::Fact { seq, nanos, event, meant, text: piece.sentence.clone() });
    }

    /// The first picture that does not end before the byte at `at`.
    fn picture_from(&mut self, direction: Direction, at: u64) -> Option<(Span, Arc<Object>)> {
        let lane = self.lane(direction);
        while lane.pictures.front().is_some_and(|(span, object)| span.end <= at && !is_arriving(object)) {
            lane.pictures.pop_front();
            lane.begun = None;
        }
        lane.pictures.front().cloned()
    }

    /// A record has bytes of this picture. What the message says of it, the object knows, also where older records are
    /// not there any more; only of one that is still coming in, the newest records know more.
    fn picture(&mut self, piece: &Piece, direction: Direction, span: Span, object: &Arc<Object>) {
        let at = if let Some(at) = self.lane(direction).begun {
            at
        } else {
            let body = self.picture_body(object);
            let mut message = self.message(piece, direction, body);
            (message.first, message.last) = (object.content.first, object.content.last);
            (message.start, message.end) = (span.began, span.ended);
            (message.bytes, message.calls) = (span.end - span.start, span.calls);
            let at = self.items.len();
            self.items.push(Item::Message(message));
            let lane = self.lane(direction);
            (lane.open, lane.begun) = (None, Some(at));
            at
        };
        if is_arriving(object)
            && let Some(Item::Message(message)) = self.items.get_mut(at)
        {
            message.bytes = message.bytes.max(piece.offset + piece.length - span.start);
            if piece.seq > message.last {
                message.calls += 1;
                (message.last, message.end) = (piece.seq, piece.nanos);
            }
        }
        self.changed = self.changed.min(at);
    }

    /// Pictures in the body of an HTTP message follow the record that brought the last of them.
    fn bodies(&mut self, piece: &Piece, direction: Direction) {
        while let Some(object) = self.lane(direction).bodies.pop_front_if(|object| object.content.last <= piece.seq) {
            if object.content.last < self.oldest {
                // It went by before all that is shown here.
                continue;
            }
            let body = self.picture_body(&object);
            let mut message = self.message(piece, direction, body);
            (message.first, message.bytes, message.calls) =
                (object.content.first, object.content.bytes.len() as u64, 0);
            self.lane(direction).open = None;
            self.items.push(Item::Message(message));
        }
    }

    fn picture_body(&self, object: &Arc<Object>) -> Body {
        match self.echoes.get(&object.id) {
            Some(Some(original)) => Body::Echo(*original),
            _ => Body::Picture(Arc::clone(object)),
        }
    }

    /// Bytes that are in no picture, from one offset to before another: they go on with the open message or begin one.
    fn bytes(&mut self, piece: &Piece, direction: Direction, start: u64, end: u64) {
        let within = |offset: u64| usize::try_from(offset - piece.offset).unwrap_or(usize::MAX).min(piece.head.len());
        let part = piece.head.get(within(start)..within(end)).unwrap_or_default();
        let length = end - start;
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
        // Behind bytes that are not shown nothing is added: what is shown has no gap.
        let whole = message.head.len() as u64 == message.bytes;
        let room = HEAD.saturating_sub(message.head.len());
        message.bytes += length;
        message.last = piece.seq;
        message.end = piece.nanos;
        message.last_length = piece.length;
        if whole {
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
            at: piece.seq,
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
