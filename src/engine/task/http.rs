//! One HTTP connection of a listener: a tapped stream for the server, a journal for what it says.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use crate::{
    engine::{
        Notice,
        net::stream::Stream,
        observe::{
            lifecycle::{Life, idle},
            tap::Tap,
            watch::Watch,
        },
        shared::{
            context::{Context, Handle, Signal, Word},
            hosted::Hosted,
        },
    },
    http::{
        message::misread::Misread,
        server::{Broken, End, Log, News, Site, Transfer, linger, serve},
    },
    journal::{Connection, Exchange},
    model::{ConnectionId, Detail, Direction, Event, Failure, Name, Operation, Serving, SiteNews},
    words::text,
};

/// Answers the requests of one connection until either side ends it.
pub(crate) async fn run(
    context: Arc<Context>,
    connection: Arc<Connection>,
    stream: Stream,
    site: Arc<Site>,
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
    let log: Arc<dyn Log> = Arc::new(Written { context: Arc::clone(&context), connection: Arc::clone(&connection) });
    let answer = |request, count| site.answer(&log, request, count);
    let (mut tap, over) = serve(tap, &log, &site.limits(), answer, end(&signal, &connection, idle_timeout)).await;
    if let Some(broken) = &over.broken {
        report(&context, &life, broken).await;
    }
    if over.end.is_none() && !life.is_over() {
        linger(&mut tap).await;
    }
    let stream = tap.into_inner();
    if over.end == Some(End::Reset) {
        stream.set_reset();
        life.reset();
    } else if let Some(kernel) = stream.kernel() {
        connection.set_kernel(kernel);
    }
    drop(stream);
    life.closed();
    context.leave(&connection).await;
}

/// Writes what a server says into the journal, and tells what a person wants to hear of.
#[derive(Debug)]
struct Written {
    context: Arc<Context>,
    connection: Arc<Connection>,
}

impl Log for Written {
    fn peer(&self) -> &Name {
        &self.connection.identity().names.peer
    }

    fn answered(&self, answer: &Detail) {
        self.connection.fact(Event::Answered, answer, None);
    }

    fn refused<'a>(&'a self, misread: &'a Misread) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let identity = self.connection.identity();
            let words = text!("{words} Answered with {status}.", words = misread.words, status = misread.status);
            let failure = Failure::named(Operation::Http, &identity.names.peer, "HTTP").with_message(words);
            let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
            self.connection.fact(Event::Failed, &detail, None);
            self.context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
        })
    }

    fn news(&self, news: News) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let identity = self.connection.identity();
            if let News::Saved { path, length } = &news {
                let note = text!("saved as {path}", path = path.display());
                let detail = Detail { received: Some(*length), note: Some(note), ..Detail::default() };
                self.connection.fact(Event::Progress, &detail, None);
            }
            self.context.tell(Notice::Site { session: identity.session, news: news.over(identity.id) }).await;
        })
    }

    fn under_way(&self, transfer: Option<Transfer>) {
        self.connection.set_exchange(transfer.map(|transfer| Exchange {
            name: transfer.name,
            from: match transfer.direction {
                Direction::Inbound => self.connection.received().0,
                Direction::Outbound => self.connection.sent().0,
            },
            direction: transfer.direction,
            total: transfer.total,
        }));
    }
}

impl Hosted for Site {
    fn serve(&self, site: crate::model::Site, serving: Serving) -> Option<String> {
        self.show(site, serving);
        self.token().map(str::to_owned)
    }

    fn say(&self, bytes: &Bytes) -> Option<SiteNews> {
        Some(Self::say(self, bytes)?.over(ConnectionId::NONE))
    }

    fn largest(&self) -> usize {
        Self::LARGEST
    }
}

/// Waits for what ends a connection from outside.
async fn end(signal: &Signal, connection: &Connection, idle_timeout: Option<Duration>) -> End {
    let told = async {
        loop {
            match signal.next().await {
                Word::Close => return End::Close,
                Word::Reset => return End::Reset,
                Word::Inspect | Word::Nodelay(_) => {}
            }
        }
    };
    tokio::select! {
        end = told => end,
        () = idle(connection, idle_timeout) => End::Close,
    }
}

/// Says what ended an HTTP connection too early.
async fn report(context: &Context, life: &Life, broken: &Broken) {
    if life.is_over() {
        return;
    }
    let identity = life.connection().identity();
    let failure = match (broken.stream(), broken.file()) {
        (Some(error), _) if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            let failure = Failure::named(Operation::Send, &identity.names.peer, "ETIMEDOUT")
                .with_message(text!("The other side took nothing of the answer for too long."));
            life.trouble(&failure);
            failure
        }
        (Some(error), _) => life.failed(Operation::Recv, error),
        (None, Some(file)) => {
            let failure = Failure::new(Operation::Open, &file.name, &file.error);
            life.trouble(&failure);
            failure
        }
        (None, None) if broken.is_incomplete() => return,
        (None, None) => {
            let failure =
                Failure::named(Operation::Http, &identity.names.peer, "HTTP").with_message(broken.to_string());
            life.trouble(&failure);
            failure
        }
    };
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}
