//! PNG: a signature, then chunks of length, name, data and checksum up to `IEND`.

use super::parse::{Facts, Lookout, Step, be32, byte, bytes, distance};
use crate::media::{Filling, interlace::Passes};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// The standard's own limit for lengths and for both sides of the picture.
const MOST: u32 = 0x7FFF_FFFF;

/// Where the next chunk starts; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct Png {
    at: usize,
    lookout: Lookout,
}

impl Png {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            if bytes(data, 0)? != *SIGNATURE {
                return Err(Step::No);
            }
            if bytes(data, 8)? != *b"\0\0\0\rIHDR" {
                return Err(Step::No);
            }
            let (width, height) = (be32(data, 16)?, be32(data, 20)?);
            byte(data, 28)?;
            if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
                return Err(Step::No);
            }
            facts.passes = (data.get(28) == Some(&1)).then_some(Passes::Pixels);
            (facts.width, facts.height) = (width, height);
            facts.proven = true;
            self.at = 33;
        }
        loop {
            let length = be32(data, self.at)?;
            let name: [u8; 4] = bytes(data, self.at + 4)?;
            if length > MOST || !name.iter().all(u8::is_ascii_alphabetic) {
                return Err(Step::Broken(self.at));
            }
            let packed = matches!(&name, b"IDAT" | b"fdAT");
            facts.filling = if packed { Filling::Packed } else { Filling::Structure };
            let body = self.at + 8;
            let end = body.saturating_add(distance(length)).saturating_add(4);
            match &name {
                b"IEND" if length != 0 => return Err(Step::Broken(self.at)),
                b"IEND" if data.len() >= end => return Ok(Step::Complete(end)),
                _ if packed => {
                    if let Some(other) = self.lookout.find(data, body, end) {
                        return Err(Step::Cut(other));
                    }
                }
                _ => {}
            }
            if data.len() < end {
                return Ok(Step::More);
            }
            if name == *b"fcTL" {
                facts.frames = facts.frames.saturating_add(1);
            }
            self.at = end;
        }
    }
}
