//! Sockets: listeners, clients, and everything that waits.
//!
//! Owns one runtime on threads of its own, every socket, and every task. Commands come in through one bounded queue,
//! notices go out through another; what passed is in the journal, whole pictures are in the object store. Must not know
//! a window or a terminal: it is handed a function that wakes whoever reads.

mod command;
mod dispatch;
mod keep;
mod net;
pub(crate) mod observe;
mod outbox;
mod presence;
mod rest;
mod session;
mod shared;
mod task;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{runtime, sync::mpsc};

pub use command::{Addressed, Command, Notice};
pub use net::explore::{Probe, explore};
pub use net::follow::follow_addresses;
pub use net::interfaces::{Adapter, AdapterKind, addresses, best_for_others, silent_address};
pub use outbox::{Gone, Outbox};
use shared::context::Context;

use crate::{
    http::server::SiteMemory,
    journal::{Budget, Journal, Objects},
    memory::{self, Memory, Part},
    model::Target,
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
    memory: Arc<Memory>,
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
        let memory = Memory::new(budget.bytes);
        let journal = Journal::within(budget.rows, memory.share(Part::Journal));
        journal.set_waker(wake);
        let (notices, told) = mpsc::channel(NOTICES);
        let (commands, asked) = mpsc::channel(COMMANDS);
        let sites = SiteMemory::new(memory.share(Part::Sites));
        let objects = Objects::within(memory.share(Part::Objects));
        let context = Context::new(journal, objects, sites, notices);
        runtime.spawn(dispatch::run(Arc::clone(&context), asked));
        runtime.spawn(rest::run(Arc::clone(&context.journal), Arc::clone(&context.objects)));
        runtime.spawn(presence::run(Arc::clone(&context)));
        Ok((Self { context, memory, commands, runtime: Some(runtime) }, told))
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

    /// The one budget for all that is kept.
    #[must_use]
    pub fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Forgets what happened and every picture. Until [`Self::drop_cleared`] it can be had back, as far as nothing needs
    /// the room.
    pub fn clear(&self) {
        self.context.journal.clear();
        self.context.objects.clear();
    }

    /// Brings back what was cleared last, in its order before what came meanwhile.
    pub fn bring_back(&self) {
        self.context.objects.bring_back();
        self.context.journal.bring_back();
    }

    /// What was cleared is not wanted back: its memory goes to the system.
    pub fn drop_cleared(&self) {
        self.context.objects.drop_cleared();
        self.context.journal.drop_cleared();
        self.give_back();
    }

    /// Keeps so much from now on; what is over it goes at once.
    pub fn set_budget(&self, budget: Budget) {
        self.context.journal.set_budget(budget);
        self.context.objects.keep_to_budget();
        self.give_back();
    }

    /// Gives freed memory back to the system, on another thread.
    pub fn give_back(&self) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn_blocking(memory::give_back);
        }
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

    /// A way to send to one connection, to some or to all of a session, that waits until the peers take the bytes. `None` when
    /// there is no such connection or session (any more).
    #[must_use]
    pub fn outbox(&self, to: Target) -> Option<Outbox> {
        let registry = self.context.registry.lock();
        let there = match &to {
            Target::Connection(connection) => registry.connections.contains_key(connection),
            Target::Session(session) | Target::Peers(session, _) => registry.sessions.contains_key(session),
        };
        let runtime = self.runtime.as_ref().filter(|_| there)?.handle().clone();
        Some(Outbox { context: Arc::clone(&self.context), to, runtime })
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
