//! Rows of the list that stand for others: visitors of a site with their connections, and what has ended.

use egui::{CornerRadius, Id, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2};

use super::{
    address::whole,
    strokes::{TITLE, icon, put, put_address},
};
use crate::{
    model::SessionId,
    ui::{
        icons,
        theme::{self, Palette, RADIUS, SPACE, SPACE_LARGE},
    },
    words::{counted, grouped, text},
};

/// A row with a sign that it folds and unfolds.
struct Fold<'a> {
    id: Id,
    words: &'a str,
    /// Behind the words; they give way before it.
    address: &'a str,
    /// At the right end.
    note: &'a str,
    /// A screen reader says it instead of words and note.
    spoken: &'a str,
    open: bool,
    /// Something in it lives.
    lives: bool,
}

/// The row of a visitor: where it is, and over how many connections.
pub(super) fn visitor(
    ui: &mut Ui,
    rect: Rect,
    (id, name, address): (Id, &str, &str),
    (live, ended): (u32, u32),
    open: bool,
) -> Response {
    let note = if live > 0 { grouped(u64::from(live)) } else { text!("left").to_owned() };
    let mut told = vec![counted!("{n} connections", n = u64::from(live))];
    if ended > 0 {
        told.push(counted!("{n} ended", n = u64::from(ended)));
    }
    let told = told.join(", ");
    let spoken = format!("{name} {address} {told}");
    let row = Fold { id, words: name, address, note: &note, spoken: spoken.trim(), open, lives: live > 0 };
    let response = fold(ui, rect, &row);
    response.on_hover_text(format!("{name}\n{address}\n{told}").trim())
}

/// The row for visitors that have gone.
pub(super) fn left(ui: &mut Ui, rect: Rect, session: SessionId, count: u64, open: bool) -> Response {
    let words = counted!("{n} visitors left earlier", n = count);
    let id = Id::unique(("left", session));
    let row = Fold { id, words: &words, address: "", note: "", spoken: &words, open, lives: false };
    fold(ui, rect, &row).on_hover_text(hint(open))
}

/// The row that stands for connections that have ended.
pub(super) fn ended(ui: &mut Ui, rect: Rect, session: SessionId, count: u64, open: bool) -> Response {
    let words = counted!("{n} ended earlier", n = count);
    let id = Id::unique(("ended", session));
    let row = Fold { id, words: &words, address: "", note: "", spoken: &words, open, lives: false };
    fold(ui, rect, &row).on_hover_text(hint(open))
}

fn hint(open: bool) -> &'static str {
    if open { text!("Fold them") } else { text!("List them, the newest first") }
}

fn fold(ui: &mut Ui, rect: Rect, row: &Fold<'_>) -> Response {
    let palette = Palette::of(ui);
    let response = ui.interact(rect.shrink2(egui::vec2(SPACE, 0.0)), row.id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, row.open, row.spoken));
    let pill = rect.shrink2(egui::vec2(SPACE, 1.0));
    if response.hovered() {
        ui.painter().rect_filled(pill, CornerRadius::same(RADIUS), palette.hover);
    }
    if response.has_focus() {
        let ring = egui::Stroke::new(theme::FOCUS_RING, palette.accent);
        ui.painter().rect_stroke(pill, CornerRadius::same(RADIUS), ring, egui::StrokeKind::Inside);
    }
    let (left, y, mut right) = (rect.left() + SPACE_LARGE, rect.center().y, rect.right() - SPACE_LARGE);
    let sign = if row.open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    icon(ui, sign, pos2(left + 28.0, y), palette.muted);
    let (font, color) = if row.lives { (theme::body(), palette.text) } else { (theme::label(), palette.muted) };
    let mut left = left + 44.0;
    let name = ui.painter().layout_no_wrap(row.words.to_owned(), font.clone(), color).size().x;
    let name = if row.words.is_empty() { 0.0 } else { name.min(TITLE) + SPACE };
    if !row.note.is_empty() {
        // It gives way first: a row of what has gone is dim as well, and the pointer tells.
        let galley = ui.painter().layout_no_wrap(row.note.to_owned(), theme::label(), palette.muted);
        let note = galley.size().x + SPACE;
        if left + name + whole(ui, row.address) + note <= right {
            ui.painter().galley(pos2(right - galley.size().x, y - galley.size().y / 2.0), galley, palette.muted);
            right -= note;
        }
    }
    let mut color_of_address = color;
    if !row.words.is_empty() {
        let room = whole(ui, row.address).min(right - left - name);
        let end = if row.address.is_empty() { right } else { right - room - SPACE };
        left = put(ui, row.words, font, color, left, y, end) + SPACE;
        color_of_address = palette.muted;
    }
    put_address(ui, row.address, color_of_address, left, y, right);
    response
}

/// What is not listed at all.
pub(super) fn dropped(ui: &mut Ui, rect: Rect, count: u64) {
    let words = counted!("{n} older ones are not listed", n = count);
    let color = Palette::of(ui).muted;
    let inner = Rect::from_min_max(pos2(rect.left() + SPACE_LARGE + 44.0, rect.top() + 4.0), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        ui.add(egui::Label::new(egui::RichText::new(words).font(theme::label()).color(color)).truncate());
    });
}
