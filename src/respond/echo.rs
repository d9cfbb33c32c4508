//! Echo (RFC 862).

use crate::respond::responder::{Answer, Responder};

/// Sends back what came.
#[derive(Debug)]
pub(super) struct Echo;

impl Responder for Echo {
    fn answer(&mut self, _: &mut [u8]) -> Answer {
        Answer::Message
    }
}
