//! One request and its answer: hyper over a tapped stream; what is not HTTP is taken as it comes and explained.

use std::{
    convert::Infallible,
    fmt::Write as _,
    future::{Future as _, poll_fn},
    io,
    path::Path,
    sync::Arc,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use http_body_util::{BodyExt, Empty, Full, StreamBody, combinators::BoxBody};
use hyper::{Request, Response, body::Frame, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc,
    time::{Instant, timeout},
};
use tokio_util::{io::ReaderStream, sync::CancellationToken};
use url::Url;

use super::{
    Notice, Stream, bind, client,
    context::{Context, Handle, Signal, Word},
    http_server::socket_error,
    life::Life,
    raw_http,
    tap::Tap,
    watch::{self, Watch},
};
use crate::{
    media::Scanner,
    model::{ConnectConfig, Failure, FetchConfig, Name, Operation, Page, RecvSize, RequestBody, SessionId, Transport},
    words::{exact_size, text},
};

/// What is kept in memory of a body that goes nowhere else.
const BODY_LIMIT: usize = 64 << 20;
/// What is taken of an answer that is not HTTP, and how long its next byte may take.
const RAW_LIMIT: usize = 16 << 20;
const RAW_PATIENCE: Duration = Duration::from_secs(5);

type Body = BoxBody<Bytes, io::Error>;
type Client = http1::Connection<TokioIo<Tap<Stream>>, Body>;

/// Runs one fetch from looking up the name to the last byte of the answer.
pub(super) async fn run(
    context: Arc<Context>,
    session: SessionId,
    config: FetchConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
) {
    let fetch = Fetch { context: &context, session, config: &config, feed };
    let result = tokio::select! {
        result = fetch.run() => result,
        () = stop.cancelled() => Ok(()),
    };
    if let Err(failure) = result {
        context.failed(session, Name::Unnamed, Name::Text(config.url.as_str().into()), failure).await;
    }
    context.stopped(session, Name::Unnamed).await;
}

struct Fetch<'a> {
    context: &'a Arc<Context>,
    session: SessionId,
    config: &'a FetchConfig,
    feed: Option<mpsc::Sender<Bytes>>,
}

impl Fetch<'_> {
    /// An error here is one that came before a connection stood; later ones are the connection's.
    async fn run(mut self) -> Result<(), Failure> {
        let url = parse(&self.config.url)?;
        let (request, shown) = request(self.config, &url).await?;
        let connect = ConnectConfig {
            transport: Transport::Tcp,
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or(80),
            connect_timeout: self.config.connect_timeout,
            recv_size: RecvSize::try_from(64 << 10).unwrap_or_default(),
            ..ConnectConfig::default()
        };
        let (stream, names, micros) = client::connect(&connect).await?;
        stream.apply(&connect.options);
        let connection = client::connected_at(self.context, self.session, &connect, &stream, names, micros);
        // hyper chooses how much it asks for.
        connection.set_recv_size(None);
        let life = Life::new(Arc::clone(&connection));
        let signal = Arc::new(Signal::default());
        let (orders, _) = mpsc::channel(1);
        let handle =
            Handle { connection: Arc::clone(&connection), orders, signal: Arc::clone(&signal), datagram: false };
        self.context.enter(handle).await;
        let is_head_only = self.config.method == "HEAD";
        let page = Page { connection: connection.id(), request: shown, is_head_only, ..Page::default() };
        tokio::select! {
            () = self.exchange(&life, stream, request, page) => {}
            () = ended(&signal) => {}
        }
        life.closed();
        self.context.leave(&connection).await;
        Ok(())
    }

    async fn exchange(&mut self, life: &Arc<Life>, stream: Stream, request: Request<Body>, mut page: Page) {
        let started = Instant::now();
        // Inbound pictures are taken from the body: on the wire a chunked body has lengths in between.
        let tap = Tap::new(stream, life, Watch::blind(), Watch::new(&self.context.objects));
        let mut builder = http1::Builder::new();
        builder.title_case_headers(true).preserve_header_case(true);
        let (mut sender, mut client) = match builder.handshake(TokioIo::new(tap)).await {
            Ok(pair) => pair,
            Err(error) => return self.fail(life, &error).await,
        };
        let response = {
            let mut answer = std::pin::pin!(sender.send_request(request));
            let mut running = true;
            poll_fn(|cx| {
                if running {
                    running = client.poll_without_shutdown(cx).is_pending();
                }
                answer.as_mut().poll(cx)
            })
            .await
        };
        match response {
            Ok(response) => {
                self.take_head(&mut page, &response).await;
                self.take_body(life, &mut page, response, client).await;
            }
            Err(error) if error.is_parse() || error.is_incomplete_message() => {
                let parts = client.into_parts();
                let raw = read_raw(parts.io.into_inner(), parts.read_buf).await;
                if raw.is_empty() {
                    return self.fail(life, &error).await;
                }
                raw_http::explain(&mut page, &raw);
                if self.keep(life, &mut page, raw_http::body(&raw)).await.is_err() {
                    return;
                }
            }
            Err(error) => return self.fail(life, &error).await,
        }
        page.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.feed = None;
        self.context.tell(Notice::Fetched { session: self.session, page: Arc::new(page) }).await;
    }

    async fn take_head(&self, page: &mut Page, response: &Response<Incoming>) {
        page.status = response.status().as_u16();
        let reason = response.extensions().get::<hyper::ext::ReasonPhrase>();
        let reason = reason.map_or_else(
            || response.status().canonical_reason().unwrap_or_default().to_owned(),
            |phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned(),
        );
        page.start_line = format!("{:?} {} {reason}", response.version(), page.status);
        let one = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        page.headers = response.headers().iter().map(one).collect();
        self.context.tell(Notice::Head { session: self.session, page: Arc::new(page.clone()) }).await;
    }

    async fn take_body(&mut self, life: &Arc<Life>, page: &mut Page, response: Response<Incoming>, mut client: Client) {
        let mut body = response.into_body();
        let mut sink = match Sink::open(self.config.output.as_deref(), self.feed.clone()).await {
            Ok(sink) => sink,
            Err(failure) => return self.tell(life, failure).await,
        };
        let mut scanner = Scanner::new();
        let mut found = Vec::new();
        let mut running = true;
        loop {
            let frame = poll_fn(|cx| {
                if running {
                    running = client.poll_without_shutdown(cx).is_pending();
                }
                std::pin::Pin::new(&mut body.frame()).poll(cx)
            })
            .await;
            let data = match frame {
                None => break,
                Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
                Some(Err(error)) => {
                    page.is_cut_short = true;
                    page.remarks.push(short_body(page, &error));
                    break;
                }
            };
            page.length += data.len() as u64;
            scanner.feed(&data, &mut found);
            if let Err(failure) = sink.take(data, page).await {
                return self.tell(life, failure).await;
            }
            if sink.is_full(page) {
                page.remarks
                    .push(text!("only the first 64 MiB are kept; save the body to a file to get all").to_owned());
                break;
            }
        }
        found.extend(std::iter::from_fn(|| scanner.finish()));
        watch::keep_bodies(&self.context.objects, life.connection(), found);
        if let Err(failure) = sink.finish().await {
            self.tell(life, failure).await;
        }
        // What the server said last, and its FIN, are still on the wire.
        if let Some(error) =
            timeout(Duration::ZERO, poll_fn(|cx| client.poll_without_shutdown(cx))).await.ok().and_then(Result::err)
            && let Some(error) = socket_error(&error)
        {
            life.failed(Operation::Recv, error);
        }
    }

    /// A body that came outside of HTTP.
    async fn keep(&mut self, life: &Arc<Life>, page: &mut Page, body: &[u8]) -> Result<(), ()> {
        self.context.tell(Notice::Head { session: self.session, page: Arc::new(page.clone()) }).await;
        page.length = body.len() as u64;
        match page.header("content-length").and_then(|length| length.parse().ok()) {
            Some(promised) if promised > page.length && !page.is_head_only => {
                page.is_cut_short = true;
                page.remarks.push(shorter(page.length, promised));
            }
            Some(promised) if promised < page.length => {
                page.remarks.push(text!(
                    "the body is longer than Content-Length says: {got} instead of {length}",
                    got = exact_size(page.length),
                    length = exact_size(promised)
                ));
            }
            _ => {}
        }
        let mut scanner = Scanner::new();
        let mut found = Vec::new();
        scanner.feed(body, &mut found);
        found.extend(std::iter::from_fn(|| scanner.finish()));
        watch::keep_bodies(&self.context.objects, life.connection(), found);
        let stored = async {
            let mut sink = Sink::open(self.config.output.as_deref(), self.feed.clone()).await?;
            sink.take(Bytes::copy_from_slice(body), page).await?;
            sink.finish().await
        };
        match stored.await {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.tell(life, failure).await;
                Err(())
            }
        }
    }

    async fn fail(&self, life: &Life, error: &hyper::Error) {
        let failure = if let Some(error) = socket_error(error) {
            life.failed(Operation::Recv, error)
        } else {
            let message = if error.is_incomplete_message() || error.is_canceled() {
                text!("the server closed the connection without an answer").to_owned()
            } else {
                error.to_string()
            };
            let failure = Failure::named(Operation::Http, &self.config.url, "HTTP").with_message(message);
            life.trouble(&failure);
            failure
        };
        let connection = life.connection().id();
        self.context.tell(Notice::Failed { session: self.session, connection, failure }).await;
    }

    async fn tell(&self, life: &Life, failure: Failure) {
        life.trouble(&failure);
        let connection = life.connection().id();
        self.context.tell(Notice::Failed { session: self.session, connection, failure }).await;
    }
}

/// Where a body goes.
enum Sink {
    Memory,
    File(File, String),
    Feed(mpsc::Sender<Bytes>),
}

impl Sink {
    async fn open(output: Option<&Path>, feed: Option<mpsc::Sender<Bytes>>) -> Result<Self, Failure> {
        match (output, feed) {
            (Some(path), _) => match File::create(path).await {
                Ok(file) => Ok(Self::File(file, path.display().to_string())),
                Err(error) => Err(Failure::new(Operation::Open, path.display(), &error)),
            },
            (None, Some(feed)) => Ok(Self::Feed(feed)),
            (None, None) => Ok(Self::Memory),
        }
    }

    async fn take(&mut self, data: Bytes, page: &mut Page) -> Result<(), Failure> {
        match self {
            Self::Memory => {
                let room = BODY_LIMIT.saturating_sub(page.body.len()).min(data.len());
                page.body.extend_from_slice(data.get(..room).unwrap_or_default());
                Ok(())
            }
            Self::File(file, name) => {
                file.write_all(&data).await.map_err(|error| Failure::new(Operation::Open, name.as_str(), &error))
            }
            Self::Feed(feed) => feed.send(data).await.map_err(|_| Failure::named(Operation::Send, "stdout", "EPIPE")),
        }
    }

    fn is_full(&self, page: &Page) -> bool {
        matches!(self, Self::Memory) && page.body.len() >= BODY_LIMIT
    }

    async fn finish(self) -> Result<(), Failure> {
        let Self::File(mut file, name) = self else { return Ok(()) };
        file.flush().await.map_err(|error| Failure::new(Operation::Open, name, &error))
    }
}

async fn ended(signal: &Signal) {
    while !matches!(signal.next().await, Word::Close | Word::Reset) {}
}

/// A URL as people write it.
fn parse(text: &str) -> Result<Url, Failure> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let refuse = |message: String| Failure::named(Operation::Http, text, "EINVAL").with_message(message);
    let url = Url::parse(&whole).map_err(|error| refuse(text!("this is not a URL: {error}", error = error)))?;
    match url.scheme() {
        "http" if url.host_str().is_some() => Ok(url),
        "https" => Err(refuse(text!("https is not spoken yet, only plain http").to_owned())),
        other => Err(refuse(text!("“{scheme}” is not spoken, only http", scheme = other))),
    }
}

/// The request, and the same as text.
async fn request(config: &FetchConfig, url: &Url) -> Result<(Request<Body>, String), Failure> {
    let refuse = |message: String| Failure::named(Operation::Http, &config.url, "EINVAL").with_message(message);
    let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
    let host = bind::host_port(url.host_str().unwrap_or_default(), url.port().unwrap_or(0));
    let host = host.strip_suffix(":0").unwrap_or(&host).to_owned();
    let mut headers: Vec<(String, String)> = vec![
        ("Host".into(), host),
        ("User-Agent".into(), concat!("socketlab/", env!("CARGO_PKG_VERSION")).into()),
        ("Accept".into(), "*/*".into()),
    ];
    let body: Body = match &config.body {
        RequestBody::Empty => Empty::new().map_err(never).boxed(),
        RequestBody::Text(text) => {
            headers.push(("Content-Type".into(), "text/plain; charset=utf-8".into()));
            Full::new(Bytes::from(text.clone())).map_err(never).boxed()
        }
        RequestBody::File(path) => {
            let unreadable = |error| Failure::new(Operation::Open, path.display(), &error);
            let file = File::open(path).await.map_err(unreadable)?;
            let length = file.metadata().await.map_err(unreadable)?.len();
            headers.push(("Content-Type".into(), "application/octet-stream".into()));
            headers.push(("Content-Length".into(), length.to_string()));
            StreamBody::new(ReaderStream::with_capacity(file, 64 << 10).map_ok(Frame::data)).boxed()
        }
    };
    headers.retain(|(name, _)| !config.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
    headers.extend(config.headers.iter().cloned());
    let mut builder = Request::builder().method(config.method.as_str()).uri(&target);
    let mut shown = format!("{} {target} HTTP/1.1\r\n", config.method);
    for (name, value) in &headers {
        builder = builder.header(name.as_str(), value.as_str());
        let _ = write!(shown, "{name}: {value}\r\n");
    }
    let request =
        builder.body(body).map_err(|error| refuse(text!("the request is not valid: {error}", error = error)))?;
    Ok((request, shown))
}

fn never(impossible: Infallible) -> io::Error {
    match impossible {}
}

fn short_body(page: &Page, error: &hyper::Error) -> String {
    match page.header("content-length").and_then(|length| length.parse().ok()) {
        Some(promised) => shorter(page.length, promised),
        None => text!("the body broke off after {got}: {error}", got = exact_size(page.length), error = error),
    }
}

fn shorter(got: u64, promised: u64) -> String {
    text!(
        "the body is shorter than Content-Length says: {got} of {length}",
        got = exact_size(got),
        length = exact_size(promised)
    )
}

/// What a server that does not speak HTTP says, to its end or to a limit.
async fn read_raw(mut stream: Tap<Stream>, start: Bytes) -> BytesMut {
    let mut raw = BytesMut::from(start);
    while raw.len() < RAW_LIMIT {
        raw.reserve(64 << 10);
        match timeout(RAW_PATIENCE, stream.read_buf(&mut raw)).await {
            Ok(Ok(length)) if length > 0 => {}
            _ => break,
        }
    }
    raw
}
