//! A stretch of what went one way over a connection, taken out of the log as far as it is kept.

use std::{
    io::{self, Write},
    ops::Range,
};

use super::{Connection, Journal, Row, Seq};
use crate::model::{ConnectionId, Direction, Event};

/// Which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of which connection.
    pub connection: ConnectionId,
    /// Which way.
    pub direction: Direction,
    /// Counted from the first that ever went this way.
    pub bytes: Range<u64>,
    /// The first and the last record that has any of them.
    pub records: (Seq, Seq),
}

/// What was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Bytes that were written.
    pub written: u64,
    /// Bytes that belong to the part and are not kept: their record was evicted, or was cut in a flood.
    pub missing: u64,
}

impl Part {
    /// The bytes of one record; `None` for one that carries none.
    #[must_use]
    pub fn of(row: &Row<'_>) -> Option<Self> {
        let direction = row.head.event.direction()?;
        let bytes = row.offset..row.offset + u64::from(row.head.length);
        Some(Self { connection: row.head.connection, direction, bytes, records: (row.seq, row.seq) })
    }

    /// All that has gone one way so far.
    #[must_use]
    pub fn all(connection: &Connection, direction: Direction) -> Self {
        let bytes = match direction {
            Direction::Inbound => connection.received().0,
            Direction::Outbound => connection.sent().0,
        };
        Self { connection: connection.id(), direction, bytes: 0..bytes, records: (1, connection.last()) }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.bytes.end.saturating_sub(self.bytes.start)
    }
}

impl Journal {
    /// Writes the bytes of `part` that are kept, in order, without those that are not. Reads block by block and holds no lock
    /// while it writes.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write_part(&self, part: &Part, to: &mut dyn Write) -> io::Result<Kept> {
        let (first, last) = part.records;
        let event = Event::moved(part.direction);
        let mut written = 0;
        let mut next = first.max(1);
        'records: while next <= last {
            let Some(block) = self.block(next) else { break };
            for row in block.rows().filter(|row| row.seq >= next) {
                if row.seq > last {
                    break 'records;
                }
                if row.head.connection == part.connection && row.head.event == event {
                    let bytes = within(&row, &part.bytes);
                    to.write_all(bytes)?;
                    written += bytes.len() as u64;
                }
            }
            next = block.end().max(next + 1);
        }
        Ok(Kept { written, missing: part.length().saturating_sub(written) })
    }
}

/// The kept bytes of a record that are in a range of its stream.
fn within<'a>(row: &Row<'a>, range: &Range<u64>) -> &'a [u8] {
    let place =
        |offset: u64| usize::try_from(offset.saturating_sub(row.offset)).unwrap_or(usize::MAX).min(row.payload.len());
    row.payload.get(place(range.start)..place(range.end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{io::IoSlice, sync::Arc};

    use super::*;
    use crate::journal::{Budget, Identity};

    fn take(journal: &Journal, part: &Part) -> (Vec<u8>, Kept) {
        let mut bytes = Vec::new();
        let kept = journal.write_part(part, &mut bytes).unwrap();
        (bytes, kept)
    }

    #[test]
    fn a_part_is_what_went_one_way_over_one_connection() {
        let journal = Journal::new(Budget::default());
        let one = Connection::new(Identity::accepted(1), Arc::clone(&journal));
        let other = Connection::new(Identity::accepted(2), Arc::clone(&journal));
        let said = |connection: &Connection, event, bytes: &[u8]| {
            connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
        };
        let first = said(&one, Event::Recv, b"abc");
        said(&other, Event::Recv, b"xyz");
        said(&one, Event::Send, b"123");
        let last = said(&one, Event::Recv, b"def");
        let all = Part::all(&one, Direction::Inbound);
        assert_eq!(take(&journal, &all), (b"abcdef".to_vec(), Kept { written: 6, missing: 0 }));
        assert_eq!(take(&journal, &Part::all(&one, Direction::Outbound)).0, b"123");
        let middle = Part { bytes: 2..5, records: (first, last), ..all.clone() };
        assert_eq!(take(&journal, &middle).0, b"cde");
        let row = journal.with_row(last, |row| Part::of(&row)).unwrap().unwrap();
        assert_eq!((row.bytes.clone(), take(&journal, &row).0), (3..6, b"def".to_vec()));
    }

    #[test]
    fn what_was_evicted_or_cut_is_missing() {
        let journal = Journal::new(Budget { rows: 3000, ..Budget::default() });
        let connection = Connection::new(Identity::accepted(1), Arc::clone(&journal));
        for number in 0..20_000_u32 {
            connection.traffic(Event::Recv, &[IoSlice::new(&number.to_be_bytes())], 4, 4);
        }
        // In a flood only the beginning is kept.
        connection.traffic(Event::Recv, &[IoSlice::new(b"flood")], 5, 2);
        let (bytes, kept) = take(&journal, &Part::all(&connection, Direction::Inbound));
        assert!(bytes.ends_with(b"fl") && bytes.len() < 20_000, "{}", bytes.len());
        assert_eq!(kept.written, bytes.len() as u64);
        assert_eq!(kept.written + kept.missing, 80_005);
    }
}
