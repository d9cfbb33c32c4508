//! Takes commands one by one and hands each to the task it is for. Never waits for a socket.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tokio::{io::AsyncReadExt, sync::mpsc};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        Command, Notice, keep,
        observe::pictures::whole,
        session::{connect, listen, request},
        shared::{
            context::Context,
            control::{Order, Urgent},
            delivery,
        },
    },
    model::{
        ConnectionId, Detail, Errno, Event, Failure, LiveOption, Names, Operation, Reason, SessionId, SiteNews, Target,
        TransferId,
    },
    words::text,
};

/// Runs until the engine is dropped.
pub(crate) async fn run(context: Arc<Context>, mut commands: mpsc::Receiver<Command>) {
    while let Some(command) = commands.recv().await {
        handle(&context, command).await;
    }
}

async fn handle(context: &Arc<Context>, command: Command) {
    match command {
        Command::Listen { session, config } => {
            let stop = begin(context, session);
            tokio::spawn(listen::run(Arc::clone(context), session, config, stop));
        }
        Command::Connect { session, config, feed } => {
            let stop = begin(context, session);
            tokio::spawn(connect::run(Arc::clone(context), session, config, feed, stop));
        }
        Command::Fetch { session, config, feed } => {
            let stop = begin(context, session);
            tokio::spawn(request::run(Arc::clone(context), session, config, feed, stop));
        }
        Command::Decide { session, large } => {
            let question = context.registry.lock().questions.remove(&session);
            if let Some(question) = question {
                // The fetch has ended meanwhile.
                let _ = question.send(large);
            }
        }
        Command::Send { to: Target::Session(session), bytes } if has_site(context, session) => {
            say(context, session, &bytes).await;
        }
        Command::Send { to, bytes } => delivery::give_now(context, &to, || Order::Send(bytes.clone())).await,
        Command::SendFile { transfer, to: Target::Session(session), path } if has_site(context, session) => {
            tokio::spawn(say_file(Arc::clone(context), session, transfer, path));
        }
        Command::SendFile { transfer, to, path } => send_file(context, transfer, &to, &path).await,
        Command::Cancel(transfer) => cancel(context, transfer),
        Command::HalfClose(to) => delivery::give_now(context, &to, || Order::HalfClose).await,
        Command::Close(to) => urge(context, &to, Urgent::Close),
        Command::Reset(to) => urge(context, &to, Urgent::Reset),
        Command::Inspect(connection) => urge(context, &Target::Connection(connection), Urgent::Inspect),
        Command::Set { connection, option } => {
            for handle in context.handles(&Target::Connection(connection)) {
                match option {
                    LiveOption::RecvSize(size) => {
                        // Where the protocol above chooses the size of each call, there is none to set.
                        let stream = !handle.connection.identity().socket.is_datagram();
                        if stream && handle.connection.recv_size().is_some() {
                            handle.connection.set_recv_size(Some(size.get()));
                            context.journal.nudge();
                        }
                    }
                    LiveOption::Nodelay(on) => handle.control.urge(Urgent::Nodelay(on)),
                }
            }
        }
        Command::Serve { session, site, serving } => {
            let hosted = context.registry.lock().sites.get(&session).cloned();
            if let Some(token) = hosted.and_then(|hosted| hosted.serve(site, serving)) {
                let detail = Detail { token: Some(token.clone()), ..Detail::default() };
                context.fact(Event::Serving, session, &Names::default(), &detail);
                context.tell(Notice::Site { session, news: SiteNews::Token(token) }).await;
            }
        }
        Command::Rebind { session, bind } => {
            let door = context.registry.lock().rebinds.get(&session).cloned();
            if let Some(door) = door {
                // The newest wish counts: one that waits is not overtaken, and a second one is not needed.
                let _ = door.try_send(bind);
            }
        }
        Command::Keep { connection, path } => keep::begin(context, connection, path),
        Command::StopKeeping(connection) => keep::stop(context, connection),
        Command::Stop(session) => {
            let stop = context.registry.lock().sessions.get(&session).cloned();
            if let Some(stop) = stop {
                stop.cancel();
            }
        }
    }
}

pub(crate) fn has_site(context: &Context, session: SessionId) -> bool {
    context.registry.lock().sites.contains_key(&session)
}

/// Puts a file on the board of an HTTP listener, where it is a text or a picture that has room there.
async fn say_file(context: Arc<Context>, session: SessionId, transfer: TransferId, path: PathBuf) {
    let largest = context.registry.lock().sites.get(&session).map_or(0, |hosted| hosted.largest());
    let mut bytes = Vec::new();
    let read = match tokio::fs::File::open(&path).await {
        Ok(file) => file.take(largest as u64 + 1).read_to_end(&mut bytes).await,
        Err(error) => Err(error),
    };
    let total = bytes.len() as u64;
    let done = match read {
        Ok(_) => say(&context, session, &bytes.into()).await,
        Err(error) => {
            let failure = Failure::new(Operation::Open, path.display(), &error);
            context.tell(Notice::Failed { session, connection: ConnectionId::NONE, failure }).await;
            false
        }
    };
    context.tell(Notice::Transfer { transfer, sent: if done { total } else { 0 }, total, done: Some(done) }).await;
}

/// Writes on the board of an HTTP listener; false where that is not taken.
pub(crate) async fn say(context: &Context, session: SessionId, bytes: &Bytes) -> bool {
    let hosted = context.registry.lock().sites.get(&session).cloned();
    let Some(hosted) = hosted else { return false };
    let Some(mut news) = hosted.say(bytes) else {
        let failure = Failure::named(Operation::Send, "board", Errno::EMSGSIZE).because(Reason::BoardTakesNothing);
        context.tell(Notice::Failed { session, connection: ConnectionId::NONE, failure }).await;
        return false;
    };
    if let SiteNews::Said { picture: Some(picture), .. } = &mut news {
        picture.object = whole::own(&context.objects, session, text!("the board"), bytes);
    }
    context.tell(Notice::Site { session, news }).await;
    true
}

fn begin(context: &Context, session: SessionId) -> CancellationToken {
    let stop = CancellationToken::new();
    context.registry.lock().sessions.insert(session, stop.clone());
    stop
}

/// Queues a file for each connection; one that has no place for it is told as not done.
async fn send_file(context: &Context, id: TransferId, to: &Target, path: &Path) {
    let mut queued = false;
    for handle in context.handles(to) {
        let connection = handle.connection.id();
        let Some(transfer) = context.begin_transfer(id, connection, path) else { continue };
        queued = true;
        let order = Order::File { id, path: path.to_owned(), transfer };
        if !delivery::give_one(context, &handle, order).await {
            context.end_transfer(id, connection, false).await;
        }
    }
    if !queued {
        context.tell(Notice::Transfer { transfer: id, sent: 0, total: 0, done: Some(false) }).await;
    }
}

fn cancel(context: &Context, id: TransferId) {
    let registry = context.registry.lock();
    for (_, transfer) in registry.transfers.iter().filter(|((transfer, _), _)| *transfer == id) {
        transfer.cancel.cancel();
    }
}

/// Tells the connections of a target what overtakes all that waits.
pub(crate) fn urge(context: &Context, to: &Target, urgent: Urgent) {
    for handle in context.handles(to) {
        handle.control.urge(urgent);
    }
}
