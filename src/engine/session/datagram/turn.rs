//! What the queue of one peer says next, and the queue with it: so one task listens to those of all peers.

use std::{path::Path, pin::pin, sync::Arc};

use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        net::datagram_socket::Address,
        observe::datagram_tap::PeerTap,
        shared::control::{self, Queued, Told, Urgent},
    },
    model::{Errno, Failure, Operation},
};

/// The longest file that is tried: as one datagram, for cut into several it would arrive in any order. How much one holds
/// the system says, and it is less everywhere.
const LONGEST_FILE: u64 = 1 << 20;

/// What one peer's queue has to say, and the queue, to be listened to again.
pub(super) struct Turn {
    pub to: Address,
    pub peer: Arc<PeerTap>,
    pub control: control::Receiver,
    pub said: Said,
}

pub(super) enum Said {
    Order(Queued),
    Urgent(Urgent, Option<Queued>),
    /// A file that was to be sent.
    Read(Queued, Result<Vec<u8>, Failure>),
    /// The socket ends, or nobody can say anything any more.
    Over(Option<Queued>),
}

/// Waits for what a peer's connection is told next.
pub(super) async fn next(
    to: Address,
    peer: Arc<PeerTap>,
    mut control: control::Receiver,
    closing: CancellationToken,
) -> Turn {
    let said = {
        let told = pin!(control.next());
        tokio::select! {
            biased;
            told = told => match told {
                Some(Told::Order(queued)) => Said::Order(queued),
                Some(Told::Urgent(urgent)) => Said::Urgent(urgent, None),
                None => Said::Over(None),
            },
            () = closing.cancelled() => Said::Over(None),
        }
    };
    Turn { to, peer, control, said }
}

/// The bytes of a file for one datagram. What has no end, as a device, is not read to it.
///
/// # Errors
/// When it cannot be read, or is longer than any datagram.
pub(super) async fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::new(Operation::Open, path.display(), &error);
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).await.map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Failure::named(Operation::Send, path.display(), Errno::EMSGSIZE));
    }
    Ok(bytes)
}
