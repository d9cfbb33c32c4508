//! What was typed and not sent: one draft for each place that can be sent from.

use std::{collections::HashMap, path::PathBuf};

use super::{
    addressee::{Reach, To},
    mode::Mode,
};
use crate::{
    model::{ConnectionId, Target},
    ui::action::Selection,
};

/// What is typed and chosen in one place.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) mode: Mode,
    pub(super) text: String,
    pub(super) hex: String,
    pub(super) file: Option<PathBuf>,
    pub(super) picture: Option<PathBuf>,
    /// Whom it is for.
    pub(super) to: To,
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

    /// Whom it goes to, as far as they can be reached from here.
    pub(super) fn target(&mut self, reach: Reach<'_>) -> Option<Target> {
        let empty = self.is_empty();
        self.to.target(reach, empty)
    }
}

/// The place that is shown, and the drafts of all others.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    place: Selection,
    others: HashMap<Selection, Draft>,
}

impl Drafts {
    /// What is shown now.
    pub(super) fn place(&self) -> Selection {
        self.place
    }

    /// The draft of a place that is not shown; `None` for the one that is.
    pub(super) fn other(&mut self, place: Selection) -> Option<&mut Draft> {
        (place != self.place).then(|| self.others.entry(place).or_default())
    }

    /// Puts `draft` aside for the place that was shown, and gives it what was typed in `place`; `None` when that is shown
    /// already. Gives back the drafts of places that are not `there` any more.
    pub(super) fn turn_to(
        &mut self,
        place: Selection,
        draft: &mut Draft,
        there: impl Fn(Selection) -> bool,
    ) -> Option<Vec<Draft>> {
        if place == self.place {
            return None;
        }
        let fresh = || Draft { mode: draft.mode, ..Draft::default() };
        let next = self.others.remove(&place).unwrap_or_else(fresh);
        let left = std::mem::replace(draft, next);
        let before = std::mem::replace(&mut self.place, place);
        // Whom a person has chosen is kept like what they typed.
        if !left.is_empty() || left.to.is_some() {
            self.others.insert(before, left);
        }
        let gone = |place: &Selection| *place != Selection::None && !there(*place);
        Some(self.others.extract_if(|place, _| gone(place)).map(|(_, left)| left).collect())
    }

    /// What was typed for `before` is now for `again`.
    pub(super) fn follow(&mut self, before: Selection, again: Selection, draft: &mut Draft) {
        if self.place == before {
            (self.place, draft.to) = (again, To::default());
        } else if let Some(left) = self.others.remove(&before) {
            self.others.insert(again, Draft { to: To::default(), ..left });
        }
    }

    /// A peer has gone: nothing that is typed in another place is for it any more.
    pub(super) fn left(&mut self, peer: ConnectionId, name: impl Fn() -> String) {
        for draft in self.others.values_mut() {
            draft.to.left(peer, &name);
        }
    }
}
