//! Where the picture lies: zoom and place, drawn from tiles of the size that the screen needs.

use egui::{Color32, Key, Label, Modifiers, Pos2, Rect, RichText, Sense, TextureId, Ui, UiBuilder, Vec2, pos2, vec2};

use crate::{
    journal::Object,
    media::{Canvas, TILE},
    ui::{
        icons,
        kit::{self, form::capitalised},
        theme::{self, Palette, SPACE},
        views::shared::{
            paint,
            picture::{Opened, PictureSource, PictureState, TileAt},
        },
    },
    words::text,
};

/// Pixels of the picture that one point of the screen shows at most, and at least.
const LARGEST: f32 = 64.0;
/// Points that a key pans.
const STEP: f32 = 80.0;
/// The widest line of a sentence in place of the picture.
const NOTE: f32 = 560.0;

/// How the picture is looked at.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// Screen points for a pixel; fitted into the window without it.
    zoom: Option<f32>,
    /// From the middle of the stage to the middle of the picture.
    offset: Vec2,
    /// What was drawn last: pixels of the screen for a pixel of the picture, and the one under the pointer.
    scale: f32,
    under: Option<(u32, u32)>,
}

impl Stage {
    /// Per cent of the picture's own size, in pixels of the screen.
    pub(super) fn percent(&self) -> f32 {
        self.scale * 100.0
    }

    /// The pixel under the pointer: its place and what it is.
    pub(super) fn pixel(&self, canvas: &Canvas) -> Option<(u32, u32, [u8; 4])> {
        let (x, y) = self.under?;
        Some((x, y, canvas.pixel(x, y)?))
    }

    pub(super) fn buttons(&mut self, ui: &mut Ui) {
        let own = 1.0 / ui.pixels_per_point();
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let keys = [pressed(Key::Num1), pressed(Key::Num0)];
        let [original, fitted] = keys;
        let is_own = self.zoom.is_some_and(|zoom| (zoom - own).abs() < 1e-4);
        if ui.add(kit::Button::quiet(None, "100 %").name(text!("Original size")).on(is_own)).clicked() || original {
            (self.zoom, self.offset) = (Some(own), Vec2::ZERO);
        }
        let fit = kit::Button::quiet(icons::FRAME_CORNERS, text!("Fit")).on(self.zoom.is_none());
        if ui.add(fit).clicked() || fitted {
            (self.zoom, self.offset) = (None, Vec2::ZERO);
        }
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        stage: Rect,
        object: &Object,
        opened: &Opened,
        frame: Option<TextureId>,
        pictures: &dyn PictureSource,
    ) {
        (self.under, self.scale) = (None, 0.0);
        let small = pictures.texture(object.id);
        // The shape is known before the pixels are.
        let size = match (opened, &small, &object.content.picture) {
            (Opened::Ready(canvas), ..) => Some(canvas.size()).map(|(width, height)| vec2(width as f32, height as f32)),
            (Opened::Failed(_), ..) => None,
            (_, PictureState::Ready { size, .. }, Some(picture)) if picture.width > 0 => {
                let own = vec2(picture.width as f32, picture.height as f32);
                let turned = (size.x > size.y) != (own.x > own.y);
                Some(if turned { own.yx() } else { own })
            }
            (_, PictureState::Ready { size, .. }, _) => Some(*size),
            _ => None,
        };
        let Some(size) = size else {
            return match opened {
                Opened::Failed(why) => note(ui, stage, icons::IMAGE_BROKEN, &capitalised(&why.to_string())),
                _ => note(ui, stage, icons::IMAGE, text!("Loading…")),
            };
        };
        let zoom = self.look(ui, stage, size);
        let corner = stage.center() + self.offset - size * zoom / 2.0;
        let points = ui.pixels_per_point();
        self.scale = zoom * points;
        // On whole pixels of the screen, so that 100 % is sharp.
        let corner = pos2((corner.x * points).round() / points, (corner.y * points).round() / points);
        let rect = Rect::from_min_size(corner, size * zoom);
        let mut child = ui.new_child(UiBuilder::new().max_rect(stage).id_salt("stage"));
        child.set_clip_rect(stage);
        paint::checker(&child, rect);
        if let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|at| stage.contains(*at)) {
            let at = (pointer - corner) / zoom;
            let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < size.x && at.y < size.y;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
            let place = (at.x as u32, at.y as u32);
            self.under = inside.then_some(place);
        }
        let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        if let Some(frame) = frame {
            child.painter().image(frame, rect, whole, Color32::WHITE);
            return;
        }
        let small = match small {
            PictureState::Ready { texture, .. } => Some(texture),
            _ => None,
        };
        if matches!(opened, Opened::Ready(_)) {
            self.tiles(&child, rect, size, small, pictures);
        } else if let Some(texture) = small {
            child.painter().image(texture, rect, whole, Color32::WHITE);
        }
    }

    /// Draws the tiles in sight; the small form stands in for those that are not there yet.
    fn tiles(&self, ui: &Ui, rect: Rect, size: Vec2, small: Option<TextureId>, pictures: &dyn PictureSource) {
        let zoom = rect.width() / size.x;
        let level = level(self.scale);
        let step = TILE as f32 * (1_u32 << level) as f32;
        let seen = rect.intersect(ui.clip_rect());
        if !seen.is_positive() {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the picture")]
        let span = |from: f32, to: f32, most: f32| {
            let last = (most / step).ceil().max(1.0) as u32 - 1;
            ((from / zoom / step).max(0.0) as u32).min(last)..=((to / zoom / step).max(0.0) as u32).min(last)
        };
        let (from, to) = (seen.min - rect.min, seen.max - rect.min);
        for row in span(from.y, to.y, size.y) {
            for column in span(from.x, to.x, size.x) {
                let corner = vec2(column as f32, row as f32) * step;
                let end = (corner + Vec2::splat(step)).min(size);
                let place = Rect::from_min_max(rect.min + corner * zoom, rect.min + end * zoom);
                let (texture, uv) = match pictures.tile(TileAt { level, column, row }) {
                    Some(texture) => (texture, Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0))),
                    None => match small {
                        Some(small) => (small, Rect::from_min_max((corner / size).to_pos2(), (end / size).to_pos2())),
                        None => continue,
                    },
                };
                ui.painter().image(texture, place, uv, Color32::WHITE);
            }
        }
    }

    /// Wheel, drag and double click; gives the zoom in use.
    fn look(&mut self, ui: &Ui, stage: Rect, size: Vec2) -> f32 {
        let own = 1.0 / ui.pixels_per_point();
        let fit = paint::fitted(size, stage.shrink(SPACE), own.max(1.0)).width() / size.x.max(1.0);
        let response = ui.interact(stage, ui.scope_id().with("stage"), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, text!("Picture")));
        let mut zoom = self.zoom.unwrap_or(fit);
        let (wheel, pinch) =
            ui.input_mut(|input| (std::mem::take(&mut input.smooth_scroll_delta.y), input.zoom_delta()));
        let keys = ui.input_mut(|input| {
            let mut pressed = |key| i8::from(input.consume_key(Modifiers::NONE, key));
            pressed(Key::Plus) + pressed(Key::Equals) - pressed(Key::Minus)
        });
        let arrows = ui.input_mut(|input| {
            let mut pressed = |key| f32::from(i8::from(input.consume_key(Modifiers::SHIFT, key)));
            let across = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
            vec2(across, pressed(Key::ArrowDown) - pressed(Key::ArrowUp))
        });
        if arrows != Vec2::ZERO {
            // To what lies there, not the picture in that direction.
            self.offset -= arrows * STEP;
            self.zoom = Some(zoom);
        }
        let factor = (wheel / 240.0).exp() * pinch * 1.25_f32.powi(keys.into());
        if (factor - 1.0).abs() > 1e-4 {
            let wanted = (zoom * factor).clamp(fit.min(own) / 4.0, LARGEST);
            // What is under the pointer stays there.
            let from = response.hover_pos().filter(|_| keys == 0).map_or(Vec2::ZERO, |at| at - stage.center());
            self.offset = from - (from - self.offset) * (wanted / zoom);
            zoom = wanted;
            self.zoom = Some(zoom);
        }
        if response.dragged() {
            self.offset += response.drag_delta();
            self.zoom = Some(zoom);
            ui.set_cursor_icon(egui::CursorIcon::Grabbing);
        }
        if response.double_clicked() {
            self.zoom = if self.zoom.is_none() { Some(own) } else { None };
            self.offset = Vec2::ZERO;
            zoom = self.zoom.unwrap_or(fit);
        }
        // A corner of the picture always stays in view.
        let most = (size * zoom + stage.size()) / 2.0 - Vec2::splat(48.0);
        self.offset = self.offset.clamp(-most.max(Vec2::ZERO), most.max(Vec2::ZERO));
        zoom
    }
}

/// How many times a picture is halved before it is drawn at so many pixels of the screen for one of its own.
fn level(scale: f32) -> u32 {
    let (mut level, mut scale) = (0, scale);
    while scale <= 0.5 && level < 16 {
        scale *= 2.0;
        level += 1;
    }
    level
}

fn note(ui: &mut Ui, stage: Rect, icon: &str, text: &str) {
    let palette = Palette::of(ui);
    paint::icon(ui.painter(), icon, stage.center() - vec2(0.0, 26.0), 32.0, palette.faint);
    let width = (stage.width() - 48.0).min(NOTE);
    let place = Rect::from_min_size(stage.center() - vec2(width / 2.0, 2.0), vec2(width, stage.height() / 2.0));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        ui.vertical_centered(|ui| {
            ui.add(Label::new(RichText::new(text).font(theme::body()).color(palette.muted)).wrap());
        });
    });
}

#[cfg(test)]
mod tests {
    use crate::ui::views::pictures::lightbox::stage::level;

    #[test]
    fn tiles_have_at_least_the_pixels_of_the_screen() {
        for (scale, want) in [(64.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.1, 3)] {
            assert_eq!(level(scale), want, "{scale}");
        }
    }
}
