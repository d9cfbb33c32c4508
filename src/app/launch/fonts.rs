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
    epaint::text::{FallbackRequest, FontInsert, FontProvider, GlyphRasterizer, GlyphRasterizerRequest},
};
use egui_system_font_provider::SystemFontProvider;

use crate::ui::theme::numbered;

/// Lets `ctx` take missing characters from the system's fonts, which are listed on a thread of their own, and draw the
/// numbers of those that no font has.
pub(in crate::app) fn install(ctx: &Context) -> Missing {
    ctx.add_font_provider(Arc::new(Careful { inner: SystemFontProvider::new(), broken: AtomicBool::new(false) }));
    let missing = Missing::default();
    let noted = missing.clone();
    ctx.add_glyph_rasterizer(GlyphRasterizer::new(
        "socketlab: numbers",
        move |request: &GlyphRasterizerRequest<'_>| {
            let char = request.cluster.chars().next()?;
            let drawn = numbered::draw(char, request.font_size_px)?;
            noted.note(char);
            Some(drawn)
        },
    ));
    missing
}

/// The first character that no font has, to be told once.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Missing(Arc<OnceLock<char>>, Arc<AtomicBool>);

impl Missing {
    /// The character, the first time it is asked for.
    pub(in crate::app) fn take(&self) -> Option<char> {
        let char = self.0.get().copied()?;
        (!self.1.swap(true, Ordering::Relaxed)).then_some(char)
    }

    fn note(&self, char: char) {
        // In bytes that are no text there are stray signs of any script: nobody wants a font for those.
        if !matches!(char, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
        {
            return;
        }
        // Only the first one counts.
        let _ = self.0.set(char);
    }
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
    fn the_first_missing_character_is_told_once() {
        let missing = Missing::default();
        missing.note('\u{7d0}');
        assert_eq!(missing.take(), None);
        missing.note('龘');
        missing.note('囉');
        assert_eq!((missing.take(), missing.take()), (Some('龘'), None));
    }

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
