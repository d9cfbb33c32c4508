//! Cutting a stream of bytes into messages: by call, line, delimiter, length prefix or pause. Pure functions.
//!
//! TCP keeps no borders between messages; these are the ways in which programs put them back.

use serde::{Deserialize, Serialize};

use crate::words::{exact_size, text};

/// Messages of one cut, at most; the rest is counted as not cut.
const MOST: usize = 100_000;
/// Digits that a decimal length line may have.
const DIGITS: usize = 20;

/// How wide a length prefix is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prefix {
    /// One byte.
    One,
    /// Two bytes.
    Two,
    /// Four bytes.
    #[default]
    Four,
    /// Eight bytes.
    Eight,
    /// Digits and a line feed.
    Decimal,
}

/// Where one message ends and the next begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At each call, as the system gave them.
    Calls,
    /// After each line feed, which counts to the line, as a carriage return before it does.
    Lines,
    /// After each of these bytes in this order.
    Delimiter(Vec<u8>),
    /// A length comes first.
    Length {
        /// How wide.
        prefix: Prefix,
        /// Least significant byte first.
        little: bool,
    },
    /// Where nothing came for longer than so many nanoseconds.
    Pause(u64),
}

/// A length beyond this is more likely text than a length.
const ABSURD: u64 = 256 << 20;

/// One call within the bytes that are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where its first byte is.
    pub start: usize,
    /// When, in nanoseconds since 1970.
    pub nanos: u64,
}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where its first byte is, prefix included.
    pub start: usize,
    /// Where what it says begins: after a length prefix.
    pub body: usize,
    /// Where what it says ends: before a delimiter.
    pub body_end: usize,
    /// Where the next message begins.
    pub end: usize,
    /// Calls that brought a part of it.
    pub calls: usize,
}

/// What is left over at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: every byte belongs to a whole message.
    #[default]
    None,
    /// The last message has not come to its end; how many bytes are missing, where that is known.
    Short {
        /// Bytes that are there.
        have: usize,
        /// Bytes that are missing.
        missing: Option<u64>,
    },
    /// From here on the bytes make no sense as a length.
    NoLength {
        /// Bytes from there on.
        have: usize,
    },
    /// More messages than are listed.
    TooMany {
        /// Bytes that were not cut.
        have: usize,
    },
    /// There is nothing to cut by.
    NoDelimiter,
}

impl Rest {
    /// What does not fit, as a sentence; empty when everything does.
    #[must_use]
    pub fn words(self) -> String {
        let size = |have: usize| exact_size(have as u64);
        match self {
            Self::None => String::new(),
            Self::Short { have, missing: None } => {
                text!("{have} left over: the last message is not whole", have = size(have))
            }
            Self::Short { have, missing: Some(missing) } if missing > ABSURD => text!(
                "{have} left over: read as a length, they ask for {missing} more; there may be no such prefix",
                have = size(have),
                missing = exact_size(missing)
            ),
            Self::Short { have, missing: Some(missing) } => text!(
                "{have} left over: the last message is not whole, {missing} missing",
                have = size(have),
                missing = exact_size(missing)
            ),
            Self::NoLength { have } => {
                text!("{have} left over: they do not begin with a number and a line feed", have = size(have))
            }
            Self::TooMany { have } => text!("{have} more are not cut: the list is full", have = size(have)),
            Self::NoDelimiter => text!("Type the bytes that end a message, such as \\r\\n").to_owned(),
        }
    }
}

/// Cuts `bytes`. `calls` are in order, the first one at byte 0.
#[must_use]
pub fn cut(bytes: &[u8], calls: &[Call], how: &Cut) -> (Vec<Message>, Rest) {
    let mut messages = Messages { list: Vec::new(), calls, next: 0 };
    let rest = match how {
        Cut::Calls => at_calls(bytes.len(), &mut messages, |_, _| true),
        Cut::Pause(limit) => {
            at_calls(bytes.len(), &mut messages, |before, call| call.nanos.saturating_sub(before.nanos) > *limit)
        }
        Cut::Lines => delimited(bytes, b"\n", &mut messages),
        Cut::Delimiter(delimiter) => delimited(bytes, delimiter, &mut messages),
        Cut::Length { prefix: Prefix::Decimal, .. } => decimal(bytes, &mut messages),
        Cut::Length { prefix, little } => binary(bytes, *prefix, *little, &mut messages),
    };
    (messages.list, rest)
}

struct Messages<'a> {
    list: Vec<Message>,
    calls: &'a [Call],
    /// The call after the one that the last message ended in.
    next: usize,
}

impl Messages<'_> {
    /// Adds a message; false when the list is full.
    fn push(&mut self, start: usize, body: usize, body_end: usize, end: usize) -> bool {
        if self.list.len() == MOST {
            return false;
        }
        // The call with the first byte is the last one that starts at or before it.
        while self.calls.get(self.next).is_some_and(|call| call.start <= start) {
            self.next += 1;
        }
        let more = self.calls.get(self.next..).unwrap_or_default();
        let calls = 1 + more.iter().take_while(|call| call.start < end).count();
        self.list.push(Message { start, body, body_end, end, calls });
        true
    }
}

fn at_calls(length: usize, messages: &mut Messages<'_>, ends: impl Fn(&Call, &Call) -> bool) -> Rest {
    let calls = messages.calls;
    let mut start = 0;
    let borders = calls.windows(2).filter_map(|pair| match pair {
        [before, call] if ends(before, call) => Some(call.start),
        _ => None,
    });
    for end in borders.chain([length]).filter(|end| *end > 0) {
        if !messages.push(start, start, end, end) {
            return Rest::TooMany { have: length - start };
        }
        start = end;
    }
    Rest::None
}

fn delimited(bytes: &[u8], delimiter: &[u8], messages: &mut Messages<'_>) -> Rest {
    if delimiter.is_empty() {
        return Rest::NoDelimiter;
    }
    let mut start = 0;
    let lines = delimiter == b"\n";
    for at in memchr::memmem::find_iter(bytes, delimiter) {
        let end = at + delimiter.len();
        let body_end = match bytes.get(start..at) {
            Some([.., b'\r']) if lines => at - 1,
            _ => at,
        };
        if !messages.push(start, start, body_end, end) {
            return Rest::TooMany { have: bytes.len() - start };
        }
        start = end;
    }
    match bytes.len() - start {
        0 => Rest::None,
        have => Rest::Short { have, missing: None },
    }
}

fn binary(bytes: &[u8], prefix: Prefix, little: bool, messages: &mut Messages<'_>) -> Rest {
    let width = match prefix {
        Prefix::One => 1,
        Prefix::Two => 2,
        Prefix::Four | Prefix::Decimal => 4,
        Prefix::Eight => 8,
    };
    let mut start = 0;
    while start < bytes.len() {
        let have = bytes.len() - start;
        let Some(head) = bytes.get(start..start + width) else {
            return Rest::Short { have, missing: None };
        };
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let length = if little { head.iter().rev().fold(0, add) } else { head.iter().fold(0, add) };
        if let Err(rest) = take(bytes.len(), start, width, length, messages) {
            return rest;
        }
        start = messages.list.last().map_or(bytes.len(), |message| message.end);
    }
    Rest::None
}

fn decimal(bytes: &[u8], messages: &mut Messages<'_>) -> Rest {
    let mut start = 0;
    while start < bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let window = rest.get(..DIGITS + 2).unwrap_or(rest);
        let Some(line) = memchr::memchr(b'\n', window) else {
            let digits = window.iter().all(u8::is_ascii_digit) && window.len() == rest.len();
            let have = rest.len();
            return if digits { Rest::Short { have, missing: None } } else { Rest::NoLength { have } };
        };
        let digits = window.get(..line).unwrap_or_default();
        let digits = digits.strip_suffix(b"\r").unwrap_or(digits);
        let number = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|digits| digits.parse::<u64>().ok());
        let Some(length) = number else { return Rest::NoLength { have: rest.len() } };
        if let Err(rest) = take(bytes.len(), start, line + 1, length, messages) {
            return rest;
        }
        start = messages.list.last().map_or(bytes.len(), |message| message.end);
    }
    Rest::None
}

/// Adds the message of `length` bytes after a prefix of `width` bytes, if all of it is there.
fn take(all: usize, start: usize, width: usize, length: u64, messages: &mut Messages<'_>) -> Result<(), Rest> {
    let body = start + width;
    let there = all - body;
    let length = match usize::try_from(length) {
        Ok(length) if length <= there => length,
        _ => return Err(Rest::Short { have: all - start, missing: Some(length - there as u64) }),
    };
    let end = body + length;
    if messages.push(start, body, end, end) { Ok(()) } else { Err(Rest::TooMany { have: all - start }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(starts: &[(usize, u64)]) -> Vec<Call> {
        starts.iter().map(|(start, nanos)| Call { start: *start, nanos: *nanos }).collect()
    }

    fn bodies(bytes: &[u8], how: &Cut) -> (Vec<String>, Rest) {
        let (messages, rest) = cut(bytes, &calls(&[(0, 0)]), how);
        let body = |message: &Message| String::from_utf8_lossy(&bytes[message.body..message.body_end]).into_owned();
        (messages.iter().map(body).collect(), rest)
    }

    fn length(prefix: Prefix, little: bool) -> Cut {
        Cut::Length { prefix, little }
    }

    #[test]
    fn lines_lose_their_ends_and_an_unfinished_one_is_left_over() {
        let (lines, rest) = bodies(b"a\r\nbc\n\nrest", &Cut::Lines);
        assert_eq!(lines, ["a", "bc", ""]);
        assert_eq!(rest, Rest::Short { have: 4, missing: None });
        assert_eq!(rest.words(), "4 B left over: the last message is not whole");
        assert_eq!(bodies(b"a\n", &Cut::Lines), (vec!["a".to_owned()], Rest::None));
    }

    #[test]
    fn a_delimiter_of_several_bytes_is_found_over_the_border_of_calls() {
        let (parts, rest) = bodies(b"one||two|three||", &Cut::Delimiter(b"||".to_vec()));
        assert_eq!((parts, rest), (vec!["one".to_owned(), "two|three".to_owned()], Rest::None));
        assert_eq!(bodies(b"x", &Cut::Delimiter(Vec::new())).1, Rest::NoDelimiter);
    }

    #[test]
    fn every_length_prefix_is_read_in_both_orders() {
        assert_eq!(bodies(b"\x02hi\x00", &length(Prefix::One, false)).0, ["hi", ""]);
        assert_eq!(bodies(b"\x00\x02hi", &length(Prefix::Two, false)).0, ["hi"]);
        assert_eq!(bodies(b"\x02\x00hi", &length(Prefix::Two, true)).0, ["hi"]);
        assert_eq!(bodies(b"\0\0\0\x02hi", &length(Prefix::Four, false)).0, ["hi"]);
        assert_eq!(bodies(b"\x02\0\0\0hi", &length(Prefix::Four, true)).0, ["hi"]);
        assert_eq!(bodies(b"\x02\0\0\0\0\0\0\0hi", &length(Prefix::Eight, true)).0, ["hi"]);
        assert_eq!(bodies(b"\0\0\0\0\0\0\0\x02hi", &length(Prefix::Eight, false)).0, ["hi"]);
    }

    #[test]
    fn a_length_that_is_not_there_yet_or_never_can_be_is_said() {
        let short = Rest::Short { have: 5, missing: Some(7) };
        assert_eq!(bodies(b"\x0aabcd", &length(Prefix::One, false)).1, Rest::Short { have: 5, missing: Some(6) });
        assert_eq!(bodies(b"\x0babcd", &length(Prefix::One, false)).1, short);
        let huge = bodies(b"\xff\xff\xff\xff\xff\xff\xff\xffx", &length(Prefix::Eight, false));
        assert_eq!(huge, (vec![], Rest::Short { have: 9, missing: Some(u64::MAX - 1) }));
        assert_eq!(bodies(b"\0\0", &length(Prefix::Four, false)).1, Rest::Short { have: 2, missing: None });
    }

    #[test]
    fn a_decimal_line_is_read_with_either_line_end() {
        assert_eq!(
            bodies(b"2\nhi3\r\nyou", &length(Prefix::Decimal, false)),
            (vec!["hi".to_owned(), "you".to_owned()], Rest::None)
        );
        assert_eq!(bodies(b"12", &length(Prefix::Decimal, false)).1, Rest::Short { have: 2, missing: None });
        assert_eq!(bodies(b"GET /\n", &length(Prefix::Decimal, false)).1, Rest::NoLength { have: 6 });
        assert_eq!(bodies(b"\n", &length(Prefix::Decimal, false)).1, Rest::NoLength { have: 1 });
        let long = [b'9'; 200];
        assert_eq!(bodies(&long, &length(Prefix::Decimal, false)).1, Rest::NoLength { have: 200 });
    }

    #[test]
    fn calls_and_pauses_cut_where_time_says() {
        let calls = calls(&[(0, 0), (3, 5), (6, 100)]);
        let ends = |how: &Cut| cut(b"abcdefgh", &calls, how).0.iter().map(|m| (m.end, m.calls)).collect::<Vec<_>>();
        assert_eq!(ends(&Cut::Calls), [(3, 1), (6, 1), (8, 1)]);
        assert_eq!(ends(&Cut::Pause(50)), [(6, 2), (8, 1)]);
        assert_eq!(ends(&Cut::Pause(500)), [(8, 3)]);
        assert_eq!(cut(b"", &[], &Cut::Calls), (vec![], Rest::None));
    }

    #[test]
    fn a_message_says_how_many_calls_brought_it() {
        let calls = calls(&[(0, 0), (2, 1), (7, 2)]);
        let (messages, _) = cut(b"a\nbc\nde\n", &calls, &Cut::Lines);
        assert_eq!(messages.iter().map(|message| message.calls).collect::<Vec<_>>(), [1, 1, 2]);
    }

    #[test]
    fn a_list_without_end_is_cut_off_and_said() {
        let zeros = vec![0; MOST + 10];
        let (messages, rest) = cut(&zeros, &calls(&[(0, 0)]), &length(Prefix::One, false));
        assert_eq!((messages.len(), rest), (MOST, Rest::TooMany { have: 10 }));
    }
}
