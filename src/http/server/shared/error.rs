//! Errors of a body that comes in.

use crate::words::Phrase;

/// Any error.
pub(in crate::http::server) type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The lines between the chunks are not as everybody reads them.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(in crate::http::server) struct Misframed(pub Phrase);
