//! Hex with an offset before each line and its text after it, as xxd, `hexdump -C`, Wireshark and tcpdump print it.
//!
//! A line says by the offset of the next one how many bytes it has; only the last line's are told by its look.

use super::error::{ComposeError, Fault};

/// The longest row of a dump, and where none says its length, the longest likely one.
const ROW: usize = 256;
const USUAL: usize = 16;
/// Bytes that a dump stands for; its `*` may stand for any number of rows.
const MOST: u64 = 16 << 20;

/// A line with an offset.
#[derive(Clone, Copy)]
struct Row<'a> {
    offset: u64,
    /// With a colon, and long enough to be nothing else.
    is_marked: bool,
    rest: &'a str,
}

/// What a dump has said so far that comes line by line.
#[derive(Clone, Debug, Default)]
pub struct Dump {
    /// The offset of the next line, within a dump.
    next: Option<u64>,
    row: Vec<u8>,
    width: usize,
    is_repeated: bool,
}

fn row(line: &str) -> Option<Row<'_>> {
    let line = line.trim_start();
    let bare = line.strip_prefix("0x").or_else(|| line.strip_prefix("0X")).unwrap_or(line);
    let digits = bare.len() - bare.trim_start_matches(|char: char| char.is_ascii_hexdigit()).len();
    let (number, rest) = bare.split_at_checked(digits)?;
    let offset = u64::from_str_radix(number, 16).ok().filter(|_| (4..=16).contains(&digits))?;
    let after = rest.strip_prefix(':');
    let rest = after.unwrap_or(rest);
    if !rest.is_empty() && !rest.starts_with([' ', '\t', '\r']) {
        return None;
    }
    Some(Row { offset, is_marked: after.is_some() && (digits >= 8 || bare.len() < line.len()), rest: rest.trim_end() })
}

/// Exactly so many bytes at the beginning of `rest`.
fn exactly(rest: &str, count: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    for word in rest.split([' ', '\t', '-']).filter(|word| !word.is_empty()) {
        if bytes.len() == count {
            break;
        }
        put_word(word, &mut bytes)?;
    }
    (bytes.len() == count).then_some(bytes)
}

fn put_word(word: &str, bytes: &mut Vec<u8>) -> Option<()> {
    if !word.len().is_multiple_of(2) || !word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for at in (0..word.len()).step_by(2) {
        bytes.push(u8::from_str_radix(word.get(at..at + 2)?, 16).ok()?);
    }
    Some(())
}

/// The bytes of a row whose length is not known, at most so many, and what stands behind them: from a gap on, it is text.
fn likely(rest: &str, most: usize) -> (Vec<u8>, &str) {
    let mut bytes = Vec::new();
    let mut rest = rest.trim_start();
    let mut width = None;
    loop {
        let length = rest.find([' ', '\t', '-']).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(length).unwrap_or_default();
        let fits = width.is_none_or(|width| word.len() <= width);
        let room = bytes.len() + word.len() / 2 <= most;
        if word.is_empty() || !fits || !room || put_word(word, &mut bytes).is_none() {
            return (bytes, rest);
        }
        let behind = after.trim_start_matches([' ', '\t', '-']);
        let gap = after.len() - behind.len();
        // In the middle of a row there may be two spaces.
        let next = behind.find([' ', '\t', '-']).unwrap_or(behind.len());
        let is_middle = gap == 2 && bytes.len() == USUAL / 2 && most > bytes.len() && next == word.len();
        let is_short = width.is_some_and(|width| word.len() < width);
        width = width.or(Some(word.len()));
        if is_short || gap != 1 && !is_middle {
            return (bytes, behind);
        }
        rest = behind;
    }
}

/// A single row of a dump: it cannot be anything else, or is hardly meant as such.
fn alone(row: Row<'_>) -> Option<Vec<u8>> {
    let (bytes, behind) = likely(row.rest, USUAL);
    let has_gap = row.rest.starts_with("  ") || row.rest.starts_with('\t');
    let has_text = behind.contains(|char: char| !char.is_ascii_hexdigit() && !char.is_ascii_whitespace());
    let in_pairs = row.rest.split_ascii_whitespace().next().is_some_and(|word| word.len() == 2);
    let is_row = row.is_marked || has_text || row.offset == 0 && has_gap && in_pairs;
    (is_row && !bytes.is_empty()).then_some(bytes)
}

/// The bytes of a whole dump; `None` where it is none.
pub(super) fn read(typed: &str) -> Option<Result<Vec<u8>, ComposeError>> {
    let lines = typed.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim()))
    });
    let mut lines = lines.filter(|(_, line)| !line.is_empty());
    let mut current = row(lines.next()?.1)?;
    let (mut bytes, mut width, mut is_sure) = (Vec::new(), USUAL, false);
    let gap = |at| Some(Err(ComposeError::new(typed, at, Fault::Gap)));
    loop {
        let Some((at, line)) = lines.next() else {
            match (is_sure, current.rest.is_empty()) {
                (true, true) => {}
                (true, false) => bytes.extend(likely(current.rest, width).0),
                (false, _) => bytes = alone(current)?,
            }
            return Some(Ok(bytes));
        };
        let is_star = line == "*";
        let following = if is_star { lines.next() } else { Some((at, line)) };
        let next = following.and_then(|(_, line)| row(line));
        let distance = next.and_then(|next| next.offset.checked_sub(current.offset));
        let of_row = match (next, distance.and_then(|distance| usize::try_from(distance).ok())) {
            (Some(_), Some(_)) if is_star => Some(likely(current.rest, width).0),
            (Some(_), Some(distance)) if (1..=ROW).contains(&distance) => exactly(current.rest, distance),
            _ => None,
        };
        let (Some(next), Some(distance), Some(of_row)) = (next, distance, of_row.filter(|row| !row.is_empty())) else {
            return if is_sure { gap(at) } else { None };
        };
        if distance + bytes.len() as u64 > MOST {
            return Some(Err(ComposeError::new(typed, at, Fault::TooLong)));
        }
        let Some(all) = repeated(&of_row, distance) else { return if is_sure { gap(at) } else { None } };
        bytes.extend(all);
        (current, is_sure) = (next, true);
        width = of_row.len();
    }
}

/// A row again and again until there are so many bytes.
fn repeated(row: &[u8], bytes: u64) -> Option<impl Iterator<Item = u8>> {
    let bytes = usize::try_from(bytes).ok().filter(|bytes| bytes.is_multiple_of(row.len().max(1)))?;
    Some(row.iter().copied().cycle().take(bytes))
}

impl Dump {
    /// The bytes of the next line where that is one of a dump; `None` where it is read as any hex.
    ///
    /// # Errors
    /// It is one whose `*` stands for too much, or for no whole number of rows.
    pub fn line(&mut self, line: &str) -> Option<Result<Vec<u8>, ComposeError>> {
        if line.trim() == "*" && self.next.is_some() {
            self.is_repeated = true;
            return Some(Ok(Vec::new()));
        }
        let Some(row) = row(line) else {
            *self = Self::default();
            return None;
        };
        let between = self.next.and_then(|next| row.offset.checked_sub(next));
        let between = between.filter(|between| *between == 0 || self.is_repeated);
        let Some(between) = between else {
            let bytes = alone(row)?;
            *self = Self {
                next: Some(row.offset + bytes.len() as u64),
                width: USUAL,
                row: bytes.clone(),
                is_repeated: false,
            };
            return Some(Ok(bytes));
        };
        let fault = |fault| Some(Err(ComposeError::new(line, 0, fault)));
        if between > MOST {
            return fault(Fault::TooLong);
        }
        let Some(mut bytes) = repeated(&self.row, between).map(Iterator::collect::<Vec<u8>>) else {
            return fault(Fault::Gap);
        };
        let (of_row, _) = likely(row.rest, self.width);
        if of_row.is_empty() {
            *self = Self::default();
            return Some(Ok(bytes));
        }
        self.next = Some(row.offset + of_row.len() as u64);
        bytes.extend_from_slice(&of_row);
        (self.row, self.is_repeated) = (of_row, false);
        Some(Ok(bytes))
    }
}
