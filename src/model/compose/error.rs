//! Why what was typed cannot be sent, and where.

use std::ops::Range;

use crate::{
    model::Unencodable,
    words::{Phrase, phrase},
};

/// A place in what was typed, both from 1; a column is a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which line.
    pub line: usize,
    /// Which character of it.
    pub column: usize,
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct ComposeError {
    /// Where it begins, in bytes of what was typed.
    pub at: usize,
    /// The same for a person.
    pub place: Place,
    /// What it is.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This is not a hex digit.
    NoDigit(char),
    /// An odd number of digits; these.
    HalfByte(String),
    /// A text has a character that the encoding has not.
    Unencodable(Unencodable),
    /// Not what this field takes.
    Field {
        /// The field.
        name: &'static str,
        /// What it was given.
        given: String,
    },
    /// More fields than a message may have.
    TooManyFields,
    /// More bytes of random than a message may have.
    TooMuchRandom,
    /// A dump goes on at another offset than the one where it was.
    Gap,
    /// A dump stands for more bytes than are sent as one message.
    TooLong,
}

/// Fields in one message.
pub const FIELDS: usize = 256;
/// Bytes of random in one message.
pub const RANDOM: usize = 1 << 20;

impl ComposeError {
    /// That fault at this byte of what was typed.
    pub(super) fn new(typed: &str, at: usize, fault: Fault) -> Self {
        let before = typed.get(..at).unwrap_or(typed);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let place = Place { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 };
        Self { at, place, fault }
    }

    /// The same in a longer text, of which what was read begins there.
    #[must_use]
    pub fn within(self, whole: &str, start: usize) -> Self {
        Self::new(whole, start + self.at, self.fault)
    }

    /// The bytes of what was typed that make no sense.
    #[must_use]
    pub fn part(&self, typed: &str) -> Range<usize> {
        let rest = typed.get(self.at..).unwrap_or_default();
        let length = match &self.fault {
            // Of many digits the first ones.
            Fault::HalfByte(digits) => digits.trim_end_matches('…').len(),
            Fault::Field { .. } => rest.find('}').map_or(rest.len(), |end| end + 1),
            Fault::Gap | Fault::TooLong => rest.find('\n').unwrap_or(rest.len()),
            Fault::NoDigit(_) | Fault::Unencodable(_) | Fault::TooManyFields | Fault::TooMuchRandom => {
                rest.chars().next().map_or(0, char::len_utf8)
            }
        };
        self.at..self.at + length.min(rest.len())
    }

    /// What is wrong and where.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let Place { line, column } = self.place;
        let fault = match &self.fault {
            Fault::NoDigit(char) => phrase!("“{char}” is not a hex digit", char = char.escape_debug()),
            Fault::HalfByte(digits) => phrase!("“{digits}” has half a byte at its end", digits = digits),
            Fault::Unencodable(error) => error.phrase(),
            Fault::Field { name: "counter", given } => {
                phrase!("counter takes start=1, step=1, digits=4, dec, hex, u8 to u64be, not “{given}”", given = given)
            }
            Fault::Field { name: "time", given } => {
                phrase!(
                    "time takes s, ms, us, u32be and such, rfc3339, or a form like %H:%M:%S, not “{given}”",
                    given = given
                )
            }
            Fault::Field { given, .. } => {
                phrase!("random takes a number of bytes up to 65536, hex or text, not “{given}”", given = given)
            }
            Fault::TooManyFields => phrase!("at most {count} fields in one message", count = FIELDS),
            Fault::TooMuchRandom => phrase!("at most {count} random bytes in one message", count = RANDOM),
            Fault::Gap => phrase!("the dump has a gap before this line"),
            Fault::TooLong => phrase!("the dump stands for more than 16 MiB"),
        };
        if line > 1 {
            return phrase!("line {line}, column {column}: {message}", line = line, column = column)
                .saying("message", fault);
        }
        phrase!("column {column}: {message}", column = column).saying("message", fault)
    }
}
