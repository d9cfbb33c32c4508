//! The table of kinds.

use super::asked::Kind;
use crate::model::{ConnectConfig, FetchConfig, ListenConfig};

/// How a session was started: the table of kinds.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) enum Plan {
    Listen(Box<ListenConfig>),
    Connect(Box<ConnectConfig>),
    Fetch(Box<FetchConfig>),
}

impl Plan {
    /// What answers for its kind.
    pub(in crate::app) fn kind(&self) -> &dyn Kind {
        match self {
            Self::Listen(config) => config.as_ref(),
            Self::Connect(config) => config.as_ref(),
            Self::Fetch(config) => config.as_ref(),
        }
    }

    /// What answers for its kind, to be changed.
    pub(in crate::app) fn kind_mut(&mut self) -> &mut dyn Kind {
        match self {
            Self::Listen(config) => config.as_mut(),
            Self::Connect(config) => config.as_mut(),
            Self::Fetch(config) => config.as_mut(),
        }
    }

    /// The listener that it is.
    pub(in crate::app) fn listen(&self) -> Option<&ListenConfig> {
        if let Self::Listen(config) = self { Some(config) } else { None }
    }

    /// The listener that it is, to be changed.
    pub(in crate::app) fn listen_mut(&mut self) -> Option<&mut ListenConfig> {
        if let Self::Listen(config) = self { Some(config) } else { None }
    }

    /// The raw client that it is.
    pub(in crate::app) fn connect(&self) -> Option<&ConnectConfig> {
        if let Self::Connect(config) = self { Some(config) } else { None }
    }

    /// The request that it is.
    pub(in crate::app) fn fetch(&self) -> Option<&FetchConfig> {
        if let Self::Fetch(config) = self { Some(config) } else { None }
    }
}
