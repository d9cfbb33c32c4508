//! Unix sockets of type `SOCK_SEQPACKET`: a connection that keeps the bounds of messages. Linux only.
//!
//! One call sends one record and one call receives one. A record longer than the room for it is cut by the system, and
//! one of no bytes is not the end of the stream: both are told by [`Seqpacket::receipt`]. tokio has no type for them, but
//! what its stream and listener do with a descriptor is the same for every connected type.

use std::{
    io::{self, IoSlice, IoSliceMut},
    net::Shutdown,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, ready},
};

use rustix::net::{RecvAncillaryBuffer, RecvFlags, ReturnFlags, recvmsg};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::UnixStream,
};

use super::receipt::Receipt;

/// The end of the stream, as the length of the last record.
const END: u64 = u64::MAX;

/// A connected socket.
#[derive(Debug)]
pub(crate) struct Seqpacket {
    socket: UnixStream,
    /// True length of the record received last, or [`END`].
    last: AtomicU64,
}

impl Seqpacket {
    /// Takes a connected socket.
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self { socket, last: AtomicU64::default() }
    }

    /// The socket itself.
    pub(crate) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// What the last receive was, when it gave `taken` bytes.
    pub(crate) fn receipt(&self, taken: usize) -> Receipt {
        match self.last.load(Ordering::Relaxed) {
            END => Receipt::Stream,
            length if length > taken as u64 => Receipt::Cut(length),
            _ => Receipt::Record,
        }
    }

    /// Receives one record; gives its true length, `None` at the end of the stream.
    fn receive(&self, room: &mut [u8]) -> io::Result<Option<usize>> {
        // An empty record and the end both give 0 bytes. Only a record comes from somebody: while the sender's
        // credentials are asked for, the system says that there was no room for them. Not longer than that, because
        // sending would give the socket a name then.
        let socket = SockRef::from(&self.socket);
        socket.set_passcred(true)?;
        let mut parts = [IoSliceMut::new(room)];
        let received = recvmsg(&self.socket, &mut parts, &mut RecvAncillaryBuffer::default(), RecvFlags::TRUNC);
        socket.set_passcred(false)?;
        let received = received?;
        let is_record = received.bytes > 0 || received.flags.contains(ReturnFlags::CTRUNC);
        Ok(is_record.then_some(received.bytes))
    }
}

impl AsyncRead for Seqpacket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.socket.poll_read_ready(cx))?;
            let room = buf.initialize_unfilled();
            let most = room.len();
            match self.socket.try_io(Interest::READABLE, || self.receive(room)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                received => {
                    let length = received?;
                    self.last.store(length.map_or(END, |length| length as u64), Ordering::Relaxed);
                    buf.advance(length.unwrap_or(0).min(most));
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

impl AsyncWrite for Seqpacket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.poll_write_ready(cx))?;
            // All parts are one record: taken whole or not at all.
            match self.socket.try_write_vectored(parts) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.socket).shutdown(Shutdown::Write))
    }
}
