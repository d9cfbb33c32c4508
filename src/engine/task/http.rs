//! One HTTP connection of a listener: a tapped stream for the server, a journal for what it says.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::{
    engine::{
        Notice,
        net::wire::BoxWire,
        observe::{
            lifecycle::{Life, idle},
            pictures::whole,
            recorder::Recorder,
            tap::Tap,
        },
        shared::{context::Context, control::UrgentReceiver, hosted::Hosted},
        task::shared_wire::{self, SharedWire},
    },
    http::{
        message::misread::Misread,
        server::{Broken, End, Log, News, Site, Transfer, linger, serve},
    },
    journal::{Connection, Exchange, Interest},
    model::{
        Author, Detail, Direction, Errno, Event, Failure, Name, Note, Operation, Reason, SaidPicture, Serving, SiteNews,
    },
    words::{Phrase, phrase},
};

/// Answers the requests of one connection until either side ends it.
pub(crate) async fn run(
    context: Arc<Context>,
    connection: Arc<Connection>,
    wire: BoxWire,
    site: Arc<Site>,
    idle_timeout: Option<Duration>,
) {
    // hyper chooses how much it asks for.
    connection.set_recv_size(None);
    let life = Life::new(Arc::clone(&connection));
    // Nobody types into an HTTP connection.
    let urgent = context.enter(&connection).await.decline();

    let wire = SharedWire::new(Tap::new(wire, &life, Recorder::new(&context.objects), Recorder::new(&context.objects)));
    let log: Arc<dyn Log> = Arc::new(JournalLog::new(&context, &connection));
    let answer = |request, count| site.answer(&log, request, count);
    let lost = AtomicBool::new(false);
    let end = end(wire.clone(), &urgent, &life, idle_timeout, &lost);
    let (mut wire, over) = serve(wire, &log, &site.limits(), answer, (end, urgent.reset())).await;
    if let Some(broken) = &over.broken {
        report(&context, &life, broken).await;
    }
    let mut told = None;
    if over.end.is_none() && !life.is_over() {
        let controlled = wire.clone();
        tokio::select! {
            () = linger(&mut wire) => {}
            end = controlled.end(&urgent, &life) => told = Some(end),
        }
    }
    let ended = match over.end {
        None => told,
        _ if lost.into_inner() => Some(shared_wire::End::Lost),
        Some(End::Reset) => Some(shared_wire::End::Reset),
        _ => None,
    };
    wire.close(&life, ended);
    context.leave(&connection).await;
}

/// Writes what a server says into the journal, and tells what a person wants to hear of.
#[derive(Debug)]
struct JournalLog {
    context: Arc<Context>,
    connection: Arc<Connection>,
}

impl JournalLog {
    fn new(context: &Arc<Context>, connection: &Arc<Connection>) -> Self {
        Self { context: Arc::clone(context), connection: Arc::clone(connection) }
    }

    fn author(&self, record: u64, name: String) -> Author {
        Author { connection: self.connection.id(), record, name }
    }
}

impl Log for JournalLog {
    fn peer(&self) -> &Name {
        &self.connection.identity().names.peer
    }

    fn answered(&self, answer: &dyn Fn() -> Detail) {
        if self.connection.journal().interest(None) != Interest::Nobody {
            self.connection.fact(Event::Answered, &answer(), None);
        }
    }

    fn refused<'a>(&'a self, misread: &'a Misread) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let identity = self.connection.identity();
            let words = phrase!("{words} Answered with {status}.", status = misread.status)
                .saying("words", misread.words.clone());
            let failure =
                Failure::named(Operation::Http, &identity.names.peer, Errno::Http).because(Reason::said(words));
            let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
            self.connection.fact(Event::Failed, &detail, None);
            self.context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
        })
    }

    fn news(&self, news: News) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let identity = self.connection.identity();
            let objects = &self.context.objects;
            let news = match news {
                News::Saved { name, path, length } => {
                    let note = Note::Saved { path: path.clone() };
                    let detail = Detail { received: Some(length), note: Some(note), ..Detail::default() };
                    let record = self.connection.fact(Event::Progress, &detail, None);
                    let picture = whole::saved(objects, &self.connection, &path, length).await;
                    SiteNews::Saved { by: self.author(record, name), path, length, picture }
                }
                News::Said { name, text, picture } => {
                    let picture = (!picture.is_empty()).then(|| SaidPicture {
                        length: picture.len() as u64,
                        object: whole::received(objects, &self.connection, &picture),
                    });
                    SiteNews::Said { by: self.author(self.connection.last_recv(), name), text, picture }
                }
            };
            self.context.tell(Notice::Site { session: identity.session, news }).await;
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
        let News::Said { text, picture, .. } = Self::say(self, bytes)? else { return None };
        let picture = (!picture.is_empty()).then(|| SaidPicture { length: picture.len() as u64, object: None });
        Some(SiteNews::Said { by: Author::default(), text, picture })
    }

    fn largest(&self) -> usize {
        Self::LARGEST
    }
}

/// Waits for what ends a connection from outside, and carries out what else it is told.
async fn end(
    wire: SharedWire,
    urgent: &UrgentReceiver,
    life: &Life,
    idle_timeout: Option<Duration>,
    lost: &AtomicBool,
) -> End {
    let told = tokio::select! {
        told = wire.end(urgent, life) => told,
        () = idle(life.connection(), idle_timeout) => return End::Close,
    };
    lost.store(told == shared_wire::End::Lost, Ordering::Relaxed);
    if told == shared_wire::End::Close { End::Close } else { End::Reset }
}

/// Says what ended an HTTP connection too early.
async fn report(context: &Context, life: &Life, broken: &Broken) {
    if life.is_over() {
        return;
    }
    let identity = life.connection().identity();
    let failure = match (broken.stream(), broken.file()) {
        (Some(error), _) if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => {
            let failure =
                Failure::named(Operation::Send, &identity.names.peer, Errno::ETIMEDOUT).because(Reason::AnswerNotTaken);
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
            let failure = Failure::named(Operation::Http, &identity.names.peer, Errno::Http)
                .because(Reason::said(Phrase::verbatim(broken)));
            life.trouble(&failure);
            failure
        }
    };
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}
