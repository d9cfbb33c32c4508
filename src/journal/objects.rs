//! Whole pictures and bodies, apart from the records that carried them in pieces.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use super::Seq;
use crate::model::{ConnectionId, Direction, ObjectId, Picture, SessionId};

/// A picture or body as it is handed in.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Whose it is.
    pub session: SessionId,
    /// The connection it came over.
    pub connection: ConnectionId,
    /// Which way it went.
    pub direction: Direction,
    /// The record that holds its first byte.
    pub first: Seq,
    /// The record that holds its last byte.
    pub last: Seq,
    /// What its header says, for a picture.
    pub picture: Option<Picture>,
    /// All its bytes.
    pub bytes: Vec<u8>,
}

/// A picture or body in the store.
#[derive(Debug)]
pub struct Object {
    /// Its number.
    pub id: ObjectId,
    /// What was handed in.
    pub content: NewObject,
}

#[derive(Default)]
struct Inner {
    order: VecDeque<Arc<Object>>,
    by_connection: HashMap<ConnectionId, VecDeque<Arc<Object>>>,
    bytes: usize,
    last: u32,
    evicted: u64,
}

/// The bounded store: the oldest object goes when a new one does not fit.
pub struct Objects {
    inner: Mutex<Inner>,
    budget: usize,
    /// Bytes of pictures that are still coming in, over all connections.
    arriving: AtomicUsize,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("bytes", &self.inner.lock().bytes).finish_non_exhaustive()
    }
}

impl Objects {
    /// 256 MiB of pictures and bodies.
    pub const DEFAULT_BUDGET: usize = 256 << 20;
    /// However small they are, no more objects than this: each costs a thumbnail's place in a list as well.
    pub const MAX_OBJECTS: usize = 10_000;

    /// An empty store for at most `budget` bytes.
    #[must_use]
    pub fn new(budget: usize) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::default(), budget, arriving: AtomicUsize::new(0) })
    }

    /// Takes an object in; returns its number. One that is larger than the whole budget pushes out all others and
    /// leaves with the next.
    pub fn put(&self, content: NewObject) -> ObjectId {
        let mut inner = self.inner.lock();
        inner.last += 1;
        let object = Arc::new(Object { id: ObjectId(inner.last), content });
        inner.bytes += object.content.bytes.len();
        inner.order.push_back(Arc::clone(&object));
        inner.by_connection.entry(object.content.connection).or_default().push_back(Arc::clone(&object));
        while inner.order.len() > 1 && (inner.bytes > self.budget || inner.order.len() > Self::MAX_OBJECTS) {
            inner.evict_oldest();
        }
        object.id
    }

    /// A picture that is coming in takes `now` bytes instead of `before`. False when all that are coming in would take
    /// more than the budget: then nothing has changed, and the picture has to be given up.
    #[must_use]
    pub fn hold(&self, before: usize, now: usize) -> bool {
        if now <= before {
            self.arriving.fetch_sub(before - now, Ordering::Relaxed);
            return true;
        }
        let more = now - before;
        let fits = self.arriving.fetch_add(more, Ordering::Relaxed) + more <= self.budget;
        if !fits {
            self.arriving.fetch_sub(more, Ordering::Relaxed);
        }
        fits
    }

    /// The object of that number, unless it was evicted.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<Arc<Object>> {
        let inner = self.inner.lock();
        let at = inner.order.partition_point(|object| object.id < id);
        inner.order.get(at).filter(|object| object.id == id).cloned()
    }

    /// All objects of a connection, oldest first.
    #[must_use]
    pub fn of_connection(&self, connection: ConnectionId) -> Vec<Arc<Object>> {
        self.inner.lock().by_connection.get(&connection).map_or_else(Vec::new, |list| list.iter().cloned().collect())
    }

    /// The newest objects, at most `count`, newest first.
    #[must_use]
    pub fn newest(&self, count: usize) -> Vec<Arc<Object>> {
        self.inner.lock().order.iter().rev().take(count).cloned().collect()
    }

    /// The number of the newest object ever taken in: changes when there is something new.
    #[must_use]
    pub fn last(&self) -> ObjectId {
        ObjectId(self.inner.lock().last)
    }

    /// How many are there, their bytes, and how many were evicted.
    #[must_use]
    pub fn stats(&self) -> (usize, usize, u64) {
        let inner = self.inner.lock();
        (inner.order.len(), inner.bytes, inner.evicted)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        let last = inner.last;
        *inner = Inner { last, ..Inner::default() };
    }
}

impl Inner {
    fn evict_oldest(&mut self) {
        let Some(oldest) = self.order.pop_front() else { return };
        self.bytes -= oldest.content.bytes.len();
        self.evicted += 1;
        let connection = oldest.content.connection;
        if let Some(list) = self.by_connection.get_mut(&connection) {
            list.pop_front();
            if list.is_empty() {
                self.by_connection.remove(&connection);
            }
        }
    }
}
