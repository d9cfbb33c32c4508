//! The body of a request, which says whether it was read to its end: what comes after an answer is the rest of it otherwise.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::state::State;
use crate::http::server::shared::error::{AnyError, Misframed};

/// A body on its way in.
#[derive(Debug)]
pub struct Arriving {
    body: Incoming,
    /// In chunks.
    in_chunks: bool,
    state: Arc<State>,
}

impl Arriving {
    pub(super) fn new(body: Incoming, in_chunks: bool, state: &Arc<State>) -> Self {
        Self { body, in_chunks, state: Arc::clone(state) }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = AnyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnyError>>> {
        let this = self.get_mut();
        let next = Pin::new(&mut this.body).poll_frame(cx);
        let is_over = matches!(next, Poll::Ready(None)) || this.body.is_end_stream();
        if is_over && this.in_chunks {
            this.in_chunks = false;
            // Those that came with the head were looked at with it.
            if let Some(misread) = this.state.misread() {
                return Poll::Ready(Some(Err(Misframed(misread.words).into())));
            }
        }
        if is_over {
            this.state.set_arriving(false);
        }
        next.map(|next| next.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
