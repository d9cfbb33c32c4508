//! DDS: a header of 128 bytes, 20 more for the newer kinds, then surfaces whose size the header tells.

use std::io::Cursor;

use dds::{DataLayout, DataRegion as _, Format};

use super::parse::{Facts, Step, byte, bytes, distance, le32};
use crate::media::dds::header;

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
            let (height, width, fields) = (le32(data, 12)?, le32(data, 16)?, le32(data, 76)?);
            if fields != 32 || !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
                return Err(Step::No);
            }
            let newer = bytes(data, 84)? == *b"DX10" && le32(data, 80)? & 4 != 0;
            let head = if newer { 148 } else { 128 };
            byte(data, head - 1)?;
            (facts.width, facts.height) = (width, height);
            facts.proven = true;
            let surfaces = length(data);
            facts.open = surfaces.is_none();
            let end = surfaces.unwrap_or(0).saturating_add(head as u64);
            self.end = distance(u32::try_from(end).unwrap_or(u32::MAX));
            facts.expected = surfaces.map(|_| end);
        }
        Ok(if facts.open || data.len() < self.end { Step::More } else { Step::Complete(self.end) })
    }
}

/// Bytes of all surfaces; `None` for a kind that nobody knows.
fn length(data: &[u8]) -> Option<u64> {
    let header = header(&mut Cursor::new(data))?;
    let format = Format::from_header(&header).ok()?;
    Some(DataLayout::from_header_with(&header, format.into()).ok()?.data_len())
}
