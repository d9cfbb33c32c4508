//! The record of a call: written for each system call that moved bytes, with as much of the payload as a person can look at.
//!
//! Knows how fast one direction of a connection is. Must not look into the bytes: that is the finder's, which gets them next.

use std::{io::IoSlice, sync::Arc, time::Instant};

use super::pictures::{Depth, Finder};
use crate::{
    journal::{Connection, Objects},
    model::{Direction, Event},
};

/// Bytes that one direction of a connection may bring before it counts as a flood …
const BURST: u64 = 16 << 20;
/// … and what it may bring every second from then on.
const PER_SECOND: u64 = 32 << 20;

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
    refilled: Option<Instant>,
}

impl Recorder {
    /// Records, and has the pictures in the bytes put into `objects`.
    pub(crate) fn new(objects: &Arc<Objects>) -> Self {
        Self { finder: Some(Finder::new(objects)), credit: BURST, refilled: None }
    }

    /// Records only: for bytes that wrap pictures in a framing of their own, or are searched elsewhere.
    pub(crate) fn blind() -> Self {
        Self { finder: None, credit: BURST, refilled: None }
    }

    /// Takes note of one system call that moved the first `length` bytes of `parts`.
    pub(crate) fn record(
        &mut self,
        connection: &Connection,
        direction: Direction,
        parts: &[IoSlice<'_>],
        length: usize,
    ) {
        // Many connections can be a flood together.
        let crowd = !connection.journal().afford(length as u64);
        let flood = !self.afford(length as u64) || crowd;
        let keep = connection.journal().keep(direction, length, flood);
        let record = connection.call(Event::moved(direction), parts, length, keep);
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
