//! Fixed reply.

use std::sync::Arc;

use crate::{
    model::{Encoding, Unencodable},
    respond::responder::{Answer, Responder},
};

/// Answers every message with the same bytes.
#[derive(Clone, Debug)]
pub(super) struct Reply(Arc<[u8]>);

impl Reply {
    /// A reply with the bytes of `text` in that encoding.
    pub(super) fn new(text: &str, encoding: Encoding) -> Result<Self, Unencodable> {
        Ok(Self(encoding.encode(text)?.into()))
    }
}

impl Responder for Reply {
    fn answer(&mut self, _: &mut [u8]) -> Answer {
        Answer::Bytes(Arc::clone(&self.0))
    }
}
