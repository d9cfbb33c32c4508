//! Multicast groups: which are meant, and on which adapters a socket joins them. A socket leaves its groups when it is
//! closed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use socket2::{InterfaceIndexOrAddress, SockRef};

use super::{
    interfaces::{self, Interface},
    options,
};
use crate::model::{Errno, Failure, ListenConfig, Note, Operation, Reason, plain_host, split_zone};

/// A group, and the adapter that stands behind it: `ff02::fb%eth0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub address: IpAddr,
    adapter: Option<String>,
}

/// The groups that a listener is to join besides the address it is bound to.
pub(crate) fn asked(config: &ListenConfig) -> Result<Vec<Group>, Failure> {
    let group = |typed: &String| {
        let wrong = || Failure::named(Operation::Setsockopt, typed, Errno::EINVAL).because(Reason::NotAGroup);
        Group::read(typed).ok_or_else(wrong)
    };
    config.groups.iter().map(group).collect()
}

impl Group {
    fn read(typed: &str) -> Option<Self> {
        let plain = plain_host(typed).ok()?;
        let (address, adapter) = split_zone(&plain);
        let address: IpAddr = address.parse().ok()?;
        address.is_multicast().then(|| Self { address, adapter: adapter.map(str::to_owned) })
    }

    /// The group that a listener is bound to, where it is one.
    pub(crate) fn bound(config: &ListenConfig) -> Result<Option<Self>, Failure> {
        match Self::read(&config.bind) {
            // A zone that does not exist is an error, not a name to look up.
            Some(group) => group.zone(config.options.adapter.as_deref()).map(|_| Some(group)),
            None => Ok(None),
        }
    }

    /// What the socket is bound to, so that it gets the datagrams of this group and no others. Windows binds to no group.
    pub(crate) fn bind_address(&self, port: u16) -> Result<SocketAddr, Failure> {
        if cfg!(windows) {
            let any =
                if self.address.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
            return Ok(SocketAddr::new(any, port));
        }
        match self.address {
            IpAddr::V4(_) => Ok(SocketAddr::new(self.address, port)),
            IpAddr::V6(group) => {
                let zone = self.zone(None)?;
                Ok(SocketAddrV6::new(group, port, 0, zone.map_or(0, |interface| interface.index)).into())
            }
        }
    }

    /// The one adapter that was named, behind the group or as an option.
    fn zone(&self, chosen: Option<&str>) -> Result<Option<Interface>, Failure> {
        self.adapter.as_deref().or(chosen).map(|name| adapter(name, Operation::Setsockopt)).transpose()
    }
}

/// The adapter of that name, number or address.
pub(crate) fn adapter(name: &str, operation: Operation) -> Result<Interface, Failure> {
    let wrong = || Failure::named(operation, name, Errno::ENODEV).because(Reason::NoAdapter { name: name.to_owned() });
    interfaces::all().into_iter().find(|interface| interface.is_called(name)).ok_or_else(wrong)
}

/// Joins every group on its adapter, on the chosen one, or on each that there is; says where.
pub(crate) fn join_all(socket: &SockRef<'_>, groups: &[Group], chosen: Option<&str>) -> Result<Vec<Note>, Failure> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    // Else a socket bound to all addresses gets what any other program on this machine has joined.
    #[cfg(target_os = "linux")]
    let _ = (socket.set_multicast_all_v4(false), socket.set_multicast_all_v6(false));
    groups.iter().map(|group| join(socket, group, chosen)).collect()
}

fn join(socket: &SockRef<'_>, group: &Group, chosen: Option<&str>) -> Result<Note, Failure> {
    let adapters = match group.zone(chosen)? {
        Some(interface) => vec![interface],
        None => interfaces::all(),
    };
    let mut joined = Vec::new();
    let mut refused = None;
    for interface in adapters {
        let done = match group.address {
            IpAddr::V4(_) if !interface.has_v4 => continue,
            IpAddr::V6(_) if !interface.has_v6 => continue,
            IpAddr::V4(group) => socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(interface.index)),
            IpAddr::V6(group) => socket.join_multicast_v6(&group, interface.index),
        };
        match done {
            Ok(()) => joined.push(interface.name),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match (joined.is_empty(), refused) {
        // One adapter that cannot does not take the others away.
        (false, _) => Ok(Note::Joined { group: group.address.to_string(), adapters: joined }),
        (true, Some(error)) => Err(options::refused(group.address, &error)),
        (true, None) => Err(Failure::named(Operation::Setsockopt, group.address, Errno::ENODEV)),
    }
}

/// Lets a socket send to groups over the adapter that was chosen, or that its source address is on.
pub(crate) fn send_over(socket: &SockRef<'_>, interface: &Interface, v6: bool) -> Result<(), Failure> {
    let done = if v6 {
        socket.set_multicast_if_v6(interface.index)
    } else {
        interface.v4.map_or(Ok(()), |address| socket.set_multicast_if_v4(&address))
    };
    done.map_err(|error| options::refused(&interface.name, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_from_other_addresses_and_keep_their_adapter() {
        let read = |typed: &str| Group::read(typed).map(|group| (group.address.to_string(), group.adapter));
        assert_eq!(read("239.255.255.250"), Some(("239.255.255.250".into(), None)));
        assert_eq!(read("[ff02::fb%eth0]"), Some(("ff02::fb".into(), Some("eth0".into()))));
        assert_eq!(read("２３９.1.2.3%2"), Some(("239.1.2.3".into(), Some("2".into()))));
        for other in ["127.0.0.1", "240.0.0.1", "fe80::1%eth0", "239.1.2", "localhost", "*", ""] {
            assert_eq!(read(other), None, "{other}");
        }
        let config = ListenConfig { groups: vec!["10.0.0.1".into()], ..ListenConfig::default() };
        assert_eq!(asked(&config).unwrap_err().reason, Some(Reason::NotAGroup));
        let config = ListenConfig { bind: "239.1.2.3%no-such-adapter".into(), ..ListenConfig::default() };
        assert!(matches!(Group::bound(&config).unwrap_err().reason, Some(Reason::NoAdapter { .. })));
    }

    #[tokio::test]
    async fn a_listener_that_is_bound_to_a_group_gets_what_is_sent_to_it() {
        let config = ListenConfig { bind: "239.255.77.77".into(), port: 0, ..ListenConfig::default() };
        let (socket, note) = super::super::bind::listen_udp(&config).await.unwrap();
        assert!(matches!(note, Some(Note::Joined { .. })), "{note:?}");
        // A second one shares group and port.
        let port = socket.local_addr().unwrap().port();
        let second = ListenConfig { port, ..config };
        let (second, _) = super::super::bind::listen_udp(&second).await.unwrap();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        SockRef::from(&sender).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        sender.send_to(b"notify", ("239.255.77.77", port)).unwrap();
        for socket in [socket, second] {
            let mut buffer = [0; 16];
            let limit = std::time::Duration::from_secs(10);
            let (length, from) = tokio::time::timeout(limit, socket.recv_from(&mut buffer)).await.unwrap().unwrap();
            assert_eq!((&buffer[..length], from), (b"notify".as_slice(), sender.local_addr().unwrap()));
        }
    }
}
