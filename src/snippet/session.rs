//! What the writers of every language are handed, and what none of them writes.

use crate::model::{ConnectConfig, ListenConfig};

/// A raw session to be written as a program.
#[derive(Clone, Copy, Debug)]
pub enum Session<'a> {
    /// A client, and the messages it sent. Without any, the program sends what is typed into it.
    Client(&'a ConnectConfig, &'a [Vec<u8>]),
    /// A listener; its port is the one it has.
    Listener(&'a ListenConfig),
}
