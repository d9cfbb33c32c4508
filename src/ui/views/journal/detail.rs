//! One record of the journal in full: its bytes as hex and text, as text, or as the picture it is part of.
//!
//! Keeps a copy of the payload (at most what the journal kept of it), so that what a person reads stays when the record
//! is evicted.

use std::ops::Range;

use egui::{Align, Label, Layout, Response, RichText, Ui, UiBuilder};
use serde::{Deserialize, Serialize};

use crate::{
    journal::{Column, Filter, Journal, Objects, Seq},
    model::{ConnectionId, Direction, Encoding, Encodings, Event, ObjectId, SessionId},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, room::has_words},
        views::shared::{
            calls, copied,
            hex::HexView,
            json::JsonTree,
            numbers, paint,
            picture::{PictureSource, PictureState},
            reading::{self, Past},
            text_view::TextView,
            wording,
        },
    },
    words::{clock_micros, exact_size, grouped, text},
};

/// The most that is laid out as text at once.
const TEXT_LIMIT: usize = 32 << 10;

/// How far into a record the head of an HTTP message may reach.
const HEAD: usize = 16 << 10;
/// Bytes that are read as a number where none are chosen.
const FIRST: usize = 8;
/// Places of what was found that are marked in one record.
const MARKS: usize = 1000;

/// What of a record is shown. Kept between runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Its bytes.
    #[default]
    Hex,
    /// Its text.
    Text,
    /// Its picture, where it has one.
    Picture,
    /// Its values, where it is JSON.
    Json,
    /// The chosen bytes as numbers, where these have no room beside the bytes.
    Numbers,
}

#[derive(Debug)]
struct Record {
    seq: Seq,
    event: Event,
    nanos: u64,
    length: u64,
    session: SessionId,
    connection: ConnectionId,
    encoding: Encoding,
    /// How its first character began in the record before.
    open: Vec<u8>,
    names: String,
    sentence: String,
    /// What the call behind it did.
    call: String,
    payload: Vec<u8>,
    text: Option<String>,
    picture: Option<ObjectId>,
    asked: u64,
}

/// The detail below the table.
#[derive(Debug, Default)]
pub struct Detail {
    record: Option<Record>,
    /// What is shown.
    pub form: Form,
    hex: HexView,
    /// What was marked last in which record.
    marked: Option<(Seq, Filter)>,
    text: TextView,
    text_is_marked: bool,
    /// The record's JSON, and where in its payload it begins.
    json: Option<(usize, JsonTree)>,
    takes_keyboard: bool,
}

impl Detail {
    /// Shows record `seq` in the encoding of its session; one that is gone already leaves what was shown. `recv_size`
    /// knows how much the `recv` of a record could return.
    pub fn set(
        &mut self,
        journal: &Journal,
        seq: Option<Seq>,
        encodings: &Encodings,
        recv_size: &dyn Fn(ConnectionId, Seq) -> Option<usize>,
    ) {
        if let Some(record) = &mut self.record
            && Some(record.seq) == seq
        {
            let encoding = encodings.of(record.session);
            if record.encoding != encoding {
                record.encoding = encoding;
                record.text = None;
                self.text = TextView::default();
                self.marked = None;
                let past = Past::new(journal, &[]);
                record.open = journal.with_row(record.seq, |row| past.open(&row, encoding)).unwrap_or_default();
            }
            return;
        }
        let Some(seq) = seq else {
            self.record = None;
            return;
        };
        let record = journal.with_row(seq, |row| Record {
            seq,
            event: row.head.event,
            nanos: row.head.nanos,
            length: u64::from(row.head.length),
            session: row.head.session,
            connection: row.head.connection,
            encoding: encodings.of(row.head.session),
            open: Past::new(journal, &[]).open(&row, encodings.of(row.head.session)),
            names: [&row.names.local, &row.names.peer]
                .iter()
                .filter(|name| !name.is_unnamed())
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("  "),
            sentence: wording::sentence(&row),
            call: calls::explained(&row, recv_size(row.head.connection, seq)),
            payload: row.payload.to_vec(),
            text: None,
            picture: None,
            asked: 0,
        });
        if record.is_some() {
            self.record = record;
            self.hex = HexView::default();
            self.text = TextView::default();
            self.json = self.record.as_ref().and_then(|record| {
                let at = record.json_at().filter(|_| record.event.direction().is_some())?;
                let tree = JsonTree::read(record.payload.get(at..)?)?;
                // A line of a log that begins with a bracket is no JSON.
                tree.is_sound().then_some((at, tree))
            });
        }
    }

    /// Marks what a filter found in the record.
    pub fn mark(&mut self, filter: &Filter) {
        if let Some(record) = &self.record
            && self.marked.as_ref() != Some(&(record.seq, filter.clone()))
        {
            self.hex.mark(filter.marks_in(&record.payload, MARKS));
            self.marked = Some((record.seq, filter.clone()));
            self.text_is_marked = false;
        }
    }

    /// What is shown of the record takes the keyboard when it is drawn next.
    pub fn focus(&mut self) {
        self.takes_keyboard = true;
    }

    /// True when a record is shown.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.record.is_some()
    }

    /// Draws the record; true when the person closed it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        objects: &Objects,
        pictures: &dyn PictureSource,
        actions: &mut Vec<Action>,
    ) -> bool {
        let Some(record) = &mut self.record else { return false };
        record.find_picture(objects);
        // What a person chose stays chosen for the records that have it.
        let mut form = match self.form {
            Form::Picture if record.picture.is_none() => Form::Hex,
            Form::Json if self.json.is_none() => Form::Text,
            Form::Numbers if has_both(ui) => Form::Hex,
            form => form,
        };
        let before = form;
        let chosen = self.hex.selection().filter(|_| matches!(form, Form::Hex | Form::Numbers));
        let closed = head(ui, record, &mut form, (chosen, self.json.is_some()), actions);
        if form != before {
            self.form = form;
        }
        if !record.call.is_empty() {
            let call = RichText::new(&record.call).font(theme::body()).color(Palette::of(ui).muted);
            ui.add(Label::new(call).truncate().selectable(true));
        }
        ui.add_space(2.0);
        let shown = match (form, record.picture) {
            _ if record.event.direction().is_none() => {
                let text = RichText::new(&record.sentence).font(theme::mono());
                ui.add(Label::new(text).wrap().selectable(true));
                None
            }
            (Form::Picture, Some(id)) => Some(picture(ui, id, pictures, actions)),
            (Form::Text, _) => {
                let words = record.text();
                if let Some((_, filter)) = self.marked.as_ref().filter(|_| !self.text_is_marked) {
                    self.text.mark(filter.marks(Column::Content, words, MARKS));
                    self.text_is_marked = true;
                }
                Some(self.text.show(ui, words, text!("Text of the record")))
            }
            (Form::Json, _) => self.json.as_mut().map(|(at, tree)| {
                let bytes = record.payload.get(*at..).unwrap_or_default();
                if let Some(note) = tree.note(bytes.len() as u64) {
                    ui.label(RichText::new(note).font(theme::body()).color(Palette::of(ui).muted));
                }
                tree.show(ui, bytes, actions)
            }),
            (Form::Numbers, _) => {
                // They are chosen in another form: until some are, those that it begins with.
                let first = (!record.payload.is_empty()).then(|| 0..record.payload.len().min(FIRST));
                numbers::show(ui, &record.payload, self.hex.selection().or(first));
                None
            }
            _ => Some(bytes(ui, &mut self.hex, &record.payload)),
        };
        if let Some(shown) = shown.filter(|_| std::mem::take(&mut self.takes_keyboard)) {
            shown.request_focus();
        }
        closed
    }
}

impl Record {
    fn find_picture(&mut self, objects: &Objects) {
        let newest = objects.changes();
        if newest == self.asked || self.picture.is_some() {
            return;
        }
        self.asked = newest;
        let covers = objects.of_connection(self.connection).into_iter().rev().find(|object| {
            let content = &object.content;
            (content.first..=content.last).contains(&self.seq)
                && self.event.direction() == Some(content.direction)
                && content.picture.is_some()
        });
        self.picture = covers.map(|object| object.id);
    }

    /// The text of the record, made once.
    fn text(&mut self) -> &str {
        let Self { encoding, open, payload, .. } = self;
        self.text.get_or_insert_with(|| {
            let mut words = reading::lines(*encoding, open, payload, TEXT_LIMIT);
            if payload.len() > TEXT_LIMIT {
                words.push_str("\n\n");
                words.push_str(text!("The rest is shown in hex"));
            }
            words
        })
    }

    /// Where in the payload its JSON begins: at its start, or behind the head of an HTTP message.
    fn json_at(&self) -> Option<usize> {
        let begins = |at: usize| {
            let rest = self.payload.get(at..).unwrap_or_default();
            let first = rest.iter().find(|byte| !byte.is_ascii_whitespace());
            matches!(first, Some(b'{' | b'[')).then_some(at)
        };
        begins(0).or_else(|| {
            let head = self.payload.get(..HEAD.min(self.payload.len()))?;
            let end = memchr::memmem::find(head, b"\r\n\r\n")?;
            begins(end + 4)
        })
    }

    fn summary(&self) -> String {
        let mut parts = vec![self.event.word().to_owned()];
        if self.event.direction().is_some() {
            parts.push(exact_size(self.length));
            if (self.payload.len() as u64) < self.length {
                parts.push(text!("{kept} kept", kept = exact_size(self.payload.len() as u64)));
            }
        }
        parts.push(clock_micros(self.nanos));
        if !self.names.is_empty() {
            let arrow = match self.event.direction() {
                Some(Direction::Inbound) => "  ←  ",
                _ => "  →  ",
            };
            parts.push(self.names.replace("  ", arrow));
        }
        parts.join(" · ")
    }
}

/// The bytes, and beside them the chosen ones as numbers where there is room; otherwise those are a form of their own.
fn bytes(ui: &mut Ui, hex: &mut HexView, payload: &[u8]) -> Response {
    let name = text!("Bytes of the record");
    let area = ui.available_rect_before_wrap();
    if !has_both(ui) {
        return hex.show(ui, payload, name);
    }
    let (left, right) = area.split_left_right_at_x(area.right() - numbers::WIDTH);
    let left = left.with_max_x(left.right() - SPACE);
    let shown = ui.scope_builder(UiBuilder::new().max_rect(left), |ui| hex.show(ui, payload, name)).inner;
    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| numbers::show(ui, payload, hex.selection()));
    shown
}

/// Whether bytes and numbers have room beside each other.
fn has_both(ui: &Ui) -> bool {
    ui.available_width() >= HexView::width(ui) + SPACE + numbers::WIDTH
}

fn head(
    ui: &mut Ui,
    record: &Record,
    form: &mut Form,
    (chosen, has_json): (Option<Range<usize>>, bool),
    actions: &mut Vec<Action>,
) -> bool {
    let palette = Palette::of(ui);
    let mut closed = false;
    let (both, short) = (has_both(ui), !has_words(ui));
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.set_min_height(CONTROL_TOOL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            closed = kit::icon_button(ui, icons::X, text!("Close the record")).clicked();
            if record.event.direction().is_some() {
                copy_menu(ui, record, chosen, actions);
                ui.add_space(SPACE);
                if *form == Form::Text {
                    let mut encoding = record.encoding;
                    if encoding_select(ui, &mut encoding) {
                        actions.push(Action::Read { session: record.session, encoding });
                    }
                }
                let mut options = vec![(Form::Hex, text!("Hex + text")), (Form::Text, text!("Text"))];
                if has_json {
                    options.push((Form::Json, text!("JSON")));
                }
                if record.picture.is_some() {
                    options.push((Form::Picture, text!("Picture")));
                }
                if !both {
                    options.push((Form::Numbers, text!("Numbers")));
                }
                kit::choice(ui, text!("Form of the record"), form, &options, short);
                ui.add_space(SPACE);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = text!("Record {number}", number = grouped(record.seq));
                ui.label(RichText::new(title).font(theme::body_semibold()).color(palette.text));
                let summary = RichText::new(record.summary()).font(theme::body()).color(palette.muted);
                ui.add(Label::new(summary).truncate());
            });
        });
    });
    closed
}

/// The choice of an encoding; true when another one was taken.
pub(in crate::ui::views) fn encoding_select(ui: &mut Ui, encoding: &mut Encoding) -> bool {
    let options = Encoding::ALL.map(|encoding| (encoding, encoding.name()));
    let select = kit::Select::new(text!("Encoding"), encoding, &options).quiet();
    let tip = text!("How text of this session is written and read");
    ui.add(select).on_hover_text(tip).changed()
}

fn copy_menu(ui: &mut Ui, record: &Record, chosen: Option<Range<usize>>, actions: &mut Vec<Action>) {
    let payload = &record.payload;
    copied::menu(ui, payload, chosen.clone(), actions, |ui, actions| {
        if kit::menu_item(ui, icons::TEXT_AA, text!("Text"), "").clicked() {
            let words = match chosen.and_then(|range| payload.get(range)) {
                Some(part) => record.encoding.decode_lossy(part).into_owned(),
                None => record.encoding.decode_lossy(&[record.open.as_slice(), payload].concat()).into_owned(),
            };
            actions.push(Action::Copy(words));
        }
        kit::menu_separator(ui);
        if kit::menu_item(ui, icons::FLOPPY_DISK, text!("Save the bytes…"), "").clicked() {
            let name = format!("record-{}.bin", record.seq);
            actions.push(Action::SaveBytes { name, bytes: payload.clone() });
        }
    });
}

fn picture(ui: &mut Ui, id: ObjectId, pictures: &dyn PictureSource, actions: &mut Vec<Action>) -> Response {
    let area = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(area);
    let response = ui.interact(area, ui.scope_id().with("record picture"), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text!("Enlarge the picture")));
    match pictures.texture(id) {
        PictureState::Ready { texture, size } => {
            let mut rect = paint::fitted(size, area, 1.0);
            rect = rect.translate(egui::vec2(area.left() - rect.left(), 0.0));
            let uv = egui::Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, egui::Color32::WHITE);
        }
        PictureState::Loading => note(ui, area, text!("Loading…")),
        PictureState::Failed(why) => note(ui, area, &why),
    }
    if response.clicked() {
        actions.push(Action::Enlarge(id));
    }
    response
}

fn note(ui: &Ui, area: egui::Rect, text: &str) {
    let galley = paint::elided(ui, text, theme::body(), Palette::of(ui).muted, area.width());
    paint::put(ui.painter(), galley, area.left(), area.center().y);
}
