//! The settings, as a person changes them.

use super::super::model::{Effect, Model, Settings, settings::budget};
use crate::{
    ui::{action::Dialog, kit::Tone, preferences::Preferences},
    words::text,
};

impl Model {
    pub(super) fn prefer(&mut self, preferences: Preferences) {
        let old = std::mem::replace(&mut self.settings.preferences, preferences);
        if budget(&old) != budget(&preferences) {
            self.effect(Effect::Keep(budget(&preferences)));
        }
        self.effect(Effect::Look(preferences, self.wishes));
        if old.language != preferences.language {
            self.labs.reword();
            // What they hold ready to be drawn has words in it.
            self.views.forget();
        }
    }

    pub(super) fn reset_settings(&mut self) {
        // Messages are a person's own work, not a choice.
        let messages = std::mem::take(&mut self.settings.messages);
        let old = std::mem::replace(&mut self.settings, Settings { messages, ..Settings::default() });
        let preferences = std::mem::replace(&mut self.settings.preferences, old.preferences);
        self.prefer(preferences);
        self.views.choose(&self.settings.views);
        self.views.send_box.choose(self.settings.options());
        self.panels += 1;
        self.open(Dialog::Settings);
        self.state.say(Tone::Good, text!("All settings are as at the first start"));
    }
}
