//! The colours of the two themes, by the names in the design notes. No other file writes a colour.

#![expect(clippy::disallowed_methods, reason = "here colours are made")]

use egui::{Color32, Context, Theme};

/// The colours of one theme. Text on a tint is [`Palette::text`] or the tint's own colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// The page behind the content.
    pub background: Color32,
    /// Side, top and status panels.
    pub panel: Color32,
    /// Inputs, cards, buttons, popups.
    pub raised: Color32,
    /// Under the pointer: a quiet control, a row, a raised button.
    pub hover: Color32,
    /// Pressed, or the rail of a slider and of a progress bar.
    pub sunken: Color32,
    /// Every border, 1 point.
    pub line: Color32,
    /// The border of a control under the pointer.
    pub line_strong: Color32,
    /// Content.
    pub text: Color32,
    /// Labels, hints; readable at every size on every surface.
    pub muted: Color32,
    /// Signs and times that need not be read, disabled things.
    pub faint: Color32,
    /// The one main button of a place, the chosen thing, the focus ring.
    pub accent: Color32,
    /// [`Palette::accent`] under the pointer.
    pub accent_hover: Color32,
    /// Words in the accent: the chosen segment, a link.
    pub accent_words: Color32,
    /// Behind a chosen row or option.
    pub accent_tint: Color32,
    /// Text and icons on [`Palette::accent`].
    pub on_accent: Color32,
    /// Behind selected text; stronger than [`Palette::accent_tint`], which vanishes in a white field.
    pub selection: Color32,
    /// What came in (recv, ←).
    pub inbound: Color32,
    /// Words in the colour of what came in.
    pub inbound_words: Color32,
    /// Behind what came in.
    pub inbound_tint: Color32,
    /// What went out (send, →), also in words.
    pub outbound: Color32,
    /// Behind what went out.
    pub outbound_tint: Color32,
    /// Running, established, done: a dot or a sign; words have [`Palette::good_words`].
    pub good: Color32,
    /// A good state in words.
    pub good_words: Color32,
    /// Behind what is good.
    pub good_tint: Color32,
    /// Worth a look: a dot or a sign.
    pub warning: Color32,
    /// A warning in words.
    pub warning_words: Color32,
    /// Behind a warning.
    pub warning_tint: Color32,
    /// Failed: a dot, a sign, a border.
    pub bad: Color32,
    /// A failure in words; also the text of what destroys.
    pub bad_words: Color32,
    /// Behind an error, and under the pointer on a button that destroys.
    pub bad_tint: Color32,
    /// A peer's dot and name among others, nothing else; the fifth has the first one again.
    pub peers: [Color32; 4],
    /// The soft shadow of popups and windows, nothing else has one.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

/// The colour of a picture's pixel, as it is.
#[must_use]
pub fn pixel([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

impl Palette {
    /// The light theme.
    pub const LIGHT: Self = Self {
        background: rgb(0x00F4_F5F7),
        panel: rgb(0x00FB_FBFC),
        raised: rgb(0x00FF_FFFF),
        hover: rgb(0x00F1_F3F6),
        sunken: rgb(0x00E9_ECF0),
        line: rgb(0x00E2_E5EA),
        line_strong: rgb(0x00C9_CFD8),
        text: rgb(0x001B_1F26),
        muted: rgb(0x005D_6574),
        faint: rgb(0x0098_A1AE),
        accent: rgb(0x002F_6FEB),
        accent_hover: rgb(0x0023_60D6),
        accent_words: rgb(0x0021_5DD2),
        accent_tint: rgb(0x00E8_F0FE),
        on_accent: rgb(0x00FF_FFFF),
        selection: rgb(0x00D6_E4FD),
        inbound: rgb(0x000C_8577),
        inbound_words: rgb(0x000A_7165),
        inbound_tint: rgb(0x00E6_F4F2),
        outbound: rgb(0x004A_55D6),
        outbound_tint: rgb(0x00EC_EDFC),
        good: rgb(0x001A_9C5F),
        good_words: rgb(0x0013_7346),
        good_tint: rgb(0x00E5_F5EC),
        warning: rgb(0x00B7_791F),
        warning_words: rgb(0x0085_5510),
        warning_tint: rgb(0x00FC_F3E0),
        bad: rgb(0x00D1_383D),
        bad_words: rgb(0x00BD_2C32),
        bad_tint: rgb(0x00FC_ECEC),
        peers: [rgb(0x00A9_2C74), rgb(0x0046_6D0F), rgb(0x00A2_4C0E), rgb(0x0015_6C97)],
        shadow: Color32::from_black_alpha(28),
    };

    /// The dark theme.
    pub const DARK: Self = Self {
        background: rgb(0x0013_151A),
        panel: rgb(0x0018_1B21),
        raised: rgb(0x001F_232B),
        hover: rgb(0x0026_2B34),
        sunken: rgb(0x002B_303A),
        line: rgb(0x002B_303A),
        line_strong: rgb(0x0041_4854),
        text: rgb(0x00E5_E8EE),
        muted: rgb(0x009F_A9B6),
        faint: rgb(0x0069_7386),
        accent: rgb(0x005F_94FF),
        accent_hover: rgb(0x0078_A5FF),
        accent_words: rgb(0x007B_A7FF),
        accent_tint: rgb(0x001D_2B47),
        on_accent: rgb(0x000D_1117),
        selection: rgb(0x0025_3C69),
        inbound: rgb(0x0041_BDAE),
        inbound_words: rgb(0x0041_BDAE),
        inbound_tint: rgb(0x0016_302E),
        outbound: rgb(0x009A_A1F8),
        outbound_tint: rgb(0x0023_2644),
        good: rgb(0x003F_B67F),
        good_words: rgb(0x004C_C18B),
        good_tint: rgb(0x0016_301F),
        warning: rgb(0x00D9_A441),
        warning_words: rgb(0x00E0_B055),
        warning_tint: rgb(0x0032_2914),
        bad: rgb(0x00EE_6A70),
        bad_words: rgb(0x00F3_8A8F),
        bad_tint: rgb(0x003A_1E22),
        peers: [rgb(0x00E8_8BBA), rgb(0x00A5_CC5F), rgb(0x00E5_9C6C), rgb(0x0072_BBEA)],
        shadow: Color32::from_black_alpha(110),
    };

    /// The colour of the peer that came after so many others.
    #[must_use]
    pub fn peer(&self, place: usize) -> Color32 {
        let [first, second, third, fourth] = self.peers;
        match place % 4 {
            0 => first,
            1 => second,
            2 => third,
            _ => fourth,
        }
    }

    /// The colours in use now. A `&Ui` coerces to the context, so `Palette::of(ui)` works.
    #[must_use]
    pub fn of(ctx: &Context) -> &'static Self {
        Self::of_theme(ctx.theme())
    }

    /// The colours of a given theme.
    #[must_use]
    pub const fn of_theme(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &Self::LIGHT,
            Theme::Dark => &Self::DARK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two opaque colours as WCAG 2 measures it.
    fn contrast(one: Color32, other: Color32) -> f32 {
        let light = |color: Color32| {
            let linear = |part: u8| {
                let part = f32::from(part) / 255.0;
                if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn the_measure_is_that_of_wcag() {
        assert!((contrast(Color32::WHITE, Color32::BLACK) - 21.0).abs() < 0.01);
        assert!((contrast(rgb(0x0076_7676), Color32::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn all_that_is_read_stands_out_from_all_it_stands_on() {
        for (theme, palette) in [("light", &Palette::LIGHT), ("dark", &Palette::DARK)] {
            let words = [
                ("text", palette.text),
                ("muted", palette.muted),
                ("accent words", palette.accent_words),
                ("inbound words", palette.inbound_words),
                ("outbound", palette.outbound),
                ("good words", palette.good_words),
                ("warning words", palette.warning_words),
                ("bad words", palette.bad_words),
                ("the first peer", palette.peer(0)),
                ("the second peer", palette.peer(5)),
                ("the third peer", palette.peer(2)),
                ("the fourth peer", palette.peer(3)),
            ];
            let surfaces = [
                ("background", palette.background),
                ("panel", palette.panel),
                ("raised", palette.raised),
                ("hover", palette.hover),
                ("sunken", palette.sunken),
                ("accent tint", palette.accent_tint),
                ("selection", palette.selection),
                ("inbound tint", palette.inbound_tint),
                ("outbound tint", palette.outbound_tint),
                ("good tint", palette.good_tint),
                ("warning tint", palette.warning_tint),
                ("bad tint", palette.bad_tint),
            ];
            for (name, color) in words {
                for (surface, behind) in surfaces {
                    let measured = contrast(color, behind);
                    assert!(measured >= 4.5, "{theme}: {name} on {surface} is {measured:.2} : 1");
                }
            }
            for behind in [palette.accent, palette.accent_hover] {
                assert!(contrast(palette.on_accent, behind) >= 4.5, "{theme}: on the main button");
            }
            // What has the keyboard, a dot, the border of a wrong field: no words, 3 : 1.
            for (name, color) in [("accent", palette.accent), ("good", palette.good), ("bad", palette.bad)] {
                assert!(contrast(color, palette.panel) >= 3.0, "{theme}: {name}");
            }
        }
    }
}
