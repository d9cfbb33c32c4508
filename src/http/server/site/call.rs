//! One request without its body.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::{HeaderMap, Method, body::Body};

use crate::http::server::shared::{error::AnyError, log::Log};

/// What is asked for, and where to say what comes of it.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
    pub log: &'a Arc<dyn Log>,
}

impl Call<'_> {
    /// Whether it only looks.
    pub(super) fn looks(&self) -> bool {
        matches!(*self.method, Method::GET | Method::HEAD)
    }
}

/// A body as it comes in, from hyper or from a test.
pub(super) type Incoming = UnsyncBoxBody<Bytes, AnyError>;

/// Any body as one type.
pub(super) fn incoming<B>(body: B) -> Incoming
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<AnyError>,
{
    body.map_err(Into::into).boxed_unsync()
}
