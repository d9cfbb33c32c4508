//! What an exchange says: into the journal of its connection, and to whoever started the session.

use std::{io, sync::Arc};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::{
    engine::{Notice, observe::lifecycle::Life, shared::context::Context},
    http::client::{Ask, Log},
    model::{Detail, Event, Failure, Large, Note, Operation, Page, SessionId},
    words::Phrase,
};

/// Of one exchange.
pub(super) struct Told<'a> {
    pub(super) context: &'a Context,
    pub(super) session: SessionId,
    pub(super) life: &'a Life,
}

impl Log for Told<'_> {
    fn trouble(&self, failure: &Failure) {
        match failure.operation {
            Operation::Send => self.life.send_failed(failure),
            _ => self.life.trouble(failure),
        }
    }

    fn broke(&self, error: &io::Error) -> Failure {
        self.life.failed(Operation::Recv, error)
    }

    fn remark(&self, words: &Phrase) {
        let detail = Detail { note: Some(Note::Said(words.clone())), ..Detail::default() };
        self.life.connection().fact(Event::Remark, &detail, None);
    }

    fn head(&self, page: Page) -> BoxFuture<'_, ()> {
        Box::pin(self.context.tell(Notice::Head { session: self.session, page: Arc::new(page) }))
    }
}

impl Ask for Told<'_> {
    fn ask(&self, page: Page) -> BoxFuture<'_, Large> {
        Box::pin(async move {
            let (answer, question) = oneshot::channel();
            self.context.registry.lock().questions.insert(self.session, answer);
            self.context.tell(Notice::Large { session: self.session, page: Arc::new(page) }).await;
            question.await.unwrap_or(Large::Stop)
        })
    }
}
