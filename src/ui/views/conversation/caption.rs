//! The line below a bubble: whose it is among several, which way it went, how many calls and bytes, and when.

use egui::{Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{
    head::DOT,
    look::Form,
    message::{Body, Message},
    scene::{Scene, Who},
};
use crate::{
    model::Direction,
    ui::{
        icons,
        theme::{self, Palette, SPACE, SPACE_SMALL},
        views::shared::{paint, wording},
    },
    words::{clock, exact_size, grouped, text},
};

/// A name is cut where it is wider.
const WHOSE: f32 = 260.0;

/// `← 21 × recv   21 474 B in 3.2 ms · 14:03:58.041`.
pub(super) fn show(ui: &Ui, message: &Message, bubble: Rect, scene: &Scene<'_>) {
    let palette = Palette::of(ui);
    let inbound = message.direction == Direction::Inbound;
    let (arrow, word, color) = if inbound {
        (icons::ARROW_LEFT, "recv", palette.inbound_words)
    } else {
        (icons::ARROW_RIGHT, "send", palette.outbound)
    };
    let others = scene.who.map_or(0, |who| who.others);
    let call = match u64::from(message.calls) + others as u64 {
        _ if scene.posts.is_some() => String::new(),
        0 if matches!(message.body, Body::File(_)) => text!("waits").to_owned(),
        0 => text!("in the body").to_owned(),
        1 => word.to_owned(),
        calls => format!("{} × {word}", grouped(calls)),
    };
    let facts = facts(message, scene, others > 0);
    let painter = ui.painter();
    // Who said it stands before the call, to whom it was said behind it.
    let call_galley = paint::line(painter, call.clone(), theme::caption(), color);
    let (whose, whose_color) = match scene.who {
        None => (String::new(), palette.muted),
        Some(Who { others: 0, name, color }) => (name.clone(), *color),
        Some(Who { others, .. }) => (text!("to {n} peers", n = grouped(*others as u64 + 1)), palette.muted),
    };
    let dot = if whose.is_empty() || others > 0 { 0.0 } else { DOT + SPACE_SMALL };
    let mut whose_galley = paint::line(painter, whose.clone(), theme::caption(), whose_color);
    if whose_galley.size().x > WHOSE {
        whose_galley = paint::named(ui, &whose, &theme::caption(), whose_color, WHOSE);
    }
    let whose_width = if whose.is_empty() { 0.0 } else { dot + whose_galley.size().x + SPACE };
    let call_width = 14.0 + if call.is_empty() { 0.0 } else { call_galley.size().x + SPACE };
    // Away from the bubble's own edge there is as much room as in view.
    let seen = ui.clip_rect();
    let room = if inbound { seen.right() - bubble.left() } else { bubble.right() - seen.left() };
    let room = room - 2.0 * SPACE - whose_width - call_width;
    let mut facts_galley = paint::line(painter, facts.clone(), theme::small(), palette.muted);
    if facts_galley.size().x > room {
        facts_galley = paint::elided(ui, &facts, theme::small(), palette.muted, room);
    }
    let width = whose_width + call_width + facts_galley.size().x;
    let y = bubble.bottom() + 12.0;
    let left = if inbound { bubble.left() } else { bubble.right() - width };
    let place = Rect::from_min_size(pos2(left, y - 8.0), vec2(width, 16.0));
    let response = ui.interact(place, ui.scope_id().with(("caption", message.at)), Sense::hover());
    let name =
        [whose.as_str(), &call, &facts].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let (whose_left, call_left) = if inbound { (left, left + whose_width) } else { (left + call_width, left) };
    paint::icon(painter, arrow, pos2(call_left + 5.0, y), 12.0, color);
    paint::put(painter, call_galley, call_left + 14.0, y);
    if dot > 0.0 {
        painter.circle_filled(pos2(whose_left + DOT / 2.0, y), DOT / 2.0, whose_color);
    }
    paint::put(painter, whose_galley, whose_left + dot, y);
    paint::put(painter, facts_galley, left + whose_width + call_width, y);
    if message.first == 0 {
        return;
    }
    response.on_hover_ui(|ui| {
        let last = if message.last == message.first { String::new() } else { format!("–{}", message.last) };
        let text =
            text!("Record {first}{last}, {time}", first = message.first, last = last, time = clock(message.start));
        ui.label(RichText::new(text).font(theme::label()));
    });
}

/// `each`: several got the same.
fn facts(message: &Message, scene: &Scene<'_>, each: bool) -> String {
    if scene.posts.is_some() {
        let name = message.saved.as_ref().filter(|_| !scene.is_card(message)).map(|saved| saved.name.clone());
        return name.into_iter().chain([clock(message.start)]).collect::<Vec<_>>().join(" · ");
    }
    let mut size = exact_size(message.bytes);
    let took = message.end - message.start;
    if message.calls > 1 && took > 0 {
        size = text!("{size} in {span}", size = size, span = wording::short_span(took));
    }
    if each {
        size = text!("{size} each", size = size);
    }
    let mut parts = vec![size];
    let encoding = scene.reader.encoding;
    let read = matches!(message.body, Body::Bytes) && scene.form(message) != Form::Hex && !scene.is_card(message);
    if read && message.text(scene.reader).is_some() && (encoding.is_wide() || !message.head().is_ascii()) {
        parts.push(encoding.name().to_owned());
    }
    parts.push(match message.after {
        Some(after) => format!("+{}", wording::short_span(after)),
        None => clock(message.start),
    });
    parts.join(" · ")
}
