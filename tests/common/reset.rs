//! An end of a connection that throws away what is on its way.

use std::{net::TcpStream, time::Duration};

/// Makes the coming close send RST.
pub(crate) fn reset(stream: TcpStream) {
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
}
