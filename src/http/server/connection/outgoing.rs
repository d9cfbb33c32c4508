//! Parts of files on their way through hyper, which carries bytes only: in their place it carries as many bytes of one
//! block that nobody reads, and the stream below puts the file in again.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::Arc,
    task::{Poll, ready},
};

use bytes::{Buf, Bytes};
use parking_lot::Mutex;

use crate::http::server::answer::body::{FilePart, Next, Unreadable};

/// Stands for parts of files. Told by its address, so what it holds does not matter; it is never written, and takes no
/// memory.
static PLACEHOLDER: [u8; 2 << 20] = [0; 2 << 20];

/// The parts that hyper carries and that are not sent, in their order. One connection's.
#[derive(Clone, Debug, Default)]
pub(super) struct Files(Arc<Mutex<VecDeque<FilePart>>>);

/// What hyper carries.
#[derive(Debug)]
pub(super) enum Outgoing {
    Bytes(Bytes),
    /// So many of the bytes that stand for a file.
    Placeholder(usize),
}

impl Files {
    /// Remembers a part of a file and gives what stands for it.
    pub(super) fn carry(&self, next: Next) -> Outgoing {
        match next {
            Next::Bytes(bytes) => Outgoing::Bytes(bytes),
            Next::File(part) => {
                let length = part.length;
                self.0.lock().push_back(part);
                Outgoing::Placeholder(length)
            }
        }
    }

    /// Bytes that are still to be sent.
    pub(super) fn left(&self) -> u64 {
        self.0.lock().iter().map(|part| part.length as u64).sum()
    }

    /// How many of `parts` come before the first that stands for a file, and that; `None` where none does.
    pub(super) fn find(parts: &[IoSlice<'_>]) -> Option<usize> {
        parts.iter().position(|part| PLACEHOLDER.as_ptr_range().contains(&part.as_ptr()))
    }

    /// Has the part in front sent by `send`, which says how many of its bytes went. Never none: a file that ends before its
    /// part does is an error.
    ///
    /// # Errors
    /// Those of `send`, and an [`Unreadable`].
    pub(super) fn send(&self, send: impl FnOnce(&FilePart) -> Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let mut files = self.0.lock();
        let Some(part) = files.front_mut() else { return Poll::Ready(Err(io::ErrorKind::InvalidInput.into())) };
        let sent = ready!(send(part))?.min(part.length);
        if sent == 0 {
            return Poll::Ready(Err(io::Error::other(Unreadable::shrank(&part.name))));
        }
        part.at += sent as u64;
        part.length -= sent;
        if part.length == 0 {
            files.pop_front();
        }
        Poll::Ready(Ok(sent))
    }
}

impl Buf for Outgoing {
    fn remaining(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Placeholder(left) => *left,
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Placeholder(left) => PLACEHOLDER.get(..*left).unwrap_or(&PLACEHOLDER),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Bytes(bytes) => bytes.advance(count),
            Self::Placeholder(left) => *left = left.saturating_sub(count),
        }
    }
}
