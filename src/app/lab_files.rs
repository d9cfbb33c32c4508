//! The client that asks for files by name: a thread takes the answers out of the stream, this window shows them.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use egui::Ui;
use tokio::{sync::mpsc, time::timeout};

use super::{
    execute::Origin,
    labs::FileRequest,
    mail::{Mailbox, News, spawn},
    state::{Phase, Plan},
    window::Window,
};
use crate::{
    engine::Command,
    model::{ConnectConfig, ConnectionId, Direction, SessionId, Target},
    respond::sized_file::{Progress, Reception},
    ui::{
        intent::{Intent, Selection},
        lab_page::{self, FileAnswer, FileStand, FilesData},
        views::{reading, wording},
    },
    words::text,
};

/// Received pieces that may wait for the thread.
const FEED: usize = 16;
/// Bytes of a file that are kept for saving; a longer one is counted to its end all the same.
const KEPT: usize = 256 << 20;
/// Characters of a text that are shown.
const SHOWN: usize = 20_000;
/// Names of a list that are shown.
const NAMES: usize = 500;
/// Between two tellings of how far it is, in milliseconds.
const PACE: u128 = 40;

/// What the thread tells.
#[derive(Debug)]
pub(super) struct Received {
    session: SessionId,
    progress: Progress,
    /// The whole file, once it is there and not too long to be kept.
    bytes: Option<Arc<Vec<u8>>>,
}

impl Window {
    /// Connects the client whose answers are taken out of its stream.
    pub(super) fn start_files(&mut self, config: ConnectConfig) {
        let began = self.engine.journal().now();
        let (feed, received) = mpsc::channel(FEED);
        let session = self.start_fed(Plan::Connect(Box::new(config)), Origin::Elsewhere, Some(feed));
        let mail = self.mail.clone();
        spawn("file reception", move || take(session, received, &mail));
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
        let before = self.engine.objects().last();
        let stand = FileStand::Waiting;
        let answer = FileAnswer { name, stand, text: String::new(), picture: None, can_save: false };
        if let Some(bench) = self.labs.bench() {
            bench.asked = Some(FileRequest { session, connection, before, answer, bytes: None });
        }
    }

    /// The client that can be asked.
    fn asks(&self) -> Option<(SessionId, ConnectionId)> {
        let bench = self.labs.benches.get(self.labs.open?)?;
        let session = *bench.clients.last()?;
        let entry = self.state.sessions.get(&session).filter(|entry| entry.phase != Phase::Over)?;
        let connection = *entry.connections.last()?;
        let known = self.state.connections.get(&connection).filter(|known| known.ending.is_none())?;
        Some((session, known.shared.id()))
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

    /// Draws the view in which files are asked for.
    pub(super) fn lab_files(&mut self, ui: &mut Ui, id: &'static str, intents: &mut Vec<Intent>) {
        let connected = self.asks().is_some();
        let objects = self.engine.objects();
        let Some(bench) = self.labs.benches.get_mut(id) else { return };
        if let Some(asked) = &mut bench.asked
            && asked.answer.picture.is_none()
        {
            let found = objects.of_connection(asked.connection);
            let mut found = found.iter().filter(|object| object.content.direction == Direction::Inbound);
            let picture = found.find(|object| object.id > asked.before && object.content.picture.is_some());
            asked.answer.picture = picture.map(|object| object.id);
        }
        let answer = bench.asked.as_ref().map(|asked| &asked.answer);
        let data = FilesData { connected, names: &bench.names, answer, pictures: &self.pictures };
        lab_page::files(ui, &mut bench.page.name, &data, intents);
    }
}

struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Takes one answer after the other out of the stream, until it ends.
fn take(session: SessionId, mut received: mpsc::Receiver<Bytes>, mail: &Mailbox) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let tell = |progress: &Progress, bytes: Option<Vec<u8>>| {
        mail.post(News::Received(Received { session, progress: progress.clone(), bytes: bytes.map(Arc::new) }))
    };
    let mut reception = Reception::default();
    let mut kept = Some(Vec::new());
    let mut told = Instant::now();
    loop {
        let piece = match reception.patience() {
            Some(patience) => runtime.block_on(async { timeout(patience, received.recv()).await }).ok(),
            None => Some(received.blocking_recv()),
        };
        let mut left = match piece {
            None => {
                reception.pause();
                Bytes::new()
            }
            Some(Some(piece)) => piece,
            Some(None) => {
                reception.end();
                tell(reception.progress(), None);
                return;
            }
        };
        loop {
            let (file, rest) = reception.push(&left);
            if let Some(bytes) = &mut kept {
                bytes.extend_from_slice(file);
            }
            kept = kept.filter(|bytes| bytes.len() <= KEPT);
            let rest = left.slice_ref(rest);
            let over = reception.progress().is_over();
            if over || told.elapsed().as_millis() >= PACE {
                told = Instant::now();
                let whole = matches!(reception.progress(), Progress::Whole(_));
                if !tell(reception.progress(), kept.take_if(|_| whole)) {
                    return;
                }
            }
            if over {
                (reception, kept) = (Reception::default(), Some(Vec::new()));
            }
            left = rest;
            if left.is_empty() {
                break;
            }
        }
    }
}
