//! What an HTTP listener serves, and what its visitors may do.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{ConnectionId, ObjectId, token::is_token};
use crate::words::{
    Phrase,
    foreign::{in_line, line_of, toml_error},
    phrase,
};

/// What an HTTP listener shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Site {
    /// A page that says that it works.
    #[default]
    Welcome,
    /// A page with one picture, at `/` and `/picture`.
    Picture(PathBuf),
    /// The files of a folder: pictures as a gallery, the others as a list.
    Folder(PathBuf),
    /// A page at every path but one, with a picture in it that is at that path.
    Embedded {
        /// The picture's file; a built-in one while it is empty.
        picture: PathBuf,
        /// Where it is: `/test.jpg`.
        at: String,
    },
    /// A table; the first route that fits answers.
    Routes(Vec<Route>),
}

/// What visitors may do besides looking. Off until it is turned on.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Serving {
    /// Files may be sent to us.
    pub uploads: Option<Uploads>,
    /// Text and pictures go to and fro on a page at [`Serving::BOARD`].
    pub board: bool,
    /// Every connection is closed after one answer.
    pub close_each: bool,
    /// A folder is listed also where it has an `index.html` of its own.
    pub listing: bool,
    /// Requests are answered whatever host they name, and not only addresses and names of the local network. A web page from
    /// elsewhere may read the site then, by letting a name of its own lead here.
    pub any_host: bool,
    /// What requests that change something have to bring; a random one without it. Not kept in files: it is a secret.
    #[serde(skip)]
    pub token: Option<String>,
    /// When the listener gives up on a visitor. Not part of a session file: tests alone set it.
    #[serde(skip)]
    pub limits: Limits,
}

/// How long visitors may take, and how much they may send, before a listener gives up on them. How many there may be at
/// once is [`AcceptPolicy`](super::AcceptPolicy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the whole head of a request is there, with the wait for its first byte: 30 s.
    pub head: Duration,
    /// Until the next bytes of a body are there: 30 s.
    pub body: Duration,
    /// Bytes a second that a body has to bring on average, once it has had [`Limits::body`]: 256.
    pub slowest_body: u64,
    /// For which a visitor may take nothing of what is being sent: 30 s.
    pub reader: Duration,
    /// For which the file system may say nothing to a request: 10 s.
    pub disk: Duration,
    /// Bytes of a head: 32 KiB.
    pub head_bytes: usize,
    /// Bytes of an address: 8 KiB.
    pub target_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        const PATIENCE: Duration = Duration::from_secs(30);
        Self {
            head: PATIENCE,
            body: PATIENCE,
            slowest_body: 256,
            reader: PATIENCE,
            disk: Duration::from_secs(10),
            head_bytes: 32 << 10,
            target_bytes: 8 << 10,
        }
    }
}

impl Serving {
    /// Where the board is. No file has this path: hidden names are not served.
    pub const BOARD: &'static str = "/.socketlab/board";

    /// True when a request can change something, so that it needs the token of the page.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.board || self.uploads.is_some()
    }
}

/// Where uploaded files go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Uploads {
    /// Nothing in it is ever overwritten.
    pub folder: PathBuf,
    /// Bytes of one request, at most.
    pub limit: u64,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { folder: PathBuf::new(), limit: 1_000_000_000 }
    }
}

/// One row of a table of routes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Route {
    /// `GET`, which answers HEAD as well, another method, or `*` for all.
    pub method: String,
    /// Decoded path from `/` on; `*` stands for any characters, also none.
    pub path: String,
    /// 200 to 599.
    pub status: u16,
    /// Names and values, in order; a `Content-Type` replaces the guessed one.
    pub headers: Vec<(String, String)>,
    /// What follows the head.
    pub answer: RouteBody,
    /// Wait before the answer, 60 000 at most.
    pub delay_ms: u32,
}

/// The body of a route's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RouteBody {
    /// Text as UTF-8.
    Text(String),
    /// A file as it is at that moment.
    File(PathBuf),
    /// The request itself: its head and its body.
    Echo,
}

impl Default for Route {
    fn default() -> Self {
        Self {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            status: 200,
            headers: Vec::new(),
            answer: RouteBody::Text(String::new()),
            delay_ms: 0,
        }
    }
}

/// What is wrong with a table of routes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct RouteError {
    /// Line of the file, where there is one.
    pub line: Option<usize>,
    /// Which field of the route: `method`, `path`, `status`, `headers`, `delay_ms`; empty for the file as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: Phrase,
}

impl RouteError {
    /// The whole of it, with the line.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        in_line(self.line, self.message.clone())
    }
}

/// A route as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteEntry {
    #[serde(default)]
    method: Option<String>,
    path: String,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    headers: toml::Table,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    file: Option<PathBuf>,
    #[serde(default)]
    echo: bool,
    #[serde(default)]
    delay_ms: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    route: Vec<Spanned<RouteEntry>>,
}

impl Route {
    /// The longest wait before an answer: a minute.
    pub const MAX_DELAY_MS: u32 = 60_000;

    /// Reads a table from TOML: any number of `[[route]]` with `path` and, where they differ from the default, `method`,
    /// `status`, `headers`, one of `text`, `file` and `echo`, `delay_ms`.
    ///
    /// # Errors
    /// When it is no TOML, has unknown names in it, or a route that cannot be used; with the line.
    pub fn read(toml: &str) -> Result<Vec<Self>, RouteError> {
        let file: File = toml::from_str(toml).map_err(|error| {
            let (line, message) = toml_error(toml, &error);
            RouteError { line, field: "", message }
        })?;
        let routes = file.route.into_iter().map(|written| {
            let line = Some(line_of(toml, written.span().start));
            let read = Self::from_file(written.into_inner()).and_then(|route| route.check().map(|()| route));
            read.map_err(|error| RouteError { line, ..error })
        });
        routes.collect()
    }

    fn from_file(written: RouteEntry) -> Result<Self, RouteError> {
        let wrong = |field, message| RouteError { line: None, field, message };
        let fresh = Self::default();
        let mut headers = Vec::new();
        for (name, value) in written.headers {
            let toml::Value::String(value) = value else {
                return Err(wrong("headers", phrase!("write each header as a string")));
            };
            headers.push((name, value));
        }
        let answer = match (written.text, written.file, written.echo) {
            (Some(text), None, false) => RouteBody::Text(text),
            (None, Some(file), false) => RouteBody::File(file),
            (None, None, true) => RouteBody::Echo,
            (None, None, false) => fresh.answer,
            _ => return Err(wrong("", phrase!("write one of text, file and echo"))),
        };
        Ok(Self {
            method: written.method.unwrap_or(fresh.method),
            path: written.path,
            status: written.status.unwrap_or(fresh.status),
            headers,
            answer,
            delay_ms: written.delay_ms,
        })
    }

    /// Whether a listener can use it.
    ///
    /// # Errors
    /// The first field that makes no sense, and why.
    pub fn check(&self) -> Result<(), RouteError> {
        self.faults().into_iter().next().map_or(Ok(()), Err)
    }

    /// Everything in it that makes no sense, field by field, and why.
    #[must_use]
    pub fn faults(&self) -> Vec<RouteError> {
        let framing = ["content-length", "transfer-encoding", "connection"];
        let is_framing = |name: &str| framing.iter().any(|framing| name.eq_ignore_ascii_case(framing));
        let is_no_header =
            |(name, value): &(String, String)| !is_token(name.as_bytes()) || value.contains(['\r', '\n', '\0']);
        let faults = [
            (
                self.method != "*" && !is_token(self.method.as_bytes()),
                "method",
                phrase!("write a method such as GET, or * for all"),
            ),
            (!self.path.starts_with(['/', '*']), "path", phrase!("begin the path with / or *")),
            (!(200..600).contains(&self.status), "status", phrase!("use a status from 200 to 599")),
            (self.delay_ms > Self::MAX_DELAY_MS, "delay_ms", phrase!("wait 60000 ms at most")),
            (self.headers.iter().any(is_no_header), "headers", phrase!("write each header as Name: value on one line")),
            (
                self.headers.iter().any(|(name, _)| is_framing(name)),
                "headers",
                phrase!("leave length and connection to the listener; use a hand-written page for wrong ones"),
            ),
        ];
        let faults = faults.into_iter().filter(|(wrong, ..)| *wrong);
        faults.map(|(_, field, message)| RouteError { line: None, field, message }).collect()
    }

    /// How long the answer waits.
    #[must_use]
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms.min(Self::MAX_DELAY_MS).into())
    }

    /// Whether `path` is one of those that this route is for. Takes time in proportion to both lengths at most.
    #[must_use]
    pub fn fits(&self, path: &str) -> bool {
        super::glob::fits(&self.path, path)
    }

    /// Whether a request with this method is answered.
    #[must_use]
    pub fn takes(&self, method: &str) -> bool {
        self.method == "*" || self.method == method || self.method == "GET" && method == "HEAD"
    }
}

/// What happened at a site besides requests and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteNews {
    /// The site takes uploads or messages, from whoever sends this along.
    Token(String),
    /// A file came in whole.
    Saved {
        /// Who, over which connection, as which record.
        by: Author,
        /// Where it is now.
        path: PathBuf,
        /// Its bytes.
        length: u64,
        /// The picture that it is, as it went by.
        picture: Option<ObjectId>,
    },
    /// Somebody wrote on the board.
    Said {
        /// Who, over which connection, as which record.
        by: Author,
        /// The text, empty for a picture.
        text: String,
        /// The picture, for what is no text.
        picture: Option<SaidPicture>,
    },
}

/// Who brought something to a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Over which connection; none for what was said here.
    pub connection: ConnectionId,
    /// The record that it came with; 0 for what was said here.
    pub record: u64,
    /// What a visitor claims to be called, harmless ([`given_name`](super::given_name())); empty where nothing was claimed.
    pub name: String,
}

/// A picture on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaidPicture {
    /// Its bytes.
    pub length: u64,
    /// Where it is kept; `None` where nobody looks at pictures, or nothing can be told of it.
    pub object: Option<ObjectId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_and_what_is_wrong_has_its_line() {
        let routes = Route::read(
            "[[route]]\npath = \"/a/*\"\ntext = \"hi\"\nheaders = { X-One = \"1\" }\n\n[[route]]\nmethod = \"*\"\npath = \"*\"\n\
             status = 404\nfile = \"x.png\"\ndelay_ms = 5\n",
        )
        .unwrap();
        assert_eq!(routes.len(), 2);
        assert_eq!(routes[0].headers, [("X-One".to_owned(), "1".to_owned())]);
        assert_eq!((routes[1].status, routes[1].delay()), (404, Duration::from_millis(5)));
        for (wrong, line, field) in [
            ("[[route]]\npath = \"x\"\n", 1, "path"),
            ("\n[[route]]\npath = \"/\"\nstatus = 99\n", 2, "status"),
            ("[[route]]\npath = \"/\"\nmethod = \"G T\"\n", 1, "method"),
            ("[[route]]\npath = \"/\"\nheaders = { a = \"x\\r\\ny\" }\n", 1, "headers"),
            ("[[route]]\npath = \"/\"\nheaders = { Content-Length = \"1\" }\n", 1, "headers"),
            ("[[route]]\npath = \"/\"\nbogus = 1\n", 3, ""),
            ("[[route]]\npath = \"/\"\ntext = \"a\"\nfile = \"b\"\n", 1, ""),
            ("[[route]]\npath = \"/\"\ntext = \"a\"\necho = true\n", 1, ""),
            ("[[route]]\npath = \"/\"\ndelay_ms = 60001\n", 1, "delay_ms"),
        ] {
            let error = Route::read(wrong).unwrap_err();
            assert_eq!((error.line, error.field), (Some(line), field), "{wrong}: {error}");
        }
    }

    #[test]
    fn an_answer_can_be_the_request() {
        let routes = Route::read("[[route]]\nmethod = \"*\"\npath = \"*\"\necho = true\n").unwrap();
        assert_eq!(routes[0].answer, RouteBody::Echo);
    }

    #[test]
    fn a_star_is_any_characters() {
        let fits = |pattern: &str, path: &str| Route { path: pattern.to_owned(), ..Route::default() }.fits(path);
        assert!(fits("/a", "/a") && !fits("/a", "/ab") && !fits("/a", "/"));
        assert!(fits("*", "/") && fits("/*", "/a/b") && fits("/a/*", "/a/") && !fits("/a/*", "/a"));
        assert!(fits("/*.png", "/x/y.png") && !fits("/*.png", "/x.jpg") && fits("/*/x/*", "/1/x/2"));
        assert!(!fits("/ab*b", "/ab") && fits("/*a*a*", "/aa") && !fits("/*a*a*", "/a"));
    }
}
