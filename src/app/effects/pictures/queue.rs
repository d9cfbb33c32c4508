//! What waits to be decoded: what a person asked for first, then what came into sight last.
//!
//! Bounded: the oldest of the small forms goes when there are too many, and one that is not in sight any more goes at once. Two threads
//! work on it. One of them takes no large picture: memory holds one of those at a time, and no other has to wait for it.

use std::collections::VecDeque;

use parking_lot::{Condvar, Mutex};

use crate::{app::model::effect::PictureForm, model::ObjectId};

/// Small forms that may wait.
const SMALL: usize = 24;
/// Forms that a person asked for, which may wait.
const WANTED: usize = 8;

/// What a picture is decoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// For lists and conversations.
    Small(ObjectId),
    /// For somebody who asked for it.
    Wanted(ObjectId, PictureForm),
}

#[derive(Default)]
struct Inner {
    /// And whether it is large.
    small: VecDeque<(ObjectId, bool)>,
    wanted: VecDeque<(ObjectId, PictureForm)>,
    over: bool,
}

/// The queue, shared by the window and its threads.
#[derive(Default)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    news: Condvar,
}

impl Queue {
    /// Asks for the small form of a picture. Another one that had to go for it comes back.
    pub(super) fn small(&self, id: ObjectId, large: bool) -> Option<ObjectId> {
        let mut inner = self.inner.lock();
        inner.small.push_back((id, large));
        let gone = if inner.small.len() > SMALL { inner.small.pop_front() } else { None };
        drop(inner);
        self.news.notify_all();
        gone.map(|(id, _)| id)
    }

    /// Asks for a form that a person wants. False when too much waits.
    pub(super) fn wanted(&self, id: ObjectId, form: PictureForm) -> bool {
        let mut inner = self.inner.lock();
        if inner.wanted.len() >= WANTED {
            return false;
        }
        inner.wanted.push_back((id, form));
        drop(inner);
        self.news.notify_all();
        true
    }

    /// Takes away the small forms that nobody waits for any more; they come back.
    pub(super) fn drop_unless(&self, wanted: impl Fn(ObjectId) -> bool) -> Vec<ObjectId> {
        let mut inner = self.inner.lock();
        if inner.small.is_empty() {
            return Vec::new();
        }
        let (stay, go): (VecDeque<_>, VecDeque<_>) = inner.small.drain(..).partition(|(id, _)| wanted(*id));
        inner.small = stay;
        go.into_iter().map(|(id, _)| id).collect()
    }

    /// The next job, when there is one, for a thread that takes `large` ones or not; `None` when the window has gone.
    pub(super) fn next(&self, large: bool) -> Option<Job> {
        let mut inner = self.inner.lock();
        loop {
            if inner.over {
                return None;
            }
            // What a person asked for may be of any size.
            if let Some((id, form)) = inner.wanted.pop_front_if(|_| large) {
                return Some(Job::Wanted(id, form));
            }
            let newest = inner.small.iter().rposition(|(_, is_large)| large || !is_large);
            if let Some((id, _)) = newest.and_then(|at| inner.small.remove(at)) {
                return Some(Job::Small(id));
            }
            self.news.wait(&mut inner);
        }
    }

    /// The window goes.
    pub(super) fn end(&self) {
        self.inner.lock().over = true;
        self.news.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_what_is_stale_or_too_much_goes() {
        let queue = Queue::default();
        let gone: Vec<_> = (0..30).filter_map(|id| queue.small(ObjectId(id), id == 29)).collect();
        assert_eq!(gone, (0..6).map(ObjectId).collect::<Vec<_>>());
        assert!(queue.wanted(ObjectId(1), PictureForm::Clipboard));
        let stale = queue.drop_unless(|id| id.0 >= 28 || id.0 == 6);
        assert_eq!(stale, (7..28).map(ObjectId).collect::<Vec<_>>());
        let wanted = Job::Wanted(ObjectId(1), PictureForm::Clipboard);
        assert_eq!(queue.next(false), Some(Job::Small(ObjectId(28))), "the newest that is not large");
        let order: Vec<_> = (0..3).map_while(|_| queue.next(true)).collect();
        assert_eq!(order, [wanted, Job::Small(ObjectId(29)), Job::Small(ObjectId(6))]);
        for _ in 0..WANTED {
            assert!(queue.wanted(ObjectId(1), PictureForm::Clipboard));
        }
        assert!(!queue.wanted(ObjectId(1), PictureForm::Clipboard));
        queue.end();
        assert_eq!(queue.next(true), None);
    }
}
