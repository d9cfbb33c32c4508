//! What was typed and not sent: one draft for each place that can be sent from.

use std::{collections::HashMap, path::PathBuf};

use super::mode::Mode;
use crate::model::Target;

/// What is typed and chosen in one place.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) mode: Mode,
    pub(super) text: String,
    pub(super) hex: String,
    pub(super) file: Option<PathBuf>,
    pub(super) picture: Option<PathBuf>,
    /// Whom it is for, with the name.
    pub(super) to: Option<(Target, String)>,
}

impl Draft {
    pub(super) fn set_file(&mut self, path: PathBuf, picture: bool) {
        if picture {
            (self.mode, self.picture) = (Mode::Picture, Some(path));
        } else {
            (self.mode, self.file) = (Mode::File, Some(path));
        }
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.hex.is_empty() && self.file.is_none() && self.picture.is_none()
    }

    /// Whom it goes to among `targets`: what was chosen, else the first; nobody where something is typed for one that has
    /// gone.
    pub(super) fn target(&mut self, targets: &[(Target, String)]) -> Option<Target> {
        let chosen = self.to.as_ref().map(|(target, _)| *target);
        let there = targets.iter().any(|(target, _)| Some(*target) == chosen);
        if !there && chosen.is_some() && !self.is_empty() {
            return None;
        }
        if !there {
            self.to = targets.first().cloned();
        }
        self.to.as_ref().map(|(target, _)| *target)
    }
}

/// The place that is shown, and the drafts of all others.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    place: Option<Target>,
    others: HashMap<Option<Target>, Draft>,
}

impl Drafts {
    /// What is shown now.
    pub(super) fn place(&self) -> Option<Target> {
        self.place
    }

    /// The draft of a place that is not shown; `None` for the one that is.
    pub(super) fn other(&mut self, place: Option<Target>) -> Option<&mut Draft> {
        (place != self.place).then(|| self.others.entry(place).or_default())
    }

    /// Puts `draft` aside for the place that was shown, and gives it what was typed in `place`; `None` when that is shown
    /// already. Gives back the drafts of places that are not `there` any more.
    pub(super) fn turn_to(
        &mut self,
        place: Option<Target>,
        draft: &mut Draft,
        there: impl Fn(Target) -> bool,
    ) -> Option<Vec<Draft>> {
        if place == self.place {
            return None;
        }
        let fresh = || Draft { mode: draft.mode, ..Draft::default() };
        let next = self.others.remove(&place).unwrap_or_else(fresh);
        let left = std::mem::replace(draft, next);
        let before = std::mem::replace(&mut self.place, place);
        if !left.is_empty() {
            self.others.insert(before, left);
        }
        Some(
            self.others.extract_if(|place, _| place.is_some_and(|place| !there(place))).map(|(_, left)| left).collect(),
        )
    }

    /// What was typed for `before` is now for `again`.
    pub(super) fn follow(&mut self, before: Target, again: Target, draft: &mut Draft) {
        if self.place == Some(before) {
            (self.place, draft.to) = (Some(again), None);
        } else if let Some(left) = self.others.remove(&Some(before)) {
            self.others.insert(Some(again), Draft { to: None, ..left });
        }
    }
}
