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

/// The matches of the filter that is set now. Until the first of them are found, those of the one before stay: nothing
/// blinks while a person types.
#[derive(Debug, Default)]
pub(in crate::app) struct Matches {
    generation: u64,
    running: bool,
    /// Nothing of this generation was found yet.
    fresh: bool,
    list: Option<Vec<Seq>>,
    filter: Filter,
}

impl Matches {
    /// Begins anew with another filter; gives what to look for, which is nothing where the filter takes everything.
    pub(in crate::app) fn look_for(&mut self, filter: Filter) -> (u64, Option<Filter>) {
        let active = !filter.takes_all();
        let list = self.list.take().filter(|_| active);
        *self = Self { generation: self.generation + 1, running: active, fresh: active, list, filter: filter.clone() };
        (self.generation, active.then_some(filter))
    }

    /// Looks for the same from the beginning: older records than before are there.
    pub(in crate::app) fn look_again(&mut self) -> (u64, Option<Filter>) {
        self.look_for(self.filter.clone())
    }

    /// Lets go of what is older than `first`, the oldest record left; true when there is a filter.
    pub(in crate::app) fn evict(&mut self, first: Seq) -> bool {
        // They go when they are half of the list, so that each is moved once on average.
        if let Some(list) = &mut self.list {
            let gone = list.partition_point(|seq| *seq < first);
            if gone > 1024 && gone > list.len() / 2 {
                list.drain(..gone);
            }
        }
        self.list.is_some() || self.fresh
    }

    /// Takes a batch in, unless it belongs to an older filter.
    pub(in crate::app) fn take(&mut self, found: Found) {
        if found.generation == self.generation {
            if std::mem::take(&mut self.fresh) {
                self.list = Some(Vec::new());
            }
            self.list.get_or_insert_default().extend(found.matches);
            self.running = !found.caught_up;
        }
    }

    /// The matches, ascending, or `None` when there is no filter, or nothing was found with the first one yet.
    pub(in crate::app) fn list(&self) -> Option<&[Seq]> {
        self.list.as_deref()
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
        assert_eq!(matches.list(), None, "nothing of the second was looked at yet");
        matches.take(Found { generation: second, matches: (1..=4000).collect(), caught_up: true });
        assert!(!matches.is_running() && matches.evict(3001));
        assert_eq!(matches.list().map(|list| (list.len(), list[0])), Some((1000, 3001)));
        // The rows of the last filter stay until the first of the next are there, and go at once where there are none.
        let (third, _) = matches.look_for(Filter::parse(Kinds::All, "c").unwrap());
        assert!(matches.is_running() && matches.list().map(<[Seq]>::len) == Some(1000));
        matches.take(Found { generation: third, matches: Vec::new(), caught_up: true });
        assert_eq!(matches.list(), Some(&[][..]));
        let (_, wanted) = matches.look_for(Filter::default());
        assert!(wanted.is_none() && matches.list().is_none() && !matches.evict(1));
    }
}
