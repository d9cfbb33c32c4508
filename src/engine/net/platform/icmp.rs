//! What became of a datagram on its way: ICMP answers from the error queue of the socket that sent it (ip(7), `IP_RECVERR`).
//!
//! Without it only a socket connected to one peer hears that nobody has the port open, and that socket hears nobody else.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    os::fd::{AsFd, AsRawFd},
};

use nix::{
    cmsg_space,
    libc::{sock_extended_err, sockaddr_in, sockaddr_in6},
    sys::socket::{
        ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt,
        sockopt::{Ipv4RecvErr, Ipv6RecvErr},
    },
};
use socket2::Domain;

use super::Undelivered;

/// `SO_EE_ORIGIN_LOCAL`: the call that sent it has said so already.
const BY_US: u8 = 1;

/// Asks for them; a socket of IPv6 may send to IPv4 as well.
pub(crate) fn tell_icmp_errors<T: AsFd>(socket: &T, domain: Domain) {
    let _ = setsockopt(socket, Ipv4RecvErr, &true);
    if domain == Domain::IPV6 {
        let _ = setsockopt(socket, Ipv6RecvErr, &true);
    }
}

/// Takes one of them; `WouldBlock` when there is none.
pub(crate) fn take_icmp_error<T: AsRawFd>(socket: &T) -> io::Result<Undelivered> {
    let mut space = cmsg_space!(sock_extended_err, sockaddr_in6);
    loop {
        let mut nothing = [];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut nothing, Some(&mut space), flags)?;
        let to = message.address.and_then(|address| of_storage(&address));
        for control in message.cmsgs()? {
            let (error, from) = match control {
                ControlMessageOwned::Ipv4RecvErr(error, from) => (error, from.map(of_v4)),
                ControlMessageOwned::Ipv6RecvErr(error, from) => (error, from.map(of_v6)),
                _ => continue,
            };
            if error.ee_origin != BY_US {
                let number = i32::try_from(error.ee_errno).unwrap_or_default();
                return Ok(Undelivered { to, from, error: io::Error::from_raw_os_error(number) });
            }
        }
    }
}

pub(super) fn of_storage(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(four) = address.as_sockaddr_in() {
        return Some(SocketAddrV4::new(four.ip(), four.port()).into());
    }
    let six = address.as_sockaddr_in6()?;
    Some(SocketAddrV6::new(six.ip(), six.port(), 0, six.scope_id()).into())
}

fn of_v4(address: sockaddr_in) -> IpAddr {
    Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)).into()
}

fn of_v6(address: sockaddr_in6) -> IpAddr {
    IpAddr::from(address.sin6_addr.s6_addr).to_canonical()
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn an_unconnected_socket_hears_who_has_no_such_port_open() {
        for (local, domain) in [("127.0.0.1:0", Domain::IPV4), ("[::]:0", Domain::IPV6)] {
            let gone = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let socket = UdpSocket::bind(local).unwrap();
            tell_icmp_errors(&socket, domain);
            assert_eq!(take_icmp_error(&socket).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            let to =
                if domain == Domain::IPV6 { format!("[::ffff:127.0.0.1]:{}", gone.port()) } else { gone.to_string() };
            socket.send_to(b"x", &to).unwrap();
            let told = take_icmp_error(&socket).unwrap();
            assert_eq!(told.error.kind(), io::ErrorKind::ConnectionRefused);
            assert_eq!(told.to.map(|to| (to.ip().to_canonical(), to.port())), Some((gone.ip(), gone.port())));
            assert_eq!(told.from, Some(gone.ip()));
            assert!(take_icmp_error(&socket).is_err(), "one answer to one datagram");
        }
    }
}
