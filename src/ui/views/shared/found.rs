//! What was found in a text or in bytes that are drawn row by row: its places, and the first of them until it was shown.
//!
//! Looks for nothing: the caller gives the places.

use std::ops::Range;

/// Places in order, none within another.
#[derive(Debug, Default)]
pub(in crate::ui::views) struct Found {
    places: Vec<Range<usize>>,
    reveal: Option<usize>,
}

impl Found {
    /// Other places: the first of them is to be brought into view. The same ones again change nothing, wherever the person
    /// has scrolled to.
    pub(in crate::ui::views) fn set(&mut self, places: Vec<Range<usize>>) {
        if self.places != places {
            self.reveal = places.first().map(|range| range.start);
            self.places = places;
        }
    }

    /// What is to be brought into view, once.
    pub(in crate::ui::views) fn take_reveal(&mut self) -> Option<usize> {
        self.reveal.take()
    }

    /// Those that have something of a row.
    pub(in crate::ui::views) fn within(&self, row: Range<usize>) -> impl Iterator<Item = &Range<usize>> {
        let first = self.places.partition_point(|place| place.end <= row.start);
        self.places.iter().skip(first).take_while(move |place| place.start < row.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_in_every_row_that_it_reaches_and_is_revealed_once() {
        let mut found = Found::default();
        found.set(vec![4..6, 14..40]);
        assert_eq!(found.take_reveal(), Some(4));
        found.set(vec![4..6, 14..40]);
        assert_eq!(found.take_reveal(), None, "the same places do not take a person back");
        let counts = [0, 16, 32, 48].map(|start| found.within(start..start + 16).count());
        assert_eq!(counts, [2, 1, 1, 0]);
        found.set(Vec::new());
        assert_eq!(found.take_reveal(), None);
    }
}
