//! The system's own fonts, for characters that the bundled ones do not have.
//!
//! The library that looks for them panics where the system has no font at all. What a peer sends must not end the
//! program, so a look-up that panics counts as one that found nothing, and is not tried again.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use egui::{
    Context,
    epaint::text::{FallbackRequest, FontInsert, FontProvider},
};
use egui_system_font_provider::SystemFontProvider;

/// Lets `ctx` take missing characters from the system's fonts. They are listed on a thread of their own.
pub(super) fn install(ctx: &Context) -> Missing {
    let missing = Missing::default();
    let inner = SystemFontProvider::new();
    ctx.add_font_provider(Arc::new(Careful { inner, broken: AtomicBool::new(false), missing: missing.clone() }));
    missing
}

/// The first character that no font has, to be told once.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing(Arc<OnceLock<char>>, Arc<AtomicBool>);

impl Missing {
    /// The character, the first time it is asked for.
    pub(super) fn take(&self) -> Option<char> {
        let char = self.0.get().copied()?;
        (!self.1.swap(true, Ordering::Relaxed)).then_some(char)
    }

    fn note(&self, cluster: &str) {
        if let Some(char) = cluster.chars().next() {
            // Only the first one counts.
            let _ = self.0.set(char);
        }
    }
}

struct Careful<P> {
    inner: P,
    broken: AtomicBool,
    missing: Missing,
}

impl<P: FontProvider> FontProvider for Careful<P> {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let mut found = None;
        if !self.broken.load(Ordering::Relaxed) {
            // Nothing of it is used again after a panic.
            let asked = catch_unwind(AssertUnwindSafe(|| self.inner.font_for(request)));
            found = asked.unwrap_or_else(|_| {
                self.broken.store(true, Ordering::Relaxed);
                None
            });
        }
        if found.is_none() {
            self.missing.note(request.cluster);
        }
        found
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
        let missing = Missing::default();
        let fonts = Careful { inner, broken: AtomicBool::new(false), missing: missing.clone() };
        let request = FallbackRequest { cluster: "龘", family: &FontFamily::Proportional };
        assert!(fonts.font_for(&request).is_none() && fonts.font_for(&request).is_none());
        assert_eq!(ASKED.load(Ordering::Relaxed), 1);
        assert_eq!((missing.take(), missing.take()), (Some('龘'), None));
    }
}
