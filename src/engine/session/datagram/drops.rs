//! Datagrams that the system threw away because they came faster than they were received: counted as it counts them, and told
//! of no more than once a second.

use std::time::Duration;

use tokio::time::Instant;

/// The time between two that are told of.
const PAUSE: Duration = Duration::from_secs(1);

/// What one socket lost.
#[derive(Debug, Default)]
pub(super) struct Drops {
    /// As far as the system's count is known here.
    counted: u32,
    untold: u64,
    told: Option<Instant>,
}

impl Drops {
    /// Takes the system's count since the socket was opened, which begins anew after 2³²; 0 where it says none.
    pub(super) fn count(&mut self, count: u32) {
        if count != 0 {
            self.untold += u64::from(count.wrapping_sub(self.counted));
            self.counted = count;
        }
    }

    /// When those that were not told of yet are to be; `None` when there are none.
    pub(super) fn due(&self) -> Option<Instant> {
        let now = || Some(Instant::now());
        if self.untold == 0 { None } else { self.told.and_then(|told| told.checked_add(PAUSE)).or_else(now) }
    }

    /// How many were not told of yet; they are from now on.
    pub(super) fn take(&mut self) -> Option<u64> {
        let untold = std::mem::take(&mut self.untold);
        (untold > 0).then(|| {
            self.told = Some(Instant::now());
            untold
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_is_told_of_once_and_not_too_often() {
        let mut drops = Drops::default();
        assert_eq!((drops.due(), drops.take()), (None, None));
        drops.count(7);
        drops.count(7);
        drops.count(0);
        drops.count(9);
        let now = Instant::now();
        assert_eq!((drops.due(), drops.take()), (Some(now), Some(9)));
        assert_eq!((drops.due(), drops.take()), (None, None));
        drops.count(u32::MAX);
        drops.count(4);
        assert_eq!(drops.due(), Some(now + PAUSE));
        assert_eq!(drops.take(), Some(u64::from(u32::MAX) - 9 + 5));
    }
}
