//! What the errors of the systems mean, and what to try next: the words for [`Errno`], which hold whoever shows them.

use std::io;

use super::{errno::Errno, operation::Operation};
use crate::words::{Phrase, phrase, text};

/// What an error means; `None` where only the system has words for it.
pub(super) fn meaning(operation: Operation, errno: Errno) -> Option<Phrase> {
    Some(match errno {
        Errno::EPERM => phrase!("the system does not allow it to this user"),
        Errno::ENOENT => phrase!("there is nothing at that path"),
        Errno::EIO => phrase!("the disk or device does not work"),
        Errno::EISDIR => phrase!("that is a folder"),
        Errno::ENOTDIR => phrase!("a part of that path is no folder"),
        Errno::ENOSPC => phrase!("the disk is full"),
        Errno::EROFS => phrase!("the disk can only be read"),
        Errno::EACCES => phrase!("this user is not allowed to do that"),
        Errno::EMFILE => phrase!("this program has no file descriptors left"),
        Errno::ENFILE => phrase!("the whole system has no file descriptors left"),
        Errno::EPIPE => phrase!("the connection no longer takes bytes"),
        Errno::ENAMETOOLONG => phrase!("the path is too long"),
        Errno::EINVAL => phrase!("the system does not take that value"),
        Errno::EMSGSIZE => phrase!("the datagram is larger than it may be"),
        Errno::EADDRINUSE => phrase!("another socket already has this address"),
        Errno::EADDRNOTAVAIL => phrase!("this address does not belong to this machine"),
        Errno::EAFNOSUPPORT => phrase!("this machine does not have that kind of address"),
        Errno::ENETDOWN => phrase!("the network is down"),
        Errno::ENETUNREACH => phrase!("there is no way to that network"),
        Errno::EHOSTUNREACH | Errno::EHOSTDOWN => phrase!("there is no way to that host"),
        Errno::ECONNABORTED if operation == Operation::Accept => phrase!("the caller had gone before it was accepted"),
        Errno::ECONNABORTED => phrase!("the system of this PC gave the connection up"),
        Errno::ECONNRESET => phrase!("the peer tore the connection down (RST)"),
        Errno::ENOTCONN => phrase!("the socket is not connected"),
        Errno::ETIMEDOUT if matches!(operation, Operation::Recv | Operation::Send) => {
            phrase!("the peer did not acknowledge anything for too long")
        }
        Errno::ETIMEDOUT => phrase!("nothing answered in time"),
        Errno::ECONNREFUSED => phrase!("the host answered that nobody listens on that port"),
        Errno::EAI_NONAME => phrase!("no address is known for that name"),
        Errno::EAI_AGAIN => phrase!("no name server answered, so the name could not be looked up"),
        Errno::EAI_NODATA => phrase!("the name exists, but it has no address that can be called"),
        Errno::EAI_FAIL => phrase!("the name server refused to look the name up, or failed"),
        Errno::ECANCELED => phrase!("it was cancelled"),
        Errno::EPROTONOSUPPORT => phrase!("this family has no protocol for that type of socket"),
        Errno::ESOCKTNOSUPPORT => phrase!("this family does not have that type of socket"),
        Errno::EPROTOTYPE => phrase!("the type of the socket does not fit"),
        Errno::EOPNOTSUPP => phrase!("this system does not have that"),
        _ => return None,
    })
}

/// What to try next. The words for the same error differ with what was tried.
pub(super) fn hint(operation: Operation, errno: Errno) -> Option<Phrase> {
    Some(match (operation, errno) {
        (Operation::Bind, Errno::EACCES | Errno::EPERM) => {
            phrase!("ports below 1024 need administrator rights; choose a port from 1024 up, such as 8000")
        }
        (Operation::Bind, Errno::EADDRINUSE) => phrase!("choose another port, or stop the program that has this one"),
        (Operation::Bind, Errno::EADDRNOTAVAIL) => {
            phrase!("choose one of this machine's own addresses; `socketlab addresses` lists them")
        }
        (Operation::Bind, Errno::ENOENT) => phrase!("the folder of the path must exist"),
        (Operation::Socket, Errno::EPERM | Errno::EACCES) => phrase!("raw sockets need administrator rights"),
        (Operation::Connect, Errno::ENOENT) => phrase!("start the listener at that path first"),
        (Operation::Connect, Errno::ECONNREFUSED) => {
            phrase!(
                "check the port, and that the listener is running and bound to an address you can reach (one on 127.0.0.1 is reached from its own machine only)"
            )
        }
        (Operation::Recv | Operation::Send, Errno::ECONNREFUSED) => {
            phrase!("nobody has that UDP port open: check the port and that the listener is running")
        }
        (Operation::Connect, Errno::ETIMEDOUT) => {
            phrase!("check the address, that both machines are on the same network, and the firewall on the other side")
        }
        (Operation::Http, Errno::ETIMEDOUT) => phrase!("the server may only be slow: allow it more time"),
        (_, Errno::ETIMEDOUT) => phrase!("the network path or the peer has gone; connect again"),
        (Operation::Recv | Operation::Send, Errno::ECONNABORTED) => {
            phrase!("a lost network or address, sleep, or security software does that; neither end asked for it")
        }
        (_, Errno::ENETUNREACH | Errno::EHOSTUNREACH | Errno::EHOSTDOWN | Errno::ENETDOWN) => {
            phrase!("check the address, the cable or Wi-Fi, and whether this machine has an address in that network")
        }
        (Operation::Connect, Errno::EADDRNOTAVAIL) => {
            phrase!("the source address must be this machine's own, and the port of the peer must not be 0")
        }
        (Operation::Connect, Errno::EACCES | Errno::EPERM) => {
            phrase!("a firewall on this machine forbids it, or the address is a broadcast address")
        }
        (Operation::Send, Errno::EACCES) => phrase!("turn on broadcast to send to a broadcast address"),
        (_, Errno::EAI_NONAME) => phrase!("check the spelling, or use the IP address"),
        (_, Errno::EAI_AGAIN | Errno::EAI_FAIL) => no_name_server(),
        (_, Errno::EAI_NODATA) => phrase!("use the IP address, or ask whoever keeps that name"),
        (_, Errno::ECONNRESET) => {
            phrase!(
                "the other program ended, closed with unread bytes, or refused what was sent; look at its own messages"
            )
        }
        (_, Errno::EPIPE) => phrase!("the peer has closed; connect again to go on"),
        (_, Errno::EMFILE | Errno::ENFILE) => phrase!("close some connections, or raise the limit (`ulimit -n`)"),
        (Operation::Recv, Errno::EMSGSIZE) => phrase!("raise the receive size; what did not fit is lost"),
        (Operation::Send, Errno::EMSGSIZE) => phrase!(
            "one UDP datagram holds at most 65507 bytes, a record of a Unix socket what the send buffer has room for; send less at once"
        ),
        (Operation::Write, _) => {
            phrase!("check the path and the room on the disk; what the journal still has can be saved elsewhere")
        }
        (Operation::Open, _) => phrase!("check the path, and what you may do there"),
        _ => return None,
    })
}

pub(super) fn no_name_server() -> Phrase {
    phrase!("check that this machine is on the network and which name server it asks, or use the IP address")
}

/// What an I/O error says, in the language that is spoken where there are words of ours for it.
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    if error.get_ref().is_none() {
        if error.kind() == io::ErrorKind::InvalidData {
            return text!("it is no text in UTF-8").to_owned();
        }
        if let Some(words) = meaning(Operation::Open, Errno::of(error)) {
            return words.to_string();
        }
    }
    error.to_string()
}
