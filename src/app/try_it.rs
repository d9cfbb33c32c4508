//! Both ends on this machine, from one press of a button.

use crate::model::SessionId;

/// Both ends on this machine, while they are being started.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TryIt {
    pub(super) listener: SessionId,
    pub(super) client: SessionId,
    /// The usual port was taken, so that any free one is asked for.
    pub(super) any_port: bool,
}
