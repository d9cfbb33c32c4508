//! Folders that are being listed, and those that were a moment ago: who asks at the same time gets the same listing.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use parking_lot::Mutex;
use tokio::{
    sync::{Mutex as AsyncMutex, Semaphore},
    time::{Instant, sleep, timeout},
};

use crate::http::server::{
    shared::{
        budget::Held,
        disk::{Disk, Stuck},
    },
    site::{
        entity::Facts,
        find::{Found, find},
        listing::Listing,
        names::Place,
    },
};

/// How long a listing is kept. The system tells at each request whether a name has come or gone; that a file has grown is
/// seen after this time.
const KEEP: Duration = Duration::from_secs(2);
/// Folders of one site that are read at once. A drive that hangs takes no more than these places.
const AT_ONCE: usize = 2;

/// The listings of one site.
#[derive(Debug)]
pub(super) struct Listings {
    slots: Mutex<HashMap<PathBuf, Slot>>,
    turns: Arc<Semaphore>,
}

/// One folder. Whoever reads it holds the lock; the others wait for what comes of it.
type Slot = Arc<AsyncMutex<Option<Kept>>>;

#[derive(Debug)]
struct Kept {
    listing: Arc<Listing>,
    /// Of the folder, before it was read.
    facts: Facts,
    /// A change after it was read would have given the folder another time.
    is_settled: bool,
    began: Instant,
    until: Instant,
}

impl Kept {
    /// Whether it is what somebody would read who came at `came`, when the folder had `facts`.
    fn holds(&self, came: Instant, facts: Facts) -> bool {
        self.began >= came || self.is_settled && self.facts == facts && Instant::now() < self.until
    }
}

impl Default for Listings {
    fn default() -> Self {
        Self { slots: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Listings {
    /// What is in the folder at `place`, which has `facts` now.
    ///
    /// # Errors
    /// When the drive does not answer in time; inside, what the system says.
    pub(super) async fn get(
        self: &Arc<Self>,
        (root, place): (&Path, Place),
        facts: Facts,
        disk: &Disk,
        room: impl Fn(usize) -> Option<Held> + Send + 'static,
    ) -> Result<io::Result<Arc<Listing>>, Stuck> {
        let came = Instant::now();
        let slot = Arc::clone(self.slots.lock().entry(root.join(place.path())).or_default());
        let patience = disk.patience();
        let mut kept = timeout(patience, slot.lock_owned()).await.map_err(|_| Stuck::Silent)?;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.holds(came, facts)) {
            return Ok(Ok(Arc::clone(&kept.listing)));
        }
        let (all, root, disk) = (Arc::clone(self), root.to_owned(), disk.clone());
        // It is read to its end also when the one who asked goes away: others wait for it.
        let reading = tokio::spawn(async move {
            let turn = timeout(patience, Arc::clone(&all.turns).acquire_owned()).await;
            let turn = turn.map_err(|_| Stuck::Crowded)?.map_err(|_| Stuck::Lost)?;
            let read = disk.run(move || {
                let read = read(&root, &place, room);
                drop(turn);
                read
            });
            let read = read.await;
            *kept = None;
            Ok(read?.map(|read| {
                let (listing, keep) = (Arc::clone(&read.listing), read.until.duration_since(Instant::now()));
                *kept = Some(read);
                drop(kept);
                tokio::spawn(async move {
                    sleep(keep).await;
                    all.forget_old();
                });
                listing
            }))
        });
        reading.await.map_err(|_| Stuck::Lost)?
    }

    fn forget_old(&self) {
        self.slots.lock().retain(|_, slot| {
            Arc::strong_count(slot) > 1
                || slot.try_lock().is_ok_and(|kept| kept.as_ref().is_some_and(|kept| Instant::now() < kept.until))
        });
    }
}

/// Blocks.
fn read(root: &Path, place: &Place, room: impl Fn(usize) -> Option<Held>) -> io::Result<Kept> {
    let (began, now) = (Instant::now(), SystemTime::now());
    let Found::Folder(folder) = find(root, place)? else { return Err(io::ErrorKind::NotFound.into()) };
    let facts = Facts::of(folder.facts());
    let listing = Arc::new(Listing::read(&folder, room)?);
    let keep = KEEP.max(began.elapsed() * 2);
    Ok(Kept { listing, facts, is_settled: facts.are_settled(now), began, until: Instant::now() + keep })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{
        http::server::shared::budget::{Budget, Use},
        memory::{Memory, Part},
    };

    #[tokio::test]
    async fn who_asks_at_the_same_time_gets_the_same_and_a_new_name_is_seen_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "").unwrap();
        let memory = Memory::new(64 << 20);
        let budget = Budget::all(memory.share(Part::Sites))(Use::Files);
        let (listings, disk) = (Arc::new(Listings::default()), Disk::alone(Duration::from_secs(20)));
        let reads = Arc::new(AtomicUsize::new(0));
        let get = || {
            let (listings, disk, reads, budget) =
                (Arc::clone(&listings), disk.clone(), Arc::clone(&reads), budget.clone());
            let root = folder.path().to_owned();
            async move {
                let facts = Facts::of(&root.metadata().unwrap());
                let room = move |bytes| {
                    reads.fetch_add(1, Ordering::Relaxed);
                    // So that the others come meanwhile.
                    std::thread::sleep(Duration::from_millis(50));
                    budget.hold(bytes)
                };
                listings.get((&root, Place::of("/").unwrap()), facts, &disk, room).await.unwrap().unwrap()
            }
        };
        // The folder is old enough for its time to tell of a change.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let all = futures_util::future::join_all((0..50).map(|_| get())).await;
        assert!(all.iter().all(|listing| listing.len() == 1));
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        for number in 0..5 {
            std::fs::write(folder.path().join(number.to_string()), "").unwrap();
            assert_eq!(get().await.len(), number + 2);
        }
        let before = reads.load(Ordering::Relaxed);
        // One that goes away leaves its listing to the others.
        std::fs::write(folder.path().join("late"), "").unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(timeout(Duration::from_millis(10), get()).await.is_err());
        assert_eq!(get().await.len(), 7);
        assert_eq!(reads.load(Ordering::Relaxed), before + 1);
        // What is kept goes when its time is over, and its room with it.
        drop(all);
        tokio::time::sleep(KEEP + Duration::from_millis(300)).await;
        assert!(listings.slots.lock().is_empty() && budget.used() == 0, "{}", budget.used());
    }
}
