//! One picture as large as the window: the wheel zooms at the pointer, a drag pans, Escape closes.

use egui::{
    Align, Color32, Frame, Id, Key, Layout, Modal, Modifiers, Pos2, Rect, RichText, Sense, Ui, Vec2, pos2, vec2,
};

use super::{PictureSource, PictureState, ViewIntent, paint, thumbnail};
use crate::{
    journal::{Object, Objects},
    model::ObjectId,
    ui::{
        icons, kit,
        theme::{self, Palette, SPACE, TOP_BAR},
    },
    words::text,
};

/// Which picture is open and how it is looked at.
#[derive(Debug)]
pub struct Lightbox {
    id: ObjectId,
    /// Screen points for a pixel; fitted into the window without it.
    zoom: Option<f32>,
    /// From the middle of the window to the middle of the picture.
    offset: Vec2,
}

impl Lightbox {
    /// Opens a picture, fitted.
    #[must_use]
    pub fn new(id: ObjectId) -> Self {
        Self { id, zoom: None, offset: Vec2::ZERO }
    }

    /// Which picture is open.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Draws over the whole window; pushes [`ViewIntent::CloseLightbox`] when it is to go.
    pub fn show(&mut self, ui: &Ui, objects: &Objects, pictures: &dyn PictureSource, intents: &mut Vec<ViewIntent>) {
        let palette = Palette::of(ui);
        let Some(object) = objects.get(self.id) else {
            intents.push(ViewIntent::CloseLightbox);
            return;
        };
        let window = ui.content_rect();
        let area = Modal::default_area(Id::unique("lightbox")).anchor(egui::Align2::LEFT_TOP, Vec2::ZERO);
        let shown = Modal::new(Id::unique("lightbox")).area(area).frame(Frame::new().fill(palette.background)).show(
            ui.ctx(),
            |ui| {
                ui.set_min_size(window.size());
                ui.set_max_size(window.size());
                self.content(ui, window, &object, objects, pictures, intents);
            },
        );
        if shown.should_close() {
            intents.push(ViewIntent::CloseLightbox);
        }
    }

    fn content(
        &mut self,
        ui: &mut Ui,
        window: Rect,
        object: &Object,
        objects: &Objects,
        pictures: &dyn PictureSource,
        intents: &mut Vec<ViewIntent>,
    ) {
        let palette = Palette::of(ui);
        let bar = Rect::from_min_size(window.min, vec2(window.width(), TOP_BAR));
        let stage = Rect::from_min_max(pos2(window.left(), bar.bottom()), window.max);
        let pixels = pictures.full(self.id);
        let size = match &pixels {
            PictureState::Ready { size, .. } => Some(*size),
            _ => None,
        };
        let zoom = size.map_or(1.0, |size| self.look(ui, stage, size));
        match pixels {
            PictureState::Ready { texture, size } => {
                let rect = Rect::from_center_size(stage.center() + self.offset, size * zoom);
                let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
                ui.painter().with_clip_rect(stage).image(texture, rect, uv, Color32::WHITE);
            }
            PictureState::Loading => note(ui, stage, text!("Loading…")),
            PictureState::Failed(why) => note(ui, stage, &why),
        }
        ui.painter().rect_filled(bar, 0.0, palette.panel);
        paint::underline(ui, bar);
        ui.scope_builder(egui::UiBuilder::new().max_rect(bar.shrink2(vec2(12.0, 0.0))), |ui| {
            self.tools(ui, object, objects, zoom, intents);
        });
    }

    fn tools(&mut self, ui: &mut Ui, object: &Object, objects: &Objects, zoom: f32, intents: &mut Vec<ViewIntent>) {
        let palette = Palette::of(ui);
        let points = ui.pixels_per_point();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if kit::icon_button(ui, icons::X, text!("Close")).clicked() {
                intents.push(ViewIntent::CloseLightbox);
            }
            if kit::icon_button(ui, icons::DOWNLOAD_SIMPLE, text!("Save the picture")).clicked() {
                intents.push(ViewIntent::SavePicture(object.id));
            }
            if kit::icon_button(ui, icons::COPY, text!("Copy the picture")).clicked() {
                intents.push(ViewIntent::CopyPicture(object.id));
            }
            ui.add_space(SPACE);
            if ui.add(kit::Button::quiet(None, "100 %").name(text!("Original size"))).clicked() {
                self.zoom = Some(1.0 / points);
                self.offset = Vec2::ZERO;
            }
            let fit = kit::Button::quiet(icons::FRAME_CORNERS, text!("Fit")).on(self.zoom.is_none());
            if ui.add(fit).clicked() {
                self.zoom = None;
                self.offset = Vec2::ZERO;
            }
            ui.add_space(SPACE);
            let (older, newer) = neighbours(objects, object.id);
            self.step(ui, newer, icons::CARET_RIGHT, text!("Newer picture"), Key::ArrowRight);
            self.step(ui, older, icons::CARET_LEFT, text!("Older picture"), Key::ArrowLeft);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let Some(picture) = &object.content.picture else { return };
                ui.label(RichText::new(icons::IMAGE).color(palette.muted));
                let caption = thumbnail::caption(picture, object.content.bytes.len());
                ui.label(RichText::new(caption).font(theme::body_semibold()).color(palette.text));
                let percent = format!("{:.0} %", zoom * points * 100.0);
                ui.label(RichText::new(percent).font(theme::body()).color(palette.muted));
                if let Some(damage) = thumbnail::damage(picture) {
                    let text = format!("{} {damage}", icons::WARNING);
                    ui.add(egui::Label::new(RichText::new(text).color(palette.warning)).truncate());
                }
            });
        });
    }

    fn step(&mut self, ui: &mut Ui, to: Option<ObjectId>, icon: &str, name: &str, key: Key) {
        let pressed = ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let button = ui.add_enabled_ui(to.is_some(), |ui| kit::icon_button(ui, icon, name)).inner;
        if let Some(to) = to.filter(|_| pressed || button.clicked()) {
            *self = Self::new(to);
        }
    }

    /// Wheel, drag and double click; gives the zoom in use.
    fn look(&mut self, ui: &Ui, stage: Rect, size: Vec2) -> f32 {
        let fit = paint::fitted(size, stage.shrink(SPACE), 1.0).width() / size.x.max(1.0);
        let response = ui.interact(stage, ui.scope_id().with("stage"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Picture")));
        let mut zoom = self.zoom.unwrap_or(fit);
        let (wheel, pinch) =
            ui.input_mut(|input| (std::mem::take(&mut input.smooth_scroll_delta.y), input.zoom_delta()));
        let factor = (wheel / 240.0).exp() * pinch;
        if let Some(pointer) = response.hover_pos().filter(|_| (factor - 1.0).abs() > 1e-4) {
            let wanted = (zoom * factor).clamp(fit.min(1.0) / 4.0, 64.0);
            // What is under the pointer stays there.
            let from = pointer - stage.center();
            self.offset = from - (from - self.offset) * (wanted / zoom);
            zoom = wanted;
            self.zoom = Some(zoom);
        }
        if response.dragged() {
            self.offset += response.drag_delta();
            self.zoom = Some(zoom);
        }
        if response.double_clicked() {
            let whole = 1.0 / ui.pixels_per_point();
            self.zoom = if self.zoom.is_none() { Some(whole) } else { None };
            self.offset = Vec2::ZERO;
            zoom = self.zoom.unwrap_or(fit);
        }
        // A corner of the picture always stays in view.
        let most = (size * zoom + stage.size()) / 2.0 - Vec2::splat(48.0);
        self.offset = self.offset.clamp(-most.max(Vec2::ZERO), most.max(Vec2::ZERO));
        zoom
    }
}

/// The pictures before and after one, by age.
fn neighbours(objects: &Objects, id: ObjectId) -> (Option<ObjectId>, Option<ObjectId>) {
    let list = objects.newest(Objects::MAX_OBJECTS);
    let pictures = || list.iter().filter(|object| object.content.picture.is_some()).map(|object| object.id);
    (pictures().find(|other| *other < id), pictures().take_while(|other| *other > id).last())
}

fn note(ui: &Ui, stage: Rect, text: &str) {
    let galley = paint::elided(ui, text, theme::body(), Palette::of(ui).muted, stage.width() - 48.0);
    let left = stage.center().x - galley.size().x / 2.0;
    paint::put(ui.painter(), galley, left, stage.center().y);
}
