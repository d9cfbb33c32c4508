//! What a site's connection runs on.

use std::{
    fs::File,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

/// A stream that may be able to send a file without its bytes coming by here. Dropping it closes it.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// Whether the next bytes may go out with [`poll_send_file`](Self::poll_send_file): the system can, and nobody wants to
    /// see them. May change from one call to the next.
    fn sends_files(&self) -> bool {
        false
    }

    /// Sends `parts`, after which more follows at once: nothing has to leave before that.
    ///
    /// # Errors
    /// The stream's own.
    fn poll_write_more(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(self).poll_write_vectored(cx, parts)
    }

    /// Sends bytes `at..at + length` of `file`, or the first of them; gives how many, 0 where the file ends before.
    ///
    /// # Errors
    /// The stream's own, and those of reading the file.
    fn poll_send_file(&mut self, cx: &mut Context<'_>, file: &File, at: u64, length: usize) -> Poll<io::Result<usize>> {
        let _ = (cx, file, at, length);
        Poll::Ready(Err(io::ErrorKind::Unsupported.into()))
    }
}

/// In memory.
impl Stream for DuplexStream {}
