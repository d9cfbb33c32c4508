//! The one place that every byte passes: a wrapper that writes a record for each system call that moved bytes.

use std::{
    fs::File,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    engine::net::{receipt::Receipt, wire::Wire},
    engine::observe::{lifecycle::Life, recorder::Recorder},
    journal::Interest,
    model::{Direction, Event},
};

/// A wire under observation.
#[derive(Debug)]
pub(crate) struct Tap<W> {
    wire: W,
    life: Arc<Life>,
    inbound: Recorder,
    outbound: Recorder,
}

impl<W> Tap<W> {
    /// Puts `wire` under observation. Each direction has its recorder.
    pub(crate) fn new(wire: W, life: &Arc<Life>, inbound: Recorder, outbound: Recorder) -> Self {
        Self { wire, life: Arc::clone(life), inbound, outbound }
    }

    /// The wire inside; what goes over it from here on is not recorded.
    pub(crate) fn get_ref(&self) -> &W {
        &self.wire
    }

    /// Gives the wire back, after both recorders have put away what they were in the middle of.
    pub(crate) fn into_inner(mut self) -> W {
        self.put_away();
        self.wire
    }

    /// What was being sent has ended, whole or not: a picture goes no further, whatever is sent next.
    pub(crate) fn sent_all(&mut self) {
        self.outbound.finish(self.life.connection());
    }

    fn put_away(&mut self) {
        self.inbound.finish(self.life.connection());
        self.outbound.finish(self.life.connection());
    }
}

impl<W: Wire> Tap<W> {
    /// Whether the system may send a file by itself: it can, and nobody wants to see what is sent.
    pub(crate) fn sends_files(&self) -> bool {
        let interest = self.life.connection().journal().interest(Some(Direction::Outbound));
        interest == Interest::Nobody && self.wire.sends_files()
    }

    /// As [`Wire::poll_send_more`].
    pub(crate) fn poll_send_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        ready!(self.life.connection().journal().poll_room(cx));
        let sent = ready!(self.wire.poll_send_more(cx, parts));
        Poll::Ready(self.took(parts, sent))
    }

    /// As [`Wire::poll_send_file`]. The record has the count and no payload.
    pub(crate) fn poll_send_file(
        &mut self,
        cx: &mut Context<'_>,
        file: &File,
        at: u64,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        let connection = self.life.connection();
        ready!(connection.journal().poll_room(cx));
        match ready!(self.wire.poll_send_file(cx, file, at, length)) {
            Ok(sent) => {
                if sent > 0 {
                    // Its bytes did not come by here.
                    connection.call(Event::Send, &[], sent, 0);
                    self.life.sent();
                }
                Poll::Ready(Ok(sent))
            }
            Err(error) => Poll::Ready(self.took(&[], Err(error))),
        }
    }

    /// Takes note of what a call that sends gave.
    fn took(&mut self, parts: &[IoSlice<'_>], sent: io::Result<usize>) -> io::Result<usize> {
        match sent {
            Ok(sent) => {
                if sent > 0 {
                    self.outbound.record(self.life.connection(), Direction::Outbound, parts, sent);
                    self.life.sent();
                }
                Ok(sent)
            }
            Err(error) => {
                self.sent_all();
                Err(error)
            }
        }
    }
}

impl<W: Wire> AsyncRead for Tap<W> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let connection = this.life.connection();
        ready!(connection.journal().poll_room(cx));
        let before = buf.filled().len();
        if let Err(error) = ready!(Pin::new(&mut this.wire).poll_read(cx, buf)) {
            // Before the records of the end, which the error brings.
            this.put_away();
            return Poll::Ready(Err(error));
        }
        let has_room = buf.remaining() > 0;
        let bytes = buf.filled().get(before..).unwrap_or_default();
        match this.wire.receipt(bytes.len()) {
            Receipt::Stream if bytes.is_empty() => {
                if has_room {
                    this.inbound.finish(connection);
                    this.life.peer_fin();
                }
            }
            receipt => {
                this.inbound.record(connection, Direction::Inbound, &[IoSlice::new(bytes)], bytes.len());
                if let Receipt::Cut(length) = receipt {
                    this.life.cut(length, bytes.len());
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<W: Wire> AsyncWrite for Tap<W> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let connection = this.life.connection();
        ready!(connection.journal().poll_room(cx));
        let wire = Pin::new(&mut this.wire);
        let sent = match parts {
            [one] => ready!(wire.poll_write(cx, one)),
            parts => ready!(wire.poll_write_vectored(cx, parts)),
        };
        Poll::Ready(this.took(parts, sent))
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.wire).poll_shutdown(cx))?;
        this.outbound.finish(this.life.connection());
        this.life.local_fin();
        Poll::Ready(Ok(()))
    }
}
