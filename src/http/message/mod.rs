//! Heads, chunks and packed bodies, of requests and answers alike: tolerant where a person wants to see what came, exact
//! about what is wrong with it.
//!
//! Bytes in, bytes and words out. Must not read or write a stream.

mod chunk_lines;
pub(super) mod chunks;
pub(super) mod head;
mod inflate;
pub mod misread;
pub(super) mod protocol;
pub(super) mod slip;
pub(super) mod unpack;
mod zstd;

pub use head::Head;
pub use unpack::Unpacker;
