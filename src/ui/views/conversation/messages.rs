//! Records grouped into what a person calls a message, a picture, or a fact.
//!
//! By the rule of pauses one message is a run of records of one direction that follow each other within 50 ms; a record that
//! filled the whole receive size is continued by the next of its direction even when the answer to its first part came
//! between. So is one that ends within a character, however much later the rest of it comes. By the rule of lines a message
//! is a line; by the third rule each call is one.
//!
//! A picture is one message: the range of offsets that its object says, whatever came between its records. Every other
//! byte of a direction is in exactly one message of text or binary. Only a picture in the body of an HTTP message stands
//! beside the bytes, because chunks and packing may stand between.
//!
//! A transfer is one message as well. Of a file that goes out the records of its progress say where it begins and ends. What
//! comes in has no such records: bytes that are no text and come in large calls without a longer pause belong together
//! ([`Grouping::goes_on_as_bulk`]), by the rule of pauses and by that of lines.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use super::{
    gather::{Meant, Piece},
    look::{Look, Rule},
    message::{Body, File, Message, Reader},
};
use crate::{
    journal::{Object, Place, Seq, Span},
    model::{Direction, Encoding, Event, ObjectId, PictureEnding},
};

const TOGETHER: u64 = 50_000_000;
/// An answer that comes later than this is shown with its time of day.
const ANSWER: u64 = 200_000_000;
/// A call of so many bytes may be a part of a transfer.
const LARGE: u64 = 1 << 10;
/// A transfer begins with large calls that follow each other within this …
const BEGINS: u64 = 250_000_000;
/// … and once it counts as one, goes on after a pause of this, whatever was said the other way meanwhile.
const PAUSES: u64 = 1_000_000_000;
/// Lines that one call is divided into, at most; the last one has the rest.
const LINES: usize = 64;

#[derive(Debug)]
pub(super) enum Item {
    Fact {
        seq: Seq,
        nanos: u64,
        event: Event,
        meant: Meant,
        text: String,
    },
    /// Boxed: a message is several times as large as a fact.
    Message(Box<Message>),
}

/// Which item it is among all: several may begin in one record, each with another byte.
pub(super) type ItemPlace = (Seq, u64);

impl Item {
    pub(super) fn place(&self) -> ItemPlace {
        match self {
            Self::Fact { seq, .. } => (*seq, 0),
            Self::Message(message) => (message.at, message.from),
        }
    }

    pub(super) fn seq(&self) -> Seq {
        match self {
            Self::Fact { seq, .. } => *seq,
            Self::Message(message) => message.at,
        }
    }
}

/// Pictures and what they are echoes of.
pub(super) type Echoes = HashMap<ObjectId, Option<ObjectId>>;

/// What one direction is in the middle of.
#[derive(Debug, Default)]
struct Lane {
    /// The message that a further record may join.
    open: Option<usize>,
    /// A record of this direction was seen.
    seen: bool,
    /// Pictures that have not ended before what was seen last, each with its place, in order.
    pictures: VecDeque<(Span, Arc<Object>)>,
    /// The item of the first of them, once it has begun.
    begun: Option<usize>,
    /// The item of the file that goes out, and the offset of its first byte.
    file: Option<(usize, u64)>,
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
    pub(super) reader: Reader,
    pub(super) rule: Rule,
    recv_size: u64,
}

impl Grouping {
    pub(super) fn new(
        datagrams: bool,
        recv_size: usize,
        (encoding, look): (Encoding, Look),
        objects: &[Arc<Object>],
        echoes: Echoes,
    ) -> Self {
        let reader = Reader { encoding, ansi: look.ansi };
        let recv_size = recv_size as u64;
        let mut grouping = Self { datagrams, recv_size, reader, rule: look.rule, echoes, ..Self::default() };
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
            if piece.file.is_some() {
                self.file(piece);
            } else if !matches!(piece.event, Event::Picture | Event::RecvSize) {
                self.fact(piece);
            }
            return;
        };
        self.bytes_of(piece, direction);
        self.lane(direction).seen = true;
    }

    fn bytes_of(&mut self, piece: &Piece, direction: Direction) {
        if let Some((at, from)) = self.lane(direction).file
            && piece.offset >= from
        {
            self.of_file(piece, direction, (at, from));
            return;
        }
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
        // What this PC noticed does not end a transfer.
        let beside = matches!(piece.event, Event::Health | Event::Clock | Event::Address);
        for way in [Direction::Inbound, Direction::Outbound] {
            let open = self.lane(way).open.filter(|open| beside && self.is_bulk(*open));
            self.lane(way).open = open;
        }
        let Piece { seq, nanos, event, meant, .. } = *piece;
        self.items.push(Item::Fact { seq, nanos, event, meant, text: piece.sentence.clone() });
    }

    /// How far a file is that goes out.
    fn file(&mut self, piece: &Piece) {
        let Some((file, total)) = &piece.file else { return };
        let known = self.lane(Direction::Outbound).file.filter(|(at, from)| {
            let same = |item: &Item| {
                let Item::Message(message) = item else { return false };
                matches!(&message.body, Body::File(known) if known.transfer == file.transfer)
            };
            *from == file.from && self.items.get(*at).is_some_and(same)
        });
        let at = known.map_or(self.items.len(), |(at, _)| at);
        if known.is_none() {
            let body = File { transfer: file.transfer, name: file.name.clone(), ..File::default() };
            let mut message = self.message(piece, Direction::Outbound, file.from, Body::File(Box::new(body)));
            message.calls = 0;
            let picture = self.picture_from(Direction::Outbound, file.from).filter(|(span, _)| span.start == file.from);
            if let (Body::File(body), Some((_, object))) = (&mut message.body, picture) {
                body.picture = Some(object.id);
            }
            self.items.push(Item::Message(message));
            self.lane(Direction::Outbound).open = None;
        }
        self.lane(Direction::Outbound).file = Some((at, file.from)).filter(|_| !file.over);
        self.changed = self.changed.min(at);
        let Some(Item::Message(message)) = self.items.get_mut(at) else { return };
        message.end = piece.nanos;
        if let Body::File(body) = &mut message.body {
            (body.total, body.over) = (*total, file.over);
        }
    }

    /// A record has bytes of the file that goes out.
    fn of_file(&mut self, piece: &Piece, direction: Direction, (at, from): (usize, u64)) {
        // The pictures in it are passed.
        self.picture_from(direction, piece.offset + piece.length);
        self.changed = self.changed.min(at);
        let Some(Item::Message(message)) = self.items.get_mut(at) else { return };
        if message.calls == 0 {
            message.first = piece.seq;
        }
        message.calls += 1;
        message.take(&piece.head, piece.length, false);
        // Also where the records of its beginning are not there any more.
        message.bytes = message.bytes.max(piece.offset + piece.length - from);
        (message.last, message.end) = (piece.seq, piece.nanos);
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
            let mut message = self.message(piece, direction, span.start, body);
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
            // It has no place in the stream; far behind all that have, so that two are not mistaken for one.
            let mut message = self.message(piece, direction, u64::MAX - u64::from(object.id.0), body);
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

    /// Bytes that are in no picture, from one offset to before another: by the rule of lines, line by line.
    fn bytes(&mut self, piece: &Piece, direction: Direction, start: u64, end: u64) {
        let mut at = start;
        if self.rule == Rule::Line && !self.datagrams {
            let within =
                |offset: u64| usize::try_from(offset - piece.offset).unwrap_or(usize::MAX).min(piece.head.len());
            let part = piece.head.get(within(start)..within(end)).unwrap_or_default();
            let breaks = part.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at as u64 + 1);
            for after in breaks.take(LINES).filter(|after| start + after < end) {
                self.run(piece, direction, at, start + after);
                at = start + after;
            }
        }
        self.run(piece, direction, at, end);
    }

    /// They go on with the open message or begin one.
    fn run(&mut self, piece: &Piece, direction: Direction, start: u64, end: u64) {
        let within = |offset: u64| usize::try_from(offset - piece.offset).unwrap_or(usize::MAX).min(piece.head.len());
        let part = piece.head.get(within(start)..within(end)).unwrap_or_default();
        let open = self.lane(direction).open.filter(|open| self.joins(*open, piece, part));
        let index = open.unwrap_or(self.items.len());
        if open.is_none() {
            let mut message = self.message(piece, direction, start, Body::Bytes);
            // Records before the first that is there may have had bytes of it.
            message.begins_before = !self.lane(direction).seen && piece.offset > 0;
            self.items.push(Item::Message(message));
            self.lane(direction).open = Some(index).filter(|_| !self.datagrams);
        }
        self.changed = self.changed.min(index);
        let Some(Item::Message(message)) = self.items.get_mut(index) else { return };
        if open.is_some() {
            message.calls += 1;
        }
        message.take(part, end - start, open.is_some());
        message.last = piece.seq;
        message.end = piece.nanos;
        message.last_length = piece.length;
    }

    fn joins(&self, open: usize, piece: &Piece, part: &[u8]) -> bool {
        let Some(Item::Message(message)) = self.items.get(open) else { return false };
        let pause = piece.nanos.saturating_sub(message.end);
        let next = open + 1 == self.items.len();
        let goes_on = match self.rule {
            Rule::Never => return false,
            Rule::Line => !message.line_is_over,
            Rule::Pause => pause < TOGETHER && (next || self.recv_size > 0 && message.last_length >= self.recv_size),
        };
        goes_on || self.goes_on_as_bulk(message, piece, pause, next) || self.within_a_character(message, part)
    }

    /// A transfer goes on: large calls of what is no text, with short pauses.
    fn goes_on_as_bulk(&self, message: &Message, piece: &Piece, pause: u64, next: bool) -> bool {
        let large = piece.length >= LARGE;
        if message.is_bulk(self.reader) {
            return pause < if large { PAUSES } else { TOGETHER };
        }
        let begins = large && message.last_length >= LARGE && pause < BEGINS && next;
        begins && message.text(self.reader).is_none()
    }

    fn is_bulk(&self, item: usize) -> bool {
        matches!(self.items.get(item), Some(Item::Message(message)) if message.is_bulk(self.reader))
    }

    /// The rest of a character that the message ends with comes now.
    fn within_a_character(&self, message: &Message, part: &[u8]) -> bool {
        if !message.is_whole() || message.text(self.reader).is_none() {
            return false;
        }
        let open = self.reader.encoding.open_end(message.head(), Vec::new);
        self.reader.encoding.continues(&open, part)
    }

    fn message(&self, piece: &Piece, direction: Direction, from: u64, body: Body) -> Box<Message> {
        let mut message = Box::new(Message::new(piece.seq, piece.nanos, direction, from, body));
        message.after = match self.items.last() {
            Some(Item::Message(before)) if before.direction != direction => {
                Some(piece.nanos.saturating_sub(before.end)).filter(|nanos| *nanos < ANSWER)
            }
            _ => None,
        };
        message
    }
}

fn is_arriving(object: &Object) -> bool {
    object.content.picture.as_ref().is_some_and(|picture| picture.ending == PictureEnding::Arriving)
}

fn same(one: &Object, other: &Object) -> bool {
    one.content.direction != other.content.direction && one.content.bytes == other.content.bytes
}
