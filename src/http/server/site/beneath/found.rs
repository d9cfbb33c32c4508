//! What the way down finds, on every system.

use std::{
    fs::{File, Metadata},
    time::{SystemTime, UNIX_EPOCH},
};

/// A file or a folder of the system's kind, open.
#[derive(Debug)]
pub(in crate::http::server::site) enum Opened<F> {
    /// A regular file, to be read.
    File(File),
    Folder(F),
}

/// What one name in a folder stands for; links are followed.
#[derive(Clone, Copy, Debug)]
pub(in crate::http::server::site) struct Item<'a> {
    /// Bytes as the system has them on Unix, UTF-8 on Windows.
    pub name: &'a [u8],
    pub is_folder: bool,
    pub length: u64,
    /// Milliseconds since 1970; `None` where the system does not know.
    pub modified: Option<i64>,
}

impl<'a> Item<'a> {
    pub(super) fn of(name: &'a [u8], is_folder: bool, facts: &Metadata) -> Self {
        Self { name, is_folder, length: facts.len(), modified: facts.modified().ok().and_then(millis) }
    }
}

fn millis(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis()).ok().map(|millis| -millis),
    }
}
