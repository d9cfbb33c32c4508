//! What `/proc` tells of sockets: which process holds a port, how many wait to be accepted, which messages came.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
};

use crate::model::Reason;

/// Name and number of the program that is bound to the port of `address`, as far as this user may see it.
pub(crate) fn holder(address: SocketAddr, udp: bool) -> Option<Reason> {
    let tables: [&str; 2] = if udp { ["/proc/net/udp", "/proc/net/udp6"] } else { ["/proc/net/tcp", "/proc/net/tcp6"] };
    let inode = tables.iter().find_map(|table| inode_in(&fs::read_to_string(table).ok()?, address.port(), udp))?;
    let link = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(descriptors) = fs::read_dir(process.path().join("fd")) else { continue };
        let holds = descriptors
            .flatten()
            .any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == link.as_str()));
        if holds {
            let program = fs::read_to_string(process.path().join("comm")).unwrap_or_default().trim().to_owned();
            return Some(Reason::HeldBy { program, process: pid });
        }
    }
    None
}

/// The inode of a listening (TCP) or bound (UDP) socket on `port`, from the text of a `/proc/net` table: proc(5).
fn inode_in(table: &str, port: u16, udp: bool) -> Option<u64> {
    let wanted = if udp { "07" } else { "0A" };
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (_, local_port) = fields.next()?.rsplit_once(':')?;
        let state = fields.nth(1)?;
        let inode = fields.nth(5)?.parse().ok()?;
        (u16::from_str_radix(local_port, 16).ok()? == port && state == wanted).then_some(inode)
    })
}

/// How many wait to be accepted by the listener of this machine that has the address; `None` where there is none.
pub(crate) fn waiting(address: SocketAddr) -> Option<u32> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    tables.iter().find_map(|table| waiting_in(&fs::read_to_string(table).ok()?, address))
}

/// Of a listening socket the kernel gives the length of the accept queue in place of the receive queue.
fn waiting_in(table: &str, address: SocketAddr) -> Option<u32> {
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (host, port) = fields.next()?.rsplit_once(':')?;
        let state = fields.nth(1)?;
        let (_, waiting) = fields.next()?.split_once(':')?;
        let is_it = state == "0A" && u16::from_str_radix(port, 16).ok()? == address.port();
        let host = ip(host)?;
        let takes = host.is_unspecified() || address.ip().is_unspecified() || host == address.ip().to_canonical();
        (is_it && takes).then(|| u32::from_str_radix(waiting, 16).ok()).flatten()
    })
}

/// An address as `/proc/net` writes it: words of 32 bits, each in the order of this machine.
fn ip(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| Some(u32::from_str_radix(hex.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    match hex.len() {
        8 => Some(IpAddr::from(word(0)?)),
        32 => {
            let bytes = [word(0)?, word(8)?, word(16)?, word(24)?].concat();
            Some(IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical())
        }
        _ => None,
    }
}

/// How many ICMP messages "destination unreachable" came to this machine since its start.
pub(crate) fn unreachable_messages(ipv6: bool) -> Option<u64> {
    if ipv6 {
        let table = fs::read_to_string("/proc/net/snmp6").ok()?;
        let line = table.lines().find_map(|line| line.strip_prefix("Icmp6InDestUnreachs"))?;
        return line.trim().parse().ok();
    }
    counter(&fs::read_to_string("/proc/net/snmp").ok()?, "Icmp:", "InDestUnreachs")
}

/// A counter of `/proc/net/snmp`, where a line of names stands above one of numbers.
fn counter(table: &str, group: &str, name: &str) -> Option<u64> {
    let mut lines = table.lines().filter(|line| line.starts_with(group));
    let (names, values) = (lines.next()?, lines.next()?);
    let at = names.split_whitespace().position(|other| other == name)?;
    values.split_whitespace().nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_of_a_listener_is_read_by_its_address() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1F40 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n\
            1: 00000000:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n\
            2: 0100007F:1F42 0100007F:1F40 01 00000000:00000009 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0\n";
        for (address, waiting) in [
            ("127.0.0.1:8000", Some(3)),
            ("0.0.0.0:8000", Some(3)),
            ("127.0.0.2:8000", None),
            ("10.1.2.3:8001", Some(0)),
            ("127.0.0.1:8002", None),
        ] {
            assert_eq!(waiting_in(table, address.parse().unwrap()), waiting, "{address}");
        }
        let v6 = table.replace("0100007F:1F40", "00000000000000000000000001000000:1F40");
        assert_eq!(waiting_in(&v6, "[::1]:8000".parse().unwrap()), Some(3));
    }

    #[test]
    fn counters_are_found_below_their_names() {
        let table = "Ip: Forwarding InDest\nIp: 1 2\nIcmp: InMsgs InErrors InDestUnreachs\nIcmp: 5 0 4\n";
        assert_eq!(counter(table, "Icmp:", "InDestUnreachs"), Some(4));
        assert_eq!(counter(table, "Icmp:", "Nothing"), None);
        assert!(unreachable_messages(false).is_some());
    }

    #[test]
    fn the_table_is_read_by_port_and_state() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n";
        assert_eq!(inode_in(table, 8000, false), Some(4711));
        assert_eq!(inode_in(table, 8001, false), None);
    }

    #[test]
    fn this_process_is_found_by_its_port() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let holder = holder(listener.local_addr().unwrap(), false);
        assert!(matches!(holder, Some(Reason::HeldBy { process, .. }) if process == std::process::id()), "{holder:?}");
    }
}
