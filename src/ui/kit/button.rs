//! What is pressed: buttons of every rank, the segmented choice, the view tab.

use egui::{
    Color32, CornerRadius, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Widget, WidgetInfo,
    pos2, vec2,
};

use super::{control_height, focus_ring, line, put, put_icon, spoken, text_width};
use crate::ui::icons;
use crate::ui::theme::{self, Palette, RADIUS, SPACE, TAB_ROW};

const ICON: f32 = 16.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rank {
    Primary,
    Raised,
    Quiet,
    Danger,
}

struct Look {
    fill: Color32,
    stroke: Color32,
    text: Color32,
    ring: Color32,
}

impl Rank {
    fn look(self, palette: &Palette, hot: bool, pressed: bool, on: bool) -> Look {
        let clear = Color32::TRANSPARENT;
        let (fill, stroke, text) = match self {
            Self::Primary if hot => (palette.accent_hover, clear, palette.on_accent),
            Self::Primary => (palette.accent, clear, palette.on_accent),
            _ if on => (palette.accent_tint, palette.accent_tint, palette.accent_words),
            Self::Raised if pressed => (palette.sunken, palette.line_strong, palette.text),
            Self::Raised if hot => (palette.hover, palette.line_strong, palette.text),
            Self::Raised => (palette.raised, palette.line, palette.text),
            Self::Quiet if pressed => (palette.sunken, clear, palette.text),
            Self::Quiet if hot => (palette.hover, clear, palette.text),
            Self::Quiet => (clear, clear, palette.muted),
            Self::Danger if hot => (palette.bad_tint, clear, palette.bad_words),
            Self::Danger => (clear, clear, palette.bad_words),
        };
        let ring = match self {
            Self::Primary => palette.on_accent,
            _ => palette.accent,
        };
        Look { fill, stroke, text, ring }
    }
}

/// A button with an optional icon before and a caret after its text. The functions below are its common forms.
#[must_use = "add it with ui.add"]
pub struct Button<'a> {
    rank: Rank,
    icon: Option<&'a str>,
    text: &'a str,
    name: Option<&'a str>,
    tooltip: Option<&'a str>,
    caret: bool,
    on: Option<bool>,
    height: Option<f32>,
    min_width: f32,
    mono: bool,
}

impl<'a> Button<'a> {
    fn new(rank: Rank, icon: Option<&'a str>, text: &'a str) -> Self {
        Self {
            rank,
            icon,
            text,
            name: None,
            tooltip: None,
            caret: false,
            on: None,
            height: None,
            min_width: 0.0,
            mono: false,
        }
    }

    /// The one main action of a place: accent fill.
    pub fn primary(icon: impl Into<Option<&'a str>>, text: &'a str) -> Self {
        Self::new(Rank::Primary, icon.into(), text)
    }

    /// Any other action: raised, outlined.
    pub fn raised(icon: impl Into<Option<&'a str>>, text: &'a str) -> Self {
        Self::new(Rank::Raised, icon.into(), text)
    }

    /// A minor action: no frame until the pointer is over it.
    pub fn quiet(icon: impl Into<Option<&'a str>>, text: &'a str) -> Self {
        Self::new(Rank::Quiet, icon.into(), text)
    }

    /// What ends or removes something: quiet, in the colour for bad.
    pub fn danger(icon: impl Into<Option<&'a str>>, text: &'a str) -> Self {
        Self::new(Rank::Danger, icon.into(), text)
    }

    /// A square with an icon alone; `name` is what a screen reader says and what the tooltip shows.
    pub fn icon(icon: &'a str, name: &'a str) -> Self {
        Self { name: Some(name), tooltip: Some(name), ..Self::new(Rank::Quiet, Some(icon), "") }
    }

    /// The name for the screen reader, when the text alone says too little.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Shown while the pointer rests; replaces an icon button's name there, not for the screen reader.
    pub fn tooltip(mut self, tooltip: &'a str) -> Self {
        self.tooltip = Some(tooltip);
        self
    }

    /// A caret after the text: it opens a menu (see [`popup_menu`](super::popup_menu)).
    pub fn caret(mut self) -> Self {
        self.caret = true;
        self
    }

    /// With little room its sign alone stands for it; the words are its name and its tooltip then.
    pub fn short(mut self, short: bool) -> Self {
        if short && self.icon.is_some() {
            self.name = self.name.or(Some(self.text));
            self.tooltip = self.tooltip.or(self.name);
            self.text = "";
        }
        self
    }

    /// Makes it a toggle, drawn on the accent tint while `on`.
    pub fn on(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }

    /// Another height than the surrounding controls', such as [`theme::CONTROL_MAIN`].
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// At least this wide, the contents centred.
    pub fn min_width(mut self, width: f32) -> Self {
        self.min_width = width;
        self
    }

    /// Mono text, for a socket name.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    fn font(&self) -> FontId {
        if self.mono { theme::mono() } else { theme::body_medium() }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = Palette::of(ui);
        let height = self.height.unwrap_or_else(|| control_height(ui));
        let square = self.text.is_empty() && !self.caret;
        let padding = match (square, self.rank) {
            (true, _) => 0.0,
            (false, Rank::Quiet | Rank::Danger) => SPACE,
            (false, Rank::Primary | Rank::Raised) => 12.0,
        };
        let gap = if self.text.is_empty() { 0.0 } else { 7.0 };
        let before = self.icon.map_or(0.0, |_| ICON + gap);
        let after = if self.caret { ICON - 2.0 + gap } else { 0.0 };
        let room = (ui.available_width() - 2.0 * padding - before - after).max(24.0);
        let text = line(ui, self.text, self.font(), Color32::PLACEHOLDER, room);
        let inner = before + text.size().x.ceil() + after;
        let width = if square { height.max(self.min_width) } else { (inner + 2.0 * padding).max(self.min_width) };

        let (rect, mut response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        let name = self.name.map_or_else(|| spoken(self.text), str::to_owned);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name);
            info.selected = self.on;
            info
        });
        if ui.is_rect_visible(rect) {
            let mut look = self.rank.look(
                palette,
                response.hovered(),
                response.is_pointer_button_down_on(),
                self.on == Some(true),
            );
            // On a card the fill alone does not set it off.
            if look.stroke == palette.line && ui.stack().bg_color() == palette.raised {
                look.stroke = palette.line_strong;
            }
            ui.painter().rect(
                rect,
                CornerRadius::same(RADIUS),
                look.fill,
                Stroke::new(1.0, look.stroke),
                StrokeKind::Inside,
            );
            let ring = if self.rank == Rank::Primary { rect.shrink(1.5) } else { rect };
            focus_ring(ui, &response, ring, look.ring);
            let y = rect.center().y;
            let mut x = rect.center().x - inner / 2.0;
            if let Some(icon) = self.icon {
                put_icon(ui, icon, pos2(x + ICON / 2.0, y), ICON, look.text);
                x += before;
            }
            let text_width = text.size().x.ceil();
            let top = y - text.size().y / 2.0;
            ui.painter().galley(pos2(x, top), text, look.text);
            if self.caret {
                let center = pos2(x + text_width + after - (ICON - 2.0) / 2.0, y);
                put_icon(ui, icons::CARET_DOWN, center, ICON - 2.0, look.text);
            }
        }
        if let Some(tooltip) = self.tooltip {
            // As a description it would repeat the name to a screen reader.
            response = if self.name == Some(tooltip) {
                response.on_hover_ui(|ui| {
                    ui.label(tooltip);
                })
            } else {
                response.on_hover_text(tooltip)
            };
        }
        response
    }
}

/// [`Button::primary`].
pub fn primary_button<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &'a str) -> Response {
    ui.add(Button::primary(icon, text))
}

/// [`Button::raised`].
pub fn button<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &'a str) -> Response {
    ui.add(Button::raised(icon, text))
}

/// [`Button::quiet`].
pub fn quiet_button<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &'a str) -> Response {
    ui.add(Button::quiet(icon, text))
}

/// [`Button::danger`].
pub fn danger_button<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &'a str) -> Response {
    ui.add(Button::danger(icon, text))
}

/// [`Button::icon`].
pub fn icon_button(ui: &mut Ui, icon: &str, name: &str) -> Response {
    ui.add(Button::icon(icon, name))
}

/// A row of options of which one is chosen. `name` names the group; the response is changed when the choice is.
pub fn segmented<T: PartialEq + Clone>(ui: &mut Ui, name: &str, value: &mut T, options: &[(T, &str)]) -> Response {
    let palette = Palette::of(ui);
    let height = control_height(ui);
    // As wide as the chosen form, so that nothing moves when the choice does.
    let widths: Vec<f32> =
        options.iter().map(|(_, text)| text_width(ui, text, theme::body_semibold()).ceil() + 22.0).collect();
    let size = vec2(widths.iter().sum(), height);
    let (rect, mut group) = ui.allocate_exact_size(size, Sense::hover());
    let id = group.id;
    let parts = ui.new_child(UiBuilder::new().max_rect(rect));
    super::is_group(&parts, Role::RadioGroup, name);
    ui.painter().rect(
        rect,
        CornerRadius::same(RADIUS),
        palette.raised,
        Stroke::new(1.0, palette.line),
        StrokeKind::Inside,
    );

    let mut left = rect.left();
    for (index, ((option, text), width)) in options.iter().zip(widths).enumerate() {
        let part = Rect::from_min_size(pos2(left, rect.top()), vec2(width, height));
        left += width;
        let response = parts.interact(part, id.with(index), Sense::click());
        if response.clicked() && value != option {
            *value = option.clone();
            group.mark_changed();
        }
        let chosen = value == option;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, spoken(text)));
        let (fill, color, font) = if chosen {
            (palette.accent_tint, palette.accent_words, theme::body_semibold())
        } else if response.hovered() {
            (palette.hover, palette.text, theme::body())
        } else {
            (Color32::TRANSPARENT, palette.muted, theme::body())
        };
        let inner = part.shrink(1.0);
        ui.painter().rect_filled(inner, CornerRadius::same(RADIUS - 1), fill);
        focus_ring(ui, &response, part, palette.accent);
        let text = line(ui, text, font, color, f32::INFINITY);
        let x = part.center().x - text.size().x / 2.0;
        put(ui, text, x, part.center().y);
    }
    group
}

/// [`segmented`], or a list that opens where there is no room for a row.
pub fn choice<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    value: &mut T,
    options: &[(T, &str)],
    short: bool,
) -> Response {
    if short { super::select(ui, name, value, options) } else { segmented(ui, name, value, options) }
}

/// A view tab, [`TAB_ROW`] high; the accent line under the chosen one lies on the line below the row.
pub fn tab<'a>(ui: &mut Ui, icon: impl Into<Option<&'a str>>, text: &'a str, chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let icon = icon.into();
    let before = icon.map_or(0.0, |_| ICON + 6.0);
    let galley = line(ui, text, theme::body_medium(), Color32::PLACEHOLDER, f32::INFINITY);
    let padding = 12.0;
    let width = before + galley.size().x.ceil() + 2.0 * padding;
    let (rect, response) = ui.allocate_exact_size(vec2(width, TAB_ROW), Sense::click());
    super::is_one_of(&response, Role::Tab, ui.is_enabled(), chosen, spoken(text));
    if ui.is_rect_visible(rect) {
        let color = if chosen || response.hovered() { palette.text } else { palette.muted };
        let y = rect.center().y;
        let mut x = rect.left() + padding;
        if let Some(icon) = icon {
            put_icon(ui, icon, pos2(x + ICON / 2.0, y), ICON, color);
            x += before;
        }
        let top = y - galley.size().y / 2.0;
        ui.painter().galley(pos2(x, top), galley, color);
        if chosen {
            let mut under = rect;
            // The panel draws its own line over the last point.
            under.set_bottom(rect.bottom() - 1.0);
            under.set_top(rect.bottom() - 3.0);
            ui.painter().rect_filled(under, CornerRadius::ZERO, palette.accent);
        }
        focus_ring(ui, &response, rect.shrink2(vec2(2.0, 5.0)), palette.accent);
    }
    response
}
