//! The system's own fonts, for characters that the bundled ones do not have.
//!
//! The library that looks for them panics where the system has no font at all. What a peer sends must not end the
//! program, so a look-up that panics counts as one that found nothing, and is not tried again.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use egui::{
    Context,
    epaint::text::{FallbackRequest, FontInsert, FontProvider},
};
use egui_system_font_provider::SystemFontProvider;

/// Lets `ctx` take missing characters from the system's fonts. They are listed on a thread of their own.
pub(super) fn install(ctx: &Context) {
    ctx.add_font_provider(Arc::new(Careful { inner: SystemFontProvider::new(), broken: AtomicBool::new(false) }));
}

struct Careful<P> {
    inner: P,
    broken: AtomicBool,
}

impl<P: FontProvider> FontProvider for Careful<P> {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        if self.broken.load(Ordering::Relaxed) {
            return None;
        }
        // Nothing of it is used again after a panic.
        let found = catch_unwind(AssertUnwindSafe(|| self.inner.font_for(request)));
        found.unwrap_or_else(|_| {
            self.broken.store(true, Ordering::Relaxed);
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use egui::FontFamily;

    use super::*;

    #[test]
    fn a_look_up_that_panics_finds_nothing_and_is_not_tried_again() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let inner = |_: &FallbackRequest<'_>| -> Option<FontInsert> {
            ASKED.fetch_add(1, Ordering::Relaxed);
            panic!("a system without fonts")
        };
        let fonts = Careful { inner, broken: AtomicBool::new(false) };
        let request = FallbackRequest { cluster: "龘", family: &FontFamily::Proportional };
        assert!(fonts.font_for(&request).is_none() && fonts.font_for(&request).is_none());
        assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    }
}
