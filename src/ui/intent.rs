//! What a person asked for. Widgets push these; one function above this layer executes them.

use std::{fmt, path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{command::UiCommand, preferences::Preferences, views::ViewIntent};
use crate::model::{
    self, ConnectConfig, ConnectionId, FetchConfig, ListenConfig, Script, SessionId, Snippet, TransferId,
};

/// What the centre and the inspector are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Nothing: the centre offers to start something.
    #[default]
    None,
    /// A listener as a whole, or a client.
    Session(SessionId),
    /// One connection of a listener.
    Connection(ConnectionId),
}

/// The views of the centre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tab {
    /// Messages of one connection, with the send box.
    #[default]
    Conversation,
    /// Every record.
    Journal,
    /// Calls of one connection and what they cause on the wire.
    Ladder,
    /// The bytes of one connection as its calls cut them, and cut anew.
    Stream,
    /// Every picture that went by.
    Pictures,
    /// What an HTTP client got, or what an HTTP listener shows.
    Http,
}

/// What may lie over the window, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialog {
    /// A new listener.
    Listen,
    /// A new client.
    Connect,
    /// Preferences.
    Settings,
    /// Every command by name.
    Palette,
    /// Keys, ideas and labs.
    Help,
    /// Version, licences, diagnostics.
    About,
    /// What was opened and waits for a word.
    Offer,
    /// A field for a path.
    Path,
    /// All labs with a sentence on each.
    Labs,
    /// The attempts to connect of a lab.
    Attempts,
    /// A question before something ends.
    Ask,
}

/// What a file or folder is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The picture that an HTTP listener shows.
    ListenPicture,
    /// The folder that an HTTP listener serves.
    ListenFolder,
    /// A folder that is served at once.
    ServeFolder,
    /// The folder that visitors of an HTTP listener put files into.
    UploadFolder,
    /// Anything that the window opens.
    Open,
    /// A file for the send box.
    SendFile,
    /// A picture for the send box.
    SendPicture,
    /// A picture to look at.
    OpenPicture,
    /// The picture that the open lab shows.
    LabPicture,
    /// The folder that the open lab serves.
    LabFolder,
    /// A dialog's script file.
    Script,
    /// The file of a raw page.
    PageFile,
    /// A file for the body of a request.
    RequestFile,
    /// Where a large body goes.
    SavePlace,
}

/// What a person takes of what was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Everything.
    All,
    /// The saved messages alone.
    Messages,
}

/// What is about to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// One session with all its connections.
    Session(SessionId),
    /// Everything, with the window.
    Window,
}

/// What a path is typed for, where no file dialog is.
#[derive(Clone, Debug)]
pub enum PathFor {
    /// Something to read.
    Pick(Pick),
    /// A place to write these bytes to.
    Save(Content),
}

/// Bytes that wait for a place; shared, never copied.
#[derive(Clone)]
pub struct Content(pub Arc<dyn AsRef<[u8]> + Send + Sync>);

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} B)", (*self.0).as_ref().len())
    }
}

/// What a person asked for.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Start a listener.
    Listen(Box<ListenConfig>),
    /// Start a client that says these things by itself.
    Connect(Box<ConnectConfig>, Script),
    /// Get a URL.
    Fetch(Box<FetchConfig>),
    /// Start both ends on this machine, and let the client say something.
    TryIt,
    /// Show something in the centre.
    Select(Selection),
    /// List the ended connections of a listener, or fold them into one row.
    ShowEnded(SessionId, bool),
    /// Show a view of what is selected.
    ShowTab(Tab),
    /// Stop a listener, disconnect a client.
    Stop(SessionId),
    /// The same once more, with the settings it was started with.
    Restart(SessionId),
    /// End it, as was answered; true when nothing is to be asked again.
    End(Ending, bool),
    /// Take an ended session out of the list.
    Remove(SessionId),
    /// Send FIN on a connection and go on receiving.
    HalfClose(ConnectionId),
    /// Close a connection in order.
    Close(ConnectionId),
    /// Close a connection with RST.
    Reset(ConnectionId),
    /// Put text on the clipboard.
    Copy(String),
    /// Put both names of a connection on the clipboard.
    CopyNames(ConnectionId),
    /// Put a session on the clipboard as a program that does the same.
    CopyAs(SessionId, Snippet),
    /// Show the records that hold this text.
    Find(String),
    /// Do what a command of the table says.
    Run(UiCommand),
    /// Open something over the window.
    Open(Dialog),
    /// Close what lies over the window.
    CloseDialog,
    /// Choose a file or a folder.
    Choose(Pick),
    /// Write a dialog to a script file that the person chooses.
    SaveScript(Box<model::Dialog>),
    /// Take over the preferences.
    Prefer(Preferences),
    /// Back to the settings of a first start.
    ResetSettings,
    /// Open a path or a URL.
    OpenThis(String),
    /// Forget what was opened.
    ForgetRecent,
    /// Show what ran last time, to be started again.
    OfferLastTime,
    /// Do what was offered.
    Take(Take),
    /// A path was typed where no file dialog is.
    Path(PathFor, PathBuf),
    /// Give up a transfer.
    Cancel(TransferId),
    /// What a view asks for.
    View(Box<ViewIntent>),
    /// Take a message away.
    DismissToast(u64),
    /// Something about the labs.
    Lab(LabIntent),
    /// Let the client of the open lab ask for a file by its name.
    LabAsk(String),
    /// Let the open lab make these attempts to connect.
    LabAttempts(Vec<ConnectConfig>),
}

/// What a person asks of the labs. All but the first are about the lab that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabIntent {
    /// Show the page of the lab with this id.
    Open(&'static str),
    /// Back to what was shown before.
    Leave,
    /// Start the listener with what is typed.
    StartListener,
    /// Start the client, or all of them, with what is typed.
    StartClient,
    /// Start the listener, and the client as soon as the listener is there.
    StartBoth,
    /// Stop every client of the lab that still runs.
    StopClient,
    /// Fill the form of a listener with this side and open it.
    EditListener,
    /// Fill a form of a client with this side and open it.
    EditClient,
    /// Ask where to, and write the file there that was asked for last.
    SaveFile,
    /// Show this exchange on the lab's own page.
    Show(Selection),
}
