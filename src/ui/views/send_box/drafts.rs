//! What was typed and not sent: one draft for each place that can be sent from.

use std::collections::HashMap;

use super::{addressee::To, draft::Draft};
use crate::{model::ConnectionId, ui::action::Selection};

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
        let next = self.others.remove(&place).unwrap_or_else(|| draft.fresh());
        let mut left = std::mem::replace(draft, next);
        left.put_aside();
        let before = std::mem::replace(&mut self.place, place);
        // An empty one as well: what was chosen belongs to its place.
        self.others.insert(before, left);
        let gone = |place: &Selection| *place != Selection::None && !there(*place);
        Some(self.others.extract_if(|place, _| gone(place)).map(|(_, left)| left).collect())
    }

    /// What was typed for `before` is now for `again`.
    pub(super) fn follow(&mut self, before: Selection, again: Selection, draft: &mut Draft) {
        if self.place == before {
            (self.place, draft.to) = (again, To::default());
        } else if let Some(mut left) = self.others.remove(&before) {
            left.to = To::default();
            self.others.insert(again, left);
        }
    }

    /// A peer has gone: nothing that is typed in another place is for it any more.
    pub(super) fn left(&mut self, peer: ConnectionId, name: impl Fn() -> String) {
        for draft in self.others.values_mut() {
            draft.to.left(peer, &name);
        }
    }
}
