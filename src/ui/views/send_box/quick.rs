//! The saved messages in a row above the box: a click sends one, the second button has what else can be done with it.

use egui::{ScrollArea, Ui};

use crate::{
    model::{MessageKind, SavedMessage},
    ui::{icons, kit, theme::SPACE_SMALL},
    words::text,
};

/// Characters of a name.
const NAME: usize = 20;
/// Characters of what is in it.
const CONTENT: usize = 400;

/// What is to be done with a message of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quick {
    Send,
    Fill,
    Remove,
    /// The row is put away.
    Fold,
}

/// Draws the row; gives what is to be done, and with which message.
pub(super) fn row(ui: &mut Ui, saved: &[SavedMessage], can_send: bool) -> Option<(usize, Quick)> {
    let mut chosen = None;
    ScrollArea::horizontal().id_salt("saved messages").show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE_SMALL;
            for (at, message) in saved.iter().enumerate() {
                if let Some(what) = ui.push_id(at, |ui| one(ui, message, can_send)).inner {
                    chosen = Some((at, what));
                }
            }
        });
    });
    chosen
}

fn one(ui: &mut Ui, message: &SavedMessage, can_send: bool) -> Option<Quick> {
    let title = message.title();
    let shown: String = title.chars().take(NAME).collect();
    let content: String = message.content.chars().take(CONTENT).collect();
    let icon = match message.kind {
        MessageKind::Text => icons::CHAT_TEXT,
        MessageKind::Hex => icons::BINARY,
        MessageKind::File => icons::FILE,
    };
    let name =
        if can_send { text!("Send {name}", name = title) } else { text!("Put {name} into the box", name = title) };
    let button = ui.add(kit::Button::raised(icon, &shown).name(&name).tooltip(&content));
    let mut chosen = button.clicked().then_some(if can_send { Quick::Send } else { Quick::Fill });
    kit::context_menu(&button, |ui| {
        let rows = [
            (icons::NOTE, text!("Put into the box"), Quick::Fill),
            (icons::TRASH, text!("Remove"), Quick::Remove),
            (icons::EYE_SLASH, text!("Hide this row"), Quick::Fold),
        ];
        for (icon, words, what) in rows {
            if kit::menu_item(ui, icon, words, "").clicked() {
                chosen = Some(what);
            }
        }
    });
    chosen
}
