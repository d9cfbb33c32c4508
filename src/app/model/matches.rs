//! The records that a filter takes, as far as they are found.

use crate::journal::{Filter, Seq};

/// A batch of matches.
#[derive(Debug)]
pub(in crate::app) struct Found {
    /// Of the filter it was looked for with.
    pub(in crate::app) generation: u64,
    /// Ascending.
    pub(in crate::app) matches: Vec<Seq>,
    /// True when the end of the journal was reached with this batch.
    pub(in crate::app) caught_up: bool,
}

/// The matches of the filter that is set now.
#[derive(Debug, Default)]
pub(in crate::app) struct Matches {
    generation: u64,
    active: bool,
    running: bool,
    list: Vec<Seq>,
}

impl Matches {
    /// Begins anew with another filter; gives what to look for, which is nothing where the filter takes everything.
    pub(in crate::app) fn look_for(&mut self, filter: Filter) -> (u64, Option<Filter>) {
        let active = !filter.takes_all();
        *self = Self { generation: self.generation + 1, active, running: active, list: Vec::new() };
        (self.generation, active.then_some(filter))
    }

    /// Lets go of what is older than `first`, the oldest record left; true when there is a filter.
    pub(in crate::app) fn evict(&mut self, first: Seq) -> bool {
        // They go when they are half of the list, so that each is moved once on average.
        let gone = self.list.partition_point(|seq| *seq < first);
        if gone > 1024 && gone > self.list.len() / 2 {
            self.list.drain(..gone);
        }
        self.active
    }

    /// Takes a batch in, unless it belongs to an older filter.
    pub(in crate::app) fn take(&mut self, found: Found) {
        if found.generation == self.generation {
            self.list.extend(found.matches);
            self.running = !found.caught_up;
        }
    }

    /// The matches, ascending, or `None` when there is no filter.
    pub(in crate::app) fn list(&self) -> Option<&[Seq]> {
        self.active.then_some(self.list.as_slice())
    }

    /// True while older records have not been looked at.
    pub(in crate::app) fn is_running(&self) -> bool {
        self.running
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Kinds;

    #[test]
    fn matches_of_an_older_filter_are_not_taken_and_old_ones_go() {
        let mut matches = Matches::default();
        let (first, wanted) = matches.look_for(Filter::parse(Kinds::All, "a").unwrap());
        assert!(wanted.is_some() && matches.is_running());
        let (second, _) = matches.look_for(Filter::parse(Kinds::All, "b").unwrap());
        matches.take(Found { generation: first, matches: vec![1, 2], caught_up: true });
        assert_eq!(matches.list(), Some(&[][..]));
        matches.take(Found { generation: second, matches: (1..=4000).collect(), caught_up: true });
        assert!(!matches.is_running() && matches.evict(3001));
        assert_eq!(matches.list().map(|list| (list.len(), list[0])), Some((1000, 3001)));
        let (_, wanted) = matches.look_for(Filter::default());
        assert!(wanted.is_none() && matches.list().is_none() && !matches.evict(1));
    }
}
