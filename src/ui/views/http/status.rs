//! How an answer of HTTP is meant, wherever it is shown.

use crate::{model::Page, ui::kit::Tone};

/// How an answer with this status is meant; `is_sound`: nothing is wrong with its form.
#[must_use]
pub fn tone(status: u16, is_sound: bool) -> Tone {
    match status {
        _ if !is_sound => Tone::Warning,
        200..300 => Tone::Good,
        100..400 => Tone::Info,
        _ => Tone::Warning,
    }
}

/// How a page that came is meant.
#[must_use]
pub fn of_page(page: &Page) -> Tone {
    tone(page.status, page.remarks.is_empty() && !page.is_cut_short)
}
