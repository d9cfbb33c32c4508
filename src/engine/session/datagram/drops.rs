//! Datagrams that the system threw away because they came faster than they were received: counted as it counts them, and told
//! of within a second.
//!
//! Nothing tells when there are some. They are thrown away while the receive queue is full, so it is enough to look for as
//! long as some come out of it.

use std::time::Duration;

use tokio::time::Instant;

/// From a datagram to the look after it.
const PAUSE: Duration = Duration::from_secs(1);

/// What one socket lost.
#[derive(Debug, Default)]
pub(super) struct Drops {
    /// As far as the system's count is known here.
    counted: u32,
    due: Option<Instant>,
}

impl Drops {
    /// Takes note that a datagram came, or that some may wait.
    pub(super) fn came(&mut self) {
        if self.due.is_none() {
            self.due = Instant::now().checked_add(PAUSE);
        }
    }

    /// When the system is to be asked; `None` while nothing comes.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// How many more there are by the system's count since the socket was opened, which begins anew after 2³²; nothing where
    /// it does not count.
    pub(super) fn look(&mut self, count: Option<u32>) -> Option<u64> {
        self.due = None;
        let count = count?;
        let more = count.wrapping_sub(std::mem::replace(&mut self.counted, count));
        (more > 0).then(|| {
            self.came();
            more.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_is_told_of_once_and_looked_for_as_long_as_some_come() {
        let mut drops = Drops::default();
        assert_eq!((drops.due(), drops.look(None), drops.due()), (None, None, None));
        drops.came();
        let soon = Instant::now() + PAUSE;
        tokio::time::advance(PAUSE / 2).await;
        drops.came();
        assert_eq!(drops.due(), Some(soon), "not put off by what comes meanwhile");
        assert_eq!((drops.look(Some(0)), drops.due()), (None, None));
        assert_eq!((drops.look(Some(9)), drops.due()), (Some(9), Some(Instant::now() + PAUSE)));
        assert_eq!((drops.look(Some(9)), drops.due()), (None, None));
        assert_eq!(drops.look(Some(u32::MAX)), Some(u64::from(u32::MAX) - 9));
        assert_eq!(drops.look(Some(4)), Some(5));
    }
}
