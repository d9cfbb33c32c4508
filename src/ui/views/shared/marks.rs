//! Bytes as text in which nothing is hidden: a control character and a byte that is no text keep their place, under a short
//! name; the bounds of the calls stand between.
//!
//! Owns what is text, what is a mark and what an escape sequence of a terminal says. Paints nothing: `marked` does.

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

use super::wording::{DOT, is_hidden};
use crate::model::Encoding;

/// What becomes of the escape sequences that colour a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ansi {
    /// Their bytes are shown, as all others are.
    #[default]
    Bytes,
    /// They colour the text.
    Colours,
    /// They are left out.
    Hidden,
}

/// What stands in the place of something that has no glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::views) enum Mark {
    /// A control character, or one that reorders or hides text.
    Control(char),
    /// A byte that is no text in this encoding.
    Byte(u8),
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::views) enum LineEnd {
    Lf,
    CrLf,
}

/// A colour that a terminal would use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::ui::views) enum Ink {
    /// Of the 256 that terminals number.
    Number(u8),
    Rgb(u8, u8, u8),
}

/// How a terminal would write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ui::views) struct Style {
    pub(in crate::ui::views) ink: Option<Ink>,
    pub(in crate::ui::views) paper: Option<Ink>,
    pub(in crate::ui::views) bold: bool,
    pub(in crate::ui::views) underline: bool,
}

/// A text with all that is in it. Places are counted in characters of `text`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ui::views) struct Marked {
    /// What is shown: a tab and [`DOT`] where a mark is, a line feed where a line ends and another follows.
    pub(in crate::ui::views) text: String,
    pub(in crate::ui::views) marks: Vec<(usize, Mark)>,
    pub(in crate::ui::views) ends: Vec<(usize, LineEnd)>,
    /// Where a further call begins.
    pub(in crate::ui::views) bounds: Vec<usize>,
    /// From where on a terminal would write so.
    pub(in crate::ui::views) styles: Vec<(usize, Style)>,
    /// Not all bytes are in the text.
    pub(in crate::ui::views) cut: bool,
    /// There are escape sequences in the bytes.
    pub(in crate::ui::views) ansi: bool,
}

impl Mark {
    /// `STX`, `ESC`, `U+202E`, `FF`.
    pub(in crate::ui::views) fn name(self) -> Cow<'static, str> {
        const NAMES: [&str; 32] = [
            "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI",
            "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
        ];
        match self {
            Self::Byte(byte) => format!("x{byte:02X}").into(),
            Self::Control('\x7f') => "DEL".into(),
            Self::Control(char) => match NAMES.get(char as usize) {
                Some(name) => (*name).into(),
                None => format!("U+{:04X}", char as u32).into(),
            },
        }
    }
}

impl LineEnd {
    /// The marks it consists of.
    pub(in crate::ui::views) fn marks(self) -> &'static [Mark] {
        match self {
            Self::Lf => &[Mark::Control('\n')],
            Self::CrLf => &[Mark::Control('\r'), Mark::Control('\n')],
        }
    }
}

impl Marked {
    /// As a screen reader says it: control characters by their pictures (`␂`), the end of the last line left out.
    pub(in crate::ui::views) fn spoken(&self) -> String {
        let mut marks = self.marks.iter().peekable();
        let picture = |mark: Mark| match mark {
            Mark::Control(char) => char::from_u32(0x2400 + char as u32).filter(|_| char < ' ').unwrap_or(DOT),
            Mark::Byte(_) => DOT,
        };
        let chars = self.text.chars().enumerate();
        chars
            .map(|(at, char)| marks.next_if(|(place, _)| *place == at).map_or(char, |(_, mark)| picture(*mark)))
            .collect()
    }
}

/// What text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    Wrong(u8),
    Bound,
}

/// What the bytes of a message say.
pub(in crate::ui::views) struct Bytes<'a> {
    /// As far as they are kept.
    pub(in crate::ui::views) kept: &'a [u8],
    /// Where calls after the first begin, ascending.
    pub(in crate::ui::views) bounds: &'a [u32],
    /// All of them are kept.
    pub(in crate::ui::views) whole: bool,
}

impl Bytes<'_> {
    /// The text, at most `limit` characters of it; `None` for what is no text.
    pub(in crate::ui::views) fn read(&self, encoding: Encoding, ansi: Ansi, limit: usize) -> Option<Marked> {
        let most = limit.saturating_mul(4);
        let shown = self.kept.get(..most).unwrap_or(self.kept);
        let whole = self.whole && shown.len() == self.kept.len();
        let (tokens, open) = tokens(encoding, shown, self.bounds, whole);
        is_text(&tokens, shown.len() - open).then(|| Reader::new(&tokens, ansi, limit).read(whole))
    }
}

/// The tokens of the bytes, and how many bytes at the end only begin a character; they are no token unless nothing follows.
fn tokens(encoding: Encoding, bytes: &[u8], bounds: &[u32], whole: bool) -> (Vec<Token>, usize) {
    let mut tokens = Vec::with_capacity(bytes.len() + bounds.len());
    let mut open: Vec<u8> = Vec::new();
    let mut start = 0;
    let ends = bounds.iter().map(|bound| *bound as usize).filter(|bound| *bound < bytes.len()).chain([bytes.len()]);
    for end in ends {
        if start > 0 {
            tokens.push(Token::Bound);
        }
        open.extend_from_slice(bytes.get(start..end).unwrap_or_default());
        start = end;
        let (mut text, mut wrong) = (String::new(), Vec::new());
        let left = encoding.decode(&open, &mut text, |out, bytes| wrong.push((out.len(), bytes.to_vec())));
        let mut wrong = wrong.iter().peekable();
        for (at, char) in text.char_indices() {
            while let Some((_, bytes)) = wrong.next_if(|(place, _)| *place <= at) {
                tokens.extend(bytes.iter().map(|byte| Token::Wrong(*byte)));
            }
            tokens.push(Token::Char(char));
        }
        tokens.extend(wrong.flat_map(|(_, bytes)| bytes).map(|byte| Token::Wrong(*byte)));
        open.drain(..open.len() - left);
    }
    if whole {
        tokens.extend(open.iter().map(|byte| Token::Wrong(*byte)));
    }
    (tokens, open.len())
}

/// Whether a person would read it as text: hardly a byte that is none; of NUL and the like no more than devices put around
/// a text, of the characters that frame messages (`STX`, `ETX`, `ESC` …) up to a third.
fn is_text(tokens: &[Token], total: usize) -> bool {
    let (mut wrong, mut odd, mut framing) = (0, 0, 0);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Wrong(_) | Token::Char(char::REPLACEMENT_CHARACTER | '\u{80}'..='\u{9f}') => wrong += 1,
            Token::Bound | Token::Char('\t' | '\n' | '\r') => {}
            Token::Char('\u{feff}') if at == 0 => {}
            Token::Char('\x01'..='\x08' | '\x0b'..='\x1f') => framing += 1,
            Token::Char('\0') => odd += 1,
            Token::Char(char) if is_hidden(*char) => wrong += 1,
            Token::Char(_) => {}
        }
    }
    // What is only begun at the end counts in no way.
    if let Some(at) = tokens.iter().rposition(|token| !matches!(token, Token::Wrong(_))) {
        let last = tokens.len() - at - 1;
        wrong -= last.min(3).min(wrong);
    }
    wrong * 20 <= total && odd * 4 <= total && framing <= (total / 3).max(2)
}

struct Reader<'a> {
    tokens: &'a [Token],
    ansi: Ansi,
    limit: usize,
    out: Marked,
    chars: usize,
    style: Style,
}

impl<'a> Reader<'a> {
    fn new(tokens: &'a [Token], ansi: Ansi, limit: usize) -> Self {
        Self { tokens, ansi, limit, out: Marked::default(), chars: 0, style: Style::default() }
    }

    fn read(mut self, whole: bool) -> Marked {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            if self.chars >= self.limit {
                break;
            }
            at += 1;
            match *token {
                Token::Bound => self.out.bounds.push(self.chars),
                Token::Wrong(byte) => self.mark(Mark::Byte(byte)),
                Token::Char('\x1b') => {
                    let sequence = self.sequence(at);
                    self.out.ansi |= sequence.is_some();
                    match sequence.filter(|_| self.ansi != Ansi::Bytes) {
                        Some(sequence) => {
                            at = sequence.end;
                            self.obey(sequence);
                        }
                        None => self.mark(Mark::Control('\x1b')),
                    }
                }
                Token::Char('\r') if self.tokens.get(at) == Some(&Token::Char('\n')) => {
                    at += 1;
                    self.end_line(at, LineEnd::CrLf);
                }
                Token::Char('\n') => self.end_line(at, LineEnd::Lf),
                Token::Char(char) if is_hidden(char) => self.mark(Mark::Control(char)),
                Token::Char(char) => self.push(char),
            }
        }
        self.out.cut = !whole || at < self.tokens.len();
        self.out
    }

    fn push(&mut self, char: char) {
        self.out.text.push(char);
        self.chars += 1;
    }

    fn mark(&mut self, mark: Mark) {
        self.out.marks.push((self.chars, mark));
        self.push(if mark == Mark::Control('\t') { '\t' } else { DOT });
    }

    /// `next`: the token after it.
    fn end_line(&mut self, next: usize, end: LineEnd) {
        self.out.ends.push((self.chars, end));
        if self.tokens.get(next..).unwrap_or_default().iter().any(|token| *token != Token::Bound) {
            self.push('\n');
        }
    }

    /// The tokens of an escape sequence, from after its ESC to after its last; `None` where it makes no sense or does not end.
    fn sequence(&self, start: usize) -> Option<Range<usize>> {
        let char = |at: usize| match self.tokens.get(at) {
            Some(Token::Char(char)) => Some(*char),
            _ => None,
        };
        let end = match char(start)? {
            '[' => {
                let mut at = start + 1;
                while matches!(char(at)?, '\x20'..='\x3f') {
                    at += 1;
                }
                matches!(char(at)?, '\x40'..='\x7e').then_some(at + 1)?
            }
            ']' => {
                let mut at = start + 1;
                loop {
                    match char(at)? {
                        '\x07' => break at + 1,
                        '\x1b' if char(at + 1)? == '\\' => break at + 2,
                        ' '.. => at += 1,
                        _ => return None,
                    }
                }
            }
            '(' | ')' => char(start + 1).map(|_| start + 2)?,
            '0'..='9' | '=' | '>' | 'A'..='Z' | 'c' => start + 1,
            _ => return None,
        };
        Some(start..end)
    }

    /// Writes on as a sequence for colours says; the others move what a bubble does not have.
    fn obey(&mut self, sequence: Range<usize>) {
        if self.ansi != Ansi::Colours {
            return;
        }
        let words: String = self
            .tokens
            .get(sequence)
            .unwrap_or_default()
            .iter()
            .filter_map(|token| if let Token::Char(char) = token { Some(*char) } else { None })
            .collect();
        let Some(numbers) = words.strip_prefix('[').and_then(|words| words.strip_suffix('m')) else { return };
        let numbers: Vec<u8> = numbers.split([';', ':']).map(|word| word.parse().unwrap_or(0)).collect();
        let before = self.style;
        self.style.take(&numbers);
        if self.style != before {
            self.out.styles.push((self.chars, self.style));
        }
    }
}

impl Style {
    /// What `ESC [ numbers m` changes.
    fn take(&mut self, numbers: &[u8]) {
        let mut rest = numbers.iter().copied();
        while let Some(number) = rest.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.bold = true,
                4 => self.underline = true,
                22 => self.bold = false,
                24 => self.underline = false,
                30..=37 => self.ink = Some(Ink::Number(number - 30)),
                38 => self.ink = other(&mut rest),
                39 => self.ink = None,
                40..=47 => self.paper = Some(Ink::Number(number - 40)),
                48 => self.paper = other(&mut rest),
                49 => self.paper = None,
                90..=97 => self.ink = Some(Ink::Number(number - 82)),
                100..=107 => self.paper = Some(Ink::Number(number - 92)),
                _ => {}
            }
        }
    }
}

/// `5;n` or `2;r;g;b`.
fn other(numbers: &mut impl Iterator<Item = u8>) -> Option<Ink> {
    match numbers.next()? {
        5 => numbers.next().map(Ink::Number),
        2 => Some(Ink::Rgb(numbers.next()?, numbers.next()?, numbers.next()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
