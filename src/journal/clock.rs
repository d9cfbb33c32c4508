//! What time it is: the wall clock for people, a monotonic one for spans, and where the first jumped against the second.

use std::{
    fmt::Debug,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How long the wall clock alone is believed between two comparisons with the monotonic one: a step that is smaller
/// than this may pass for time.
const BELIEVED: u64 = 5_000_000;
/// A difference that is no jump: what steers a clock moves it in small steps …
const SLACK: u64 = 100_000_000;
/// … and by at most a thousandth of the time that passes (adjtime: half of that).
const SLEW: u64 = 1000;
/// Two looks at the wall clock with one at the monotonic clock between them were at the same moment when they are no
/// further apart.
const SAME_MOMENT: u64 = 1_000_000;

/// The two clocks of a computer.
pub trait Clock: Debug + Send + Sync {
    /// Nanoseconds since 1970 as the computer has them now: may be set to anything at any moment.
    fn wall(&self) -> u64;
    /// Nanoseconds since a moment before: never steps, and whether it runs while the computer sleeps is up to the system.
    fn monotonic(&self) -> u64;
}

/// The clocks of this computer.
#[derive(Debug)]
pub(super) struct SystemClock(Instant);

impl SystemClock {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> u64 {
        nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    fn monotonic(&self) -> u64 {
        nanos(self.0.elapsed())
    }
}

/// The moment of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Nanoseconds since 1970.
    pub(super) wall: u64,
    /// The monotonic clock, in nanoseconds.
    pub(super) monotonic: u64,
    /// The wall clock was set, or the computer slept, since the record before: what it would show without that.
    pub(super) instead_of: Option<u64>,
}

/// The times of a journal's records: those of the wall clock, never running backwards between two jumps.
#[derive(Debug)]
pub(super) struct Timeline {
    newest: u64,
    /// Both clocks when they were compared last.
    wall: u64,
    monotonic: u64,
}

impl Timeline {
    pub(super) fn starting_at(clock: &dyn Clock) -> Self {
        let (wall, monotonic) = both(clock);
        Self { newest: wall, wall, monotonic }
    }

    /// The moment of the next record. One look at a clock while records follow each other closely, two otherwise.
    pub(super) fn next(&mut self, clock: &dyn Clock) -> Moment {
        let wall = clock.wall();
        if wall >= self.newest && wall - self.wall < BELIEVED {
            self.newest = wall;
            return Moment { wall, monotonic: self.monotonic + (wall - self.wall), instead_of: None };
        }
        let (wall, monotonic) = both(clock);
        let passed = monotonic.saturating_sub(self.monotonic);
        let expected = self.wall + passed;
        (self.wall, self.monotonic) = (wall, monotonic);
        if wall.abs_diff(expected) > SLACK + passed / SLEW {
            self.newest = wall;
            return Moment { wall, monotonic, instead_of: Some(expected) };
        }
        // Set back by less than a person sees: time stands still until the clock has caught up.
        self.newest = self.newest.max(wall);
        Moment { wall: self.newest, monotonic, instead_of: None }
    }
}

/// Both clocks at one moment.
fn both(clock: &dyn Clock) -> (u64, u64) {
    const TRIES: usize = 16;
    let mut wall = clock.wall();
    for _ in 0..TRIES {
        let monotonic = clock.monotonic();
        let after = clock.wall();
        // Further apart, the thread was stopped between the two, or the clock was set just then.
        if after.checked_sub(wall).is_some_and(|apart| apart < SAME_MOMENT) {
            return (after, monotonic);
        }
        wall = after;
    }
    (wall, clock.monotonic())
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const START: u64 = 1_700_000_000 * SECOND;

    /// Clocks that stand still until they are moved, and count how often they are looked at.
    #[derive(Debug, Default)]
    struct Hands {
        passed: AtomicU64,
        set: AtomicI64,
        looks: AtomicU64,
    }

    impl Hands {
        fn pass(&self, nanos: u64) {
            self.passed.fetch_add(nanos, Relaxed);
        }

        fn set(&self, by: i64) {
            self.set.fetch_add(by, Relaxed);
        }
    }

    impl Clock for Hands {
        fn wall(&self) -> u64 {
            self.looks.fetch_add(1, Relaxed);
            (START + self.passed.load(Relaxed)).checked_add_signed(self.set.load(Relaxed)).unwrap()
        }

        fn monotonic(&self) -> u64 {
            self.looks.fetch_add(1, Relaxed);
            self.passed.load(Relaxed)
        }
    }

    #[test]
    fn times_are_the_wall_clocks_and_one_look_is_enough_in_a_flood() {
        let hands = Hands::default();
        let mut line = Timeline::starting_at(&hands);
        let before = hands.looks.load(Relaxed);
        for count in 1..=4000 {
            hands.pass(1000);
            let moment = line.next(&hands);
            assert_eq!(moment, Moment { wall: START + count * 1000, monotonic: count * 1000, instead_of: None });
        }
        assert_eq!(hands.looks.load(Relaxed) - before, 4000);
        hands.pass(3 * 3600 * SECOND);
        assert_eq!(line.next(&hands).instead_of, None, "hours without a record are no jump");
    }

    #[test]
    fn a_jump_is_told_once_with_what_the_clock_would_have_shown() {
        let hour = 3600 * i64::try_from(SECOND).unwrap();
        for by in [8 * hour, -hour, hour / 18_000, -hour / 18_000] {
            let hands = Hands::default();
            let mut line = Timeline::starting_at(&hands);
            for _ in 0..3 {
                hands.pass(SECOND);
                assert_eq!(line.next(&hands).instead_of, None);
            }
            hands.set(by);
            hands.pass(1000);
            let passed = 3 * SECOND + 1000;
            let wall = (START + passed).checked_add_signed(by).unwrap();
            assert_eq!(line.next(&hands), Moment { wall, monotonic: passed, instead_of: Some(START + passed) });
            for _ in 0..10 {
                hands.pass(SECOND / 3);
                let moment = line.next(&hands);
                assert_eq!(moment.instead_of, None);
                assert_eq!(moment.wall, hands.wall());
                assert_eq!(moment.monotonic, hands.monotonic());
            }
        }
    }

    #[test]
    fn what_steers_a_clock_is_no_jump_and_time_does_not_run_backwards() {
        let hands = Hands::default();
        let mut line = Timeline::starting_at(&hands);
        let mut newest = 0;
        for round in 0..10_000_u64 {
            hands.pass(SECOND / 50);
            // Half a thousandth for hours, and then and now set back by 20 ms.
            hands.set(-10_000);
            if round % 100 == 0 {
                hands.set(-20_000_000);
            }
            let moment = line.next(&hands);
            assert_eq!(moment.instead_of, None);
            assert!(moment.wall >= newest && moment.wall - hands.wall() <= 20_000_000);
            newest = moment.wall;
        }
        hands.pass(20_000 * SECOND);
        hands.set(-10 * i64::try_from(SECOND).unwrap());
        assert_eq!(line.next(&hands).instead_of, None, "steered all the time while nothing came");
    }

    /// The thread is stopped for a second between the two clocks, now and then.
    #[derive(Debug, Default)]
    struct Preempted(Hands);

    impl Clock for Preempted {
        fn wall(&self) -> u64 {
            let wall = self.0.wall();
            if self.0.looks.load(Relaxed).is_multiple_of(5) {
                self.0.pass(SECOND);
            }
            wall
        }

        fn monotonic(&self) -> u64 {
            self.0.monotonic()
        }
    }

    #[test]
    fn a_thread_that_was_stopped_is_no_jump() {
        let clock = Preempted::default();
        let mut line = Timeline::starting_at(&clock);
        for _ in 0..1000 {
            clock.0.pass(SECOND / 10);
            assert_eq!(line.next(&clock).instead_of, None);
        }
    }
}
