//! The client that asks for files by name.

use std::sync::Arc;

use bytes::Bytes;

use super::super::{
    effects::file_reception::Received,
    model::{Effect, Model, labs::FileRequest, state::Plan},
};
use crate::{
    engine::Command,
    model::{ConnectConfig, Direction, Target},
    respond::sized_file::Progress,
    ui::{
        action::Selection,
        views::{
            lab::{FileAnswer, FileStand},
            shared::{reading, wording},
        },
    },
    words::text,
};

/// Characters of a text that are shown.
const SHOWN: usize = 20_000;
/// Names of a list that are shown.
const NAMES: usize = 500;

impl Model {
    /// Connects the client whose answers are taken out of its stream.
    pub(super) fn start_files(&mut self, config: ConnectConfig) {
        let began = self.journal.now();
        let session = self.enter(Plan::Connect(Box::new(config.clone())));
        self.effect(Effect::ConnectForFiles(session, Box::new(config)));
        if let Some(bench) = self.labs.bench() {
            bench.clients.push(session);
            bench.times.insert(session, (began, None));
            (bench.asked, bench.names) = (None, Vec::new());
        }
        self.select(Selection::Session(session));
    }

    /// Asks for a name.
    pub(super) fn ask_file(&mut self, name: String) {
        let Some((session, connection)) = self.asks() else { return };
        let bytes = Bytes::from(name.clone().into_bytes());
        self.command(Command::Send { to: Target::Connection(connection), bytes });
        let before = self.objects.last();
        let stand = FileStand::Waiting;
        let answer = FileAnswer { name, stand, text: String::new(), picture: None, can_save: false };
        if let Some(bench) = self.labs.bench() {
            bench.asked = Some(FileRequest { session, connection, before, answer, bytes: None });
        }
    }

    /// The thread tells how far the answer is.
    pub(super) fn received(&mut self, news: Received) {
        let mut benches = self.labs.benches.values_mut();
        let Some(bench) = benches.find(|bench| bench.clients.contains(&news.session)) else { return };
        let Some(asked) = bench.asked.as_mut().filter(|asked| asked.session == news.session) else { return };
        let answer = &mut asked.answer;
        if matches!(answer.stand, FileStand::Whole(_) | FileStand::Refused(_) | FileStand::BrokenOff(..)) {
            // Nobody asked for what came after it.
            return;
        }
        answer.stand = match news.progress {
            Progress::Waiting => FileStand::Waiting,
            Progress::Coming { got, length } => FileStand::Coming(got, length),
            Progress::Whole(length) => FileStand::Whole(length),
            Progress::Refused(words) => FileStand::Refused(wording::escape(words.trim_ascii(), 400)),
            Progress::BrokenOff { got, length } => FileStand::BrokenOff(got, length),
        };
        let Some(bytes) = news.bytes else { return };
        let encoding = self.state.encodings.of(news.session);
        let head = bytes.get(..SHOWN).unwrap_or(&bytes);
        if answer.name == "ls" {
            let list = String::from_utf8_lossy(head).into_owned();
            bench.names = list.lines().filter(|line| !line.is_empty()).take(NAMES).map(str::to_owned).collect();
        } else if reading::is_text(encoding, head) {
            answer.text = reading::lines(encoding, b"", head, SHOWN);
        }
        answer.can_save = answer.name != "ls";
        asked.bytes = Some(bytes);
    }

    /// Saves the file that was asked for last.
    pub(super) fn save_file(&mut self) {
        let Some(asked) = self.labs.bench().and_then(|bench| bench.asked.as_ref()) else { return };
        let Some(bytes) = asked.bytes.clone() else { return };
        let name = asked.answer.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = if name.is_empty() { text!("file").to_owned() } else { name.to_owned() };
        self.save(name, SharedBytes(bytes));
    }

    /// The picture that came as the answer to the name that was asked for last.
    pub(super) fn find_asked_picture(&mut self) {
        let objects = &self.objects;
        let Some(asked) = self.labs.bench().and_then(|bench| bench.asked.as_mut()) else { return };
        if asked.answer.picture.is_none() {
            let found = objects.of_connection(asked.connection);
            let mut found = found.iter().filter(|object| object.content.direction == Direction::Inbound);
            let picture = found.find(|object| object.id > asked.before && object.content.picture.is_some());
            asked.answer.picture = picture.map(|object| object.id);
        }
    }
}

struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
