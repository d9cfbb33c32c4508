//! One request and its answer, sound or not, redirects included.
//!
//! What HTTP is and how an exchange goes is in [`crate::http::client`]; here are the socket, the records, and where the body
//! goes.

mod sink;
mod told;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    engine::{
        Notice,
        observe::{lifecycle::Life, recorder::Recorder, tap::Tap},
        session::connect,
        shared::context::Context,
        task::shared_wire::{End, SharedWire},
    },
    http::client::{
        Chain, Exchange, Limits, Outgoing, ProxyServer, Upload, boundary, parse_url, proxy_for, with_zone,
        without_user, zone,
    },
    model::{
        ConnectConfig, ConnectionId, Detail, Errno, Event, Failure, FetchConfig, Hop, Name, Note, Operation, Page,
        Reason, RecvSize, SessionId, Timeline, Transport, Via,
    },
    words::phrase,
};
use sink::Sink;
use told::Told;

/// Fetches whose cookies are remembered for those that come after them.
const CHAINS: usize = 64;

/// Runs one fetch from looking up the name to the last byte of the answer.
pub(crate) async fn run(
    context: Arc<Context>,
    session: SessionId,
    config: FetchConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
) {
    let deadline = config.whole_timeout.and_then(|limit| Instant::now().checked_add(limit));
    let chain =
        config.after.and_then(|before| context.registry.lock().chains.get(&before).cloned()).unwrap_or_default();
    let fetch = Fetch { context: &context, session, feed, stop, deadline, hops: Vec::new(), chain };
    let url = config.url.clone();
    if let Err(failure) = fetch.run(config).await {
        context.failed(session, Name::Unnamed, Name::Text(url.as_str().into()), failure).await;
    }
    context.stopped(session, Name::Unnamed).await;
}

struct Fetch<'a> {
    context: &'a Arc<Context>,
    session: SessionId,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
    deadline: Option<Instant>,
    hops: Vec<Hop>,
    chain: Chain,
}

impl Fetch<'_> {
    /// An error here is one that came before a connection stood; later ones are the connection's.
    async fn run(mut self, mut config: FetchConfig) -> Result<(), Failure> {
        let mut result = Ok(());
        loop {
            match self.once(&config).await {
                Ok(Some(next)) => config = next,
                Ok(None) => break,
                Err(failure) => {
                    result = Err(failure);
                    break;
                }
            }
        }
        self.leave();
        result
    }

    /// What this one leaves to the next.
    fn leave(self) {
        if self.chain.is_empty() {
            return;
        }
        let chains = &mut self.context.registry.lock().chains;
        chains.insert(self.session, self.chain);
        while chains.len() > CHAINS {
            chains.pop_first();
        }
    }

    /// One request and its answer; gives the request that follows a redirect.
    async fn once(&mut self, config: &FetchConfig) -> Result<Option<FetchConfig>, Failure> {
        let refuse = |words| Failure::named(Operation::Http, &config.url, Errno::EINVAL).because(Reason::said(words));
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            let words = phrase!("the redirects took all the time there was");
            return Err(Failure::named(Operation::Http, &config.url, Errno::ETIMEDOUT).because(Reason::said(words)));
        }
        let url = parse_url(&config.url).map_err(refuse)?;
        let proxy = proxy_for(&config.proxy, &url, &|name| std::env::var(name).ok()).map_err(refuse)?;
        let mut outgoing = Outgoing::new(config, &boundary(), proxy.as_ref()).map_err(refuse)?;
        self.chain.equip(&mut outgoing);
        let Some(upload) = self.within(Upload::open(outgoing.body.clone()), config).await? else { return Ok(None) };
        let request = outgoing.head(upload.length());
        let connect = self.reach(config, &url, proxy.as_ref());
        let stop = self.stop.clone();
        let began = Instant::now();
        let connected = tokio::select! {
            connected = connect::open(self.context, self.session, &connect) => connected,
            () = stop.cancelled() => return Ok(None),
        };
        let via = proxy.as_ref().map(ProxyServer::via);
        let connected = connected.map_err(|failure| match &via {
            Some(via) => of_proxy(failure, via, &url),
            None => failure,
        })?;
        let resolved = connected.resolved.saturating_duration_since(began.into_std());
        let timeline = Timeline {
            resolved: Some(micros(resolved)),
            connected: Some(micros(began.elapsed())),
            ..Timeline::default()
        };
        let connection = connect::connected_at(self.context, self.session, &connect, &connected);
        let stream = connected.wire;
        // The reader of the answer chooses how much it asks for.
        connection.set_recv_size(None);
        if let Some(Via { server, variable }) = via.clone() {
            let note = Some(Note::Proxy { server, variable });
            connection.fact(Event::Remark, &Detail { note, ..Detail::default() }, None);
        }
        let life = Life::new(Arc::clone(&connection));
        // Nobody types into a request.
        let urgent = self.context.enter(&connection).await.decline();
        let page = Page {
            connection: connection.id(),
            url: with_zone(&url, zone(&config.url).as_deref()),
            via,
            request,
            is_head_only: config.method == "HEAD",
            hops: self.hops.clone(),
            timeline,
            ..Page::default()
        };
        // Inbound pictures are taken from the body: on the wire a chunked body has lengths in between.
        let wire = SharedWire::new(Tap::new(stream, &life, Recorder::blind(), Recorder::new(&self.context.objects)));
        let told = Told { context: self.context, session: self.session, life: &life };
        let sink = Sink::new(&self.context.objects, &connection, config.output.clone(), self.feed.clone());
        let (reset, lost) = (AtomicBool::new(false), AtomicBool::new(false));
        let watched = wire.clone();
        let (result, page, next) = {
            let ended = async {
                tokio::select! {
                    () = stop.cancelled() => {}
                    end = watched.end(&urgent, &life) => {
                        reset.store(end == End::Reset, Ordering::Relaxed);
                        lost.store(end == End::Lost, Ordering::Relaxed);
                    }
                }
            };
            let ended = std::pin::pin!(ended);
            let followed = self.hops.iter().filter(|hop| !hop.location.is_empty()).count();
            let limits = Limits { deadline: self.deadline, stop: ended, hops: followed };
            let mut exchange = Exchange::new(config, &told, sink, page, began, limits).in_chain(&mut self.chain);
            if let Some((typed, sent)) = outgoing.retyped() {
                exchange.remark(phrase!(
                    "“{typed}” went out as “{sent}”, as browsers do it",
                    typed = typed,
                    sent = sent
                ));
            }
            for entry in proxy.iter().flat_map(|proxy| &proxy.unclear) {
                exchange.remark(phrase!("no_proxy has “{entry}”, which is not understood", entry = entry));
            }
            let result = exchange.run(wire.clone(), upload).await;
            let (page, next) = exchange.into_page();
            (result, page, next)
        };
        drop(watched);
        let next = next.filter(|_| result.is_ok() && !self.stop.is_cancelled());
        self.tell(config, connection.id(), result.map(|()| page), next.is_some()).await;
        let end = match (reset.into_inner(), lost.into_inner()) {
            (true, _) => Some(End::Reset),
            (_, true) => Some(End::Lost),
            _ => None,
        };
        wire.close(&life, end);
        self.context.leave(&connection).await;
        Ok(next)
    }

    /// Tells what came of a request, or keeps it for whoever hears of the one that follows.
    async fn tell(
        &mut self,
        config: &FetchConfig,
        connection: ConnectionId,
        result: Result<Page, Failure>,
        goes_on: bool,
    ) {
        let session = self.session;
        match result {
            Err(failure) => self.context.tell(Notice::Failed { session, connection, failure }).await,
            Ok(page) if !goes_on => {
                self.feed = None;
                self.context.tell(Notice::Fetched { session, page: Arc::new(page) }).await;
            }
            Ok(page) => {
                let is_elsewhere = (300..400).contains(&page.status);
                let location = page.header("location").filter(|_| is_elsewhere).unwrap_or_default().to_owned();
                let asked = format!("{} {}", config.method, without_user(&page.url));
                let Page { start_line, micros, remarks, .. } = page;
                self.hops.push(Hop { asked, start_line, location, micros, remarks });
            }
        }
    }

    /// Does what may hang, such as opening a file, but for the deadline and a stop; `None` when it was stopped.
    async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
        config: &FetchConfig,
    ) -> Result<Option<T>, Failure> {
        let late = async {
            match self.deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            done = work => done.map(Some),
            () = self.stop.cancelled() => Ok(None),
            () = late => {
                let words = phrase!("the files of the request could not be opened in time");
                Err(Failure::named(Operation::Open, &config.url, Errno::ETIMEDOUT).because(Reason::said(words)))
            }
        }
    }

    fn reach(&self, config: &FetchConfig, url: &Url, proxy: Option<&ProxyServer>) -> ConnectConfig {
        let (host, port) = if let Some(proxy) = proxy {
            (proxy.host.clone(), proxy.port)
        } else {
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            let zone = zone(&config.url).map_or_else(String::new, |zone| format!("%{zone}"));
            (format!("{host}{zone}"), url.port_or_known_default().unwrap_or(80))
        };
        let left = self.deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(Instant::now()));
        ConnectConfig {
            transport: Transport::Tcp,
            host,
            port,
            connect_timeout: config.connect_timeout.min(left),
            recv_size: RecvSize::try_from(64 << 10).unwrap_or_default(),
            ..ConnectConfig::default()
        }
    }
}

/// Says that an address is a proxy's, which whoever asked for another one may not know.
fn of_proxy(failure: Failure, via: &Via, url: &Url) -> Failure {
    let host = url.host_str().unwrap_or_default().to_owned();
    let reason = Reason::OfProxy { host, variable: via.variable.clone() };
    match &failure.reason {
        Some(_) => {
            let words = failure.meaning();
            failure.because(Reason::Said { words, hint: reason.hint() })
        }
        None => failure.because(reason),
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
