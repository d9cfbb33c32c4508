//! Looks at what passes a tap: writes the record, and picks pictures out of the bytes.

use std::{
    io::IoSlice,
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    journal::{Connection, NewObject, Objects, Seq},
    media::{Ending, Found, Scanner},
    model::{Direction, Event, ObjectId, Picture, PictureEnding},
};

/// Bytes that one direction of a connection may bring before it counts as a flood …
const BURST: u64 = 16 << 20;
/// … and what it may bring every second from then on.
const PER_SECOND: u64 = 32 << 20;
/// Where a flood is still searched for the first bytes of a picture: at the start of each call's bytes.
const FLOOD_LOOK: usize = 512;

/// One direction of one connection.
///
/// Payloads are kept whole and searched for pictures as long as the traffic is such that a person could look at it.
/// Beyond [`BURST`] bytes at more than [`PER_SECOND`], or while all connections together bring more than
/// [`Journal::afford`](crate::journal::Journal::afford) allows, only the start of each payload is kept and searched, so that a
/// flood costs the socket next to nothing (and in a flood of all together no new picture is begun); a reader that wants all payloads whole (`--json`) switches that off.
#[derive(Debug)]
pub(crate) struct Watch {
    pictures: Option<Arc<Objects>>,
    scanner: Scanner,
    /// The record in which the picture began that is coming in.
    began: Seq,
    /// What the scanner's bytes were said to take.
    held: usize,
    growing: Growing,
    credit: u64,
    refilled: Option<Instant>,
}

/// The picture that is coming in, as the store has it.
#[derive(Debug, Default)]
pub(crate) struct Growing(Option<Shown>);

#[derive(Debug)]
struct Shown {
    id: Option<ObjectId>,
    bytes: usize,
    at: Instant,
}

/// The least time between two looks at a picture that is coming in; in each, a part more of it is there as well.
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl Watch {
    /// Records, and picks pictures into `pictures`.
    pub(crate) fn new(pictures: &Arc<Objects>) -> Self {
        Self::with(Some(Arc::clone(pictures)))
    }

    /// Records only: for a direction that is not used, or whose bytes wrap pictures in a framing of their own.
    pub(crate) fn blind() -> Self {
        Self::with(None)
    }

    fn with(pictures: Option<Arc<Objects>>) -> Self {
        Self {
            pictures,
            scanner: Scanner::new(),
            began: 0,
            held: 0,
            growing: Growing::default(),
            credit: BURST,
            refilled: None,
        }
    }

    /// Takes note of one system call that moved the first `length` bytes of `parts`.
    pub(crate) fn see(
        &mut self,
        connection: &Arc<Connection>,
        event: Event,
        direction: Direction,
        parts: &[IoSlice<'_>],
        length: usize,
    ) {
        // Many connections can be a flood together.
        let crowd = !connection.journal().afford(length as u64);
        let flood = !self.afford(length as u64) || crowd;
        let keep = connection.journal().keep(direction, length, flood);
        let seq = connection.traffic(event, parts, length, keep);
        let Some(objects) = &self.pictures else { return };
        let mut found = Vec::new();
        let mut left = length;
        for part in parts {
            let part: &[u8] = part;
            let bytes = part.get(..left).unwrap_or(part);
            left -= bytes.len();
            if !self.scanner.is_busy() {
                self.began = seq;
            }
            let look = match (crowd, flood) {
                (true, _) => 0,
                (false, true) => bytes.len().min(FLOOD_LOOK),
                (false, false) => bytes.len(),
            };
            let (head, tail) = bytes.split_at(look);
            self.scanner.feed(head, &mut found);
            if self.scanner.is_busy() {
                self.scanner.feed(tail, &mut found);
            } else if !tail.is_empty() {
                self.scanner.skip(tail.len() as u64);
            }
        }
        for (index, picture) in found.into_iter().enumerate() {
            // Only the first can have begun in an earlier record.
            let first = if index == 0 { self.began } else { seq };
            self.began = seq;
            self.growing.keep(objects, connection, direction, first..=seq, picture);
        }
        self.growing.show(&self.scanner, objects, connection, direction, self.began..=seq);
        let held = self.scanner.held();
        if held != self.held {
            if objects.hold(self.held, held) {
                self.held = held;
            } else {
                // Many connections bring large pictures at once: this one is kept as far as it came.
                self.finish(connection);
            }
        }
    }

    /// The stream ended, or the watch ends: a picture that was coming in is kept as far as it came.
    pub(crate) fn finish(&mut self, connection: &Arc<Connection>) {
        let Some(objects) = &self.pictures else { return };
        while let Some(picture) = self.scanner.finish() {
            // Which way it went is what its first record says.
            let direction = connection.journal().with_row(self.began, |row| row.head.event.direction()).flatten();
            let records = self.began..=connection.last();
            self.growing.keep(objects, connection, direction.unwrap_or(Direction::Inbound), records, picture);
        }
        self.release();
    }

    fn release(&mut self) {
        if let Some(objects) = &self.pictures {
            let _ = objects.hold(self.held, 0);
        }
        self.held = 0;
    }

    fn afford(&mut self, bytes: u64) -> bool {
        if self.credit < bytes {
            let now = Instant::now();
            let since = self.refilled.map_or(0, |then| u64::try_from((now - then).as_millis()).unwrap_or(u64::MAX));
            self.credit = (self.credit + since.saturating_mul(PER_SECOND / 1000)).min(BURST);
            self.refilled = Some(now);
        }
        match self.credit.checked_sub(bytes) {
            Some(credit) => {
                self.credit = credit;
                true
            }
            None => false,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.release();
    }
}

impl Growing {
    /// Puts the picture that is coming in into the store as far as it is there: now and then, and never the same bytes
    /// more than a few times.
    pub(crate) fn show(
        &mut self,
        scanner: &Scanner,
        objects: &Objects,
        connection: &Connection,
        direction: Direction,
        records: RangeInclusive<Seq>,
    ) {
        let Some((arriving, bytes)) = scanner.arriving() else { return };
        let now = Instant::now();
        let shown = self.0.get_or_insert(Shown { id: None, bytes: 0, at: now });
        if now - shown.at < LOOK_EVERY || bytes.len() <= shown.bytes + shown.bytes / 8 {
            return;
        }
        let picture = Picture {
            format: arriving.format.name(),
            extension: arriving.format.extension(),
            width: arriving.width,
            height: arriving.height,
            ending: PictureEnding::Arriving,
        };
        let object = object(connection, direction, records, Some(picture), bytes.to_vec());
        shown.id = Some(objects.grow(shown.id, object));
        (shown.bytes, shown.at) = (arriving.received, now);
        connection.journal().nudge();
    }

    /// Keeps a picture as it is at its end, in the place of what was shown of it so far; gives its number.
    pub(crate) fn keep(
        &mut self,
        objects: &Objects,
        connection: &Connection,
        direction: Direction,
        records: RangeInclusive<Seq>,
        found: Found,
    ) -> ObjectId {
        let picture = Picture {
            format: found.format.name(),
            extension: found.format.extension(),
            width: found.width,
            height: found.height,
            ending: match found.ending {
                Ending::Complete => PictureEnding::Complete,
                Ending::CutShort => PictureEnding::CutShort,
                Ending::Broken => PictureEnding::Broken,
            },
        };
        let shown = self.0.take().and_then(|shown| shown.id);
        let id = objects.grow(shown, object(connection, direction, records, Some(picture), found.bytes));
        connection.journal().nudge();
        id
    }
}

/// What goes into the store for bytes that came over a connection.
pub(crate) fn object(
    connection: &Connection,
    direction: Direction,
    records: RangeInclusive<Seq>,
    picture: Option<Picture>,
    bytes: Vec<u8>,
) -> NewObject {
    let names = &connection.identity().names;
    let other = if names.peer.is_unnamed() { &names.local } else { &names.peer };
    NewObject {
        session: connection.identity().session,
        connection: connection.id(),
        direction,
        first: *records.start(),
        last: *records.end(),
        name: other.to_string(),
        picture,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::{Budget, Identity, Journal},
        model::{ConnectionId, Names, SessionId, Side},
    };

    /// The beginning of a PNG of 4 × 4 pixels whose data never ends.
    const ENDLESS: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x04\0\0\0\x04\x08\x02\0\0\0\x26\x93\x09\x29\x7f\xff\xff\xffIDAT";

    #[test]
    fn pictures_that_come_in_together_stay_within_the_budget() {
        const BUDGET: usize = 1 << 20;
        let objects = Objects::new(BUDGET);
        let journal = Journal::new(Budget::default());
        let watches = (1..=20).map(|number| {
            let identity = Identity {
                id: ConnectionId(number),
                session: SessionId(1),
                side: Side::Accepted,
                names: Names::default(),
                descriptor: None,
                socket: "",
                recv_size: 0,
            };
            (Connection::new(identity, Arc::clone(&journal)), Watch::new(&objects))
        });
        let mut watches: Vec<_> = watches.collect();
        let feed = |connection: &Arc<Connection>, watch: &mut Watch, bytes: &[u8]| {
            watch.see(connection, Event::Recv, Direction::Inbound, &[IoSlice::new(bytes)], bytes.len());
        };
        for (connection, watch) in &mut watches {
            feed(connection, watch, ENDLESS);
            assert!(watch.scanner.is_busy());
        }
        for _ in 0..40 {
            for (connection, watch) in &mut watches {
                feed(connection, watch, &[0; 10_000]);
            }
            let held: usize = watches.iter().map(|(_, watch)| watch.scanner.held()).sum();
            assert!(held <= BUDGET, "{held}");
        }
        let (count, ..) = objects.stats();
        assert!(count > 0, "what was given up is there as far as it came");
        assert!(objects.newest(count).iter().all(|object| {
            object.content.picture.as_ref().is_some_and(|picture| picture.ending == PictureEnding::CutShort)
        }));
        drop(watches);
        assert!(objects.hold(0, BUDGET), "nothing is counted any more");
    }
}
