//! What this program knows of an error beyond the system's number: kinds with their data.
//!
//! Owns no sentence that depends on the language: each kind gives a [`Phrase`], which is worded where it is shown.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::{cause::Cause, wording};
use crate::words::{Phrase, phrase, span};

/// Why something failed, where more is known than the number says.
///
/// An [`io::Error`](std::io::Error) may carry one as its source; [`Failure::new`](super::Failure::new) finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// This program has the address.
    HeldBy {
        /// As the system calls it.
        program: String,
        /// Number of its process.
        process: u32,
    },
    /// Sockets of type `SOCK_SEQPACKET` at a path, which only Linux has.
    NoSeqpacket,
    /// At the path of a listener is a file of another kind.
    NotASocket,
    /// At the path of a listener another one is listening.
    ListenerAtPath,
    /// A path is longer than the address of a socket can hold.
    PathTooLong {
        /// Its bytes.
        length: usize,
        /// The most that it may have.
        longest: usize,
    },
    /// A socket file is there, and the program that made it is not.
    NobodyAtPath,
    /// At the path is a socket of another type: a stream, datagrams, or records.
    OtherKindAtPath,
    /// The rights of a folder or of a socket file do not let this user.
    PathDenied,
    /// A path as others write a name without a file: `@name`.
    AbstractName,
    /// Nothing moved for as long as the idle time-out allows.
    Idle {
        /// The limit.
        nanos: u64,
    },
    /// Connecting took longer than it may.
    NotWithin {
        /// The limit.
        nanos: u64,
    },
    /// An address was not reached, and something is known of why.
    Unreached {
        /// Why.
        cause: Cause,
        /// The limit that ended the waiting, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nanos: Option<u64>,
    },
    /// A name was not looked up in time.
    NoNameWithin {
        /// The limit.
        nanos: u64,
    },
    /// The peer of an HTTP listener read nothing of its answer for too long.
    AnswerNotTaken,
    /// The system cut a message, because there was no room for more.
    Cut {
        /// Bytes of the whole message.
        length: u64,
        /// Bytes that came.
        taken: u64,
    },
    /// More waits for the peer than is kept: what was handed in besides was not taken.
    PeerTakesNothing {
        /// What was not taken.
        bytes: u64,
        /// What may wait for one peer.
        waiting: u64,
    },
    /// Bytes were handed in for a connection that is over, or that closes.
    ConnectionOver {
        /// How many; 0 for a file, and for a half-close.
        bytes: u64,
    },
    /// Bytes were handed in for a connection whose requests and answers are made by HTTP.
    SpeaksHttp {
        /// How many; 0 for a file, and for a half-close.
        bytes: u64,
    },
    /// Bytes were handed in for a session to which nobody is connected.
    NobodyConnected {
        /// How many.
        bytes: u64,
    },
    /// Bytes that were handed in and had not left when the connection ended.
    Unsent {
        /// How many.
        bytes: u64,
        /// In so many messages.
        messages: u64,
    },
    /// A file that was handed in and had not left, or not all of it, when the connection ended.
    FileCut {
        /// Bytes that the system took.
        sent: u64,
        /// Bytes of the file; 0 where it was never opened.
        total: u64,
    },
    /// Bytes were handed in after our own FIN.
    AfterFin {
        /// How many; 0 for a file.
        bytes: u64,
    },
    /// A reset threw away what the peer had not acknowledged.
    ResetLoses {
        /// Bytes of ours.
        bytes: u64,
    },
    /// The connection was closed while bytes of the peer's were unread, which the system answers with RST.
    ClosedUnread {
        /// Bytes of the peer's that nobody received.
        unread: u64,
        /// Bytes of ours that were not acknowledged.
        outstanding: u64,
    },
    /// Nothing was acknowledged, and nothing else came back either.
    NothingComesBack {
        /// For so long.
        nanos: u64,
        /// Bytes that were not acknowledged.
        bytes: u64,
    },
    /// Too many answers of a datagram listener wait for their time.
    TooManyLater,
    /// What was to be said on the board of an HTTP listener was not taken.
    BoardTakesNothing,
    /// A file has fewer bytes than were promised of it.
    FileShrank,
    /// Something that is no ordinary file, whose length is not known beforehand.
    NotAFile,
    /// The address is that of a proxy, and not of the server that was asked for.
    OfProxy {
        /// The server that was asked for.
        host: String,
        /// The variable of the environment that names the proxy.
        variable: Option<String>,
    },
    /// The system's settings say which users may send a ping.
    PingGroups,
    /// An IPv6 address with a port, but without brackets.
    NoBrackets,
    /// What was typed cannot be a name nor an address.
    NotAHost,
    /// What was typed is no multicast group.
    NotAGroup,
    /// A zone, or the adapter for a group, that this machine does not have.
    NoAdapter {
        /// As it was typed.
        name: String,
    },
    /// An address that exists on each adapter, without the adapter.
    NeedsZone {
        /// One that this machine has; empty when there is none.
        adapter: String,
    },
    /// The system connected a socket to itself, because its own port was the one that was asked for.
    SelfConnected,
    /// The source address is of another family than every address of the host.
    OtherFamily,
    /// An address that a socket is bound to has left this machine.
    AddressLost {
        /// Which.
        address: IpAddr,
    },
    /// Datagrams that came faster than they were received, and that the system threw away.
    Overrun {
        /// How many.
        datagrams: u64,
    },
    /// Another address of the same name answered first.
    AnotherFirst,
    /// The file system, or `/proc`, did not answer in time.
    NoDisk,
    /// What a layer above found, in its own words.
    Said {
        /// What it means.
        words: Phrase,
        /// What to try next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<Phrase>,
    },
}

impl Reason {
    /// What a layer above found, in its own words.
    #[must_use]
    pub fn said(words: Phrase) -> Self {
        Self::Said { words, hint: None }
    }

    /// What it means; `None` where it only says what to do.
    pub(super) fn message(&self) -> Option<Phrase> {
        Some(match self {
            Self::HeldBy { program, process } => {
                let holder = phrase!("{name} (process {pid})", name = program, pid = process);
                phrase!("{holder} already has this address").saying("holder", holder)
            }
            Self::NoSeqpacket => phrase!("only Linux has Unix sockets of type SOCK_SEQPACKET"),
            Self::NotASocket => phrase!("there is a file at that path, and it is not a socket"),
            Self::ListenerAtPath => phrase!("another program listens at that path"),
            Self::PathTooLong { length, longest } => phrase!(
                "the path is too long for a socket: {length} bytes, and {longest} is the most",
                length = length,
                longest = longest
            ),
            Self::NobodyAtPath => phrase!("the socket file is there, but no program listens at it any more"),
            Self::OtherKindAtPath => phrase!("the socket at that path is of another type"),
            Self::PathDenied => {
                phrase!("this user may not use that path: the rights of the folder or of the socket file")
            }
            Self::AbstractName => phrase!("there is no file of that name"),
            Self::Idle { nanos } => {
                phrase!("no traffic for {span}: closed by the idle time-out", span = span(*nanos))
            }
            Self::NotWithin { nanos } => phrase!("nothing answered within {span}", span = span(*nanos)),
            Self::Unreached { cause, nanos: None } => cause.message(),
            Self::Unreached { cause, nanos: Some(nanos) } => {
                phrase!("nothing answered within {span}: {why}", span = span(*nanos)).saying("why", cause.message())
            }
            Self::NoNameWithin { nanos } => {
                phrase!("the name could not be looked up within {span}: no name server answered", span = span(*nanos))
            }
            Self::AnswerNotTaken => phrase!("The other side took nothing of the answer for too long."),
            Self::Cut { length, taken } => {
                phrase!("a message of {length} bytes was cut to {taken}", length = length, taken = taken)
            }
            Self::PeerTakesNothing { bytes, waiting } => phrase!(
                "the peer takes no bytes, and {waiting} bytes may wait for it: {n} more were not sent",
                waiting = waiting,
                n = bytes
            ),
            Self::ConnectionOver { bytes: 0 } => phrase!("the connection is over or closes"),
            Self::ConnectionOver { bytes } => {
                phrase!("the connection is over or closes: {n} bytes were not sent", n = bytes)
            }
            Self::SpeaksHttp { bytes: 0 } => {
                phrase!("HTTP runs on this connection and decides what is sent and when")
            }
            Self::SpeaksHttp { bytes } => {
                phrase!("HTTP runs on this connection and decides what is sent: {n} bytes were not sent", n = bytes)
            }
            Self::NobodyConnected { bytes } => phrase!("nobody is connected: {n} bytes were not sent", n = bytes),
            Self::Unsent { bytes, messages } => {
                phrase!("{n} bytes in {messages} messages were not sent before the end", n = bytes, messages = messages)
            }
            Self::FileCut { total: 0, .. } => phrase!("the file was not sent before the end"),
            Self::FileCut { sent, total } => {
                phrase!("{sent} of {total} bytes of the file were sent before the end", sent = sent, total = total)
            }
            Self::AfterFin { bytes: 0 } => phrase!("we have sent FIN already: the file was not sent"),
            Self::AfterFin { bytes } => phrase!("we have sent FIN already: {n} bytes were not sent", n = bytes),
            Self::ResetLoses { bytes } => {
                phrase!("the reset threw away {n} bytes that the peer had not acknowledged", n = bytes)
            }
            Self::ClosedUnread { unread, outstanding: 0 } => {
                phrase!("closed with {n} bytes unread, which the system answers with RST", n = unread)
            }
            Self::ClosedUnread { unread, outstanding } => phrase!(
                "closed with {n} bytes unread, which the system answers with RST: {lost} bytes of ours that were not acknowledged may be lost",
                n = unread,
                lost = outstanding
            ),
            Self::NothingComesBack { nanos, bytes } => {
                phrase!("nothing came back for {span}: {n} bytes were not acknowledged", span = span(*nanos), n = bytes)
            }
            Self::TooManyLater => phrase!("too many answers wait for their time: one was not sent"),
            Self::BoardTakesNothing => phrase!("the board is off, or this is too much for it"),
            Self::FileShrank => phrase!("the file has become shorter"),
            Self::NotAFile => phrase!("only an ordinary file has a length that can be said beforehand"),
            Self::NotAHost => phrase!("that is no host name and no address"),
            Self::NotAGroup => phrase!("that is no multicast group"),
            Self::NoAdapter { name } => phrase!("this machine has no adapter called {name}", name = name),
            Self::NeedsZone { .. } => phrase!("that address can be on every adapter, and none is named"),
            Self::SelfConnected => {
                phrase!(
                    "nobody listens on that port: the system had just chosen it for this socket, which reached itself"
                )
            }
            Self::OtherFamily => {
                phrase!("the source address is IPv4 and the host has IPv6 only, or the other way round")
            }
            Self::AddressLost { address } => phrase!("this PC has lost {address}", address = address),
            Self::Overrun { datagrams } => phrase!(
                "{n} datagrams came faster than they were received: the system threw them away and does not say whose they were",
                n = datagrams
            ),
            Self::AnotherFirst => phrase!("another address answered first"),
            Self::NoDisk => phrase!("the file system does not answer"),
            Self::OfProxy { .. } | Self::PingGroups | Self::NoBrackets => return None,
            Self::Said { words, .. } => words.clone(),
        })
    }

    /// What to try next; `None` where the error itself says it.
    #[must_use]
    pub fn hint(&self) -> Option<Phrase> {
        Some(match self {
            Self::Unreached { cause, .. } => cause.hint(),
            Self::NoNameWithin { .. } => wording::no_name_server(),
            Self::NoSeqpacket => phrase!("use a Unix stream, or Unix datagrams"),
            Self::PathTooLong { .. } => phrase!("choose a shorter path, such as one in /tmp"),
            Self::NobodyAtPath => phrase!("start its program again; a listener here replaces the file"),
            Self::OtherKindAtPath => phrase!("choose the other one of stream, datagrams and records (SOCK_SEQPACKET)"),
            Self::PathDenied => phrase!("choose a folder that is yours, or ask for the right to write there"),
            Self::AbstractName => {
                phrase!("a name with @ in front (abstract, without a file) cannot be called here; write a path")
            }
            Self::NotASocket => phrase!("choose another path; the file was left alone"),
            Self::ListenerAtPath => phrase!("choose another path, or stop the program that listens there"),
            Self::PeerTakesNothing { .. } => phrase!("wait until it reads, or close the connection"),
            Self::SpeaksHttp { .. } => phrase!("to send bytes of your own, connect over TCP, or listen without HTTP"),
            Self::BoardTakesNothing => {
                phrase!("turn the board on; it takes texts up to 64 KiB and pictures up to 16 MiB")
            }
            Self::ClosedUnread { .. } => phrase!("receive until the peer has sent FIN before closing"),
            Self::NothingComesBack { .. } => {
                phrase!("check the cable or Wi-Fi of both machines, then connect again")
            }
            Self::OfProxy { host, variable: Some(variable) } => phrase!(
                "this is the proxy that {variable} names, not {host}: start it, or set no_proxy={host} to go without",
                variable = variable,
                host = host
            ),
            Self::OfProxy { host, variable: None } => {
                phrase!("this is the proxy, not {host}: check its address, and that it is running", host = host)
            }
            Self::PingGroups => phrase!("net.ipv4.ping_group_range says which groups may"),
            Self::NoBrackets => phrase!("write an IPv6 address in brackets: [::1]:8000"),
            Self::NotAGroup => phrase!("groups are 224.0.0.0 to 239.255.255.255, and ff00:: and up"),
            Self::NoAdapter { .. } => phrase!("`socketlab addresses` lists the adapters"),
            Self::NeedsZone { adapter } => phrase!(
                "write the adapter behind it: fe80::1%{adapter}",
                adapter = if adapter.is_empty() { "eth0" } else { adapter }
            ),
            Self::Overrun { .. } => phrase!("let the senders pause, or ask for a larger receive buffer"),
            Self::AddressLost { .. } => phrase!(
                "wait until the adapter has the address again, or start anew on one that `socketlab addresses` lists"
            ),
            Self::OtherFamily => phrase!("leave the source address out, or choose one of the same family"),
            Self::Said { hint, .. } => return hint.clone(),
            _ => return None,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().or_else(|| self.hint()).map_or(Ok(()), |words| words.fmt(f))
    }
}

impl std::error::Error for Reason {}
