//! A character that no font has, drawn as its number: the digits of its code point in a thin frame.

#![expect(clippy::disallowed_methods, reason = "its ink is made here")]

use egui::{
    Color32, ColorImage,
    epaint::text::{GlyphBitmap, RasterizedGlyph},
    vec2,
};

/// The sixteen digits, each five rows of three dots, the uppermost row first.
const DIGITS: [[u8; 5]; 16] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 2, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
    [2, 5, 7, 5, 5],
    [6, 5, 6, 5, 6],
    [3, 4, 4, 4, 3],
    [6, 5, 5, 5, 6],
    [7, 4, 6, 4, 7],
    [7, 4, 6, 4, 4],
];
/// Dots from the outer edge to the first digit: the frame and a gap.
const EDGE: usize = 2;
/// Dots of a digit and the gap after it.
const WIDE: usize = 4;
const HIGH: usize = 6;
/// Dots below the line that letters stand on.
const BELOW: usize = 3;
const FRAME: u8 = 110;

/// The character in two rows of digits, for text of `size` physical pixels; none for what takes no room.
#[must_use]
pub fn draw(char: char, size: f32) -> Option<RasterizedGlyph> {
    if char.is_control() || char.is_whitespace() {
        return None;
    }
    let number = u32::from(char);
    let columns: usize = if number > 0xffff { 3 } else { 2 };
    let (across, down) = (EDGE * 2 + columns * WIDE - 1, EDGE * 2 + 2 * HIGH - 1);
    let ink = |x: usize, y: usize| {
        let inside = (1..across - 1).contains(&x) && (1..down - 1).contains(&y);
        if !inside {
            return FRAME;
        }
        let (Some(x), Some(y)) = (x.checked_sub(EDGE), y.checked_sub(EDGE)) else { return 0 };
        let (column, row) = (x / WIDE, y / HIGH);
        let place = (2 * columns).saturating_sub(row * columns + column + 1);
        let digit = DIGITS.get((number >> (4 * place) & 15) as usize);
        let dots = digit.and_then(|rows| rows.get(y % HIGH)).copied().unwrap_or_default();
        let on = column < columns && x % WIDE < 3 && dots >> (2 - x % WIDE) & 1 == 1;
        if on { 255 } else { 0 }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let scale = (size / 12.0).round().clamp(1.0, 32.0) as usize;
    let mut image = ColorImage::filled([across * scale, down * scale], Color32::TRANSPARENT);
    for (at, pixel) in image.pixels.iter_mut().enumerate() {
        let (x, y) = (at % (across * scale), at / (across * scale));
        *pixel = Color32::from_white_alpha(ink(x / scale, y / scale));
    }
    let (room, above) = ((across + 2) * scale, (down - BELOW) * scale);
    let bitmap = GlyphBitmap { image, offset_px: vec2(scale as f32, -(above as f32)), is_color: false };
    Some(RasterizedGlyph { bitmap, advance_px: room as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(char: char) -> Vec<String> {
        let image = draw(char, 12.0).unwrap().bitmap.image;
        let ink = |pixel: &Color32| if pixel.a() == 255 { '#' } else { ' ' };
        image.pixels.chunks(image.size[0]).map(|row| row.iter().map(ink).collect()).collect()
    }

    #[test]
    fn a_number_can_be_read() {
        let picture = rows('\u{9f1c}');
        assert_eq!(picture[2], "  ### ###  ");
        assert_eq!(picture[4], "  ### ##   ");
        assert_eq!(picture[8], "   #   ##  ");
        assert_eq!(picture[12], "  ###  ##  ");
        assert_eq!((picture.len(), rows('😀')[2].as_str()), (15, "  ###  #  ###  "));
    }

    #[test]
    fn it_grows_with_the_text_and_is_bounded() {
        let wide = |size| draw('龘', size).unwrap().bitmap.image.size[0];
        assert_eq!((wide(12.5), wide(25.0), wide(0.0)), (11, 22, 11));
        assert!(wide(1e9) <= 11 * 32 && draw('\n', 12.0).is_none() && draw('\u{3000}', 12.0).is_none());
    }
}
