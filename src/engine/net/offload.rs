//! Work that a dead disk or a crowded `/proc` may hold up: on threads where nothing of the engine waits behind it.

use std::time::Duration;

use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

/// Pieces of work at once. One that hangs keeps its place, so that no more than these can hang.
const PLACES: usize = 16;
static FREE: Semaphore = Semaphore::const_new(PLACES);

/// It took longer than it may; what was begun may still be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Late;

/// Does `work` on another thread and waits for it no longer than `limit`.
pub(crate) async fn offload<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Late> {
    let deadline = Instant::now() + limit;
    let place = timeout_at(deadline, FREE.acquire()).await.map_err(|_| Late)?.map_err(|_| Late)?;
    let done = spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    // Else it panicked, or the engine ends.
    timeout_at(deadline, done).await.map_err(|_| Late)?.map_err(|_| Late)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Instant};

    use super::*;

    #[tokio::test]
    async fn what_hangs_holds_nobody_else_and_no_more_than_its_places() {
        let (open, shut) = mpsc::channel::<()>();
        let shut = std::sync::Arc::new(std::sync::Mutex::new(shut));
        let short = Duration::from_millis(20);
        for _ in 0..PLACES {
            let shut = std::sync::Arc::clone(&shut);
            let hangs = offload(short, move || shut.lock().unwrap().recv().is_ok());
            assert_eq!(hangs.await, Err(Late));
        }
        let began = Instant::now();
        assert_eq!(offload(short, || 1).await, Err(Late), "no place is left");
        assert!(began.elapsed() < Duration::from_secs(5));
        drop(open);
        assert_eq!(offload(Duration::from_secs(20), || 2).await, Ok(2), "the places are free again");
    }
}
