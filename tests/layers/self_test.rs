//! The checks are checked: each fault is found by name and line, and what looks like one is not.

use super::check;

/// Checks small files against these rules.
fn wrong(files: &[(&str, &str)], circles: &[(&str, &str, &str)]) -> Vec<String> {
    let rooms: &[(&str, &[(&str, &[&str])])] =
        &[("engine", &[("net", &[]), ("task", &["net"])]), ("ui", &[("kit", &[]), ("…", &[])])];
    let mut files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    // The modules above them.
    for parent in ["src/lib.rs", "src/model/mod.rs", "src/model/b/mod.rs", "src/engine/mod.rs", "src/ui/mod.rs"] {
        let folder = parent.trim_end_matches("mod.rs");
        if (folder == parent || files.iter().any(|(name, _)| name.starts_with(folder)))
            && !files.iter().any(|(name, _)| name == parent)
        {
            files.push((parent.to_owned(), String::new()));
        }
    }
    check(&files, rooms, circles)
}

#[test]
fn a_file_is_seen_to_break_a_rule() {
    for (file, text, part) in [
        ("src/model/a.rs", "use crate::journal::Seq;", "src/model/a.rs:1: model must not use journal"),
        (
            "src/ui/a.rs",
            "//! x\nuse crate::{\n    model::{Name, engine},\n    engine::Engine,\n};",
            "a.rs:4: ui must not use engine",
        ),
        ("src/ui/a/b.rs", "fn f() { super::super::super::engine::go(); }", "b.rs:1: ui must not use engine"),
        ("src/ui/a.rs", "fn f() { vec![crate::engine::go()]; }", "a.rs:1: ui must not use engine"),
        ("src/ui/a.rs", "use std::{thread, time};", "ui must not use thread"),
        ("src/http/a.rs", "use tokio::{net::TcpListener, time};", "http must not use tokio::net"),
        ("src/http/a.rs", "fn f() {\n tokio::net::lookup_host(x) }", "a.rs:2: http must not use tokio::net"),
        ("src/http/a.rs", "fn f() { #[cfg(all(unix, test))] x.unwrap(); }", ".unwrap() must not stand here"),
        ("src/engine/a.rs", "fn f() {\n    println!(\"x\"); }", "a.rs:2: println! must not stand here"),
        ("src/engine/a.rs", "fn f() { x.unwrap(); }", ".unwrap() must not stand here"),
        ("src/engine/a.rs", "fn f() { x\n.unwrap(); }", "a.rs:2: .unwrap() must not stand here"),
        ("src/ui/a.rs", "fn f() -> Result<Vec<(u8, u8)>, String> { g() }", "a.rs:1: an error is a kind"),
        ("src/cli/a.rs", "enum A {\n    B(Option<Result<u8, String>>),\n}", "a.rs:2: an error is a kind"),
        ("src/media/a.rs", "use crate::journal::Journal;", "media must not use journal"),
        ("src/cli/a.rs", "use egui::Ui;", "cli must not use egui"),
        ("src/new/a.rs", "", "the module new has no layer"),
        ("src/main.rs", "#[allow(dead_code)] fn f() {}", "[allow( must not stand here"),
        ("src/main.rs", "#![allow(dead_code)]", "[allow( must not stand here"),
        ("src/lib.rs", &"\n".repeat(501), "501 lines"),
        ("src/model/a.rs", "fn f( {}", "src/model/a.rs: is no Rust"),
    ] {
        let found = wrong(&[(file, text)], &[]);
        assert!(found.len() == 1 && found[0].contains(part), "{part}: {found:?}");
    }
}

#[test]
fn what_only_looks_like_a_fault_is_none() {
    for (file, text) in [
        ("src/cli/a.rs", "fn f() { println!(\"x\"); }"),
        ("src/ui/a.rs", "// crate::engine, .unwrap()\nuse super::b; const A: &str = \"crate::engine\\\" println!\";"),
        ("src/ui/a.rs", "const A: char = '\"'; use crate::ui::b; const B: char = '\\''; const C: &str = r#\"tokio\"#;"),
        ("src/model/a.rs", "/* crate::engine */ fn f<'tokio>(a: &'tokio str) {}"),
        ("src/model/a.rs", "#[cfg(test)]\nmod tests { fn g() { x.unwrap(); } }\n#[cfg(test)] use crate::engine::E;"),
        ("src/model/a.rs", "#[cfg(all(test, unix))]\nmod tests { fn g() { x.unwrap(); } }"),
        ("src/model/a/tests.rs", "fn g() { x.unwrap(); }"),
        ("src/model/a.rs", "fn f() -> Result<HashMap<u8, String>, E> { g::<Vec<u8>, String>() }"),
        ("src/model/a.rs", "fn f() -> Result<String, Vec<String>> { Ok(a < b, String::new()) }"),
        ("src/media/tiff/a.rs", "fn f() -> Result<u8, String> { g() }"),
        ("src/model/a.rs", "use crate::model::engine_words; let eguil = 1; x.unwrap_or(1);"),
    ] {
        assert_eq!(wrong(&[(file, text)], &[]), Vec::<String>::new(), "{file} {text}");
    }
}

#[test]
fn folders_of_one_layer_are_held_to_their_order() {
    let up = [("src/engine/net/a.rs", "use crate::engine::task::T;"), ("src/engine/task/mod.rs", "pub struct T;")];
    assert_eq!(
        wrong(&up, &[]),
        ["src/engine/net/a.rs:1: engine/net must not use engine/task (crate::engine::task::T)"]
    );
    let down = [("src/engine/task/a.rs", "fn f(x: crate::engine::net::N) {}"), ("src/engine/net.rs", "pub struct N;")];
    assert_eq!(wrong(&down, &[]), [""; 0]);
    // Handed on by the layer's own mod.rs it is the same arrow.
    let through = [
        ("src/engine/mod.rs", "mod net; mod task; pub use task::T;"),
        ("src/engine/net.rs", "use super::T;"),
        ("src/engine/task.rs", "pub struct T;"),
    ];
    assert_eq!(wrong(&through, &[]), ["src/engine/net.rs:1: engine/net must not use engine/task (super::T)"]);
    let new = [("src/engine/new.rs", "use super::net::N;"), ("src/engine/net.rs", "pub struct N;")];
    assert!(wrong(&new, &[])[0].contains("engine/new has no place"), "a new folder is given one");
    // Where the rest is free only what is named is held.
    let kit = [("src/ui/kit.rs", "use super::other::T;"), ("src/ui/other.rs", "pub struct T;")];
    assert_eq!(wrong(&kit, &[]), ["src/ui/kit.rs:1: ui/kit must not use ui/other (super::other::T)"]);
    let other = [("src/ui/other.rs", "use super::kit::T;"), ("src/ui/kit.rs", "pub struct T;")];
    assert_eq!(wrong(&other, &[]), [""; 0]);
}

#[test]
fn circles_are_found_however_the_names_are_written() {
    // Each pair of files needs one another.
    for (a, b) in [
        ("use super::b::B; pub struct A;", "use super::a::A; pub struct B;"),
        ("use crate::model::{b::{self, B}}; pub struct A;", "pub struct B; fn f(a: super::a::A) {}"),
        ("use super::b; pub fn go() { b::go(); }", "pub fn go() { super::a::go(); }"),
        ("pub fn go() { crate::model::b::go(); }", "pub fn go() { use crate::model::a as other; other::go(); }"),
        ("pub struct A; fn f() { assert!(super::b::B == 1); }", "pub const B: u8 = 1; fn f() { [super::a::A]; }"),
        ("use super::b::*; pub struct A;", "mod c { use super::super::a::A; }"),
        ("pub struct A; impl super::b::Trait for A {}", "pub trait Trait {} fn f() { dyn_of(&super::a::A); }"),
        ("use super::b::B as Other; pub struct A;", "use super::a::{A as One}; pub enum B {}"),
        // What a macro declares is not seen, but where it is looked for is.
        ("use super::b::Made; pub struct A;", "make!(Made); use super::a::A;"),
    ] {
        let found = wrong(&[("src/model/a.rs", a), ("src/model/b.rs", b), ("src/model/mod.rs", "mod a; mod b;")], &[]);
        assert_eq!(found.first().map(String::as_str), Some("2 files need one another:"), "{a} | {b}: {found:?}");
        assert_eq!(found.len(), found.iter().filter(|line| line.contains(" needs ")).count() + 1);
    }
}

#[test]
fn names_that_are_handed_on_lead_to_who_declares_them() {
    let parent = "mod a; mod b; pub use a::A; pub(crate) use self::b::B;";
    // Two children that use the parent's words for one another: a circle of two, without the parent.
    let files = [
        ("src/model/mod.rs", parent),
        ("src/model/a.rs", "use super::B; pub struct A;"),
        ("src/model/b.rs", "use crate::model::A; pub struct B;"),
    ];
    let found = wrong(&files, &[]);
    assert_eq!(
        found,
        [
            "2 files need one another:",
            "    src/model/a.rs:1 needs src/model/b.rs (super::B)",
            "    src/model/b.rs:1 needs src/model/a.rs (crate::model::A)"
        ]
    );
    // The parent itself: it uses what a child declares, the child what it declares.
    let files = [
        ("src/model/mod.rs", "mod a; use a::A; pub struct M(A);"),
        ("src/model/a.rs", "pub struct A; fn f(m: &super::M) {}"),
    ];
    assert_eq!(wrong(&files, &[]).len(), 3, "a circle with the parent");
    // To name a child as a module, and to hand on what it has, is to need nothing of it.
    let files = [
        ("src/model/mod.rs", "pub mod a; pub use a::A; pub struct M;"),
        ("src/model/a.rs", "pub struct A; fn f(m: &super::M) {}"),
    ];
    assert_eq!(wrong(&files, &[]), [""; 0]);
    // Three in a row, through another layer's folder and back.
    let files = [
        ("src/model/a.rs", "use super::b::c::C; pub struct A;"),
        ("src/model/b/c.rs", "use super::d::D; pub struct C;"),
        ("src/model/b/d.rs", "use super::super::a::A; pub struct D;"),
    ];
    assert_eq!(wrong(&files, &[])[0], "3 files need one another:");
}

#[test]
fn what_is_no_circle_is_not_called_one() {
    for (a, b) in [
        ("use super::b::B;", "pub struct B; #[cfg(test)] mod tests { use super::super::a::A; }"),
        ("use super::b::B;", "pub struct B; // super::a::A"),
        ("use super::b::B;", "pub struct B; const T: &str = \"super::a::A\";"),
        ("use super::b::B;", "pub struct B; fn f(x: X) { x.a::<A>(); std::a::b(); }"),
        ("use super::b::B;", "pub struct B; pub(in crate::model) fn f() {} #[cfg(test)] use super::a::A;"),
        // Another crate's module of the same name.
        ("use super::b::B;", "pub struct B; use serde::a::A; fn f() { serde::a::go() }"),
    ] {
        let found = wrong(&[("src/model/a.rs", a), ("src/model/b.rs", b), ("src/model/mod.rs", "mod a; mod b;")], &[]);
        assert_eq!(found, [""; 0], "{a} | {b}");
    }
    // Whole files of tests.
    let files = [
        ("src/model/a.rs", "#[cfg(test)]\nmod check;\npub struct A; use super::b::B;"),
        ("src/model/a/check.rs", "use super::super::c::C;"),
        ("src/model/c.rs", "use super::a::A; pub struct C;"),
        ("src/model/b.rs", "pub struct B;"),
    ];
    assert_eq!(wrong(&files, &[]), [""; 0]);
}

#[test]
fn an_exception_is_taken_while_it_is_needed() {
    let files =
        [("src/model/a.rs", "use super::b::B; pub struct A;"), ("src/model/b.rs", "use super::a::A; pub struct B;")];
    assert_eq!(wrong(&files, &[("src/model/a.rs", "src/model/b.rs", "why")]), [""; 0]);
    let gone = wrong(&files[1..], &[("src/model/a.rs", "src/model/b.rs", "why")]);
    assert!(gone.len() == 1 && gone[0].contains("take them off the list"), "{gone:?}");
}
