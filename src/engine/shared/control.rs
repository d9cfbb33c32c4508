//! The one channel over which a connection's task is told what to do.
//!
//! What moves bytes keeps its order and waits for room ([`Order`]); what cannot wait overtakes it ([`Urgent`]). Nothing that
//! was handed in is forgotten: what a connection did not get out when it ended is taken out again and said.

use std::{
    future::poll_fn,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::model::TransferId;

/// Orders that may wait for one peer …
pub(crate) const ORDERS: usize = 1024;
/// … and bytes in them; one message that is larger waits alone.
pub(crate) const ORDER_BYTES: usize = 4 << 20;

/// Which file it is, how far it has come, and how to stop it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transfer {
    pub path: PathBuf,
    pub cancel: CancellationToken,
    pub sent: Arc<AtomicU64>,
    pub total: Arc<AtomicU64>,
}

/// What is carried out in the order it was handed in.
#[derive(Debug)]
pub(crate) enum Order {
    Send(Bytes),
    File {
        id: TransferId,
        path: PathBuf,
        transfer: Transfer,
    },
    /// FIN after all that came before; a datagram socket has none and goes on.
    HalfClose,
}

impl Order {
    fn weight(&self) -> u32 {
        let bytes = match self {
            Self::Send(bytes) => bytes.len().clamp(1, ORDER_BYTES),
            _ => 1,
        };
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Bytes that are lost when it is not carried out.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Send(bytes) => bytes.len() as u64,
            _ => 0,
        }
    }
}

/// An order in the queue; its room is free again when this is dropped, which is after it was carried out.
#[derive(Debug)]
pub(crate) struct Queued {
    pub order: Order,
    _room: OwnedSemaphorePermit,
}

/// What overtakes the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgent {
    /// Close in order, after what waits to be sent.
    Close,
    /// Close with RST at once.
    Reset,
    /// Ask the kernel.
    Inspect,
    /// Set `TCP_NODELAY`.
    Nodelay(bool),
}

/// Why an order was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The connection is over, or closes.
    Gone,
    /// Its protocol says itself what is sent ([`Receiver::decline`]).
    Declined,
    /// [`ORDERS`] or [`ORDER_BYTES`] wait already.
    Full,
}

/// What becomes of orders.
#[derive(Debug, Default, PartialEq, Eq)]
enum Orders {
    #[default]
    Taken,
    /// See [`Receiver::decline`].
    Declined,
}

#[derive(Debug, Default)]
struct Pending {
    orders: Orders,
    reset: bool,
    close: bool,
    inspect: bool,
    nodelay: Option<bool>,
    /// Whoever polled last. Not a queue: a future that is polled no more must not swallow the wake-up of one that is.
    waker: Option<Waker>,
}

/// The side that hands in.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    orders: mpsc::Sender<Queued>,
    room: Arc<Semaphore>,
    pending: Arc<Mutex<Pending>>,
}

/// The side of the connection's task.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub orders: mpsc::Receiver<Queued>,
    pub urgent: UrgentReceiver,
}

/// What a task is told that waits for both kinds.
#[derive(Debug)]
pub(crate) enum Told {
    Urgent(Urgent),
    Order(Queued),
}

/// What was handed in and never carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unsent {
    pub messages: u64,
    pub bytes: u64,
}

/// The overtaking half of [`Receiver`]; apart, so that orders can be waited for at the same time.
#[derive(Debug)]
pub(crate) struct UrgentReceiver(Arc<Mutex<Pending>>);

/// A channel for one connection.
pub(crate) fn channel() -> (Sender, Receiver) {
    let (orders, taken) = mpsc::channel(ORDERS);
    let pending = Arc::new(Mutex::new(Pending::default()));
    let sender = Sender { orders, room: Arc::new(Semaphore::new(ORDER_BYTES)), pending: Arc::clone(&pending) };
    (sender, Receiver { orders: taken, urgent: UrgentReceiver(pending) })
}

impl Sender {
    /// Hands in an order, after those before it; waits while the peer is [`ORDER_BYTES`] behind.
    pub(crate) async fn give(&self, order: Order) -> Result<(), Refused> {
        let room = tokio::select! {
            room = Arc::clone(&self.room).acquire_many_owned(order.weight()) => room.map_err(|_| self.closed())?,
            () = self.orders.closed() => return Err(self.closed()),
        };
        self.orders.send(Queued { order, _room: room }).await.map_err(|_| self.closed())
    }

    /// Hands in an order where there is room for it now.
    pub(crate) fn try_give(&self, order: Order) -> Result<(), Refused> {
        if self.orders.is_closed() {
            return Err(self.closed());
        }
        let room = Arc::clone(&self.room).try_acquire_many_owned(order.weight()).map_err(|_| Refused::Full)?;
        self.orders.try_send(Queued { order, _room: room }).map_err(|error| match error {
            mpsc::error::TrySendError::Closed(_) => self.closed(),
            mpsc::error::TrySendError::Full(_) => Refused::Full,
        })
    }

    /// Why the queue is closed.
    fn closed(&self) -> Refused {
        if self.pending.lock().orders == Orders::Declined { Refused::Declined } else { Refused::Gone }
    }

    /// Tells what overtakes. Said twice before it is heard, it is heard once; a reset is never taken back by a close.
    pub(crate) fn urge(&self, urgent: Urgent) {
        let waker = {
            let mut pending = self.pending.lock();
            match urgent {
                Urgent::Close => pending.close = true,
                Urgent::Reset => pending.reset = true,
                Urgent::Inspect => pending.inspect = true,
                Urgent::Nodelay(on) => pending.nodelay = Some(on),
            }
            pending.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Receiver {
    /// Takes no orders at all, because the protocol says itself what is sent; what is handed in comes back.
    pub(crate) fn decline(self) -> UrgentReceiver {
        self.urgent.0.lock().orders = Orders::Declined;
        self.urgent
    }

    /// The next of either kind, what overtakes first; `None` when nobody can hand in any more.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        let Self { orders, urgent } = self;
        poll_fn(|cx| match urgent.poll_next(cx) {
            Poll::Ready(urgent) => Poll::Ready(Some(Told::Urgent(urgent))),
            Poll::Pending => orders.poll_recv(cx).map(|order| order.map(Told::Order)),
        })
        .await
    }
}

impl Unsent {
    /// Closes the queue and takes out what nobody will carry out.
    pub(crate) fn take(orders: &mut mpsc::Receiver<Queued>) -> Self {
        orders.close();
        let mut unsent = Self::default();
        while let Ok(queued) = orders.try_recv() {
            let bytes = queued.order.bytes();
            unsent.bytes += bytes;
            unsent.messages += u64::from(bytes > 0);
        }
        unsent
    }

    /// Counts what is left of the message that was on its way.
    pub(crate) fn cut_short(&mut self, left: u64) {
        self.bytes += left;
        self.messages += u64::from(left > 0);
    }
}

impl UrgentReceiver {
    /// What was told and not heard yet, the strongest first. May be polled by whichever future waits at the moment.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Urgent> {
        let mut pending = self.0.lock();
        if std::mem::take(&mut pending.reset) {
            return Poll::Ready(Urgent::Reset);
        }
        if std::mem::take(&mut pending.close) {
            return Poll::Ready(Urgent::Close);
        }
        if std::mem::take(&mut pending.inspect) {
            return Poll::Ready(Urgent::Inspect);
        }
        if let Some(on) = pending.nodelay.take() {
            return Poll::Ready(Urgent::Nodelay(on));
        }
        if !pending.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            pending.waker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// The next of them.
    pub(crate) async fn next(&self) -> Urgent {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Waits for a reset; a close was heard already.
    pub(crate) async fn reset(&self) {
        while self.next().await != Urgent::Reset {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn send(length: usize) -> Order {
        Order::Send(Bytes::from(vec![0; length]))
    }

    #[tokio::test(start_paused = true)]
    async fn the_giver_waits_for_room_and_nothing_is_lost() {
        let (sender, mut receiver) = channel();
        sender.give(send(ORDER_BYTES * 2)).await.unwrap();
        assert_eq!(sender.try_give(send(1)), Err(Refused::Full));
        let waits = sender.give(send(7));
        tokio::pin!(waits);
        assert!(timeout(Duration::from_mins(1), &mut waits).await.is_err(), "there is no room");
        let first = receiver.orders.recv().await.unwrap();
        assert_eq!(first.order.bytes(), ORDER_BYTES as u64 * 2);
        assert!(timeout(Duration::from_mins(1), &mut waits).await.is_err(), "taken is not yet carried out");
        drop(first);
        waits.await.unwrap();
        assert_eq!(receiver.orders.recv().await.unwrap().order.bytes(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_orders_is_bounded_too() {
        let (sender, mut receiver) = channel();
        for _ in 0..ORDERS {
            sender.try_give(send(0)).unwrap();
        }
        assert_eq!(sender.try_give(Order::HalfClose), Err(Refused::Full));
        receiver.orders.recv().await.unwrap();
        sender.try_give(Order::HalfClose).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_giver_that_waits_hears_that_the_connection_is_over() {
        let (sender, receiver) = channel();
        sender.give(send(ORDER_BYTES)).await.unwrap();
        let giver = tokio::spawn(async move { sender.give(send(1)).await });
        tokio::task::yield_now().await;
        drop(receiver);
        assert_eq!(giver.await.unwrap(), Err(Refused::Gone));
    }

    #[tokio::test(start_paused = true)]
    async fn a_protocol_that_sends_itself_is_told_from_a_connection_that_is_over() {
        let (sender, receiver) = channel();
        let _urgent = receiver.decline();
        assert_eq!(sender.try_give(send(1)), Err(Refused::Declined));
        assert_eq!(sender.give(send(1)).await, Err(Refused::Declined));
    }

    #[tokio::test(start_paused = true)]
    async fn what_overtakes_is_heard_by_whoever_waits_now() {
        let (sender, receiver) = channel();
        // A future that is polled once and then kept without being polled, as a select in a task may do.
        let old = receiver.urgent.next();
        tokio::pin!(old);
        assert!(timeout(Duration::ZERO, &mut old).await.is_err());
        let hears = receiver.urgent.reset();
        tokio::pin!(hears);
        assert!(timeout(Duration::ZERO, &mut hears).await.is_err());
        sender.urge(Urgent::Inspect);
        sender.urge(Urgent::Reset);
        sender.urge(Urgent::Close);
        timeout(Duration::from_secs(1), hears).await.expect("the reset is heard");
        assert_eq!(receiver.urgent.next().await, Urgent::Close, "and the close is not lost either");
    }
}
