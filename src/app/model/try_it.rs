//! Both ends on this machine, from one press of a button.

use crate::model::SessionId;

/// Both ends on this machine, while they are being started.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::app) struct TryIt {
    pub(in crate::app) listener: SessionId,
    pub(in crate::app) client: SessionId,
    /// The usual port was taken, so that any free one is asked for.
    pub(in crate::app) any_port: bool,
}
