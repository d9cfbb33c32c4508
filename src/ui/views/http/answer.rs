//! The answer: its first line, what is wrong with it, and its forms.

use std::{fmt::Write as _, sync::Arc};

use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use super::{
    charset::Charset,
    html,
    input::{HttpInput, NARROW, file_name},
    page::PageView,
    readable, status, timeline,
};
use crate::{
    journal::{Object, Objects},
    model::{Arrival, ConnectionId, Direction, ObjectId, Page},
    ui::{
        action::Action,
        icons,
        kit::{self, Tone},
        theme::{self, CONTROL_TOOL, Palette, Room, SPACE, SPACE_SMALL},
        views::shared::{hex::HexView, json::JsonTree, reading, text_view::TextView, thumbnail, wording},
    },
    words::{counted, exact_size, span, text},
};

/// What is read as text; the whole body can be saved, and is under Hex.
const TEXT: usize = 1 << 20;
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
    raw: TextView,
    text: TextView,
    /// JSON as text, in place of the tree.
    json_as_text: bool,
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
    json: Option<JsonTree>,
    page: Option<PageView>,
    /// The encoding that the answer names, where it is not UTF-8.
    charset: Option<Charset>,
    raw: String,
}

impl AnswerView {
    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        if self.shown.read(page, input.objects) {
            (self.hex, self.raw, self.text) = Default::default();
        }
        let palette = Palette::of(ui);
        let head = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(14, 9));
        Panel::top(ui.scope_id().with("http answer")).frame(head).show(ui, |ui| self.head(ui, page, input, actions));
        let body = Frame::new().inner_margin(Margin { left: 14, right: 4, top: 10, bottom: 6 });
        body.show(ui, |ui| match self.form {
            Form::Preview => self.preview(ui, page, input, actions),
            Form::Headers => headers(ui, page),
            Form::Raw => {
                self.raw.show(ui, &self.shown.raw, text!("All that went over the wire"));
            }
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
        } else if let Some(view) = &mut self.shown.page {
            view.show(ui, input, actions);
        } else if self.shown.json.is_some() || self.shown.text.is_some() {
            self.readable(ui, page, actions);
        } else if let Some(body) = &self.shown.body {
            self.hex.show(ui, &body.content.bytes, text!("Bytes of the body"));
        } else {
            Self::no_body(ui, page, input);
        }
    }

    /// A body that is text: as a tree where it is JSON, or as it reads.
    fn readable(&mut self, ui: &mut Ui, page: &Page, actions: &mut Vec<Action>) {
        let Shown { body, text, json, .. } = &mut self.shown;
        if let (Some(tree), Some(body)) = (json, body) {
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = CONTROL_TOOL;
                let forms = [(false, text!("Tree")), (true, text!("Text"))];
                kit::segmented(ui, text!("Form of the JSON"), &mut self.json_as_text, &forms);
                if !self.json_as_text {
                    tree.tools(ui);
                }
                if let Some(note) = tree.note(page.length) {
                    muted(ui, &note);
                }
            });
            ui.add_space(SPACE_SMALL);
            if !self.json_as_text {
                tree.show(ui, &body.content.bytes, actions);
                return;
            }
        }
        if let Some(text) = text {
            self.text.show(ui, text, text!("The body as text"));
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

    /// `short`: a list that opens.
    fn forms(&mut self, ui: &mut Ui, short: bool) {
        let forms = [
            (Form::Preview, text!("Preview")),
            (Form::Headers, text!("Headers")),
            (Form::Raw, text!("Raw")),
            (Form::Hex, text!("Hex")),
            (Form::Timeline, text!("Timeline")),
        ];
        kit::choice(ui, text!("Form of the answer"), &mut self.form, &forms, short);
    }

    fn head(&mut self, ui: &mut Ui, page: &Page, input: &HttpInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        let low = Room::of(ui.ctx()) == Room::Low;
        if ui.available_width() < NARROW && !low {
            ui.horizontal(|ui| summary(ui, page, input, self.shown.charset.as_ref()));
            ui.add_space(SPACE_SMALL);
            ui.horizontal(|ui| {
                self.forms(ui, false);
                self.save(ui, page, actions);
            });
        } else {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.save(ui, page, actions);
                    self.forms(ui, low);
                    ui.add_space(SPACE);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        summary(ui, page, input, self.shown.charset.as_ref());
                    });
                });
            });
        }
        // What points elsewhere is shown, not followed, unless somebody asked for that.
        if let Some(place) = page.header("location").filter(|_| matches!(page.status, 301 | 302 | 303 | 307 | 308)) {
            ui.horizontal_wrapped(|ui| {
                let place = wording::escape(place.as_bytes(), 200);
                ui.label(RichText::new(text!("It leads to {place}", place = place)).color(Palette::of(ui).muted));
                ui.add_space(SPACE);
                let tip = text!("Options above has Follow redirects, for all that are sent from then on");
                if ui.add(kit::Button::raised(icons::ARROW_RIGHT, text!("Follow")).tooltip(tip)).clicked() {
                    actions.push(Action::FollowRedirect);
                }
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
fn summary(ui: &mut Ui, page: &Page, input: &HttpInput<'_>, charset: Option<&Charset>) {
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
    let mut facts = facts(page, input.received);
    if let Some(charset) = charset {
        facts.push_str(" · ");
        facts.push_str(&charset.words());
    }
    let facts = RichText::new(facts).font(theme::body()).color(palette.muted);
    ui.add(Label::new(facts).truncate());
}

/// Size, time, and what was done to the body.
fn facts(page: &Page, received: u64) -> String {
    if page.arrival != Arrival::Ended {
        return text!("{size} so far", size = exact_size(received));
    }
    let mut facts = format!("{} · {}", exact_size(page.length), span(page.micros.saturating_mul(1000)));
    if let Some((name, packed)) = &page.packed {
        facts.push_str(" · ");
        facts.push_str(&text!("{name}, {packed} as it came", name = name, packed = exact_size(*packed)));
    }
    let redirects = page.hops.iter().filter(|hop| !hop.location.is_empty()).count();
    if redirects > 0 {
        facts.push_str(" · ");
        facts.push_str(&counted!("{n} redirects", n = redirects as u64));
    }
    facts
}

impl Shown {
    /// Takes over what there is now; true when that is another answer than before.
    fn read(&mut self, page: &Page, objects: &Objects) -> bool {
        let changes = objects.changes();
        let key = (page.connection, page.micros, page.wire_length, page.body);
        let same = self.key == key && !self.raw.is_empty();
        if same && changes == self.changes {
            return false;
        }
        self.changes = changes;
        self.body = page.body.and_then(|id| objects.get(id));
        if !same {
            let body = self.body.take();
            *self = Self { key, changes, raw: raw(page), ..Self::default() };
            if let Some(body) = &body {
                let bytes = &body.content.bytes;
                self.charset = Charset::of(page, bytes);
                self.text = readable(page, bytes, self.charset.as_ref());
                self.page = self.text.as_ref().and_then(|_| html_page(page, bytes, self.charset.as_ref()));
                // JSON is UTF-8; in another encoding it is read as text.
                let is_utf8 = self.charset.is_none();
                self.json = self
                    .text
                    .as_ref()
                    .filter(|_| is_utf8)
                    .and_then(|_| JsonTree::read(bytes))
                    .filter(JsonTree::is_sound);
            }
            self.body = body;
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
        !same
    }
}

/// The body as text, made readable where its kind is known; `None` for bytes.
fn readable(page: &Page, body: &[u8], charset: Option<&Charset>) -> Option<String> {
    let part = body.get(..TEXT).unwrap_or(body);
    let encoding = charset.and_then(|charset| charset.encoding).unwrap_or_default();
    if !reading::is_text(encoding, part) {
        return None;
    }
    let kind = page.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let text = encoding.decode_lossy(part);
    let start = text.trim_start();
    let made = if kind.contains("json") || start.starts_with(['{', '[']) {
        if part.len() == body.len() { readable::json(&text) } else { None }
    } else {
        None
    };
    let mut shown = match made.filter(|made| !made.is_empty()) {
        Some(made) => wording::escape_lines(made.as_bytes(), 2 * TEXT),
        None => reading::lines(encoding, &[], part, TEXT),
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

/// The body as a page of HTML, where it is one with something to see.
fn html_page(page: &Page, body: &[u8], charset: Option<&Charset>) -> Option<PageView> {
    let encoding = charset.and_then(|charset| charset.encoding).unwrap_or_default();
    let kind = page.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let part = body.get(..html::BYTES + 4).unwrap_or(body);
    let text = encoding.decode_lossy(part);
    let view = html::is_html(&kind, &text).then(|| PageView::new(html::read(&text)))?;
    (!view.is_empty()).then_some(view)
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
        let title = |ui: &mut Ui, words: &str| {
            ui.add_space(SPACE);
            kit::section_title(ui, words);
            ui.add_space(SPACE_SMALL);
        };
        for (name, value) in &page.headers {
            row(ui, name, value);
        }
        if page.headers.is_empty() {
            muted(ui, text!("The answer had no headers"));
        }
        if !page.trailers.is_empty() {
            title(ui, text!("After the last chunk"));
        }
        for (name, value) in &page.trailers {
            row(ui, name, value);
        }
        for interim in &page.interim {
            let line = wording::escape(interim.start_line.as_bytes(), 200);
            title(ui, &text!("Before it came {line}", line = line));
            for (name, value) in &interim.headers {
                row(ui, name, value);
            }
        }
        let mut sent = page.request.lines();
        if let Some(line) = sent.next() {
            title(ui, &text!("Sent with {line}", line = wording::escape(line.as_bytes(), 200)));
        }
        for (name, value) in sent.filter_map(|line| line.split_once(": ")) {
            row(ui, name, value);
        }
    });
}
