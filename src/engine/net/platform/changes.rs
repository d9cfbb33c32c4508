//! Word of addresses and adapters that changed: rtnetlink(7). What changed is asked afterwards, of whoever knows.

use std::{io, time::Duration};

use rustix::{
    io::Errno,
    net::{AddressFamily, SocketFlags, SocketType, bind, netlink::SocketAddrNetlink, socket_with},
};
use tokio::{net::UnixDatagram, time::sleep};

/// `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR`, `RTMGRP_IPV6_IFADDR`.
const GROUPS: u32 = 0x1 | 0x10 | 0x100;
/// How often somebody looks where the system gives no word.
const POLL: Duration = Duration::from_secs(2);

/// Waits for changes.
#[derive(Debug)]
pub(crate) struct Changes(Option<UnixDatagram>);

impl Changes {
    /// Listens from now on.
    pub(crate) fn new() -> Self {
        Self(open().ok())
    }

    /// Returns when something has changed since the last time, or may have.
    pub(crate) async fn next(&self) {
        let mut buffer = [0; 8192];
        let Some(socket) = &self.0 else { return sleep(POLL).await };
        match socket.recv(&mut buffer).await {
            Ok(_) => {}
            // More than its buffer holds: the rest is lost, and asked for afterwards all the same.
            Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => {}
            Err(_) => return sleep(POLL).await,
        }
        while socket.try_recv(&mut buffer).is_ok() {}
    }
}

/// A socket of rtnetlink as one of datagrams, which it is; of that type only waiting and receiving are used.
fn open() -> io::Result<UnixDatagram> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    UnixDatagram::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_system_gives_word_and_is_silent_while_nothing_changes() {
        let changes = Changes::new();
        assert!(changes.0.is_some(), "rtnetlink is there");
        // Another program may change an address meanwhile; for ever it does not.
        let mut silent = 0;
        while silent < 2 {
            silent += i32::from(tokio::time::timeout(Duration::from_millis(50), changes.next()).await.is_err());
        }
    }
}
