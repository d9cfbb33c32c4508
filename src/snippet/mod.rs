//! A request or a session as a program that does the same, and a curl command as a request.
//!
//! What is made here runs as it stands, on any machine with the program it is written for; tests run it. Owns text alone:
//! nothing is read from disk and nothing is sent.

pub mod curl;
mod impossible;
mod netcat;
mod python;
mod quote;
mod request;
mod rust;
mod session;

pub use impossible::{Impossible, NoCurl};
pub use session::Session;

use crate::model::{FetchConfig, Snippet, Transport};

/// The program of a request.
///
/// # Errors
///
/// When there is none in that language.
pub fn request(kind: Snippet, config: &FetchConfig) -> Result<String, Impossible> {
    match kind {
        Snippet::Curl => request::curl(config),
        Snippet::Python => request::python(config),
        Snippet::HttpClient => request::http_client(config),
        Snippet::Netcat => request::netcat(config),
        Snippet::Socat | Snippet::Rust => Err(Impossible::Request),
    }
}

/// The program of a raw session.
///
/// # Errors
///
/// When there is none in that language.
pub fn session(kind: Snippet, session: Session<'_>) -> Result<String, Impossible> {
    let transport = match session {
        Session::Client(config, _) => &config.transport,
        Session::Listener(config) => &config.transport,
    };
    if matches!(transport, Transport::UnixSeqpacket(_)) {
        return Err(Impossible::Seqpacket);
    }
    match kind {
        Snippet::Python => python::program(session),
        Snippet::Netcat => netcat::netcat(session),
        Snippet::Socat => netcat::socat(session),
        Snippet::Rust => rust::program(session),
        Snippet::Curl | Snippet::HttpClient => Err(Impossible::RawSession),
    }
}
