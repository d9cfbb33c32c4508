//! What is said of a command line that makes no sense, in the language that is spoken: what is wrong, the way it is to
//! be written, and how to find out more.

use std::{fmt::Write as _, num::IntErrorKind};

use clap::{
    CommandFactory, Error,
    error::{ContextKind, ContextValue, ErrorKind},
};

use super::{args::Args, help::translated, output::printable};
use crate::words::{foreign::no_address, text};

/// What is to be printed instead of doing anything.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Help or the version, which were asked for; the library prints them, in colours where those can be shown.
    Asked(Error),
    /// What is wrong: to standard error.
    Wrong(String),
}

/// Help and version that were asked for, or what is wrong with the words that were typed.
pub(super) fn refuse(error: Error) -> Refusal {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Refusal::Asked(error);
    }
    let Some(mut words) = words(&error) else { return Refusal::Wrong(error.render().to_string()) };
    for (kind, suggestion) in suggestions(&error) {
        let _ = write!(words, "\n\n  {}", text!("perhaps {kind} “{word}” is meant", kind = kind, word = suggestion));
    }
    Refusal::Wrong(whole(&words, &list(&error, ContextKind::Usage).join(" ")))
}

/// What is wrong with arguments that do not go together.
pub(super) fn wrong(words: &str) -> Refusal {
    Refusal::Wrong(whole(words, &translated(Args::command()).render_usage().to_string()))
}

fn whole(words: &str, usage: &str) -> String {
    let mut all = format!("{} {words}\n", text!("error:"));
    let usage = usage.trim_start_matches("Usage:").trim();
    if !usage.is_empty() {
        let _ = write!(all, "\n{} {usage}\n", text!("Usage:"));
    }
    let _ = write!(all, "\n{}\n", text!("For more information, try '--help'."));
    printable(&all)
}

/// What is wrong; `None` for what never happens here, where the library's own words will do.
fn words(error: &Error) -> Option<String> {
    let one = |kind| list(error, kind).into_iter().next();
    let argument = one(ContextKind::InvalidArg);
    let value = one(ContextKind::InvalidValue).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::UnknownArgument => text!("unexpected argument '{argument}' found", argument = argument?),
        ErrorKind::InvalidSubcommand => {
            text!("unrecognized subcommand '{word}'", word = one(ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            text!("'{argument}' needs a value{choices}", argument = argument?, choices = choices(error))
        }
        ErrorKind::InvalidValue => text!(
            "invalid value '{value}' for '{argument}'{choices}",
            value = value,
            argument = argument?,
            choices = choices(error)
        ),
        ErrorKind::ValueValidation => {
            text!(
                "invalid value '{value}' for '{argument}': {why}",
                value = value,
                argument = argument?,
                why = why(error)
            )
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = list(error, ContextKind::InvalidArg).join("\n  ");
            text!("the following required arguments were not provided:\n  {arguments}", arguments = missing)
        }
        ErrorKind::ArgumentConflict => {
            let others = list(error, ContextKind::PriorArg);
            match argument? {
                twice if others.contains(&twice) => {
                    text!("the argument '{argument}' cannot be used multiple times", argument = twice)
                }
                argument => text!(
                    "the argument '{argument}' cannot be used with '{others}'",
                    argument = argument,
                    others = others.join("', '")
                ),
            }
        }
        ErrorKind::TooManyValues => {
            text!("unexpected value '{value}' for '{argument}': it takes no more", value = value, argument = argument?)
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            text!("'{argument}' needs another number of values", argument = argument?)
        }
        _ => return None,
    })
}

/// The values that are possible, as the end of a sentence.
fn choices(error: &Error) -> String {
    let values = list(error, ContextKind::ValidValue);
    if values.is_empty() {
        return String::new();
    }
    format!("\n  [{} {}]", text!("possible values:"), values.join(", "))
}

/// What is wrong with a value: our own words as they are, those of numbers in the language that is spoken.
fn why(error: &Error) -> String {
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    if let Some(number) = source.downcast_ref::<std::num::ParseIntError>() {
        return match number.kind() {
            IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => text!("the number is too large"),
            _ => text!("that is no number"),
        }
        .to_owned();
    }
    if source.is::<std::net::AddrParseError>() {
        return no_address().to_string();
    }
    let words = source.to_string();
    // The library's own words on a range: “70000 is not in 0..=65535”.
    match words.split_once(" is not in ") {
        Some((value, range)) => text!("{value} is not in {range}", value = value, range = range),
        None if words == "invalid digit found in string" => text!("that is no number").to_owned(),
        None => words,
    }
}

/// What was perhaps meant, each with what it is.
fn suggestions(error: &Error) -> impl Iterator<Item = (&'static str, String)> {
    let kinds = [
        (ContextKind::SuggestedArg, text!("the argument")),
        (ContextKind::SuggestedSubcommand, text!("the command")),
        (ContextKind::SuggestedValue, text!("the value")),
    ];
    kinds.into_iter().flat_map(|(kind, words)| list(error, kind).into_iter().map(move |word| (words, word)))
}

/// What an error knows of `kind`.
fn list(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(many)) => many.clone(),
        Some(ContextValue::StyledStr(one)) => vec![one.to_string()],
        _ => Vec::new(),
    }
}
