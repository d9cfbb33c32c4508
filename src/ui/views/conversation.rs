//! What was said: on one connection, or by all peers of a listener in one order of time; bubbles with their pictures, facts
//! between them.
//!
//! Built from the journal by walking the connection's own chain of records, or back through the blocks that have records of
//! the listener, at most the newest few thousand and more on demand; later only the new ones are walked. Only items in
//! view are laid out. Must not hold on to records: what a bubble shows is copied.

mod bubble;
mod caption;
mod card;
mod gather;
mod hands;
mod head;
mod look;
mod menu;
mod message;
mod messages;
mod posts;
mod received;
mod scene;
mod spoken;
mod stack;
mod timeline;
mod waiting;
mod whose;

pub use look::{Form, Look, Rule};
pub use posts::{Post, PostContent, Posts};
pub use received::Keeping;
pub use waiting::{Waiting, start_again, waiting};
pub use whose::{Whole, Whose};

use std::collections::{HashMap, VecDeque};

use egui::{Rect, Role, Sense, Ui, UiBuilder, pos2, vec2};

use crate::{
    journal::{Journal, Objects, Seq},
    model::{ConnectionId, Encoding},
    ui::{
        action::Action,
        kit,
        theme::{Palette, SPACE, room::LEAST_BELOW_TOOLS},
        views::shared::picture::PictureSource,
    },
    words::text,
};
use gather::Piece;
use hands::{Cursor, Hand};
use head::Head;
use message::Reader;
use messages::Grouping;
use scene::{Chosen, Scene, Who};
use stack::Stack;
use timeline::Timeline;
use whose::Shown;

/// Messages for which a form of their own is remembered; with one more all are forgotten.
const FORMS: usize = 1000;

/// Seconds between two times that the messages of several are made anew because of pictures.
const PICTURES: f64 = 0.25;
/// So many of the newest pictures are looked at for one of the listener that is shown.
const NEWEST: usize = 64;

/// What the view reads in one frame.
#[derive(Clone, Copy)]
pub struct ConversationInput<'a> {
    /// Whose messages.
    pub whose: Whose<'a>,
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
        f.debug_struct("ConversationInput").field("whose", &self.whose).finish_non_exhaustive()
    }
}

/// The state of the view; it begins anew when something else is shown.
#[derive(Debug)]
pub struct Conversation {
    shown: Shown,
    head: Head,
    /// The newest record that was walked.
    newest: Seq,
    newest_object: u64,
    /// The number of the first post that is shown.
    oldest_post: u64,
    pictures: usize,
    /// When the messages of several were made anew because of pictures.
    rebuilt: f64,
    pieces: VecDeque<Piece>,
    /// Older records exist that are not shown here.
    partial: bool,
    /// How many records are shown at most.
    most: usize,
    /// How they are read and put together.
    read_as: (Reader, Rule),
    timeline: Timeline,
    /// Where the messages began on the screen.
    edge: f32,
    cursor: Cursor,
    heights: Vec<Option<f32>>,
    /// Width and pixels per point that the heights are for.
    measured: (f32, f32),
    stack: Stack,
    /// How messages are shown. Kept between runs.
    pub look: Look,
    /// What was chosen for single messages, by the records they were met in.
    forms: HashMap<Seq, Form>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            shown: Shown::Nothing,
            head: Head::default(),
            newest: 0,
            newest_object: 0,
            oldest_post: 0,
            pictures: 0,
            rebuilt: 0.0,
            pieces: VecDeque::new(),
            partial: false,
            most: gather::MOST,
            read_as: (Reader::default(), Rule::default()),
            timeline: Timeline::default(),
            edge: 0.0,
            cursor: Cursor::default(),
            heights: Vec::new(),
            measured: (0.0, 0.0),
            stack: Stack::default(),
            look: Look::default(),
            forms: HashMap::new(),
        }
    }
}

impl Conversation {
    /// True while the newest message is kept in view.
    #[must_use]
    pub fn follows(&self) -> bool {
        self.stack.stick
    }

    /// Draws the conversation into all the room there is.
    pub fn show(&mut self, ui: &mut Ui, input: &ConversationInput<'_>, actions: &mut Vec<Action>) {
        self.above(ui, input, actions);
        let area = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(area);
        let palette = Palette::of(ui);
        ui.painter().rect_filled(area, 0.0, palette.background);
        self.read(input, ui.input(|input| input.time));

        let id = ui.scope_id().with("conversation");
        let mut ui = ui.new_child(UiBuilder::new().id_salt("conversation").max_rect(area));
        ui.set_clip_rect(area.intersect(ui.clip_rect()));
        let ui = &mut ui;
        let list = ui.interact(area, id, Sense::focusable_noninteractive());
        kit::is_list(ui, &list, Role::List, self.timeline.len() as u64, text!("Conversation"));
        if self.timeline.is_empty() {
            waiting::nothing(ui, area, self.newest > 0);
            return;
        }
        let width = area.width();
        let measured = (width, ui.pixels_per_point());
        if self.measured != measured {
            self.measured = measured;
            self.heights.fill(None);
        }
        let asked = self.cursor.keys(&list, &self.timeline, area.height());
        actions.extend(asked.open.and_then(|index| self.timeline.item(index)).map(hands::open));
        let mut by = asked.by;
        let reader = Reader { encoding: input.encoding, ansi: self.look.ansi };
        let scene = Scene {
            session: input.whose.session(),
            peer: ConnectionId::NONE,
            connection: None,
            who: None,
            posts: input.whose.posts(),
            objects: input.objects,
            pictures: input.pictures,
            reader,
            look: self.look,
            forms: &self.forms,
            now: input.journal.now(),
            hand: Hand { list: &list, index: 0, at: false, menu: false },
        };
        let mut chosen = Chosen::default();
        if ui.rect_contains_pointer(area) {
            by = ui.input_mut(|input| by - std::mem::take(&mut input.smooth_scroll_delta.y));
        }
        // A row above that comes or goes takes its room from what is furthest from the newest.
        let edge = std::mem::replace(&mut self.edge, area.top());
        if edge > 0.0 && !self.stack.stick {
            self.stack.offset += area.top() - edge;
        }
        let view = area.height() - 2.0 * SPACE;
        let (timeline, heights, partial) = (&self.timeline, &mut self.heights, self.partial);
        let mut height_of = |index: usize| {
            let (Some(item), Some(height)) = (timeline.item(index), heights.get_mut(index)) else { return 0.0 };
            *height.get_or_insert_with(|| bubble::height(ui, item, &scene, width, index == 0 && partial))
        };
        self.stack.settle(by, timeline.len(), view, &mut height_of);
        if let Some(index) = asked.reveal {
            self.stack.reveal(index, timeline.len(), view, &mut height_of);
        }

        if asked.by != 0.0 {
            // The keys go where the page went.
            let first = self.stack.anchor + usize::from(self.stack.offset > SPACE && !self.stack.stick);
            let first = if self.stack.stick { timeline.len().saturating_sub(1) } else { first };
            self.cursor.at = timeline.item(first).or(timeline.item(self.stack.anchor)).map(messages::Item::place);
        }
        if self.cursor.at.is_none() {
            kit::list_ring(ui, &list, None);
        }
        let mut top = area.top() + SPACE - self.stack.offset;
        for index in self.stack.anchor..timeline.len() {
            if top > area.bottom() {
                break;
            }
            let (Some(item), Some(entry)) = (timeline.item(index), timeline.entry(index)) else { break };
            let first = index == 0 && partial;
            let height = bubble::height(ui, item, &scene, width, first);
            let rect = Rect::from_min_size(pos2(area.left(), top), vec2(width, height));
            let who = self.who(input.whose, index, palette);
            let connection = input.whose.connection(entry.peer);
            let at = self.cursor.at == Some(item.place());
            let hand = Hand { list: &list, index: index as u64, at, menu: at && asked.menu };
            let scene = Scene { peer: entry.peer, connection, who: who.as_ref(), hand, ..scene };
            bubble::show(ui, item, (rect, first), &scene, &mut chosen, actions);
            top += height;
        }
        let older = self.older(ui, area, input, actions);
        self.stack.bar(ui, id.with("bar"), area, &self.heights);
        if !self.stack.stick {
            self.stack.jump(ui, area);
        }
        self.take_chosen(ui, chosen);
        if older {
            self.reach_back(ui);
        }
    }

    /// The rows above the messages: how they are shown, and what there is to say of whose they are.
    fn above(&mut self, ui: &mut Ui, input: &ConversationInput<'_>, actions: &mut Vec<Action>) {
        let mut look = self.look;
        // In a very low window the room belongs to the messages.
        let has_room = ui.available_height() > LEAST_BELOW_TOOLS;
        match input.whose {
            Whose::One(connection) => {
                if has_room {
                    look::tools(ui, &mut look, |ui| received::button(ui, connection, input.keeping.is_some(), actions));
                }
                if let Some(keeping) = &input.keeping {
                    received::strip(ui, connection.id(), keeping, actions);
                }
            }
            Whose::Peers(whole) => {
                if has_room {
                    self.head.chips(ui, whole, (&mut look, true), actions);
                }
                self.head.health(ui, whole, input.journal.stats().next, actions);
            }
            Whose::Visitors(whole, posts) => {
                if has_room {
                    self.head.chips(ui, whole, (&mut look, false), actions);
                    posts::strip(ui, posts.moving);
                }
            }
        }
        self.take_look(look);
    }

    /// The row before the first message, where there are older records. True when they are to be shown here; what is further
    /// back than this view reaches is shown in the journal.
    fn older(&self, ui: &mut Ui, area: Rect, input: &ConversationInput<'_>, actions: &mut Vec<Action>) -> bool {
        let top = area.top() + SPACE - self.stack.offset;
        if !self.partial || self.stack.anchor > 0 || top + bubble::PARTIAL <= area.top() {
            return false;
        }
        let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), bubble::PARTIAL));
        let further = self.most < gather::REACH && self.pieces.len() >= self.most;
        let taken = hands::older(ui, row, &input.whose.amount(self.pieces.len(), input.journal), further);
        if taken && !further {
            actions.extend(self.first_record().filter(|seq| *seq > 0).map(Action::ShowRecord));
        }
        taken && further
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

    fn take_chosen(&mut self, ui: &Ui, Chosen { look, form }: Chosen) {
        if let Some(look) = look {
            self.take_look(look);
            ui.ctx().request_repaint();
        }
        if let Some((message, form)) = form {
            if self.forms.len() >= FORMS {
                self.forms.clear();
            }
            self.forms.insert(message, form);
            self.heights.fill(None);
            ui.ctx().request_repaint();
        }
    }

    /// Whose an entry is, where there are several.
    fn who(&self, whose: Whose<'_>, index: usize, palette: &Palette) -> Option<Who> {
        let Whole { peers, .. } = whose.whole()?;
        // What is said to all visitors from here is nobody's of them.
        let entry = self.timeline.entry(index).filter(|entry| entry.peer.is_some())?;
        let name = peers.name(entry.peer).or_else(|| self.timeline.name(entry.peer));
        let name = name.unwrap_or_else(|| format!("#{}", entry.peer));
        Some(Who { name, color: palette.peer(peers.place(entry.peer)), others: entry.others.len() })
    }

    /// The record of the first thing that is shown.
    fn first_record(&self) -> Option<Seq> {
        let first = self.pieces.front().map(|piece| piece.seq);
        first.or_else(|| match self.timeline.item(0)? {
            messages::Item::Message(message) => Some(message.first),
            messages::Item::Fact { seq, .. } => Some(*seq),
        })
    }

    /// Shows more of what was before. What is in view stays there.
    fn reach_back(&mut self, ui: &Ui) {
        self.most += gather::MOST;
        (self.newest, self.partial) = (0, false);
        self.pieces.clear();
        self.stack.stick = false;
        ui.ctx().request_repaint();
    }

    /// Takes in what is new in the journal and in the object store.
    fn read(&mut self, input: &ConversationInput<'_>, now: f64) {
        if !self.shown.is(input.whose) {
            let head = std::mem::take(&mut self.head);
            *self = Self { shown: Shown::of(input.whose), head, look: self.look, ..Self::default() };
        }
        if let Whose::Visitors(whole, posts) = input.whose {
            return self.read_posts(input, whole, posts, now);
        }
        let last = match input.whose {
            Whose::One(connection) => connection.last(),
            Whose::Peers(_) | Whose::Visitors(..) => input.journal.stats().next.saturating_sub(1),
        };
        // Another encoding: what is held is grouped and read anew, the journal is not.
        let read_as = (Reader { encoding: input.encoding, ansi: self.look.ansi }, self.look.rule);
        let mut rebuild = std::mem::replace(&mut self.read_as, read_as) != read_as;
        rebuild |= self.pictures_changed(input, now);
        let from = self.pieces.len();
        if last > self.newest {
            let (pieces, complete) = match input.whose {
                Whose::One(_) => gather::newer(input.journal, last, self.newest, self.most),
                Whose::Peers(whole) | Whose::Visitors(whole, _) => {
                    let whose = (whole.peers.session(), whole.only);
                    gather::of_session(input.journal, whose, (last, self.newest), self.most)
                }
            };
            rebuild |= self.newest == 0;
            if !complete {
                self.pieces.clear();
                self.partial = true;
                rebuild = true;
            }
            self.pieces.extend(pieces);
            self.newest = last;
        }
        if self.pieces.len() > self.most + self.most / 4 {
            self.pieces.drain(..self.pieces.len() - self.most);
            self.partial = true;
            rebuild = true;
        }
        if rebuild {
            self.rebuild(input);
        } else {
            let look = self.look;
            for piece in self.pieces.iter().skip(from) {
                self.timeline.add(piece, || begin(input, look, piece.connection, HashMap::new()));
            }
        }
        let changed = self.timeline.take_changed();
        self.heights.truncate(changed);
        self.heights.resize(self.timeline.len(), None);
    }

    /// Takes in what is new among the posts; what is not held any more goes. The one at the upper edge stays there.
    fn read_posts(&mut self, input: &ConversationInput<'_>, whole: Whole<'_>, posts: Posts<'_>, now: f64) {
        let (oldest, newest) = posts.ends();
        let read_as = (Reader { encoding: input.encoding, ansi: self.look.ansi }, self.look.rule);
        let mut rebuild = std::mem::replace(&mut self.read_as, read_as) != read_as;
        rebuild |= std::mem::replace(&mut self.oldest_post, oldest) != oldest;
        let changes = input.objects.changes();
        if changes != self.newest_object && now - self.rebuilt >= PICTURES {
            (self.newest_object, self.rebuilt) = (changes, now);
            rebuild |= posts.have_pictures();
        }
        self.partial = posts.all > posts.held.len() as u64;
        if rebuild {
            let top = self.timeline.item(self.stack.anchor).map(messages::Item::seq);
            self.timeline = Timeline::default();
            posts::fill(&mut self.timeline, posts, (whole.only, 0), input.objects);
            self.heights.clear();
            if let Some(top) = top {
                self.stack.anchor = self.timeline.place_of(top);
                if self.timeline.item(self.stack.anchor).map(messages::Item::seq) != Some(top) {
                    // It is gone: the oldest that is left begins at the edge.
                    self.stack.offset = 0.0;
                }
            }
        } else {
            posts::fill(&mut self.timeline, posts, (whole.only, self.newest), input.objects);
        }
        self.newest = newest;
        let changed = self.timeline.take_changed();
        self.heights.truncate(changed);
        self.heights.resize(self.timeline.len(), None);
    }

    /// Whether there are pictures that the messages do not have yet; of several connections four times a second at most.
    fn pictures_changed(&mut self, input: &ConversationInput<'_>, now: f64) -> bool {
        let object = input.objects.changes();
        if object == self.newest_object {
            return false;
        }
        match input.whose {
            Whose::One(connection) => {
                self.newest_object = object;
                let count = input.objects.of_connection(connection.id()).len();
                let before = std::mem::replace(&mut self.pictures, count);
                count > 0 || before > 0
            }
            Whose::Peers(whole) | Whose::Visitors(whole, _) => {
                if now - self.rebuilt < PICTURES && self.newest > 0 {
                    return false;
                }
                (self.newest_object, self.rebuilt) = (object, now);
                let newest = input.objects.newest(NEWEST);
                newest.iter().any(|object| object.content.session == whole.peers.session())
            }
        }
    }

    /// Groups all records again; the item at the upper edge stays where it is.
    fn rebuild(&mut self, input: &ConversationInput<'_>) {
        let top = self.timeline.item(self.stack.anchor).map(messages::Item::seq);
        let mut before = std::mem::take(&mut self.timeline);
        let look = self.look;
        for piece in &self.pieces {
            let peer = piece.connection;
            self.timeline.add(piece, || begin(input, look, peer, before.take_echoes(peer)));
        }
        if let Some(top) = top {
            self.stack.anchor = self.timeline.place_of(top);
        }
        self.heights.clear();
    }
}

/// No messages yet of a connection, and what belongs to it.
fn begin(input: &ConversationInput<'_>, look: Look, id: ConnectionId, echoes: messages::Echoes) -> Grouping {
    // One that left the list: its calls are taken for those of a stream.
    let (datagrams, recv_size) = input
        .whose
        .connection(id)
        .map_or((false, 0), |connection| (connection.identity().is_datagram(), connection.identity().recv_size));
    Grouping::new(datagrams, recv_size, (input.encoding, look), &input.objects.of_connection(id), echoes)
}

#[cfg(test)]
mod tests {
    //! The bytes take the way they take in the program: through the engine's recorder into the journal and the store.
    use crate::engine::observe::recorder::Recorder;

    mod grouping;
    mod offsets;
    mod whole;
}
