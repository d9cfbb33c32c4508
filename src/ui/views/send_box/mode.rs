//! What kind of thing the send box sends.

use serde::{Deserialize, Serialize};

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
