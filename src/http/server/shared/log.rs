//! What a server says of one connection, to whoever keeps a journal.

use std::{fmt, path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::{
    http::message::misread::Misread,
    model::{Detail, Direction, Name},
};

/// Hears what happens on one connection. Its calls come from the task of that connection.
pub trait Log: fmt::Debug + Send + Sync {
    /// The other end.
    fn peer(&self) -> &Name;

    /// A request was answered: what it asked for, the status, the bytes that the system took, and the time. Said after
    /// the last byte was handed over, or when it is known that it never will be. Must not block, and makes the detail only
    /// where somebody reads it.
    fn answered(&self, answer: &dyn Fn() -> Detail);

    /// A request was refused for what is wrong with it.
    fn refused<'a>(&'a self, misread: &'a Misread) -> BoxFuture<'a, ()>;

    /// Something came in that a person wants to hear of.
    fn news(&self, news: News) -> BoxFuture<'_, ()>;

    /// What is on its way over the connection from now on; `None` when that is over. Must not block.
    fn under_way(&self, transfer: Option<Transfer>);
}

/// What visitors brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A file came in whole.
    Saved {
        /// What the visitor claims to be called, made harmless; empty where nothing was claimed.
        name: String,
        /// Where it is now.
        path: PathBuf,
        /// Its bytes.
        length: u64,
    },
    /// Something was written on the board.
    Said {
        /// What the visitor claims to be called, made harmless; empty where nothing was claimed.
        name: String,
        /// The text, empty for a picture.
        text: String,
        /// The picture's bytes, those of the board; empty for a text.
        picture: Bytes,
    },
}

/// A file on its way. How far it is, the connection's own counters say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The path of a URL, or a file's name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// Bytes in all; 0 where nobody said.
    pub total: u64,
}

/// Says that a file is under way until it is dropped.
#[derive(Debug)]
pub(in crate::http::server) struct Underway(Arc<dyn Log>);

impl Underway {
    pub(in crate::http::server) fn begin(log: &Arc<dyn Log>, transfer: Transfer) -> Self {
        log.under_way(Some(transfer));
        Self(Arc::clone(log))
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.under_way(None);
    }
}
