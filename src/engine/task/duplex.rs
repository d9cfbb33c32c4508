//! A tapped wire that the futures of one task read and write at the same time.
//!
//! Each poll takes the wire for itself and gives it back; only a message on its way out keeps its [`Turn`], so that messages
//! of two givers are never mixed. Must not decide anything: who sends and when is the task's affair.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead as _, AsyncWrite as _, ReadBuf},
    sync::{Mutex as AsyncMutex, MutexGuard},
};

use crate::{
    engine::{
        net::{
            receipt::Receipt,
            wire::{BoxWire, Wire as _},
        },
        observe::{lifecycle::Life, tap::Tap},
        shared::buffers::Buffers,
    },
    model::Operation,
};

/// What failed, and how.
pub(crate) type Failed = (Operation, io::Error);

/// The right to send, for as long as one message takes: a text, a file, an answer with what it promises. Whoever waits for
/// it gets it in order; what ends the connection does not ask for it.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _held: Option<MutexGuard<'a, ()>>,
}

impl Turn<'_> {
    /// Where messages have bounds, nobody has to wait for another's.
    pub(crate) const BOUNDED: Self = Self { _held: None };
}

/// Both directions of one connection.
#[derive(Debug)]
pub(crate) struct Duplex {
    wire: Mutex<Tap<BoxWire>>,
    turn: AsyncMutex<()>,
    life: Arc<Life>,
    /// No further `recv` begins. Seen by the next poll of a receive that waits: whoever sets it polls.
    closing: AtomicBool,
}

impl Duplex {
    pub(crate) fn new(wire: Tap<BoxWire>, life: &Arc<Life>) -> Self {
        Self {
            wire: Mutex::new(wire),
            turn: AsyncMutex::default(),
            life: Arc::clone(life),
            closing: AtomicBool::new(false),
        }
    }

    pub(crate) fn life(&self) -> &Arc<Life> {
        &self.life
    }

    /// The wire back, once nobody uses it.
    pub(crate) fn into_wire(self) -> BoxWire {
        self.wire.into_inner().into_inner()
    }

    /// What was being sent has ended, whole or not: what is sent next is something else.
    pub(crate) fn sent_all(&self) {
        self.wire.lock().sent_all();
    }

    /// Looks at the wire below the tap.
    pub(crate) fn with_wire<T>(&self, look: impl FnOnce(&BoxWire) -> T) -> T {
        look(self.wire.lock().get_ref())
    }

    /// Receives nothing more from here on; a receive that waits ends as [`Self::recv`] says.
    pub(crate) fn stop_receiving(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Receives again, what a close leaves unread otherwise.
    pub(crate) fn go_on_receiving(&self) {
        self.closing.store(false, Ordering::Release);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Waits until there is something, and only then takes a buffer. `None` when receiving was stopped.
    pub(crate) async fn recv(&self, buffers: &Buffers) -> io::Result<Option<(Vec<u8>, usize)>> {
        poll_fn(|cx| self.poll_recv(cx, buffers)).await
    }

    fn poll_recv(&self, cx: &mut Context<'_>, buffers: &Buffers) -> Poll<io::Result<Option<(Vec<u8>, usize)>>> {
        if self.is_closing() {
            return Poll::Ready(Ok(None));
        }
        let connection = self.life.connection();
        let mut wire = self.wire.lock();
        loop {
            ready!(wire.get_ref().poll_readable(cx))?;
            let mut buffer = buffers.take(connection.recv_size().unwrap_or(connection.identity().recv_size).max(1));
            let mut space = ReadBuf::new(&mut buffer);
            let Poll::Ready(received) = Pin::new(&mut *wire).poll_read(cx, &mut space) else {
                buffers.give_back(buffer);
                return Poll::Pending;
            };
            let length = space.filled().len();
            let stream = wire.get_ref().receipt(length) == Receipt::Stream;
            if received.is_ok() && length == 0 && !stream {
                // A message without bytes, which asks for no answer.
                buffers.give_back(buffer);
                continue;
            }
            if stream {
                connection.note_fill(length == buffer.len());
            }
            return Poll::Ready(received.map(|()| Some((buffer, length))));
        }
    }

    /// Sends all of a message, or fails.
    pub(crate) async fn send(&self, bytes: &[u8]) -> Result<(), Failed> {
        self.send_counted(bytes, &AtomicU64::new(0)).await
    }

    /// Sends all of a message; `left` says at any time how much of it the system has not taken.
    pub(crate) async fn send_counted(&self, bytes: &[u8], left: &AtomicU64) -> Result<(), Failed> {
        left.store(bytes.len() as u64, Ordering::Relaxed);
        self.check()?;
        let turn = self.turn().await;
        self.write_all(&turn, bytes, left).await
    }

    /// Sends all of a part of a message that has its turn, or fails.
    pub(crate) async fn send_part(&self, turn: &Turn<'_>, bytes: &[u8]) -> Result<(), Failed> {
        self.check()?;
        self.write_all(turn, bytes, &AtomicU64::new(0)).await
    }

    fn check(&self) -> Result<(), Failed> {
        if self.life.is_over() { Err((Operation::Send, io::ErrorKind::BrokenPipe.into())) } else { Ok(()) }
    }

    async fn write_all(&self, turn: &Turn<'_>, bytes: &[u8], left: &AtomicU64) -> Result<(), Failed> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let sent = self.send_some(turn, rest).await.map_err(|error| (Operation::Send, error))?;
            rest = rest.get(sent..).unwrap_or_default();
            left.store(rest.len() as u64, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Waits until nobody else is in the middle of a message.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        Turn { _held: Some(self.turn.lock().await) }
    }

    /// One `send` of a message that has its turn, as much as the system takes of it.
    pub(crate) async fn send_some(&self, _turn: &Turn<'_>, bytes: &[u8]) -> io::Result<usize> {
        match poll_fn(|cx| Pin::new(&mut *self.wire.lock()).poll_write(cx, bytes)).await? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            sent => Ok(sent),
        }
    }

    /// FIN after the message that is on its way.
    pub(crate) async fn shutdown(&self) -> Result<(), Failed> {
        let _turn = self.turn().await;
        let done = poll_fn(|cx| Pin::new(&mut *self.wire.lock()).poll_shutdown(cx)).await;
        done.map_err(|error| (Operation::Shutdown, error))
    }
}
