//! Daytime (RFC 867).

use std::sync::Arc;

use super::{Answer, Responder};
use crate::words;

/// Says the date and time at once on a stream, and to every datagram.
#[derive(Debug)]
pub(super) struct Daytime;

impl Responder for Daytime {
    fn greet(&mut self) -> Option<Arc<[u8]>> {
        Some(format!("{}\r\n", words::daytime()).into_bytes().into())
    }

    fn answer(&mut self, _: &mut [u8]) -> Answer {
        self.greet().map_or(Answer::Nothing, Answer::Bytes)
    }
}
