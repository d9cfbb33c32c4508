//! What a command line means: arguments become settings of sessions, with every default filled in, or words on what is
//! wrong with them.
//!
//! Reads the files that arguments name, and nothing else: no socket, no standard stream, and it never ends the program.

mod connect;
mod form;
mod get;
mod lab;
mod listen;
mod saved;
mod settings;
mod usage;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::args::{Args, Command, Renderer};
use crate::words::text;

pub(super) use connect::{Connecting, Message};
pub(super) use form::{Form, Lines, NotBytes};
pub(super) use get::Getting;
pub(super) use lab::{LabPlan, LabRun};
pub(super) use listen::{Input, Listening, read_routes};
pub(super) use saved::Saved;
pub(super) use settings::Settings;
pub(super) use usage::Usage;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Plan {
    Window(Launch),
    /// Only printed, to standard output.
    Print(String),
    Listen(Box<Listening>),
    Connect(Box<Connecting>),
    Get(Box<Getting>),
    Saved(Box<Saved>),
    Lab(LabPlan),
    Addresses,
    /// Man pages and completions, into this folder.
    Generate(PathBuf),
}

/// How the window was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// Paths and URLs to open, in this order; the paths exist.
    pub open: Vec<OsString>,
    /// The only thing that may draw the window; `None` tries all.
    pub renderer: Option<Renderer>,
}

/// What the arguments mean.
///
/// # Errors
/// When they do not go together, or name what is not there.
pub(super) fn plan(args: Args) -> Result<(Plan, Settings), Usage> {
    let settings = Settings::new(&args.common);
    let Some(command) = args.command else {
        return Ok((Plan::Window(launch(args.open, args.renderer)?), settings));
    };
    if args.renderer.is_some() || !args.open.is_empty() {
        return Err(Usage::new(text!("a command opens no window; leave --renderer, paths and URLs out")));
    }
    let encoding = settings.style.encoding;
    let plan = match command {
        Command::Listen(listen) => {
            let listening = Listening::new(&listen, encoding)?;
            match listen.print_as {
                Some(kind) => Plan::Print(listening.program(kind)?),
                None => Plan::Listen(Box::new(listening)),
            }
        }
        Command::Connect(connect) => {
            let connecting = Connecting::new(&connect, encoding)?;
            match connect.print_as {
                Some(kind) => Plan::Print(connecting.program(kind)?),
                None => Plan::Connect(Box::new(connecting)),
            }
        }
        Command::Get(get) => {
            let getting = Getting::new(&get)?;
            match get.print_as {
                Some(kind) => Plan::Print(getting.program(kind)?),
                None => Plan::Get(Box::new(getting)),
            }
        }
        Command::Run(run) => Plan::Saved(Box::new(Saved::read(&run.file)?)),
        Command::Lab(lab) => Plan::Lab(LabPlan::new(&lab)?),
        Command::Generate(generate) => Plan::Generate(generate.folder),
        Command::Addresses => Plan::Addresses,
    };
    Ok((plan, settings))
}

/// What the window is to open.
fn launch(open: Vec<OsString>, renderer: Option<Renderer>) -> Result<Launch, Usage> {
    for word in &open {
        let is_url = word.to_str().is_some_and(|word| word.contains("://"));
        if !is_url && !Path::new(word).exists() {
            let word = word.to_string_lossy();
            return Err(Usage::new(text!("“{word}” is no command, no file, no folder and no URL", word = word)));
        }
    }
    Ok(Launch { open, renderer })
}
