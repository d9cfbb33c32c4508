//! The saved session that is meant.

use std::{fs::File, io::Read, path::Path};

use super::usage::Usage;
use crate::{
    model::{ConnectConfig, FetchConfig, ListenConfig, Script, SessionFile, system_words},
    words::{counted, text},
};

/// The largest file that is read.
const LARGEST: u64 = 16 << 20;
/// Names that are not known and said one by one.
const NAMED: usize = 20;

/// Everything of a session file.
#[derive(Debug)]
pub(in crate::cli) struct Saved {
    pub listeners: Vec<ListenConfig>,
    pub clients: Vec<(ConnectConfig, Script)>,
    pub requests: Vec<FetchConfig>,
    /// What of the file means nothing here.
    pub notes: Vec<String>,
}

impl Saved {
    pub(super) fn read(path: &Path) -> Result<Self, Usage> {
        let mut toml = String::new();
        let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut toml));
        read.map_err(|error| Usage::of_file(path, system_words(&error)))?;
        let file = SessionFile::read(&toml).map_err(|error| Usage::of_file(path, error))?;
        let strangers = file.strangers(&toml);
        let of_file = |what: &dyn std::fmt::Display| text!("{path}: {error}", path = path.display(), error = what);
        let mut notes: Vec<_> = strangers.iter().take(NAMED).map(|stranger| of_file(&stranger.phrase())).collect();
        if let Some(count) = strangers.len().checked_sub(NAMED).filter(|count| *count > 0) {
            notes.push(counted!("{path}: {n} more names are not known here", n = count as u64, path = path.display()));
        }
        let saved = Self {
            notes,
            listeners: file.listeners.into_iter().map(|entry| entry.value).collect(),
            clients: file.clients.into_iter().map(|entry| (entry.value.config, entry.value.script)).collect(),
            // A file from elsewhere does not write to this PC's disk.
            requests: file.requests.into_iter().map(|entry| FetchConfig { output: None, ..entry.value }).collect(),
        };
        if saved.count() == 0 {
            return Err(Usage::new(text!("{path} has nothing to run", path = path.display())));
        }
        Ok(saved)
    }

    /// How many sessions it makes.
    pub(in crate::cli) fn count(&self) -> usize {
        self.listeners.len() + self.clients.len() + self.requests.len()
    }
}
