//! What an HTTP client asks for and what it got.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::ConnectionId;

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
}

/// Everything about one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FetchConfig {
    /// `http://host[:port]/path?query`; without a scheme it is taken as `http://`.
    pub url: String,
    /// `GET`, `POST` …
    pub method: String,
    /// Names and values, in order; they replace the ones set by default.
    pub headers: Vec<(String, String)>,
    /// What follows the head.
    pub body: RequestBody,
    /// Where the body of the answer is streamed to; in memory up to a limit without it.
    pub output: Option<PathBuf>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
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
        }
    }
}

/// An answer, start line, head and body apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The connection it came over.
    pub connection: ConnectionId,
    /// The request as it was sent, without its body.
    pub request: String,
    /// `HTTP/1.1 200 OK`; empty when the answer had none.
    pub start_line: String,
    /// The status number; 0 when the answer had none.
    pub status: u16,
    /// Names and values as they came.
    pub headers: Vec<(String, String)>,
    /// The body, or as much of it as is kept in memory.
    pub body: Vec<u8>,
    /// True length of the body in bytes.
    pub length: u64,
    /// The request was HEAD: the answer has no body, whatever its head says.
    pub is_head_only: bool,
    /// The body broke off before the end that its head or its chunks promised.
    pub is_cut_short: bool,
    /// What is wrong with the answer, in words; empty for a sound one.
    pub remarks: Vec<String>,
    /// From the request to the last byte, in microseconds.
    pub micros: u64,
}

impl Page {
    /// The value of a header, name in either case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}
