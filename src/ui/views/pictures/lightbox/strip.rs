//! The other pictures, small, under the open one; the oldest is on the left.

use std::sync::Arc;

use egui::{Rect, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};

use crate::{
    journal::Object,
    model::ObjectId,
    ui::{
        theme::{self, Palette},
        views::shared::{paint, picture::PictureSource, thumbnail},
    },
};

/// Room for it.
pub(super) const HEIGHT: f32 = 72.0;
const CELL: Vec2 = vec2(72.0, 54.0);
const GAP: f32 = 6.0;

/// Draws those around `chosen`; gives the one that was clicked.
pub(super) fn show(
    ui: &mut Ui,
    area: Rect,
    list: &[Arc<Object>],
    chosen: ObjectId,
    pictures: &dyn PictureSource,
) -> Option<ObjectId> {
    let palette = Palette::of(ui);
    ui.painter().rect_filled(area, 0.0, palette.panel);
    paint::underline(ui, Rect::from_min_max(area.min - vec2(0.0, 1.0), pos2(area.right(), area.top())));
    let mut child = ui.new_child(UiBuilder::new().max_rect(area).id_salt("strip"));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    let step = CELL.x + GAP;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells side by side")]
    let fits = (((area.width() - GAP) / step).floor().max(1.0) as usize).min(list.len());
    let at = list.partition_point(|object| object.id < chosen);
    let first = at.saturating_sub(fits / 2).min(list.len() - fits);
    let left = area.center().x - (fits as f32 * step - GAP) / 2.0;
    let mut clicked = None;
    for (place, object) in list.iter().skip(first).take(fits).enumerate() {
        let corner = pos2(left + place as f32 * step, area.center().y - CELL.y / 2.0);
        let cell = Rect::from_min_size(corner, CELL);
        child.painter().rect_filled(cell, theme::RADIUS, palette.raised);
        if thumbnail::show(&child, object, cell.shrink(3.0), pictures) {
            clicked = Some(object.id);
        }
        let is_chosen = object.id == chosen;
        let stroke = if is_chosen { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
        child.painter().rect_stroke(cell, theme::RADIUS, stroke, StrokeKind::Inside);
    }
    clicked
}
