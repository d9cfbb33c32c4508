//! The records of one connection, newest first out of the journal, oldest first out of here.

use super::super::{chain, wording};
use crate::{
    journal::{Journal, Row, Seq},
    model::{Direction, Event},
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
}

impl Piece {
    fn of(row: &Row<'_>) -> Self {
        let direction = row.head.event.direction();
        let (head, sentence) = match direction {
            Some(_) => (row.payload.get(..HEAD).unwrap_or(row.payload).to_vec(), String::new()),
            None => (Vec::new(), wording::short(row)),
        };
        let (nanos, event, length) = (row.head.nanos, row.head.event, u64::from(row.head.length));
        Self { seq: row.seq, nanos, event, direction, offset: row.offset, length, head, sentence }
    }
}

/// The records after `known` up to `last`, oldest first; true when none between is missing.
pub(super) fn newer(journal: &Journal, last: Seq, known: Seq) -> (Vec<Piece>, bool) {
    let mut pieces = Vec::new();
    let complete = chain::back(journal, last, known, MOST, |_, row| pieces.push(Piece::of(row)));
    pieces.reverse();
    (pieces, complete)
}
