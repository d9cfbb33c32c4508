//! Fixed reply.

use std::sync::Arc;

use super::{Answer, Responder};

/// Answers every message with the same bytes.
#[derive(Debug)]
pub(super) struct Reply(Arc<[u8]>);

impl Reply {
    /// A reply with the UTF-8 bytes of `text`.
    pub(super) fn new(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl Responder for Reply {
    fn answer(&mut self, _: &mut [u8]) -> Answer {
        Answer::Bytes(Arc::clone(&self.0))
    }
}
