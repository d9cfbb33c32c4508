//! The box that sends: text, hex, a file or a picture, to one connection or to all of a listener.
//!
//! Owns what was typed, the history of it, and how it becomes bytes ([`crate::model::compose`]). Sends nothing itself.

mod adding;
pub mod addressee;
mod draft;
mod drafts;
mod field;
mod history;
mod mode;
mod parts;
mod preview;
mod quick;
mod saved;
mod short;

use std::path::PathBuf;

use egui::{Align, Layout, RichText, Ui, UiBuilder};

use crate::{
    model::{
        ConnectionId, Encoding, MessageKind, SavedMessage, SessionId, Target,
        compose::{Notation, Options, Turn},
    },
    ui::{
        action::{Action, Pick, Piece, Selection},
        icons, kit,
        theme::{self, CONTROL_TOOL, Palette, Room, SPACE},
        views::{journal::detail::encoding_select, shared::peer_list::Search},
    },
    words::text,
};
use addressee::Reach;
use draft::Draft;
use drafts::Drafts;
use field::{LEAST, LOW};
use history::History;
pub use mode::Mode;
pub use parts::{Repeat, Transfer};

/// Height of the line below the field.
const BELOW: f32 = 24.0;

/// The width from which all tools fit into one row, with the name of an IPv4 peer on this PC.
const ONE_ROW: f32 = 625.0;
/// The width from which what is sent and to whom fit into one row, with such a name.
const TOOLS: f32 = 428.0;
/// Characters of such a name, and the width of one more.
const NAME: (usize, f32) = (15, 8.0);

/// What the box reads in one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendInput<'a> {
    /// Whom one can send to.
    pub reach: Reach<'a>,
    /// Why nothing can be sent now.
    pub blocked: Option<&'a str>,
    /// Files on their way.
    pub transfers: &'a [Transfer],
    /// The session that is sent from.
    pub session: SessionId,
    /// What its text is written in and read as.
    pub encoding: Encoding,
    /// How often the running repetition has sent, when one runs.
    pub repeating: Option<u64>,
    /// What the person keeps, in the order of its keys.
    pub saved: &'a [SavedMessage],
}

/// What a person typed and chose.
#[derive(Debug)]
pub struct SendBox {
    draft: Draft,
    drafts: Drafts,
    /// Enter sends and Shift+Enter breaks the line; otherwise Enter breaks it and Ctrl+Enter sends.
    pub enter_sends: bool,
    history: History,
    /// How the same is sent again and again.
    pub repeat: Repeat,
    /// How the saved messages are sent in order.
    pub in_order: Repeat,
    saved: saved::Saved,
    /// The search among the peers that it can be for.
    search: Search,
    /// Whom it is for in this frame.
    reached: Option<Target>,
    /// In a low window: all that belongs to sending is shown.
    unfolded: bool,
    due: Due,
}

/// What a command asked for and is done once, when the box is drawn next.
#[derive(Debug, Default)]
struct Due {
    /// The field takes the keyboard.
    focus: bool,
    /// What stands there is sent.
    send: bool,
}

impl Default for SendBox {
    fn default() -> Self {
        Self {
            draft: Draft::default(),
            drafts: Drafts::default(),
            enter_sends: true,
            history: History::default(),
            repeat: Repeat::default(),
            in_order: Repeat::default(),
            saved: saved::Saved::default(),
            search: Search::default(),
            reached: None,
            unfolded: false,
            due: Due::default(),
        }
    }
}

impl SendBox {
    /// Takes the file that a person chose or dropped, and offers to send it.
    pub fn set_file(&mut self, path: PathBuf, picture: bool) {
        self.draft.set_file(path, picture);
    }

    /// The same for the draft of another place, where that is not shown any more.
    pub fn set_file_for(&mut self, place: Selection, path: PathBuf, picture: bool) {
        match self.drafts.other(place) {
            Some(draft) => draft.set_file(path, picture),
            None => self.draft.set_file(path, picture),
        }
    }

    /// Replaces the text, as a paste or a lab does.
    pub fn set_text(&mut self, text: impl Into<String>) {
        self.draft.set_typed(Notation::Text, text.into());
    }

    /// What is typed as text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.draft.text()
    }

    /// The file or picture that is chosen in the mode that is set.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        self.draft.path().map(PathBuf::as_path)
    }

    /// Moves the keyboard into the box.
    pub fn focus(&mut self) {
        self.due.focus = true;
    }

    /// The field that is typed into.
    #[must_use]
    pub fn id(&self) -> egui::Id {
        // One for each place: undoing never brings up what was typed in another one.
        egui::Id::unique(("send box", self.drafts.place(), self.draft.notation()))
    }

    /// Sends with the next frame, as the Send button does.
    pub fn send(&mut self) {
        self.due.send = true;
    }

    /// What is in the box.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.draft.mode()
    }

    /// How what is typed here is sent.
    #[must_use]
    pub fn options(&self) -> Options {
        self.draft.options()
    }

    /// Chooses that.
    pub fn choose(&mut self, options: Options) {
        self.draft.choose(options);
    }

    /// Changes what is in the box.
    pub fn set_mode(&mut self, mode: Mode) {
        self.draft.set_mode(mode);
    }

    /// Another session or connection is shown: what was typed stays with the one before, and comes back with it. What
    /// was typed for those that are not `there` any more is in the history.
    pub fn turn_to(&mut self, place: Selection, there: impl Fn(Selection) -> bool) {
        let Some(left) = self.drafts.turn_to(place, &mut self.draft, there) else { return };
        self.history.leave();
        for (mode, text) in left.into_iter().flat_map(Draft::into_texts) {
            self.history.keep(mode, text);
        }
    }

    /// A session was started once more under another number: what was typed for it goes along.
    pub fn follow(&mut self, before: Selection, again: Selection) {
        self.drafts.follow(before, again, &mut self.draft);
    }

    /// Whom the box sends to among those in `reach`. What is typed never changes its addressee: where that has gone, nobody
    /// is.
    pub fn target(&mut self, reach: Reach<'_>) -> Option<Target> {
        self.draft.target(reach)
    }

    /// How many get what is sent.
    #[must_use]
    pub fn count(&self, reach: Reach<'_>) -> usize {
        self.draft.to.count(reach)
    }

    /// Chooses whom it is for, as a person does in the list.
    pub fn choose_peer(&mut self, peer: ConnectionId) {
        self.draft.to.toggle(peer);
    }

    /// A peer has gone: no draft is for it any more, and none becomes one for somebody else.
    pub fn left(&mut self, peer: ConnectionId, name: impl Fn() -> String) {
        self.draft.to.left(peer, &name);
        self.drafts.left(peer, name);
    }

    /// Draws the box as high as it needs to be.
    pub fn show(&mut self, ui: &mut Ui, input: &SendInput<'_>, actions: &mut Vec<Action>) {
        let target = self.target(input.reach);
        self.reached.clone_from(&target);
        let blocked = match self.draft.to.gone(input.reach) {
            Some("") => Some(text!("Choose whom to send it to")),
            Some(_) => Some(text!("Whom this was for has gone: choose whom to send it to")),
            None => input.blocked,
        };
        let input = &SendInput { blocked, ..*input };
        let open = input.blocked.is_none() && target.is_some();
        ui.spacing_mut().item_spacing.y = SPACE;
        let low = Room::of(ui.ctx()) < Room::Full;
        let short = low && !self.unfolded;
        ui.scope(|ui| {
            if short {
                return self.short_tools(ui, input, open, actions);
            }
            ui.spacing_mut().interact_size.y = CONTROL_TOOL;
            self.quick(ui, input, target.as_ref().filter(|_| open), actions);
            // Beside each other where there is room, below each other in a narrow or magnified window.
            let name = self.draft.to.label(input.reach).chars().count();
            let beside = name.saturating_sub(NAME.0) as f32 * NAME.1 + if low { CONTROL_TOOL + SPACE } else { 0.0 };
            let room = ui.available_width() - beside;
            let (narrow, tight) = (room < ONE_ROW, room < TOOLS);
            ui.horizontal(|ui| {
                if low {
                    self.unfold(ui);
                }
                self.modes(ui, input.encoding);
                if !tight {
                    self.tools(ui, input, actions);
                }
                // Beside what is sent there is room for it where the peer's name has a row of its own.
                if tight || !narrow {
                    self.how(ui, input, open, actions);
                }
            });
            if tight {
                ui.horizontal(|ui| self.tools(ui, input, actions));
            } else if narrow {
                ui.horizontal(|ui| self.how(ui, input, open, actions));
            }
        });
        let send = match self.draft.mode() {
            Mode::Text | Mode::Hex => self.typed(ui, input, (open, short), actions),
            Mode::File | Mode::Picture => self.chosen_file(ui, open, actions),
        };
        let send = std::mem::take(&mut self.due.send) || send;
        if send
            && open
            && let Some(to) = target
        {
            self.submit(to, input.encoding, actions);
        }
        // Each is a card among the messages as well.
        for transfer in input.transfers.iter().filter(|_| !short) {
            parts::transfer(ui, transfer, actions);
        }
    }

    fn submit(&mut self, to: Target, encoding: Encoding, actions: &mut Vec<Action>) {
        match self.draft.mode() {
            mode @ (Mode::Text | Mode::Hex) => {
                let Some((bytes, typed)) = self.draft.take(encoding) else { return };
                actions.push(Action::Send { to, bytes });
                self.history.keep(mode, typed);
                self.due.focus = true;
            }
            Mode::File | Mode::Picture => {
                if let Some(path) = self.draft.path().cloned() {
                    actions.push(Action::SendFile { to, path });
                }
            }
        }
    }

    /// What is sent.
    fn modes(&mut self, ui: &mut Ui, encoding: Encoding) {
        let mut mode = self.draft.mode();
        kit::segmented(ui, text!("What to send"), &mut mode, &Mode::named());
        if mode != self.draft.mode() {
            self.draft.turn_into(mode, encoding);
        }
    }

    /// To whom it is sent, and what is kept to be sent.
    fn tools(&mut self, ui: &mut Ui, input: &SendInput<'_>, actions: &mut Vec<Action>) {
        if !input.reach.is_nobody() {
            addressee::show(ui, &mut self.draft.to, &mut self.search, input.reach);
        }
        self.saved(ui, input, actions);
    }

    /// What its text is written in, and all text of the session read as.
    fn encoding(ui: &mut Ui, input: &SendInput<'_>, actions: &mut Vec<Action>) {
        let mut encoding = input.encoding;
        if encoding_select(ui, &mut encoding) {
            actions.push(Action::Read { session: input.session, encoding });
        }
    }

    /// How it is sent, or why it cannot be.
    fn how(&mut self, ui: &mut Ui, input: &SendInput<'_>, open: bool, actions: &mut Vec<Action>) {
        if !open {
            let reason = RichText::new(input.blocked.unwrap_or_default()).color(Palette::of(ui).muted);
            ui.add(egui::Label::new(reason).truncate());
            return;
        }
        let typed = self.draft.mode().notation().is_some();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(count) = input.repeating {
                if parts::stop_repeating(ui, count) {
                    actions.push(Action::StopRepeat);
                }
            } else if typed {
                let ready = !self.draft.typed().is_empty();
                if let (Some(pace), Some(to)) = (self.repeat.show(ui, ready), self.reached.clone())
                    && let Some(template) = self.draft.template(input.encoding)
                {
                    actions.push(Action::Repeat { to, pieces: vec![Piece::Typed(template)], pace });
                }
            }
            if typed {
                adding::checksum(ui, &mut self.draft, input.encoding);
            } else {
                Self::encoding(ui, input, actions);
            }
        });
    }

    /// The box for text and hex with its button; true when it is to be sent.
    fn typed(
        &mut self,
        ui: &mut Ui,
        input: &SendInput<'_>,
        (open, short): (bool, bool),
        actions: &mut Vec<Action>,
    ) -> bool {
        let wrong = self.draft.wrong(input.encoding);
        let is_wrong = wrong.is_some();
        let mut send = false;
        let (least, most) = if short { (LOW, 2.0 * LOW) } else { (LEAST, 140.0) };
        let column = egui::vec2(theme::COLUMN, least);
        ui.horizontal_top(|ui| {
            let width = ui.available_width() - column.x - SPACE;
            let field = ui.allocate_ui_with_layout(egui::vec2(width, least), Layout::top_down(Align::Min), |ui| {
                egui::ScrollArea::vertical().max_height(most).id_salt("send text").show(ui, |ui| {
                    let (id, focus) = (self.id(), std::mem::take(&mut self.due.focus));
                    let field = field::Field { id, enter_sends: self.enter_sends, wrong, focus, least };
                    send |= field.show(ui, &mut self.draft, &mut self.history);
                });
            });
            let corner = field.response.rect.right_bottom() + egui::vec2(SPACE, -column.y);
            let place = egui::Rect::from_min_size(corner, column);
            let builder = UiBuilder::new().max_rect(place).layout(Layout::bottom_up(Align::Max));
            ui.scope_builder(builder, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let ready = open && !is_wrong;
                send |= parts::send_button(ui, ready, column.x, input.blocked);
                if !short {
                    self.key_choice(ui);
                }
            });
        });
        if short {
            self.short_note(ui, input);
            return send;
        }
        ui.allocate_ui_with_layout(
            egui::vec2(ui.available_width(), BELOW),
            Layout::right_to_left(Align::Center),
            |ui| {
                ui.spacing_mut().interact_size.y = BELOW;
                adding::additions(ui, &mut self.draft);
                Self::encoding(ui, input, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let how = (self.draft.options(), self.draft.to.count(input.reach));
                    let note = self.draft.note.clone();
                    preview::show(ui, self.draft.ready(input.encoding).map(|ready| &*ready), how, note.as_ref());
                });
            },
        );
        send
    }

    /// The small button that says which key sends, and changes it.
    fn key_choice(&mut self, ui: &mut Ui) {
        ui.spacing_mut().interact_size.y = 22.0;
        let (key, other) = if self.enter_sends { ("Enter", "Ctrl+Enter") } else { ("Ctrl+Enter", "Enter") };
        let name = text!("Sent with {key}", key = key);
        let tip = text!("{key} sends. Press to send with {other} instead.", key = key, other = other);
        let toggle = kit::Button::quiet(icons::ARROW_ELBOW_DOWN_LEFT, key).name(&name).tooltip(&tip);
        if ui.add(toggle).clicked() {
            self.enter_sends = !self.enter_sends;
        }
    }

    /// The chosen file with its buttons; true when it is to be sent.
    fn chosen_file(&mut self, ui: &mut Ui, open: bool, actions: &mut Vec<Action>) -> bool {
        let palette = Palette::of(ui);
        let pictures = self.draft.mode() == Mode::Picture;
        let path = self.draft.path();
        let mut send = false;
        egui::Frame::new()
            .fill(palette.raised)
            .stroke(egui::Stroke::new(1.0, palette.line))
            .corner_radius(theme::RADIUS)
            .inner_margin(egui::Margin::symmetric(12, 12))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    let (icon, label) = if pictures {
                        (icons::IMAGE, text!("Choose a picture…"))
                    } else {
                        (icons::FOLDER_OPEN, text!("Choose a file…"))
                    };
                    if kit::button(ui, icon, label).clicked() {
                        actions.push(Action::Choose(if pictures { Pick::SendPicture } else { Pick::SendFile }));
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        send = parts::send_button(ui, open && path.is_some(), 96.0, None);
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            let (shown, color) = match path {
                                Some(path) => (path.display().to_string(), palette.text),
                                None => (text!("or drop one anywhere on the window").to_owned(), palette.muted),
                            };
                            let shown = RichText::new(shown).font(theme::mono()).color(color);
                            ui.add(egui::Label::new(shown).truncate());
                        });
                    });
                });
            });
        send
    }
}
