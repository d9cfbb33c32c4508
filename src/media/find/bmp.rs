//! BMP: two letters, which any text may hold, so the header has to be plausible in every field; the file's size ends it.

use super::parse::{Facts, Lookout, Step, distance, le16, le32};
use crate::media::Filling;

/// Bytes that may stand behind the pixels: a colour profile, padding. A size beyond is no BMP's size.
const SLACK: u64 = 4 << 20;
/// No side is longer; the format could claim 2³¹.
const MOST: u32 = 1 << 20;

/// Bytes to the pixels and to the end; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct Bmp {
    pixels: usize,
    end: usize,
    lookout: Lookout,
}

impl Bmp {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.end == 0 {
            let header = Header::read(data)?;
            (facts.width, facts.height) = (header.width, header.height);
            facts.expected = Some(u64::from(header.file));
            facts.proven = true;
            facts.filling = Filling::Plain;
            self.pixels = distance(header.pixels);
            self.end = distance(header.file);
        }
        if let Some(other) = self.lookout.find(data, self.pixels, self.end) {
            return Err(Step::Cut(other));
        }
        Ok(if data.len() >= self.end { Step::Complete(self.end) } else { Step::More })
    }
}

/// What a plausible header says.
struct Header {
    file: u32,
    pixels: u32,
    width: u32,
    height: u32,
}

impl Header {
    /// Field after field, so that a word with "BM" is dropped early.
    fn read(data: &[u8]) -> Result<Self, Step> {
        let (file, reserved) = (le32(data, 2)?, le32(data, 6)?);
        let (pixels, kind) = (le32(data, 10)?, le32(data, 14)?);
        if reserved != 0
            || !matches!(kind, 12 | 40 | 52 | 56 | 64 | 108 | 124)
            || pixels < 14 + kind
            || pixels >= file
            // Header, masks and the largest colour table, with room to spare.
            || pixels > 1 << 16
        {
            return Err(Step::No);
        }
        let (width, height, planes, depth) = if kind == 12 {
            let (width, height) = (le16(data, 18)?, le16(data, 20)?);
            (u32::from(width), u32::from(height), le16(data, 22)?, le16(data, 24)?)
        } else {
            // A negative height means top to bottom.
            let height = le32(data, 22)?.cast_signed().unsigned_abs();
            (le32(data, 18)?, height, le16(data, 26)?, le16(data, 28)?)
        };
        if planes != 1
            || !matches!(depth, 1 | 4 | 8 | 16 | 24 | 32)
            || !(1..=MOST).contains(&width)
            || !(1..=MOST).contains(&height)
        {
            return Err(Step::No);
        }
        let compression = if kind == 12 { 0 } else { le32(data, 30)? };
        let row = (u64::from(width) * u64::from(depth)).div_ceil(32) * 4;
        let plain = row * u64::from(height);
        let room = u64::from(file - pixels);
        let fits = match compression {
            // No compression, with or without masks.
            0 | 3 | 6 => room >= plain && room <= plain + SLACK,
            // Run lengths: at worst two bytes for each pixel, at best almost nothing.
            1 | 2 => room >= 2 && room <= plain * 2 + SLACK,
            _ => false,
        };
        fits.then_some(Self { file, pixels, width, height }).ok_or(Step::No)
    }
}
