//! Heads, chunks and packed bodies, of requests and answers alike: tolerant where a person wants to see what came, exact
//! about what is wrong with it.
//!
//! Bytes in, bytes and words out. Must not read or write a stream.

mod chunks;
mod head;
mod inflate;
pub mod misread;
mod unpack;
mod zstd;

pub(super) use chunks::Chunks;
pub use head::Head;
pub(super) use head::{end, quoted};
pub use unpack::Unpacker;
