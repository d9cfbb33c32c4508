//! What standard input brings is sent, and what of it is not is said.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;

use super::input::{BadLine, Stopped, pump};
use crate::{
    cli::{output::Status, plan::Form},
    model::system_words,
    words::text,
};

/// Sends standard input in its form.
pub(super) struct Typist {
    pub form: Form,
    /// Each piece is a message of its own.
    pub datagrams: bool,
    pub status: Status,
}

impl Typist {
    /// Hands all of the input to `give`; false when something of it could not be sent, which was said.
    pub(super) fn send_all<E>(&self, input: impl Read, give: impl FnMut(Bytes) -> Result<(), E>) -> bool {
        let mut all_sent = true;
        let bad = |bad: BadLine| {
            all_sent = false;
            self.status.say(&match bad {
                BadLine::NotBytes(error) => text!("a line was not sent: {error}", error = error),
                BadLine::TooLong => text!("a line of more than 16 MiB was not sent").to_owned(),
            });
        };
        match pump(input, self.form, self.datagrams, give, bad) {
            Ok(()) => all_sent,
            Err(Stopped::Taker(_)) => {
                self.status.say(text!("the connection is over; the rest of the input was not sent"));
                false
            }
            Err(Stopped::Unreadable(error)) => {
                self.status.say(&text!("standard input cannot be read: {error}", error = system_words(&error)));
                false
            }
        }
    }
}

/// How often an input began or ended to be read: odd while it is waited for.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads(Arc<AtomicU64>);

impl Reads {
    /// The input, with its reads counted here.
    pub(super) fn watch<R: Read>(&self, input: R) -> impl Read + use<R> {
        Watched { input, reads: self.clone() }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// True while the next bytes are waited for, and all before them were handed over.
    pub(super) fn is_waiting(&self) -> bool {
        self.count() % 2 == 1
    }

    fn step(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

struct Watched<R> {
    input: R,
    reads: Reads,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads.step();
        let read = self.input.read(buffer);
        self.reads.step();
        read
    }
}
