//! One HTTP connection over any stream: hyper reads the requests, whoever calls answers them.

mod access_log;
mod arriving;
mod io;
mod outgoing;
mod state;

use std::{
    convert::Infallible,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use hyper::{
    Request, Response,
    body::{Body as _, Incoming},
    header::{CONNECTION, HeaderValue, TRANSFER_ENCODING},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use crate::{
    http::{
        message::misread::{FIELDS, Misread},
        server::{
            answer::{
                body::{Body, Unreadable},
                refuse::{refusal, refused},
            },
            shared::{log::Log, stream::Stream},
        },
    },
    model::Limits,
    words::phrase,
};
use access_log::{AccessLog, Counted, LoggedRequest};
pub use arriving::Arriving;
use io::ServerIo;
use outgoing::Files;
use state::State;

/// Bytes read ahead of what was answered, and waiting to be sent.
const BUFFER: usize = 64 << 10;
/// What a peer is still sending after its last answer is read and dropped, because a close with unread bytes sends RST,
/// which throws the answer away at the other end: for so long in all …
const LINGER: Duration = Duration::from_secs(30);
/// … as long as something comes every second …
const LINGER_GAP: Duration = Duration::from_secs(1);
/// … and no more bytes than that.
const LINGER_BYTES: u64 = 1 << 30;
/// How long a close waits for the answer that is on its way.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// How a connection is ended from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After the answer that is on its way, which may take two seconds more.
    Close,
    /// At once.
    Reset,
}

/// How a connection came to its end.
#[derive(Debug)]
pub struct Over {
    /// It was ended from outside, or nobody asked for anything in time.
    pub end: Option<End>,
    /// What broke it, where that was not already said as a refusal.
    pub broken: Option<Broken>,
}

/// What broke a connection.
#[derive(Debug)]
pub struct Broken(hyper::Error);

impl Broken {
    /// The stream's own error, if it was one.
    #[must_use]
    pub fn stream(&self) -> Option<&std::io::Error> {
        if self.file().is_some() { None } else { std::error::Error::source(&self.0)?.downcast_ref() }
    }

    /// The file that could not be read, if it was one.
    #[must_use]
    pub fn file(&self) -> Option<&Unreadable> {
        let source = std::error::Error::source(&self.0)?;
        let in_stream = || source.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref();
        source.downcast_ref().or_else(in_stream)
    }

    /// True when the peer ended in the middle of a message.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.0.is_incomplete_message()
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Answers the requests of one connection with `answer`, which is told how many it makes, from 1, until either side ends
/// it or `end` is ready; while it then closes, only `reset` hurries it. Gives the stream back; the caller closes it.
pub async fn serve<S, F, A>(
    stream: S,
    log: &Arc<dyn Log>,
    limits: &Limits,
    answer: F,
    (end, reset): (impl Future<Output = End>, impl Future<Output = ()>),
) -> (S, Over)
where
    S: Stream,
    F: Fn(Request<Arriving>, u32) -> A,
    A: Future<Output = Response<Body>>,
{
    let mut server = http1::Builder::new();
    // Small clients on devices look for `Content-Length:` letter by letter.
    server.header_read_timeout(None).half_close(true).title_case_headers(true);
    server.max_headers(FIELDS).max_header_size(limits.head_bytes).max_buf_size(BUFFER.max(limits.head_bytes));
    let (count, state, answers) = (AtomicU32::new(0), Arc::new(State::new()), Arc::new(AccessLog::new(log)));
    let files = Files::default();
    let service = service_fn(|request: Request<Incoming>| {
        let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let (state, answers, files, answer) = (&state, &answers, &files, &answer);
        async move {
            state.set_busy(true);
            state.set_arriving(!request.body().is_end_stream());
            let asked = LoggedRequest::of(&request);
            let mut response = if let Some(misread) = hidden_fault(&request, state) {
                log.refused(&misread).await;
                refused(&misread)
            } else {
                let in_chunks = request.headers().contains_key(TRANSFER_ENCODING);
                answer(request.map(|body| Arriving::new(body, in_chunks, state)), count).await
            };
            if state.is_arriving() {
                // What is still to come is the rest of this body, and no request.
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            state.set_busy(false);
            Ok::<_, Infallible>(Counted::new(response, asked, (answers, files, state)))
        }
    });
    let io = TokioIo::new(ServerIo::new(stream, (&answers, &files, &state), limits.reader));
    let mut serving = server.serve_connection(io, service);
    let mut ended = Ok(());
    // What comes seldom is polled when it was woken itself, and not with every request.
    let mut seldom: FuturesUnordered<_> = std::iter::once(async {
        tokio::select! {
            end = end => Some(end),
            () = state.no_request(limits.head) => if state.is_owing() { None } else { Some(End::Close) },
        }
    })
    .collect();
    let mut end = tokio::select! {
        biased;
        result = &mut serving => {
            ended = result;
            None
        }
        Some(end) = seldom.next() => end,
    };
    drop(seldom);
    if end == Some(End::Close) {
        std::pin::Pin::new(&mut serving).graceful_shutdown();
        tokio::select! {
            _ = timeout(CLOSE_PATIENCE, &mut serving) => {}
            () = reset => end = Some(End::Reset),
        }
    }
    let (mut stream, instead) = serving.into_parts().io.into_inner().into_parts();
    answers.give_up(files.left());
    if end.is_some() {
        return (stream, Over { end, broken: None });
    }
    let broken = ended.err().map(Broken);
    let unsaid = if instead.is_none() { unanswered(&state, broken.as_ref()) } else { None };
    if let Some(misread) = &unsaid
        && let Ok(Ok(())) = timeout(limits.reader.min(CLOSE_PATIENCE), stream.write_all(&refusal(misread))).await
    {
        let _ = stream.shutdown().await;
    }
    let Some(misread) = instead.or(unsaid) else { return (stream, Over { end, broken }) };
    answers.refused(misread.status);
    log.refused(&misread).await;
    (stream, Over { end, broken: None })
}

/// Reads and drops what still comes, within bounds of time and bytes.
pub async fn linger(stream: &mut (impl AsyncRead + Unpin)) {
    let mut dropped = vec![0; 64 << 10];
    let reading = async {
        let mut total = 0;
        while let Ok(Ok(read @ 1..)) = timeout(LINGER_GAP, stream.read(&mut dropped)).await {
            total += read as u64;
            if total > LINGER_BYTES {
                return;
            }
        }
    };
    let _ = timeout(LINGER, reading).await;
}

/// What is wrong with a head that hyper took: it hides a length that stands behind an encoding, which is one too many.
fn hidden_fault(request: &Request<Incoming>, state: &State) -> Option<Misread> {
    if request.headers().contains_key(TRANSFER_ENCODING) { state.misread() } else { None }
}

/// What a peer is still to be told that sent something which nobody answered: half a request, or another protocol.
fn unanswered(state: &State, broken: Option<&Broken>) -> Option<Misread> {
    if broken.is_some_and(|broken| broken.stream().is_some()) || !state.is_owing() {
        return None;
    }
    Some(state.misread().unwrap_or_else(|| match broken {
        None => Misread::new(408, phrase!("The request took too long to arrive.")),
        Some(broken) if broken.is_incomplete() => {
            Misread::new(400, phrase!("The other side finished sending in the middle of a request."))
        }
        Some(_) => Misread::new(400, phrase!("The request is not HTTP as it is written.")),
    }))
}
