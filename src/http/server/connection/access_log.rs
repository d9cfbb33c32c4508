//! What a connection answered: one record for each request, when the last byte of its answer was handed to the system.

use std::{
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
use tokio::time::Instant;

use crate::{
    http::server::{
        answer::body::{Body, Unreadable},
        shared::log::Log,
    },
    model::{Answered, Detail},
};

/// Characters of a request's target that are kept.
const TARGET: usize = 512;

/// The answers of one connection that hyper has taken over, and that are not written to their end.
#[derive(Debug)]
pub(super) struct AccessLog {
    log: Arc<dyn Log>,
    made: Mutex<Vec<LoggedAnswer>>,
    /// Looked at with every flush, so that the lock need not be taken.
    some: AtomicBool,
}

/// What a request asked for, and since when it is worked on.
#[derive(Debug)]
pub(super) struct LoggedRequest {
    method: Method,
    target: Uri,
    since: Instant,
}

impl LoggedRequest {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        Self { method: request.method().clone(), target: request.uri().clone(), since: Instant::now() }
    }
}

#[derive(Debug)]
struct LoggedAnswer {
    asked: LoggedRequest,
    status: StatusCode,
    sent: u64,
    /// Bytes that were announced and that hyper did not take.
    left: u64,
}

impl AccessLog {
    pub(super) fn new(log: &Arc<dyn Log>) -> Self {
        Self { log: Arc::clone(log), made: Mutex::default(), some: AtomicBool::new(false) }
    }

    /// Writes the record of each answer that is made. `whole` is true when all of them have been handed to the system.
    pub(super) fn settle(&self, whole: bool) {
        if !self.some.swap(false, Ordering::Acquire) {
            return;
        }
        let made = std::mem::take(&mut *self.made.lock());
        for LoggedAnswer { asked, status, sent, left } in made {
            let http = Answered {
                method: asked.method.as_str().to_owned(),
                target: asked.target.to_string().chars().take(TARGET).collect(),
                status: status.as_u16(),
                reason: status.canonical_reason().unwrap_or_default().into(),
            };
            let micros = u64::try_from(asked.since.elapsed().as_micros()).ok();
            // What hyper had taken when the connection broke may have been on its way or not.
            let total = (left > 0 || !whole).then_some(sent.saturating_add(left));
            self.log.answered(&Detail { http: Some(http), sent: Some(sent), total, micros, ..Detail::default() });
        }
    }

    /// Writes the record of a request that could not be read.
    pub(super) fn refused(&self, status: u16) {
        let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let http = Answered { status, reason: reason.unwrap_or_default().into(), ..Answered::default() };
        self.log.answered(&Detail { http: Some(http), ..Detail::default() });
    }
}

/// The body of an answer, which says when it is at its end.
#[derive(Debug)]
pub(super) struct Counted {
    body: Body,
    answers: Arc<AccessLog>,
    made: Option<LoggedAnswer>,
}

impl Counted {
    pub(super) fn new(answer: Response<Body>, asked: LoggedRequest, answers: &Arc<AccessLog>) -> Response<Self> {
        let status = answer.status();
        answer.map(|body| {
            let made = Some(LoggedAnswer { asked, status, sent: 0, left: 0 });
            Self { body, answers: Arc::clone(answers), made }
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some(mut made) = self.made.take() else { return };
        // Where an answer has no body at all, none of it was asked for.
        let is_without = made.asked.method == Method::HEAD || made.status == StatusCode::NOT_MODIFIED;
        made.left = if is_without { 0 } else { self.body.size_hint().exact().unwrap_or_default() };
        self.answers.made.lock().push(made);
        self.answers.some.store(true, Ordering::Release);
    }
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
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
