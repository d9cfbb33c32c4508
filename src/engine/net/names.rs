//! The names that the system gives sockets, with the names of adapters where an address has only their numbers.

use std::net::SocketAddr;

use dns_lookup::getnameinfo;

use crate::model::{Name, split_zone};

/// `NI_NUMERICHOST | NI_NUMERICSERV`: nothing is looked up.
const NUMERIC: i32 = if cfg!(target_os = "linux") { 1 | 2 } else { 2 | 8 };

/// The name of one end of a socket, as `getsockname` or `getpeername` gave it.
pub(crate) fn name_of(address: SocketAddr) -> Name {
    if let SocketAddr::V6(v6) = address
        && v6.scope_id() != 0
        && let Ok((shown, _)) = getnameinfo(&address, NUMERIC)
        && let (_, Some(zone)) = split_zone(&shown)
    {
        return Name::zoned(v6, zone);
    }
    address.into()
}

/// The name of a Unix socket: its path, `@` and its name where it has one without a file (Linux), or nothing.
#[cfg(unix)]
pub(crate) fn unix_name(address: &std::os::unix::net::SocketAddr) -> Name {
    if let Some(path) = address.as_pathname() {
        return Name::Text(path.display().to_string().into());
    }
    #[cfg(target_os = "linux")]
    if let Some(name) = std::os::linux::net::SocketAddrExt::as_abstract_name(address) {
        return Name::Text(format!("@{}", name.escape_ascii()).into());
    }
    Name::Unnamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn an_adapter_has_its_name() {
        assert_eq!(name_of("[fe80::7%1]:80".parse().unwrap()).to_string(), "[fe80::7%lo]:80");
        assert_eq!(name_of("[::1]:80".parse().unwrap()).to_string(), "[::1]:80");
        assert_eq!(name_of("[::ffff:10.0.0.1]:80".parse().unwrap()).to_string(), "10.0.0.1:80");
    }
}
