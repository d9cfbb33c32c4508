//! What happened: a bounded, append-only log of records, and a bounded store of whole pictures and bodies.
//!
//! Owns the records and the objects. The engine appends, the window and the command line read. Must not know sockets,
//! the runtime, or who reads. Everything in it is named by sequence number, never by position, because the oldest
//! block is evicted when the budget is full.

mod block;
mod blocks;
mod budget;
mod clock;
mod connection;
mod entry;
mod filter;
mod follower;
mod gate;
mod log;
mod objects;
mod pace;
mod part;
mod wake;

pub use block::{Block, Head, Row};
pub use budget::Budget;
pub use clock::Clock;
pub use connection::{Connection, Exchange, Identity};
pub use entry::{Entry, Seq, Written};
pub use filter::{Column, Filter, FilterError, Kinds};
pub use follower::{Follower, Payloads};
pub use log::{Interest, Journal, Stats};
pub use objects::{NewObject, Object, Objects, Place, Span};
pub use part::{Kept, Part};

/// What [`wake`] and [`gate`] stand on; `tests/loom.rs` reads both with loom's in its place.
mod sync {
    pub(super) use std::sync::atomic::{AtomicBool, Ordering, fence};
}
