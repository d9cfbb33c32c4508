//! Datagram sockets: a listener with a peer for everyone who wrote to it, and a client with the peer it asked for and one more
//! for everybody else who answers.
//!
//! Owns the beginning and the end of both; what goes on between them is the same and in [`socket`].

mod drops;
mod loops;
mod ours;
mod outlet;
mod peers;
mod socket;
mod turn;
mod wait;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use socket::{Shape, Socket};

use crate::{
    engine::{
        Notice,
        net::{connect::asked, datagram_socket::Packets},
        shared::context::Context,
    },
    model::{ConnectConfig, Detail, Event, ListenConfig, Name, Names, SessionId, join_host_port},
};

/// Runs a datagram listener; returns its name.
pub(crate) async fn listen(
    context: &Arc<Context>,
    session: SessionId,
    config: &ListenConfig,
    stop: &CancellationToken,
) -> Name {
    let asked = match config.transport.path() {
        Some(path) => Name::Text(path.display().to_string().into()),
        None => Name::parse(&join_host_port(&config.bind, config.port)),
    };
    let bound = match super::responders::responders(config) {
        Ok(responders) => tokio::select! {
            bound = Packets::listen(config) => bound.map(|bound| (responders, bound)),
            () = stop.cancelled() => return asked,
        },
        Err(failure) => Err(failure),
    };
    let (responders, (packets, note)) = match bound {
        Ok(bound) => bound,
        Err(failure) => {
            context.failed(session, asked.clone(), Name::Unnamed, failure).await;
            return asked;
        }
    };
    let (local, descriptor) = (packets.local(), packets.descriptor());
    let names = Names { local: local.clone(), peer: Name::Unnamed };
    context.fact(Event::Listening, session, &names, &Detail { descriptor, note: note.clone(), ..Detail::default() });
    context.listens(session, &local);
    context.tell(Notice::Listening { session, local: local.clone(), descriptor, note }).await;

    let recv_size = config.recv_size.for_datagrams(&config.transport);
    let shape = Shape { session, recv_size, responders: Some(responders), feed: None, idle: None };
    let mut socket = Socket::new(context, packets, shape);
    tokio::select! {
        () = socket.serve() => {}
        () = stop.cancelled() => {}
    }
    socket.finish().await;
    local
}

/// Runs a datagram client until it is stopped; returns its local name.
pub(crate) async fn connect(
    context: &Arc<Context>,
    session: SessionId,
    config: &ConnectConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: &CancellationToken,
) -> Name {
    let reached = tokio::select! {
        reached = Packets::connect(config) => reached,
        () = stop.cancelled() => return Name::Unnamed,
    };
    let (packets, peer, note) = match reached {
        Ok(reached) => reached,
        Err(failure) => {
            context.failed(session, Name::Unnamed, asked(config), failure).await;
            return Name::Unnamed;
        }
    };
    let local = packets.local();
    let recv_size = config.recv_size.for_datagrams(&config.transport);
    let shape = Shape { session, recv_size, responders: None, feed, idle: config.idle_timeout };
    let mut socket = Socket::new(context, packets, shape);
    socket.ask(peer, note).await;
    tokio::select! {
        () = socket.serve() => {}
        () = stop.cancelled() => {}
    }
    socket.finish().await;
    local
}
