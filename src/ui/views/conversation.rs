//! What two ends of one connection said to each other: bubbles with their pictures, facts between them.
//!
//! Built from the journal by walking the connection's own chain of records, at most the newest few thousand; later only
//! the new ones are walked. Only items in view are laid out. Must not hold on to records: what a bubble shows is copied.

mod bubble;
mod card;
mod gather;
mod look;
mod menu;
mod message;
mod messages;
mod received;
mod scene;
mod stack;
mod waiting;

pub use look::{Form, Look, Rule};
pub use received::Keeping;
pub use waiting::{Waiting, start_again, waiting};

use std::collections::{HashMap, VecDeque};

use egui::{Id, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::{
    journal::{Connection, Journal, Objects, Seq},
    model::{ConnectionId, Encoding},
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette, SPACE},
        views::shared::{picture::PictureSource, scroll},
    },
    words::text,
};
use gather::Piece;
use message::Reader;
use messages::Grouping;
use scene::{Chosen, Scene};
use stack::Stack;

/// A guess for items that were never in view; only the scroll bar depends on it.
const GUESS: f32 = 64.0;
/// The row of tools is left out where there is no more height than this.
const LOWEST: f32 = 140.0;
/// Messages for which a form of their own is remembered; with one more all are forgotten.
const FORMS: usize = 1000;

/// What the view reads in one frame.
#[derive(Clone, Copy)]
pub struct ConversationInput<'a> {
    /// Whose messages.
    pub connection: &'a Connection,
    /// Where its records are.
    pub journal: &'a Journal,
    /// Where its pictures are.
    pub objects: &'a Objects,
    /// Where their pixels come from.
    pub pictures: &'a dyn PictureSource,
    /// What the bytes of its text mean.
    pub encoding: Encoding,
    /// The file that what it receives goes into.
    pub keeping: Option<Keeping<'a>>,
}

impl std::fmt::Debug for ConversationInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConversationInput").field("connection", &self.connection.id()).finish_non_exhaustive()
    }
}

/// The state of the view; it begins anew when another connection is shown.
#[derive(Debug, Default)]
pub struct Conversation {
    connection: ConnectionId,
    /// The newest record that was walked.
    newest: Seq,
    newest_object: u64,
    pictures: usize,
    pieces: VecDeque<Piece>,
    /// Older records exist that are not shown here.
    partial: bool,
    grouping: Grouping,
    heights: Vec<Option<f32>>,
    /// Width and pixels per point that the heights are for.
    measured: (f32, f32),
    stack: Stack,
    /// How messages are shown. Kept between runs.
    pub look: Look,
    /// What was chosen for single messages, by the records they were met in.
    forms: HashMap<Seq, Form>,
}

impl Conversation {
    /// True while the newest message is kept in view.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.stack.stick
    }

    /// Draws the conversation into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &ConversationInput<'_>, actions: &mut Vec<Action>) {
        let mut look = self.look;
        // In a very low window the room belongs to the messages.
        if ui.available_height() > LOWEST {
            look::tools(ui, &mut look, |ui| received::button(ui, input.connection, input.keeping.is_some(), actions));
        }
        self.take_look(look);
        if let Some(keeping) = &input.keeping {
            received::strip(ui, input.connection.id(), keeping, actions);
        }
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let palette = Palette::of(ui);
        ui.painter().rect_filled(area, 0.0, palette.background);
        self.read(input);

        let id = ui.scope_id().with("conversation");
        let mut ui = ui.new_child(UiBuilder::new().id_salt("conversation").max_rect(area));
        ui.set_clip_rect(area.intersect(ui.clip_rect()));
        let ui = &mut ui;
        ui.interact(area, id, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::List, ui.is_enabled(), text!("Conversation")));
        if self.grouping.items.is_empty() {
            nothing(ui, area, input.connection.last() > 0);
            return;
        }
        let width = area.width();
        let measured = (width, ui.pixels_per_point());
        if self.measured != measured {
            self.measured = measured;
            self.heights.fill(None);
        }
        let reader = Reader { encoding: input.encoding, ansi: self.look.ansi };
        let scene = Scene {
            connection: input.connection,
            objects: input.objects,
            pictures: input.pictures,
            reader,
            look: self.look,
            forms: &self.forms,
            now: input.journal.now(),
        };
        let mut chosen = Chosen::default();
        let mut by = 0.0;
        if ui.rect_contains_pointer(area) {
            by = ui.input_mut(|input| -std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        let (items, heights) = (&self.grouping.items, &mut self.heights);
        self.stack.settle(by, items.len(), area.height() - 2.0 * SPACE, |index| {
            let (Some(item), Some(height)) = (items.get(index), heights.get_mut(index)) else { return 0.0 };
            *height.get_or_insert_with(|| bubble::height(ui, item, &scene, width, index == 0 && self.partial))
        });

        let mut top = area.top() + SPACE - self.stack.offset;
        for index in self.stack.anchor..items.len() {
            if top > area.bottom() {
                break;
            }
            let Some(item) = items.get(index) else { break };
            let first = index == 0 && self.partial;
            let height = bubble::height(ui, item, &scene, width, first);
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(width, height));
            bubble::show(ui, item, (rect, first), &scene, &mut chosen, actions);
            top += height;
        }
        self.bar(ui, id, area);
        if !self.stack.stick {
            self.jump(ui, area);
        }
        self.take_chosen(ui, chosen);
    }

    /// Looks at messages in another way. What belongs together may be other messages, for which nothing was chosen.
    fn take_look(&mut self, look: Look) {
        if look.rule != self.look.rule {
            self.forms.clear();
        }
        if look != self.look {
            self.look = look;
            self.heights.fill(None);
        }
    }

    fn take_chosen(&mut self, ui: &Ui, chosen: Chosen) {
        if let Some(look) = chosen.look {
            self.take_look(look);
            ui.ctx().request_repaint();
        }
        if let Some((message, form)) = chosen.form {
            if self.forms.len() >= FORMS {
                self.forms.clear();
            }
            self.forms.insert(message, form);
            self.heights.fill(None);
            ui.ctx().request_repaint();
        }
    }

    fn bar(&mut self, ui: &Ui, id: Id, area: Rect) {
        let guess = |height: &Option<f32>| height.unwrap_or(GUESS);
        let total: f32 = self.heights.iter().map(guess).sum();
        let room = total - area.height();
        let before: f32 = self.heights.iter().take(self.stack.anchor).map(guess).sum();
        let fraction = f64::from((before + self.stack.offset) / room.max(1.0));
        let portion = f64::from(area.height() / total.max(1.0));
        let fraction = if self.stack.stick { 1.0 } else { fraction };
        let bar = scroll::bar(ui, id.with("bar"), area, portion, fraction, text!("Scroll the conversation"));
        let Some(wanted) = bar else { return };
        #[expect(clippy::cast_possible_truncation, reason = "a place in a list of a few thousand items")]
        let mut left = wanted as f32 * room.max(0.0);
        self.stack.stick = wanted > 0.999;
        ui.ctx().request_repaint();
        for (index, height) in self.heights.iter().map(guess).enumerate() {
            self.stack.anchor = index;
            self.stack.offset = left;
            if left < height {
                break;
            }
            left -= height;
        }
    }

    fn jump(&mut self, ui: &mut Ui, area: Rect) {
        let size = vec2(200.0, theme::CONTROL);
        let rect = Rect::from_center_size(pos2(area.center().x, area.bottom() - 26.0), size);
        let button = kit::Button::raised(icons::ARROW_DOWN, text!("Jump to the newest"));
        if ui.put(rect, button).clicked() {
            self.stack.stick = true;
        }
    }

    /// Takes in what is new in the journal and in the object store.
    fn read(&mut self, input: &ConversationInput<'_>) {
        let connection = input.connection;
        if self.connection != connection.id() {
            *self = Self { connection: connection.id(), look: self.look, ..Self::default() };
            self.grouping = Grouping::new(
                connection.identity().is_datagram(),
                connection.identity().recv_size,
                (input.encoding, self.look),
                &[],
                HashMap::new(),
            );
        }
        let (last, object) = (connection.last(), input.objects.changes());
        // Another encoding: what is held is grouped and read anew, the journal is not.
        let reader = Reader { encoding: input.encoding, ansi: self.look.ansi };
        let mut rebuild = (self.grouping.reader, self.grouping.rule) != (reader, self.look.rule);
        if object != self.newest_object {
            self.newest_object = object;
            let count = input.objects.of_connection(self.connection).len();
            rebuild |= count > 0 || self.pictures > 0;
            self.pictures = count;
        }
        let from = self.pieces.len();
        if last > self.newest {
            let (pieces, complete) = gather::newer(input.journal, last, self.newest);
            if !complete {
                self.pieces.clear();
                self.partial = true;
                rebuild = true;
            }
            self.pieces.extend(pieces);
            self.newest = last;
        }
        if self.pieces.len() > gather::MOST + gather::MOST / 4 {
            self.pieces.drain(..self.pieces.len() - gather::MOST);
            self.partial = true;
            rebuild = true;
        }
        if rebuild {
            self.rebuild(input);
        } else {
            for piece in self.pieces.iter().skip(from) {
                self.grouping.add(piece);
            }
        }
        let changed = self.grouping.take_changed();
        self.heights.truncate(changed);
        self.heights.resize(self.grouping.items.len(), None);
    }

    /// Groups all records again; the item at the upper edge stays where it is.
    fn rebuild(&mut self, input: &ConversationInput<'_>) {
        let top = self.grouping.items.get(self.stack.anchor).map(messages::Item::seq);
        let objects = input.objects.of_connection(self.connection);
        let recv_size = input.connection.identity().recv_size;
        let echoes = self.grouping.take_echoes();
        let datagrams = input.connection.identity().is_datagram();
        self.grouping = Grouping::new(datagrams, recv_size, (input.encoding, self.look), &objects, echoes);
        for piece in &self.pieces {
            self.grouping.add(piece);
        }
        if let Some(top) = top {
            self.stack.anchor = self.grouping.items.partition_point(|item| item.seq() < top);
        }
        self.heights.clear();
    }
}

/// `before`: the connection has had records, and none is kept any more.
fn nothing(ui: &mut Ui, area: Rect, before: bool) {
    let rect = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 140.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        let hint = text!("What is sent and received appears here, as it happens.");
        let title = if before { text!("What was said is not kept any more") } else { text!("Nothing was said yet") };
        kit::empty_state(ui, icons::CHAT_TEXT, title, hint);
    });
}

#[cfg(test)]
mod tests {
    //! The bytes take the way they take in the program: through the engine's recorder into the journal and the store.
    use crate::engine::observe::recorder::Recorder;

    mod grouping;
    mod offsets;
}
