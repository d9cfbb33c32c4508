//! The stream view of one connection: TCP carries bytes, not messages, and here it is seen.
//!
//! Above, each `recv` or `send` as its own block; when both ends are in this program, what one sent over what the other
//! received, so that joined and split messages show. Below, the same bytes cut anew as a program would.

pub mod cut;
mod lanes;
mod list;
mod model;

use std::time::Duration;

use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, RichText, Ui};
use serde::{Deserialize, Serialize};

use crate::{
    journal::{Connection, Part},
    model::{ConnectionId, Direction, Encoding, RecvSize, State, compose},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, SPACE, room::has_words},
        views::shared::{bytes_menu, calls::Calls, held},
    },
    words::{counted, exact_size, grouped, text},
};
use cut::{Cut, Message, Prefix};
use lanes::Lanes;
use list::List;
use model::{Bytes, Chunk, Scale};

/// What the view reads in one frame.
#[derive(Clone, Copy, Debug)]
pub struct StreamInput<'a> {
    /// Whose bytes.
    pub connection: &'a Connection,
    /// What its text is read as.
    pub encoding: Encoding,
    /// The other end, when it is in this program too.
    pub peer: Option<&'a Connection>,
}

/// Seconds from one cut of bytes that come without a pause to the next.
const PAUSE: f64 = 0.1;
/// The width of what makes blocks wider and narrower; where there is no room for it, it gives way.
const ZOOM: f32 = 72.0;
/// The choice of the cut, and a list below it with a few rows.
const BELOW_LANES: f32 = 128.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum By {
    #[default]
    Calls,
    Lines,
    Delimiter,
    Length,
    Pause,
}

/// What messages are made by, as it is typed. Kept between runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CutChoice {
    by: By,
    delimiter: String,
    prefix: Prefix,
    little: bool,
    pause: String,
}

impl Default for CutChoice {
    fn default() -> Self {
        Self {
            by: By::Calls,
            delimiter: "\\r\\n".to_owned(),
            prefix: Prefix::Four,
            little: false,
            pause: "100".to_owned(),
        }
    }
}

/// What a person did to the view, and what was made of the records for it.
#[derive(Debug)]
pub struct StreamView {
    of: ConnectionId,
    direction: Direction,
    zoom: f32,
    /// What messages are made by.
    pub cut: CutChoice,
    size: String,
    size_is_typed: bool,
    calls: Calls,
    peer_calls: Calls,
    stale: bool,
    /// There are calls that what is shown does not have yet, and when that was made.
    behind: bool,
    made: f64,
    ours: Vec<Chunk>,
    theirs: Vec<Chunk>,
    scale: Scale,
    kept: Bytes,
    messages: Vec<Message>,
    /// How many messages there were when older calls were asked for.
    before_older: Option<usize>,
    rest: String,
    list: List,
    /// The byte that is to be brought into view.
    wanted: Option<u64>,
    /// The height beyond that of the blocks and a short list below them; the blocks are left out where it is below zero.
    spare: f32,
}

impl Default for StreamView {
    fn default() -> Self {
        Self {
            of: ConnectionId::NONE,
            direction: Direction::Inbound,
            zoom: 1.0,
            cut: CutChoice::default(),
            size: String::new(),
            size_is_typed: false,
            calls: Calls::default(),
            peer_calls: Calls::default(),
            stale: true,
            behind: false,
            made: f64::NEG_INFINITY,
            ours: Vec::new(),
            theirs: Vec::new(),
            scale: Scale::default(),
            kept: Bytes::default(),
            messages: Vec::new(),
            before_older: None,
            rest: String::new(),
            list: List::default(),
            wanted: None,
            spare: 0.0,
        }
    }
}

impl StreamView {
    /// Brings a byte of a direction into view, when the view is drawn next.
    pub fn reveal(&mut self, direction: Direction, byte: u64) {
        self.stale |= self.direction != direction;
        self.direction = direction;
        self.wanted = Some(byte);
    }

    /// Draws the view into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &StreamInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        if self.of != input.connection.id() {
            self.of = input.connection.id();
            self.size_is_typed = false;
            self.list = List::default();
            self.stale = true;
        }
        let tools = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 6));
        Panel::top(ui.scope_id().with("stream tools")).frame(tools).show(ui, |ui| self.tools(ui, input, actions));
        self.read(ui, input);
        if self.calls.held(input.connection).is_some_and(|held| held::head(ui, held)) {
            self.calls.reach();
            self.peer_calls.reach();
            self.before_older = Some(self.messages.len());
            ui.ctx().request_repaint();
        }
        self.lanes(ui, input, actions);
        Panel::top(ui.scope_id().with("stream cut")).frame(tools).show(ui, |ui| self.cut_tools(ui));
        if self.stale {
            self.stale = false;
            self.cut_anew(input.encoding);
        }
        if let Some(byte) = self.wanted.take() {
            self.list.point_at(&self.kept, &self.messages, byte);
        }
        let asked = CentralPanel::no_frame()
            .show(ui, |ui| self.list.show(ui, &self.kept, input.encoding, &self.messages, &self.rest))
            .inner;
        let Some(part) = asked.byte.and_then(|byte| self.part(input.connection.id(), byte)) else { return };
        if asked.open {
            actions.push(Action::ShowRecord(part.records.0));
        }
        let open = matches!(input.connection.state(), State::Established | State::CloseWait);
        kit::context_menu_of(&asked.list, asked.menu, asked.list.id, |ui| {
            bytes_menu::rows(ui, &part, (false, open), actions);
        });
    }

    /// The message that begins with this byte, with the records it is in.
    fn part(&self, connection: ConnectionId, byte: u64) -> Option<Part> {
        let start = self.kept.start;
        let at = self.messages.partition_point(|message| start + (message.start as u64) < byte);
        let message = self.messages.get(at)?;
        let bytes = start + message.start as u64..start + message.end as u64;
        let record = |byte: u64| {
            let at = self.ours.partition_point(|chunk| chunk.end() <= byte);
            self.ours.get(at).map(|chunk| chunk.seq)
        };
        let records = (record(bytes.start)?, record(bytes.end.saturating_sub(1).max(bytes.start))?);
        Some(Part { connection, direction: self.direction, bytes, records })
    }

    fn read(&mut self, ui: &Ui, input: &StreamInput<'_>) {
        let mut fresh = self.calls.update(input.connection, input.encoding);
        match input.peer {
            Some(peer) => fresh |= self.peer_calls.update(peer, input.encoding),
            None if !self.theirs.is_empty() => {
                self.peer_calls = Calls::default();
                fresh = true;
            }
            None => {}
        }
        self.behind |= fresh;
        // A megabyte is cut anew: while calls come without a pause, so many times a second and not in every frame.
        let now = ui.input(|input| input.time);
        let wait = self.made + PAUSE - now;
        if self.behind && !self.stale && wait > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(wait));
            return;
        }
        if std::mem::take(&mut self.behind) || self.stale {
            self.made = now;
            self.ours = model::lane(&self.calls, self.direction);
            self.theirs = model::lane(&self.peer_calls, opposite(self.direction));
            self.kept = model::bytes(&self.calls, self.direction);
            self.scale = Scale::new([&self.ours, &self.theirs], self.zoom);
            self.stale = true;
        }
    }

    fn tools(&mut self, ui: &mut Ui, input: &StreamInput<'_>, actions: &mut Vec<Action>) {
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.set_min_height(CONTROL_TOOL);
            let (inbound, outbound) =
                (format!("{} {}", icons::ARROW_LEFT, text!("In")), format!("{} {}", icons::ARROW_RIGHT, text!("Out")));
            let options = [(Direction::Inbound, inbound.as_str()), (Direction::Outbound, outbound.as_str())];
            let short = !has_words(ui);
            self.stale |= kit::choice(ui, text!("Direction"), &mut self.direction, &options, short).changed();
            if !short {
                ui.add_space(SPACE);
            }
            self.options(ui, input.connection, short, actions);
            if self.spare < 0.0 || ui.available_width() < ZOOM {
                return;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if kit::icon_button(ui, icons::MAGNIFYING_GLASS_PLUS, text!("Wider blocks")).clicked() {
                    self.set_zoom(self.zoom * 1.5);
                }
                if kit::icon_button(ui, icons::MAGNIFYING_GLASS_MINUS, text!("Narrower blocks")).clicked() {
                    self.set_zoom(self.zoom / 1.5);
                }
            });
        });
    }

    fn set_zoom(&mut self, zoom: f32) {
        self.zoom = zoom.clamp(0.2, 5.0);
        self.stale = true;
    }

    /// What decides how the bytes of the next calls are cut, on this end.
    fn options(&mut self, ui: &mut Ui, connection: &Connection, short: bool, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let lives = !connection.state().is_over();
        let stream = !connection.identity().socket.is_datagram();
        if let Some(size) = connection.recv_size().filter(|_| stream) {
            // In a narrow window the field's tooltip says it.
            if !short {
                ui.label(RichText::new(text!("recv size")).font(theme::body()).color(palette.muted));
            }
            if !self.size_is_typed {
                self.size = size.to_string();
            }
            let typed = self.size.trim().parse::<u32>().ok().and_then(|size| RecvSize::try_from(size).ok());
            let field = kit::TextField::new(text!("Receive size, bytes"), &mut self.size)
                .mono(true)
                .width(78.0)
                .error(typed.is_none());
            let response = ui.add_enabled(lives, field);
            self.size_is_typed |= response.changed();
            let entered = response.lost_focus();
            response.on_hover_text(text!("How much one recv may return, from 1 B to 1 MiB, from the next call on"));
            if entered && std::mem::take(&mut self.size_is_typed) {
                actions.extend(typed.map(|size| Action::SetRecvSize(connection.id(), size.into())));
            }
        }
        if let Some(mut on) = connection.nodelay() {
            ui.add_space(SPACE);
            let response = ui.add_enabled_ui(lives, |ui| kit::checkbox(ui, &mut on, "NODELAY")).inner;
            if response.changed() || response.clicked() {
                actions.push(Action::SetNodelay(connection.id(), on));
            }
            response.on_hover_text(text!("Small sends leave at once; without it, TCP may wait and join them"));
        }
    }

    fn lanes(&mut self, ui: &mut Ui, input: &StreamInput<'_>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        let theirs = input.peer.is_some().then_some(self.theirs.as_slice());
        let (sends, recvs) = match self.direction {
            Direction::Inbound => (theirs, Some(self.ours.as_slice())),
            Direction::Outbound => (Some(self.ours.as_slice()), theirs),
        };
        let names = &input.connection.identity().names;
        let (this, peer) = (text!("this end"), names.peer.to_string());
        let names = match self.direction {
            Direction::Inbound => [peer, this.to_owned()],
            Direction::Outbound => [this.to_owned(), peer],
        };
        let lanes = Lanes { sends, recvs, direction: self.direction, scale: &self.scale, names };
        let is_empty = self.ours.is_empty() && self.theirs.is_empty();
        // In a low window the messages say the same in less room.
        let needed = if is_empty { 0.0 } else { lanes.height() + BELOW_LANES };
        self.spare = ui.available_height() - needed;
        if self.spare < 0.0 {
            return;
        }
        let frame = Frame::new().inner_margin(Margin { left: 6, right: 6, top: 6, bottom: 0 });
        Panel::top(ui.scope_id().with("stream lanes"))
            .exact_size(lanes.height() + 6.0)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| {
                if is_empty {
                    let words = match self.direction {
                        Direction::Inbound => text!("Nothing was received yet"),
                        Direction::Outbound => text!("Nothing was sent yet"),
                    };
                    ui.centered_and_justified(|ui| {
                        ui.label(RichText::new(words).font(theme::body()).color(palette.muted));
                    });
                    return;
                }
                lanes.show(ui, actions);
            });
    }

    fn cut_tools(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui);
        ui.spacing_mut().interact_size.y = CONTROL_TOOL;
        ui.horizontal(|ui| {
            ui.set_min_height(CONTROL_TOOL);
            ui.label(RichText::new(text!("Cut by")).font(theme::body()).color(palette.muted));
            let options = [
                (By::Calls, text!("Calls")),
                (By::Lines, text!("Lines")),
                (By::Delimiter, text!("Delimiter")),
                (By::Length, text!("Length prefix")),
                (By::Pause, text!("Pause")),
            ];
            let short = !has_words(ui);
            self.stale |= kit::choice(ui, text!("Cut by"), &mut self.cut.by, &options, short).changed();
            self.stale |= match self.cut.by {
                By::Calls | By::Lines => false,
                By::Delimiter => {
                    let field = kit::TextField::new(text!("Delimiter"), &mut self.cut.delimiter).hint("\\r\\n");
                    ui.add(field.mono(true).width(110.0)).changed()
                }
                By::Length => self.length_tools(ui),
                By::Pause => {
                    let wrong = self.cut.pause.trim().parse::<u32>().is_err();
                    let field = kit::TextField::new(text!("Pause in milliseconds"), &mut self.cut.pause);
                    let changed = ui.add(field.mono(true).width(70.0).error(wrong)).changed();
                    ui.label(RichText::new(text!("ms or longer")).font(theme::body()).color(palette.muted));
                    changed
                }
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let bytes = exact_size(self.kept.content.len() as u64);
                let words = counted!("{n} messages in {bytes}", n = self.messages.len() as u64, bytes = bytes);
                let words = RichText::new(words).font(theme::body()).color(palette.muted);
                ui.add(egui::Label::new(words).truncate());
            });
        });
    }

    fn length_tools(&mut self, ui: &mut Ui) -> bool {
        let widths = [
            (Prefix::One, text!("1 byte")),
            (Prefix::Two, text!("2 bytes")),
            (Prefix::Four, text!("4 bytes")),
            (Prefix::Eight, text!("8 bytes")),
            (Prefix::Decimal, text!("decimal line")),
        ];
        let before = (self.cut.prefix, self.cut.little);
        kit::select(ui, text!("Width of the length"), &mut self.cut.prefix, &widths);
        if !matches!(self.cut.prefix, Prefix::One | Prefix::Decimal) {
            let orders = [(false, text!("big-endian")), (true, text!("little-endian"))];
            kit::select(ui, text!("Order of its bytes"), &mut self.cut.little, &orders);
        }
        before != (self.cut.prefix, self.cut.little)
    }

    fn how(&self, encoding: Encoding) -> Cut {
        match self.cut.by {
            By::Calls => Cut::Calls,
            // A line feed of two bytes.
            By::Lines if encoding.is_wide() => Cut::Delimiter(encoding.encode("\n").unwrap_or_default()),
            By::Lines => Cut::Lines,
            By::Delimiter => Cut::Delimiter(compose::escaped_bytes(&self.cut.delimiter, encoding).unwrap_or_default()),
            By::Length => Cut::Length { prefix: self.cut.prefix, little: self.cut.little },
            By::Pause => Cut::Pause(self.cut.pause.trim().parse::<u64>().unwrap_or(100).saturating_mul(1_000_000)),
        }
    }

    fn cut_anew(&mut self, encoding: Encoding) {
        let how = self.how(encoding);
        let (messages, rest) = cut::cut(&self.kept.content, &self.kept.calls, &how);
        // What a person reads stays where it is on the screen.
        if let Some(before) = self.before_older.filter(|_| !self.calls.list().is_empty()) {
            self.list.go_down(messages.len().saturating_sub(before));
            self.before_older = None;
        }
        self.messages = messages;
        let mut words = Vec::new();
        if self.kept.content.is_empty() && self.kept.is_after_gap {
            words.push(text!("The newest bytes were not kept whole (a flood): there is nothing to cut").to_owned());
        } else if self.kept.start > 0 {
            let start = grouped(self.kept.start);
            words.push(if self.kept.is_after_gap {
                text!("Cut from byte {start} on: what came before is not kept whole", start = start)
            } else {
                text!("Cut from byte {start} on: what came before is no longer kept", start = start)
            });
        }
        let left_over = rest.words();
        if !left_over.is_empty() {
            words.push(left_over);
        }
        self.rest = words.join(" · ");
    }
}

fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Inbound => Direction::Outbound,
        Direction::Outbound => Direction::Inbound,
    }
}
