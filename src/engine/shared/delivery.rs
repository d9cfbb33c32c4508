//! The one way of bytes from a person, a file, a pipe, a script or another peer to a connection.
//!
//! Each peer has a queue of its own ([`control`]). Who can wait does, for the slowest of those it gives to; who cannot
//! leaves a record that names the peer and the bytes. Nothing is dropped in silence.

use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::{
    context::{Context, Handle},
    control::{self, Order, Refused},
};
use crate::{
    engine::Notice,
    model::{ConnectionId, Detail, Errno, Event, Failure, Name, Names, Operation, Reason, SessionId, Target},
};

/// How long one peer of a chat may keep the others waiting before it goes without.
const CHAT_PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause between two pieces of one input.
const FED_PAUSE: Duration = Duration::from_secs(1);

/// Gives an order to everyone it is for; waits for the slowest, and for the first caller of a session without any.
/// Returns how many took it, 0 when the target is over.
pub(crate) async fn give(context: &Context, to: &Target, order: impl Fn(&Handle) -> Option<Order>) -> usize {
    let _giving = match to {
        Target::Session(session) => Some(Giving::new(context, *session)),
        Target::Connection(_) | Target::Peers(..) => None,
    };
    loop {
        // Told before the look, so that nobody enters in between unseen.
        let entered = context.entered.notified();
        tokio::pin!(entered);
        entered.as_mut().enable();
        let handles = context.handles(to);
        if !handles.is_empty() {
            let given = handles.iter().filter_map(|handle| Some(handle.control.give(order(handle)?)));
            let taken = join_all(given).await.into_iter().flatten().count();
            if taken > 0 || !matches!(to, Target::Session(_)) {
                return taken;
            }
            // All have left at the same moment: the next caller gets it.
            tokio::task::yield_now().await;
        }
        let Target::Session(session) = to else { return 0 };
        let stop = context.registry.lock().sessions.get(session).cloned();
        let Some(stop) = stop else { return 0 };
        if handles.is_empty() {
            tokio::select! {
                () = entered => {}
                () = stop.cancelled() => return 0,
            }
        }
    }
}

/// Input on its way to a session, while this lives.
struct Giving<'a>(&'a Context, SessionId);

impl<'a> Giving<'a> {
    fn new(context: &'a Context, session: SessionId) -> Self {
        context.registry.lock().feeds.entry(session).or_default().givers += 1;
        Self(context, session)
    }
}

impl Drop for Giving<'_> {
    fn drop(&mut self) {
        let mut registry = self.0.registry.lock();
        // Who has nothing left to be told about is no longer fed.
        if !registry.sessions.contains_key(&self.1) {
            registry.feeds.remove(&self.1);
        } else if let Some(feed) = registry.feeds.get_mut(&self.1) {
            feed.givers = feed.givers.saturating_sub(1);
            feed.last = Some(Instant::now());
        }
    }
}

/// True while input for a session is on its way: somebody waits for its peers to take some, or did a moment ago.
pub(crate) fn is_fed(context: &Context, session: SessionId) -> bool {
    let registry = context.registry.lock();
    let Some(feed) = registry.feeds.get(&session) else { return false };
    feed.givers > 0 || feed.last.is_some_and(|last| last.elapsed() < FED_PAUSE)
}

/// Gives an order without waiting; what a peer has no room for, and what nobody is there for, is a record.
pub(crate) async fn give_now(context: &Context, to: &Target, order: impl Fn() -> Order) {
    let handles = context.handles(to);
    let bytes = order().bytes();
    if bytes > 0 {
        if let Target::Peers(session, peers) = to {
            gone(context, *session, peers, &handles, bytes).await;
        } else if handles.is_empty() {
            nobody(context, to, bytes).await;
        }
    }
    for handle in handles {
        give_one(context, &handle, order()).await;
    }
}

/// The same for one connection; false when it was not taken.
pub(crate) async fn give_one(context: &Context, handle: &Handle, order: Order) -> bool {
    let bytes = order.bytes();
    match handle.control.try_give(order) {
        Ok(()) => true,
        Err(refused) => {
            not_taken(context, handle, bytes, &refused).await;
            false
        }
    }
}

/// Gives one peer's message to everyone else at its listener. Whoever takes nothing for too long goes without, and that is
/// said.
pub(crate) async fn give_others(context: &Context, session: SessionId, me: ConnectionId, bytes: &bytes::Bytes) {
    let others = context.handles(&Target::Session(session)).into_iter().filter(|handle| handle.connection.id() != me);
    let given = others.map(|handle| async move {
        let given = timeout(CHAT_PATIENCE, handle.control.give(Order::Send(bytes.clone()))).await;
        if given.is_err() {
            not_taken(context, &handle, bytes.len() as u64, &Refused::Full).await;
        }
    });
    join_all(given).await;
}

async fn not_taken(context: &Context, handle: &Handle, bytes: u64, refused: &Refused) {
    let identity = handle.connection.identity();
    let (error, reason) = match refused {
        Refused::Full => (Errno::ENOBUFS, Reason::PeerTakesNothing { bytes, waiting: control::ORDER_BYTES as u64 }),
        Refused::Gone => (Errno::ENOTCONN, Reason::ConnectionOver { bytes }),
        Refused::Declined => (Errno::Http, Reason::SpeaksHttp { bytes }),
    };
    let failure = Failure::named(Operation::Send, &identity.names.peer, error).because(reason);
    let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
    handle.connection.fact(Event::Failed, &detail, None);
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}

/// Those among `peers` that have left go without, and each has a record that says so.
async fn gone(context: &Context, session: SessionId, peers: &[ConnectionId], there: &[Handle], bytes: u64) {
    let there: HashSet<ConnectionId> = there.iter().map(|handle| handle.connection.id()).collect();
    for connection in peers.iter().copied().filter(|peer| !there.contains(peer)) {
        let failure = Failure::named(Operation::Send, format!("#{connection}"), Errno::ENOTCONN)
            .because(Reason::ConnectionOver { bytes });
        let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
        let names = Names { local: Name::Unnamed, peer: Name::Unnamed };
        context.fact(Event::Failed, session, &names, &detail);
        context.tell(Notice::Failed { session, connection, failure }).await;
    }
}

/// There is nobody to send to.
async fn nobody(context: &Context, to: &Target, bytes: u64) {
    let (session, connection, reason) = match *to {
        Target::Session(session) => (session, ConnectionId::NONE, Reason::NobodyConnected { bytes }),
        Target::Connection(connection) => (SessionId(0), connection, Reason::ConnectionOver { bytes }),
        // Each of them is told of by name.
        Target::Peers(..) => return,
    };
    let failure = Failure::named(Operation::Send, "", Errno::ENOTCONN).because(reason);
    if let Target::Session(session) = *to {
        let names = Names { local: Name::Unnamed, peer: Name::Unnamed };
        let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
        context.fact(Event::Failed, session, &names, &detail);
    }
    context.tell(Notice::Failed { session, connection, failure }).await;
}
