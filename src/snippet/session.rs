//! What the writers of every language are handed, and what none of them writes.

use crate::{
    model::{ConnectConfig, ListenConfig},
    words::text,
};

/// A raw session to be written as a program.
#[derive(Clone, Copy, Debug)]
pub enum Session<'a> {
    /// A client, and the messages it sent. Without any, the program sends what is typed into it.
    Client(&'a ConnectConfig, &'a [Vec<u8>]),
    /// A listener; its port is the one it has.
    Listener(&'a ListenConfig),
}

/// Why a listener cannot be copied whose answers would make a long program.
pub(super) fn too_much() -> String {
    text!("only a listener that answers with echo, upper case, one reply, the time or nothing can be copied").to_owned()
}
