//! The records of one connection, from the newest back to those that are known: each says which one was before it.

use std::sync::Arc;

use crate::journal::{Block, Journal, Row, Seq};

/// How far before a wanted record a block is asked for: the block still being filled is copied from there on, and one
/// copy should serve many records.
const AHEAD: Seq = 256;

/// Hands out the records from `last` back to the first after `known`, `most` at most, each with the block it is in. True
/// when none is left out between them.
pub(in crate::ui::views) fn back(
    journal: &Journal,
    last: Seq,
    known: Seq,
    most: usize,
    mut take: impl FnMut(&Arc<Block>, &Row<'_>),
) -> bool {
    let mut wanted = Some(last).filter(|last| *last > known);
    let mut block: Option<Arc<Block>> = None;
    let mut left = most;
    while let Some(seq) = wanted {
        if block.as_ref().is_none_or(|block| block.row(seq).is_none()) {
            block = holding(journal, seq, known);
        }
        let found = block.as_ref().and_then(|block| Some((block, block.row(seq)?)));
        let Some((holder, row)) = found.filter(|_| left > 0) else { return false };
        take(holder, &row);
        left -= 1;
        wanted = row.previous().filter(|previous| *previous > known);
    }
    true
}

/// A block with `seq` in it, and with as many records before it as are had for the same price.
pub(in crate::ui::views) fn holding(journal: &Journal, seq: Seq, known: Seq) -> Option<Arc<Block>> {
    let mut from = seq.saturating_sub(AHEAD).max(known + 1).min(seq);
    loop {
        let block = journal.block(from)?;
        if block.end() > seq {
            return Some(block);
        }
        from = block.end();
    }
}
