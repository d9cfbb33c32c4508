//! The HTML of every page: one frame, one style sheet, texts escaped.

use bytes::Bytes;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{
    body::Body,
    entity::{pack, takes_gzip},
};
use crate::words::{language, text};

/// Below this many bytes a page is sent as it is.
const SHORT: usize = 1024;

/// Where the style sheet and the script are.
pub(super) const STYLE: &str = "/.socketlab/site.css";
pub(super) const SCRIPT: &str = "/.socketlab/site.js";
const STYLE_TEXT: &str = include_str!("../../../assets/site/site.css");
const SCRIPT_TEXT: &str = include_str!("../../../assets/site/site.js");

/// What must be escaped in one segment of a link's path; `&` and `'` because the link stands in HTML, where `&lt;` in a
/// file's name would be read as `<`.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

/// A page: only our own script and style run in it, and no other site may frame it.
const POLICY: &str =
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// One HTML page in the common frame. `title` is text, `body` is HTML.
pub(super) fn page(title: &str, body: &str) -> String {
    let (title, tongue) = (escape(title), language().tag());
    format!(
        "<!doctype html>\n<html lang=\"{tongue}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"same-origin\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"{STYLE}\">\n<script src=\"{SCRIPT}\" defer></script>\n</head>\n\
         <body>\n{body}\n</body>\n</html>\n"
    )
}

/// A page that asks for nothing besides what is in `body`, so that each request of a browser is one of the lesson.
pub(super) fn bare(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n\
         {body}\n</body>\n</html>\n"
    )
}

/// An answer that is a page, with gzip where the browser takes it.
pub(super) fn html(headers: &HeaderMap, page: String) -> Response<Body> {
    made(headers, "text/html; charset=utf-8", page.into())
}

fn made(headers: &HeaderMap, kind: &'static str, text: Bytes) -> Response<Body> {
    let packed = if text.len() >= SHORT && takes_gzip(headers) { pack(&text) } else { None };
    let mut response = Response::new(Body::empty());
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if packed.is_some() {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    *response.body_mut() = packed.unwrap_or(text).into();
    response
}

/// The style sheet or the script, if `path` is one of them.
pub(super) fn asset(headers: &HeaderMap, path: &str) -> Option<Response<Body>> {
    match path {
        STYLE => Some(made(headers, "text/css; charset=utf-8", Bytes::from_static(STYLE_TEXT.as_bytes()))),
        SCRIPT => Some(made(headers, "text/javascript; charset=utf-8", Bytes::from_static(SCRIPT_TEXT.as_bytes()))),
        _ => None,
    }
}

/// A page that says one thing, with its status.
pub(super) fn note(status: StatusCode, title: &str, words: &str) -> Response<Body> {
    let mut response = html(&HeaderMap::new(), note_page(title, words));
    *response.status_mut() = status;
    response
}

fn note_page(title: &str, words: &str) -> String {
    page(title, &format!("<main class=\"note\"><h1>{}</h1><p>{}</p></main>", escape(title), escape(words)))
}

/// What is wrong with a request, in the words of its status.
pub(super) fn problem(status: StatusCode) -> Response<Body> {
    explained(status, words(status))
}

/// What is wrong with a request, in words of its own.
pub(super) fn explained(status: StatusCode, words: &str) -> Response<Body> {
    let mut response = html(&HeaderMap::new(), explained_page(status, words));
    *response.status_mut() = status;
    response
}

pub(super) fn explained_page(status: StatusCode, words: &str) -> String {
    let title = format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or_default());
    note_page(title.trim(), words)
}

/// What a status means here.
pub(super) fn words(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => text!("The body is not written as its head says."),
        StatusCode::FORBIDDEN => text!("This needs the token of the page, from the page itself."),
        StatusCode::REQUEST_TIMEOUT => text!("The request took too long to arrive."),
        StatusCode::METHOD_NOT_ALLOWED => text!("This address does not take that method."),
        StatusCode::CONFLICT => text!("There are too many files of that name."),
        StatusCode::LENGTH_REQUIRED => text!("Say how long the body is, or send it in chunks."),
        StatusCode::PRECONDITION_FAILED => text!("The file is not the one that was asked for."),
        StatusCode::PAYLOAD_TOO_LARGE => text!("That is more than this listener takes."),
        StatusCode::RANGE_NOT_SATISFIABLE => text!("The file has no such part."),
        StatusCode::NOT_IMPLEMENTED => text!("This listener does not know that method."),
        StatusCode::SERVICE_UNAVAILABLE => text!("Too many at once; try again."),
        StatusCode::INSUFFICIENT_STORAGE => text!("There is no room for it on the disk."),
        _ => text!("The listener could not do that."),
    }
}

/// A name as one segment of a link.
pub(super) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// Text as HTML, also inside a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}
