//! The messages that a cut gave, as a list of any length: only rows on the screen are laid out.

use egui::{EventFilter, Key, Modifiers, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::{
    model::Encoding,
    ui::{
        theme::{self, Palette, TABLE_ROW},
        views::{
            shared::{
                paint, reading,
                scroll::{BAR, RowScroll},
            },
            stream::{cut::Message, model::Bytes},
        },
    },
    words::{exact_size, grouped, text},
};

const HEAD: f32 = 26.0;
/// Messages that are read, at most, to find out how one begins.
const DEEP: usize = 64;
/// Left edges of number, first byte, length, calls and text.
const COLUMNS: [f32; 5] = [14.0, 74.0, 174.0, 274.0, 344.0];

/// Where the person stands in the list.
#[derive(Debug)]
pub(super) struct List {
    scroll: RowScroll,
    follow: bool,
    /// The message that was pointed at, by its first byte in the stream.
    pointed_at: Option<u64>,
}

impl Default for List {
    fn default() -> Self {
        Self { scroll: RowScroll::new(TABLE_ROW), follow: true, pointed_at: None }
    }
}

impl List {
    /// Puts the message with this byte of the stream at the top, and marks it.
    pub(super) fn point_at(&mut self, kept: &Bytes, messages: &[Message], byte: u64) {
        let after = messages.partition_point(|message| kept.start + message.start as u64 <= byte);
        let Some((index, message)) = after.checked_sub(1).and_then(|index| Some((index, messages.get(index)?))) else {
            return;
        };
        self.scroll.set_top(index as u64, 0.0);
        (self.follow, self.pointed_at) = (false, Some(kept.start + message.start as u64));
    }

    /// Goes down by so many messages, and follows the newest no more.
    pub(super) fn go_down(&mut self, count: usize) {
        let (top, shift) = self.scroll.top();
        self.scroll.set_top(top + count as u64, shift);
        self.follow = false;
    }

    /// Draws the list into all the room there is.
    pub(super) fn show(&mut self, ui: &mut Ui, kept: &Bytes, encoding: Encoding, messages: &[Message], left: &str) {
        let palette = Palette::of(ui);
        let whole = ui.available_rect_before_wrap();
        let foot = if left.is_empty() { 0.0 } else { HEAD };
        let body =
            Rect::from_min_max(pos2(whole.left(), whole.top() + HEAD), pos2(whole.right(), whole.bottom() - foot));
        ui.advance_cursor_after_rect(whole);
        let head = Rect::from_min_max(whole.min, pos2(whole.right(), body.top()));
        let titles = [text!("No."), text!("First byte"), text!("Length"), text!("Calls"), text!("Text")];
        for (title, x) in titles.into_iter().zip(COLUMNS) {
            let galley = paint::elided(ui, title, theme::caption(), palette.muted, 90.0);
            paint::put(ui.painter(), galley, whole.left() + x, head.center().y);
        }
        paint::underline(ui, head);

        let id = ui.scope_id().with("stream messages");
        let area = ui.interact(body, id, Sense::click());
        area.widget_info(|| WidgetInfo::labeled(Role::List, ui.is_enabled(), text!("Messages")));
        let count = messages.len() as u64;
        self.take_input(ui, &area, count, body);
        let (first, shift) = self.scroll.top();
        let painter = ui.painter().with_clip_rect(body.intersect(ui.clip_rect()));
        let mut top = body.top() - shift;
        let skip = usize::try_from(first).unwrap_or(usize::MAX);
        for (index, message) in messages.iter().enumerate().skip(skip) {
            if top > body.bottom() {
                break;
            }
            let rect = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), top + TABLE_ROW));
            top += TABLE_ROW;
            let length = exact_size((message.body_end - message.body) as u64);
            let bytes = kept.content.get(message.body..message.body_end).unwrap_or_default();
            let open = open(encoding, kept, messages, index);
            let said = reading::line(encoding, &open, bytes, 200);
            let response = ui.interact(rect.intersect(body), id.with(index), Sense::hover());
            let spoken = text!("message {number}, {length}, {said}", number = index + 1, length = length, said = said);
            response.widget_info(|| WidgetInfo::labeled(Role::ListItem, ui.is_enabled(), spoken.as_str()));
            if self.pointed_at == Some(kept.start + message.start as u64) {
                painter.rect_filled(rect, 0.0, palette.accent_tint);
            }
            if response.hovered() {
                painter.rect_filled(rect, 0.0, palette.hover);
            }
            let cells = [
                grouped(index as u64 + 1),
                grouped(kept.start + message.start as u64),
                length,
                grouped(message.calls as u64),
                said,
            ];
            for (at, (cell, x)) in cells.into_iter().zip(COLUMNS).enumerate() {
                let color = match at {
                    3 if message.calls > 1 => palette.warning_words,
                    0 | 1 | 3 => palette.muted,
                    _ => palette.text,
                };
                let room = if at == 4 { body.width() - x - BAR - 4.0 } else { 92.0 };
                let galley = paint::elided(ui, &cell, theme::mono(), color, room);
                paint::put(&painter, galley, body.left() + x, rect.center().y);
            }
        }
        if self.scroll.bar(ui, id.with("bar"), body, count, text!("Scroll the messages")) {
            self.follow = self.scroll.is_at_end(count, body.height());
        }
        if area.has_focus() {
            ui.painter().rect_stroke(body, 0.0, Stroke::new(1.0, palette.accent), egui::StrokeKind::Inside);
        }
        if foot > 0.0 {
            left_over(ui, Rect::from_min_max(pos2(whole.left(), body.bottom()), whole.max), left);
        }
    }

    fn take_input(&mut self, ui: &Ui, area: &egui::Response, count: u64, body: Rect) {
        let mut by = 0.0;
        if ui.rect_contains_pointer(body) {
            by = ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        if area.has_focus() {
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(area.id, filter));
            let page = (body.height() - TABLE_ROW).max(TABLE_ROW);
            let steps = [
                (Key::ArrowUp, -TABLE_ROW),
                (Key::ArrowDown, TABLE_ROW),
                (Key::PageUp, -page),
                (Key::PageDown, page),
                (Key::Home, -1e9),
                (Key::End, 1e9),
            ];
            let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
            by += steps.into_iter().filter(|(key, _)| pressed(*key)).map(|(_, points)| points).sum::<f32>();
        }
        if by != 0.0 {
            self.scroll.by(by);
            self.scroll.clamp(count, body.height());
            self.follow = by > 0.0 && self.scroll.is_at_end(count, body.height());
        }
        if self.follow {
            self.scroll.to_end(count, body.height());
        }
        self.scroll.clamp(count, body.height());
    }
}

/// How the message before ended, where messages follow each other without anything between: with bytes of a character
/// that this one goes on with.
fn open(encoding: Encoding, kept: &Bytes, messages: &[Message], index: usize) -> Vec<u8> {
    let bytes = |message: &Message| kept.content.get(message.start..message.end).unwrap_or_default();
    let is_plain = |message: &Message| (message.body, message.body_end) == (message.start, message.end);
    let before = messages.get(..index).unwrap_or_default();
    let mut chain = Vec::new();
    for message in before.iter().rev().take(DEEP).take_while(|message| is_plain(message)) {
        let mut asked = false;
        encoding.open_end(bytes(message), || {
            asked = true;
            Vec::new()
        });
        chain.push(message);
        if !asked {
            break;
        }
    }
    let mut open = Vec::new();
    for message in chain.into_iter().rev() {
        let left = if encoding.continues(&open, bytes(message)) { open } else { Vec::new() };
        open = encoding.open_end(bytes(message), || left);
    }
    let goes_on = messages.get(index).is_some_and(|message| encoding.continues(&open, bytes(message)));
    if goes_on { open } else { Vec::new() }
}

/// What does not fit, below the rows.
fn left_over(ui: &Ui, rect: Rect, words: &str) {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(rect, 0.0, palette.warning_tint);
    let galley = paint::elided(ui, words, theme::body(), palette.text, rect.width() - 28.0);
    paint::put(ui.painter(), galley, rect.left() + 14.0, rect.center().y);
    let response = ui.interact(rect, ui.scope_id().with("stream rest"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), words));
}
