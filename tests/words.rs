//! Every text of the program against the catalogues: no key is missing, none is unused, and what is filled in is the same.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, helpers included")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use icu_plurals::{PluralRules, PluralRulesOptions};
use socketlab::words::Language;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What follows a quotation mark in Rust's source, up to the next one.
fn literal(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '"' => return out,
            '\\' => match rest.next().unwrap() {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                '0' => out.push('\0'),
                '\n' => while rest.next_if(|next| next.is_whitespace()).is_some() {},
                'u' => {
                    let digits: String = rest.by_ref().skip(1).take_while(|digit| *digit != '}').collect();
                    out.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
                }
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    panic!("a text has no end: {out}")
}

/// The English texts of the code, each with where it stands.
fn texts() -> Vec<(String, String)> {
    found(&["text!(", "phrase!(", "counted!("])
}

/// The same of these macros only.
fn found(macros: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&root.join("src"), &mut paths);
    let mut texts = Vec::new();
    for path in paths {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<_> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        for (at, found) in macros.iter().flat_map(|start| code.match_indices(start)) {
            if let Some(text) = code.split_at(at + found.len()).1.trim_start().strip_prefix('"') {
                let path = path.strip_prefix(root).unwrap().display().to_string();
                texts.push((literal(text), path.replace('\\', "/")));
            }
        }
    }
    texts
}

/// The English texts of the program, each with where it stands.
fn keys() -> BTreeMap<String, String> {
    let help = socketlab::cli::help_texts().into_iter().map(|text| (text, "the help".to_owned()));
    // Not a text of the program, but what each language calls itself.
    let own_name = ("English|own name".to_owned(), "src/words/language.rs".to_owned());
    help.chain(texts()).chain([own_name]).collect()
}

fn filled_in(text: &str) -> BTreeSet<&str> {
    let names = text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0));
    names.filter(|name| name.chars().all(|char| char.is_ascii_lowercase() || char == '_')).collect()
}

#[test]
fn each_catalogue_has_every_text_and_no_other() {
    let keys = keys();
    assert!(keys.len() > 800, "the texts of the program were not found");
    let counted: BTreeSet<String> = found(&["counted!("]).into_iter().map(|(key, _)| key).collect();
    assert!(counted.len() > 10, "what is counted was not found");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/locales");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), Language::all().len());
    for language in Language::all() {
        let toml = fs::read_to_string(folder.join(language.tag()).with_extension("toml")).unwrap();
        let catalogue: BTreeMap<String, toml::Value> = toml::from_str(&toml).unwrap();
        let mut keys = keys.clone();
        if language == Language::ENGLISH {
            // The code says the rest.
            keys.retain(|key, _| counted.contains(key) || key.contains('|'));
        }
        holds(&catalogue, &keys, &counted, &plurals(language));
    }
}

/// The plural categories that the whole numbers of a language have.
fn plurals(language: Language) -> BTreeSet<String> {
    let locale: icu_locale_core::Locale = language.tag().parse().unwrap();
    let rules = PluralRules::try_new(locale.into(), PluralRulesOptions::default()).unwrap();
    let numbers = (0_u64..=1000).chain([1_000_000]);
    numbers.map(|number| format!("{:?}", rules.category_for(number)).to_lowercase()).collect()
}

fn holds(
    catalogue: &BTreeMap<String, toml::Value>,
    keys: &BTreeMap<String, String>,
    counted: &BTreeSet<String>,
    plurals: &BTreeSet<String>,
) {
    let missing: Vec<_> = keys.iter().filter(|(key, _)| !catalogue.contains_key(*key)).collect();
    let missing: Vec<_> = missing.into_iter().map(|(key, place)| format!("{key:?} in {place}")).collect();
    assert!(missing.is_empty(), "without a translation:\n{}", missing.join("\n"));
    let unused: Vec<_> =
        catalogue.keys().filter(|key| !keys.contains_key(*key)).map(|key| format!("{key:?}")).collect();
    assert!(unused.is_empty(), "in the catalogue, but nowhere in the program:\n{}", unused.join("\n"));
    for (key, text) in catalogue {
        let forms: Vec<&str> = match text {
            toml::Value::String(text) => {
                assert!(!counted.contains(key) || plurals.len() == 1, "{key}: a form for each of {plurals:?}");
                vec![text]
            }
            toml::Value::Table(forms) => {
                assert!(counted.contains(key), "{key}: nothing is counted there");
                assert_eq!(&forms.keys().cloned().collect::<BTreeSet<_>>(), plurals, "{key}");
                forms.values().map(|form| form.as_str().unwrap()).collect()
            }
            _ => panic!("{key}: neither a text nor its forms"),
        };
        let context = key.split_once('|').map_or(key.as_str(), |(text, _)| text);
        for text in forms {
            // A form for exactly one may do without the number.
            let (named, used) = (filled_in(context), filled_in(text));
            let left_out: Vec<_> = named.difference(&used).collect();
            assert!(used.is_subset(&named) && (left_out.is_empty() || counted.contains(key)), "{key} → {text}");
            assert!(!text.trim().is_empty(), "{key}");
        }
    }
}

#[test]
fn what_a_command_line_may_read_speaks_of_no_part_of_the_window() {
    const PARTS: [&str; 14] = [
        "Hex",
        "Raw",
        "Ladder",
        "ladder",
        "Inspector",
        "inspector",
        "button",
        "toolbar",
        "menu",
        "tab",
        "panel",
        "copy",
        "clipboard",
        "lightbox",
    ];
    // A site's pages are read in a browser.
    const ELSEWHERE: [&str; 3] = ["src/ui/", "src/app/", "src/http/server/"];
    let texts = texts();
    let below = texts.iter().filter(|(_, path)| !ELSEWHERE.iter().any(|folder| path.starts_with(folder)));
    let names_a_part = |text: &str| {
        // The first word has its capital from the sentence.
        let mut words = text.split(|char: char| !char.is_alphanumeric()).skip(1);
        words.any(|word| PARTS.contains(&word))
    };
    let found: Vec<_> = below.filter(|(text, _)| names_a_part(text)).collect();
    assert!(found.is_empty(), "{found:#?}");
    assert!(
        texts.iter().any(|(text, path)| path.starts_with("src/ui/") && names_a_part(text)),
        "the parts are named so"
    );
}

#[test]
fn a_text_is_shown_in_the_language_that_is_spoken() {
    use socketlab::words::{set_language, tr};
    assert_eq!(tr("Listen"), "Listen");
    set_language(Language::of_tag("zh-CN").unwrap());
    assert_eq!(tr("Listen"), "监听");
    assert_eq!(tr("no such key"), "no such key");
    set_language(Language::ENGLISH);
    assert_eq!(tr("Listen"), "Listen");
}
