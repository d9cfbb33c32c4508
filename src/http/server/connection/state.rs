//! What the stream and the server of one connection know of each other. Timers that are set anew for each request would
//! cost more than the request.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use crate::http::message::misread::{Misread, misread};

/// How much of the beginning of what came since the last answer is remembered.
const REMEMBERED: usize = 4096;

/// One connection's.
#[derive(Debug)]
pub(super) struct State {
    began: Instant,
    /// A request is being worked on.
    busy: AtomicBool,
    /// The body of the request that was taken last has not come to its end.
    arriving: AtomicBool,
    /// The stream can send files by itself.
    sends_files: AtomicBool,
    /// When bytes were sent last, in nanoseconds since it began.
    sent: AtomicU64,
    heard: Mutex<Heard>,
}

/// What came since the last answer.
#[derive(Debug, Default)]
struct Heard {
    start: Vec<u8>,
    answered: bool,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            busy: AtomicBool::new(false),
            arriving: AtomicBool::new(false),
            sends_files: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            heard: Mutex::default(),
        }
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    pub(super) fn set_arriving(&self, arriving: bool) {
        self.arriving.store(arriving, Ordering::Relaxed);
    }

    pub(super) fn is_arriving(&self) -> bool {
        self.arriving.load(Ordering::Relaxed)
    }

    pub(super) fn set_sends_files(&self, sends: bool) {
        self.sends_files.store(sends, Ordering::Relaxed);
    }

    pub(super) fn sends_files(&self) -> bool {
        self.sends_files.load(Ordering::Relaxed)
    }

    /// The system took bytes.
    pub(super) fn sent_now(&self) {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.sent.store(now, Ordering::Relaxed);
    }

    pub(super) fn hear(&self, bytes: &[u8]) {
        let mut heard = self.heard.lock();
        if heard.answered {
            heard.answered = false;
            heard.start.clear();
        }
        let room = REMEMBERED.saturating_sub(heard.start.len());
        heard.start.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    /// An answer to what came begins.
    pub(super) fn answering(&self) {
        self.heard.lock().answered = true;
    }

    /// What is wrong with what came since the last answer; `None` where nothing came, or nothing is seen to be.
    pub(super) fn misread(&self) -> Option<Misread> {
        misread(&self.heard.lock().start)
    }

    /// Whether something came that was not answered. The rest of a body is nothing to answer.
    pub(super) fn is_owing(&self) -> bool {
        if self.is_arriving() && !self.busy.load(Ordering::Relaxed) {
            return false;
        }
        let heard = self.heard.lock();
        !heard.answered && !heard.start.iter().all(u8::is_ascii_whitespace)
    }

    /// Ready when a whole request did not come for too long: after the connection stood, or after the last answer.
    pub(super) async fn no_request(&self, patience: Duration) {
        loop {
            let waited = self.began.elapsed().saturating_sub(Duration::from_nanos(self.sent.load(Ordering::Relaxed)));
            match patience.checked_sub(waited) {
                _ if self.busy.load(Ordering::Relaxed) => sleep(patience).await,
                Some(left) if !left.is_zero() => sleep(left).await,
                _ => return,
            }
        }
    }
}
