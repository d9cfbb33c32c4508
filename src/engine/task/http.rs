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
    io::{AsyncReadExt, AsyncWriteExt},
    time::{sleep, timeout},
};

use crate::{
    engine::{
        Notice,
        answers::{Answers, Asked, Counted},
        gate::{Gate, Pulse},
        net::wire::{BoxWire, Wire as _},
        observe::{
            lifecycle::{Life, idle},
            tap::Tap,
            watch::Watch,
        },
        shared::{context::Context, control::Urgent},
        site::{Served, refusal},
    },
    http::misread::{FIELDS, Misread},
    journal::Connection,
    model::{Detail, Errno, Event, Failure, Operation, Reason},
    words::{Phrase, phrase, text},
};

/// Bytes read ahead of what was answered, and waiting to be sent.
const BUFFER: usize = 64 << 10;
/// What a peer may still be sending after its last answer: read and dropped for so long, so that the answer is not
/// thrown away by a reset.
const LINGER: Duration = Duration::from_secs(1);
/// How long a close waits for the answer that is on its way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// Answers the requests of one connection until either side ends it.
pub(crate) async fn run(
    context: Arc<Context>,
    connection: Arc<Connection>,
    stream: BoxWire,
    site: Arc<Served>,
    idle_timeout: Option<Duration>,
) {
    // hyper chooses how much it asks for.
    connection.set_recv_size(None);
    let life = Life::new(Arc::clone(&connection));
    // Nobody types into an HTTP connection: its queue of orders is closed, so that what is handed in comes back.
    let urgent = context.enter(&connection).await.urgent;

    let limits = site.limits();
    let tap = Tap::new(stream, &life, Watch::new(&context.objects), Watch::new(&context.objects));
    let mut server = http1::Builder::new();
    server.header_read_timeout(None).half_close(true);
    server.max_headers(FIELDS).max_header_size(limits.head_bytes).max_buf_size(BUFFER.max(limits.head_bytes));
    let (count, pulse) = (AtomicU32::new(0), Arc::new(Pulse::default()));
    let service = service_fn(|request| {
        let (site, context, connection) = (Arc::clone(&site), Arc::clone(&context), Arc::clone(&connection));
        let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let pulse = Arc::clone(&pulse);
        async move {
            pulse.busy.store(true, Ordering::Relaxed);
            let asked = Asked::of(&request, &connection);
            let answer = site.answer(&context, &connection, &pulse, request, count).await;
            pulse.busy.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(Counted::new(answer, asked, &pulse))
        }
    });
    let gate = Gate::new(tap, &connection, &pulse, limits.reader);
    let mut serving = server.serve_connection(TokioIo::new(gate), service);
    let mut ended = Ok(());
    let word = tokio::select! {
        result = &mut serving => {
            ended = result;
            None
        }
        word = urgent.end() => Some(word),
        () = idle(&connection, idle_timeout) => Some(Urgent::Close),
        () = no_request(&connection, &pulse, limits.head) => {
            if pulse.is_owing() { None } else { Some(Urgent::Close) }
        }
    };
    if word == Some(Urgent::Close) {
        std::pin::Pin::new(&mut serving).graceful_shutdown();
        let _ = timeout(CLOSE_PATIENCE, &mut serving).await;
    }
    let (mut tap, refused) = serving.into_parts().io.into_inner().into_parts();
    pulse.answers.settle(&connection, false);
    if word.is_none() {
        let unsaid = refused.is_none().then(|| unanswered(&pulse, ended.as_ref().err())).flatten();
        if let Some(misread) = &unsaid
            && let Ok(Ok(())) = timeout(limits.reader.min(CLOSE_PATIENCE), tap.write_all(&refusal(misread))).await
        {
            let _ = tap.shutdown().await;
        }
        match refused.or(unsaid) {
            Some(misread) => {
                Answers::refused(&connection, misread.status);
                explain(&context, &connection, &misread).await;
            }
            None => report(&context, &life, ended.as_ref().err()).await,
        }
        if !life.is_over() {
            let _ = timeout(LINGER, linger(&mut tap)).await;
        }
    }
    let stream = tap.into_inner();
    let outstanding = stream.kernel().map_or(0, |kernel| {
        let outstanding = kernel.outstanding;
        connection.set_kernel(kernel);
        outstanding
    });
    if word == Some(Urgent::Reset) {
        stream.abort();
        life.reset(outstanding);
    }
    drop(stream);
    life.closed();
    context.leave(&connection).await;
}

/// Reads and drops what still comes.
async fn linger(tap: &mut Tap<BoxWire>) {
    const AT_MOST: usize = 64;
    let mut dropped = vec![0; 16 << 10];
    for _ in 0..AT_MOST {
        if !matches!(tap.read(&mut dropped).await, Ok(1..)) {
            return;
        }
    }
}

/// Ready when a whole request did not come for too long: after the connection stood, or after the last answer.
async fn no_request(connection: &Connection, pulse: &Pulse, patience: Duration) {
    loop {
        let since = pulse.sent.load(Ordering::Relaxed).max(connection.opened());
        let waited = Duration::from_nanos(connection.journal().now().saturating_sub(since));
        match patience.checked_sub(waited) {
            _ if pulse.busy.load(Ordering::Relaxed) => sleep(patience).await,
            Some(left) if !left.is_zero() => sleep(left).await,
            _ => return,
        }
    }
}

/// What a peer is still to be told that sent something which nobody answered: half a request, or another protocol.
fn unanswered(pulse: &Pulse, error: Option<&hyper::Error>) -> Option<Misread> {
    let is_socket = error.is_some_and(|error| socket_error(error).is_some());
    if is_socket || !pulse.is_owing() {
        return None;
    }
    Some(pulse.misread().unwrap_or_else(|| match error {
        None => Misread::new(408, text!("The request took too long to arrive.")),
        Some(error) if error.is_incomplete_message() => {
            Misread::new(400, text!("The other side finished sending in the middle of a request."))
        }
        Some(_) => Misread::new(400, text!("The request is not HTTP as it is written.")),
    }))
}

/// Writes down why a request was refused.
pub(crate) async fn explain(context: &Context, connection: &Connection, misread: &Misread) {
    let identity = connection.identity();
    let words = phrase!("{words} Answered with {status}.", words = misread.words, status = misread.status);
    let failure = Failure::named(Operation::Http, &identity.names.peer, Errno::Http).because(Reason::said(words));
    connection.fact(Event::Failed, &Detail { failure: Some(failure.clone()), ..Detail::default() }, None);
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}

/// What else ended an HTTP connection too early.
async fn report(context: &Context, life: &Life, error: Option<&hyper::Error>) {
    let Some(error) = error.filter(|_| !life.is_over()) else { return };
    let identity = life.connection().identity();
    let failure = match socket_error(error) {
        Some(error) if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            let failure =
                Failure::named(Operation::Send, &identity.names.peer, Errno::ETIMEDOUT).because(Reason::AnswerNotTaken);
            life.trouble(&failure);
            failure
        }
        Some(error) => life.failed(Operation::Recv, error),
        None if error.is_incomplete_message() => return,
        None => {
            let failure = Failure::named(Operation::Http, &identity.names.peer, Errno::Http)
                .because(Reason::said(Phrase::verbatim(error)));
            life.trouble(&failure);
            failure
        }
    };
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}

/// The socket's own error inside an HTTP error.
fn socket_error(error: &hyper::Error) -> Option<&io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}
