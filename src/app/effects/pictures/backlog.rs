//! How many bytes of pixels wait on their way from the threads that make them to the graphics card.
//!
//! The window takes a few megabytes a frame, and a hidden one none: whoever makes pixels waits while there are too many.

use std::sync::Arc;

use egui::ColorImage;
use parking_lot::{Condvar, Mutex};

/// Bytes that may wait before the threads do; each of them may add one picture more.
const MOST: usize = 16 << 20;

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    over: bool,
}

/// The count, shared by the window and its threads.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    state: Mutex<State>,
    room: Condvar,
}

/// Pixels that are counted until they are let go.
#[derive(Debug)]
pub(in crate::app) struct Made {
    image: ColorImage,
    backlog: Arc<Backlog>,
}

impl Backlog {
    /// Waits until there is room for more; false when the window has gone.
    pub(super) fn wait(&self) -> bool {
        let mut state = self.state.lock();
        while state.bytes >= MOST && !state.over {
            self.room.wait(&mut state);
        }
        !state.over
    }

    /// Counts what was made.
    pub(super) fn made(self: &Arc<Self>, image: ColorImage) -> Made {
        self.state.lock().bytes += size(&image);
        Made { image, backlog: Arc::clone(self) }
    }

    /// The window goes: nobody waits any more.
    pub(super) fn end(&self) {
        self.state.lock().over = true;
        self.room.notify_all();
    }
}

impl Made {
    /// Bytes on the graphics card.
    pub(super) fn bytes(&self) -> usize {
        size(&self.image)
    }

    /// Gives them away: they are on their way no more.
    pub(super) fn take(mut self) -> ColorImage {
        let bytes = size(&self.image);
        let image = std::mem::take(&mut self.image);
        self.backlog.let_go(bytes);
        image
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.backlog.let_go(size(&self.image));
    }
}

impl Backlog {
    fn let_go(&self, bytes: usize) {
        self.state.lock().bytes -= bytes;
        self.room.notify_all();
    }
}

fn size(image: &ColorImage) -> usize {
    image.pixels.len() * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_makes_more_than_is_taken_waits_until_it_is_taken_or_dropped() {
        let backlog = Arc::<Backlog>::default();
        let large = || ColorImage::filled([1024, 1024], egui::Color32::RED);
        let all: Vec<Made> = (0..4).map(|_| backlog.made(large())).collect();
        let (told, tell) = std::sync::mpsc::channel();
        let theirs = Arc::clone(&backlog);
        let waiting = std::thread::spawn(move || {
            let room = theirs.wait();
            told.send(()).unwrap();
            room
        });
        assert!(tell.recv_timeout(std::time::Duration::from_millis(50)).is_err());
        let mut all = all.into_iter();
        assert_eq!(all.next().unwrap().take().size, [1024, 1024]);
        assert!(waiting.join().unwrap());
        drop(all);
        assert_eq!(backlog.state.lock().bytes, 0);
        let _held: Vec<Made> = (0..4).map(|_| backlog.made(large())).collect();
        backlog.end();
        assert!(!backlog.wait(), "the window has gone");
    }
}
