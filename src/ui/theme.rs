//! Every colour, measure and text style of the window, by the names in the design notes; and the fonts.
//!
//! [`install`] is called once, before the first frame. After it, stock egui widgets look like the rest, and a view
//! needs this file only for a token ([`Palette::of`]), a measure or a text style. No view writes a colour or a
//! font size of its own.

use std::sync::Arc;

use egui::style::{HandleShape, ScrollAnimation, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, FontTweak,
    Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2,
};

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
    /// Labels; readable at every size (4.5 : 1 or more on every background).
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
    /// Running, established, done.
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
        selection: rgb(0x00CC_DEFC),
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
        selection: rgb(0x0029_4273),
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

/// The grid, in points.
pub const SPACE: f32 = 8.0;
/// Half a step of the grid: inside controls.
pub const SPACE_SMALL: f32 = 4.0;
/// Between groups; the margin of side panels.
pub const SPACE_LARGE: f32 = 16.0;
/// Height of the top bar.
pub const TOP_BAR: f32 = 44.0;
/// Height of the row of view tabs.
pub const TAB_ROW: f32 = 38.0;
/// Height of the status bar.
pub const STATUS_BAR: f32 = 26.0;
/// Height of a table row.
pub const TABLE_ROW: f32 = 25.0;
/// Height of a control.
pub const CONTROL: f32 = 28.0;
/// Height of a control in a row of tools.
pub const CONTROL_TOOL: f32 = 26.0;
/// Height of a page's main action.
pub const CONTROL_MAIN: f32 = 32.0;
/// Corners of controls.
pub const RADIUS: u8 = 6;
/// Corners of message bubbles.
pub const RADIUS_BUBBLE: u8 = 9;
/// Corners of cards and windows.
pub const RADIUS_CARD: u8 = 12;
/// First width of the list of sessions.
pub const SIDE_PANEL: f32 = 248.0;
/// First width of the inspector.
pub const INSPECTOR: f32 = 288.0;
/// Width of the keyboard focus ring, drawn inside the control so that nothing clips it.
pub const FOCUS_RING: f32 = 2.0;
/// Longest animation in seconds.
pub const MOTION: f32 = 0.12;

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

/// Captions, column heads, section titles: 11 semibold.
#[must_use]
pub fn caption() -> FontId {
    FontId::new(11.0, semibold_family())
}

/// Times and sizes under a message, keys: 11 regular.
#[must_use]
pub fn small() -> FontId {
    FontId::new(11.0, FontFamily::Proportional)
}

/// Field labels, badges in text: 12 regular.
#[must_use]
pub fn label() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

/// Names, bytes, code: 12.5 mono.
#[must_use]
pub fn mono() -> FontId {
    FontId::new(12.5, FontFamily::Monospace)
}

/// The interface: 13 regular.
#[must_use]
pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Buttons, the chosen tab: 13 medium.
#[must_use]
pub fn body_medium() -> FontId {
    FontId::new(13.0, medium_family())
}

/// Names in a list, a heading inside a panel: 13 semibold.
#[must_use]
pub fn body_semibold() -> FontId {
    FontId::new(13.0, semibold_family())
}

/// Socket names: 14 semibold mono.
#[must_use]
pub fn name() -> FontId {
    FontId::new(14.0, mono_semibold_family())
}

/// The title of a card: 16 semibold.
#[must_use]
pub fn card_title() -> FontId {
    FontId::new(16.0, semibold_family())
}

/// The title of a page: 22 semibold.
#[must_use]
pub fn page_title() -> FontId {
    FontId::new(22.0, semibold_family())
}

/// Sets the fonts and both styles. The choice of theme stays with the caller (`ctx.set_theme`).
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts());
    for theme in [Theme::Light, Theme::Dark] {
        ctx.set_style_of(theme, style(theme));
    }
}

/// Stops (or allows again) every animation, smooth scrolling and the blinking cursor, in both themes.
pub fn set_reduced_motion(ctx: &Context, reduced: bool) {
    ctx.all_styles_mut(|style| {
        style.animation_time = if reduced { 0.0 } else { MOTION };
        style.scroll_animation = scroll_animation(reduced);
        style.visuals.text_cursor.blink = !reduced;
    });
}

/// What menus and lists under a button look like; egui's own menu style leaves 2 points beside the text.
pub fn menu_style(style: &mut Style) {
    style.spacing.button_padding = vec2(SPACE, SPACE_SMALL);
    style.spacing.item_spacing = vec2(SPACE, 0.0);
    style.visuals.button_frame = true;
    let widgets = &mut style.visuals.widgets;
    for visuals in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        visuals.bg_stroke = Stroke::NONE;
        visuals.corner_radius = CornerRadius::same(RADIUS - 2);
    }
    widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
}

macro_rules! font_file {
    ($name:literal) => {
        FontData::from_static(include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/assets/fonts/",
            $name
        )))
    };
}

/// The bundled fonts in the families that the text styles name.
///
/// egui centres a fallback font's row in the row of the family's first font. Phosphor's square and the capitals of
/// both Latin fonts are centred in their rows, so icons need no shift; they are drawn at 16/13 of the text's size,
/// which is a sharp 16 pixels beside body text. Noto's row is not centred on its characters, hence its offset.
fn fonts() -> FontDefinitions {
    const FILES: [&str; 8] = [
        "inter",
        "inter-medium",
        "inter-semibold",
        "mono",
        "mono-semibold",
        "icons",
        "icons-fill",
        "cjk",
    ];
    let latin = |data: FontData| {
        data.tweak(FontTweak {
            hinting: Some(false),
            ..FontTweak::default()
        })
    };
    let icon = |data: FontData| {
        data.tweak(FontTweak {
            scale: 16.0 / 13.0,
            hinting: Some(false),
            subpixel_binning: Some(false),
            ..FontTweak::default()
        })
    };
    let data = [
        latin(font_file!("Inter-Regular.otf")),
        latin(font_file!("Inter-Medium.otf")),
        latin(font_file!("Inter-SemiBold.otf")),
        latin(font_file!("JetBrainsMono-Regular.ttf")),
        latin(font_file!("JetBrainsMono-SemiBold.ttf")),
        icon(font_file!("Phosphor-Regular.ttf")),
        icon(font_file!("Phosphor-Fill.ttf")),
        font_file!("NotoSansSC-Regular.otf").tweak(FontTweak {
            y_offset_factor: -0.055,
            hinting: Some(false),
            ..FontTweak::default()
        }),
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
        let chain = first.into_iter().chain(["icons", "icons-fill", "cjk"]);
        fonts
            .families
            .insert(family, chain.map(str::to_owned).collect());
    }
    fonts
}

fn style(theme: Theme) -> Style {
    let mut style = theme.default_style();
    style.text_styles = [
        (TextStyle::Small, small()),
        (TextStyle::Body, body()),
        (TextStyle::Monospace, mono()),
        (TextStyle::Button, body_medium()),
        (TextStyle::Heading, card_title()),
    ]
    .into();
    style.animation_time = MOTION;
    style.scroll_animation = scroll_animation(false);
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;

    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(SPACE, SPACE_SMALL);
    spacing.button_padding = vec2(10.0, SPACE_SMALL);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.menu_spacing = 4.0;
    spacing.interact_size = vec2(CONTROL, CONTROL);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 8.0;
    spacing.icon_spacing = SPACE;
    spacing.slider_rail_height = 4.0;
    spacing.indent = SPACE_LARGE;
    spacing.tooltip_width = 360.0;
    spacing.combo_height = 320.0;
    spacing.scroll = scroll();

    style.visuals = visuals(theme);
    style
}

fn visuals(theme: Theme) -> Visuals {
    let palette = Palette::of_theme(theme);
    let mut visuals = theme.default_visuals();
    visuals.widgets = widgets(palette);
    visuals.selection = Selection {
        bg_fill: palette.selection,
        stroke: Stroke::new(FOCUS_RING, palette.accent),
    };
    // egui recolours selected text with the ring's colour; on the selection tint the accent stays readable.
    visuals.weak_text_color = Some(palette.muted);
    visuals.hyperlink_color = palette.accent;
    visuals.faint_bg_color = palette.hover;
    visuals.extreme_bg_color = palette.raised;
    visuals.text_edit_bg_color = Some(palette.raised);
    visuals.code_bg_color = palette.sunken;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.bad;
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.raised;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS_CARD);
    visuals.window_highlight_topmost = false;
    visuals.window_shadow = shadow(palette, 12, 32);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.popup_shadow = shadow(palette, 4, 16);
    visuals.text_cursor.stroke = Stroke::new(1.5, palette.accent);
    let ime = &mut visuals.ime_composition;
    ime.active_underline_stroke = Stroke::new(2.0, palette.accent);
    ime.inactive_underline_stroke = Stroke::new(1.0, palette.muted);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    visuals
}

fn widgets(palette: &Palette) -> Widgets {
    let base = WidgetVisuals {
        bg_fill: palette.sunken,
        weak_bg_fill: palette.raised,
        bg_stroke: Stroke::new(1.0, palette.line),
        corner_radius: CornerRadius::same(RADIUS),
        fg_stroke: Stroke::new(1.5, palette.text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: WidgetVisuals {
            bg_fill: palette.panel,
            weak_bg_fill: palette.panel,
            ..base
        },
        inactive: base,
        hovered: WidgetVisuals {
            weak_bg_fill: palette.hover,
            bg_stroke: Stroke::new(1.0, palette.line_strong),
            ..base
        },
        // Pressed, and also what has the keyboard.
        active: WidgetVisuals {
            weak_bg_fill: palette.accent_tint,
            bg_fill: palette.accent_tint,
            bg_stroke: Stroke::new(FOCUS_RING, palette.accent),
            ..base
        },
        open: WidgetVisuals {
            weak_bg_fill: palette.hover,
            bg_stroke: Stroke::new(1.0, palette.line_strong),
            ..base
        },
    }
}

fn shadow(palette: &Palette, drop: i8, blur: u8) -> Shadow {
    Shadow {
        offset: [0, drop],
        blur,
        spread: 0,
        color: palette.shadow,
    }
}

fn scroll() -> ScrollStyle {
    let mut scroll = ScrollStyle::floating();
    scroll.bar_width = 8.0;
    scroll.floating_width = 4.0;
    scroll.handle_min_length = 24.0;
    scroll.bar_inner_margin = 2.0;
    scroll.bar_outer_margin = 2.0;
    // Always faintly there, because a list that ends at a row's edge does not show that it goes on.
    scroll.dormant_handle_opacity = 0.16;
    scroll.active_handle_opacity = 0.28;
    scroll.interact_handle_opacity = 0.45;
    scroll.active_background_opacity = 0.0;
    scroll.interact_background_opacity = 0.0;
    scroll.fade.strength = 0.0;
    scroll.kinetic.rubber_band = false;
    scroll
}

fn scroll_animation(reduced: bool) -> ScrollAnimation {
    if reduced {
        ScrollAnimation::none()
    } else {
        ScrollAnimation::duration(MOTION)
    }
}
