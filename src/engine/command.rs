//! What goes into the engine and what comes out. Ids are chosen by the caller and echoed back.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    journal::Connection,
    model::{
        ConnectConfig, ConnectionId, Failure, FetchConfig, Large, ListenConfig, LiveOption, Name, Note, Page, Presence,
        Serving, SessionId, Site, SiteNews, Target, TransferId,
    },
};

/// What the engine is asked to do.
#[expect(clippy::large_enum_variant, reason = "a command is made for a click, not for a byte")]
#[derive(Clone, Debug)]
pub enum Command {
    /// Start a listener.
    Listen {
        /// Chosen by the caller.
        session: SessionId,
        /// All about it.
        config: ListenConfig,
    },
    /// Start a client.
    Connect {
        /// Chosen by the caller.
        session: SessionId,
        /// All about it.
        config: ConnectConfig,
        /// Where every received byte goes as well, whole and in order, for a pipe. A full queue stops receiving, so
        /// that the peer feels how fast the pipe is taken.
        feed: Option<mpsc::Sender<Bytes>>,
    },
    /// Get a URL.
    Fetch {
        /// Chosen by the caller.
        session: SessionId,
        /// All about it.
        config: FetchConfig,
        /// Where the body goes as it comes, instead of into memory.
        feed: Option<mpsc::Sender<Bytes>>,
    },
    /// Say what is to happen with a large body; see [`Notice::Large`].
    Decide {
        /// Which fetch.
        session: SessionId,
        /// What.
        large: Large,
    },
    /// Send bytes.
    Send {
        /// To whom.
        to: Target,
        /// What.
        bytes: Bytes,
    },
    /// Send a file as a stream, without loading it.
    SendFile {
        /// Chosen by the caller; progress carries it.
        transfer: TransferId,
        /// To whom; a whole session gets it one connection after the other.
        to: Target,
        /// Which file.
        path: PathBuf,
    },
    /// Give up a transfer; what was sent stays sent.
    Cancel(TransferId),
    /// Send FIN and go on receiving.
    HalfClose(Target),
    /// Close in order.
    Close(Target),
    /// Close with RST; unsent bytes are thrown away.
    Reset(Target),
    /// Ask the kernel about a connection; the answer is in [`Connection::kernel`].
    Inspect(ConnectionId),
    /// Change an option of a connection while bytes flow; the new value is in [`Connection::recv_size`] and
    /// [`Connection::nodelay`]. Nothing happens where the socket or the protocol above has no such option.
    Set {
        /// Which connection.
        connection: ConnectionId,
        /// What it is to be from now on.
        option: LiveOption,
    },
    /// Let a running HTTP listener show something else from the next request on. Nothing happens where there is none.
    Serve {
        /// Which listener.
        session: SessionId,
        /// What it shows.
        site: Site,
        /// What visitors may do.
        serving: Serving,
    },
    /// Let a stream listener stand on another address of this PC, with the port that it has. Who is connected stays; who
    /// waits to be accepted in that moment has to call again. Told by [`Notice::Listening`], after a [`Notice::Failed`] when
    /// the system refuses and the listener stands where it stood. Nothing happens where the listener is of another kind.
    Rebind {
        /// Which listener.
        session: SessionId,
        /// What is bound, as in [`ListenConfig::bind`].
        bind: String,
    },
    /// Write all that a connection receives from now on into a file, in place of what it had; [`Notice::Keeping`] tells how
    /// far it is. What is not written fast enough lets the sockets wait.
    Keep {
        /// Which connection.
        connection: ConnectionId,
        /// Which file.
        path: PathBuf,
    },
    /// Write no more of it.
    StopKeeping(ConnectionId),
    /// Stop listening and close all connections of the session, or disconnect the client.
    Stop(SessionId),
}

/// What is to be said of an address that a socket is bound to.
#[derive(Clone, Debug)]
pub enum Addressed {
    /// It is lost: the system's error.
    Lost(Failure),
    /// It has no link, or is there again.
    Remark(Note),
}

/// What the engine tells. None of it is ever dropped.
#[derive(Clone, Debug)]
pub enum Notice {
    /// The listener is bound.
    Listening {
        /// Which listener.
        session: SessionId,
        /// Its true name, with the port that was free.
        local: Name,
        /// Its descriptor number.
        descriptor: Option<i64>,
        /// What is to be said about it, such as the port that was taken instead.
        note: Option<Note>,
    },
    /// A connection stands: accepted, connected, or a new datagram peer.
    Opened(Arc<Connection>),
    /// A connection is over; its state says how.
    Ended(Arc<Connection>),
    /// Something went wrong; it is a record in the journal as well.
    Failed {
        /// Whose operation.
        session: SessionId,
        /// On which connection, or none.
        connection: ConnectionId,
        /// What.
        failure: Failure,
    },
    /// A transfer moved on, ended or failed.
    Transfer {
        /// Which one.
        transfer: TransferId,
        /// Bytes sent so far.
        sent: u64,
        /// Bytes in all.
        total: u64,
        /// `None` while it runs, then whether all was sent.
        done: Option<bool>,
    },
    /// The head of an answer came; the body is still empty.
    Head {
        /// Which fetch.
        session: SessionId,
        /// The head alone.
        page: Arc<Page>,
    },
    /// The body of an answer is larger than it may be without a word; the fetch waits for [`Command::Decide`].
    Large {
        /// Which fetch.
        session: SessionId,
        /// What came so far; [`Page::promised`] says how large it will be, where the head does.
        page: Arc<Page>,
    },
    /// All that a fetch brought. Not sent when it failed before anything came.
    Fetched {
        /// Which fetch.
        session: SessionId,
        /// Head and body.
        page: Arc<Page>,
    },
    /// This PC lost the address of a listener, or its link, or has it again; it is a record in the journal as well. What it is
    /// for a connection is in [`Connection::presence`].
    Presence {
        /// Which listener.
        session: SessionId,
        /// What became of its address.
        presence: Presence,
        /// What is to be said about it.
        news: Addressed,
    },
    /// Something happened at an HTTP site that is neither a request nor an answer.
    Site {
        /// Which listener.
        session: SessionId,
        /// What.
        news: SiteNews,
    },
    /// What a connection receives goes into a file.
    Keeping {
        /// Which connection.
        connection: ConnectionId,
        /// Which file.
        path: PathBuf,
        /// Bytes in the file so far.
        written: u64,
        /// `None` while it goes on; then whether it ended as it should.
        over: Option<Result<(), Failure>>,
    },
    /// A session is over: it stopped, disconnected, or never came to be.
    Stopped(SessionId),
}
