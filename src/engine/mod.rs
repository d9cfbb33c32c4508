//! Sockets: listeners, clients, and everything that waits.
//!
//! Owns one runtime on threads of its own, every socket, and every task. Commands come in through one bounded queue,
//! notices go out through another; what passed is in the journal, whole pictures are in the object store. Must not know
//! a window or a terminal: it is handed a function that wakes whoever reads.

mod command;
mod dispatch;
mod net;
mod observe;
mod session;
mod shared;
mod task;

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{runtime, sync::mpsc};

pub use command::{Command, Notice};
pub use net::explore::{Probe, explore};
pub use net::interfaces::{Adapter, AdapterKind, addresses, silent_address};
use shared::context::{Context, Control, Order};

use crate::{
    journal::{Budget, Journal, Objects},
    model::{ConnectionId, TransferId},
};

/// Commands that may wait.
const COMMANDS: usize = 1024;
/// Notices that may wait; the engine's tasks wait when there are more.
const NOTICES: usize = 4096;
/// How long tasks may take to end when the engine is dropped.
const END_PATIENCE: Duration = Duration::from_millis(500);

/// The running engine. Dropping it closes every socket, removes its Unix paths, and ends its threads.
#[derive(Debug)]
pub struct Engine {
    context: Arc<Context>,
    commands: mpsc::Sender<Command>,
    runtime: Option<runtime::Runtime>,
}

/// The engine takes no more commands for the moment: its queue is full, or it has ended.
#[derive(Debug, thiserror::Error)]
#[error("the engine is busy; try again")]
pub struct Busy(pub Box<Command>);

impl Engine {
    /// Starts the runtime. `wake` is called, with no lock held, when there is a notice, a record or an object that was
    /// not there when [`Engine::drained`] was last called. Raises the descriptor limit of the process where it can.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(
        budget: Budget,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, mpsc::Receiver<Notice>)> {
        net::platform::raise_descriptor_limit();
        let threads = AtomicUsize::new(0);
        let runtime = runtime::Builder::new_multi_thread()
            .thread_name_fn(move || format!("engine-{}", threads.fetch_add(1, Ordering::Relaxed)))
            .enable_all()
            .build()?;
        let journal = Journal::new(budget);
        journal.set_waker(wake);
        let (notices, told) = mpsc::channel(NOTICES);
        let (commands, asked) = mpsc::channel(COMMANDS);
        let context = Context::new(journal, Objects::new(Objects::DEFAULT_BUDGET), notices);
        runtime.spawn(dispatch::run(Arc::clone(&context), asked));
        Ok((Self { context, commands, runtime: Some(runtime) }, told))
    }

    /// What happened.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.context.journal
    }

    /// Whole pictures and bodies.
    #[must_use]
    pub fn objects(&self) -> &Arc<Objects> {
        &self.context.objects
    }

    /// Hands in a command without waiting.
    ///
    /// # Errors
    /// The command comes back when 1024 are waiting already.
    pub fn send(&self, command: Command) -> Result<(), Busy> {
        self.commands.try_send(command).map_err(|error| Busy(Box::new(error.into_inner())))
    }

    /// The queue that [`Engine::send`] puts commands into, for a thread that may wait for room in it.
    #[must_use]
    pub fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// Lets `wake` be called again; to be called before reading notices, journal and objects.
    pub fn drained(&self) {
        self.context.journal.rearm();
    }

    /// A way to send to one connection that waits until the peer takes the bytes. `None` when it is gone.
    #[must_use]
    pub fn outbox(&self, connection: ConnectionId) -> Option<Outbox> {
        let registry = self.context.registry.lock();
        let orders = registry.connections.get(&connection)?.orders.clone();
        Some(Outbox { context: Arc::clone(&self.context), connection, orders })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            let sessions: Vec<_> = self.context.registry.lock().sessions.values().cloned().collect();
            for stop in sessions {
                stop.cancel();
            }
            runtime.shutdown_timeout(END_PATIENCE);
        }
    }
}

/// Sends to one connection, waiting for room.
#[derive(Clone, Debug)]
pub struct Outbox {
    context: Arc<Context>,
    connection: ConnectionId,
    orders: mpsc::Sender<Order>,
}

/// The connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is over")]
pub struct Gone;

impl Outbox {
    /// Sends bytes, after those handed in before. Blocks the calling thread while 64 messages wait; not for a thread
    /// that must stay responsive.
    ///
    /// # Errors
    /// When the connection is over.
    pub fn send(&self, bytes: Bytes) -> Result<(), Gone> {
        self.give(Control::Send(bytes))
    }

    /// Sends a file, after what was handed in before; its progress comes as notices.
    ///
    /// # Errors
    /// When the connection is over.
    pub fn send_file(&self, transfer: TransferId, path: PathBuf) -> Result<(), Gone> {
        let file = self.context.begin_transfer(transfer, self.connection).ok_or(Gone)?;
        self.give(Control::File { id: transfer, path, transfer: file })
    }

    /// Sends FIN after all that was handed in before.
    ///
    /// # Errors
    /// When the connection is over.
    pub fn half_close(&self) -> Result<(), Gone> {
        self.give(Control::HalfClose)
    }

    fn give(&self, control: Control) -> Result<(), Gone> {
        self.orders.blocking_send(Order { connection: self.connection, control }).map_err(|_| Gone)
    }
}
