//! One file as HTTP sees it: its type, its tags, its bytes, and the answer to a request for it.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    ops::Range,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use hyper::{
    Method, Response, StatusCode,
    header::{
        ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
        LAST_MODIFIED, SERVER, VARY,
    },
};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    http::server::{
        answer::{
            body::{Body, Piece, Source},
            coding::{header, is_compressible, pack, takes_gzip},
            refuse::{NAME, problem},
        },
        shared::{
            budget::Held,
            disk::Disk,
            log::{Transfer, Underway},
            page_cache,
        },
        site::{
            call::Call,
            conditions::{Version, Wanted, wanted},
            kinds::{self, media_type},
        },
    },
    model::Direction,
};

/// Files up to this size are answered from memory, text with gzip. Larger ones are sent as they are on the disk: to pack
/// them anew for each visitor would cost their length, which a progress bar needs, their parts, and a processor each, which
/// packs about 30 MB/s of text where a network of a gigabit takes 110.
const SMALL: u64 = 4 << 20;
/// From this size on the system sends a file faster by itself than it copies its bytes from us.
const BY_SYSTEM: u64 = 16 << 10;
/// Text below this many bytes is not worth compressing.
const SHORT: usize = 512;
/// What is counted for keeping an entity, besides its bytes.
const OVERHEAD: usize = 512;
/// Between the parts of an answer with several ranges; no file that is asked for in parts has this line in it by chance.
const BOUNDARY: &str = "socketlab-part-8f1c2be07d6a4953";

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub length: u64,
    pub modified: SystemTime,
    /// Of the file itself and of its last change, also of who may read it, where the system tells.
    identity: (u64, u64, i64, i64),
}

impl Facts {
    pub(super) fn of(facts: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            (facts.dev(), facts.ino(), facts.ctime(), facts.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = (0, 0, 0, 0);
        Self { length: facts.len(), modified: facts.modified().unwrap_or(UNIX_EPOCH), identity }
    }

    /// Those of what comes with the program.
    pub(super) fn built_in() -> Self {
        Self { length: 0, modified: UNIX_EPOCH, identity: (0, 0, 0, 0) }
    }

    /// Whether another change since `now` would have given it another time, as fine as its file system keeps times.
    pub(super) fn are_settled(&self, now: SystemTime) -> bool {
        let since = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        let grain = if since.subsec_nanos() == 0 { Duration::from_secs(2) } else { Duration::from_millis(50) };
        now.duration_since(self.modified).is_ok_and(|age| age > grain)
    }

    /// A tag that another state of the file does not have. Nothing in it tells of the disk, so that a copy of the folder on
    /// another machine has the same.
    fn etag(&self) -> String {
        let nanos = self.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        format!("\"{:x}-{:x}\"", self.length, nanos)
    }
}

/// A file that is ready to be answered with.
#[derive(Debug)]
pub(super) struct Entity {
    pub facts: Facts,
    content: Content,
    plain: Form,
    /// The same with gzip, when it is text.
    packed: Option<(Bytes, Form)>,
}

/// One form of the bytes: what says of it whether it is the same, and the fields of its answer, made once.
#[derive(Debug)]
struct Form {
    etag: String,
    head: HeaderMap,
}

#[derive(Debug)]
enum Content {
    Memory(Bytes),
    Disk(OpenFile),
}

/// A file that is sent from where it is.
#[derive(Debug)]
struct OpenFile {
    file: Arc<File>,
    /// On a drive of this machine.
    is_local: bool,
    disk: Disk,
    /// A place among the files that are kept open.
    kept: Option<OwnedSemaphorePermit>,
}

impl Entity {
    /// What is in an open file, read whole when it is small and there is `room`; else it is sent from the disk, as is what
    /// the system sends faster by itself, and stays `open` where there is a place. Its type comes from `name` where that says
    /// it, else from its bytes. Blocks.
    pub(super) fn open(
        mut file: File,
        name: Option<&Path>,
        disk: &Disk,
        (room, open): (impl Fn(usize) -> Option<Held>, impl Fn() -> Option<OwnedSemaphorePermit>),
    ) -> io::Result<Self> {
        let facts = Facts::of(&file.metadata()?);
        let named = kinds::named(name);
        let expected = usize::try_from(facts.length).unwrap_or(usize::MAX);
        let by_system = facts.length >= BY_SYSTEM
            && named.is_some_and(|kind| !is_compressible(kind))
            && page_cache::is_local(&file);
        let in_memory = facts.length <= SMALL && !by_system;
        let small = if in_memory { room(expected.saturating_add(OVERHEAD)) } else { None };
        let Some(mut held) = small else {
            let kind = if let Some(kind) = named {
                kind.to_owned()
            } else {
                let mut start = Vec::new();
                (&mut file).take(kinds::START as u64).read_to_end(&mut start)?;
                media_type(name, &start, start.len() as u64 != facts.length)
            };
            let is_local = page_cache::is_local(&file);
            let kept = if is_local { open() } else { None };
            let file = OpenFile { file: Arc::new(file), is_local, disk: disk.clone(), kept };
            return Ok(Self::new(facts, &kind, Content::Disk(file)));
        };
        let mut bytes = Vec::with_capacity(expected);
        (&mut file).take(SMALL).read_to_end(&mut bytes)?;
        if !held.grow(bytes.len().saturating_sub(expected)) {
            bytes.truncate(expected);
        }
        // What is promised is what was read, also of a file that grew meanwhile.
        let facts = Facts { length: bytes.len() as u64, ..facts };
        let kind = media_type(name, &bytes, false);
        Ok(Self::of_bytes(facts, &kind, held.around(bytes), room))
    }

    /// Something made, as if it were a file with these facts.
    pub(super) fn made(facts: Facts, kind: &'static str, bytes: Bytes, room: impl Fn(usize) -> Option<Held>) -> Self {
        Self::of_bytes(Facts { length: bytes.len() as u64, ..facts }, kind, bytes, room)
    }

    fn of_bytes(facts: Facts, kind: &str, bytes: Bytes, room: impl Fn(usize) -> Option<Held>) -> Self {
        let packed = if bytes.len() >= SHORT && is_compressible(kind) { pack(&bytes) } else { None };
        let packed = packed.and_then(|packed| Some(room(packed.len())?.around(packed)));
        let mut entity = Self::new(facts, kind, Content::Memory(bytes));
        entity.packed = packed.map(|packed| {
            let vary = HeaderValue::from_static("accept-encoding");
            entity.plain.head.insert(VARY, vary);
            let etag = entity.plain.etag.replacen('"', "\"gz-", 1);
            let mut head = entity.plain.head.clone();
            head.insert(ETAG, header(&etag));
            head.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            (packed, Form { etag, head })
        });
        entity
    }

    fn new(facts: Facts, kind: &str, content: Content) -> Self {
        let etag = facts.etag();
        let mut head = HeaderMap::with_capacity(12);
        head.insert(CONTENT_TYPE, header(kind));
        // Who keeps it asks each time whether it is still so.
        head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        head.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        head.insert(ETAG, header(&etag));
        head.insert(LAST_MODIFIED, header(&httpdate::fmt_http_date(facts.modified)));
        head.insert(SERVER, HeaderValue::from_static(NAME));
        Self { content, plain: Form { etag, head }, facts, packed: None }
    }

    fn kind(&self) -> Option<&HeaderValue> {
        self.plain.head.get(CONTENT_TYPE)
    }

    /// Whether keeping it saves a way to the disk: its bytes are here, or its file stays open.
    pub(super) fn is_worth_keeping(&self) -> bool {
        match &self.content {
            Content::Memory(_) => true,
            Content::Disk(file) => file.kept.is_some(),
        }
    }

    /// Whether a file is open as long as it is kept.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.content, Content::Disk(_))
    }

    /// The answer to a GET or HEAD for it.
    pub(super) fn answer(&self, call: Call<'_>) -> Response<Body> {
        let packed = self.packed.as_ref().filter(|_| takes_gzip(call.headers));
        let form = packed.map_or(&self.plain, |(_, form)| form);
        let length = packed.map_or(self.facts.length, |(bytes, _)| bytes.len() as u64);
        let version = Version { etag: &form.etag, modified: self.facts.modified, length };
        let mut response = match wanted(call.method, call.headers, version) {
            Wanted::NotModified => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                *response.headers_mut() = form.head.clone();
                response.headers_mut().remove(CONTENT_TYPE);
                return response;
            }
            Wanted::Failed => return problem(StatusCode::PRECONDITION_FAILED),
            Wanted::Outside => {
                let mut response = problem(StatusCode::RANGE_NOT_SATISFIABLE);
                response.headers_mut().insert(CONTENT_RANGE, header(&format!("bytes */{length}")));
                return response;
            }
            Wanted::Whole => {
                let body = match packed {
                    Some((packed, _)) => packed.clone().into(),
                    None => self.part(0..length, call),
                };
                let mut response = Response::new(body);
                *response.headers_mut() = form.head.clone();
                return response;
            }
            Wanted::Parts(parts) => self.parts(&parts, packed.map(|(packed, _)| packed), call),
        };
        // What a part has of its own stands for the whole's.
        let own = std::mem::replace(response.headers_mut(), form.head.clone());
        for (name, value) in &own {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }

    /// 206, one range as it is, several in an envelope.
    fn parts(&self, parts: &[Range<u64>], packed: Option<&Bytes>, call: Call<'_>) -> Response<Body> {
        let length = packed.map_or(self.facts.length, |packed| packed.len() as u64);
        let place = |range: &Range<u64>| format!("bytes {}-{}/{length}", range.start, range.end - 1);
        let mut response = if let [range] = parts {
            let body = match packed {
                Some(packed) => slice(packed, range).into(),
                None => self.part(range.clone(), call),
            };
            let mut response = Response::new(body);
            response.headers_mut().insert(CONTENT_RANGE, header(&place(range)));
            response
        } else {
            let mut pieces = std::collections::VecDeque::new();
            let kind = self.kind().and_then(|kind| kind.to_str().ok()).unwrap_or(kinds::UNKNOWN);
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
            let file = match &self.content {
                Content::Disk(file) => Some(source(file, call)),
                Content::Memory(_) => None,
            };
            let mut response = Response::new(Body::pieces(pieces, file, None));
            let kind = format!("multipart/byteranges; boundary={BOUNDARY}");
            response.headers_mut().insert(CONTENT_TYPE, header(&kind));
            response
        };
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response
    }

    fn part(&self, range: Range<u64>, call: Call<'_>) -> Body {
        match &self.content {
            Content::Memory(bytes) => slice(bytes, &range).into(),
            Content::Disk(file) => {
                let total = range.end - range.start;
                // What is short is over before anybody could look at how far it is.
                let underway = (total > SMALL && *call.method != Method::HEAD).then(|| {
                    let name = call.path.to_owned();
                    Underway::begin(call.log, Transfer { name, direction: Direction::Outbound, total })
                });
                let parts = std::iter::once(Piece::Range(range)).collect();
                Body::pieces(parts, Some(source(file, call)), underway)
            }
        }
    }
}

fn source(file: &OpenFile, call: Call<'_>) -> Source {
    Source { file: Arc::clone(&file.file), is_local: file.is_local, disk: file.disk.clone(), name: call.path.into() }
}

fn slice(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let (start, end) = (place(range.start), place(range.end));
    bytes.slice(start.min(end)..end)
}
