//! `getaddrinfo` with the number of its error. Blocks: not for a thread of the runtime.

use std::{io, net::SocketAddr};

use dns_lookup::{AddrInfoHints, LookupError, SockType, getaddrinfo};

use crate::model::{Errno, Failure, Operation, Reason};

/// `AI_NUMERICHOST`: the same on all three systems. Asks no server.
pub(crate) const NUMERIC: i32 = 4;

/// The addresses of a name in the system's order (RFC 6724), zones included (`fe80::1%eth0`).
pub(crate) fn look_up(host: &str, port: u16, flags: i32) -> Result<Vec<SocketAddr>, Failure> {
    // One answer for each address, and not one for each type of socket.
    let hints = AddrInfoHints { flags, socktype: SockType::Stream.into(), ..AddrInfoHints::default() };
    let found = getaddrinfo(Some(host), None, Some(hints)).map_err(|error| lookup_failure(host, error))?;
    let with_port = |mut address: SocketAddr| {
        address.set_port(port);
        address
    };
    let addresses: io::Result<Vec<_>> = found.map(|info| info.map(|info| with_port(info.sockaddr))).collect();
    match addresses {
        Ok(addresses) if addresses.is_empty() => Err(Failure::named(Operation::Resolve, host, Errno::EAI_NODATA)),
        Ok(addresses) => Ok(addresses),
        Err(error) => Err(Failure::new(Operation::Resolve, host, &error)),
    }
}

/// Why a name has no address: it does not exist, or no name server said so.
pub(crate) fn lookup_failure(host: &str, error: LookupError) -> Failure {
    let number = error.error_num();
    let failure = Failure::unresolved(host, number, &error.into());
    if host.matches(':').count() > 1 { failure.because(Reason::NoBrackets) } else { failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_of_a_look_up_is_called_what_it_is() {
        for (number, error, part) in [
            (-2, Errno::EAI_NONAME, "no address is known"),
            (-3, Errno::EAI_AGAIN, "no name server answered"),
            (-5, Errno::EAI_NODATA, "exists"),
            (-4, Errno::EAI_FAIL, "refused"),
        ] {
            if cfg!(target_os = "linux") {
                let failure = lookup_failure("cam.example", LookupError::new(number));
                assert_eq!((failure.error, failure.errno), (error, number));
                assert!(failure.message().contains(part) && !failure.hint().is_empty(), "{failure}");
            }
        }
        let unknown = lookup_failure("cam.example", LookupError::new(-77));
        assert_eq!((unknown.error, unknown.errno), (Errno::Other(-77), -77));
    }

    #[test]
    fn an_address_with_a_port_and_no_brackets_is_told_from_a_name() {
        let failure = look_up("::1:8000x", 80, 0).unwrap_err();
        assert_eq!(failure.reason, Some(Reason::NoBrackets));
        assert_eq!(look_up("127.0.0.1", 80, 0).unwrap(), ["127.0.0.1:80".parse().unwrap()]);
    }
}
