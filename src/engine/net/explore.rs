//! The socket explorer: which sockets this system really gives, asked of the system and not of a table.

use std::io;

use socket2::{Domain, Protocol, Socket, Type};

use crate::{
    engine::net::platform,
    model::{Errno, Failure, Operation, Reason},
};

/// One call of `socket(family, type, protocol)` and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    pub family: &'static str,
    /// `SOCK_STREAM` and so on.
    pub kind: &'static str,
    /// The third argument; 0 lets the system choose.
    pub protocol: i32,
    /// The descriptor that the socket had while it was open, or the error.
    pub outcome: Result<i64, Failure>,
}

/// The types by the numbers that Linux, macOS and Windows agree on.
const KINDS: [(&str, i32); 5] =
    [("SOCK_STREAM", 1), ("SOCK_DGRAM", 2), ("SOCK_SEQPACKET", 5), ("SOCK_RAW", 3), ("SOCK_RDM", 4)];
/// `AF_UNIX` has this number everywhere.
const UNIX: i32 = 1;

/// Tries every family with every type, with that protocol; 0 lets the system choose. Each socket is closed at once.
#[must_use]
pub fn explore(protocol: i32) -> Vec<Probe> {
    let families = [("AF_INET", Domain::IPV4), ("AF_INET6", Domain::IPV6), ("AF_UNIX", Domain::from(UNIX))];
    let every = families.into_iter().flat_map(|family| KINDS.map(|kind| (family, kind)));
    every.map(|((family, domain), (kind, number))| probe((family, domain), (kind, number), protocol)).collect()
}

fn probe((family, domain): (&'static str, Domain), (kind, number): (&'static str, i32), protocol: i32) -> Probe {
    let failed = |error: &io::Error| {
        let failure = Failure::new(Operation::Socket, format!("{family}, {kind}, {protocol}"), error);
        // Linux asks for the group of an ordinary user's ICMP, and for rights only of raw sockets.
        let ping = failure.is(Errno::EACCES) && kind == "SOCK_DGRAM";
        if ping { failure.because(Reason::PingGroups) } else { failure }
    };
    let outcome = Socket::new(domain, Type::from(number), Some(Protocol::from(protocol)));
    let outcome = outcome.map(|socket| platform::descriptor(&socket).unwrap_or_default());
    Probe { family, kind, protocol, outcome: outcome.map_err(|error| failed(&error)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_fifteen_are_really_tried() {
        let probes = explore(0);
        assert_eq!(probes.len(), 15);
        let of = |family: &str, kind: &str| {
            probes.iter().find(|probe| probe.family == family && probe.kind == kind).unwrap().outcome.clone()
        };
        assert!(of("AF_INET", "SOCK_STREAM").unwrap() > 2);
        assert!(of("AF_INET", "SOCK_DGRAM").is_ok());
        let refused = of("AF_INET", "SOCK_RDM").unwrap_err();
        assert!(!refused.message().is_empty() && !refused.name().is_empty(), "{refused:?}");
    }
}
