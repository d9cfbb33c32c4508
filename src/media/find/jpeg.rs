//! JPEG: marker segments up to the start of a scan, entropy-coded data up to the next marker that means something, and so on to the end
//! marker. Segments are jumped over, so a thumbnail inside one is never mistaken for the picture.

use memchr::memchr;

use super::parse::{Facts, Lookout, Step, be16, byte, bytes};
use crate::media::Filling;

/// Segments that may stand before the frame header. Real files have a handful, or one for each 64 KiB of colour profile; without a bound
/// a chain of overlapping false starts would cost its square.
const MAX_LEAD: u32 = 256;

const START: u8 = 0xD8;
const END: u8 = 0xD9;
const SCAN: u8 = 0xDA;

/// Where it stands, and since where in entropy-coded data.
#[derive(Debug, Default)]
pub(super) struct Jpeg {
    at: usize,
    scan: Option<usize>,
    segments: u32,
    components: u8,
    lookout: Lookout,
}

impl Jpeg {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            if bytes(data, 0)? != [0xFF, START, 0xFF] {
                return Err(Step::No);
            }
            self.at = 2;
        }
        loop {
            if let Some(since) = self.scan {
                self.entropy(data, since)?;
            } else {
                self.segment(data, facts)?;
            }
        }
    }

    /// Past one segment.
    fn segment(&mut self, data: &[u8], facts: &mut Facts) -> Result<(), Step> {
        if byte(data, self.at)? != 0xFF {
            return Err(facts.fail(self.at));
        }
        // Any number of fill bytes may stand before a marker.
        while byte(data, self.at + 1)? == 0xFF {
            self.at += 1;
        }
        let marker = byte(data, self.at + 1)?;
        match marker {
            END if facts.proven => return Err(Step::Complete(self.at + 2)),
            START if facts.proven => return Err(Step::Cut(self.at)),
            SCAN if facts.proven => {}
            0xC4 | 0xCC | 0xDB..=0xDD | 0xE0..=0xEF | 0xFE => {}
            _ if is_frame(marker) && !facts.proven => {}
            _ => return Err(facts.fail(self.at)),
        }
        let length = be16(data, self.at + 2)?;
        if length < 2 {
            return Err(facts.fail(self.at));
        }
        if is_frame(marker) {
            self.frame(data, marker, length, facts)?;
        }
        if marker == SCAN && byte(data, self.at + 4)? < self.components {
            // Colours in scans of their own: the decoder has to keep all coefficients.
            facts.work = facts.work.max(pixels(facts) * 2 * u64::from(self.components));
        }
        self.at += 2 + usize::from(length);
        if marker == SCAN {
            facts.frames = 1;
            facts.filling = Filling::Packed;
            self.scan = Some(self.at);
            return Ok(());
        }
        facts.filling = Filling::Structure;
        if !facts.proven {
            self.segments += 1;
            if self.segments > MAX_LEAD {
                return Err(Step::No);
            }
        }
        Ok(())
    }

    /// Fills in what the frame header says, if it makes sense.
    fn frame(&mut self, data: &[u8], marker: u8, length: u16, facts: &mut Facts) -> Result<(), Step> {
        let precision = byte(data, self.at + 4)?;
        let height = be16(data, self.at + 5)?;
        let width = be16(data, self.at + 7)?;
        let components = byte(data, self.at + 9)?;
        if !(2..=16).contains(&precision)
            || width == 0
            || height == 0
            || !(1..=4).contains(&components)
            || length != 8 + 3 * u16::from(components)
        {
            return Err(Step::No);
        }
        let mut samples = 0;
        let (mut across, mut down) = (1, 1);
        for index in 0..usize::from(components) {
            let factors = byte(data, self.at + 11 + 3 * index)?;
            let (h, v) = (u64::from(factors >> 4), u64::from(factors & 15));
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return Err(Step::No);
            }
            samples += h * v;
            (across, down) = (across.max(h), down.max(v));
        }
        self.components = components;
        (facts.width, facts.height) = (u32::from(width), u32::from(height));
        facts.proven = true;
        if is_progressive(marker) {
            facts.work = pixels(facts) * 2 * samples / (across * down);
        }
        if components == 4 {
            // The inks, before they are colours of a screen.
            facts.work += pixels(facts) * 4;
        }
        Ok(())
    }

    /// Entropy-coded data up to a marker.
    fn entropy(&mut self, data: &[u8], since: usize) -> Result<(), Step> {
        loop {
            let rest = data.get(self.at..).ok_or(Step::More)?;
            let hit = memchr(0xFF, rest);
            self.at += hit.unwrap_or(rest.len());
            let Some(marker) = hit.and_then(|_| data.get(self.at + 1)) else {
                self.other(data, since)?;
                return Err(Step::More);
            };
            match marker {
                0xFF => self.at += 1,
                // A stuffed zero, a restart, or a code without meaning: a damaged byte, which decoders pass over as well.
                0x00..=0xBF | 0xD0..=0xD7 | 0xF0..=0xFD => self.at += 2,
                _ => break,
            }
        }
        self.other(data, since)?;
        // The segment code judges every other marker.
        self.scan = None;
        Ok(())
    }

    /// Stops where another picture starts in the data since the scan's start.
    fn other(&mut self, data: &[u8], since: usize) -> Result<(), Step> {
        let start = self.lookout.find(data, since, self.at);
        start.map_or(Ok(()), |start| Err(Step::Cut(start)))
    }
}

fn pixels(facts: &Facts) -> u64 {
    u64::from(facts.width) * u64::from(facts.height)
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF)
}

fn is_progressive(marker: u8) -> bool {
    matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE)
}
