//! How text becomes bytes and bytes become text: the encodings that people still meet on sockets.
//!
//! Pure functions and one small decoder that keeps a character whole when it arrives in pieces. Knows nothing of what
//! may be shown; that is for the views.

use std::{borrow::Cow, collections::HashMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::SessionId;
use crate::words::{Phrase, phrase, text};

/// What the bytes of a text mean. Chosen for a session; UTF-8 unless the person says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// One to four bytes a character; what everything new uses.
    #[default]
    Utf8,
    /// Simplified Chinese as Windows writes it (code page 936), at most two bytes. What has four bytes is read too.
    Gbk,
    /// All of Unicode in one, two or four bytes; a superset of GBK.
    Gb18030,
    /// Traditional Chinese, at most two bytes. Characters of Hong Kong are read, not written (WHATWG).
    Big5,
    /// Japanese as Windows writes it (code page 932), at most two bytes.
    ShiftJis,
    /// Two or four bytes, the low one of two first. No mark is written in front.
    Utf16Le,
    /// Two or four bytes, the high one of two first. No mark is written in front.
    Utf16Be,
    /// ISO-8859-1: byte N is character N. Not windows-1252.
    Latin1,
}

/// A text has a character that the encoding has not; nothing of it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct Unencodable {
    /// The first such character.
    pub char: char,
    /// The encoding that was to be used.
    pub encoding: Encoding,
}

impl Unencodable {
    /// Which character it is, and what has none such.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        phrase!("“{char}” is not in {encoding}", char = self.char, encoding = self.encoding)
    }
}

/// A name that no encoding has; the words list the names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("“{name}” is no known encoding; use {names}", name = self.0, names = names()))]
pub struct UnknownEncoding(String);

impl Encoding {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Utf8, Self::Gbk, Self::Gb18030, Self::Big5, Self::ShiftJis, Self::Utf16Le, Self::Utf16Be, Self::Latin1];

    /// As people know it: `UTF-8`, `Shift_JIS`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gbk => "GBK",
            Self::Gb18030 => "GB18030",
            Self::Big5 => "Big5",
            Self::ShiftJis => "Shift_JIS",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Latin1 => "Latin-1",
        }
    }

    /// True when even plain ASCII text has other bytes.
    #[must_use]
    pub fn is_wide(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// The crate's table; Latin-1 needs none.
    fn table(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf8 => Some(encoding_rs::UTF_8),
            Self::Gbk => Some(encoding_rs::GBK),
            Self::Gb18030 => Some(encoding_rs::GB18030),
            Self::Big5 => Some(encoding_rs::BIG5),
            Self::ShiftJis => Some(encoding_rs::SHIFT_JIS),
            Self::Utf16Le => Some(encoding_rs::UTF_16LE),
            Self::Utf16Be => Some(encoding_rs::UTF_16BE),
            Self::Latin1 => None,
        }
    }

    /// The text of `bytes`; each sequence that makes no sense, also one cut off at the end, becomes U+FFFD.
    #[must_use]
    pub fn decode_lossy(self, bytes: &[u8]) -> Cow<'_, str> {
        if self == Self::Utf8 {
            return String::from_utf8_lossy(bytes);
        }
        let mut out = String::new();
        if self.decode(bytes, &mut out, |out, _| out.push(char::REPLACEMENT_CHARACTER)) > 0 {
            out.push(char::REPLACEMENT_CHARACTER);
        }
        Cow::Owned(out)
    }

    /// Adds the text of `bytes` to `out` and calls `bad` with each sequence that makes no sense. Gives the
    /// number of bytes at the end, at most 3, that only begin a character; they are not in `out`.
    pub fn decode(self, bytes: &[u8], out: &mut String, mut bad: impl FnMut(&mut String, &[u8])) -> usize {
        use encoding_rs::DecoderResult::{InputEmpty, Malformed, OutputFull};
        if self == Self::Utf8 {
            return decode_utf8(bytes, out, bad);
        }
        let Some(table) = self.table() else {
            out.extend(bytes.iter().map(|byte| char::from(*byte)));
            return 0;
        };
        let mut decoder = table.new_decoder_without_bom_handling();
        let mut rest = bytes;
        // The second round, over no bytes, tells what is left open at the end.
        let mut ending = false;
        loop {
            let room = decoder.max_utf8_buffer_length_without_replacement(rest.len());
            out.reserve(room.unwrap_or(rest.len()));
            let (result, read) = decoder.decode_to_string_without_replacement(rest, out, ending);
            rest = rest.get(read..).unwrap_or_default();
            match result {
                InputEmpty if ending => return 0,
                InputEmpty => ending = true,
                Malformed(length, after) if ending => return usize::from(length) + usize::from(after),
                Malformed(length, after) => {
                    let end = bytes.len() - rest.len() - usize::from(after);
                    bad(out, bytes.get(end.saturating_sub(length.into())..end).unwrap_or_default());
                }
                OutputFull => {}
            }
        }
    }

    /// True when `next` goes on with the character that `open` begins, as far as it can be told; false when nothing is
    /// open.
    #[must_use]
    pub fn continues(self, open: &[u8], next: &[u8]) -> bool {
        if open.is_empty() || next.is_empty() {
            return false;
        }
        let mut joined = open.to_vec();
        for byte in next.iter().take(3) {
            joined.push(*byte);
            let (mut out, mut wrong) = (String::new(), false);
            let left = self.decode(&joined, &mut out, |_, _| wrong = true);
            if wrong || left == 0 {
                return !wrong;
            }
        }
        true
    }

    /// The bytes at the end of `bytes` that only begin a character. `before` gives those that the bytes before these
    /// left open; it is asked only where the answer depends on it.
    pub fn open_end(self, bytes: &[u8], before: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
        let joined = match self {
            Self::Latin1 => return Vec::new(),
            Self::Utf8 => {
                let last = tail(bytes, 4);
                match last.iter().rposition(|byte| byte & 0xc0 != 0x80) {
                    Some(start) => last.get(start..).unwrap_or_default().to_vec(),
                    None if bytes.len() < 4 => [before().as_slice(), bytes].concat(),
                    None => Vec::new(),
                }
            }
            Self::Utf16Le | Self::Utf16Be => {
                let mut joined = before();
                let even = (joined.len() + bytes.len()) % 2;
                if bytes.len() > 8 {
                    tail(bytes, 4 + even).to_vec()
                } else {
                    joined.extend_from_slice(bytes);
                    joined
                }
            }
            // Bytes below 0x30 are never part of a longer character.
            Self::Gbk | Self::Gb18030 | Self::Big5 | Self::ShiftJis => {
                match bytes.iter().rposition(|byte| *byte < 0x30) {
                    Some(at) => bytes.get(at + 1..).unwrap_or_default().to_vec(),
                    None => [before().as_slice(), bytes].concat(),
                }
            }
        };
        let open = self.decode(&joined, &mut String::new(), |_, _| {});
        tail(&joined, open).to_vec()
    }

    /// The bytes of `text`.
    ///
    /// # Errors
    /// The first character that the encoding does not have.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, Unencodable> {
        let mut out = Vec::with_capacity(text.len());
        self.encode_into(text, &mut out)?;
        Ok(out)
    }

    /// The bytes of `text`, with a question mark for each character that the encoding does not have.
    #[must_use]
    pub fn encode_lossy(self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        if self.encode_into(text, &mut out).is_ok() {
            return out;
        }
        out.clear();
        for char in text.chars() {
            if self.encode_into(char.encode_utf8(&mut [0; 4]), &mut out).is_err() {
                let _ = self.encode_into("?", &mut out);
            }
        }
        out
    }

    /// Adds the bytes of `text` to `out`; on an error `out` has what came before the character.
    ///
    /// # Errors
    /// The first character that the encoding does not have.
    pub fn encode_into(self, text: &str, out: &mut Vec<u8>) -> Result<(), Unencodable> {
        let missing = |char| Unencodable { char, encoding: self };
        match self {
            Self::Utf8 => out.extend_from_slice(text.as_bytes()),
            Self::Latin1 => {
                for char in text.chars() {
                    out.push(u8::try_from(u32::from(char)).map_err(|_| missing(char))?);
                }
            }
            // The crate follows the web, where nothing is ever written as UTF-16.
            Self::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Self::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Self::Gbk | Self::Gb18030 | Self::Big5 | Self::ShiftJis => {
                use encoding_rs::EncoderResult::{InputEmpty, OutputFull, Unmappable};
                let Some(table) = self.table() else { return Ok(()) };
                let mut encoder = table.new_encoder();
                let mut rest = text;
                loop {
                    let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
                    out.reserve(room.unwrap_or(rest.len()).max(16));
                    let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, out, true);
                    rest = rest.get(read..).unwrap_or_default();
                    match result {
                        InputEmpty => break,
                        Unmappable(char) => return Err(missing(char)),
                        OutputFull => {}
                    }
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn names() -> String {
    Encoding::ALL.map(Encoding::name).join(", ")
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    /// Case, hyphens, spaces and underscores do not matter; the usual other names are known as well.
    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(match plain.to_ascii_lowercase().as_str() {
            "utf8" => Self::Utf8,
            "gbk" | "gb2312" | "cp936" => Self::Gbk,
            "gb18030" => Self::Gb18030,
            "big5" | "cp950" => Self::Big5,
            "shiftjis" | "sjis" | "cp932" => Self::ShiftJis,
            "utf16le" => Self::Utf16Le,
            "utf16be" => Self::Utf16Be,
            "latin1" | "iso88591" => Self::Latin1,
            _ => return Err(UnknownEncoding(name.to_owned())),
        })
    }
}

/// Text out of pieces: a character whose bytes come in two pieces is given whole with the second.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    encoding: Encoding,
    /// The beginning of a character, at most 3 bytes.
    open: Vec<u8>,
}

impl Decoder {
    /// Nothing was read yet.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, open: Vec::new() }
    }

    /// The text that is complete with `piece`; what makes no sense becomes U+FFFD.
    pub fn push(&mut self, piece: &[u8]) -> String {
        let mut out = String::new();
        let bad = |out: &mut String, _: &[u8]| out.push(char::REPLACEMENT_CHARACTER);
        if self.open.is_empty() {
            let open = self.encoding.decode(piece, &mut out, bad);
            self.open.extend_from_slice(tail(piece, open));
        } else {
            self.open.extend_from_slice(piece);
            let open = self.encoding.decode(&self.open, &mut out, bad);
            self.open.drain(..self.open.len() - open);
        }
        out
    }

    /// The beginning of a character whose rest has not come.
    #[must_use]
    pub fn open(&self) -> &[u8] {
        &self.open
    }

    /// Nothing more comes: U+FFFD for a character that was begun, else nothing.
    #[must_use]
    pub fn finish(self) -> &'static str {
        if self.open.is_empty() { "" } else { "\u{fffd}" }
    }
}

/// As [`Encoding::decode`]. The other decoders begin anew at each wrong byte, and of a flood that is no text every third is.
fn decode_utf8(bytes: &[u8], out: &mut String, mut bad: impl FnMut(&mut String, &[u8])) -> usize {
    out.reserve(bytes.len());
    let mut left = bytes.len();
    for chunk in bytes.utf8_chunks() {
        let wrong = chunk.invalid();
        out.push_str(chunk.valid());
        left -= chunk.valid().len() + wrong.len();
        if left == 0 && std::str::from_utf8(wrong).is_err_and(|error| error.error_len().is_none()) {
            return wrong.len();
        }
        if !wrong.is_empty() {
            bad(out, wrong);
        }
    }
    0
}

fn tail(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(length)..).unwrap_or_default()
}

/// Which session is read in which encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encodings {
    /// Those that are not UTF-8. Kept when the session leaves the list: its records stay in the journal.
    others: HashMap<SessionId, Encoding>,
}

impl Encodings {
    /// The encoding of a session; UTF-8 for one that nothing was chosen for.
    #[must_use]
    pub fn of(&self, session: SessionId) -> Encoding {
        // Most windows never see anything else, and the journal asks for every row it draws.
        if self.others.is_empty() {
            return Encoding::Utf8;
        }
        self.others.get(&session).copied().unwrap_or_default()
    }

    /// Chooses one for a session.
    pub fn set(&mut self, session: SessionId, encoding: Encoding) {
        if encoding == Encoding::Utf8 {
            self.others.remove(&session);
        } else {
            self.others.insert(session, encoding);
        }
    }

    /// Those besides UTF-8 that any session has, each once, in the order of [`Encoding::ALL`].
    #[must_use]
    pub fn in_use(&self) -> Vec<Encoding> {
        if self.others.is_empty() {
            return Vec::new();
        }
        Encoding::ALL.into_iter().filter(|encoding| self.others.values().any(|used| used == encoding)).collect()
    }
}

#[cfg(test)]
mod tests;
