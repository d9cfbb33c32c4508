//! crate docs later
#[cfg(feature = "gui")]
pub mod app;
pub mod engine;
pub mod journal;
pub mod model;
#[cfg(feature = "gui")]
pub mod ui;
pub mod words;
