//! Values that are new each time: `{counter}`, `{time}` and `{random}` in what is typed.

use std::{
    fmt::{self, Write as _},
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{
    error::{Fault, RANDOM},
    options::Notation,
};
use crate::{
    model::Encoding,
    words::{local_time, rfc3339},
};

/// The longest form of a time.
const PATTERN: usize = 200;
/// Random bytes of one field.
const ONE: usize = 65_536;

/// What the fields of one message are filled from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How many were sent before it.
    pub round: u64,
    /// Nanoseconds since 1970.
    pub now: u64,
    /// What random bytes are drawn from.
    pub seed: u64,
}

impl Turn {
    /// That round, at this moment, with a new seed.
    #[must_use]
    pub fn now(round: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_nanos()).unwrap_or_default();
        // The keys of a hash map are random, and here without another library.
        Self { round, now, seed: RandomState::new().hash_one(round) }
    }
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Counter { start: i64, step: i64, form: Number },
    Time(TimeForm),
    Random { count: usize, form: RandomForm },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeForm {
    Rfc3339,
    /// As `strftime` takes it.
    Pattern(String),
    Unix(Unit, Number),
}

/// What is counted since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Millis,
    Micros,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// At least so many digits.
    Decimal(usize),
    Hex(usize),
    /// So many bytes, the low one first or last; what does not fit is cut off.
    Binary(usize, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RandomForm {
    Bytes,
    Hex,
    /// Letters and digits, one for each byte.
    Text,
}

/// The field whose brace stands before `after`, or what is wrong with it, and the bytes of `after` that belong to it.
/// `None` where the brace is a brace: anything but the three names.
pub(super) fn field(after: &str, notation: Notation) -> Option<(Result<Field, Fault>, usize)> {
    let name = ["counter", "time", "random"].into_iter().find(|name| after.starts_with(name))?;
    let rest = after.strip_prefix(name)?;
    let (given, length) = match rest.strip_prefix(':') {
        Some(rest) => (rest.split(['}', '\n']).next()?, 1),
        None => ("", 0),
    };
    let length = name.len() + length + given.len();
    if after.as_bytes().get(length) != Some(&b'}') {
        return None;
    }
    let field = match name {
        "counter" => counter(given, notation),
        "time" => time(given, notation),
        _ => random(given),
    };
    Some((field.ok_or_else(|| Fault::Field { name, given: given.to_owned() }), length + 1))
}

/// What stands between commas.
fn arguments(given: &str) -> impl Iterator<Item = &str> {
    given.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn counter(given: &str, notation: Notation) -> Option<Field> {
    let (mut start, mut step, mut digits) = (1, 1, None);
    let mut form = None;
    for part in arguments(given) {
        match part.split_once('=') {
            Some(("start", value)) => start = value.trim().parse().ok()?,
            Some(("step", value)) => step = value.trim().parse().ok()?,
            Some(("digits", value)) => {
                digits = Some(value.trim().parse().ok().filter(|count| (1..=20).contains(count))?);
            }
            Some(_) => return None,
            None => match number(part) {
                Some(known) => form = Some(known),
                None => start = part.parse().ok()?,
            },
        }
    }
    let form = match (form, digits, notation) {
        (Some(Number::Decimal(_)) | None, Some(digits), _) => Number::Decimal(digits),
        (Some(Number::Hex(_)), Some(digits), _) => Number::Hex(digits),
        (Some(Number::Binary(..)), Some(_), _) => return None,
        (Some(form), None, _) => form,
        (None, None, Notation::Text) => Number::Decimal(0),
        (None, None, Notation::Hex) => Number::Binary(1, true),
    };
    Some(Field::Counter { start, step, form })
}

fn number(word: &str) -> Option<Number> {
    Some(match word {
        "dec" => Number::Decimal(0),
        "hex" => Number::Hex(0),
        "u8" => Number::Binary(1, true),
        "u16le" => Number::Binary(2, true),
        "u16be" => Number::Binary(2, false),
        "u32le" => Number::Binary(4, true),
        "u32be" => Number::Binary(4, false),
        "u64le" => Number::Binary(8, true),
        "u64be" => Number::Binary(8, false),
        _ => return None,
    })
}

fn time(given: &str, notation: Notation) -> Option<Field> {
    if given.contains('%') {
        let fits = given.len() <= PATTERN && local_time(0, given).is_some();
        return fits.then(|| Field::Time(TimeForm::Pattern(given.to_owned())));
    }
    let (mut unit, mut form) = (None, None);
    for part in arguments(given) {
        match part {
            "rfc3339" if given.trim() == part => return Some(Field::Time(TimeForm::Rfc3339)),
            "s" => unit = Some(Unit::Seconds),
            "ms" => unit = Some(Unit::Millis),
            "us" => unit = Some(Unit::Micros),
            part => form = Some(number(part)?),
        }
    }
    let usual = match (notation, unit) {
        (Notation::Text, None) if form.is_none() => return Some(Field::Time(TimeForm::Rfc3339)),
        (Notation::Text, _) => Number::Decimal(0),
        (Notation::Hex, None | Some(Unit::Seconds)) => Number::Binary(4, false),
        (Notation::Hex, _) => Number::Binary(8, false),
    };
    Some(Field::Time(TimeForm::Unix(unit.unwrap_or(Unit::Seconds), form.unwrap_or(usual))))
}

fn random(given: &str) -> Option<Field> {
    let (mut count, mut form) = (8, RandomForm::Bytes);
    for part in arguments(given) {
        match part {
            "hex" => form = RandomForm::Hex,
            "text" => form = RandomForm::Text,
            part => count = part.parse().ok().filter(|count| (1..=ONE).contains(count))?,
        }
    }
    Some(Field::Random { count, form })
}

/// Random bytes in all; an error where they are too many.
pub(super) fn random_bytes<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Result<usize, Fault> {
    let count = |field: &Field| if let Field::Random { count, .. } = field { *count } else { 0 };
    let sum = fields.into_iter().map(count).sum();
    if sum > RANDOM { Err(Fault::TooMuchRandom) } else { Ok(sum) }
}

impl Field {
    /// Adds the value of a turn to `out`; `index` tells fields of one message apart.
    pub(super) fn fill(&self, turn: &Turn, index: u64, encoding: Encoding, out: &mut Vec<u8>) {
        // All of this is ASCII, which every encoding has, or was looked at when it was read.
        let mut write = |text: &str| out.extend_from_slice(&encoding.encode_lossy(text));
        match self {
            Self::Counter { start, step, form } => {
                let round = i64::from_ne_bytes(turn.round.to_ne_bytes());
                form.write(start.wrapping_add(step.wrapping_mul(round)), encoding, out);
            }
            Self::Time(TimeForm::Rfc3339) => write(&rfc3339(turn.now)),
            Self::Time(TimeForm::Pattern(form)) => write(&local_time(turn.now, form).unwrap_or_default()),
            Self::Time(TimeForm::Unix(unit, form)) => {
                let value = turn.now / unit.nanos();
                form.write(i64::try_from(value).unwrap_or(i64::MAX), encoding, out);
            }
            Self::Random { count, form } => {
                let mut dice = Dice(turn.seed ^ index.wrapping_mul(0xa076_1d64_78bd_642f));
                match form {
                    RandomForm::Bytes => out.extend((0..*count).map(|_| dice.byte())),
                    RandomForm::Hex => {
                        let mut digits = String::with_capacity(count * 2);
                        for _ in 0..*count {
                            let _ = write!(digits, "{:02X}", dice.byte());
                        }
                        write(&digits);
                    }
                    RandomForm::Text => {
                        let text: String = (0..*count).map(|_| dice.letter()).collect();
                        write(&text);
                    }
                }
            }
        }
    }

    /// The text of its pattern, which has to be in the encoding.
    pub(super) fn pattern(&self) -> Option<&str> {
        if let Self::Time(TimeForm::Pattern(form)) = self { Some(form) } else { None }
    }
}

impl Unit {
    fn nanos(self) -> u64 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Millis => 1_000_000,
            Self::Micros => 1000,
        }
    }
}

impl Number {
    fn write(self, value: i64, encoding: Encoding, out: &mut Vec<u8>) {
        let text = match self {
            Self::Decimal(digits) => {
                let sign = if value < 0 { "-" } else { "" };
                format!("{sign}{:0digits$}", value.unsigned_abs())
            }
            Self::Hex(digits) => format!("{value:0digits$X}"),
            Self::Binary(width, true) => return out.extend(value.to_le_bytes().iter().take(width)),
            Self::Binary(width, false) => return out.extend(value.to_be_bytes().iter().skip(8 - width)),
        };
        out.extend_from_slice(&encoding.encode_lossy(&text));
    }
}

/// As it is typed, with its form, so that it means the same as text and as hex.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counter { start, step, form } => {
                f.write_str("{counter:")?;
                if *start != 1 {
                    write!(f, "start={start},")?;
                }
                if *step != 1 {
                    write!(f, "step={step},")?;
                }
                if let Number::Decimal(digits @ 1..) | Number::Hex(digits @ 1..) = form {
                    write!(f, "digits={digits},")?;
                }
                write!(f, "{form}}}")
            }
            Self::Time(TimeForm::Rfc3339) => f.write_str("{time:rfc3339}"),
            Self::Time(TimeForm::Pattern(form)) => write!(f, "{{time:{form}}}"),
            Self::Time(TimeForm::Unix(unit, form)) => {
                let unit = match unit {
                    Unit::Seconds => "s",
                    Unit::Millis => "ms",
                    Unit::Micros => "us",
                };
                write!(f, "{{time:{unit},{form}}}")
            }
            Self::Random { count, form: RandomForm::Bytes } => write!(f, "{{random:{count}}}"),
            Self::Random { count, form: RandomForm::Hex } => write!(f, "{{random:{count},hex}}"),
            Self::Random { count, form: RandomForm::Text } => write!(f, "{{random:{count},text}}"),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(_) => f.write_str("dec"),
            Self::Hex(_) => f.write_str("hex"),
            Self::Binary(1, _) => f.write_str("u8"),
            Self::Binary(width, low) => write!(f, "u{}{}", width * 8, if *low { "le" } else { "be" }),
        }
    }
}

/// splitmix64: for payloads, not for secrets.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes().last().copied().unwrap_or_default()
    }

    fn letter(&mut self) -> char {
        const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let at = usize::try_from(self.next() % 62).unwrap_or_default();
        LETTERS.get(at).copied().map_or('A', char::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURN: Turn = Turn { round: 4, now: 1_700_000_000_123_456_789, seed: 7 };

    fn filled(typed: &str, notation: Notation) -> Vec<u8> {
        let (field, length) = field(typed.strip_prefix('{').unwrap(), notation).unwrap();
        assert_eq!(length, typed.len() - 1, "{typed}");
        let field = field.unwrap();
        let mut out = Vec::new();
        field.fill(&TURN, 0, Encoding::Utf8, &mut out);
        // The long form says the same, whatever it stands in.
        for other in [Notation::Text, Notation::Hex] {
            let long = field.to_string();
            assert_eq!(super::field(&long[1..], other).unwrap().0.as_ref(), Ok(&field), "{long}");
        }
        out
    }

    #[test]
    fn fields_have_the_values_of_their_turn() {
        for (typed, expected) in [
            ("{counter}", &b"5"[..]),
            ("{counter:100}", b"104"),
            ("{counter:start=10, step=-3}", b"-2"),
            ("{counter:start=-7,digits=4}", b"-0003"),
            ("{counter:digits=3,hex,start=250}", b"0FE"),
            ("{counter:hex,start=-5}", b"FFFFFFFFFFFFFFFF"),
            ("{counter:u16be,255}", b"\x01\x03"),
            ("{counter:u32le}", b"\x05\0\0\0"),
            ("{counter:u8,start=255}", b"\x03"),
            ("{time:s}", b"1700000000"),
            ("{time:ms}", b"1700000000123"),
            ("{time:us,u64be}", b"\x00\x06\x0a\x24\x18\x1e\x60\x00"),
            ("{time:u32be}", b"\x65\x53\xf1\x00"),
            ("{time:%Y}", b"2023"),
        ] {
            let expected = match typed {
                "{time:us,u64be}" => &1_700_000_000_123_456_u64.to_be_bytes()[..],
                _ => expected,
            };
            assert_eq!(filled(typed, Notation::Text), expected, "{typed}");
        }
        assert!(filled("{time}", Notation::Text).starts_with(b"2023-11-1"));
        assert_eq!(filled("{counter}", Notation::Hex), [5]);
        assert_eq!(filled("{time}", Notation::Hex), [0x65, 0x53, 0xf1, 0x00]);
        assert_eq!(filled("{time:ms}", Notation::Hex), 1_700_000_000_123_u64.to_be_bytes());
    }

    #[test]
    fn random_is_as_long_as_it_is_to_be_and_another_each_time() {
        assert_eq!(filled("{random}", Notation::Text).len(), 8);
        assert_eq!(filled("{random:65536}", Notation::Hex).len(), ONE);
        let hex = filled("{random:4,hex}", Notation::Text);
        assert!(hex.len() == 8 && hex.iter().all(u8::is_ascii_hexdigit), "{hex:?}");
        let text = filled("{random:20,text}", Notation::Text);
        assert!(text.len() == 20 && text.iter().all(u8::is_ascii_alphanumeric), "{text:?}");
        let field = Field::Random { count: 8, form: RandomForm::Bytes };
        let drawn = |turn: Turn, index| {
            let mut out = Vec::new();
            field.fill(&turn, index, Encoding::Utf8, &mut out);
            out
        };
        assert_eq!(drawn(TURN, 0), drawn(TURN, 0), "what is shown is what is sent");
        assert_ne!(drawn(TURN, 0), drawn(TURN, 1));
        assert_ne!(drawn(TURN, 0), drawn(Turn { seed: 8, ..TURN }, 0));
        assert_ne!(Turn::now(0).seed, Turn::now(0).seed);
    }

    #[test]
    fn a_brace_is_a_brace_unless_a_name_is_in_it() {
        for plain in [
            "\"n\": 1}",
            "count}",
            "counters}",
            "counter",
            "counter:5",
            "counter:\n}",
            "time of day}",
            "",
            "}",
            "Random}",
        ] {
            assert!(field(plain, Notation::Text).is_none(), "{plain}");
        }
        for wrong in [
            "counter:x}",
            "counter:start=x}",
            "counter:digits=21}",
            "counter:digits=0}",
            "counter:u8,digits=2}",
            "counter:u16}",
            "counter:stop=3}",
            "time:h}",
            "time:%!}",
            "time:%}",
            "time:rfc3339,ms}",
            "random:0}",
            "random:65537}",
            "random:-1}",
            "random:8,9x}",
        ] {
            let (result, _) = field(wrong, Notation::Text).unwrap();
            assert!(matches!(result, Err(Fault::Field { .. })), "{wrong}: {result:?}");
        }
        let most = Field::Random { count: ONE, form: RandomForm::Bytes };
        assert_eq!(random_bytes(&vec![most.clone(); 16]), Ok(RANDOM));
        assert_eq!(random_bytes(&vec![most; 17]), Err(Fault::TooMuchRandom));
    }
}
