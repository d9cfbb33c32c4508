//! Messages that a person keeps under a name.

use serde::{Deserialize, Serialize};

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

/// How the content of a saved message becomes bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// Text in the encoding of the session it is sent in.
    #[default]
    Text,
    /// Hex digits.
    Hex,
    /// The path of a file.
    File,
}

/// A message under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct SavedMessage {
    /// As the person calls it; empty shows the content instead.
    pub name: String,
    /// How `content` is read.
    pub kind: MessageKind,
    /// Text, hex digits or a path.
    pub content: String,
    /// Text only: what follows a line.
    pub line_end: LineEnd,
    /// Text only: backslashes stand for bytes.
    pub escapes: bool,
}

impl SavedMessage {
    /// The most that are kept.
    pub const MOST: usize = 200;
}
