//! What a record remarks besides what happened: kinds with their data, worded where they are shown.

use std::{fmt, net::IpAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::errno::{self, Errno};
use crate::{
    model::Names,
    words::{Phrase, phrase},
};

/// What a record remarks besides what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A listener took a port that was free in place of the one that was asked for.
    PortTaken {
        /// The port that was asked for.
        asked: u16,
        /// Why it was refused.
        error: Errno,
        /// The system's number for it.
        errno: i32,
        /// The port that it has now.
        taken: u16,
    },
    /// The connection goes to a proxy, and not to the server that is asked for.
    Proxy {
        /// The proxy.
        server: String,
        /// The variable of the environment that names it.
        variable: Option<String>,
    },
    /// A client is connected to itself, because its source was chosen to be the very address that it called.
    ToItself,
    /// `0.0.0.0` or `::` was called, which the system takes for this machine.
    CalledUnspecified,
    /// A visitor's file was written.
    Saved {
        /// Where it is.
        path: PathBuf,
    },
    /// Options that were set, and what the system made of them.
    Settings(Vec<Setting>),
    /// A multicast group was joined.
    Joined {
        /// The group.
        group: String,
        /// On which adapters.
        adapters: Vec<String>,
    },
    /// A datagram peer was forgotten, because too many others wrote.
    Forgotten {
        /// How many are remembered.
        peers: u64,
    },
    /// Two services that answer each other without end: one answer was not sent, which ends it.
    Loop {
        /// Answers in a row that were as the one before.
        answers: u64,
    },
    /// It was not the other end that said so.
    SaidBy {
        /// A machine on the way.
        address: IpAddr,
    },
    /// The address of a socket is there, and its adapter has no link.
    NoLink {
        /// Which address.
        address: IpAddr,
        /// The adapter that has it.
        adapter: String,
    },
    /// The address of a socket is there again, on an adapter with a link.
    AddressBack {
        /// Which.
        address: IpAddr,
    },
    /// Several remarks.
    All(Vec<Note>),
    /// What is not as it should be, in the words of the layer that read it.
    Said(Phrase),
}

/// An option of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// `SO_RCVBUF`.
    pub name: String,
    /// What a person chose.
    pub asked: u64,
    /// What the system says it is.
    pub got: u64,
}

impl Note {
    /// Several remarks as one; `None` when there are none.
    #[must_use]
    pub fn all(notes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut notes: Vec<_> = notes.into_iter().collect();
        if notes.len() > 1 { Some(Self::All(notes)) } else { notes.pop() }
    }

    /// What is odd about a connection that stands, by its names and by what was asked for.
    #[must_use]
    pub fn of_connected(names: &Names, host: &str) -> Option<Self> {
        let unspecified = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|host| host.is_unspecified());
        match names.local.inet() {
            Some(_) if names.local == names.peer => Some(Self::ToItself),
            _ => unspecified.then_some(Self::CalledUnspecified),
        }
    }

    /// The remark as a text that is still to be worded.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::PortTaken { asked, error, errno, taken } => phrase!(
                "port {port} was refused ({code}); the free port {taken} was taken instead",
                port = asked,
                code = errno::code(&error.name(), *errno),
                taken = taken
            ),
            Self::Proxy { server, variable: Some(variable) } => {
                phrase!("this goes to the proxy {server}, which {variable} names", server = server, variable = variable)
            }
            Self::Proxy { server, variable: None } => phrase!("this goes to the proxy {server}", server = server),
            Self::ToItself => {
                phrase!("connected to itself: what it sends, it receives")
            }
            Self::CalledUnspecified => phrase!("0.0.0.0 and :: stand for this PC when they are called"),
            Self::Saved { path } => phrase!("saved as {path}", path = path.display()),
            Self::Settings(settings) => {
                let each = |setting: &Setting| match setting {
                    Setting { name, asked, got } if asked == got => format!("{name} {got}"),
                    Setting { name, asked, got } => format!("{name} {asked} → {got}"),
                };
                let list: Vec<String> = settings.iter().map(each).collect();
                phrase!("what the system made of the options: {list}", list = list.join(", "))
            }
            Self::Joined { group, adapters } => {
                phrase!("joined {group} on {adapters}", group = group, adapters = adapters.join(", "))
            }
            Self::Forgotten { peers } => {
                phrase!("forgotten: only the last {peers} peers are remembered", peers = peers)
            }
            Self::Loop { answers } => phrase!(
                "looks like two services that answer each other without end: after {answers} answers in a row one was not sent",
                answers = answers
            ),
            Self::SaidBy { address } => phrase!("said by {address}, a machine on the way", address = address),
            Self::NoLink { address, adapter } => phrase!(
                "{adapter}, which has {address}, has no link: check the cable or the Wi-Fi",
                adapter = adapter,
                address = address
            ),
            Self::AddressBack { address } => phrase!("this PC has {address} again, with a link", address = address),
            Self::All(notes) => {
                let phrases = notes.iter().map(Self::phrase);
                let both = |all: Phrase, next| phrase!("{hint}; {more}").saying("hint", all).saying("more", next);
                phrases.reduce(both).unwrap_or_else(|| Phrase::verbatim(""))
            }
            Self::Said(words) => words.clone(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}
