//! A table of routes: which one answers a request, and with what. The body of a request is taken whole, whatever is answered.

use bytes::Bytes;
use hyper::{
    Response, StatusCode,
    body::Body as _,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue},
    http::request::Parts,
};
use tokio::time::sleep;

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::{
                body::Body,
                coding::header,
                refuse::{self, missing, not_allowed},
            },
            site::{
                call::{Call, Incoming},
                files::{self, Files, stuck},
                names::decoded,
                upload::{self, Intake},
            },
        },
    },
    model::{Limits, Route, RouteBody},
};

/// The largest body that a route takes, and drops …
const DROPPED: u64 = 1_000_000_000;
/// … and the largest that it answers with.
const ECHOED: u64 = 16 << 20;

/// What the first route that fits answers.
///
/// # Errors
/// Where the body is refused, or the drive says nothing.
pub(super) async fn answer(
    files: &Files,
    limits: Limits,
    routes: &[Route],
    (head, call): (&Parts, Call<'_>),
    body: Incoming,
) -> Result<Response<Body>, Misread> {
    let Some(path) = decoded(call.path) else { return Ok(missing()) };
    let fitting: Vec<_> = routes.iter().filter(|route| route.fits(&path)).collect();
    let Some(route) = fitting.iter().find(|route| route.takes(call.method.as_str())) else {
        let mut methods: Vec<_> = fitting.iter().map(|route| route.method.as_str()).collect();
        methods.dedup();
        return Ok(if methods.is_empty() { missing() } else { not_allowed(call.method, &methods.join(", ")) });
    };
    let taken = take(files, limits, route.answer == RouteBody::Echo, (call, body)).await?;
    if route.delay_ms > 0 {
        sleep(route.delay()).await;
    }
    let mut response = match &route.answer {
        RouteBody::Text(text) => {
            let kind = if text.trim_start().starts_with('<') { "html" } else { "plain" };
            typed(Bytes::from(text.clone()), &format!("text/{kind}; charset=utf-8"))
        }
        // The same address may have other answers, so nothing is kept under it.
        RouteBody::File(path) => match files.open(path, false).await.map_err(stuck)? {
            Ok(entity) => entity.answer(call),
            Err(error) => files::refused(call, &error).await.unwrap_or_else(missing),
        },
        RouteBody::Echo => echo(head, &taken),
    };
    // A part of a file, or none of it because nothing has changed, keeps its own status.
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::from_u16(route.status).unwrap_or(StatusCode::OK);
    }
    let headers = response.headers_mut();
    for (name, value) in &route.headers {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        if matches!(name, CONTENT_TYPE | CACHE_CONTROL) {
            headers.remove(&name);
        }
        headers.append(name, header(value));
    }
    Ok(response)
}

/// The body of a request, or nothing where it is only taken.
async fn take(
    files: &Files,
    limits: Limits,
    keeps: bool,
    (call, body): (Call<'_>, Incoming),
) -> Result<Bytes, Misread> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let refused = |status: StatusCode| Misread::new(status.as_u16(), refuse::words(status));
    let most = if keeps { ECHOED.min(files.memory.arriving.limit() as u64) } else { DROPPED };
    let mut intake = Intake::of(call.headers, body, most, limits).map_err(refused)?;
    let taking = async {
        let mut held = files.memory.arriving.nothing();
        if keeps {
            return intake.whole(&mut held).await.map(|bytes| held.around(bytes));
        }
        while intake.next().await?.is_some() {}
        Ok(Bytes::new())
    };
    taking.await.map_err(|error| refused(upload::status(&error)))
}

/// A request as it came, apart from the case and the order of its fields, which were lost on the way.
fn echo(head: &Parts, body: &[u8]) -> Response<Body> {
    let mut text = format!("{} {} {:?}\r\n", head.method, head.uri, head.version).into_bytes();
    for (name, value) in &head.headers {
        for (place, word) in name.as_str().split('-').enumerate() {
            if place > 0 {
                text.push(b'-');
            }
            let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
            text.extend_from_slice(first.to_ascii_uppercase().as_bytes());
            text.extend_from_slice(rest.as_bytes());
        }
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(body);
    let is_text = std::str::from_utf8(&text).is_ok() && !text.contains(&0);
    typed(text.into(), if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" })
}

fn typed(body: Bytes, kind: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let kind = HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("text/plain"));
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
