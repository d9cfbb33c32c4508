//! Every text of the program against the catalogues: no key is missing, none is unused, and what is filled in is the same.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, helpers included")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    sources(&root.join("src"), &mut paths);
    let mut texts = Vec::new();
    for path in paths {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code: Vec<_> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        for (at, found) in ["text!(", "phrase!("].into_iter().flat_map(|start| code.match_indices(start)) {
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
    help.chain(texts()).collect()
}

fn filled_in(text: &str) -> BTreeSet<&str> {
    let names = text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0));
    names.filter(|name| name.chars().all(|char| char.is_ascii_lowercase() || char == '_')).collect()
}

#[test]
fn each_catalogue_has_every_text_and_no_other() {
    let keys = keys();
    assert!(keys.len() > 800, "the texts of the program were not found");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/locales");
    let foreign: Vec<_> = socketlab::words::Language::ALL.into_iter().skip(1).collect();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), foreign.len(), "a catalogue nobody speaks");
    for language in foreign {
        let toml = fs::read_to_string(folder.join(language.tag()).with_extension("toml")).unwrap();
        holds(&toml, &keys);
    }
}

fn holds(toml: &str, keys: &BTreeMap<String, String>) {
    let catalogue: BTreeMap<String, String> = toml::from_str(toml).unwrap();
    let missing: Vec<_> = keys.iter().filter(|(key, _)| !catalogue.contains_key(*key)).collect();
    let missing: Vec<_> = missing.into_iter().map(|(key, place)| format!("{key:?} in {place}")).collect();
    assert!(missing.is_empty(), "without a translation:\n{}", missing.join("\n"));
    let unused: Vec<_> =
        catalogue.keys().filter(|key| !keys.contains_key(*key)).map(|key| format!("{key:?}")).collect();
    assert!(unused.is_empty(), "in the catalogue, but nowhere in the program:\n{}", unused.join("\n"));
    for (key, text) in &catalogue {
        assert_eq!(filled_in(key), filled_in(text), "{key} → {text}");
        assert!(!text.trim().is_empty(), "{key}");
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
    use socketlab::words::{Language, set_language, tr};
    assert_eq!(tr("Listen"), "Listen");
    set_language(Language::SimplifiedChinese);
    assert_eq!(tr("Listen"), "监听");
    assert_eq!(tr("no such key"), "no such key");
    set_language(Language::English);
    assert_eq!(tr("Listen"), "Listen");
}
