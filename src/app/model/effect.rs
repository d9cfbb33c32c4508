//! What is to be done outside of the model, as data: [`update`](crate::app::update) asks for it,
//! [`effects`](crate::app::effects) does it.

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use egui::ColorImage;

use super::desktop::DesktopPreferences;
use crate::{
    engine::Command,
    journal::{Budget, Filter, Part},
    lessons::Needs,
    media::Format,
    model::{ConnectConfig, ObjectId, SessionId, Target},
    ui::{
        action::{Content, Pace, PathFor, Pick, Piece, Selection},
        preferences::Preferences,
    },
};

/// One thing to be done.
#[derive(Debug)]
pub(in crate::app) enum Effect {
    /// Hand a command to the engine.
    Engine(Box<Command>),
    /// Start a client whose answers a thread takes out of its stream as files.
    ConnectForFiles(SessionId, Box<ConnectConfig>),
    /// Forget what happened and every picture; it may be wanted back.
    Forget,
    /// Bring back what was forgotten.
    BringBack,
    /// What was forgotten is not wanted back.
    DropForgotten,
    /// Keep so much from now on.
    Keep(Budget),
    /// Make the window look as a person and the desktop prefer.
    Look(Preferences, DesktopPreferences),
    /// Put text on the clipboard.
    CopyText(String),
    /// Put pixels on the clipboard.
    CopyImage(ColorImage),
    /// Give the keyboard to the search field of the bar.
    FocusFind,
    /// Close the window.
    Quit,
    /// Ask the desktop whether it is ending itself: then nobody is there to answer a question.
    LookWhetherDesktopEnds,
    /// Draw a frame again after so long.
    WakeIn(Duration),
    /// Tell a person who looks at another window.
    Notify {
        /// In two words.
        title: String,
        /// In a sentence.
        words: String,
    },
    /// Put together what the program knows of itself, for the page on it.
    LookAtSelf,
    /// Look at what these paths and URLs name; for the draft of a place, where that was shown.
    Open(Vec<OsString>, Selection),
    /// Read these files as pictures.
    OpenPictures(Vec<PathBuf>),
    /// Let a person choose a file or folder, beginning at this one; or where to save, beginning with this name.
    Choose(Pick, Option<PathBuf>),
    /// Let a person choose where to, and write these bytes there.
    Save(String, Content),
    /// Let a person choose where something goes, with a name to begin with.
    Place(String, PathFor),
    /// Write bytes of the journal to a place that is known, as far as they are kept.
    WritePart(PathBuf, Part),
    /// Show a folder.
    ShowFolder(PathBuf),
    /// Write these bytes to a place that is known.
    Write(PathBuf, Content),
    /// Keep this session file for the next time.
    KeepSessions(String),
    /// Read a dialog's script.
    ReadScript(PathBuf),
    /// Write pasted pixels to a file, under this number, for the draft of a place.
    KeepPasted(Arc<ColorImage>, u32, Selection),
    /// Look whether the file or folder of a lab can be served.
    LookAtLabFile(&'static str, String, Needs),
    /// Try every kind of socket, with this protocol.
    Explore(i32),
    /// Look for the records that a filter takes, under this number; for none.
    Search(u64, Option<Filter>),
    /// There may be new records to look through.
    SearchOn,
    /// Send again and again, under this number, in place of what is repeated now.
    Repeat((u64, Arc<AtomicU64>), Repetition),
    /// End the repetition.
    StopRepeat,
    /// Make a picture ready in a form that is not kept.
    Picture(ObjectId, PictureForm),
}

/// A form of a picture that is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::app) enum PictureForm {
    /// For the clipboard.
    Clipboard,
    /// To be written to a file as another kind.
    Saved(Format),
}

/// What is repeated.
#[derive(Debug)]
pub(in crate::app) struct Repetition {
    /// To whom.
    pub(in crate::app) to: Target,
    /// In this order; the first again after the last.
    pub(in crate::app) pieces: Vec<Piece>,
    /// How fast and how often.
    pub(in crate::app) pace: Pace,
}
