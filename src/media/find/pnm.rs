//! PNM: a header of words, then pixels as text (`P1` to `P3`) or as bytes whose number the header tells (`P4` to `P7`).

use super::parse::{Facts, Step, byte};
use crate::media::Filling;

/// The longest header; comments count.
const HEADER: usize = 4096;
/// No side is longer.
const MOST: u64 = 1 << 20;

/// Where it stands in the pixels; 0 until the header is through.
#[derive(Debug, Default)]
pub(super) struct Pnm {
    at: usize,
    end: usize,
    /// Numbers that are still to come, of a picture written as text.
    left: u64,
    /// Digits of a bitmap written as text may touch.
    bits: bool,
    inside: bool,
}

impl Pnm {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 {
            let mut header = Header { data, at: 2 };
            let kind = byte(data, 1)?;
            let (width, height, samples, wide) = if kind == b'7' { header.named()? } else { header.plain(kind)? };
            if !(1..=MOST).contains(&width) || !(1..=MOST).contains(&height) {
                return Err(Step::No);
            }
            (facts.width, facts.height) = (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0));
            facts.proven = true;
            self.at = header.at;
            self.bits = kind == b'1';
            if kind <= b'3' {
                self.left = width * height * samples;
            } else {
                let line = if kind == b'4' { width.div_ceil(8) } else { width * samples * if wide { 2 } else { 1 } };
                self.end = usize::try_from(line * height).unwrap_or(usize::MAX).saturating_add(header.at);
                facts.expected = Some(self.end as u64);
                facts.filling = Filling::Plain;
            }
        }
        if self.end > 0 {
            return Ok(if data.len() >= self.end { Step::Complete(self.end) } else { Step::More });
        }
        self.words(data)
    }

    /// Pixels as text, up to the last digit of the last one and one blank behind it.
    fn words(&mut self, data: &[u8]) -> Result<Step, Step> {
        loop {
            let byte = byte(data, self.at)?;
            match byte {
                b'0'..=b'9' => {
                    if self.left == 0 && !self.inside {
                        return Ok(Step::Complete(self.at));
                    }
                    if !self.inside || self.bits {
                        self.left = self.left.saturating_sub(1);
                    }
                    self.inside = !self.bits;
                }
                _ if self.left == 0 => return Ok(Step::Complete(self.at + usize::from(byte == b'\n'))),
                b' ' | b'\t' | b'\r' | b'\n' => self.inside = false,
                _ => return Err(Step::Broken(self.at)),
            }
            self.at += 1;
        }
    }
}

/// A walk through the words of a header.
struct Header<'a> {
    data: &'a [u8],
    at: usize,
}

impl Header<'_> {
    fn next(&mut self) -> Result<u8, Step> {
        let next = byte(self.data, self.at)?;
        self.at += 1;
        if self.at > HEADER { Err(Step::No) } else { Ok(next) }
    }

    /// Past the blanks, of which there is at least one, and comments.
    fn blanks(&mut self) -> Result<u8, Step> {
        let mut some = false;
        loop {
            match self.next()? {
                b' ' | b'\t' | b'\r' | b'\n' => some = true,
                b'#' if some => while self.next()? != b'\n' {},
                other if some => return Ok(other),
                _ => return Err(Step::No),
            }
        }
    }

    /// The next number, and past the one blank behind it.
    fn number(&mut self) -> Result<u64, Step> {
        let mut digit = self.blanks()?;
        let mut number = 0;
        loop {
            match digit {
                b'0'..=b'9' if number < 1 << 32 => number = number * 10 + u64::from(digit - b'0'),
                b' ' | b'\t' | b'\r' | b'\n' => return Ok(number),
                _ => return Err(Step::No),
            }
            digit = self.next()?;
            if matches!(digit, b' ' | b'\t' | b'\r' | b'\n') {
                // It stays, as the blank before the next number.
                self.at -= 1;
                return Ok(number);
            }
        }
    }

    /// `P1` to `P6`: width, height, and the largest value but for bitmaps.
    fn plain(&mut self, kind: u8) -> Result<(u64, u64, u64, bool), Step> {
        let (width, height) = (self.number()?, self.number()?);
        let most = if matches!(kind, b'1' | b'4') { 1 } else { self.number()? };
        if !(1..=65_535).contains(&most) {
            return Err(Step::No);
        }
        // The one blank before the pixels.
        self.next()?;
        let samples = if matches!(kind, b'3' | b'6') { 3 } else { 1 };
        Ok((width, height, samples, most > 255))
    }

    /// `P7`: lines of a name and a value.
    fn named(&mut self) -> Result<(u64, u64, u64, bool), Step> {
        let (mut width, mut height, mut depth, mut most) = (0, 0, 0, 0);
        if self.next()? != b'\n' {
            return Err(Step::No);
        }
        loop {
            let start = self.at;
            while self.next()? != b'\n' {}
            let line = self.data.get(start..self.at).unwrap_or_default();
            let line = std::str::from_utf8(line).map_err(|_| Step::No)?.trim();
            let (name, value) = line.split_once(' ').unwrap_or((line, ""));
            let number = || value.trim().parse::<u64>().ok().filter(|number| *number < 1 << 32).ok_or(Step::No);
            match name {
                "WIDTH" => width = number()?,
                "HEIGHT" => height = number()?,
                "DEPTH" => depth = number()?,
                "MAXVAL" => most = number()?,
                "ENDHDR" => break,
                "TUPLTYPE" | "" => {}
                _ if line.starts_with('#') => {}
                _ => return Err(Step::No),
            }
        }
        if !(1..=4).contains(&depth) || !(1..=65_535).contains(&most) {
            return Err(Step::No);
        }
        Ok((width, height, depth, most > 255))
    }
}
