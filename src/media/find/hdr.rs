//! Radiance HDR: lines of text up to an empty one, a line with the size, then rows, each packed in one of two ways.

use memchr::memchr;

use super::parse::{Facts, Step, byte, bytes};

/// The longest header.
const HEADER: usize = 16 << 10;
/// No side is longer.
const MOST: u32 = 1 << 20;

/// Where it stands in the rows; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct Hdr {
    at: usize,
    rows: u32,
    /// Channels and pixels of the present row that are still to come.
    row: Option<(u32, u32)>,
    /// Whether the row is packed channel by channel.
    split: bool,
    shift: u32,
}

impl Hdr {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            let (at, width, height) = header(data)?;
            (facts.width, facts.height) = (width, height);
            facts.proven = true;
            // Rows in floating point, while they are made.
            facts.work = u64::from(width) * 16;
            (self.at, self.rows) = (at, height);
        }
        let width = facts.width;
        while self.rows > 0 {
            let (channels, left) = match self.row {
                Some(row) => row,
                None => self.begin(data, width)?,
            };
            self.row = Some((channels, left));
            if left == 0 {
                self.row = if channels > 1 { Some((channels - 1, width)) } else { None };
                self.rows -= u32::from(channels <= 1);
                continue;
            }
            let (bytes, pixels) = if self.split { self.packed(data)? } else { self.flat(data)? };
            if pixels > left || pixels == 0 && self.split {
                return Err(Step::Broken(self.at + if self.split { 0 } else { 3 }));
            }
            self.at += bytes;
            self.row = Some((channels, left - pixels));
        }
        if data.len() < self.at {
            return Ok(Step::More);
        }
        Ok(Step::Complete(self.at))
    }

    /// Sees how the next row is packed.
    fn begin(&mut self, data: &[u8], width: u32) -> Result<(u32, u32), Step> {
        let [one, two, high, low]: [u8; 4] = bytes(data, self.at)?;
        self.shift = 0;
        self.split = (8..1 << 15).contains(&width) && (one, two) == (2, 2) && high < 128;
        if !self.split {
            return Ok((1, width));
        }
        if u32::from(high) << 8 | u32::from(low) != width {
            return Err(Step::Broken(self.at + 3));
        }
        self.at += 4;
        Ok((4, width))
    }

    /// One packet of a channel: its bytes and pixels.
    fn packed(&self, data: &[u8]) -> Result<(usize, u32), Step> {
        Ok(match byte(data, self.at)? {
            count @ 129.. => (2, u32::from(count) - 128),
            count => (1 + usize::from(count), u32::from(count)),
        })
    }

    /// One pixel, or a repetition of the one before it.
    fn flat(&mut self, data: &[u8]) -> Result<(usize, u32), Step> {
        let [red, green, blue, count]: [u8; 4] = bytes(data, self.at)?;
        if (red, green, blue) != (1, 1, 1) {
            self.shift = 0;
            return Ok((4, 1));
        }
        let pixels =
            u32::from(count).checked_shl(self.shift).filter(|_| self.shift <= 16).ok_or(Step::Broken(self.at + 3))?;
        self.shift += 8;
        Ok((4, pixels))
    }
}

/// Where the rows begin, and the picture's size.
fn header(data: &[u8]) -> Result<(usize, u32, u32), Step> {
    let (mut at, mut empty, mut first) = (0, false, true);
    loop {
        let rest = data.get(at..).ok_or(Step::More)?;
        let Some(end) = memchr(b'\n', rest) else {
            return Err(if data.len() > HEADER { Step::No } else { Step::More });
        };
        let line = rest.get(..end).unwrap_or_default();
        at += end + 1;
        if at > HEADER || first && !matches!(line.trim_ascii_end(), b"#?RADIANCE" | b"#?RGBE") {
            return Err(Step::No);
        }
        first = false;
        if empty {
            let line = std::str::from_utf8(line).map_err(|_| Step::No)?;
            let words: Vec<&str> = line.split_whitespace().collect();
            let &[one, height, two, width] = words.as_slice() else { return Err(Step::No) };
            let side = |word: &str| word.parse().ok().filter(|side| (1..=MOST).contains(side)).ok_or(Step::No);
            return match (one, two) {
                ("-Y" | "+Y", "+X" | "-X") => Ok((at, side(width)?, side(height)?)),
                ("+X" | "-X", "-Y" | "+Y") => Ok((at, side(height)?, side(width)?)),
                _ => Err(Step::No),
            };
        }
        empty = line.trim_ascii().is_empty();
    }
}
