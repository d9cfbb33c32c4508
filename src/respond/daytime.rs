//! Daytime (RFC 867).

use crate::{
    respond::responder::{Answer, Greeting, Responder},
    words,
};

/// Says the date and time at once on a stream, and to every datagram.
#[derive(Debug)]
pub(super) struct Daytime;

impl Daytime {
    fn now() -> std::sync::Arc<[u8]> {
        format!("{}\r\n", words::daytime()).into_bytes().into()
    }
}

impl Responder for Daytime {
    fn greet(&mut self) -> Greeting {
        Greeting::All(Self::now())
    }

    fn answer(&mut self, _: &mut [u8]) -> Answer {
        Answer::Bytes(Self::now())
    }
}
