//! What stands at the right end of a row: how many are new, and a word on how it goes, which gives way first.

use egui::{Color32, CornerRadius, Rect, Ui, pos2, vec2};

use super::strokes::paint_elided;
use crate::ui::theme::{self, Palette, SPACE, SPACE_LARGE};

/// Narrower than this a note is no word any more.
const NOTE: f32 = 48.0;
/// The width of a sign in its place.
const SIGN: f32 = 16.0;

/// What is to stand there.
pub(super) struct Note<'a> {
    pub(super) words: &'a str,
    pub(super) color: Color32,
    /// What stands for the words where these have no room; may be empty.
    pub(super) sign: &'a str,
    pub(super) unread: u64,
}

/// The badge and the note at the right end, not before `least`; gives where the rest has to end, and whether the note does
/// not stand there whole.
pub(super) fn right_end(ui: &Ui, rect: Rect, note: &Note<'_>, least: f32) -> (f32, bool) {
    let mut left = rect.right() - SPACE_LARGE;
    let mut cut = false;
    let y = rect.center().y;
    if !note.words.is_empty() {
        let color = note.color;
        let room = left - SPACE - least;
        let whole = ui.painter().layout_no_wrap(note.words.to_owned(), theme::label(), color);
        cut = whole.size().x > room;
        let galley = match cut {
            false => whole,
            // A word or two can still be told from others; less than that is a sign, with the words under the pointer.
            true if room >= NOTE => paint_elided(ui, note.words, theme::label(), color, room),
            true => {
                let sign = if room < SIGN { "" } else { note.sign };
                ui.painter().layout_no_wrap(sign.to_owned(), theme::body(), color)
            }
        };
        if galley.size().x > 0.0 {
            left -= galley.size().x;
            ui.painter().galley(pos2(left, y - galley.size().y / 2.0), galley, color);
            left -= SPACE;
        }
    }
    if note.unread > 0 {
        let palette = Palette::of(ui);
        let count = if note.unread > 999 { "999+".to_owned() } else { note.unread.to_string() };
        let galley = ui.painter().layout_no_wrap(count, theme::caption(), palette.on_accent);
        let width = (galley.size().x.ceil() + 10.0).max(20.0);
        let pill = Rect::from_min_size(pos2(left - width, y - 8.0), vec2(width, 16.0));
        ui.painter().rect_filled(pill, CornerRadius::same(8), palette.accent);
        ui.painter().galley(pill.center() - galley.size() / 2.0, galley, palette.on_accent);
        left = pill.left() - SPACE;
    }
    (left, cut)
}
