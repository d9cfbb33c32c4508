//! The main views of the window: journal, conversation, ladder, stream, inspector, send box, pictures, HTTP.
//!
//! Each view is a small struct with what a person did to it (scroll position, choice, typed text) and one `show` that
//! reads the shared data and pushes what the person wants into a list of [`ViewIntent`]. The application carries them
//! out. Nothing here opens a file, decodes a picture or touches a socket.

pub mod calls;
mod chain;
pub mod choices;
pub mod conversation;
pub mod cut;
pub mod detail;
pub mod hex;
pub mod http;
pub mod inspector;
pub mod journal;
pub mod ladder;
mod ladder_lines;
pub mod ladder_model;
mod ladder_rows;
mod ladder_svg;
pub mod lightbox;
mod paint;
pub mod pictures;
pub mod reading;
pub mod requests;
pub mod scroll;
pub mod send_box;
pub mod stream;
mod stream_lanes;
mod stream_list;
mod stream_model;
pub mod table;
mod thumbnail;
pub mod wording;

use std::{path::PathBuf, sync::Arc, time::Duration};

use egui::{TextureId, Vec2};

use crate::{
    journal::{Filter, Seq},
    media::{Canvas, DecodeError, Format},
    model::{
        ConnectionId, Encoding, FetchConfig, Large, ObjectId, SavedMessage, Serving, SessionId, Site, Snippet, Target,
        TransferId,
    },
};

/// What a person wants done, as the views can say it.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewIntent {
    /// Put a text on the clipboard.
    Copy(String),
    /// Put a picture on the clipboard as pixels.
    CopyPicture(ObjectId),
    /// Ask where to, and write a picture's own bytes there.
    SavePicture(ObjectId),
    /// Ask where to, and write a picture there as another kind.
    SavePictureAs(ObjectId, Format),
    /// Let the person choose a picture's file, and show it.
    OpenPicture,
    /// Open the large view of a picture.
    Enlarge(ObjectId),
    /// Close the large view.
    CloseLightbox,
    /// Write a picture or body of the store to a place that the person chooses.
    SaveObject {
        /// The name to begin with.
        name: String,
        /// Which one.
        id: ObjectId,
    },
    /// Ask where to, and write bytes there (a payload or a body).
    SaveBytes {
        /// The file name to begin with.
        name: String,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// Go to the journal and choose a record there.
    ShowRecord(Seq),
    /// The journal's filter is another one now; look for what it takes.
    Filter(Filter),
    /// Read a session in another encoding, what is there already as well, and write in it.
    Read {
        /// Whose text.
        session: SessionId,
        /// What its bytes mean.
        encoding: Encoding,
    },
    /// Send bytes.
    Send {
        /// To whom.
        to: Target,
        /// What, after escapes, hex and line ends.
        bytes: Vec<u8>,
    },
    /// Send one piece or several in turn, again and again.
    Repeat {
        /// To whom.
        to: Target,
        /// What, in this order.
        pieces: Vec<Piece>,
        /// How fast and how often.
        pace: Pace,
    },
    /// Keep a message under its name.
    KeepMessage(SavedMessage),
    /// Keep it no longer, by its place in the list.
    ForgetMessage(usize),
    /// Let it change places with the one before it.
    RaiseMessage(usize),
    /// Say why something cannot be sent.
    Complain(String),
    /// End the repetition.
    StopRepeat,
    /// Let the person choose a file for the send box; [`send_box::SendBox::set_file`] takes it.
    ChooseFile {
        /// Offer pictures only.
        pictures: bool,
    },
    /// Stream a file.
    SendFile {
        /// To whom.
        to: Target,
        /// Which one.
        path: PathBuf,
    },
    /// Give up a transfer.
    CancelTransfer(TransferId),
    /// Let one `recv` of a connection return so many bytes from now on.
    SetRecvSize(ConnectionId, u32),
    /// Let small sends of a connection leave at once, or not.
    SetNodelay(ConnectionId, bool),
    /// Ask a server for a page.
    Fetch(FetchConfig),
    /// Give up the page that is coming.
    StopFetch,
    /// Say what is to happen with a large body.
    Decide(Large),
    /// Put a request on the clipboard as a program.
    CopyRequest(Snippet, Box<FetchConfig>),
    /// Fill the form of a request from a curl command.
    PasteCurl(String),
    /// Choose the folder that visitors of an HTTP listener put files into.
    ChooseUploadFolder,
    /// Show a connection.
    ShowConnection(ConnectionId),
    /// Ask the kernel what it knows of a connection.
    Inspect(ConnectionId),
    /// Let the person choose a file for the body of a request; [`http::Http::set_file`] takes it.
    ChooseRequestFile,
    /// Let the person choose where a large body goes, with a name to begin with; [`http::Http::set_save_to`] takes it.
    ChooseSavePlace(String),
    /// Start a session that is over once more.
    Restart {
        /// Which.
        session: SessionId,
        /// A listener may take a free port where its own is refused.
        any_port: bool,
    },
    /// Let a running HTTP listener show something else.
    Serve {
        /// Which listener.
        session: SessionId,
        /// What it shows.
        site: Site,
        /// What visitors may do.
        serving: Serving,
    },
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What is in a file.
    File(PathBuf),
}

/// How fast something is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one to the next, exactly.
    pub interval: Duration,
    /// Up to so much later, at random, each time anew.
    pub jitter: Duration,
    /// Rounds; `None` until it is stopped.
    pub count: Option<u32>,
}

/// How far a picture is on its way to the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureState {
    /// It is being decoded; the window is woken when it is done.
    Loading,
    /// It can be painted.
    Ready {
        /// Where its pixels are. The caller keeps the texture alive while it answers with it.
        texture: TextureId,
        /// Its size in pixels.
        size: Vec2,
    },
    /// It cannot be shown, and why, in words.
    Failed(String),
}

/// The picture that is open in the large view.
#[derive(Clone, Debug)]
pub enum Opened {
    /// It is being decoded; the window is woken when it is done.
    Loading,
    /// All its pixels are there.
    Ready(Arc<Canvas>),
    /// It cannot be shown, and why; worded where it is drawn.
    Failed(Arc<DecodeError>),
}

/// A tile of the open picture: how many times it was halved, column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileAt {
    /// 0 for the picture's own size, 1 for half of it …
    pub level: u32,
    /// From the left.
    pub column: u32,
    /// From the top.
    pub row: u32,
}

/// A frame of the open animation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameOf {
    /// Where its pixels are.
    pub texture: TextureId,
    /// How long it is seen.
    pub pause: Duration,
}

/// Where pictures come from. Asked only for what is on the screen, once a frame each.
pub trait PictureSource {
    /// A small form, for lists and conversations: at most about 640 pixels a side.
    fn texture(&self, id: ObjectId) -> PictureState;

    /// Opens a picture for the large view; the one that was open before is let go.
    fn open(&self, id: ObjectId) -> Opened {
        let _ = id;
        Opened::Loading
    }

    /// A tile of the open picture; `None` until it is there.
    fn tile(&self, at: TileAt) -> Option<TextureId> {
        let _ = at;
        None
    }

    /// A frame of the open animation, by its number; `None` until it is there.
    fn frame(&self, number: u32) -> Option<FrameOf> {
        let _ = number;
        None
    }
}
