//! A tapped wire that a protocol reads and writes, while what the connection is told about its socket is carried out.
//!
//! Each poll takes the wire for itself and gives it back. Must not know which protocol it is.

use std::{
    fs::File,
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
        observe::{health, lifecycle::Life, tap::Tap},
        shared::control::{Urgent, UrgentReceiver},
    },
    http::server::Stream,
    journal::Connection,
};

/// What ends a connection from outside its protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Told to close.
    Close,
    /// Told to reset.
    Reset,
    /// Nothing comes back any more.
    Lost,
}

/// The wire, for the protocol and for whoever looks below.
#[derive(Clone, Debug)]
pub(crate) struct SharedWire(Arc<Mutex<Tap<BoxWire>>>);

impl SharedWire {
    pub(crate) fn new(wire: Tap<BoxWire>) -> Self {
        Self(Arc::new(Mutex::new(wire)))
    }

    /// Carries out what the connection is told, until that is its end or nothing comes back any more.
    pub(crate) async fn end(&self, urgent: &UrgentReceiver, life: &Life) -> End {
        tokio::select! {
            end = self.told(urgent, life.connection()) => end,
            () = health::watch(life, || self.0.lock().get_ref().kernel()) => End::Lost,
        }
    }

    async fn told(&self, urgent: &UrgentReceiver, connection: &Connection) -> End {
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
                Urgent::Close => return End::Close,
                Urgent::Reset => return End::Reset,
            }
        }
    }

    /// Closes the socket and writes how that went; to be called when nobody else has the wire. What is still unread makes
    /// the system send RST in place of FIN.
    pub(crate) fn close(self, life: &Life, end: Option<End>) {
        if let Some(tap) = Arc::into_inner(self.0) {
            let wire = tap.into_inner().into_inner();
            if end.is_none_or(|end| end == End::Close) && !life.is_over() {
                wire.finish();
            }
            let (unread, kernel) = (wire.unread(), wire.kernel());
            let outstanding = kernel.as_ref().map_or(0, |kernel| kernel.outstanding);
            if let Some(kernel) = kernel {
                life.connection().set_kernel(kernel);
            }
            match end {
                Some(End::Reset) => {
                    wire.abort();
                    life.reset(outstanding);
                }
                Some(End::Lost) => {
                    wire.abort();
                    life.lost(outstanding, health::LOST_AFTER);
                }
                _ if unread > 0 && !life.is_over() => life.closed_unread(unread, outstanding),
                _ => {}
            }
        }
        life.closed();
    }
}

impl Stream for SharedWire {
    fn sends_files(&self) -> bool {
        self.0.lock().sends_files()
    }

    fn poll_write_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.0.lock().poll_send_more(cx, parts)
    }

    fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, at: u64, length: usize) -> Poll<io::Result<usize>> {
        self.0.lock().poll_send_file(cx, file, at, length)
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
