//! This machine's adapters and its own addresses, the best one for another PC first.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    /// It has a link: a cable with somebody at the other end, a Wi-Fi that is on.
    pub has_link: bool,
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

/// All addresses of this machine, LAN before virtual before loopback, with a link before without, IPv4 before IPv6. Link-local IPv6 is left out,
/// because it cannot be given to another PC without a zone. Empty where the system does not tell.
#[must_use]
pub fn addresses() -> Vec<Adapter> {
    let mut adapters: Vec<Adapter> = get_if_addrs().unwrap_or_default().into_iter().filter_map(adapter).collect();
    adapters.sort_by_key(|adapter| {
        let private = matches!(adapter.address, IpAddr::V4(address) if address.is_private());
        (adapter.kind, !adapter.has_link, adapter.address.is_ipv6(), !private)
    });
    adapters
}

/// The address to give to another PC: one that can be reached from there now. `None` while no adapter has one.
#[must_use]
pub fn best_for_others(adapters: &[Adapter]) -> Option<IpAddr> {
    let mut reached = adapters.iter().filter(|adapter| adapter.kind == AdapterKind::Lan && adapter.has_link);
    reached.next().map(|adapter| adapter.address)
}

/// One adapter with all its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    pub name: String,
    /// The system's number of it, which stands in addresses as their zone.
    pub index: u32,
    /// Its first IPv4 address, by which groups of IPv4 name an adapter.
    pub v4: Option<Ipv4Addr>,
    pub addresses: Vec<IpAddr>,
    pub has_v4: bool,
    pub has_v6: bool,
    /// It has a link: a cable with somebody at the other end, a Wi-Fi that is on.
    pub has_link: bool,
}

impl Interface {
    /// True for its name, its number and each of its addresses.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name == name
            || name.parse() == Ok(self.index)
            || name.parse().is_ok_and(|address: IpAddr| self.addresses.contains(&address))
    }
}

/// Every adapter that has an address, in the system's order. Empty where the system does not tell.
pub(crate) fn all() -> Vec<Interface> {
    let mut found: Vec<Interface> = Vec::new();
    for address in get_if_addrs().unwrap_or_default() {
        let (Some(index), ip) = (address.index, address.ip()) else { continue };
        let at = found.iter().position(|interface| interface.index == index).unwrap_or_else(|| {
            found.push(Interface {
                name: address.name.clone(),
                index,
                v4: None,
                addresses: Vec::new(),
                has_v4: false,
                has_v6: false,
                has_link: address.is_oper_up(),
            });
            found.len() - 1
        });
        let Some(interface) = found.get_mut(at) else { continue };
        match ip {
            IpAddr::V4(v4) => {
                interface.has_v4 = true;
                interface.v4 = interface.v4.or(Some(v4));
            }
            IpAddr::V6(_) => interface.has_v6 = true,
        }
        interface.addresses.push(ip);
    }
    found
}

/// Numbers of the adapters that have this address of ours.
pub(crate) fn zones_of(address: Ipv6Addr) -> Vec<u32> {
    let has = |interface: &Interface| interface.addresses.contains(&address.into());
    all().into_iter().filter(has).map(|interface| interface.index).collect()
}

/// Name of an adapter that leads out of this machine and has IPv6.
pub(crate) fn first_real() -> Option<String> {
    let is_real = |interface: &Interface| interface.has_v6 && !interface.addresses.iter().any(IpAddr::is_loopback);
    all().into_iter().find(is_real).map(|interface| interface.name)
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
    let has_link = interface.is_oper_up();
    Some(Adapter { name: interface.name, address, kind, broadcast, has_link })
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
    fn an_adapter_is_called_by_name_number_and_address() {
        let loopback = all().into_iter().find(|interface| interface.is_called("127.0.0.1")).unwrap();
        assert!(loopback.is_called(&loopback.name) && loopback.is_called(&loopback.index.to_string()));
        assert_eq!(loopback.v4, Some(Ipv4Addr::LOCALHOST));
        assert!(!loopback.is_called("192.0.2.1") && !loopback.is_called("no-such-adapter"));
        assert!(zones_of("fe80::dead".parse().unwrap()).is_empty());
    }

    #[test]
    fn an_address_without_a_link_is_given_to_nobody() {
        let adapter = |name: &str, address: &str, kind, has_link| Adapter {
            name: name.to_owned(),
            address: address.parse().unwrap(),
            kind,
            broadcast: None,
            has_link,
        };
        let pulled = adapter("eth0", "10.77.0.1", AdapterKind::Lan, false);
        let bridge = adapter("docker0", "172.17.0.1", AdapterKind::Virtual, true);
        let wifi = adapter("wlan0", "192.168.1.5", AdapterKind::Lan, true);
        assert_eq!(best_for_others(&[pulled.clone(), bridge.clone()]), None);
        assert_eq!(best_for_others(&[pulled, wifi, bridge]), Some([192, 168, 1, 5].into()));
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
