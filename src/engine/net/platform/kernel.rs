//! The kernel's view of a TCP connection. The only unsafe code of the program on Unix: one `getsockopt` and one `ioctl`
//! whose results no safe wrapper that we use covers.
#![expect(unsafe_code, reason = "TCP_INFO and SIOCOUTQ have no safe wrapper here")]

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

/// Reads `TCP_INFO` (tcp(7)). `None` for sockets that are not TCP.
pub(crate) fn kernel<T: AsRawFd>(socket: &T) -> Option<Kernel> {
    let mut info = Info { bytes: [0; 256], length: 0 };
    let mut length = libc::socklen_t::try_from(info.bytes.len()).ok()?;
    let mut outstanding: libc::c_int = 0;
    // SAFETY: the kernel writes at most `length` bytes into `bytes` and says how many; `TIOCOUTQ` (SIOCOUTQ, tcp(7)) writes
    // one int. The descriptor is open, because `socket` is borrowed.
    unsafe {
        let done = libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.bytes.as_mut_ptr().cast(),
            &raw mut length,
        );
        if done != 0 {
            return None;
        }
        if libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut outstanding) != 0 {
            outstanding = 0;
        }
    }
    info.length = (length as usize).min(info.bytes.len());
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
