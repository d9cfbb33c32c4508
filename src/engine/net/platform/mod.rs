//! What differs between systems, each in one small file: descriptor numbers, limits, the kernel's view of a connection,
//! who holds a port. Where a system does not tell, the answer is `None`.

#[cfg(target_os = "linux")]
mod changes;
#[cfg(target_os = "linux")]
mod icmp;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod pktinfo;
#[cfg(target_os = "linux")]
mod route;
#[cfg(target_os = "linux")]
mod send_file;
#[cfg(unix)]
mod unix;

#[cfg(target_os = "linux")]
pub(crate) use changes::Changes;
#[cfg(target_os = "linux")]
pub(crate) use icmp::{take_icmp_error, tell_icmp_errors};
#[cfg(target_os = "linux")]
pub(crate) use kernel::{drops, kernel};
#[cfg(target_os = "linux")]
pub(crate) use linux::{holder, unreachable_messages, waiting};
#[cfg(target_os = "linux")]
pub(crate) use pktinfo::{recv_told, send_from, tell_arrivals};
#[cfg(target_os = "linux")]
pub(crate) use route::way;
#[cfg(target_os = "linux")]
pub(crate) use send_file::{poll_send_file, poll_send_more};
#[cfg(unix)]
pub(crate) use unix::{descriptor, raise_descriptor_limit, unread};

use super::presence::Local;

/// A datagram that came, and what the system said with it.
#[derive(Debug)]
pub(crate) struct Taken {
    pub length: usize,
    pub from: std::net::SocketAddr,
    /// The address of ours that it came to, where the socket has several.
    pub local: Option<Local>,
}

/// A datagram of ours that did not arrive, as ICMP told.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// Where it was sent to.
    pub to: Option<std::net::SocketAddr>,
    /// Who said so: the machine it was for, or one on the way, such as a firewall.
    pub from: Option<std::net::IpAddr>,
    pub error: std::io::Error,
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::net::{IpAddr, SocketAddr};

    use if_addrs::IfAddr;

    use crate::{
        engine::net::{
            presence::Local,
            way::{Neighbour, Way},
        },
        model::{Kernel, Reason},
    };

    /// Only Linux has this layout of `TCP_INFO`.
    pub(crate) fn kernel<T>(_: &T) -> Option<Kernel> {
        None
    }

    /// Only Linux counts them for each socket.
    pub(crate) fn drops<T>(_: &T) -> Option<u32> {
        None
    }

    /// Only Linux tells an unconnected socket.
    pub(crate) fn tell_icmp_errors<T>(_: &T, _: socket2::Domain) {}

    pub(crate) fn take_icmp_error<T>(_: &T) -> std::io::Result<super::Undelivered> {
        Err(std::io::ErrorKind::WouldBlock.into())
    }

    /// How often somebody looks whether adapters have changed.
    const POLL: std::time::Duration = std::time::Duration::from_secs(2);

    /// Only Linux gives word here.
    #[derive(Debug)]
    pub(crate) struct Changes;

    impl Changes {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) async fn next(&self) {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Only Linux is asked: elsewhere the address stays the one that the socket is bound to.
    pub(crate) fn tell_arrivals<T>(_: &T, _: socket2::Domain) -> bool {
        false
    }

    pub(crate) fn recv_told<T>(_: &T, _: &mut [u8]) -> std::io::Result<super::Taken> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn send_from<T>(_: &T, _: &[u8], _: SocketAddr, _: Local) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    /// Only Linux tells through `/proc`.
    pub(crate) fn holder(_: SocketAddr, _: bool) -> Option<Reason> {
        None
    }

    /// Likewise.
    pub(crate) fn waiting(_: SocketAddr) -> Option<u32> {
        None
    }

    /// Likewise.
    pub(crate) fn unreachable_messages(_: bool) -> Option<u64> {
        None
    }

    /// As far as the addresses and networks of the adapters tell; nothing is known of neighbours and routers.
    pub(crate) fn way(to: SocketAddr) -> Option<(Way, Option<Neighbour>)> {
        let adapters = if_addrs::get_if_addrs().ok()?;
        if to.ip().is_loopback() || adapters.iter().any(|adapter| adapter.ip() == to.ip()) {
            return Some((Way::Here, None));
        }
        let is_broadcast = adapters.iter().any(|adapter| match (&adapter.addr, to.ip()) {
            (IfAddr::V4(own), IpAddr::V4(to)) => own.broadcast == Some(to),
            _ => false,
        });
        is_broadcast.then_some((Way::Broadcast, None))
    }
}
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{
    Changes, drops, holder, kernel, recv_told, send_from, take_icmp_error, tell_arrivals, tell_icmp_errors,
    unreachable_messages, waiting, way,
};

#[cfg(windows)]
mod windows {
    use std::os::windows::io::AsRawSocket;

    /// The socket handle.
    pub(crate) fn descriptor<T: AsRawSocket>(socket: &T) -> Option<i64> {
        i64::try_from(socket.as_raw_socket()).ok()
    }

    /// Windows has no such limit.
    pub(crate) fn raise_descriptor_limit() {}

    /// Not asked here.
    pub(crate) fn unread<T>(_: &T) -> u64 {
        0
    }
}
#[cfg(windows)]
pub(crate) use windows::{descriptor, raise_descriptor_limit, unread};
