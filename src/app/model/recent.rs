//! What a person opened last: paths and URLs, the newest first.

use serde::{Deserialize, Serialize};

/// How many are kept.
const MOST: usize = 10;
/// Characters of one.
const LONGEST: usize = 1000;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::app) struct Recent(Vec<String>);

impl Recent {
    /// Puts one at the front; the oldest goes when there are too many.
    pub(in crate::app) fn add(&mut self, what: &str) {
        self.0.retain(|known| known != what);
        self.0.insert(0, what.to_owned());
        self.put_right();
    }

    /// Takes all out.
    pub(in crate::app) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes out what a file may hold and we would not keep.
    pub(in crate::app) fn put_right(&mut self) {
        self.0.retain(|known| !known.is_empty() && known.chars().count() <= LONGEST);
        self.0.truncate(MOST);
    }

    /// The newest first.
    pub(in crate::app) fn list(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_first_once_and_the_list_is_bounded() {
        let mut recent = Recent::default();
        for number in 0..MOST + 5 {
            recent.add(&number.to_string());
        }
        recent.add("9");
        recent.add(&"x".repeat(LONGEST + 1));
        assert_eq!(recent.list().len(), MOST);
        assert_eq!(recent.list()[..3], ["9", "14", "13"]);
    }
}
