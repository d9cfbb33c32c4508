//! The same in Python: the shortest correct program for one side of a lab.

use std::{fmt::Write as _, path::PathBuf};

/// A Python 3 program that runs as it stands. Its addresses are constants in lines of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program(pub(super) &'static str);

/// What a program's constants are to be instead; `None` leaves them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substitute {
    /// Address to bind or to call; `*` becomes `''`, all IPv4 addresses.
    pub host: Option<String>,
    /// Port to bind or to call.
    pub port: Option<u16>,
    /// The third argument of `socket`.
    pub protocol: Option<i32>,
    /// Path of a Unix socket.
    pub path: Option<PathBuf>,
    /// Folder to serve.
    pub folder: Option<PathBuf>,
    /// Picture to serve.
    pub picture: Option<PathBuf>,
}

impl Program {
    /// The program with the tutorial's own addresses.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.0
    }

    /// The program with other addresses. What it has no constant for is left out.
    #[must_use]
    pub fn with(self, values: &Substitute) -> String {
        let host = values.host.as_deref().map(|host| if host == "*" { "" } else { host });
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| literal(&path.to_string_lossy()));
        let constants = [
            ("HOST = ", host.map(literal)),
            ("PORT = ", values.port.map(|port| port.to_string())),
            ("PROTOCOL = ", values.protocol.map(|protocol| protocol.to_string())),
            ("PATH = ", path(&values.path)),
            ("FOLDER = ", path(&values.folder)),
            ("PICTURE = ", path(&values.picture)),
        ];
        let mut program = String::with_capacity(self.0.len() + 64);
        for line in self.0.lines() {
            let constant = constants.iter().find(|(name, _)| line.starts_with(name));
            match constant {
                Some((name, Some(value))) => {
                    let _ = writeln!(program, "{name}{value}");
                }
                _ => {
                    let _ = writeln!(program, "{line}");
                }
            }
        }
        program
    }
}

/// Text as a Python string literal.
fn literal(text: &str) -> String {
    let mut out = String::from("'");
    for char in text.chars() {
        match char {
            '\'' | '\\' => out.extend(['\\', char]),
            char if char.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_replaced_and_nothing_else() {
        let program = Program("HOST = 'a'\nPORT = 1\nprint(HOST, PORT)\n");
        let values = Substitute { host: Some("*".into()), port: Some(9), ..Substitute::default() };
        assert_eq!(program.with(&values), "HOST = ''\nPORT = 9\nprint(HOST, PORT)\n");
        assert_eq!(program.with(&Substitute::default()), program.source());
        assert_eq!(literal("a'\\\n好"), "'a\\'\\\\\\u000a好'");
    }
}
