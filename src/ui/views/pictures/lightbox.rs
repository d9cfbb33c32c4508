//! One picture as large as the window: the wheel zooms at the pointer, a drag pans, the arrow keys go to the others, Escape closes.

mod player;
mod stage;
mod strip;

use std::sync::Arc;

use egui::{
    Align, Frame, Id, Key, Layout, Modal, Modifiers, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2,
    vec2,
};

use crate::{
    journal::{Object, Objects},
    media::{Canvas, Format, WRITTEN},
    model::ObjectId,
    ui::{
        action::{Action, Pick},
        icons, kit,
        theme::{self, Palette, SPACE, STATUS_BAR, TOP_BAR},
        views::{
            pictures::lightbox::{player::Player, stage::Stage},
            shared::{
                paint,
                picture::{Opened, PictureSource},
                thumbnail,
            },
        },
    },
    words::{grouped, text},
};

/// Which picture is open and how it is looked at.
#[derive(Debug)]
pub struct Lightbox {
    id: ObjectId,
    stage: Stage,
    player: Player,
    /// All pictures, oldest first, as they were at this change of the store.
    list: Vec<Arc<Object>>,
    changes: Option<u64>,
}

impl Lightbox {
    /// Opens a picture, fitted.
    #[must_use]
    pub fn new(id: ObjectId) -> Self {
        Self { id, stage: Stage::default(), player: Player::default(), list: Vec::new(), changes: None }
    }

    /// Which picture is open.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Draws over the whole window; pushes [`Action::CloseLightbox`] when it is to go.
    pub fn show(&mut self, ui: &Ui, objects: &Objects, pictures: &dyn PictureSource, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let Some(object) = objects.get(self.id) else {
            actions.push(Action::CloseLightbox);
            return;
        };
        self.read(objects);
        let window = ui.content_rect();
        let area = Modal::default_area(Id::unique("lightbox")).anchor(egui::Align2::LEFT_TOP, Vec2::ZERO);
        let shown = Modal::new(Id::unique("lightbox")).area(area).frame(Frame::new().fill(palette.background)).show(
            ui.ctx(),
            |ui| {
                ui.set_min_size(window.size());
                ui.set_max_size(window.size());
                self.content(ui, window, &object, pictures, actions);
            },
        );
        if shown.should_close() {
            actions.push(Action::CloseLightbox);
        }
    }

    fn read(&mut self, objects: &Objects) {
        let changes = Some(objects.changes());
        if changes != self.changes {
            self.changes = changes;
            self.list = objects.newest(Objects::MAX_OBJECTS);
            self.list.retain(|object| object.content.picture.is_some());
            self.list.reverse();
        }
    }

    /// Goes to another picture.
    fn go(&mut self, id: ObjectId) {
        if id != self.id {
            self.id = id;
            self.stage = Stage::default();
            self.player = Player::default();
        }
    }

    fn content(
        &mut self,
        ui: &mut Ui,
        window: Rect,
        object: &Object,
        pictures: &dyn PictureSource,
        actions: &mut Vec<Action>,
    ) {
        let palette = Palette::of(ui);
        let (bar, rest) = window.split_top_bottom_at_y(window.top() + TOP_BAR);
        let (rest, facts) = rest.split_top_bottom_at_y(rest.bottom() - STATUS_BAR);
        let room = if self.list.len() > 1 { strip::HEIGHT } else { 0.0 };
        let (place, film) = rest.split_top_bottom_at_y(rest.bottom() - room);
        let opened = pictures.open(self.id);
        let canvas = match &opened {
            Opened::Ready(canvas) => Some(canvas.as_ref()),
            _ => None,
        };
        let frame =
            canvas.filter(|canvas| canvas.frames() > 1).and_then(|canvas| self.player.frame(ui, canvas, pictures));
        self.stage.show(ui, place, object, &opened, frame, pictures);
        if room > 0.0 {
            let other = strip::show(ui, film, &self.list, self.id, pictures);
            if let Some(other) = other {
                self.go(other);
            }
        }
        ui.painter().rect_filled(bar, 0.0, palette.panel);
        paint::underline(ui, bar);
        ui.scope_builder(UiBuilder::new().max_rect(bar.shrink2(vec2(12.0, 0.0))), |ui| {
            self.tools(ui, object, canvas, actions);
        });
        self.facts(ui, facts, canvas);
    }

    fn tools(&mut self, ui: &mut Ui, object: &Object, canvas: Option<&Canvas>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if kit::icon_button(ui, icons::X, text!("Close")).clicked() {
                actions.push(Action::CloseLightbox);
            }
            if kit::icon_button(ui, icons::FOLDER_OPEN, text!("Open a picture…")).clicked() {
                actions.push(Action::Choose(Pick::OpenPicture));
            }
            let save = ui.add(kit::Button::icon(icons::DOWNLOAD_SIMPLE, text!("Save the picture")));
            kit::popup_menu(&save, |ui| save_menu(ui, object, actions));
            if kit::icon_button(ui, icons::COPY, text!("Copy the picture")).clicked() {
                actions.push(Action::CopyPicture(object.id));
            }
            ui.add_space(SPACE);
            self.stage.buttons(ui);
            if let Some(canvas) = canvas.filter(|canvas| canvas.frames() > 1) {
                ui.add_space(SPACE);
                self.player.buttons(ui, canvas.frames());
            }
            ui.add_space(SPACE);
            let at = self.list.partition_point(|other| other.id < self.id);
            let id_at = |at: Option<usize>| at.and_then(|at| self.list.get(at)).map(|object| object.id);
            let (older, newer) = (id_at(at.checked_sub(1)), id_at(at.checked_add(1)));
            self.step(ui, newer, icons::CARET_RIGHT, text!("Newer picture"), Key::ArrowRight);
            self.step(ui, older, icons::CARET_LEFT, text!("Older picture"), Key::ArrowLeft);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let Some(picture) = &object.content.picture else { return };
                let (icon, color) = thumbnail::way(object, palette);
                ui.label(RichText::new(icon).color(color));
                let name = RichText::new(&object.content.name).font(theme::body_semibold()).color(palette.text);
                ui.add(egui::Label::new(name).truncate());
                let damage = match canvas.and_then(Canvas::damage) {
                    _ if picture.ending == crate::model::PictureEnding::Arriving => {
                        Some(text!("still coming in").to_owned())
                    }
                    Some(damage) => Some(damage.to_string()),
                    None => thumbnail::damage(picture).map(str::to_owned),
                };
                if let Some(damage) = damage {
                    let words = RichText::new(format!("{} {damage}", icons::WARNING)).color(palette.warning_words);
                    ui.add(egui::Label::new(words).truncate());
                }
            });
        });
    }

    fn step(&mut self, ui: &mut Ui, to: Option<ObjectId>, icon: &str, name: &str, key: Key) {
        let pressed = ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let button = ui.add_enabled_ui(to.is_some(), |ui| kit::icon_button(ui, icon, name)).inner;
        if let Some(to) = to.filter(|_| pressed || button.clicked()) {
            self.go(to);
        }
    }

    /// The line at the bottom: what the picture is, what the camera says, the pixel under the pointer.
    fn facts(&self, ui: &mut Ui, line: Rect, canvas: Option<&Canvas>) {
        let palette = Palette::of(ui);
        ui.painter().rect_filled(line, 0.0, palette.panel);
        let object = self.list.iter().find(|object| object.id == self.id);
        let Some((object, picture)) = object.and_then(|object| Some((object, object.content.picture.as_ref()?))) else {
            return;
        };
        let mut parts = Vec::new();
        let (width, height) = canvas.map_or((picture.width, picture.height), Canvas::size);
        if width > 0 {
            parts.push(format!("{}×{}", grouped(width.into()), grouped(height.into())));
        }
        parts.push(picture.format.to_owned());
        if let Some(canvas) = canvas {
            parts.push(canvas.depth().to_owned());
            if canvas.is_converted() {
                parts.push(text!("colour profile to sRGB").to_owned());
            }
        }
        parts.push(text!("{count} B", count = grouped(object.content.bytes.len() as u64)));
        if self.stage.percent() > 0.0 {
            parts.push(format!("{:.0} %", self.stage.percent()));
        }
        if let Some(camera) = canvas.map(Canvas::camera).filter(|camera| !camera.is_empty()) {
            let known = [&camera.model, &camera.taken, &camera.exposure];
            parts.extend(known.into_iter().filter(|part| !part.is_empty()).cloned());
            if camera.turned {
                parts.push(text!("turned upright").to_owned());
            }
            if camera.located {
                parts.push(text!("holds the place it was taken at").to_owned());
            }
        }
        let pixel = canvas.and_then(|canvas| self.stage.pixel(canvas));
        let right = pixel.map_or(line.right(), |(x, y, [r, g, b, a])| {
            let alpha = if a == u8::MAX { String::new() } else { text!(" · alpha {a}", a = a) };
            let words = format!("{x}, {y} · #{r:02X}{g:02X}{b:02X} · {r} {g} {b}{alpha}");
            let galley = paint::line(ui.painter(), words, theme::mono(), palette.text);
            let left = line.right() - 12.0 - galley.size().x;
            let swatch = Rect::from_center_size(pos2(left - 14.0, line.center().y), Vec2::splat(12.0));
            let edge = Stroke::new(1.0, palette.line);
            ui.painter().rect(swatch, 3.0, theme::pixel([r, g, b]), edge, StrokeKind::Outside);
            let place = Rect::from_min_max(pos2(swatch.left(), line.top()), line.right_bottom());
            let label = ui.interact(place, ui.scope_id().with("pixel"), egui::Sense::hover());
            label.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, galley.text()));
            paint::put(ui.painter(), galley, left, line.center().y);
            swatch.left()
        });
        let words = parts.join(" · ");
        let galley = paint::elided(ui, &words, theme::label(), palette.muted, right - line.left() - 24.0);
        paint::put(ui.painter(), galley, line.left() + 12.0, line.center().y);
        let line = line.with_max_x(right);
        let response = ui.interact(line, ui.scope_id().with("facts"), egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
        response.on_hover_text(words);
    }
}

fn save_menu(ui: &mut Ui, object: &Object, actions: &mut Vec<Action>) {
    let Some(picture) = &object.content.picture else { return };
    let as_is = text!("As it came ({format})…", format = picture.format);
    if kit::menu_item(ui, icons::DOWNLOAD_SIMPLE, &as_is, "").clicked() {
        actions.push(Action::SavePicture(object.id));
    }
    kit::menu_separator(ui);
    for format in WRITTEN {
        let name = if format == Format::WebP { text!("WebP, lossless") } else { format.name() };
        if kit::menu_item(ui, icons::IMAGE, &text!("As {name}…", name = name), "").clicked() {
            actions.push(Action::SavePictureAs(object.id, format));
        }
    }
}
