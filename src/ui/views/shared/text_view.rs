//! A long text, wrapped to the width of its place and virtual: only the rows on the screen are laid out.
//!
//! Any part can be chosen with the pointer and copied, also what is out of sight. The text belongs to the caller.

use std::ops::Range;

use egui::{Event, EventFilter, Key, Painter, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, text::CCursor};

use crate::{
    ui::{
        theme::{self, Palette},
        views::shared::{
            found::Found,
            paint,
            scroll::{BAR, RowScroll},
        },
    },
    words::text,
};

const ROW: f32 = 18.0;
/// Cells of a tabulator.
const TAB: usize = 4;

/// Where the person stands in a text, and what of it is chosen. Begins anew for another one.
#[derive(Debug)]
pub struct TextView {
    scroll: RowScroll,
    /// The bytes of each row, for the length of text and the number of cells that they were made for.
    rows: Vec<Range<usize>>,
    made_for: (usize, usize),
    /// Anchor and head, as bytes of the text.
    chosen: Option<(usize, usize)>,
    found: Found,
}

impl Default for TextView {
    fn default() -> Self {
        Self {
            scroll: RowScroll::new(ROW),
            rows: Vec::new(),
            made_for: (usize::MAX, 0),
            chosen: None,
            found: Found::default(),
        }
    }
}

impl TextView {
    /// Marks what was found, in order, and brings the first of it into view.
    pub fn mark(&mut self, marks: Vec<Range<usize>>) {
        self.found.set(marks);
    }

    /// The chosen part, as bytes of the text.
    #[must_use]
    pub fn chosen(&self) -> Option<Range<usize>> {
        self.chosen.map(|(anchor, head)| anchor.min(head)..anchor.max(head)).filter(|range| !range.is_empty())
    }

    /// Draws into all the room there is; `name` is for a screen reader.
    pub fn show(&mut self, ui: &mut Ui, text: &str, name: &str) -> Response {
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let id = ui.scope_id().with(("text", name));
        let response = ui.interact(area, id, Sense::click_and_drag()).on_hover_cursor(egui::CursorIcon::Text);
        response.widget_info(|| WidgetInfo::labeled(Role::Document, ui.is_enabled(), name));
        let cell = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "characters of one line")]
        let cells = ((area.width() - BAR) / cell).max(8.0) as usize;
        if self.made_for != (text.len(), cells) {
            let top = self.rows.get(usize::try_from(self.scroll.top().0).unwrap_or(0)).map(|row| row.start);
            self.rows = wrap(text, cells);
            self.made_for = (text.len(), cells);
            // What stands at the upper edge stays there at another width.
            let index = self.rows.partition_point(|row| row.end <= top.unwrap_or(0));
            self.scroll.set_top(index as u64, 0.0);
        }
        let count = self.rows.len() as u64;
        if let Some(at) = self.found.take_reveal() {
            let index = self.rows.partition_point(|row| row.end <= at);
            self.scroll.reveal(index as u64, area.height());
        }
        self.keys(ui, &response, area, text);
        if ui.rect_contains_pointer(area) {
            self.scroll.by(ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y)));
        }
        self.scroll.clamp(count, area.height());
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        self.point(&painter, &response, area, text);
        self.paint(ui, &painter, id, area, text);
        self.scroll.bar(ui, id.with("bar"), area, count, text!("Scroll the text"));
        response
    }

    fn paint(&self, ui: &Ui, painter: &Painter, id: egui::Id, area: Rect, text: &str) {
        let palette = Palette::of(ui);
        let (first, shift) = self.scroll.top();
        let chosen = self.chosen().unwrap_or(0..0);
        let mut top = area.top() - shift;
        for (index, row) in self.rows.iter().enumerate().skip(usize::try_from(first).unwrap_or(usize::MAX)) {
            if top > area.bottom() {
                break;
            }
            let Some(words) = text.get(row.clone()) else { break };
            let galley = paint::line(painter, shown(words), theme::mono(), palette.text);
            let rect = Rect::from_min_max(pos2(area.left(), top), pos2(area.right() - BAR, top + ROW));
            let place = |byte: usize| {
                let before = words.get(..byte.saturating_sub(row.start)).map_or(0, |before| before.chars().count());
                area.left() + galley.pos_from_cursor(CCursor::new(before)).left()
            };
            let part = |range: &Range<usize>| {
                let (from, to) = (range.start.max(row.start), range.end.min(row.end));
                (from < to).then(|| Rect::from_min_max(pos2(place(from), top), pos2(place(to), top + ROW)))
            };
            for mark in self.found.within(row.clone()) {
                if let Some(rect) = part(mark) {
                    paint::found(painter, rect, palette);
                }
            }
            if let Some(rect) = part(&chosen) {
                painter.rect_filled(rect, 0.0, palette.selection);
            }
            let node = ui.interact(rect.intersect(area), id.with(index), Sense::hover());
            node.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), words));
            paint::put(painter, galley, area.left(), top + ROW / 2.0);
            top += ROW;
        }
    }

    fn point(&mut self, painter: &Painter, response: &Response, area: Rect, text: &str) {
        let Some(at) = response.interact_pointer_pos() else { return };
        if !(response.drag_started() || response.dragged() || response.clicked() || response.double_clicked()) {
            return;
        }
        let byte = self.byte(painter, at, area, text);
        if response.double_clicked() {
            self.chosen = Some(word(text, byte));
        } else if response.drag_started() || response.clicked() {
            let extends = response.ctx.input(|input| input.modifiers.shift);
            let anchor = self.chosen.filter(|_| extends).map_or(byte, |(anchor, _)| anchor);
            self.chosen = Some((anchor, byte));
            response.request_focus();
        } else if let Some((_, head)) = &mut self.chosen {
            *head = byte;
            // Above and below, the text comes along.
            let beyond = (at.y - area.bottom()).max(0.0) - (area.top() - at.y).max(0.0);
            if beyond != 0.0 {
                self.scroll.by(beyond.clamp(-3.0 * ROW, 3.0 * ROW));
                response.ctx.request_repaint();
            }
        }
    }

    /// The byte of the text that is nearest to a point.
    fn byte(&self, painter: &Painter, at: Pos2, area: Rect, text: &str) -> usize {
        let (first, shift) = self.scroll.top();
        #[expect(clippy::cast_possible_truncation, reason = "rows on the screen")]
        let row = ((at.y - area.top() + shift) / ROW).floor() as i64;
        let index = usize::try_from(first.saturating_add_signed(row)).unwrap_or(0);
        let Some(row) = self.rows.get(index) else { return text.len() };
        let Some(words) = text.get(row.clone()) else { return text.len() };
        let galley = paint::line(painter, shown(words), theme::mono(), egui::Color32::PLACEHOLDER);
        let cursor = galley.cursor_from_pos(egui::vec2(at.x - area.left(), galley.size().y / 2.0));
        row.start + words.char_indices().nth(cursor.index.into()).map_or(words.len(), |(byte, _)| byte)
    }

    fn keys(&mut self, ui: &Ui, response: &Response, area: Rect, text: &str) {
        if !ui.memory(|memory| memory.has_focus(response.id)) {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let mut copy = false;
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Copy => copy = true,
                    Event::Key { key, pressed: true, modifiers, .. } => match key {
                        Key::A if modifiers.command => self.chosen = Some((0, text.len())),
                        key => self.scroll.key(*key, area.height()),
                    },
                    _ => {}
                }
            }
        });
        if copy && let Some(part) = self.chosen().and_then(|range| text.get(range)) {
            ui.copy_text(part.to_owned());
        }
    }
}

/// A row as it is painted: a tabulator has its cells, whatever stands before it.
fn shown(words: &str) -> String {
    words.replace('\t', " ")
}

/// The word around a byte.
fn word(text: &str, byte: usize) -> (usize, usize) {
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    let start = before.char_indices().rev().take_while(|(_, char)| is_part(*char)).last();
    let end = after.char_indices().find(|(_, char)| !is_part(*char)).map_or(after.len(), |(at, _)| at);
    (start.map_or(byte, |(at, _)| at), byte + end)
}

/// The rows of a text at so many cells: broken at line feeds, else at a space in the last third, else anywhere.
fn wrap(text: &str, cells: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let (mut from, mut used, mut space) = (start, 0, None::<usize>);
        for (at, char) in line.char_indices().map(|(at, char)| (start + at, char)) {
            let wide = match char {
                '\t' => TAB,
                // East Asian characters and pictures are wider than a cell of the mono font.
                '\u{1100}'.. => 2,
                _ => 1,
            };
            if used + wide > cells && at > from {
                let cut = space.filter(|space| (space - from) * 3 > (at - from) * 2).unwrap_or(at);
                rows.push(from..cut);
                (from, space) = (cut, None);
                used = text.get(cut..at).map_or(0, |rest| rest.chars().count());
            }
            used += wide;
            if char == ' ' {
                space = Some(at + 1);
            }
        }
        rows.push(from..end);
        start = end + 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_all_of_the_text_and_none_is_too_wide() {
        let words = "a long line of words that has to be broken somewhere, 不要回答不要回答 and\ttabs\n\nend ";
        for cells in 8..60 {
            let rows = wrap(words, cells);
            let parts: Vec<&str> = rows.iter().map(|row| words.get(row.clone()).unwrap()).collect();
            assert_eq!(parts.concat(), words.replace('\n', ""));
            for part in parts {
                let used: usize = part
                    .chars()
                    .map(|char| {
                        if char == '\t' {
                            4
                        } else if char > '\u{1100}' {
                            2
                        } else {
                            1
                        }
                    })
                    .sum();
                assert!(used <= cells + 1, "{part:?} at {cells}");
            }
        }
        assert_eq!(wrap("one two three", 9), [0..8, 8..13]);
        assert_eq!(wrap("", 9), std::slice::from_ref(&(0..0)));
        assert_eq!(wrap("x\n", 9), [0..1, 2..2]);
    }

    #[test]
    fn a_long_text_is_wrapped_in_a_step_for_each_character() {
        let text = "x".repeat(4 << 20);
        let begin = std::time::Instant::now();
        assert_eq!(wrap(&text, 80).len(), (4 << 20) / 80 + 1);
        assert!(begin.elapsed().as_secs() < 5);
    }

    #[test]
    fn a_double_click_takes_a_word() {
        assert_eq!(word("GET /päth_1?x", 8), (5, 12));
        assert_eq!(word("  ", 1), (1, 1));
    }
}
