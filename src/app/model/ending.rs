//! How a connection ended, in words.

use crate::words::text;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Ending {
    Closed,
    ClosedByPeer,
    /// Neither end asked for it: the system of this PC, or the network.
    Lost,
    Reset,
    TimedOut,
    Failed,
}

impl Ending {
    /// In two words, for a row.
    pub(in crate::app) fn short(self) -> &'static str {
        match self {
            Self::Closed | Self::ClosedByPeer => text!("closed"),
            Self::Lost => text!("lost"),
            Self::Reset => text!("reset"),
            Self::TimedOut => text!("timed out"),
            Self::Failed => text!("failed"),
        }
    }

    /// With who did it, for a tooltip.
    pub(in crate::app) fn long(self) -> &'static str {
        match self {
            Self::Closed => text!("Closed by this end"),
            Self::ClosedByPeer => text!("Closed by the peer"),
            Self::Lost => text!("Lost: neither end closed it"),
            Self::Reset => text!("Torn down by a reset"),
            Self::TimedOut => text!("Nothing came for longer than allowed"),
            Self::Failed => text!("An operation failed"),
        }
    }
}
