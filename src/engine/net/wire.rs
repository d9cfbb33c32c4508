//! What a connection runs on, as one trait object: TCP, Unix, and whatever is put on top of them.
//!
//! Wires stack: one that wraps another (TLS, a slow line) is a [`Wire`] itself and asks the one below for what only the
//! socket knows. Nothing above asks what is below. Must not know records, protocols or tasks.

use std::{
    fmt,
    fs::File,
    io::{self, IoSlice},
    net::Shutdown,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use socket2::SockRef;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

#[cfg(target_os = "linux")]
use super::seqpacket::Seqpacket;
use super::{platform, receipt::Receipt};
use crate::model::{Kernel, SocketKind, SocketOptions};

/// An established stream. Dropping it closes the socket.
pub(crate) trait Wire: AsyncRead + AsyncWrite + fmt::Debug + Send + Sync + Unpin {
    /// Number of the descriptor, where the system has one.
    fn descriptor(&self) -> Option<i64>;

    /// Family, type and protocol, as in `socket(2)`.
    fn socket(&self) -> SocketKind;

    /// Ready when there are bytes, or the end of the stream; so that a buffer is taken only then.
    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// What the last receive was, which gave `taken` bytes.
    fn receipt(&self, taken: usize) -> Receipt {
        let _ = taken;
        Receipt::Stream
    }

    /// True where what one call sends is one message.
    fn keeps_bounds(&self) -> bool {
        false
    }

    /// Whether [`Wire::poll_send_file`] can be called.
    fn sends_files(&self) -> bool {
        false
    }

    /// Sends `parts`, after which more follows at once.
    fn poll_send_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(self).poll_write_vectored(cx, parts)
    }

    /// Lets the system send bytes `at..at + length` of `file`, or the first of them: 0 where the file ends before.
    fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, at: u64, length: usize) -> Poll<io::Result<usize>> {
        let _ = (cx, file, at, length);
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }

    /// Makes the coming close send RST and throw away what was not sent, where the socket has such a thing.
    fn abort(&self) {}

    /// Sends FIN, unless it was sent, where the socket has such a thing: a close alone sends RST in its place when bytes came a
    /// moment before.
    fn finish(&self) {}

    /// What became of the connection while no call asked: a RST after the peer's FIN, nobody there for keep-alive. The
    /// system says it once.
    fn take_error(&self) -> Option<io::Error> {
        None
    }

    /// Bytes that have come and were not received, where the system tells; 0 elsewhere.
    fn unread(&self) -> u64 {
        0
    }

    /// What the kernel says of the connection.
    fn kernel(&self) -> Option<Kernel> {
        None
    }

    /// Whether small sends leave at once, as the system says; `None` where there is no such option.
    fn nodelay(&self) -> Option<bool> {
        None
    }

    /// Lets small sends leave at once, or not; true when the system took it.
    fn set_nodelay(&self, on: bool) -> bool {
        let _ = on;
        false
    }

    /// Sets what may be set on an established socket. What the system refuses stays as it was: none of these options
    /// decides whether bytes flow.
    fn apply(&self, options: &SocketOptions) {
        let _ = options;
    }
}

/// Any wire.
pub(crate) type BoxWire = Box<dyn Wire>;

impl Wire for BoxWire {
    fn descriptor(&self) -> Option<i64> {
        self.as_ref().descriptor()
    }

    fn socket(&self) -> SocketKind {
        self.as_ref().socket()
    }

    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.as_ref().poll_readable(cx)
    }

    fn receipt(&self, taken: usize) -> Receipt {
        self.as_ref().receipt(taken)
    }

    fn keeps_bounds(&self) -> bool {
        self.as_ref().keeps_bounds()
    }

    fn sends_files(&self) -> bool {
        self.as_ref().sends_files()
    }

    fn poll_send_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.as_mut().poll_send_more(cx, parts)
    }

    fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, at: u64, length: usize) -> Poll<io::Result<usize>> {
        self.as_mut().poll_send_file(cx, file, at, length)
    }

    fn abort(&self) {
        self.as_ref().abort();
    }

    fn finish(&self) {
        self.as_ref().finish();
    }

    fn take_error(&self) -> Option<io::Error> {
        self.as_ref().take_error()
    }

    fn unread(&self) -> u64 {
        self.as_ref().unread()
    }

    fn kernel(&self) -> Option<Kernel> {
        self.as_ref().kernel()
    }

    fn nodelay(&self) -> Option<bool> {
        self.as_ref().nodelay()
    }

    fn set_nodelay(&self, on: bool) -> bool {
        self.as_ref().set_nodelay(on)
    }

    fn apply(&self, options: &SocketOptions) {
        self.as_ref().apply(options);
    }
}

impl Wire for TcpStream {
    fn descriptor(&self) -> Option<i64> {
        platform::descriptor(self)
    }

    fn socket(&self) -> SocketKind {
        if self.local_addr().is_ok_and(|name| name.is_ipv6()) { SocketKind::TCP6 } else { SocketKind::TCP4 }
    }

    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_read_ready(cx)
    }

    #[cfg(target_os = "linux")]
    fn sends_files(&self) -> bool {
        true
    }

    #[cfg(target_os = "linux")]
    fn poll_send_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        platform::poll_send_more(self, cx, parts)
    }

    #[cfg(target_os = "linux")]
    fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, at: u64, length: usize) -> Poll<io::Result<usize>> {
        platform::poll_send_file(self, cx, file, at, length)
    }

    fn abort(&self) {
        let _ = SockRef::from(self).set_linger(Some(Duration::ZERO));
    }

    fn finish(&self) {
        let _ = SockRef::from(self).shutdown(Shutdown::Write);
    }

    fn take_error(&self) -> Option<io::Error> {
        Self::take_error(self).ok().flatten()
    }

    fn unread(&self) -> u64 {
        platform::unread(self)
    }

    fn kernel(&self) -> Option<Kernel> {
        platform::kernel(self)
    }

    fn nodelay(&self) -> Option<bool> {
        Self::nodelay(self).ok()
    }

    fn set_nodelay(&self, on: bool) -> bool {
        Self::set_nodelay(self, on).is_ok()
    }

    fn apply(&self, options: &SocketOptions) {
        super::options::set_established(&SockRef::from(self), options);
    }
}

#[cfg(unix)]
impl Wire for UnixStream {
    fn descriptor(&self) -> Option<i64> {
        platform::descriptor(self)
    }

    fn socket(&self) -> SocketKind {
        SocketKind::UNIX_STREAM
    }

    fn take_error(&self) -> Option<io::Error> {
        Self::take_error(self).ok().flatten()
    }

    fn unread(&self) -> u64 {
        platform::unread(self)
    }

    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_read_ready(cx)
    }
}

#[cfg(target_os = "linux")]
impl Wire for Seqpacket {
    fn descriptor(&self) -> Option<i64> {
        platform::descriptor(Self::socket(self))
    }

    fn socket(&self) -> SocketKind {
        SocketKind::UNIX_SEQPACKET
    }

    fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Self::socket(self).poll_read_ready(cx)
    }

    fn receipt(&self, taken: usize) -> Receipt {
        Self::receipt(self, taken)
    }

    fn keeps_bounds(&self) -> bool {
        true
    }
}
