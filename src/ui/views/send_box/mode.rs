//! What kind of thing the send box sends.

use serde::{Deserialize, Serialize};

use crate::{model::compose::Notation, words::text};

/// What is in the box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// Text, with escapes and line ends.
    #[default]
    Text,
    /// Bytes as hex digits.
    Hex,
    /// A file, streamed.
    File,
    /// A picture's file, streamed.
    Picture,
}

impl Mode {
    /// Each with its word.
    pub(super) fn named() -> [(Self, &'static str); 4] {
        [
            (Self::Text, text!("Text")),
            (Self::Hex, text!("Hex")),
            (Self::File, text!("File")),
            (Self::Picture, text!("Picture")),
        ]
    }

    /// How what is typed is read; `None` where nothing is.
    #[must_use]
    pub fn notation(self) -> Option<Notation> {
        match self {
            Self::Text => Some(Notation::Text),
            Self::Hex => Some(Notation::Hex),
            Self::File | Self::Picture => None,
        }
    }
}
