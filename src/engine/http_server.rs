//! One HTTP connection of a listener: hyper over a tapped stream, the site behind it.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::AsyncReadExt,
    sync::mpsc,
    time::{sleep, timeout},
};

use super::{
    Notice, Stream,
    answers::{Answers, Asked, Counted},
    context::{Context, Handle, Signal, Word},
    gate::{Gate, Pulse},
    life::{Life, idle},
    site::{Served, refusal},
    tap::Tap,
    watch::Watch,
};
use crate::{
    journal::Connection,
    model::{ConnectionId, Failure, Operation},
};

/// How long a request may take to arrive, with the wait for its first byte.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// The longest head of a request.
const HEAD: usize = 32 << 10;
/// Bytes read ahead of what was answered, and waiting to be sent.
const BUFFER: usize = 256 << 10;
/// What a peer may still be sending after its last answer: read and dropped for so long, so that the answer is not
/// thrown away by a reset.
const LINGER: Duration = Duration::from_secs(1);
/// How long a close waits for the answer that is on its way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// Answers the requests of one connection until either side ends it.
pub(super) async fn run(
    context: Arc<Context>,
    connection: Arc<Connection>,
    stream: Stream,
    site: Arc<Served>,
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
    server.header_read_timeout(None).half_close(true);
    server.max_header_size(HEAD).max_buf_size(BUFFER);
    let (count, pulse, answers) = (AtomicU32::new(0), Arc::new(Pulse::default()), Arc::new(Answers::default()));
    let service = service_fn(|request| {
        let (site, context, connection) = (Arc::clone(&site), Arc::clone(&context), Arc::clone(&connection));
        let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let (pulse, answers) = (Arc::clone(&pulse), Arc::clone(&answers));
        async move {
            pulse.busy.store(true, Ordering::Relaxed);
            let asked = Asked::of(&request, &connection);
            let answer = site.answer(&context, &connection, request, count).await;
            pulse.busy.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(Counted::new(answer, asked, &answers))
        }
    });
    let gate = Gate::new(tap, &connection, (&pulse, &answers), refusal);
    let mut serving = server.serve_connection(TokioIo::new(gate), service);
    let word = tokio::select! {
        result = &mut serving => {
            if let Err(error) = result {
                report(&context, &life, &error).await;
            }
            None
        }
        word = end(&signal) => Some(word),
        () = idle(&connection, idle_timeout) => Some(Word::Close),
        () = no_request(&connection, &pulse) => Some(Word::Close),
    };
    if word == Some(Word::Close) {
        std::pin::Pin::new(&mut serving).graceful_shutdown();
        let _ = timeout(CLOSE_PATIENCE, &mut serving).await;
    }
    let mut tap = serving.into_parts().io.into_inner().into_inner();
    answers.settle(&connection, false);
    if word.is_none() && !life.is_over() {
        let _ = timeout(LINGER, linger(&mut tap)).await;
    }
    let stream = tap.into_inner();
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

/// Reads and drops what still comes.
async fn linger(tap: &mut Tap<Stream>) {
    const AT_MOST: usize = 64;
    let mut dropped = vec![0; 16 << 10];
    for _ in 0..AT_MOST {
        if !matches!(tap.read(&mut dropped).await, Ok(1..)) {
            return;
        }
    }
}

async fn end(signal: &Signal) -> Word {
    loop {
        let word = signal.next().await;
        if matches!(word, Word::Close | Word::Reset) {
            return word;
        }
    }
}

/// Ready when a whole request did not come for too long: after the connection stood, or after the last answer.
async fn no_request(connection: &Connection, pulse: &Pulse) {
    loop {
        let since = pulse.sent.load(Ordering::Relaxed).max(connection.opened());
        let waited = Duration::from_nanos(connection.journal().now().saturating_sub(since));
        match HEAD_PATIENCE.checked_sub(waited) {
            _ if pulse.busy.load(Ordering::Relaxed) => sleep(HEAD_PATIENCE).await,
            Some(left) if !left.is_zero() => sleep(left).await,
            _ => return,
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
