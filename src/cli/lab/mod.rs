//! `socketlab lab`: lists the labs, runs one, or prints it in Python.
//!
//! Owns nothing but the course of a run: the listener and the clients are sessions of the engine like any others.

mod args;
mod course;
mod script;
mod show;

use std::{fmt::Write as _, io};

pub(super) use args::LabArgs;

use super::{End, args::Common, stdio};
use crate::{
    engine::explore,
    lessons::{LabClient, labs},
    words::{Language, text},
};

/// Lists, prints or runs.
pub(super) fn run(args: &LabArgs, common: &Common) -> io::Result<End> {
    let Some(id) = &args.id else { return list(common.json) };
    let lab = args.lab(id);
    if let Some(side) = args.python {
        let program = args.program(&lab, side);
        return stdio::write_all(program.as_bytes()).map(|()| End::Done);
    }
    if matches!(lab.client, Some(LabClient::Families)) {
        return families(args.protocol, common.json);
    }
    course::run(args, lab, common)
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
    stdio::write_all(out.as_bytes()).map(|()| End::Done)
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
                "family": family, "type": kind, "protocol": protocol, "descriptor": descriptor, "failure": failure.map(|failure| failure.worded(Language::English)),
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
    stdio::write_all(out.as_bytes()).map(|()| End::Done)
}
