//! The kernel's view of a TCP connection. The only unsafe code of the program on Unix: one `getsockopt` whose result no safe
//! wrapper that we use covers.
#![expect(unsafe_code, reason = "TCP_INFO has no safe wrapper here")]

use std::{mem, os::fd::AsRawFd};

use crate::model::Kernel;

/// Reads `TCP_INFO` (tcp(7)). `None` for sockets that are not TCP.
pub(crate) fn kernel<T: AsRawFd>(socket: &T) -> Option<Kernel> {
    // SAFETY: tcp_info is plain integers, for which all zeros is a value; the kernel writes at most `length` bytes into
    // it and says how many. The descriptor is open, because `socket` is borrowed.
    let info: libc::tcp_info = unsafe {
        let mut info: libc::tcp_info = mem::zeroed();
        let mut length = libc::socklen_t::try_from(size_of::<libc::tcp_info>()).ok()?;
        let done = libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut length,
        );
        if done != 0 {
            return None;
        }
        info
    };
    Some(Kernel {
        state: state(info.tcpi_state),
        rtt_micros: info.tcpi_rtt,
        rtt_variation_micros: info.tcpi_rttvar,
        retransmitted: info.tcpi_total_retrans,
        window: info.tcpi_snd_cwnd,
        segment: info.tcpi_snd_mss,
        unacknowledged: info.tcpi_unacked,
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
