//! Messages that a person keeps: a list to send from by click, by key, or in order.

use egui::{Align, Key, KeyboardShortcut, Layout, Modifiers, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use super::quick::{self, Quick};
use super::{
    Action, Encoding, MessageKind, Mode, Notation, Options, Piece, SavedMessage, SendBox, SendInput, Target, Turn,
};
use crate::{
    model::compose::{ComposeError, Template},
    ui::{
        command::UiCommand,
        icons, kit,
        theme::{self, Palette, SPACE},
    },
    words::text,
};

const WIDTH: f32 = 340.0;
const HEIGHT: f32 = 260.0;
/// Keys of the first nine.
const KEYS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// What was typed into the list's own fields.
#[derive(Debug, Default)]
pub(super) struct Saved {
    name: String,
    /// The fields of sending all are shown.
    all: bool,
    /// They have no row above the box.
    folded: bool,
    /// How many were sent by a click.
    round: u64,
}

/// A message that cannot be sent, by its title, and why.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{title}: {error}")]
struct WrongMessage {
    title: String,
    error: ComposeError,
}

/// What a message sends.
fn piece(message: &SavedMessage, encoding: Encoding) -> Result<Piece, WrongMessage> {
    let notation = match message.kind {
        MessageKind::File => return Ok(Piece::File(message.content.clone().into())),
        MessageKind::Hex => Notation::Hex,
        MessageKind::Text => Notation::Text,
    };
    let template = Template::new(&message.content, notation, &message.options(), encoding);
    template.map(Piece::Typed).map_err(|error| WrongMessage { title: message.title().to_owned(), error })
}

/// Sends it; `round` tells how many were sent from the list before.
fn send(to: Target, message: &SavedMessage, encoding: Encoding, round: u64) -> Action {
    match piece(message, encoding) {
        Ok(Piece::Typed(template)) => Action::Send { to, bytes: template.fill(&Turn::now(round)).bytes },
        Ok(Piece::File(path)) => Action::SendFile { to, path },
        Err(wrong) => Action::Complain(wrong.to_string()),
    }
}

impl SendBox {
    /// The button with the list; the keys put a message into the box while the keyboard is there.
    pub(super) fn saved(&mut self, ui: &mut Ui, input: &SendInput<'_>, actions: &mut Vec<Action>) {
        let to = self.reached.clone().filter(|_| input.blocked.is_none());
        // A number alone never sends: it could have been meant for a session of that number.
        if ui.memory(|memory| memory.has_focus(self.id())) {
            for (key, message) in KEYS.into_iter().zip(input.saved) {
                if ui.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, key))) {
                    self.fill(message);
                }
            }
        }
        let button = kit::Button::icon(icons::STAR, text!("Saved messages"))
            .tooltip(text!("Saved messages · Ctrl 1…9 in the box puts one into it, Enter sends it"));
        let button = ui.add(button);
        Popup::from_toggle_button_response(&button)
            .gap(4.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(WIDTH);
                egui::Frame::new().inner_margin(egui::Margin::same(8)).show(ui, |ui| {
                    ui.spacing_mut().interact_size.y = theme::CONTROL;
                    self.list(ui, input, to.as_ref(), actions);
                    self.keep(ui, actions);
                    if !input.saved.is_empty() {
                        let mut shown = !self.saved.folded;
                        kit::checkbox(ui, &mut shown, text!("Show them above the box"));
                        self.saved.folded = !shown;
                    }
                    if input.saved.len() > 1 {
                        self.in_order(ui, input, to.as_ref(), actions);
                    }
                });
            });
    }

    fn list(&mut self, ui: &mut Ui, input: &SendInput<'_>, to: Option<&Target>, actions: &mut Vec<Action>) {
        let palette = Palette::of(ui);
        ui.label(RichText::new(text!("Saved messages")).font(theme::body_semibold()).color(palette.text));
        if input.saved.is_empty() {
            let words = text!("None yet. Type one, give it a name and keep it.");
            ui.add(egui::Label::new(RichText::new(words).color(palette.muted)).wrap());
        }
        ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
            for (at, message) in input.saved.iter().enumerate() {
                ui.push_id(at, |ui| self.row(ui, (at, message), input.encoding, to, actions));
            }
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        (at, message): (usize, &SavedMessage),
        encoding: Encoding,
        to: Option<&Target>,
        actions: &mut Vec<Action>,
    ) {
        let title = message.title();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if kit::icon_button(ui, icons::TRASH, &text!("Remove {name}", name = title)).clicked() {
                    actions.push(Action::ForgetMessage(at));
                }
                ui.add_enabled_ui(at > 0, |ui| {
                    if kit::icon_button(ui, icons::ARROW_UP, &text!("Move {name} up", name = title)).clicked() {
                        actions.push(Action::RaiseMessage(at));
                    }
                });
                if kit::icon_button(ui, icons::NOTE, &text!("Put {name} into the box", name = title)).clicked() {
                    self.fill(message);
                    ui.close();
                }
                if at < KEYS.len() {
                    kit::key_cap(ui, &UiCommand::Session(u8::try_from(at + 1).unwrap_or(9)).keys_text());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_enabled_ui(to.is_some(), |ui| {
                        let icon = match message.kind {
                            MessageKind::Text => icons::CHAT_TEXT,
                            MessageKind::Hex => icons::BINARY,
                            MessageKind::File => icons::FILE,
                        };
                        let shown: String = title.chars().take(24).collect();
                        let name = text!("Send {name}", name = title);
                        let content: String = message.content.chars().take(400).collect();
                        let button = kit::Button::quiet(icon, &shown).name(&name).tooltip(&content);
                        if ui.add(button).clicked()
                            && let Some(to) = to
                        {
                            self.send_saved(to.clone(), message, encoding, actions);
                        }
                    });
                });
            });
        });
    }

    /// A field for a name and the button that keeps what is in the box.
    fn keep(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let (kind, content) = match self.draft.mode() {
            Mode::Text => (MessageKind::Text, self.draft.typed().to_owned()),
            Mode::Hex => (MessageKind::Hex, self.draft.typed().to_owned()),
            Mode::File | Mode::Picture => {
                let path = self.draft.path().map(|path| path.to_string_lossy().into_owned());
                (MessageKind::File, path.unwrap_or_default())
            }
        };
        ui.add_space(SPACE / 2.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE;
            let name = kit::TextField::new(text!("Name of the message"), &mut self.saved.name)
                .hint(text!("Name"))
                .width(ui.available_width() - 88.0);
            ui.add(name);
            let keep = ui.add_enabled_ui(!content.is_empty(), |ui| {
                ui.add(kit::Button::raised(icons::STAR, text!("Keep")).name(text!("Keep what is typed"))).clicked()
            });
            if keep.inner {
                let name = std::mem::take(&mut self.saved.name).trim().to_owned();
                let Options { line_end, escapes, fields, checksum, byte_order } = self.draft.options();
                actions.push(Action::KeepMessage(SavedMessage {
                    name,
                    kind,
                    content,
                    line_end,
                    escapes,
                    fields,
                    checksum,
                    byte_order,
                }));
            }
        });
    }

    /// The fields for sending all of them one after the other.
    fn in_order(&mut self, ui: &mut Ui, input: &SendInput<'_>, to: Option<&Target>, actions: &mut Vec<Action>) {
        ui.add_space(SPACE / 2.0);
        kit::checkbox(ui, &mut self.saved.all, text!("Send all in this order"));
        if !self.saved.all {
            return;
        }
        let pace = self.in_order.pace(ui);
        ui.add_space(SPACE / 2.0);
        let ready = to.is_some() && pace.is_some() && input.repeating.is_none();
        let start =
            ui.add_enabled_ui(ready, |ui| kit::primary_button(ui, icons::PLAY_FILL, text!("Send all")).clicked());
        if let (true, Some(to), Some(pace)) = (start.inner, to, pace) {
            let pieces: Result<Vec<_>, _> = input.saved.iter().map(|message| piece(message, input.encoding)).collect();
            actions.push(match pieces {
                Ok(pieces) => Action::Repeat { to: to.clone(), pieces, pace },
                Err(wrong) => Action::Complain(wrong.to_string()),
            });
            ui.close();
        }
    }

    /// Whether a person has put the row of them away.
    #[must_use]
    pub fn is_row_folded(&self) -> bool {
        self.saved.folded
    }

    /// Puts it away, or shows it.
    pub fn fold_row(&mut self, folded: bool) {
        self.saved.folded = folded;
    }

    /// The row of them above the box, where there is something in it.
    pub(super) fn quick(&mut self, ui: &mut Ui, input: &SendInput<'_>, to: Option<&Target>, actions: &mut Vec<Action>) {
        if self.saved.folded || input.saved.is_empty() {
            // What comes after it keeps its identity, such as the list in which it was put away.
            ui.skip_ahead_auto_ids(1);
            return;
        }
        let chosen = ui.scope(|ui| quick::row(ui, input.saved, to.is_some())).inner;
        let Some((at, what)) = chosen else { return };
        match (what, input.saved.get(at), to) {
            (Quick::Send, Some(message), Some(to)) => self.send_saved(to.clone(), message, input.encoding, actions),
            (Quick::Send | Quick::Fill, Some(message), _) => self.fill(message),
            (Quick::Remove, ..) => actions.push(Action::ForgetMessage(at)),
            (Quick::Fold, ..) => self.saved.folded = true,
            (_, None, _) => {}
        }
    }

    fn send_saved(&mut self, to: Target, message: &SavedMessage, encoding: Encoding, actions: &mut Vec<Action>) {
        actions.push(send(to, message, encoding, self.saved.round));
        self.saved.round += 1;
    }

    /// Puts a saved message into the box as if it had been typed.
    fn fill(&mut self, message: &SavedMessage) {
        match message.kind {
            MessageKind::Text => self.draft.set_typed(Notation::Text, message.content.clone()),
            MessageKind::Hex => self.draft.set_typed(Notation::Hex, message.content.clone()),
            MessageKind::File => self.draft.set_file(message.content.clone().into(), false),
        }
        if message.kind != MessageKind::File {
            self.draft.choose(message.options());
        }
        self.saved.name.clone_from(&message.name);
        self.due.focus = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConnectionId, LineEnd, compose::Checksum};

    const TO: Target = Target::Connection(ConnectionId(1));

    #[test]
    fn a_message_becomes_what_the_box_would_send() {
        let message = |kind, content: &str| SavedMessage {
            kind,
            content: content.into(),
            line_end: LineEnd::CrLf,
            escapes: true,
            ..SavedMessage::default()
        };
        let sent = |kind, content: &str, encoding| match send(TO, &message(kind, content), encoding, 0) {
            Action::Send { bytes, .. } => bytes,
            other => panic!("{other:?}"),
        };
        assert_eq!(sent(MessageKind::Text, "不\\x00", Encoding::Gbk), b"\xb2\xbb\0\r\n");
        assert_eq!(sent(MessageKind::Hex, "FF 00", Encoding::Utf8), b"\xff\0");
        assert_eq!(piece(&message(MessageKind::File, "/x"), Encoding::Utf8), Ok(Piece::File("/x".into())));
        let wrong = piece(&message(MessageKind::Hex, "XY"), Encoding::Utf8).unwrap_err();
        assert!(wrong.to_string().starts_with("XY: "), "{wrong}");
        let sum = SavedMessage { checksum: Checksum::Sum8, fields: true, ..message(MessageKind::Text, "{counter}") };
        let Action::Send { bytes, .. } = send(TO, &sum, Encoding::Utf8, 1) else { panic!() };
        assert_eq!(bytes, b"2\x32\r\n");
    }
}
