//! The listener's side: a connection over any stream ([`serve`]), and the [`Site`] that answers its requests.
//!
//! Requests are parsed by hyper; what hyper refuses is explained by our own reader ([`crate::http::message::misread`]). What
//! happened is said to a [`Log`], one a connection. Must not know the engine or the journal.

mod answer;
mod connection;
mod shared;
mod site;

pub use answer::body::{Body, Unreadable};
pub use connection::{Arriving, Broken, End, Over, linger, serve};
pub use shared::{
    log::{Log, News, Transfer},
    stream::Stream,
};
pub use site::{Site, SiteMemory};
