//! JSON lines: every record, as it happens, none left out.

use std::{
    borrow::Cow,
    collections::HashMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;

use super::{args::Payload, stdio::Screen};
use crate::{
    journal::{Follower, Journal, Payloads, Row},
    model::{ConnectionId, Decoder, Detail, Encoding, Event, Name, Worded},
    words::{self, Language},
};

/// How long a writer sleeps at most before it looks whether it is to end.
const PATIENCE: Duration = Duration::from_millis(100);

/// One record as it is written.
#[derive(Serialize)]
struct Line<'a> {
    seq: u64,
    time: String,
    event: Event,
    session: u32,
    connection: Option<u32>,
    local: Option<String>,
    peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    /// Only where a `send` took less than it was offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// What the clock would have shown without its jump.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
    #[serde(flatten)]
    detail: Detail,
    #[serde(flatten)]
    failure: Option<Worded>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A thread that writes records somewhere until it is told to finish.
#[derive(Debug)]
pub(super) struct Writer {
    thread: JoinHandle<io::Result<()>>,
    finish: Arc<AtomicBool>,
    broken: Arc<AtomicBool>,
}

impl Writer {
    /// JSON lines to standard output.
    pub(super) fn stdout(journal: &Arc<Journal>, payload: Payload, encoding: Encoding) -> io::Result<Self> {
        Self::json(journal, (payload, encoding), "json", io::stdout())
    }

    /// JSON lines to a new file.
    pub(super) fn file(journal: &Arc<Journal>, payload: Payload, encoding: Encoding, path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        Self::json(journal, (payload, encoding), "log-file", file)
    }

    /// What peers send, as it came, to standard output.
    pub(super) fn received(journal: &Arc<Journal>) -> io::Result<Self> {
        let mut screen = Screen::new();
        Self::spawn("stdout", journal.follow(Payloads::Received), move |row| match row {
            Some(row) if row.head.event == Event::Recv => screen.gather(row.payload),
            Some(_) => Ok(()),
            None => screen.flush(),
        })
    }

    fn json(
        journal: &Arc<Journal>,
        (payload, encoding): (Payload, Encoding),
        name: &str,
        out: impl Write + Send + 'static,
    ) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(256 << 10, out);
        let mut texts = Texts { encoding, open: HashMap::new() };
        let wanted = if payload == Payload::None { Payloads::Cut } else { Payloads::Whole };
        Self::spawn(name, journal.follow(wanted), move |row| match row {
            Some(row) => {
                serde_json::to_writer(&mut out, &line(&row, payload, &mut texts))?;
                out.write_all(b"\n")
            }
            None => out.flush(),
        })
    }

    /// `write` gets each record, and `None` whenever there is none at the moment.
    fn spawn(
        name: &str,
        mut follower: Follower,
        mut write: impl FnMut(Option<Row<'_>>) -> io::Result<()> + Send + 'static,
    ) -> io::Result<Self> {
        let finish = Arc::new(AtomicBool::new(false));
        let broken = Arc::new(AtomicBool::new(false));
        let (finishing, breaking) = (Arc::clone(&finish), Arc::clone(&broken));
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let mut work = || -> io::Result<()> {
                loop {
                    // Read before the journal: what was written before the end was called is still taken.
                    let last_round = finishing.load(Ordering::Acquire);
                    let mut next = follower.read(Duration::ZERO);
                    if next.is_none() {
                        write(None)?;
                        if last_round {
                            return Ok(());
                        }
                        next = follower.read(PATIENCE);
                    }
                    let Some(block) = next else { continue };
                    for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
                        write(Some(row))?;
                    }
                    follower.advance(block.end());
                }
            };
            let result = work();
            breaking.store(result.is_err(), Ordering::Release);
            result
        })?;
        Ok(Self { thread, finish, broken })
    }

    /// True when nobody takes the lines any more, or the disk is full.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Writes what is there and ends.
    pub(super) fn finish(self) -> io::Result<()> {
        self.finish.store(true, Ordering::Release);
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the writer ended early")))
    }
}

/// Payloads as text.
///
/// A record of UTF-8 stands for itself. In the other encodings a character that is cut would garble all that follows it,
/// so there the text of a record begins with what the one before it left open.
struct Texts {
    encoding: Encoding,
    /// Directions of connections that are within a character.
    open: HashMap<(ConnectionId, Event), Decoder>,
}

impl Texts {
    fn read<'a>(&mut self, row: &Row<'a>) -> Cow<'a, str> {
        if self.encoding == Encoding::Utf8 {
            return String::from_utf8_lossy(row.payload);
        }
        let key = (row.head.connection, row.head.event);
        let mut decoder = self.open.remove(&key).unwrap_or_else(|| Decoder::new(self.encoding));
        let mut text = decoder.push(row.payload);
        if row.is_cut() {
            text.push_str(decoder.finish());
        } else if !decoder.open().is_empty() {
            self.open.insert(key, decoder);
        }
        Cow::Owned(text)
    }

    /// What is over needs nothing kept.
    fn forget(&mut self, row: &Row<'_>) {
        if matches!(row.head.event, Event::Closed | Event::Reset | Event::Failed | Event::TimedOut) {
            for event in [Event::Recv, Event::Send] {
                self.open.remove(&(row.head.connection, event));
            }
        }
    }
}

fn line<'a>(row: &Row<'a>, payload: Payload, texts: &mut Texts) -> Line<'a> {
    texts.forget(row);
    let traffic = row.head.event.direction().is_some();
    // Words do not change with the language of whoever started it: programs read them.
    let mut detail = row.detail();
    let failure = detail.failure.take().map(|failure| failure.worded(Language::English));
    let note = detail.note.take().map(|note| note.phrase().in_language(Language::English));
    let before = |jump: i64| words::rfc3339(row.head.nanos.saturating_add_signed(jump.saturating_mul(-1000)));
    let shown = |name: &Name| (!name.is_unnamed()).then(|| name.to_string());
    Line {
        seq: row.seq,
        time: words::rfc3339(row.head.nanos),
        event: row.head.event,
        session: row.head.session.0,
        connection: row.head.connection.is_some().then_some(row.head.connection.0),
        local: shown(&row.names.local),
        peer: shown(&row.names.peer),
        length: traffic.then_some(row.head.length),
        offered: row.offered,
        text: (traffic && payload == Payload::Text).then(|| texts.read(row)),
        base64: (traffic && payload == Payload::Base64).then(|| BASE64_STANDARD.encode(row.payload)),
        instead_of: detail.jump_micros.map(before),
        detail,
        failure,
        note,
    }
}
