//! Painting the ladder: where its two life lines stand, and how a row of it looks.

use std::borrow::Cow;

use egui::{Align, Align2, Color32, Painter, Rect, Shape, Stroke, Ui, pos2, text::LayoutJob, vec2};

use crate::{
    model::Direction,
    ui::{
        icons,
        theme::{self, Palette, SPACE},
        views::{
            ladder::{
                model::{Kind, Step, Wire},
                rows::{mark_lines, slope},
            },
            shared::{paint, scroll::BAR},
        },
    },
    words::clock_micros,
};

const TIMES: f32 = 124.0;
/// Room at the right of the peer's line, for the numbers of an error.
const NOTES: f32 = 154.0;

/// The same where there is little room at all: the space between the lines has the words.
const NOTES_TIGHT: f32 = 76.0;
/// Below this width there is little.
const TIGHT: f32 = 560.0;

/// Where the two life lines stand.
pub(super) struct Lines {
    times: Option<f32>,
    left: f32,
    this: f32,
    peer: f32,
    right: f32,
}

impl Lines {
    pub(super) fn new(whole: Rect, times: bool) -> Self {
        let left = whole.left() + if times { TIMES } else { SPACE };
        let right = whole.right() - BAR - SPACE;
        let tight = whole.width() < TIGHT;
        let this =
            left + ((right - left) * 0.29).clamp(if tight { 172.0 } else { 212.0 }, 300.0).min((right - left) * 0.5);
        let notes = if tight { NOTES_TIGHT } else { NOTES };
        let peer = (whole.left() + whole.width() * 0.755).min(right - notes).max(this + 100.0);
        Self { times: times.then_some(whole.left() + 14.0), left, this, peer, right }
    }

    pub(super) fn header(&self, ui: &Ui, whole: Rect, [this, peer]: &[String; 2]) {
        let palette = Palette::of(ui);
        let y = whole.top() + 22.0;
        let half = (self.peer - self.this) / 2.0 - SPACE;
        let places = [
            (this, self.this, (self.this - whole.left()).min(half) * 2.0),
            (peer, self.peer, (self.right - self.peer).max(60.0).min(half) * 2.0),
        ];
        for (name, x, room) in places {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "letters of one line")]
            let letters = (room / ui.fonts_mut(|fonts| fonts.glyph_width(&theme::name(), '0'))).max(0.0) as usize;
            let galley = paint::elided(ui, &fitting(name, letters), theme::name(), palette.text, room);
            let left = (x - galley.size().x / 2.0).min(self.right - galley.size().x).max(whole.left() + SPACE);
            paint::put(ui.painter(), galley, left, y);
        }
    }

    /// Both lines from the upper edge of `rect` to `end`.
    pub(super) fn life(&self, ui: &Ui, painter: &Painter, rect: Rect, end: f32) {
        let stroke = Stroke::new(1.5, Palette::of(ui).line_strong);
        for x in [self.this, self.peer] {
            painter.vline(x, rect.top()..=end.min(rect.bottom()), stroke);
        }
    }

    pub(super) fn step(&self, ui: &Ui, painter: &Painter, rect: Rect, step: &Step) {
        let palette = Palette::of(ui);
        if step.kind == Kind::End {
            self.end(ui, painter, rect, step);
            return;
        }
        let (leaves, arrives) = slope(step, rect.height());
        let call_y = match &step.wire {
            Some(Wire { direction: Direction::Inbound, .. }) => rect.top() + arrives,
            Some(_) => rect.top() + leaves,
            None => rect.center().y,
        };
        if let (Some(x), Some(nanos)) = (self.times, step.nanos) {
            let galley = paint::line(painter, clock_micros(nanos), theme::small(), palette.muted);
            paint::put(painter, galley, x, call_y);
        }
        if step.kind == Kind::Gap {
            let galley = paint::line(painter, step.call.clone(), theme::body(), palette.muted);
            put_over(painter, palette, galley, pos2(f32::midpoint(self.this, self.peer), rect.center().y));
            return;
        }
        if let Kind::Mark { mends } = step.kind {
            self.mark(painter, palette, rect, (step, mends));
            return;
        }
        let color = match (step.trouble, step.seq) {
            (true, _) => palette.bad_words,
            (_, Some(_)) => palette.text,
            (_, None) => palette.muted,
        };
        let mut edge = self.this - 12.0;
        let room = edge - self.left;
        let galley = paint::elided(ui, &step.call, theme::mono(), color, room);
        edge -= galley.size().x;
        paint::put(painter, galley, edge, call_y);
        if let Kind::Fold { open, .. } = step.kind {
            let icon = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            paint::icon(painter, icon, pos2(edge - 10.0, call_y), 12.0, palette.muted);
        }
        if let Some(wire) = &step.wire {
            self.arrow(ui, painter, rect, wire, step);
        }
        if !step.note.is_empty() {
            let color = if step.trouble { palette.bad_words } else { palette.muted };
            let galley = paint::elided(ui, &step.note, theme::small(), color, self.right - self.peer - 12.0);
            paint::put(painter, galley, self.peer + 12.0, rect.top() + arrives);
        }
    }

    fn arrow(&self, ui: &Ui, painter: &Painter, rect: Rect, wire: &Wire, step: &Step) {
        let palette = Palette::of(ui);
        let color = match (wire.inferred, step.trouble, wire.direction) {
            (true, true, _) => palette.bad,
            (true, false, _) => palette.faint,
            (false, _, Direction::Inbound) => palette.inbound,
            (false, _, Direction::Outbound) => palette.outbound,
        };
        let stroke = Stroke::new(1.5, color);
        let (leaves, arrives) = slope(step, rect.height());
        let (from, to) = match wire.direction {
            Direction::Inbound => (self.peer, self.this + 1.0),
            Direction::Outbound => (self.this, self.peer - 1.0),
        };
        let (from, to) = (pos2(from, rect.top() + leaves), pos2(to, rect.top() + arrives));
        if wire.inferred {
            painter.extend(Shape::dashed_line(&[from, to], stroke, 5.0, 4.0));
        } else {
            painter.line_segment([from, to], stroke);
        }
        if matches!(step.kind, Kind::Fold { .. }) {
            // A second line: more than one went this way.
            let down = vec2(0.0, 3.5);
            painter.line_segment([from + down, to + down], stroke);
        }
        let along = (to - from).normalized();
        for side in [0.42_f32, -0.42] {
            let wing = egui::emath::Rot2::from_angle(side) * along * -10.0;
            painter.line_segment([to, to + wing], stroke);
        }
        let words = if wire.inferred && !step.trouble { palette.muted } else { color };
        let room = self.peer - self.this - 48.0;
        let galley = paint::elided(ui, &wire.label, theme::mono(), words, room);
        // High enough that neither end of the words meets the falling line.
        let fall = (to.y - from.y) * galley.size().x / 2.0 / (self.peer - self.this).max(1.0);
        let middle = pos2(f32::midpoint(from.x, to.x), f32::midpoint(from.y, to.y) - 8.0 - fall);
        let left = middle.x - galley.size().x / 2.0;
        paint::put(painter, galley, left, middle.y);
    }

    /// A sign on this side's line, because it was noticed here, and the words beside it.
    fn mark(&self, painter: &Painter, palette: &Palette, rect: Rect, (step, mends): (&Step, bool)) {
        let (icon, color, tint) = match (mends, step.trouble) {
            (true, _) => (icons::CHECK_CIRCLE, palette.good, palette.inbound_tint),
            (_, true) => (icons::WARNING_CIRCLE, palette.bad, palette.bad_tint),
            _ => (icons::WARNING, palette.warning, palette.warning_tint),
        };
        let center = pos2(self.this, rect.center().y);
        painter.circle_filled(center, 10.0, palette.background);
        paint::icon(painter, icon, center, 16.0, color);
        if self.times.is_none() {
            let time = paint::line(painter, step.note.clone(), theme::small(), palette.muted);
            let left = self.this - 18.0 - time.size().x;
            paint::put(painter, time, left, center.y);
        }
        let room = (self.peer - self.this - 52.0).max(200.0).min(self.right - self.this - 30.0);
        let mut job = LayoutJob::simple(step.call.clone(), theme::label(), palette.text, room.max(40.0));
        job.wrap.max_rows = mark_lines(step);
        let galley = painter.layout_job(job);
        let words = Align2::LEFT_CENTER.anchor_size(center + vec2(24.0, 0.0), galley.size());
        painter.rect_filled(words.expand2(vec2(8.0, 4.0)), theme::RADIUS, tint);
        painter.galley(words.min, galley, Color32::PLACEHOLDER);
    }

    fn end(&self, ui: &Ui, painter: &Painter, rect: Rect, step: &Step) {
        let palette = Palette::of(ui);
        let middle = f32::midpoint(self.this, self.peer);
        let galley = paint::elided(ui, &step.call, theme::name(), palette.text, self.right - self.left);
        // Between the edges, where the lines stand too far to one side.
        let half = galley.size().x / 2.0;
        let middle = middle.min(self.right - half).max(self.left + half);
        put_over(painter, palette, galley, pos2(middle, rect.top() + 34.0));
        if !step.note.is_empty() {
            let room = (self.right - self.left).min(560.0);
            let mut job = LayoutJob::simple(step.note.clone(), theme::body(), palette.muted, room);
            job.halign = Align::Center;
            let galley = painter.layout_job(job);
            let top = pos2(middle, rect.top() + 46.0);
            let behind = Align2::CENTER_TOP.anchor_size(top, galley.size());
            painter.rect_filled(behind.expand2(vec2(6.0, 1.0)), 0.0, palette.background);
            painter.galley(top, galley, Color32::PLACEHOLDER);
        }
    }
}

/// A name with its role in so many letters: the role goes first, then the beginning of the address, and the port stays.
fn fitting(name: &str, letters: usize) -> Cow<'_, str> {
    let address = name.split(" (").next().unwrap_or(name);
    let count = address.chars().count();
    if name.chars().count() <= letters {
        name.into()
    } else if count <= letters || letters < 2 {
        address.into()
    } else {
        format!("…{}", address.chars().skip(count + 1 - letters).collect::<String>()).into()
    }
}

/// Text over the life lines, which stop for it.
fn put_over(painter: &Painter, palette: &Palette, galley: std::sync::Arc<egui::Galley>, center: egui::Pos2) {
    let rect = Align2::CENTER_CENTER.anchor_size(center, galley.size());
    painter.rect_filled(rect.expand2(vec2(6.0, 1.0)), 0.0, palette.background);
    painter.galley(rect.min, galley, Color32::PLACEHOLDER);
}

#[cfg(test)]
mod tests {
    use crate::ui::views::ladder::lines::fitting;

    #[test]
    fn the_port_of_a_name_stays() {
        let name = "127.0.0.1:51234 (this end)";
        for (letters, fits) in [(26, name), (25, "127.0.0.1:51234"), (10, "…0.1:51234"), (7, "…:51234")] {
            assert_eq!(fitting(name, letters), fits, "{letters}");
        }
    }
}
