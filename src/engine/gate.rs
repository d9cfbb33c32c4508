//! Between hyper and the tap of an HTTP listener: gives up on peers that take nothing, and says more exactly than hyper
//! what is wrong with a request that hyper refused.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::journal::Connection;

/// How long a peer may take nothing of what is to be sent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of the beginning of what came since the last answer is remembered.
const REMEMBERED: usize = 2048;

/// Whether a connection waits for a request, and since when. Timers that are set anew for each request would cost more
/// than the request.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// A request is being worked on.
    pub busy: AtomicBool,
    /// When bytes were sent last, in nanoseconds since 1970; 0 for never.
    pub sent: AtomicU64,
}

/// A tapped stream as hyper sees it.
#[derive(Debug)]
pub(super) struct Gate<S> {
    stream: S,
    connection: Arc<Connection>,
    pulse: Arc<Pulse>,
    /// Set while nothing is taken.
    stuck: Option<Pin<Box<Sleep>>>,
    /// What came since the last answer, its beginning.
    heard: Vec<u8>,
    answered: bool,
    /// Our answer in place of hyper's: what is left of it, and the length of hyper's.
    instead: Option<(Vec<u8>, usize)>,
    /// What a refused request is told, from its status on.
    refusal: fn(StatusCode) -> Vec<u8>,
}

impl<S> Gate<S> {
    pub(super) fn new(
        stream: S,
        connection: &Arc<Connection>,
        pulse: &Arc<Pulse>,
        refusal: fn(StatusCode) -> Vec<u8>,
    ) -> Self {
        let (connection, pulse) = (Arc::clone(connection), Arc::clone(pulse));
        Self { stream, connection, pulse, stuck: None, heard: Vec::new(), answered: false, instead: None, refusal }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }

    /// Lets a call that waits go on waiting, unless it has for too long.
    fn patience<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stuck = None;
            self.pulse.sent.store(self.connection.active(), Ordering::Relaxed);
            return result;
        }
        let timer = self.stuck.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn listen(&mut self, bytes: &[u8]) {
        if self.answered {
            self.answered = false;
            self.heard.clear();
        }
        let room = REMEMBERED.saturating_sub(self.heard.len());
        self.heard.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// The status that suits what hyper refused better than the one it chose.
    fn better(&self, chosen: StatusCode) -> StatusCode {
        match chosen {
            StatusCode::BAD_REQUEST if self.heard.split(|byte| *byte == b'\n').any(is_of_another_version) => {
                StatusCode::HTTP_VERSION_NOT_SUPPORTED
            }
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
                if self.heard.len() == REMEMBERED && !self.heard.contains(&b'\n') =>
            {
                StatusCode::URI_TOO_LONG
            }
            chosen => chosen,
        }
    }
}

/// Whether a line is the first of a request in HTTP/2 or another version that is none of ours.
fn is_of_another_version(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(at) = line.iter().rposition(|byte| *byte == b' ') else { return false };
    let version = line.get(at + 1..).unwrap_or_default();
    let well_formed = matches!(version, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit());
    well_formed && !version.starts_with(b"HTTP/1.") && line.split(|byte| *byte == b' ').count() == 3
}

/// The status of an answer that hyper wrote by itself: it has no body and no type, which all of ours have.
fn own_refusal(parts: &[IoSlice<'_>]) -> Option<StatusCode> {
    let head: &[u8] = parts.first()?;
    if !head.starts_with(b"HTTP/1.1 4") {
        return None;
    }
    let text = std::str::from_utf8(head).ok()?.to_ascii_lowercase();
    let bare = text.contains("\r\ncontent-length: 0\r\n") && !text.contains("\r\ncontent-type:");
    let status = StatusCode::from_bytes(head.get(9..12)?).ok()?;
    bare.then_some(status)
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        this.listen(buf.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.instead.is_none()
            && let Some(chosen) = own_refusal(parts)
        {
            let length = parts.iter().map(|part| part.len()).sum();
            this.instead = Some(((this.refusal)(this.better(chosen)), length));
        }
        this.answered = true;
        while let Some((bytes, length)) = &mut this.instead {
            if bytes.is_empty() {
                let length = *length;
                this.instead = None;
                return Poll::Ready(Ok(length));
            }
            let sent = Pin::new(&mut this.stream).poll_write(cx, bytes);
            if let Poll::Ready(Ok(sent)) = sent {
                bytes.drain(..sent.min(bytes.len()));
            }
            ready!(this.patience(cx, sent))?;
        }
        let sent = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.patience(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_another_one_only_in_a_request_line() {
        assert!(is_of_another_version(b"GET / HTTP/2.0\r") && is_of_another_version(b"PRI * HTTP/0.9"));
        for line in [
            &b"GET / HTTP/1.1\r"[..],
            b"GET / HTTP/1.2",
            b"GET /  HTTP/2.0",
            b"HTTP/2.0",
            b"a HTTP/2.0",
            b"",
            b"GET / HTTP/20",
        ] {
            assert!(!is_of_another_version(line), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn only_what_hyper_wrote_is_replaced() {
        let status = |head: &[u8]| own_refusal(&[IoSlice::new(head)]);
        assert_eq!(
            status(b"HTTP/1.1 431 X\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n"),
            Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
        );
        assert_eq!(status(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), None);
        assert_eq!(status(b"HTTP/1.1 400 X\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n"), None);
    }
}
