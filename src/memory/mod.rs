//! One budget for everything the program keeps: journal, pictures, what sites have ready, textures.
//!
//! Owns the figures, not the bytes: whoever keeps something takes a [`Share`] and evicts its own when that says it is over.
//! All limits together are never more than the budget, and a part that nobody uses leaves its place to the others. Must
//! not know what is kept.

mod give_back;
mod machine;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

pub use give_back::give_back;

/// The most that is taken where nobody sets a budget: 512 MiB.
pub const MOST: usize = 512 << 20;
/// The least that anybody should set: 1 MiB. Below it there is no room for what is on its way.
pub const LEAST: usize = 1 << 20;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Records with their payloads.
    Journal,
    /// Pictures and bodies, whole and still coming in.
    Objects,
    /// Files that sites have ready, and what was said on their boards.
    Sites,
    /// Pictures on the screen.
    Textures,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Journal, Self::Objects, Self::Sites, Self::Textures];

    /// How much of the budget it gets beside the others that are in use.
    fn weight(self) -> usize {
        match self {
            Self::Journal => 4,
            Self::Objects | Self::Sites | Self::Textures => 2,
        }
    }
}

/// An eighth of the memory that this program may have by machine, container and `ulimit`, [`MOST`] at most.
#[must_use]
pub fn usual() -> usize {
    (machine::memory().unwrap_or(usize::MAX) / 8).clamp(LEAST, MOST)
}

/// The budget. Shared by `Arc`.
#[derive(Debug)]
pub struct Memory {
    total: AtomicUsize,
    parts: [InUse; 4],
}

#[derive(Debug, Default)]
struct InUse {
    holders: AtomicUsize,
    bytes: AtomicUsize,
}

impl Memory {
    /// A budget of `total` bytes.
    #[must_use]
    pub fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total: AtomicUsize::new(total), parts: Default::default() })
    }

    /// How many bytes may be kept in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }

    /// Sets how many bytes may be kept in all; each part keeps to it from its next change on.
    pub fn set_total(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Bytes that are kept.
    #[must_use]
    pub fn used(&self) -> usize {
        Part::ALL.iter().map(|part| self.used_for(*part)).sum()
    }

    /// Bytes that are kept for one thing.
    #[must_use]
    pub fn used_for(&self, part: Part) -> usize {
        self.of(part).bytes.load(Ordering::Relaxed)
    }

    /// A place for one more who keeps something.
    #[must_use]
    pub fn share(self: &Arc<Self>, part: Part) -> Share {
        self.of(part).holders.fetch_add(1, Ordering::Relaxed);
        Share { memory: Arc::clone(self), part, used: AtomicUsize::new(0) }
    }

    fn of(&self, part: Part) -> &InUse {
        let [journal, objects, sites, textures] = &self.parts;
        match part {
            Part::Journal => journal,
            Part::Objects => objects,
            Part::Sites => sites,
            Part::Textures => textures,
        }
    }

    /// What one of those who keep the same may keep.
    fn limit(&self, part: Part) -> usize {
        let holders = |part: Part| self.of(part).holders.load(Ordering::Relaxed);
        let weights: usize = Part::ALL.iter().filter(|part| holders(**part) > 0).map(|part| part.weight()).sum();
        self.total() / weights.max(1) * part.weight() / holders(part).max(1)
    }
}

/// What one owner keeps of a part. Dropping it gives all of it back.
#[derive(Debug)]
pub struct Share {
    memory: Arc<Memory>,
    part: Part,
    used: AtomicUsize,
}

impl Share {
    /// How many bytes this owner may keep at the moment: less when others come, more when they go.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.memory.limit(self.part)
    }

    /// How many it keeps.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The whole budget that this is a share of.
    #[must_use]
    pub fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Tells how many bytes are kept now. For an owner that changes them under a lock of its own.
    pub fn set(&self, bytes: usize) {
        let before = self.used.swap(bytes, Ordering::Relaxed);
        let all = &self.memory.of(self.part).bytes;
        if bytes >= before {
            all.fetch_add(bytes - before, Ordering::Relaxed);
        } else {
            all.fetch_sub(before - bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
        self.memory.of(self.part).holders.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_limits_together_are_the_budget_and_who_is_not_there_leaves_room() {
        let memory = Memory::new(100 << 20);
        let journal = memory.share(Part::Journal);
        assert_eq!(journal.limit(), 100 << 20);
        let objects = memory.share(Part::Objects);
        let sites: Vec<_> = (0..5).map(|_| memory.share(Part::Sites)).collect();
        let textures = [memory.share(Part::Textures), memory.share(Part::Textures)];
        assert_eq!((journal.limit(), objects.limit()), (40 << 20, 20 << 20));
        assert_eq!((sites[0].limit(), textures[0].limit()), (4 << 20, 10 << 20));
        drop(sites);
        drop(textures);
        drop(objects);
        assert_eq!(journal.limit(), 100 << 20);
        memory.set_total(LEAST);
        assert_eq!(journal.limit(), LEAST);
    }

    #[test]
    fn what_is_kept_is_counted_by_part_and_given_back_with_its_owner() {
        let memory = Memory::new(2000);
        let one = memory.share(Part::Sites);
        let other = memory.share(Part::Sites);
        one.set(700);
        other.set(300);
        one.set(500);
        assert_eq!((one.used(), memory.used_for(Part::Sites), memory.used()), (500, 800, 800));
        drop(one);
        assert_eq!((memory.used_for(Part::Sites), memory.used_for(Part::Journal)), (300, 0));
    }

    #[test]
    fn the_usual_budget_is_within_its_bounds() {
        assert!((LEAST..=MOST).contains(&usual()));
    }
}
