//! One picture painted into a place: its pixels, or why there are none.

use egui::{Color32, CornerRadius, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2};

use crate::{
    journal::Object,
    model::{Direction, Picture, PictureEnding},
    ui::{
        icons,
        theme::{self, Palette},
        views::shared::{
            paint,
            picture::{PictureSource, PictureState},
            wording,
        },
    },
    words::{exact_size, size, text},
};

/// The least width that a reason is written into.
const ROOM: f32 = 100.0;

/// `JPEG 320×240 · 21 474 B`.
pub(in crate::ui::views) fn caption(picture: &Picture, bytes: usize) -> String {
    format!("{} · {}", kind(picture), so_far(picture, exact_size(bytes as u64)))
}

/// `JPEG 480×320`.
pub(in crate::ui::views) fn kind(picture: &Picture) -> String {
    if picture.width == 0 || picture.height == 0 {
        picture.format.to_owned()
    } else {
        format!("{} {}×{}", picture.format, picture.width, picture.height)
    }
}

/// `6.5 kB`, or `6.5 kB so far`.
pub(in crate::ui::views) fn short_size(picture: &Picture, bytes: usize) -> String {
    so_far(picture, size(bytes as u64))
}

fn so_far(picture: &Picture, size: String) -> String {
    if picture.ending == PictureEnding::Arriving { text!("{size} so far", size = size) } else { size }
}

/// What is wrong with a picture, if anything is.
pub(in crate::ui::views) fn damage(picture: &Picture) -> Option<&'static str> {
    wording::damage(picture.ending)
}

/// The arrow of its direction, or the sign of a file, and its colour.
pub(in crate::ui::views) fn way(object: &Object, palette: &Palette) -> (&'static str, Color32) {
    match object.content.direction {
        _ if object.is_file() => (icons::FILE, palette.muted),
        Direction::Inbound => (icons::ARROW_LEFT, palette.inbound),
        Direction::Outbound => (icons::ARROW_RIGHT, palette.outbound),
    }
}

/// The name a screen reader says.
pub(in crate::ui::views) fn name(object: &Object) -> String {
    let way = match object.content.direction {
        _ if object.is_file() => text!("Opened picture"),
        Direction::Inbound => text!("Received picture"),
        Direction::Outbound => text!("Sent picture"),
    };
    let caption = object.content.picture.as_ref().map(|picture| caption(picture, object.content.bytes.len()));
    format!("{way} {}, {}", object.id, caption.unwrap_or_default())
}

/// Paints the picture whole into `frame`, never blown up past four screen points a pixel; true when it was clicked.
pub(in crate::ui::views) fn show(ui: &Ui, object: &Object, frame: Rect, pictures: &dyn PictureSource) -> bool {
    let palette = Palette::of(ui);
    let response = ui.interact(frame, ui.scope_id().with(("picture", object.id)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name(object)));
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    paint(ui, object, frame, pictures);
    if response.has_focus() {
        let ring = Stroke::new(theme::FOCUS_RING, palette.accent);
        ui.painter().rect_stroke(frame, CornerRadius::same(theme::RADIUS), ring, StrokeKind::Outside);
    }
    response.clicked()
}

/// Its pixels, or why there are none; nothing to press.
pub(in crate::ui::views) fn paint(ui: &Ui, object: &Object, frame: Rect, pictures: &dyn PictureSource) {
    let palette = Palette::of(ui);
    let round = CornerRadius::same(theme::RADIUS);
    match pictures.texture(object.id) {
        PictureState::Ready { texture, size } => {
            let rect = paint::fitted(size, frame, 4.0);
            let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            let mut shape = egui::epaint::RectShape::filled(rect, round, Color32::WHITE);
            shape = shape.with_texture(texture, uv);
            ui.painter().add(shape);
        }
        PictureState::Loading => {
            ui.painter().rect_filled(frame, round, palette.sunken);
            paint::icon(ui.painter(), icons::IMAGE, frame.center(), 24.0, palette.faint);
        }
        PictureState::Failed(why) => {
            ui.painter().rect_filled(frame, round, palette.sunken);
            if frame.width() < ROOM {
                // A few letters say nothing.
                return paint::icon(ui.painter(), icons::IMAGE_BROKEN, frame.center(), 24.0, palette.muted);
            }
            let up = frame.center() - egui::vec2(0.0, 10.0);
            paint::icon(ui.painter(), icons::IMAGE_BROKEN, up, 24.0, palette.muted);
            let galley = paint::elided(ui, &why, theme::small(), palette.muted, frame.width() - 12.0);
            let left = frame.center().x - galley.size().x / 2.0;
            paint::put(ui.painter(), galley, left, frame.center().y + 16.0);
        }
    }
}
