//! Chosen bytes as the numbers that they may be: the same rows for every length, empty where they do not fit.

use std::{array, ops::Range};

use egui::{Label, RichText, ScrollArea, Ui};
use jiff::Timestamp;

use crate::{
    ui::{
        kit,
        theme::{self, Palette},
    },
    words::{grouped, text},
};

/// The room that the table takes beside the bytes.
pub(in crate::ui::views) const WIDTH: f32 = NAME + 2.0 * VALUE;
const NAME: f32 = 100.0;
const VALUE: f32 = 153.0;
/// Height of a row: they are read, not clicked.
const ROW: f32 = 17.0;

/// One row: what it is read as, and what that gives with the high and with the low byte first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// What it is read as.
    pub name: &'static str,
    /// With the high byte first; empty where the bytes are no such number.
    pub big: String,
    /// With the low byte first.
    pub little: String,
}

/// What bytes may be, in the order of the table.
#[must_use]
pub fn numbers(bytes: &[u8]) -> [Number; 6] {
    let both = |name, of: &dyn Fn(&[u8]) -> Option<String>| {
        let reversed: Vec<u8> = bytes.iter().rev().take(17).copied().collect();
        Number { name, big: of(bytes).unwrap_or_default(), little: of(&reversed).unwrap_or_default() }
    };
    let guid = fixed::<16>(bytes);
    [
        both(text!("Unsigned"), &|bytes| Some(grouped(unsigned(bytes)?))),
        both(text!("Signed"), &|bytes| {
            let value = signed(bytes)?;
            Some(format!("{}{}", if value < 0 { "−" } else { "" }, grouped(value.unsigned_abs())))
        }),
        both(text!("Float"), &|bytes| match bytes.len() {
            4 => Some(float(f64::from(f32::from_be_bytes(fixed(bytes)?)), 6)),
            8 => Some(float(f64::from_be_bytes(fixed(bytes)?), 15)),
            _ => None,
        }),
        both(text!("Seconds, UTC"), &|bytes| match bytes.len() {
            4 => time(i64::from(i32::from_be_bytes(fixed(bytes)?)), 0),
            8 => time(i64::from_be_bytes(fixed(bytes)?), 0),
            _ => None,
        }),
        both(text!("Milliseconds"), &|bytes| {
            let value = i64::from_be_bytes(fixed(bytes)?);
            time(value.div_euclid(1000), i32::try_from(value.rem_euclid(1000)).ok()? * 1_000_000)
        }),
        Number {
            name: text!("GUID"),
            big: guid.map(|bytes| self::guid(bytes, false)).unwrap_or_default(),
            little: guid.map(|bytes| self::guid(bytes, true)).unwrap_or_default(),
        },
    ]
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    let is_number = (1..=8).contains(&bytes.len());
    is_number.then(|| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let unused = 64 - 8 * u32::try_from(bytes.len()).ok()?.min(8);
    Some((unsigned(bytes)? << unused).cast_signed() >> unused)
}

/// As few digits as tell it apart; very large and very small ones with an exponent.
fn float(value: f64, digits: usize) -> String {
    let size = value.abs();
    if value.is_finite() && size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:.digits$e}");
    }
    // What was a float of four bytes has no more digits than that.
    let shown = if digits < 9 { format!("{value:.9}") } else { value.to_string() };
    if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.').to_owned() } else { shown }
}

fn time(seconds: i64, nanos: i32) -> Option<String> {
    let time = Timestamp::new(seconds, nanos).ok()?;
    let form = if nanos == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    Some(time.strftime(form).to_string())
}

/// As it is written; `mixed` when the first three parts have the low byte first, as Windows stores it.
fn guid(bytes: [u8; 16], mixed: bool) -> String {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let bytes: [u8; 16] = array::from_fn(|at| {
        let from = if mixed { ORDER.get(at).copied().unwrap_or(at) } else { at };
        bytes.get(from).copied().unwrap_or_default()
    });
    let mut out = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.extend(super::wording::hex_digits(*byte, false));
    }
    out
}

/// Draws the table for the chosen part of some bytes; without one it says what to do.
pub(in crate::ui::views) fn show(ui: &mut Ui, bytes: &[u8], chosen: Option<Range<usize>>) {
    let palette = Palette::of(ui);
    kit::is_group(ui, egui::accesskit::Role::Table, text!("Chosen bytes as numbers"));
    let part = chosen.clone().and_then(|range| bytes.get(range)).unwrap_or_default();
    let title = match (part.len(), chosen) {
        (0, _) | (_, None) => text!("Choose bytes to read them").to_owned(),
        (1, Some(range)) => text!("1 byte at 0x{offset}", offset = format!("{:X}", range.start)),
        (count, Some(range)) => {
            let offset = format!("{:X}", range.start);
            text!("{count} bytes at 0x{offset}", count = grouped(count as u64), offset = offset)
        }
    };
    let rows = numbers(part);
    ScrollArea::vertical().id_salt("numbers").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = ROW;
        let line = |ui: &mut Ui, name: RichText, big: RichText, little: RichText| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let name = Label::new(name).truncate();
                cell(ui, NAME, name);
                for value in [big, little] {
                    cell(ui, VALUE, Label::new(value).truncate().selectable(true));
                }
            });
        };
        let caption = |words: &str| RichText::new(words).font(theme::caption()).color(palette.muted);
        line(ui, caption(&title), caption(text!("Big-endian")), caption(text!("Little-endian")));
        let value = |words: &str| RichText::new(words).font(theme::mono()).color(palette.text);
        let name = |words: &str| RichText::new(words).font(theme::body()).color(palette.muted);
        let Some((guid, rows)) = rows.split_last() else { return };
        for row in rows {
            line(ui, name(row.name), value(&row.big), value(&row.little));
        }
        // Too long to stand side by side.
        for (words, shown) in [(guid.name, &guid.big), (text!("GUID, mixed"), &guid.little)] {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                cell(ui, NAME, Label::new(name(words)).truncate());
                cell(ui, 2.0 * VALUE, Label::new(value(shown)).truncate().selectable(true));
            });
        }
    });
}

fn cell(ui: &mut Ui, width: f32, label: Label) {
    let size = egui::vec2(width, ROW);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width - 6.0);
        ui.add(label);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(bytes: &[u8]) -> Vec<(String, String)> {
        numbers(bytes).into_iter().map(|row| (row.big, row.little)).collect()
    }

    #[test]
    fn every_length_has_the_same_rows_and_only_what_fits_in_them() {
        let none = (String::new(), String::new());
        let pair = |big: &str, little: &str| (big.to_owned(), little.to_owned());
        for length in [0, 9, 15, 17, 400] {
            assert_eq!(values(&vec![1; length]), vec![none.clone(); 6], "{length}");
        }
        assert_eq!(values(b"\xff")[..3], [pair("255", "255"), pair("−1", "−1"), none.clone()]);
        assert_eq!(values(b"\x00\x80")[..2], [pair("128", "32\u{2009}768"), pair("128", "−32\u{2009}768")]);
        // A length that no processor has is a number as well.
        assert_eq!(values(b"\xff\xff\xfe")[1], pair("−2", "−65\u{2009}537"));
        let four = values(b"\x00\x00\x01\x40");
        assert_eq!(four[0], pair("320", "1\u{2009}073\u{2009}807\u{2009}360"));
        assert_eq!(four[2].1, "2.015625");
        assert_eq!(four[3], pair("1970-01-01 00:05:20", "2004-01-11 07:49:20"));
        let eight = values(&1_700_000_000_123_i64.to_be_bytes());
        assert_eq!(eight[4].0, "2023-11-14 22:13:20.123");
        assert_eq!(values(&1.5_f64.to_le_bytes())[2].1, "1.5");
        assert_eq!(values(&(-1_i64).to_be_bytes())[1].0, "−1");
        assert_eq!(values(&i64::MIN.to_be_bytes())[3].0, "", "a time that no calendar has");
        let guid = values(&array::from_fn::<u8, 16, _>(|at| u8::try_from(at).unwrap()));
        assert_eq!(guid[5].0, "00010203-0405-0607-0809-0a0b0c0d0e0f");
        assert_eq!(guid[5].1, "03020100-0504-0706-0809-0a0b0c0d0e0f");
        assert_eq!(guid[0], none);
    }
}
