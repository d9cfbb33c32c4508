//! Which file needs which: names are followed through imports, `super`, and modules that hand on what others declare.
//! Owns no rule.

use std::collections::{BTreeMap, HashMap};

use super::source::{self, Scope};

/// A file of the crate as the checks see it.
pub(crate) struct File {
    /// `src/engine/net/bind.rs`.
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
}

impl File {
    /// Every path in it, with its line.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (usize, &[String])> {
        self.scopes.iter().flat_map(|scope| {
            let imports = scope.imports.iter().map(|import| (import.line, import.path.as_slice()));
            imports.chain(scope.mentions.iter().map(|mention| (mention.line, mention.path.as_slice())))
        })
    }
}

/// Whether a path begins with these names: `tokio::net`.
pub(crate) fn begins(path: &[String], names: &str) -> bool {
    names.split("::").enumerate().all(|(at, name)| path.get(at).is_some_and(|part| part == name))
}

/// `from` names something that `to` declares.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) line: usize,
    pub(crate) what: String,
}

/// Where a name leads.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// A module, by file and scope.
    Module(usize, usize),
    /// Something that this file declares.
    Item(usize),
}

/// How many imports are followed one after the other.
const HOPS: usize = 24;

/// All files, and the way from a module's path to its place.
pub(crate) struct Graph {
    pub(crate) files: Vec<File>,
    modules: HashMap<Vec<String>, (usize, usize)>,
}

impl Graph {
    /// Of files by name and text. Test modules are left out.
    pub(crate) fn new(files: &[(String, Vec<source::Token>)]) -> Self {
        let mut files: Vec<File> = files
            .iter()
            .map(|(name, tokens)| File { name: name.clone(), scopes: source::scopes(&modules(name), tokens) })
            .collect();
        let tests: Vec<Vec<String>> = files
            .iter()
            .flat_map(|file| &file.scopes)
            .flat_map(|scope| {
                scope.test_modules.iter().map(|name| [&scope.path[..], std::slice::from_ref(name)].concat())
            })
            .collect();
        files.retain(|file| !tests.iter().any(|test| file.scopes[0].path.starts_with(test)));
        let mut modules = HashMap::new();
        for (at, file) in files.iter().enumerate() {
            for (scope, part) in file.scopes.iter().enumerate() {
                // The program's root is the library's user, not the root of these paths.
                if file.name != "src/main.rs" {
                    modules.insert(part.path.clone(), (at, scope));
                }
            }
        }
        Self { files, modules }
    }

    /// Every arrow between two files.
    pub(crate) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (from, file) in self.files.iter().enumerate() {
            for (part, scope) in file.scopes.iter().enumerate() {
                let imports = scope.imports.iter().filter(|import| !import.public).map(|import| {
                    let everything = import.name == "*";
                    (&import.path, import.line, everything)
                });
                let mentions = scope.mentions.iter().map(|mention| (&mention.path, mention.line, false));
                for (path, line, everything) in imports.chain(mentions) {
                    let to = match self.follow((from, part), path, HOPS) {
                        Some(Target::Item(to)) => to,
                        Some(Target::Module(to, _)) if everything => to,
                        _ => continue,
                    };
                    if to != from {
                        arrows.push(Arrow { from, to, line, what: path.join("::") });
                    }
                }
            }
        }
        arrows.sort();
        arrows.dedup();
        arrows
    }

    /// The top-level modules that the paths in a file begin with, and in which lines.
    pub(crate) fn layers_named_in(file: &File) -> Vec<(usize, String)> {
        let mut named = Vec::new();
        for scope in &file.scopes {
            let imports = scope.imports.iter().map(|import| (&import.path, import.line));
            let mentions = scope.mentions.iter().map(|mention| (&mention.path, mention.line));
            for (path, line) in imports.chain(mentions) {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let whole = match path.first().map(String::as_str) {
                    Some("crate") => path[1..].to_vec(),
                    Some("super") if ups <= scope.path.len() => {
                        [&scope.path[..scope.path.len() - ups], &path[ups..]].concat()
                    }
                    _ => continue,
                };
                named.extend(whole.first().map(|first| (line, first.clone())));
            }
        }
        named
    }

    fn scope(&self, (file, scope): (usize, usize)) -> &Scope {
        &self.files[file].scopes[scope]
    }

    fn parent(&self, at: (usize, usize)) -> Option<(usize, usize)> {
        let path = &self.scope(at).path;
        let up = path.len().checked_sub(1)?;
        self.modules.get(&path[..up]).copied()
    }

    fn child(&self, at: (usize, usize), name: &str) -> Option<(usize, usize)> {
        let mut path = self.scope(at).path.clone();
        path.push(name.to_owned());
        self.modules.get(&path).copied()
    }

    /// What a path written in a module leads to; nothing for other crates.
    fn follow(&self, from: (usize, usize), path: &[String], hops: usize) -> Option<Target> {
        let hops = hops.checked_sub(1)?;
        let mut rest = path;
        let mut at = from;
        let mut rooted = false;
        while let Some((first, others)) = rest.split_first() {
            at = match first.as_str() {
                "crate" => self.modules.get(&[][..]).copied()?,
                "self" => at,
                "super" => self.parent(at)?,
                _ => break,
            };
            rooted = true;
            rest = others;
        }
        loop {
            let Some((name, others)) = rest.split_first() else {
                return Some(Target::Module(at.0, at.1));
            };
            let found = self.look(at, name, others.is_empty(), hops);
            match found {
                Some(Target::Module(file, scope)) => {
                    at = (file, scope);
                    rooted = true;
                    rest = others;
                }
                Some(item) => return Some(item),
                // What a macro declares is not seen; it stands where it is looked for.
                None if rooted => return Some(Target::Item(at.0)),
                None => return None,
            }
        }
    }

    /// A name in a module. Where a module and something else share it, the last name of a path is the latter.
    fn look(&self, at: (usize, usize), name: &str, last: bool, hops: usize) -> Option<Target> {
        let scope = self.scope(at);
        let module = self.child(at, name).map(|(file, scope)| Target::Module(file, scope));
        if !last && module.is_some() {
            return module;
        }
        let import = scope.imports.iter().find(|import| import.name == name && !import.path.is_empty());
        if let Some(import) = import {
            // `use super::name` of a module of the same name: the path begins elsewhere or is longer.
            if import.path.len() > 1
                && let Some(found) = self.follow(at, &import.path, hops)
            {
                return Some(found);
            }
        }
        if scope.declared.contains(name) && module.is_none() {
            return Some(Target::Item(at.0));
        }
        if module.is_some() {
            return module;
        }
        scope.imports.iter().filter(|import| import.name == "*").find_map(|import| {
            let Some(Target::Module(file, scope)) = self.follow(at, &import.path, hops) else {
                return None;
            };
            let hops = hops.checked_sub(1)?;
            self.look((file, scope), name, last, hops)
        })
    }
}

/// The circles among these arrows: files that need one another, each group with the arrows in it.
pub(crate) fn circles(arrows: &[Arrow]) -> Vec<(Vec<usize>, Vec<Arrow>)> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for arrow in arrows {
        next.entry(arrow.from).or_default().push(arrow.to);
    }
    let reached = |from: usize| {
        let mut seen = Vec::new();
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            for to in next.get(&at).into_iter().flatten() {
                if !seen.contains(to) {
                    seen.push(*to);
                    open.push(*to);
                }
            }
        }
        seen
    };
    let reach: BTreeMap<usize, Vec<usize>> = next.keys().map(|from| (*from, reached(*from))).collect();
    let both = |a: usize, b: usize| {
        reach.get(&a).is_some_and(|seen| seen.contains(&b)) && reach.get(&b).is_some_and(|seen| seen.contains(&a))
    };
    let mut done: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for from in reach.keys().copied() {
        if done.contains(&from) || !both(from, from) {
            continue;
        }
        let group: Vec<usize> = reach.keys().copied().filter(|other| both(from, *other)).collect();
        done.extend(&group);
        let inside = |arrow: &&Arrow| group.contains(&arrow.from) && group.contains(&arrow.to);
        found.push((group.clone(), arrows.iter().filter(inside).cloned().collect()));
    }
    found
}

/// `src/engine/platform/mod.rs` is `engine`, `platform`.
pub(crate) fn modules(file: &str) -> Vec<String> {
    let mut names: Vec<String> =
        file.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(ToOwned::to_owned).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    names
}
