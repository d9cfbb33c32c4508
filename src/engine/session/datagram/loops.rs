//! Two services that answer each other: one forged datagram would keep them talking for ever.
//!
//! What tells a loop from a busy client cannot be seen in one datagram: both send back what they got, at once. So after many
//! answers in a row that repeat themselves, faster than a person is, one is left out. That ends a loop for good; a client
//! loses one datagram, as it may on any network, and is left alone for ten times as long.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::{Duration, Instant},
};

/// Bytes at each end of a datagram that are looked at: whether two are alike need not cost as much as sending one.
const LOOK: usize = 64;

/// Answers in a row to a port where services are, before one is left out …
const TO_A_SERVICE: u64 = 1000;
/// … and to any other port.
const TO_ANYBODY: u64 = 10_000;
/// A longer pause than this makes a person of the peer.
const AT_ONCE: Duration = Duration::from_millis(200);

/// What is known of the datagrams of one peer.
#[derive(Debug)]
pub(super) struct Guard {
    /// A service answers every datagram, so that what it sends need not repeat itself.
    is_service: bool,
    limit: u64,
    in_a_row: u64,
    last: Option<Instant>,
    /// What came last and what was answered to it.
    before: (Print, Print),
}

impl Guard {
    /// For a peer on that port, at a socket on ours.
    pub(super) fn new(peer: Option<u16>, ours: Option<u16>) -> Self {
        let is_service = peer.is_some_and(|port| port < 1024 || Some(port) == ours);
        let limit = if is_service { TO_A_SERVICE } else { TO_ANYBODY };
        Self { is_service, limit, in_a_row: 0, last: None, before: (Print(0), Print(0)) }
    }

    /// Takes note of a datagram and the answer to it; gives the number of answers in a row when this one is better left out.
    pub(super) fn answers(&mut self, came: Print, answer: Print, now: Instant) -> Option<u64> {
        let repeats = self.is_service || came == self.before.0 || came == self.before.1;
        let at_once = self.last.is_some_and(|last| now.duration_since(last) < AT_ONCE);
        self.in_a_row = if repeats && at_once { self.in_a_row + 1 } else { 0 };
        (self.last, self.before) = (Some(now), (came, answer));
        if self.in_a_row < self.limit {
            return None;
        }
        self.limit = self.limit.saturating_mul(10);
        Some(std::mem::take(&mut self.in_a_row))
    }
}

/// What is remembered of a datagram: enough to tell that the next one is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print(u64);

impl Print {
    pub(super) fn of(datagram: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        let (head, tail) = (datagram.len().min(LOOK), datagram.len().saturating_sub(LOOK));
        (datagram.len(), datagram.get(..head), datagram.get(tail..)).hash(&mut hasher);
        Self(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many of `count` datagrams one is left out first.
    fn cut(guard: &mut Guard, count: u64, pause: Duration, datagram: impl Fn(u64) -> (String, String)) -> Option<u64> {
        let mut now = Instant::now();
        (1..=count).find(|number| {
            now += pause;
            let (came, answer) = datagram(*number);
            guard.answers(Print::of(came.as_bytes()), Print::of(answer.as_bytes()), now).is_some()
        })
    }

    #[test]
    fn what_answers_itself_is_cut_and_what_a_client_does_is_not() {
        let quick = Duration::from_micros(50);
        let same = |_| ("x".to_owned(), "x".to_owned());
        let echo = |number: u64| (number.to_string(), number.to_string());
        let chargen = |number: u64| (number.to_string(), (number + 1).to_string());
        let fixed = |_| ("no".to_owned(), "yes".to_owned());
        let of = |peer: u16| Guard::new(Some(peer), Some(8000));
        for (what, found, wanted) in [
            ("echo to echo", cut(&mut of(7), 5000, quick, same), Some(TO_A_SERVICE + 1)),
            ("echo to its own port elsewhere", cut(&mut of(8000), 5000, quick, same), Some(TO_A_SERVICE + 1)),
            ("anything to a service", cut(&mut of(19), 5000, quick, echo), Some(TO_A_SERVICE + 1)),
            ("echo to echo, ports unknown", cut(&mut of(9000), 50_000, quick, same), Some(TO_ANYBODY + 1)),
            ("chargen to echo, ports unknown", cut(&mut of(9000), 50_000, quick, chargen), Some(TO_ANYBODY + 1)),
            ("two fixed replies", cut(&mut of(9000), 50_000, quick, fixed), Some(TO_ANYBODY + 1)),
            ("a client with other words each time", cut(&mut of(50_000), 50_000, quick, echo), None),
            (
                "a client that pings twice a second",
                cut(&mut of(50_000), 50_000, Duration::from_millis(500), same),
                None,
            ),
            ("a slow service", cut(&mut of(123), 5000, Duration::from_secs(1), same), None),
        ] {
            // The first datagram has none before it to repeat.
            assert!(found == wanted || found.map(|at| at - 1) == wanted, "{what}: {found:?} {wanted:?}");
        }
    }

    #[test]
    fn a_client_that_goes_on_is_left_alone_for_longer() {
        let mut guard = Guard::new(Some(50_000), Some(8000));
        let same = |_| ("x".to_owned(), "x".to_owned());
        let quick = Duration::from_micros(50);
        assert!(cut(&mut guard, 20_000, quick, same).is_some());
        assert_eq!(cut(&mut guard, 90_000, quick, same), None);
        assert!(cut(&mut guard, 20_000, quick, same).is_some());
    }
}
