//! What workers bring to the window.

use std::{ffi::OsString, path::PathBuf};

use super::{
    dialogs::FileAnswer, file_error::FileError, file_reception::Received, lab_file::LabFileFault, opened::Opened,
    pictures::PictureAnswer, repeat::Repeated,
};
use crate::{
    app::model::{Addresses, DesktopPreferences, Found},
    engine::{Busy, Probe},
    model::{Dialog, ObjectId},
    ui::action::Selection,
};

/// What a worker has to say; each makes a type of its own.
#[derive(Debug)]
pub(in crate::app) enum WorkerResult {
    /// This machine's addresses.
    Addresses(Addresses),
    /// What came of a file dialog.
    File(FileAnswer),
    /// A dialog's script file was read, or why it cannot be used.
    Script(Result<Dialog, FileError>),
    /// What was to be opened, what it turned out to be, and what was shown then.
    Opened(OsString, Opened, Selection),
    /// A pasted picture is a file now, for the draft of a place; or why not.
    Pasted(Result<PathBuf, FileError>, Selection),
    /// What the desktop wishes.
    Desktop(DesktopPreferences),
    /// The desktop is ending: a person logs off, or the PC shuts down.
    DesktopEnds,
    /// The settings cannot be written, and why.
    NotKept(String),
    /// Records that match.
    Found(Found),
    /// A picture in a form that was asked for.
    Picture(PictureAnswer),
    /// Too many pictures wait to be made ready.
    PicturesBusy,
    /// A file was opened as a picture, or why not.
    PictureOpened(Result<ObjectId, FileError>),
    /// Too many files wait to be opened as pictures.
    PictureFilesBusy,
    /// What the socket explorer found.
    Explored(Vec<Probe>),
    /// The file or folder of this lab was looked at; why it cannot be served.
    LabFile(&'static str, Result<String, LabFileFault>),
    /// How far a file is that was asked for.
    Received(Received),
    /// What a repetition has to say.
    Repeated(Repeated),
    /// The engine takes no more commands for now.
    Busy(Busy),
    /// System and diagnostics of the program, for the page on it.
    Itself(String, String),
}
