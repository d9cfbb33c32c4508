//! The task of one stream connection: receives, lets the responder answer, and does what it is told.
//!
//! Receiving and sending go on side by side in one task, so that a peer that sends while we send cannot lock us up.

use std::{future::poll_fn, io, sync::Arc, task::ready, time::Duration};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWriteExt, ReadBuf},
    sync::{Mutex as AsyncMutex, mpsc},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        Notice,
        net::stream::{ReadHalf, Stream, WriteHalf},
        observe::{
            lifecycle::{Life, idle},
            tap::{Bounds as _, Receipt, Tap},
            watch::Watch,
        },
        shared::{
            buffers::Buffers,
            context::{Context, Control, Order, Place, Signal, Word},
        },
        task::{respond, send_file},
    },
    journal::Connection,
    model::{Failure, Operation},
    respond::{Answer, Greeting, Responder},
    words::{span, text},
};

/// How long a close waits for messages that are still on their way out.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// How long the peer's last bytes are waited for after it stopped taking ours.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How a connection is to behave.
pub(crate) struct Plan {
    /// Answers what comes; nobody does without it.
    pub responder: Option<Box<dyn Responder>>,
    /// Where received bytes go as well, in order and whole; a full queue stops receiving.
    pub feed: Option<mpsc::Sender<Bytes>>,
    pub buffers: Arc<Buffers>,
    pub close_after: Option<u32>,
    pub idle_timeout: Option<Duration>,
    pub keep_half_open: bool,
}

/// Why a connection's task stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The peer sent FIN.
    EndOfStream,
    /// The dialog is over on our side.
    Answered,
    /// Told to close.
    Close,
    /// Told to reset.
    Reset,
    /// No traffic for too long.
    Idle,
    /// Receiving failed.
    RecvFailed,
    /// Sending failed.
    SendFailed,
    /// Both sides sent FIN.
    Finished,
}

pub(crate) type Writer = AsyncMutex<Tap<WriteHalf>>;
pub(crate) type Reader = Mutex<Tap<ReadHalf>>;

/// Runs a connection from its first byte to its end.
pub(crate) async fn run(context: Arc<Context>, place: Place, stream: Stream, mut plan: Plan) {
    let Place { connection, mut inbox, signal } = place;
    let life = Life::new(Arc::clone(&connection));
    context.tell(Notice::Opened(Arc::clone(&connection))).await;

    let (read, write) = stream.into_split();
    let reader = Mutex::new(Tap::new(read, &life, Watch::new(&context.objects), Watch::blind()));
    let writer = AsyncMutex::new(Tap::new(write, &life, Watch::blind(), Watch::new(&context.objects)));
    let stop = serve(&context, &life, &reader, &writer, &mut inbox, &signal, &mut plan).await;

    // The rest of what came is taken, because closing with unread bytes would reset the connection and could destroy
    // the answer on its way.
    if matches!(stop, Stop::Answered | Stop::Close) {
        take_rest(&connection, &reader, &plan.buffers).await;
    }
    writer.into_inner().into_inner().forget();
    let read = reader.into_inner().into_inner();
    if stop == Stop::Reset {
        read.set_reset();
        life.reset();
    }
    drop(read);
    life.closed();
    context.leave(&connection).await;
}

async fn serve(
    context: &Arc<Context>,
    life: &Arc<Life>,
    reader: &Reader,
    writer: &Writer,
    inbox: &mut mpsc::Receiver<Order>,
    signal: &Signal,
    plan: &mut Plan,
) -> Stop {
    let connection = life.connection();
    let closing = CancellationToken::new();
    let idle_timeout = plan.idle_timeout;
    let receiving = receive(context, life, reader, writer, plan);
    let sending = obey(context, life, writer, inbox, &closing);
    let told = listen_to(signal, reader, connection);
    let idle = idle(connection, idle_timeout);
    tokio::pin!(receiving, sending, told, idle);

    let mut still_receiving = true;
    let stop = tokio::select! {
        stop = &mut receiving => {
            still_receiving = false;
            stop
        }
        stop = &mut sending => stop,
        stop = &mut told => stop,
        () = &mut idle => Stop::Idle,
    };
    match stop {
        Stop::EndOfStream => {
            // The peer may still read: what was to be sent is sent.
            closing.cancel();
            tokio::select! {
                _ = &mut sending => Stop::EndOfStream,
                stop = &mut told => stop,
                () = &mut idle => Stop::Idle,
            }
        }
        Stop::Close | Stop::Answered => {
            closing.cancel();
            tokio::select! {
                _ = timeout(CLOSE_PATIENCE, &mut sending) => stop,
                stop = resets(signal) => stop,
            }
        }
        Stop::SendFailed if !life.is_over() && still_receiving => {
            let _ = timeout(LAST_WORDS, &mut receiving).await;
            stop
        }
        Stop::Idle => {
            let waited = idle_timeout.map_or(0, |limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
            let failure = Failure::named(Operation::Recv, &connection.identity().names.peer, "ETIMEDOUT")
                .with_message(text!("no traffic for {span}: closed by the idle time-out", span = span(waited)));
            life.trouble(&failure);
            stop
        }
        stop => stop,
    }
}

/// Receives until the end of the stream, an error, or the end of the dialog.
async fn receive(context: &Context, life: &Life, reader: &Reader, writer: &Writer, plan: &mut Plan) -> Stop {
    let greeting = plan.responder.as_mut().map_or(Greeting::Nothing, |responder| responder.greet());
    let greeted = match (&greeting, &mut plan.responder) {
        (Greeting::Begin(bytes) | Greeting::All(bytes), _) => send(life, writer, bytes).await,
        (Greeting::Endless, Some(responder)) => {
            Box::pin(respond::flow(life, reader, writer, &plan.buffers, responder.as_mut())).await
        }
        _ => Ok(()),
    };
    match (greeted, greeting) {
        (Err(failed), _) => return report(context, life, failed).await,
        (Ok(()), Greeting::All(_)) => return Stop::Answered,
        (Ok(()), Greeting::Endless) => return Stop::EndOfStream,
        _ => {}
    }
    let slow = plan.responder.as_ref().is_some_and(|responder| responder.is_slow());
    let mut answers = 0;
    loop {
        let (mut buffer, length) = match recv(life.connection(), reader, &plan.buffers).await {
            Ok((_, 0)) => {
                // Nothing comes any more: who is fed by this connection may know.
                plan.feed = None;
                if plan.keep_half_open && !life.is_finished() {
                    return std::future::pending().await;
                }
                return Stop::EndOfStream;
            }
            Ok(received) => received,
            Err(error) => return report(context, life, (Operation::Recv, error)).await,
        };
        let message = buffer.get_mut(..length).unwrap_or_default();
        if let Some(feed) = &plan.feed
            && feed.send(Bytes::copy_from_slice(message)).await.is_err()
        {
            return Stop::Close;
        }
        if let Some(responder) = &mut plan.responder {
            let answer = respond::ask(responder.as_mut(), slow, message);
            let carried_out = match &answer {
                Answer::Nothing => Ok(true),
                Answer::Message => send(life, writer, message).await.map(|()| true),
                Answer::Bytes(bytes) => send(life, writer, bytes).await.map(|()| true),
                // Boxed, so that a connection that never needs it has no room for it.
                answer => Box::pin(respond::carry_out(context, life, writer, answer)).await,
            };
            match carried_out {
                Ok(true) => {}
                Ok(false) => return Stop::Answered,
                Err(failed) => return report(context, life, failed).await,
            }
            answers += u32::from(!matches!(answer, Answer::Nothing | Answer::Others(_)));
            if answer.ends() || plan.close_after.is_some_and(|limit| answers >= limit) {
                return Stop::Answered;
            }
        }
        plan.buffers.give_back(buffer);
    }
}

/// Waits until there is something, and only then takes a buffer.
pub(crate) async fn recv(connection: &Connection, reader: &Reader, buffers: &Buffers) -> io::Result<(Vec<u8>, usize)> {
    poll_fn(|cx| {
        loop {
            let mut reader = reader.lock();
            ready!(reader.get_ref().poll_ready(cx))?;
            let mut buffer = buffers.take(connection.recv_size().unwrap_or(connection.identity().recv_size).max(1));
            let mut space = ReadBuf::new(&mut buffer);
            match std::pin::Pin::new(&mut *reader).poll_read(cx, &mut space) {
                std::task::Poll::Ready(result) => {
                    let length = space.filled().len();
                    let stream = reader.get_ref().receipt(length) == Receipt::Stream;
                    if result.is_ok() && length == 0 && !stream {
                        // A message without bytes, which asks for no answer.
                        buffers.give_back(buffer);
                        continue;
                    }
                    if stream {
                        connection.note_fill(length == buffer.len());
                    }
                    return std::task::Poll::Ready(result.map(|()| (buffer, length)));
                }
                std::task::Poll::Pending => {
                    buffers.give_back(buffer);
                    return std::task::Poll::Pending;
                }
            }
        }
    })
    .await
}

async fn take_rest(connection: &Connection, reader: &Reader, buffers: &Buffers) {
    const CALLS: usize = 1024;
    for _ in 0..CALLS {
        match timeout(Duration::ZERO, recv(connection, reader, buffers)).await {
            Ok(Ok((buffer, length))) if length > 0 => buffers.give_back(buffer),
            _ => return,
        }
    }
}

pub(crate) async fn send(life: &Life, writer: &Writer, bytes: &[u8]) -> Result<(), (Operation, io::Error)> {
    if life.is_over() {
        return Err((Operation::Send, io::ErrorKind::BrokenPipe.into()));
    }
    writer.lock().await.write_all(bytes).await.map_err(|error| (Operation::Send, error))
}

async fn report(context: &Context, life: &Life, (operation, error): (Operation, io::Error)) -> Stop {
    if !life.is_over() {
        let failure = life.failed(operation, &error);
        let identity = life.connection().identity();
        context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
    }
    if operation == Operation::Recv { Stop::RecvFailed } else { Stop::SendFailed }
}

/// Carries out orders one after the other. Ends when `closing` is set and all are done, or when sending fails.
async fn obey(
    context: &Context,
    life: &Life,
    writer: &Writer,
    inbox: &mut mpsc::Receiver<Order>,
    closing: &CancellationToken,
) -> Stop {
    loop {
        let order = tokio::select! {
            biased;
            () = closing.cancelled(), if !inbox.is_closed() => {
                inbox.close();
                continue;
            }
            order = inbox.recv() => order,
        };
        let result = match order.map(|order| order.control) {
            None if closing.is_cancelled() => return Stop::Close,
            None => return std::future::pending().await,
            Some(Control::Send(bytes)) => send(life, writer, &bytes).await,
            Some(Control::HalfClose) => match writer.lock().await.shutdown().await {
                Ok(()) if life.is_finished() => return Stop::Finished,
                result => result.map_err(|error| (Operation::Shutdown, error)),
            },
            Some(Control::File { id, path, transfer }) => {
                send_file::send_file(context, life, writer, id, &path, &transfer).await
            }
            Some(Control::Forget) => Ok(()),
        };
        if let Err(failed) = result {
            return report(context, life, failed).await;
        }
    }
}

/// Does what comes out of order, until it is an end.
async fn listen_to(signal: &Signal, reader: &Reader, connection: &Connection) -> Stop {
    loop {
        match signal.next().await {
            Word::Close => return Stop::Close,
            Word::Reset => return Stop::Reset,
            Word::Nodelay(on) => {
                if reader.lock().get_ref().set_nodelay(on) {
                    connection.set_nodelay(on);
                    connection.journal().nudge();
                }
            }
            Word::Inspect => {
                if let Some(kernel) = reader.lock().get_ref().kernel() {
                    connection.set_kernel(kernel);
                    connection.journal().nudge();
                }
            }
        }
    }
}

/// While a close waits, only a reset can still hurry it.
async fn resets(signal: &Signal) -> Stop {
    loop {
        if signal.next().await == Word::Reset {
            return Stop::Reset;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
