//! What a listener says in a dialog: a greeting, ordered rules, and a reply to all else.

use serde::{Deserialize, Serialize};

use super::compose::{ByteOrder, Checksum, LineEnd, Notation, Options};

/// How a rule looks at a message. A message is what one `recv` brought, without the line end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// The message is the pattern.
    #[default]
    Exact,
    /// The pattern stands somewhere in it.
    Contains,
    /// It begins with the pattern.
    StartsWith,
    /// It ends with the pattern.
    EndsWith,
    /// The pattern is a regular expression that is found in it; a reply may use its groups.
    Regex,
}

/// One rule; the first that fits answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// How `pattern` is compared.
    pub when: When,
    /// What is looked for.
    pub pattern: String,
    /// What is answered; nothing when empty. `$1` or `${name}` is a group of a regular expression (empty when it took
    /// no part), `$0` what was found, `${count}` how often this rule answered in this dialog, `${total}` how many
    /// messages came, `$$` a dollar sign.
    pub reply: String,
    /// Milliseconds from the message to the answer, 60 000 at most.
    pub delay_ms: u32,
    /// The connection is closed after the answer.
    pub ends: bool,
}

/// Everything that is said in a dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialog {
    /// Said before the peer has said anything, on a stream; nothing when empty.
    pub greeting: String,
    /// In this order.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Answers what no rule fits; nothing when empty. Counters may be used as in a rule.
    pub otherwise: String,
    /// Everything that is said is hex; messages are looked at as hex, `01 03 FF`, and patterns are hex as well. A regular
    /// expression sees that text.
    #[serde(skip_serializing_if = "is_usual")]
    pub hex: bool,
    /// Backslashes in what is said stand for bytes.
    #[serde(skip_serializing_if = "is_usual")]
    pub escapes: bool,
    /// `{counter}` and the like in what is said stand for values that are new each time.
    #[serde(skip_serializing_if = "is_usual")]
    pub fields: bool,
    /// Stands after everything that is said, as text.
    #[serde(skip_serializing_if = "is_usual")]
    pub line_end: LineEnd,
    /// Over everything that is said, before its line end.
    #[serde(skip_serializing_if = "is_usual")]
    pub checksum: Checksum,
    /// How the checksum stands.
    #[serde(skip_serializing_if = "is_usual")]
    pub byte_order: ByteOrder,
}

fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Dialog {
    /// How what is said is read.
    #[must_use]
    pub fn notation(&self) -> Notation {
        if self.hex { Notation::Hex } else { Notation::Text }
    }

    /// How it becomes bytes.
    #[must_use]
    pub fn options(&self) -> Options {
        let Self { escapes, fields, line_end, checksum, byte_order, .. } = *self;
        Options { line_end, escapes, fields, checksum, byte_order }
    }
}
