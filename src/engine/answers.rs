//! What an HTTP listener answered, for the journal: one record for each request, written when the last byte of its answer
//! was handed to the system.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::{Body as _, Frame, SizeHint},
};
use parking_lot::Mutex;

use super::{gate::Pulse, site::Body};
use crate::{
    journal::Connection,
    model::{Answered, Detail, Event},
};

/// Characters of a request's target that are kept.
const TARGET: usize = 512;

/// The answers of one connection that hyper has taken over, and that are not written to their end.
#[derive(Debug, Default)]
pub(super) struct Answers {
    made: Mutex<Vec<Made>>,
    /// Looked at with every flush, so that the lock need not be taken.
    some: AtomicBool,
}

/// What a request asked for, and since when it is worked on.
#[derive(Debug)]
pub(super) struct Asked {
    method: Method,
    target: Uri,
    /// In nanoseconds since 1970.
    since: u64,
}

impl Asked {
    pub(super) fn of<B>(request: &Request<B>, connection: &Connection) -> Self {
        let (method, target) = (request.method().clone(), request.uri().clone());
        Self { method, target, since: connection.journal().monotonic() }
    }
}

#[derive(Debug)]
struct Made {
    asked: Asked,
    status: StatusCode,
    sent: u64,
    /// Bytes that were announced and that hyper did not take.
    left: u64,
}

impl Answers {
    /// Writes the record of each answer that is made. `whole` is true when all of them have been handed to the system.
    pub(super) fn settle(&self, connection: &Connection, whole: bool) {
        if !self.some.swap(false, Ordering::Acquire) {
            return;
        }
        let made = std::mem::take(&mut *self.made.lock());
        for Made { asked, status, sent, left } in made {
            let http = Answered {
                method: asked.method.as_str().to_owned(),
                target: asked.target.to_string().chars().take(TARGET).collect(),
                status: status.as_u16(),
                reason: status.canonical_reason().unwrap_or_default().into(),
            };
            let micros = connection.journal().monotonic().saturating_sub(asked.since) / 1000;
            // What hyper had taken when the connection broke may have been on its way or not.
            let total = (left > 0 || !whole).then_some(sent.saturating_add(left));
            let detail =
                Detail { http: Some(http), sent: Some(sent), total, micros: Some(micros), ..Detail::default() };
            connection.fact(Event::Answered, &detail, None);
        }
    }

    /// Writes the record of a request that could not be read.
    pub(super) fn refused(connection: &Connection, status: u16) {
        let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let http = Answered { status, reason: reason.unwrap_or_default().into(), ..Answered::default() };
        connection.fact(Event::Answered, &Detail { http: Some(http), ..Detail::default() }, None);
    }
}

/// The body of an answer, which says when it is at its end.
#[derive(Debug)]
pub(super) struct Counted {
    body: Body,
    pulse: Arc<Pulse>,
    made: Option<Made>,
}

impl Counted {
    pub(super) fn new(answer: Response<Body>, asked: Asked, pulse: &Arc<Pulse>) -> Response<Self> {
        let status = answer.status();
        answer.map(|body| {
            let made = Some(Made { asked, status, sent: 0, left: 0 });
            Self { body, pulse: Arc::clone(pulse), made }
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some(mut made) = self.made.take() else { return };
        // Where an answer has no body at all, none of it was asked for.
        let is_without = made.asked.method == Method::HEAD || made.status == StatusCode::NOT_MODIFIED;
        made.left = if is_without { 0 } else { self.body.size_hint().exact().unwrap_or_default() };
        let answers = &self.pulse.answers;
        answers.made.lock().push(made);
        answers.some.store(true, Ordering::Release);
    }
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let next = Pin::new(&mut this.body).poll_frame(cx);
        if let (Poll::Ready(Some(Ok(frame))), Some(made)) = (&next, &mut this.made) {
            made.sent += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
