//! Deflate, which says of itself when it has come to its end.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

/// Undoes `deflate`, with the head and the checksum of zlib or without.
pub(super) struct Inflate {
    state: Decompress,
    ended: bool,
}

impl Inflate {
    pub(super) fn new(zlib: bool) -> Self {
        Self { state: Decompress::new(zlib), ended: false }
    }

    /// Takes packed bytes; bytes after the end are none of it. At most `room` bytes go to the end of `out`.
    pub(super) fn feed(&mut self, mut bytes: &[u8], mut room: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let mut piece = [0; 16 << 10];
        while !self.ended {
            let before = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(bytes, &mut piece, FlushDecompress::None)?;
            let taken = usize::try_from(self.state.total_in() - before.0).unwrap_or(usize::MAX);
            let given = usize::try_from(self.state.total_out() - before.1).unwrap_or(usize::MAX);
            room = room.checked_sub(given as u64).ok_or(io::ErrorKind::StorageFull)?;
            out.extend_from_slice(piece.get(..given).unwrap_or_default());
            bytes = bytes.get(taken..).unwrap_or_default();
            self.ended = status == Status::StreamEnd;
            if given < piece.len() && bytes.is_empty() || taken == 0 && given == 0 {
                break;
            }
        }
        Ok(())
    }

    /// An error when the end was not there.
    pub(super) fn finish(&self) -> io::Result<()> {
        if self.ended { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}
