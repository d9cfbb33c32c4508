//! Clear, and back again: what was cleared is offered back for ten seconds.

use crate::{
    app::model::{Cleared, Effect, Model},
    ui::{action::Action, kit::Tone},
    words::text,
};

impl Model {
    /// Forgets all records and pictures, and offers them back.
    pub(super) fn clear(&mut self) {
        if self.journal.stats().is_empty() && self.objects.stats().0 == 0 {
            self.state.say(Tone::Info, text!("The journal is empty"));
            return;
        }
        let place = self.views.journal.table().place();
        self.effect(Effect::Forget);
        self.views.forget();
        let offer = (text!("Undo"), Action::BringBack);
        let toast = self.state.offer(Tone::Info, text!("The journal is empty now").to_owned(), offer);
        self.cleared = Some(Cleared { toast, place });
    }

    /// Brings back what was cleared, where it stood.
    pub(super) fn bring_back(&mut self) {
        let Some(Cleared { toast, place }) = self.cleared.take() else { return };
        self.state.dismiss(toast);
        self.effect(Effect::BringBack);
        self.views.forget();
        self.views.journal.table().put(place);
        // What the filter takes among them is found again.
        if let (generation, Some(filter)) = self.matches.look_again() {
            self.effect(Effect::Search(generation, Some(filter)));
        }
    }

    /// Once it is not offered any more, its memory goes.
    pub(super) fn forget_cleared(&mut self) {
        if self.cleared.take_if(|cleared| !self.state.toasts().any(|toast| toast.id == cleared.toast)).is_some() {
            self.effect(Effect::DropForgotten);
        }
    }
}
