//! What goes out of the window: onto the clipboard and into files.

use std::sync::Arc;

use super::super::model::{Effect, Model, naming};
use crate::{
    journal::Object,
    model::{ConnectionId, ObjectId},
    ui::{action::Content, kit::Tone},
    words::text,
};

impl Model {
    pub(super) fn copy(&mut self, words: String) {
        let shown: String = words.chars().take(60).collect();
        let shown = if shown.len() < words.len() { format!("{shown}…") } else { shown };
        self.effect(Effect::CopyText(words));
        self.state.say(Tone::Good, text!("Copied {words}", words = shown));
    }

    pub(super) fn copy_names(&mut self, connection: ConnectionId) {
        if let Some(known) = self.state.connections.get(&connection) {
            let words = naming::names(known);
            self.copy(words);
        }
    }

    /// Saves what is chosen: the picture that is open, or the bytes of the chosen record.
    pub(super) fn save_chosen(&mut self) {
        if let Some(lightbox) = &self.views.lightbox {
            self.save_picture(lightbox.id());
        } else if let Some(seq) = self.views.journal.table().selected() {
            let bytes = self.journal.with_row(seq, |row| row.payload.to_vec());
            if let Some(bytes) = bytes {
                self.save(format!("record-{seq}.bin"), bytes);
            }
        } else {
            self.state.say(Tone::Info, text!("Choose a record of the journal first"));
        }
    }

    pub(super) fn save_picture(&mut self, id: ObjectId) {
        self.save_object(id, |object| {
            let extension = object.content.picture.as_ref().map_or("bin", |picture| picture.extension);
            format!("picture-{id}.{extension}")
        });
    }

    pub(super) fn save_object(&mut self, id: ObjectId, name: impl FnOnce(&Object) -> String) {
        let Some(object) = self.objects.get(id) else {
            self.state.say(Tone::Warning, text!("It is no longer kept; newer ones needed the room"));
            return;
        };
        self.save(name(&object), Stored(object));
    }

    pub(super) fn save(&mut self, name: String, bytes: impl AsRef<[u8]> + Send + Sync + 'static) {
        if !self.dialog_is_open {
            self.dialog_is_open = true;
            self.effect(Effect::Save(name, Content(Arc::new(bytes))));
        }
    }
}

/// Bytes of the store, to be written without a copy.
struct Stored(Arc<Object>);

impl AsRef<[u8]> for Stored {
    fn as_ref(&self) -> &[u8] {
        &self.0.content.bytes
    }
}
