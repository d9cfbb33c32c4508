//! What a listener answers, as a person sets it: which responder, and what that one needs.
//!
//! Owns no responder: one that needs nothing set is named by its id alone, so that a new one changes nothing here. The
//! table of all of them is in `respond`.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Dialog, Site, compose::Options};

/// The id of a responder that needs nothing set: 1 to 15 characters of ASCII, as on the command line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Plain {
    id: [u8; Self::MOST],
    length: usize,
}

impl Plain {
    const MOST: usize = 15;

    /// The id of a row of the table.
    ///
    /// # Panics
    /// Where an id in the source is not 1 to 15 characters of ASCII; files are looked at before.
    #[must_use]
    pub const fn new(id: &str) -> Self {
        let bytes = id.as_bytes();
        assert!(!bytes.is_empty() && bytes.len() <= Self::MOST && id.is_ascii(), "an id is short and of ASCII");
        let mut plain = Self { id: [0; Self::MOST], length: bytes.len() };
        let (kept, _) = plain.id.split_at_mut(bytes.len());
        kept.copy_from_slice(bytes);
        plain
    }

    /// `echo`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.id.get(..self.length).and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default()
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        if id.is_empty() || id.len() > Self::MOST || !id.is_ascii() {
            return Err(de::Error::custom("an id of a responder is 1 to 15 characters of ASCII"));
        }
        Ok(Self::new(&id))
    }
}

/// What a listener answers; the engine makes a responder of it for every connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub enum Recipe {
    /// A responder that needs nothing set.
    Plain(Plain),
    /// Always the same answer.
    Reply {
        /// What every message is answered with, as it was typed.
        text: String,
        /// How that becomes bytes, as in the send box. Without it the text stands as it is.
        #[serde(skip_serializing_if = "is_usual")]
        options: Options,
    },
    /// Nobody answers; the user types.
    Nobody,
    /// An HTTP site.
    Http(Site),
    /// A greeting, rules, and a reply to all else.
    Dialog(Dialog),
    /// One answer to one request, byte for byte as it is written, then close: HTTP as one writes it by hand.
    Page(RawPage),
    /// The client sends a name of a file in this folder, and gets its length in decimal digits and a line feed, then
    /// exactly so many bytes. `ls` gets the list of names in the same form, a refusal is a line that begins with
    /// `error`.
    SizedFile {
        /// Names outside this folder are refused; subfolders are not looked into.
        folder: PathBuf,
    },
}

impl Default for Recipe {
    fn default() -> Self {
        Self::ECHO
    }
}

impl Recipe {
    /// The same bytes back (RFC 862).
    pub const ECHO: Self = Self::Plain(Plain::new("echo"));
    /// The same bytes with a–z as A–Z, like Python's `bytes.upper`.
    pub const UPPER: Self = Self::Plain(Plain::new("upper"));
    /// Nothing; what comes is taken and forgotten (RFC 863).
    pub const DISCARD: Self = Self::Plain(Plain::new("discard"));
    /// The date and time, then close (RFC 867).
    pub const DAYTIME: Self = Self::Plain(Plain::new("daytime"));
    /// What one client sends reaches all others, with the sender's name.
    pub const CHAT: Self = Self::Plain(Plain::new("chat"));
    /// Printable characters without end, or a few of them for every datagram (RFC 864).
    pub const CHARGEN: Self = Self::Plain(Plain::new("chargen"));

    /// A text as it stands, always.
    #[must_use]
    pub fn reply(text: impl Into<String>) -> Self {
        Self::Reply { text: text.into(), options: Options::default() }
    }

    /// Which row of the table of responders it is.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Plain(plain) => plain.id(),
            Self::Reply { .. } => "reply",
            Self::Nobody => "none",
            Self::Http(_) => "http",
            Self::Dialog(_) => "dialog",
            Self::Page(_) => "page",
            Self::SizedFile { .. } => "sized-file",
        }
    }

    /// True where a person wrote what is answered, so that it has an encoding.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Reply { .. } | Self::Dialog(_) | Self::Page(_))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde gives")]
fn is_usual(options: &Options) -> bool {
    *options == Options::default()
}

/// A recipe as files hold it: the first version wrote the plain ones as words of their own.
#[derive(Deserialize)]
enum Stored {
    Echo,
    Upper,
    Discard,
    Daytime,
    Chat,
    Chargen,
    Plain(Plain),
    Reply {
        text: String,
        #[serde(default)]
        options: Options,
    },
    Nobody,
    Http(Site),
    Dialog(Dialog),
    Page(RawPage),
    SizedFile {
        folder: PathBuf,
    },
}

impl From<Stored> for Recipe {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Echo => Self::ECHO,
            Stored::Upper => Self::UPPER,
            Stored::Discard => Self::DISCARD,
            Stored::Daytime => Self::DAYTIME,
            Stored::Chat => Self::CHAT,
            Stored::Chargen => Self::CHARGEN,
            Stored::Plain(plain) => Self::Plain(plain),
            Stored::Reply { text, options } => Self::Reply { text, options },
            Stored::Nobody => Self::Nobody,
            Stored::Http(site) => Self::Http(site),
            Stored::Dialog(dialog) => Self::Dialog(dialog),
            Stored::Page(page) => Self::Page(page),
            Stored::SizedFile { folder } => Self::SizedFile { folder },
        }
    }
}

/// An answer that is sent as it stands, whatever was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawPage {
    /// The bytes, start line and head included where they are wanted.
    pub text: String,
    /// What is answered instead to a request for one path.
    pub insert: Option<Insert>,
}

/// The answer to a request for one path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Insert {
    /// The second word of the request's first line: `/test.jpg`.
    pub path: String,
    /// Bytes before those of the file.
    pub head: String,
    /// The file; a built-in picture while it is empty.
    pub file: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct File {
        recipe: Recipe,
    }

    #[test]
    fn files_of_the_first_version_are_read() {
        for (text, recipe) in [
            ("recipe = \"Echo\"", Recipe::ECHO),
            ("recipe = \"Chargen\"", Recipe::CHARGEN),
            ("recipe = \"Nobody\"", Recipe::Nobody),
            ("[recipe.Reply]\ntext = \"hi\"", Recipe::reply("hi")),
            (
                "[recipe.Reply]\ntext = \"hi\"\noptions = { escapes = true, fields = true }",
                Recipe::Reply {
                    text: "hi".into(),
                    options: Options { escapes: true, fields: true, ..Options::default() },
                },
            ),
            ("[recipe]\nPlain = \"whois\"", Recipe::Plain(Plain::new("whois"))),
        ] {
            assert_eq!(toml::from_str::<File>(text).unwrap(), File { recipe: recipe.clone() });
            let written = toml::to_string(&File { recipe: recipe.clone() }).unwrap();
            assert_eq!(toml::from_str::<File>(&written).unwrap().recipe, recipe, "{written}");
        }
        for text in ["recipe = \"Nonsense\"", "[recipe]\nPlain = \"longer than an id is\"", "[recipe]\nPlain = \"\""] {
            assert!(toml::from_str::<File>(text).is_err(), "{text}");
        }
    }
}
