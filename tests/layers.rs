//! Reads the program's own source: arrows go down only, between layers and between the folders inside them; no files need
//! one another in a circle; and the house rules that no lint knows.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly, helpers included")]

#[path = "layers/graph.rs"]
mod graph;
#[path = "layers/self_test.rs"]
mod self_test;
#[path = "layers/source.rs"]
mod source;

use std::{
    fs,
    path::{Path, PathBuf},
};

use graph::{Arrow, Graph};
use source::Token;

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

/// Inside a layer: what each of its folders and files may use besides itself. Where the last one is `…`, those that are
/// not named are free.
const ROOMS: &[(&str, &[(&str, &[&str])])] = &[
    (
        "engine",
        &[
            ("command", &[]),
            ("net", &[]),
            ("shared", &["net", "command"]),
            ("observe", &["net"]),
            ("task", &["observe", "net", "shared", "command"]),
            ("session", &["task", "observe", "net", "shared", "command"]),
            ("keep", &["shared", "command"]),
            ("dispatch", &["keep", "session", "task", "observe", "net", "shared", "command"]),
            ("outbox", &["dispatch", "shared"]),
            ("presence", &["shared", "net", "command"]),
        ],
    ),
    ("http", &[("message", &[]), ("client", &["message"]), ("server", &["message"])]),
    (
        "cli",
        &[
            ("args", &[]),
            ("output", &[]),
            ("help", &["args"]),
            ("refusal", &["args", "help", "output"]),
            ("parse", &["args", "help"]),
            ("plan", &["args", "output"]),
            ("run", &["args", "output", "plan"]),
        ],
    ),
    (
        "ui",
        &[
            ("theme", &[]),
            ("icons", &[]),
            ("preferences", &[]),
            ("tab", &["icons"]),
            ("command", &["icons", "tab"]),
            ("action", &["command", "preferences", "tab"]),
            ("kit", &["icons", "theme"]),
            ("dialogs", &["action", "command", "icons", "kit", "preferences", "theme"]),
            ("forms", &["action", "icons", "kit", "theme"]),
            ("frame", &["action", "command", "dialogs", "icons", "kit", "preferences", "tab", "theme"]),
            ("views", &["action", "command", "forms", "frame", "icons", "kit", "tab", "theme"]),
        ],
    ),
    (
        "app",
        &[
            ("mailbox", &[]),
            ("store", &[]),
            ("model", &[]),
            ("launch", &["mailbox", "store"]),
            ("effects", &["launch", "mailbox", "model", "store"]),
            ("update", &["effects", "model"]),
            ("draw", &["model"]),
            ("window", &["draw", "effects", "launch", "mailbox", "model", "update"]),
            ("start", &["effects", "launch", "model", "window"]),
        ],
    ),
];

/// A view and its parts share a type that stands in the view's own file.
const PART: &str = "a view and its parts share a type";

/// Arrows that close a circle and stand nevertheless, and why. This list only gets shorter: one that closes none any more
/// has to go.
const CIRCLES: &[(&str, &str, &str)] = &[("src/ui/views/send_box.rs", "src/ui/views/send_box/saved.rs", PART)];

/// Words that stand nowhere in the program; the last is where they may, after all.
const NOWHERE: &[(&[&str], &str)] = &[
    (&["println", "!"], "cli"),
    (&["eprintln", "!"], "cli"),
    (&["print", "!"], "cli"),
    (&["eprint", "!"], "cli"),
    (&["dbg", "!"], ""),
    (&["todo", "!"], ""),
    (&["unimplemented", "!"], ""),
    (&["unbounded_channel"], ""),
    (&["[", "allow", "("], ""),
    (&[".", "unwrap", "(", ")"], ""),
];

/// Where an error may be a sentence: what decoders of others say goes up through one module.
const SENTENCES: &[&str] = &["src/media/tiff/"];

/// The longest file that a person reads in one go.
const LINES: usize = 500;

#[test]
fn arrows_go_down_only_and_house_rules_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("src"), &mut paths);
    assert!(paths.len() > 50, "the source was found");
    let files: Vec<(String, String)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let wrong = check(&files, ROOMS, CIRCLES);
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

/// What is wrong with these files, by name and text; a line for each.
fn check(
    files: &[(String, String)],
    rooms: &[(&str, &[(&str, &[&str])])],
    circles: &[(&str, &str, &str)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut read = Vec::new();
    for (name, text) in files {
        let lines = text.lines().count();
        if lines > LINES {
            wrong.push(format!("{name}:{lines}: {lines} lines are more than {LINES}"));
        }
        match source::tokens(text) {
            Ok(tokens) => {
                wrong.extend(words(name, &tokens));
                read.push((name.clone(), tokens));
            }
            Err(error) => wrong.push(format!("{name}: is no Rust: {error}")),
        }
    }
    let graph = Graph::new(&read);
    wrong.extend(layers(&graph));
    let inside: Vec<Arrow> =
        graph.arrows().into_iter().filter(|arrow| top(&graph, arrow.from) == top(&graph, arrow.to)).collect();
    for (layer, rooms) in rooms {
        wrong.extend(folders(&graph, &inside, layer, rooms));
    }
    wrong.extend(round(&graph, &inside, circles));
    wrong
}

/// Words that must not stand in this file.
fn words(name: &str, tokens: &[Token]) -> Vec<String> {
    let modules = graph::modules(name);
    let top = modules.first().map_or("", String::as_str);
    if modules.iter().any(|module| module == "tests") {
        return Vec::new();
    }
    let tokens = source::without_tests(tokens);
    let mut wrong = Vec::new();
    let nowhere = NOWHERE.iter().filter(|(_, place)| *place != top || place.is_empty());
    for (words, _) in nowhere {
        for line in source::places(&tokens, words) {
            wrong.push(format!("{name}:{line}: {} must not stand here", words.concat()));
        }
    }
    if !SENTENCES.iter().any(|place| name.starts_with(place)) {
        for line in source::sentences(&tokens) {
            wrong.push(format!("{name}:{line}: an error is a kind with its data, and no String"));
        }
    }
    let foreign = LAYERS.iter().find(|(layer, ..)| *layer == top).map_or(&[][..], |(.., foreign)| foreign);
    for word in foreign.iter().filter(|word| !word.contains("::")) {
        for line in source::places(&tokens, &[word]) {
            wrong.push(format!("{name}:{line}: {top} must not use {word}"));
        }
    }
    wrong
}

/// Paths into layers that are not below. As they are written: a layer must not be reached through another either.
fn layers(graph: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in &graph.files {
        let modules = graph::modules(&file.name);
        // main.rs and lib.rs wire everything together.
        let Some(top) = modules.first() else { continue };
        let Some((_, below, _)) = LAYERS.iter().find(|(name, ..)| name == top) else {
            wrong.push(format!("{}: the module {top} has no layer; give it one in tests/layers.rs", file.name));
            continue;
        };
        let foreign = LAYERS.iter().find(|(name, ..)| name == top).map_or(&[][..], |(.., foreign)| foreign);
        for (line, path) in file.paths() {
            for word in foreign.iter().filter(|word| word.contains("::") && graph::begins(path, word)) {
                wrong.push(format!("{}:{line}: {top} must not use {word}", file.name));
            }
        }
        for (line, used) in Graph::layers_named_in(file) {
            if used != *top && !below.contains(&used.as_str()) && LAYERS.iter().any(|(name, ..)| *name == used) {
                wrong.push(format!("{}:{line}: {top} must not use {used}", file.name));
            }
        }
    }
    wrong
}

/// Arrows between the folders of one layer that do not go down.
fn folders(graph: &Graph, inside: &[Arrow], layer: &str, rooms: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    let free = rooms.iter().any(|(name, _)| *name == "…");
    for arrow in inside.iter().filter(|arrow| top(graph, arrow.from) == layer) {
        let (Some(from), Some(to)) = (room(graph, arrow.from), room(graph, arrow.to)) else { continue };
        let place = format!("{}:{}", graph.files[arrow.from].name, arrow.line);
        match rooms.iter().find(|(name, _)| *name == from) {
            Some((_, below)) if from != to && !below.contains(&to.as_str()) => {
                wrong.push(format!("{place}: {layer}/{from} must not use {layer}/{to} ({})", arrow.what));
            }
            None if !free => {
                wrong.push(format!(
                    "{place}: {layer}/{from} has no place among the folders; give it one in tests/layers.rs"
                ));
            }
            _ => {}
        }
    }
    wrong
}

/// Files that need one another, those aside that are known to.
fn round(graph: &Graph, inside: &[Arrow], known: &[(&str, &str, &str)]) -> Vec<String> {
    let name = |file: usize| graph.files[file].name.as_str();
    let is = |arrow: &Arrow, (from, to, _): &(&str, &str, &str)| name(arrow.from) == *from && name(arrow.to) == *to;
    let mut wrong = Vec::new();
    let all = graph::circles(inside);
    for exception in known {
        if !all.iter().any(|(_, arrows)| arrows.iter().any(|arrow| is(arrow, exception))) {
            wrong
                .push(format!("{} and {} are in no circle any more: take them off the list", exception.0, exception.1));
        }
    }
    let held: Vec<Arrow> = inside.iter().filter(|arrow| !known.iter().any(|known| is(arrow, known))).cloned().collect();
    for (files, arrows) in graph::circles(&held) {
        wrong.push(format!("{} files need one another:", files.len()));
        wrong.extend(
            arrows.iter().map(|arrow| {
                format!("    {}:{} needs {} ({})", name(arrow.from), arrow.line, name(arrow.to), arrow.what)
            }),
        );
    }
    wrong
}

fn top(graph: &Graph, file: usize) -> String {
    graph::modules(&graph.files[file].name).first().cloned().unwrap_or_default()
}

/// The folder or file right below a layer; none for the layer's own mod.rs.
fn room(graph: &Graph, file: usize) -> Option<String> {
    graph::modules(&graph.files[file].name).get(1).cloned()
}
