//! Why something cannot be written as a program, or a text read as a command of curl.

use crate::words::{Phrase, text};

/// Why there is no program for a request or a session in a language; the words say in which there is one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// The kinds of `nc` differ.
    #[error("{}", text!("the kinds of nc do not agree on when a client of datagrams is done; use socat or Python"))]
    NetcatDatagrams,
    /// `nc` has no answers.
    #[error("{}", text!("nc cannot answer by itself; use socat, Python or Rust"))]
    NetcatAnswers,
    /// socat has no fixed reply.
    #[error("{}", text!("socat has no text of its own to answer with; use Python or Rust"))]
    SocatReply,
    /// Rust's standard library binds no client.
    #[error("{}", text!("the standard library of Rust cannot choose a client's own port; use Python"))]
    RustSource,
    /// Rust's standard library has no clock of this place.
    #[error("{}", text!("the standard library of Rust knows no local time; use Python or socat"))]
    RustTime,
    /// A client of datagrams in Rust has to say something, to an address.
    #[error("{}", text!("a client of datagrams that sent nothing, or over a path, can be had as Python"))]
    RustDatagrams,
    /// A listener of datagrams in Rust needs an address.
    #[error("{}", text!("a listener of datagrams at a path can be had as Python or socat"))]
    RustDatagramPath,
    /// The answers of a listener would make a long program.
    #[error("{}", text!("only a listener that answers with echo, upper case, one reply, the time or nothing can be had as a program"))]
    TooMuch,
    /// `SOCK_SEQPACKET`.
    #[error("{}", text!("a socket of sequenced packets cannot be had as a program yet; choose a stream or datagrams"))]
    Seqpacket,
    /// A raw session in a language for HTTP.
    #[error("{}", text!("curl and http.client speak HTTP; use Python, nc, socat or Rust for a raw session"))]
    RawSession,
    /// A request in a language without HTTP.
    #[error("{}", text!("a request can be had as curl, Python or nc; socat and Rust are for a raw session"))]
    Request,
    /// curl with HEAD and a body.
    #[error("{}", text!("curl sends no body with HEAD; use Python or nc"))]
    CurlHead,
    /// A zero byte in a command line.
    #[error("{}", text!("a command line holds no zero byte; use Python or nc"))]
    CurlZero,
    /// curl splits a part at the first `=`.
    #[error("{}", text!("curl takes no = in the name of a part; use Python or nc"))]
    CurlPart,
    /// The digest of a password is made of what the server says first.
    #[error("{}", text!("a digest is made of what the server asks first; use curl"))]
    Digest,
    /// A zero byte in a header.
    #[error("{}", text!("a header holds a byte that a shell cannot"))]
    ShellByte,
    /// The request cannot be sent by anybody.
    #[error("{0}")]
    NoRequest(Phrase),
}

/// Why a text is no command of curl.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCurl {
    /// It begins with something else.
    #[error("{}", text!("this is not a curl command: it begins with “curl”"))]
    OtherProgram,
    /// It asks for nothing.
    #[error("{}", text!("the command has no URL"))]
    NoUrl,
    /// A quote is never closed.
    #[error("{}", text!("a quote is never closed"))]
    OpenQuote,
    /// An option stands at the end.
    #[error("{}", text!("{option} has no value", option = .0))]
    NoValue(String),
    /// An option has something else than a time.
    #[error("{}", text!("{option} needs a number of seconds, not “{value}”", option = .option, value = .value))]
    NoSeconds {
        /// Its name.
        option: String,
        /// What stands behind it.
        value: String,
    },
}
