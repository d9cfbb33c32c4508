//! HTTP/1.1 over any stream: heads and bodies as they go by, sound or not.
//!
//! Owns what the bytes of requests and answers mean. Must not know sockets, the engine or the journal: it is handed bytes.

pub mod client;
pub mod misread;
