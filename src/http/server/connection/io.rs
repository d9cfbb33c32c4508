//! Between hyper and the stream: a write time-out, and what is said in place of hyper's own refusals, which name a status
//! and no reason.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, SystemTime},
};

use hyper::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::{
    http::{
        message::misread::Misread,
        server::{
            answer::refuse::refusal,
            connection::{access_log::AccessLog, outgoing::Files, state::State},
            shared::stream::Stream,
        },
    },
    words::phrase,
};

/// More than the whole of an answer that hyper writes by itself.
const OWN_HEAD: usize = 256;

/// A stream as hyper sees it.
#[derive(Debug)]
pub(super) struct ServerIo<S> {
    stream: S,
    state: Arc<State>,
    answers: Arc<AccessLog>,
    files: Files,
    /// What sending a file said after the head before it had gone: the system says it once.
    failed: Option<io::Error>,
    /// How long the peer may take nothing.
    patience: Duration,
    /// Set while nothing is taken.
    stuck: Option<Pin<Box<Sleep>>>,
    /// Our answer in place of hyper's: what is left of it, and the length of hyper's.
    instead: Option<(Vec<u8>, usize)>,
    refused: Option<Misread>,
}

impl<S> ServerIo<S> {
    pub(super) fn new(
        stream: S,
        (answers, files, state): (&Arc<AccessLog>, &Files, &Arc<State>),
        patience: Duration,
    ) -> Self {
        let (state, answers, files) = (Arc::clone(state), Arc::clone(answers), files.clone());
        Self { stream, state, answers, files, failed: None, patience, stuck: None, instead: None, refused: None }
    }

    /// The stream, and what was said in place of hyper.
    pub(super) fn into_parts(self) -> (S, Option<Misread>) {
        (self.stream, self.refused)
    }

    /// Lets a call that waits go on waiting, unless it has for too long.
    fn wait<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stuck = None;
            self.state.sent_now();
            return result;
        }
        let patience = self.patience;
        let timer = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: Stream> ServerIo<S> {
    /// Sends bytes, and after them the file that a placeholder stands for.
    fn poll_send(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let Some(error) = self.failed.take() {
            return Poll::Ready(Err(error));
        }
        let Some(before) = Files::find(parts) else {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        };
        let parts = parts.get(..before).unwrap_or_default();
        let length = parts.iter().map(|part| part.len()).sum();
        let head = if length == 0 { 0 } else { ready!(self.stream.poll_write_more(cx, parts))? };
        if head < length {
            return Poll::Ready(Ok(head));
        }
        let stream = &mut self.stream;
        match self.files.send(|part| stream.poll_send_file(cx, &part.file, part.at, part.length)) {
            Poll::Ready(Ok(sent)) => Poll::Ready(Ok(head + sent)),
            Poll::Ready(Err(error)) if head > 0 => {
                self.failed = Some(error);
                Poll::Ready(Ok(head))
            }
            // Whoever sends asks again for the rest.
            Poll::Pending if head > 0 => Poll::Ready(Ok(head)),
            waits_or_failed => waits_or_failed,
        }
    }
}

/// What is said where hyper says `chosen` alone.
fn better(state: &State, chosen: StatusCode) -> Misread {
    state.misread().unwrap_or_else(|| {
        Misread::new(
            chosen.as_u16(),
            match chosen {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => phrase!("The head of the request is too long."),
                StatusCode::URI_TOO_LONG => phrase!("The address is too long."),
                _ => phrase!("The request is not HTTP as it is written."),
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

impl<S: Stream> AsyncRead for ServerIo<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        this.state.set_sends_files(this.stream.sends_files() && this.stream.is_write_vectored());
        this.state.hear(buf.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> AsyncWrite for ServerIo<S> {
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
            let misread = better(&this.state, chosen);
            this.instead = Some((refusal(&misread), length));
            this.refused = Some(misread);
        }
        // That the body may come is no answer yet.
        if !parts.first().is_some_and(|part| part.starts_with(b"HTTP/1.1 100 ")) {
            this.state.answering();
        }
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
        let sent = this.poll_send(cx, parts);
        this.wait(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        // hyper flushes when nothing of what it took is left.
        this.answers.settle();
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
