//! Reads the program's own source: arrows between layers go down only, and the house rules that no lint knows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly, helpers included")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each top-level module may use besides itself, and which words of other crates it must not.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    // Layer 0
    ("words", &[], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    ("memory", &[], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    ("model", &["words"], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    // Layer 1
    ("journal", &["memory", "model"], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    ("respond", &["model", "words"], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    // tokio for its streams and its clock; it is handed connections and makes none.
    (
        "http",
        &["respond", "media", "memory", "model", "words"],
        &["tokio::net", "TcpStream", "socket2", "egui", "eframe", "rfd", "clap"],
    ),
    ("lessons", &["respond", "model", "words"], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    (
        "snippet",
        &["http", "respond", "model", "words"],
        &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"],
    ),
    ("media", &["words"], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    // Beside main.rs
    ("console", &[], &["tokio", "hyper", "socket2", "egui", "eframe", "rfd", "clap"]),
    // Layer 2
    (
        "engine",
        &["journal", "http", "respond", "media", "memory", "model", "words"],
        &["egui", "eframe", "rfd", "clap"],
    ),
    (
        "ui",
        &["journal", "respond", "media", "model", "words"],
        &["tokio", "hyper", "socket2", "rfd", "clap", "thread", "mpsc"],
    ),
    // Layer 3
    (
        "app",
        &["engine", "ui", "journal", "http", "lessons", "snippet", "respond", "media", "memory", "model", "words"],
        &["clap"],
    ),
    (
        "cli",
        &["engine", "journal", "http", "lessons", "snippet", "respond", "media", "memory", "model", "words"],
        &["egui", "eframe", "rfd"],
    ),
];

/// Words that stand nowhere in the program; the second is where they may, after all.
const NOWHERE: &[(&str, &str)] = &[
    ("println!", "cli"),
    ("eprintln!", "cli"),
    ("print!", "cli"),
    ("eprint!", "cli"),
    ("dbg!", ""),
    ("todo!", ""),
    ("unimplemented!", ""),
    ("unbounded_channel", ""),
    ("#[allow(", ""),
    ("#![allow(", ""),
    (".unwrap()", ""),
];

/// The longest file that a person reads in one go.
const LINES: usize = 500;

#[test]
fn arrows_go_down_only_and_house_rules_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the source was found");
    let mut wrong = Vec::new();
    for file in files {
        let shown = Path::new("src").join(file.strip_prefix(&root).unwrap());
        let text = fs::read_to_string(&file).unwrap();
        wrong.extend(check(&shown, &text));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// What is wrong with one file, a line for each.
fn check(file: &Path, text: &str) -> Vec<String> {
    let modules = modules(file);
    let mut wrong = Vec::new();
    let mut complain = |at: usize, what: String| {
        let line = text[..at].matches('\n').count() + 1;
        wrong.push(format!("{}:{line}: {what}", file.display()));
    };
    let lines = text.lines().count();
    if lines > LINES {
        complain(text.len() - 1, format!("{lines} lines are more than {LINES}"));
    }
    let is_test = modules.iter().any(|name| name == "tests");
    let mut code = without_comments_and_texts(text);
    if let Some(tests) = code.find("#[cfg(test)]\nmod tests {") {
        code.truncate(tests);
    }
    let top = modules.first().map_or("", String::as_str);
    if !is_test {
        for (word, place) in NOWHERE {
            for at in places(&code, word).filter(|_| *place != top || place.is_empty()) {
                complain(at, format!("{word} must not stand here"));
            }
        }
    }
    // main.rs and lib.rs wire everything together.
    if modules.is_empty() {
        return wrong;
    }
    let Some((_, below, foreign)) = LAYERS.iter().find(|(name, ..)| *name == top) else {
        complain(0, format!("the module {top} has no layer; give it one in tests/layers.rs"));
        return wrong;
    };
    for (at, used) in used_modules(&code, modules.len()) {
        if used != top && !below.contains(&used.as_str()) {
            complain(at, format!("{top} must not use {used}"));
        }
    }
    for word in *foreign {
        for at in places(&code, word) {
            complain(at, format!("{top} must not use {word}"));
        }
    }
    wrong
}

/// `src/engine/platform/mod.rs` is `engine`, `platform`.
fn modules(file: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        file.with_extension("").iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}

/// Where `word` stands on its own, not as a part of a longer name.
fn places<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_name = |char: char| char.is_alphanumeric() || char == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !(word.starts_with(is_name) && before.is_some_and(is_name)
            || word.ends_with(is_name) && after.is_some_and(is_name))
    })
}

/// The top-level modules that paths from the root of the crate lead to, and where. `super::` often enough is such a path.
fn used_modules(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    let ups = "super::".repeat(depth);
    for root in ["crate::", ups.as_str()] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == ':') {
                continue;
            }
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => used.extend(names_of_group(group).into_iter().map(|name| (at, name))),
                None => used.push((at, name_at(rest))),
            }
        }
    }
    used.retain(|(_, name)| !name.is_empty() && name != "super");
    used
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
}

/// The first name of each part of `a::b, c::{d, e}}`.
fn names_of_group(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut part = String::new();
    for char in group.chars() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut part)),
            char => part.push(char),
        }
    }
    names.push(part);
    names.iter().map(|part| name_at(part.trim())).collect()
}

/// The same text, as long as before, with blanks for comments and for what stands in quotes.
fn without_comments_and_texts(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = if rest.starts_with(b"//") {
            rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            text[at..].find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(b"r\"") || rest.starts_with(b"r#") {
            let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            let body = 2 + hashes;
            text.get(at + body..).and_then(|rest| rest.find(&end)).map_or(1, |found| body + found + end.len())
        } else if rest.starts_with(b"\"") {
            let mut end = 1;
            while end < rest.len() && rest[end] != b'"' {
                end += if rest[end] == b'\\' { 2 } else { 1 };
            }
            (end + 1).min(rest.len())
        } else if rest.starts_with(b"'\"'") {
            3
        } else if rest.starts_with(b"'\\") {
            rest[2..].iter().skip(1).position(|byte| *byte == b'\'').map_or(1, |end| end + 4)
        } else {
            at += 1;
            continue;
        };
        for byte in &mut out[at..at + length] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += length;
    }
    String::from_utf8(out).unwrap()
}

#[test]
fn the_check_sees_what_it_must() {
    let wrong = |file: &str, text: &str| check(Path::new(file), text);
    for (file, text, part) in [
        ("src/model/a.rs", "use crate::journal::Seq;", "src/model/a.rs:1: model must not use journal"),
        (
            "src/ui/a.rs",
            "//! x\nuse crate::{\n    model::{Name, engine},\n    engine::Engine,\n};",
            "a.rs:2: ui must not use engine",
        ),
        ("src/ui/a/b.rs", "fn f() { super::super::super::engine::go(); }", "b.rs:1: ui must not use engine"),
        ("src/ui/a.rs", "use std::{thread, time};", "ui must not use thread"),
        ("src/engine/a.rs", "fn f() { println!(\"x\"); }", "println! must not stand here"),
        ("src/engine/a.rs", "fn f() { x.unwrap(); }", ".unwrap() must not stand here"),
        ("src/media/a.rs", "use crate::journal::Journal;", "media must not use journal"),
        ("src/cli/a.rs", "use egui::Ui;", "cli must not use egui"),
        ("src/new/a.rs", "", "the module new has no layer"),
        ("src/main.rs", "#[allow(dead_code)]", "#[allow( must not stand here"),
        ("src/lib.rs", &"\n".repeat(501), "501 lines"),
    ] {
        let found = wrong(file, text);
        assert!(found.len() == 1 && found[0].contains(part), "{part}: {found:?}");
    }
    for (file, text) in [
        ("src/cli/a.rs", "fn f() { println!(\"x\"); }"),
        ("src/ui/a.rs", "// crate::engine, .unwrap()\nuse super::b; const A: &str = \"crate::engine\\\" println!\";"),
        ("src/ui/a.rs", "const A: char = '\"'; use crate::ui::b; const B: char = '\\''; const C: &str = r#\"tokio\"#;"),
        ("src/engine/a.rs", "fn f() {}\n#[cfg(test)]\nmod tests { fn g() { x.unwrap(); } }"),
        ("src/engine/a.rs", "use super::tap; use crate::model::engine_words; let eguil = 1;"),
    ] {
        assert_eq!(wrong(file, text), Vec::<String>::new(), "{file}");
    }
}
