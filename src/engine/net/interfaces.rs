//! This machine's own addresses, the best one for another PC first.

use std::net::{IpAddr, Ipv4Addr};

use if_addrs::{IfAddr, get_if_addrs};

/// Which kind of adapter an address is on, best for another PC first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterKind {
    /// Cable or Wi-Fi.
    Lan,
    /// A virtual switch, a container bridge or a VPN.
    Virtual,
    /// This machine only.
    Loopback,
}

/// One address of one adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    /// The system's name of the adapter: `eth0`, `Wi-Fi`.
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// What kind of adapter it is, judged by its name and state.
    pub kind: AdapterKind,
    /// The directed broadcast address of the network, where it has one.
    pub broadcast: Option<IpAddr>,
}

/// Beginnings of names that virtual adapters have on the three systems.
const VIRTUAL: &[&str] = &[
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "vethernet",
    "tun",
    "tap",
    "utun",
    "wg",
    "tailscale",
    "zt",
    "ppp",
    "cni",
    "flannel",
    "llw",
    "awdl",
    "bridge",
    "vmware",
    "virtualbox",
    "hyper-v",
];

/// All addresses of this machine, LAN before virtual before loopback, IPv4 before IPv6. Link-local IPv6 is left out,
/// because it cannot be given to another PC without a zone. Empty where the system does not tell.
#[must_use]
pub fn addresses() -> Vec<Adapter> {
    let mut adapters: Vec<Adapter> = get_if_addrs().unwrap_or_default().into_iter().filter_map(adapter).collect();
    adapters.sort_by_key(|adapter| {
        let private = matches!(adapter.address, IpAddr::V4(address) if address.is_private());
        (adapter.kind, adapter.address.is_ipv6(), !private)
    });
    adapters
}

/// An address that nobody has: the first of the three documentation networks (RFC 5737) that no adapter here is in.
#[must_use]
pub fn silent_address() -> Ipv4Addr {
    let networks: Vec<(Ipv4Addr, Ipv4Addr)> = get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter_map(|interface| match interface.addr {
            IfAddr::V4(v4) => Some((v4.ip, v4.netmask)),
            IfAddr::V6(_) => None,
        })
        .collect();
    silent_beside(&networks)
}

fn silent_beside(networks: &[(Ipv4Addr, Ipv4Addr)]) -> Ipv4Addr {
    let candidates = [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(198, 51, 100, 1), Ipv4Addr::new(203, 0, 113, 1)];
    let [first, ..] = candidates;
    let is_free = |candidate: &Ipv4Addr| {
        // A network is compared over its own mask and over the 24 bits of a documentation network: a host address with a
        // mask of 32 bits says as much.
        !networks.iter().any(|(address, mask)| {
            let mask = mask.to_bits() & 0xffff_ff00;
            candidate.to_bits() & mask == address.to_bits() & mask
        })
    };
    candidates.into_iter().find(is_free).unwrap_or(first)
}

fn adapter(interface: if_addrs::Interface) -> Option<Adapter> {
    let address = interface.ip();
    let link_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    if link_local {
        return None;
    }
    let name = interface.name.to_ascii_lowercase();
    let kind = if interface.is_loopback() {
        AdapterKind::Loopback
    } else if interface.is_p2p() || VIRTUAL.iter().any(|start| name.starts_with(start)) {
        AdapterKind::Virtual
    } else {
        AdapterKind::Lan
    };
    let broadcast = match &interface.addr {
        IfAddr::V4(v4) => v4.broadcast.map(IpAddr::V4),
        IfAddr::V6(_) => None,
    };
    Some(Adapter { name: interface.name, address, kind, broadcast })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_silent_address_is_in_no_network_of_an_adapter() {
        let network = |address: [u8; 4], mask: [u8; 4]| (Ipv4Addr::from(address), Ipv4Addr::from(mask));
        let lan = network([192, 168, 1, 5], [255, 255, 255, 0]);
        assert_eq!(silent_beside(&[lan]), Ipv4Addr::new(192, 0, 2, 1));
        let first = network([192, 0, 2, 2], [255, 255, 255, 255]);
        assert_eq!(silent_beside(&[lan, first]), Ipv4Addr::new(198, 51, 100, 1));
        let wide = network([198, 51, 0, 9], [255, 255, 0, 0]);
        assert_eq!(silent_beside(&[first, wide]), Ipv4Addr::new(203, 0, 113, 1));
    }

    #[test]
    fn loopback_comes_last() {
        let adapters = addresses();
        let first_loopback = adapters.iter().position(|adapter| adapter.kind == AdapterKind::Loopback);
        let last_other = adapters.iter().rposition(|adapter| adapter.kind != AdapterKind::Loopback);
        if let (Some(loopback), Some(other)) = (first_loopback, last_other) {
            assert!(other < loopback);
        }
    }
}
