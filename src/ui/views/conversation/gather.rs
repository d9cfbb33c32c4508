//! The records of one connection, newest first out of the journal, oldest first out of here.

use crate::{
    journal::{Journal, Row, Seq},
    model::{Detail, Direction, Event, Health, Presence, SentFile},
    ui::views::shared::{chain, wording},
};

/// The most records of a connection that a conversation is made of.
pub(super) const MOST: usize = 4000;
/// Bytes of one record that are looked at: enough for what a bubble shows.
const HEAD: usize = 8 << 10;
/// One record as far as a conversation needs it.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) seq: Seq,
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
        if direction.is_some() {
            let head = row.payload.get(..HEAD).unwrap_or(row.payload).to_vec();
            let (sentence, meant, file) = Default::default();
            return Self { seq, nanos, event, direction, offset, length, head, sentence, meant, file };
        }
        let detail = row.detail();
        let meant = Meant::of(&detail);
        let file = detail.file.map(|file| (file, detail.total.unwrap_or_default()));
        let (head, sentence) = (Vec::new(), wording::short(row));
        Self { seq, nanos, event, direction, offset, length, head, sentence, meant, file }
    }
}

/// The records after `known` up to `last`, oldest first; true when none between is missing.
pub(super) fn newer(journal: &Journal, last: Seq, known: Seq) -> (Vec<Piece>, bool) {
    let mut pieces = Vec::new();
    let complete = chain::back(journal, last, known, MOST, |_, row| pieces.push(Piece::of(row)));
    pieces.reverse();
    (pieces, complete)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        journal::{Budget, Connection, Identity},
        model::{Answered, ConnectionId, Name, Names, SessionId, Side, SocketKind},
    };

    #[test]
    fn what_is_right_again_is_no_warning() {
        let journal = Journal::new(Budget::default());
        let names = Names { local: Name::parse("10.77.0.1:80"), peer: Name::parse("10.77.0.2:5000") };
        let identity = Identity {
            id: ConnectionId(1),
            session: SessionId(1),
            side: Side::Accepted,
            names,
            descriptor: None,
            socket: SocketKind::TCP4,
            recv_size: 0,
        };
        let connection = Connection::new(identity, Arc::clone(&journal));
        for health in [Health::NotReading, Health::Fine] {
            connection.fact(Event::Health, &Detail { health: Some(health), ..Detail::default() }, None);
        }
        for presence in [Presence::Lost, Presence::NoLink, Presence::Here] {
            connection.fact(Event::Address, &Detail { presence: Some(presence), ..Detail::default() }, None);
        }
        connection.fact(Event::Closed, &Detail::default(), None);
        let (pieces, complete) = newer(&journal, connection.last(), 0);
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
