//! Whether an answer is followed by another request, and what it leaves to that one.

use crate::{
    http::{
        client::{
            exchange::Exchange,
            outside::{Ask, BodySink, Log},
            redirect::follow,
            request::{parse_url, without_user},
        },
        message::head::Head,
    },
    words::phrase,
};

impl<B: BodySink, L: Log + Ask> Exchange<'_, B, L> {
    /// Looks where the answer leads to, and keeps what it leaves.
    pub(super) fn turn(&mut self, head: &Head) {
        let is_upgrade = self.config.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("upgrade"));
        if head.status == 101 && !is_upgrade {
            self.remarks.push(phrase!("status 101 goes over to another protocol, which nobody asked for"));
        }
        if let Some(chain) = self.chain.as_deref_mut()
            && let Ok(url) = parse_url(&self.config.url)
        {
            self.remarks.extend(chain.keep(&url, head));
            match chain.is_worth_another_try(self.config, &url, head) {
                Ok(true) => {
                    self.next = Some(self.config.clone());
                    return;
                }
                Ok(false) => {}
                Err(why) => self.remarks.push(why),
            }
        }
        let hops = self.limits.hops;
        match follow(self.config, head) {
            Some(Ok((next, _))) if hops < usize::from(self.config.redirects) => {
                self.next = Some(next);
            }
            Some(Ok((next, _))) if self.config.redirects > 0 => self.remarks.push(phrase!(
                "{count} redirects were followed and no more; the next one is to {url}",
                count = hops,
                url = without_user(&next.url)
            )),
            Some(Err(why)) if self.config.redirects > 0 => self.remarks.push(why),
            _ => {}
        }
    }
}
