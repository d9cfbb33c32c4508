//! A client: looks up, connects within its time, and explains what went wrong.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        net::{
            connect::{self as opening, Attempt, Connected, asked},
            names::name_of,
        },
        session::datagram,
        shared::{buffers::Buffers, context::Context, control::Urgent},
        task::raw::{self, Plan},
    },
    journal::Connection,
    model::{ConnectConfig, Detail, Errno, Event, Failure, Name, Names, Operation, SessionId, Side, Target},
};

/// Runs a client from looking up the name to the end of the connection.
pub(crate) async fn run(
    context: Arc<Context>,
    session: SessionId,
    config: ConnectConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
) {
    let asked = asked(&config);
    if config.transport.is_datagram() {
        let local = datagram::connect(&context, session, &config, feed, &stop).await;
        return context.stopped(session, local).await;
    }
    let connected = tokio::select! {
        connected = open(&context, session, &config) => connected,
        () = stop.cancelled() => Err(Failure::named(Operation::Connect, &asked, Errno::ECANCELED)),
    };
    let connected = match connected {
        Ok(connected) => connected,
        Err(failure) => {
            context.failed(session, Name::Unnamed, asked, failure).await;
            return context.stopped(session, Name::Unnamed).await;
        }
    };
    let local = connected.names.local.clone();
    let (connection, detail) = begun(&context, session, &config, &connected);
    let Connected { wire, .. } = connected;
    let place = context.admit(connection, Event::Connected, &detail);
    let plan = Plan {
        responder: None,
        feed,
        buffers: Arc::new(Buffers::new(config.recv_size.get())),
        close_after: None,
        idle_timeout: config.idle_timeout,
        keep_half_open: config.keep_half_open,
    };
    let task = raw::run(Arc::clone(&context), place, wire, plan);
    tokio::pin!(task);
    tokio::select! {
        () = &mut task => {}
        () = stop.cancelled() => {
            for handle in context.handles(&Target::Session(session)) {
                handle.control.urge(Urgent::Close);
            }
            task.await;
        }
    }
    context.stopped(session, local).await;
}

/// Looks up and connects; of a name with several addresses, each attempt is written down.
pub(crate) async fn open(context: &Context, session: SessionId, config: &ConnectConfig) -> Result<Connected, Failure> {
    let told = |attempt: Attempt| {
        let names = Names { local: Name::Unnamed, peer: name_of(attempt.address) };
        let detail = Detail { micros: Some(micros(attempt.took)), failure: attempt.failure, ..Detail::default() };
        context.fact(Event::Attempt, session, &names, &detail);
    };
    opening::connect(config, &told).await
}

/// Writes down a connection that we made.
pub(crate) fn connected_at(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    connected: &Connected,
) -> Arc<Connection> {
    let (connection, detail) = begun(context, session, config, connected);
    connection.fact(Event::Connected, &detail, None);
    connection
}

/// A connection that we made, and what is to be written down of it.
fn begun(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    connected: &Connected,
) -> (Arc<Connection>, Detail) {
    let Connected { wire, names, took, note, .. } = connected;
    let connection = context.connection(session, Side::Connected, names.clone(), &**wire, config.recv_size);
    let descriptor = connection.identity().descriptor;
    let detail = Detail { descriptor, micros: Some(micros(*took)), note: note.clone(), ..Detail::default() };
    (connection, detail)
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
