//! TIFF: directories that say where everything lies; the furthest thing they name ends the file.

use super::parse::{Facts, Step, bytes, distance};

/// Directories and values that are followed; a picture has a few of the first and a strip for some rows of the second.
const DIRECTORIES: usize = 256;
const VALUES: u32 = 1 << 16;

/// Directories to read, and the furthest byte that is named.
#[derive(Debug, Default)]
pub(super) struct Tiff {
    big: bool,
    /// Offsets of 64 bits.
    wide: bool,
    queue: Vec<usize>,
    done: usize,
    end: usize,
    /// Nothing new can be read before so many bytes are there.
    need: usize,
}

/// One field of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    /// Where its values stand.
    at: usize,
}

impl Tiff {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if data.len() < self.need {
            return Ok(Step::More);
        }
        if self.queue.is_empty() {
            self.big = data.starts_with(b"MM");
            self.wide = self.u16(data, 2)? == 43;
            if self.wide && (self.u16(data, 4)?, self.u16(data, 6)?) != (8, 0) {
                return Err(Step::No);
            }
            let first = self.offset(data, if self.wide { 8 } else { 4 })?;
            if first < 8 {
                return Err(Step::No);
            }
            self.queue.push(first);
            self.end = 8;
        }
        while let Some(&at) = self.queue.get(self.done) {
            let (end, more) = self.directory(data, at, facts).map_err(|step| match step {
                Step::More => Step::More,
                _ => facts.fail(at),
            })?;
            facts.proven = true;
            self.end = self.end.max(end);
            for next in more {
                if next >= 8 && self.queue.len() < DIRECTORIES && !self.queue.contains(&next) {
                    self.queue.push(next);
                }
            }
            self.done += 1;
        }
        facts.expected = Some(self.end as u64);
        Ok(if data.len() >= self.end { Step::Complete(self.end) } else { Step::More })
    }

    /// Reads one directory whole: the furthest byte it names, and the directories it leads to.
    fn directory(&mut self, data: &[u8], at: usize, facts: &mut Facts) -> Result<(usize, Vec<usize>), Step> {
        let (head, size, word) = if self.wide { (8, 20, 8) } else { (2, 12, 4) };
        let count = if self.wide { self.offset(data, at)? } else { usize::from(self.u16(data, at)?) };
        if !(1..=4096).contains(&count) {
            return Err(Step::No);
        }
        let next = at.saturating_add(head + size * count);
        let mut end = next.saturating_add(word);
        let mut more = vec![self.offset(data, next)?];
        let (mut width, mut height) = (0, 0);
        let (mut places, mut lengths) = (Vec::new(), Vec::new());
        let mut strays = [0; 2];
        let mut values: u32 = 0;
        for index in 0..count {
            let entry = self.entry(data, at + head + size * index)?;
            let size = size_of(entry.kind);
            end = end.max(entry.at.saturating_add(distance(entry.count).saturating_mul(size)));
            match entry.tag {
                0x100 => width = self.value(data, &entry, 0)?,
                0x101 => height = self.value(data, &entry, 0)?,
                0x111 | 0x144 | 0x117 | 0x145 => {
                    values = values.saturating_add(entry.count);
                    if values > VALUES {
                        return Err(Step::No);
                    }
                    let list = if matches!(entry.tag, 0x111 | 0x144) { &mut places } else { &mut lengths };
                    for index in 0..entry.count {
                        list.push(self.value(data, &entry, index)?);
                    }
                }
                0x201 => strays[0] = self.value(data, &entry, 0)?,
                0x202 => strays[1] = self.value(data, &entry, 0)?,
                // Further pictures, and the facts of a camera.
                0x14A | 0x8769 | 0x8825 => more.push(distance(self.value(data, &entry, 0)?)),
                _ => {}
            }
        }
        places.push(strays[0]);
        lengths.push(strays[1]);
        for (place, length) in places.into_iter().zip(lengths) {
            end = end.max(distance(place).saturating_add(distance(length)));
        }
        if !facts.proven {
            if width == 0 || height == 0 {
                return Err(Step::No);
            }
            (facts.width, facts.height) = (width, height);
        }
        Ok((end, more))
    }

    fn entry(&mut self, data: &[u8], at: usize) -> Result<Entry, Step> {
        let (tag, kind) = (self.u16(data, at)?, self.u16(data, at + 2)?);
        if !(1..=18).contains(&kind) {
            return Err(Step::No);
        }
        let (value, word) = if self.wide { (at + 12, 8) } else { (at + 8, 4) };
        let count = u32::try_from(self.offset(data, at + 4)?).unwrap_or(u32::MAX);
        let inline = u64::from(count) * size_of(kind) as u64 <= word;
        let at = if inline { value } else { self.offset(data, value)? };
        Ok(Entry { tag, kind, count, at })
    }

    /// One number of a field; those of other kinds count as 0.
    fn value(&mut self, data: &[u8], entry: &Entry, index: u32) -> Result<u32, Step> {
        if index >= entry.count {
            return Ok(0);
        }
        let at = entry.at.saturating_add(distance(index).saturating_mul(size_of(entry.kind)));
        match entry.kind {
            3 => self.u16(data, at).map(u32::from),
            4 | 13 => self.u32(data, at),
            16 | 18 => self.u64(data, at).map(|value| u32::try_from(value).unwrap_or(u32::MAX)),
            _ => Ok(0),
        }
    }

    /// A place in the file.
    fn offset(&mut self, data: &[u8], at: usize) -> Result<usize, Step> {
        let offset = if self.wide { self.u64(data, at)? } else { self.u32(data, at)?.into() };
        Ok(usize::try_from(offset).unwrap_or(usize::MAX))
    }

    fn u16(&mut self, data: &[u8], at: usize) -> Result<u16, Step> {
        self.need = at.saturating_add(2);
        let field = bytes(data, at)?;
        Ok(if self.big { u16::from_be_bytes(field) } else { u16::from_le_bytes(field) })
    }

    fn u32(&mut self, data: &[u8], at: usize) -> Result<u32, Step> {
        self.need = at.saturating_add(4);
        let field = bytes(data, at)?;
        Ok(if self.big { u32::from_be_bytes(field) } else { u32::from_le_bytes(field) })
    }

    fn u64(&mut self, data: &[u8], at: usize) -> Result<u64, Step> {
        self.need = at.saturating_add(8);
        let field = bytes(data, at)?;
        Ok(if self.big { u64::from_be_bytes(field) } else { u64::from_le_bytes(field) })
    }
}

/// Bytes of one value of a kind.
fn size_of(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}
