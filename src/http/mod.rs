//! HTTP/1.1 over any stream: messages as they go by, a client that asks, a site that answers.
//!
//! Must not know where its streams come from: no socket, no engine, no journal. What is to be written down of an exchange
//! goes out through a trait that whoever hands in the stream implements, so that a site answers a request in a test without
//! a network.

pub mod client;
pub mod message;
pub mod server;
