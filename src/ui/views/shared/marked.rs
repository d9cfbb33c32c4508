//! A marked text on the screen: laid out, with the names in their frames and a dashed line where a further call begins.
//!
//! Its measure and its painting come from one layout, so they cannot differ.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, TextFormat, Ui, Vec2,
    epaint::text::LayoutJob, pos2, vec2,
};

use super::{
    marks::{Ink, LineEnd, Mark, Marked, Style},
    paint,
};
use crate::ui::theme::{self, Palette};

/// Room in a frame, left and right of the name.
const INSET: f32 = 3.0;
/// Between a frame and what stands beside it.
const GAP: f32 = 1.0;
const DASH: f32 = 2.0;

/// A text that is ready to be painted.
pub(in crate::ui::views) struct Laid {
    /// The text itself: to be selected, copied, painted.
    pub(in crate::ui::views) galley: Arc<Galley>,
    /// What it takes with the ends of its lines.
    pub(in crate::ui::views) size: Vec2,
}

/// Lays a text out, at most `width` wide.
pub(in crate::ui::views) fn lay_out(ui: &Ui, marked: &Marked, width: f32) -> Laid {
    let palette = Palette::of(ui);
    let (char, small) =
        ui.fonts_mut(|fonts| (fonts.glyph_width(&theme::mono(), '0'), fonts.glyph_width(&theme::mark(), '0')));
    let after = |end: LineEnd| end.marks().iter().map(|mark| frame(*mark, small)).sum::<f32>();
    let room = marked.ends.iter().map(|(_, end)| after(*end)).fold(0.0, f32::max);

    let mut job = LayoutJob { break_on_newline: true, ..LayoutJob::default() };
    job.wrap.max_width = (width - room).max(char * 8.0);
    let mut marks = marked.marks.iter().peekable();
    let mut styles = marked.styles.iter().peekable();
    let mut plain = format(ui, palette, Style::default());
    let mut run = String::new();
    for (at, glyph) in marked.text.chars().enumerate() {
        if let Some((_, style)) = styles.next_if(|(place, _)| *place <= at) {
            job.append(&std::mem::take(&mut run), 0.0, plain);
            plain = format(ui, palette, *style);
        }
        let Some((_, mark)) = marks.next_if(|(place, _)| *place == at) else {
            run.push(glyph);
            continue;
        };
        job.append(&std::mem::take(&mut run), 0.0, plain.clone());
        // The glyph is as wide as the frame and not seen: so a frame is never broken, and is selected as one character.
        let size = theme::mono().size * frame(*mark, small) / char;
        let font_id = if glyph == '\t' { theme::mono() } else { theme::place_holder(size) };
        let line_height = Some(theme::TEXT_LINE);
        let hidden = TextFormat { font_id, line_height, color: Color32::TRANSPARENT, ..TextFormat::default() };
        job.append(glyph.encode_utf8(&mut [0; 4]), 0.0, hidden);
    }
    job.append(&run, 0.0, plain);
    let galley = ui.painter().layout_job(job);

    let mut right = galley.size().x;
    rows(&galley, |row| {
        if let Some((_, end)) = marked.ends.iter().find(|(place, _)| *place == row.end && row.ends) {
            right = right.max(row.right + after(*end));
        }
    });
    let size = vec2(right, galley.size().y);
    Laid { galley, size }
}

/// Paints what is not in the galley itself; that is painted by whoever lets it be selected.
pub(in crate::ui::views) fn decorate(ui: &Ui, at: Pos2, marked: &Marked, laid: &Laid, color: Color32) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    let small = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mark(), '0'));
    let mut marks = marked.marks.iter().peekable();
    let mut ends = marked.ends.iter().peekable();
    let bounds = &marked.bounds;
    rows(&laid.galley, |row| {
        let (top, bottom) = (at.y + row.top, at.y + row.bottom);
        if row.start > 0 && bounds.binary_search(&row.start).is_ok() {
            let line = [pos2(at.x, top), pos2(at.x + laid.size.x, top)];
            dashes(painter, line, palette);
        }
        for (glyph, (left, width)) in row.glyphs.iter().enumerate() {
            let index = row.start + glyph;
            if glyph > 0 && bounds.binary_search(&index).is_ok() {
                let x = at.x + left;
                dashes(painter, [pos2(x, top + 1.0), pos2(x, bottom - 1.0)], palette);
            }
            if let Some((_, mark)) = marks.next_if(|(place, _)| *place == index) {
                let ink = if matches!(mark, Mark::Byte(_)) { palette.muted } else { color };
                let middle = f32::midpoint(top, bottom);
                name(painter, *mark, pos2(at.x + left, middle), *width, ink);
            }
        }
        if row.ends
            && let Some((_, end)) = ends.next_if(|(place, _)| *place == row.end)
        {
            let mut left = at.x + row.right;
            for mark in end.marks() {
                let width = frame(*mark, small);
                name(painter, *mark, pos2(left, f32::midpoint(top, bottom)), width, color);
                left += width;
            }
        }
    });
}

/// A dashed line where, in hex of which each byte takes three characters, a further call begins.
pub(in crate::ui::views) fn bounds_in_hex(ui: &Ui, at: Pos2, galley: &Galley, bounds: &[u32]) {
    let palette = Palette::of(ui);
    rows(galley, |row| {
        let (top, bottom) = (at.y + row.top, at.y + row.bottom);
        for bound in bounds {
            let index = *bound as usize * 3;
            if index == row.start && index > 0 {
                dashes(ui.painter(), [pos2(at.x, top), pos2(at.x + galley.size().x, top)], palette);
            } else if let Some((left, width)) = index.checked_sub(row.start + 1).and_then(|index| row.glyphs.get(index))
            {
                let x = at.x + left + width / 2.0;
                if index <= row.end {
                    dashes(ui.painter(), [pos2(x, top + 1.0), pos2(x, bottom - 1.0)], palette);
                }
            }
        }
    });
}

/// How wide the frame of a mark is, with the gaps beside it; `char` is the width of a character in it.
fn frame(mark: Mark, char: f32) -> f32 {
    (mark.name().chars().count() as f32).mul_add(char, 2.0 * (INSET + GAP)).ceil()
}

fn name(painter: &Painter, mark: Mark, left: Pos2, width: f32, color: Color32) {
    let outer = Rect::from_center_size(pos2(left.x + width / 2.0, left.y), vec2(width - 2.0 * GAP, theme::MARK));
    let edge = Stroke::new(1.0, color.gamma_multiply(0.45));
    painter.rect_stroke(outer, CornerRadius::same(3), edge, StrokeKind::Inside);
    let galley = paint::line(painter, mark.name(), theme::mark(), color);
    paint::put(painter, galley.clone(), outer.center().x - galley.size().x / 2.0, outer.center().y);
}

fn dashes(painter: &Painter, line: [Pos2; 2], palette: &Palette) {
    painter.extend(Shape::dashed_line(&line, Stroke::new(1.0, palette.muted), DASH, DASH));
}

fn format(ui: &Ui, palette: &Palette, style: Style) -> TextFormat {
    let dark = ui.visuals().dark_mode;
    let ink = |ink: Ink| match ink {
        Ink::Number(number) => theme::ansi::text(number, dark),
        Ink::Rgb(red, green, blue) => theme::ansi::exact(red, green, blue),
    };
    let color = style.ink.map_or(palette.text, ink);
    TextFormat {
        font_id: if style.bold { theme::mono_semibold() } else { theme::mono() },
        line_height: Some(theme::TEXT_LINE),
        color,
        background: style.paper.map_or(Color32::TRANSPARENT, ink),
        underline: if style.underline { Stroke::new(1.0, color) } else { Stroke::NONE },
        ..TextFormat::default()
    }
}

/// One row of a galley; places in characters and points of the galley.
struct Row {
    start: usize,
    end: usize,
    /// A line ends with it, not only a row.
    ends: bool,
    top: f32,
    bottom: f32,
    right: f32,
    /// Left edge and width of each character.
    glyphs: Vec<(f32, f32)>,
}

fn rows(galley: &Galley, mut take: impl FnMut(&Row)) {
    let mut start = 0;
    let last = galley.rows.len().saturating_sub(1);
    for (index, row) in galley.rows.iter().enumerate() {
        let glyphs: Vec<_> = row.glyphs.iter().map(|glyph| (row.pos.x + glyph.pos.x, glyph.advance_width)).collect();
        let end = start + glyphs.len();
        let (top, bottom) = (row.pos.y, row.pos.y + row.size.y);
        let right = glyphs.last().map_or(row.pos.x, |(left, width)| left + width);
        take(&Row { start, end, ends: row.ends_with_newline || index == last, top, bottom, right, glyphs });
        start = end + usize::from(row.ends_with_newline);
    }
}
