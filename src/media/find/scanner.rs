//! Finds where a picture may begin, keeps its bytes while a parser follows it, and cuts it out.
//!
//! The stream is a sequence of places; the first one at which a signature stands is tried. A candidate that fails costs one place, a
//! picture costs its own length, and the search goes on there. Bytes are kept only from the current candidate on. Nothing is searched
//! twice: each signature remembers how far it has been looked for, and a parser remembers how far it got.

use std::collections::VecDeque;

use super::parse::Step;
use super::parser::Parser;
use super::starts::{Search, may_begin};
use crate::media::{Arriving, Ending, Filling, Found, MAX_PICTURE};

/// Finds the pictures in one direction of one stream.
///
/// Feed it every byte in order, in pieces of any size: the pictures found are the same. Idle it takes a few words and no heap; during a
/// candidate it holds the candidate's bytes, at most [`MAX_PICTURE`] and the last piece fed. Pictures inside pictures (thumbnails) are
/// not reported on their own.
#[derive(Debug, Default)]
pub struct Scanner {
    /// Bytes that went by, looked at or not.
    seen: u64,
    active: Option<Box<Active>>,
    /// Found when there was nobody to hand it to: at a skip.
    pending: VecDeque<Found>,
    /// The last bytes seen, and where something new began: what the search goes on with.
    before: ([u8; 3], u64),
}

/// The bytes since the current candidate began; they end where the stream stands.
#[derive(Debug)]
struct Active {
    kept: Vec<u8>,
    walk: Walk,
}

impl Scanner {
    /// At the start of a stream: the next byte has offset 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks at the next bytes of the stream and appends to `found` each picture that ends in them, in order.
    pub fn feed(&mut self, bytes: &[u8], found: &mut Vec<Found>) {
        found.extend(self.pending.drain(..));
        if bytes.is_empty() {
            return;
        }
        let base = self.base();
        if let Some(mut active) = self.active.take() {
            active.kept.extend_from_slice(bytes);
            active.walk.run(&active.kept, base, false, found);
            self.before = active.walk.search.state(&active.kept);
            if active.walk.start < active.kept.len() {
                active.release();
                self.active = Some(active);
            }
        } else {
            let (trail, fresh) = self.before;
            let mut walk = Walk { search: Search::after(trail, fresh), ..Walk::default() };
            walk.run(bytes, base, false, found);
            self.before = walk.search.state(bytes);
            if let Some(kept) = bytes.get(walk.start..).filter(|kept| !kept.is_empty()) {
                let kept = kept.to_vec();
                walk.rebase(bytes);
                self.active = Some(Box::new(Active { kept, walk }));
            }
        }
        self.seen += count(bytes.len());
    }

    /// Tells that `count` bytes went by unseen. A picture that was coming in ends here as [`Ending::CutShort`] and is handed over by the
    /// next [`feed`](Self::feed) or [`finish`](Self::finish).
    pub fn skip(&mut self, count: u64) {
        if count > 0 {
            self.close();
            self.seen += count;
            self.before = ([0; 3], self.seen);
        }
    }

    /// Tells that what is coming in ended before the byte at `offset`: a picture is handed over as far as it came, and the bytes from
    /// there on are looked at anew.
    pub fn cut(&mut self, offset: u64, found: &mut Vec<Found>) {
        let base = self.base();
        let Some(active) = &mut self.active else { return };
        let at = usize::try_from(offset.saturating_sub(base)).unwrap_or(usize::MAX).min(active.kept.len());
        let rest = active.kept.split_off(at);
        self.seen -= count(rest.len());
        self.close();
        self.begin();
        found.extend(self.pending.drain(..));
        self.feed(&rest, found);
    }

    /// Tells that the stream has ended and hands over what is left, a running picture as [`Ending::CutShort`]. Call it until it returns
    /// `None`: a candidate that comes to nothing may have held whole pictures, and a [`skip`](Self::skip) may have left one.
    pub fn finish(&mut self) -> Option<Found> {
        self.close();
        self.pending.pop_front()
    }

    /// Tells that what follows begins anew, as at the start of a stream, unless something is coming in.
    pub fn begin(&mut self) {
        if self.active.is_none() {
            self.before = ([0; 3], self.seen);
        }
    }

    /// How many bytes went by so far: the offset of the next one.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.seen
    }

    /// The offset of the first byte that may still belong to a picture.
    #[must_use]
    pub fn needs(&self) -> u64 {
        self.base() + self.active.as_ref().map_or(0, |active| count(active.walk.start))
    }

    /// Whether it holds bytes: of a picture, or of what may become one.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.active.is_some()
    }

    /// What the picture is made of where it has come to.
    #[must_use]
    pub fn filling(&self) -> Filling {
        let parser = self.active.as_ref().and_then(|active| active.walk.parser.as_ref());
        parser.filter(|parser| parser.facts.proven).map_or(Filling::Structure, |parser| parser.facts.filling)
    }

    /// Memory that the bytes it holds take.
    #[must_use]
    pub fn held(&self) -> usize {
        self.active.as_ref().map_or(0, |active| active.kept.capacity())
    }

    /// The picture that is coming in right now, once its header has proved right, and its bytes so far.
    #[must_use]
    pub fn arriving(&self) -> Option<(Arriving, &[u8])> {
        let active = self.active.as_deref()?;
        let parser = active.walk.parser.as_ref()?;
        let bytes = active.kept.get(active.walk.start..)?;
        let arriving = Arriving {
            format: parser.format,
            width: parser.facts.width,
            height: parser.facts.height,
            offset: self.needs(),
            received: bytes.len(),
            expected: parser.facts.expected,
        };
        parser.facts.proven.then_some((arriving, bytes))
    }

    /// The offset of the first byte kept, or of the next byte.
    fn base(&self) -> u64 {
        let kept = self.active.as_ref().map_or(0, |active| active.kept.len());
        self.seen - count(kept)
    }

    /// Takes what is there as all there is.
    fn close(&mut self) {
        let base = self.base();
        if let Some(mut active) = self.active.take() {
            let mut found = Vec::new();
            active.walk.run(&active.kept, base, true, &mut found);
            self.pending.extend(found);
        }
    }
}

impl Active {
    /// Gives back the bytes before the candidate, once that is worth copying the rest.
    fn release(&mut self) {
        if self.walk.start > self.kept.len() / 2 {
            let rest = self.kept.split_off(self.walk.start);
            self.walk.rebase(&self.kept);
            self.kept = rest;
        }
    }
}

/// How far the search has come in a run of bytes.
#[derive(Debug, Default)]
struct Walk {
    /// The candidate's first byte, or the first byte that may still be one; the length when no byte is needed any more.
    start: usize,
    parser: Option<Parser>,
    search: Search,
}

impl Walk {
    /// Goes as far as `data` allows; `base` is the offset of its first byte. With `last`, nothing will follow.
    fn run(&mut self, data: &[u8], base: u64, last: bool, found: &mut Vec<Found>) {
        loop {
            let mut parser = if let Some(parser) = self.parser.take() {
                parser
            } else {
                let (start, format) = self.search.next(data, base, self.start, last);
                self.start = start;
                let Some(format) = format else { return };
                Parser::new(format, data.get(start..).unwrap_or_default())
            };
            let rest = data.get(self.start..).unwrap_or_default();
            let window = rest.get(..MAX_PICTURE).unwrap_or(rest);
            let step = match parser.advance(window) {
                Step::More if window.len() == MAX_PICTURE => parser.facts.fail(MAX_PICTURE),
                Step::More if last && parser.is_sure(window) && parser.facts.open => Step::Complete(window.len()),
                Step::More if last && parser.is_sure(window) => Step::Cut(window.len()),
                Step::More if last => Step::No,
                step => step,
            };
            let (length, ending, stride) = match step {
                Step::More => {
                    self.parser = Some(parser);
                    return;
                }
                Step::No => {
                    self.start += 1;
                    continue;
                }
                Step::Complete(end) => (end, Ending::Complete, end),
                Step::Cut(end) => (end, Ending::CutShort, end),
                // The next picture's first bytes may have been taken for this one's last: it ends before them.
                Step::Broken(end) => {
                    let end = may_begin(window.get(..end).unwrap_or(window));
                    (end, Ending::Broken, end)
                }
            };
            found.push(Found {
                format: parser.format,
                ending,
                filling: parser.facts.filling,
                offset: base + count(self.start),
                width: parser.facts.width,
                height: parser.facts.height,
                bytes: window.get(..length).unwrap_or(window).to_vec(),
            });
            self.start += stride.max(1);
            self.search.begin(base + count(self.start));
        }
    }

    /// The bytes before `start` are gone.
    fn rebase(&mut self, data: &[u8]) {
        self.search.rebase(data, self.start);
        self.start = 0;
    }
}

/// A length as a count of bytes; no memory is larger than 64 bits.
fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
