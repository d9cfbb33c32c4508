//! A transfer as one card: a file that goes out, or many bytes in one run that are no text. It keeps its height when it is over.

use std::{path::Path, sync::Arc, time::Duration};

use egui::{Align, Color32, CornerRadius, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{
    message::{Body, Message},
    scene::{Scene, tool},
};
use crate::{
    journal::{Object, Objects},
    model::{ConnectionId, Direction},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette, SPACE_SMALL},
        views::shared::{file_kind, paint, picture_name::is_picture, thumbnail},
    },
    words::{self, size, text},
};

const HEIGHT: f32 = 74.0;
const PAD: f32 = 12.0;
const PICTURE: Vec2 = vec2(56.0, 42.0);
const WIDTH: f32 = 408.0;
const BUTTON: f32 = 26.0;
const BAR: f32 = 4.0;
/// What has not moved for so long does not arrive any more.
const QUIET: u64 = 1_000_000_000;

/// What a card shows.
pub(super) struct Card {
    width: f32,
    picture: Option<Arc<Object>>,
}

impl Card {
    pub(super) fn plan(message: &Message, objects: &Objects, most: f32) -> Self {
        let picture = match &message.body {
            Body::File(file) => file.picture.and_then(|id| objects.get(id)),
            _ => None,
        };
        Self { width: most.min(WIDTH), picture }
    }

    pub(super) fn size(&self) -> Vec2 {
        vec2(self.width, HEIGHT)
    }
}

pub(super) fn show(
    ui: &mut Ui,
    message: &Message,
    place: Rect,
    card: &Card,
    scene: &Scene<'_>,
    actions: &mut Vec<Action>,
) {
    let palette = Palette::of(ui);
    let ended = scene.connection.is_none_or(|connection| connection.state().is_over());
    let now = scene.now.max(message.end);
    let runs = !ended
        && match &message.body {
            Body::File(file) => !file.over,
            _ => now - message.end < QUIET,
        };
    if runs {
        // Rate and rest go on when nothing comes.
        ui.ctx().request_repaint_after(Duration::from_millis(500));
    }
    let picture = Rect::from_min_size(place.min + vec2(PAD, PAD), PICTURE);
    if let Some(object) = &card.picture {
        if thumbnail::show(ui, object, picture, scene.pictures) {
            actions.push(Action::Enlarge(object.id));
        }
    } else {
        ui.painter().rect_filled(picture, CornerRadius::same(theme::RADIUS), palette.hover);
        paint::icon(ui.painter(), icons::FILE, picture.center(), 24.0, palette.muted);
    }
    let buttons = buttons(ui, message, place, (runs, scene.peer), actions);
    let left = picture.right() + PAD;
    let width = (place.right() - PAD - buttons - left).max(16.0);
    let (name, facts) = (name(message), facts(message, runs, now));
    let y = picture.center().y;
    let title = paint::elided(ui, &name, theme::body_semibold(), palette.text, width);
    paint::put(ui.painter(), title, left, y - 10.0);
    let line = paint::elided(ui, &facts, theme::body(), palette.muted, width);
    paint::put(ui.painter(), line, left, y + 10.0);
    let words = Rect::from_center_size(pos2(left + width / 2.0, y), vec2(width, PICTURE.y));
    let said = ui.interact(words, ui.scope_id().with(("transfer", message.at)), Sense::hover());
    said.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}, {facts}")));
    said.on_hover_text(format!("{name}\n{facts}"));
    bar(ui, message, place, palette);
}

fn bar(ui: &Ui, message: &Message, place: Rect, palette: &Palette) {
    let Body::File(file) = &message.body else { return };
    if file.over {
        return;
    }
    let rail = Rect::from_min_max(
        pos2(place.left() + PAD, place.bottom() - 7.0 - BAR),
        pos2(place.right() - PAD, place.bottom() - 7.0),
    );
    let round = CornerRadius::same(2);
    ui.painter().rect_filled(rail, round, palette.sunken);
    if file.total > 0 {
        let part = (message.bytes as f64 / file.total as f64).min(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a part of the screen")]
        let done = Rect::from_min_size(rail.min, vec2((rail.width() * part as f32).max(BAR), BAR));
        ui.painter().rect_filled(done, round, accent(message.direction, palette));
    }
}

fn accent(direction: Direction, palette: &Palette) -> Color32 {
    match direction {
        Direction::Inbound => palette.inbound,
        Direction::Outbound => palette.outbound,
    }
}

/// The buttons at the right; gives the room they take.
fn buttons(
    ui: &mut Ui,
    message: &Message,
    place: Rect,
    (runs, connection): (bool, ConnectionId),
    actions: &mut Vec<Action>,
) -> f32 {
    let y = place.top() + PAD + PICTURE.y / 2.0;
    let mut taken = 0.0;
    let mut button = |ui: &mut Ui, salt: &str, icon: &str, name: &str| {
        let right = place.right() - PAD / 2.0 - taken;
        let rect = Rect::from_min_max(pos2(right - BUTTON, y - BUTTON / 2.0), pos2(right, y + BUTTON / 2.0));
        taken += BUTTON + SPACE_SMALL;
        tool(ui, (salt, message.at), rect, Align::Center, kit::Button::icon(icon, name))
    };
    match &message.body {
        Body::File(file) if runs => {
            if button(ui, "stop", icons::STOP, text!("Stop sending")) {
                actions.push(Action::Cancel(file.transfer));
            }
        }
        Body::File(file) if !file.transfer.is_some() => {}
        Body::File(file) => {
            if button(ui, "folder", icons::FOLDER_OPEN, text!("Open its folder")) {
                actions.push(Action::OpenFolder(file.transfer));
            }
            // Not found among the bytes that passed, as in a flood: its name says it, and the file is there.
            if file.picture.is_none()
                && is_picture(Path::new(&file.name))
                && button(ui, "picture", icons::IMAGE, text!("Show the picture"))
            {
                actions.push(Action::ShowSaved(file.transfer));
            }
        }
        _ => {
            if button(ui, "save", icons::DOWNLOAD_SIMPLE, text!("Save what is kept of it…"))
                && let Some(part) = message.part(connection)
            {
                actions.push(Action::SavePart(part));
            }
        }
    }
    taken
}

/// What it is: the name of a file, else the kind that its first bytes say.
pub(super) fn name(message: &Message) -> String {
    if let Body::File(file) = &message.body {
        return file.name.clone();
    }
    let kind = file_kind::of(message.head()).unwrap_or(text!("Binary data"));
    match message.direction {
        Direction::Inbound => text!("{kind}, received", kind = kind),
        Direction::Outbound => text!("{kind}, sent", kind = kind),
    }
}

/// How far it is, how fast, and how long it takes; or how long it took.
fn facts(message: &Message, runs: bool, now: u64) -> String {
    let took = if runs { now } else { message.end }.saturating_sub(message.start);
    let rate = message.bytes as f64 / (took.max(1) as f64 / 1e9);
    let mut parts = Vec::new();
    match &message.body {
        Body::File(file) if runs => {
            parts.push(text!("{sent} of {total}", sent = size(message.bytes), total = size(file.total)));
        }
        Body::File(file) if message.bytes < file.total => {
            parts.push(text!("stopped at {sent} of {total}", sent = size(message.bytes), total = size(file.total)));
        }
        _ if message.begins_before => parts.push(text!("more than {size}", size = size(message.bytes))),
        _ if runs => parts.push(text!("{size} so far", size = size(message.bytes))),
        _ => parts.push(size(message.bytes)),
    }
    if matches!(&message.body, Body::File(file) if !file.transfer.is_some()) {
        parts.push(text!("not kept any more").to_owned());
    }
    if took > 20_000_000 && message.bytes > 0 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate for a person to read")]
        let (a_second, left) =
            (rate as u64, |total: u64| ((total.saturating_sub(message.bytes)) as f64 / rate * 1e9) as u64);
        parts.push(format!("{}/s", size(a_second)));
        match &message.body {
            Body::File(file) if runs => parts.push(text!("{span} left", span = words::span(left(file.total)))),
            _ if !runs => parts.push(words::span(took)),
            _ => {}
        }
    }
    parts.join(" · ")
}
