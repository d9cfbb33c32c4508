//! The command line as scripts see it: the real binary, its output, its exit codes, and what a peer sees of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, helpers included"
)]

#[path = "../common/mod.rs"]
mod common;

#[cfg(unix)]
mod blocked;
mod broken;
mod connect;
mod datagram;
mod ends;
mod exchange;
mod failure;
mod fetch;
mod generate;
mod get;
mod journal;
mod listen;
mod memory;
mod pictures;
mod programs;
#[path = "../common/reset.rs"]
mod reset;
#[cfg(target_os = "linux")]
mod seqpacket;
mod site;
mod site_files;
mod site_forgery;
mod site_paths;
mod start;
mod system;
mod typed;
#[cfg(unix)]
mod unix;
