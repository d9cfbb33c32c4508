//! What a message is made of, before its fields are filled in.

use super::{
    error::{FIELDS, Fault},
    field::{Field, random_bytes},
};
use crate::model::Encoding;

/// Where bytes of a message come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Typed by the person.
    Typed,
    /// The value of a field.
    Field,
    /// Put there by the choice of a line end.
    LineEnd,
    /// The checksum.
    Checksum,
}

/// Bytes of a message that were not typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first one.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// Where they come from.
    pub piece: Piece,
}

/// The most spans that are told of what stands before the checksum: the first ones. No face shows so many bytes.
pub const SPANS: usize = 1024;

/// A message without its checksum and the values of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    /// Line ends within `bytes` that were not typed like this.
    pub(super) ends: Vec<Span>,
    /// Which byte each of them stands before.
    pub(super) fields: Vec<(usize, Field)>,
    /// What comes after the checksum.
    pub(super) end: Vec<u8>,
    /// It was not typed like this.
    pub(super) end_is_added: bool,
    /// Offsets and a column of text were left out.
    pub(super) is_dump: bool,
}

impl Body {
    pub(super) fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Puts `end` after a line; that of the last one comes after the checksum.
    pub(super) fn end_line(&mut self, end: &[u8], piece: Piece, is_last: bool) {
        if is_last {
            (self.end, self.end_is_added) = (end.to_vec(), piece != Piece::Typed);
            return;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(end);
        if piece != Piece::Typed && self.ends.len() < SPANS {
            self.ends.push(Span { start, end: self.bytes.len(), piece });
        }
    }

    /// Puts a field behind what is there.
    pub(super) fn push_field(&mut self, field: Field, encoding: Encoding) -> Result<(), Fault> {
        if self.fields.len() == FIELDS {
            return Err(Fault::TooManyFields);
        }
        if let Some(pattern) = field.pattern() {
            encoding.encode(pattern).map_err(Fault::Unencodable)?;
        }
        self.fields.push((self.bytes.len(), field));
        random_bytes(self.fields.iter().map(|(_, field)| field)).map(drop)
    }
}
