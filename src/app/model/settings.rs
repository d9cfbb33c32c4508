//! What a person chose, as it is kept between two runs.

use serde::{Deserialize, Serialize};

use super::{
    layout::{Layout, Panels},
    recent::Recent,
};
use crate::{
    journal::Budget,
    model::{
        Encoding, LineEnd, SavedMessage,
        compose::{ByteOrder, Checksum, Options},
    },
    ui::{
        forms::{
            connect_form::{Called, ConnectForm},
            listen_form::ListenForm,
        },
        preferences::Preferences,
        views::choices::Choices,
    },
    words::{set_language, system_language},
};

/// Those who were called that are kept.
const CALLED: usize = 8;
/// Characters of a host.
const LONGEST: usize = 1000;

/// Everything that is kept. A field that an older version did not know gets its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::app) struct Settings {
    pub(in crate::app) preferences: Preferences,
    pub(in crate::app) listen: ListenForm,
    pub(in crate::app) connect: ConnectForm,
    pub(in crate::app) line_end: LineEnd,
    pub(in crate::app) escapes: bool,
    pub(in crate::app) fields: bool,
    pub(in crate::app) checksum: Checksum,
    pub(in crate::app) byte_order: ByteOrder,
    /// What a new session begins with: the last choice.
    pub(in crate::app) encoding: Encoding,
    /// Which panels are open beside the page.
    #[serde(flatten)]
    pub(in crate::app) open: Panels,
    /// How the views look at things.
    pub(in crate::app) views: Choices,
    /// What was opened last.
    pub(in crate::app) recent: Recent,
    /// Who was called last, the newest first.
    pub(in crate::app) called: Vec<Called>,
    /// Where the window stands.
    pub(in crate::app) window: Layout,
    /// In the order of their keys.
    #[serde(rename = "message")]
    pub(in crate::app) messages: Vec<SavedMessage>,
}

impl Settings {
    /// Puts whom the form of a client names in front of those who were called before.
    pub(in crate::app) fn remember_called(&mut self) {
        let called = self.connect.called();
        self.called.retain(|known| *known != called);
        self.called.insert(0, called);
        self.called.truncate(CALLED);
    }

    /// How what is typed was sent last.
    pub(in crate::app) fn options(&self) -> Options {
        let Self { line_end, escapes, fields, checksum, byte_order, .. } = *self;
        Options { line_end, escapes, fields, checksum, byte_order }
    }

    /// Keeps that.
    pub(in crate::app) fn keep_options(&mut self, options: Options) {
        let Options { line_end, escapes, fields, checksum, byte_order } = options;
        (self.line_end, self.escapes, self.fields) = (line_end, escapes, fields);
        (self.checksum, self.byte_order) = (checksum, byte_order);
    }

    /// Puts values right that are out of their range.
    pub(in crate::app) fn put_right(mut self) -> Self {
        let preferences = &mut self.preferences;
        let (low, high) = Preferences::ZOOM;
        preferences.zoom = if preferences.zoom.is_finite() { preferences.zoom.clamp(low, high) } else { 1.0 };
        preferences.journal_rows = preferences.journal_rows.clamp(Preferences::ROWS.0, Preferences::ROWS.1);
        preferences.journal_mib = preferences.journal_mib.clamp(Preferences::MIB.0, Preferences::MIB.1);
        self.messages.truncate(SavedMessage::MOST);
        self.recent.put_right();
        self.called.retain(|called| !called.host.is_empty() && called.host.chars().count() <= LONGEST);
        self.called.truncate(CALLED);
        self.window.put_right();
        self
    }
}

/// Speaks the language of a person from the next text on.
pub(in crate::app) fn speak(preferences: &Preferences) {
    set_language(preferences.language.unwrap_or_else(system_language));
}

/// The budget as the engine wants it.
pub(in crate::app) fn budget(preferences: &Preferences) -> Budget {
    let bytes = preferences.journal_mib.saturating_mul(1 << 20);
    Budget {
        rows: usize::try_from(preferences.journal_rows).unwrap_or(usize::MAX),
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
    }
}
