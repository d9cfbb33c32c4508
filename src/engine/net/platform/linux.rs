//! Which process holds a port, read from `/proc`.

use std::{fs, net::SocketAddr};

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

#[cfg(test)]
mod tests {
    use super::*;

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
