//! Reads a Rust file into what the checks need: its words without comments and texts, the modules in it, what each
//! imports and declares, and which paths it names. Owns no rule.

use std::{collections::HashSet, str::FromStr};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A word, a sign or `::`, with the line it stands in. Texts and characters in quotes are empty words.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// One name that a `use` brings into a module.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// What it is called here; `*` for everything.
    pub(crate) name: String,
    /// `pub use`, `pub(crate) use`: hands it on, which is not the same as needing it.
    pub(crate) public: bool,
    pub(crate) line: usize,
}

/// A path of two names or more outside `use`.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// A module: a file, or a part of one.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// From the root of the crate: `engine`, `net`, `bind`.
    pub(crate) path: Vec<String>,
    pub(crate) declared: HashSet<String>,
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
    /// Children that are only there in tests.
    pub(crate) test_modules: Vec<String>,
}

/// The lines in which the error of a `Result` is a `String`.
pub(crate) fn sentences(tokens: &[Token]) -> Vec<usize> {
    let starts = tokens.windows(2).enumerate().filter(|(_, pair)| pair[0].text == "Result" && pair[1].text == "<");
    starts
        .filter_map(|(at, _)| {
            let mut depth = 0;
            for (index, token) in tokens.iter().enumerate().skip(at + 1) {
                match token.text.as_str() {
                    "<" | "(" | "[" => depth += 1,
                    ">" | ")" | "]" => depth -= 1,
                    "," if depth == 1 => {
                        let [error, end] = [index + 1, index + 2].map(|next| tokens.get(next).map(|next| &*next.text));
                        return (error == Some("String") && end == Some(">")).then_some(token.line);
                    }
                    _ => {}
                }
                if depth == 0 {
                    return None;
                }
            }
            None
        })
        .collect()
}

/// The words of a file, what stands under `#[cfg(test)]` left out.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let stream = TokenStream::from_str(text).map_err(|error| error.to_string())?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Ok(tokens)
}

fn put(out: &mut Vec<Token>, text: &str, line: usize) {
    out.push(Token { text: text.to_owned(), line });
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    let mut half = false;
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                put(out, open, line);
                flatten(group.stream(), out);
                out.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            // A lifetime is one word.
            TokenTree::Ident(name) if out.last().is_some_and(|before| before.text == "'") => {
                out.last_mut().unwrap().text.push_str(&name.to_string());
            }
            TokenTree::Ident(name) => put(out, name.to_string().trim_start_matches("r#"), line),
            TokenTree::Literal(_) => put(out, "", line),
            TokenTree::Punct(sign) if sign.as_char() == ':' => {
                if half {
                    put(out, "::", line);
                } else if sign.spacing() == Spacing::Joint {
                    half = true;
                    continue;
                } else {
                    put(out, ":", line);
                }
            }
            TokenTree::Punct(sign) => put(out, &sign.as_char().to_string(), line),
        }
        half = false;
    }
}

/// Where these words stand one after the other: their lines.
pub(crate) fn places(tokens: &[Token], words: &[&str]) -> Vec<usize> {
    let same = |part: &&[Token]| part.iter().zip(words).all(|(token, word)| token.text == *word);
    tokens.windows(words.len()).filter(same).map(|part| part[0].line).collect()
}

/// The modules of a file, its own first.
pub(crate) fn scopes(path: &[String], tokens: &[Token]) -> Vec<Scope> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    reader.module(path.to_vec());
    reader.found.rotate_right(1);
    reader.found
}

/// The tokens without the items that only tests have.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test(tokens, at) {
            at = end_of_item(tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// What begins an item that only tests have.
const TEST: &[&[&str]] = &[&["#", "[", "cfg", "(", "test", ")", "]"], &["#", "[", "cfg", "(", "all", "(", "test", ","]];

fn is_test(tokens: &[Token], at: usize) -> bool {
    TEST.iter().any(|words| {
        tokens.len() >= at + words.len() && tokens[at..].iter().zip(*words).all(|(token, word)| token.text == *word)
    })
}

/// Behind the item, field or statement that the attribute at `at` belongs to.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    while word(at) == "#" {
        at = behind_group(tokens, at + 1);
    }
    while at < tokens.len() {
        match word(at) {
            ";" | "," => return at + 1,
            "{" => return behind_group(tokens, at),
            "(" | "[" => at = behind_group(tokens, at),
            ")" | "]" | "}" => return at,
            _ => at += 1,
        }
    }
    at
}

/// Behind what closes the bracket at `at`.
fn behind_group(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    at
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    found: Vec<Scope>,
}

impl Reader<'_> {
    fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text.as_str())
    }

    /// The word before, by so many.
    fn before(&self, back: usize) -> &str {
        self.at.checked_sub(back).map_or("", |at| self.tokens[at].text.as_str())
    }

    /// To the end of the file or behind the brace that ends the module.
    fn module(&mut self, path: Vec<String>) {
        let mut scope = Scope { path, ..Scope::default() };
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            let line = self.tokens[self.at].line;
            match self.word(0) {
                "{" => depth += 1,
                "}" if depth == 0 => {
                    self.at += 1;
                    break;
                }
                "}" => depth -= 1,
                "#" if is_test(self.tokens, self.at) => {
                    let end = end_of_item(self.tokens, self.at);
                    let words: Vec<_> = self.tokens[self.at..end].iter().map(|token| token.text.as_str()).collect();
                    if let [.., "mod", name, ";"] = words[..] {
                        scope.test_modules.push(name.to_owned());
                    }
                    self.at = end;
                    continue;
                }
                "mod" if self.word(2) == "{" => {
                    let child = [&scope.path[..], &[self.word(1).to_owned()]].concat();
                    scope.declared.insert(self.word(1).to_owned());
                    self.at += 3;
                    self.module(child);
                    continue;
                }
                "use" => {
                    let public = self.before(1) == "pub" || self.before(1) == ")" && self.opens_with_pub();
                    self.at += 1;
                    self.tree(Vec::new(), public, &mut scope.imports);
                    continue;
                }
                "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" if depth == 0 => {
                    let name = if self.word(1) == "mut" { self.word(2) } else { self.word(1) };
                    scope.declared.insert(name.to_owned());
                }
                "macro_rules" if self.word(1) == "!" => {
                    scope.declared.insert(self.word(2).to_owned());
                }
                word if is_name(word) && self.word(1) == "::" && self.starts_path() => {
                    let path = self.path();
                    scope.mentions.push(Mention { path, line });
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.found.push(scope);
    }

    /// `pub(…)` ends before here.
    fn opens_with_pub(&self) -> bool {
        let open = (0..self.at).rev().find(|at| self.tokens[*at].text == "(");
        open.and_then(|open| open.checked_sub(1)).is_some_and(|at| self.tokens[at].text == "pub")
    }

    /// Not a method, or a part of a path that began before.
    fn starts_path(&self) -> bool {
        match self.before(1) {
            "::" => false,
            "." => self.before(2) == ".",
            _ => true,
        }
    }

    fn path(&mut self) -> Vec<String> {
        let mut path = vec![self.word(0).to_owned()];
        self.at += 1;
        while self.word(0) == "::" && is_name(self.word(1)) {
            path.push(self.word(1).to_owned());
            self.at += 2;
        }
        path
    }

    /// One branch of a `use`, and behind the `;` or `,` that ends it.
    fn tree(&mut self, mut path: Vec<String>, public: bool, out: &mut Vec<Import>) {
        while self.at < self.tokens.len() {
            let line = self.tokens[self.at].line;
            match self.word(0) {
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.word(0) != "}" {
                        self.tree(path.clone(), public, out);
                    }
                    self.at += 1;
                    if matches!(self.word(0), ";" | ",") {
                        self.at += 1;
                    }
                    return;
                }
                "*" => {
                    out.push(Import { path: path.clone(), name: "*".to_owned(), public, line });
                    self.at += 1;
                    path.clear();
                }
                "as" => {
                    out.push(Import { path: std::mem::take(&mut path), name: self.word(1).to_owned(), public, line });
                    self.at += 2;
                }
                ";" | "," | "}" => {
                    if path.len() > 1 && path.last().is_some_and(|name| name == "self") {
                        path.pop();
                    }
                    if let Some(name) = path.last().cloned() {
                        out.push(Import { path, name, public, line });
                    }
                    if self.word(0) != "}" {
                        self.at += 1;
                    }
                    return;
                }
                word => {
                    if is_name(word) {
                        path.push(word.to_owned());
                    }
                    self.at += 1;
                }
            }
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|char: char| char.is_alphabetic() || char == '_')
}
