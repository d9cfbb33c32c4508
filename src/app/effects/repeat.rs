//! Sending one message or a list of them again and again, on a thread of its own, so that the pace does not hang on
//! frames.

use std::{
    hash::{BuildHasher, RandomState},
    path::PathBuf,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};

use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        model::effect::Repetition,
    },
    engine::{Command, Engine},
    model::compose::{Template, Turn},
    ui::action::Piece,
};

/// The shortest pause between two.
const SHORTEST: Duration = Duration::from_millis(1);
/// The largest file that is sent again and again, from memory.
const LARGEST: u64 = 16 << 20;

/// What a repetition has to say.
#[derive(Debug)]
pub(in crate::app) enum Repeated {
    /// A file cannot be read, or is too large to be sent from memory.
    Unread(PathBuf),
    /// The one with this number is over.
    Over(u64),
}

struct Shared {
    sent: Arc<AtomicU64>,
    stopped: Mutex<bool>,
    changed: Condvar,
}

/// A running repetition; ends when this is dropped.
pub(in crate::app) struct Repeat {
    shared: Arc<Shared>,
}

impl Repeat {
    /// Starts; `number` tells this one from those before it, `sent` counts its turns.
    pub(in crate::app) fn start(
        (number, sent): (u64, Arc<AtomicU64>),
        wanted: Repetition,
        engine: Weak<Engine>,
        mail: Mailbox<Repeated>,
    ) -> Self {
        let shared = Arc::new(Shared { sent, stopped: Mutex::default(), changed: Condvar::default() });
        let theirs = Arc::clone(&shared);
        spawn("repeat", move || {
            if let Err(path) = work(&theirs, &wanted, &engine) {
                mail.post(Repeated::Unread(path));
            }
            mail.post(Repeated::Over(number));
        });
        Self { shared }
    }
}

impl Drop for Repeat {
    fn drop(&mut self) {
        *self.shared.stopped.lock() = true;
        self.shared.changed.notify_all();
    }
}

/// One piece in memory.
enum Ready {
    Bytes(Bytes),
    /// Has other bytes each time.
    Typed(Template),
}

impl Ready {
    fn bytes(&self, round: u64) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Typed(template) => template.fill(&Turn::now(round)).bytes.into(),
        }
    }
}

/// One piece, to be sent; of a file that cannot be read, or is too large, none.
fn read(piece: &Piece) -> Option<Ready> {
    match piece {
        Piece::Typed(template) if template.has_fields() => Some(Ready::Typed(template.clone())),
        Piece::Typed(template) => Some(Ready::Bytes(template.fill(&Turn::now(0)).bytes.into())),
        Piece::File(path) => {
            use std::io::Read;
            let mut bytes = Vec::new();
            let file = std::fs::File::open(path).ok()?;
            file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
            (bytes.len() as u64 <= LARGEST).then(|| Ready::Bytes(bytes.into()))
        }
    }
}

fn work(shared: &Shared, wanted: &Repetition, engine: &Weak<Engine>) -> Result<(), PathBuf> {
    let interval = wanted.pace.interval.max(SHORTEST);
    let mut pieces = Vec::with_capacity(wanted.pieces.len());
    for piece in &wanted.pieces {
        match (read(piece), piece) {
            (Some(ready), _) => pieces.push(ready),
            (None, Piece::File(path)) => return Err(path.clone()),
            (None, Piece::Typed(_)) => {}
        }
    }
    let rounds = u64::from(wanted.pace.count.unwrap_or(u32::MAX));
    let total = if wanted.pace.count.is_some() { rounds * pieces.len() as u64 } else { u64::MAX };
    let each = pieces.len().max(1) as u64;
    let mut turns = pieces.iter().cycle().peekable();
    let mut beat = Beat { at: Instant::now(), interval, jitter: wanted.pace.jitter };
    let mut done = 0;
    while done < total {
        let Some(piece) = turns.peek() else { return Ok(()) };
        let Some(engine) = engine.upgrade() else { return Ok(()) };
        let command = Command::Send { to: wanted.to.clone(), bytes: piece.bytes(done / each) };
        // A full queue means that sending is slower than the pace; the same is tried again in its next turn.
        if engine.send(command).is_ok() {
            done += 1;
            turns.next();
            shared.sent.fetch_add(1, Ordering::Relaxed);
        }
        drop(engine);
        if done == total {
            return Ok(());
        }
        let due = beat.next(done);
        let mut stopped = shared.stopped.lock();
        while !*stopped && Instant::now() < due {
            shared.changed.wait_until(&mut stopped, due);
        }
        if *stopped {
            return Ok(());
        }
        beat.catch_up(Instant::now());
    }
    Ok(())
}

/// When each turn is due. The beat is kept exactly, however late a turn was; jitter is added to a turn, never to the beat.
struct Beat {
    at: Instant,
    interval: Duration,
    jitter: Duration,
}

impl Beat {
    /// When the next turn is due.
    fn next(&mut self, turn: u64) -> Instant {
        self.at += self.interval;
        self.at + jitter(self.jitter, turn)
    }

    /// Passes over turns that were missed: they are not made up for.
    fn catch_up(&mut self, now: Instant) {
        let late = now.checked_sub(self.interval + self.jitter);
        self.at = late.map_or(self.at, |late| self.at.max(late));
    }
}

/// Something from nothing to `most`, another one in each turn.
fn jitter(most: Duration, turn: u64) -> Duration {
    // The keys of a hash map are random, and here without another library.
    let random = RandomState::new().hash_one(turn);
    most.mul_f64(random as f64 / u64::MAX as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_its_bound_and_varies() {
        let most = Duration::from_millis(100);
        let drawn: Vec<_> = (0..100).map(|turn| jitter(most, turn)).collect();
        assert!(drawn.iter().all(|pause| *pause <= most));
        assert!(drawn.iter().max() > drawn.iter().min());
        assert_eq!(jitter(Duration::ZERO, 3), Duration::ZERO);
    }

    #[test]
    fn the_beat_does_not_drift_and_missed_turns_are_passed_over() {
        let (start, millis) = (Instant::now(), Duration::from_millis);
        let mut beat = Beat { at: start, interval: millis(20), jitter: Duration::ZERO };
        // Each turn is woken a little late, as a system does.
        for turn in 1..=100 {
            let due = beat.next(turn);
            assert_eq!(due, start + millis(20 * turn));
            beat.catch_up(due + millis(turn % 7));
        }
        // A second was slept through: one turn at once, then the pace goes on.
        let woken = start + millis(3000);
        beat.catch_up(woken);
        assert_eq!(beat.next(101), woken);
        assert_eq!(beat.next(102), woken + millis(20));
        let mut beat = Beat { at: start, interval: millis(20), jitter: millis(5) };
        for turn in 1..=100 {
            let late = beat.next(turn) - (start + millis(20 * turn));
            assert!(late <= millis(5), "{late:?}");
        }
    }

    #[test]
    fn a_file_past_the_limit_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        std::fs::write(&path, vec![0; usize::try_from(LARGEST).unwrap()]).unwrap();
        assert!(read(&Piece::File(path.clone())).is_some());
        std::fs::write(&path, vec![0; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
        assert!(read(&Piece::File(path)).is_none());
        assert!(read(&Piece::File("/nowhere".into())).is_none());
    }
}
