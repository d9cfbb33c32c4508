//! The body of a request, which says whether it was read to its end: what comes after an answer is the rest of it otherwise.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::state::State;

/// A body on its way in.
#[derive(Debug)]
pub struct Arriving {
    body: Incoming,
    state: Arc<State>,
}

impl Arriving {
    pub(super) fn new(body: Incoming, state: &Arc<State>) -> Self {
        Self { body, state: Arc::clone(state) }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let next = Pin::new(&mut this.body).poll_frame(cx);
        if matches!(next, Poll::Ready(None)) || this.body.is_end_stream() {
            this.state.set_arriving(false);
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
