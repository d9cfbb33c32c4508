//! What happens when the window takes too long to come: who is waited for, a way around that, and words on it.
//!
//! A server of an input method that was killed or hangs keeps X11's library waiting for ever. Nothing can be done about
//! that from inside, so the program then starts itself once more without an input method.

use std::{
    io::{IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::alert;
use crate::{app::mailbox::spawn, words::text};

/// How long the screen and its input method may take to answer; both are programs on this PC as a rule.
const ANSWER: Duration = Duration::from_secs(4);
/// A window that is not there so much later is worth a word; the slowest software renderer takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(6);
/// The variable that names the input method.
const INPUT_METHOD: &str = "XMODIFIERS";
/// What it says to be without one: what the library itself knows.
const NONE: &str = "@im=local";
/// The variable in which the second start is told what did not answer at the first one.
const HUNG: &str = "SOCKETLAB_HUNG_INPUT_METHOD";

/// How far a start is.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Progress {
    screen: Arc<AtomicBool>,
    window: Arc<AtomicBool>,
}

impl Progress {
    /// The screen and its input method have answered.
    pub(in crate::app) fn has_screen(&self) {
        self.screen.store(true, Ordering::Relaxed);
    }

    /// The window is there.
    pub(in crate::app) fn has_window(&self) {
        self.window.store(true, Ordering::Relaxed);
    }

    pub(in crate::app) fn screen(&self) -> bool {
        self.screen.load(Ordering::Relaxed)
    }

    pub(in crate::app) fn window(&self) -> bool {
        self.window.load(Ordering::Relaxed)
    }
}

/// Helps a start that takes too long; ends when what it returns is dropped.
pub(in crate::app) fn watch(progress: Progress) -> Sender<()> {
    let (started, waiting) = channel();
    spawn("start watch", move || {
        if waiting.recv_timeout(ANSWER) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        if !progress.screen() {
            go_without_input_method();
        }
        if waiting.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let words = text!(
            "Socketlab has no window yet: the screen or its driver does not answer. Try `socketlab --renderer glow` (OpenGL alone), or a local screen."
        );
        tracing::warn!("no window after {:?}", ANSWER + PATIENCE);
        let _ = writeln!(std::io::stderr(), "{words}");
        if !std::io::stderr().is_terminal() {
            alert::show(text!("Socketlab is still starting"), words);
        }
    });
    started
}

/// Begins this process once more without its input method; returns where there is none to do without.
#[cfg(target_os = "linux")]
fn go_without_input_method() {
    use std::os::unix::process::CommandExt;
    let Ok(method) = std::env::var(INPUT_METHOD) else { return };
    if method == NONE {
        return;
    }
    let _ = writeln!(std::io::stderr(), "{}", words(&method));
    // Not by its path: an AppImage's program has none.
    let mut again = std::process::Command::new("/proc/self/exe");
    let error = again.args(std::env::args_os().skip(1)).env(INPUT_METHOD, NONE).env(HUNG, method).exec();
    tracing::warn!("no second start: {error}");
}

/// Elsewhere an input method is a part of the system.
#[cfg(not(target_os = "linux"))]
fn go_without_input_method() {}

/// What to tell of a start that had to do without its input method.
pub(in crate::app) fn trouble() -> Option<String> {
    std::env::var(HUNG).ok().filter(|_| std::env::var(INPUT_METHOD).is_ok_and(|now| now == NONE)).map(|was| words(&was))
}

fn words(method: &str) -> String {
    text!(
        "The input method ({method}) does not answer, so the window goes without it. To type Chinese, start the input method again, then Socketlab.",
        method = method
    )
}
