//! The lanes of the stream view: what one end sent above what the other end received, on one scale of bytes.

use egui::{
    Align2, Color32, CornerRadius, Painter, Rect, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::{
    model::Direction,
    ui::{
        action::Action,
        theme::{self, Palette, RADIUS, SPACE},
        views::{
            shared::{paint, wording::short_span},
            stream::model::{Chunk, Scale},
        },
    },
    words::{clock_micros, exact_size, grouped, text},
};

const CAPTION: f32 = 22.0;
const GAP: f32 = 18.0;
const BLOCK: f32 = 46.0;
const BETWEEN: f32 = 26.0;
/// Room for the scroll bar.
const FOOT: f32 = 14.0;

/// What the lanes show.
pub(super) struct Lanes<'a> {
    /// What went in at the sending end; none when that end is elsewhere.
    pub(super) sends: Option<&'a [Chunk]>,
    /// What came out at the receiving end; none when that end is elsewhere.
    pub(super) recvs: Option<&'a [Chunk]>,
    /// Which of them is this end.
    pub(super) direction: Direction,
    pub(super) scale: &'a Scale,
    /// Name of the sending and of the receiving end.
    pub(super) names: [String; 2],
}

impl Lanes<'_> {
    /// The room the lanes take.
    pub(super) fn height(&self) -> f32 {
        let lane = CAPTION + GAP + BLOCK;
        let both = self.sends.is_some() && self.recvs.is_some();
        FOOT + SPACE + if both { 2.0 * lane + BETWEEN } else { lane }
    }

    pub(super) fn show(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let whole = ui.available_rect_before_wrap();
        self.captions(ui, whole);
        ui.style_mut().always_scroll_the_only_direction = true;
        ScrollArea::horizontal().id_salt("stream lanes").auto_shrink(false).stick_to_right(true).show_viewport(
            ui,
            |ui, view| {
                let size = vec2(self.scale.width() + 2.0 * SPACE + 4.0, whole.height() - FOOT);
                let (area, response) = ui.allocate_exact_size(size, Sense::hover());
                response.widget_info(|| WidgetInfo::labeled(Role::List, ui.is_enabled(), text!("Calls in the stream")));
                let left = area.left() + SPACE;
                let range = (view.left() - SPACE - 4.0, view.right());
                let [sends, recvs] = self.places(area);
                self.lane(ui, self.sends, sends, (left, range), Direction::Outbound, actions);
                self.lane(ui, self.recvs, recvs, (left, range), Direction::Inbound, actions);
                self.seams(ui, [sends, recvs], left, range);
                // The words come last, so that no seam runs over them.
                self.words(ui, self.sends, sends, (left, range), Direction::Outbound);
                self.words(ui, self.recvs, recvs, (left, range), Direction::Inbound);
            },
        );
    }

    /// Upper edges of the blocks of both lanes.
    fn places(&self, area: Rect) -> [f32; 2] {
        let sends = area.top() + CAPTION + GAP;
        let recvs = if self.sends.is_some() { sends + BLOCK + BETWEEN } else { area.top() + CAPTION };
        [sends, recvs]
    }

    fn captions(&self, ui: &Ui, whole: Rect) {
        let palette = Palette::of(ui);
        let [sends, recvs] = self.places(whole);
        let [sender, receiver] = &self.names;
        let count = |lane: &[Chunk]| grouped(lane.len() as u64);
        let put = |words: String, y: f32| {
            let galley = paint::elided(ui, &words, theme::caption(), palette.muted, whole.width() - 2.0 * SPACE);
            paint::put(ui.painter(), galley, whole.left() + SPACE, y);
        };
        if let Some(lane) = self.sends {
            let words = if is_cut(lane) {
                text!("the newest {count} send by {name}", count = count(lane), name = sender)
            } else {
                text!("{count} send by {name}", count = count(lane), name = sender)
            };
            put(words, sends - GAP - CAPTION / 2.0 + 2.0);
        }
        if let Some(lane) = self.recvs {
            let words = if is_cut(lane) {
                text!("the newest {count} recv by {name}", count = count(lane), name = receiver)
            } else {
                text!("{count} recv by {name}", count = count(lane), name = receiver)
            };
            let y = if self.sends.is_some() { recvs + BLOCK + GAP + CAPTION / 2.0 } else { recvs - CAPTION / 2.0 };
            put(words, y);
        }
    }

    fn lane(
        &self,
        ui: &Ui,
        lane: Option<&[Chunk]>,
        top: f32,
        (left, range): (f32, (f32, f32)),
        way: Direction,
        actions: &mut Vec<Action>,
    ) {
        let Some(lane) = lane else { return };
        let palette = Palette::of(ui);
        let (fill, edge) = match (way == self.direction, way) {
            (true, Direction::Inbound) => (palette.inbound_tint, palette.inbound),
            (true, Direction::Outbound) => (palette.outbound_tint, palette.outbound),
            (false, _) => (palette.raised, palette.line_strong),
        };
        for (chunk, rect) in self.blocks(lane, top, left, range) {
            let response = ui.interact(rect, ui.scope_id().with(("chunk", chunk.seq)), Sense::click());
            let hovered = response.hovered() || response.has_focus();
            let width = if hovered { 2.0 } else { 1.0 };
            let corners = CornerRadius::same(RADIUS - 2);
            ui.painter().rect(rect, corners, fill, Stroke::new(width, edge), StrokeKind::Inside);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), spoken(chunk, way)));
            if response.clicked() {
                actions.push(Action::ShowRecord(chunk.seq));
            }
            response.on_hover_text_at_pointer(tip(chunk));
        }
    }

    /// The blocks of a lane that are in view, with their places.
    fn blocks<'a>(
        &'a self,
        lane: &'a [Chunk],
        top: f32,
        left: f32,
        range: (f32, f32),
    ) -> impl Iterator<Item = (&'a Chunk, Rect)> {
        let first = lane.partition_point(|chunk| self.scale.x(chunk.end()) < range.0);
        let seen = lane.iter().skip(first).take_while(move |chunk| self.scale.x(chunk.start) <= range.1);
        seen.map(move |chunk| {
            let (from, to) = (self.scale.x(chunk.start), self.scale.x(chunk.end()));
            (chunk, Rect::from_min_max(pos2(left + from + 1.5, top), pos2(left + to - 1.5, top + BLOCK)))
        })
    }

    fn words(&self, ui: &Ui, lane: Option<&[Chunk]>, top: f32, (left, range): (f32, (f32, f32)), way: Direction) {
        let palette = Palette::of(ui);
        let (ink, label) = match (way == self.direction, way) {
            (true, Direction::Inbound) => (palette.text, palette.inbound_words),
            (true, Direction::Outbound) => (palette.text, palette.outbound),
            (false, _) => (palette.muted, palette.muted),
        };
        for (chunk, rect) in self.blocks(lane.unwrap_or_default(), top, left, range) {
            block(ui, rect, chunk, ink, label);
            gap(ui, rect, chunk, way);
        }
    }

    /// Lines between the lanes at each border; one that falls within a block of the other lane goes on through it.
    fn seams(&self, ui: &Ui, [sends, recvs]: [f32; 2], left: f32, range: (f32, f32)) {
        let (Some(sent), Some(received)) = (self.sends, self.recvs) else { return };
        let palette = Palette::of(ui);
        let painter = ui.painter();
        let (above, below) = (sends + BLOCK, recvs);
        let draw = |lane: &[Chunk], other: &[Chunk], inside: (f32, f32)| {
            let first = lane.partition_point(|chunk| self.scale.x(chunk.end()) < range.0);
            for chunk in lane.iter().skip(first) {
                let x = self.scale.x(chunk.end());
                if x > range.1 {
                    break;
                }
                let x = left + x;
                let after = other.partition_point(|other| other.end() < chunk.end());
                match other.get(after) {
                    Some(block) if block.end() == chunk.end() => {
                        painter.vline(x, above + 2.0..=below - 2.0, Stroke::new(1.0, palette.line_strong));
                    }
                    Some(block) if block.start < chunk.end() => {
                        painter.vline(x, above + 2.0..=below - 2.0, Stroke::new(1.0, palette.warning));
                        dashed(painter, x, inside, palette.warning.gamma_multiply(0.6));
                    }
                    _ => {}
                }
            }
        };
        draw(sent, received, (recvs, recvs + BLOCK));
        draw(received, sent, (sends, sends + BLOCK));
    }
}

fn dashed(painter: &Painter, x: f32, (top, bottom): (f32, f32), color: Color32) {
    painter.extend(Shape::dashed_line(&[pos2(x, top), pos2(x, bottom)], Stroke::new(1.2, color), 4.0, 3.0));
}

/// True when calls came before the first one that is known.
fn is_cut(lane: &[Chunk]) -> bool {
    lane.first().is_some_and(|chunk| chunk.start > 0)
}

/// The time since the call before, outside its block.
fn gap(ui: &Ui, rect: Rect, chunk: &Chunk, way: Direction) {
    let Some(gap) = chunk.gap else { return };
    let words = format!("+{}", short_span(gap));
    let galley = paint::elided(ui, &words, theme::small(), Palette::of(ui).muted, rect.width());
    let y = if way == Direction::Outbound { rect.top() - GAP / 2.0 } else { rect.bottom() + GAP / 2.0 };
    paint::put(ui.painter(), galley, rect.left() + 2.0, y);
}

/// Size above, text below.
fn block(ui: &Ui, rect: Rect, chunk: &Chunk, ink: Color32, label: Color32) {
    let room = rect.width() - 12.0;
    let size = paint::elided(ui, &exact_size(chunk.length), theme::caption(), label, room);
    let text = paint::elided(ui, &chunk.preview, theme::mono(), ink, room);
    let y = if chunk.preview.is_empty() { rect.center().y } else { rect.top() + 14.0 };
    paint::put(ui.painter(), size, rect.left() + 6.0, y);
    let at = Align2::LEFT_CENTER.anchor_size(pos2(rect.left() + 6.0, rect.bottom() - 14.0), text.size());
    ui.painter().galley(at.min, text, Color32::PLACEHOLDER);
}

fn spoken(chunk: &Chunk, way: Direction) -> String {
    let word = if way == Direction::Inbound { "recv" } else { "send" };
    let mut words = format!("{word} {}", exact_size(chunk.length));
    if let Some(gap) = chunk.gap {
        words.push_str(&text!(", {span} after the one before", span = short_span(gap)));
    }
    if !chunk.preview.is_empty() {
        words.push_str(", ");
        words.push_str(&chunk.preview);
    }
    words
}

fn tip(chunk: &Chunk) -> String {
    let last = chunk.end().saturating_sub(1);
    let bytes = text!("bytes {first} to {last}", first = grouped(chunk.start), last = grouped(last));
    format!("{}\n{bytes}\n{}", clock_micros(chunk.nanos), text!("Show the record in the journal"))
}
