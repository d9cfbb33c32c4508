//! The labs: what the three tutorials teach, each as a preset over general parts.
//!
//! Owns the presets, their words and their Python programs. Must not know sockets: a lab is settings that the window
//! fills its forms with and that the command line runs. Nothing here can do what the user could not set by hand.

mod catalogue;
mod lab;
mod python;
mod script_run;
mod steps;

use std::sync::OnceLock;

pub use lab::{Attempt, Lab, LabClient, Needs};
pub use python::{Program, Substitute};
pub use script_run::{ScriptAction, ScriptRun};
pub use steps::steps;

use crate::words::{Language, language};

/// All labs in the order in which they are learnt.
#[must_use]
pub fn labs() -> &'static [Lab] {
    // One list for each language: titles and summaries are texts.
    static LABS: OnceLock<Vec<OnceLock<Vec<Lab>>>> = OnceLock::new();
    let all = LABS.get_or_init(|| Language::all().map(|_| OnceLock::new()).collect());
    all.get(language().place()).map_or(&[], |labs| labs.get_or_init(catalogue::all))
}

/// The lab of an id.
#[must_use]
pub fn lab(id: &str) -> Option<&'static Lab> {
    labs().iter().find(|lab| lab.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sixteen_are_there_with_words_and_programs() {
        let ids: Vec<_> = labs().iter().map(|lab| lab.id).collect();
        assert_eq!(ids.len(), 16);
        for id in [
            "upper",
            "sized-file",
            "yes",
            "http-page",
            "http-page-classic",
            "welcome",
            "do-not-answer",
            "threading-dialog",
            "udp",
            "unix",
            "daytime",
            "folder",
            "families",
            "reach",
            "backlog",
            "handshake",
        ] {
            let lab = lab(id).unwrap();
            assert!(lab.summary.len() > 60 && lab.client.is_some(), "{id}");
            assert_eq!(lab.listener.is_some(), lab.python_listener.is_some(), "{id}");
            assert!(lab.python_client.is_some(), "{id}");
        }
    }
}
