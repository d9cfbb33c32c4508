//! What a person chooses for what is sent.

use serde::{Deserialize, Serialize};

use super::checksum::{ByteOrder, Checksum};

/// What is put after each line and after the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineEnd {
    /// Nothing after the last line; a line break within the text is LF.
    #[default]
    None,
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
}

impl LineEnd {
    /// The characters it is made of.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// How what is typed is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Notation {
    /// As it stands, in an encoding.
    #[default]
    Text,
    /// Hex digits, as people write them.
    Hex,
}

/// How what is typed becomes bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Options {
    /// Text only: what follows a line.
    pub line_end: LineEnd,
    /// Text only: backslashes stand for bytes.
    pub escapes: bool,
    /// `{counter}`, `{time}` and `{random}` stand for values that are new each time.
    pub fields: bool,
    /// Over all that is before it; it stands before the end of the last line.
    pub checksum: Checksum,
    /// How the checksum stands.
    pub byte_order: ByteOrder,
}
