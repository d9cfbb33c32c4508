//! The engine: sockets.
mod command;
pub use command::{Command, Notice};

use crate::journal::{Budget, Journal, Objects};
use std::{io, sync::Arc};
use tokio::sync::mpsc;

/// The running engine. Dropping it closes every socket and ends its threads.
#[derive(Debug)]
pub struct Engine {
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    commands: mpsc::Sender<Command>,
}

/// The engine takes no more commands for the moment: its queue is full, or it has ended.
#[derive(Debug, thiserror::Error)]
#[error("the engine is busy; try again")]
pub struct Busy(pub Command);

impl Engine {
    /// Starts the runtime on threads of its own. `wake` is called, with no lock held, when there is a notice, a record or an object
    /// that was not there when [`Engine::drained`] was last called.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(
        _budget: Budget,
        _wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<(Self, mpsc::Receiver<Notice>)> {
        Err(io::Error::other("later"))
    }
    /// The journal that every socket writes to.
    #[must_use]
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }
    /// Pictures and bodies.
    #[must_use]
    pub fn objects(&self) -> &Arc<Objects> {
        &self.objects
    }
    /// Hands in a command without waiting.
    ///
    /// # Errors
    /// The command comes back when 1024 are waiting already.
    pub fn send(&self, command: Command) -> Result<(), Busy> {
        self.commands.try_send(command).map_err(|error| Busy(error.into_inner()))
    }
    /// Lets `wake` be called again; call it before reading notices, journal and objects.
    pub fn drained(&self) {
        self.journal.rearm();
    }
}
