//! A text that is kept as data: its English key and what is filled in, worded when it is shown.
//!
//! For what is recorded now and read later, perhaps in another language. What is only shown is worded at once by
//! [`text!`](super::text).

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::{Language, language, language::look_up};

/// A sentence in no language yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    key: Cow<'static, str>,
    #[serde(default, rename = "with", skip_serializing_if = "Vec::is_empty")]
    values: Vec<(Cow<'static, str>, Value)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    /// The same in every language.
    Plain(String),
    Phrase(Box<Phrase>),
}

/// `phrase!("port {port} is free", port = 8001)`: like `text!`, but worded later.
macro_rules! phrase {
    ($template:literal) => { $crate::words::Phrase::new($template) };
    ($template:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::Phrase::new($template)$(.with(stringify!($name), &$value))+
    };
}
pub(crate) use phrase;

impl Phrase {
    /// The text of an English key. Use `phrase!`, which `tests/words.rs` finds.
    #[must_use]
    pub fn new(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), values: Vec::new() }
    }

    /// What somebody else said, such as the system or a library: it is in no catalogue, and stays as it is.
    #[must_use]
    pub fn verbatim(said: impl fmt::Display) -> Self {
        Self::new("{said}").with("said", &said)
    }

    /// Fills in `{name}` with what reads the same in every language.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &(impl fmt::Display + ?Sized)) -> Self {
        self.values.push((Cow::Borrowed(name), Value::Plain(value.to_string())));
        self
    }

    /// Fills in `{name}` with another phrase, which is worded in the same language.
    #[must_use]
    pub fn saying(mut self, name: &'static str, phrase: Self) -> Self {
        self.values.push((Cow::Borrowed(name), Value::Phrase(Box::new(phrase))));
        self
    }

    /// The text in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let template = look_up(language, &self.key).unwrap_or(&self.key);
        let values: Vec<_> = self
            .values
            .iter()
            .map(|(name, value)| match value {
                Value::Plain(text) => (name.as_ref(), Cow::Borrowed(text.as_str())),
                Value::Phrase(phrase) => (name.as_ref(), Cow::Owned(phrase.in_language(language))),
            })
            .collect();
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value as &dyn fmt::Display)).collect();
        super::fill(template, &values)
    }
}

/// Where a mistake is nothing but a sentence, the phrase is the error.
impl std::error::Error for Phrase {}

impl fmt::Display for Phrase {
    /// The text in the language that is spoken now.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(language()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_worded_in_the_language_that_is_asked_for_also_after_it_was_stored() {
        let free = phrase!("port {port} is free", port = 8001);
        let both = phrase!("{hint}; {more}").saying("hint", free).with("more", "{port} [x]");
        let stored = serde_json::to_string(&both).unwrap();
        let read: Phrase = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, both);
        assert_eq!(read.in_language(Language::ENGLISH), "port 8001 is free; {port} [x]");
        let chinese = read.in_language(Language::of_tag("zh-CN").unwrap());
        assert!(chinese.contains("8001") && !chinese.contains("free") && chinese.ends_with("{port} [x]"), "{chinese}");
    }

    #[test]
    fn what_others_said_is_not_filled_in() {
        assert_eq!(Phrase::verbatim("no {such} thing").in_language(Language::ENGLISH), "no {such} thing");
    }
}
