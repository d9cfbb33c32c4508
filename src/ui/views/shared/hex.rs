//! Bytes as hex and text side by side, virtual, with the byte under the pointer, the chosen bytes and what was found lit
//! in both.

use std::ops::Range;

use egui::{Color32, Event, Key, Painter, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    ui::{
        theme::{self, Palette},
        views::shared::{
            found::Found,
            paint,
            scroll::{BAR, RowScroll},
            wording::{self, DOT, hex_digits},
        },
    },
    words::{exact_size, text},
};

const ROW: f32 = 19.0;
/// Bytes of a row, and what they are where there is less room.
const WIDE: usize = 16;
const NARROWER: [usize; 2] = [8, 4];

/// Where the person stands in the bytes and what is chosen; begins anew for other bytes ([`HexView::default`]).
#[derive(Debug)]
pub struct HexView {
    scroll: RowScroll,
    /// Anchor and head of the chosen bytes, both within.
    chosen: Option<(usize, usize)>,
    /// They were chosen in the text, so they are copied as text.
    as_text: bool,
    hover: Option<usize>,
    /// What was found in the bytes.
    found: Found,
    /// Bytes of a row.
    wide: usize,
}

impl Default for HexView {
    fn default() -> Self {
        let scroll = RowScroll::new(ROW);
        Self { scroll, chosen: None, as_text: false, hover: None, found: Found::default(), wide: WIDE }
    }
}

struct Places {
    char: f32,
    hex: f32,
    text: f32,
    top: f32,
    first: u64,
    /// Bytes of a row.
    wide: usize,
}

impl Places {
    /// Left edge of byte `column` in hex; the second half stands a little apart.
    fn hex(&self, column: usize) -> f32 {
        self.hex + (column as f32 * 3.0 + if column >= self.wide / 2 { 1.0 } else { 0.0 }) * self.char
    }

    fn text(&self, column: usize) -> f32 {
        self.text + column as f32 * self.char
    }

    /// The byte at a point, in either half.
    fn byte(&self, x: f32, y: f32, length: usize) -> Option<usize> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows on the screen")]
        let row = self.first + ((y - self.top) / ROW).max(0.0) as u64;
        let column = if x >= self.text - self.char {
            ((x - self.text) / self.char).floor()
        } else {
            let column = (x - self.hex + self.char * 0.5) / self.char;
            let half = self.wide as f32 * 1.5;
            if column > half { ((column - 1.0) / 3.0).floor() } else { (column / 3.0).floor() }
        };
        if x < self.hex - self.char || column >= self.wide as f32 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column from 0 to 15")]
        let column = column.max(0.0) as usize;
        Some(usize::try_from(row).ok()? * self.wide + column).filter(|byte| *byte < length)
    }
}

impl HexView {
    /// The chosen bytes.
    #[must_use]
    pub fn selection(&self) -> Option<Range<usize>> {
        self.chosen.map(|(anchor, head)| anchor.min(head)..anchor.max(head) + 1)
    }

    /// The width that the bytes of one full row take.
    #[must_use]
    pub fn width(ui: &Ui) -> f32 {
        Self::width_of(ui, WIDE)
    }

    fn width_of(ui: &Ui, wide: usize) -> f32 {
        let char = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
        (10.0 + wide as f32 * 4.0 + 3.0) * char + BAR + 4.0
    }

    /// As many bytes a row as there is room for; what stands at the upper edge stays there.
    fn fit(&mut self, ui: &Ui, width: f32) {
        let all = [WIDE].into_iter().chain(NARROWER);
        let [.., least] = NARROWER;
        let wide = all.into_iter().find(|wide| Self::width_of(ui, *wide) <= width).unwrap_or(least);
        if wide != self.wide {
            let (top, shift) = self.scroll.top();
            self.scroll.set_top(top * self.wide as u64 / wide as u64, shift);
            self.wide = wide;
        }
    }

    /// Marks what was found in the bytes, and brings the first of it into view.
    pub fn mark(&mut self, marks: Vec<Range<usize>>) {
        self.found.set(marks);
    }

    /// Draws into all the room there is. Chosen bytes go to the clipboard with the copy key: as hex, or as text where they
    /// were chosen in the text.
    pub fn show(&mut self, ui: &mut Ui, bytes: &[u8], name: &str) -> Response {
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        self.fit(ui, area.width());
        let wide = self.wide;
        let id = ui.scope_id().with(("hex", name));
        let response = ui.interact(area, id, Sense::click_and_drag());
        let rows = bytes.len().div_ceil(wide) as u64;
        self.keys(ui, &response, area, rows, bytes);
        if ui.rect_contains_pointer(area) {
            self.scroll.by(ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y)));
        }
        if let Some(byte) = self.found.take_reveal() {
            self.scroll.reveal((byte / wide) as u64, area.height());
        }
        self.scroll.clamp(rows, area.height());

        let char = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
        let (first, shift) = self.scroll.top();
        let hex = area.left() + 10.0 * char;
        let text = hex + (wide as f32 * 3.0 + 3.0) * char;
        let places = Places { char, hex, text, top: area.top() - shift, first, wide };
        self.point(&response, &places, bytes.len());
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Document, ui.is_enabled(), name);
            let here = usize::try_from(first).unwrap_or(0) * wide;
            let part = bytes.get(here..).map(|rest| rest.get(..256).unwrap_or(rest)).unwrap_or_default();
            info.current_text_value = Some(format!("{}\n{}", exact_size(bytes.len() as u64), wording::hex(part)));
            info
        });

        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows that fit on a screen")]
        let visible = ((area.height() + shift) / ROW).ceil() as u64;
        for index in first..(first + visible).min(rows) {
            self.row(ui, &painter, &places, bytes, index);
        }
        self.scroll.bar(ui, id.with("bar"), area, rows, text!("Scroll the bytes"));
        if bytes.is_empty() {
            let galley = paint::line(&painter, text!("No bytes"), theme::body(), Palette::of(ui).muted);
            paint::put(&painter, galley, area.left(), area.top() + ROW / 2.0);
        }
        response
    }

    fn point(&mut self, response: &Response, places: &Places, length: usize) {
        let right = response.rect.right() - BAR;
        self.hover = response.hover_pos().filter(|at| at.x < right).and_then(|at| places.byte(at.x, at.y, length));
        let Some(at) = response.interact_pointer_pos() else { return };
        let byte = places.byte(at.x, at.y, length);
        if response.drag_started() || response.clicked() {
            let extends = response.ctx.input(|input| input.modifiers.shift);
            self.chosen = match (byte, self.chosen) {
                (Some(byte), Some((anchor, _))) if extends => Some((anchor, byte)),
                (byte, _) => byte.map(|byte| (byte, byte)),
            };
            self.as_text = at.x >= places.text - places.char;
            response.request_focus();
        } else if response.dragged()
            && let (Some(byte), Some((_, head))) = (byte, &mut self.chosen)
        {
            *head = byte;
        }
    }

    fn keys(&mut self, ui: &Ui, response: &Response, area: Rect, rows: u64, bytes: &[u8]) {
        if !ui.memory(|memory| memory.has_focus(response.id)) {
            return;
        }
        let wide = self.wide;
        let filter =
            egui::EventFilter { vertical_arrows: true, horizontal_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let (mut copy, mut moves) = (false, Vec::new());
        ui.input(|input| {
            for event in &input.events {
                match event {
                    Event::Copy => copy = true,
                    Event::Key { key, pressed: true, modifiers, .. } => match key {
                        Key::ArrowLeft => moves.push((-1, modifiers.shift)),
                        Key::ArrowRight => moves.push((1, modifiers.shift)),
                        Key::ArrowUp if modifiers.shift => moves.push((-wide.cast_signed(), true)),
                        Key::ArrowDown if modifiers.shift => moves.push((wide.cast_signed(), true)),
                        key => self.scroll.key(*key, area.height()),
                    },
                    _ => {}
                }
            }
        });
        for (by, extends) in moves.into_iter().filter(|_| !bytes.is_empty()) {
            let (anchor, head) = self.chosen.unwrap_or((0, 0));
            let head = if self.chosen.is_some() { head.saturating_add_signed(by).min(bytes.len() - 1) } else { 0 };
            self.chosen = Some((if extends { anchor } else { head }, head));
            self.scroll.reveal((head / wide) as u64, area.height());
        }
        self.scroll.clamp(rows, area.height());
        if copy && let Some(part) = self.selection().and_then(|range| bytes.get(range)) {
            let words = if self.as_text { String::from_utf8_lossy(part).into_owned() } else { wording::hex(part) };
            ui.copy_text(words);
        }
    }

    fn row(&self, ui: &Ui, painter: &Painter, places: &Places, bytes: &[u8], index: u64) {
        let palette = Palette::of(ui);
        let wide = places.wide;
        let start = usize::try_from(index).unwrap_or(0) * wide;
        let Some(part) = bytes.get(start..(start + wide).min(bytes.len())) else { return };
        let top = places.top + (index - places.first) as f32 * ROW;
        let y = top + ROW / 2.0;
        let lit = |range: Range<usize>, color: Color32| {
            let from = range.start.max(start);
            let to = range.end.min(start + part.len());
            if from < to {
                let (from, to) = (from - start, to - start - 1);
                let inset = vec2(2.0, 0.0);
                for (left, right) in [
                    (places.hex(from), places.hex(to) + 2.0 * places.char),
                    (places.text(from), places.text(to) + places.char),
                ] {
                    let rect = Rect::from_min_max(pos2(left, top), pos2(right, top + ROW)).expand2(inset);
                    painter.rect_filled(rect, 2.0, color);
                }
            }
        };
        for mark in self.found.within(start..start + wide) {
            lit(mark.clone(), palette.warning_tint);
        }
        if let Some(range) = self.selection() {
            lit(range, palette.selection);
        }
        if let Some(byte) = self.hover {
            lit(byte..byte + 1, palette.inbound_tint);
        }

        let offset = paint::line(painter, format!("{start:08X}"), theme::mono(), palette.muted);
        paint::put(painter, offset, places.hex - 10.0 * places.char, y);
        let mut hex = String::with_capacity(wide * 3 + 1);
        for (column, byte) in part.iter().enumerate() {
            hex.push_str(match column {
                0 => "",
                _ if column == wide / 2 => "  ",
                _ => " ",
            });
            hex.extend(hex_digits(*byte, true));
        }
        paint::put(painter, paint::line(painter, hex, theme::mono(), palette.text), places.hex, y);
        // One character a byte, so that both halves stay linked: ASCII, or the dot.
        let shown: String =
            part.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { DOT }).collect();
        paint::put(painter, paint::line(painter, shown, theme::mono(), palette.text), places.text, y);
    }
}
