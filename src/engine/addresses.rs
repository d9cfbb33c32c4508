//! This machine's own addresses, the best one for another PC first.

use std::net::IpAddr;

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
    fn loopback_comes_last() {
        let adapters = addresses();
        let first_loopback = adapters.iter().position(|adapter| adapter.kind == AdapterKind::Loopback);
        let last_other = adapters.iter().rposition(|adapter| adapter.kind != AdapterKind::Loopback);
        if let (Some(loopback), Some(other)) = (first_loopback, last_other) {
            assert!(other < loopback);
        }
    }
}
