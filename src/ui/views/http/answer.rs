//! The answer: its first line, what is wrong with it, and its forms.

use std::{fmt::Write as _, sync::Arc};

use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use super::{
    input::{HttpInput, NARROW, file_name},
    readable, status, timeline,
};
use crate::{
    journal::{Object, Objects},
    model::{Arrival, ConnectionId, Direction, ObjectId, Page},
    ui::{
        action::Action,
        icons,
        kit::{self, Tone},
        theme::{self, CONTROL_TOOL, Palette, SPACE, SPACE_SMALL},
        views::shared::{hex::HexView, thumbnail, wording},
    },
    words::{exact_size, span, text},
};

/// What is laid out as text at once; the whole body can be saved, and is under Hex.
const TEXT: usize = 96 << 10;
/// Width of the names of headers where there is room for it.
const NAME: f32 = 220.0;
/// Remarks that stand above the body before the rest is behind them.
const REMARKS: f32 = 132.0;

/// What of an answer is shown. Kept between runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The body as a person reads it.
    #[default]
    Preview,
    /// Its head.
    Headers,
    /// The bytes as text.
    Raw,
    /// The bytes.
    Hex,
    /// When what was done.
    Timeline,
}

/// How a person looks at an answer.
#[derive(Debug, Default)]
pub(super) struct AnswerView {
    pub(super) form: Form,
    /// The bytes as they came, in place of the body that was made of them.
    as_it_came: bool,
    hex: HexView,
    shown: Shown,
}

/// What was made of the answer, once for each.
#[derive(Debug, Default)]
struct Shown {
    key: (ConnectionId, u64, u64, Option<ObjectId>),
    changes: u64,
    /// The body, as long as the store keeps it.
    body: Option<Arc<Object>>,
    picture: Option<Arc<Object>>,
    text: Option<String>,
    raw: String,
}

impl AnswerView {
    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        self.shown.read(page, input.objects, &mut self.hex);
        let palette = Palette::of(ui);
        let head = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(14, 9));
        Panel::top(ui.scope_id().with("http answer")).frame(head).show(ui, |ui| self.head(ui, page, input, actions));
        let body = Frame::new().inner_margin(Margin { left: 14, right: 4, top: 10, bottom: 6 });
        body.show(ui, |ui| match self.form {
            Form::Preview => self.preview(ui, page, input, actions),
            Form::Headers => headers(ui, page),
            Form::Raw => scrolled_text(ui, "http raw", &self.shown.raw),
            Form::Hex => {
                if page.wire_length != page.length {
                    let forms = [(false, text!("The body")), (true, text!("As it came"))];
                    if kit::segmented(ui, text!("Which bytes"), &mut self.as_it_came, &forms).changed() {
                        self.hex = HexView::default();
                    }
                    ui.add_space(SPACE_SMALL);
                }
                if self.as_it_came {
                    if page.wire_length > page.wire.len() as u64 {
                        let size = exact_size(page.wire.len() as u64);
                        muted(ui, &text!("The first {size}; all that came is in the journal", size = size));
                    }
                    self.hex.show(ui, &page.wire, text!("Bytes of the body"));
                } else if let Some(body) = &self.shown.body {
                    self.hex.show(ui, &body.content.bytes, text!("Bytes of the body"));
                } else {
                    Self::no_body(ui, page, input);
                }
            }
            Form::Timeline => timeline::show(ui, page),
        });
    }

    fn preview(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        if let Some(object) = &self.shown.picture {
            let area = ui.available_rect_before_wrap();
            if thumbnail::show(ui, object, area.shrink(SPACE), input.pictures) {
                actions.push(Action::Enlarge(object.id));
            }
        } else if let Some(text) = &self.shown.text {
            scrolled_text(ui, "http text", text);
        } else if let Some(body) = &self.shown.body {
            self.hex.show(ui, &body.content.bytes, text!("Bytes of the body"));
        } else {
            Self::no_body(ui, page, input);
        }
    }

    /// Where the body is when it is not here.
    fn no_body(ui: &mut Ui, page: &Page, input: &HttpInput<'_>) {
        if let Some(path) = &page.saved {
            let path = path.display();
            if page.is_cut_short {
                kit::notice(ui, kit::Tone::Warning, &text!("What came of the body is in {path}", path = path));
            } else {
                kit::notice(ui, kit::Tone::Good, &text!("The body is in {path}", path = path));
            }
        } else if page.arrival != Arrival::Ended && input.loading {
            let fraction = page.promised().filter(|length| *length > 0).map(|length| {
                let came = input.received.saturating_sub(page.head_length as u64);
                came as f32 / length as f32
            });
            let words = text!("{size} so far", size = exact_size(input.received));
            muted(ui, &words);
            kit::progress(ui, fraction, ui.available_width().min(420.0), &words);
        } else if page.body.is_some() {
            muted(ui, text!("This body made room for newer ones; send the request again to see it"));
        } else if page.is_cut_short || page.length > 0 {
            muted(ui, text!("Nothing of the body was kept"));
        } else {
            muted(ui, text!("The answer has no body"));
            let place = page.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
            if let Some((_, place)) = place.filter(|_| (300..400).contains(&page.status)) {
                let place = wording::escape(place.as_bytes(), 400);
                muted(ui, &text!("It leads to {place}. Options above has Follow redirects.", place = place));
            }
        }
    }

    fn save(&self, ui: &mut Ui, page: &Page, actions: &mut Vec<Action>) {
        let body = self.shown.body.as_ref().map(|body| body.id);
        let save = ui.add_enabled_ui(body.is_some(), |ui| {
            kit::icon_button(ui, icons::DOWNLOAD_SIMPLE, text!("Save the body")).clicked()
        });
        if let Some(id) = body.filter(|_| save.inner) {
            actions.push(Action::SaveObject { name: file_name(&page.url), id });
        }
    }

    fn forms(&mut self, ui: &mut Ui) {
        let forms = [
            (Form::Preview, text!("Preview")),
            (Form::Headers, text!("Headers")),
            (Form::Raw, text!("Raw")),
            (Form::Hex, text!("Hex")),
            (Form::Timeline, text!("Timeline")),
        ];
        kit::segmented(ui, text!("Form of the answer"), &mut self.form, &forms);
    }

    fn head(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        if ui.available_width() < NARROW {
            ui.horizontal(|ui| summary(ui, page, input));
            ui.add_space(SPACE_SMALL);
            ui.horizontal(|ui| {
                self.forms(ui);
                self.save(ui, page, actions);
            });
        } else {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.save(ui, page, actions);
                    self.forms(ui);
                    ui.add_space(SPACE);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| summary(ui, page, input));
                });
            });
        }
        if !page.remarks.is_empty() {
            let scroll = ScrollArea::vertical().id_salt("http remarks").auto_shrink([false, true]);
            scroll.max_height(REMARKS).min_scrolled_height(REMARKS).show(ui, |ui| {
                for remark in &page.remarks {
                    kit::notice(ui, kit::Tone::Warning, &wording::escape(remark.to_string().as_bytes(), 400));
                }
            });
        }
    }
}

/// The first line of the answer, size and time.
fn summary(ui: &mut Ui, page: &Page, input: &HttpInput<'_>) {
    let palette = Palette::of(ui);
    let (icon, color, meaning) = match status::of_page(page) {
        Tone::Good => (icons::CHECK_CIRCLE, palette.good, text!("a good answer")),
        Tone::Info => (icons::INFO, palette.accent, text!("an answer on the way to another")),
        Tone::Warning | Tone::Bad if page.status < 400 => {
            (icons::WARNING, palette.warning, text!("an answer with faults"))
        }
        Tone::Warning | Tone::Bad => (icons::WARNING, palette.warning, text!("the server says no")),
    };
    kit::sign(ui, icon, color, meaning);
    let line = if page.start_line.is_empty() { text!("no status line") } else { &page.start_line };
    let line = RichText::new(wording::escape(line.as_bytes(), 120)).font(theme::name()).color(color);
    ui.add(Label::new(line).selectable(true).truncate());
    let facts = RichText::new(facts(page, input.received)).font(theme::body()).color(palette.muted);
    ui.add(Label::new(facts).truncate());
}

/// Size, time, and what was done to the body.
fn facts(page: &Page, received: u64) -> String {
    if page.arrival != Arrival::Ended {
        return text!("{size} so far", size = exact_size(received));
    }
    let mut facts = format!("{} · {}", exact_size(page.length), span(page.micros.saturating_mul(1000)));
    if let Some((name, packed)) = &page.packed {
        facts.push_str(&text!(" · {name}, {packed} as it came", name = name, packed = exact_size(*packed)));
    }
    if !page.hops.is_empty() {
        let count = page.hops.len();
        facts.push_str(&match count {
            1 => text!(" · 1 redirect").to_owned(),
            _ => text!(" · {count} redirects", count = count),
        });
    }
    facts
}

impl Shown {
    fn read(&mut self, page: &Page, objects: &Objects, hex: &mut HexView) {
        let changes = objects.changes();
        let key = (page.connection, page.micros, page.wire_length, page.body);
        let same = self.key == key && !self.raw.is_empty();
        if same && changes == self.changes {
            return;
        }
        self.changes = changes;
        self.body = page.body.and_then(|id| objects.get(id));
        if !same {
            let text = self.body.as_ref().and_then(|body| readable(page, &body.content.bytes));
            *self = Self { key, changes, body: self.body.take(), text, raw: raw(page), picture: None };
            *hex = HexView::default();
        }
        self.picture = match &self.body {
            Some(body) if body.content.picture.is_some() => Some(Arc::clone(body)),
            // Text with a picture in it is text.
            Some(_) if self.text.is_some() => None,
            _ => objects
                .of_connection(page.connection)
                .into_iter()
                .rev()
                .find(|object| object.content.picture.is_some() && object.content.direction == Direction::Inbound),
        };
    }
}

/// The body as text, made readable where its kind is known; `None` for bytes.
fn readable(page: &Page, body: &[u8]) -> Option<String> {
    let part = body.get(..TEXT).unwrap_or(body);
    if !wording::is_text(part) {
        return None;
    }
    let kind = page.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let text = String::from_utf8_lossy(part);
    let start = text.trim_start();
    let made = if kind.contains("json") || start.starts_with(['{', '[']) {
        if part.len() == body.len() { readable::json(&text) } else { None }
    } else if kind.contains("html") || start.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("<html")) {
        Some(readable::html(&text))
    } else {
        None
    };
    let mut shown = match made.filter(|made| !made.is_empty()) {
        Some(made) => wording::escape_lines(made.as_bytes(), 2 * TEXT),
        None => wording::escape_lines(body, TEXT),
    };
    if part.len() < body.len() {
        let words = text!(
            "This is the beginning. All {size} are under Hex, and in the file when you save it.",
            size = exact_size(page.length)
        );
        shown = format!("{words}\n\n{shown}");
    }
    Some(shown)
}

/// What was sent and what came, byte for byte where it can be shown.
fn raw(page: &Page) -> String {
    let mut out = wording::escape_lines(page.request.as_bytes(), TEXT);
    out.push('\n');
    out.push_str(&wording::escape_lines(&page.wire, Page::WIRE));
    let (kept, after) = (page.wire.len() as u64, page.surplus.len() as u64);
    if kept + after < page.wire_length {
        let left = page.wire_length - kept - after;
        let _ = write!(out, "\n\n… {} …\n\n", text!("{size} more, in the journal", size = exact_size(left)));
    }
    if kept < page.wire_length {
        out.push_str(&wording::escape_lines(&page.surplus, Page::SURPLUS));
    }
    out
}

fn muted(ui: &mut Ui, words: &str) {
    ui.label(RichText::new(words).color(Palette::of(ui).muted));
}

fn headers(ui: &mut Ui, page: &Page) {
    ScrollArea::vertical().id_salt("http headers").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let row = |ui: &mut Ui, name: &str, value: &str| {
            kit::key_value(
                ui,
                NAME.min(0.4 * ui.available_width()),
                &wording::escape(name.as_bytes(), 80),
                wording::escape(value.as_bytes(), 2000),
            );
        };
        for (name, value) in &page.headers {
            row(ui, name, value);
        }
        if page.headers.is_empty() {
            muted(ui, text!("The answer had no headers"));
        }
        let mut sent = page.request.lines();
        if let Some(line) = sent.next() {
            ui.add_space(SPACE);
            kit::section_title(ui, &text!("Sent with {line}", line = wording::escape(line.as_bytes(), 200)));
            ui.add_space(SPACE_SMALL);
        }
        for (name, value) in sent.filter_map(|line| line.split_once(": ")) {
            row(ui, name, value);
        }
    });
}

fn scrolled_text(ui: &mut Ui, salt: &str, text: &str) {
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        ui.add(Label::new(RichText::new(text).font(theme::mono())).wrap().selectable(true));
    });
}
