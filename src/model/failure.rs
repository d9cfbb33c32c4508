//! A socket error as a person reads it: what was tried, on which address, what it is called, and what to try next.

use std::{fmt, io};

use serde::{Deserialize, Serialize};

use super::errno::{Errno, meaning};
use crate::words::text;

/// The call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `getaddrinfo`: a name was looked up.
    Resolve,
    /// `socket`.
    Socket,
    /// `setsockopt`.
    Setsockopt,
    /// `bind`.
    Bind,
    /// `listen`.
    Listen,
    /// `accept`.
    Accept,
    /// `connect`.
    Connect,
    /// `recv` or `recvfrom`.
    Recv,
    /// `send` or `sendto`.
    Send,
    /// `shutdown`.
    Shutdown,
    /// Opening or reading a file that is to be sent or served.
    Open,
    /// Reading what a peer sent as HTTP.
    Http,
}

impl Operation {
    /// The name of the call.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Socket => "socket",
            Self::Setsockopt => "setsockopt",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Connect => "connect",
            Self::Recv => "recv",
            Self::Send => "send",
            Self::Shutdown => "shutdown",
            Self::Open => "open",
            Self::Http => "http",
        }
    }
}

/// One failed operation. It is data: a record in the journal, a line on a session, a message on the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was tried.
    pub operation: Operation,
    /// The address or path it was tried on.
    pub address: String,
    /// POSIX name of the error, `ECONNREFUSED`; `EAI_NONAME` for names; `HTTP` for what is not HTTP.
    pub error: String,
    /// Its number on this system; 0 where the system gave none.
    pub errno: i32,
    /// What it means, in words.
    pub message: String,
    /// What to try next, in words; empty when there is nothing to add.
    pub hint: String,
    /// A port that can be bound in place of one that is taken; the hint says so in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_port: Option<u16>,
}

/// The numbers of one error; 0 where a system does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// `ECONNREFUSED` is 111.
    pub linux: i32,
    /// 61.
    pub macos: i32,
    /// `WSAECONNREFUSED` is 10061.
    pub windows: i32,
}

impl Failure {
    /// Names and explains the error of a call.
    #[must_use]
    pub fn new(operation: Operation, address: impl fmt::Display, error: &io::Error) -> Self {
        let address = address.to_string();
        let (name, number) = match Errno::of(error) {
            Some(row) => (row.name, error.raw_os_error().unwrap_or_else(|| row.number())),
            None if operation == Operation::Resolve => ("EAI_NONAME", 0),
            None => ("EIO", error.raw_os_error().unwrap_or(0)),
        };
        let message = meaning(name).map_or_else(|| error.to_string(), str::to_owned);
        let hint = hint(operation, name, &address);
        Self { operation, address, error: name.to_owned(), errno: number, message, hint, free_port: None }
    }

    /// An error that this program found, under the POSIX name that fits.
    #[must_use]
    pub fn named(operation: Operation, address: impl fmt::Display, name: &str) -> Self {
        let address = address.to_string();
        Self {
            operation,
            error: name.to_owned(),
            errno: Errno::by_name(name).map_or(0, Errno::number),
            message: meaning(name).unwrap_or_default().to_owned(),
            hint: hint(operation, name, &address),
            free_port: None,
            address,
        }
    }

    /// The same error with other words for what it means.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// The same error with one more sentence on what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl AsRef<str>) -> Self {
        let hint = hint.as_ref();
        if self.hint.is_empty() {
            hint.clone_into(&mut self.hint);
        } else if !hint.is_empty() {
            self.hint = text!("{hint}; {more}", hint = self.hint, more = hint);
        }
        self
    }

    /// The same error with a port that can be bound instead.
    #[must_use]
    pub fn with_free_port(mut self, port: u16) -> Self {
        self.free_port = Some(port);
        self.with_hint(text!("port {port} is free", port = port))
    }

    /// True when the error has this POSIX name.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.error == name
    }

    /// What `connect_ex` returns for this error on each system; `None` for what is no error of a system call.
    #[must_use]
    pub fn numbers(&self) -> Option<Numbers> {
        let [linux, macos, windows] = Errno::by_name(&self.error)?.numbers();
        Some(Numbers { linux, macos, windows })
    }

    /// `ECONNREFUSED 111`, or the name alone where there is no number.
    #[must_use]
    pub fn code(&self) -> String {
        if self.errno == 0 { self.error.clone() } else { format!("{} {}", self.error, self.errno) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} ({})", self.operation.word(), self.address, self.message, self.code())
    }
}

impl std::error::Error for Failure {}

/// What to try next. The words for the same error differ with what was tried.
fn hint(operation: Operation, name: &str, address: &str) -> String {
    let hint = match (operation, name) {
        (Operation::Bind, "EACCES" | "EPERM") => {
            text!("ports below 1024 need administrator rights; choose a port from 1024 up, such as 8000")
        }
        (Operation::Bind, "EADDRINUSE") => text!("choose another port, or stop the program that has this one"),
        (Operation::Bind, "EADDRNOTAVAIL") => {
            text!("choose one of this machine's own addresses; `socketlab addresses` lists them")
        }
        (Operation::Bind, "ENOENT") => text!("the folder of the path must exist"),
        // Linux asks for the group of an ordinary user's ICMP, and for rights only of raw sockets.
        (Operation::Socket, "EACCES") if address.contains("SOCK_DGRAM") => {
            text!("net.ipv4.ping_group_range says which groups may")
        }
        (Operation::Socket, "EPERM" | "EACCES") => text!("raw sockets need administrator rights"),
        (Operation::Connect, "ENOENT") => text!("start the listener at that path first"),
        (Operation::Connect, "ECONNREFUSED") => {
            text!(
                "check the port, and that the listener is running and bound to an address you can reach (one on 127.0.0.1 is reached from its own machine only)"
            )
        }
        (Operation::Recv | Operation::Send, "ECONNREFUSED") => {
            text!("nobody has that UDP port open: check the port and that the listener is running")
        }
        (Operation::Connect, "ETIMEDOUT") => {
            text!("check the address, that both machines are on the same network, and the firewall on the other side")
        }
        (Operation::Http, "ETIMEDOUT") => text!("the server may only be slow: allow it more time"),
        (_, "ETIMEDOUT") => text!("the network path or the peer has gone; connect again"),
        (_, "ENETUNREACH" | "EHOSTUNREACH" | "EHOSTDOWN" | "ENETDOWN") => {
            text!("check the address, the cable or Wi-Fi, and whether this machine has an address in that network")
        }
        (Operation::Connect, "EADDRNOTAVAIL") => {
            text!("the source address must be this machine's own, and the port of the peer must not be 0")
        }
        (Operation::Connect, "EACCES" | "EPERM") => {
            text!("a firewall on this machine forbids it, or the address is a broadcast address")
        }
        (Operation::Send, "EACCES") => text!("turn on broadcast to send to a broadcast address"),
        (_, "EAI_NONAME") => text!("check the spelling, or use the IP address"),
        (_, "ECONNRESET") => {
            text!(
                "the other program ended, closed with unread bytes, or refused what was sent; look at its own messages"
            )
        }
        (_, "EPIPE") => text!("the peer has closed; connect again to go on"),
        (_, "EMFILE" | "ENFILE") => text!("close some connections, or raise the limit (`ulimit -n`)"),
        (Operation::Recv, "EMSGSIZE") => text!("raise the receive size; what did not fit is lost"),
        (Operation::Send, "EMSGSIZE") => text!(
            "one UDP datagram holds at most 65507 bytes, a record of a Unix socket what the send buffer has room for; send less at once"
        ),
        (Operation::Open, _) => text!("check the path, and what you may do there"),
        _ => "",
    };
    let ipv6_brackets = operation == Operation::Resolve && address.matches(':').count() > 1 && !address.contains('[');
    if ipv6_brackets { text!("write an IPv6 address in brackets: [::1]:8000").to_owned() } else { hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_name_number_meaning_and_hint() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let failure = Failure::new(Operation::Connect, "127.0.0.1:1", &refused);
        assert!(failure.is("ECONNREFUSED"));
        assert_ne!(failure.errno, 0);
        assert!(failure.to_string().starts_with("connect 127.0.0.1:1: the host answered"));
        assert!(failure.hint.contains("port"));
        let numbers = failure.numbers().unwrap();
        assert_eq!((numbers.linux, numbers.windows), (111, 10061));
    }

    #[test]
    fn a_refused_ping_socket_is_no_raw_socket() {
        let hint = |address: &str, name: &str| Failure::named(Operation::Socket, address, name).hint;
        assert!(hint("AF_INET, SOCK_DGRAM, 1", "EACCES").contains("ping_group_range"));
        for name in ["EPERM", "EACCES"] {
            assert!(hint("AF_INET, SOCK_RAW, 1", name).contains("administrator rights"));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn numbers_of_this_system_are_found() {
        for (number, name) in [(98, "EADDRINUSE"), (110, "ETIMEDOUT"), (113, "EHOSTUNREACH"), (24, "EMFILE")] {
            let failure = Failure::new(Operation::Bind, "x", &io::Error::from_raw_os_error(number));
            assert_eq!((failure.error.as_str(), failure.errno), (name, number));
        }
    }
}
