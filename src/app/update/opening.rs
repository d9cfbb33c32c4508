//! Opening what was looked at.
//!
//! Nothing that came from elsewhere starts by itself: a session, a folder and a `socketlab://` link are shown first.

use super::super::{
    effects::opened::Opened,
    model::{
        Effect, Model, Overlay,
        kind::put,
        pending::Origin,
        state::{Phase, Plan},
    },
};
use std::{
    ffi::{OsStr, OsString},
    time::{Duration, Instant},
};

use super::offer_lines::{From, lines, refusal, request_refusal};
use crate::{
    model::{FetchConfig, FileEntry, SavedMessage, Script, SessionFile},
    ui::{
        action::{Dialog, Selection, Tab, Take},
        dialogs::offer::{Offer, Offered},
        forms::connect_form::Speak,
        kit::Tone,
        views::shared::picture_name::is_picture,
    },
    words::text,
};

/// Changes of what runs that come close together are kept once.
const GATHER: Duration = Duration::from_millis(100);
/// Things opened at once; a person who drops more means a folder.
const MOST: usize = 20;

impl Model {
    /// Opens paths and URLs one after the other.
    pub(super) fn open_all(&mut self, mut what: Vec<OsString>) {
        what.truncate(MOST);
        if !what.is_empty() {
            self.effect(Effect::Open(what, self.place()));
        }
    }

    /// Shows what was looked at, or says why it cannot be opened.
    pub(super) fn opened(&mut self, what: &OsStr, opened: Opened, place: Selection) {
        match opened {
            Opened::Nothing(why) => return self.state.say(Tone::Bad, why),
            Opened::Session(path, file) => self.offer(Offered::Session(path, file)),
            Opened::Folder(path) => self.offer(Offered::Folder(path)),
            Opened::File(path) if self.drops_open() && is_picture(&path) => {
                self.remember(what);
                return self.effect(Effect::OpenPictures(vec![path]));
            }
            Opened::File(path) if self.reach().is_nobody() && !self.is_script(&path) => {
                let words = text!("Choose a connection first, then the file can be sent");
                return self.state.say(Tone::Warning, words);
            }
            // It is in the send box; what was only sent is nothing to come back to.
            Opened::File(path) => return self.offer_file(path, place),
            Opened::Link { host, port } => {
                let form = &mut self.settings.connect;
                (form.speak, form.host, form.port) = (Speak::Tcp, host, port.to_string());
                self.open(Dialog::Connect);
            }
            Opened::Url(url) => {
                let config = FetchConfig { url, decompress: true, ..FetchConfig::default() };
                let session = self.start(Plan::Fetch(Box::new(config)), Origin::Elsewhere);
                self.select(Selection::Session(session));
                self.state.tab = Tab::Http;
            }
        }
        self.remember(what);
    }

    /// What was opened is offered again; a name that no field can show is not.
    fn remember(&mut self, what: &OsStr) {
        if let Some(words) = what.to_str() {
            self.settings.recent.add(words);
        }
    }

    fn offer(&mut self, offered: Offered) {
        let lines = match &offered {
            Offered::Session(_, file) => lines(file, From::Elsewhere),
            Offered::LastTime(file) => lines(file, From::Here),
            Offered::Folder(_) => Vec::new(),
        };
        self.overlay = Some(Overlay::Offer(Box::new(Offer { offered, lines })));
    }

    /// Does what a person took of what was offered.
    pub(super) fn take_offer(&mut self, take: Take) {
        let Some(Overlay::Offer(offer)) = self.overlay.take() else { return };
        match offer.offered {
            Offered::Folder(path) => self.serve_folder(path),
            Offered::LastTime(file) => {
                self.start_file(&file, From::Here);
                self.last_time = None;
            }
            Offered::Session(_, mut file) => {
                for request in &mut file.requests {
                    // A file from elsewhere does not write to this PC's disk.
                    request.value.output = None;
                }
                let messages = file.messages.iter().map(|entry| entry.value.clone()).collect();
                self.add_messages(messages);
                if take == Take::All {
                    self.start_file(&file, From::Elsewhere);
                }
                self.session_file = *file;
            }
        }
    }

    fn start_file(&mut self, file: &SessionFile, from: From) {
        let listeners = file.listeners.iter().filter(|entry| refusal(&entry.value, from).is_none());
        let listeners = listeners.map(|FileEntry { value, name, .. }| {
            (Plan::Listen(Box::new(value.clone())), value.encoding, Script::default(), name)
        });
        let clients = file.clients.iter().map(|FileEntry { value, name, .. }| {
            (Plan::Connect(Box::new(value.config.clone())), value.encoding, value.script.clone(), name)
        });
        let requests = file.requests.iter().filter(|entry| request_refusal(&entry.value, from).is_none());
        let encoding = self.settings.encoding;
        let requests = requests.map(|FileEntry { value, name, .. }| {
            (Plan::Fetch(Box::new(value.clone())), encoding, Script::default(), name)
        });
        let all: Vec<_> = listeners.chain(clients).chain(requests).collect();
        let mut first = None;
        for (plan, encoding, script, name) in all {
            let running = self
                .state
                .sessions
                .iter()
                .find(|(_, entry)| entry.plan == plan && entry.is_listener() && entry.phase != Phase::Over);
            let id = running.map(|(id, _)| *id);
            let session = id.unwrap_or_else(|| self.start(plan, Origin::Elsewhere));
            if !name.is_empty() {
                self.rename(session, name);
            }
            self.state.encodings.set(session, encoding);
            self.speaks(session, script);
            first.get_or_insert(session);
        }
        if let Some(session) = first {
            self.labs.open = None;
            self.select(Selection::Session(session));
        }
    }

    /// Keeps one more message; the one with the same name makes room.
    pub(super) fn keep_message(&mut self, message: SavedMessage) {
        let known = &mut self.settings.messages;
        if let Some(same) = known.iter_mut().find(|known| !message.name.is_empty() && known.name == message.name) {
            *same = message;
        } else {
            self.add_messages(vec![message]);
        }
    }

    fn add_messages(&mut self, messages: Vec<SavedMessage>) {
        let known = &mut self.settings.messages;
        for message in messages {
            if !known.contains(&message) {
                known.push(message);
            }
        }
        if known.len() > SavedMessage::MOST {
            known.truncate(SavedMessage::MOST);
            let words = text!("Only {most} messages are kept; the others were left out", most = SavedMessage::MOST);
            self.state.say(Tone::Warning, words);
        }
    }

    /// Every listener, client and request, as a file has them.
    fn session_file(&self) -> SessionFile {
        let mut file = SessionFile { unknown: self.session_file.unknown.clone(), ..SessionFile::default() };
        for (id, session) in self.state.sessions.iter().filter(|(_, session)| !session.is_aside) {
            let encoding = self.state.encodings.of(*id);
            session.plan.kind().keep(&mut file, &self.session_file, &session.name, encoding, &session.script);
        }
        file
    }

    /// Keeps what runs for the next start, a moment after it has changed.
    pub(super) fn keep_sessions(&mut self) {
        let (change, since) = self.kept;
        if change == self.state.changes {
            return;
        }
        let soon = since.and_then(|since| GATHER.checked_sub(since.elapsed()));
        if let Some(wait) = soon.filter(|wait| !wait.is_zero()) {
            return self.effect(Effect::WakeIn(wait));
        }
        self.kept = (self.state.changes, Some(Instant::now()));
        if let Ok(words) = self.session_file().write() {
            self.effect(Effect::KeepSessions(words));
        }
    }

    /// Shows what ran last time, before any of it starts.
    pub(super) fn offer_last_time(&mut self) {
        if let Some(file) = self.last_time.clone() {
            self.offer(Offered::LastTime(file));
        }
    }

    /// Asks where to, and writes every listener, client, request and saved message there.
    pub(super) fn save_session(&mut self) {
        if self.dialog_is_open {
            return;
        }
        let mut file = self.session_file();
        for message in &self.settings.messages {
            put(&mut file.messages, &self.session_file.messages, "", message);
        }
        if file.is_empty() {
            return self.state.say(Tone::Info, text!("Start a listener or a client first, or keep a message"));
        }
        match file.write() {
            Ok(words) => self.save(format!("session.{}", SessionFile::EXTENSION), words.into_bytes()),
            Err(error) => self.state.say(Tone::Bad, text!("Not saved: {error}", error = error)),
        }
    }
}
