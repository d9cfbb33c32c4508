//! The preferences of a person. The page that changes them is [`crate::ui::dialogs::settings`].

use serde::{Deserialize, Serialize};

use crate::{journal::Budget, words::Language};

/// Which colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ThemeChoice {
    /// The one after this, when a button steps through all three.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// What a person prefers. Kept between runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "one check box each")]
pub struct Preferences {
    /// Light, dark, as the system.
    pub theme: ThemeChoice,
    /// The language spoken; the system's without one.
    pub language: Option<Language>,
    /// Scale of the whole window, 0.5 to 3.
    pub zoom: f32,
    /// Records that the journal may hold.
    pub journal_rows: u64,
    /// Memory that everything which is kept may take, in MiB.
    pub journal_mib: u64,
    /// Enter sends and Shift+Enter breaks the line; otherwise Ctrl+Enter sends.
    pub enter_sends: bool,
    /// No animation at all.
    pub reduced_motion: bool,
    /// Ask before something ends that has open connections.
    pub ask_before_ending: bool,
    /// Tell outside of the window what happens while it is not in front.
    pub notifications: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            language: None,
            zoom: 1.0,
            journal_rows: Budget::default().rows as u64,
            journal_mib: (Budget::default().bytes >> 20) as u64,
            enter_sends: true,
            reduced_motion: false,
            ask_before_ending: true,
            notifications: true,
        }
    }
}

impl Preferences {
    /// Smallest and largest zoom.
    pub const ZOOM: (f32, f32) = (0.5, 3.0);
    /// Fewest and most records.
    pub const ROWS: (u64, u64) = (1_000, 100_000_000);
    /// Least and most memory in MiB.
    pub const MIB: (u64, u64) = (4, 65_536);

    /// The zoom `steps` steps away, on a scale that has 100 %.
    #[must_use]
    pub fn zoomed(self, steps: i32) -> f32 {
        const SCALE: [f32; 12] = [0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0];
        let at = SCALE.iter().position(|step| *step >= self.zoom - 0.01).unwrap_or(3);
        let next = at.saturating_add_signed(steps as isize).min(SCALE.len() - 1);
        SCALE.get(next).copied().unwrap_or(1.0)
    }
}
