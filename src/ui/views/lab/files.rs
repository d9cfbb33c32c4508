//! Asking for a file by its name: the length that was promised, how much of it is there, and what it is.

use egui::{Align, Label, Layout, Margin, Pos2, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::{
    model::ObjectId,
    ui::{
        action::{Action, LabAction},
        icons,
        kit::{self, Button, TextField, Tone, form},
        theme::{self, Palette, SPACE, SPACE_SMALL},
        views::shared::picture::{PictureSource, PictureState},
    },
    words::{grouped, text},
};

/// Width of the list of names.
const LIST: f32 = 200.0;

/// How far the answer to a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileStand {
    /// The length is not known yet.
    Waiting,
    /// So many bytes of so many are there.
    Coming(u64, u64),
    /// All are there.
    Whole(u64),
    /// Words came in place of a length.
    Refused(String),
    /// The connection ended before the answer did: bytes that came, and the promised length if it was known.
    BrokenOff(u64, Option<u64>),
}

/// The answer to one name.
#[derive(Clone, Debug)]
pub struct FileAnswer {
    /// What was asked for.
    pub name: String,
    /// How far it is.
    pub stand: FileStand,
    /// The beginning of its text; empty when it is none.
    pub text: String,
    /// The picture that it is.
    pub picture: Option<ObjectId>,
    /// All its bytes are at hand, so that it can be saved.
    pub can_save: bool,
}

/// What the view shows.
pub struct FilesData<'a> {
    /// Somebody is there to be asked.
    pub connected: bool,
    /// Names to ask for, from the newest list.
    pub names: &'a [String],
    /// The newest answer.
    pub answer: Option<&'a FileAnswer>,
    /// Where its picture comes from.
    pub pictures: &'a dyn PictureSource,
}

/// Draws the field for a name and the newest answer.
pub fn files(ui: &mut Ui, name: &mut String, data: &FilesData<'_>, actions: &mut Vec<Action>) {
    let margin = Margin { left: 16, right: 8, top: 12, bottom: 12 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ask(ui, name, data, actions);
        ui.add_space(SPACE);
        let Some(answer) = data.answer else {
            let hint = if data.connected {
                text!("Ask for a name, or for the list of names.")
            } else {
                text!("Start both, or the client alone when another program listens.")
            };
            ui.add_space((ui.available_height() / 4.0).floor());
            kit::empty_state(ui, icons::FILE, text!("No file was asked for yet"), hint);
            return;
        };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * SPACE;
            if !data.names.is_empty() {
                let area = ScrollArea::vertical().id_salt("names").auto_shrink([false, false]).max_width(LIST);
                area.show(ui, |ui| names(ui, data, actions));
            }
            ScrollArea::vertical().id_salt("file").auto_shrink([false, false]).show(ui, |ui| {
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    // Beside the scroll bar, not under it.
                    ui.set_width(ui.available_width() - SPACE);
                    shown(ui, answer, data, actions);
                });
            });
        });
    });
}

fn names(ui: &mut Ui, data: &FilesData<'_>, actions: &mut Vec<Action>) {
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let chosen = data.answer.map(|answer| answer.name.as_str());
        for name in data.names {
            let words = text!("Ask for {name}", name = name);
            let button = Button::quiet(icons::FILE, name).mono().name(&words).on(chosen == Some(name.as_str()));
            if ui.add_enabled(is_ready(data), button).clicked() {
                actions.push(Action::LabAsk(name.clone()));
            }
        }
    });
}

/// Somebody is there to be asked, and the answer before has come to its end.
fn is_ready(data: &FilesData<'_>) -> bool {
    let busy = data.answer.is_some_and(|answer| matches!(answer.stand, FileStand::Waiting | FileStand::Coming(..)));
    data.connected && !busy
}

fn ask(ui: &mut Ui, name: &mut String, data: &FilesData<'_>, actions: &mut Vec<Action>) {
    let ready = is_ready(data);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        let label = text!("Name of a file");
        let width = (ui.available_width() - 220.0).clamp(120.0, 420.0);
        let response = ui.add(TextField::new(label, name).hint(label).mono(true).width(width));
        let asked = ui.add_enabled(ready, Button::primary(None, text!("Ask"))).clicked();
        if ready && (asked || form::entered(ui, &response)) && !name.trim().is_empty() {
            actions.push(Action::LabAsk(name.trim().to_owned()));
            response.request_focus();
        }
        let list = Button::raised(icons::LIST, text!("List the names"));
        if ui.add_enabled(ready, list).on_hover_text(text!("Asks for “ls”")).clicked() {
            actions.push(Action::LabAsk("ls".to_owned()));
        }
    });
}

fn shown(ui: &mut Ui, answer: &FileAnswer, data: &FilesData<'_>, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL);
        ui.add(Label::new(RichText::new(&answer.name).font(theme::body_semibold()).color(palette.text)).truncate());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if answer.can_save && ui.add(Button::raised(icons::FLOPPY_DISK, text!("Save…"))).clicked() {
                actions.push(Action::Lab(LabAction::SaveFile));
            }
        });
    });
    ui.add_space(SPACE_SMALL);
    stand(ui, &answer.stand);
    ui.add_space(SPACE);
    if let Some(id) = answer.picture {
        preview(ui, id, data.pictures, actions);
    } else if !answer.text.is_empty() {
        kit::card_frame(ui).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let text = RichText::new(&answer.text).font(theme::mono()).color(palette.text);
            ui.add(Label::new(text).selectable(true).wrap());
        });
    }
}

fn stand(ui: &mut Ui, stand: &FileStand) {
    let palette = Palette::of(ui);
    let bar = |ui: &mut Ui, part: Option<f32>| {
        let width = ui.available_width().min(520.0);
        kit::progress(ui, part, width, text!("How much of the file is there"));
    };
    let line = |ui: &mut Ui, words: &str| {
        ui.add(Label::new(RichText::new(words).color(palette.muted)).selectable(true).wrap());
    };
    match stand {
        FileStand::Waiting => {
            bar(ui, None);
            line(ui, text!("Waits for the length"));
        }
        FileStand::Coming(got, length) => {
            bar(ui, Some(*got as f32 / *length as f32));
            let words = text!("{got} of {length} bytes are there", got = grouped(*got), length = grouped(*length));
            line(ui, &words);
        }
        FileStand::Whole(length) => {
            bar(ui, Some(1.0));
            let words = text!("“{length}” came first, then exactly so many bytes", length = length);
            line(ui, &words);
        }
        FileStand::Refused(words) => {
            let words = text!("No length but words: {words}", words = words);
            kit::notice(ui, Tone::Warning, &words);
        }
        FileStand::BrokenOff(got, Some(length)) => {
            let words = text!(
                "The connection ended after {got} of {length} bytes",
                got = grouped(*got),
                length = grouped(*length)
            );
            kit::notice(ui, Tone::Bad, &words);
        }
        FileStand::BrokenOff(_, None) => {
            kit::notice(ui, Tone::Bad, text!("The connection ended before a length came"));
        }
    }
}

fn preview(ui: &mut Ui, id: ObjectId, pictures: &dyn PictureSource, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    match pictures.texture(id) {
        PictureState::Ready { texture, size } => {
            let room = vec2(ui.available_width().min(520.0), ui.available_height().max(160.0));
            let scale = (room.x / size.x).min(room.y / size.y).min(2.0);
            let (rect, response) = ui.allocate_exact_size(size * scale, Sense::click());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, text!("The picture, enlarge")));
            let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            ui.painter().image(texture, rect, uv, egui::Color32::WHITE);
            if response.clicked() {
                actions.push(Action::Enlarge(id));
            }
        }
        PictureState::Loading => {
            ui.label(RichText::new(text!("The picture is being read")).color(palette.muted));
        }
        PictureState::Failed(why) => {
            kit::notice(ui, Tone::Warning, &why);
        }
    }
}
