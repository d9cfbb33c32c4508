//! Files that were asked for lately, kept in memory within a budget.

use std::{collections::HashMap, fs, path::PathBuf, sync::Arc};

use parking_lot::Mutex;

use super::entity::{Entity, Facts};

/// Memory that all kept files together may take.
const BUDGET: usize = 96 << 20;

/// What is kept, by the path of its URL as it was asked for, or another name of the caller's choice.
#[derive(Debug, Default)]
pub(super) struct Cache {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    kept: HashMap<String, Kept>,
    bytes: usize,
    clock: u64,
    generation: u64,
}

#[derive(Debug)]
struct Kept {
    entity: Arc<Entity>,
    /// What it was made from: asked about before every use.
    source: Arc<PathBuf>,
    facts: Facts,
    used: u64,
}

impl Cache {
    /// What is kept under `name`, if its source is still as it was. One question to the system: a file in use is in the
    /// system's own memory, so this does not wait for a disk.
    pub(super) fn get(&self, name: &str) -> Option<Arc<Entity>> {
        let (entity, source, facts) = {
            let mut inner = self.inner.lock();
            inner.clock += 1;
            let now = inner.clock;
            let kept = inner.kept.get_mut(name)?;
            kept.used = now;
            (Arc::clone(&kept.entity), Arc::clone(&kept.source), kept.facts)
        };
        let same = fs::metadata(source.as_path()).is_ok_and(|now| Facts::of(&now) == facts);
        if !same {
            self.inner.lock().forget(name);
        }
        same.then_some(entity)
    }

    /// To be asked before something is made, and given back with it.
    pub(super) fn generation(&self) -> u64 {
        self.inner.lock().generation
    }

    /// Keeps `entity`, made from `source` when that had `facts`; the least used make room. Not kept when everything was
    /// forgotten since `generation`.
    pub(super) fn put(&self, name: String, entity: Arc<Entity>, source: PathBuf, facts: Facts, generation: u64) {
        let Some(cost) = entity.cost().map(|cost| cost + name.len()) else { return };
        let mut inner = self.inner.lock();
        if inner.generation != generation || cost > BUDGET / 4 {
            return;
        }
        inner.forget(&name);
        if inner.bytes + cost > BUDGET {
            inner.shrink(BUDGET - BUDGET / 8 - cost);
        }
        inner.clock += 1;
        inner.bytes += cost;
        let used = inner.clock;
        inner.kept.insert(name, Kept { entity, source: Arc::new(source), facts, used });
    }

    /// Forgets everything: the site is another one.
    pub(super) fn clear(&self) {
        let mut inner = self.inner.lock();
        let generation = inner.generation + 1;
        *inner = Inner { generation, ..Inner::default() };
    }
}

impl Inner {
    fn forget(&mut self, name: &str) {
        if let Some(kept) = self.kept.remove(name) {
            self.bytes -= kept.entity.cost().unwrap_or_default() + name.len();
        }
    }

    /// Forgets what was not used for the longest time, in one go, until `limit` is left.
    fn shrink(&mut self, limit: usize) {
        let mut order: Vec<(u64, String)> = self.kept.iter().map(|(name, kept)| (kept.used, name.clone())).collect();
        order.sort_unstable();
        for (_, name) in order {
            if self.bytes <= limit {
                return;
            }
            self.forget(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_holds_and_what_changed_is_not_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "one").unwrap();
        let cache = Cache::default();
        let keep = |name: &str, bytes: usize| {
            let facts = Facts::of(&path.metadata().unwrap());
            let entity = Arc::new(Entity::made(facts, "image/png", vec![0; bytes]));
            cache.put(name.to_owned(), entity, path.clone(), facts, cache.generation());
        };
        for number in 0..200 {
            keep(&number.to_string(), 1 << 20);
            assert!(cache.inner.lock().bytes <= BUDGET);
            assert!(cache.get("0").is_some(), "what is used stays: {number}");
        }
        assert!(cache.get("1").is_none() && cache.get("199").is_some());
        keep("huge", BUDGET / 2);
        assert!(cache.get("huge").is_none());
        std::fs::write(&path, "other").unwrap();
        assert!(cache.get("199").is_none());
        keep("again", 1);
        let old = cache.generation();
        cache.clear();
        assert!(cache.get("again").is_none() && cache.inner.lock().bytes == 0);
        let facts = Facts::of(&path.metadata().unwrap());
        let entity = Arc::new(Entity::made(facts, "image/png", vec![0]));
        cache.put("late".to_owned(), entity, path.clone(), facts, old);
        assert!(cache.get("late").is_none());
    }
}
