//! What a person asked for in a view.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use super::super::model::{
    Effect, Model, Repeating,
    effect::{PictureForm, Repetition},
    pending::Origin,
    state::Plan,
};
use crate::{
    engine::Command,
    journal::Object,
    model::{FetchConfig, LiveOption, ObjectId, RecvSize, Target},
    ui::{
        intent::{Content, Pick, Selection, Tab},
        kit::Tone,
        views::{ViewIntent, lightbox::Lightbox, table::RowSource},
    },
    words::text,
};

/// How soon the kernel's answer is looked at.
const ANSWER: Duration = Duration::from_millis(40);

impl Model {
    /// Does one thing that a view asked for.
    pub(super) fn perform(&mut self, intent: ViewIntent) {
        match intent {
            ViewIntent::Copy(words) => self.copy(words),
            ViewIntent::CopyPicture(id) => {
                self.effect(Effect::Picture(id, PictureForm::Clipboard));
            }
            ViewIntent::SavePicture(id) => self.save_picture(id),
            ViewIntent::SavePictureAs(id, format) => self.effect(Effect::Picture(id, PictureForm::Saved(format))),
            ViewIntent::OpenPicture => self.choose(Pick::OpenPicture),
            ViewIntent::SaveBytes { name, bytes } => self.save(name, bytes),
            ViewIntent::SaveObject { name, id } => self.save_object(id, |_| name),
            ViewIntent::Enlarge(id) => self.views.lightbox = Some(Lightbox::new(id)),
            ViewIntent::CloseLightbox => self.views.lightbox = None,
            ViewIntent::ShowRecord(seq) => {
                self.views.lightbox = None;
                self.labs.open = None;
                self.state.tab = Tab::Journal;
                let mut more = Vec::new();
                let rows = self.matches.list().map_or(RowSource::All, RowSource::Matches);
                self.views.journal.reveal(seq, rows, &mut more);
                for intent in more {
                    self.perform(intent);
                }
            }
            ViewIntent::Filter(filter) => {
                self.views.journal.filter_text().clone_into(&mut self.find);
                let (generation, filter) = self.matches.look_for(filter);
                self.effect(Effect::Search(generation, filter));
            }
            ViewIntent::Read { session, encoding } => {
                self.state.encodings.set(session, encoding);
                self.settings.encoding = encoding;
            }
            ViewIntent::Send { to, bytes } => {
                self.command(Command::Send { to, bytes: bytes.clone().into() });
                self.was_typed(to, &bytes);
            }
            ViewIntent::KeepMessage(message) => self.keep_message(message),
            ViewIntent::ForgetMessage(at) => {
                if at < self.settings.messages.len() {
                    self.settings.messages.remove(at);
                }
            }
            ViewIntent::RaiseMessage(at) => {
                if (1..self.settings.messages.len()).contains(&at) {
                    self.settings.messages.swap(at - 1, at);
                }
            }
            ViewIntent::Complain(why) => self.state.say(Tone::Warning, why),
            ViewIntent::Repeat { to, pieces, pace } => {
                let number = self.repeating.as_ref().map_or(1, |repeating| repeating.number + 1);
                let sent = Arc::<AtomicU64>::default();
                self.repeating = Some(Repeating { number, sent: Arc::clone(&sent) });
                self.effect(Effect::Repeat((number, sent), Repetition { to, pieces, pace }));
            }
            ViewIntent::StopRepeat => {
                self.repeating = None;
                self.effect(Effect::StopRepeat);
            }
            ViewIntent::ChooseFile { pictures } => {
                self.choose(if pictures { Pick::SendPicture } else { Pick::SendFile });
            }
            ViewIntent::SendFile { to, path } => self.send_file(to, path),
            ViewIntent::CancelTransfer(transfer) => self.command(Command::Cancel(transfer)),
            ViewIntent::SetRecvSize(connection, size) => {
                if let Ok(size) = RecvSize::try_from(size) {
                    self.command(Command::Set { connection, option: LiveOption::RecvSize(size) });
                }
            }
            ViewIntent::SetNodelay(connection, on) => {
                self.command(Command::Set { connection, option: LiveOption::Nodelay(on) });
            }
            ViewIntent::Fetch(config) => self.fetch(config),
            ViewIntent::StopFetch => {
                if let Some(session) = self.state.chosen_session() {
                    self.command(Command::Stop(session));
                }
            }
            ViewIntent::Decide(large) => self.decide(large),
            ViewIntent::CopyRequest(kind, config) => self.copy_request(kind, &config),
            ViewIntent::PasteCurl(command) => self.paste_curl(&command),
            ViewIntent::ChooseUploadFolder => self.choose(Pick::UploadFolder),
            ViewIntent::ShowConnection(connection) => {
                self.select(Selection::Connection(connection));
                self.views.send_box.focus();
            }
            ViewIntent::Inspect(connection) => {
                self.inspected = Some((connection, Instant::now()));
                self.command(Command::Inspect(connection));
                self.effect(Effect::WakeIn(ANSWER));
            }
            ViewIntent::ChooseRequestFile => self.choose(Pick::RequestFile),
            ViewIntent::ChooseSavePlace(_) => self.choose(Pick::SavePlace),
            ViewIntent::Restart { session, any_port } => self.restart(session, any_port),
            ViewIntent::Serve { session, site, serving } => self.serve(session, site, serving),
        }
    }

    fn send_file(&mut self, to: Target, path: std::path::PathBuf) {
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let transfer = self.state.new_transfer(name);
        self.command(Command::SendFile { transfer, to, path });
    }

    /// Gets a page; the one before it, asked for in the same place, makes room in the list.
    fn fetch(&mut self, config: FetchConfig) {
        let before = self
            .state
            .chosen_session()
            .filter(|id| self.state.sessions.get(id).is_some_and(|entry| matches!(entry.plan, Plan::Fetch(_))));
        let session = self.start(Plan::Fetch(Box::new(config)), Origin::Elsewhere);
        self.lab_adopts(session);
        if let Some(before) = before {
            self.command(Command::Stop(before));
            self.state.remove(before);
        }
        self.state.selection = Selection::Session(session);
        self.state.tab = Tab::Http;
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

    fn save_picture(&mut self, id: ObjectId) {
        self.save_object(id, |object| {
            let extension = object.content.picture.as_ref().map_or("bin", |picture| picture.extension);
            format!("picture-{id}.{extension}")
        });
    }

    fn save_object(&mut self, id: ObjectId, name: impl FnOnce(&Object) -> String) {
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
