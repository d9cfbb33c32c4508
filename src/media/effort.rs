//! How much work one run of a decoder may be, and the readers that hand it its bytes only as long as it is not more.
//!
//! A decoder is other people's code and has no way to be stopped; but it asks for its bytes a few at a time. An [`Effort`] is
//! asked with each of them, and once it is over there are no more bytes: the decoder ends as it does over a file that is cut
//! short, and what it made so far is there. Must not know formats.

use std::{
    cell::Cell,
    io::{self, BufRead, Read, Seek, SeekFrom},
    rc::Rc,
    time::{Duration, Instant},
};

use zune_jpeg::zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// Bytes that are handed out between two questions: four thousand can be four million when they are unpacked.
const BYTES: usize = 4096;
/// The same for JPEG, of which twelve bytes can ask for a walk over all blocks of the picture.
const JPEG_BYTES: usize = 64;

/// How much work a decoder may be, in time of the processor: that others are busy as well is not its fault.
#[derive(Debug)]
pub(super) struct Effort {
    allowed: Cell<Duration>,
    began: Cell<Duration>,
    /// Before this moment it cannot be over.
    look: Cell<Instant>,
    steps: Cell<u64>,
    most: u64,
    over: Cell<bool>,
}

impl Effort {
    /// For one run that begins now, on this thread.
    pub(super) fn new(allowed: Duration) -> Rc<Self> {
        Self::with(allowed, u64::MAX)
    }

    fn with(allowed: Duration, most: u64) -> Rc<Self> {
        Rc::new(Self {
            allowed: Cell::new(allowed),
            began: Cell::new(worked()),
            look: Cell::new(Instant::now() + allowed),
            steps: Cell::new(0),
            most,
            over: Cell::new(false),
        })
    }

    /// For the same run once more: it ends at the very step where this one ended.
    pub(super) fn again(&self) -> Rc<Self> {
        Self::with(Duration::MAX / 4, self.steps.get())
    }

    /// Begins anew, for the next piece of work of the same decoder.
    pub(super) fn renew(&self) {
        self.began.set(worked());
        self.look.set(Instant::now() + self.allowed.get());
        self.over.set(false);
    }

    /// Does something that is bounded by other means and does not count.
    pub(super) fn uncounted<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = worked();
        let done = work();
        self.began.set(self.began.get() + worked().saturating_sub(before));
        done
    }

    /// One step of the work; false when it was more than is allowed.
    pub(super) fn step(&self) -> bool {
        if self.over.get() {
            return false;
        }
        if self.steps.get() >= self.most || self.is_late() {
            self.over.set(true);
            return false;
        }
        self.steps.set(self.steps.get() + 1);
        true
    }

    /// It took more than is allowed.
    pub(super) fn is_over(&self) -> bool {
        self.over.get()
    }

    fn is_late(&self) -> bool {
        if self.most != u64::MAX {
            return false;
        }
        let now = Instant::now();
        if now < self.look.get() {
            return false;
        }
        let left = self.allowed.get().saturating_sub(worked().saturating_sub(self.began.get()));
        self.look.set(now + left.max(Duration::from_millis(1)));
        left.is_zero()
    }
}

/// What the processor worked for this thread.
#[cfg(unix)]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// What went by: this system's word on a thread's share of it is not asked.
#[cfg(not(unix))]
fn worked() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Bytes in memory, handed out within an [`Effort`]; an error says that it is over.
pub(super) struct Metered<B> {
    bytes: B,
    at: usize,
    /// Bytes before this place are handed out without a question.
    granted: usize,
    effort: Rc<Effort>,
}

impl<B: AsRef<[u8]>> Metered<B> {
    pub(super) fn new(bytes: B, effort: &Rc<Effort>) -> Self {
        Self { bytes, at: 0, granted: 0, effort: Rc::clone(effort) }
    }

    fn go_to(&mut self, place: u64) -> u64 {
        self.at = usize::try_from(place).unwrap_or(usize::MAX);
        // Whoever goes back and forth is asked each time.
        self.granted = self.at;
        place
    }
}

impl<B: AsRef<[u8]>> BufRead for Metered<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.bytes.as_ref();
        if self.granted <= self.at && self.at < bytes.len() {
            if !self.effort.step() {
                return Err(io::Error::other("it takes too long"));
            }
            self.granted = self.at + BYTES.min(bytes.len() - self.at);
        }
        Ok(bytes.get(self.at..self.granted.min(bytes.len())).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<B: AsRef<[u8]>> Read for Metered<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let count = there.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), there.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<B: AsRef<[u8]>> Seek for Metered<B> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(place) => return Ok(self.go_to(place)),
            SeekFrom::End(by) => (self.bytes.as_ref().len(), by),
            SeekFrom::Current(by) => (self.at, by),
        };
        let place = (from as u64).checked_add_signed(by).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.go_to(place))
    }
}

/// A reader that is asked for its bytes within an [`Effort`]: for what unpacks from memory into memory.
pub(super) struct Paced<'a, R> {
    pub(super) inner: R,
    pub(super) effort: &'a Effort,
}

impl<R: Read> Read for Paced<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.effort.step() {
            return Err(io::Error::other("it takes too long"));
        }
        let most = out.len().min(16 * BYTES);
        self.inner.read(out.get_mut(..most).unwrap_or_default())
    }
}

/// [`Metered`] for the JPEG decoder, which reads byte by byte: the bytes end where the effort is over.
pub(super) struct MeteredJpeg<'a> {
    bytes: &'a [u8],
    at: usize,
    granted: usize,
    effort: Rc<Effort>,
}

impl<'a> MeteredJpeg<'a> {
    pub(super) fn new(bytes: &'a [u8], effort: &Rc<Effort>) -> Self {
        Self { bytes, at: 0, granted: 0, effort: Rc::clone(effort) }
    }

    /// What may be read at the place where it stands.
    #[inline]
    fn there(&mut self) -> &'a [u8] {
        if self.granted < self.bytes.len() && self.granted < self.at.saturating_add(JPEG_BYTES / 2) {
            self.ask();
        }
        self.bytes.get(self.at..self.granted).unwrap_or_default()
    }

    #[cold]
    fn ask(&mut self) {
        if self.effort.step() {
            self.granted = self.at.saturating_add(JPEG_BYTES).min(self.bytes.len());
        } else {
            self.granted = self.at;
            self.bytes = self.bytes.get(..self.at).unwrap_or(self.bytes);
        }
    }
}

impl ZByteReaderTrait for MeteredJpeg<'_> {
    #[inline]
    fn read_byte_no_error(&mut self) -> u8 {
        let byte = self.there().first().copied();
        self.at += usize::from(byte.is_some());
        byte.unwrap_or(0)
    }

    #[inline]
    fn read_exact_bytes(&mut self, out: &mut [u8]) -> Result<(), ZByteIoError> {
        self.peek_exact_bytes(out)?;
        self.at += out.len();
        Ok(())
    }

    fn read_bytes(&mut self, out: &mut [u8]) -> Result<usize, ZByteIoError> {
        let count = self.peek_bytes(out)?;
        self.at += count;
        Ok(count)
    }

    fn peek_bytes(&mut self, out: &mut [u8]) -> Result<usize, ZByteIoError> {
        let mut there = self.there();
        if there.len() < out.len() {
            // A segment is longer than what is handed out at a time, and is taken whole.
            there = self.bytes.get(self.at..).unwrap_or_default();
        }
        let count = there.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), there.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }

    #[inline]
    fn peek_exact_bytes(&mut self, out: &mut [u8]) -> Result<(), ZByteIoError> {
        let wanted = out.len();
        match self.peek_bytes(out)? {
            count if count == wanted => Ok(()),
            count => Err(ZByteIoError::NotEnoughBytes(count, wanted)),
        }
    }

    fn z_seek(&mut self, to: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let (from, by) = match to {
            ZSeekFrom::Start(place) => (usize::try_from(place).unwrap_or(usize::MAX), 0),
            ZSeekFrom::End(by) => (self.bytes.len(), by),
            ZSeekFrom::Current(by) => (self.at, by),
        };
        let place = (from as u64).checked_add_signed(by).ok_or(ZByteIoError::SeekError("before the beginning"))?;
        self.at = usize::try_from(place).unwrap_or(usize::MAX).min(self.bytes.len());
        Ok(place)
    }

    #[inline]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.there().is_empty())
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(self.at as u64)
    }

    fn read_remaining(&mut self, out: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        out.extend_from_slice(rest);
        self.at += rest.len();
        Ok(rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_end_when_the_work_is_more_than_is_allowed_and_at_the_same_byte_the_second_time() {
        let bytes = vec![7; 10 * BYTES];
        let effort = Effort::with(Duration::MAX / 4, 3);
        let mut out = Vec::new();
        assert!(Metered::new(&bytes, &effort).read_to_end(&mut out).is_err());
        assert!(effort.is_over() && out.len() == 3 * BYTES);
        let again = effort.again();
        let mut once_more = Vec::new();
        assert!(Metered::new(&bytes, &again).read_to_end(&mut once_more).is_err() && once_more == out);
        let mut jpeg = MeteredJpeg::new(&bytes, &Effort::with(Duration::MAX / 4, 2));
        let read = std::iter::repeat_with(|| jpeg.read_byte_no_error()).take(1000).filter(|byte| *byte == 7).count();
        assert!((JPEG_BYTES..3 * JPEG_BYTES).contains(&read) && jpeg.is_eof().unwrap(), "{read}");
        let mut whole = Vec::new();
        assert_eq!(Metered::new(&bytes, &Effort::new(Duration::MAX / 4)).read_to_end(&mut whole).unwrap(), bytes.len());
    }

    #[test]
    fn it_is_the_processors_time_that_counts() {
        let effort = Effort::new(Duration::from_millis(20));
        if cfg!(unix) {
            std::thread::sleep(Duration::from_millis(30));
            assert!(effort.step());
        }
        let start = Instant::now();
        while effort.step() {
            assert!(start.elapsed() < Duration::from_secs(20));
        }
        assert!(effort.is_over());
        effort.renew();
        assert!(effort.step() && !effort.is_over());
    }
}
