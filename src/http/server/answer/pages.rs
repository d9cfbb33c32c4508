//! The HTML of every page: one frame, one style sheet, texts escaped.

use bytes::Bytes;
use futures_util::Stream;
use hyper::{
    HeaderMap, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, VARY},
};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use crate::{
    http::server::{
        answer::{
            body::Body,
            coding::{pack, takes_gzip},
        },
        shared::budget::Held,
    },
    words::language,
};

/// Below this many bytes a page is sent as it is.
const SHORT: usize = 1024;
/// What is counted for a page that is made while it is sent: what it is made from, and the piece that is on its way.
const STREAMED: usize = 64 << 10;
/// A page that is shorter is sent whole, with its length.
const WHOLE: usize = 16 << 10;
const HTML: &str = "text/html; charset=utf-8";

/// Where the style sheet and the script are.
pub(in crate::http::server) const STYLE: &str = "/.socketlab/site.css";
pub(in crate::http::server) const SCRIPT: &str = "/.socketlab/site.js";
const STYLE_TEXT: &str = include_str!("../../../../assets/site/site.css");
const SCRIPT_TEXT: &str = include_str!("../../../../assets/site/site.js");

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

/// What follows the body of a page.
pub(in crate::http::server) const FOOT: &str = "\n</body>\n</html>\n";

/// One HTML page in the common frame. `title` is text, `body` is HTML.
pub(in crate::http::server) fn page(title: &str, body: &str) -> String {
    head(title) + body + FOOT
}

/// What comes before the body of a page.
pub(in crate::http::server) fn head(title: &str) -> String {
    let (title, tongue) = (escape(title), language().tag());
    format!(
        "<!doctype html>\n<html lang=\"{tongue}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"same-origin\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"{STYLE}\">\n<script src=\"{SCRIPT}\" defer></script>\n</head>\n\
         <body>\n"
    )
}

/// A page that asks for nothing besides what is in `body`, so that each request of a browser is one of the lesson.
pub(in crate::http::server) fn bare(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n\
         {body}\n</body>\n</html>\n"
    )
}

/// An answer that is a page, with gzip where the browser takes it.
pub(in crate::http::server) fn html(headers: &HeaderMap, page: String) -> Response<Body> {
    made(headers, HTML, page.into())
}

fn made(headers: &HeaderMap, kind: &'static str, text: Bytes) -> Response<Body> {
    let packed = if text.len() >= SHORT && takes_gzip(headers) { pack(&text) } else { None };
    let is_packed = packed.is_some();
    let mut response = varying(ours(kind, packed.map_or(text, Bytes::from).into()));
    if is_packed {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// A page in pieces, for which there has to be `room` as long as it is being sent: packed into one where the browser takes
/// that, else made piece by piece. `None` where there is no room.
pub(in crate::http::server) fn in_pieces(
    headers: &HeaderMap,
    mut pieces: impl Iterator<Item = String> + Send + 'static,
    room: impl Fn(usize) -> Option<Held>,
) -> Option<Response<Body>> {
    if takes_gzip(headers) {
        let page: String = pieces.collect();
        let Some(packed) = pack(page.as_bytes()).filter(|_| page.len() >= SHORT) else {
            return Some(html(headers, page));
        };
        let held = room(packed.len())?;
        let mut response = varying(ours(HTML, held.around(packed).into()));
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return Some(response);
    }
    let mut start = String::new();
    while start.len() < WHOLE {
        let Some(piece) = pieces.next() else { return Some(varying(ours(HTML, Bytes::from(start).into()))) };
        start.push_str(&piece);
    }
    let held = room(STREAMED)?;
    let all = std::iter::once(start).chain(pieces).map(move |piece| {
        let _until_the_end = &held;
        Bytes::from(piece)
    });
    Some(varying(streamed(futures_util::stream::iter(all))))
}

fn varying(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// A page that is made while it is sent.
pub(in crate::http::server) fn streamed(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Response<Body> {
    ours(HTML, Body::stream(pieces, false))
}

fn ours(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// The style sheet or the script, if `path` is one of them.
pub(in crate::http::server) fn asset(headers: &HeaderMap, path: &str) -> Option<Response<Body>> {
    match path {
        STYLE => Some(made(headers, "text/css; charset=utf-8", Bytes::from_static(STYLE_TEXT.as_bytes()))),
        SCRIPT => Some(made(headers, "text/javascript; charset=utf-8", Bytes::from_static(SCRIPT_TEXT.as_bytes()))),
        _ => None,
    }
}

/// A page that says one thing, with its status.
pub(in crate::http::server) fn note(status: StatusCode, title: &str, words: &str) -> Response<Body> {
    let mut response = html(&HeaderMap::new(), note_page(title, words));
    *response.status_mut() = status;
    response
}

pub(in crate::http::server) fn note_page(title: &str, words: &str) -> String {
    page(title, &format!("<main class=\"note\"><h1>{}</h1><p>{}</p></main>", escape(title), escape(words)))
}

/// A name as one segment of a link, whatever encoding it is in.
pub(in crate::http::server) fn segment(name: impl AsRef<[u8]>) -> String {
    percent_encode(name.as_ref(), SEGMENT).to_string()
}

/// Text as HTML, also inside a quoted attribute.
pub(in crate::http::server) fn escape(text: &str) -> String {
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
