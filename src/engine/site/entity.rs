//! One file as HTTP sees it: its type, its tags, its bytes, and the answer to a request for it.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Write},
    ops::Range,
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use hyper::{
    HeaderMap, Method, Response, StatusCode,
    header::{
        ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG,
        HeaderValue, LAST_MODIFIED, VARY,
    },
};

use super::{
    body::{Body, Piece, Pieces, Underway},
    conditions::{Version, Wanted, wanted},
    pages,
};
use crate::{
    journal::{Connection, Exchange},
    model::Direction,
    words::text,
};

/// Files up to this size are answered from memory, text with gzip. Larger ones are sent as they are on the disk: to pack
/// them anew for each visitor would cost their length, which a progress bar needs, and their parts.
pub(super) const SMALL: u64 = 4 << 20;
/// Text below this many bytes is not worth compressing.
const SHORT: usize = 512;
/// Between the parts of an answer with several ranges; no file that is asked for in parts has this line in it by chance.
const BOUNDARY: &str = "socketlab-part-8f1c2be07d6a4953";

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub length: u64,
    pub modified: SystemTime,
    identity: (u64, u64),
}

impl Facts {
    pub(super) fn of(facts: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (facts.dev(), facts.ino())
        };
        #[cfg(not(unix))]
        let identity = (0, 0);
        Self { length: facts.len(), modified: facts.modified().unwrap_or(UNIX_EPOCH), identity }
    }

    /// Those of what comes with the program.
    pub(super) fn built_in() -> Self {
        Self { length: 0, modified: UNIX_EPOCH, identity: (0, 0) }
    }

    /// A tag that another state of the file does not have.
    fn etag(&self) -> String {
        let nanos = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        format!("\"{:x}-{:x}-{:x}\"", self.identity.1, self.length, nanos)
    }
}

/// A file that is ready to be answered with.
#[derive(Debug)]
pub(super) struct Entity {
    pub facts: Facts,
    content: Content,
    kind: HeaderValue,
    etag: (String, HeaderValue),
    modified: HeaderValue,
    /// The same with gzip, when it is text, and its own tag.
    packed: Option<(Bytes, String, HeaderValue)>,
}

#[derive(Debug)]
enum Content {
    Memory(Bytes),
    Disk(Arc<File>),
}

impl Entity {
    /// Opens the file, and reads it whole when it is small. Its type comes from its name, or from its bytes where `sniff`
    /// says so. Blocks.
    pub(super) fn open(path: &Path, sniff: bool) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let facts = Facts::of(&found);
        let named = if sniff { None } else { mime_guess::from_path(path).first_raw() };
        if facts.length > SMALL {
            let kind = if let Some(kind) = named {
                kind
            } else {
                let mut start = Vec::new();
                (&mut file).take(64).read_to_end(&mut start)?;
                kind_of_bytes(&start)
            };
            return Ok(Self::new(facts, kind, Content::Disk(Arc::new(file))));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(facts.length).unwrap_or_default());
        file.take(SMALL).read_to_end(&mut bytes)?;
        // What is promised is what was read, also of a file that grew meanwhile.
        let facts = Facts { length: bytes.len() as u64, ..facts };
        Ok(Self::of_bytes(facts, named, bytes))
    }

    /// Something made, as if it were a file with these facts.
    pub(super) fn made(facts: Facts, kind: &'static str, bytes: Vec<u8>) -> Self {
        Self::of_bytes(Facts { length: bytes.len() as u64, ..facts }, Some(kind), bytes)
    }

    fn of_bytes(facts: Facts, kind: Option<&str>, bytes: Vec<u8>) -> Self {
        let is_text = std::str::from_utf8(&bytes).is_ok() && !bytes.contains(&0);
        let kind = match kind {
            Some(kind) if is_text && kind.starts_with("text/") => format!("{kind}; charset=utf-8"),
            Some(kind) => kind.to_owned(),
            None => match kind_of_bytes(&bytes) {
                UNKNOWN if is_text && !bytes.is_empty() => "text/plain; charset=utf-8".to_owned(),
                kind => kind.to_owned(),
            },
        };
        let packed = if bytes.len() >= SHORT && is_compressible(&kind) { pack(&bytes) } else { None };
        let mut entity = Self::new(facts, &kind, Content::Memory(bytes.into()));
        entity.packed = packed.map(|packed| {
            let tag = entity.etag.0.replacen('"', "\"gz-", 1);
            let value = header(&tag);
            (packed, tag, value)
        });
        entity
    }

    fn new(facts: Facts, kind: &str, content: Content) -> Self {
        let etag = facts.etag();
        Self {
            content,
            kind: header(kind),
            modified: header(&httpdate::fmt_http_date(facts.modified)),
            etag: (etag.clone(), header(&etag)),
            facts,
            packed: None,
        }
    }

    /// Bytes of memory that keeping this costs; `None` when it is on disk.
    pub(super) fn cost(&self) -> Option<usize> {
        match &self.content {
            Content::Memory(bytes) => {
                let packed = self.packed.as_ref().map_or(0, |(packed, ..)| packed.len());
                Some(bytes.len() + packed + 512)
            }
            Content::Disk(_) => None,
        }
    }

    /// The answer to a GET or HEAD for it.
    pub(super) fn answer(&self, asked: &Asked<'_>) -> Response<Body> {
        let packed = self.packed.as_ref().filter(|_| takes_gzip(asked.headers));
        let (etag, tag) = packed.map_or((self.etag.0.as_str(), &self.etag.1), |(_, etag, tag)| (etag.as_str(), tag));
        let length = packed.map_or(self.facts.length, |(bytes, ..)| bytes.len() as u64);
        let version = Version { etag, modified: self.facts.modified, length };
        let mut response = match wanted(asked.headers, version) {
            Wanted::NotModified => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                response
            }
            Wanted::Failed => return pages::problem(StatusCode::PRECONDITION_FAILED),
            Wanted::Outside => {
                let mut response = pages::problem(StatusCode::RANGE_NOT_SATISFIABLE);
                response.headers_mut().insert(CONTENT_RANGE, header(&format!("bytes */{length}")));
                return response;
            }
            Wanted::Whole => {
                let body = match packed {
                    Some((packed, ..)) => packed.clone().into(),
                    None => self.part(0..length, asked),
                };
                let mut response = Response::new(body);
                response.headers_mut().insert(CONTENT_TYPE, self.kind.clone());
                response
            }
            Wanted::Parts(parts) => self.parts(&parts, packed.map(|(packed, ..)| packed), asked),
        };
        let headers = response.headers_mut();
        if packed.is_some() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if self.packed.is_some() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        // Who keeps it asks each time whether it is still so: a file that was just changed is never shown as it was.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(ETAG, tag.clone());
        headers.insert(LAST_MODIFIED, self.modified.clone());
        response
    }

    /// 206, one range as it is, several in an envelope.
    fn parts(&self, parts: &[Range<u64>], packed: Option<&Bytes>, asked: &Asked<'_>) -> Response<Body> {
        let length = packed.map_or(self.facts.length, |packed| packed.len() as u64);
        let place = |range: &Range<u64>| format!("bytes {}-{}/{length}", range.start, range.end - 1);
        let mut response = if let [range] = parts {
            let body = match packed {
                Some(packed) => slice(packed, range).into(),
                None => self.part(range.clone(), asked),
            };
            let mut response = Response::new(body);
            response.headers_mut().insert(CONTENT_TYPE, self.kind.clone());
            response.headers_mut().insert(CONTENT_RANGE, header(&place(range)));
            response
        } else {
            let mut pieces = std::collections::VecDeque::new();
            let kind = self.kind.to_str().unwrap_or(UNKNOWN);
            for range in parts {
                let head =
                    format!("\r\n--{BOUNDARY}\r\nContent-Type: {kind}\r\nContent-Range: {}\r\n\r\n", place(range));
                pieces.push_back(Piece::Bytes(head.into()));
                pieces.push_back(match (packed, &self.content) {
                    (Some(packed), _) => Piece::Bytes(slice(packed, range)),
                    (None, Content::Memory(bytes)) => Piece::Bytes(slice(bytes, range)),
                    (None, Content::Disk(_)) => Piece::Range(range.clone()),
                });
            }
            pieces.push_back(Piece::Bytes(format!("\r\n--{BOUNDARY}--\r\n").into()));
            let file = if let Content::Disk(file) = &self.content { Some(Arc::clone(file)) } else { None };
            let mut response = Response::new(Body::Pieces(Box::new(Pieces::new(pieces, file, None))));
            let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
            response.headers_mut().insert(CONTENT_TYPE, header(&kind));
            response
        };
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response
    }

    fn part(&self, range: Range<u64>, asked: &Asked<'_>) -> Body {
        match &self.content {
            Content::Memory(bytes) => slice(bytes, &range).into(),
            Content::Disk(file) => {
                let underway = (*asked.method != Method::HEAD).then(|| {
                    Underway::begin(
                        asked.connection,
                        Exchange {
                            name: asked.path.to_owned(),
                            direction: Direction::Outbound,
                            from: asked.connection.sent().0,
                            total: range.end - range.start,
                        },
                    )
                });
                let parts = std::iter::once(Piece::Range(range)).collect();
                Body::Pieces(Box::new(Pieces::new(parts, Some(Arc::clone(file)), underway)))
            }
        }
    }
}

/// What of a request matters to the answer with a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub method: &'a Method,
    pub path: &'a str,
    pub headers: &'a HeaderMap,
    pub connection: &'a Arc<Connection>,
}

const UNKNOWN: &str = "application/octet-stream";

/// The type that the first bytes tell.
fn kind_of_bytes(bytes: &[u8]) -> &'static str {
    image::guess_format(bytes).map_or(UNKNOWN, |format| format.to_mime_type())
}

fn is_compressible(kind: &str) -> bool {
    let name = kind.split(';').next().unwrap_or(kind);
    name.starts_with("text/")
        || name.ends_with("+xml")
        || name.ends_with("+json")
        || matches!(name, "application/json" | "application/javascript" | "application/xml" | "application/wasm")
}

/// The same with gzip; `None` when that is not shorter.
pub(super) fn pack(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(5));
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

/// Whether a request takes gzip: named, or `*`, and not with a weight of 0.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING);
    let mut any = None;
    for coding in lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().to_ascii_lowercase();
        let refused = weight.strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") => return !refused,
            "*" => any = Some(!refused),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

fn slice(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let (start, end) = (place(range.start), place(range.end));
    bytes.slice(start.min(end)..end)
}

/// A header's value; text that cannot be one becomes empty.
pub(super) fn header(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// What a HEAD or GET answer says when there is nothing at that place.
pub(super) fn missing() -> Response<Body> {
    pages::note(StatusCode::NOT_FOUND, text!("Not found"), text!("There is nothing at this address."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_those_who_take_it() {
        let takes = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_gzip(&headers)
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=1, GZIP;q=0.5") && takes("*") && takes("x-gzip"));
        assert!(!takes("") && !takes("br") && !takes("gzip;q=0") && !takes("gzip; Q=0.0, *") && !takes("*;q=0"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
