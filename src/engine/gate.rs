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
    time::{Duration, SystemTime},
};

use hyper::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::answers::Answers;
use crate::journal::Connection;

/// How long a peer may take nothing of what is to be sent.
const PATIENCE: Duration = Duration::from_secs(30);
/// More than the whole of an answer that hyper writes by itself.
const OWN_HEAD: usize = 256;
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
    answers: Arc<Answers>,
    /// Set while nothing is taken.
    stuck: Option<Pin<Box<Sleep>>>,
    /// What came since the last answer, its beginning.
    heard: Vec<u8>,
    answered: bool,
    /// Our answer in place of hyper's: what is left of it, and the length of hyper's.
    instead: Option<(Vec<u8>, usize)>,
    /// Its status, until it is sent.
    refused: Option<StatusCode>,
    /// What a refused request is told, from its status on.
    refusal: fn(StatusCode) -> Vec<u8>,
}

impl<S> Gate<S> {
    pub(super) fn new(
        stream: S,
        connection: &Arc<Connection>,
        (pulse, answers): (&Arc<Pulse>, &Arc<Answers>),
        refusal: fn(StatusCode) -> Vec<u8>,
    ) -> Self {
        let (connection, pulse, answers) = (Arc::clone(connection), Arc::clone(pulse), Arc::clone(answers));
        Self {
            stream,
            connection,
            pulse,
            answers,
            stuck: None,
            heard: Vec::new(),
            answered: false,
            instead: None,
            refused: None,
            refusal,
        }
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

/// The status of an answer that hyper wrote by itself. Such a write is the head alone, has no type, which all of ours
/// have, and is dated now: the bytes of a file that is being served must never be taken for one.
fn own_refusal(parts: &[IoSlice<'_>]) -> Option<StatusCode> {
    if !parts.first()?.starts_with(b"HTTP/1.1 4") || parts.iter().map(|part| part.len()).sum::<usize>() > OWN_HEAD {
        return None;
    }
    let head: Vec<u8> = parts.iter().flat_map(|part| part.iter().copied()).collect();
    let mut lines = std::str::from_utf8(&head).ok()?.strip_suffix("\r\n\r\n")?.split("\r\n");
    let status = StatusCode::from_bytes(lines.next()?.as_bytes().get(9..12)?).ok()?;
    let (mut empty, mut dated) = (false, false);
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => empty = value == "0",
            "date" => dated = is_now(value),
            "connection" => {}
            _ => return None,
        }
    }
    (empty && dated).then_some(status)
}

/// Whether a date is that of the present answer; hyper takes a new one every second.
fn is_now(date: &str) -> bool {
    let now = SystemTime::now();
    httpdate::parse_http_date(date).is_ok_and(|date| {
        now.duration_since(date).or_else(|_| date.duration_since(now)).is_ok_and(|apart| apart < Duration::from_secs(5))
    })
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
            let status = this.better(chosen);
            this.instead = Some(((this.refusal)(status), length));
            this.refused = Some(status);
        }
        this.answered = true;
        while let Some((bytes, length)) = &mut this.instead {
            if bytes.is_empty() {
                let length = *length;
                this.instead = None;
                if let Some(status) = this.refused.take() {
                    Answers::refused(&this.connection, status);
                }
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
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        // hyper flushes when nothing of what it took is left.
        this.answers.settle(&this.connection, true);
        Poll::Ready(Ok(()))
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
        let status = |head: &str| own_refusal(&[IoSlice::new(head.as_bytes())]);
        let now = httpdate::fmt_http_date(SystemTime::now());
        let head = format!("HTTP/1.1 431 X\r\nconnection: close\r\ncontent-length: 0\r\ndate: {now}\r\n\r\n");
        assert_eq!(status(&head), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        for other in [
            head.replace("431", "200"),
            head.replace("content-length: 0", "content-length: 1"),
            head.replace("connection: close", "content-type: text/plain"),
            head.replace(&now, "Sun, 06 Nov 1994 08:49:37 GMT"),
            head.clone() + "x",
            head.replace("\r\n\r\n", "\r\n"),
            head.repeat(3),
        ] {
            assert_eq!(status(&other), None, "{other}");
        }
    }
}
