//! What a person set for a socket: given to the system before the handshake, and asked back afterwards.
//!
//! Buffers decide the window scale of a TCP connection, which is settled by the first packet: they are set before `connect`
//! and before `listen`, whose sockets hand them on to those they accept.

use std::{io, time::Duration};

use socket2::{Domain, SockRef, TcpKeepalive};

use crate::model::{Failure, Note, Operation, Setting, SocketOptions};

/// Sets all that a TCP socket can have, before it connects or listens. What the system refuses stays as it was: none of
/// these options decides whether bytes flow.
pub(crate) fn set_stream(socket: &SockRef<'_>, options: &SocketOptions) {
    set_buffers(socket, options);
    set_established(socket, options);
}

/// Sets what may change after the handshake as well.
pub(crate) fn set_established(socket: &SockRef<'_>, options: &SocketOptions) {
    let _ = socket.set_tcp_nodelay(options.nodelay);
    set_ttl(socket, options);
    if options.keepalive {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds.max(1)));
        let probes = TcpKeepalive::new()
            .with_time(seconds(options.keepalive_idle))
            .with_interval(seconds(options.keepalive_interval))
            .with_retries(options.keepalive_probes.max(1));
        let _ = socket.set_tcp_keepalive(&probes);
    }
    #[cfg(target_os = "linux")]
    if let Some(limit) = options.user_timeout {
        let _ = socket.set_tcp_user_timeout(Some(Duration::from_millis(u64::from(limit))));
    }
}

/// Sets what a datagram socket can have.
pub(crate) fn set_datagram(socket: &SockRef<'_>, domain: Domain, options: &SocketOptions) -> io::Result<()> {
    set_buffers(socket, options);
    set_ttl(socket, options);
    socket.set_broadcast(options.broadcast)?;
    let v6 = domain == Domain::IPV6;
    if let Some(ttl) = options.multicast_ttl {
        // A socket of both families sends to groups of both.
        let four = socket.set_multicast_ttl_v4(u32::from(ttl));
        if v6 { socket.set_multicast_hops_v6(u32::from(ttl))? } else { four? }
    }
    if let Some(on) = options.multicast_loopback {
        let four = socket.set_multicast_loop_v4(on);
        if v6 { socket.set_multicast_loop_v6(on)? } else { four? }
    }
    Ok(())
}

fn set_buffers(socket: &SockRef<'_>, options: &SocketOptions) {
    if let Some(size) = options.recv_buffer {
        let _ = socket.set_recv_buffer_size(size as usize);
    }
    if let Some(size) = options.send_buffer {
        let _ = socket.set_send_buffer_size(size as usize);
    }
}

fn set_ttl(socket: &SockRef<'_>, options: &SocketOptions) {
    if let Some(ttl) = options.ttl {
        let _ = socket.set_ttl_v4(u32::from(ttl));
        let _ = socket.set_unicast_hops_v6(u32::from(ttl));
    }
}

/// What the system made of each value that a person chose; `None` where nobody chose one.
pub(crate) fn asked_back(socket: &SockRef<'_>, options: &SocketOptions) -> Option<Note> {
    let has = |name: &str, asked: Option<u32>, got: io::Result<usize>| {
        let (asked, got) = (asked?, got.ok()?);
        Some(Setting { name: name.to_owned(), asked: u64::from(asked), got: got as u64 })
    };
    let ttl = || socket.ttl_v4().or_else(|_| socket.unicast_hops_v6()).map(|ttl| ttl as usize);
    #[cfg(target_os = "linux")]
    let user_timeout = || socket.tcp_user_timeout().map(|limit| limit.map_or(0, |limit| limit.as_millis() as usize));
    #[cfg(not(target_os = "linux"))]
    let user_timeout = || Err(io::ErrorKind::Unsupported.into());
    let settings: Vec<Setting> = [
        has("SO_RCVBUF", options.recv_buffer, socket.recv_buffer_size()),
        has("SO_SNDBUF", options.send_buffer, socket.send_buffer_size()),
        has("IP_TTL", options.ttl.map(u32::from), ttl()),
        has("TCP_USER_TIMEOUT", options.user_timeout, user_timeout()),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!settings.is_empty()).then_some(Note::Settings(settings))
}

/// An option that had to be set and was not.
pub(crate) fn refused(address: impl std::fmt::Display, error: &io::Error) -> Failure {
    Failure::new(Operation::Setsockopt, address, error)
}

#[cfg(test)]
mod tests {
    use socket2::{Socket, Type};

    use super::*;

    #[test]
    fn what_is_set_is_there_and_what_the_system_made_of_it_is_said() {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let options = SocketOptions { recv_buffer: Some(4096), ttl: Some(9), ..SocketOptions::default() };
        set_stream(&SockRef::from(&socket), &options);
        assert_eq!((socket.ttl_v4().unwrap(), socket.tcp_nodelay().unwrap()), (9, true));
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), Duration::from_secs(15));
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), Duration::from_secs(5));
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), 3);
        let Some(Note::Settings(settings)) = asked_back(&SockRef::from(&socket), &options) else { panic!() };
        let named = |name: &str| settings.iter().find(|setting| setting.name == name).unwrap();
        assert_eq!(named("IP_TTL").got, 9);
        assert_eq!(named("SO_RCVBUF").asked, 4096);
        assert_eq!(named("SO_RCVBUF").got, socket.recv_buffer_size().unwrap() as u64);
        assert_eq!(settings.len(), 2);
        assert_eq!(asked_back(&SockRef::from(&socket), &SocketOptions::default()), None);
    }

    #[test]
    fn a_datagram_socket_of_either_family_takes_the_options_of_groups() {
        let options =
            SocketOptions { multicast_ttl: Some(4), multicast_loopback: Some(false), ..SocketOptions::default() };
        let four = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        set_datagram(&SockRef::from(&four), Domain::IPV4, &options).unwrap();
        assert_eq!((four.multicast_ttl_v4().unwrap(), four.multicast_loop_v4().unwrap()), (4, false));
        let six = Socket::new(Domain::IPV6, Type::DGRAM, None).unwrap();
        set_datagram(&SockRef::from(&six), Domain::IPV6, &options).unwrap();
        assert_eq!((six.multicast_hops_v6().unwrap(), six.multicast_loop_v6().unwrap()), (4, false));
    }
}
