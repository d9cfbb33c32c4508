//! Where a picture may begin, before any proof.
//!
//! Formats with first bytes that nothing else has are looked for everywhere. The others are looked for only where something new begins:
//! at the start of the stream or behind a picture, with or without a length in front, and at the start of a line (those that are
//! tables) or behind an empty line (those that are text).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::{memchr, memmem::Finder};

use super::parse::LONGEST_START;
use crate::media::Format;

/// First bytes that are looked for everywhere. They differ in the first two, so only one can stand at a place.
const SIGNATURES: [(Format, &[u8]); 9] = [
    (Format::Png, b"\x89PNG"),
    (Format::Jpeg, b"\xFF\xD8\xFF"),
    (Format::Gif, b"GIF8"),
    (Format::WebP, b"RIFF"),
    (Format::Qoi, b"qoif"),
    (Format::Hdr, b"#?RADIANCE"),
    (Format::Hdr, b"#?RGBE"),
    (Format::Dds, b"DDS |\0\0\0"),
    // The last one, apart from the others: so short a word is found by other means.
    (Format::Bmp, b"BM"),
];

/// Lengths of a length in front, 0 for none.
const PREFIXES: [u64; 5] = [0, 1, 2, 4, 8];

/// Bytes that the longest test of an anchored start looks at.
const LOOKS_AT: usize = 12;

/// What the first bytes of something may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Is(Format),
    /// All bytes there are fit, and there are too few.
    Maybe,
    No,
}

/// Which format the first bytes announce, before any proof.
pub(in crate::media) fn announced(data: &[u8]) -> Option<Format> {
    let everywhere = SIGNATURES.iter().find(|(_, signature)| data.starts_with(signature));
    everywhere.map(|&(format, _)| format).or_else(|| match anchored(data, true) {
        Start::Is(format) => Some(format),
        _ => None,
    })
}

/// What a place where something new begins holds; `text` when what is made of text may begin there as well.
fn anchored(data: &[u8], text: bool) -> Start {
    const TABLES: [(Format, &[u8]); 5] = [
        (Format::Jxl, b"\0\0\0\x0CJXL \r\n\x87\n"),
        (Format::Tiff, b"II*\0"),
        (Format::Tiff, b"MM\0*"),
        (Format::Tiff, b"II+\0\x08\0\0\0"),
        (Format::Tiff, b"MM\0+\0\x08\0\0"),
    ];
    const TEXTS: [(Format, &[u8]); 10] = [
        (Format::Svg, b"<svg "),
        (Format::Svg, b"<svg\n"),
        (Format::Svg, b"<svg\r"),
        (Format::Svg, b"<svg\t"),
        (Format::Svg, b"<svg>"),
        (Format::Svg, b"<svg:svg"),
        (Format::Svg, b"<?xml"),
        (Format::Svg, b"<!--"),
        (Format::Svg, b"<!DOCTYPE sv"),
        (Format::Svg, b"\xEF\xBB\xBF<"),
    ];
    let mut maybe = false;
    let texts = TEXTS.iter().filter(|_| text);
    for &(format, signature) in TABLES.iter().chain(texts) {
        if data.starts_with(signature) {
            return Start::Is(format);
        }
        maybe |= signature.starts_with(data);
    }
    for (format, fits) in [(Format::Avif, is_file_type as fn(_) -> _), (Format::Ico, is_icon)] {
        match fits(data) {
            Some(true) => return Start::Is(format),
            Some(false) => {}
            None => maybe = true,
        }
    }
    if text {
        match data {
            [0xFF, 0x0A, ..] => return Start::Is(Format::Jxl),
            [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..] => return Start::Is(Format::Pnm),
            [0xFF | b'P'] | [b'P', b'1'..=b'7'] => maybe = true,
            _ => {}
        }
    }
    if maybe { Start::Maybe } else { Start::No }
}

/// A box `ftyp` of less than 64 KiB; `None` while that may still come out.
fn is_file_type(data: &[u8]) -> Option<bool> {
    let pattern = [Some(0), Some(0), None, None, Some(b'f'), Some(b't'), Some(b'y'), Some(b'p')];
    fits(data, &pattern)
}

/// A directory of 1 to 128 icons or cursors.
fn is_icon(data: &[u8]) -> Option<bool> {
    let pattern = [Some(0), Some(0), None, Some(0), None, Some(0), None, None, None, Some(0)];
    let kind = data.get(2).is_none_or(|kind| matches!(kind, 1 | 2));
    let count = data.get(4).is_none_or(|count| (1..=128).contains(count));
    if kind && count { fits(data, &pattern) } else { Some(false) }
}

/// `data` may be the first bytes of a signature that goes on behind them. Almost never: the first byte says so.
fn begins_one(data: &[u8]) -> bool {
    SIGNATURES.iter().any(|(_, signature)| signature.first() == data.first() && signature.starts_with(data))
}

/// Where the bytes at the end may be the first ones of a picture that goes on behind them; their length when none are.
pub(super) fn may_begin(data: &[u8]) -> usize {
    let from = data.len().saturating_sub(LONGEST_START - 1).max(1);
    let begun = |at: &usize| {
        let end = data.get(*at..).unwrap_or_default();
        begins_one(end) || SIGNATURES.iter().any(|(_, signature)| end.starts_with(signature))
    };
    (from..data.len()).find(begun).unwrap_or(data.len())
}

fn fits(data: &[u8], pattern: &[Option<u8>]) -> Option<bool> {
    let fits = data.iter().zip(pattern).all(|(byte, want)| want.is_none_or(|want| *byte == want));
    (!fits || data.len() >= pattern.len()).then_some(fits)
}

/// What the search knows of the stream before the bytes it is given, and how far it has looked in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// The bytes just before.
    trail: [u8; 3],
    /// Offset in the stream at which something new began: its start, or the place behind a picture.
    fresh: u64,
    everywhere: Lane,
    bitmap: Lane,
    /// No anchored start stands at the start of a line before this place.
    lines: usize,
}

impl Search {
    /// What is known when the bytes before are forgotten.
    pub(super) fn after(trail: [u8; 3], fresh: u64) -> Self {
        Self { trail, fresh, ..Self::default() }
    }

    /// What to begin the next bytes with, after `data`.
    pub(super) fn state(&self, data: &[u8]) -> ([u8; 3], u64) {
        (self.trail_at(data, data.len()), self.fresh)
    }

    /// Something new begins at this offset.
    pub(super) fn begin(&mut self, offset: u64) {
        self.fresh = offset;
    }

    /// The first place at or after `from` where a picture may begin, and which. Without one: `None`, and the place from which on the
    /// bytes are still needed. `base` is the offset of the first byte. With `last`, nothing will follow.
    pub(super) fn next(&mut self, data: &[u8], base: u64, from: usize, last: bool) -> (usize, Option<Format>) {
        let find = |rest: &[u8]| ANYWHERE.find(rest).map(|hit| hit.start());
        let longest = LONGEST - 1;
        let sure = self.everywhere.next(data, from, longest, find);
        let bitmap = self.bitmap.next(data, from, 1, |rest| BITMAP.find(rest));
        let strong = [sure, bitmap].into_iter().flatten().min();
        let mut keep = strong.unwrap_or(data.len());
        match self.anchor(data, base, from, keep, last) {
            Some((at, Start::Is(format))) => return (at, Some(format)),
            Some((at, _)) => keep = at,
            None => {
                if let Some(at) = strong {
                    return (at, data.get(at..).and_then(announced));
                }
            }
        }
        if !last {
            let tail = from.max((data.len() + 1).saturating_sub(LONGEST));
            let begun = |at: &usize| begins_one(data.get(*at..).unwrap_or_default());
            keep = (tail..keep).find(begun).unwrap_or(keep);
        }
        (keep, None)
    }

    /// The first anchored start in `from..before`, or the place where one may have begun.
    fn anchor(&mut self, data: &[u8], base: u64, from: usize, before: usize, last: bool) -> Option<(usize, Start)> {
        let fresh = PREFIXES.iter().find_map(|prefix| {
            let at = usize::try_from((self.fresh + prefix).checked_sub(base)?).ok()?;
            (from..before).contains(&at).then_some(())?;
            test(data, at, true, last)
        });
        let before = fresh.map_or(before, |(at, _)| at);
        let mut at = from.max(self.lines);
        let line = loop {
            if at >= before {
                break None;
            }
            if self.back(data, at, 1) == b'\n' {
                let (two, three) = (self.back(data, at, 2), self.back(data, at, 3));
                let empty = two == b'\n' || two == b'\r' && three == b'\n';
                if let Some(hit) = test(data, at, empty, last) {
                    break Some(hit);
                }
            }
            at = match data.get(at..before).and_then(|rest| memchr(b'\n', rest)) {
                Some(skip) => at + skip + 1,
                None => before,
            };
        };
        self.lines = at.min(before);
        line.or(fresh)
    }

    /// The bytes before `start` are gone.
    pub(super) fn rebase(&mut self, data: &[u8], start: usize) {
        self.trail = self.trail_at(data, start);
        self.lines = self.lines.saturating_sub(start);
        self.everywhere.rebase(start);
        self.bitmap.rebase(start);
    }

    fn trail_at(&self, data: &[u8], at: usize) -> [u8; 3] {
        [self.back(data, at, 3), self.back(data, at, 2), self.back(data, at, 1)]
    }

    /// The byte `steps` (1 to 3) before a place.
    fn back(&self, data: &[u8], at: usize, steps: usize) -> u8 {
        let place = at.checked_sub(steps).map(|at| data.get(at));
        place.unwrap_or_else(|| self.trail.get(3 + at - steps)).copied().unwrap_or(0)
    }
}

/// What stands at a place, unless it is nothing.
fn test(data: &[u8], at: usize, text: bool, last: bool) -> Option<(usize, Start)> {
    let rest = data.get(at..)?;
    match anchored(rest.get(..LOOKS_AT).unwrap_or(rest), text) {
        Start::No => None,
        Start::Maybe if last => None,
        start => Some((at, start)),
    }
}

const LONGEST: usize = 10;

static ANYWHERE: LazyLock<Anywhere> = LazyLock::new(Anywhere::new);
static BITMAP: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"BM"));

/// Finds the first of all signatures but the last.
struct Anywhere(Option<AhoCorasick>);

impl Anywhere {
    fn new() -> Self {
        let words = SIGNATURES.iter().map(|(_, signature)| signature).filter(|signature| signature.len() > 2);
        Self(AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok())
    }

    fn find(&self, rest: &[u8]) -> Option<aho_corasick::Match> {
        self.0.as_ref()?.find(rest)
    }
}

/// How far something has been looked for. Without this memory, a stream full of one signature would be searched for the others again
/// at each of them.
#[derive(Clone, Debug, Default)]
struct Lane {
    /// The last one found.
    hit: Option<usize>,
    /// None begins before this place, but for `hit`.
    searched: usize,
}

impl Lane {
    /// The first place at or after `from` that `find` finds; the end may hold up to `partly` bytes of one that is not whole yet.
    fn next(
        &mut self,
        data: &[u8],
        from: usize,
        partly: usize,
        find: impl FnOnce(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        if self.hit.is_none_or(|hit| hit < from) {
            let begin = from.max(self.searched);
            self.hit = data.get(begin..).and_then(find).map(|at| begin + at);
            self.searched = match self.hit {
                Some(hit) => hit + 1,
                None => begin.max(data.len().saturating_sub(partly)),
            };
        }
        self.hit
    }

    fn rebase(&mut self, start: usize) {
        self.hit = self.hit.and_then(|hit| hit.checked_sub(start));
        self.searched = self.searched.saturating_sub(start);
    }
}

impl Format {
    /// Which one these bytes are: by their first ones, and where those say nothing, by the name of the file.
    #[must_use]
    pub fn of_file(bytes: &[u8], name: &str) -> Option<Self> {
        let by_name = || name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("tga"));
        announced(bytes).or_else(|| by_name().then_some(Self::Tga))
    }
}
