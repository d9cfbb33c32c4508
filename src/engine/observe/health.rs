//! Whether what we send arrives: asked of the kernel while something is outstanding, written down when the answer changes.
//!
//! A connection on which nothing is outstanding costs nothing: no timer runs for it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::lifecycle::Life;
use crate::model::{Health, Kernel};

/// How often the kernel is asked while something is outstanding.
const LOOK: Duration = Duration::from_secs(1);
/// How long no byte may be acknowledged before that is said.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long nothing at all may come back before the connection is given up: the kernel itself tries for a quarter of an
/// hour, in which a text looks sent.
pub(crate) const LOST_AFTER: Duration = Duration::from_mins(1);
/// Unanswered probes of a closed window after which the peer counts as gone, not as slow.
const PROBES: u8 = 3;

/// What one look at the kernel after another amounts to.
#[derive(Debug)]
pub(crate) struct Judge {
    health: Health,
    /// What was acknowledged when that last moved, or nothing was outstanding, and when.
    moved: (u64, Instant),
}

impl Judge {
    pub(crate) fn new(now: Instant) -> Self {
        Self { health: Health::Fine, moved: (0, now) }
    }

    /// Something was sent while nothing was outstanding: what waits, waits from now on.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.moved.1 = now;
    }

    /// How long nothing was acknowledged that should have been.
    pub(crate) fn stalled(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.moved.1)
    }

    /// What the kernel said `now`; `Some` when it means another health than before.
    pub(crate) fn look(&mut self, kernel: &Kernel, now: Instant) -> Option<Health> {
        if kernel.outstanding == 0 || kernel.acknowledged != self.moved.0 {
            self.moved = (kernel.acknowledged, now);
        }
        let health = if self.stalled(now) < PATIENCE {
            Health::Fine
        } else if kernel.unacknowledged == 0 && is_shut(kernel) && kernel.probes < PROBES {
            Health::NotReading
        } else {
            Health::Unacknowledged
        };
        let changed = health != self.health;
        self.health = health;
        changed.then_some(health)
    }

    pub(crate) fn is_lost(&self, now: Instant) -> bool {
        self.health == Health::Unacknowledged && self.stalled(now) >= LOST_AFTER
    }
}

/// Something waits that the peer's window has no room for. What waits with room there has another reason: no segment can
/// leave, such as after this PC has lost the address it would come from.
fn is_shut(kernel: &Kernel) -> bool {
    let next = kernel.not_sent.min(u64::from(kernel.segment));
    next > 0 && kernel.peer_window.is_none_or(|window| u64::from(window) < next)
}

/// Watches one connection until it is lost. `kernel` asks; `None` where the system cannot tell, which is never asked again.
pub(crate) async fn watch(life: &Life, kernel: impl Fn() -> Option<Kernel>) {
    let connection = life.connection();
    let mut judge = Judge::new(Instant::now());
    let mut sent = 0;
    loop {
        // Nothing was sent since the last look found nothing outstanding: wait for the next send.
        while connection.sent().0 == sent {
            life.sent_something().await;
            judge.begin(Instant::now());
        }
        loop {
            sleep(LOOK).await;
            let before = connection.sent().0;
            let Some(said) = kernel() else { return std::future::pending().await };
            let now = Instant::now();
            if let Some(health) = judge.look(&said, now) {
                life.health(health, said.outstanding, judge.stalled(now));
            }
            let done = said.outstanding == 0;
            let lost = judge.is_lost(now);
            connection.set_kernel(said);
            if lost {
                return;
            }
            if done {
                sent = before;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(outstanding: u64, not_sent: u64, unacknowledged: u32, acknowledged: u64, probes: u8) -> Kernel {
        Kernel {
            state: "ESTABLISHED",
            rtt_micros: 0,
            rtt_variation_micros: 0,
            retransmitted: 0,
            window: 10,
            segment: 1448,
            unacknowledged,
            outstanding,
            not_sent,
            acknowledged,
            probes,
            peer_window: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_is_told_from_one_that_is_gone() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut judge = Judge::new(begin);
        assert_eq!(judge.look(&kernel(0, 0, 0, 10, 0), at(100)), None, "nothing outstanding, however long");
        assert_eq!(judge.look(&kernel(5, 0, 1, 10, 0), at(102)), None, "not for long");
        assert_eq!(judge.look(&kernel(5, 0, 1, 10, 0), at(103)), Some(Health::Unacknowledged));
        assert_eq!(judge.look(&kernel(5, 0, 1, 10, 0), at(104)), None, "said once");
        assert_eq!(judge.look(&kernel(9, 9, 0, 15, 0), at(105)), Some(Health::Fine), "something was acknowledged");
        assert_eq!(judge.look(&kernel(9, 9, 0, 15, 1), at(109)), Some(Health::NotReading));
        assert!(!judge.is_lost(at(1000)), "a slow reader is never given up");
        assert_eq!(judge.look(&kernel(9, 9, 0, 15, 3), at(150)), Some(Health::Unacknowledged), "nor answers probes");
        assert!(!judge.is_lost(at(105 + 59)) && judge.is_lost(at(105 + 60)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_with_room_in_its_window_is_not_said_to_read_nothing() {
        let begin = Instant::now();
        let after = begin + PATIENCE;
        for (not_sent, window, health) in [
            (4, Some(0), Health::NotReading),
            (4, Some(3), Health::NotReading),
            (4, Some(4), Health::Unacknowledged),
            (9000, Some(1447), Health::NotReading),
            (9000, Some(1448), Health::Unacknowledged),
        ] {
            let kernel = Kernel { peer_window: window, ..kernel(not_sent, not_sent, 0, 0, 1) };
            assert_eq!(Judge::new(begin).look(&kernel, after), Some(health), "{not_sent} B, room for {window:?}");
        }
    }
}
