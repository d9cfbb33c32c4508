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
    /// Pixels of pictures in memory: while they are decoded, and of the one that is open. They may take what is free.
    Pixels,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 5] = [Self::Journal, Self::Objects, Self::Sites, Self::Textures, Self::Pixels];

    /// How much of the budget it gets beside the others that are in use.
    fn weight(self) -> usize {
        match self {
            Self::Journal => 4,
            Self::Objects | Self::Sites | Self::Textures | Self::Pixels => 2,
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
    parts: [InUse; 5],
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
        let [journal, objects, sites, textures, pixels] = &self.parts;
        match part {
            Part::Journal => journal,
            Part::Objects => objects,
            Part::Sites => sites,
            Part::Textures => textures,
            Part::Pixels => pixels,
        }
    }

    /// What something that comes and goes may take for a while: what is free, or what is meant for it where that is more.
    #[must_use]
    pub fn room(&self, part: Part) -> usize {
        let free = self.total().saturating_sub(self.used());
        free.max(self.part_of(part, self.total()).saturating_sub(self.used_for(part)))
    }

    /// What is meant for one thing, of `total` bytes.
    fn part_of(&self, part: Part, total: usize) -> usize {
        let in_use = |part: &Part| self.of(*part).holders.load(Ordering::Relaxed) > 0;
        let weights: usize = Part::ALL.iter().filter(|part| in_use(part)).map(|part| part.weight()).sum();
        total / weights.max(1) * part.weight()
    }

    /// What one of those who keep the same may keep.
    fn limit(&self, part: Part) -> usize {
        self.part_of(part, self.total()) / self.of(part).holders.load(Ordering::Relaxed).max(1)
    }

    /// Whether pixels have taken more than what is meant for them.
    fn is_lent(&self) -> bool {
        self.used_for(Part::Pixels) > self.part_of(Part::Pixels, self.total())
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
        let meant = self.memory.limit(self.part);
        if self.part == Part::Pixels || !self.memory.is_lent() {
            return meant;
        }
        // A large picture has taken what was free: meanwhile nobody grows beyond what is left, and nobody has to give up anything.
        let free = self.memory.total().saturating_sub(self.memory.used());
        meant.min(self.used().saturating_add(free))
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
    fn pixels_take_what_is_free_and_the_others_do_not_grow_meanwhile() {
        let memory = Memory::new(60 << 20);
        let journal = memory.share(Part::Journal);
        let pixels = memory.share(Part::Pixels);
        assert_eq!((journal.limit(), memory.room(Part::Pixels)), (40 << 20, 60 << 20));
        journal.set(25 << 20);
        assert_eq!(memory.room(Part::Pixels), 35 << 20);
        pixels.set(35 << 20);
        assert_eq!(
            (memory.room(Part::Pixels), journal.limit()),
            (0, 25 << 20),
            "what is kept stays, and no more comes"
        );
        pixels.set(0);
        journal.set(60 << 20);
        assert_eq!((memory.room(Part::Pixels), journal.limit()), (20 << 20, 40 << 20), "its own part");
    }

    #[test]
    fn the_usual_budget_is_within_its_bounds() {
        assert!((LEAST..=MOST).contains(&usual()));
    }
}
