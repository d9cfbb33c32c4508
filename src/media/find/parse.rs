//! What the structure parsers share: how they answer, what they learn, and the look-out for another picture inside a data section.
//!
//! A parser is given all bytes of its candidate from the first one, again and again as more arrive, and remembers how far it got. Every
//! decision waits until all the bytes it needs are there, so the way a stream is chopped up cannot change the outcome.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::media::{Filling, interlace::Passes};

/// What a parser says.
///
/// Parsers return `Result<_, Step>`, so that `?` on a field that is not there yet ends the attempt with [`Step::More`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) enum Step {
    /// All is right so far; the next decision needs more bytes.
    More,
    /// Not a picture: the header did not prove right.
    No,
    /// Ends with this many bytes.
    Complete(usize),
    /// The byte at this place makes no sense: the last one that was looked at.
    Broken(usize),
    /// Another picture starts at this place, inside the data of this one.
    Cut(usize),
}

/// What a parser has learned so far.
#[derive(Debug, Default)]
pub(in crate::media) struct Facts {
    /// The header proved right: this is a picture.
    pub(in crate::media) proven: bool,
    /// As the header claims.
    pub(in crate::media) width: u32,
    /// As the header claims.
    pub(in crate::media) height: u32,
    /// Frames begun so far; 0 for a still PNG or WebP.
    pub(in crate::media) frames: u32,
    /// Bytes of the whole picture, if the header says so.
    pub(in crate::media) expected: Option<u64>,
    /// Bytes a decoder needs while it works, beside the pixels it returns.
    pub(in crate::media) work: u64,
    /// It comes in passes.
    pub(in crate::media) passes: Option<Passes>,
    /// What the bytes are made of where it has come to.
    pub(in crate::media) filling: Filling,
    /// Nothing in it tells where it ends: it goes as far as the stream.
    pub(in crate::media) open: bool,
}

impl Facts {
    /// The answer for a place that makes no sense.
    pub(in crate::media) fn fail(&self, at: usize) -> Step {
        if self.proven { Step::Broken(at) } else { Step::No }
    }
}

/// Looks through data sections (never metadata, which may hold a thumbnail) for the start of another picture. A sender that gives up in
/// the middle of one and sends the next would otherwise have both swallowed.
#[derive(Debug, Default)]
pub(in crate::media) struct Lookout {
    searched: usize,
}

/// Bytes that a [`Lookout`] searches for one start before it searches them for the next.
const BLOCK: usize = 4096;

/// The longest start that [`Lookout`] knows: signature, length and name of a PNG's first chunk.
pub(in crate::media) const LONGEST_START: usize = 16;

impl Lookout {
    /// The first place in `data[from..to]` where another picture surely starts. `to` may lie past the end of what is there.
    pub(in crate::media) fn find(&mut self, data: &[u8], from: usize, to: usize) -> Option<usize> {
        let to = to.min(data.len());
        let mut begin = from.max(self.searched.saturating_sub(LONGEST_START - 1));
        // In blocks, so that a start found early is not paid for with a search through everything behind it.
        while begin < to {
            let end = to.min(begin + BLOCK);
            if let Some(start) = surely_starts(data.get(begin..end)?) {
                return Some(begin + start);
            }
            self.searched = end;
            if end == to {
                break;
            }
            begin = end - (LONGEST_START - 1);
        }
        None
    }
}

/// The first place in `region` where a picture surely starts.
fn surely_starts(region: &[u8]) -> Option<usize> {
    static PNG: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    static JFIF: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"JFIF\0"));
    static EXIF: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"Exif\0\0"));
    static WEBP: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"WEBPVP8"));

    // Each finder knows the rare part; what stands before it is compared by hand.
    let starts = [
        PNG.find(region),
        JFIF.find_iter(region).find_map(|at| {
            let start = at.checked_sub(6)?;
            (region.get(start..at - 2)? == [0xFF, 0xD8, 0xFF, 0xE0]).then_some(start)
        }),
        EXIF.find_iter(region).find_map(|at| {
            let start = at.checked_sub(6)?;
            (region.get(start..at - 2)? == [0xFF, 0xD8, 0xFF, 0xE1]).then_some(start)
        }),
        WEBP.find_iter(region).find_map(|at| {
            let start = at.checked_sub(8)?;
            (region.get(start..at - 4)? == b"RIFF").then_some(start)
        }),
    ];
    starts.into_iter().flatten().min()
}

pub(in crate::media) fn byte(data: &[u8], at: usize) -> Result<u8, Step> {
    data.get(at).copied().ok_or(Step::More)
}

/// `N` bytes at `at`, or [`Step::More`] while not all of them are there.
pub(in crate::media) fn bytes<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], Step> {
    let rest = data.get(at..).ok_or(Step::More)?;
    rest.first_chunk().copied().ok_or(Step::More)
}

pub(in crate::media) fn be16(data: &[u8], at: usize) -> Result<u16, Step> {
    bytes(data, at).map(u16::from_be_bytes)
}

pub(in crate::media) fn be32(data: &[u8], at: usize) -> Result<u32, Step> {
    bytes(data, at).map(u32::from_be_bytes)
}

pub(in crate::media) fn le16(data: &[u8], at: usize) -> Result<u16, Step> {
    bytes(data, at).map(u16::from_le_bytes)
}

pub(in crate::media) fn le32(data: &[u8], at: usize) -> Result<u32, Step> {
    bytes(data, at).map(u32::from_le_bytes)
}

/// A length from a header as a distance in memory; one that no memory holds becomes the largest, which is never reached.
pub(in crate::media) fn distance(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
