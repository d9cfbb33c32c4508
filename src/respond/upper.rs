//! Upper case, as Python's `bytes.upper` does it.

use crate::respond::responder::{Answer, Responder};

/// Sends back what came with a–z as A–Z. Other bytes stay, so UTF-8 text stays whole.
#[derive(Debug)]
pub(super) struct Upper;

impl Responder for Upper {
    fn answer(&mut self, message: &mut [u8]) -> Answer {
        message.make_ascii_uppercase();
        Answer::Message
    }
}
