//! The user interface without a display: every part is found by role and name, as a person with a screen reader finds it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, helpers included"
)]

mod access;
#[expect(dead_code, reason = "nobody sets a clock here")]
#[path = "../common/clock.rs"]
mod clock;
mod desk;
mod drawn;
mod encodings;
mod forms;
mod frame;
mod http;
mod journal;
mod keys;
mod labs;
mod ladder;
mod listener;
mod looks;
mod messages;
mod pictures;
mod raster;
mod site;
mod small;
mod views;
mod visitors;
