//! The record of a call: written for each system call that moved bytes, with as much of the payload as a person can look at.
//!
//! Knows how fast one direction of a connection is. Must not look into the bytes: that is the finder's, which gets them next.

use std::{io::IoSlice, sync::Arc, time::Instant};

use super::pictures::{Depth, Finder};
use crate::{
    journal::{Connection, Interest, Journal, Objects},
    model::{Direction, Event},
};

/// Bytes that one direction of a connection may bring before it counts as a flood …
const BURST: u64 = 16 << 20;
/// … and what it may bring every second from then on.
const PER_SECOND: u64 = 32 << 20;

/// What is taken at once, at least, from the credit of all connections.
const AT_ONCE: u64 = 1024;

/// One direction of one connection.
///
/// Payloads are kept whole and searched for pictures as long as the traffic is such that a person could look at it.
/// Beyond [`BURST`] bytes at more than [`PER_SECOND`], or while all connections together bring more than
/// [`Journal::afford`](crate::journal::Journal::afford) allows, only the start of each payload is kept and searched, so that a
/// flood costs the socket next to nothing (and in a flood of all together no new picture is begun); a reader that wants all payloads whole (`--json`) switches that off.
#[derive(Debug)]
pub(crate) struct Recorder {
    finder: Option<Finder>,
    credit: u64,
    /// Taken from the credit of all connections, and not used yet.
    taken: u64,
    refilled: Option<Instant>,
}

impl Recorder {
    /// Records, and has the pictures in the bytes put into `objects`.
    pub(crate) fn new(objects: &Arc<Objects>) -> Self {
        Self { finder: Some(Finder::new(objects)), credit: BURST, taken: 0, refilled: None }
    }

    /// Records only: for bytes that wrap pictures in a framing of their own, or are searched elsewhere.
    pub(crate) fn blind() -> Self {
        Self { finder: None, credit: BURST, taken: 0, refilled: None }
    }

    /// Takes note of one system call that moved the first `length` bytes of `parts`.
    pub(crate) fn record(
        &mut self,
        connection: &Connection,
        direction: Direction,
        parts: &[IoSlice<'_>],
        length: usize,
    ) {
        let (journal, event) = (connection.journal(), Event::moved(direction));
        match journal.interest(Some(direction)) {
            Interest::Nobody => {
                connection.call(event, parts, length, 0);
                return;
            }
            // Nobody would be told of a picture.
            Interest::Bytes => {
                connection.call(event, parts, length, length);
                return;
            }
            Interest::Somebody => {}
        }
        // Many connections can be a flood together.
        let crowd = !self.afford_together(journal, length as u64);
        let flood = !self.afford(length as u64) || crowd;
        let keep = journal.keep(direction, length, flood);
        let record = connection.call(event, parts, length, keep);
        if let Some(finder) = &mut self.finder {
            let depth = match (crowd, flood) {
                (true, _) => Depth::Nothing,
                (false, true) => Depth::Start,
                (false, false) => Depth::All,
            };
            finder.look(connection, direction, record, parts, length, depth);
        }
    }

    /// The direction ended, or what was under way in it did: a picture that was going by is kept as far as it went.
    pub(crate) fn finish(&mut self, connection: &Connection) {
        if let Some(finder) = &mut self.finder {
            finder.finish(connection);
        }
    }

    /// Takes from what all connections may bring together; a little more at once, so that small messages of many seldom
    /// meet there.
    fn afford_together(&mut self, journal: &Journal, bytes: u64) -> bool {
        if self.taken < bytes {
            let more = bytes.max(AT_ONCE);
            if !journal.afford(more) {
                return false;
            }
            self.taken += more;
        }
        self.taken -= bytes;
        true
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
