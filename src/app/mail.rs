//! The one bounded queue on which worker threads hand their results to the window.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use egui::Context;

use super::{
    desktop::DesktopPreferences, file_error::FileError, lab_files::Received, opening::Opened, pictures::Done,
    search::Found,
};
use crate::{
    engine::Probe,
    model::{Dialog, ObjectId},
    ui::{
        intent::{PathFor, Pick},
        listen_form::BindChoice,
    },
};

/// Results that may wait; a worker that is faster waits for the window.
const WAITING: usize = 64;
/// A burst of results becomes one frame.
const GATHER: Duration = Duration::from_millis(4);

/// What a worker has to say.
#[derive(Debug)]
pub(super) enum News {
    /// This machine's addresses, best one for another PC first, and that one.
    Addresses(Vec<BindChoice>, Option<String>),
    /// A person chose a file or folder, or did not.
    Picked(Pick, Option<PathBuf>),
    /// The system has no file dialog to show; what it would have been for, and a file name to begin with.
    NoDialog(PathFor, String),
    /// A dialog's script file was read, or why it cannot be used.
    Script(Result<Dialog, FileError>),
    /// Something was written to a file, or why not; `None` when the person did not say where.
    Saved(Option<Result<PathBuf, FileError>>),
    /// What was to be opened, and what it turned out to be.
    Opened(String, Opened),
    /// What the desktop wishes.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "elsewhere the window's library asks"))]
    Desktop(DesktopPreferences),
    /// The settings cannot be written, and why.
    NotKept(String),
    /// Records that match.
    Found(Found),
    /// A picture is decoded, or cannot be.
    Decoded(Done),
    /// A file was opened as a picture, or why not.
    PictureOpened(Result<ObjectId, FileError>),
    /// What the socket explorer found.
    Explored(Vec<Probe>),
    /// The file or folder of this lab was looked at; why it cannot be served.
    LabFile(&'static str, Option<String>),
    /// A file to send again and again cannot be read, or is too large for that.
    Unread(PathBuf),
    /// How far a file is that was asked for.
    Received(Received),
    /// A repetition is over.
    Repeated(u64),
}

/// Where a worker puts its results. Wakes the window, with no lock held.
#[derive(Clone)]
pub(super) struct Mailbox {
    sender: SyncSender<News>,
    ctx: Context,
}

impl Mailbox {
    pub(super) fn new(ctx: Context) -> (Self, Receiver<News>) {
        let (sender, receiver) = sync_channel(WAITING);
        (Self { sender, ctx }, receiver)
    }

    /// Hands a result in; waits while the window has too many. False when the window has gone.
    pub(super) fn post(&self, news: News) -> bool {
        let there = self.sender.send(news).is_ok();
        self.ctx.request_repaint_after(GATHER);
        there
    }
}

/// Runs `work` on a thread of its own with a name; false when the system gives none.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> bool {
    thread::Builder::new().name(name.to_owned()).spawn(work).is_ok()
}
