//! `socketlab lab`: lists the labs, runs one, or prints it in Python.
//!
//! Owns nothing but the course of a run: the listener and the clients are sessions of the engine like any others.

mod course;
mod show;

use std::{fmt::Write as _, io};

use super::end::End;
use crate::{
    cli::{
        output::{self, Status},
        plan::{LabPlan, Settings},
    },
    engine::explore,
    lessons::labs,
    words::{Language, text},
};

/// Lists, prints or runs.
pub(super) fn run(plan: LabPlan, settings: &Settings, status: &Status) -> io::Result<End> {
    match plan {
        LabPlan::List => list(settings.json),
        LabPlan::Print(program) => output::write_all(program.as_bytes()).map(|()| End::Done),
        LabPlan::Families(protocol) => families(protocol, settings.json),
        LabPlan::Run(run) => course::run(*run, settings, status),
    }
}

fn list(json: bool) -> io::Result<End> {
    let mut out = String::new();
    for lab in labs() {
        if json {
            let line = serde_json::json!({ "id": lab.id, "title": lab.title, "summary": lab.summary });
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "{:<18} {}", lab.id, lab.title);
        }
    }
    output::write_all(out.as_bytes()).map(|()| End::Done)
}

/// Every family with every type, as this system gives them.
fn families(protocol: i32, json: bool) -> io::Result<End> {
    let mut out = String::new();
    for probe in explore(protocol) {
        let (family, kind) = (probe.family, probe.kind);
        let call = format!("socket({family}, {kind}, {})", probe.protocol);
        if json {
            let (descriptor, failure) = (probe.outcome.as_ref().ok(), probe.outcome.as_ref().err());
            let protocol = probe.protocol;
            let line = serde_json::json!({
                "family": family, "type": kind, "protocol": protocol, "descriptor": descriptor, "failure": failure.map(|failure| failure.worded(Language::ENGLISH)),
            });
            let _ = writeln!(out, "{line}");
            continue;
        }
        match &probe.outcome {
            Ok(descriptor) => {
                let words = text!("descriptor {number}", number = descriptor);
                let _ = writeln!(out, "{call:<38} {words}");
            }
            Err(failure) => {
                let hint = failure.hint();
                let hint = if hint.is_empty() { hint } else { format!("; {hint}") };
                let _ = writeln!(out, "{call:<38} {}: {}{hint}", failure.code(), failure.message());
            }
        }
    }
    output::write_all(out.as_bytes()).map(|()| End::Done)
}
