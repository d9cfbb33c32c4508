//! The messages that a cut gave, as a list of any length: only rows on the screen are laid out.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::{
    model::Encoding,
    ui::{
        kit::{self, ListKeys, Step},
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
    /// The message that was pointed at, with the pointer, by the keys or from elsewhere, by its first byte in the stream.
    pointed_at: Option<u64>,
}

/// What a person asked for in the list.
pub(super) struct Asked {
    /// The list itself, from which the menu opens.
    pub(super) list: Response,
    /// The first byte of the message that was pointed at.
    pub(super) byte: Option<u64>,
    /// That message is to be opened.
    pub(super) open: bool,
    /// Its menu is asked for.
    pub(super) menu: kit::MenuAsked,
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
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        kept: &Bytes,
        encoding: Encoding,
        messages: &[Message],
        left: &str,
    ) -> Asked {
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
        let count = messages.len() as u64;
        kit::is_list(ui, &area, Role::List, count, text!("Messages"));
        let keys = kit::list_keys(&area, false);
        self.walk(&keys, kept, messages, body.height());
        self.take_input(ui, count, body);
        let mut menu = kit::MenuAsked::default();
        let mut open_by_click = false;
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
            let response = ui.interact(rect.intersect(body), id.with(index), Sense::CLICK);
            let spoken = text!("message {number}, {length}, {said}", number = index + 1, length = length, said = said);
            let byte = Some(kept.start + message.start as u64);
            if response.clicked() || response.secondary_clicked() {
                (self.pointed_at, self.follow) = (byte, false);
                menu.clicked = response.secondary_clicked();
                area.request_focus();
            }
            open_by_click |= response.double_clicked();
            let at = self.pointed_at == byte;
            kit::is_row(&response, Role::ListItem, index as u64, at, spoken);
            if response.hovered() {
                painter.rect_filled(rect, 0.0, palette.hover);
            }
            if at {
                painter.rect_filled(rect, 0.0, palette.accent_tint);
                kit::is_at(&area, response.id);
                kit::list_ring(ui, &area, Some(rect));
                menu.by_key = keys.menu.then_some(rect);
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
        if self.pointed_at.is_none() {
            kit::list_ring(ui, &area, None);
        }
        if foot > 0.0 {
            left_over(ui, Rect::from_min_max(pos2(whole.left(), body.bottom()), whole.max), left);
        }
        Asked { list: area, byte: self.pointed_at, open: keys.open || open_by_click, menu }
    }

    /// Takes the steps of the keys.
    fn walk(&mut self, keys: &ListKeys, kept: &Bytes, messages: &[Message], height: f32) {
        let first_byte = |message: &Message| kept.start + message.start as u64;
        let count = messages.len() as u64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows that fit on a screen")]
        let rows = kit::Rows { count, columns: 1, page: (height / TABLE_ROW) as u64 };
        for step in &keys.steps {
            // Datagrams without bytes begin with the same byte: down goes past all of them.
            let down = matches!(step, Step::Down | Step::PageDown);
            let at = self.pointed_at.map(|byte| {
                let before = messages.partition_point(|message| first_byte(message) < byte + u64::from(down));
                (before as u64).saturating_sub(u64::from(down))
            });
            let Some(to) = step.from(at, rows, self.scroll.top().0) else { return };
            let Some(message) = usize::try_from(to).ok().and_then(|to| messages.get(to)) else { return };
            self.pointed_at = Some(first_byte(message));
            // The last one is followed from then on.
            self.follow = *step == Step::Last;
            self.scroll.reveal(to, height);
        }
        if keys.menu || keys.open {
            let first = usize::try_from(self.scroll.top().0).ok().and_then(|top| messages.get(top));
            self.pointed_at = self.pointed_at.or(first.map(first_byte));
        }
    }

    fn take_input(&mut self, ui: &Ui, count: u64, body: Rect) {
        let mut by = 0.0;
        if ui.rect_contains_pointer(body) {
            by = ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y));
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
