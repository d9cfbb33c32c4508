//! Looking for the records that a filter takes, on a thread of its own, block by block, without ever stopping the
//! window or a socket.
//!
//! The thread reads the journal like any other reader: what is evicted before it came there is simply not found. It
//! hands the matches over in bounded batches; the model keeps the list.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        model::Found,
    },
    journal::{Filter, Journal, Seq},
};

/// Matches are handed over after so many, or after so long.
const BATCH: usize = 16_384;
const PATIENCE: Duration = Duration::from_millis(60);

#[derive(Default)]
struct Wish {
    generation: u64,
    filter: Option<Filter>,
    /// Something new is in the journal, or the filter changed.
    stirred: bool,
    /// The window has gone.
    over: bool,
}

#[derive(Default)]
struct Shared {
    wish: Mutex<Wish>,
    changed: Condvar,
}

/// The window's end of the search.
pub(in crate::app) struct Search {
    shared: Arc<Shared>,
}

impl Search {
    /// Starts the thread; it sleeps until there is a filter and ends with this.
    pub(in crate::app) fn start(journal: Arc<Journal>, mail: Mailbox<Found>) -> Self {
        let shared = Arc::new(Shared::default());
        let other_end = Arc::clone(&shared);
        spawn("search", move || work(&other_end, &journal, &mail));
        Self { shared }
    }

    /// Looks for what `filter` takes from now on, from the oldest record; `generation` stands on what it finds.
    pub(in crate::app) fn set(&self, generation: u64, filter: Option<Filter>) {
        let mut wish = self.shared.wish.lock();
        wish.generation = generation;
        wish.filter = filter;
        wish.stirred = true;
        drop(wish);
        self.shared.changed.notify_all();
    }

    /// Tells the thread that there may be new records.
    pub(in crate::app) fn stir(&self) {
        self.shared.wish.lock().stirred = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.shared.wish.lock().over = true;
        self.shared.changed.notify_all();
    }
}

/// The thread: waits for a wish, scans to the end of the journal, waits again.
fn work(shared: &Shared, journal: &Journal, mail: &Mailbox<Found>) {
    let mut generation = 0;
    let mut next: Seq = 0;
    loop {
        let filter = {
            let mut wish = shared.wish.lock();
            shared.changed.wait_while(&mut wish, |wish| !wish.stirred && !wish.over);
            if wish.over {
                return;
            }
            wish.stirred = false;
            if wish.generation != generation {
                generation = wish.generation;
                next = 0;
            }
            wish.filter.clone()
        };
        let Some(filter) = filter else { continue };
        if !scan(shared, journal, mail, &filter, generation, &mut next) {
            return;
        }
    }
}

/// Scans from `next` to the end, or until the wish changes. False when the window has gone.
fn scan(
    shared: &Shared,
    journal: &Journal,
    mail: &Mailbox<Found>,
    filter: &Filter,
    generation: u64,
    next: &mut Seq,
) -> bool {
    let mut matches = Vec::new();
    let mut since = Instant::now();
    let fresh = *next == 0;
    let mut posted = false;
    while let Some(block) = journal.block(*next) {
        filter.matches(&block, *next, &mut matches);
        *next = block.end();
        let wish = shared.wish.lock();
        if wish.over {
            return false;
        }
        if wish.generation != generation {
            return true;
        }
        drop(wish);
        if matches.len() >= BATCH || (!matches.is_empty() && since.elapsed() > PATIENCE) {
            let found = Found { generation, matches: std::mem::take(&mut matches), caught_up: false };
            posted = true;
            if !mail.post(found) {
                return false;
            }
            since = Instant::now();
        }
    }
    // Nothing is said when nothing new was found: saying it would draw a frame for every record that does not match.
    if matches.is_empty() && !fresh && !posted {
        return true;
    }
    mail.post(Found { generation, matches, caught_up: true })
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use egui::Context;

    use super::*;
    use crate::{
        app::model::Matches,
        journal::{Budget, Entry, Kinds},
        model::{ConnectionId, Event, Names, SessionId},
    };

    fn append(journal: &Journal, bytes: &[u8]) {
        journal.append(&Entry {
            event: Event::Recv,
            session: SessionId(1),
            connection: ConnectionId(1),
            names: &Names::default(),
            length: bytes.len(),
            payload: &[IoSlice::new(bytes)],
            keep: bytes.len(),
            previous: 0,
        });
    }

    #[test]
    fn matches_come_in_order_and_follow_what_is_new() {
        // A few records, all still in the block that is being filled, and many blocks.
        for count in [20, 5000] {
            finds(count);
        }
    }

    fn finds(records: usize) {
        let journal = Journal::new(Budget::default());
        for number in 0..records {
            append(&journal, if number % 10 == 0 { b"needle" } else { b"hay" });
        }
        let (mail, inbox) = Mailbox::new(Context::default());
        let search = Search::start(Arc::clone(&journal), mail);
        let mut matches = Matches::default();
        let (generation, filter) = matches.look_for(Filter::parse(Kinds::All, "needle").unwrap());
        search.set(generation, filter);
        let take = |matches: &mut Matches, count: usize| {
            while matches.list().is_none_or(|list| list.len() < count) || matches.is_running() {
                matches.take(inbox.recv_timeout(Duration::from_secs(5)).unwrap());
            }
        };
        take(&mut matches, records / 10);
        assert!(matches.list().unwrap().is_sorted());
        append(&journal, b"another needle");
        search.stir();
        take(&mut matches, records / 10 + 1);
        assert_eq!(matches.list().unwrap().last(), Some(&(records as u64 + 1)));
    }
}
