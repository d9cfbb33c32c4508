//! WebP: a RIFF file whose header tells the size of all; its chunks are only looked at for the number of frames.

use super::parse::{Facts, Lookout, Step, byte, bytes, distance, le16, le32};
use crate::media::Filling;

/// Where the next chunk starts; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct WebP {
    at: usize,
    end: usize,
    lookout: Lookout,
}

impl WebP {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            if bytes(data, 8)? != *b"WEBP" {
                return Err(Step::No);
            }
            let (width, height) = size(data)?;
            let (riff, first) = (le32(data, 4)?, le32(data, 16)?);
            if first < 5 || u64::from(first) + 12 > u64::from(riff) {
                return Err(Step::No);
            }
            (facts.width, facts.height) = (width, height);
            facts.work = u64::from(width) * u64::from(height) * 4;
            // The size is even by the standard. Where it is not, a padding byte may or may not follow: leaving a zero behind is
            // harmless, while waiting for it, or taking the next picture's first byte, is not.
            facts.expected = Some(u64::from(riff) + 8);
            facts.proven = true;
            self.end = distance(riff).saturating_add(8);
            self.at = 12;
        }
        // What is too short for one more chunk is padding.
        while self.at + 8 <= self.end {
            let length = le32(data, self.at + 4)?;
            let name: [u8; 4] = bytes(data, self.at)?;
            let body = self.at + 8;
            let padded = distance(length).saturating_add(distance(length & 1));
            let end = body.saturating_add(padded).min(self.end);
            let packed = matches!(&name, b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF");
            facts.filling = if packed { Filling::Packed } else { Filling::Structure };
            if packed && let Some(other) = self.lookout.find(data, body, end) {
                return Err(Step::Cut(other));
            }
            if data.len() < end {
                return Ok(Step::More);
            }
            if name == *b"ANMF" {
                facts.frames = facts.frames.saturating_add(1);
            }
            self.at = end;
        }
        Ok(if data.len() >= self.end { Step::Complete(self.end) } else { Step::More })
    }
}

/// Width and height from the first chunk.
fn size(data: &[u8]) -> Result<(u32, u32), Step> {
    let name: [u8; 4] = bytes(data, 12)?;
    match &name {
        b"VP8 " => {
            // A key frame, its start code, and two sides of 14 bits under two bits of scale.
            let (tag, code) = (byte(data, 20)?, bytes(data, 23)?);
            let (width, height) = (le16(data, 26)? & 0x3FFF, le16(data, 28)? & 0x3FFF);
            if tag & 1 == 0 && code == [0x9D, 0x01, 0x2A] && width > 0 && height > 0 {
                return Ok((u32::from(width), u32::from(height)));
            }
        }
        b"VP8L" => {
            let (mark, bits) = (byte(data, 20)?, le32(data, 21)?);
            if mark == 0x2F && bits >> 29 == 0 {
                return Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1));
            }
        }
        b"VP8X" => {
            // Three bytes each, read with the one before and without it.
            let (width, height) = ((le32(data, 23)? >> 8) + 1, (le32(data, 26)? >> 8) + 1);
            // Their product has to fit 32 bits.
            if width.checked_mul(height).is_some() {
                return Ok((width, height));
            }
        }
        _ => {}
    }
    Err(Step::No)
}

/// A WebP that was cut short, made long enough to be decoded: `filling` stands in for what is missing, and for `spare` bytes more,
/// because a decoder that is fed filling may read on past the proper end. `None` if the cut comes before the picture's data.
pub(in crate::media) fn mend(data: &[u8], filling: u8, spare: usize) -> Option<Vec<u8>> {
    const NAMES_EXIF_AND_XMP: u8 = 0x0C;
    let whole = distance(le32(data, 4).ok()?).checked_add(8)?;
    let mut at = 12;
    let missing = loop {
        let body = at + 8;
        let length = distance(le32(data, at + 4).ok()?);
        let end = body.checked_add(length)?.checked_add(length & 1)?;
        if end > data.len() {
            // A chunk's own claim may be any number; that of the whole has been checked.
            break end.min(whole).checked_sub(data.len())?;
        }
        at = end;
    };
    let mut mended = data.to_vec();
    mended.resize(data.len().checked_add(missing)?.checked_add(spare)?, filling);
    let mut put = |at: usize, length: usize| {
        let field = mended.get_mut(at..)?.first_chunk_mut()?;
        *field = u32::try_from(length).ok()?.to_le_bytes();
        Some(())
    };
    let length = data.len() + missing + spare;
    put(4, length - 8)?;
    put(at + 4, length - at - 8)?;
    if data.get(12..16) == Some(b"VP8X") {
        // These stand at the end and are gone; a decoder that was told of them would insist.
        *mended.get_mut(20)? &= !NAMES_EXIF_AND_XMP;
    }
    Some(mended)
}
