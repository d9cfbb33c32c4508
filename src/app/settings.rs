//! What is kept between two runs.

use serde::{Deserialize, Serialize};

use crate::{
    journal::Budget,
    model::Encoding,
    ui::{connect_form::ConnectForm, input::LineEnd, listen_form::ListenForm, settings::Preferences},
};

const KEY: &str = "socketlab";

/// Everything that is kept. A field that an older version did not know gets its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub(super) preferences: Preferences,
    pub(super) listen: ListenForm,
    pub(super) connect: ConnectForm,
    pub(super) line_end: LineEnd,
    pub(super) escapes: bool,
    /// What a new session begins with: the last choice.
    pub(super) encoding: Encoding,
    pub(super) sessions_open: bool,
    pub(super) inspector_open: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            preferences: Preferences::default(),
            listen: ListenForm::default(),
            connect: ConnectForm::default(),
            line_end: LineEnd::default(),
            escapes: false,
            encoding: Encoding::default(),
            sessions_open: true,
            inspector_open: true,
        }
    }
}

impl Settings {
    /// What the last run left, or the defaults; values out of range are put right.
    pub(super) fn load(storage: Option<&dyn eframe::Storage>) -> Self {
        let mut settings: Self = storage.and_then(|storage| eframe::get_value(storage, KEY)).unwrap_or_default();
        let preferences = &mut settings.preferences;
        let (low, high) = Preferences::ZOOM;
        preferences.zoom = if preferences.zoom.is_finite() { preferences.zoom.clamp(low, high) } else { 1.0 };
        preferences.journal_rows = preferences.journal_rows.clamp(Preferences::ROWS.0, Preferences::ROWS.1);
        preferences.journal_mib = preferences.journal_mib.clamp(Preferences::MIB.0, Preferences::MIB.1);
        settings
    }

    pub(super) fn save(&self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, KEY, self);
    }
}

/// The journal's budget as the engine wants it.
pub(super) fn budget(preferences: &Preferences) -> Budget {
    let bytes = preferences.journal_mib.saturating_mul(1 << 20);
    Budget {
        rows: usize::try_from(preferences.journal_rows).unwrap_or(usize::MAX),
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
    }
}
