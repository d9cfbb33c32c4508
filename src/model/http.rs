//! What an HTTP client asks for and what it got.

use std::{fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::{ConnectionId, ObjectId, SessionId};
use crate::words::{Phrase, text};

/// What is sent after the head of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestBody {
    /// Nothing.
    #[default]
    Empty,
    /// Text as UTF-8.
    Text(String),
    /// A file, as a stream.
    File(PathBuf),
    /// Names and values as `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Names with texts or files as `multipart/form-data`.
    Parts(Vec<Part>),
}

/// One field of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// What it holds.
    pub value: PartValue,
    /// Its `Content-Type`; without it a file has the one that its name says, and a text none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl Part {
    /// A part as people write it: a text, or `@path` of a file with `;type=` behind it or not.
    #[must_use]
    pub fn typed(name: String, value: &str) -> Self {
        let Some(path) = value.strip_prefix('@') else {
            return Self { name, value: PartValue::Text(value.to_owned()), kind: None };
        };
        let (path, kind) = path.rsplit_once(";type=").map_or((path, None), |(path, kind)| (path, Some(kind)));
        Self { name, value: PartValue::File(path.into()), kind: kind.map(str::to_owned) }
    }

    /// What it holds, as [`Self::typed`] reads it.
    #[must_use]
    pub fn written(&self) -> String {
        match (&self.value, &self.kind) {
            (PartValue::Text(words), _) => words.clone(),
            (PartValue::File(path), None) => format!("@{}", path.display()),
            (PartValue::File(path), Some(kind)) => format!("@{};type={kind}", path.display()),
        }
    }
}

/// What a field of a multipart form holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartValue {
    /// Text as UTF-8.
    Text(String),
    /// A file with its name.
    File(PathBuf),
}

/// Whom the request is handed to when it does not go to the server itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proxy {
    /// The one that `http_proxy`, `all_proxy` and `no_proxy` name; never for this machine's own addresses.
    #[default]
    Environment,
    /// Nobody.
    Direct,
    /// This one: `http://[user:password@]host:port`.
    Url(String),
}

/// Everything about one request.
#[expect(clippy::struct_excessive_bools, reason = "one setting each")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FetchConfig {
    /// `http://host[:port]/path?query`; without a scheme it is taken as `http://`.
    pub url: String,
    /// `GET`, `POST` …
    pub method: String,
    /// Names and values, in order; they replace the ones set by default. One with an empty value takes the default away.
    pub headers: Vec<(String, String)>,
    /// What follows the head.
    pub body: RequestBody,
    /// Where the body of the answer is streamed to; in memory up to a limit without it.
    pub output: Option<PathBuf>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long the first byte of the answer may take once nothing moves any more.
    pub first_byte_timeout: Duration,
    /// How long each further byte may take.
    pub idle_timeout: Duration,
    /// How long all of it may take, redirects included.
    pub whole_timeout: Option<Duration>,
    /// How many redirects are followed. With 0, as by default in the window, on the command line, in session files and in
    /// curl's own words, the answer that points elsewhere is shown.
    pub redirects: u8,
    /// Asks for a compressed body and decompresses it.
    pub decompress: bool,
    /// Through whom.
    pub proxy: Proxy,
    /// A body of more bytes is taken only after a person said so. Without it that is [`FetchConfig::MAX`]; into a file as
    /// many as the head promises, or [`FetchConfig::UNENDED`] where it promises nothing.
    pub max: Option<u64>,
    /// The path goes out as it is written in the URL; otherwise `/a/../b` becomes `/b`, as in browsers.
    pub path_as_is: bool,
    /// Name and password of the URL are only shown to a server that asks for a digest of them (RFC 7616).
    pub digest: bool,
    /// The body is taken only where the status is no error, as with `--fail` of curl.
    pub only_success: bool,
    /// The session whose cookies go along, as from one page of a browser to the next.
    #[serde(skip)]
    pub after: Option<SessionId>,
}

impl FetchConfig {
    /// Above this a body is asked about, unless it goes to a file.
    pub const MAX: u64 = 32 << 20;
    /// Above this a body whose end nobody knows is asked about although it goes to a file: a disk is not filled unasked.
    pub const UNENDED: u64 = 1 << 30;
    /// Redirects that are followed where somebody says that they are, and not how many.
    pub const REDIRECTS: u8 = 10;
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            url: String::new(),
            method: "GET".into(),
            headers: Vec::new(),
            body: RequestBody::Empty,
            output: None,
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_mins(1),
            whole_timeout: None,
            redirects: 0,
            decompress: false,
            proxy: Proxy::Environment,
            max: None,
            path_as_is: false,
            digest: false,
            only_success: false,
            after: None,
        }
    }
}

/// What is to happen with a large body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Large {
    /// Take it into memory, as far as there is room.
    Continue,
    /// Stream it to this file, with what came already; where there is a file of that name, to one with a number.
    Save(PathBuf),
    /// Take no more of it.
    Stop,
}

/// When each step of a request was done, in microseconds since it began; `None` for what did not come to pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The name was looked up.
    pub resolved: Option<u64>,
    /// The connection stood.
    pub connected: Option<u64>,
    /// The last byte of the request was handed to the system.
    pub sent: Option<u64>,
    /// The first byte of the answer came.
    pub first: Option<u64>,
    /// The last byte of the answer came.
    pub last: Option<u64>,
}

/// An answer that came before the answer itself (1xx).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interim {
    /// `HTTP/1.1 103 Early Hints`.
    pub start_line: String,
    /// Names and values as they came.
    pub headers: Vec<(String, String)>,
}

/// An answer that was followed by another request: elsewhere, or to the same place with what it asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// What was asked: method and URL.
    pub asked: String,
    /// Its first line.
    pub start_line: String,
    /// Where it pointed, as it was written; empty where the same was asked again, with a digest.
    pub location: String,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// What was wrong with it.
    pub remarks: Vec<Phrase>,
}

/// Whether more of an answer is to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// It came to its end, whatever that was.
    #[default]
    Ended,
    /// It is coming.
    Coming,
    /// It is large, and comes only when a person says so.
    Asking,
    /// It is more than memory has room for, and goes on only into a file.
    Full,
}

/// A proxy that a request went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// Its name or address and its port.
    pub server: String,
    /// The variable of the environment that names it; `None` where it was given.
    pub variable: Option<String>,
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = &self.server;
        f.write_str(&match &self.variable {
            Some(name) => {
                text!("by way of the proxy {server}, which {variable} names", server = server, variable = name)
            }
            None => text!("by way of the proxy {server}", server = server),
        })
    }
}

/// An answer, start line, head and body apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The connection it came over.
    pub connection: ConnectionId,
    /// The URL that answered: after redirects it is another one than was asked for.
    pub url: String,
    /// The proxy that it went through.
    pub via: Option<Via>,
    /// The request as it was sent, without its body.
    pub request: String,
    /// `HTTP/1.1 200 OK`; empty when the answer had none.
    pub start_line: String,
    /// The status number; 0 when the answer had none.
    pub status: u16,
    /// Names and values as they came.
    pub headers: Vec<(String, String)>,
    /// The answers before it, with a status below 200.
    pub interim: Vec<Interim>,
    /// What came after the last chunk: names and values.
    pub trailers: Vec<(String, String)>,
    /// The body without chunks and compression, or as much of it as is kept: in the object store, once it has ended.
    /// `None` when there is none, or when it went elsewhere.
    pub body: Option<ObjectId>,
    /// True length of the body in bytes, without chunks and compression.
    pub length: u64,
    /// All that came, head included, byte for byte; the first [`Page::WIRE`] bytes of it. The rest is in the journal.
    pub wire: Vec<u8>,
    /// How many bytes came in all.
    pub wire_length: u64,
    /// How many bytes of `wire` are before the body.
    pub head_length: usize,
    /// The compression that was undone, and how long the body was with it.
    pub packed: Option<(String, u64)>,
    /// The request was HEAD: the answer has no body, whatever its head says.
    pub is_head_only: bool,
    /// The body broke off before the end that its head or its chunks promised.
    pub is_cut_short: bool,
    /// Whether more is still to come.
    pub arrival: Arrival,
    /// What is wrong with the answer; empty for a sound one.
    pub remarks: Vec<Phrase>,
    /// The answers before this one, each of which led to the next.
    pub hops: Vec<Hop>,
    /// When each step of the last request was done.
    pub timeline: Timeline,
    /// What came after the end of the answer; the first [`Page::SURPLUS`] bytes of it.
    pub surplus: Vec<u8>,
    /// The file that the body went to.
    pub saved: Option<PathBuf>,
    /// From the start of the last request to the last byte, in microseconds.
    pub micros: u64,
}

impl Page {
    /// What is kept of the bytes as they came, apart from the body.
    pub const WIRE: usize = 96 << 10;

    /// What is kept of what came after the end of the answer.
    pub const SURPLUS: usize = 16 << 10;

    /// The value of a header, name in either case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// How many bytes the head says that the body has, as it goes over the wire.
    #[must_use]
    pub fn promised(&self) -> Option<u64> {
        if self.header("transfer-encoding").is_some() {
            None
        } else {
            self.header("content-length")?.trim().parse().ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_as_it_is_read() {
        for (typed, value, kind) in [
            ("text;type=x", PartValue::Text("text;type=x".into()), None),
            ("@a b.png", PartValue::File("a b.png".into()), None),
            ("@a;b;type=image/png", PartValue::File("a;b".into()), Some("image/png".to_owned())),
        ] {
            let part = Part::typed("n".into(), typed);
            assert_eq!((&part.value, &part.kind), (&value, &kind));
            assert_eq!(part.written(), typed);
        }
    }
}
