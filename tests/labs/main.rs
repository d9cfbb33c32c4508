//! The labs against the tutorials' own programs, in Python 3 and on free ports of loopback, byte for byte, both ways; and
//! the Python programs that the labs print. Python 3 must be there.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, helpers included"
)]

#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../common/mod.rs"]
mod common;

mod clients;
mod listeners;
mod printed;
mod python;
mod responders;
mod system;
