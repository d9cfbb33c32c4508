//! What a connection answered: one record for each request, when the last byte of its answer was handed to the system.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Buf as _;
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::{Body as _, Frame, SizeHint},
};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{
    http::server::{
        answer::body::{Body, Unreadable},
        connection::{
            outgoing::{Files, Outgoing},
            state::State,
        },
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

    /// Writes the record of each answer that is made: all of them have been handed to the system.
    pub(super) fn settle(&self) {
        self.write(true, 0);
    }

    /// The same when the connection is over, with so many bytes of files that were not sent.
    pub(super) fn give_up(&self, unsent: u64) {
        self.write(false, unsent);
    }

    fn write(&self, whole: bool, unsent: u64) {
        if !self.some.swap(false, Ordering::Acquire) {
            return;
        }
        let mut made = std::mem::take(&mut *self.made.lock());
        if let Some(last) = made.last_mut() {
            last.sent = last.sent.saturating_sub(unsent);
            last.left = last.left.saturating_add(unsent);
        }
        for LoggedAnswer { asked, status, sent, left } in made {
            self.log.answered(&|| {
                let http = Answered {
                    method: asked.method.as_str().to_owned(),
                    target: asked.target.to_string().chars().take(TARGET).collect(),
                    status: status.as_u16(),
                    reason: status.canonical_reason().unwrap_or_default().into(),
                };
                let micros = u64::try_from(asked.since.elapsed().as_micros()).ok();
                // What hyper had taken when the connection broke may have been on its way or not.
                let total = (left > 0 || !whole).then_some(sent.saturating_add(left));
                Detail { http: Some(http), sent: Some(sent), total, micros, ..Detail::default() }
            });
        }
    }

    /// Writes the record of a request that could not be read.
    pub(super) fn refused(&self, status: u16) {
        let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        self.log.answered(&|| {
            let http = Answered { status, reason: reason.unwrap_or_default().into(), ..Answered::default() };
            Detail { http: Some(http), ..Detail::default() }
        });
    }
}

/// The body of an answer, which says when it is at its end.
#[derive(Debug)]
pub(super) struct Counted {
    body: Body,
    answers: Arc<AccessLog>,
    made: Option<LoggedAnswer>,
    files: Files,
    state: Arc<State>,
}

impl Counted {
    pub(super) fn new(
        answer: Response<Body>,
        asked: LoggedRequest,
        (answers, files, state): (&Arc<AccessLog>, &Files, &Arc<State>),
    ) -> Response<Self> {
        let status = answer.status();
        answer.map(|body| {
            let made = Some(LoggedAnswer { asked, status, sent: 0, left: 0 });
            Self { body, answers: Arc::clone(answers), made, files: files.clone(), state: Arc::clone(state) }
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
    type Data = Outgoing;
    type Error = Unreadable;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Outgoing>, Unreadable>>> {
        let this = self.get_mut();
        let next = match ready!(this.body.poll_next(cx, this.state.sends_files())) {
            Some(Ok(next)) => next,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        let next = this.files.carry(next);
        if let Some(made) = &mut this.made {
            made.sent += next.remaining() as u64;
        }
        Poll::Ready(Some(Ok(Frame::data(next))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
