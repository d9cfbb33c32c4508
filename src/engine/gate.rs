//! Between hyper and the tap of an HTTP listener: gives up on peers that take nothing, and answers in place of hyper, which
//! says only "400", what is wrong with a request that hyper refused.

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
use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use super::{answers::Answers, site::refusal};
use crate::{
    http::message::misread::{Misread, misread},
    journal::Connection,
    words::text,
};

/// More than the whole of an answer that hyper writes by itself.
const OWN_HEAD: usize = 256;
/// How much of the beginning of what came since the last answer is remembered.
const REMEMBERED: usize = 4096;

/// What the gate and the server of one connection know of each other. Timers that are set anew for each request would
/// cost more than the request.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// A request is being worked on.
    pub busy: AtomicBool,
    /// When bytes were sent last, in nanoseconds since 1970; 0 for never.
    pub sent: AtomicU64,
    /// What hyper has taken over of answers.
    pub answers: Answers,
    heard: Mutex<Heard>,
}

/// What came since the last answer.
#[derive(Debug, Default)]
struct Heard {
    start: Vec<u8>,
    answered: bool,
}

impl Pulse {
    fn hear(&self, bytes: &[u8]) {
        let mut heard = self.heard.lock();
        if heard.answered {
            heard.answered = false;
            heard.start.clear();
        }
        let room = REMEMBERED.saturating_sub(heard.start.len());
        heard.start.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// What is wrong with what came since the last answer; `None` where nothing came, or nothing is seen to be.
    pub(super) fn misread(&self) -> Option<Misread> {
        misread(&self.heard.lock().start)
    }

    /// Whether something came that was not answered.
    pub(super) fn is_owing(&self) -> bool {
        let heard = self.heard.lock();
        !heard.answered && !heard.start.iter().all(u8::is_ascii_whitespace)
    }
}

/// A tapped stream as hyper sees it.
#[derive(Debug)]
pub(super) struct Gate<S> {
    stream: S,
    connection: Arc<Connection>,
    pulse: Arc<Pulse>,
    /// How long the peer may take nothing.
    patience: Duration,
    /// Set while nothing is taken.
    stuck: Option<Pin<Box<Sleep>>>,
    /// Our answer in place of hyper's: what is left of it, and the length of hyper's.
    instead: Option<(Vec<u8>, usize)>,
    refused: Option<Misread>,
}

impl<S> Gate<S> {
    pub(super) fn new(stream: S, connection: &Arc<Connection>, pulse: &Arc<Pulse>, patience: Duration) -> Self {
        let (connection, pulse) = (Arc::clone(connection), Arc::clone(pulse));
        Self { stream, connection, pulse, patience, stuck: None, instead: None, refused: None }
    }

    /// The stream, and what was said in place of hyper.
    pub(super) fn into_parts(self) -> (S, Option<Misread>) {
        (self.stream, self.refused)
    }

    /// Lets a call that waits go on waiting, unless it has for too long.
    fn wait<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stuck = None;
            self.pulse.sent.store(self.connection.active(), Ordering::Relaxed);
            return result;
        }
        let patience = self.patience;
        let timer = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

/// What is said where hyper says `chosen` alone.
fn better(pulse: &Pulse, chosen: StatusCode) -> Misread {
    pulse.misread().unwrap_or_else(|| {
        Misread::new(
            chosen.as_u16(),
            match chosen {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => text!("The head of the request is too long."),
                StatusCode::URI_TOO_LONG => text!("The address is too long."),
                _ => text!("The request is not HTTP as it is written."),
            },
        )
    })
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
        this.pulse.hear(buf.filled().get(before..).unwrap_or_default());
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
            let misread = better(&this.pulse, chosen);
            this.instead = Some((refusal(&misread), length));
            this.refused = Some(misread);
        }
        this.pulse.heard.lock().answered = true;
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
            ready!(this.wait(cx, sent))?;
        }
        let sent = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.wait(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        // hyper flushes when nothing of what it took is left.
        this.pulse.answers.settle(&this.connection, true);
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
