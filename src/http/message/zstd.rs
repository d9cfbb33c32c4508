//! Zstandard block by block, so that a few bytes cannot become gigabytes at once.

use std::io;

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The largest window that HTTP allows (RFC 9659).
const WINDOW: u64 = 8 << 20;

/// One frame on its way.
pub(super) struct Zstd {
    decoder: FrameDecoder,
    pending: Vec<u8>,
    begun: bool,
    has_checksum: bool,
}

impl Default for Zstd {
    fn default() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Self { decoder, pending: Vec::new(), begun: false, has_checksum: false }
    }
}

impl Zstd {
    pub(super) fn feed(&mut self, bytes: &[u8], room: u64, out: &mut Vec<u8>) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        let begin = out.len();
        loop {
            let have = self.pending.len();
            let needed = if self.begun { self.block() } else { self.header() };
            let Some(needed) = needed.filter(|needed| *needed <= have) else { return Ok(()) };
            let rest = self.pending.split_off(needed);
            let part = std::mem::replace(&mut self.pending, rest);
            let wrong = |_| io::Error::from(io::ErrorKind::InvalidData);
            if self.begun {
                let mut part = part.as_slice();
                self.decoder.decode_blocks(&mut part, BlockDecodingStrategy::UptoBlocks(1)).map_err(wrong)?;
            } else {
                self.decoder.reset(part.as_slice()).map_err(wrong)?;
                self.begun = true;
                self.has_checksum = part.get(4).is_some_and(|descriptor| descriptor & 4 != 0);
            }
            if (out.len() - begin + self.decoder.can_collect()) as u64 > room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            out.extend(self.decoder.collect().unwrap_or_default());
        }
    }

    pub(super) fn finish(&self) -> io::Result<()> {
        if self.begun && self.decoder.is_finished() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Length of the frame's header, by its descriptor (RFC 8878 3.1.1.1).
    fn header(&self) -> Option<usize> {
        let descriptor = *self.pending.get(4)?;
        let single = descriptor & 0x20 != 0;
        let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied()?;
        let size = match descriptor >> 6 {
            0 => usize::from(single),
            power => 1 << power,
        };
        Some(5 + usize::from(!single) + dictionary + size)
    }

    /// Length of the next block with its header, and with the checksum after the last (3.1.1.2).
    fn block(&self) -> Option<usize> {
        if self.decoder.is_finished() {
            return None;
        }
        let [first, second, third] = self.pending.get(..3)?.try_into().ok()?;
        let header = u32::from_le_bytes([first, second, third, 0]);
        let size = usize::try_from(header >> 3).ok()?;
        let is_run = (header >> 1) & 3 == 1;
        let checksum = if self.has_checksum && header & 1 == 1 { 4 } else { 0 };
        Some(3 + if is_run { 1 } else { size } + checksum)
    }
}
