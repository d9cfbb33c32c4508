//! Why a file that a person chose was not opened or written: worded when the window says it, not on the worker's thread.

use std::{io, path::Path};

use image::ImageError;

use crate::{
    model::system_words,
    respond::dialog::DialogError,
    words::{exact_size, size, text},
};

/// A file, and what is the matter with it.
#[derive(Debug, thiserror::Error)]
#[error("{}", text!("{name}: {error}", name = .name, error = .fault))]
pub(in crate::app) struct FileError {
    /// Its name or path, as it is shown.
    name: String,
    fault: FileFault,
}

/// What is the matter with a file.
#[derive(Debug, thiserror::Error)]
pub(in crate::app) enum FileFault {
    /// The system would not.
    #[error("{}", system_words(.0))]
    System(#[from] io::Error),
    /// A picture has more bytes than are kept of all pictures.
    #[error("{}", text!("{length} are more than the {most} that are kept", length = size(*.length), most = size(*.most)))]
    TooLarge { length: u64, most: u64 },
    /// Its bytes are of no known kind.
    #[error("{}", text!("this is no picture of a known kind"))]
    NoPicture,
    /// A script has more bytes than this.
    #[error("{}", text!("a script has at most {size}", size = exact_size(*.0)))]
    LongScript(u64),
    /// A script makes no sense.
    #[error(transparent)]
    Script(#[from] DialogError),
    /// Pixels could not be written as a picture.
    #[error(transparent)]
    Encoder(#[from] ImageError),
}

impl FileFault {
    /// Of the file at a path, which is shown whole.
    pub(in crate::app) fn at(self, path: &Path) -> FileError {
        self.of(path.display())
    }

    /// Of a file that is shown by this name.
    pub(in crate::app) fn of(self, name: impl std::fmt::Display) -> FileError {
        FileError { name: name.to_string(), fault: self }
    }
}
