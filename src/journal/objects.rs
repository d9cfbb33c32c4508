//! Whole pictures and bodies, apart from the records that carried them in pieces.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;

use super::Seq;
use crate::{
    memory::{Memory, Part, Share},
    model::{ConnectionId, Direction, ObjectId, Picture, SessionId},
};

/// A picture or body as it is handed in.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Whose it is.
    pub session: SessionId,
    /// The connection it came over; number 0 for a file that was opened.
    pub connection: ConnectionId,
    /// Which way it went.
    pub direction: Direction,
    /// Which bytes of what it is.
    pub place: Place,
    /// The record that holds its first byte.
    pub first: Seq,
    /// The record that holds its last byte.
    pub last: Seq,
    /// Whose it is, for a person: the name of the other end, or of the file that was opened.
    pub name: String,
    /// What its header says, for a picture.
    pub picture: Option<Picture>,
    /// All its bytes.
    pub bytes: Vec<u8>,
}

/// Which bytes an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Bytes of the stream itself, or of one datagram: every one of them between first and last is the object's.
    Stream(Span),
    /// Bytes of the body of an HTTP message, counted in the body. In the stream other bytes may stand between them, so only
    /// the records are known.
    Body {
        /// Bytes of the body before it.
        start: u64,
        /// Bytes of the body up to its end.
        end: u64,
    },
    /// A file that was opened: it came over no connection.
    File,
}

impl Place {
    /// The first and the last byte, counted from 0.
    #[must_use]
    pub fn ends(&self) -> Option<(u64, u64)> {
        match *self {
            Self::Stream(Span { start, end, .. }) | Self::Body { start, end } => Some((start, end.saturating_sub(1))),
            Self::File => None,
        }
    }
}

/// A piece of what went one way over a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Bytes that went the same way before it.
    pub start: u64,
    /// The same up to its end.
    pub end: u64,
    /// System calls that moved it, whole or in part.
    pub calls: u32,
    /// When the first of them was, in nanoseconds since 1970.
    pub began: u64,
    /// When the last of them was.
    pub ended: u64,
}

/// A picture or body in the store.
#[derive(Debug)]
pub struct Object {
    /// Its number.
    pub id: ObjectId,
    /// How often it grew: a picture is here while it comes in.
    pub version: u32,
    /// What was handed in.
    pub content: NewObject,
}

impl Object {
    /// It came from a file that was opened, not over a connection.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.content.place == Place::File
    }
}

#[derive(Default)]
struct Inner {
    order: VecDeque<Arc<Object>>,
    by_connection: HashMap<ConnectionId, VecDeque<Arc<Object>>>,
    bytes: usize,
    /// Bytes of pictures and bodies that are still coming in, over all connections.
    arriving: usize,
    last: u32,
    evicted: u64,
    changes: u64,
    /// What was cleared and may be wanted back, its bytes, and how many had been evicted before. The first to go.
    aside: (VecDeque<Arc<Object>>, usize, u64),
}

/// The bounded store: the oldest object goes when a new one does not fit.
pub struct Objects {
    inner: Mutex<Inner>,
    share: Share,
    bodies_only: AtomicBool,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("bytes", &self.inner.lock().bytes).finish_non_exhaustive()
    }
}

impl Objects {
    /// However small they are, no more objects than this: each costs a thumbnail's place in a list as well.
    pub const MAX_OBJECTS: usize = 10_000;

    /// An empty store that stands alone, for at most `budget` bytes.
    #[must_use]
    pub fn new(budget: usize) -> Arc<Self> {
        Self::within(Memory::new(budget).share(Part::Objects))
    }

    /// An empty store for at most `share`.
    #[must_use]
    pub fn within(share: Share) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::default(), share, bodies_only: AtomicBool::new(false) })
    }

    /// How many bytes it holds at most, with those that are coming in.
    #[must_use]
    pub fn budget(&self) -> usize {
        self.share.limit()
    }

    /// Evicts what there is no room for, and tells how much is left.
    fn settle(&self, inner: &mut Inner) {
        inner.shrink(self.budget().saturating_sub(inner.arriving));
        self.share.set(inner.bytes + inner.aside.1 + inner.arriving);
    }

    /// Nobody will look at pictures that went by in streams: they get a number and are not kept. For a program without a
    /// window.
    pub fn keep_bodies_only(&self) {
        self.bodies_only.store(true, Ordering::Relaxed);
    }

    /// Somebody may look at pictures that went by.
    #[must_use]
    pub fn keeps_pictures(&self) -> bool {
        !self.bodies_only.load(Ordering::Relaxed)
    }

    /// Takes an object in; returns its number. One that is larger than the whole budget pushes out all others and
    /// leaves with the next.
    pub fn put(&self, content: NewObject) -> ObjectId {
        self.grow(None, content)
    }

    /// Puts what came of an object so far in the place of what was there, or takes it in when it is new or gone by now;
    /// returns its number.
    pub fn grow(&self, id: Option<ObjectId>, content: NewObject) -> ObjectId {
        let mut inner = self.inner.lock();
        inner.changes += 1;
        if self.bodies_only.load(Ordering::Relaxed) && matches!(content.place, Place::Stream(_)) {
            inner.last += u32::from(id.is_none());
            return id.unwrap_or(ObjectId(inner.last));
        }
        if let Some((id, at)) = id.and_then(|id| Some((id, inner.place(id)?))) {
            inner.replace(at, content);
            self.settle(&mut inner);
            return id;
        }
        inner.last += 1;
        let object = Arc::new(Object { id: ObjectId(inner.last), version: 0, content });
        inner.bytes += object.content.bytes.len();
        inner.order.push_back(Arc::clone(&object));
        inner.by_connection.entry(object.content.connection).or_default().push_back(Arc::clone(&object));
        self.settle(&mut inner);
        object.id
    }

    /// A picture or body that is coming in takes `now` bytes instead of `before`. False when all that are coming in would
    /// take more than the budget: then nothing has changed, and it has to be given up or put elsewhere.
    #[must_use]
    pub fn hold(&self, before: usize, now: usize) -> bool {
        let mut inner = self.inner.lock();
        let arriving = inner.arriving - before + now;
        let fits = now <= before || arriving <= self.budget();
        if fits {
            inner.arriving = arriving;
            self.settle(&mut inner);
        }
        fits
    }

    /// The object of that number, unless it was evicted.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> Option<Arc<Object>> {
        let inner = self.inner.lock();
        inner.place(id).and_then(|at| inner.order.get(at)).cloned()
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

    /// Counts what is taken in and what grows: what was read is as it was while this is.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.inner.lock().changes
    }

    /// How many are there, their bytes, and how many were evicted.
    #[must_use]
    pub fn stats(&self) -> (usize, usize, u64) {
        let inner = self.inner.lock();
        (inner.order.len(), inner.bytes, inner.evicted)
    }

    /// Forgets everything. Until [`Self::drop_cleared`], or until there is no room for it, it counts in the budget and
    /// [`Self::bring_back`] has it back.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        let (last, changes, arriving) = (inner.last, inner.changes + 1, inner.arriving);
        let before = std::mem::take(&mut *inner);
        let aside = if before.order.is_empty() { before.aside } else { (before.order, before.bytes, before.evicted) };
        *inner = Inner { arriving, last, changes, aside, ..Inner::default() };
        self.settle(&mut inner);
    }

    /// Brings back what was cleared last; what came meanwhile is newer. What was still coming in then, and is complete now, is
    /// there once.
    pub fn bring_back(&self) {
        let mut inner = self.inner.lock();
        let (cleared, _, evicted) = std::mem::take(&mut inner.aside);
        if cleared.is_empty() {
            return;
        }
        let newer = std::mem::take(&mut inner.order);
        let begins = |object: &Object| {
            let content = &object.content;
            content.place.ends().map(|(start, _)| (content.connection, content.direction as u8, start))
        };
        let whole: HashSet<_> = newer.iter().filter_map(|object| begins(object)).collect();
        let older = cleared.into_iter().filter(|object| begins(object).is_none_or(|begin| !whole.contains(&begin)));
        inner.order = older.chain(newer).collect();
        inner.bytes = inner.order.iter().map(|object| object.content.bytes.len()).sum();
        inner.evicted += evicted;
        inner.changes += 1;
        let mut by_connection: HashMap<ConnectionId, VecDeque<Arc<Object>>> = HashMap::new();
        for object in &inner.order {
            by_connection.entry(object.content.connection).or_default().push_back(Arc::clone(object));
        }
        inner.by_connection = by_connection;
        self.settle(&mut inner);
    }

    /// What was cleared is not wanted back.
    pub fn drop_cleared(&self) {
        let mut inner = self.inner.lock();
        inner.aside = Default::default();
        self.settle(&mut inner);
    }

    /// Evicts what there is no room for, after the budget became smaller.
    pub fn keep_to_budget(&self) {
        self.settle(&mut self.inner.lock());
    }
}

impl Inner {
    /// Where the object of that number stands.
    fn place(&self, id: ObjectId) -> Option<usize> {
        let at = self.order.partition_point(|object| object.id < id);
        self.order.get(at).is_some_and(|object| object.id == id).then_some(at)
    }

    fn replace(&mut self, at: usize, content: NewObject) {
        let Some(place) = self.order.get_mut(at) else { return };
        self.bytes = self.bytes - place.content.bytes.len() + content.bytes.len();
        let (id, connection) = (place.id, place.content.connection);
        *place = Arc::new(Object { id, version: place.version + 1, content });
        let list = self.by_connection.get_mut(&connection);
        if let Some(other) = list.and_then(|list| list.iter_mut().find(|object| object.id == id)) {
            *other = Arc::clone(place);
        }
    }

    fn shrink(&mut self, budget: usize) {
        while self.bytes + self.aside.1 > budget
            && let Some(oldest) = self.aside.0.pop_front()
        {
            self.aside.1 -= oldest.content.bytes.len();
            self.aside.2 += 1;
        }
        while self.order.len() > 1 && (self.bytes > budget || self.order.len() > Objects::MAX_OBJECTS) {
            self.evict_oldest();
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(length: usize) -> NewObject {
        NewObject {
            session: SessionId(1),
            connection: ConnectionId(1),
            direction: Direction::Inbound,
            place: Place::File,
            first: 1,
            last: 1,
            name: String::new(),
            picture: None,
            bytes: vec![0; length],
        }
    }

    #[test]
    fn where_nobody_looks_at_pictures_only_bodies_are_kept() {
        let objects = Objects::new(1000);
        objects.keep_bodies_only();
        let span = Span { start: 0, end: 100, ..Span::default() };
        let streamed = NewObject { place: Place::Stream(span), ..picture(100) };
        let first = objects.put(streamed.clone());
        assert_eq!(objects.grow(Some(first), streamed.clone()), first);
        assert!(objects.put(streamed) != first && objects.stats().0 == 0 && objects.get(first).is_none());
        let body = objects.put(NewObject { place: Place::Body { start: 0, end: 100 }, ..picture(100) });
        assert_eq!(objects.get(body).unwrap().content.bytes.len(), 100);
    }

    #[test]
    fn what_is_there_makes_room_for_what_comes_in() {
        let memory = Memory::new(1000);
        let objects = Objects::within(memory.share(Part::Objects));
        for _ in 0..8 {
            objects.put(picture(100));
        }
        assert!(objects.hold(0, 500) && objects.stats() == (5, 500, 3));
        assert!(!objects.hold(500, 1001) && objects.hold(500, 1000) && !objects.hold(0, 1));
        assert_eq!((objects.stats().0, memory.used()), (1, 1100), "the newest stays, and goes with the next");
        objects.put(picture(50));
        assert_eq!((objects.stats().1, memory.used()), (50, 1050));
        objects.clear();
        assert_eq!(memory.used(), 1000, "there is no room to keep what was cleared");
        assert!(objects.hold(1000, 0) && memory.used() == 0);
    }

    #[test]
    fn what_was_cleared_comes_back_unless_room_was_needed() {
        let memory = Memory::new(1000);
        let objects = Objects::within(memory.share(Part::Objects));
        let at = |start: u64, length: usize| NewObject {
            place: Place::Stream(Span { start, end: start + length as u64, ..Span::default() }),
            ..picture(length)
        };
        let ids: Vec<ObjectId> = (0..4).map(|start| objects.put(at(start * 100, 100))).collect();
        let changes = objects.changes();
        objects.clear();
        assert_eq!((objects.stats(), memory.used()), ((0, 0, 0), 400));
        // The last one was still coming in; another came after it.
        let whole = objects.grow(Some(ids[3]), at(300, 150));
        let next = objects.put(at(900, 100));
        objects.bring_back();
        assert!(objects.changes() > changes);
        let order: Vec<ObjectId> = objects.of_connection(ConnectionId(1)).iter().map(|object| object.id).collect();
        assert_eq!(order, [ids[0], ids[1], ids[2], whole, next]);
        assert_eq!((objects.stats(), memory.used()), ((5, 550, 0), 550));
        assert!(objects.get(ids[0]).is_some() && objects.newest(1)[0].id == next);
        // What comes meanwhile has the room that it needs.
        objects.clear();
        objects.put(at(5000, 800));
        assert!(memory.used() <= 1000);
        objects.bring_back();
        assert_eq!(objects.stats(), (2, 900, 4));
        // And nothing comes back that nobody wanted back.
        objects.clear();
        objects.drop_cleared();
        assert_eq!(memory.used(), 0);
        objects.bring_back();
        assert_eq!(objects.stats(), (0, 0, 0));
    }
}
