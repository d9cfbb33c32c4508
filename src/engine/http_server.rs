//! One HTTP connection of a listener: hyper over a tapped stream, the site's router behind it.

use std::{io, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{sync::mpsc, time::timeout};

use super::{
    Notice, Stream,
    context::{Context, Handle, Signal, Word},
    life::{Life, idle},
    tap::Tap,
    watch::Watch,
};
use crate::{
    journal::Connection,
    model::{ConnectionId, Failure, Operation},
};

/// How long the head of a request may take to arrive.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long a close waits for the answer that is on its way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// Answers the requests of one connection until either side ends it.
pub(super) async fn run(
    context: Arc<Context>,
    connection: Arc<Connection>,
    stream: Stream,
    site: axum::Router,
    idle_timeout: Option<Duration>,
) {
    // hyper chooses how much it asks for.
    connection.set_recv_size(None);
    let life = Life::new(Arc::clone(&connection));
    let signal = Arc::new(Signal::default());
    // Nobody types into an HTTP connection: the queue is there to be refused.
    let (orders, inbox) = mpsc::channel(1);
    drop(inbox);
    let handle = Handle { connection: Arc::clone(&connection), orders, signal: Arc::clone(&signal), datagram: false };
    context.enter(handle).await;

    let tap = Tap::new(stream, &life, Watch::new(&context.objects), Watch::new(&context.objects));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).half_close(true);
    let mut serving = server.serve_connection(TokioIo::new(tap), TowerToHyperService::new(site));
    let word = tokio::select! {
        result = &mut serving => {
            if let Err(error) = result {
                report(&context, &life, &error).await;
            }
            None
        }
        word = end(&signal) => Some(word),
        () = idle(&connection, idle_timeout) => Some(Word::Close),
    };
    if word == Some(Word::Close) {
        std::pin::Pin::new(&mut serving).graceful_shutdown();
        let _ = timeout(CLOSE_PATIENCE, &mut serving).await;
    }
    let stream = serving.into_parts().io.into_inner().into_inner();
    if word == Some(Word::Reset) {
        stream.set_reset();
        life.reset();
    } else if let Some(kernel) = stream.kernel() {
        connection.set_kernel(kernel);
    }
    drop(stream);
    life.closed();
    context.leave(&connection).await;
}

async fn end(signal: &Signal) -> Word {
    loop {
        let word = signal.next().await;
        if matches!(word, Word::Close | Word::Reset) {
            return word;
        }
    }
}

/// What ended an HTTP connection: a socket error, or bytes that are no HTTP.
pub(super) async fn report(context: &Context, life: &Life, error: &hyper::Error) {
    if life.is_over() || error.is_incomplete_message() && life.connection().received().0 == 0 {
        return;
    }
    let identity = life.connection().identity();
    let failure = if let Some(error) = socket_error(error) {
        life.failed(Operation::Recv, error)
    } else {
        let failure = Failure::named(Operation::Http, &identity.names.peer, "HTTP").with_message(error.to_string());
        life.trouble(&failure);
        failure
    };
    let connection: ConnectionId = identity.id;
    context.tell(Notice::Failed { session: identity.session, connection, failure }).await;
}

/// The socket's own error inside an HTTP error.
pub(super) fn socket_error(error: &hyper::Error) -> Option<&io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}
