//! The bundled fonts (`assets/fonts/`, see `assets/README.md`) and the families they form.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// Inter Medium with the common fallbacks.
#[must_use]
pub fn medium_family() -> FontFamily {
    FontFamily::Name("medium".into())
}

/// Inter `SemiBold` with the common fallbacks.
#[must_use]
pub fn semibold_family() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// `JetBrains` Mono `SemiBold` with the common fallbacks.
#[must_use]
pub fn mono_semibold_family() -> FontFamily {
    FontFamily::Name("mono-semibold".into())
}

macro_rules! font_file {
    ($name:literal) => {
        FontData::from_static(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/", $name)))
    };
}

/// The bundled fonts in the families that the text styles name.
///
/// egui centres a fallback font's row in the row of the family's first font. Phosphor's square and the capitals of
/// both Latin fonts are centred in their rows, so icons need no shift; they are drawn at 16/13 of the text's size,
/// which is a sharp 16 pixels beside body text.
pub(super) fn definitions() -> FontDefinitions {
    const FILES: [&str; 7] =
        ["inter", "inter-medium", "inter-semibold", "mono", "mono-semibold", "icons", "icons-fill"];
    // Inter's space is 0.28 em; a thin one is a fifth of an em. In mono it keeps the width of a column.
    let thin_space =
        |data: FontData, thin_space_width| data.tweak(FontTweak { thin_space_width, ..FontTweak::default() });
    let inter = |data| thin_space(data, 0.7);
    let mono = |data| thin_space(data, 1.0);
    let icon = |data: FontData| {
        data.tweak(FontTweak { scale: 16.0 / 13.0, subpixel_binning: Some(false), ..FontTweak::default() })
    };
    let data = [
        inter(font_file!("Inter-Regular.otf")),
        inter(font_file!("Inter-Medium.otf")),
        inter(font_file!("Inter-SemiBold.otf")),
        mono(font_file!("JetBrainsMono-Regular.ttf")),
        mono(font_file!("JetBrainsMono-SemiBold.ttf")),
        icon(font_file!("Phosphor-Regular.ttf")),
        icon(font_file!("Phosphor-Fill.ttf")),
    ];

    let mut fonts = FontDefinitions::empty();
    for (file, data) in FILES.into_iter().zip(data) {
        fonts.font_data.insert(file.to_owned(), Arc::new(data));
    }
    let families = [
        (FontFamily::Proportional, ["inter", "mono"]),
        (medium_family(), ["inter-medium", "mono"]),
        (semibold_family(), ["inter-semibold", "mono-semibold"]),
        (FontFamily::Monospace, ["mono", "inter"]),
        (mono_semibold_family(), ["mono-semibold", "inter-semibold"]),
    ];
    for (family, first) in families {
        let chain = first.into_iter().chain(["icons", "icons-fill"]);
        fonts.families.insert(family, chain.map(str::to_owned).collect());
    }
    fonts
}
