//! What happened: a bounded, append-only log of records, and a bounded store of whole pictures and bodies.
//!
//! Owns the records and the objects. The engine appends, the window and the command line read. Must not know sockets,
//! the runtime, or who reads. Everything in it is named by sequence number, never by position, because the oldest
//! block is evicted when the budget is full.

mod block;
mod connection;
mod filter;
mod follower;
mod log;
mod objects;
mod pace;

pub use block::{Block, Head, Row, Seq};
pub use connection::{Connection, Exchange, Identity};
pub use filter::{Filter, FilterError, Kinds};
pub use follower::Follower;
pub use log::{Budget, Entry, Journal, Stats, Written};
pub use objects::{NewObject, Object, Objects, Place, Span};
