//! Picks the pictures out of the bytes that pass a tap, and puts them into the object store.
//!
//! A picture is a range of offsets in one direction of one stream; which records hold it follows from their offsets. In
//! datagrams each is a stream of its own, so a picture lies in exactly one of them.

mod aside;
mod body;
mod growing;
mod marks;
pub(crate) mod whole;

use std::{io::IoSlice, sync::Arc};

pub(crate) use body::BodyFinder;

use crate::{
    journal::{Connection, Objects, Place, Written},
    media::{Ending, Filling, Found, Scanner},
    model::Direction,
};
use aside::Asides;
use growing::{Growing, Location};
use marks::Marks;

/// Where a flood is still searched for the first bytes of a picture: at the start of each call's bytes.
const FLOOD_LOOK: usize = 512;

/// How much of a call's bytes is searched for the beginning of a picture. One that is coming in gets all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// All of them.
    All,
    /// The first [`FLOOD_LOOK`].
    Start,
    /// None.
    Nothing,
}

/// Finds the pictures in one direction of one connection.
#[derive(Debug)]
pub(crate) struct Finder {
    objects: Arc<Objects>,
    scanner: Scanner,
    direction: Direction,
    marks: Marks,
    asides: Asides,
    growing: Growing,
    /// Memory that was said to be taken by what is coming in.
    held: usize,
}

impl Finder {
    pub(crate) fn new(objects: &Arc<Objects>) -> Self {
        Self {
            objects: Arc::clone(objects),
            scanner: Scanner::new(),
            direction: Direction::Inbound,
            marks: Marks::default(),
            asides: Asides::default(),
            growing: Growing::default(),
            held: 0,
        }
    }

    /// Looks at the first `length` bytes of `parts`, which `record` is about.
    pub(crate) fn look(
        &mut self,
        connection: &Connection,
        direction: Direction,
        record: Written,
        parts: &[IoSlice<'_>],
        length: usize,
        depth: Depth,
    ) {
        if length == 0 {
            return;
        }
        self.direction = direction;
        if record.offset > self.scanner.offset() {
            // Bytes went by that were not shown here: what was coming in ends before them.
            self.finish(connection);
            self.scanner.skip(record.offset - self.scanner.offset());
        }
        self.marks.next(record, self.scanner.is_busy());
        let mut found = Vec::new();
        if !self.scanner.is_busy() {
            self.asides.over();
        } else if let Some(from) = self.asides.begins(record, self.scanner.filling(), parts, length) {
            self.asides.over();
            self.scanner.cut(from, &mut found);
        }
        let (mut left, mut look) = (
            length,
            match depth {
                Depth::All => length,
                Depth::Start => length.min(FLOOD_LOOK),
                Depth::Nothing => 0,
            },
        );
        for part in parts {
            let part: &[u8] = part;
            let bytes = part.get(..left).unwrap_or(part);
            let (head, tail) = bytes.split_at(look.min(bytes.len()));
            (left, look) = (left - bytes.len(), look - head.len());
            self.scanner.feed(head, &mut found);
            if self.scanner.is_busy() {
                self.scanner.feed(tail, &mut found);
            } else {
                self.scanner.skip(tail.len() as u64);
            }
        }
        for picture in found {
            self.keep(connection, picture);
        }
        if connection.is_datagram() {
            self.finish(connection);
            return;
        }
        self.marks.forget(self.scanner.needs());
        let (marks, now) = (&self.marks, record.monotonic);
        self.growing
            .show(&self.scanner, &self.objects, connection, now, |start, end| located(marks, direction, start, end));
        let held = if self.scanner.is_busy() { self.scanner.held() + self.marks.held() } else { 0 };
        if held != self.held {
            if self.objects.hold(self.held, held) {
                self.held = held;
            } else {
                // Many connections bring large pictures at once: this one is kept as far as it came.
                self.finish(connection);
            }
        }
    }

    /// The direction ended, or what was under way in it did: a picture that was coming in is kept as far as it came.
    pub(crate) fn finish(&mut self, connection: &Connection) {
        while let Some(picture) = self.scanner.finish() {
            self.keep(connection, picture);
        }
        self.scanner.begin();
        self.release();
    }

    fn keep(&mut self, connection: &Connection, mut found: Found) {
        if found.ending != Ending::Complete && found.filling == Filling::Packed {
            let begins = self.marks.begins(found.offset, found.offset + found.bytes.len() as u64);
            let within = begins.filter_map(|begin| usize::try_from(begin - found.offset).ok());
            if let Some(end) = aside::tail(&found.bytes, within) {
                found.bytes.truncate(end);
                found.ending = Ending::CutShort;
            }
        }
        let location = located(&self.marks, self.direction, found.offset, found.offset + found.bytes.len() as u64);
        self.growing.keep(&self.objects, connection, location, found);
    }

    fn release(&mut self) {
        let _ = self.objects.hold(self.held, 0);
        self.held = 0;
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.release();
    }
}

fn located(marks: &Marks, direction: Direction, start: u64, end: u64) -> Location {
    let (first, last, span) = marks.holding(start, end);
    Location { direction, first, last, place: Place::Stream(span) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::{Budget, Identity, Journal, Object},
        model::{ConnectionId, Event, Names, PictureEnding, SessionId, Side, SocketKind},
    };

    /// The beginning of a PNG of 4 × 4 pixels whose data never ends.
    const ENDLESS: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x04\0\0\0\x04\x08\x02\0\0\0\x26\x93\x09\x29\x7f\xff\xff\xffIDAT";

    struct Peer {
        connection: Arc<Connection>,
        finder: Finder,
    }

    impl Peer {
        fn new(number: u32, socket: SocketKind, journal: &Arc<Journal>, objects: &Arc<Objects>) -> Self {
            let identity = Identity {
                id: ConnectionId(number),
                session: SessionId(1),
                side: Side::Accepted,
                names: Names::default(),
                descriptor: None,
                socket,
                recv_size: 0,
            };
            Self { connection: Connection::new(identity, Arc::clone(journal)), finder: Finder::new(objects) }
        }

        /// One call, so many milliseconds after 1970.
        fn recv(&mut self, millis: u64, bytes: &[u8]) {
            let parts = [IoSlice::new(bytes)];
            let record = self.connection.call(Event::Recv, &parts, bytes.len(), bytes.len());
            let record = Written { monotonic: millis * 1_000_000, ..record };
            self.finder.look(&self.connection, Direction::Inbound, record, &parts, bytes.len(), Depth::All);
        }
    }

    fn span(object: &Object) -> (u64, u64, PictureEnding) {
        let (first, last) = object.content.place.ends().unwrap();
        (first, last, object.content.picture.as_ref().unwrap().ending)
    }

    #[test]
    fn pictures_that_come_in_together_stay_within_the_budget() {
        const BUDGET: usize = 1 << 20;
        let (objects, journal) = (Objects::new(BUDGET), Journal::new(Budget::default()));
        let mut peers: Vec<_> =
            (1..=20).map(|number| Peer::new(number, SocketKind::TCP4, &journal, &objects)).collect();
        for peer in &mut peers {
            peer.recv(1, ENDLESS);
            assert!(peer.finder.scanner.is_busy());
        }
        for _ in 0..40 {
            for peer in &mut peers {
                peer.recv(1, &[0; 10_000]);
            }
            let held: usize = peers.iter().map(|peer| peer.finder.scanner.held()).sum();
            assert!(held <= BUDGET, "{held}");
        }
        let (count, ..) = objects.stats();
        assert!(count > 0, "what was given up is there as far as it came");
        assert!(objects.newest(count).iter().all(|object| span(object).2 == PictureEnding::CutShort));
        drop(peers);
        assert!(objects.hold(0, BUDGET), "nothing is counted any more");
    }

    #[test]
    fn a_picture_that_was_given_up_ends_before_the_text() {
        let (objects, journal) = (Objects::new(1 << 20), Journal::new(Budget::default()));
        let mut peer = Peer::new(1, SocketKind::TCP4, &journal, &objects);
        let length = ENDLESS.len() as u64;
        peer.recv(1, b"look: R");
        peer.recv(2, ENDLESS);
        peer.recv(3, b"\0\x01\xff");
        peer.recv(1000, b"never mind\n");
        assert_eq!(
            objects.newest(9).iter().map(|object| span(object)).collect::<Vec<_>>(),
            [(7, 7 + length + 3 - 1, PictureEnding::CutShort)]
        );
        assert!(!peer.finder.scanner.is_busy());
        // Without a pause the next picture shows it.
        peer.recv(1001, ENDLESS);
        peer.recv(1002, b"or so");
        peer.recv(1003, b"?!");
        peer.recv(1004, ENDLESS);
        let second = objects.newest(1).first().map(|object| span(object)).unwrap();
        let start = 7 + length + 3 + 11;
        assert_eq!(second, (start, start + length - 1, PictureEnding::CutShort));
        peer.finder.finish(&peer.connection);
        assert_eq!(span(objects.newest(1).first().unwrap()).0, start + length + 7);
    }

    #[test]
    fn a_picture_lies_in_one_datagram() {
        let (objects, journal) = (Objects::new(1 << 20), Journal::new(Budget::default()));
        let mut peer = Peer::new(1, SocketKind::UDP4, &journal, &objects);
        for _ in 0..2 {
            peer.recv(1, ENDLESS);
            peer.recv(1, &[0; 100]);
            // A kind that only begins where something new does.
            peer.recv(1, b"P5 2 2 255\n\0\0\0\0");
            peer.recv(1, b"");
        }
        let found: Vec<_> = objects.newest(9).iter().rev().map(|object| span(object)).collect();
        let length = ENDLESS.len() as u64;
        let second = length + 100 + 15;
        let expected = [0, second].map(|start| {
            [
                (start, start + length - 1, PictureEnding::CutShort),
                (start + length + 100, start + length + 114, PictureEnding::Complete),
            ]
        });
        assert_eq!(found, expected.concat());
        assert!(objects.newest(9).iter().all(|object| object.content.first == object.content.last));
    }
}
