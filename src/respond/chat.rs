//! Chat room.

use crate::respond::responder::{Answer, Responder};

/// Passes on what its client says to all others, under the client's name.
#[derive(Debug)]
pub(super) struct Chat {
    name: String,
}

impl Chat {
    /// A participant; `name` is what the others see before each message.
    pub(super) fn new(name: String) -> Self {
        Self { name }
    }
}

impl Responder for Chat {
    fn answer(&mut self, message: &mut [u8]) -> Answer {
        let mut line = Vec::with_capacity(self.name.len() + message.len() + 3);
        line.extend_from_slice(self.name.as_bytes());
        line.extend_from_slice(b": ");
        line.extend_from_slice(message);
        if !message.ends_with(b"\n") {
            line.push(b'\n');
        }
        Answer::Others(line.into())
    }
}
