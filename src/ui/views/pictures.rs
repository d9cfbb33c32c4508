//! All pictures that passed, newest first, as a grid. Only the rows in view are asked for pixels.

pub mod lightbox;

use std::sync::Arc;

use egui::{
    Align, Label, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};

use crate::{
    journal::{Object, Objects},
    model::ObjectId,
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
    /// The picture that the keys are on, or whose menu is open.
    cursor: Option<ObjectId>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { scroll: RowScroll::new(ROW), changes: None, list: Vec::new(), cursor: None }
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
        let (head, area) = area.split_top_bottom_at_y(area.top() + HEAD);
        ui.scope_builder(UiBuilder::new().max_rect(head.shrink2(vec2(SPACE_LARGE, 0.0))), |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                open_button(ui, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let bytes = self.list.iter().map(|object| object.content.bytes.len() as u64).sum();
                    let count = self.list.len() as u64;
                    let words = counted!("{n} pictures, newest first · {size}", n = count, size = size(bytes));
                    ui.add(Label::new(RichText::new(words).font(theme::label()).color(palette.muted)).truncate());
                });
            });
        });
        let room = area.width() - 2.0 * SPACE_LARGE - BAR;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells side by side")]
        let columns = ((room + SPACE) / (CELL + SPACE)).floor().max(1.0) as usize;
        let rows = self.list.len().div_ceil(columns) as u64;
        let inner = area.shrink2(vec2(0.0, SPACE));
        let mut child = ui.new_child(UiBuilder::new().max_rect(area).id_salt("pictures"));
        child.set_clip_rect(area.intersect(ui.clip_rect()));
        let ui = &mut child;
        let id = ui.scope_id().with("pictures");
        let list = ui.interact(area, id, Sense::focusable_noninteractive());
        let count = self.list.len() as u64;
        kit::is_list(ui, &list, Role::List, count, &counted!("{n} pictures", n = count));
        let keys = kit::list_keys(&list, true);
        self.walk(&keys, columns, inner.height());
        if ui.rect_contains_pointer(area) {
            self.scroll.by(ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y)));
        }
        self.scroll.clamp(rows, inner.height());
        let (first, shift) = self.scroll.top();
        let first = usize::try_from(first).unwrap_or(0);
        let width = (room + SPACE) / columns as f32 - SPACE;

        let mut top = inner.top() - shift;
        let mut menu = kit::MenuAsked::default();
        for (index, row) in self.list.chunks(columns).enumerate().skip(first) {
            if top > area.bottom() {
                break;
            }
            let mut left = area.left() + SPACE_LARGE;
            for (column, object) in row.iter().enumerate() {
                let cell = Rect::from_min_size(pos2(left, top), vec2(width, ROW - SPACE));
                let response = show_cell(ui, object, cell, pictures);
                if response.secondary_clicked() {
                    self.cursor = Some(object.id);
                    menu.clicked = true;
                }
                let at = self.cursor == Some(object.id);
                let name = thumbnail::name(object);
                kit::is_row(&response, Role::ListItem, (index * columns + column) as u64, at, name);
                if at {
                    kit::is_at(&list, response.id);
                    kit::list_ring(ui, &list, Some(cell));
                    menu.by_key = keys.menu.then_some(cell);
                }
                if response.clicked() || at && keys.open {
                    actions.push(Action::Enlarge(object.id));
                }
                left += width + SPACE;
            }
            top += ROW;
        }
        self.scroll.bar(ui, id.with("bar"), inner, rows, text!("Scroll the pictures"));
        if let Some(picture) = self.cursor {
            kit::context_menu_of(&list, menu, list.id, |ui| self::menu(ui, picture, actions));
        } else {
            kit::list_ring(ui, &list, None);
        }
    }

    /// Takes the steps of the keys, and brings the picture that they lead to into view.
    fn walk(&mut self, keys: &kit::ListKeys, columns: usize, height: f32) {
        let columns_u = columns as u64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows that fit on a screen")]
        let page = ((height / ROW).floor().max(1.0) as u64) * columns_u;
        let rows = kit::Rows { count: self.list.len() as u64, columns: columns_u, page };
        let at = self.cursor.and_then(|id| self.list.iter().position(|object| object.id == id));
        let start = self.scroll.top().0 * columns_u;
        let mut at = at.map(|at| at as u64);
        for step in &keys.steps {
            at = step.from(at, rows, start);
        }
        at = at.or(Some(start));
        if keys.steps.is_empty() && !keys.menu && !keys.open {
            return;
        }
        if let Some(at) = at {
            self.cursor = usize::try_from(at).ok().and_then(|at| self.list.get(at)).map(|object| object.id);
            self.scroll.reveal(at / columns_u, height);
        }
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

/// What can be done with a picture.
fn menu(ui: &mut Ui, picture: ObjectId, actions: &mut Vec<Action>) {
    for (icon, words, action) in [
        (icons::ARROWS_OUT_SIMPLE, text!("Enlarge the picture"), Action::Enlarge(picture)),
        (icons::COPY, text!("Copy the picture"), Action::CopyPicture(picture)),
        (icons::DOWNLOAD_SIMPLE, text!("Save the picture"), Action::SavePicture(picture)),
    ] {
        if kit::menu_item(ui, icon, words, "").clicked() {
            actions.push(action);
        }
    }
}

fn show_cell(ui: &Ui, object: &Object, cell: Rect, pictures: &dyn PictureSource) -> Response {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    // The grid has the keyboard in its place.
    let response = ui.interact(cell, ui.scope_id().with(("picture", object.id)), Sense::CLICK);
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    painter.rect(cell, RADIUS_BUBBLE, palette.raised, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let frame = Rect::from_min_size(cell.min + vec2(8.0, 8.0), vec2(cell.width() - 16.0, PICTURE));
    thumbnail::paint(ui, object, frame, pictures);
    let Some(picture) = &object.content.picture else { return response };
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
    response
}

fn open_button(ui: &mut Ui, actions: &mut Vec<Action>) {
    if kit::button(ui, icons::FOLDER_OPEN, text!("Open a picture…")).clicked() {
        actions.push(Action::Choose(Pick::OpenPicture));
    }
}
