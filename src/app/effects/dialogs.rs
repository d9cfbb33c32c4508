//! The system's file dialogs, each on a thread of its own, one at a time.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::file_error::{FileError, FileFault};
use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        store,
    },
    journal::{Journal, Kept, Part},
    model::SessionFile,
    ui::{
        action::{Content, PathFor, Pick},
        views::shared::picture_name::PICTURES,
    },
    words::text,
};

/// Nobody dismisses a dialog faster than this: there was none, which rfd does not tell from a dismissed one.
const INSTANT: Duration = Duration::from_millis(200);

/// What came of asking for a file or folder, and of writing one.
#[derive(Debug)]
pub(in crate::app) enum FileAnswer {
    /// A person chose one, or did not.
    Picked(Pick, Option<PathBuf>),
    /// The system has no file dialog to show; what it would have been for, and a file name to begin with.
    NoDialog(PathFor, String),
    /// Something was written to a file, or why not; `None` when the person did not say where.
    Saved(Option<Result<PathBuf, FileError>>),
    /// A person said where something goes, or did not.
    Placed(PathFor, Option<PathBuf>),
    /// Bytes of the journal were written to a file, so many of them; or why not.
    PartSaved(Result<(PathBuf, Kept), FileError>),
}

/// Asks for a file or a folder, beginning at `start`, and posts [`FileAnswer::Picked`].
pub(in crate::app) fn pick(what: Pick, start: Option<PathBuf>, mail: Mailbox<FileAnswer>) -> bool {
    spawn("file dialog", move || {
        let opened = Instant::now();
        let mut dialog = rfd::FileDialog::new();
        let start = start.as_deref();
        if let Some(start) = start.into_iter().chain(start.and_then(Path::parent)).find(|path| path.is_dir()) {
            dialog = dialog.set_directory(start);
        }
        let path = match what {
            Pick::ListenPicture | Pick::SendPicture | Pick::LabPicture | Pick::OpenPicture => {
                dialog.set_title(text!("Choose a picture")).add_filter(text!("Pictures"), &PICTURES).pick_file()
            }
            Pick::Open => dialog.set_title(text!("Open a session or a picture")).pick_file(),
            Pick::PageFile => dialog.set_title(text!("Choose a file")).pick_file(),
            Pick::Script => dialog
                .set_title(text!("Choose a script file"))
                .add_filter(text!("Dialog scripts"), &["toml"])
                .pick_file(),
            Pick::SendFile | Pick::RequestFile => dialog.set_title(text!("Choose a file to send")).pick_file(),
            Pick::SavePlace => dialog.set_title(text!("Save")).set_file_name(name(start)).save_file(),
            Pick::UploadFolder => dialog.set_title(text!("Choose a folder for uploads")).pick_folder(),
            Pick::ListenFolder | Pick::ServeFolder | Pick::LabFolder => {
                dialog.set_title(text!("Choose a folder to serve")).pick_folder()
            }
        };
        mail.post(if path.is_none() && opened.elapsed() < INSTANT {
            // A place to save at has a name to begin with; what is to be read has not.
            let begin = if what == Pick::SavePlace { store::at_home(&name(start)) } else { String::new() };
            FileAnswer::NoDialog(PathFor::Pick(what), begin)
        } else {
            FileAnswer::Picked(what, path)
        });
    })
}

/// The file name to begin with.
fn name(start: Option<&Path>) -> String {
    start.and_then(Path::file_name).map_or_else(|| "body".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Asks where to, writes the bytes there, and posts [`FileAnswer::Saved`].
pub(in crate::app) fn save(name: String, bytes: Content, mail: Mailbox<FileAnswer>) -> bool {
    spawn("file dialog", move || {
        let opened = Instant::now();
        let path = rfd::FileDialog::new().set_title(text!("Save")).set_file_name(&name).save_file();
        mail.post(match path {
            // A program that was double-clicked stands in no folder of the person's.
            None if opened.elapsed() < INSTANT => FileAnswer::NoDialog(PathFor::Save(bytes), store::at_home(&name)),
            path => FileAnswer::Saved(path.map(|path| put(path, (*bytes.0).as_ref()))),
        });
    })
}

/// Asks where something goes, and posts [`FileAnswer::Placed`].
pub(in crate::app) fn place(name: String, wanted: PathFor, mail: Mailbox<FileAnswer>) {
    spawn("file dialog", move || {
        let opened = Instant::now();
        let path = rfd::FileDialog::new().set_title(text!("Save")).set_file_name(&name).save_file();
        mail.post(match path {
            None if opened.elapsed() < INSTANT => FileAnswer::NoDialog(wanted, store::at_home(&name)),
            path => FileAnswer::Placed(wanted, path),
        });
    });
}

/// Writes bytes of the journal to a place that is known, without holding them in memory, and posts
/// [`FileAnswer::PartSaved`].
pub(in crate::app) fn write_part(path: PathBuf, part: Part, journal: Arc<Journal>, mail: Mailbox<FileAnswer>) {
    spawn("save", move || {
        let written = store::write_by(&path, false, |file| journal.write_part(&part, file));
        mail.post(FileAnswer::PartSaved(match written {
            Ok(kept) => Ok((path, kept)),
            Err(error) => Err(FileFault::from(error).at(&path)),
        }));
    });
}

/// Writes the bytes to a place that is known, and posts [`FileAnswer::Saved`].
pub(in crate::app) fn write(path: PathBuf, bytes: Content, mail: Mailbox<FileAnswer>) {
    spawn("save", move || {
        mail.post(FileAnswer::Saved(Some(put(path, (*bytes.0).as_ref()))));
    });
}

fn put(path: PathBuf, bytes: &[u8]) -> Result<PathBuf, FileError> {
    let edited = edited(&path, bytes);
    match store::write_whole(&path, edited.as_ref().map_or(bytes, String::as_bytes)) {
        Ok(()) => Ok(path),
        Err(error) => Err(FileFault::from(error).at(&path)),
    }
}

/// A session over one that is there is written into it, so that the comments of a person stay.
fn edited(path: &Path, bytes: &[u8]) -> Option<String> {
    let is_session = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(SessionFile::EXTENSION));
    if !is_session || !path.is_file() {
        return None;
    }
    SessionFile::edit(&store::read(path).ok()?, std::str::from_utf8(bytes).ok()?)
}
