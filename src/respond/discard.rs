//! Discard (RFC 863).

use crate::respond::responder::{Answer, Responder};

/// Takes everything, answers nothing.
#[derive(Debug)]
pub(super) struct Discard;

impl Responder for Discard {
    fn answer(&mut self, _: &mut [u8]) -> Answer {
        Answer::Nothing
    }
}
