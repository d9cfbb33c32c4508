//! The pictures in the body of an HTTP message, which is searched without the framing that it came in.

use std::sync::Arc;

use super::{
    growing::{Growing, Location, object},
    marks::Marks,
};
use crate::{
    journal::{Connection, Objects, Place, Seq, Written},
    media::{Found, Scanner},
    model::{Direction, ObjectId, Picture},
};

/// Finds the pictures in one body that comes in over a connection.
#[derive(Debug)]
pub(crate) struct BodyFinder {
    objects: Arc<Objects>,
    connection: Arc<Connection>,
    scanner: Scanner,
    marks: Marks,
    growing: Growing,
    /// The record that brought the first bytes of the body.
    first: Option<Seq>,
    /// Bytes of the body so far.
    length: u64,
    /// The first picture, where it begins with the body, and how many there are in all.
    cover: Option<(ObjectId, Picture)>,
    pictures: usize,
}

impl BodyFinder {
    pub(crate) fn new(objects: &Arc<Objects>, connection: &Arc<Connection>) -> Self {
        Self {
            objects: Arc::clone(objects),
            connection: Arc::clone(connection),
            scanner: Scanner::new(),
            marks: Marks::default(),
            growing: Growing::default(),
            first: None,
            length: 0,
            cover: None,
            pictures: 0,
        }
    }

    /// Looks at the next bytes of the body; pictures are shown while they come in.
    pub(crate) fn look(&mut self, bytes: &[u8]) {
        let journal = self.connection.journal();
        let (seq, nanos, monotonic) = (self.connection.last_recv(), journal.now(), journal.monotonic());
        self.first.get_or_insert(seq);
        // Several pieces of a body may have come in one record.
        if self.marks.newest().is_none_or(|newest| newest.seq != seq) {
            self.marks.next(Written { seq, nanos, monotonic, offset: self.length }, self.scanner.is_busy());
        }
        self.length += bytes.len() as u64;
        let mut found = Vec::new();
        self.scanner.feed(bytes, &mut found);
        for found in found {
            self.found(found);
        }
        self.marks.forget(self.scanner.needs());
        let marks = &self.marks;
        self.growing
            .show(&self.scanner, &self.objects, &self.connection, monotonic, |start, end| within(marks, start, end));
    }

    /// Keeps what is left at the end of the body.
    pub(crate) fn finish(&mut self) {
        while let Some(found) = self.scanner.finish() {
            self.found(found);
        }
    }

    /// Puts the whole body into the store. One that is a single picture is kept once.
    pub(crate) fn keep_body(&mut self, bytes: Vec<u8>) -> ObjectId {
        let (shown, picture) = self.cover.take().filter(|_| self.pictures == 1).unzip();
        let last = self.connection.last_recv();
        let place = Place::Body { start: 0, end: self.length };
        let location = Location { direction: Direction::Inbound, first: self.first.unwrap_or(last), last, place };
        self.objects.grow(shown, object(&self.connection, location, picture, bytes))
    }

    fn found(&mut self, found: Found) {
        let begins = found.offset == 0;
        let location = within(&self.marks, found.offset, found.offset + found.bytes.len() as u64);
        let id = self.growing.keep(&self.objects, &self.connection, location, found);
        self.pictures += 1;
        if begins {
            let picture = self.objects.get(id).and_then(|object| object.content.picture.clone());
            self.cover = picture.map(|picture| (id, picture));
        }
    }
}

/// Where a piece of the body went by: in which records, and from where to where in the body itself.
fn within(marks: &Marks, start: u64, end: u64) -> Location {
    let (first, last, _) = marks.holding(start, end);
    Location { direction: Direction::Inbound, first, last, place: Place::Body { start, end } }
}
