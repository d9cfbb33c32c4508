//! DDS: a header of 128 bytes, 20 more for the newer kinds, then surfaces whose size the header tells.

use super::parse::{Facts, Step, byte, bytes, distance, le32};

/// No side is longer.
const MOST: u32 = 1 << 16;

/// Bytes to the end; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct Dds {
    end: usize,
}

impl Dds {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.end == 0 {
            let (flags, height, width) = (le32(data, 8)?, le32(data, 12)?, le32(data, 16)?);
            let (levels, fields) = (le32(data, 28)?, le32(data, 76)?);
            if fields != 32 || !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
                return Err(Step::No);
            }
            let (kind, name, bits): (u32, [u8; 4], u32) = (le32(data, 80)?, bytes(data, 84)?, le32(data, 88)?);
            let sides = u64::from((le32(data, 112)? >> 10 & 0x3F).count_ones().max(1));
            byte(data, 127)?;
            let newer = kind & 4 != 0 && name == *b"DX10";
            let head = if newer { 148 } else { 128 };
            let unit = match &name {
                _ if kind & 4 == 0 => Unit::Pixel(u64::from(bits.min(128))),
                b"DX10" => Unit::of_number(le32(data, 128)?),
                b"DXT1" | b"ATI1" | b"BC4U" | b"BC4S" => Unit::Block(8),
                b"DXT2" | b"DXT3" | b"DXT4" | b"DXT5" | b"ATI2" | b"BC5U" | b"BC5S" => Unit::Block(16),
                _ => Unit::Unknown,
            };
            (facts.width, facts.height) = (width, height);
            facts.proven = true;
            facts.open = matches!(unit, Unit::Unknown);
            let levels = if flags & 0x2_0000 == 0 { 1 } else { levels.clamp(1, 17) };
            let surface: u64 =
                (0..levels).map(|level| unit.bytes((width >> level).max(1), (height >> level).max(1))).sum();
            let end = surface.saturating_mul(sides).saturating_add(head);
            self.end = distance(u32::try_from(end).unwrap_or(u32::MAX));
            facts.expected = (!facts.open).then_some(end);
        }
        Ok(if facts.open || data.len() < self.end { Step::More } else { Step::Complete(self.end) })
    }
}

/// What a surface is made of.
enum Unit {
    /// Bits of a pixel.
    Pixel(u64),
    /// Bytes of 4 × 4 pixels.
    Block(u64),
    Unknown,
}

impl Unit {
    fn of_number(number: u32) -> Self {
        match number {
            70..=72 | 79..=81 => Self::Block(8),
            73..=78 | 82..=84 | 94..=99 => Self::Block(16),
            27..=31 | 87..=93 | 34..=47 => Self::Pixel(32),
            9..=14 => Self::Pixel(64),
            1..=4 => Self::Pixel(128),
            48..=59 | 85 | 86 => Self::Pixel(16),
            60..=65 => Self::Pixel(8),
            _ => Self::Unknown,
        }
    }

    fn bytes(&self, width: u32, height: u32) -> u64 {
        let (width, height) = (u64::from(width), u64::from(height));
        match self {
            Self::Pixel(bits) => (width * bits).div_ceil(8) * height,
            Self::Block(bytes) => width.div_ceil(4) * height.div_ceil(4) * bytes,
            Self::Unknown => 0,
        }
    }
}
