//! Socketlab: a socket playground. Start a listener or connect, exchange text and pictures, and see every byte that
//! passed, when, and between which two names.
//!
//! # One engine, two faces
//!
//! ```text
//!           main.rs
//!          /       \
//!       app          cli            LAYER 3  wiring: eframe application | headless commands
//!        |            |
//!        ui           |             LAYER 2  widgets: data in, intent out
//!         \           |
//!          \       engine           LAYER 2  sockets: tokio, hyper; never egui, never clap, never prints
//!           \      /     \
//!        journal   protocol         LAYER 1  what happened, bounded | what a listener answers
//!           \       /   media       LAYER 1  which pictures are in the bytes; decoding with limits
//!            model, words           LAYER 0  plain data | every text for a person
//! ```
//!
//! An arrow goes down only: `tests/layers.rs` reads the `use` lines, and `cargo check --no-default-features` proves that
//! nothing below `ui` needs egui.
//!
//! # The way of a byte
//!
//! A socket is wrapped in a *tap* (`engine/tap.rs`) before anybody reads or writes it. For every system call that moved
//! bytes the tap writes one *record* into the [`journal`], whatever protocol runs above: raw bytes, a responder, HTTP.
//! Lifecycle facts (bound, accepted, half-closed, reset, failed, closed by whom) are records as well, and the end of a
//! connection is written exactly once (`engine/life.rs`). Records are numbered without gaps and live in blocks; the
//! oldest block is evicted when the budget is full, so readers hold numbers, never positions.
//!
//! A listener of HTTP writes one record more for each request that it answered (`engine/answers.rs`): what was asked for,
//! the status, how much and how long.
//!
//! What comes in answer to a request of HTTP is read by a reader of our own ([`http::client`]), not by hyper, which
//! serves the listeners: what a library refuses is what a person wants to see here, with words on what is wrong.
//!
//! Beside the record, a *watch* (`engine/watch.rs`) looks for pictures by their own bytes and puts whole ones into the
//! object store. In a flood (more than 16 MiB at more than 32 MiB/s in one direction of one connection, or more than
//! 64 MiB at more than 32 MiB/s over all) it keeps and searches only the beginning of each call's bytes, so that the log
//! does not slow the socket.
//!
//! A reader that must lose nothing (`--json`, `--log-file`) is a [`journal::Follower`]: eviction never passes it, and
//! when it is a full budget behind, the taps wait. That is the one case in which logging slows a socket.
//!
//! # Engine and faces
//!
//! Commands go into the engine through one bounded queue, with ids chosen by the caller; notices come out through
//! another and are never dropped ([`engine::Command`], [`engine::Notice`]). The engine knows no window: it is given a
//! function that wakes whoever reads, which it calls at most once until the reader says that it has read.
//! The state of a connection (bytes, calls, state, newest record) is in [`journal::Connection`], shared by `Arc`, so that
//! a table of thousands of connections costs no messages. What may change while it lives (receive size, NODELAY) is there
//! too, with the record from which on it holds ([`engine::Command::Set`]).
//!
//! # What draws
//!
//! wgpu where there is a graphics card, OpenGL (glow) where there is none or wgpu fails, then wgpu with the processor, all
//! in one process (`app/start.rs`, `app/card.rs`). The middle of the window is its clear colour, so no view paints a
//! background of its own: without a card each pixel that is painted twice is paid for.
//!
//! # Text
//!
//! Bytes are kept as they went by; what they mean as text is the session's *encoding* ([`model::Encoding`]), a choice of the
//! person that can change at any time. So nothing is decoded before it is shown, and only what is shown: the rows of the
//! journal in view, the held records of one conversation. `ui/views/reading.rs` keeps a character whole that two records
//! share.
//!
//! # Words
//!
//! *session*: a listener or a client the user started. *connection*: one established stream, or one datagram peer.
//! *local name*, *peer name*: `getsockname`, `getpeername`. *record*: one row of the journal. *payload*: the bytes of a
//! record, kept or full length. *responder*: what answers at a listener. *evicted*: removed because old. *half-close*:
//! FIN in one direction; *close*: in both; *reset*: RST.

#[cfg(feature = "gui")]
pub mod app;
pub mod cli;
pub mod engine;
pub mod http;
pub mod journal;
pub mod lessons;
pub mod media;
pub mod memory;
pub mod model;
pub mod respond;
pub mod snippet;
#[cfg(feature = "gui")]
pub mod ui;
pub mod words;
