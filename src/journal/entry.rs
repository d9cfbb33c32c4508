//! What is handed to a journal, and what it says of the record that it wrote.
//!
//! Borrowed from whoever appends: a payload is copied once, into its block.

use std::io::IoSlice;

use crate::model::{ConnectionId, Event, Names, SessionId};

/// Number of a record, counted from 1 without gaps for the whole run.
pub type Seq = u64;

/// What is appended.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What happened.
    pub event: Event,
    /// Whose record it is.
    pub session: SessionId,
    /// Which connection, or none.
    pub connection: ConnectionId,
    /// Both names of the socket.
    pub names: &'a Names,
    /// Bytes that went by.
    pub length: usize,
    /// Those bytes, in the pieces of the system call; and after them what a `send` was offered besides and did not take.
    pub payload: &'a [IoSlice<'a>],
    /// How many of the bytes to keep, at most.
    pub keep: usize,
    /// The record before this one on the same connection, 0 for none.
    pub previous: Seq,
}

/// What became of a record that was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number; 0 where nobody will ever read it, so that it was only counted.
    pub seq: Seq,
    /// Its time, in nanoseconds since 1970; 0 where it has no number.
    pub nanos: u64,
    /// The same by [`super::Journal::monotonic`], for spans of time.
    pub monotonic: u64,
    /// The place of its first byte in the stream, for traffic of a connection.
    pub offset: u64,
}
