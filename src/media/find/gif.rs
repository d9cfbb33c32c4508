//! GIF: screen, colour table, then extensions and images, each a chain of short blocks, up to the trailer.

use super::parse::{Facts, Lookout, Step, byte, bytes, le16};
use crate::media::{Filling, interlace::Passes};

/// Where it stands, and in which chain of short blocks.
#[derive(Debug, Default)]
pub(super) struct Gif {
    at: usize,
    chain: Chain,
    lookout: Lookout,
}

#[derive(Debug, Default)]
enum Chain {
    #[default]
    None,
    Extension,
    /// Picture data, since this place.
    Image(usize),
}

impl Gif {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            let name: [u8; 6] = bytes(data, 0)?;
            if name != *b"GIF87a" && name != *b"GIF89a" {
                return Err(Step::No);
            }
            let (width, height, flags) = (le16(data, 6)?, le16(data, 8)?, byte(data, 10)?);
            if width == 0 || height == 0 {
                return Err(Step::No);
            }
            (facts.width, facts.height) = (u32::from(width), u32::from(height));
            self.at = 13 + table(flags);
        }
        loop {
            let through = self.chain(data);
            if let Chain::Image(since) = self.chain
                && let Some(other) = self.lookout.find(data, since, self.at)
            {
                return Err(Step::Cut(other));
            }
            through?;
            self.chain = Chain::None;
            match byte(data, self.at)? {
                b';' if facts.proven => return Ok(Step::Complete(self.at + 1)),
                b'!' => {
                    let label = byte(data, self.at + 1)?;
                    // The word "GIF89a" may stand in a text; what follows there is none of the four known extensions.
                    if !facts.proven && !matches!(label, 0x01 | 0xF9 | 0xFE | 0xFF) {
                        return Err(Step::No);
                    }
                    self.at += 2;
                    self.chain = Chain::Extension;
                    facts.filling = Filling::Structure;
                }
                b',' => {
                    // Position, size, flags; behind the colour table one byte tells the code size.
                    let flags = byte(data, self.at + 9)?;
                    if le16(data, self.at + 5)? == 0 || le16(data, self.at + 7)? == 0 {
                        return Err(facts.fail(self.at));
                    }
                    if facts.frames == 0 && flags & 0x40 != 0 {
                        facts.passes = Some(Passes::Rows);
                    }
                    facts.frames = facts.frames.saturating_add(1);
                    self.at += 11 + table(flags);
                    self.chain = Chain::Image(self.at);
                    facts.filling = Filling::Packed;
                }
                _ => return Err(facts.fail(self.at)),
            }
            facts.proven = true;
        }
    }

    /// To the end of the chain of short blocks, if in one; `More` while that end is still to come.
    fn chain(&mut self, data: &[u8]) -> Result<(), Step> {
        if matches!(self.chain, Chain::None) {
            return Ok(());
        }
        loop {
            let length = byte(data, self.at)?;
            self.at += 1 + usize::from(length);
            if length == 0 {
                return Ok(());
            }
        }
    }
}

/// Bytes of the colour table that the flags announce.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
