//! An address as one types it.

use crate::model::Transport;

/// An address as one types it.
pub(in crate::app) fn place(transport: &Transport, host: &str, port: u16) -> String {
    match transport {
        Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            path.display().to_string()
        }
        Transport::Tcp | Transport::Udp if host.contains(':') => format!("[{host}]:{port}"),
        Transport::Tcp | Transport::Udp => format!("{host}:{port}"),
    }
}

/// What carries the bytes, in a word, where that is not TCP.
pub(super) fn carrier(transport: &Transport) -> &'static str {
    match transport {
        Transport::Tcp => "",
        Transport::Udp => "UDP",
        Transport::Unix(_) | Transport::UnixDatagram(_) | Transport::UnixSeqpacket(_) => "Unix",
    }
}
