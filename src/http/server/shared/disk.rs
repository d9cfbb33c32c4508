//! File-system work of one site: on threads that may hang, so many at once and so long.
//!
//! A `stat` on a network drive that has gone may take minutes, and nothing can interrupt it. So none of it runs on a thread
//! that serves sockets; the request that asked gives up after a time, and the thread's place stays taken until the system
//! answers, so that a dead drive costs no more than these places.

use std::{io, sync::Arc, time::Duration};

use hyper::StatusCode;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::http::server::shared::budget::{Budget, Held};

/// Calls of one site to the file system at once.
const PLACES: usize = 32;

/// Why a call to the file system brought nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::http::server) enum Stuck {
    /// All places were taken for as long as a request waits.
    #[error("too many calls wait for the drive")]
    Crowded,
    /// The system did not answer in time.
    #[error("the drive does not answer")]
    Silent,
    /// The work itself broke off; a fault of this program.
    #[error("the work broke off")]
    Lost,
}

impl Stuck {
    /// What a visitor is told.
    pub(in crate::http::server) fn status(self) -> StatusCode {
        match self {
            Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Silent => StatusCode::GATEWAY_TIMEOUT,
            Self::Lost => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What was hidden in an error of the system.
    pub(in crate::http::server) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<Stuck> for io::Error {
    fn from(stuck: Stuck) -> Self {
        Self::other(stuck)
    }
}

/// The places, the patience, and the room for what is read.
#[derive(Clone, Debug)]
pub(in crate::http::server) struct Disk {
    places: Arc<Semaphore>,
    patience: Duration,
    buffers: Budget,
}

impl Disk {
    pub(in crate::http::server) fn new(patience: Duration, buffers: Budget) -> Self {
        Self { places: Arc::new(Semaphore::new(PLACES)), patience, buffers }
    }

    /// With room of its own.
    #[cfg(test)]
    pub(in crate::http::server) fn alone(patience: Duration) -> Self {
        use crate::{
            http::server::shared::budget::Use,
            memory::{MOST, Memory, Part},
        };
        Self::new(patience, Budget::all(Memory::new(MOST).share(Part::Sites))(Use::Sending))
    }

    /// Room for what is read of a file, to grow.
    pub(in crate::http::server) fn buffer(&self) -> Held {
        self.buffers.nothing()
    }

    /// How long a call may take.
    pub(in crate::http::server) fn patience(&self) -> Duration {
        self.patience
    }

    /// Does `work` on a thread that may block.
    ///
    /// # Errors
    /// When it is not done in time; then it goes on by itself, and what it brings is dropped.
    pub(in crate::http::server) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stuck> {
        let deadline = Instant::now() + self.patience;
        let place = timeout_at(deadline, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| Stuck::Crowded)?.map_err(|_| Stuck::Lost)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        timeout_at(deadline, working).await.map_err(|_| Stuck::Silent)?.map_err(|_| Stuck::Lost)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_drive_that_hangs_costs_its_places_and_gives_them_back() {
        let disk = Disk::alone(Duration::from_millis(30));
        let (release, hung) = mpsc::channel::<()>();
        let hung = Arc::new(parking_lot::Mutex::new(hung));
        for _ in 0..PLACES {
            let hung = Arc::clone(&hung);
            let stuck = disk.run(move || hung.lock().recv().is_ok()).await;
            assert_eq!(stuck, Err(Stuck::Silent));
        }
        assert_eq!(disk.run(|| ()).await, Err(Stuck::Crowded));
        assert_eq!(disk.clone().places.available_permits(), 0);
        // Another site has its own.
        assert_eq!(Disk::alone(Duration::from_secs(20)).run(|| 7).await, Ok(7));
        drop(release);
        let patient = Disk { patience: Duration::from_secs(20), ..disk };
        assert_eq!(patient.run(|| 8).await, Ok(8));
    }
}
