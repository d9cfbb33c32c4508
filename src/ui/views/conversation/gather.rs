//! The records of one connection, or of a listener's peers, newest first out of the journal, oldest first out of here.

use std::collections::BTreeSet;

use crate::{
    journal::{Journal, Row, Seq},
    model::{ConnectionId, Detail, Direction, Event, Health, Name, Presence, SentFile, SessionId},
    ui::views::shared::{chain, wording},
};

/// So many records a conversation is made of at first, and so many more each time a person reaches further back.
pub(super) const MOST: usize = 4000;
/// The most that a person can have by reaching back; what is before them is read in the journal.
pub(super) const REACH: usize = 32_000;
/// Bytes of their payloads that are held, at most.
pub(super) const BYTES: usize = 32 << 20;
/// Bytes of one record that are looked at: enough for what a bubble shows.
const HEAD: usize = 8 << 10;
/// One record as far as a conversation needs it.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) seq: Seq,
    pub(super) connection: ConnectionId,
    /// What the other end is called.
    pub(super) name: Name,
    pub(super) nanos: u64,
    pub(super) event: Event,
    pub(super) direction: Option<Direction>,
    /// Bytes that went the same way before it.
    pub(super) offset: u64,
    pub(super) length: u64,
    /// The first bytes of the payload.
    pub(super) head: Vec<u8>,
    /// What a lifecycle record says.
    pub(super) sentence: String,
    /// How that is meant.
    pub(super) meant: Meant,
    /// The file whose progress it tells, and how many bytes that has in all.
    pub(super) file: Option<(SentFile, u64)>,
}

/// How a lifecycle record is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Meant {
    /// As its event says.
    #[default]
    Plain,
    /// Something which was wrong is right again.
    Mends,
    /// An answer that is no success, or that broke off.
    Amiss,
}

impl Meant {
    fn of(detail: &Detail) -> Self {
        let broken = detail.http.is_some() && detail.total.is_some();
        if detail.health == Some(Health::Fine) || detail.presence == Some(Presence::Here) {
            Self::Mends
        } else if broken || detail.http.as_ref().is_some_and(|http| http.status >= 400) {
            Self::Amiss
        } else {
            Self::Plain
        }
    }
}

impl Piece {
    fn of(row: &Row<'_>) -> Self {
        let direction = row.head.event.direction();
        let (nanos, event, length) = (row.head.nanos, row.head.event, u64::from(row.head.length));
        let (seq, offset) = (row.seq, row.offset);
        let (connection, name) = (row.head.connection, row.names.peer.clone());
        let (mut head, mut sentence, mut meant, mut file) = Default::default();
        if direction.is_some() {
            head = row.payload.get(..HEAD).unwrap_or(row.payload).to_vec();
        } else {
            let detail = row.detail();
            meant = Meant::of(&detail);
            file = detail.file.map(|file| (file, detail.total.unwrap_or_default()));
            sentence = wording::short(row);
        }
        Self { seq, connection, name, nanos, event, direction, offset, length, head, sentence, meant, file }
    }
}

/// The records of a connection after `known` up to `last`, `most` at most, oldest first; true when none between is missing.
pub(super) fn newer(journal: &Journal, last: Seq, known: Seq, most: usize) -> (Vec<Piece>, bool) {
    let mut taken = Taken::default();
    let complete = chain::back(journal, last, known, most, |_, row| taken.take(row));
    let whole = taken.bytes <= BYTES;
    (taken.oldest_first(), complete && whole)
}

/// The same for a session; of its peers these alone, where there are some in `only`. Blocks of the journal without a record
/// of the session cost nothing but a look.
pub(super) fn of_session(
    journal: &Journal,
    (session, only): (SessionId, &BTreeSet<ConnectionId>),
    (last, known): (Seq, Seq),
    most: usize,
) -> (Vec<Piece>, bool) {
    let mut taken = Taken::default();
    let wanted = |row: &Row<'_>| {
        row.head.session == session
            && if only.is_empty() { row.head.connection.is_some() } else { only.contains(&row.head.connection) }
    };
    let mut end = last + 1;
    while end > known + 1 {
        let Some(block) = chain::holding(journal, end - 1, known) else { break };
        let from = block.first().max(known + 1);
        // What was before it is evicted: it is the oldest there is.
        if from >= end {
            break;
        }
        if block.count(session) > 0 {
            for row in (from..end).rev().filter_map(|seq| block.row(seq)).filter(wanted) {
                if taken.pieces.len() == most || taken.bytes > BYTES {
                    return (taken.oldest_first(), false);
                }
                taken.take(&row);
            }
        }
        end = from;
    }
    (taken.oldest_first(), true)
}

/// Records newest first, and the bytes they hold.
#[derive(Default)]
struct Taken {
    pieces: Vec<Piece>,
    bytes: usize,
}

impl Taken {
    /// Behind the bound nothing is taken any more.
    fn take(&mut self, row: &Row<'_>) {
        if self.bytes <= BYTES {
            let piece = Piece::of(row);
            self.bytes += piece.head.len();
            self.pieces.push(piece);
        }
    }

    fn oldest_first(mut self) -> Vec<Piece> {
        self.pieces.reverse();
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        journal::{Budget, Connection, Identity},
        model::Answered,
    };

    #[test]
    fn what_is_right_again_is_no_warning() {
        let journal = Journal::new(Budget::default());
        let connection = Connection::new(Identity::accepted(1), Arc::clone(&journal));
        for health in [Health::NotReading, Health::Fine] {
            connection.fact(Event::Health, &Detail { health: Some(health), ..Detail::default() }, None);
        }
        for presence in [Presence::Lost, Presence::NoLink, Presence::Here] {
            connection.fact(Event::Address, &Detail { presence: Some(presence), ..Detail::default() }, None);
        }
        connection.fact(Event::Closed, &Detail::default(), None);
        let (pieces, complete) = newer(&journal, connection.last(), 0, MOST);
        let meant: Vec<_> = pieces.iter().map(|piece| piece.meant).collect();
        assert!(complete);
        let (plain, mends) = (Meant::Plain, Meant::Mends);
        assert_eq!(meant, [plain, mends, plain, plain, mends, plain]);
    }

    #[test]
    fn an_answer_that_is_no_success_is_no_tick() {
        for (status, total, meant) in [
            (200, None, Meant::Plain),
            (304, None, Meant::Plain),
            (404, None, Meant::Amiss),
            (503, None, Meant::Amiss),
            (200, Some(9), Meant::Amiss),
        ] {
            let http = Some(Answered { status, ..Answered::default() });
            assert_eq!(Meant::of(&Detail { total, http, ..Detail::default() }), meant, "{status} {total:?}");
        }
    }
}
