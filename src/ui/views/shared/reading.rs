//! Payloads as text in the encoding of their session, and the characters that two records share.
//!
//! For UTF-8 this is [`wording`]; the other encodings are decoded here, for what is on the screen only.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

use crate::{
    journal::{Block, Journal, Row, Seq},
    model::{Encoding, Event},
    ui::views::shared::wording::{self, DOT},
};

/// Records of one direction that are read, at most, to find out how one begins.
const DEEP: usize = 256;
/// Records that are read for one frame, at most, for all its rows; with none left a row begins where it begins.
const READ: usize = 1024;
/// Records of a connection that are passed, at most, to find the one before in the same direction.
const STEPS: usize = 16;
/// A block is asked for from so far before a wanted record, each time from further: a copy of the open block serves many.
const AHEAD: Seq = 64;
/// Blocks that are fetched for one frame, at most; rows that would need more begin with dots.
const FETCHED: usize = 12;
/// The most bytes of a record that are read to find out how it ends.
const LONGEST: usize = 16 << 10;

/// At most `limit` characters on one line, as [`wording::escape`]; `open` is how a character began in the record before.
#[must_use]
pub fn line(encoding: Encoding, open: &[u8], bytes: &[u8], limit: usize) -> String {
    if encoding == Encoding::Utf8 && open.is_empty() {
        return wording::escape(bytes, limit);
    }
    decoded(encoding, open, bytes, limit).chars().map(wording::visible).take(limit).collect()
}

/// A text for several lines, as [`wording::escape_lines`].
#[must_use]
pub fn lines(encoding: Encoding, open: &[u8], bytes: &[u8], limit: usize) -> String {
    if encoding == Encoding::Utf8 && open.is_empty() {
        return wording::escape_lines(bytes, limit);
    }
    let decoded = decoded(encoding, open, bytes, limit);
    decoded.chars().filter(|char| *char != '\r').map(wording::visible_or_space).take(limit).collect()
}

/// The text with a dot for each byte that is none.
fn decoded(encoding: Encoding, open: &[u8], bytes: &[u8], limit: usize) -> String {
    let bytes = bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes);
    let mut out = String::new();
    let dots = |out: &mut String, wrong: &[u8]| out.extend(wrong.iter().map(|_| DOT));
    let left = if open.is_empty() {
        encoding.decode(bytes, &mut out, dots)
    } else {
        encoding.decode(&[open, bytes].concat(), &mut out, dots)
    };
    out.extend(std::iter::repeat_n(DOT, left));
    out
}

/// True when bytes read as text, as [`wording::is_text`].
#[must_use]
pub fn is_text(encoding: Encoding, bytes: &[u8]) -> bool {
    if encoding == Encoding::Utf8 {
        return wording::is_text(bytes);
    }
    let (mut text, mut odd) = (String::new(), 0);
    encoding.decode(bytes, &mut text, |_, wrong| odd += wrong.len());
    let all = text.chars().count() + odd;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    odd += text.chars().filter(|char| wording::visible_or_space(*char) == DOT && !matches!(char, '\r' | &DOT)).count();
    odd * 20 <= all
}

/// The records before those on the screen, for one frame.
pub(in crate::ui::views) struct Past<'a> {
    journal: &'a Journal,
    /// Blocks that are at hand.
    shown: &'a [(Seq, Arc<Block>)],
    fetched: RefCell<Vec<Arc<Block>>>,
    /// How records end that were asked for: the next row asks for the same ones.
    ends: RefCell<HashMap<Seq, Vec<u8>>>,
    left: Cell<usize>,
}

impl<'a> Past<'a> {
    pub(in crate::ui::views) fn new(journal: &'a Journal, shown: &'a [(Seq, Arc<Block>)]) -> Self {
        Self { journal, shown, fetched: RefCell::default(), ends: RefCell::default(), left: Cell::new(READ) }
    }

    /// How the character began that `row` goes on with; empty when it begins with a character of its own.
    pub(in crate::ui::views) fn open(&self, row: &Row<'_>, encoding: Encoding) -> Vec<u8> {
        let own = match (encoding, row.payload.first()) {
            (_, None) | (Encoding::Latin1, _) => true,
            (Encoding::Utf8, Some(first)) => first & 0xc0 != 0x80,
            _ => row.head.event.direction().is_none(),
        };
        if own {
            return Vec::new();
        }
        // Back to a record whose end is known whatever came before it, then forth again.
        let mut open = Vec::new();
        let mut chain = Vec::new();
        let mut next = self.before(row);
        while let Some((block, seq)) = next.take() {
            if let Some(known) = self.ends.borrow().get(&seq) {
                open.clone_from(known);
                break;
            }
            let Some(record) = block.row(seq) else { break };
            let mut asked = false;
            encoding.open_end(record.payload, || {
                asked = true;
                Vec::new()
            });
            if asked && chain.len() < DEEP && self.left.get() > 0 {
                self.left.set(self.left.get() - 1);
                next = self.before(&record);
            }
            chain.push((block, seq));
        }
        for (block, seq) in chain.iter().rev() {
            let Some(record) = block.row(*seq) else { continue };
            let before = if encoding.continues(&open, record.payload) { open } else { Vec::new() };
            open = encoding.open_end(record.payload, || before);
            self.ends.borrow_mut().insert(*seq, open.clone());
        }
        if encoding.continues(&open, row.payload) { open } else { Vec::new() }
    }

    /// The newest record before `row` of the same direction, if all of it is there.
    fn before(&self, row: &Row<'_>) -> Option<(Arc<Block>, Seq)> {
        let mut wanted = row.previous();
        for _ in 0..STEPS {
            let seq = wanted?;
            let block = self.block(seq)?;
            let before = block.row(seq)?;
            if before.head.event == row.head.event {
                let usable = !before.is_cut() && before.payload.len() <= LONGEST;
                return usable.then(|| (Arc::clone(&block), seq));
            }
            if matches!(before.head.event, Event::Accepted | Event::Connected) {
                return None;
            }
            wanted = before.previous();
        }
        None
    }

    fn block(&self, seq: Seq) -> Option<Arc<Block>> {
        let mut fetched = self.fetched.borrow_mut();
        let known = self.shown.iter().map(|(_, block)| block).chain(fetched.iter());
        if let Some(block) = known.into_iter().find(|block| block.row(seq).is_some()) {
            return Some(Arc::clone(block));
        }
        if fetched.len() == FETCHED {
            return None;
        }
        let mut from = seq.saturating_sub(AHEAD << (2 * fetched.len().min(3))).max(1);
        loop {
            let block = self.journal.block(from)?;
            if block.end() > seq {
                fetched.push(Arc::clone(&block));
                return Some(block);
            }
            from = block.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::journal::{Budget, Connection, Identity};

    #[test]
    fn payloads_are_read_in_their_encoding_and_stay_harmless() {
        let gbk = b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0";
        assert_eq!(line(Encoding::Utf8, b"", gbk, 99), "··\u{4aa}·\u{634}·");
        assert_eq!(line(Encoding::Gbk, b"", gbk, 99), "不要回答");
        assert_eq!(line(Encoding::Gbk, b"", gbk, 2), "不要");
        assert_eq!(line(Encoding::Gbk, b"\xb2", &gbk[1..], 99), "不要回答");
        assert_eq!(line(Encoding::Gbk, b"", &gbk[..7], 99), "不要回·");
        assert_eq!(line(Encoding::Gbk, b"", b"a\r\n\x1b[31m\xff", 99), "a··\u{b7}[31m·");
        assert_eq!(line(Encoding::Utf16Le, b"", b"h\0i\0\n\0\0\xd8", 99), "hi···");
        assert_eq!(line(Encoding::Latin1, b"", b"caf\xe9\x85", 99), "café·");
        assert_eq!(lines(Encoding::Utf16Be, b"", b"\0a\0\r\0\n\0b", 99), "a\nb");
        assert_eq!(lines(Encoding::Utf8, b"\xe4\xb8", b"\x8d", 99), "不");
    }

    #[test]
    fn text_is_told_from_binary_in_every_encoding() {
        assert!(is_text(Encoding::Gbk, b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4"));
        assert!(is_text(Encoding::Utf16Le, b"\xff\xfeh\0i\0\r\0\n\0"));
        assert!(is_text(Encoding::Latin1, b"caf\xe9"));
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\0H\0H\0\0";
        for encoding in [Encoding::Gbk, Encoding::Gb18030, Encoding::Big5, Encoding::ShiftJis, Encoding::Latin1] {
            assert!(!is_text(encoding, jpeg), "{encoding}");
            assert!(is_text(encoding, b""), "{encoding}");
        }
    }

    #[test]
    fn a_row_begins_with_what_the_one_before_it_left_open() {
        let text = "不要回答abc不要回答";
        for encoding in [Encoding::Utf8, Encoding::Gbk, Encoding::Gb18030, Encoding::Big5, Encoding::Utf16Be] {
            let bytes = encoding.encode(text).unwrap();
            for size in 1..=5 {
                let journal = Journal::new(Budget::default());
                let connection = Connection::new(Identity::accepted(1), Arc::clone(&journal));
                let mut seqs = Vec::new();
                for part in bytes.chunks(size) {
                    seqs.push(connection.traffic(Event::Recv, &[IoSlice::new(part)], part.len(), part.len()));
                    connection.traffic(Event::Send, &[IoSlice::new(b"\xd2")], 1, 1);
                }
                let past = Past::new(&journal, &[]);
                let read = |seq: Seq| {
                    journal.with_row(seq, |row| line(encoding, &past.open(&row, encoding), row.payload, 99)).unwrap()
                };
                let shown: String = seqs.iter().map(|seq| read(*seq)).collect();
                assert_eq!(shown.replace(DOT, ""), text, "{encoding} in pieces of {size}");
            }
        }
    }
}
