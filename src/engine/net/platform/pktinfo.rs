//! What the system says with each datagram: which address of ours it came to (ip(7) `IP_PKTINFO`, ipv6(7)
//! `IPV6_RECVPKTINFO`).
//!
//! A socket that is bound to all addresses does not know otherwise, and answers from the address that the way back suggests:
//! a peer that asked another one of ours takes that for a stranger's.

use std::{
    io::{self, IoSlice, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::{AsFd, AsRawFd},
};

use nix::{
    cmsg_space,
    libc::{in_addr, in_pktinfo, in6_addr, in6_pktinfo},
    sys::socket::{
        ControlMessage, ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, sendmsg, setsockopt,
        sockopt::{Ipv4PacketInfo, Ipv6RecvPacketInfo},
    },
};
use socket2::Domain;

use super::{Taken, icmp::of_storage};
use crate::engine::net::presence::Local;

/// Asks a socket that is bound to all addresses for it; false where the system refuses. One of IPv6 may hear from IPv4.
pub(crate) fn tell_arrivals<T: AsFd>(socket: &T, domain: Domain) -> bool {
    let four = setsockopt(socket, Ipv4PacketInfo, &true).is_ok();
    let six = domain == Domain::IPV6 && setsockopt(socket, Ipv6RecvPacketInfo, &true).is_ok();
    four || six
}

/// Takes a datagram. The address of ours that answers leave from is the one it was sent to, or for a group or a broadcast the
/// one of the adapter it came over, where the system says.
pub(crate) fn recv_told<T: AsRawFd>(socket: &T, buffer: &mut [u8]) -> io::Result<Taken> {
    let mut space = cmsg_space!(in_pktinfo, in6_pktinfo);
    let mut parts = [IoSliceMut::new(buffer)];
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut space), MsgFlags::MSG_DONTWAIT)?;
    let from = message.address.and_then(|address| of_storage(&address)).ok_or(io::ErrorKind::InvalidData)?;
    let mut taken = Taken { length: message.bytes, from, local: None };
    for control in message.cmsgs()? {
        match control {
            // A datagram of IPv4 at a socket of IPv6 has both, and this one knows the address to answer from.
            ControlMessageOwned::Ipv4PacketInfo(info) => {
                taken.local = usable(Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr)).into(), 0);
            }
            ControlMessageOwned::Ipv6PacketInfo(info) if taken.local.is_none() => {
                taken.local = usable(Ipv6Addr::from(info.ipi6_addr.s6_addr).to_canonical(), info.ipi6_ifindex);
            }
            _ => {}
        }
    }
    Ok(taken)
}

/// Sends a datagram from that address of ours.
pub(crate) fn send_from<T: AsRawFd>(socket: &T, bytes: &[u8], to: SocketAddr, from: Local) -> io::Result<usize> {
    let to = SockaddrStorage::from(to);
    let parts = [IoSlice::new(bytes)];
    let send = |control: ControlMessage<'_>| {
        sendmsg(socket.as_raw_fd(), &parts, &[control], MsgFlags::MSG_DONTWAIT, Some(&to)).map_err(io::Error::from)
    };
    match from.ip {
        IpAddr::V4(ip) => send(ControlMessage::Ipv4PacketInfo(&in_pktinfo {
            ipi_ifindex: 0,
            ipi_spec_dst: in_addr { s_addr: u32::from(ip).to_be() },
            ipi_addr: in_addr { s_addr: 0 },
        })),
        IpAddr::V6(ip) => send(ControlMessage::Ipv6PacketInfo(&in6_pktinfo {
            ipi6_addr: in6_addr { s6_addr: ip.octets() },
            ipi6_ifindex: from.zone,
        })),
    }
}

/// An address that an answer can leave from.
fn usable(ip: IpAddr, adapter: u32) -> Option<Local> {
    let zone = match ip {
        IpAddr::V6(ip) if ip.is_unicast_link_local() => adapter,
        _ => 0,
    };
    (!ip.is_unspecified() && !ip.is_multicast()).then_some(Local { ip, zone })
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use socket2::{Protocol, SockRef, Socket, Type};

    use super::*;

    fn everywhere(domain: Domain) -> UdpSocket {
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP)).unwrap();
        let any = if domain == Domain::IPV6 { "[::]:0" } else { "0.0.0.0:0" };
        if domain == Domain::IPV6 {
            socket.set_only_v6(false).unwrap();
        }
        socket.bind(&any.parse::<SocketAddr>().unwrap().into()).unwrap();
        assert!(tell_arrivals(&socket, domain));
        socket.into()
    }

    fn wait(socket: &UdpSocket, buffer: &mut [u8]) -> Taken {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            match recv_told(socket, buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    assert!(std::time::Instant::now() < deadline, "nothing came");
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
                received => return received.unwrap(),
            }
        }
    }

    #[test]
    fn each_answer_leaves_from_the_address_that_was_asked() {
        for (domain, asked) in [
            (Domain::IPV4, "127.0.0.1"),
            (Domain::IPV4, "127.0.0.7"),
            (Domain::IPV6, "127.0.0.1"),
            (Domain::IPV6, "127.0.0.7"),
            (Domain::IPV6, "::1"),
        ] {
            let asked: IpAddr = asked.parse().unwrap();
            let socket = everywhere(domain);
            let port = socket.local_addr().unwrap().port();
            let peer = UdpSocket::bind(if asked.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" }).unwrap();
            peer.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
            peer.send_to(b"who are you?", (asked, port)).unwrap();
            let mut buffer = [0; 64];
            let taken = wait(&socket, &mut buffer);
            assert_eq!(&buffer[..taken.length], b"who are you?");
            let local = taken.local.expect("the system says it");
            assert_eq!((local.ip, local.zone), (asked, 0), "{domain:?}");
            assert_eq!(send_from(&socket, b"me", taken.from, local).unwrap(), 2);
            let (length, from) = peer.recv_from(&mut buffer).unwrap();
            assert_eq!((&buffer[..length], from), (b"me".as_slice(), SocketAddr::new(asked, port)));
        }
    }

    #[test]
    fn a_group_is_answered_from_the_adapter() {
        let socket = everywhere(Domain::IPV4);
        let port = socket.local_addr().unwrap().port();
        let group = Ipv4Addr::new(239, 255, 77, 78);
        socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).unwrap();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        SockRef::from(&peer).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        peer.send_to(b"notify", (group, port)).unwrap();
        let local = wait(&socket, &mut [0; 64]).local;
        assert_eq!(local.map(|local| local.ip), Some(Ipv4Addr::LOCALHOST.into()));
    }
}
