//! The saved messages in a row above the box: a click sends one, the second button has what else can be done with it.

use egui::{ScrollArea, Ui};

use super::{Action, MessageKind, SendBox, SendInput, Target, saved::title};
use crate::{
    ui::{icons, kit, theme::SPACE_SMALL},
    words::text,
};

/// Characters of a name.
const NAME: usize = 20;

impl SendBox {
    /// Whether a person has put the row away.
    #[must_use]
    pub fn is_row_folded(&self) -> bool {
        self.saved.folded
    }

    /// Puts it away, or shows it.
    pub fn fold_row(&mut self, folded: bool) {
        self.saved.folded = folded;
    }

    /// The row, where there is something in it.
    pub(super) fn quick(&mut self, ui: &mut Ui, input: &SendInput<'_>, to: Option<&Target>, actions: &mut Vec<Action>) {
        if self.saved.folded || input.saved.is_empty() {
            // What comes after it keeps its identity, such as the list in which it was put away.
            ui.skip_ahead_auto_ids(1);
            return;
        }
        ui.scope(|ui| self.row_of_messages(ui, input, to, actions));
    }

    fn row_of_messages(&mut self, ui: &mut Ui, input: &SendInput<'_>, to: Option<&Target>, actions: &mut Vec<Action>) {
        ScrollArea::horizontal().id_salt("saved messages").show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE_SMALL;
                for (at, message) in input.saved.iter().enumerate() {
                    let title = title(message);
                    let shown: String = title.chars().take(NAME).collect();
                    let icon = match message.kind {
                        MessageKind::Text => icons::CHAT_TEXT,
                        MessageKind::Hex => icons::BINARY,
                        MessageKind::File => icons::FILE,
                    };
                    let content: String = message.content.chars().take(400).collect();
                    let name = match to {
                        Some(_) => text!("Send {name}", name = title),
                        None => text!("Put {name} into the box", name = title),
                    };
                    let button = kit::Button::raised(icon, &shown).name(&name).tooltip(&content);
                    let button = ui.push_id(at, |ui| ui.add_enabled(true, button)).inner;
                    kit::context_menu(&button, |ui| {
                        if kit::menu_item(ui, icons::NOTE, text!("Put into the box"), "").clicked() {
                            self.fill(message);
                        }
                        if kit::menu_item(ui, icons::TRASH, text!("Remove"), "").clicked() {
                            actions.push(Action::ForgetMessage(at));
                        }
                        if kit::menu_item(ui, icons::EYE_SLASH, text!("Hide this row"), "").clicked() {
                            self.saved.folded = true;
                        }
                    });
                    if button.clicked() {
                        match to {
                            Some(to) => self.send_saved(to.clone(), message, input.encoding, actions),
                            None => self.fill(message),
                        }
                    }
                }
            });
        });
    }
}
