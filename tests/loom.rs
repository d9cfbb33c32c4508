//! Every order of the steps of those who write and those who read or wait, by loom: no wake-up is lost.
//!
//! The very files of the journal are read here, with loom's atomics in the place of the standard library's.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, helpers included")]

use std::{
    sync::Arc,
    task::{Context, Wake, Waker},
};

use loom::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

#[path = "../src/journal/gate.rs"]
mod gate;
#[path = "../src/journal/wake.rs"]
mod wake;

mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, Ordering, fence};
}

/// Notices: a queue that passes nothing on but its own messages, as weak as a queue may be.
#[test]
fn a_notice_is_seen_or_wakes_the_reader() {
    loom::model(|| {
        let shared = Arc::new((AtomicUsize::new(0), wake::Alarm::new(), AtomicUsize::new(0)));
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (queue, alarm, woken) = &*shared;
                    queue.fetch_add(1, Ordering::Release);
                    if alarm.strike() {
                        woken.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let (queue, alarm, woken) = &*shared;
        alarm.arm();
        let seen = queue.load(Ordering::Acquire);
        for writer in writers {
            writer.join().unwrap();
        }
        let woken = woken.load(Ordering::Relaxed);
        assert!(seen == 2 || woken > 0, "{seen} of 2 notices seen, and nobody was woken");
        assert!(woken <= 1, "woken once until it is armed again");
    });
}

/// Records: written under a lock that the reader takes.
#[test]
fn a_record_is_seen_or_wakes_the_reader() {
    loom::model(|| {
        let shared = Arc::new((Mutex::new(0), wake::Alarm::new(), AtomicBool::new(false)));
        let writer = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (records, alarm, woken) = &*shared;
                *records.lock().unwrap() += 1;
                if alarm.strike_after_lock() {
                    woken.store(true, Ordering::Relaxed);
                }
            })
        };
        let (records, alarm, woken) = &*shared;
        alarm.arm();
        let seen = *records.lock().unwrap();
        writer.join().unwrap();
        assert!(seen == 1 || woken.load(Ordering::Relaxed), "a record is there, nobody saw it and nobody was woken");
    });
}

/// A task that sleeps until it is woken.
struct Task(Mutex<bool>, Condvar);

impl Task {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(false), Condvar::new()))
    }

    fn wait(&self) {
        let mut woken = self.0.lock().unwrap();
        while !std::mem::take(&mut *woken) {
            woken = self.1.wait(woken).unwrap();
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() = true;
        self.1.notify_one();
    }
}

/// What the journal decides under its lock: how many records are unread, of which one too many shuts the gate.
#[derive(Default)]
struct Journal {
    unread: usize,
    waiting: gate::Waiting,
}

impl Journal {
    const MOST: usize = 1;

    fn is_stalled(&self) -> bool {
        self.unread > Self::MOST
    }
}

/// As `Journal::poll_room` has it.
fn has_room(gate: &gate::Gate, journal: &Mutex<Journal>, cx: &Context<'_>) -> bool {
    if gate.is_open() {
        return true;
    }
    let mut journal = journal.lock().unwrap();
    if !journal.is_stalled() {
        return true;
    }
    journal.waiting.join(cx.waker());
    false
}

/// Changes the journal and settles the gate, as every change of the journal does.
fn change(gate: &gate::Gate, journal: &Mutex<Journal>, change: impl FnOnce(&mut Journal)) {
    let woken = {
        let mut journal = journal.lock().unwrap();
        change(&mut journal);
        let shut = journal.is_stalled();
        gate.set(&mut journal.waiting, shut)
    };
    for waker in woken {
        waker.wake();
    }
}

/// Two sockets write, each when there is room, and a follower reads it all in between: nobody waits for ever.
#[test]
fn a_socket_that_waits_for_a_follower_goes_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let shared = Arc::new((gate::Gate::new(), Mutex::new(Journal::default())));
        change(&shared.0, &shared.1, |journal| journal.unread = 2);
        let sockets: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (gate, journal) = &*shared;
                    let task = Task::new();
                    let waker = Waker::from(Arc::clone(&task));
                    let cx = Context::from_waker(&waker);
                    while !has_room(gate, journal, &cx) {
                        task.wait();
                    }
                })
            })
            .collect();
        let (gate, journal) = &*shared;
        change(gate, journal, |journal| journal.unread = 0);
        for socket in sockets {
            socket.join().unwrap();
        }
        assert!(gate.is_open() && journal.lock().unwrap().waiting.is_empty());
    });
}

#[test]
fn a_task_that_asks_again_and_again_waits_once() {
    loom::model(|| {
        let (gate, mut waiting) = (gate::Gate::new(), gate::Waiting::default());
        assert!(gate.set(&mut waiting, true).is_empty() && !gate.is_open());
        let tasks = [Task::new(), Task::new(), Task::new()];
        for task in tasks.iter().cycle().take(300) {
            waiting.join(&Waker::from(Arc::clone(task)));
        }
        let woken = gate.set(&mut waiting, false);
        assert_eq!(woken.len(), 3);
        assert!(tasks.iter().all(|task| woken.iter().any(|waker| waker.will_wake(&Waker::from(Arc::clone(task))))));
        assert!(gate.is_open() && waiting.is_empty());
    });
}
