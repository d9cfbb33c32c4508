//! Which language is spoken, and its catalogue.
//!
//! A language is a file in `assets/locales`, named by its tag; `build.rs` makes the table of them that stands here. The
//! English text in the code is the key, as in gettext: what is the same in English and not elsewhere gets a context after
//! a bar (`Open|state`), and what is counted gets a form for each plural of the language (CLDR). English has a catalogue
//! for these two only.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    sync::atomic::{AtomicU8, Ordering},
};

use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the catalogues were made into.
mod table {
    use super::{Catalogue, Entry};

    include!(concat!(env!("OUT_DIR"), "/languages.rs"));
}

/// A language that the program speaks; the language of the code first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Language(u8);

struct Catalogue {
    tag: &'static str,
    /// By key, sorted.
    texts: &'static [(&'static str, Entry)],
}

enum Entry {
    Text(&'static str),
    /// By the name of the plural category: "one", "few", "other" …
    Plural(&'static [(&'static str, &'static str)]),
}

/// What its speakers call a language, in each catalogue.
const OWN_NAME: &str = "English|own name";

impl Language {
    /// The language of the code.
    pub const ENGLISH: Self = Self(0);

    /// Every one of them, the language of the code first.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        // build.rs refuses more than 100.
        (0..table::LANGUAGES.len()).map(|at| Self(u8::try_from(at).unwrap_or_default()))
    }

    /// The language with this tag (BCP 47), in whatever case.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::all().find(|language| language.tag().eq_ignore_ascii_case(tag))
    }

    /// What its speakers call it.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        look_up(self, OWN_NAME).unwrap_or_else(|| self.tag())
    }

    /// The language tag (BCP 47), which is the name of its catalogue.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.catalogue().map_or("en", |catalogue| catalogue.tag)
    }

    /// Its place in [`Self::all`].
    #[must_use]
    pub fn place(self) -> usize {
        usize::from(self.0)
    }

    fn catalogue(self) -> Option<&'static Catalogue> {
        table::LANGUAGES.get(usize::from(self.0))
    }

    /// The plural category that a number has in this language; `other` where the language has no rules.
    fn category(self, number: u64) -> PluralCategory {
        thread_local! {
            // Rules cannot be shared between threads.
            static RULES: RefCell<HashMap<Language, Option<PluralRules>>> = RefCell::default();
        }
        RULES.with_borrow_mut(|rules| {
            let rules = rules.entry(self).or_insert_with(|| {
                let locale: icu_locale_core::Locale = self.tag().parse().ok()?;
                PluralRules::try_new(locale.into(), PluralRulesOptions::default()).ok()
            });
            rules.as_ref().map_or(PluralCategory::Other, |rules| rules.category_for(number))
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.tag())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(deserializer)?;
        // What version 0.1 wrote.
        let tag = match tag.as_str() {
            "English" => "en",
            "SimplifiedChinese" => "zh-CN",
            tag => tag,
        };
        Self::of_tag(tag).ok_or_else(|| de::Error::custom(format!("unknown language {tag}")))
    }
}

static SPOKEN: AtomicU8 = AtomicU8::new(0);

/// The language spoken now; English until [`set_language`] is called.
#[must_use]
pub fn language() -> Language {
    Language(SPOKEN.load(Ordering::Relaxed))
}

/// Speaks `language` from the next text on.
pub fn set_language(language: Language) {
    SPOKEN.store(language.0, Ordering::Relaxed);
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
    Language::of_tag(&tag).or_else(|| Language::all().find(|language| first(language.tag()) == first(&tag)))
}

fn entry(language: Language, key: &str) -> Option<&'static Entry> {
    let texts = language.catalogue()?.texts;
    let at = texts.binary_search_by(|(known, _)| (*known).cmp(key)).ok()?;
    texts.get(at).map(|(_, entry)| entry)
}

/// The text for a key; `None` where the catalogue has no such key, as English has for most.
pub(super) fn look_up(language: Language, key: &str) -> Option<&'static str> {
    match entry(language, key)? {
        Entry::Text(text) => Some(text),
        Entry::Plural(forms) => form(forms, "other"),
    }
}

/// The text for a key that counts something, in the form that the number takes.
pub(super) fn look_up_counted(language: Language, key: &str, number: u64) -> Option<&'static str> {
    match entry(language, key)? {
        Entry::Text(text) => Some(text),
        Entry::Plural(forms) => form(forms, name(language.category(number))).or_else(|| form(forms, "other")),
    }
}

fn form(forms: &'static [(&'static str, &'static str)], category: &str) -> Option<&'static str> {
    forms.iter().find(|(name, _)| *name == category).map(|(_, text)| *text)
}

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tag: &str) -> Language {
        Language::of_tag(tag).unwrap()
    }

    #[test]
    fn the_system_s_tags_are_understood() {
        for (tag, language) in [
            ("zh-CN", Some("zh-CN")),
            ("zh_CN.UTF-8", Some("zh-CN")),
            ("zh_Hans_SG.UTF-8", Some("zh-CN")),
            ("en-GB", Some("en")),
            ("C", None),
            ("xx-DE", None),
        ] {
            assert_eq!(known(tag).map(Language::tag), language, "{tag}");
        }
    }

    #[test]
    fn each_catalogue_is_its_own_language() {
        assert_eq!(Language::all().next(), Some(Language::ENGLISH));
        for language in Language::all() {
            assert_eq!(known(language.tag()), Some(language));
            assert_ne!(language.own_name(), language.tag(), "it has a name");
        }
        assert_eq!(Language::ENGLISH.own_name(), "English");
        assert_eq!(look_up(Language::ENGLISH, "Listen"), None);
        assert_eq!(look_up(of("zh-CN"), "Listen"), Some("监听"));
    }

    #[test]
    fn a_language_is_stored_by_its_tag_and_read_by_its_old_name_too() {
        let stored = serde_json::to_string(&of("zh-CN")).unwrap();
        assert_eq!(stored, "\"zh-CN\"");
        for name in ["\"zh-CN\"", "\"SimplifiedChinese\""] {
            assert_eq!(serde_json::from_str::<Language>(name).unwrap(), of("zh-CN"));
        }
        assert!(serde_json::from_str::<Language>("\"xx\"").is_err());
    }

    #[test]
    fn a_number_takes_the_form_that_its_language_gives_it() {
        static FORMS: Entry = Entry::Plural(&[("one", "{n} Brief"), ("other", "{n} Briefe")]);
        let Entry::Plural(forms) = &FORMS else { panic!("it has forms") };
        assert_eq!(form(forms, "one"), Some("{n} Brief"));
        assert_eq!([0, 1, 2].map(|n| name(Language::ENGLISH.category(n))), ["other", "one", "other"]);
        assert_eq!(look_up_counted(Language::ENGLISH, "{n} records", 1), Some("{n} record"));
        assert_eq!(look_up_counted(Language::ENGLISH, "{n} records", 0), Some("{n} records"));
        assert_eq!([0, 1, 2].map(|n| name(of("zh-CN").category(n))), ["other"; 3]);
    }
}
