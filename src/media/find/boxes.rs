//! AVIF and boxed JPEG XL: boxes of length, name and data; the picture ends behind the box that holds its last pixels.

use memchr::memmem;

use super::parse::{Facts, Lookout, Step, be32, byte, bytes, distance};

/// Where the next box starts, and what has gone by.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    at: usize,
    described: bool,
    filled: bool,
    lookout: Lookout,
}

impl Boxes {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        loop {
            let (short, name) = (be32(data, self.at)?, bytes::<4>(data, self.at + 4)?);
            let (head, length) = match short {
                // A long length; one beyond 32 bits is never reached.
                1 if be32(data, self.at + 8)? == 0 => (16, be32(data, self.at + 12)?),
                1 => (16, u32::MAX),
                _ => (8, short),
            };
            let known = name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
            if !known || length != 0 && distance(length) < head {
                return Err(facts.fail(self.at));
            }
            let body = self.at + head;
            // Zero stands for all the rest of the stream.
            let end = if length == 0 { usize::MAX } else { self.at.saturating_add(distance(length)) };
            match &name {
                b"ftyp" if self.at == 0 => brand(data, end)?,
                b"JXL " if self.at == 0 => {}
                _ if self.at == 0 => return Err(Step::No),
                b"mdat" | b"jxlc" => {
                    facts.proven = true;
                    facts.open = length == 0;
                    if let Some(other) = self.lookout.find(data, body, end) {
                        return Err(Step::Cut(other));
                    }
                }
                b"jxlp" => facts.proven = true,
                _ => {}
            }
            if data.len() < end {
                return Ok(Step::More);
            }
            let inside = data.get(body..end).unwrap_or_default();
            match &name {
                b"meta" | b"moov" => {
                    if let Some(at) = memmem::find(inside, b"ispe") {
                        (facts.width, facts.height) =
                            (be32(inside, at + 8).unwrap_or(0), be32(inside, at + 12).unwrap_or(0));
                    }
                    facts.proven = true;
                    self.described = true;
                }
                b"mdat" => self.filled = true,
                b"jxlc" => return Ok(Step::Complete(end)),
                // The last part says so in its number's highest bit.
                b"jxlp" if byte(data, body)? & 0x80 != 0 => return Ok(Step::Complete(end)),
                _ => {}
            }
            if self.described && self.filled {
                return Ok(Step::Complete(end));
            }
            self.at = end;
        }
    }
}

/// Whether a file of this kind of box says that it is an AVIF.
fn brand(data: &[u8], end: usize) -> Result<(), Step> {
    if end > 512 {
        return Err(Step::No);
    }
    byte(data, end.saturating_sub(1))?;
    let brands = data.get(8..end).unwrap_or_default().as_chunks::<4>().0;
    if brands.iter().any(|brand| matches!(brand, b"avif" | b"avis")) { Ok(()) } else { Err(Step::No) }
}
