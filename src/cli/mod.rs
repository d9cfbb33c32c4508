//! The command line: the same engine without a window, for scripts, tests and machines without a screen.
//!
//! ```text
//! args (words, one by one) → plan (what they mean, or what is wrong) → run (sessions of the engine) → output (streams, files)
//! ```
//!
//! Owns arguments, standard streams, signals and exit codes. Data goes to standard output, everything about it to
//! standard error. Must not know egui, and decides nothing that the engine decides.

mod args;
mod help;
mod output;
mod parse;
mod plan;
mod refusal;
mod run;

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

pub use args::Renderer;
pub use help::help_texts;
pub use plan::Launch;

use crate::words::{set_language, text};
use output::printable;
use plan::Plan;
use refusal::Refusal;

/// The exit code for wrong usage.
const USAGE: u8 = 2;

/// Does what a command line says, in the language that is set or asked for, and gives the exit code. Calls `window` when
/// there is no command. The first word is the name of the program.
#[must_use]
pub fn run(words: impl IntoIterator<Item = OsString>, window: impl FnOnce(Launch) -> ExitCode) -> ExitCode {
    let words: Vec<_> = words.into_iter().collect();
    if let Some(lang) = parse::lang(&words) {
        set_language(lang);
    }
    let planned = parse::parse(&words)
        .map_err(refusal::refuse)
        .and_then(|args| plan::plan(args).map_err(|usage| refusal::wrong(&usage.to_string())));
    match planned {
        Ok((Plan::Window(launch), _)) => window(launch),
        Ok((plan, settings)) => run::run(plan, &settings),
        Err(Refusal::Asked(help)) => match help.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(Refusal::Wrong(words)) => {
            let _ = io::stderr().write_all(words.as_bytes());
            ExitCode::from(USAGE)
        }
    }
}

/// Ends the program with an error's words and code 1, or in order.
#[must_use]
pub fn report<E: std::error::Error>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "socketlab: {}", printable(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// This build has no window: the cargo feature `gui` was off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("this build has no window; `socketlab --help` lists the commands that work without one"))]
pub struct NoWindow;
