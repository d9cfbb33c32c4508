//! HTTP/1.1 as a client sees it: the request as it goes out, the answer as it comes in, sound or not.
//!
//! An answer is read by a reader of our own, because what other libraries refuse is what a person wants to see here:
//! every deviation is read as far as it makes sense and said in words ([`Reader::remarks`]).

mod chain;
mod digest;
mod exchange;
mod link;
mod outside;
mod proxy;
mod reader;
mod redirect;
mod request;
mod unpacking;
mod upload;
mod watched;
mod zone;

pub use chain::Chain;
pub use exchange::Exchange;
pub use link::{link, onward};
pub use outside::{Ask, BodySink, Kept, Limits, Log};
pub use proxy::{ProxyServer, proxy_for};
pub use reader::Reader;
pub use redirect::follow;
pub(crate) use request::NAME;
pub use request::{Outgoing, Piece, boundary, parse_url, with_user, without_user};
pub use upload::Upload;
pub use zone::{with_zone, zone};
