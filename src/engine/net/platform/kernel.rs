//! What the kernel knows of a socket and gives as a structure: the state of a TCP connection, what had no room in the
//! receive queue. The only unsafe code of the program on Unix: one `getsockopt` and one `ioctl` whose results no safe
//! wrapper that we use covers.
#![expect(unsafe_code, reason = "TCP_INFO, SO_MEMINFO and SIOCOUTQ have no safe wrapper here")]

use std::os::fd::AsRawFd;

use crate::model::Kernel;

/// `struct tcp_info` of `include/uapi/linux/tcp.h` as the kernel of this machine fills it: it grows at its end, so it is
/// read by offset, as far as it came.
struct Info {
    bytes: [u8; 256],
    length: usize,
}

impl Info {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(..self.length).and_then(|bytes| bytes.get(at)).copied().unwrap_or_default()
    }

    fn word(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(..self.length).and_then(|bytes| bytes.get(at..at + 4));
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_ne_bytes)
    }

    fn long(&self, at: usize) -> u64 {
        let bytes = self.bytes.get(..self.length).and_then(|bytes| bytes.get(at..at + 8));
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_ne_bytes)
    }
}

/// Reads an option of a socket that is no more than bytes; says how many came, `None` where the socket does not have it.
fn option<T: AsRawFd>(socket: &T, level: libc::c_int, name: libc::c_int, bytes: &mut [u8]) -> Option<usize> {
    let mut length = libc::socklen_t::try_from(bytes.len()).ok()?;
    // SAFETY: the kernel writes at most `length` bytes into `bytes` and says how many. The descriptor is open, because
    // `socket` is borrowed.
    let done = unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, bytes.as_mut_ptr().cast(), &raw mut length) };
    (done == 0).then(|| (length as usize).min(bytes.len()))
}

/// How many datagrams found no room in the receive queue since the socket was opened, up to now and whatever is still in the
/// queue: the last word of `SO_MEMINFO` (`include/uapi/linux/sock_diag.h`, `SK_MEMINFO_DROPS`), since Linux 4.12.
pub(crate) fn drops<T: AsRawFd>(socket: &T) -> Option<u32> {
    const AT: usize = 8 * 4;
    let mut words = [0; AT + 4];
    let length = option(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut words)?;
    let drops = words.get(..length)?.get(AT..)?;
    drops.try_into().ok().map(u32::from_ne_bytes)
}

/// Reads `TCP_INFO` (tcp(7)). `None` for sockets that are not TCP.
pub(crate) fn kernel<T: AsRawFd>(socket: &T) -> Option<Kernel> {
    let mut info = Info { bytes: [0; 256], length: 0 };
    info.length = option(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info.bytes)?;
    let mut outstanding: libc::c_int = 0;
    // SAFETY: `TIOCOUTQ` (SIOCOUTQ, tcp(7)) writes one int. The descriptor is open, because `socket` is borrowed.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut outstanding) } != 0 {
        outstanding = 0;
    }
    Some(Kernel {
        state: state(info.byte(0)),
        probes: info.byte(3),
        segment: info.word(16),
        unacknowledged: info.word(24),
        rtt_micros: info.word(68),
        rtt_variation_micros: info.word(72),
        window: info.word(80),
        retransmitted: info.word(100),
        acknowledged: info.long(120),
        not_sent: u64::from(info.word(144)),
        outstanding: u64::try_from(outstanding).unwrap_or_default(),
        peer_window: (info.length >= 232).then(|| info.word(228)),
    })
}

/// Names of the numbers in `include/net/tcp_states.h`.
fn state(number: u8) -> &'static str {
    match number {
        1 => "ESTABLISHED",
        2 => "SYN_SENT",
        3 => "SYN_RECV",
        4 => "FIN_WAIT1",
        5 => "FIN_WAIT2",
        6 => "TIME_WAIT",
        7 => "CLOSE",
        8 => "CLOSE_WAIT",
        9 => "LAST_ACK",
        10 => "LISTEN",
        11 => "CLOSING",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn what_had_no_room_is_known_before_anything_else_comes() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket2::SockRef::from(&socket).set_recv_buffer_size(1).unwrap();
        socket.set_nonblocking(true).unwrap();
        assert_eq!(drops(&socket), Some(0));
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..100 {
            peer.send_to(&[0; 500], socket.local_addr().unwrap()).unwrap();
        }
        let before = drops(&socket).unwrap();
        let mut received = 0;
        while socket.recv(&mut [0; 600]).is_ok() {
            received += 1;
        }
        assert!(received > 0 && received < 100, "{received}");
        assert_eq!((before, drops(&socket)), (100 - received, Some(100 - received)));
    }
}
