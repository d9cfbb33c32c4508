//! What is filled in: labels, text fields, drop-down choices, check boxes.

use std::ops::Range;

use egui::{
    Align2, Atom, Color32, CornerRadius, FontId, Id, Popup, RectAlign, Response, RichText, Role, Sense, Stroke,
    StrokeKind, TextEdit, Ui, Widget, WidgetInfo, pos2, text::CCursorRange, vec2,
};

use super::{control_height, focus_ring, input_fill, line, put, put_icon, spoken, wave::wave_under};
use crate::ui::icons;
use crate::ui::theme::{self, CONTROL, Palette, RADIUS, SPACE, SPACE_SMALL};

const PADDING: f32 = 10.0;
const CARET: f32 = 14.0;

/// The muted label above a field. Pass its id to [`Response::labelled_by`] of the field.
pub fn field_label(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).muted;
    ui.label(RichText::new(text).font(theme::label()).color(color))
}

/// The line under a field that says what is wrong with it.
pub fn field_message(ui: &mut Ui, text: &str) -> Response {
    let color = Palette::of(ui).bad_words;
    let text = format!("{} {text}", icons::WARNING_CIRCLE);
    ui.label(RichText::new(text).font(theme::label()).color(color))
}

/// A column of label, control and, when there is one, the error; the label names the control.
pub fn field(ui: &mut Ui, label: &str, error: Option<&str>, control: impl FnOnce(&mut Ui) -> Response) -> Response {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = SPACE_SMALL;
        let label = field_label(ui, label);
        let response = control(ui).labelled_by(label.id);
        if let Some(error) = error {
            field_message(ui, error);
        }
        response
    })
    .inner
}

/// A line of text to fill in, [`theme::CONTROL`] high or as high as the controls around it.
#[must_use = "add it with ui.add"]
pub struct TextField<'a> {
    name: &'a str,
    text: &'a mut String,
    hint: &'a str,
    icon: Option<&'a str>,
    keys: &'a str,
    mono: bool,
    error: bool,
    width: Option<f32>,
    id: Option<Id>,
    whole: bool,
    note: Option<(&'a str, &'a str)>,
    wave: Option<Range<usize>>,
}

impl<'a> TextField<'a> {
    /// `name` is for the screen reader; [`field`] puts the visible label in its place.
    pub fn new(name: &'a str, text: &'a mut String) -> Self {
        Self {
            name,
            text,
            hint: "",
            icon: None,
            keys: "",
            mono: false,
            error: false,
            width: None,
            id: None,
            whole: false,
            note: None,
            wave: None,
        }
    }

    /// Faint text while the field is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// An icon before the text.
    pub fn icon(mut self, icon: &'a str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A key cap at the right end: the keys that lead here.
    pub fn keys(mut self, keys: &'a str) -> Self {
        self.keys = keys;
        self
    }

    /// Mono text, for addresses and bytes.
    pub fn mono(mut self, mono: bool) -> Self {
        self.mono = mono;
        self
    }

    /// Border in the colour for bad; the message goes under the field ([`field_message`]).
    pub fn error(mut self, error: bool) -> Self {
        self.error = error;
        self
    }

    /// Outer width in points; all that is left without it.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// All of it is selected when it gets the keyboard, so that typing replaces it.
    pub fn selects_all(mut self) -> Self {
        self.whole = true;
        self
    }

    /// Muted words at the right end, in a place as wide as `widest` needs, so that they move nothing when they change.
    pub fn note(mut self, note: &'a str, widest: &'a str) -> Self {
        self.note = Some((note, widest));
        self
    }

    /// A wave under these bytes of the text: what of it makes no sense yet.
    pub fn wave(mut self, part: Option<Range<usize>>) -> Self {
        self.wave = part;
        self
    }

    /// A fixed id, for a command that moves the keyboard here.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }
}

impl Widget for TextField<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = Palette::of(ui);
        let font = if self.mono { theme::mono() } else { theme::body() };
        let size = vec2(self.width.unwrap_or_else(|| ui.available_width()), control_height(ui));
        let before = ui.style().clone();
        let fill = input_fill(ui, palette);
        // The height comes from `size`; the theme's padding would make a field in a tool row too high.
        ui.spacing_mut().button_padding = vec2(PADDING, 2.0);
        if self.error {
            let visuals = ui.visuals_mut();
            visuals.widgets.inactive.bg_stroke.color = palette.bad;
            visuals.widgets.hovered.bg_stroke.color = palette.bad;
            visuals.selection.stroke.color = palette.bad;
        }
        let hint = RichText::new(self.hint).font(font.clone()).color(palette.muted);
        let mut edit = TextEdit::singleline(&mut *self.text)
            .font(font)
            .hint_text(hint)
            .background_color(fill)
            .align(Align2::LEFT_CENTER)
            .desired_width(size.x)
            .min_size(vec2(0.0, size.y));
        if let Some(icon) = self.icon {
            let icon = RichText::new(icon).font(theme::body()).color(palette.muted);
            edit = edit.prefix(icon);
        }
        if !self.keys.is_empty() {
            edit = edit.suffix(cap_atom(ui, self.keys));
        }
        if let Some((note, widest)) = self.note {
            edit = edit.suffix(note_atom(ui, note, widest));
        }
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        let output = edit.show(ui);
        if let Some(part) = &self.wave {
            wave_under(ui, &output, self.text, part);
        }
        let response = output.response.response.accessible_name(self.name);
        ui.set_style(before);
        if self.whole {
            select_all(&response, self.text);
        }
        response
    }
}

/// Selects all of a field that has just got the keyboard. By the pointer, when that is let go: until then it sets the cursor.
fn select_all(response: &Response, text: &str) {
    let waits = response.id.with("selects all");
    let down = response.ctx.input(|input| input.pointer.any_down());
    let due = response.gained_focus() || response.ctx.data(|data| data.get_temp::<bool>(waits).is_some());
    if !due {
        return;
    }
    if down {
        response.ctx.data_mut(|data| data.insert_temp(waits, true));
        return;
    }
    response.ctx.data_mut(|data| data.remove::<bool>(waits));
    if let Some(mut state) = egui::text_edit::TextEditState::load(&response.ctx, response.id) {
        // What was dragged over by hand stays selected.
        if state.cursor.char_range().is_none_or(|range| range.is_empty()) {
            state.cursor.set_char_range(Some(CCursorRange::select_all_str(text)));
            state.store(&response.ctx, response.id);
            response.ctx.request_repaint();
        }
    }
}

/// [`TextField`] with a hint, as wide as the place allows.
pub fn text_field(ui: &mut Ui, name: &str, text: &mut String, hint: &str) -> Response {
    ui.add(TextField::new(name, text).hint(hint))
}

/// Several lines of mono text to fill in, as wide as the place; it grows to `most` lines and scrolls from there on.
pub fn text_area(
    ui: &mut Ui,
    name: &str,
    text: &mut String,
    hint: &str,
    error: bool,
    (least, most): (usize, usize),
) -> Response {
    let palette = Palette::of(ui);
    let row = ui.fonts_mut(|fonts| fonts.row_height(&theme::mono()));
    let fill = input_fill(ui, palette);
    let stroke = if error { palette.bad } else { palette.line };
    let frame =
        egui::Frame::new().fill(fill).stroke(Stroke::new(1.0, stroke)).corner_radius(CornerRadius::same(RADIUS));
    frame
        .show(ui, |ui| {
            let area = egui::ScrollArea::vertical().id_salt(name).max_height(row * most as f32 + 10.0);
            area.show(ui, |ui| {
                let hint = RichText::new(hint).font(theme::mono()).color(palette.muted);
                let edit = TextEdit::multiline(text)
                    .font(theme::mono())
                    .hint_text(hint)
                    .frame(egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 5)))
                    .desired_rows(least)
                    .desired_width(f32::INFINITY);
                ui.add(edit).accessible_name(name)
            })
            .inner
        })
        .inner
}

/// A key cap as part of a field; the text is copied, because the field paints it after this returns.
fn cap_atom(ui: &Ui, keys: &str) -> Atom<'static> {
    let palette = *Palette::of(ui);
    let keys = keys.to_owned();
    let galley = line(ui, &keys, theme::small(), palette.muted, f32::INFINITY);
    let size = vec2(galley.size().x.ceil() + 10.0, 18.0);
    Atom::paint(size, move |ui, args| {
        ui.painter().rect_stroke(args.rect, CornerRadius::same(4), Stroke::new(1.0, palette.line), StrokeKind::Inside);
        put(ui, galley.clone(), args.rect.left() + 5.0, args.rect.center().y);
    })
}

/// Words at the end of a field, right-aligned in the room that `widest` takes.
fn note_atom(ui: &Ui, note: &str, widest: &str) -> Atom<'static> {
    let color = Palette::of(ui).muted;
    let room = line(ui, widest, theme::body(), color, f32::INFINITY).size().x.ceil();
    let galley = line(ui, note, theme::body(), color, f32::INFINITY);
    let size = vec2(room.max(galley.size().x.ceil()), 18.0);
    Atom::paint(size, move |ui, args| {
        put(ui, galley.clone(), args.rect.right() - galley.size().x, args.rect.center().y);
    })
}

/// A drop-down choice among a few options.
#[must_use = "add it with ui.add"]
pub struct Select<'a, T, S> {
    name: &'a str,
    value: &'a mut T,
    options: &'a [(T, S)],
    width: Option<f32>,
    mono: bool,
    quiet: bool,
}

impl<'a, T: PartialEq + Clone, S: AsRef<str>> Select<'a, T, S> {
    /// `name` is for the screen reader; the response is changed when another option was taken.
    pub fn new(name: &'a str, value: &'a mut T, options: &'a [(T, S)]) -> Self {
        Self { name, value, options, width: None, mono: false, quiet: false }
    }

    /// Outer width in points; as wide as the chosen text without it.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Mono text, for addresses.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// No frame until the pointer is over it, for tool rows.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    fn font(&self) -> FontId {
        if self.mono { theme::mono() } else { theme::body() }
    }

    /// The options; true when one was taken. `by_key`: the chosen one gets the keyboard.
    fn list(&mut self, ui: &mut Ui, response: &mut Response, by_key: bool) -> bool {
        let mut taken = false;
        let font = self.font();
        let (screen, control) = (ui.ctx().content_rect(), response.rect);
        let room = (control.top() - screen.top()).max(screen.bottom() - control.bottom()) - 24.0;
        let tallest = ui.spacing().combo_height.min(room.max(CONTROL));
        egui::ScrollArea::vertical().max_height(tallest).show(ui, |ui| {
            for (option, text) in self.options {
                let chosen = option == self.value;
                let row = option_row(ui, text.as_ref(), font.clone(), chosen);
                if chosen && by_key && !ui.is_sizing_pass() {
                    row.request_focus();
                }
                taken |= row.clicked();
                if row.clicked() && !chosen {
                    *self.value = option.clone();
                    response.mark_changed();
                }
            }
        });
        taken
    }
}

impl<T: PartialEq + Clone, S: AsRef<str>> Widget for Select<'_, T, S> {
    fn ui(mut self, ui: &mut Ui) -> Response {
        let palette = Palette::of(ui);
        let height = control_height(ui);
        let current =
            self.options.iter().find(|(option, _)| option == self.value).map_or("", |(_, text)| text.as_ref());
        let padding = if self.quiet { SPACE } else { PADDING };
        let around = 2.0 * padding + SPACE + CARET;
        let room = self.width.unwrap_or_else(|| ui.available_width()) - around;
        let galley = line(ui, current, self.font(), Color32::PLACEHOLDER, room.max(16.0));
        let width = self.width.unwrap_or_else(|| galley.size().x.ceil() + around);
        let (rect, mut response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        // The list is as wide as the control: its width is without its own margin and border.
        let popup = Popup::menu(&response).gap(4.0).width(width - 10.0).style(theme::menu_style);
        let popup = popup.align_alternatives(&[RectAlign::TOP_START]);
        let popup_id = popup.get_id();
        let open = popup.is_open();
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::ComboBox, ui.is_enabled(), self.name);
            info.current_text_value = Some(current.to_owned());
            info
        });
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_has_popup(egui::accesskit::HasPopup::Listbox);
            node.set_expanded(open);
            // Where the value of a box that is no text field is not handed on.
            if cfg!(target_os = "linux") {
                node.set_description(current);
            }
        });
        if ui.is_rect_visible(rect) {
            let hot = response.hovered() || open;
            let (fill, stroke, text) = match (self.quiet, hot) {
                (true, true) => (palette.hover, Color32::TRANSPARENT, palette.text),
                (true, false) => (Color32::TRANSPARENT, Color32::TRANSPARENT, palette.muted),
                (false, true) => (input_fill(ui, palette), palette.line_strong, palette.text),
                (false, false) => (input_fill(ui, palette), palette.line, palette.text),
            };
            ui.painter().rect(rect, CornerRadius::same(RADIUS), fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
            focus_ring(ui, &response, rect, palette.accent);
            let y = rect.center().y;
            let top = y - galley.size().y / 2.0;
            ui.painter().galley(pos2(rect.left() + padding, top), galley, text);
            let center = pos2(rect.right() - padding - CARET / 2.0, y);
            put_icon(ui, icons::CARET_DOWN, center, CARET, text);
        }
        let pressed = ui.input(|input| input.key_pressed(egui::Key::Enter) || input.key_pressed(egui::Key::Space));
        let opens_by_key = response.clicked() && !open && pressed;
        let shown = popup.show(|ui| {
            let mut inner = response.clone();
            let taken = self.list(ui, &mut inner, opens_by_key);
            (inner.changed(), taken)
        });
        if let Some(shown) = shown {
            ui.ctx().accesskit_node_builder(popup_id, |node| {
                node.set_role(egui::accesskit::Role::ListBox);
            });
            let (changed, taken) = shown.inner;
            if changed {
                response.mark_changed();
            }
            // The arrows, Tab and Enter go on from the box.
            if taken || open && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                response.request_focus();
            }
        }
        response
    }
}

/// [`Select`] as wide as its chosen text.
pub fn select<T: PartialEq + Clone>(ui: &mut Ui, name: &str, value: &mut T, options: &[(T, &str)]) -> Response {
    ui.add(Select::new(name, value, options))
}

fn option_row(ui: &mut Ui, text: &str, font: FontId, chosen: bool) -> Response {
    let palette = Palette::of(ui);
    let label = line(ui, text, font, Color32::PLACEHOLDER, f32::INFINITY);
    let wanted = label.size().x.ceil() + 3.0 * SPACE + CARET;
    let width = if ui.is_sizing_pass() { wanted } else { wanted.max(ui.available_width()) };
    let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL), Sense::click());
    // A popup closes on a click of the pointer; Enter on a row must close it too.
    if response.clicked() {
        ui.close();
    }
    super::is_one_of(&response, Role::ListBoxOption, ui.is_enabled(), chosen, spoken(text));
    if ui.is_rect_visible(rect) {
        let (fill, color) = match (chosen, response.hovered()) {
            (true, _) => (palette.accent_tint, palette.accent_words),
            (false, true) => (palette.hover, palette.text),
            (false, false) => (Color32::TRANSPARENT, palette.text),
        };
        ui.painter().rect_filled(rect, CornerRadius::same(RADIUS - 2), fill);
        focus_ring(ui, &response, rect, palette.accent);
        let y = rect.center().y;
        let top = y - label.size().y / 2.0;
        ui.painter().galley(pos2(rect.left() + SPACE, top), label, color);
        if chosen {
            let center = pos2(rect.right() - SPACE - CARET / 2.0, y);
            put_icon(ui, icons::CHECK, center, CARET, color);
        }
    }
    response
}

/// A check box with its text; the whole row takes the click.
pub fn checkbox(ui: &mut Ui, checked: &mut bool, text: &str) -> Response {
    let palette = Palette::of(ui);
    let side = 16.0;
    let room = (ui.available_width() - side - SPACE).max(24.0);
    let label = line(ui, text, theme::body(), Color32::PLACEHOLDER, room);
    let width = side + SPACE + label.size().x.ceil() + SPACE_SMALL;
    let (rect, mut response) = ui.allocate_exact_size(vec2(width, control_height(ui)), Sense::click());
    if response.clicked() {
        *checked = !*checked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *checked, spoken(text)));
    if ui.is_rect_visible(rect) {
        let y = rect.center().y;
        let square = egui::Rect::from_center_size(pos2(rect.left() + side / 2.0, y.round()), egui::Vec2::splat(side));
        let (fill, stroke) = match (*checked, response.hovered()) {
            (true, false) => (palette.accent, palette.accent),
            (true, true) => (palette.accent_hover, palette.accent_hover),
            (false, true) => (input_fill(ui, palette), palette.muted),
            (false, false) => (input_fill(ui, palette), palette.line_strong),
        };
        ui.painter().rect(square, CornerRadius::same(4), fill, Stroke::new(1.0, stroke), StrokeKind::Inside);
        if *checked {
            put_icon(ui, icons::CHECK, square.center(), 12.0, palette.on_accent);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(
                square.expand(3.0),
                CornerRadius::same(RADIUS),
                Stroke::new(theme::FOCUS_RING, palette.accent),
                StrokeKind::Inside,
            );
        }
        let top = y - label.size().y / 2.0;
        ui.painter().galley(pos2(rect.left() + side + SPACE, top), label, palette.text);
    }
    response
}
