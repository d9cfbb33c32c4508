//! The colours of the two themes, by the names in the design notes. No other file writes a colour.

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
    /// Labels; readable at every size (4.5 : 1 or more on every surface that is no tint).
    pub muted: Color32,
    /// Times, hints, disabled things; never for what must be read.
    pub faint: Color32,
    /// The one main button of a place, the chosen thing, the focus ring.
    pub accent: Color32,
    /// [`Palette::accent`] under the pointer.
    pub accent_hover: Color32,
    /// Behind a chosen row or option.
    pub accent_tint: Color32,
    /// Text and icons on [`Palette::accent`].
    pub on_accent: Color32,
    /// Behind selected text; stronger than [`Palette::accent_tint`], which vanishes in a white field.
    pub selection: Color32,
    /// What came in (recv, ←).
    pub inbound: Color32,
    /// Behind what came in.
    pub inbound_tint: Color32,
    /// What went out (send, →).
    pub outbound: Color32,
    /// Behind what went out.
    pub outbound_tint: Color32,
    /// Running, established, done. A dot or one word: in light it is under 4.5 : 1, as is [`Palette::warning`].
    pub good: Color32,
    /// Worth a look.
    pub warning: Color32,
    /// Behind a warning.
    pub warning_tint: Color32,
    /// Failed; also the text of what destroys.
    pub bad: Color32,
    /// Behind an error, and under the pointer on a button that destroys.
    pub bad_tint: Color32,
    /// The soft shadow of popups and windows, nothing else has one.
    pub shadow: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
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
        muted: rgb(0x0066_7080),
        faint: rgb(0x0098_A1AE),
        accent: rgb(0x002F_6FEB),
        accent_hover: rgb(0x0023_60D6),
        accent_tint: rgb(0x00E8_F0FE),
        on_accent: rgb(0x00FF_FFFF),
        selection: rgb(0x00D6_E4FD),
        inbound: rgb(0x000C_8577),
        inbound_tint: rgb(0x00E6_F4F2),
        outbound: rgb(0x004A_55D6),
        outbound_tint: rgb(0x00EC_EDFC),
        good: rgb(0x001A_9C5F),
        warning: rgb(0x00B7_791F),
        warning_tint: rgb(0x00FB_F3E2),
        bad: rgb(0x00D1_383D),
        bad_tint: rgb(0x00FC_ECEC),
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
        muted: rgb(0x0097_A1B0),
        faint: rgb(0x0069_7386),
        accent: rgb(0x005F_94FF),
        accent_hover: rgb(0x0078_A5FF),
        accent_tint: rgb(0x001D_2B47),
        on_accent: rgb(0x000D_1117),
        selection: rgb(0x0025_3C69),
        inbound: rgb(0x0041_BDAE),
        inbound_tint: rgb(0x0016_302E),
        outbound: rgb(0x0095_9CF8),
        outbound_tint: rgb(0x0023_2644),
        good: rgb(0x003F_B67F),
        warning: rgb(0x00D9_A441),
        warning_tint: rgb(0x0033_2A18),
        bad: rgb(0x00EE_6A70),
        bad_tint: rgb(0x003A_1F22),
        shadow: Color32::from_black_alpha(110),
    };

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
