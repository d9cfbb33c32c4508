//! Records as a person reads them: payloads made harmless for one line, lifecycle facts as sentences.

use crate::{
    journal::Row,
    model::{By, Detail, Direction, Event, FoundPicture, Health, PictureEnding, Within},
    words::{self, exact_size, grouped, span, text},
};

/// Stands for what cannot be shown.
pub const DOT: char = '·';

/// At most `limit` characters of a payload on one line: control characters, invisible marks, and each byte that is
/// not UTF-8 become [`DOT`].
#[must_use]
pub fn escape(bytes: &[u8], limit: usize) -> String {
    let bytes = bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes);
    let mut out = String::with_capacity(bytes.len().min(limit) + 8);
    let chunks = bytes.utf8_chunks().flat_map(|chunk| {
        let dots = chunk.invalid().iter().map(|_| DOT);
        chunk.valid().chars().map(visible).chain(dots)
    });
    out.extend(chunks.take(limit));
    out
}

/// A text for several lines: line ends and tabs stay, everything else as in [`escape`].
#[must_use]
pub fn escape_lines(bytes: &[u8], limit: usize) -> String {
    let bytes = bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes);
    let mut out = String::with_capacity(bytes.len().min(limit) + 8);
    let chunks = bytes.utf8_chunks().flat_map(|chunk| {
        let dots = chunk.invalid().iter().map(|_| DOT);
        chunk.valid().chars().filter(|char| *char != '\r').map(visible_or_space).chain(dots)
    });
    out.extend(chunks.take(limit));
    out
}

pub(in crate::ui::views) fn visible(char: char) -> char {
    if is_hidden(char) { DOT } else { char }
}

pub(in crate::ui::views) fn visible_or_space(char: char) -> char {
    if matches!(char, '\n' | '\t') { char } else { visible(char) }
}

/// Control characters, marks that reorder or hide text, and private-use characters (the icon font's among them).
pub(in crate::ui::views) fn is_hidden(char: char) -> bool {
    words::is_hidden(char)
}

/// True when bytes read as text: nearly all of them valid UTF-8 without control characters. A character cut at the
/// end does not count against it.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    let mut odd = 0;
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        odd += chunk.valid().chars().filter(|char| is_hidden(*char) && !matches!(char, '\n' | '\r' | '\t')).count();
        if chunks.peek().is_some()
            || std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_some())
        {
            odd += chunk.invalid().len();
        }
    }
    odd * 20 <= bytes.len()
}

/// What a lifecycle record says.
#[must_use]
pub fn sentence(row: &Row<'_>) -> String {
    let detail = row.detail();
    let mut parts = match row.head.event {
        Event::Listening => vec![match detail.backlog {
            Some(backlog) => text!("bound, backlog {backlog}", backlog = backlog),
            None => text!("bound").to_owned(),
        }],
        Event::Accepted => vec![text!("taken out of the backlog").to_owned()],
        Event::Connected => vec![match detail.micros {
            Some(micros) => text!("connected in {span}", span = span(micros.saturating_mul(1000))),
            None => text!("connected").to_owned(),
        }],
        Event::HalfClosed => vec![
            match detail.by {
                Some(By::Local) => text!("we sent FIN; the peer may still send"),
                _ => text!("the peer sent FIN; we may still send"),
            }
            .to_owned(),
        ],
        Event::Closed => ending(
            &detail,
            match detail.by {
                Some(By::Peer) => text!("closed by the peer"),
                Some(By::Local) => text!("closed by us"),
                Some(By::System) => text!("closed by the system of this PC"),
                Some(By::Network) => text!("ended by the network"),
                None => text!("closed"),
            },
        ),
        Event::Reset => {
            let words = match detail.by {
                Some(By::Peer) => text!("reset by the peer (RST)"),
                Some(By::Local) => text!("reset by us (RST)"),
                Some(By::System) => text!("torn down by the system of this PC"),
                Some(By::Network) => text!("lost: the network between the two ends is gone"),
                None => text!("reset (RST)"),
            };
            ending(&detail, words)
        }
        Event::TimedOut if detail.failure.is_none() => vec![text!("nothing came for too long").to_owned()],
        Event::Remark | Event::Address | Event::Clock | Event::Health => return observed(row.head.event, &detail),
        Event::TimedOut | Event::Failed | Event::Recv | Event::Send => Vec::new(),
        Event::Attempt => {
            let took = span(detail.micros.unwrap_or_default() * 1000);
            let words = if detail.failure.is_none() {
                text!("this address answered, after {span}", span = took)
            } else {
                text!("this address was tried for {span}", span = took)
            };
            vec![words]
        }
        Event::Progress => vec![progress(&detail)],
        Event::Answered => answered(&detail),
        Event::Picture => detail.picture.as_ref().map(picture).unwrap_or_default(),
        Event::RecvSize => vec![text!(
            "the peer sends without a pause: from here on one recv may return {size}",
            size = exact_size(detail.recv_size.unwrap_or_default().into())
        )],
        // The token is a secret; the page of the site shows it.
        Event::Serving => vec![text!("the site is at {urls}", urls = detail.urls.join(" "))],
        Event::Stopped => vec![text!("the session ended").to_owned()],
    };
    if let Some(failure) = &detail.failure {
        parts.push(format!("{}: {}", failure.operation.word(), failure.code()));
        parts.push(failure.message());
    }
    if matches!(row.head.event, Event::Listening | Event::Accepted | Event::Connected)
        && let Some(descriptor) = detail.descriptor
    {
        parts.push(text!("descriptor {number}", number = descriptor));
    }
    parts.extend(detail.note.map(|note| note.to_string()));
    parts.join(" · ")
}

/// What this PC noticed beside the calls: the clock, an address, whether what is sent arrives, and remarks.
#[must_use]
pub fn observed(event: Event, detail: &Detail) -> String {
    let mut parts = match event {
        Event::Clock => vec![clock_jump(detail.jump_micros.unwrap_or_default())],
        Event::Health => vec![health(detail)],
        _ => Vec::new(),
    };
    match &detail.failure {
        Some(failure) if failure.is_of_this_pc() => parts.push(format!("{} ({})", failure.message(), failure.code())),
        Some(failure) => {
            parts.push(format!("{}: {}", failure.operation.word(), failure.code()));
            parts.push(failure.message());
        }
        None => {}
    }
    parts.extend(detail.note.as_ref().map(ToString::to_string));
    parts.join(" · ")
}

/// What a lifecycle record says within the conversation of its own connection.
#[must_use]
pub fn short(row: &Row<'_>) -> String {
    let by = row.detail().by;
    match (row.head.event, by) {
        (Event::Accepted, _) => text!("accepted {peer}", peer = row.names.peer),
        (Event::Connected, _) => text!("connected to {peer}", peer = row.names.peer),
        (Event::HalfClosed, Some(By::Local)) => text!("we half-closed (FIN)").to_owned(),
        (Event::HalfClosed, _) => text!("peer half-closed (FIN); we may still send").to_owned(),
        _ => sentence(row),
    }
}

/// A short time in the unit that shows more than a zero: `4 µs`, `0.08 ms`.
#[must_use]
pub fn short_span(nanos: u64) -> String {
    if nanos < 10_000 { format!("{} µs", nanos.div_ceil(1000)) } else { span(nanos) }
}

/// Whether what we send arrives.
fn health(detail: &Detail) -> String {
    let (bytes, nanos) = (detail.bytes.unwrap_or_default(), detail.micros.unwrap_or_default().saturating_mul(1000));
    match detail.health.unwrap_or_default() {
        Health::Fine => text!("acknowledged again").to_owned(),
        Health::NotReading => {
            text!("the peer does not read: {size} wait, for {span}", size = exact_size(bytes), span = span(nanos))
        }
        Health::Unacknowledged => {
            text!(
                "not acknowledged for {span}: {size}; nothing comes back",
                span = span(nanos),
                size = exact_size(bytes)
            )
        }
    }
}

fn ending(detail: &Detail, words: &str) -> Vec<String> {
    let mut parts = vec![words.to_owned()];
    if let (Some(received), Some(sent)) = (detail.received, detail.sent) {
        parts.push(text!("{received} in, {sent} out", received = exact_size(received), sent = exact_size(sent)));
    }
    parts.extend(detail.micros.map(|micros| span(micros.saturating_mul(1000))));
    parts
}

fn clock_jump(micros: i64) -> String {
    let by = span(micros.unsigned_abs().saturating_mul(1000));
    if micros < 0 {
        text!("the clock of this PC was set back by {span}", span = by)
    } else {
        text!("the clock of this PC went forward by {span}: it was set, or the PC slept", span = by)
    }
}

fn progress(detail: &Detail) -> String {
    let sent = detail.sent.unwrap_or(0);
    let words = match detail.total {
        Some(total) => text!("{sent} of {total} sent", sent = grouped(sent), total = exact_size(total)),
        None => text!("{sent} sent", sent = exact_size(sent)),
    };
    match &detail.file {
        Some(file) => format!("{} · {words}", escape(file.name.as_bytes(), file.name.len())),
        None => words,
    }
}

fn answered(detail: &Detail) -> Vec<String> {
    let Some(http) = &detail.http else { return Vec::new() };
    let mut parts = vec![format!("{} {}", http.status, http.reason)];
    if http.method.is_empty() {
        parts.push(text!("a request that could not be read").to_owned());
    } else {
        parts.push(format!("{} {}", http.method, escape(http.target.as_bytes(), http.target.len())));
    }
    let sent = detail.sent.unwrap_or(0);
    match detail.total {
        Some(total) => {
            parts.push(text!("broke off at {sent} of {total}", sent = grouped(sent), total = exact_size(total)));
        }
        None if sent > 0 => parts.push(exact_size(sent)),
        None => {}
    }
    parts.extend(detail.micros.map(|micros| span(micros.saturating_mul(1000))));
    parts
}

fn picture(found: &FoundPicture) -> Vec<String> {
    let way = match found.direction {
        Direction::Inbound => text!("received"),
        Direction::Outbound => text!("sent"),
    };
    let size = exact_size(found.bytes);
    let mut parts = vec![
        if found.width == 0 {
            found.kind.to_string()
        } else {
            format!("{} {}×{}", found.kind, found.width, found.height)
        },
        format!("{way} {size}"),
        damage(found.ending).unwrap_or(text!("complete")).to_owned(),
    ];
    let (first, last) = (grouped(found.first_offset), grouped(found.last_offset));
    match found.offsets_in {
        Within::Stream => {
            parts.push(text!("bytes {first} to {last} of what went this way", first = first, last = last));
        }
        Within::Body => parts.push(text!("bytes {first} to {last} of the body", first = first, last = last)),
        Within::Datagrams => {}
    }
    parts
}

/// What is wrong with a picture, if anything is.
#[must_use]
pub fn damage(ending: PictureEnding) -> Option<&'static str> {
    match ending {
        PictureEnding::Complete | PictureEnding::Arriving => None,
        PictureEnding::CutShort => Some(text!("cut short: its end is missing")),
        PictureEnding::Broken => Some(text!("damaged: its structure breaks off")),
    }
}

/// The bytes in hex, 16 a line: `FF D8 FF E0 …`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    hex_lines(bytes, 16)
}

/// The bytes in hex, so many a line.
#[must_use]
pub fn hex_lines(bytes: &[u8], line: usize) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push(if index % line == 0 { '\n' } else { ' ' });
        }
        out.extend(hex_digits(*byte, true));
    }
    out
}

/// Both hex digits of a byte.
#[must_use]
pub fn hex_digits(byte: u8, upper: bool) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| {
        let char = char::from_digit(u32::from(digit), 16).unwrap_or('0');
        if upper { char.to_ascii_uppercase() } else { char }
    })
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::{
        journal::{Budget, Entry, Journal},
        model::{ConnectionId, Names, SessionId},
    };

    #[test]
    fn payloads_become_one_harmless_line() {
        assert_eq!(escape(b"a\r\nb\x1b[31m", 99), "a··b·[31m");
        assert_eq!(escape("不要\u{202e}回答".as_bytes(), 99), "不要·回答");
        assert_eq!(escape(b"\xff\xd8\xff\xe0\0JFIF", 99), "·····JFIF");
        assert_eq!(escape(b"abcdef", 3), "abc");
        assert_eq!(escape_lines(b"a\r\n\tb\0", 99), "a\n\tb·");
    }

    #[test]
    fn text_is_told_from_binary() {
        assert!(is_text(b""));
        assert!(is_text("können 不要".as_bytes()));
        assert!(is_text("不要".as_bytes().get(..4).unwrap()));
        assert!(!is_text(b"\xff\xd8\xff\xe0\0\x10JFIF"));
        assert!(!is_text(b"\0\0\0\0"));
    }

    #[test]
    fn a_detail_survives_its_way_through_the_journal() {
        let detail = Detail { by: Some(By::Peer), received: Some(16), sent: Some(16), ..Detail::default() };
        let json = serde_json::to_vec(&detail).unwrap();
        assert_eq!(serde_json::from_slice::<Detail>(&json).unwrap(), detail);
        let parts = ending(&detail, "closed by the peer");
        assert_eq!(parts, ["closed by the peer", "16 B in, 16 B out"]);
    }

    #[test]
    fn who_half_closed_is_said() {
        for (by, words) in [(By::Peer, "the peer sent FIN"), (By::Local, "we sent FIN")] {
            let journal = Journal::new(Budget::default());
            let json = serde_json::to_vec(&Detail { by: Some(by), ..Detail::default() }).unwrap();
            let seq = journal.append(&Entry {
                event: Event::HalfClosed,
                session: SessionId(1),
                connection: ConnectionId(1),
                names: &Names::default(),
                length: json.len(),
                payload: &[IoSlice::new(&json)],
                keep: json.len(),
                previous: 0,
            });
            let said = journal.with_row(seq, |row| (sentence(&row), row.detail().by)).unwrap();
            assert!(said.0.starts_with(words), "{said:?}");
            assert_eq!(said.1, Some(by));
        }
    }
}
