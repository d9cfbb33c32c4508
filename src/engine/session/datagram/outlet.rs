//! One peer of a datagram socket as a place that answers go to.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{
    engine::{
        net::datagram_socket::Address,
        observe::{
            datagram_tap::{DatagramTap, PeerTap, Unsent},
            lifecycle::Life,
        },
        task::{duplex::Turn, respond::Outlet},
    },
    model::Failure,
};

/// Pause before a receiver that had no room is tried again; nothing tells when it has.
pub(super) const ROOM_PAUSE: Duration = Duration::from_millis(5);

/// One peer of a socket, as whatever carries out an answer knows it.
pub(super) struct ToPeer {
    pub tap: Arc<DatagramTap>,
    pub peer: Arc<PeerTap>,
    pub to: Address,
}

impl Outlet for ToPeer {
    type Error = Failure;

    fn life(&self) -> &Life {
        self.peer.life()
    }

    async fn turn(&self) -> Turn<'_> {
        Turn::BOUNDED
    }

    /// Waits for room; sends nothing more once the peer has left.
    async fn send_part(&self, _: &Turn<'_>, bytes: &[u8]) -> Result<(), Failure> {
        while !self.peer.life().is_over() {
            match self.tap.send(&self.peer, bytes, &self.to).await {
                Ok(()) => return Ok(()),
                Err(Unsent::NoRoom(_)) => sleep(ROOM_PAUSE).await,
                Err(Unsent::Failed(failure)) => return Err(failure),
            }
        }
        Ok(())
    }

    fn keeps_bounds(&self) -> bool {
        true
    }
}
