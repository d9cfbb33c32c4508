//! Which language is spoken, and its catalogue.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU8, Ordering},
};

use serde::{Deserialize, Serialize};

// The catalogues become part of the program; the second line makes a change of them a change of the program.
rust_i18n::i18n!("assets/locales");
const _: &str = include_str!("../../assets/locales/zh-CN.toml");

/// A language that the program speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// The language of the code.
    #[default]
    English,
    /// 简体中文.
    SimplifiedChinese,
}

impl Language {
    /// Every one of them.
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// What its speakers call it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The language tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }
}

static SPOKEN: AtomicU8 = AtomicU8::new(0);

/// The language spoken now; English until [`set_language`] is called.
#[must_use]
pub fn language() -> Language {
    match SPOKEN.load(Ordering::Relaxed) {
        0 => Language::English,
        _ => Language::SimplifiedChinese,
    }
}

/// Speaks `language` from the next text on.
pub fn set_language(language: Language) {
    SPOKEN.store(language as u8, Ordering::Relaxed);
}

/// The first language of the system's list that the program speaks, else English. Every Chinese is taken as Simplified
/// Chinese, which its readers know better than English.
#[must_use]
pub fn system_language() -> Language {
    sys_locale::get_locales().find_map(|tag| known(&tag)).unwrap_or_default()
}

fn known(tag: &str) -> Option<Language> {
    match tag.split(['-', '_', '.']).next()?.to_ascii_lowercase().as_str() {
        "zh" => Some(Language::SimplifiedChinese),
        "en" => Some(Language::English),
        _ => None,
    }
}

/// The text for an English key; `None` for English and where the catalogue has no such key.
pub(super) fn look_up(key: &str) -> Option<&'static str> {
    let language = language();
    if language == Language::English {
        return None;
    }
    match _rust_i18n_try_translate(language.tag(), key)? {
        Cow::Borrowed(text) => Some(text),
        Cow::Owned(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_tags_are_understood() {
        assert_eq!(known("zh-CN"), Some(Language::SimplifiedChinese));
        assert_eq!(known("zh_Hans_SG.UTF-8"), Some(Language::SimplifiedChinese));
        assert_eq!(known("en-GB"), Some(Language::English));
        assert_eq!(known("C"), None);
        assert_eq!(known("de-DE"), None);
    }
}
