//! Tells a text that comes in the middle of a picture from the picture: somebody gave up sending it, and goes on talking.
//!
//! The bytes alone cannot say it. What says it is that whole calls carry nothing but text where packed pixels are due, or
//! that they do so after an unusual pause. It is an inference, so the bounds are such that pictures are left alone.

use std::{borrow::Cow, io::IoSlice};

use crate::{journal::Written, media::Filling};

/// Nanoseconds without a byte after which a text may be an aside at once …
const PAUSE: u64 = 300_000_000;
/// … when they are so many times more than any pause in the picture before.
const UNUSUAL: u64 = 4;
/// Bytes of text without a pause that packed pixels never are.
const SURE: usize = 24;
/// The same at the end of a picture that is cut short anyway.
const LIKELY: usize = 6;
/// A longer call is no text that somebody wrote.
const LONGEST: usize = 16 << 10;

/// The calls that carried parts of the picture that is coming in.
#[derive(Debug, Default)]
pub(super) struct Asides {
    /// When the newest was written; 0 before the first.
    before: u64,
    /// The longest time between two of them.
    longest: u64,
    run: Option<Run>,
}

/// Calls with text, one after the other.
#[derive(Clone, Copy, Debug)]
struct Run {
    offset: u64,
    bytes: usize,
    paused: bool,
}

impl Asides {
    /// Looks at the next call, which comes where the picture is made of `filling`; the offset at which an aside began, when
    /// there is one.
    pub(super) fn begins(
        &mut self,
        record: Written,
        filling: Filling,
        parts: &[IoSlice<'_>],
        length: usize,
    ) -> Option<u64> {
        let gap = if self.before == 0 { 0 } else { record.monotonic.saturating_sub(self.before) };
        let paused = gap >= PAUSE && gap >= self.longest.saturating_mul(UNUSUAL);
        self.before = record.monotonic;
        self.longest = self.longest.max(gap);
        if filling == Filling::Structure || length > LONGEST {
            self.run = None;
            return None;
        }
        let bytes = joined(parts, length);
        if !is_text(&bytes) || !paused && !is_talk(&bytes) {
            self.run = None;
            return None;
        }
        let run = self.run.get_or_insert(Run { offset: record.offset, bytes: 0, paused });
        run.bytes += length;
        (run.paused || filling == Filling::Packed && run.bytes >= SURE).then_some(run.offset)
    }

    /// Nothing is coming in any more.
    pub(super) fn over(&mut self) {
        *self = Self::default();
    }
}

/// Where the text begins that stands at the end of packed pixels; `begins` are the places where calls began in them, the last
/// one first. `None` when there is too little to be sure.
pub(super) fn tail(bytes: &[u8], begins: impl Iterator<Item = usize>) -> Option<usize> {
    let mut from = bytes.len();
    for begin in begins {
        if !bytes.get(begin..from).is_some_and(is_text) {
            break;
        }
        from = begin;
    }
    (bytes.len() - from >= LIKELY).then_some(from)
}

fn joined<'a>(parts: &'a [IoSlice<'_>], length: usize) -> Cow<'a, [u8]> {
    match parts {
        [one] => Cow::Borrowed(one.get(..length).unwrap_or(one)),
        parts => {
            let all = parts.iter().flat_map(|part| part.iter().copied());
            Cow::Owned(all.take(length).collect())
        }
    }
}

/// UTF-8 without control characters; the last character may be cut.
fn is_text(bytes: &[u8]) -> bool {
    // Nearly all pixels end here.
    if bytes.first().is_none_or(|first| first.is_ascii_control() && !first.is_ascii_whitespace()) {
        return false;
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    valid.chars().all(|char| !char.is_control() || matches!(char, '\n' | '\r' | '\t'))
}

/// Text that is more than a pattern: of several characters, most of them letters, figures and blanks.
fn is_talk(bytes: &[u8]) -> bool {
    const SEVERAL: usize = 3;
    let text = String::from_utf8_lossy(bytes);
    let mut kinds = Vec::new();
    let (mut all, mut words) = (0_usize, 0_usize);
    for char in text.chars() {
        all += 1;
        words += usize::from(char.is_alphanumeric() || char.is_whitespace() || ".,:;!?'\"()-".contains(char));
        if kinds.len() <= SEVERAL && !kinds.contains(&char) {
            kinds.push(char);
        }
    }
    words * 5 >= all * 4 && (kinds.len() > SEVERAL || all <= SEVERAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// Where an aside begins in calls of these bytes, each so long after the one before.
    fn began(filling: Filling, calls: &[(u64, &[u8])]) -> Option<u64> {
        let (mut asides, mut nanos, mut offset) = (Asides::default(), SECOND, 0);
        calls.iter().find_map(|(after, bytes)| {
            nanos += after;
            let record = Written { seq: 1, nanos, monotonic: nanos, offset };
            offset += bytes.len() as u64;
            asides.begins(record, filling, &[IoSlice::new(bytes)], bytes.len())
        })
    }

    #[test]
    fn a_text_after_an_unusual_pause_is_an_aside() {
        let pixels = b"\x9a\0\x01\xff\x80\x13pixels".as_slice();
        for filling in [Filling::Plain, Filling::Packed] {
            assert_eq!(began(filling, &[(0, pixels), (SECOND, b"hi\n")]), Some(12));
            assert_eq!(began(filling, &[(0, pixels), (SECOND, "不".as_bytes())]), Some(12));
            assert_eq!(began(filling, &[(0, pixels), (SECOND / 10, b"hi\n")]), None);
            // Who sends one byte a second pauses as a habit.
            assert_eq!(began(filling, &[(0, pixels), (SECOND, b"\x01"), (SECOND, b"a"), (SECOND, b"b")]), None);
        }
        assert_eq!(began(Filling::Structure, &[(0, pixels), (SECOND, b"hi\n")]), None);
    }

    #[test]
    fn a_long_text_is_an_aside_where_pixels_are_packed() {
        let calls: [(u64, &[u8]); 4] = [(0, b"\0pixels"), (0, b"can you hear me? "), (0, b"not yet"), (0, b" now")];
        assert_eq!(began(Filling::Packed, &calls), Some(7));
        assert_eq!(began(Filling::Plain, &calls), None);
        let pattern = [b'P'; 40];
        assert_eq!(began(Filling::Packed, &[(0, b"\0"), (0, &pattern)]), None);
        // The run begins anew behind what is no text.
        let calls: [(u64, &[u8]); 4] = [(0, b"\0"), (0, b"can you hear"), (0, b"\0"), (0, b"can you hear")];
        assert_eq!(began(Filling::Packed, &calls), None);
    }

    #[test]
    fn text_at_the_end_is_given_back_by_whole_calls() {
        assert_eq!(tail(b"\x01\x02hello, you", [7, 2].into_iter()), Some(2));
        assert_eq!(tail(b"\x01\x02hello, you", [7].into_iter()), None);
        assert_eq!(tail(b"\x01\x02hello", [1].into_iter()), None);
        assert_eq!(tail("\u{1}\u{2}不要回".as_bytes(), [5, 2].into_iter()), Some(2));
    }
}
