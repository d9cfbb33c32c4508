//! crate docs later
pub mod engine;
pub mod journal;
pub mod model;
pub mod words;
