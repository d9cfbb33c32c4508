//! One record of the journal as a line of JSON.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{self, Write},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;

use crate::{
    journal::Row,
    model::{By, ConnectionId, Decoder, Detail, Encoding, Event, Name, Worded},
    words::{self, Language},
};

/// How the bytes of a record are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) enum Payload {
    /// Not at all.
    None,
    /// As text; what makes no sense in the encoding becomes U+FFFD.
    #[default]
    Text,
    /// As hex digits, exactly.
    Hex,
    /// As base64, exactly.
    Base64,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Style {
    pub payload: Payload,
    pub encoding: Encoding,
    /// What `message`, `hint` and `note` are in: programs read them, so it is not that of whoever started this.
    pub language: Language,
}

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
    /// Bytes at the end that only begin a character, which stands in the text of the record that ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// Characters whose rest never came; in the record of the end.
    #[serde(skip_serializing_if = "Unfinished::is_empty")]
    unfinished: Unfinished,
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

/// What was left open in each direction when it ended.
#[derive(Default, Serialize)]
struct Unfinished {
    #[serde(skip_serializing_if = "Option::is_none")]
    recv: Option<Broken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send: Option<Broken>,
}

impl Unfinished {
    fn is_empty(&self) -> bool {
        self.recv.is_none() && self.send.is_none()
    }
}

/// The beginning of a character.
#[derive(Serialize)]
struct Broken {
    bytes: usize,
    text: &'static str,
}

/// Makes lines of records, in their order.
#[derive(Debug)]
pub(super) struct Lines {
    style: Style,
    /// Directions of connections that are within a character: a text begins with what the one before it left open.
    open: HashMap<(ConnectionId, Event), Decoder>,
}

impl Lines {
    pub(super) fn new(style: Style) -> Self {
        Self { style, open: HashMap::new() }
    }

    /// Adds the line of a record, its end included.
    pub(super) fn add(&mut self, row: &Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &self.line(row))?;
        out.write_all(b"\n")
    }

    fn line<'a>(&mut self, row: &Row<'a>) -> Line<'a> {
        let payload = self.style.payload;
        let traffic = row.head.event.direction().is_some();
        let mut detail = row.detail();
        let unfinished = self.ended(row, &detail);
        let (text, open) = if traffic && payload == Payload::Text { self.text(row) } else { (None, None) };
        let language = self.style.language;
        let failure = detail.failure.take().map(|failure| failure.worded(language));
        let note = detail.note.take().map(|note| note.phrase().in_language(language));
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
            text,
            open_bytes: open,
            hex: (traffic && payload == Payload::Hex).then(|| hex(row.payload)),
            base64: (traffic && payload == Payload::Base64).then(|| BASE64_STANDARD.encode(row.payload)),
            unfinished,
            instead_of: detail.jump_micros.map(before),
            detail,
            failure,
            note,
        }
    }

    /// The text that is complete with this record, and how many bytes at its end are not in it yet.
    fn text<'a>(&mut self, row: &Row<'a>) -> (Option<Cow<'a, str>>, Option<usize>) {
        let key = (row.head.connection, row.head.event);
        let before = self.open.remove(&key);
        if self.style.encoding == Encoding::Utf8
            && before.is_none()
            && let Ok(whole) = std::str::from_utf8(row.payload)
        {
            return (Some(Cow::Borrowed(whole)), None);
        }
        let mut decoder = before.unwrap_or_else(|| Decoder::new(self.style.encoding));
        let mut text = decoder.push(row.payload);
        let mut open = None;
        if row.is_cut() {
            // What followed was not kept: nothing can complete it.
            text.push_str(decoder.finish());
        } else if !decoder.open().is_empty() {
            open = Some(decoder.open().len());
            self.open.insert(key, decoder);
        }
        (Some(Cow::Owned(text)), open)
    }

    /// What the end of a connection, or of one direction of it, leaves open.
    fn ended(&mut self, row: &Row<'_>, detail: &Detail) -> Unfinished {
        let (recv, send) = match row.head.event {
            Event::HalfClosed => (detail.by != Some(By::Local), detail.by == Some(By::Local)),
            Event::Closed | Event::Reset => (true, true),
            _ => return Unfinished::default(),
        };
        let mut take = |event, ends: bool| {
            let key = (row.head.connection, event);
            let decoder = if ends { self.open.remove(&key)? } else { return None };
            Some(Broken { bytes: decoder.open().len(), text: decoder.finish() })
        };
        Unfinished { recv: take(Event::Recv, recv), send: take(Event::Send, send) }
    }
}

/// Two digits a byte, without anything between them.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
