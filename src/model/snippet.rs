//! The programs that a request or a session can be copied as.

use std::str::FromStr;

use crate::words::text;

/// What a copied program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Snippet {
    /// A command line of curl.
    Curl,
    /// Python with `socket` alone.
    Python,
    /// Python with `http.client`.
    HttpClient,
    /// A command line of `nc`, any of its kinds.
    Netcat,
    /// A command line of socat.
    Socat,
    /// Rust with its standard library alone.
    Rust,
}

impl Snippet {
    /// What a request of HTTP can be copied as.
    pub const REQUEST: [Self; 4] = [Self::Curl, Self::Python, Self::HttpClient, Self::Netcat];
    /// What a raw listener or client can be copied as.
    pub const RAW: [Self; 4] = [Self::Python, Self::Netcat, Self::Socat, Self::Rust];
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Curl, Self::Python, Self::HttpClient, Self::Netcat, Self::Socat, Self::Rust];

    /// Its name on the command line and in menus.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "python",
            Self::HttpClient => "http.client",
            Self::Netcat => "nc",
            Self::Socat => "socat",
            Self::Rust => "rust",
        }
    }
}

/// A name that no language of programs has; the words list the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("use one of curl, python, http.client, nc, socat, rust"))]
pub struct UnknownSnippet;

impl FromStr for Snippet {
    type Err = UnknownSnippet;

    fn from_str(name: &str) -> Result<Self, UnknownSnippet> {
        Self::ALL.into_iter().find(|snippet| snippet.name() == name).ok_or(UnknownSnippet)
    }
}
