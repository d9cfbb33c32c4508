//! For a thread that may wait: hands bytes to a connection, or to all of a session, as fast as they are taken.

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use tokio::runtime::Handle;

use super::{
    dispatch,
    shared::{
        context::Context,
        control::{Order, Urgent},
        delivery,
    },
};
use crate::model::{Target, TransferId};

/// Sends to one connection, or to everyone who is connected to a session, waiting for room.
///
/// A session without callers is waited for: the first one gets what is handed in. Of several peers the slowest sets the
/// pace; each has 4 MiB of its own that may wait.
#[derive(Clone, Debug)]
pub struct Outbox {
    pub(super) context: Arc<Context>,
    pub(super) to: Target,
    pub(super) runtime: Handle,
}

/// The connection or the session is over: nobody took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is over")]
pub struct Gone;

impl Outbox {
    /// Sends bytes, after those handed in before. Blocks the calling thread until every peer has room for them; not for a
    /// thread that must stay responsive, nor one of the engine's.
    ///
    /// # Errors
    /// When the connection or the session is over.
    #[expect(clippy::needless_pass_by_value, reason = "what is handed in belongs to the engine from then on")]
    pub fn send(&self, bytes: Bytes) -> Result<(), Gone> {
        if let Target::Session(session) = self.to
            && dispatch::has_site(&self.context, session)
        {
            return if self.runtime.block_on(dispatch::say(&self.context, session, &bytes)) {
                Ok(())
            } else {
                Err(Gone)
            };
        }
        self.give(|| Some(Order::Send(bytes.clone())))
    }

    /// Sends a file, after what was handed in before; its progress comes as notices.
    ///
    /// # Errors
    /// When the connection or the session is over.
    pub fn send_file(&self, id: TransferId, path: PathBuf) -> Result<(), Gone> {
        let context = Arc::clone(&self.context);
        self.give_each(move |connection| {
            let transfer = context.begin_transfer(id, connection, &path)?;
            Some(Order::File { id, path: path.clone(), transfer })
        })
    }

    /// Sends FIN after all that was handed in before.
    ///
    /// # Errors
    /// When the connection or the session is over.
    pub fn half_close(&self) -> Result<(), Gone> {
        self.give(|| Some(Order::HalfClose))
    }

    /// Closes, after all that was handed in before. Does not wait.
    pub fn close(&self) {
        dispatch::urge(&self.context, &self.to, Urgent::Close);
    }

    fn give(&self, order: impl Fn() -> Option<Order>) -> Result<(), Gone> {
        self.give_each(|_| order())
    }

    fn give_each(&self, order: impl Fn(crate::model::ConnectionId) -> Option<Order>) -> Result<(), Gone> {
        let given = delivery::give(&self.context, &self.to, |handle| order(handle.connection.id()));
        if self.runtime.block_on(given) == 0 { Err(Gone) } else { Ok(()) }
    }
}
