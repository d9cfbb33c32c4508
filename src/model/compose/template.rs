//! What was typed, read once and filled in each time it is sent.

use super::{
    body::{Body, Piece, SPANS, Span},
    error::ComposeError,
    field::Turn,
    hex,
    options::{Notation, Options},
    text,
};
use crate::model::Encoding;

/// A message as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Composed {
    /// Exactly what is sent.
    pub bytes: Vec<u8>,
    /// Which of them were not typed, in order; of those before the checksum at most the first [`SPANS`].
    pub spans: Vec<Span>,
    /// Bytes up to the checksum.
    pub body: usize,
}

/// What was typed, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    body: Body,
    options: Options,
    encoding: Encoding,
}

impl Template {
    /// Reads what was typed.
    ///
    /// # Errors
    /// What makes no sense, and where: half a byte of hex, a character that the encoding has not, a field that is given
    /// what it does not take.
    pub fn new(typed: &str, notation: Notation, options: &Options, encoding: Encoding) -> Result<Self, ComposeError> {
        let body = match notation {
            Notation::Text => text::read(typed, *options, encoding)?,
            Notation::Hex => hex::read(typed, options.fields, encoding)?,
        };
        Ok(Self { body, options: *options, encoding })
    }

    /// One of these bytes as they stand, which need be no text.
    #[must_use]
    pub fn raw(bytes: Vec<u8>, options: &Options) -> Self {
        let body = Body { bytes, ..Body::default() };
        Self { body, options: *options, encoding: Encoding::default() }
    }

    /// With `end` behind the checksum and what comes after it.
    #[must_use]
    pub fn ended(mut self, end: &[u8]) -> Self {
        self.body.end_is_added |= !end.is_empty();
        self.body.end.extend_from_slice(end);
        self
    }

    /// True when each sending has other bytes.
    #[must_use]
    pub fn has_fields(&self) -> bool {
        !self.body.fields.is_empty()
    }

    /// True when hex was read as a dump, whose offsets and text are not sent.
    #[must_use]
    pub fn is_dump(&self) -> bool {
        self.body.is_dump
    }

    /// The bytes of a turn.
    #[must_use]
    pub fn fill(&self, turn: &Turn) -> Composed {
        let Body { bytes, ends, fields, end, end_is_added, .. } = &self.body;
        let mut out = Composed { bytes: Vec::with_capacity(bytes.len() + 32), ..Composed::default() };
        let mut ends = ends.iter().peekable();
        let mut done = 0;
        for (index, (at, field)) in (0..).zip(fields) {
            out.typed(bytes, done..*at, &mut ends);
            done = *at;
            let start = out.bytes.len();
            field.fill(turn, index, self.encoding, &mut out.bytes);
            out.mark(start, Piece::Field);
        }
        out.typed(bytes, done..bytes.len(), &mut ends);
        out.spans.truncate(SPANS);
        out.body = out.bytes.len();
        let Options { checksum, byte_order, .. } = self.options;
        let checksum = checksum.bytes(byte_order, &out.bytes);
        out.bytes.extend_from_slice(&checksum);
        out.mark(out.body, Piece::Checksum);
        let start = out.bytes.len();
        out.bytes.extend_from_slice(end);
        out.mark(start, if *end_is_added { Piece::LineEnd } else { Piece::Typed });
        out
    }
}

/// The bytes of a text with escapes, and nothing else.
///
/// # Errors
/// A character that the encoding has not.
pub fn escaped_bytes(typed: &str, encoding: Encoding) -> Result<Vec<u8>, ComposeError> {
    let options = Options { escapes: true, ..Options::default() };
    Ok(text::read(typed, options, encoding)?.bytes)
}

impl Composed {
    /// Takes over bytes of the body with the line ends in them.
    fn typed<'a>(
        &mut self,
        bytes: &[u8],
        range: std::ops::Range<usize>,
        ends: &mut std::iter::Peekable<impl Iterator<Item = &'a Span>>,
    ) {
        let moved = self.bytes.len();
        while let Some(span) = ends.next_if(|span| span.start < range.end) {
            let (start, end) = (span.start - range.start + moved, span.end - range.start + moved);
            self.spans.push(Span { start, end, ..*span });
        }
        self.bytes.extend_from_slice(bytes.get(range).unwrap_or_default());
    }

    /// All from `start` on is such a piece.
    fn mark(&mut self, start: usize, piece: Piece) {
        let end = self.bytes.len();
        if end > start && piece != Piece::Typed {
            self.spans.push(Span { start, end, piece });
        }
    }

    /// Where each byte comes from, for as many as `spans` tell: pieces of `within`, in order, without gaps.
    #[must_use]
    pub fn pieces(&self, within: std::ops::Range<usize>) -> Vec<Span> {
        let mut pieces = Vec::new();
        let mut at = within.start;
        let mut put = |start: usize, end: usize, piece| {
            let (start, end) = (start.max(within.start), end.min(within.end));
            if start < end {
                pieces.push(Span { start, end, piece });
            }
        };
        for span in &self.spans {
            put(at, span.start, Piece::Typed);
            put(span.start, span.end, span.piece);
            at = at.max(span.end);
        }
        put(at, within.end.min(self.bytes.len()), Piece::Typed);
        pieces
    }
}
