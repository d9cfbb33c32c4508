//! Addresses of this machine that sockets stand on, and whether it still has them.
//!
//! What an adapter list does not have is asked of the system by a bind: there are more addresses than those of adapters, such
//! as a whole network that is routed to this machine. Both may take a while: not to be called on a thread of the runtime.

use std::{
    io,
    net::{IpAddr, SocketAddr, SocketAddrV6, UdpSocket},
};

use super::interfaces::{self, Interface};
use crate::model::{Name, Presence};

/// An address of this machine, and the number of its adapter where other adapters may have the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Local {
    pub ip: IpAddr,
    pub zone: u32,
}

impl Local {
    /// What a socket of that name stands on and may lose; `None` for all addresses at once, groups, loopback and paths.
    pub(crate) fn of(name: &Name) -> Option<Self> {
        let address = name.inet()?;
        let ip = address.ip().to_canonical();
        let zone = match address {
            SocketAddr::V6(v6) => v6.scope_id(),
            SocketAddr::V4(_) => 0,
        };
        let stays = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
        (!stays).then_some(Self { ip, zone })
    }

    /// As a socket is bound to it.
    pub(crate) fn with_port(self, port: u16) -> SocketAddr {
        match self.ip {
            IpAddr::V6(ip) => SocketAddrV6::new(ip, port, 0, self.zone).into(),
            ip @ IpAddr::V4(_) => SocketAddr::new(ip, port),
        }
    }
}

/// What became of one address.
#[derive(Debug)]
pub(crate) struct Standing {
    pub local: Local,
    pub presence: Presence,
    /// The adapter that has it; empty when none has.
    pub adapter: String,
    /// What the system said of an address that is lost.
    pub error: Option<io::Error>,
}

/// Looks whether this machine has these addresses. One of which nothing is known is left out.
pub(crate) fn look(locals: &[Local]) -> Vec<Standing> {
    judge(locals, &interfaces::all(), |local| UdpSocket::bind(local.with_port(0)).err())
}

/// The same with a list of adapters, and with what a bind to an address that is not in it gives.
fn judge(locals: &[Local], adapters: &[Interface], bind: impl Fn(Local) -> Option<io::Error>) -> Vec<Standing> {
    let standing = |local: &Local| {
        let has = |adapter: &&Interface| {
            adapter.addresses.contains(&local.ip) && (local.zone == 0 || local.zone == adapter.index)
        };
        let found = adapters.iter().filter(has).max_by_key(|adapter| adapter.has_link);
        let (presence, error) = match found {
            Some(adapter) if adapter.has_link => (Presence::Here, None),
            Some(_) => (Presence::NoLink, None),
            None => match bind(*local) {
                None => (Presence::Here, None),
                Some(error) if error.kind() == io::ErrorKind::AddrNotAvailable => (Presence::Lost, Some(error)),
                // Such as a descriptor that was not to be had.
                Some(_) => return None,
            },
        };
        let adapter = found.map(|adapter| adapter.name.clone()).unwrap_or_default();
        Some(Standing { local: *local, presence, adapter, error })
    };
    locals.iter().filter_map(standing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, index: u32, addresses: &[&str], has_link: bool) -> Interface {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        Interface { name: name.to_owned(), index, v4: None, addresses, has_v4: true, has_v6: true, has_link }
    }

    fn local(name: &str) -> Local {
        Local::of(&Name::parse(name)).unwrap()
    }

    #[test]
    fn an_address_is_here_without_a_link_or_lost() {
        let adapters = [
            adapter("eth0", 2, &["10.77.0.1", "fe80::1"], true),
            adapter("eth1", 3, &["10.77.1.1", "fe80::1", "10.77.0.9"], false),
            // The same address on a second adapter, which has a link.
            adapter("eth2", 4, &["10.77.0.9"], true),
        ];
        let bind = |local: Local| match local.ip.to_string().as_str() {
            "10.77.0.2" => Some(io::ErrorKind::AddrNotAvailable.into()),
            "10.77.0.3" => Some(io::Error::from_raw_os_error(24)),
            _ => None,
        };
        let locals = [
            "10.77.0.1:80",
            "10.77.1.1:80",
            "10.77.0.2:80",
            "10.77.0.3:80",
            "10.77.0.4:80",
            "10.77.0.9:80",
            "[fe80::1%2]:80",
            "[fe80::1%3]:80",
        ];
        let found = judge(&locals.map(local), &adapters, bind);
        let found: Vec<_> =
            found.iter().map(|found| (found.local.ip, found.presence, found.adapter.as_str())).collect();
        let at = |ip: &str| ip.parse::<IpAddr>().unwrap();
        assert_eq!(
            found,
            [
                (at("10.77.0.1"), Presence::Here, "eth0"),
                (at("10.77.1.1"), Presence::NoLink, "eth1"),
                (at("10.77.0.2"), Presence::Lost, ""),
                // Nothing is claimed of 10.77.0.3, for which there was no descriptor.
                (at("10.77.0.4"), Presence::Here, ""),
                (at("10.77.0.9"), Presence::Here, "eth2"),
                (at("fe80::1"), Presence::Here, "eth0"),
                (at("fe80::1"), Presence::NoLink, "eth1"),
            ]
        );
    }

    #[test]
    fn what_cannot_be_lost_is_not_watched() {
        for name in ["0.0.0.0:80", "[::]:80", "127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "239.1.2.3:80", "/tmp/x.sock"]
        {
            assert_eq!(Local::of(&Name::parse(name)), None, "{name}");
        }
        assert_eq!(local("[::ffff:10.0.0.1]:80"), local("10.0.0.1:1"));
    }

    #[test]
    fn the_system_is_asked_for_what_no_adapter_has() {
        let error = look(&[local("192.0.2.77:80")]).remove(0).error.expect("a documentation address is nobody's");
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
    }
}
