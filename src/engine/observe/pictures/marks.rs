//! Which records hold which bytes of a stream, as far back as a picture that is going by may need them.

use std::collections::VecDeque;

use crate::journal::{Seq, Span, Written};

/// The newest records of a stream, each with the place of its first byte. Only the newest one takes no heap.
#[derive(Debug, Default)]
pub(super) struct Marks {
    older: VecDeque<Written>,
    newest: Option<Written>,
}

impl Marks {
    /// Takes the next record. Those before it stay only while they are `needed`.
    pub(super) fn next(&mut self, record: Written, needed: bool) {
        match self.newest.replace(record) {
            Some(before) if needed => self.older.push_back(before),
            _ if self.older.capacity() > 1024 => self.older = VecDeque::new(),
            _ => self.older.clear(),
        }
    }

    /// Lets go of the records that hold no byte from `offset` on.
    pub(super) fn forget(&mut self, offset: u64) {
        while self.older.get(1).or(self.newest.as_ref()).is_some_and(|next| next.offset <= offset) {
            if self.older.pop_front().is_none() {
                return;
            }
        }
    }

    /// The records that hold the bytes from `start` to before `end`: the first, the last, and when they were written.
    pub(super) fn holding(&self, start: u64, end: u64) -> (Seq, Seq, Span) {
        let (from, to) = (self.index(start), self.index(end.saturating_sub(1).max(start)));
        let seq = |at| self.get(at).map_or(0, |record| record.seq);
        let nanos = |at| self.get(at).map_or(0, |record| record.nanos);
        let calls = u32::try_from(to - from + 1).unwrap_or(u32::MAX);
        (seq(from), seq(to), Span { start, end, calls, began: nanos(from), ended: nanos(to) })
    }

    /// Where records begin within the bytes from `start` to before `end`, the last one first.
    pub(super) fn begins(&self, start: u64, end: u64) -> impl Iterator<Item = u64> {
        let all = self.newest.iter().chain(self.older.iter().rev());
        all.map(|record| record.offset)
            .skip_while(move |offset| *offset >= end)
            .take_while(move |offset| *offset > start)
    }

    /// The newest record.
    pub(super) fn newest(&self) -> Option<Written> {
        self.newest
    }

    /// Memory that it takes.
    pub(super) fn held(&self) -> usize {
        self.older.capacity() * size_of::<Written>()
    }

    fn get(&self, at: usize) -> Option<&Written> {
        self.older.get(at).or(self.newest.as_ref())
    }

    /// Which record holds the byte at `offset`.
    fn index(&self, offset: u64) -> usize {
        if self.newest.is_some_and(|newest| newest.offset <= offset) {
            return self.older.len();
        }
        self.older.partition_point(|record| record.offset <= offset).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_traced_to_their_records() {
        let mut marks = Marks::default();
        for number in 0..10 {
            marks.next(Written { seq: 100 + 2 * number, nanos: number, monotonic: 0, offset: 10 * number }, true);
        }
        let span = |start, end, calls, began, ended| Span { start, end, calls, began, ended };
        assert_eq!(marks.holding(0, 10), (100, 100, span(0, 10, 1, 0, 0)));
        assert_eq!(marks.holding(9, 11), (100, 102, span(9, 11, 2, 0, 1)));
        assert_eq!(marks.holding(35, 95), (106, 118, span(35, 95, 7, 3, 9)));
        assert_eq!(marks.begins(35, 61).collect::<Vec<_>>(), [60, 50, 40]);
        marks.forget(39);
        assert_eq!(marks.holding(35, 95), (106, 118, span(35, 95, 7, 3, 9)));
        assert_eq!(marks.older.len(), 6);
        marks.forget(1000);
        assert_eq!((marks.older.len(), marks.holding(91, 92).0), (0, 118));
    }
}
