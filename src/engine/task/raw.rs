//! The task of one stream connection: receives, lets the responder answer, and does what it is told.
//!
//! Receiving and sending go on side by side in one task, so that a peer that sends while we send cannot lock us up. A
//! future that may hold a turn to send is polled until it has given it back: closing stops receiving, not answering.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    future::join,
    stream::{FuturesUnordered, StreamExt as _},
};
use tokio::{
    sync::mpsc,
    task::yield_now,
    time::{Instant, sleep, timeout, timeout_at},
};

use crate::{
    engine::{
        Notice,
        net::wire::{BoxWire, Wire},
        observe::{
            health,
            lifecycle::{Life, idle},
            recorder::Recorder,
            tap::Tap,
        },
        shared::{
            buffers::Buffers,
            context::{Context, Place},
            control::{self, Order, Queued, Unsent, Urgent, UrgentReceiver},
            delivery,
        },
        task::{
            duplex::{Duplex, Failed},
            respond, send_file,
        },
    },
    journal::Connection,
    model::{Errno, Failure, Operation, Reason},
    respond::{Answer, Greeting, Responder},
};

/// How long a close waits for messages that are still on their way out.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// How long the peer's last bytes are waited for after it stopped taking ours.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How often a half-open connection is looked at, whether it is still there.
const GONE_LOOK: Duration = Duration::from_secs(1);
/// How often it is looked whether input is still on its way to a peer that has sent FIN.
const FED_LOOK: Duration = Duration::from_millis(100);
/// How long a close goes on taking what has come already: closing with unread bytes resets the connection.
const REST_PATIENCE: Duration = Duration::from_millis(500);

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
    /// Nothing comes back from the peer at all.
    Lost,
}

/// Runs a connection from its first byte to its end.
pub(crate) async fn run(context: Arc<Context>, place: Place, wire: BoxWire, mut plan: Plan) {
    let Place { connection, mut control } = place;
    let life = Life::new(Arc::clone(&connection));
    context.tell(Notice::Opened(Arc::clone(&connection))).await;

    let tap = Tap::new(wire, &life, Recorder::new(&context.objects), Recorder::new(&context.objects));
    let duplex = Duplex::new(tap, &life);
    let left = AtomicU64::new(0);
    let stop = serve(&context, &duplex, &mut control, &left, &mut plan).await;

    let mut unsent = Unsent::take(&mut control.orders);
    unsent.cut_short(left.into_inner());
    context.unsent(&connection, unsent).await;
    // The rest of what came is taken, because closing with unread bytes would reset the connection and could destroy
    // the answer on its way.
    if matches!(stop, Stop::Answered | Stop::Close) {
        take_rest(&duplex, &plan.buffers).await;
    }
    let wire = duplex.into_wire();
    end(wire, &life, stop);
    context.leave(&connection).await;
}

/// Closes the socket, and writes how that went. What is still unread makes the system send RST in place of FIN.
fn end(wire: BoxWire, life: &Life, stop: Stop) {
    if !matches!(stop, Stop::Reset | Stop::Lost) && !life.is_over() {
        wire.finish();
    }
    let unread = wire.unread();
    let kernel = wire.kernel();
    let outstanding = kernel.as_ref().map_or(0, |kernel| kernel.outstanding);
    if let Some(kernel) = kernel {
        life.connection().set_kernel(kernel);
    }
    match stop {
        Stop::Reset => {
            wire.abort();
            life.reset(outstanding);
        }
        Stop::Lost => {
            wire.abort();
            life.lost(outstanding, health::LOST_AFTER);
        }
        _ if unread > 0 && !life.is_over() => life.closed_unread(unread, outstanding),
        _ => {}
    }
    drop(wire);
    life.closed();
}

async fn serve(
    context: &Arc<Context>,
    duplex: &Duplex,
    control: &mut control::Receiver,
    left: &AtomicU64,
    plan: &mut Plan,
) -> Stop {
    let (life, connection) = (duplex.life(), duplex.life().connection());
    let control::Receiver { orders, urgent } = control;
    let urgent = &*urgent;
    let closing = AtomicBool::new(false);
    let idle_timeout = plan.idle_timeout;
    let receiving = receive(context, duplex, plan);
    let sending = carry_out(context, duplex, orders, left, &closing);
    let told = heed(urgent, duplex);
    let idle = idle(connection, idle_timeout);
    let lost = health::watch(life, || duplex.with_wire(Wire::kernel));
    tokio::pin!(receiving, sending, told, idle, lost);

    let mut still_receiving = true;
    // What comes seldom is polled when it was woken itself, and not with every receive.
    let mut seldom: FuturesUnordered<_> = std::iter::once(async {
        tokio::select! {
            biased;
            stop = &mut told => stop,
            stop = &mut sending => stop,
            () = &mut idle => Stop::Idle,
            () = &mut lost => Stop::Lost,
        }
    })
    .collect();
    let mut stop = tokio::select! {
        Some(stop) = seldom.next() => stop,
        stop = &mut receiving => {
            still_receiving = false;
            stop
        }
    };
    drop(seldom);
    let mut still_sending = !matches!(stop, Stop::SendFailed | Stop::Finished);
    if stop == Stop::EndOfStream {
        // The peer may still read: what was to be sent is sent, however long it takes.
        closing.store(true, Ordering::Release);
        stop = tokio::select! {
            _ = &mut sending => {
                still_sending = false;
                Stop::EndOfStream
            }
            stop = &mut told => stop,
            () = &mut idle => Stop::Idle,
            () = &mut lost => Stop::Lost,
        };
    }
    match stop {
        Stop::Close | Stop::Answered => {
            closing.store(true, Ordering::Release);
            duplex.stop_receiving();
            let rest = join(
                async {
                    if still_receiving {
                        receiving.await;
                    }
                },
                async {
                    if still_sending {
                        sending.await;
                    }
                },
            );
            tokio::select! {
                _ = timeout(CLOSE_PATIENCE, rest) => stop,
                () = urgent.reset() => Stop::Reset,
            }
        }
        Stop::SendFailed if !life.is_over() && still_receiving => {
            tokio::select! {
                _ = timeout(LAST_WORDS, receiving) => stop,
                told = told => told,
            }
        }
        Stop::Idle => {
            let waited = idle_timeout.map_or(0, |limit| u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
            let failure = Failure::named(Operation::Recv, &connection.identity().names.peer, Errno::ETIMEDOUT)
                .because(Reason::Idle { nanos: waited });
            life.trouble(&failure);
            stop
        }
        stop => stop,
    }
}

/// Receives until the end of the stream, an error, or the end of the dialog.
async fn receive(context: &Context, duplex: &Duplex, plan: &mut Plan) -> Stop {
    let greeting = plan.responder.as_mut().map_or(Greeting::Nothing, |responder| responder.greet());
    let greeted = match (&greeting, &mut plan.responder) {
        (Greeting::Begin(bytes) | Greeting::All(bytes), _) => duplex.send(bytes).await,
        (Greeting::Endless, Some(responder)) => {
            Box::pin(respond::flow(duplex, &plan.buffers, responder.as_mut())).await
        }
        _ => Ok(()),
    };
    match (greeted, greeting) {
        (Err(failed), _) => return report(context, duplex.life(), failed).await,
        (Ok(()), Greeting::All(_)) => return Stop::Answered,
        (Ok(()), Greeting::Endless) => return Stop::EndOfStream,
        _ => {}
    }
    let slow = plan.responder.as_ref().is_some_and(|responder| responder.is_slow());
    let mut answers = 0;
    loop {
        let (mut buffer, length) = match duplex.recv(&plan.buffers).await {
            Ok(None) => return Stop::Close,
            Ok(Some((_, 0))) => {
                // Nothing comes any more: who is fed by this connection may know.
                plan.feed = None;
                if plan.keep_half_open && !duplex.life().is_finished() {
                    return half_open(context, duplex).await;
                }
                while_fed(context, duplex).await;
                return Stop::EndOfStream;
            }
            Ok(Some(received)) => received,
            Err(error) => return report(context, duplex.life(), (Operation::Recv, error)).await,
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
                Answer::Message => duplex.send(message).await.map(|()| true),
                Answer::Bytes(bytes) => duplex.send(bytes).await.map(|()| true),
                // Boxed, so that a connection that never needs it has no room for it.
                answer => Box::pin(respond::carry_out(context, duplex, answer)).await,
            };
            match carried_out {
                Ok(true) => {}
                Ok(false) => return Stop::Answered,
                Err(failed) => return report(context, duplex.life(), failed).await,
            }
            answers += u32::from(!matches!(answer, Answer::Nothing | Answer::Others(_)));
            if answer.ends() || plan.close_after.is_some_and(|limit| answers >= limit) {
                return Stop::Answered;
            }
        }
        plan.buffers.give_back(buffer);
    }
}

/// The peer has sent FIN, and our side stays open until somebody closes it, or the connection is gone: no call fails for
/// that while nothing is sent.
async fn half_open(context: &Context, duplex: &Duplex) -> Stop {
    let life = duplex.life();
    loop {
        let look = sleep(GONE_LOOK);
        tokio::pin!(look);
        let closing =
            poll_fn(|cx| if duplex.is_closing() { Poll::Ready(true) } else { look.as_mut().poll(cx).map(|()| false) });
        if closing.await {
            return Stop::Close;
        }
        if let Some(error) = duplex.with_wire(Wire::take_error) {
            tell_failure(context, life, life.torn(&error)).await;
            return Stop::RecvFailed;
        }
    }
}

/// The peer has sent FIN, and input for it is still on its way: a peer that says at once that it has nothing to say is not
/// one that has heard enough. Returns when all was given, or our side closes.
async fn while_fed(context: &Context, duplex: &Duplex) {
    let session = duplex.life().connection().identity().session;
    while !duplex.is_closing() && !duplex.life().is_finished() && delivery::is_fed(context, session) {
        sleep(FED_LOOK).await;
    }
}

/// Takes what has come already, so that the close is one in order; gives up on a peer that goes on sending.
async fn take_rest(duplex: &Duplex, buffers: &Buffers) {
    let until = Instant::now() + REST_PATIENCE;
    duplex.go_on_receiving();
    while duplex.with_wire(Wire::unread) > 0 {
        match timeout_at(until, duplex.recv(buffers)).await {
            Ok(Ok(Some((buffer, 1..)))) => buffers.give_back(buffer),
            _ => return,
        }
    }
}

async fn tell_failure(context: &Context, life: &Life, failure: Failure) {
    let identity = life.connection().identity();
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
}

async fn report(context: &Context, life: &Life, (operation, error): Failed) -> Stop {
    if !life.is_over() {
        tell_failure(context, life, life.failed(operation, &error)).await;
    }
    if operation == Operation::Recv { Stop::RecvFailed } else { Stop::SendFailed }
}

/// Carries out orders one after the other. Ends when `closing` is set and all are done, or when sending fails; whoever
/// sets it polls. `left` counts what of the present message the system has not taken.
async fn carry_out(
    context: &Context,
    duplex: &Duplex,
    orders: &mut mpsc::Receiver<Queued>,
    left: &AtomicU64,
    closing: &AtomicBool,
) -> Stop {
    loop {
        let queued = poll_fn(|cx| {
            if closing.load(Ordering::Acquire) && !orders.is_closed() {
                orders.close();
            }
            orders.poll_recv(cx)
        })
        .await;
        let Some(queued) = queued else {
            if closing.load(Ordering::Acquire) {
                return Stop::Close;
            }
            return std::future::pending().await;
        };
        let life = duplex.life();
        let result = match &queued.order {
            // The system would say EPIPE; what the peer still sends is received all the same.
            Order::Send(_) | Order::File { .. } if life.has_sent_fin() => {
                let reason = Reason::AfterFin { bytes: queued.order.bytes() };
                let failure = Failure::named(Operation::Send, &life.connection().identity().names.peer, Errno::EPIPE);
                refuse(context, life, failure.because(reason), &queued.order).await;
                Ok(())
            }
            Order::Send(bytes) => duplex.send_counted(bytes, left).await,
            Order::HalfClose => match duplex.shutdown().await {
                Ok(()) if duplex.life().is_finished() => return Stop::Finished,
                result => result,
            },
            Order::File { id, path, transfer } => send_file::send_file(context, duplex, *id, path, transfer).await,
        };
        if let Err(failed) = result {
            return report(context, duplex.life(), failed).await;
        }
        // A giver that never pauses would keep the task from receiving, and with it from seeing the peer's FIN.
        yield_now().await;
    }
}

/// Writes and tells that an order cannot be carried out.
async fn refuse(context: &Context, life: &Life, failure: Failure, order: &Order) {
    let identity = life.connection().identity();
    life.trouble(&failure);
    context.tell(Notice::Failed { session: identity.session, connection: identity.id, failure }).await;
    if let Order::File { id, .. } = order {
        context.end_transfer(*id, identity.id, false).await;
    }
}

/// Does what overtakes, until it is an end.
async fn heed(urgent: &UrgentReceiver, duplex: &Duplex) -> Stop {
    let connection: &Connection = duplex.life().connection();
    loop {
        match urgent.next().await {
            Urgent::Close => return Stop::Close,
            Urgent::Reset => return Stop::Reset,
            Urgent::Nodelay(on) => {
                if duplex.with_wire(|wire| wire.set_nodelay(on)) {
                    connection.set_nodelay(on);
                    connection.journal().nudge();
                }
            }
            Urgent::Inspect => {
                if let Some(kernel) = duplex.with_wire(Wire::kernel) {
                    connection.set_kernel(kernel);
                    connection.journal().nudge();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
