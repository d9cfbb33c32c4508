//! A request or a session as a program that does the same, and a curl command as a request.
//!
//! What is made here runs as it stands, on any machine with the program it is written for; tests run it. Owns text alone:
//! nothing is read from disk and nothing is sent.

pub mod curl;
mod netcat;
mod python;
mod quote;
mod request;
mod rust;
mod session;

pub use session::Session;

use crate::{
    model::{FetchConfig, Snippet, Transport},
    words::text,
};

/// The program of a request.
///
/// # Errors
///
/// In words, when there is none in that language.
pub fn request(kind: Snippet, config: &FetchConfig) -> Result<String, String> {
    match kind {
        Snippet::Curl => request::curl(config),
        Snippet::Python => request::python(config),
        Snippet::HttpClient => request::http_client(config),
        Snippet::Netcat => request::netcat(config),
        Snippet::Socat | Snippet::Rust => {
            Err(text!("a request is copied as curl, Python or nc; copy a raw session as socat or Rust").to_owned())
        }
    }
}

/// The program of a raw session.
///
/// # Errors
///
/// In words, when there is none in that language.
pub fn session(kind: Snippet, session: Session<'_>) -> Result<String, String> {
    let transport = match session {
        Session::Client(config, _) => &config.transport,
        Session::Listener(config) => &config.transport,
    };
    if matches!(transport, Transport::UnixSeqpacket(_)) {
        return Err(
            text!("a socket of sequenced packets cannot be copied yet; choose a stream or datagrams").to_owned()
        );
    }
    match kind {
        Snippet::Python => python::program(session),
        Snippet::Netcat => netcat::netcat(session),
        Snippet::Socat => netcat::socat(session),
        Snippet::Rust => rust::program(session),
        Snippet::Curl | Snippet::HttpClient => {
            Err(text!("curl and http.client speak HTTP; copy a raw session as Python, nc, socat or Rust").to_owned())
        }
    }
}
