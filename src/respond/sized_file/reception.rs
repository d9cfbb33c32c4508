//! The side that asked for a file: takes bytes as they come and tells how far the answer is.

use std::time::Duration;

/// A length that is not followed by a line feed counts as whole when nothing came for so long.
const BARE_LENGTH: Duration = Duration::from_millis(300);
/// Words instead of a length are whole when nothing came for so long.
const WORDS_PAUSE: Duration = Duration::from_millis(30);
/// Digits of a length, at most.
const DIGITS: usize = 20;
/// Bytes of words instead of a length, at most.
const WORDS: usize = 8192;

/// Where the answer to one name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The length is not known yet.
    Waiting,
    /// The file is coming.
    Coming {
        /// Bytes that came so far.
        got: u64,
        /// Bytes that were promised.
        length: u64,
    },
    /// All of so many bytes came.
    Whole(u64),
    /// Words came instead of a length, as the bytes they are: a refusal.
    Refused(Vec<u8>),
    /// The stream ended before the answer did.
    BrokenOff {
        /// Bytes of the file that came.
        got: u64,
        /// Bytes that were promised, where they were.
        length: Option<u64>,
    },
}

impl Progress {
    /// True when nothing more belongs to this answer.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Waiting | Self::Coming { .. })
    }
}

/// Takes one answer out of a stream: a decimal length with or without a line feed after it, then exactly so many bytes.
/// However the stream is cut into pieces, the result is the same.
///
/// It keeps no bytes of the file; whoever drives it puts them where they belong, and tells pauses and the end.
#[derive(Clone, Debug)]
pub struct Reception {
    /// Digits of the length, or words.
    head: Vec<u8>,
    progress: Progress,
    /// What came is no length.
    words: bool,
}

impl Default for Reception {
    fn default() -> Self {
        Self { head: Vec::new(), progress: Progress::Waiting, words: false }
    }
}

impl Reception {
    /// Where the answer stands.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How long to wait for more before [`Self::pause`] is to be called; `None` is without end.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        match self.progress {
            Progress::Waiting if self.words => Some(WORDS_PAUSE),
            Progress::Waiting if !self.head.is_empty() => Some(BARE_LENGTH),
            _ => None,
        }
    }

    /// Takes a piece of the stream. Gives the bytes in it that are the file's, and the rest that belongs to what comes
    /// after this answer.
    pub fn push<'a>(&mut self, piece: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let mut left = piece;
        while self.progress == Progress::Waiting {
            let Some((byte, rest)) = left.split_first() else { return (&[], &[]) };
            match byte {
                _ if self.words => {
                    let (words, rest) = left.split_at(left.len().min(WORDS - self.head.len()));
                    self.head.extend_from_slice(words);
                    if self.head.len() == WORDS {
                        self.pause();
                    }
                    left = rest;
                    continue;
                }
                digit if digit.is_ascii_digit() && self.head.len() < DIGITS => self.head.push(*digit),
                b'\r' if !self.head.is_empty() => {}
                b'\n' if !self.head.is_empty() => self.begin(),
                // The first byte of the file, or of words.
                _ => {
                    self.begin();
                    continue;
                }
            }
            left = rest;
        }
        let Progress::Coming { got, length } = &mut self.progress else { return (&[], left) };
        let wanted = usize::try_from(*length - *got).unwrap_or(usize::MAX);
        let (file, rest) = left.split_at(left.len().min(wanted));
        *got += file.len() as u64;
        if got == length {
            self.progress = Progress::Whole(*length);
        }
        (file, rest)
    }

    /// Nothing came for as long as [`Self::patience`] said.
    pub fn pause(&mut self) {
        if self.progress != Progress::Waiting {
            return;
        }
        if !self.words && !self.head.is_empty() {
            self.begin();
        }
        if self.words {
            self.progress = Progress::Refused(std::mem::take(&mut self.head));
        }
    }

    /// The stream ended.
    pub fn end(&mut self) {
        self.pause();
        match self.progress {
            Progress::Waiting => self.progress = Progress::BrokenOff { got: 0, length: None },
            Progress::Coming { got, length } => self.progress = Progress::BrokenOff { got, length: Some(length) },
            _ => {}
        }
    }

    /// The length ends here; what is no length is words.
    fn begin(&mut self) {
        match std::str::from_utf8(&self.head).ok().and_then(|digits| digits.parse().ok()) {
            Some(0) => self.progress = Progress::Whole(0),
            Some(length) => self.progress = Progress::Coming { got: 0, length },
            None => self.words = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `stream` in pieces of `size` bytes, then a pause if there is to be one, then the end.
    fn feed(stream: &[u8], size: usize) -> (Vec<u8>, Vec<u8>, Progress) {
        let mut reception = Reception::default();
        let (mut file, mut after) = (Vec::new(), Vec::new());
        for piece in stream.chunks(size) {
            let (mine, rest) = reception.push(piece);
            file.extend_from_slice(mine);
            after.extend_from_slice(rest);
        }
        reception.end();
        (file, after, reception.progress().clone())
    }

    #[test]
    fn the_cut_of_the_stream_makes_no_difference() {
        for size in 1..12 {
            let whole = (b"abcde".to_vec(), b"7\nnext".to_vec(), Progress::Whole(5));
            assert_eq!(feed(b"5\nabcde7\nnext", size), whole, "{size}");
            assert_eq!(feed(b"5\r\nabcde7\nnext", size), whole, "{size}");
            assert_eq!(feed(b"5abcde7\nnext", size), whole, "{size}");
            assert_eq!(feed(b"0\nx", size), (vec![], b"x".to_vec(), Progress::Whole(0)), "{size}");
            let refused = Progress::Refused(b"error: no 1 file\n".to_vec());
            assert_eq!(feed(b"error: no 1 file\n", size), (vec![], vec![], refused), "{size}");
            let broken = Progress::BrokenOff { got: 2, length: Some(9) };
            assert_eq!(feed(b"9\nab", size), (b"ab".to_vec(), vec![], broken), "{size}");
        }
        assert_eq!(feed(b"", 1).2, Progress::BrokenOff { got: 0, length: None });
    }

    #[test]
    fn a_bare_length_is_whole_after_a_pause() {
        let mut reception = Reception::default();
        assert_eq!(reception.patience(), None);
        assert_eq!(reception.push(b"3"), (&b""[..], &b""[..]));
        assert_eq!(reception.patience(), Some(BARE_LENGTH));
        reception.pause();
        assert_eq!(reception.progress(), &Progress::Coming { got: 0, length: 3 });
        assert_eq!(reception.push(b"12345"), (&b"123"[..], &b"45"[..]));
        assert_eq!(reception.progress(), &Progress::Whole(3));
        assert_eq!(reception.push(b"45"), (&b""[..], &b"45"[..]), "an answer that is over takes nothing");
    }

    #[test]
    fn neither_digits_nor_words_without_end_are_kept() {
        let (file, _, progress) = feed(&vec![b'9'; 100_000], 1000);
        assert!(
            file.is_empty() && matches!(&progress, Progress::Refused(words) if words.len() == WORDS),
            "{progress:?}"
        );
        let (_, after, progress) = feed(&vec![b'x'; 100_000], 77);
        assert!(matches!(&progress, Progress::Refused(words) if words.len() == WORDS));
        assert_eq!(after.len(), 100_000 - WORDS);
        // Longer than any file, and yet a length.
        let huge = feed(b"18446744073709551615\nabc", 5);
        assert_eq!(huge.2, Progress::BrokenOff { got: 3, length: Some(u64::MAX) });
    }
}
