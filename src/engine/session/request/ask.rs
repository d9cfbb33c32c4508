//! The questions about a large body, which a person answers.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::{
    engine::{Notice, session::request::exchange::Exchange},
    model::{Arrival, Failure, Large, Page},
    words::{exact_size, text},
};

impl Exchange<'_> {
    /// Lets the person decide about a body that is large, or too large for memory; false when no more of it is taken.
    pub(super) async fn ask(&mut self, arrival: Arrival) -> Result<bool, Failure> {
        let mut trouble = None;
        loop {
            let large = self.question(arrival, trouble.take()).await;
            self.allowed = true;
            self.quiet = self.connection().journal().monotonic();
            match large {
                Large::Continue if arrival != Arrival::Full => return Ok(true),
                // A place that cannot be written is no reason to lose what came.
                Large::Save(path) => match self.sink.file(&path, false).await {
                    Ok(()) => return Ok(true),
                    Err(failure) => trouble = Some(self.trouble(failure).to_string()),
                },
                Large::Continue | Large::Stop => {
                    self.leave();
                    self.page.is_cut_short = true;
                    let words = match self.page.promised() {
                        Some(length) if self.page.length == 0 => {
                            text!("the body of {length} was left", length = exact_size(length))
                        }
                        _ => text!("the body was left after {length}", length = exact_size(self.page.length)),
                    };
                    self.remarks.push(words);
                    return Ok(false);
                }
            }
        }
    }

    async fn question(&mut self, arrival: Arrival, trouble: Option<String>) -> Large {
        let context = self.fetch.context;
        let (answer, question) = oneshot::channel();
        context.registry.lock().questions.insert(self.fetch.session, answer);
        let remarks = self.said().into_iter().chain(trouble).collect();
        let page = Page { arrival, remarks, ..self.page.clone() };
        context.tell(Notice::Large { session: self.fetch.session, page: Arc::new(page) }).await;
        tokio::select! {
            large = question => large.unwrap_or(Large::Stop),
            () = self.fetch.stop.cancelled() => Large::Stop,
            _ = self.signal.end() => Large::Stop,
        }
    }
}
