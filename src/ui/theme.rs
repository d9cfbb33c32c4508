//! Every colour, measure and text style of the window, by the names in the design notes; and the fonts.
//!
//! Colours are in [`Palette`], the font files in `fonts`, the measures in [`metrics`]; here are the text styles and egui's.
//! `clippy.toml` forbids to make a colour or a font anywhere else.
//!
//! [`install`] is called once, before the first frame. After it, stock egui widgets look like the rest, and a view
//! needs this file only for a token ([`Palette::of`]), a measure or a text style. No view writes a colour or a
//! font size of its own.

#![expect(clippy::disallowed_methods, reason = "here the fonts of every text are made")]

pub mod ansi;
mod chinese;
mod fonts;
pub mod metrics;
pub mod numbered;
mod palette;
pub mod room;

pub use fonts::{medium_family, mono_semibold_family, semibold_family};
pub use metrics::*;
pub use palette::{Palette, pixel};
pub use room::Room;

use std::sync::Arc;

use egui::style::{HandleShape, ScrollAnimation, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2,
};

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

/// The name of a control character, in its frame: 10 mono.
#[must_use]
pub fn mark() -> FontId {
    FontId::new(10.0, FontFamily::Monospace)
}

/// The glyph that keeps the place of a frame: mono, so large that it is that wide. Not seen.
#[must_use]
pub fn place_holder(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Bytes that stand out: 12.5 semibold mono.
#[must_use]
pub fn mono_semibold() -> FontId {
    FontId::new(12.5, mono_semibold_family())
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

/// An icon whose square is `size` points high.
#[must_use]
pub fn icon(size: f32) -> FontId {
    FontId::proportional(size * 13.0 / 16.0)
}

/// Sets the fonts and both styles. The choice of theme stays with the caller (`ctx.set_theme`).
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    ctx.add_font_provider(Arc::new(chinese::Chinese));
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
    for visuals in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        visuals.bg_stroke = Stroke::NONE;
        visuals.corner_radius = CornerRadius::same(RADIUS - 2);
    }
    widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
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
    // With body text this makes a stock field or button just as high as a control.
    spacing.button_padding = vec2(10.0, 6.0);
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
    spacing.combo_height = 400.0;
    spacing.scroll = scroll();

    style.visuals = visuals(theme);
    style
}

fn visuals(theme: Theme) -> Visuals {
    let palette = Palette::of_theme(theme);
    let mut visuals = theme.default_visuals();
    visuals.widgets = widgets(palette);
    // egui takes this stroke for the ring of a field with the keyboard and its colour for selected text, where the
    // plain accent would be too pale.
    visuals.selection = Selection { bg_fill: palette.selection, stroke: Stroke::new(FOCUS_RING, palette.accent_hover) };
    visuals.weak_text_color = Some(palette.muted);
    visuals.hyperlink_color = palette.accent_words;
    visuals.faint_bg_color = palette.hover;
    visuals.extreme_bg_color = palette.raised;
    visuals.text_edit_bg_color = Some(palette.raised);
    visuals.code_bg_color = palette.sunken;
    visuals.warn_fg_color = palette.warning_words;
    visuals.error_fg_color = palette.bad_words;
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
        noninteractive: WidgetVisuals { bg_fill: palette.panel, weak_bg_fill: palette.panel, ..base },
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
        open: WidgetVisuals { weak_bg_fill: palette.hover, bg_stroke: Stroke::new(1.0, palette.line_strong), ..base },
    }
}

fn shadow(palette: &Palette, drop: i8, blur: u8) -> Shadow {
    Shadow { offset: [0, drop], blur, spread: 0, color: palette.shadow }
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

/// The bars of a text that is read in both directions have a place of their own: along its lower edge one would lie over a
/// line.
pub fn bars_beside(ui: &mut egui::Ui) {
    // On the ground of what they belong to.
    let handle = Palette::of(ui).line_strong;
    let visuals = ui.visuals_mut();
    visuals.extreme_bg_color = Color32::TRANSPARENT;
    for state in [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active] {
        state.bg_fill = handle;
    }
    let scroll = &mut ui.spacing_mut().scroll;
    (scroll.floating, scroll.foreground_color) = (false, false);
}

fn scroll_animation(reduced: bool) -> ScrollAnimation {
    if reduced { ScrollAnimation::none() } else { ScrollAnimation::duration(MOTION) }
}
