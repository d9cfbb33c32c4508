//! Carrying out what the views ask for.

use std::sync::Arc;

use egui::{Context, TextureId};

use super::{
    dialogs,
    execute::Origin,
    pictures::{Form, Pictures},
    repeat::{Repeat, Wanted},
    state::Plan,
    window::Window,
};
use crate::{
    engine::Command,
    journal::Object,
    model::{FetchConfig, LiveOption, ObjectId, RecvSize, SessionId, Target},
    ui::{
        intent::{Content, Pick, Selection, Tab},
        kit::Tone,
        site_panel::SitePanel,
        views::{
            FrameOf, Opened, PictureSource, PictureState, TileAt, ViewIntent, choices::Choices,
            conversation::Conversation, http::Http, inspector::Inspector, journal::JournalView, ladder::Ladder,
            lightbox::Lightbox, pictures::Pictures as Grid, send_box::SendBox, stream::StreamView, table::RowSource,
        },
    },
    words::text,
};

/// What a person did to each view.
#[derive(Default)]
pub(super) struct Views {
    pub(super) journal: JournalView,
    pub(super) conversation: Conversation,
    pub(super) ladder: Ladder,
    pub(super) stream: StreamView,
    pub(super) inspector: Inspector,
    pub(super) send_box: SendBox,
    /// What was chosen when the send box was drawn last.
    pub(super) sends_from: Selection,
    pub(super) pictures: Grid,
    pub(super) lightbox: Option<Lightbox>,
    pub(super) http: Http,
    pub(super) site: SitePanel,
    /// The session whose address was put into the URL field.
    pub(super) http_of: Option<SessionId>,
}

impl Views {
    /// What a person chose in them.
    pub(super) fn choices(&mut self) -> Choices {
        Choices {
            send: self.send_box.mode,
            repeat: self.send_box.repeat.clone(),
            in_order: self.send_box.in_order.clone(),
            record: self.journal.detail.form,
            answer: *self.http.form(),
            times: self.ladder.times,
            cut: self.stream.cut.clone(),
        }
    }

    /// Lets them be as a person chose.
    pub(super) fn choose(&mut self, choices: &Choices) {
        self.send_box.mode = choices.send;
        self.send_box.repeat.clone_from(&choices.repeat);
        self.send_box.in_order.clone_from(&choices.in_order);
        self.journal.detail.form = choices.record;
        *self.http.form() = choices.answer;
        self.ladder.times = choices.times;
        self.stream.cut.clone_from(&choices.cut);
    }

    /// Shows nothing of what was forgotten.
    pub(super) fn forget(&mut self) {
        let choices = self.choices();
        self.conversation = Conversation::default();
        self.ladder = Ladder::default();
        self.stream = StreamView::default();
        self.pictures = Grid::default();
        self.lightbox = None;
        self.journal.table().clear_selection();
        self.choose(&choices);
    }
}

impl PictureSource for Pictures {
    fn texture(&self, id: ObjectId) -> PictureState {
        self.small(id)
    }

    fn open(&self, id: ObjectId) -> Opened {
        self.viewer.state(id)
    }

    fn tile(&self, at: TileAt) -> Option<TextureId> {
        self.viewer.tile(at).map(|texture| texture.id())
    }

    fn frame(&self, number: u32) -> Option<FrameOf> {
        self.viewer.frame(number)
    }
}

impl Window {
    /// Does one thing that a view asked for.
    pub(super) fn perform(&mut self, ctx: &Context, intent: ViewIntent) {
        match intent {
            ViewIntent::Copy(words) => self.copy(ctx, words),
            ViewIntent::CopyPicture(id) => {
                self.ask_for(id, Form::Clipboard);
            }
            ViewIntent::SavePicture(id) => self.save_picture(id),
            ViewIntent::SavePictureAs(id, format) => self.ask_for(id, Form::Saved(format)),
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
                let wanted = Wanted { to, pieces, pace };
                let number = self.repeat.as_ref().map_or(1, |repeat| repeat.number() + 1);
                let engine = std::sync::Arc::downgrade(&self.engine);
                self.repeat = Some(Repeat::start(number, wanted, engine, self.mail.clone()));
            }
            ViewIntent::StopRepeat => self.repeat = None,
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
            ViewIntent::CopyRequest(kind, config) => self.copy_request(ctx, kind, &config),
            ViewIntent::PasteCurl(command) => self.paste_curl(&command),
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
            let bytes = self.engine.journal().with_row(seq, |row| row.payload.to_vec());
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
        let Some(object) = self.engine.objects().get(id) else {
            self.state.say(Tone::Warning, text!("It is no longer kept; newer ones needed the room"));
            return;
        };
        self.save(name(&object), Stored(object));
    }

    fn ask_for(&mut self, id: ObjectId, form: Form) {
        if !self.pictures.ask(id, form) {
            self.state.say(Tone::Warning, text!("Too many pictures are waiting; try again"));
        }
    }

    pub(super) fn save(&mut self, name: String, bytes: impl AsRef<[u8]> + Send + Sync + 'static) {
        if !self.dialog_is_open {
            self.dialog_is_open = dialogs::save(name, Content(std::sync::Arc::new(bytes)), self.mail.clone());
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
