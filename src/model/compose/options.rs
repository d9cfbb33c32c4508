//! What a person chooses for what is sent.

use serde::{Deserialize, Serialize};

use super::{
    checksum::{ByteOrder, Checksum},
    escape::escaped,
};

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

impl Options {
    /// A text that is read so, as it is typed on one line with escapes.
    #[must_use]
    pub fn on_one_line(&self, text: &str) -> String {
        if self.escapes {
            // Its backslashes are escapes already.
            text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
        } else {
            escaped(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_is_typed_on_one_and_means_the_same() {
        let plain = Options::default();
        let escapes = Options { escapes: true, ..plain };
        assert_eq!(plain.on_one_line("a\n\\xff"), r"a\n\\xff");
        assert_eq!(escapes.on_one_line("a\n\\xff"), r"a\n\xff");
    }
}
