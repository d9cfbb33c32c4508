//! Carries out what was planned: sessions of the engine, their notices, standard streams, the end and its exit code.

mod addresses;
mod connect;
mod end;
mod generate;
mod get;
mod input;
mod lab;
mod listen;
mod saved;
mod script;
mod session;
mod signals;
mod typing;

use std::{process::ExitCode, time::Duration};

use super::{
    output::{self, Status},
    plan::{Plan, Settings},
};
use crate::model::system_words;
use end::End;

/// How long standard error may take nothing before the last line is given up.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Does what is planned; a window is opened elsewhere.
pub(super) fn run(plan: Plan, settings: &Settings) -> ExitCode {
    // Without a thread there is nobody who could say why not.
    let Ok(status) = Status::start() else { return ExitCode::FAILURE };
    let result = match plan {
        Plan::Window(_) => Ok(End::Done),
        Plan::Print(program) => output::write_all(program.as_bytes()).map(|()| End::Done),
        Plan::Listen(listening) => listen::run(*listening, settings, &status),
        Plan::Connect(connecting) => connect::run(*connecting, settings, &status),
        Plan::Get(getting) => get::run(*getting, settings, &status),
        Plan::Saved(saved) => saved::run(*saved, settings, &status),
        Plan::Lab(plan) => lab::run(plan, settings, &status),
        Plan::Addresses => addresses::run(settings.json),
        Plan::Generate(folder) => generate::run(&folder),
    };
    match result {
        Ok(end) => end.into(),
        Err(error) => {
            status.say(&system_words(&error));
            status.settle(LAST_WORDS);
            ExitCode::FAILURE
        }
    }
}
