//! What all items of a frame share, and what was chosen in them.

use std::collections::HashMap;

use egui::{Align, Color32, Layout, Rect, Ui, UiBuilder};

use super::{
    hands::Hand,
    look::{Form, Look},
    message::{Body, Message, Reader},
    posts::Posts,
};
use crate::{
    journal::{Connection, Objects, Seq},
    model::{ConnectionId, SessionId},
    ui::{kit, views::shared::picture::PictureSource},
};

/// Whose a message is, where several are shown together.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) name: String,
    pub(super) color: Color32,
    /// How many others it is about as well.
    pub(super) others: usize,
}

/// What all items of a frame share, and whose the one is that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) session: SessionId,
    /// Whose it is.
    pub(super) peer: ConnectionId,
    /// What is known of that, while it is in the list.
    pub(super) connection: Option<&'a Connection>,
    /// What it is called, among several.
    pub(super) who: Option<&'a Who>,
    /// The messages are what visitors brought to a site: no calls, and not bytes as they went by.
    pub(super) posts: Option<Posts<'a>>,
    pub(super) objects: &'a Objects,
    pub(super) pictures: &'a dyn PictureSource,
    pub(super) reader: Reader,
    pub(super) look: Look,
    /// What was chosen for single messages, by their first records.
    pub(super) forms: &'a HashMap<Seq, Form>,
    /// In nanoseconds since 1970.
    pub(super) now: u64,
    /// What the keys do with it.
    pub(super) hand: Hand<'a>,
}

impl Scene<'_> {
    pub(super) fn form(&self, message: &Message) -> Form {
        self.forms.get(&message.at).copied().unwrap_or(self.look.form)
    }

    /// A card instead of bytes, unless a person wants to see those.
    pub(super) fn is_card(&self, message: &Message) -> bool {
        matches!(message.body, Body::File(_)) || !self.forms.contains_key(&message.at) && message.is_bulk(self.reader)
    }
}

/// What was chosen in a bubble's menu.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) form: Option<(Seq, Form)>,
    pub(super) look: Option<Look>,
}

/// A button in a place of its own; true when it was clicked.
pub(super) fn tool(ui: &mut Ui, salt: (&str, u64), place: Rect, align: Align, button: kit::Button<'_>) -> bool {
    let layout = match align {
        Align::Center => Layout::centered_and_justified(egui::Direction::LeftToRight),
        _ => Layout::left_to_right(Align::Center),
    };
    let builder = UiBuilder::new().max_rect(place).layout(layout).id_salt(salt);
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().interact_size.y = place.height();
        ui.add(button).clicked()
    })
    .inner
}
