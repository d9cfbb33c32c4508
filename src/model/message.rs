//! Messages that a person keeps under a name.

use serde::{Deserialize, Serialize};

use super::compose::{ByteOrder, Checksum, LineEnd, Options};

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
    /// Text and hex: `{counter}` and the like stand for values that are new each time.
    pub fields: bool,
    /// Text and hex: what is appended.
    pub checksum: Checksum,
    /// How the checksum stands.
    pub byte_order: ByteOrder,
}

impl SavedMessage {
    /// The most that are kept.
    pub const MOST: usize = 200;

    /// What it is shown as where it has no name.
    #[must_use]
    pub fn title(&self) -> &str {
        let shown = if self.name.is_empty() { &self.content } else { &self.name };
        shown.lines().next().unwrap_or_default()
    }

    /// What was chosen for it.
    #[must_use]
    pub fn options(&self) -> Options {
        let Self { line_end, escapes, fields, checksum, byte_order, .. } = *self;
        Options { line_end, escapes, fields, checksum, byte_order }
    }
}
