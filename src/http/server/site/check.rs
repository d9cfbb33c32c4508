//! What is refused whatever it asks for: heads that make no sense, bodies that are not framed as they say.

use std::{io, time::Duration};

use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Method, Request, Version,
    header::{CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING},
};
use tokio::time::timeout;

use crate::{
    http::{
        message::misread::{Misread, is_host, unsound},
        server::{
            shared::error::{AnyError, Misframed},
            site::call::Incoming,
        },
    },
    model::Limits,
    words::phrase,
};

/// Bytes of a body that nobody wants which are read all the same, so that the connection can go on.
const UNWANTED: u64 = 64 << 10;
/// How long such a body is waited for.
const UNWANTED_PATIENCE: Duration = Duration::from_secs(1);

/// What is wrong with the head of a request, whatever is asked for.
pub(super) fn check<B>(request: &Request<B>, limits: &Limits) -> Result<(), Misread> {
    let headers = request.headers();
    let newest = request.version() >= Version::HTTP_11;
    let mut hosts = headers.get_all(HOST).iter();
    let has_host = match (hosts.next(), hosts.next()) {
        (None, _) => !newest,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    };
    if !has_host || headers.contains_key(TRANSFER_ENCODING) {
        let fields: Vec<_> = headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes())).collect();
        if let Some(misread) = unsound(newest, &fields) {
            return Err(misread);
        }
    }
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > limits.target_bytes {
        return Err(Misread::new(414, phrase!("The address is too long.")));
    }
    if headers.get(EXPECT).is_some_and(|expected| !expected.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err(Misread::new(417, phrase!("Only 100-continue can be expected.")));
    }
    match (request.method(), uri.path()) {
        (&Method::OPTIONS, "*") | (&Method::CONNECT, _) => Ok(()),
        (_, path) if path.starts_with('/') => Ok(()),
        _ => Err(Misread::new(400, phrase!("The address has to begin with a slash."))),
    }
}

/// Reads a body that nobody wants, when it is short: then the connection can go on, and what is wrong with it is seen.
pub(super) async fn unwanted(headers: &HeaderMap, body: &mut Incoming) -> Result<(), Misread> {
    let is_long = length(headers).is_some_and(|length| length > UNWANTED);
    // Whoever asks first sends nothing before it is asked for.
    if is_long || headers.contains_key(EXPECT) {
        return Ok(());
    }
    let mut received = 0;
    let read = timeout(UNWANTED_PATIENCE, async {
        while let Some(frame) = body.frame().await {
            received += frame?.data_ref().map_or(0, |bytes| bytes.len() as u64);
            if received > UNWANTED {
                break;
            }
        }
        Ok::<_, AnyError>(())
    });
    // Who takes longer is answered all the same, and the connection ends then.
    read.await.unwrap_or(Ok(())).map_err(|error| broken(&*error))
}

/// What is wrong with a body that did not come as its head says.
fn broken(error: &(dyn std::error::Error + 'static)) -> Misread {
    if let Some(Misframed(words)) = error.downcast_ref() {
        return Misread::new(400, words.clone());
    }
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let incomplete = error.downcast_ref().is_some_and(hyper::Error::is_incomplete_message);
    let ended = incomplete || source.is_some_and(|source| source.kind() == io::ErrorKind::UnexpectedEof);
    Misread::new(
        400,
        if ended {
            phrase!("The body ended before it was whole.")
        } else {
            phrase!("The chunks of the body are not written as they must be.")
        },
    )
}

/// The length that a head says.
pub(super) fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
