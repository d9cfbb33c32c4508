//! One item of a conversation on the screen. Height and painting come from the same plan, so they cannot differ.

use std::sync::Arc;

use egui::{
    Align, Color32, Galley, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, pos2,
    text_selection::LabelSelectionState, vec2,
};

use super::{
    caption,
    card::{self, Card},
    gather::Meant,
    hands::Hand,
    look::Form,
    menu,
    message::{Body, Message},
    messages::Item,
    scene::{Chosen, Scene, Who, tool},
    spoken::Spoken,
};
use crate::{
    journal::{Object, Seq},
    model::{Direction, Encoding, Event, ObjectId},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette, SPACE_SMALL},
        views::shared::{
            marked::{self, Laid},
            paint, thumbnail, wording,
        },
    },
    words::{clock, counted, exact_size, text},
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
/// What it takes to say that there is more before, and to get there.
pub(super) const PARTIAL: f32 = 34.0;
/// Bytes in hex where there is no text, and where a person asked for hex.
const HEX: (usize, usize) = (64, 512);

enum Inside {
    Words(Words),
    Picture { object: Arc<Object>, size: Vec2, damage: Option<&'static str> },
    Echo { galley: Arc<Galley>, original: ObjectId },
    Card(Card),
}

/// What is read: text, hex, or both, and what is offered below.
#[derive(Default)]
struct Words {
    text: Option<Laid>,
    /// In place of a text of no bytes.
    nothing: Option<Arc<Galley>>,
    hex: Option<Arc<Galley>>,
    looks_like: Option<Encoding>,
    more: Option<String>,
}

struct Plan {
    size: Vec2,
    inside: Inside,
}

/// How much room an item takes from top to bottom; `partial`: it is the oldest shown, and older ones exist.
pub(super) fn height(ui: &Ui, item: &Item, scene: &Scene<'_>, width: f32, partial: bool) -> f32 {
    let own = match item {
        Item::Fact { .. } => FACT,
        Item::Message(message) => plan(ui, message, scene, width).size.y + CAPTION + BELOW,
    };
    own + if partial { PARTIAL } else { 0.0 }
}

pub(super) fn show(
    ui: &mut Ui,
    item: &Item,
    (mut rect, partial): (Rect, bool),
    scene: &Scene<'_>,
    chosen: &mut Chosen,
    actions: &mut Vec<Action>,
) {
    if partial {
        rect.set_top(rect.top() + PARTIAL);
    }
    match item {
        Item::Fact { seq, nanos, event, meant, text } => {
            let line = match scene.who {
                Some(Who { name, others: 0, .. }) => format!("{name} · {text} · {}", clock(*nanos)),
                Some(Who { name, others, .. }) => {
                    let n = *others as u64;
                    let words = if *event == Event::Accepted {
                        counted!("{name} and {n} others, connected", n = n, name = name)
                    } else {
                        counted!("{name} and {n} others, closed", n = n, name = name)
                    };
                    format!("{words} · {}", clock(*nanos))
                }
                None => format!("{text} · {}", clock(*nanos)),
            };
            let id = ui.scope_id().with(("fact", *seq));
            fact(ui, rect, (*event, *meant), &line, &scene.hand, id);
        }
        Item::Message(message) => {
            // Several may begin in one record: with the first byte each has ids of its own.
            let own = UiBuilder::new().id_salt((message.at, message.from)).max_rect(rect);
            show_message(&mut ui.new_child(own), message, rect, scene, chosen, actions);
        }
    }
}

fn fact(ui: &Ui, rect: Rect, (event, meant): (Event, Meant), line: &str, hand: &Hand<'_>, id: egui::Id) {
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
    let place = Rect::from_center_size(rect.center(), vec2(width, 20.0));
    let response = ui.interact(place, id, Sense::hover());
    hand.on(ui, &response, place.expand2(vec2(SPACE_SMALL, 3.0)), line);
    paint::icon(ui.painter(), icon, pos2(left + 8.0, rect.center().y), 16.0, color);
    paint::put(ui.painter(), galley, left + 22.0, rect.center().y);
    if width > rect.width() - 2.0 * EDGE - 4.0 {
        response.on_hover_text(line);
    }
}

fn plan(ui: &Ui, message: &Message, scene: &Scene<'_>, width: f32) -> Plan {
    let palette = Palette::of(ui);
    let most = ((width - 2.0 * EDGE) * 0.76).clamp(120.0, 640.0);
    if scene.is_card(message) {
        let card = Card::plan(message, scene.objects, most);
        return Plan { size: card.size(), inside: Inside::Card(card) };
    }
    match &message.body {
        Body::Bytes | Body::File(_) => {
            let (words, size) = words(ui, message, scene, most - 2.0 * PAD.x);
            Plan { size: (size + 2.0 * PAD).ceil(), inside: Inside::Words(words) }
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
            let outer = vec2(width.min(most) + 2.0 * PICTURE_PAD, size.y + TOOLS + notice + PICTURE_PAD);
            Plan { size: outer.ceil(), inside: Inside::Picture { object: Arc::clone(object), size, damage } }
        }
    }
}

/// What is read of a message, and the room it takes.
fn words(ui: &Ui, message: &Message, scene: &Scene<'_>, width: f32) -> (Words, Vec2) {
    let palette = Palette::of(ui);
    let mut words = Words::default();
    let mut size = Vec2::ZERO;
    let add = |size: &mut Vec2, part: Vec2| {
        let gap = if size.y > 0.0 { SPACE_SMALL } else { 0.0 };
        *size = vec2(size.x.max(part.x), size.y + gap + part.y);
    };
    if message.bytes == 0 {
        let galley = paint::line(ui.painter(), text!("empty"), theme::mono(), palette.muted);
        return (Words { nothing: Some(Arc::clone(&galley)), ..words }, galley.size());
    }
    let form = scene.form(message);
    let text = message.text(scene.reader).filter(|_| form != Form::Hex);
    let mut cut = !message.is_whole();
    if let Some(text) = text {
        let laid = marked::lay_out(ui, text, width);
        add(&mut size, laid.size);
        words.text = Some(laid);
        cut |= text.cut;
    }
    if form != Form::Text || text.is_none() {
        let most = if form == Form::Text { HEX.0 } else { HEX.1 };
        let part = message.head().get(..most).unwrap_or(message.head());
        let shown = hex(ui, part, width);
        cut |= part.len() < message.head().len();
        let galley = ui.painter().layout(shown, theme::mono(), palette.text, f32::INFINITY);
        add(&mut size, galley.size());
        words.hex = Some(galley);
    }
    words.looks_like = message.looks_like(scene.reader).filter(|_| form != Form::Hex);
    if words.looks_like.is_some() {
        add(&mut size, vec2(width.min(280.0), MORE));
    }
    // Of what was said here there is no record that has it all.
    if cut && message.first > 0 {
        let bytes = exact_size(message.bytes);
        let more = if text.is_some() || form != Form::Text {
            text!("Show all {size}", size = bytes)
        } else {
            text!("Show {size} binary", size = bytes)
        };
        words.more = Some(more);
        add(&mut size, vec2(width.min(160.0), MORE));
    }
    (words, size)
}

/// As many bytes a line as there is room for: 16, 8 or 4.
fn hex(ui: &Ui, bytes: &[u8], width: f32) -> String {
    let char = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'));
    let line = [16_u8, 8].into_iter().find(|line| f32::from(*line * 3 - 1) * char <= width).unwrap_or(4);
    wording::hex_lines(bytes, line.into())
}

fn show_message(
    ui: &mut Ui,
    message: &Message,
    rect: Rect,
    scene: &Scene<'_>,
    chosen: &mut Chosen,
    actions: &mut Vec<Action>,
) {
    let palette = Palette::of(ui);
    let plan = plan(ui, message, scene, rect.width());
    let inbound = message.direction == Direction::Inbound;
    let left = if inbound { rect.left() + EDGE } else { rect.right() - EDGE - plan.size.x };
    let bubble = Rect::from_min_size(pos2(left, rect.top()), plan.size);
    let tint = if inbound { palette.inbound_tint } else { palette.outbound_tint };
    ui.painter().rect_filled(bubble, theme::RADIUS_BUBBLE, tint);
    // The list has the keyboard in its place.
    let mut whole = ui.interact(bubble, ui.scope_id().with(("bubble", message.at)), Sense::CLICK);
    match plan.inside {
        Inside::Words(words) => {
            if let Some(text) = show_words(ui, message, bubble, &words, scene, actions) {
                whole = whole.union(text);
            }
        }
        Inside::Echo { galley, original } => {
            let y = bubble.center().y;
            let icon = pos2(bubble.left() + PAD.x + 8.0, y);
            paint::icon(ui.painter(), icons::IMAGE, icon, 16.0, palette.muted);
            let response = ui.interact(bubble, ui.scope_id().with(("echo", message.at)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, galley.text()));
            paint::put(ui.painter(), galley, bubble.left() + PAD.x + 24.0, y);
            if response.clicked() && scene.objects.get(original).is_some() {
                actions.push(Action::Enlarge(original));
            }
        }
        Inside::Picture { object, size, damage } => {
            let frame = Rect::from_min_size(bubble.min + Vec2::splat(PICTURE_PAD), size);
            if thumbnail::show(ui, &object, frame, scene.pictures) {
                actions.push(Action::Enlarge(object.id));
            }
            picture_tools(ui, bubble, frame.bottom(), &object, damage, actions);
        }
        Inside::Card(planned) => card::show(ui, message, bubble, &planned, scene, actions),
    }
    scene.hand.on(ui, &whole, bubble.expand(3.0), Spoken { message, scene });
    menu::show(&whole, message, scene, chosen, actions);
    caption::show(ui, message, bubble, scene);
}

/// Paints what is read, to be selected; gives the place of the text.
fn show_words(
    ui: &mut Ui,
    message: &Message,
    bubble: Rect,
    words: &Words,
    scene: &Scene<'_>,
    actions: &mut Vec<Action>,
) -> Option<Response> {
    let palette = Palette::of(ui);
    let mut at = bubble.min + PAD;
    if let Some(galley) = &words.nothing {
        paint::put(ui.painter(), Arc::clone(galley), at.x, bubble.center().y);
    }
    let mut over = None;
    if let (Some(laid), Some(text)) = (&words.text, message.text(scene.reader)) {
        let color = if message.direction == Direction::Inbound { palette.inbound_words } else { palette.outbound };
        let said = text.spoken();
        over = Some(selectable(ui, ("text", message.at), at, &laid.galley, &said, palette.text));
        marked::decorate(ui, at, text, laid, color);
        at.y += laid.size.y + SPACE_SMALL;
    }
    if let Some(galley) = &words.hex {
        let said = galley.text().to_owned();
        let response = selectable(ui, ("hex", message.at), at, galley, &said, palette.text);
        over = Some(over.map_or(response.clone(), |over: Response| over.union(response)));
        marked::bounds_in_hex(ui, at, galley, message.bounds());
        at.y += galley.size().y + SPACE_SMALL;
    }
    let row =
        |top: f32| Rect::from_min_size(pos2(bubble.left() + 4.0, top + 1.0), vec2(bubble.width() - 8.0, MORE - 2.0));
    if let Some(encoding) = words.looks_like {
        let name = text!("These bytes look like {encoding}: read them so", encoding = encoding.name());
        if tool(ui, ("looks", message.at), row(at.y), Align::Min, kit::Button::quiet(icons::TEXT_AA, &name)) {
            actions.push(Action::Read { session: scene.session, encoding });
        }
        at.y += MORE + SPACE_SMALL;
    }
    if let Some(more) = &words.more
        && tool(ui, ("all", message.at), row(at.y), Align::Min, kit::Button::quiet(icons::ROWS, more))
    {
        actions.push(Action::ShowRecord(message.first));
    }
    over
}

/// A text that can be selected and copied. It takes no keyboard: the bubble has it.
fn selectable(
    ui: &Ui,
    salt: (&str, Seq),
    at: egui::Pos2,
    galley: &Arc<Galley>,
    said: &str,
    color: Color32,
) -> Response {
    let sense = Sense::CLICK | Sense::DRAG;
    let response = ui.interact(Rect::from_min_size(at, galley.size()), ui.scope_id().with(salt), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, said));
    LabelSelectionState::label_text_selection(ui, &response, at, Arc::clone(galley), color, Stroke::NONE);
    response
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
