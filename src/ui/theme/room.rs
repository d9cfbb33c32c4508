//! What gives way where a window is small or magnified: one order for all of it, so that no view has a rule of its own.
//!
//! In height first the choices beside what is typed (they unfold), then the figures at the lower edge, the rows of tools
//! above what is read, and the signs in empty places; what is read, typed and pressed stays. In width first the words of
//! buttons that have a sign, then panels beside the page (they are called up as sheets), then of a name all but its port.

use egui::{Context, Ui};

/// Below this height the send box is its field and its button.
const SHORT: f32 = 480.0;
/// Below this there is no status bar, and no sign in an empty place.
const LOW: f32 = 340.0;

/// The narrowest page beside the list of sessions.
pub const PAGE_BESIDE_SESSIONS: f32 = 460.0;
/// The narrowest list of sessions.
pub const LEAST_SESSIONS: f32 = 140.0;
/// The narrowest page beside the inspector.
pub const PAGE_BESIDE_INSPECTOR: f32 = 400.0;
/// The least height of what is read below a row of tools.
pub const LEAST_BELOW_TOOLS: f32 = 140.0;

/// Below this height of a view what is typed above an answer is folded.
pub const ROOM_FOR_FORM: f32 = 320.0;
/// Below this height of a page the two sides of a lab that runs are folded.
pub const ROOM_FOR_SIDES: f32 = 640.0;

/// Below this width of a page its tools are signs without words, and choices are lists that open.
pub const WORDS: f32 = 640.0;

/// Whether tools have words in what is left of a page's width.
#[must_use]
pub fn has_words(ui: &Ui) -> bool {
    ui.available_width() >= WORDS
}

/// How much height the window has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Hardly any: what is read and typed, and nothing beside it.
    Low,
    /// Little: what is optional unfolds.
    Short,
    /// Enough.
    Full,
}

impl Room {
    /// That of the window.
    #[must_use]
    pub fn of(ctx: &Context) -> Self {
        Self::in_height(ctx.content_rect().height())
    }

    fn in_height(points: f32) -> Self {
        if points < LOW {
            Self::Low
        } else if points < SHORT {
            Self::Short
        } else {
            Self::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_magnified_window_has_less_room() {
        // Height of the window, and how much it is magnified.
        for (height, zoom, room) in [
            (800.0, 1.0, Room::Full),
            (600.0, 1.0, Room::Full),
            (800.0, 2.0, Room::Short),
            (640.0, 2.0, Room::Low),
            (600.0, 2.0, Room::Low),
            (480.0, 1.0, Room::Full),
        ] {
            assert_eq!(Room::in_height(height / zoom), room, "{height} at {zoom}");
        }
    }
}
