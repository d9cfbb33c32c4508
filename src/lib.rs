//! crate docs later
pub mod cli;
pub mod engine;
pub mod journal;
pub mod media;
pub mod model;
pub mod protocol;
#[cfg(feature = "gui")]
pub mod ui;
pub mod words;
