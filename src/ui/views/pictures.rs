//! All pictures that passed, newest first, as a grid. Only the rows in view are asked for pixels.

pub mod lightbox;

use std::sync::Arc;

use egui::{Align, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::{
    journal::{Object, Objects},
    ui::{
        action::{Action, Pick},
        icons, kit,
        theme::{self, Palette, RADIUS_BUBBLE, SPACE, SPACE_LARGE},
        views::shared::{
            paint,
            picture::PictureSource,
            scroll::{BAR, RowScroll},
            thumbnail,
        },
    },
    words::{counted, size, text},
};

const CELL: f32 = 188.0;
const ROW: f32 = 196.0;
const PICTURE: f32 = 128.0;

/// Room above the grid for how many there are and what can be done.
const HEAD: f32 = 36.0;

/// The grid's state.
#[derive(Debug)]
pub struct Pictures {
    scroll: RowScroll,
    changes: Option<u64>,
    list: Vec<Arc<Object>>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { scroll: RowScroll::new(ROW), changes: None, list: Vec::new() }
    }
}

impl Pictures {
    /// Draws the grid into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, objects: &Objects, pictures: &dyn PictureSource, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        ui.painter().rect_filled(area, 0.0, palette.background);
        self.read(objects);
        if self.list.is_empty() {
            let rect = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 200.0));
            ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                let hint = text!(
                    "A picture that passes in any stream, in either direction, is shown here. One from this PC can be opened, or dropped here."
                );
                let before = objects.last().is_some();
                let title = if before { text!("No picture is kept any more") } else { text!("No picture passed yet") };
                kit::empty_state(ui, icons::IMAGES, title, hint);
                ui.add_space(SPACE_LARGE);
                ui.vertical_centered(|ui| open_button(ui, actions));
            });
            return;
        }
        let id = ui.scope_id().with("pictures");
        ui.interact(area, id, Sense::hover()).widget_info(|| {
            WidgetInfo::labeled(Role::List, true, counted!("{n} pictures", n = self.list.len() as u64))
        });
        let (head, area) = area.split_top_bottom_at_y(area.top() + HEAD);
        ui.scope_builder(UiBuilder::new().max_rect(head.shrink2(vec2(SPACE_LARGE, 0.0))), |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                open_button(ui, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let bytes = self.list.iter().map(|object| object.content.bytes.len() as u64).sum();
                    let count = self.list.len() as u64;
                    let words = counted!("{n} pictures, newest first · {size}", n = count, size = size(bytes));
                    ui.label(RichText::new(words).font(theme::label()).color(palette.muted));
                });
            });
        });
        let room = area.width() - 2.0 * SPACE_LARGE - BAR;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells side by side")]
        let columns = ((room + SPACE) / (CELL + SPACE)).floor().max(1.0) as usize;
        let rows = self.list.len().div_ceil(columns) as u64;
        let inner = area.shrink2(vec2(0.0, SPACE));
        if ui.rect_contains_pointer(area) {
            self.scroll.by(ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y)));
        }
        self.scroll.clamp(rows, inner.height());
        let (first, shift) = self.scroll.top();
        let first = usize::try_from(first).unwrap_or(0);
        let width = (room + SPACE) / columns as f32 - SPACE;

        let mut child = ui.new_child(UiBuilder::new().max_rect(area).id_salt("pictures"));
        child.set_clip_rect(area.intersect(ui.clip_rect()));
        let mut top = inner.top() - shift;
        for row in self.list.chunks(columns).skip(first) {
            if top > area.bottom() {
                break;
            }
            let mut left = area.left() + SPACE_LARGE;
            for object in row {
                let cell = Rect::from_min_size(pos2(left, top), vec2(width, ROW - SPACE));
                show_cell(&child, object, cell, pictures, actions);
                left += width + SPACE;
            }
            top += ROW;
        }
        self.scroll.bar(ui, id.with("bar"), inner, rows, text!("Scroll the pictures"));
    }

    fn read(&mut self, objects: &Objects) {
        let changes = Some(objects.changes());
        if changes != self.changes {
            self.changes = changes;
            self.list = objects.newest(Objects::MAX_OBJECTS);
            self.list.retain(|object| object.content.picture.is_some());
        }
    }
}

fn show_cell(ui: &Ui, object: &Object, cell: Rect, pictures: &dyn PictureSource, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    painter.rect(cell, RADIUS_BUBBLE, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let frame = Rect::from_min_size(cell.min + vec2(8.0, 8.0), vec2(cell.width() - 16.0, PICTURE));
    if thumbnail::show(ui, object, frame, pictures) {
        actions.push(Action::Enlarge(object.id));
    }
    let Some(picture) = &object.content.picture else { return };
    let (arrow, color) = thumbnail::way(object, palette);
    let left = cell.left() + 10.0;
    let y = frame.bottom() + 16.0;
    paint::icon(painter, arrow, pos2(left + 6.0, y), 13.0, color);
    if let Some(damage) = thumbnail::damage(picture) {
        let center = frame.right_top() + vec2(-16.0, 16.0);
        painter.circle_filled(center, 11.0, palette.warning_tint);
        paint::icon(painter, icons::WARNING, center - vec2(0.0, 0.5), 14.0, palette.warning);
        let response = ui.interact(
            Rect::from_center_size(center, vec2(18.0, 18.0)),
            ui.scope_id().with(("damage", object.id)),
            Sense::hover(),
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, damage));
        response.on_hover_text(damage);
    }
    let galley = paint::elided(ui, &thumbnail::kind(picture), theme::label(), palette.text, cell.right() - left - 28.0);
    paint::put(painter, galley, left + 18.0, y);
    let size = thumbnail::short_size(picture, object.content.bytes.len());
    let whence = format!("{size} · {}", object.content.name);
    let galley = paint::elided(ui, &whence, theme::small(), palette.muted, cell.width() - 20.0);
    paint::put(painter, galley, left, y + 19.0);
}

fn open_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    if kit::button(ui, icons::FOLDER_OPEN, text!("Open a picture…")).clicked() {
        actions.push(Action::Choose(Pick::OpenPicture));
    }
}
