//! One request and its answer, sound or not, redirects included.
//!
//! The words of HTTP are in [`crate::http::client`]; here are the socket, the times, and where the body goes.

mod ask;
mod exchange;
mod sink;
mod upload;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    engine::{Notice, observe::lifecycle::Life, session::connect, shared::context::Context},
    http::client::{Outgoing, ProxyServer, boundary, parse_url, proxy_for, take_zone},
    model::{
        ConnectConfig, Errno, Failure, FetchConfig, Hop, Name, Operation, Page, Reason, RecvSize, SessionId, Timeline,
        Transport,
    },
    words::{Phrase, phrase},
};
use exchange::Exchange;
use upload::Upload;

/// Runs one fetch from looking up the name to the last byte of the answer.
pub(crate) async fn run(
    context: Arc<Context>,
    session: SessionId,
    config: FetchConfig,
    feed: Option<mpsc::Sender<Bytes>>,
    stop: CancellationToken,
) {
    let deadline = config.whole_timeout.and_then(|limit| Instant::now().checked_add(limit));
    let fetch = Fetch { context: &context, session, feed, stop, deadline, hops: Vec::new() };
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
}

impl Fetch<'_> {
    /// An error here is one that came before a connection stood; later ones are the connection's.
    async fn run(mut self, mut config: FetchConfig) -> Result<(), Failure> {
        while let Some(next) = self.once(&config).await? {
            config = next;
        }
        Ok(())
    }

    /// One request and its answer; gives the request that follows a redirect.
    async fn once(&mut self, config: &FetchConfig) -> Result<Option<FetchConfig>, Failure> {
        let refuse = |message: String| {
            Failure::named(Operation::Http, &config.url, Errno::EINVAL).because(Reason::said(Phrase::verbatim(message)))
        };
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            let words = phrase!("the redirects took all the time there was");
            return Err(Failure::named(Operation::Http, &config.url, Errno::ETIMEDOUT).because(Reason::said(words)));
        }
        let url = parse_url(&config.url).map_err(refuse)?;
        let proxy = proxy_for(&config.proxy, &url, &|name| std::env::var(name).ok()).map_err(refuse)?;
        let outgoing = Outgoing::new(config, &boundary(), proxy.as_ref()).map_err(refuse)?;
        let upload = Upload::open(outgoing.body.clone()).await?;
        let request = outgoing.head(upload.length());
        let connect = self.reach(config, &url, proxy.as_ref());
        let stop = self.stop.clone();
        let began = Instant::now();
        let connected = tokio::select! {
            connected = connect::open(self.context, self.session, &connect) => connected?,
            () = stop.cancelled() => return Ok(None),
        };
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
        let life = Life::new(Arc::clone(&connection));
        let control = self.context.enter(&connection).await;
        let page = Page {
            connection: connection.id(),
            url: url.to_string(),
            request,
            is_head_only: config.method == "HEAD",
            hops: self.hops.clone(),
            timeline,
            ..Page::default()
        };
        let mut exchange = Exchange::new(self, config, &life, &control.urgent, page, began);
        let result = exchange.run(stream, upload).await;
        let (page, next) = exchange.into_page();
        let next = next.filter(|_| result.is_ok() && !self.stop.is_cancelled());
        match result {
            Err(failure) => {
                let (session, connection) = (self.session, connection.id());
                self.context.tell(Notice::Failed { session, connection, failure }).await;
            }
            Ok(()) if next.is_none() => {
                self.feed = None;
                self.context.tell(Notice::Fetched { session: self.session, page: Arc::new(page) }).await;
            }
            Ok(()) => {
                let location = page.header("location").unwrap_or_default().to_owned();
                let asked = format!("{} {}", config.method, page.url);
                self.hops.push(Hop { asked, start_line: page.start_line, location, micros: page.micros });
            }
        }
        life.closed();
        self.context.leave(&connection).await;
        Ok(next)
    }

    fn reach(&self, config: &FetchConfig, url: &Url, proxy: Option<&ProxyServer>) -> ConnectConfig {
        let (host, port) = match proxy {
            Some(proxy) => (proxy.host.clone(), proxy.port),
            None => {
                let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
                let host = match take_zone(&config.url) {
                    (_, Some(zone)) => format!("{host}%{zone}"),
                    _ => host.to_owned(),
                };
                (host, url.port_or_known_default().unwrap_or(80))
            }
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

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
