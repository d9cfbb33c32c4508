//! A tapped wire that a protocol reads and writes, while what the connection is told about its socket is carried out.
//!
//! Each poll takes the wire for itself and gives it back. Must not know which protocol it is.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    engine::{
        net::wire::{BoxWire, Wire as _},
        observe::tap::Tap,
        shared::control::{Urgent, UrgentReceiver},
    },
    journal::Connection,
};

/// The wire, for the protocol and for whoever looks below.
#[derive(Clone, Debug)]
pub(crate) struct SharedWire(Arc<Mutex<Tap<BoxWire>>>);

impl SharedWire {
    pub(crate) fn new(wire: Tap<BoxWire>) -> Self {
        Self(Arc::new(Mutex::new(wire)))
    }

    /// The wire back; `None` while somebody else has it too.
    pub(crate) fn into_wire(self) -> Option<BoxWire> {
        Some(Arc::into_inner(self.0)?.into_inner().into_inner())
    }

    /// Carries out what `connection` is told, until that is its end.
    pub(crate) async fn end(&self, urgent: &UrgentReceiver, connection: &Connection) -> Urgent {
        loop {
            match urgent.next().await {
                Urgent::Inspect => {
                    let kernel = self.0.lock().get_ref().kernel();
                    if let Some(kernel) = kernel {
                        connection.set_kernel(kernel);
                        connection.journal().nudge();
                    }
                }
                Urgent::Nodelay(on) => {
                    if self.0.lock().get_ref().set_nodelay(on) {
                        connection.set_nodelay(on);
                        connection.journal().nudge();
                    }
                }
                end @ (Urgent::Close | Urgent::Reset) => return end,
            }
        }
    }
}

impl AsyncRead for SharedWire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_read(cx, buf)
    }
}

impl AsyncWrite for SharedWire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.lock()).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.lock()).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.lock().is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.lock()).poll_shutdown(cx)
    }
}
