//! What the queue of one peer says next, and the queue with it: so one task listens to those of all peers.

use std::{io, pin::pin, sync::Arc};

use tokio_util::sync::CancellationToken;

use crate::{
    engine::{
        net::datagram_socket::Address,
        observe::datagram_tap::PeerTap,
        shared::control::{self, Queued, Told, Urgent},
    },
    model::Errno,
};

/// The longest file that goes out: as one datagram, for cut into several it would arrive in any order.
const LONGEST_FILE: u64 = 65_535;

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
    Read(Queued, io::Result<Vec<u8>>),
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

/// The bytes of a file that is short enough for one datagram.
pub(super) async fn read_file(path: &std::path::Path) -> io::Result<Vec<u8>> {
    if tokio::fs::metadata(path).await?.len() > LONGEST_FILE {
        return Err(io::Error::from_raw_os_error(Errno::EMSGSIZE.number()));
    }
    tokio::fs::read(path).await
}
