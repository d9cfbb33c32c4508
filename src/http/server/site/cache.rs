//! Files that were asked for lately, kept in memory within one budget for all sites.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    runtime::Handle,
    sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};

use crate::http::server::{
    shared::{
        budget::{Budget, Held},
        disk::{Disk, Stuck},
    },
    site::entity::{Entity, Facts},
};

/// How long the system's word holds that a file is unchanged. To ask costs a way to another thread and back, as much as the
/// rest of a request; within this time nobody gets from one answer over a change of the file to the next request.
const HOLDS: Duration = Duration::from_micros(200);
/// The same for what is asked for at least [`HOT`] times in such a span, which one alone cannot: among so many nobody can tell
/// which came first, the request or the change.
const HOLDS_HOT: Duration = Duration::from_millis(1);
const HOT: u64 = 40;

/// Files that are kept open at once, for all sites …
const OPEN: usize = 64;
/// … and for how long nobody has to have asked for one until it is closed: so long at least, and twice that at most.
const STAYS_OPEN: Duration = Duration::from_secs(1);

/// What is kept, by the number of its site and the path of its URL as it was asked for.
///
/// What is still being sent counts, kept or not.
#[derive(Debug)]
pub(super) struct Cache {
    inner: Arc<Mutex<Inner>>,
    budget: Budget,
    /// For files that are kept open.
    open: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Inner {
    sites: HashMap<u64, OfSite>,
    clock: u64,
    /// Somebody closes files that nobody asks for any more.
    is_swept: bool,
}

#[derive(Debug, Default)]
struct OfSite {
    kept: HashMap<String, Kept>,
    generation: u64,
}

/// An entity that is kept, and what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) entity: Arc<Entity>,
    source: Arc<Source>,
    used: u64,
}

/// What an entity was made from, and when the system was last asked about it.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    facts: Facts,
    made: Instant,
    /// When the question was asked whose answer was that it is unchanged, in nanoseconds since `made`; 0 for never.
    asked: AtomicU64,
    /// Requests since then.
    requests: AtomicU64,
    /// Whether there were many of them, in the span before.
    hot: AtomicBool,
    /// Somebody asks who does not wait for the answer.
    ahead: AtomicBool,
    /// One asks, the others wait for the answer.
    turn: AsyncMutex<()>,
}

impl Kept {
    /// Whether the source is still as it was. Requests that wait at the same time share one question, as long as it was asked
    /// after they came.
    ///
    /// # Errors
    /// When the system does not answer.
    pub(super) async fn is_unchanged(&self, disk: &Disk) -> Result<bool, Stuck> {
        let came = self.source.now();
        self.source.requests.fetch_add(1, Ordering::Relaxed);
        if self.source.holds(came) {
            self.ask_ahead(came, disk);
            return Ok(true);
        }
        let _turn = timeout(disk.patience(), self.source.turn.lock()).await.map_err(|_| Stuck::Silent)?;
        if self.source.asked.load(Ordering::Acquire) >= came {
            return Ok(true);
        }
        self.source.ask(disk).await
    }

    /// Asks early, so that a file which is asked for all the time is answered with at once.
    fn ask_ahead(&self, now: u64, disk: &Disk) {
        let half = self.source.asked.load(Ordering::Relaxed) + self.source.span() / 2;
        if now > half && !self.source.ahead.swap(true, Ordering::Relaxed) {
            let (source, disk) = (Arc::clone(&self.source), disk.clone());
            tokio::spawn(async move {
                let _ = source.ask(&disk).await;
                source.ahead.store(false, Ordering::Relaxed);
            });
        }
    }
}

impl Source {
    fn now(&self) -> u64 {
        // 0 is for never.
        nanos(self.made.elapsed()) + 1
    }

    fn holds(&self, now: u64) -> bool {
        let asked = self.asked.load(Ordering::Acquire);
        asked > 0 && now.saturating_sub(asked) < self.span()
    }

    /// How long the system's word holds, in nanoseconds.
    fn span(&self) -> u64 {
        nanos(if self.hot.load(Ordering::Relaxed) { HOLDS_HOT } else { HOLDS })
    }

    async fn ask(self: &Arc<Self>, disk: &Disk) -> Result<bool, Stuck> {
        let (source, now) = (Arc::clone(self), self.now());
        let since = now.saturating_sub(self.asked.load(Ordering::Relaxed)).max(1);
        let requests = self.requests.swap(0, Ordering::Relaxed);
        self.hot.store(requests.saturating_mul(nanos(HOLDS_HOT)) / since >= HOT, Ordering::Relaxed);
        let asking = move || fs::metadata(&source.path).is_ok_and(|now| Facts::of(&now) == source.facts);
        let same = disk.run(asking).await?;
        if same {
            self.asked.fetch_max(now, Ordering::Release)
        } else {
            self.asked.swap(0, Ordering::Release)
        };
        Ok(same)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Cache {
    /// Keeps within `budget`.
    pub(super) fn new(budget: Budget) -> Self {
        Self { inner: Arc::default(), budget, open: Arc::new(Semaphore::new(OPEN)) }
    }

    /// What is kept under `name`, whether or not its source is still as it was.
    pub(super) fn get(&self, site: u64, name: &str) -> Option<Kept> {
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let now = inner.clock;
        let kept = inner.sites.get_mut(&site)?.kept.get_mut(name)?;
        kept.used = now;
        Some(kept.clone())
    }

    /// Forgets what is kept under `name`, if it is still this.
    pub(super) fn forget(&self, site: u64, name: &str, old: &Kept) {
        let mut inner = self.inner.lock();
        let Some(of_site) = inner.sites.get_mut(&site) else { return };
        if of_site.kept.get(name).is_some_and(|kept| Arc::ptr_eq(&kept.entity, &old.entity)) {
            of_site.kept.remove(name);
        }
    }

    /// Room for `bytes` of an entity; the least used make room. `None` when too much is still being sent.
    pub(super) fn room(&self, bytes: usize) -> Option<Held> {
        if let Some(held) = self.budget.hold(bytes) {
            return Some(held);
        }
        let limit = self.budget.limit();
        self.inner.lock().shrink(&self.budget, (limit - limit / 8).saturating_sub(bytes));
        self.budget.hold(bytes)
    }

    /// A place for a file that is kept open; `None` when all are taken.
    pub(super) fn open_file(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.open).try_acquire_owned().ok()
    }

    /// To be asked before something is made, and given back with it.
    pub(super) fn generation(&self, site: u64) -> u64 {
        self.inner.lock().sites.entry(site).or_default().generation
    }

    /// Keeps `entity`, made from what is at `path` when that had `facts`. Not kept when everything was forgotten since
    /// `generation`, or when it is no memory of ours.
    pub(super) fn put(
        &self,
        (site, generation): (u64, u64),
        name: String,
        entity: &Arc<Entity>,
        path: PathBuf,
        facts: Facts,
    ) {
        if !entity.is_worth_keeping() {
            return;
        }
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let used = inner.clock;
        let Some(of_site) = inner.sites.get_mut(&site).filter(|of_site| of_site.generation == generation) else {
            return;
        };
        let source = Arc::new(Source {
            path,
            facts,
            made: Instant::now(),
            asked: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            hot: AtomicBool::new(false),
            ahead: AtomicBool::new(false),
            turn: AsyncMutex::default(),
        });
        of_site.kept.insert(name, Kept { entity: Arc::clone(entity), source, used });
        if entity.is_open() && !inner.is_swept && Handle::try_current().is_ok() {
            inner.is_swept = true;
            tokio::spawn(sweep(Arc::downgrade(&self.inner)));
        }
    }

    /// Forgets everything of a site: it shows something else.
    pub(super) fn clear(&self, site: u64) {
        let mut inner = self.inner.lock();
        let of_site = inner.sites.entry(site).or_default();
        *of_site = OfSite { generation: of_site.generation + 1, ..OfSite::default() };
    }

    /// There is no such site any more.
    pub(super) fn remove(&self, site: u64) {
        self.inner.lock().sites.remove(&site);
    }
}

/// Closes files that nobody asked for lately, until none is open: one that is open keeps its drive from being taken out.
async fn sweep(inner: Weak<Mutex<Inner>>) {
    let mut before = 0;
    loop {
        sleep(STAYS_OPEN).await;
        let Some(inner) = inner.upgrade() else { return };
        let mut inner = inner.lock();
        let mut open = 0;
        for of_site in inner.sites.values_mut() {
            of_site.kept.retain(|_, kept| !kept.entity.is_open() || kept.used > before);
            open += of_site.kept.values().filter(|kept| kept.entity.is_open()).count();
        }
        before = inner.clock;
        if open == 0 {
            inner.is_swept = false;
            return;
        }
    }
}

impl Inner {
    /// Forgets what was not used for the longest time, in one go, until no more than `limit` is left.
    fn shrink(&mut self, budget: &Budget, limit: usize) {
        let all = self
            .sites
            .iter()
            .flat_map(|(site, of_site)| of_site.kept.iter().map(|(name, kept)| (kept.used, *site, name.clone())));
        let mut order: Vec<(u64, u64, String)> = all.collect();
        order.sort_unstable();
        for (_, site, name) in order {
            if budget.used() <= limit {
                return;
            }
            if let Some(of_site) = self.sites.get_mut(&site) {
                of_site.kept.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::server::shared::budget::Use;

    const BUDGET: usize = 96 << 20;

    #[tokio::test]
    async fn the_budget_is_one_for_all_sites_and_what_changed_is_not_given() {
        let disk = Disk::alone(Duration::from_secs(20));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "one").unwrap();
        let memory = crate::memory::Memory::new(BUDGET / 3 * 8);
        let cache = Cache::new(Budget::all(memory.share(crate::memory::Part::Sites))(Use::Files));
        let keep = |site: u64, name: &str, bytes: usize, generation: u64| {
            let facts = Facts::of(&path.metadata().unwrap());
            let Some(held) = cache.room(bytes) else { return false };
            let entity = Arc::new(Entity::made(facts, "image/png", held.around(vec![0; bytes]), |_| None));
            cache.put((site, generation), name.to_owned(), &entity, path.clone(), facts);
            true
        };
        let new = |site: u64| cache.generation(site);
        for number in 0..200 {
            let site = number % 2;
            assert!(keep(site, &number.to_string(), 1 << 20, new(site)));
            assert!(cache.budget.used() <= BUDGET);
            assert!(cache.get(0, "0").is_some(), "what is used stays: {number}");
        }
        assert!(cache.get(1, "1").is_none());
        let kept = cache.get(1, "199").unwrap();
        assert_eq!(kept.is_unchanged(&disk).await, Ok(true));
        std::fs::write(&path, "other").unwrap();
        // Its word holds for a moment, and is asked for anew meanwhile.
        let began = Instant::now();
        while kept.is_unchanged(&disk).await == Ok(true) {
            assert!(began.elapsed() < Duration::from_secs(10));
        }
        assert_eq!(kept.is_unchanged(&disk).await, Ok(false));
        cache.forget(1, "199", &kept);
        assert!(cache.get(1, "199").is_none());
        // What was forgotten while it was being made is not kept.
        let old = new(1);
        cache.clear(1);
        assert!(keep(1, "late", 1, old) && cache.get(1, "late").is_none());
        // What is still being sent counts, kept or not.
        drop(kept);
        let sending: Vec<_> = (0..96).map(|_| cache.room(1 << 20).unwrap()).collect();
        assert!(cache.room(1 << 20).is_none() && cache.get(0, "0").is_none());
        drop(sending);
        cache.remove(0);
        assert!(cache.room(BUDGET).is_some());
    }
}
