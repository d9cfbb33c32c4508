//! What marks a part of what is typed that makes no sense.

use std::ops::Range;

use egui::{Color32, Stroke, Ui, pos2, text::CCursor, text_edit::TextEditOutput};

use crate::ui::theme::Palette;

/// A wave under these bytes of what is typed in a field; of what goes on in the next row, under its beginning.
pub fn wave_under(ui: &Ui, output: &TextEditOutput, text: &str, part: &Range<usize>) {
    let place = |byte: usize| {
        let before = text.get(..byte).map_or(0, |before| before.chars().count());
        output.galley.pos_from_cursor(CCursor::new(before)).translate(output.galley_pos.to_vec2())
    };
    let (start, end) = (place(part.start), place(part.end));
    let right = if end.top() > start.top() { output.text_clip_rect.right() } else { end.right() };
    let painter = ui.painter().with_clip_rect(output.text_clip_rect.expand(2.0));
    wave(&painter, start.left()..=right, start.bottom(), Palette::of(ui).bad);
}

/// A wavy line along `y`.
fn wave(painter: &egui::Painter, along: std::ops::RangeInclusive<f32>, y: f32, color: Color32) {
    const STEP: f32 = 2.0;
    let (mut x, mut points) = (*along.start(), Vec::new());
    while x <= *along.end() {
        points.push(pos2(x, if points.len() % 2 == 0 { y } else { y - STEP }));
        x += STEP;
    }
    painter.add(egui::Shape::line(points, Stroke::new(1.0, color)));
}
