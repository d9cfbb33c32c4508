//! A session that a form has started, until it is there or not.

use crate::model::{Failure, SessionId};

/// Where a start was asked for; a form shows its own failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Origin {
    Form,
    Elsewhere,
}

/// What became of the last start from a form.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct PendingStart {
    pub(in crate::app) pending: Option<SessionId>,
    pub(in crate::app) failure: Option<Failure>,
}

impl PendingStart {
    pub(in crate::app) fn begin(&mut self, session: SessionId) {
        *self = Self { pending: Some(session), failure: None };
    }

    pub(in crate::app) fn succeeded(&mut self, session: SessionId) {
        if self.pending == Some(session) {
            *self = Self::default();
        }
    }

    /// True when the form is the place to show it.
    pub(in crate::app) fn failed(&mut self, session: SessionId, failure: &Failure) -> bool {
        let ours = self.pending == Some(session);
        if ours {
            self.failure = Some(failure.clone());
        }
        ours
    }

    /// True when it never came to be.
    pub(in crate::app) fn stopped(&mut self, session: SessionId) -> bool {
        let ours = self.pending == Some(session);
        if ours {
            self.pending = None;
        }
        ours
    }
}
