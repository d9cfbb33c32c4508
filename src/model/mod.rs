//! Plain data that every layer shares: ids, names, settings of sessions, what an event is, what an error means.
//!
//! Owns no socket, no thread and no lock, and knows no other layer.

pub mod compose;
mod config;
mod connection;
mod dialog;
mod encoding;
mod event;
mod failure;
mod file_name;
mod given_name;
pub(crate) mod glob;
mod host;
mod http;
mod id;
mod message;
mod name;
mod qr;
mod recipe;
mod script;
mod session_file;
mod site;
mod snippet;
mod socket_kind;
mod token;

pub use compose::LineEnd;
pub use config::{
    AcceptPolicy, ConnectConfig, ListenConfig, RecvSize, RecvSizeError, SocketOptions, Transport, UnknownPolicy,
};
pub use connection::{Health, Kernel, LiveOption, Presence, Side, State, Target};
pub use dialog::{Dialog, Rule, When};
pub use encoding::{Decoder, Encoding, Encodings, Unencodable, UnknownEncoding};
pub use event::{Answered, By, Detail, Direction, Event, FoundPicture, Picture, PictureEnding, SentFile, Within};
pub use failure::{Cause, Errno, Failure, Note, Numbers, Operation, Reason, Setting, Worded, system_words};
pub use file_name::numbered;
pub use given_name::given_name;
pub use host::{
    Endpoint, EndpointError, NotAHost, halfwidth, join_host_port, needs_zone, plain_host, split_host_port, split_zone,
};
pub use http::{Arrival, FetchConfig, Hop, Interim, Large, Page, Part, PartValue, Proxy, RequestBody, Timeline, Via};
pub use id::{ConnectionId, ObjectId, SessionId, TransferId};
pub use message::{MessageKind, SavedMessage};
pub use name::{Name, Names, Zoned};
pub use qr::Qr;
pub use recipe::{Insert, Plain, RawPage, Recipe};
pub use script::Script;
pub use session_file::{FileEntry, SavedClient, SessionFile, SessionFileError, Stranger};
pub use site::{Author, Limits, Route, RouteBody, RouteError, SaidPicture, Serving, Site, SiteNews, Uploads};
pub use snippet::{Snippet, UnknownSnippet};
pub use socket_kind::{Family, Protocol, SocketKind, SocketType};
pub(crate) use token::is_token;
