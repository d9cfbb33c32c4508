//! What the engine tells and what workers bring, turned into state. Runs before every frame and also while the window
//! is hidden, within a budget of time.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use egui::Context;

use super::{
    execute::{Origin, apply},
    mail::News,
    pictures::Done,
    state::{Ending, Phase, Plan},
    try_it::TryIt,
    window::{Overlay, Window},
};
use crate::{
    engine::{Addressed, Command, Notice},
    journal::Connection,
    model::{By, ConnectConfig, ConnectionId, Errno, Event, Failure, Name, Presence, SessionId, Target},
    ui::{
        dialog_form::DialogForm,
        form::capitalised,
        intent::{Dialog, Pick, Selection, Tab},
        kit::Tone,
        listen_form::ResponderKind,
        path_page::PathPage,
    },
    words::text,
};

/// How long notices and news may hold up one frame.
const BUDGET: Duration = Duration::from_millis(4);

impl Window {
    /// Takes in what came since the last time. What does not fit into the budget waits for the next frame.
    pub(super) fn drain(&mut self, ctx: &Context) {
        let start = Instant::now();
        // First of all, so that what comes while this runs wakes the window again.
        self.engine.drained();
        loop {
            let notice = self.notices.try_recv().ok();
            let news = self.inbox.try_recv().ok();
            if notice.is_none() && news.is_none() {
                break;
            }
            if let Some(notice) = notice {
                self.on_notice(ctx, notice);
            }
            if let Some(news) = news {
                self.on_news(ctx, news);
            }
            if start.elapsed() > BUDGET {
                ctx.request_repaint();
                break;
            }
        }
        self.let_speak(ctx);
        self.tell_of_pictures(ctx);
        let first = self.engine.journal().stats().first;
        self.search.stir(first);
    }

    fn on_notice(&mut self, ctx: &Context, notice: Notice) {
        match notice {
            Notice::Listening { session, local, descriptor, note } => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.descriptor = descriptor;
                }
                self.on_listening(session, &local);
                self.lab_listening(session, &local, note);
            }
            Notice::Opened(connection) => {
                let (id, session) = (connection.id(), connection.identity().session);
                self.state.opened(connection);
                self.on_opened(id, session);
                self.tell_of_connection(ctx, id, session);
                self.lab_opened(session, id);
            }
            Notice::Ended(connection) => {
                let ending = ending(&connection);
                self.state.ended(connection.id(), ending);
            }
            Notice::Failed { session, connection, failure } => self.on_failed(session, connection, &failure),
            Notice::Transfer { transfer, sent, total, done } => {
                let Some(entry) = self.state.transfers.get_mut(&transfer) else { return };
                (entry.sent, entry.total) = (sent, total);
                if done.is_some() {
                    self.state.transfers.remove(&transfer);
                }
                match done {
                    Some(true) => self.state.say(Tone::Good, text!("File sent")),
                    Some(false) => self.state.say(Tone::Warning, text!("The file was not sent to its end")),
                    None => {}
                }
            }
            Notice::Head { session, page } | Notice::Large { session, page } | Notice::Fetched { session, page } => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.page = Some(page);
                    if self.state.chosen_session() == Some(session) {
                        self.state.tab = Tab::Http;
                    }
                }
            }
            Notice::Presence { session, presence, news } => {
                let Some(entry) = self.state.sessions.get_mut(&session) else { return };
                entry.presence = presence;
                self.state.rows_are_old = true;
                match news {
                    Addressed::Lost(failure) => {
                        let next = text!("What stands on it can be reached again when its adapter has it back.");
                        self.state.say(Tone::Bad, format!("{}\n{next}", capitalised(&failure.to_string())));
                    }
                    Addressed::Remark(note) if presence == Presence::Here => {
                        self.state.say(Tone::Good, capitalised(&note.to_string()));
                    }
                    // It begins with the name of an adapter, which is no word to capitalise.
                    Addressed::Remark(note) => self.state.say(Tone::Warning, note.to_string()),
                }
            }
            Notice::Site { session, news } => self.on_site(session, news),
            Notice::Stopped(session) => self.on_stopped(session),
        }
        ctx.request_repaint();
    }

    fn on_listening(&mut self, session: SessionId, local: &Name) {
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        entry.phase = Phase::Running;
        entry.local = local.clone();
        self.state.rows_are_old = true;
        self.labs.make_room(session);
        self.state.selection = Selection::Session(session);
        self.state.tab = Tab::Conversation;
        self.listen.succeeded(session);
        if self.listen.is_idle() {
            self.close_dialog_of(Dialog::Listen);
        }
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session) {
            let Some(address) = local.inet() else { return };
            let host = address.ip().to_string();
            let config = ConnectConfig { host, port: address.port(), ..ConnectConfig::default() };
            let client = self.start(Plan::Connect(Box::new(config)), Origin::Elsewhere);
            self.try_it = Some(TryIt { client, ..try_it });
        }
    }

    fn on_opened(&mut self, connection: ConnectionId, session: SessionId) {
        self.connect.succeeded(session);
        let Some(entry) = self.state.sessions.get(&session) else { return };
        match &entry.plan {
            Plan::Listen(_) => {
                // The first caller is shown at once where its listener is being looked at.
                let first = entry.connections.len() == 1 && entry.dropped == 0;
                if first && self.state.selection == Selection::Session(session) && !entry.is_http() {
                    self.state.selection = Selection::Connection(connection);
                }
            }
            Plan::Connect(_) | Plan::Fetch(_) => {
                self.labs.make_room(session);
                self.state.selection = Selection::Session(session);
                if entry.is_http() {
                    self.state.tab = Tab::Http;
                } else if self.state.tab == Tab::Http {
                    self.state.tab = Tab::Conversation;
                }
                // What comes next is most likely a first message.
                self.views.send_box.focus();
                if self.connect.is_idle() {
                    self.close_dialog_of(Dialog::Connect);
                }
            }
        }
        if self.try_it.is_some_and(|try_it| try_it.client == session) {
            self.try_it = None;
            self.state.tab = Tab::Conversation;
            let words = text!("can you hear me?");
            // Plain letters are in every encoding, a translation may not be.
            let encoded = self.state.encodings.of(session).encode(words);
            let bytes = encoded.unwrap_or_else(|_| words.as_bytes().to_vec()).into();
            self.command(Command::Send { to: Target::Connection(connection), bytes });
        }
    }

    fn on_failed(&mut self, session: SessionId, connection: ConnectionId, failure: &Failure) {
        if connection.is_some() {
            // It is a record in the conversation and the reason on the row already; what thousands of peers do to
            // their connections is no message to the person. A page that did not come is what the HTTP view shows.
            if let Some(entry) = self.state.sessions.get_mut(&session)
                && matches!(entry.plan, Plan::Fetch(_))
            {
                entry.failure = Some(failure.clone());
                self.state.rows_are_old = true;
            }
            return;
        }
        if let Some(try_it) = self.try_it.filter(|try_it| try_it.listener == session || try_it.client == session) {
            self.try_it = None;
            if try_it.listener == session && failure.is(Errno::EADDRINUSE) && !try_it.any_port {
                self.state.remove(session);
                self.start_both_ends(true);
                return;
            }
        }
        tracing::info!("session {session} failed: {:?} {}", failure.operation, failure.name());
        if let Some(entry) = self.state.sessions.get_mut(&session) {
            entry.failure = Some(failure.clone());
        }
        let is_in_view = self.state.tab == Tab::Http
            && self.state.chosen_session() == Some(session)
            && self.state.sessions.get(&session).is_some_and(|entry| matches!(entry.plan, Plan::Fetch(_)));
        let shown = is_in_view
            | self.listen.failed(session, failure)
            | self.connect.failed(session, failure)
            | self.lab_failed(session);
        if !shown {
            self.state.say(Tone::Bad, failure.to_string());
        }
        self.state.rows_are_old = true;
    }

    fn on_stopped(&mut self, session: SessionId) {
        // A listener that never came to be is told of in its form; a failed client stays in the list.
        let never_was = self.listen.stopped(session);
        self.connect.stopped(session);
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        entry.phase = Phase::Over;
        self.state.rows_are_old = true;
        if never_was {
            self.state.remove(session);
        }
        self.lab_stopped(session);
    }

    fn on_news(&mut self, ctx: &Context, news: News) {
        match news {
            News::Addresses(choices, best) => {
                self.addresses = choices;
                self.best_address = best;
            }
            News::Picked(what, path) => {
                self.dialog_is_open = false;
                if let Some(path) = path {
                    self.picked(what, path);
                }
            }
            News::NoDialog(wanted, path) => {
                self.dialog_is_open = false;
                self.overlay = Some(Overlay::Path(PathPage { wanted, path, fresh: true }));
            }
            News::Opened(what, opened) => self.opened(ctx, &what, opened),
            News::Desktop(wishes) => {
                self.wishes = wishes;
                apply(ctx, &self.settings.preferences, wishes);
            }
            News::NotKept(why) => {
                let words = text!("Settings cannot be kept ({error}); everything else goes on", error = why);
                self.state.say(Tone::Warning, words);
            }
            News::Script(Ok(dialog)) => {
                self.settings.listen.answer = ResponderKind::Dialog;
                self.settings.listen.dialog = DialogForm::new(&dialog);
            }
            News::Script(Err(error)) | News::PictureOpened(Err(error)) => self.state.say(Tone::Bad, error.to_string()),
            News::Saved(saved) => {
                self.dialog_is_open = false;
                match saved {
                    Some(Ok(path)) => self.state.say(Tone::Good, text!("Saved {path}", path = path.display())),
                    Some(Err(error)) => self.state.say(Tone::Bad, text!("Not saved: {error}", error = error)),
                    None => {}
                }
            }
            News::Found(found) => self.search.take(found),
            News::Decoded(done) => self.on_decoded(ctx, done),
            News::PictureOpened(Ok(id)) => {
                self.show_tab(Tab::Pictures);
                self.views.lightbox = Some(crate::ui::views::lightbox::Lightbox::new(id));
            }
            News::LabFile(id, refused) => self.lab_file_is_known(id, refused),
            News::Explored(probes) => self.explored(probes),
            News::Unread(path) => {
                let words = text!("{path} cannot be read, or is larger than 16 MiB", path = path.display());
                self.state.say(Tone::Bad, words);
            }
            News::Received(received) => self.received(received),
            News::Repeated(number) => {
                if self.repeat.as_ref().is_some_and(|repeat| repeat.number() == number) {
                    self.repeat = None;
                }
            }
        }
    }
}

impl Window {
    /// Takes a file or folder that was chosen for something.
    pub(super) fn picked(&mut self, what: Pick, path: PathBuf) {
        let words = path.to_string_lossy().into_owned();
        match what {
            Pick::ListenPicture | Pick::PageFile => self.settings.listen.picture = words,
            Pick::ListenFolder => self.settings.listen.folder = words,
            Pick::ServeFolder => self.serve_folder(path),
            Pick::UploadFolder => self.views.site.set_folder(words),
            Pick::LabPicture | Pick::LabFolder => self.lab_picked(&path),
            Pick::Script => self.open_script(path),
            Pick::Open => self.open_all(vec![words]),
            Pick::RequestFile => self.views.http.set_file(&path),
            Pick::SavePlace => self.views.http.set_save_to(&path),
            Pick::SendFile => self.views.send_box.set_file(path, false),
            Pick::SendPicture => self.views.send_box.set_file(path, true),
            Pick::OpenPicture => self.open_pictures(vec![path]),
        }
    }

    fn on_decoded(&mut self, ctx: &Context, done: Done) {
        match done {
            Done::Small { id, version, result } => self.pictures.take(id, version, result),
            Done::Part(part) => self.pictures.viewer.take(part),
            Done::Saved(name, Ok(bytes)) => self.save(name, bytes),
            Done::Clipboard(Ok(image)) => {
                ctx.copy_image(image);
                self.state.say(Tone::Good, text!("Picture copied"));
            }
            Done::Saved(_, Err(why)) | Done::Clipboard(Err(why)) => {
                self.state.say(Tone::Bad, capitalised(&why.to_string()));
            }
        }
    }
}

/// How a connection ended, from its last record.
fn ending(connection: &Connection) -> Ending {
    let record = connection.journal().with_row(connection.last(), |row| (row.head.event, row.detail().by));
    match record {
        Some((Event::Reset | Event::Closed, Some(By::System | By::Network))) => Ending::Lost,
        Some((Event::Reset, _)) => Ending::Reset,
        Some((Event::TimedOut, _)) => Ending::TimedOut,
        Some((Event::Failed, _)) => Ending::Failed,
        Some((Event::Closed, Some(By::Peer))) => Ending::ClosedByPeer,
        _ if connection.state() == crate::model::State::Reset => Ending::Reset,
        _ => Ending::Closed,
    }
}
