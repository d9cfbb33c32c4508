//! ICO and CUR: a directory of small pictures, each a PNG or a bitmap; the furthest one ends it.

use super::parse::{Facts, Step, byte, bytes, distance, le16, le32};

/// Real ones have a handful; each is below 1 MiB but for a few.
const MOST: u16 = 128;
const LARGEST: u32 = 16 << 20;

/// Bytes to the end; 0 until the directory is through.
#[derive(Debug, Default)]
pub(super) struct Ico {
    end: usize,
}

impl Ico {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.end == 0 {
            let (kind, count) = (le16(data, 2)?, le16(data, 4)?);
            if !(1..=MOST).contains(&count) {
                return Err(Step::No);
            }
            let first = 6 + 16 * u32::from(count);
            let mut end = 0;
            for entry in 0..usize::from(count) {
                let at = 6 + 16 * entry;
                let (width, height, reserved) = (byte(data, at)?, byte(data, at + 1)?, byte(data, at + 3)?);
                let (planes, depth) = (le16(data, at + 4)?, le16(data, at + 6)?);
                let (size, offset) = (le32(data, at + 8)?, le32(data, at + 12)?);
                // In a cursor these two are the place that points.
                let plausible = kind == 2 || planes <= 1 && matches!(depth, 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32);
                if reserved != 0
                    || !plausible
                    || !(40..=LARGEST).contains(&size)
                    || !(first..=LARGEST).contains(&offset)
                {
                    return Err(Step::No);
                }
                // Zero stands for 256.
                let pixels = |side: u8| if side == 0 { 256 } else { u32::from(side) };
                facts.width = facts.width.max(pixels(width));
                facts.height = facts.height.max(pixels(height));
                end = end.max(offset + size);
                let start: [u8; 4] = bytes(data, distance(offset))?;
                if start != *b"\x89PNG" && start != [40, 0, 0, 0] {
                    return Err(Step::No);
                }
            }
            facts.proven = true;
            facts.expected = Some(u64::from(end));
            self.end = distance(end);
        }
        Ok(if data.len() >= self.end { Step::Complete(self.end) } else { Step::More })
    }
}
