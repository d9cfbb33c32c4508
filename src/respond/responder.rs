//! What every responder is: bytes in, bytes out.

use std::{path::PathBuf, sync::Arc, time::Duration};

/// What goes back to the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// The message itself, as the responder left it.
    Message,
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// These bytes, if any, after a while; then perhaps the end.
    Timed {
        /// What is sent.
        bytes: Option<Arc<[u8]>>,
        /// From now until it is sent.
        delay: Duration,
        /// The connection is closed afterwards.
        ends: bool,
    },
    /// Two messages, one after the other.
    Pair {
        /// Sent first.
        head: Arc<[u8]>,
        /// Between the two.
        pause: Duration,
        /// Sent second.
        body: Arc<[u8]>,
    },
    /// A file, without loading it.
    File {
        /// Sent before it.
        head: Arc<[u8]>,
        /// Between the two.
        pause: Duration,
        /// Which file.
        path: PathBuf,
        /// So many bytes and no more were promised; all that is there without it.
        length: Option<u64>,
        /// The connection is closed afterwards.
        ends: bool,
    },
    /// These bytes, but to all other connections of the listener.
    Others(Arc<[u8]>),
}

impl Answer {
    /// True when the dialog is over once this has been sent.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self, Self::Timed { ends: true, .. } | Self::File { ends: true, .. })
    }
}

/// What is said before the peer has said anything, on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// Nothing.
    Nothing,
    /// This, and the dialog goes on.
    Begin(Arc<[u8]>),
    /// This, and the dialog is over.
    All(Arc<[u8]>),
    /// What [`Responder::flow`] makes, until the peer closes; what it sends is thrown away.
    Endless,
}

/// One side of a dialog, one per connection or datagram peer.
pub trait Responder: Send + Sync {
    /// Asked once, at the start of a stream.
    fn greet(&mut self) -> Greeting {
        Greeting::Nothing
    }

    /// Appends the next bytes of [`Greeting::Endless`].
    fn flow(&mut self, _: &mut Vec<u8>) {}

    /// Answers what one `recv` or `recvfrom` brought; may change it in place. Never empty.
    fn answer(&mut self, message: &mut [u8]) -> Answer;

    /// True when answering may take longer than a blink, because it looks at files or searches much text.
    fn is_slow(&self) -> bool {
        false
    }
}
