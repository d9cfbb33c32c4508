//! Bytes that went by: onto the clipboard, into a file, out again, and where else they are seen.

use std::path::PathBuf;

use super::super::{
    effects::file_error::FileError,
    model::{Effect, Model, state::Keeping},
};
use crate::{
    engine::Command,
    journal::{Kept, Part, Seq},
    model::{ConnectionId, Direction, Failure, State, Target, TransferId},
    ui::{
        action::{CopyForm, PathFor, Selection},
        kit::Tone,
        tab::Tab,
        views::shared::copied::As,
    },
    words::{exact_size, size, text},
};

/// The most bytes that go onto the clipboard, or out again, at once.
const AT_ONCE: u64 = 4 << 20;

impl Model {
    /// The bytes, as far as they are kept; says so where they are too many, or not all there.
    fn taken(&mut self, part: &Part) -> Option<Vec<u8>> {
        if part.length() > AT_ONCE {
            let words = text!("{size} are too many for this; save them to a file", size = size(part.length()));
            self.state.say(Tone::Warning, words);
            return None;
        }
        let mut bytes = Vec::new();
        let kept = self.journal.write_part(part, &mut bytes);
        if let Some(missing) = kept.ok().filter(|kept| kept.missing > 0) {
            self.state.say(Tone::Warning, missing_words(missing));
            if missing.written == 0 {
                return None;
            }
        }
        Some(bytes)
    }

    pub(super) fn copy_part(&mut self, part: &Part, form: CopyForm) {
        let Some(bytes) = self.taken(part) else { return };
        let words = match form {
            CopyForm::Text => {
                let session = self.state.connections.get(&part.connection).map(|known| known.shared.identity().session);
                let encoding = self.state.encodings.of(session.unwrap_or_default());
                encoding.decode_lossy(&bytes).into_owned()
            }
            CopyForm::Hex => As::Hex.write(&bytes),
            CopyForm::Escaped => As::Escaped.write(&bytes),
            CopyForm::CArray => As::C.write(&bytes),
        };
        self.copy(words);
    }

    pub(super) fn save_part(&mut self, part: Part) {
        let (first, last) = part.records;
        let way = if part.direction == Direction::Inbound { "received" } else { "sent" };
        let name = if first == last { format!("record-{first}.bin") } else { format!("{way}-{first}-{last}.bin") };
        self.ask_place(name, PathFor::Part(part));
    }

    pub(super) fn ask_place(&mut self, name: String, wanted: PathFor) {
        if !self.dialog_is_open {
            self.dialog_is_open = true;
            self.effect(Effect::Place(name, wanted));
        }
    }

    pub(super) fn part_saved(&mut self, saved: Result<(PathBuf, Kept), FileError>) {
        match saved {
            Ok((path, kept)) if kept.missing == 0 => {
                let words = text!("Saved {size} to {path}", size = exact_size(kept.written), path = path.display());
                self.state.say(Tone::Good, words);
            }
            Ok((path, kept)) => {
                let words = text!("Saved to {path}: {what}", path = path.display(), what = missing_words(kept));
                self.state.say(Tone::Warning, words);
            }
            Err(error) => self.state.say(Tone::Bad, text!("Not saved: {error}", error = error)),
        }
    }

    /// Sends bytes once more over the connection that they went over.
    pub(super) fn send_part(&mut self, part: &Part) {
        let known = self.state.connections.get(&part.connection).map(|known| known.shared.state());
        if !matches!(known, Some(State::Established | State::CloseWait)) {
            self.state.say(Tone::Warning, text!("The connection is over"));
            return;
        }
        let length = part.length();
        let Some(bytes) = self.taken(part) else { return };
        if bytes.len() as u64 == length {
            self.send(&Target::Connection(part.connection), &bytes);
        }
    }

    /// Shows another view of a connection, at these bytes.
    pub(super) fn show_in(&mut self, tab: Tab, part: &Part) {
        if self.state.chosen_connection() != Some(part.connection) {
            self.select(Selection::Connection(part.connection));
        }
        self.show_tab(tab);
        match tab {
            Tab::Ladder => self.views.ladder.reveal(part.records.0),
            Tab::Stream => self.views.stream.reveal(part.direction, part.bytes.start),
            _ => {}
        }
    }

    /// Shows what came before a record: every record, with this one chosen.
    pub(super) fn show_before(&mut self, seq: Seq) {
        self.show_tab(Tab::Journal);
        let mut asked = Vec::new();
        if !self.views.journal.filter_text().is_empty() || self.matches.list().is_some() {
            self.views.journal.show_all(&mut asked);
        }
        for action in asked {
            self.execute(action);
        }
        self.show_record(seq);
    }

    pub(super) fn keep_received(&mut self, connection: ConnectionId, path: PathBuf) {
        self.command(Command::Keep { connection, path });
    }

    /// What a connection receives goes into a file, or does so no more.
    pub(super) fn keeping(
        &mut self,
        connection: ConnectionId,
        path: PathBuf,
        written: u64,
        over: Option<Result<(), Failure>>,
    ) {
        let Some(over) = over else {
            self.state.keeping.insert(connection, Keeping { path, written });
            return;
        };
        // Another file has taken its place.
        if self.state.keeping.get(&connection).is_some_and(|keeping| keeping.path == path) {
            self.state.keeping.remove(&connection);
        }
        let (size, path) = (exact_size(written), path.display());
        match over {
            Ok(()) => self.state.say(Tone::Good, text!("{size} received are in {path}", size = size, path = path)),
            Err(failure) => {
                let words = text!("Writing what is received ended after {size}: {why}", size = size, why = failure);
                self.state.say(Tone::Bad, words);
            }
        }
    }

    pub(super) fn open_folder(&mut self, transfer: TransferId) {
        let folder = self.state.files.get(&transfer).and_then(|path| path.parent());
        match folder.map(PathBuf::from) {
            Some(folder) => self.effect(Effect::ShowFolder(folder)),
            None => self.is_forgotten(),
        }
    }

    /// Shows a file that was sent or saved as a picture.
    pub(super) fn show_saved(&mut self, transfer: TransferId) {
        match self.state.files.get(&transfer).cloned() {
            Some(path) => self.effect(Effect::OpenPictures(vec![path])),
            None => self.is_forgotten(),
        }
    }

    fn is_forgotten(&mut self) {
        self.state.say(Tone::Info, text!("Where this file is, is not remembered any more"));
    }
}

fn missing_words(kept: Kept) -> String {
    text!(
        "{written} were kept, {missing} were not: old ones make room for new ones, and of a flood only the beginning of each call is kept",
        written = exact_size(kept.written),
        missing = exact_size(kept.missing)
    )
}
