//! QOI: a header of 14 bytes, then operations of one to five bytes until every pixel is made, then a fixed end.

use super::parse::{Facts, Step, be32, byte};
use crate::media::Filling;

const END: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];
/// The format's reference refuses more.
const MOST: u64 = 400_000_000;

/// Where the next operation stands, and how many pixels are still to come.
#[derive(Debug, Default)]
pub(super) struct Qoi {
    at: usize,
    left: u64,
}

impl Qoi {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            let (width, height) = (be32(data, 4)?, be32(data, 8)?);
            let (channels, space) = (byte(data, 12)?, byte(data, 13)?);
            let pixels = u64::from(width) * u64::from(height);
            if !matches!(channels, 3 | 4) || space > 1 || !(1..=MOST).contains(&pixels) {
                return Err(Step::No);
            }
            (facts.width, facts.height) = (width, height);
            facts.proven = true;
            facts.filling = Filling::Plain;
            (self.at, self.left) = (14, pixels);
        }
        while self.left > 0 {
            let (length, pixels) = match byte(data, self.at)? {
                0xFE => (4, 1),
                0xFF => (5, 1),
                0x80..=0xBF => (2, 1),
                run @ 0xC0.. => (1, u64::from(run & 0x3F) + 1),
                _ => (1, 1),
            };
            self.at += length;
            self.left = self.left.saturating_sub(pixels);
        }
        for (at, want) in (self.at..).zip(END) {
            if byte(data, at)? != want {
                return Err(Step::Broken(at));
            }
        }
        Ok(Step::Complete(self.at + END.len()))
    }
}
