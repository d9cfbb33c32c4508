//! The engine as a library, against peers that behave and peers that do not: nothing is lost that must not be, nothing
//! grows past its bounds, and every end is told.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

mod bounds;
mod datagrams;
mod ends;
mod fetches;
mod hostile;
mod http;
mod keeps;
mod lab;
mod live;
mod pictures;
#[path = "../common/reset.rs"]
mod reset;
mod sends;
#[path = "../common/streams.rs"]
mod streams;
mod transfers;
mod visitors;
