//! The byte streams that the engine speaks over, TCP or Unix, as one type, whole or in halves.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use socket2::SockRef;
#[cfg(unix)]
use tokio::net::{UnixStream, unix};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, tcp},
};

#[cfg(target_os = "linux")]
use crate::engine::net::seqpacket::Seqpacket;
use crate::{
    engine::{
        net::platform,
        observe::tap::{Bounds, Receipt},
    },
    model::{Kernel, SocketOptions},
};

/// An established stream.
#[derive(Debug)]
pub(crate) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(target_os = "linux")]
    Seqpacket(Seqpacket),
}

/// The receiving half. Dropping both halves closes the socket.
#[derive(Debug)]
pub(crate) enum ReadHalf {
    Tcp(tcp::OwnedReadHalf),
    #[cfg(unix)]
    Unix(unix::OwnedReadHalf),
    #[cfg(target_os = "linux")]
    Seqpacket(Seqpacket),
}

/// The sending half. It must be given to [`WriteHalf::forget`], because dropping it alone would send FIN.
#[derive(Debug)]
pub(crate) enum WriteHalf {
    Tcp(tcp::OwnedWriteHalf),
    #[cfg(unix)]
    Unix(unix::OwnedWriteHalf),
    #[cfg(target_os = "linux")]
    Seqpacket(Seqpacket),
}

impl Stream {
    pub(crate) fn descriptor(&self) -> Option<i64> {
        match self {
            Self::Tcp(stream) => platform::descriptor(stream),
            #[cfg(unix)]
            Self::Unix(stream) => platform::descriptor(stream),
            #[cfg(target_os = "linux")]
            Self::Seqpacket(stream) => platform::descriptor(stream.socket()),
        }
    }

    /// Family, type and protocol, as in `socket(2)`.
    pub(crate) fn socket(&self) -> &'static str {
        match self {
            Self::Tcp(stream) if stream.local_addr().is_ok_and(|name| name.is_ipv6()) => "AF_INET6 STREAM TCP",
            Self::Tcp(_) => "AF_INET STREAM TCP",
            #[cfg(unix)]
            Self::Unix(_) => "AF_UNIX STREAM",
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => "AF_UNIX SEQPACKET",
        }
    }

    /// Makes the coming close send RST and throw away what was not sent.
    pub(crate) fn set_reset(&self) {
        match self {
            Self::Tcp(stream) => {
                let _ = SockRef::from(stream).set_linger(Some(std::time::Duration::ZERO));
            }
            #[cfg(unix)]
            Self::Unix(_) => {}
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => {}
        }
    }

    pub(crate) fn kernel(&self) -> Option<Kernel> {
        match self {
            Self::Tcp(stream) => platform::kernel(stream),
            #[cfg(unix)]
            Self::Unix(_) => None,
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => None,
        }
    }

    pub(crate) fn into_split(self) -> (ReadHalf, WriteHalf) {
        match self {
            Self::Tcp(stream) => {
                let (read, write) = stream.into_split();
                (ReadHalf::Tcp(read), WriteHalf::Tcp(write))
            }
            #[cfg(unix)]
            Self::Unix(stream) => {
                let (read, write) = stream.into_split();
                (ReadHalf::Unix(read), WriteHalf::Unix(write))
            }
            #[cfg(target_os = "linux")]
            Self::Seqpacket(stream) => (ReadHalf::Seqpacket(stream.clone()), WriteHalf::Seqpacket(stream)),
        }
    }

    /// Sets what the user chose. What the system refuses stays as it was: none of these options decides whether bytes
    /// flow.
    pub(crate) fn apply(&self, options: &SocketOptions) {
        match self {
            Self::Tcp(stream) => {
                let socket = SockRef::from(stream);
                let _ = socket.set_tcp_nodelay(options.nodelay);
                apply_common(&socket, options);
            }
            #[cfg(unix)]
            Self::Unix(_) => {}
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => {}
        }
    }

    /// Whether small sends leave at once, as the system says; `None` where there is no such option.
    pub(crate) fn nodelay(&self) -> Option<bool> {
        match self {
            Self::Tcp(stream) => stream.nodelay().ok(),
            #[cfg(unix)]
            Self::Unix(_) => None,
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => None,
        }
    }
}

/// Options that streams and datagram sockets share.
pub(crate) fn apply_common(socket: &SockRef<'_>, options: &SocketOptions) {
    if options.keepalive {
        let _ = socket.set_keepalive(true);
    }
    if let Some(size) = options.recv_buffer {
        let _ = socket.set_recv_buffer_size(size as usize);
    }
    if let Some(size) = options.send_buffer {
        let _ = socket.set_send_buffer_size(size as usize);
    }
    if let Some(ttl) = options.ttl {
        let _ = socket.set_ttl_v4(u32::from(ttl));
        let _ = socket.set_unicast_hops_v6(u32::from(ttl));
    }
}

impl ReadHalf {
    /// Ready when the system has bytes, or the end of the stream, for us.
    pub(crate) fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(half) => half.as_ref().poll_read_ready(cx),
            #[cfg(unix)]
            Self::Unix(half) => half.as_ref().poll_read_ready(cx),
            #[cfg(target_os = "linux")]
            Self::Seqpacket(half) => half.socket().poll_read_ready(cx),
        }
    }

    /// Makes the coming close send RST and throw away what was not sent.
    pub(crate) fn set_reset(&self) {
        match self {
            Self::Tcp(half) => {
                let _ = SockRef::from(half.as_ref()).set_linger(Some(std::time::Duration::ZERO));
            }
            #[cfg(unix)]
            Self::Unix(_) => {}
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => {}
        }
    }

    /// Lets small sends leave at once, or not; true when the system took it. Both halves are one socket.
    pub(crate) fn set_nodelay(&self, on: bool) -> bool {
        match self {
            Self::Tcp(half) => half.as_ref().set_nodelay(on).is_ok(),
            #[cfg(unix)]
            Self::Unix(_) => false,
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => false,
        }
    }

    pub(crate) fn kernel(&self) -> Option<Kernel> {
        match self {
            Self::Tcp(half) => platform::kernel(half.as_ref()),
            #[cfg(unix)]
            Self::Unix(_) => None,
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => None,
        }
    }
}

impl WriteHalf {
    /// True where what one call sends is one message.
    pub(crate) fn keeps_bounds(&self) -> bool {
        match self {
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => true,
            _ => false,
        }
    }

    /// Gives the half up without sending FIN; the socket closes with the other half.
    pub(crate) fn forget(self) {
        match self {
            Self::Tcp(half) => half.forget(),
            #[cfg(unix)]
            Self::Unix(half) => half.forget(),
            // Closes with its last clone.
            #[cfg(target_os = "linux")]
            Self::Seqpacket(_) => {}
        }
    }
}

macro_rules! each {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Tcp($stream) => $call,
            #[cfg(unix)]
            Self::Unix($stream) => $call,
            #[cfg(target_os = "linux")]
            Self::Seqpacket($stream) => $call,
        }
    };
}

macro_rules! async_read {
    ($type:ty) => {
        impl AsyncRead for $type {
            fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
                each!(self, stream => Pin::new(stream).poll_read(cx, buf))
            }
        }
    };
}

macro_rules! async_write {
    ($type:ty) => {
        impl AsyncWrite for $type {
            fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                each!(self, stream => Pin::new(stream).poll_write(cx, bytes))
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                parts: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                each!(self, stream => Pin::new(stream).poll_write_vectored(cx, parts))
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                each!(self, stream => Pin::new(stream).poll_flush(cx))
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                each!(self, stream => Pin::new(stream).poll_shutdown(cx))
            }
        }
    };
}

async_read!(Stream);
async_write!(Stream);
async_read!(ReadHalf);
async_write!(WriteHalf);

macro_rules! bounds {
    ($type:ty) => {
        impl Bounds for $type {
            fn receipt(&self, taken: usize) -> Receipt {
                match self {
                    #[cfg(target_os = "linux")]
                    Self::Seqpacket(stream) => stream.receipt(taken),
                    _ => {
                        let _ = taken;
                        Receipt::Stream
                    }
                }
            }
        }
    };
}

bounds!(Stream);
bounds!(ReadHalf);
