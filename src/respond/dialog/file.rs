//! A dialog as a TOML file.

use serde::Deserialize;
use toml::Spanned;

use crate::{
    model::{
        Dialog, Encoding, LineEnd, Rule, When,
        compose::{ByteOrder, Checksum},
    },
    respond::dialog::{Compiled, DialogError, DialogFault},
    words::foreign::{line_of, toml_error},
};

/// The file, with the places of its rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    greeting: String,
    #[serde(default)]
    rule: Vec<Spanned<RuleEntry>>,
    #[serde(default)]
    otherwise: String,
    #[serde(default)]
    hex: bool,
    #[serde(default)]
    escapes: bool,
    #[serde(default)]
    fields: bool,
    #[serde(default)]
    line_end: LineEnd,
    #[serde(default)]
    checksum: Checksum,
    #[serde(default)]
    byte_order: ByteOrder,
}

/// A rule in the file. What is not known is a slip of the pen here; in a session it may come from a newer version.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RuleEntry {
    when: When,
    pattern: String,
    reply: String,
    delay_ms: u32,
    ends: bool,
}

impl From<RuleEntry> for Rule {
    fn from(RuleEntry { when, pattern, reply, delay_ms, ends }: RuleEntry) -> Self {
        Self { when, pattern, reply, delay_ms, ends }
    }
}

/// A dialog as TOML, which [`read`] takes.
#[must_use]
pub fn write(dialog: &Dialog) -> String {
    // Plain strings, numbers and truths: there is nothing that TOML cannot say.
    toml::to_string_pretty(dialog).unwrap_or_default()
}

/// Reads a dialog from TOML: `greeting`, `otherwise`, and any number of `[[rule]]`.
///
/// # Errors
/// When it is no TOML, has unknown names in it, or a rule that cannot be used in that encoding; with the line.
pub fn read(toml: &str, encoding: Encoding) -> Result<Dialog, DialogError> {
    let mut file: File = toml::from_str(toml).map_err(|error| {
        let (line, wrong) = toml_error(toml, &error);
        DialogError { line, rule: None, fault: DialogFault::File(wrong) }
    })?;
    let lines: Vec<_> = file.rule.iter().map(|rule| line_of(toml, rule.span().start)).collect();
    let rules = std::mem::take(&mut file.rule).into_iter().map(|rule| rule.into_inner().into()).collect();
    let File { greeting, otherwise, hex, escapes, fields, line_end, checksum, byte_order, .. } = file;
    let dialog = Dialog { greeting, rules, otherwise, hex, escapes, fields, line_end, checksum, byte_order };
    match Compiled::new(&dialog, encoding) {
        Ok(_) => Ok(dialog),
        Err(error) => {
            let line = error.rule.and_then(|rule| lines.get(rule)).copied();
            Err(DialogError { line, ..error })
        }
    }
}
