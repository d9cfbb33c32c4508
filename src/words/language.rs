//! Which language is spoken, and its catalogue.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU8, Ordering},
};

use serde::{Deserialize, Serialize};

// The catalogues become part of the program.
rust_i18n::i18n!("assets/locales");

/// The languages: another one is its catalogue in `assets/locales` and a row here.
macro_rules! languages {
    ($($(#[$doc:meta])* $language:ident: $tag:literal, $own_name:literal $(, $catalogue:literal)?;)+) => {
        /// A language that the program speaks.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Language {
            $($(#[$doc])* $language,)+
        }

        impl Language {
            /// Every one of them, the language of the code first.
            pub const ALL: [Self; [$($tag),+].len()] = [$(Self::$language),+];

            /// What its speakers call it.
            #[must_use]
            pub fn own_name(self) -> &'static str {
                match self { $(Self::$language => $own_name,)+ }
            }

            /// The language tag (BCP 47), which is the name of its catalogue.
            #[must_use]
            pub fn tag(self) -> &'static str {
                match self { $(Self::$language => $tag,)+ }
            }
        }

        // A change of a catalogue is a change of the program.
        $($(const _: &str = include_str!(concat!("../../assets/locales/", $catalogue));)?)+
    };
}

languages! {
    /// The language of the code.
    #[default]
    English: "en", "English";
    /// 简体中文.
    SimplifiedChinese: "zh-CN", "简体中文", "zh-CN.toml";
}

static SPOKEN: AtomicU8 = AtomicU8::new(0);

/// The language spoken now; English until [`set_language`] is called.
#[must_use]
pub fn language() -> Language {
    Language::ALL.get(usize::from(SPOKEN.load(Ordering::Relaxed))).copied().unwrap_or_default()
}

/// Speaks `language` from the next text on.
pub fn set_language(language: Language) {
    SPOKEN.store(language as u8, Ordering::Relaxed);
}

/// The first language of the system's list that the program speaks, else English.
#[must_use]
pub fn system_language() -> Language {
    sys_locale::get_locales().find_map(|tag| known(&tag)).unwrap_or_default()
}

/// The language of a system's tag: the very one, else one with the same first part. So every Chinese is taken as
/// Simplified Chinese, which its readers know better than English.
fn known(tag: &str) -> Option<Language> {
    let tag = tag.split('.').next()?.replace('_', "-");
    let first = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let same = Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(&tag));
    same.or_else(|| Language::ALL.into_iter().find(|language| first(language.tag()) == first(&tag)))
}

/// The text for an English key; `None` for English and where the catalogue has no such key.
pub(super) fn look_up(language: Language, key: &str) -> Option<&'static str> {
    if language == Language::default() {
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
        for (tag, language) in [
            ("zh-CN", Some(Language::SimplifiedChinese)),
            ("zh_CN.UTF-8", Some(Language::SimplifiedChinese)),
            ("zh_Hans_SG.UTF-8", Some(Language::SimplifiedChinese)),
            ("en-GB", Some(Language::English)),
            ("C", None),
            ("de-DE", None),
        ] {
            assert_eq!(known(tag), language, "{tag}");
        }
    }

    #[test]
    fn each_row_is_its_own_language() {
        for (code, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language as usize, code);
            assert_eq!(known(language.tag()), Some(language));
        }
        assert_eq!(look_up(Language::English, "Listen"), None);
        assert_eq!(look_up(Language::SimplifiedChinese, "Listen"), Some("监听"));
    }
}
