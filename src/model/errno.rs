//! Names of the system's socket errors and their numbers on the three systems.
//!
//! Sources: errno(3) of Linux, <sys/errno.h> of Darwin, Windows Sockets error codes.

use std::io;

use crate::words::text;

/// One error of the socket calls.
#[derive(Debug)]
pub(super) struct Errno {
    /// The POSIX name.
    pub name: &'static str,
    /// Numbers on Linux, macOS and Windows (`WinSock`).
    linux: i32,
    macos: i32,
    windows: i32,
    /// What std calls it; used when an error carries no number.
    kind: Option<io::ErrorKind>,
}

const fn row(name: &'static str, linux: i32, macos: i32, windows: i32, kind: Option<io::ErrorKind>) -> Errno {
    Errno { name, linux, macos, windows, kind }
}

static TABLE: &[Errno] = &[
    row("EPERM", 1, 1, 0, None),
    row("ENOENT", 2, 2, 2, Some(io::ErrorKind::NotFound)),
    row("EINTR", 4, 4, 10004, Some(io::ErrorKind::Interrupted)),
    row("EIO", 5, 5, 0, None),
    row("ENOMEM", 12, 12, 14, Some(io::ErrorKind::OutOfMemory)),
    row("EACCES", 13, 13, 10013, Some(io::ErrorKind::PermissionDenied)),
    row("EEXIST", 17, 17, 183, Some(io::ErrorKind::AlreadyExists)),
    row("ENOTDIR", 20, 20, 267, Some(io::ErrorKind::NotADirectory)),
    row("EISDIR", 21, 21, 0, Some(io::ErrorKind::IsADirectory)),
    row("EINVAL", 22, 22, 10022, Some(io::ErrorKind::InvalidInput)),
    row("ENFILE", 23, 23, 0, None),
    row("EMFILE", 24, 24, 10024, None),
    row("ENOSPC", 28, 28, 112, Some(io::ErrorKind::StorageFull)),
    row("EROFS", 30, 30, 19, Some(io::ErrorKind::ReadOnlyFilesystem)),
    row("EPIPE", 32, 32, 10058, Some(io::ErrorKind::BrokenPipe)),
    row("ENAMETOOLONG", 36, 63, 10063, Some(io::ErrorKind::InvalidFilename)),
    row("EPROTOTYPE", 91, 41, 10041, None),
    row("ENOTSOCK", 88, 38, 10038, None),
    row("EDESTADDRREQ", 89, 39, 10039, None),
    row("EMSGSIZE", 90, 40, 10040, None),
    row("EPROTONOSUPPORT", 93, 43, 10043, None),
    row("ESOCKTNOSUPPORT", 94, 44, 10044, None),
    row("EOPNOTSUPP", 95, 102, 10045, Some(io::ErrorKind::Unsupported)),
    row("EAFNOSUPPORT", 97, 47, 10047, None),
    row("EADDRINUSE", 98, 48, 10048, Some(io::ErrorKind::AddrInUse)),
    row("EADDRNOTAVAIL", 99, 49, 10049, Some(io::ErrorKind::AddrNotAvailable)),
    row("ENETDOWN", 100, 50, 10050, Some(io::ErrorKind::NetworkDown)),
    row("ENETUNREACH", 101, 51, 10051, Some(io::ErrorKind::NetworkUnreachable)),
    row("ECONNABORTED", 103, 53, 10053, Some(io::ErrorKind::ConnectionAborted)),
    row("ECONNRESET", 104, 54, 10054, Some(io::ErrorKind::ConnectionReset)),
    row("ENOBUFS", 105, 55, 10055, None),
    row("EISCONN", 106, 56, 10056, None),
    row("ENOTCONN", 107, 57, 10057, Some(io::ErrorKind::NotConnected)),
    row("ETIMEDOUT", 110, 60, 10060, Some(io::ErrorKind::TimedOut)),
    row("ECONNREFUSED", 111, 61, 10061, Some(io::ErrorKind::ConnectionRefused)),
    row("EHOSTDOWN", 112, 64, 10064, None),
    row("EHOSTUNREACH", 113, 65, 10065, Some(io::ErrorKind::HostUnreachable)),
    row("EINPROGRESS", 115, 36, 10036, None),
    row("ECANCELED", 125, 89, 10103, None),
];

impl Errno {
    /// The error's number on the system this was built for.
    pub(super) fn number(&self) -> i32 {
        if cfg!(windows) {
            self.windows
        } else if cfg!(target_os = "macos") {
            self.macos
        } else {
            self.linux
        }
    }

    /// The numbers on Linux, macOS and Windows, 0 where a system does not have the error.
    pub(super) fn numbers(&self) -> [i32; 3] {
        [self.linux, self.macos, self.windows]
    }

    /// The row of a POSIX name.
    pub(super) fn by_name(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|row| row.name == name)
    }

    /// The row that an I/O error belongs to: by its number, else by what std made of it.
    pub(super) fn of(error: &io::Error) -> Option<&'static Self> {
        match error.raw_os_error() {
            Some(number) => TABLE.iter().find(|row| row.number() == number && number != 0),
            None => TABLE.iter().find(|row| row.kind == Some(error.kind())),
        }
    }
}

/// What an error means, in words; the system's own words where we have none.
pub(super) fn meaning(name: &str) -> Option<&'static str> {
    Some(match name {
        "EPERM" => text!("the system does not allow it to this user"),
        "ENOENT" => text!("there is nothing at that path"),
        "EIO" => text!("the disk or device does not work"),
        "EISDIR" => text!("that is a folder"),
        "ENOTDIR" => text!("a part of that path is no folder"),
        "ENOSPC" => text!("the disk is full"),
        "EROFS" => text!("the disk can only be read"),
        "EACCES" => text!("this user is not allowed to do that"),
        "EMFILE" => text!("this program has no file descriptors left"),
        "ENFILE" => text!("the whole system has no file descriptors left"),
        "EPIPE" => text!("the connection no longer takes bytes"),
        "ENAMETOOLONG" => text!("the path is too long"),
        "EINVAL" => text!("the system does not take that value"),
        "EMSGSIZE" => text!("the datagram is larger than it may be"),
        "EADDRINUSE" => text!("another socket already has this address"),
        "EADDRNOTAVAIL" => text!("this address does not belong to this machine"),
        "EAFNOSUPPORT" => text!("this machine does not have that kind of address"),
        "ENETDOWN" => text!("the network is down"),
        "ENETUNREACH" => text!("there is no way to that network"),
        "EHOSTUNREACH" | "EHOSTDOWN" => text!("there is no way to that host"),
        "ECONNABORTED" => text!("the connection was given up on this side"),
        "ECONNRESET" => text!("the peer tore the connection down (RST)"),
        "ENOTCONN" => text!("the socket is not connected"),
        "ETIMEDOUT" => text!("nothing answered in time"),
        "ECONNREFUSED" => text!("the host answered that nobody listens on that port"),
        "EAI_NONAME" => text!("no address is known for that name"),
        "ECANCELED" => text!("it was cancelled"),
        "EPROTONOSUPPORT" => text!("this family has no protocol for that type of socket"),
        "ESOCKTNOSUPPORT" => text!("this family does not have that type of socket"),
        "EPROTOTYPE" => text!("the type of the socket does not fit"),
        "EOPNOTSUPP" => text!("this system does not have that"),
        _ => return None,
    })
}

/// What an I/O error says, in the language that is spoken where there are words of ours for it.
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    if error.get_ref().is_none() {
        if error.kind() == io::ErrorKind::InvalidData {
            return text!("it is no text in UTF-8").to_owned();
        }
        if let Some(words) = Errno::of(error).and_then(|row| meaning(row.name)) {
            return words.to_owned();
        }
    }
    error.to_string()
}
