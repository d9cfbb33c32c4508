//! What one record of the journal can say.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Failure, Health, Note, ObjectId, Presence, TransferId};

/// What happened. The first eleven are lifecycle or traffic of a socket; names are those of `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A listener is bound and takes callers (or datagrams).
    Listening,
    /// A listener of HTTP serves; the detail has its addresses, and the token where it takes something.
    Serving,
    /// A caller was taken out of the backlog.
    Accepted,
    /// A client's connection stands.
    Connected,
    /// One of several addresses of a name was tried; the detail says how long it took, and the error where it failed.
    Attempt,
    /// One system call brought bytes in.
    Recv,
    /// One system call took bytes out.
    Send,
    /// One side sent FIN; the other may still send.
    HalfClosed,
    /// The connection ended in order.
    Closed,
    /// The connection was torn down by RST.
    Reset,
    /// Nothing came for longer than allowed.
    TimedOut,
    /// An operation failed; the detail carries the error.
    Failed,
    /// A transfer moved on.
    Progress,
    /// A listener answered a request of HTTP; written when the last byte of the answer was handed to the system.
    Answered,
    /// From the next call on, one `recv` may return another number of bytes.
    RecvSize,
    /// What came is not as it should be; the detail says what is wrong, in words.
    Remark,
    /// A picture that was in the bytes has ended; the detail says what it is and where.
    Picture,
    /// The computer's clock was set, or the computer slept: times from here on are by the clock as it is now.
    Clock,
    /// What we send is not acknowledged, or is again; the detail says which and since when.
    Health,
    /// This PC lost the address that a socket is bound to, or its link, or has it again; the detail says which.
    Address,
    /// A session ended.
    Stopped,
}

impl Event {
    /// The word used in `--json`, in the table and in filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Serving => "serving",
            Self::Accepted => "accepted",
            Self::Connected => "connected",
            Self::Attempt => "attempt",
            Self::Recv => "recv",
            Self::Send => "send",
            Self::HalfClosed => "half_closed",
            Self::Closed => "closed",
            Self::Reset => "reset",
            Self::TimedOut => "timed_out",
            Self::Failed => "failed",
            Self::Progress => "progress",
            Self::Answered => "answered",
            Self::RecvSize => "recv_size",
            Self::Remark => "remark",
            Self::Picture => "picture",
            Self::Clock => "clock",
            Self::Health => "health",
            Self::Address => "address",
            Self::Stopped => "stopped",
        }
    }

    /// The event of a call that moved bytes this way.
    #[must_use]
    pub fn moved(direction: Direction) -> Self {
        match direction {
            Direction::Inbound => Self::Recv,
            Direction::Outbound => Self::Send,
        }
    }

    /// The way bytes went, for the two events that carry bytes.
    #[must_use]
    pub fn direction(self) -> Option<Direction> {
        match self {
            Self::Recv => Some(Direction::Inbound),
            Self::Send => Some(Direction::Outbound),
            _ => None,
        }
    }

    /// True for what a person should be warned about.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Reset | Self::TimedOut | Self::Failed)
    }
}

/// Which way bytes went, seen from this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the peer to us: `recv`.
    Inbound,
    /// From us to the peer: `send`.
    Outbound,
}

/// Which side did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// This program.
    Local,
    /// The other end.
    Peer,
    /// The system of this machine, such as one that gave an address away.
    System,
    /// Something between the two ends that took the way away: nobody at either end did it.
    Network,
}

/// What a lifecycle record says besides names and time; kept as JSON in place of a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Who half-closed, closed or reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// Bytes received over the whole connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
    /// Bytes sent over the whole connection, or so far in a transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Bytes a transfer will have sent at its end, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How long it took or was open, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub micros: Option<u64>,
    /// Descriptor number of the socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<i64>,
    /// Length of the accept queue that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backlog: Option<u32>,
    /// By how much the clock jumped, in microseconds: the record's own time less this is what it would have shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jump_micros: Option<i64>,
    /// How many bytes one `recv` may return from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recv_size: Option<u32>,
    /// The error.
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    pub failure: Option<Failure>,
    /// Where a browser finds a site, the best one for another PC first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// What requests that change something have to bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The request that was answered, and with what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<Answered>,
    /// The file whose way [`Detail::sent`] and [`Detail::total`] tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<SentFile>,
    /// The picture that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<FoundPicture>,
    /// Whether what we send arrives. With it, [`Detail::bytes`] are not acknowledged, for [`Detail::micros`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Whether this PC still has the address of the socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence: Option<Presence>,
    /// Bytes that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// A remark, such as the port that was taken instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// One request and its answer. The bytes of the body and the time stand beside it: [`Detail::sent`], [`Detail::total`]
/// where fewer were sent than announced, [`Detail::micros`] from the request's head to the answer's last byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// `GET`; empty where the request could not be read.
    pub method: String,
    /// What the request line says after it, its first 512 characters.
    pub target: String,
    /// 200 to 599.
    pub status: u16,
    /// What the status means, as it stands behind it: `Not Found`; empty for a number without a name.
    pub reason: Cow<'static, str>,
}

/// A file on its way out, as the records of its progress say it: nothing else goes out of the connection meanwhile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// Its number.
    pub transfer: TransferId,
    /// Its name without the folder.
    pub name: String,
    /// How many bytes had gone out before its first.
    pub from: u64,
    /// This is its last record.
    pub over: bool,
}

/// A picture that went by, as its record says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPicture {
    /// `PNG`, `JPEG` …
    pub kind: Cow<'static, str>,
    /// How many bytes of it went by.
    pub bytes: u64,
    /// Width in pixels as the header claims it; 0 when the header never came.
    pub width: u32,
    /// Height in pixels as the header claims it.
    pub height: u32,
    /// Whether all of it went by.
    pub ending: PictureEnding,
    /// Which way.
    pub direction: Direction,
    /// What the offsets count.
    pub offsets_in: Within,
    /// The place of its first byte, counted from 0.
    pub first_offset: u64,
    /// The place of its last byte.
    pub last_offset: u64,
    /// The record that holds its first byte.
    pub first_record: u64,
    /// The record that holds its last byte.
    pub last_record: u64,
    /// Its number among the pictures.
    pub object: ObjectId,
}

/// What the place of a picture is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// All bytes that went the same way over the connection.
    Stream,
    /// The same, of datagrams: the picture lies in one of them.
    Datagrams,
    /// The body of an HTTP message.
    Body,
}

/// How a picture in a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureEnding {
    /// It is still coming in.
    Arriving,
    /// Its last byte came.
    Complete,
    /// The stream ended in it.
    CutShort,
    /// Its structure stopped making sense, or it went over the size limit.
    Broken,
}

/// What the header of a picture says, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `PNG`, `JPEG` …
    pub format: &'static str,
    /// File name extension without the dot.
    pub extension: &'static str,
    /// Width in pixels as the header claims it; 0 when the header never came.
    pub width: u32,
    /// Height in pixels as the header claims it.
    pub height: u32,
    /// Whether all of it came.
    pub ending: PictureEnding,
}
