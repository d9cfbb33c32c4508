//! The byte stream of one direction as the calls of both ends cut it, and its newest bytes in one piece.

use crate::{
    journal::Seq,
    model::Direction,
    ui::views::{
        shared::calls::{BYTES, Calls},
        stream::cut,
    },
};

/// Points that one byte takes at plain width: that of a character.
const BYTE: f32 = 7.6;
/// The narrowest and the widest piece between two borders.
const NARROW: f32 = 58.0;
const WIDE: f32 = 340.0;

/// The bytes of one call within the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) seq: Seq,
    pub(super) nanos: u64,
    /// How many bytes of the stream came before it.
    pub(super) start: u64,
    pub(super) length: u64,
    /// Nanoseconds since the call before; none for the first.
    pub(super) gap: Option<u64>,
    pub(super) preview: String,
}

impl Chunk {
    pub(super) fn end(&self) -> u64 {
        self.start + self.length
    }
}

/// All calls of one direction that are known, oldest first.
pub(super) fn lane(calls: &Calls, direction: Direction) -> Vec<Chunk> {
    let mut start = calls.before(direction);
    let mut before = None;
    let list = calls.list().iter().filter(|call| call.event.direction() == Some(direction));
    list.map(|call| {
        let chunk = Chunk {
            seq: call.seq,
            nanos: call.nanos,
            start,
            length: call.length,
            gap: before.map(|before| call.nanos.saturating_sub(before)),
            preview: call.preview.clone(),
        };
        before = Some(call.nanos);
        start = chunk.end();
        chunk
    })
    .collect()
}

/// The newest bytes of one direction that were kept without a gap, at most 1 MiB.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    /// How many bytes of the stream came before them.
    pub(super) start: u64,
    pub(super) content: Vec<u8>,
    pub(super) calls: Vec<cut::Call>,
    /// A call right before them was kept in part or not at all.
    pub(super) is_after_gap: bool,
}

pub(super) fn bytes(calls: &Calls, direction: Direction) -> Bytes {
    let list = || calls.list().iter().filter(|call| call.event.direction() == Some(direction));
    let all = list().map(|call| call.length).sum::<u64>();
    let (mut room, mut count, mut is_after_gap) = (BYTES, 0, false);
    for call in list().rev() {
        if call.cut || call.payload.len() > room {
            is_after_gap = true;
            break;
        }
        room -= call.payload.len();
        count += 1;
    }
    let skipped = list().count() - count;
    let mut kept = Bytes { is_after_gap, ..Bytes::default() };
    for call in list().skip(skipped) {
        kept.calls.push(cut::Call { start: kept.content.len(), nanos: call.nanos });
        kept.content.extend_from_slice(&call.payload);
    }
    kept.start = calls.before(direction) + all - kept.content.len() as u64;
    kept
}

/// Where each border of the stream stands on the screen: the same offset at the same place in both lanes. A piece is
/// as wide as its bytes, within bounds.
#[derive(Debug, Default)]
pub(super) struct Scale {
    borders: Vec<(u64, f32)>,
}

impl Scale {
    pub(super) fn new(lanes: [&[Chunk]; 2], zoom: f32) -> Self {
        let mut offsets: Vec<u64> =
            lanes.iter().flat_map(|lane| lane.iter().flat_map(|c| [c.start, c.end()])).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut x = 0.0;
        let mut before = offsets.first().copied().unwrap_or(0);
        let borders = offsets.into_iter().map(|offset| {
            if offset > before {
                x += ((offset - before) as f32 * BYTE * zoom + 16.0).clamp(NARROW, WIDE * zoom.max(1.0));
            }
            before = offset;
            (offset, x)
        });
        Self { borders: borders.collect() }
    }

    /// Where the border at `offset` is.
    pub(super) fn x(&self, offset: u64) -> f32 {
        let at = self.borders.partition_point(|(border, _)| *border < offset);
        self.borders.get(at).or(self.borders.last()).map_or(0.0, |(_, x)| *x)
    }

    /// The whole width.
    pub(super) fn width(&self) -> f32 {
        self.borders.last().map_or(0.0, |(_, x)| *x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(start: u64, length: u64) -> Chunk {
        Chunk { seq: 1, nanos: 0, start, length, gap: None, preview: String::new() }
    }

    #[test]
    fn the_same_offset_stands_at_the_same_place_in_both_lanes() {
        let sends = [chunk(0, 16), chunk(16, 16), chunk(32, 100_000)];
        let recvs = [chunk(0, 32), chunk(32, 60_000), chunk(60_032, 40_000)];
        let scale = Scale::new([&sends, &recvs], 1.0);
        assert_eq!(scale.borders.len(), 5);
        assert!(scale.x(16) > scale.x(0) && scale.x(32) - scale.x(16) > 100.0);
        assert!(scale.width() <= 16.0 * (BYTE + 1.0) * 2.0 + 2.0 * WIDE + 1.0);
        assert!((scale.width() - scale.x(100_032)).abs() < 0.1);
    }
}
