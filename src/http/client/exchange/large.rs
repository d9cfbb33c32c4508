//! How much of a body is taken, and who decides about more.

use crate::{
    http::client::{
        exchange::{Exchange, Over},
        outside::{Ask, BodySink, Log, stopped},
    },
    model::{Arrival, Failure, FetchConfig, Large, Page},
    words::{exact_size, phrase},
};

impl<B: BodySink, L: Log + Ask> Exchange<'_, B, L> {
    /// How long the body may become before somebody is asked.
    pub(super) fn room(&self) -> u64 {
        if self.allowed {
            return u64::MAX;
        }
        match (self.config.max, &self.config.output) {
            (Some(max), _) => max,
            (None, None) => FetchConfig::MAX,
            // What is unpacked may be any length, whatever is promised.
            (None, Some(_)) if self.reader.promised().is_some() && !self.unpacking.is_needed() => u64::MAX,
            (None, Some(_)) => FetchConfig::UNENDED,
        }
    }

    /// Takes body up to the limit, and what is beyond it where somebody says so.
    pub(super) async fn put_wanted(&mut self, mut data: &[u8]) -> Result<(), Failure> {
        while !data.is_empty() {
            let room = self.room().saturating_sub(self.page.length);
            let (now, rest) = data.split_at(usize::try_from(room).unwrap_or(usize::MAX).min(data.len()));
            if !now.is_empty() {
                let mut taken = self.hand_on(now).await?;
                if taken == Some(false) && self.ask(Arrival::Full).await {
                    taken = self.hand_on(now).await?;
                }
                if taken != Some(true) {
                    return Ok(());
                }
                self.page.length += now.len() as u64;
            }
            if !rest.is_empty() && !self.ask(Arrival::Asking).await {
                return Ok(());
            }
            data = rest;
        }
        Ok(())
    }

    /// Lets the person decide about a body that is large, or too large for memory; false when no more of it is taken.
    pub(super) async fn ask(&mut self, arrival: Arrival) -> bool {
        let mut trouble = None;
        loop {
            let remarks = self.said().into_iter().chain(trouble.take()).collect();
            let page = Page { arrival, remarks, ..self.page.clone() };
            let large = tokio::select! {
                large = self.log.ask(page) => large,
                // A person is not hurried.
                () = stopped(&mut self.limits, &mut self.stopped) => Large::Stop,
            };
            self.allowed = true;
            self.moved.now();
            match large {
                Large::Continue if arrival != Arrival::Full => return true,
                // A place that cannot be written is no reason to lose what came.
                Large::Save(path) => match self.sink.save(&path).await {
                    Ok(()) => return true,
                    Err(failure) => trouble = Some(self.trouble(failure).phrase()),
                },
                Large::Continue | Large::Stop => {
                    self.over = Over::Left;
                    self.page.is_cut_short = true;
                    let words = match self.page.promised() {
                        Some(length) if self.page.length == 0 => {
                            phrase!("the body of {length} was left", length = exact_size(length))
                        }
                        _ => phrase!("the body was left after {length}", length = exact_size(self.page.length)),
                    };
                    self.remarks.push(words);
                    return false;
                }
            }
        }
    }
}
