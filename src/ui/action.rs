//! What a person can ask for: one enum, and the small types it is made of. Names no page and no view.

use std::{collections::BTreeSet, fmt, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

pub use super::tab::Tab;
use super::{command::UiCommand, preferences::Preferences};
use crate::{
    journal::{Filter, Part, Seq},
    media::Format,
    model::{
        self, ConnectConfig, ConnectionId, Encoding, FetchConfig, Large, ListenConfig, ObjectId, SavedMessage, Script,
        Serving, SessionId, Site, Snippet, Target, TransferId, compose::Template,
    },
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
    /// What a session is called.
    Name,
    /// The facts of what is chosen, where there is no room beside it.
    Details,
    /// The list of sessions, likewise.
    Sessions,
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
#[derive(Clone, Debug, PartialEq)]
pub enum PathFor {
    /// Something to read.
    Pick(Pick),
    /// A place to write these bytes to.
    Save(Content),
    /// A place to write bytes of the journal to.
    Part(Part),
    /// A place to write all that a connection receives to.
    Received(ConnectionId),
}

/// Bytes that wait for a place; shared, never copied.
#[derive(Clone)]
pub struct Content(pub Arc<dyn AsRef<[u8]> + Send + Sync>);

impl PartialEq for Content {
    /// The same bytes in memory; those of two owners are not compared.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} B)", (*self.0).as_ref().len())
    }
}

/// As what bytes go onto the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyForm {
    /// As text in the encoding of their session.
    Text,
    /// `02 54 45`.
    Hex,
    /// `\x02TE`, as the send box takes it.
    Escaped,
    /// `unsigned char data[3] = {0x02, 0x54, 0x45};`.
    CArray,
}

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What was typed, filled in anew each time.
    Typed(Template),
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

/// What a person can ask for: the one vocabulary of widgets, views, commands and keys. `app/update` carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
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
    /// Show the messages of these peers of a listener alone; of all where there is none.
    ShowOnly(SessionId, BTreeSet<ConnectionId>),
    /// List the ended connections of a listener, or fold them into one row.
    ShowEnded(SessionId, bool),
    /// List the connections of a visitor of a site, by its address, or fold them into one row.
    ShowVisitor(SessionId, Option<IpAddr>, bool),
    /// Show a view of what is selected.
    ShowTab(Tab),
    /// Stop a listener, disconnect a client.
    Stop(SessionId),
    /// End it, as was answered; true when nothing is to be asked again.
    End(Ending, bool),
    /// Let a listener stand on another address of this PC, with the port that it has.
    Rebind(SessionId, String),
    /// Call a session so; by its own name again where that is empty.
    Rename(SessionId, String),
    /// Ask how a session is to be called.
    AskName(SessionId),
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
    /// Forget who was called.
    ForgetHosts,
    /// Show what ran last time, to be started again.
    OfferLastTime,
    /// Do what was offered.
    Take(Take),
    /// A path was typed where no file dialog is.
    Path(PathFor, PathBuf),
    /// Give up a transfer.
    Cancel(TransferId),
    /// Bring back what was cleared last.
    BringBack,
    /// Take a message away.
    DismissToast(u64),
    /// Something about the labs.
    Lab(LabAction),
    /// Let the client of the open lab ask for a file by its name.
    LabAsk(String),
    /// Let the open lab make these attempts to connect.
    LabAttempts(Vec<ConnectConfig>),

    /// Put a picture on the clipboard as pixels.
    CopyPicture(ObjectId),
    /// Ask where to, and write a picture's own bytes there.
    SavePicture(ObjectId),
    /// Ask where to, and write a picture there as another kind.
    SavePictureAs(ObjectId, Format),
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
    /// Put bytes that went by on the clipboard.
    CopyPart(Part, CopyForm),
    /// Ask where to, and write bytes that went by there, as far as they are kept.
    SavePart(Part),
    /// Ask where to, and write all that a connection receives from now on there.
    KeepReceived(ConnectionId),
    /// Write no more of it.
    StopKeeping(ConnectionId),
    /// Send bytes that went by over their connection again.
    SendPart(Part),
    /// Show where bytes that went by are in another view of their connection.
    ShowIn(Tab, Part),
    /// Go to the journal, with every record, and choose one at the lower edge.
    ShowBefore(Seq),
    /// Show the folder of a file that was sent.
    OpenFolder(TransferId),
    /// Show a file that was sent or saved as the picture that its name says it is.
    ShowSaved(TransferId),
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
    /// Stream a file.
    SendFile {
        /// To whom.
        to: Target,
        /// Which one.
        path: PathBuf,
    },
    /// Let one `recv` of a connection return so many bytes from now on.
    SetRecvSize(ConnectionId, u32),
    /// Let small sends of a connection leave at once, or not.
    SetNodelay(ConnectionId, bool),
    /// Get a URL in place of what is chosen, which leaves the list.
    FetchHere(FetchConfig),
    /// Get what a link of the page names, as the page writes it, in place of the page.
    FollowLink(String),
    /// Get what the answer points to, in its place.
    FollowRedirect,
    /// Get these pictures of the page, as the page names them, to be shown in it.
    LoadPictures(Vec<String>),
    /// Give up the page that is coming.
    StopFetch,
    /// Say what is to happen with a large body.
    Decide(Large),
    /// Put a request on the clipboard as a program.
    CopyRequest(Snippet, Box<FetchConfig>),
    /// Fill the form of a request from a curl command.
    PasteCurl(String),
    /// Ask the kernel what it knows of a connection.
    Inspect(ConnectionId),
    /// Let the person choose where a large body goes, with a name to begin with.
    ChooseSavePlace(String),
    /// Start a session once more, with the settings it was started with.
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

/// What a person asks of the labs. All but the first are about the lab that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabAction {
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
    /// Start one client more, beside those that run.
    OneMore,
    /// Stop every client of the lab that still runs.
    StopClient,
    /// Stop the clients and the listener.
    StopBoth,
    /// Fill the form of a listener with this side and open it.
    EditListener,
    /// Fill a form of a client with this side and open it.
    EditClient,
    /// Ask where to, and write the file there that was asked for last.
    SaveFile,
    /// Show this exchange on the lab's own page.
    Show(Selection),
}
