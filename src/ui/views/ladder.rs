//! The ladder diagram of one connection: two life lines, the calls of this side, and what went between.
//!
//! Owns where the person stands, the spacing, and which runs of calls are unfolded. The rows come from
//! [`model`]; only those on the screen are laid out and painted.

mod lines;
mod menu;
pub mod model;
mod rows;
mod svg;

use std::collections::BTreeSet;

use egui::{Align, Frame, Layout, Margin, Panel, Rect, Response, RichText, Role, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::{
    journal::{Connection, Seq},
    model::{ConnectionId, Encoding, Failure, Name, State},
    ui::{
        action::Action,
        icons,
        kit::{self, ListKeys},
        theme::{self, CONTROL_TOOL, Palette, SPACE_SMALL, room::has_words},
        views::shared::{
            calls::{self, Call, Calls},
            held::{self, Held},
            scroll::{self, BAR},
        },
    },
    words::text,
};
use lines::Lines;
use model::{Kept, Kind, Origin};
use rows::height;

const HEADER: f32 = 44.0;
/// Room below the last row.
const FOOT: f32 = 24.0;
/// What the words on dashed lines take.
const LEGEND: f32 = 270.0;
const ZOOM: std::ops::RangeInclusive<f32> = 0.8..=2.5;

/// What the view reads in one frame.
#[derive(Clone, Copy, Debug)]
pub struct LadderInput<'a> {
    /// Whose ladder.
    pub connection: &'a Connection,
    /// What its text is read as.
    pub encoding: Encoding,
    /// The other end, when it is in this program too.
    pub peer: Option<&'a Connection>,
    /// Name of the listening socket and its backlog, for a connection that was accepted.
    pub listening: Option<(&'a Name, u32)>,
}

/// The view's own state.
#[derive(Debug)]
pub struct Ladder {
    of: ConnectionId,
    encoding: Encoding,
    calls: Calls,
    other_end: OtherEnd,
    jumps: Vec<Call>,
    unfolded: BTreeSet<Seq>,
    rows: Kept,
    /// Where each row begins at plain spacing, and the end of the last.
    tops: Vec<f32>,
    stale: bool,
    /// How high all was when older calls were asked for.
    before_older: Option<f32>,
    offset: f32,
    zoom: f32,
    follow: bool,
    /// The record that is to be brought into view, and the one that was.
    wanted: Option<Seq>,
    pointed_at: Option<Seq>,
    /// The row that the keys are on, and its record, by which it is found again when rows before it come and go.
    cursor: Option<(usize, Option<Seq>)>,
    /// Times are shown beside the steps. Kept between runs.
    pub times: bool,
}

/// What is known of the other end where it is in this program too.
#[derive(Debug, Default)]
struct OtherEnd {
    /// How long its `connect` took, in nanoseconds, and whose that was.
    connect: Option<(ConnectionId, Option<u64>)>,
    closed: bool,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            of: ConnectionId::NONE,
            encoding: Encoding::default(),
            calls: Calls::default(),
            other_end: OtherEnd::default(),
            jumps: Vec::new(),
            unfolded: BTreeSet::new(),
            rows: Kept::default(),
            tops: vec![0.0],
            stale: true,
            before_older: None,
            offset: 0.0,
            zoom: 1.0,
            follow: true,
            wanted: None,
            pointed_at: None,
            cursor: None,
            times: false,
        }
    }
}

impl Ladder {
    /// Brings a record into view and marks it, when the ladder is drawn next.
    pub fn reveal(&mut self, seq: Seq) {
        self.wanted = Some(seq);
    }

    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &LadderInput<'_>, actions: &mut Vec<Action>) {
        self.read(input);
        let held = self.calls.held(input.connection);
        self.draw(ui, &names(input.connection), held, Some(input.connection), actions);
    }

    /// Draws the calls of a session that came to nothing: a listener that was not bound, a client that did not connect.
    pub fn show_failed(&mut self, ui: &mut Ui, failure: &Failure, actions: &mut Vec<Action>) {
        if self.of.is_some() {
            *self = Self { zoom: self.zoom, times: self.times, ..Self::default() };
        }
        self.follow = false;
        self.rows.set(model::failed(failure));
        self.lay_out();
        self.draw(ui, &model::failed_names(failure), None, None, actions);
    }

    fn draw(
        &mut self,
        ui: &mut Ui,
        names: &[String; 2],
        held: Option<Held>,
        connection: Option<&Connection>,
        actions: &mut Vec<Action>,
    ) {
        let palette = Palette::of(ui);
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 6));
        Panel::top(ui.scope_id().with("ladder tools")).frame(tools).show(ui, |ui| self.tools(ui, names, actions));
        if held.is_some_and(|held| held::head(ui, held)) {
            self.calls.reach();
            self.before_older = Some(self.content());
            self.stale = true;
            ui.ctx().request_repaint();
        }
        let whole = ui.available_rect_before_wrap();
        ui.painter().rect_filled(whole, 0.0, palette.background);
        ui.advance_cursor_after_rect(whole);
        self.body(ui, whole, names, connection, actions);
    }

    fn read(&mut self, input: &LadderInput<'_>) {
        let connection = input.connection;
        if self.of != connection.id() {
            self.of = connection.id();
            self.cursor = None;
            self.unfolded.clear();
            // What has ended is read from its beginning, what lives from its end.
            self.follow = !connection.state().is_over();
            self.offset = 0.0;
            self.stale = true;
        }
        self.stale |= std::mem::replace(&mut self.encoding, input.encoding) != input.encoding;
        if let Some(peer) = input.peer
            && self.other_end.connect.is_none_or(|(id, _)| id != peer.id())
        {
            let mut calls = Calls::default();
            calls.update(peer, input.encoding);
            let first = calls.list().front().and_then(|call| call.detail.as_ref()?.micros);
            self.other_end.connect = Some((peer.id(), first.map(|micros| micros.saturating_mul(1000))));
            self.stale = true;
        }
        let closed = input.peer.is_some_and(|peer| peer.state() == State::Closed);
        self.stale |= std::mem::replace(&mut self.other_end.closed, closed) != closed;
        let fresh = self.calls.update(connection, input.encoding);
        if let Some(wanted) = self.wanted {
            let before = self.calls.version();
            self.calls.reach_to(connection, wanted);
            self.stale |= before != self.calls.version();
        }
        let jumps = calls::clock_jumps(connection, &self.calls);
        let jumped = jumps.len() != self.jumps.len();
        self.jumps = jumps;
        let anew = jumped | std::mem::take(&mut self.stale);
        if fresh | anew {
            let known = self.other_end.connect.filter(|(id, _)| input.peer.is_some_and(|peer| peer.id() == *id));
            let origin = Origin {
                listening: input.listening,
                peer_connect: known.and_then(|(_, nanos)| nanos),
                peer_closed: closed,
                jumps: &self.jumps,
            };
            self.rows.update(connection, &self.calls, origin, &self.unfolded, anew);
            self.lay_out();
            // What older calls push down stays where it is on the screen.
            if let Some(before) = self.before_older.take() {
                self.offset += self.content() - before;
                self.follow = false;
            }
        }
    }

    fn lay_out(&mut self) {
        self.tops.clear();
        let mut top = 0.0;
        self.tops.push(top);
        self.tops.extend(self.rows.steps().iter().map(|step| {
            top += height(step);
            top
        }));
    }

    fn tools(&mut self, ui: &mut Ui, names: &[String; 2], actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let short = !has_words(ui);
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.set_min_height(CONTROL_TOOL);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                let save = kit::Button::quiet(icons::FLOPPY_DISK, text!("Save as SVG…")).short(short);
                if ui.add(save).clicked() {
                    let bytes = svg::svg(self.rows.steps(), names, palette).into_bytes();
                    actions.push(Action::SaveBytes { name: "ladder.svg".to_owned(), bytes });
                }
                ui.add_space(SPACE_SMALL);
                let follow = kit::Button::quiet(icons::ARROW_DOWN, text!("Follow"))
                    .on(self.follow)
                    .short(short)
                    .tooltip(text!("Keep the newest call in view"));
                if ui.add(follow).clicked() {
                    self.follow = !self.follow;
                }
                let times = kit::Button::quiet(icons::CLOCK, text!("Times"))
                    .on(self.times)
                    .short(short)
                    .tooltip(text!("The time of each call, to the microsecond"));
                if ui.add(times).clicked() {
                    self.times = !self.times;
                }
                ui.add_space(SPACE_SMALL);
                if kit::icon_button(ui, icons::MAGNIFYING_GLASS_PLUS, text!("Wider spacing (Ctrl + wheel)")).clicked() {
                    self.set_zoom(self.zoom * 1.25, 0.0);
                }
                if kit::icon_button(ui, icons::MAGNIFYING_GLASS_MINUS, text!("Closer spacing (Ctrl + wheel)")).clicked()
                {
                    self.set_zoom(self.zoom / 1.25, 0.0);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| legend(ui, palette));
            });
        });
    }

    /// Another spacing; what is `at` points below the upper edge stays there.
    fn set_zoom(&mut self, zoom: f32, at: f32) {
        let zoom = zoom.clamp(*ZOOM.start(), *ZOOM.end());
        self.offset = (self.offset + at) * zoom / self.zoom - at;
        self.zoom = zoom;
    }

    fn content(&self) -> f32 {
        self.tops.last().copied().unwrap_or(0.0) * self.zoom + FOOT
    }

    fn body(
        &mut self,
        ui: &mut Ui,
        whole: Rect,
        names: &[String; 2],
        connection: Option<&Connection>,
        actions: &mut Vec<Action>,
    ) {
        let body = Rect::from_min_max(pos2(whole.left(), whole.top() + HEADER), whole.max);
        let id = ui.scope_id().with("ladder");
        let area = ui.interact(body, id, Sense::click());
        kit::is_list(ui, &area, Role::List, self.rows.steps().len() as u64, text!("Ladder"));
        self.go_to_wanted(body.height());
        let keys = kit::list_keys(&area, false);
        self.walk(&keys, body.height());
        self.scroll(ui, body);

        let lines = Lines::new(whole, self.times);
        lines.header(ui, whole, names);
        let clicked = self.rows(ui, (&area, &keys), body, &lines, actions);
        if let Some((seq, connection)) = self.cursor.and_then(|(_, seq)| seq).zip(connection) {
            let asked = kit::MenuAsked { clicked, by_key: self.place_of_cursor(body).filter(|_| keys.menu) };
            kit::context_menu_of(&area, asked, area.id, |ui| menu::show(ui, seq, connection, actions));
        }
        let furthest = (self.content() - body.height()).max(0.0);
        let portion = f64::from(body.height() / self.content().max(1.0));
        let fraction = f64::from(self.offset / furthest.max(1.0));
        if let Some(wanted) = scroll::bar(ui, id.with("bar"), body, portion, fraction, text!("Scroll the ladder")) {
            #[expect(clippy::cast_possible_truncation, reason = "a part of what is drawn")]
            let offset = wanted as f32 * furthest;
            self.offset = offset;
            self.follow = offset >= furthest;
        }
        if self.cursor.is_none() {
            kit::list_ring(ui, &area, None);
        }
    }

    /// Finds the row of the keys again, and takes the steps of this frame.
    fn walk(&mut self, keys: &ListKeys, room: f32) {
        let rows = self.rows.steps();
        if let Some((at, seq)) = self.cursor
            && rows.get(at).is_none_or(|row| row.seq != seq)
        {
            let found = seq.and_then(|seq| rows.iter().position(|row| row.seq == Some(seq)));
            self.cursor = found.map(|at| (at, seq));
        }
        let first = self.tops.partition_point(|top| top * self.zoom < self.offset);
        let below = self.tops.partition_point(|top| top * self.zoom <= self.offset + room).saturating_sub(1);
        let page = below.saturating_sub(first) as u64;
        let (rows, start) = (kit::Rows { count: rows.len() as u64, columns: 1, page }, first as u64);
        let mut to = None;
        for step in &keys.steps {
            let at = to.or(self.cursor.map(|(at, _)| at as u64));
            to = step.from(at, rows, start);
        }
        let here = self.cursor.map_or(first, |(at, _)| at);
        let to = to.and_then(|to| usize::try_from(to).ok()).or((keys.menu || keys.open).then_some(here));
        let Some((at, row)) = to.and_then(|at| Some((at, self.rows.steps().get(at)?))) else { return };
        self.cursor = Some((at, row.seq));
        let top = self.tops.get(at).copied().unwrap_or(0.0) * self.zoom;
        let lowest = top + height(row) * self.zoom - room;
        // The last row is followed from then on.
        self.follow = at + 1 == self.rows.steps().len();
        self.offset = self.offset.clamp(lowest.min(top), top);
    }

    fn place_of_cursor(&self, body: Rect) -> Option<Rect> {
        let (at, _) = self.cursor?;
        let row = self.rows.steps().get(at)?;
        let top = body.top() + self.tops.get(at)? * self.zoom - self.offset;
        Some(Rect::from_min_size(pos2(body.left(), top), vec2(body.width() - BAR, height(row) * self.zoom)))
    }

    /// The step of the wanted record, or the one that has it folded in it, a third of the way down.
    fn go_to_wanted(&mut self, height: f32) {
        let Some(wanted) = self.wanted.take() else { return };
        let mut steps = self.rows.steps().iter().enumerate().filter_map(|(index, step)| Some((index, step.seq?)));
        let Some((index, seq)) = steps.rfind(|(_, seq)| *seq <= wanted) else { return };
        let top = self.tops.get(index).copied().unwrap_or(0.0);
        self.offset = top * self.zoom - height / 3.0;
        (self.follow, self.pointed_at) = (false, Some(seq));
    }

    fn scroll(&mut self, ui: &Ui, body: Rect) {
        let mut by = 0.0;
        if ui.rect_contains_pointer(body) {
            let (zoom, pointer) = ui.input(|input| (input.zoom_delta(), input.pointer.hover_pos()));
            if (zoom - 1.0).abs() > f32::EPSILON {
                self.set_zoom(self.zoom * zoom, pointer.map_or(0.0, |pointer| pointer.y - body.top()));
            }
            by = ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        let furthest = (self.content() - body.height()).max(0.0);
        if by != 0.0 {
            self.offset += by;
            self.follow = by > 0.0 && self.offset >= furthest;
        }
        if self.follow {
            self.offset = furthest;
        }
        self.offset = self.offset.clamp(0.0, furthest);
    }

    /// Draws the rows in view; true when the menu of one was asked for with the pointer, which then has the keys as well.
    fn rows(
        &mut self,
        ui: &Ui,
        (list, keys): (&Response, &ListKeys),
        body: Rect,
        lines: &Lines,
        actions: &mut Vec<Action>,
    ) -> bool {
        let id = list.id;
        let painter = ui.painter().with_clip_rect(body.intersect(ui.clip_rect()));
        let (offset, zoom) = (self.offset, self.zoom);
        lines.life(ui, &painter, body, body.top() - offset + self.content() - FOOT);
        let first = self.tops.partition_point(|top| top * zoom <= offset).saturating_sub(1);
        let (mut toggled, mut menu_of) = (None, None);
        for (index, (step, top)) in self.rows.steps().iter().zip(&self.tops).enumerate().skip(first) {
            let top = body.top() + top * zoom - offset;
            if top > body.bottom() {
                break;
            }
            let rect = Rect::from_min_size(pos2(body.left(), top), vec2(body.width() - BAR, height(step) * zoom));
            let visible = rect.intersect(body);
            if visible.height() < 1.0 {
                continue;
            }
            // A record keeps its node, and with it the keyboard, while rows before it come and go. It may stand in two: a fold and
            // the first row in it.
            let node = match step.seq {
                Some(seq) => id.with(("row", seq, matches!(step.kind, Kind::Fold { .. }))),
                None => id.with(("row", index)),
            };
            let acts = step.seq.is_some();
            let mut response = ui.interact(visible, node, if acts { Sense::CLICK } else { Sense::hover() });
            let at = self.cursor.is_some_and(|(at, _)| at == index);
            kit::is_row(&response, Role::ListItem, index as u64, at, step.spoken());
            if acts && self.pointed_at == step.seq {
                painter.rect_filled(rect, 0.0, Palette::of(ui).accent_tint);
                lines.life(ui, &painter, rect, rect.bottom());
            }
            if acts && response.hovered() {
                painter.rect_filled(rect, 0.0, Palette::of(ui).hover);
                lines.life(ui, &painter, rect, rect.bottom());
            }
            lines.step(ui, &painter, rect, step);
            if at {
                kit::is_at(list, response.id);
                kit::list_ring(ui, list, Some(rect));
            }
            if response.clicked() || at && keys.open {
                match (step.kind, step.seq) {
                    (Kind::Fold { first, .. }, _) => toggled = Some(first),
                    (_, Some(seq)) => actions.push(Action::ShowRecord(seq)),
                    _ => {}
                }
            }
            if acts && response.secondary_clicked() {
                menu_of = Some((index, step.seq));
            }
            if let Some(tip) = menu::tip(step) {
                response = response.on_hover_text_at_pointer(tip);
            }
            let _ = response;
        }
        if let Some(first) = toggled {
            if !self.unfolded.remove(&first) {
                self.unfolded.insert(first);
            }
            self.follow = false;
            self.stale = true;
            ui.ctx().request_repaint();
        }
        self.cursor = menu_of.or(self.cursor);
        if menu_of.is_some() {
            self.follow = false;
            list.request_focus();
        }
        menu_of.is_some()
    }
}

/// What stands on top of the two lines.
fn names(connection: &Connection) -> [String; 2] {
    let names = &connection.identity().names;
    let name = |name: &Name, role: &str| {
        if name.is_unnamed() { role.to_owned() } else { format!("{name} ({role})") }
    };
    [name(&names.local, text!("this end")), name(&names.peer, text!("peer"))]
}

fn legend(ui: &mut Ui, palette: &Palette) {
    let (rect, _) = ui.allocate_exact_size(vec2(28.0, CONTROL_TOOL), Sense::hover());
    let y = rect.center().y;
    let ends = [pos2(rect.left(), y), pos2(rect.right(), y)];
    ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.3, palette.muted), 4.0, 3.0));
    let words = text!("dashed: inferred from the calls, not captured");
    let words = if ui.available_width() < LEGEND { text!("inferred") } else { words };
    ui.add(egui::Label::new(RichText::new(words).font(theme::body()).color(palette.muted)).truncate());
}
