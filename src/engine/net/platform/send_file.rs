//! Bytes of a file that the kernel takes from its own memory into a socket.

use std::{
    fs::File,
    io::{self, IoSlice},
    task::{Context, Poll, ready},
};

use rustix::{
    fs::sendfile,
    net::{SendAncillaryBuffer, SendFlags, sendmsg},
};
use tokio::{io::Interest, net::TcpStream};

/// `sendmsg(2)` with `MSG_MORE`: the system may wait with `parts` for what follows.
pub(crate) fn poll_send_more(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    parts: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    poll(stream, cx, || {
        let flags = SendFlags::MORE | SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        Ok(sendmsg(stream, parts, &mut SendAncillaryBuffer::default(), flags)?)
    })
}

/// `sendfile(2)`.
pub(crate) fn poll_send_file(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    file: &File,
    at: u64,
    length: usize,
) -> Poll<io::Result<usize>> {
    poll(stream, cx, || {
        let mut at = at;
        Ok(sendfile(stream, file, Some(&mut at), length)?)
    })
}

/// Calls when the socket takes something.
fn poll(
    stream: &TcpStream,
    cx: &mut Context<'_>,
    mut call: impl FnMut() -> io::Result<usize>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match stream.try_io(Interest::WRITABLE, &mut call) {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            done => return Poll::Ready(done),
        }
    }
}
