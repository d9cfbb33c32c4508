//! What is said: what was written, with groups and counters in it, as bytes.

use crate::model::{
    Encoding, LineEnd,
    compose::{Checksum, ComposeError, Notation, Options, Template as Typed, Turn},
};

/// Bytes of a filled reply; what is longer is cut.
const LONGEST: usize = 1 << 20;

/// How everything in a dialog becomes bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct How {
    pub(super) notation: Notation,
    pub(super) options: Options,
    pub(super) encoding: Encoding,
}

/// A reply, taken apart once.
#[derive(Debug, Default)]
pub(super) struct Template {
    parts: Vec<Part>,
    how: How,
}

#[derive(Debug)]
enum Part {
    Typed(Typed),
    /// Number or name of a group.
    Group(String),
    Count,
    Total,
}

impl How {
    /// Without what stands at the end of the whole only.
    fn read(self, text: &str) -> Result<Typed, ComposeError> {
        let options = Options { line_end: LineEnd::None, checksum: Checksum::None, ..self.options };
        Typed::new(text, self.notation, &options, self.encoding)
    }

    /// Hex that a group has; one of an expression may end within a byte, and says nothing then.
    fn group(self, text: &str) -> Vec<u8> {
        let typed = Typed::new(text, Notation::Hex, &Options::default(), self.encoding);
        typed.map(|hex| hex.fill(&Turn::now(0)).bytes).unwrap_or_default()
    }

    /// A message as it is looked at: bytes as hex, in pairs.
    pub(super) fn hex_of(bytes: &[u8]) -> String {
        let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(" ")
    }

    /// A pattern as it is looked for.
    pub(super) fn pattern(self, pattern: &str) -> Result<String, ComposeError> {
        match self.notation {
            Notation::Text => Ok(pattern.to_owned()),
            Notation::Hex => {
                let typed = Typed::new(pattern, Notation::Hex, &Options::default(), self.encoding)?;
                Ok(Self::hex_of(&typed.fill(&Turn::now(0)).bytes))
            }
        }
    }
}

impl Template {
    /// Takes `$1`, `${name}`, `${count}`, `${total}` and `$$` for what they mean; any other dollar sign is itself.
    pub(super) fn parse(text: &str, how: How) -> Result<Self, ComposeError> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (0, 0);
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('$')) {
            at += found;
            let after = text.get(at + 1..).unwrap_or_default();
            if after.starts_with('$') {
                // The second one is text, and goes on to what follows.
                plain(text, start, at, how, &mut parts)?;
                (start, at) = (at + 1, at + 2);
                continue;
            }
            let (part, tail) = dollar(after);
            at += 1;
            if let Some(part) = part {
                plain(text, start, at - 1, how, &mut parts)?;
                parts.push(part);
                at = text.len() - tail.len();
                start = at;
            }
        }
        plain(text, start, text.len(), how, &mut parts)?;
        Ok(Self { parts, how })
    }

    /// What has no groups in it, and dollar signs of its own.
    pub(super) fn literal(text: &str, how: How) -> Result<Self, ComposeError> {
        let mut parts = Vec::new();
        plain(text, 0, text.len(), how, &mut parts)?;
        Ok(Self { parts, how })
    }

    /// Nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Numbers and names of the groups in it.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Group(name) => Some(name.as_str()),
            Part::Typed(_) | Part::Count | Part::Total => None,
        })
    }

    pub(super) fn fill(&self, groups: &Groups<'_>, count: u64, total: u64) -> Vec<u8> {
        let How { notation, options, encoding } = self.how;
        let mut out = Vec::new();
        for part in &self.parts {
            match part {
                Part::Typed(typed) => out.extend_from_slice(&typed.fill(&Turn::now(count.saturating_sub(1))).bytes),
                Part::Group(name) => {
                    let group = cut(groups.get(name), LONGEST.saturating_sub(out.len()));
                    out.extend(match notation {
                        Notation::Text => encoding.encode_lossy(group),
                        Notation::Hex => self.how.group(group),
                    });
                }
                Part::Count => out.extend_from_slice(&encoding.encode_lossy(&count.to_string())),
                Part::Total => out.extend_from_slice(&encoding.encode_lossy(&total.to_string())),
            }
            if out.len() >= LONGEST {
                out.truncate(LONGEST);
                break;
            }
        }
        if !out.is_empty() {
            let checksum = options.checksum.bytes(options.byte_order, &out);
            out.extend_from_slice(&checksum);
            if notation == Notation::Text {
                out.extend_from_slice(&encoding.encode_lossy(options.line_end.text()));
            }
        }
        out
    }
}

/// Puts the text between two places behind the parts.
fn plain(text: &str, start: usize, end: usize, how: How, parts: &mut Vec<Part>) -> Result<(), ComposeError> {
    let between = text.get(start..end).unwrap_or_default();
    if !between.is_empty() {
        parts.push(Part::Typed(how.read(between).map_err(|error| error.within(text, start))?));
    }
    Ok(())
}

/// The beginning of a text, at most so many bytes of it, between two characters.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// What stands after a dollar sign, and what follows it.
fn dollar(after: &str) -> (Option<Part>, &str) {
    if let Some((name, tail)) = after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        let part = match name {
            "count" => Part::Count,
            "total" => Part::Total,
            name => Part::Group(name.to_owned()),
        };
        return (Some(part), tail);
    }
    let digits = after.len() - after.trim_start_matches(|char: char| char.is_ascii_digit()).len();
    match after.split_at_checked(digits) {
        Some((number, tail)) if !number.is_empty() => (Some(Part::Group(number.to_owned())), tail),
        _ => (None, after),
    }
}

/// What a rule found in a message, for the groups of its reply.
pub(super) enum Groups<'a> {
    /// The pattern, or the whole message.
    Whole(&'a str),
    /// What a regular expression took apart.
    Captures(regex::Captures<'a>),
}

impl Groups<'_> {
    /// The text of a group; empty when it took no part or does not exist.
    fn get(&self, name: &str) -> &str {
        let found = match (self, name.parse::<usize>()) {
            (Self::Whole(text), Ok(0)) => Some(*text),
            (Self::Whole(_), _) => None,
            (Self::Captures(captures), Ok(number)) => captures.get(number).map(|group| group.as_str()),
            (Self::Captures(captures), Err(_)) => captures.name(name).map(|group| group.as_str()),
        };
        found.unwrap_or_default()
    }
}
