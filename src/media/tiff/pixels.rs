//! Colours out of samples.

use image::{
    ColorType, ImageError, ImageResult,
    error::{ImageFormatHint, UnsupportedError, UnsupportedErrorKind},
};

use super::{
    directory::{Directory, tag},
    method::Method,
};
use crate::{
    media::{
        color::{CmykTransform, from_ycc},
        scale::lit,
    },
    words::text,
};

/// What no decoder here reads, in words.
pub(super) fn unsupported(words: &str) -> ImageError {
    let kind = UnsupportedErrorKind::GenericFeature(words.to_owned());
    ImageError::Unsupported(UnsupportedError::from_format_and_kind(ImageFormatHint::Name("TIFF".to_owned()), kind))
}

/// What the samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A shade, more is lighter.
    BlackIsZero,
    /// A shade, more is darker.
    WhiteIsZero,
    /// Red, green, blue.
    Color,
    /// A place in a table of colours.
    Palette,
    /// Cyan, magenta, yellow, black.
    Cmyk,
    /// Brightness and two differences, these for so many pixels across and down at once.
    Ycc(usize, usize),
    /// Lightness and two differences as the eye has them; whether those are signed.
    Lab(bool),
}

/// The samples of a pixel, and what becomes of them.
pub(super) struct Samples {
    pub(super) kind: Kind,
    /// Of one sample.
    pub(super) bits: u16,
    /// Of a pixel, those that are not shown included.
    pub(super) count: usize,
    /// Samples from a pixel to the next one in a row.
    pub(super) beside: usize,
    /// Which of them is transparency, and whether the colours are multiplied with it.
    pub(super) alpha: Option<(usize, bool)>,
    pub(super) big_endian: bool,
    /// A JPEG in it has to be made red, green and blue.
    pub(super) from_ycc: bool,
    form: Form,
    palette: Vec<[u8; 3]>,
    inks: Option<CmykTransform>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Whole,
    Signed,
    Float,
}

impl Samples {
    pub(super) fn of(directory: &Directory<'_>, count: usize, method: Method) -> ImageResult<Self> {
        let number = |tag, usual| directory.numbers(tag).first().copied().unwrap_or(usual);
        let bits = directory.numbers(tag::BITS);
        let one = bits.first().copied().unwrap_or(if method.gives_rgb() { 8 } else { 1 });
        if bits.iter().take(count).any(|bits| *bits != one) {
            return Err(unsupported(text!("samples of different widths")));
        }
        let form = match number(tag::SAMPLE_FORMAT, 1) {
            2 => Form::Signed,
            3 => Form::Float,
            _ => Form::Whole,
        };
        let fits = match form {
            Form::Float => matches!(one, 16 | 24 | 32 | 64),
            _ => (1..=32).contains(&one),
        };
        let bits = u16::try_from(one).unwrap_or(0);
        if !fits {
            return Err(unsupported(&text!("samples of {bits} bits", bits = one)));
        }
        let fax = matches!(method, Method::FaxRows | Method::Fax3 | Method::Fax4);
        let usual = if count >= 3 || method == Method::OldJpeg { 2 } else { u64::from(!fax) };
        let colors = number(tag::COLORS, usual);
        let rgb = method.gives_rgb() && colors == 6;
        let whole = method == Method::OldJpeg;
        let kind = match colors {
            _ if rgb || whole => Kind::Color,
            0 => Kind::WhiteIsZero,
            1 | 4 => Kind::BlackIsZero,
            2 => Kind::Color,
            3 => Kind::Palette,
            5 => Kind::Cmyk,
            6 => {
                let parts = directory.numbers(tag::SUBSAMPLING);
                let part = |at: usize| parts.get(at).and_then(|part| usize::try_from(*part).ok()).unwrap_or(2);
                let planes = number(tag::PLANES, 1) == 2;
                if planes { Kind::Ycc(1, 1) } else { Kind::Ycc(part(0).clamp(1, 4), part(1).clamp(1, 4)) }
            }
            8 => Kind::Lab(true),
            9 => Kind::Lab(false),
            other => return Err(unsupported(&text!("colours of kind {number}", number = other))),
        };
        let (count, bits) = if whole { (3, 8) } else { (count, bits) };
        let base = match kind {
            Kind::BlackIsZero | Kind::WhiteIsZero | Kind::Palette => 1,
            Kind::Cmyk => 4,
            _ => 3,
        };
        let eight = matches!(kind, Kind::Cmyk | Kind::Ycc(..) | Kind::Lab(_));
        if count < base || eight && (form == Form::Float || !matches!(bits, 8 | 16)) {
            return Err(unsupported(&text!("{count} samples of {bits} bits", count = count, bits = bits)));
        }
        let alpha = match directory.numbers(tag::EXTRA).first() {
            Some(1) => Some((base, true)),
            Some(2) => Some((base, false)),
            None if count == base + 1 && base != 4 => Some((base, false)),
            _ => None,
        };
        let alpha =
            alpha.filter(|(at, _)| *at < count && matches!(kind, Kind::BlackIsZero | Kind::WhiteIsZero | Kind::Color));
        let beside = if number(tag::PLANES, 1) == 2 { 1 } else { count };
        let inks = (kind == Kind::Cmyk).then(|| CmykTransform::of(directory.bytes(tag::PROFILE)));
        let palette = if kind == Kind::Palette { palette(&directory.numbers(tag::PALETTE)) } else { Vec::new() };
        let (big_endian, from_ycc) = (directory.big_endian, rgb);
        Ok(Self { kind, bits, count, beside, alpha, big_endian, from_ycc, form, palette, inks })
    }

    /// What pixels come out.
    pub(super) fn color(&self) -> ColorType {
        let (deep, alpha) = (self.bits > 8, self.alpha.is_some());
        match self.kind {
            Kind::Palette | Kind::Cmyk | Kind::Ycc(..) | Kind::Lab(_) => ColorType::Rgb8,
            _ if self.form == Form::Float && alpha => ColorType::Rgba32F,
            _ if self.form == Form::Float => ColorType::Rgb32F,
            Kind::BlackIsZero | Kind::WhiteIsZero => match (deep, alpha) {
                (false, false) => ColorType::L8,
                (false, true) => ColorType::La8,
                (true, false) => ColorType::L16,
                (true, true) => ColorType::La16,
            },
            Kind::Color => match (deep, alpha) {
                (false, false) => ColorType::Rgb8,
                (false, true) => ColorType::Rgba8,
                (true, false) => ColorType::Rgb16,
                (true, true) => ColorType::Rgba16,
            },
        }
    }

    /// Puts what is there of a strip or tile into the picture, at its place. `planes` holds one part with all samples or one for each.
    pub(super) fn put(
        &self,
        planes: &[Vec<u8>],
        line: usize,
        chunk: (u32, u32),
        corner: (usize, usize),
        picture: (u32, u32),
        out: &mut [u8],
    ) {
        let depth = usize::from(self.color().bytes_per_pixel());
        let (width, height) = (picture.0 as usize, picture.1 as usize);
        let wide = (chunk.0 as usize).min(width.saturating_sub(corner.0));
        let high = (chunk.1 as usize).min(height.saturating_sub(corner.1));
        if let Kind::Ycc(across, down) = self.kind
            && self.bits == 8
            && planes.len() == 1
        {
            let bytes = planes.first().map_or(&[][..], Vec::as_slice);
            for (x, y, color) in blocks(bytes, chunk.0 as usize, (across, down)) {
                let at = ((corner.1 + y) * width + corner.0 + x) * 3;
                if x < wide
                    && y < high
                    && let Some(pixel) = out.get_mut(at..at + 3)
                {
                    pixel.copy_from_slice(&color);
                }
            }
            return;
        }
        let plain = self.bits == 8 && self.form == Form::Whole && planes.len() == 1;
        let plain =
            plain && matches!((self.kind, self.alpha), (Kind::BlackIsZero | Kind::Color, None | Some((_, false))));
        for y in 0..high {
            let at = ((corner.1 + y) * width + corner.0) * depth;
            let Some(row) = out.get_mut(at..at + wide * depth) else { return };
            let whole = planes.iter().all(|plane| plane.len() >= (y + 1) * line);
            if !whole && !plain {
                return;
            }
            if plain && self.count == depth {
                let bytes = planes.first().map_or(&[][..], Vec::as_slice).get(y * line..).unwrap_or_default();
                let there = bytes.len().min(row.len());
                let (Some(row), Some(bytes)) = (row.get_mut(..there), bytes.get(..there)) else { return };
                row.copy_from_slice(bytes);
                continue;
            }
            if !whole {
                return;
            }
            let lines: Vec<&[u8]> =
                planes.iter().map(|plane| plane.get(y * line..(y + 1) * line).unwrap_or_default()).collect();
            for (x, pixel) in row.chunks_exact_mut(depth).enumerate() {
                self.pixel(&lines, x, pixel);
            }
        }
    }

    /// One pixel of a row that is whole.
    fn pixel(&self, lines: &[&[u8]], x: usize, out: &mut [u8]) {
        let raw = |sample: usize| match lines {
            [all] => bits(all, x * self.count + sample, self.bits, self.big_endian),
            planes => bits(planes.get(sample).copied().unwrap_or_default(), x, self.bits, self.big_endian),
        };
        if self.form == Form::Float && out.len() >= 12 {
            let light = |sample: usize| float(raw(sample), self.bits);
            let grey = matches!(self.kind, Kind::BlackIsZero | Kind::WhiteIsZero);
            let shade = |sample| if self.kind == Kind::WhiteIsZero { 1.0 - light(sample) } else { light(sample) };
            let color = if grey { [shade(0); 3] } else { [light(0), light(1), light(2)] };
            let alpha = self.alpha.map(|(at, multiplied)| (light(at), multiplied));
            let parts = color.map(|part| match alpha {
                Some((alpha, true)) if alpha > 0.0 => part / alpha,
                _ => part,
            });
            let all = parts.into_iter().chain(alpha.map(|(alpha, _)| alpha));
            for (to, part) in out.as_chunks_mut::<4>().0.iter_mut().zip(all) {
                *to = part.to_ne_bytes();
            }
            return;
        }
        // From 0 to 65535, whatever the width is.
        let level = |sample: usize| {
            let value = raw(sample);
            let value = if self.form == Form::Signed { value ^ 1 << (self.bits - 1) } else { value };
            let level = match self.bits {
                1..=16 => value * 0xFFFF / ((1 << self.bits) - 1),
                wide => value >> (wide - 16),
            };
            u16::try_from(level).unwrap_or(u16::MAX)
        };
        let byte = |sample: usize| level(sample).to_be_bytes()[0];
        let color = match self.kind {
            Kind::Palette => {
                let place = usize::try_from(raw(0)).unwrap_or(usize::MAX);
                self.palette.get(place).copied().unwrap_or_default()
            }
            Kind::Cmyk => match &self.inks {
                Some(inks) => {
                    inks.to_rgb(&[byte(0), byte(1), byte(2), byte(3)], out);
                    return;
                }
                None => [0; 3],
            },
            Kind::Ycc(..) => from_ycc(byte(0), byte(1), byte(2)),
            Kind::Lab(signed) => lab(level(0), level(1), level(2), signed),
            Kind::BlackIsZero | Kind::WhiteIsZero | Kind::Color => {
                self.levels(level, out);
                return;
            }
        };
        out.copy_from_slice(&color);
    }

    /// Shades, or red, green and blue, with transparency.
    fn levels(&self, level: impl Fn(usize) -> u16, out: &mut [u8]) {
        let colors = if self.kind == Kind::Color { 3 } else { 1 };
        let deep = self.bits > 8;
        let alpha = self.alpha.map(|(at, multiplied)| (level(at), multiplied));
        let parts = (0..colors).map(|sample| {
            let shade = level(sample);
            let shade = if self.kind == Kind::WhiteIsZero { u16::MAX - shade } else { shade };
            match alpha {
                Some((alpha, true)) if alpha > 0 => {
                    let pure = (u32::from(shade) * 0xFFFF + u32::from(alpha) / 2) / u32::from(alpha);
                    u16::try_from(pure).unwrap_or(u16::MAX)
                }
                _ => shade,
            }
        });
        let all = parts.chain(alpha.map(|(alpha, _)| alpha));
        if deep {
            for (to, part) in out.as_chunks_mut::<2>().0.iter_mut().zip(all) {
                *to = part.to_ne_bytes();
            }
        } else {
            for (to, part) in out.iter_mut().zip(all) {
                *to = part.to_be_bytes()[0];
            }
        }
    }
}

/// The table of colours: all reds, then all greens, then all blues.
fn palette(numbers: &[u64]) -> Vec<[u8; 3]> {
    let count = numbers.len() / 3;
    // Some writers took 8 bits where 16 are due.
    let shift = if numbers.iter().any(|level| *level > 255) { 8 } else { 0 };
    let level = |at: usize| numbers.get(at).map_or(0, |level| u8::try_from(level >> shift).unwrap_or(u8::MAX));
    (0..count).map(|at| [level(at), level(at + count), level(at + 2 * count)]).collect()
}

/// A sample of a row, as the whole number that its bits are.
fn bits(row: &[u8], index: usize, bits: u16, big_endian: bool) -> u64 {
    if bits.is_multiple_of(8) {
        let size = usize::from(bits / 8);
        let bytes = row.get(index * size..).and_then(|rest| rest.get(..size)).unwrap_or_default();
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        return if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
    }
    let from = index * usize::from(bits);
    let bit = |at: usize| row.get(at / 8).map_or(0, |byte| u64::from(byte >> (7 - at % 8) & 1));
    (from..from + usize::from(bits)).fold(0, |sum, at| sum << 1 | bit(at))
}

/// A floating point number of this width.
#[expect(clippy::cast_possible_truncation, reason = "64 bits are more than a screen shows; the others fit")]
fn float(raw: u64, bits: u16) -> f32 {
    match bits {
        16 => small_float(raw, 5, 10),
        24 => small_float(raw, 7, 16),
        32 => f32::from_bits(raw as u32),
        _ => f64::from_bits(raw) as f32,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a few bits of it")]
fn small_float(raw: u64, exponent_bits: u32, fraction_bits: u32) -> f32 {
    let fraction = (raw & ((1 << fraction_bits) - 1)) as f32 / (1_u32 << fraction_bits) as f32;
    let most = (1_i32 << exponent_bits) - 1;
    let exponent = (raw >> fraction_bits) as i32 & most;
    let bias = most >> 1;
    let size = match exponent {
        0 => fraction * 2_f32.powi(1 - bias),
        exponent if exponent == most => return f32::MAX,
        exponent => (1.0 + fraction) * 2_f32.powi(exponent - bias),
    };
    if raw >> (exponent_bits + fraction_bits) & 1 == 1 { -size } else { size }
}

/// Pixels of a part in which two differences are shared by a block: first the brightness of each, then both differences.
fn blocks(bytes: &[u8], width: usize, (across, down): (usize, usize)) -> impl Iterator<Item = (usize, usize, [u8; 3])> {
    let size = across * down + 2;
    let columns = width.div_ceil(across).max(1);
    bytes.chunks_exact(size).enumerate().flat_map(move |(block, bytes)| {
        let (left, top) = (block % columns * across, block / columns * down);
        let (lights, differences) = bytes.split_at(across * down);
        let (blue, red) = (differences.first().copied().unwrap_or(128), differences.get(1).copied().unwrap_or(128));
        let pixel = move |(place, light): (usize, &u8)| {
            (left + place % across, top + place / across, from_ycc(*light, blue, red))
        };
        lights.iter().enumerate().map(pixel)
    })
}

/// CIE L*a*b* under daylight of 5000 K to the screen.
fn lab(lightness: u16, reddish: u16, yellowish: u16, signed: bool) -> [u8; 3] {
    let difference = |level: u16| {
        let level = if signed { level ^ 0x8000 } else { level };
        f32::from(level) / 257.0 - 128.0
    };
    let middle = (f32::from(lightness) / 655.35 + 16.0) / 116.0;
    let part =
        |root: f32| if root > 6.0 / 29.0 { root.powi(3) } else { 3.0 * (6.0_f32 / 29.0).powi(2) * (root - 4.0 / 29.0) };
    let x = part(middle + difference(reddish) / 500.0) * 0.9642;
    let y = part(middle);
    let z = part(middle - difference(yellowish) / 200.0) * 0.8249;
    [
        3.134_136 * x - 1.617_386 * y - 0.490_662 * z,
        -0.978_795 * x + 1.916_254 * y + 0.033_442 * z,
        0.071_955 * x - 0.228_977 * y + 1.405_386 * z,
    ]
    .map(lit)
}
