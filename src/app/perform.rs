//! Carrying out what the views ask for.

use egui::Context;

use super::{
    dialogs,
    pictures::{Form, Pictures},
    repeat::{Repeat, Wanted},
    state::Plan,
    execute::Origin,
    window::Window,
};
use crate::{
    engine::Command,
    model::{ObjectId, Target},
    ui::{
        intent::Tab,
        kit::Tone,
        views::{PictureSource, PictureState, ViewIntent, conversation::Conversation, journal::JournalView, table::RowSource},
    },
    words::text,
};

/// What a person did to each view.
#[derive(Default)]
pub(super) struct Views {
    pub(super) journal: JournalView,
    pub(super) conversation: Conversation,
}

impl PictureSource for Pictures {
    fn texture(&self, id: ObjectId) -> PictureState {
        self.state(id, Form::Small)
    }

    fn full(&self, id: ObjectId) -> PictureState {
        match self.state(id, Form::Full) {
            // The small form stands in until the whole one is there.
            PictureState::Loading => self.state(id, Form::Small),
            state => state,
        }
    }
}

impl Window {
    /// Does one thing that a view asked for.
    pub(super) fn perform(&mut self, ctx: &Context, intent: ViewIntent) {
        match intent {
            ViewIntent::Copy(words) => self.copy(ctx, words),
            ViewIntent::CopyPicture(id) => {
                if !self.pictures.copy(id) {
                    self.state.say(Tone::Warning, text!("Too many pictures are waiting; try again"));
                }
            }
            ViewIntent::SavePicture(id) => self.save_picture(id),
            ViewIntent::SaveBytes { name, bytes } => self.save(name, bytes),
            ViewIntent::Enlarge(_) | ViewIntent::CloseLightbox => {}
            ViewIntent::ShowRecord(seq) => {
                self.state.tab = Tab::Journal;
                let mut more = Vec::new();
                let rows = self.search.matches().map_or(RowSource::All, RowSource::Matches);
                self.views.journal.reveal(seq, rows, &mut more);
                for intent in more {
                    self.perform(ctx, intent);
                }
            }
            ViewIntent::Filter(filter) => {
                self.views.journal.filter_text().clone_into(&mut self.find);
                self.search.set(filter);
            }
            ViewIntent::Send { to, bytes } => self.command(Command::Send { to, bytes: bytes.into() }),
            ViewIntent::Repeat { to, bytes, interval, count } => {
                let wanted = Wanted { to, bytes: bytes.into(), interval, count };
                let number = self.repeat.as_ref().map_or(1, |repeat| repeat.number() + 1);
                let engine = std::sync::Arc::downgrade(&self.engine);
                self.repeat = Some(Repeat::start(number, wanted, engine, self.mail.clone()));
            }
            ViewIntent::StopRepeat => self.repeat = None,
            ViewIntent::ChooseFile { .. } => {}
            ViewIntent::SendFile { to, path } => self.send_file(to, path),
            ViewIntent::CancelTransfer(transfer) => self.command(Command::Cancel(transfer)),
            ViewIntent::Fetch(config) => {
                self.start(Plan::Fetch(Box::new(config)), Origin::Elsewhere);
            }
        }
    }

    fn send_file(&mut self, to: Target, path: std::path::PathBuf) {
        let transfer = self.state.new_transfer();
        self.command(Command::SendFile { transfer, to, path });
    }

    fn save_picture(&mut self, id: ObjectId) {
        let Some(object) = self.engine.objects().get(id) else {
            self.state.say(Tone::Warning, text!("The picture is no longer kept"));
            return;
        };
        let extension = object.content.picture.as_ref().map_or("bin", |picture| picture.extension);
        let name = format!("picture-{id}.{extension}");
        self.save(name, object.content.bytes.clone());
    }

    fn save(&mut self, name: String, bytes: Vec<u8>) {
        if !self.dialog_is_open {
            self.dialog_is_open = dialogs::save(name, bytes, self.mail.clone());
        }
    }
}
