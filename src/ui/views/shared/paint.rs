//! Small strokes that every view paints with: a line of text, an icon, a hairline.

use std::{ops::Range, sync::Arc};

use egui::{
    Color32, FontId, FontSelection, Galley, Painter, Pos2, Rect, RichText, Stroke, StrokeKind, TextWrapMode, Ui,
    WidgetText, pos2, text::CCursor, vec2,
};

use crate::ui::theme::{self, Palette};

/// One line of text, as long as it is.
pub(in crate::ui::views) fn line(
    painter: &Painter,
    text: impl Into<String>,
    font: FontId,
    color: Color32,
) -> Arc<Galley> {
    painter.layout_no_wrap(text.into(), font, color)
}

/// One line of text that ends with `…` where it would be wider than `width`.
pub(in crate::ui::views) fn elided(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    WidgetText::from(RichText::new(text).font(font).color(color)).into_galley(
        ui,
        Some(TextWrapMode::Truncate),
        width.max(1.0),
        FontSelection::Default,
    )
}

/// The same with a name that somebody gave and the address behind it in brackets: the name gives way before the address.
pub(in crate::ui::views) fn named(ui: &Ui, text: &str, font: &FontId, color: Color32, width: f32) -> Arc<Galley> {
    let whole = elided(ui, text, font.clone(), color, width);
    let Some((name, address)) = text.rsplit_once(" (").filter(|_| whole.elided) else { return whole };
    let mut kept = name;
    while let Some((at, _)) = kept.char_indices().next_back() {
        kept = kept.get(..at).unwrap_or_default();
        let shorter = line(ui.painter(), format!("{kept}… ({address}"), font.clone(), color);
        if shorter.size().x <= width {
            return shorter;
        }
    }
    whole
}

/// Paints a galley with its left edge at `left` and its row centred on `center_y`.
pub(in crate::ui::views) fn put(painter: &Painter, galley: Arc<Galley>, left: f32, center_y: f32) {
    let top = center_y - galley.size().y / 2.0;
    painter.galley(pos2(left, top), galley, Color32::PLACEHOLDER);
}

/// Paints one line of mono text with these bytes of it marked as found; at (left, centre of the row).
pub(in crate::ui::views) fn marked(
    painter: &Painter,
    text: String,
    (left, y): (f32, f32),
    color: Color32,
    marks: &[Range<usize>],
    palette: &Palette,
) {
    let places: Vec<(usize, usize)> = marks
        .iter()
        .filter_map(|range| {
            let before = text.get(..range.start)?.chars().count();
            Some((before, before + text.get(range.clone())?.chars().count()))
        })
        .collect();
    let galley = line(painter, text, theme::mono(), color);
    let top = y - galley.size().y / 2.0;
    for (from, to) in places {
        let x = |at| left + galley.pos_from_cursor(CCursor::new(at)).left();
        let rect = Rect::from_min_max(pos2(x(from), top), pos2(x(to), top + galley.size().y)).expand2(vec2(1.0, 1.0));
        found(painter, rect, palette);
    }
    put(painter, galley, left, y);
}

/// The ground under something that was found.
pub(in crate::ui::views) fn found(painter: &Painter, rect: Rect, palette: &Palette) {
    painter.rect(rect, 2.0, palette.warning_tint, Stroke::new(1.0, palette.warning), StrokeKind::Inside);
}

/// Paints one icon centred on a point; `size` is the height of the glyph's square.
pub(in crate::ui::views) fn icon(painter: &Painter, icon: &str, center: Pos2, size: f32, color: Color32) {
    let galley = line(painter, icon, theme::icon(size), color);
    let left = center.x - galley.size().x / 2.0;
    put(painter, galley, left, center.y);
}

/// A line of one physical pixel under `rect`, inside it.
pub(in crate::ui::views) fn underline(ui: &Ui, rect: Rect) {
    let color = Palette::of(ui).line;
    let y = ui.painter().round_to_pixel_center(rect.bottom() - 0.5);
    ui.painter().hline(rect.x_range(), y, Stroke::new(1.0 / ui.pixels_per_point(), color));
}

/// Squares in two shades, behind what may be transparent.
pub(in crate::ui::views) fn checker(ui: &Ui, rect: Rect) {
    const SQUARE: f32 = 8.0;
    let palette = Palette::of(ui);
    let visible = rect.intersect(ui.clip_rect());
    if !visible.is_positive() {
        return;
    }
    let shades = [palette.raised, palette.sunken];
    let id = egui::Id::unique(("checker", shades));
    let texture = ui.data(|data| data.get_temp::<egui::TextureHandle>(id)).unwrap_or_else(|| {
        let pixels = vec![palette.raised, palette.sunken, palette.sunken, palette.raised];
        let options =
            egui::TextureOptions { wrap_mode: egui::TextureWrapMode::Repeat, ..egui::TextureOptions::NEAREST };
        let texture = ui.ctx().load_texture("checker", egui::ColorImage::new([2, 2], pixels), options);
        ui.data_mut(|data| data.insert_temp(id, texture.clone()));
        texture
    });
    // Fixed to the picture's corner, so that it moves with it.
    let from = (visible.min - rect.min) / (2.0 * SQUARE);
    let to = (visible.max - rect.min) / (2.0 * SQUARE);
    let uv = Rect::from_min_max(from.to_pos2(), to.to_pos2());
    ui.painter().image(texture.id(), visible, uv, Color32::WHITE);
}

/// Where a picture of `size` goes in `frame`: whole, centred, never larger than `largest` screen points a pixel.
pub(in crate::ui::views) fn fitted(size: egui::Vec2, frame: Rect, largest: f32) -> Rect {
    let size = size.max(egui::Vec2::splat(1.0));
    let scale = (frame.width() / size.x).min(frame.height() / size.y).min(largest);
    Rect::from_center_size(frame.center(), size * scale)
}
