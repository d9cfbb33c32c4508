//! A dialog's script, read from a file.

use std::{fs::File, io::Read as _, path::Path};

use super::file_error::{FileError, FileFault};
use crate::{model, respond::dialog};

/// Bytes of a script file.
const SCRIPT: u64 = 1 << 20;

/// Reads it; not on the window's thread.
///
/// # Errors
/// What the system says, a file that is too long, and rules that make no sense.
pub(in crate::app) fn read(path: &Path) -> Result<model::Dialog, FileError> {
    read_script(path).map_err(|fault| fault.at(path))
}

fn read_script(path: &Path) -> Result<model::Dialog, FileFault> {
    let mut text = String::new();
    File::open(path)?.take(SCRIPT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > SCRIPT {
        return Err(FileFault::LongScript(SCRIPT));
    }
    // What its encoding lacks is said beside the rule.
    Ok(dialog::read(&text, model::Encoding::Utf8)?)
}
