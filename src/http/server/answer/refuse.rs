//! The answers that refuse, and what a status means here.

use hyper::{
    Method, Response, StatusCode,
    header::{ALLOW, CONNECTION, HeaderValue, RETRY_AFTER, SERVER},
};

use crate::{
    http::{
        message::misread::Misread,
        server::answer::{body::Body, coding::header, html::Html, pages},
    },
    words::{Phrase, phrase, text},
};

/// What calls itself the server in every answer.
pub(in crate::http::server) const NAME: &str = "Socketlab";

/// Seconds after which it is worth to ask again.
const LATER: &str = "2";

/// Methods that RFC 9110 and RFC 5789 know.
const KNOWN: &[Method] = &[
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::CONNECT,
    Method::OPTIONS,
    Method::TRACE,
    Method::PATCH,
];

/// What is wrong with a request, in the words of its status.
pub(in crate::http::server) fn problem(status: StatusCode) -> Response<Body> {
    explained(status, &words(status))
}

/// The answer where there is nothing at the place that was asked for.
pub(in crate::http::server) fn missing() -> Response<Body> {
    let mut body = Html::default();
    body.raw("<main class=\"note\"><h1>").text(text!("Not found")).raw("</h1><p>");
    body.text(text!("There is nothing at this address.")).raw("</p><p><a class=\"button\" href=\"/\">");
    body.text(text!("Home")).raw("</a></p></main>");
    let mut response = pages::html(&hyper::HeaderMap::new(), pages::page(text!("Not found"), &body.into_string()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// The answer that says what was wrong; the connection ends with it.
pub(in crate::http::server) fn refused(misread: &Misread) -> Response<Body> {
    let status = StatusCode::from_u16(misread.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = closing(explained(status, &misread.words));
    response.headers_mut().insert(SERVER, HeaderValue::from_static(NAME));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

/// The same on a connection that goes on: nothing was wrong with how it was asked.
pub(in crate::http::server) fn barred(misread: &Misread) -> Response<Body> {
    let status = StatusCode::from_u16(misread.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    explained(status, &misread.words)
}

/// The same as bytes, where hyper is not asked.
pub(in crate::http::server) fn refusal(misread: &Misread) -> Vec<u8> {
    let status = StatusCode::from_u16(misread.status).unwrap_or(StatusCode::BAD_REQUEST);
    let page = explained_page(status, &misread.words);
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nServer: {NAME}\r\nConnection: close\r\nDate: {}\r\n\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        page.len(),
        httpdate::fmt_http_date(std::time::SystemTime::now()),
    );
    [head.into_bytes(), page.into_bytes()].concat()
}

/// The same answer, after which the connection ends.
pub(in crate::http::server) fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The answer to OPTIONS. 200 and not 204: it has a length, of 0, as RFC 9110 (9.3.7) wants it.
pub(in crate::http::server) fn options(methods: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// 405, or 501 for a method that nobody knows.
pub(in crate::http::server) fn not_allowed(method: &Method, methods: &str) -> Response<Body> {
    if !KNOWN.contains(method) {
        return problem(StatusCode::NOT_IMPLEMENTED);
    }
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, header(methods));
    response
}

fn explained(status: StatusCode, words: &Phrase) -> Response<Body> {
    let mut response = pages::html(&hyper::HeaderMap::new(), explained_page(status, words));
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(LATER));
    }
    response
}

fn explained_page(status: StatusCode, words: &Phrase) -> String {
    let title = format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or_default());
    pages::note_page(title.trim(), &words.to_string())
}

/// What a status means here.
pub(in crate::http::server) fn words(status: StatusCode) -> Phrase {
    match status {
        StatusCode::BAD_REQUEST => phrase!("The body is not written as its head says."),
        StatusCode::FORBIDDEN => phrase!("This needs the token of the page, from the page itself."),
        StatusCode::REQUEST_TIMEOUT => phrase!("The request took too long to arrive."),
        StatusCode::METHOD_NOT_ALLOWED => phrase!("This address does not take that method."),
        StatusCode::CONFLICT => phrase!("There are too many files of that name."),
        StatusCode::LENGTH_REQUIRED => phrase!("Say how long the body is, or send it in chunks."),
        StatusCode::PRECONDITION_FAILED => phrase!("The file is not the one that was asked for."),
        StatusCode::PAYLOAD_TOO_LARGE => phrase!("That is more than this listener takes."),
        StatusCode::RANGE_NOT_SATISFIABLE => phrase!("The file has no such part."),
        StatusCode::NOT_IMPLEMENTED => phrase!("This listener does not know that method."),
        StatusCode::SERVICE_UNAVAILABLE => phrase!("Too many at once; try again."),
        StatusCode::GATEWAY_TIMEOUT => phrase!("The drive that this is on does not answer."),
        StatusCode::INSUFFICIENT_STORAGE => phrase!("There is no room for it on the disk."),
        _ => phrase!("The listener could not do that."),
    }
}
