//! The command line: the same engine without a window, for scripts, tests and machines without a screen.
//!
//! Owns arguments, standard streams, signals and exit codes. Data goes to standard output, everything about it to
//! standard error. Must not know egui, and decides nothing that the engine decides.

mod args;
mod connect;
mod generate;
mod get;
mod help;
mod lab;
mod launch;
mod lines;
mod listen;
mod refusal;
mod saved;
mod session;
mod site_args;
mod stdio;

use std::{fmt::Write as _, process::ExitCode};

use args::{Args, Command};
pub use help::help_texts;
pub use launch::{Launch, Renderer};

use crate::{model::system_words, words::text};

/// How a run ended; the numbers are the program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Done: 0.
    Done,
    /// The network operation failed: 1.
    Failed,
    /// Ctrl-C: 130.
    Interrupted,
    /// Asked to end by the system: 143. Unix only.
    #[cfg(unix)]
    Terminated,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        match end {
            End::Done => Self::SUCCESS,
            End::Failed => Self::FAILURE,
            End::Interrupted => Self::from(130),
            #[cfg(unix)]
            End::Terminated => Self::from(143),
        }
    }
}

/// Reads the command line and does what it says, in the language that is set; wrong usage ends the program with code 2.
/// Calls `window` when there is no command.
#[must_use]
pub fn run(window: impl FnOnce(Launch) -> ExitCode) -> ExitCode {
    let args = Args::parse();
    let launch = args.launch();
    let Some(command) = args.command else { return window(launch) };
    let result = match command {
        Command::Listen(listen) => listen::run(&listen, &args.common),
        Command::Connect(connect) => connect::run(&connect, &args.common),
        Command::Get(get) => get::run(&get, &args.common),
        Command::Run(file) => saved::run(&file, &args.common),
        Command::Lab(lab) => lab::run(&lab, &args.common),
        Command::Generate(generate) => generate::run(&generate),
        Command::Addresses => Ok(addresses(args.common.json)),
    };
    match result {
        Ok(end) => end.into(),
        Err(error) => {
            stdio::status(&system_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// Ends the program with an error's words and code 1, or in order.
#[must_use]
pub fn report<E: std::error::Error>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            stdio::status(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// This build has no window: the cargo feature `gui` was off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("this build has no window; `socketlab --help` lists the commands that work without one"))]
pub struct NoWindow;

/// Prints this machine's addresses, the best one for another PC first.
fn addresses(json: bool) -> End {
    use crate::engine::{AdapterKind, addresses};
    let mut out = String::new();
    for adapter in addresses() {
        let (kind, words) = match adapter.kind {
            AdapterKind::Lan => ("lan", text!("lan")),
            AdapterKind::Virtual => ("virtual", text!("virtual")),
            AdapterKind::Loopback => ("loopback", text!("loopback")),
        };
        if json {
            let line = serde_json::json!({ "address": adapter.address, "adapter": adapter.name, "kind": kind });
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "{:<40} {:<16} {words}", adapter.address.to_string(), adapter.name);
        }
    }
    match stdio::write_all(out.as_bytes()) {
        Ok(()) => End::Done,
        Err(_) => End::Failed,
    }
}
