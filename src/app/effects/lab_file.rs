//! Whether the file or folder of a lab can be served.

use std::path::Path;

use crate::{app::model::is_picture, lessons::Needs, words::text};

/// Why a file or folder cannot be served, in words. Asks the disk, so not on the window's thread.
pub(in crate::app) fn unusable(file: &str, needs: Needs) -> Option<String> {
    let path = Path::new(file);
    match needs {
        Needs::Folder if !path.is_dir() => Some(text!("There is no folder {path}", path = file)),
        // A built-in picture is served then.
        Needs::Picture if file.is_empty() => None,
        Needs::Picture if !path.is_file() => Some(text!("There is no file {path}", path = file)),
        Needs::Picture if !is_picture(path) => {
            Some(text!("{path} is no picture that can be shown; take PNG, JPEG, GIF, WebP or BMP", path = file))
        }
        _ => None,
    }
}
