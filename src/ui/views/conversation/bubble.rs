//! One item of a conversation on the screen. Height and painting come from the same plan, so they cannot differ.

use std::sync::Arc;

use egui::{
    Align, Galley, Layout, Rect, RichText, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    text_selection::LabelSelectionState, vec2,
};

use super::gather::Meant;
use super::messages::{Body, Item, Message};
use crate::{
    journal::{Object, Objects},
    model::{Direction, Encoding, Event, ObjectId},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette},
        views::shared::{paint, picture::PictureSource, thumbnail, wording},
    },
    words::{clock, exact_size, text},
};

const EDGE: f32 = 20.0;
const PAD: Vec2 = vec2(12.0, 8.0);
const CAPTION: f32 = 22.0;
const BELOW: f32 = 9.0;
const FACT: f32 = 34.0;
const MORE: f32 = 26.0;
const PICTURE: Vec2 = vec2(256.0, 192.0);
const PICTURE_PAD: f32 = 7.0;
const DAMAGE: f32 = 24.0;
const TOOLS: f32 = 30.0;
const PARTIAL: f32 = 30.0;

/// Where an item goes.
pub(super) struct Place<'a> {
    pub(super) rect: Rect,
    /// It is the oldest shown, and older ones exist.
    pub(super) partial: bool,
    pub(super) connection_objects: &'a Objects,
    /// What the text was read as, for the caption.
    pub(super) encoding: Encoding,
}

enum Inside {
    Words { galley: Arc<Galley>, more: Option<String> },
    Picture { object: Arc<Object>, size: Vec2, damage: Option<&'static str> },
    Echo { galley: Arc<Galley>, original: ObjectId },
}

struct Plan {
    size: Vec2,
    inside: Inside,
}

/// How much room an item takes from top to bottom.
pub(super) fn height(ui: &Ui, item: &Item, width: f32, partial: bool) -> f32 {
    let own = match item {
        Item::Fact { .. } => FACT,
        Item::Message(message) => plan(ui, message, width).size.y + CAPTION + BELOW,
    };
    own + if partial { PARTIAL } else { 0.0 }
}

pub(super) fn show(
    ui: &mut Ui,
    item: &Item,
    place: &Place<'_>,
    pictures: &dyn PictureSource,
    actions: &mut Vec<Action>,
) {
    let mut rect = place.rect;
    if place.partial {
        let palette = Palette::of(ui);
        let galley =
            paint::line(ui.painter(), text!("Older messages are in the journal"), theme::label(), palette.muted);
        let left = rect.center().x - galley.size().x / 2.0;
        paint::put(ui.painter(), galley, left, rect.top() + PARTIAL / 2.0);
        rect.set_top(rect.top() + PARTIAL);
    }
    match item {
        Item::Fact { seq, nanos, event, meant, text } => {
            let line = format!("{text} · {}", clock(*nanos));
            fact(ui, rect, (*event, *meant), &line, ui.scope_id().with(("fact", *seq)));
        }
        Item::Message(message) => show_message(ui, message, rect, place, pictures, actions),
    }
}

fn fact(ui: &Ui, rect: Rect, (event, meant): (Event, Meant), line: &str, id: egui::Id) {
    let palette = Palette::of(ui);
    let (icon, color) = match event {
        _ if meant == Meant::Mends => (icons::CHECK_CIRCLE, palette.muted),
        _ if meant == Meant::Amiss => (icons::WARNING, palette.warning_words),
        Event::Accepted => (icons::HANDSHAKE, palette.muted),
        Event::Connected => (icons::PLUGS_CONNECTED, palette.muted),
        Event::HalfClosed => (icons::ARROW_LINE_RIGHT, palette.muted),
        Event::Closed | Event::Stopped => (icons::X_CIRCLE, palette.muted),
        Event::Reset => (icons::LIGHTNING, palette.bad_words),
        Event::TimedOut => (icons::TIMER, palette.bad_words),
        Event::Failed => (icons::WARNING_CIRCLE, palette.bad_words),
        Event::Answered => (icons::CHECK_CIRCLE, palette.muted),
        Event::Progress => (icons::UPLOAD_SIMPLE, palette.muted),
        Event::Remark => (icons::NOTE, palette.warning_words),
        Event::Picture => (icons::IMAGE, palette.muted),
        Event::Clock | Event::Health | Event::Address => (icons::TIMER, palette.warning_words),
        Event::Listening | Event::Serving | Event::Recv | Event::Send | Event::RecvSize | Event::Attempt => {
            (icons::BROADCAST, palette.muted)
        }
    };
    let galley = paint::elided(ui, line, theme::label(), color, rect.width() - 2.0 * EDGE - 24.0);
    let width = galley.size().x + 22.0;
    let left = rect.center().x - width / 2.0;
    let response = ui.interact(Rect::from_center_size(rect.center(), vec2(width, 20.0)), id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), line));
    paint::icon(ui.painter(), icon, pos2(left + 8.0, rect.center().y), 16.0, color);
    paint::put(ui.painter(), galley, left + 22.0, rect.center().y);
    if width > rect.width() - 2.0 * EDGE - 4.0 {
        response.on_hover_text(line);
    }
}

fn plan(ui: &Ui, message: &Message, width: f32) -> Plan {
    let palette = Palette::of(ui);
    let most = ((width - 2.0 * EDGE) * 0.76).clamp(120.0, 640.0);
    let words = |text: &str, more: Option<String>, color| {
        let galley = ui.painter().layout(text.to_owned(), theme::mono(), color, most - 2.0 * PAD.x);
        let button = if more.is_some() { vec2(150.0, MORE) } else { Vec2::ZERO };
        let size = vec2(galley.size().x.max(button.x), galley.size().y + button.y) + 2.0 * PAD;
        Plan { size: size.ceil(), inside: Inside::Words { galley, more } }
    };
    let all = |bytes| text!("Show all {size}", size = exact_size(bytes));
    match &message.body {
        Body::Text(text, _) if text.is_empty() => {
            let what = if message.bytes == 0 { text!("empty") } else { text!("empty line") };
            words(what, None, palette.muted)
        }
        Body::Text(text, more) => words(text, more.then(|| all(message.bytes)), palette.text),
        Body::Binary(dump) => {
            let text = format!("{dump}{}", if message.bytes > 64 { " …" } else { "" });
            let more = text!("Show {size} binary", size = exact_size(message.bytes));
            words(&text, Some(more), palette.text)
        }
        Body::Echo(original) => {
            let text = text!("the same picture, echoed");
            let galley = paint::line(ui.painter(), text, theme::body(), palette.muted);
            let size = vec2(galley.size().x + 24.0, 20.0) + 2.0 * PAD;
            Plan { size: size.ceil(), inside: Inside::Echo { galley, original: *original } }
        }
        Body::Picture(object) => {
            let picture = object.content.picture.as_ref();
            let claimed = picture.map_or(PICTURE, |picture| vec2(picture.width as f32, picture.height as f32));
            let claimed = if claimed.min_elem() < 1.0 { PICTURE } else { claimed };
            let room = vec2(PICTURE.x.min(most - 2.0 * PICTURE_PAD), PICTURE.y);
            let whole = Rect::from_min_size(egui::Pos2::ZERO, room);
            let size = paint::fitted(claimed, whole, 1.0).size().max(vec2(64.0, 48.0));
            let damage = picture.and_then(thumbnail::damage);
            let notice = if damage.is_some() { DAMAGE } else { 0.0 };
            let caption = picture.map(|picture| thumbnail::caption(picture, object.content.bytes.len()));
            let galley = paint::line(ui.painter(), caption.unwrap_or_default(), theme::body(), palette.muted);
            let width = size.x.max(galley.size().x + 76.0).max(if notice > 0.0 { 250.0 } else { 0.0 });
            let outer = vec2(width + 2.0 * PICTURE_PAD, size.y + TOOLS + notice + PICTURE_PAD);
            Plan { size: outer.ceil(), inside: Inside::Picture { object: Arc::clone(object), size, damage } }
        }
    }
}

fn show_message(
    ui: &mut Ui,
    message: &Message,
    rect: Rect,
    place: &Place<'_>,
    pictures: &dyn PictureSource,
    actions: &mut Vec<Action>,
) {
    let palette = Palette::of(ui);
    let plan = plan(ui, message, rect.width());
    let inbound = message.direction == Direction::Inbound;
    let left = if inbound { rect.left() + EDGE } else { rect.right() - EDGE - plan.size.x };
    let bubble = Rect::from_min_size(pos2(left, rect.top()), plan.size);
    let tint = if inbound { palette.inbound_tint } else { palette.outbound_tint };
    ui.painter().rect_filled(bubble, theme::RADIUS_BUBBLE, tint);
    match plan.inside {
        Inside::Words { galley, more } => {
            let inner = Rect::from_min_size(bubble.min + PAD, galley.size());
            let response = ui.interact(inner, ui.scope_id().with(("text", message.first)), Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, galley.text()));
            LabelSelectionState::label_text_selection(
                ui,
                &response,
                inner.min,
                galley,
                palette.text,
                egui::Stroke::NONE,
            );
            if let Some(more) = more {
                let top = bubble.bottom() - PAD.y - MORE + 4.0;
                let place = Rect::from_min_size(pos2(bubble.left() + 4.0, top), vec2(bubble.width() - 8.0, MORE - 2.0));
                if tool(ui, ("all", message.first), place, Align::Min, kit::Button::quiet(icons::ROWS, &more)) {
                    actions.push(Action::ShowRecord(message.first));
                }
            }
        }
        Inside::Echo { galley, original } => {
            let y = bubble.center().y;
            let icon = pos2(bubble.left() + PAD.x + 8.0, y);
            paint::icon(ui.painter(), icons::IMAGE, icon, 16.0, palette.muted);
            let response = ui.interact(bubble, ui.scope_id().with(("echo", message.first)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, galley.text()));
            paint::put(ui.painter(), galley, bubble.left() + PAD.x + 24.0, y);
            if response.clicked() && place.connection_objects.get(original).is_some() {
                actions.push(Action::Enlarge(original));
            }
        }
        Inside::Picture { object, size, damage } => {
            let frame = Rect::from_min_size(bubble.min + Vec2::splat(PICTURE_PAD), size);
            if thumbnail::show(ui, &object, frame, pictures) {
                actions.push(Action::Enlarge(object.id));
            }
            picture_tools(ui, bubble, frame.bottom(), &object, damage, actions);
        }
    }
    caption(ui, message, bubble, place.encoding);
}

fn picture_tools(
    ui: &mut Ui,
    bubble: Rect,
    top: f32,
    object: &Object,
    damage: Option<&str>,
    actions: &mut Vec<Action>,
) {
    let palette = Palette::of(ui);
    let y = top + TOOLS / 2.0 + 1.0;
    if let Some(picture) = &object.content.picture {
        let caption = thumbnail::caption(picture, object.content.bytes.len());
        let galley = paint::elided(ui, &caption, theme::body(), palette.muted, bubble.width() - 80.0);
        paint::put(ui.painter(), galley, bubble.left() + 11.0, y);
    }
    let row = |index: f32| Rect::from_center_size(pos2(bubble.right() - 21.0 - 26.0 * index, y), vec2(26.0, 24.0));
    let id = u64::from(object.id.0);
    let save = kit::Button::icon(icons::DOWNLOAD_SIMPLE, text!("Save the picture"));
    if tool(ui, ("save", id), row(0.0), Align::Center, save) {
        actions.push(Action::SavePicture(object.id));
    }
    let enlarge = kit::Button::icon(icons::ARROWS_OUT_SIMPLE, text!("Enlarge the picture"));
    if tool(ui, ("enlarge", id), row(1.0), Align::Center, enlarge) {
        actions.push(Action::Enlarge(object.id));
    }
    if let Some(damage) = damage {
        let y = top + TOOLS + 8.0;
        paint::icon(ui.painter(), icons::WARNING, pos2(bubble.left() + 18.0, y), 14.0, palette.warning);
        let galley = paint::elided(ui, damage, theme::label(), palette.text, bubble.width() - 44.0);
        let id = ui.scope_id().with(("damage", object.id));
        ui.interact(Rect::from_min_size(pos2(bubble.left() + 28.0, y - 9.0), galley.size()), id, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, damage));
        paint::put(ui.painter(), galley, bubble.left() + 30.0, y);
    }
}

/// A button in a place of its own; true when it was clicked.
fn tool(ui: &mut Ui, salt: (&str, u64), place: Rect, align: Align, button: kit::Button<'_>) -> bool {
    let layout = match align {
        Align::Center => Layout::centered_and_justified(egui::Direction::LeftToRight),
        _ => Layout::left_to_right(Align::Center),
    };
    let builder = UiBuilder::new().max_rect(place).layout(layout).id_salt(salt);
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = place.height();
        ui.add(button).clicked()
    })
    .inner
}

/// `← 21 × recv   21 474 B in 3.2 ms · 14:03:58.041`.
fn caption(ui: &Ui, message: &Message, bubble: Rect, encoding: Encoding) {
    let palette = Palette::of(ui);
    let inbound = message.direction == Direction::Inbound;
    let (arrow, word, color) = if inbound {
        (icons::ARROW_LEFT, "recv", palette.inbound_words)
    } else {
        (icons::ARROW_RIGHT, "send", palette.outbound)
    };
    let call = match message.calls {
        0 => text!("in the body").to_owned(),
        1 => word.to_owned(),
        calls => format!("{calls} × {word}"),
    };
    let facts = facts(message, encoding);
    let painter = ui.painter();
    let call_galley = paint::line(painter, call.clone(), theme::caption(), color);
    let facts_galley = paint::line(painter, facts.clone(), theme::small(), palette.muted);
    let width = 14.0 + call_galley.size().x + 8.0 + facts_galley.size().x;
    let y = bubble.bottom() + 12.0;
    let left = if inbound { bubble.left() } else { bubble.right() - width };
    let place = Rect::from_min_size(pos2(left, y - 8.0), vec2(width, 16.0));
    let response = ui.interact(place, ui.scope_id().with(("caption", message.first)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{call} {facts}")));
    paint::icon(painter, arrow, pos2(left + 5.0, y), 12.0, color);
    let after = left + 14.0 + call_galley.size().x + 8.0;
    paint::put(painter, call_galley, left + 14.0, y);
    paint::put(painter, facts_galley, after, y);
    response.on_hover_ui(|ui| {
        let last = if message.last == message.first { String::new() } else { format!("–{}", message.last) };
        let text =
            text!("Record {first}{last}, {time}", first = message.first, last = last, time = clock(message.start));
        ui.label(RichText::new(text).font(theme::label()));
    });
}

fn facts(message: &Message, encoding: Encoding) -> String {
    let mut size = exact_size(message.bytes);
    let took = message.end - message.start;
    if message.calls > 1 && took > 0 {
        size = text!("{size} in {span}", size = size, span = wording::short_span(took));
    }
    let mut parts = vec![size];
    if let Body::Text(text, _) = &message.body
        && (!text.is_ascii() || encoding.is_wide())
    {
        parts.push(encoding.name().to_owned());
    }
    parts.push(match message.after {
        Some(after) => format!("+{}", wording::short_span(after)),
        None => clock(message.start),
    });
    parts.join(" · ")
}
