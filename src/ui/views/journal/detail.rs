//! One record of the journal in full: its bytes as hex and text, as text, or as the picture it is part of.
//!
//! Keeps a copy of the payload (at most what the journal kept of it), so that what a person reads stays when the record
//! is evicted.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use crate::{
    journal::{Journal, Objects, Seq},
    model::{ConnectionId, Direction, Encoding, Encodings, Event, ObjectId, SessionId},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE},
        views::shared::{
            calls,
            hex::HexView,
            paint,
            picture::{PictureSource, PictureState},
            reading::{self, Past},
            wording,
        },
    },
    words::{clock_micros, exact_size, grouped, text},
};

/// The most that is laid out as text at once.
const TEXT_LIMIT: usize = 32 << 10;

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
        }
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
        if self.form == Form::Picture && record.picture.is_none() {
            self.form = Form::Hex;
        }
        let closed = head(ui, record, &mut self.form, actions);
        if !record.call.is_empty() {
            let call = RichText::new(&record.call).font(theme::body()).color(Palette::of(ui).muted);
            ui.add(Label::new(call).truncate().selectable(true));
        }
        ui.add_space(2.0);
        match (self.form, record.picture) {
            _ if record.event.direction().is_none() => {
                let text = RichText::new(&record.sentence).font(theme::mono());
                ui.add(Label::new(text).wrap().selectable(true));
            }
            (Form::Picture, Some(id)) => picture(ui, id, pictures, actions),
            (Form::Text, _) => record.show_text(ui),
            _ => {
                self.hex.show(ui, &record.payload, text!("Bytes of the record"));
            }
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

    fn show_text(&mut self, ui: &mut Ui) {
        let Self { encoding, open, payload, .. } = self;
        let text = self.text.get_or_insert_with(|| reading::lines(*encoding, open, payload, TEXT_LIMIT));
        ScrollArea::vertical().id_salt("record text").auto_shrink(false).show(ui, |ui| {
            let text = RichText::new(text.as_str()).font(theme::mono());
            ui.add(Label::new(text).wrap().selectable(true));
            if self.payload.len() > TEXT_LIMIT {
                let rest = text!("The rest is shown in hex");
                ui.label(RichText::new(rest).font(theme::small()).color(Palette::of(ui).muted));
            }
        });
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

fn head(ui: &mut Ui, record: &Record, form: &mut Form, actions: &mut Vec<Action>) -> bool {
    let palette = Palette::of(ui);
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.set_min_height(CONTROL_TOOL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            closed = kit::icon_button(ui, icons::X, text!("Close the record")).clicked();
            if record.event.direction().is_some() {
                copy_menu(ui, record, actions);
                ui.add_space(SPACE);
                if *form == Form::Text {
                    let mut encoding = record.encoding;
                    if encoding_select(ui, &mut encoding) {
                        actions.push(Action::Read { session: record.session, encoding });
                    }
                }
                let mut options = vec![(Form::Hex, text!("Hex + text")), (Form::Text, text!("Text"))];
                if record.picture.is_some() {
                    options.push((Form::Picture, text!("Picture")));
                }
                kit::segmented(ui, text!("Form of the record"), form, &options);
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

fn copy_menu(ui: &mut Ui, record: &Record, actions: &mut Vec<Action>) {
    let button = ui.add(kit::Button::quiet(icons::COPY, text!("Copy as…")));
    kit::popup_menu(&button, |ui| {
        let payload = &record.payload;
        if kit::menu_item(ui, icons::TEXT_AA, text!("Text"), "").clicked() {
            let whole = [record.open.as_slice(), payload].concat();
            actions.push(Action::Copy(record.encoding.decode_lossy(&whole).into_owned()));
        }
        if kit::menu_item(ui, icons::BINARY, text!("Hex"), "").clicked() {
            actions.push(Action::Copy(wording::hex(payload)));
        }
        if kit::menu_item(ui, icons::CODE, text!("Python bytes"), "").clicked() {
            actions.push(Action::Copy(wording::python(payload)));
        }
        kit::menu_separator(ui);
        if kit::menu_item(ui, icons::FLOPPY_DISK, text!("Save the bytes…"), "").clicked() {
            let name = format!("record-{}.bin", record.seq);
            actions.push(Action::SaveBytes { name, bytes: payload.clone() });
        }
    });
}

fn picture(ui: &mut Ui, id: ObjectId, pictures: &dyn PictureSource, actions: &mut Vec<Action>) {
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
}

fn note(ui: &Ui, area: egui::Rect, text: &str) {
    let galley = paint::elided(ui, text, theme::body(), Palette::of(ui).muted, area.width());
    paint::put(ui.painter(), galley, area.left(), area.center().y);
}
