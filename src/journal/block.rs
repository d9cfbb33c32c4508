//! A block of records: fixed heads and one arena for the bytes.

use std::{collections::HashMap, mem::size_of};

use super::entry::{Entry, Seq};
use crate::model::{ConnectionId, Detail, Direction, Event, Names, SessionId};

/// A payload of which a block holds few.
const ROOMY: usize = 4 << 10;

/// The fixed part of a record: 40 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// When, in nanoseconds since 1970.
    pub nanos: u64,
    /// Whose record it is.
    pub session: SessionId,
    /// Which connection it is about; none for a listener's own facts.
    pub connection: ConnectionId,
    /// True length of the payload in bytes.
    pub length: u32,
    kept: u32,
    offset: u32,
    /// How many records back the one before it on the same connection is; 0 for none.
    previous: u32,
    /// How many bytes behind its [`Block::places`] its first byte is.
    place: u32,
    names: u16,
    /// What happened.
    pub event: Event,
}

// Millions of them are held: whoever needs another field finds it room or a reason.
const _: () = assert!(size_of::<Head>() == 40);

/// Up to a few thousand records with consecutive numbers.
#[derive(Debug, Default)]
pub struct Block {
    first: Seq,
    heads: Vec<Head>,
    arena: Vec<u8>,
    names: Vec<Names>,
    /// Beside each of `names`: where in its stream the first bytes of each direction are, once there are some. With these,
    /// 32 bits in a head say which bytes of a stream a record holds, however long the stream is.
    places: Vec<[Option<u64>; 2]>,
    /// Whose records are here, and how many: few sessions at a time, so they are looked for from the newest.
    sessions: Vec<(SessionId, u32)>,
    /// Position and offered bytes of the rows whose call took only part of them, in order: few, so no row pays for it.
    short: Vec<(u32, u32)>,
    /// Where a connection's names are in `names`; only while the block is being filled.
    index: HashMap<ConnectionId, u16>,
}

/// One record, borrowed from its block.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Its number.
    pub seq: Seq,
    /// Its fixed part.
    pub head: &'a Head,
    /// Both names of its socket.
    pub names: &'a Names,
    /// The bytes that were kept; shorter than `head.length` when they were cut.
    pub payload: &'a [u8],
    /// Bytes that a `send` was offered, when the system took only part of them (`head.length`).
    pub offered: Option<u32>,
    /// How many bytes went the same way over the connection before this record's; 0 for records that carry no traffic.
    pub offset: u64,
}

/// Where a record stands in its connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    /// The record before this one, 0 for none.
    pub(super) previous: Seq,
    /// How many bytes went the same way before.
    pub(super) offset: u64,
}

impl Row<'_> {
    /// The record before this one on the same connection.
    #[must_use]
    pub fn previous(&self) -> Option<Seq> {
        (self.head.previous != 0).then(|| self.seq - u64::from(self.head.previous))
    }

    /// True when fewer bytes were kept than went by.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.payload.len() < self.head.length as usize
    }

    /// What a lifecycle record says; the default for records that carry traffic.
    #[must_use]
    pub fn detail(&self) -> Detail {
        if self.head.event.direction().is_some() {
            return Detail::default();
        }
        serde_json::from_slice(self.payload).unwrap_or_default()
    }
}

impl Block {
    /// An empty block with room for so many heads; `None` when there is no memory for it.
    pub(super) fn starting_at(first: Seq, rows: usize) -> Option<Self> {
        let mut heads = Vec::new();
        heads.try_reserve_exact(rows).ok()?;
        Some(Self { first, heads, ..Self::default() })
    }

    /// Makes an evicted block ready for use again, so that a flood does not ask the system for memory. An arena of more
    /// than `room` bytes was made for one record and goes.
    pub(super) fn reset(&mut self, first: Seq, room: usize) {
        self.first = first;
        self.heads.clear();
        self.arena.clear();
        if self.arena.capacity() > room {
            self.arena = Vec::new();
        }
        self.names.clear();
        self.places.clear();
        self.sessions.clear();
        self.short.clear();
        self.index.clear();
    }

    /// Number of the first record.
    #[must_use]
    pub fn first(&self) -> Seq {
        self.first
    }

    /// Number after the last record.
    #[must_use]
    pub fn end(&self) -> Seq {
        self.first + self.heads.len() as u64
    }

    /// How many records are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// True when the next head needs memory that is not there yet.
    pub(super) fn has_no_room(&self) -> bool {
        self.heads.len() == self.heads.capacity()
    }

    /// True when no record is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The record `seq`, if it is in this block.
    #[must_use]
    pub fn row(&self, seq: Seq) -> Option<Row<'_>> {
        let head = self.heads.get(usize::try_from(seq.checked_sub(self.first)?).ok()?)?;
        self.view(seq, head)
    }

    /// All records, oldest first.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (self.first..).zip(&self.heads).filter_map(|(seq, head)| self.view(seq, head))
    }

    /// How many records of a session are here.
    #[must_use]
    pub fn count(&self, session: SessionId) -> u32 {
        self.sessions.iter().find(|(of, _)| *of == session).map_or(0, |(_, count)| *count)
    }

    /// Both names of every socket that has a record here.
    #[must_use]
    pub fn all_names(&self) -> &[Names] {
        &self.names
    }

    /// Where in [`Self::all_names`] the names of `head` are.
    #[must_use]
    pub fn names_index(head: &Head) -> usize {
        usize::from(head.names)
    }

    fn view<'a>(&'a self, seq: Seq, head: &'a Head) -> Option<Row<'a>> {
        let start = head.offset as usize;
        let payload = self.arena.get(start..start + head.kept as usize)?;
        let names = self.names.get(usize::from(head.names))?;
        Some(Row { seq, head, names, payload, offered: self.offered(seq), offset: self.offset(head) })
    }

    fn offset(&self, head: &Head) -> u64 {
        let Some(direction) = head.event.direction() else { return 0 };
        let first = self.places.get(usize::from(head.names)).and_then(|places| *way(places, direction));
        first.map_or(0, |first| first + u64::from(head.place))
    }

    fn offered(&self, seq: Seq) -> Option<u32> {
        let at = u32::try_from(seq.checked_sub(self.first)?).ok()?;
        let found = self.short.binary_search_by_key(&at, |(row, _)| *row).ok()?;
        self.short.get(found).map(|(_, offered)| *offered)
    }

    pub(super) fn arena_len(&self) -> usize {
        self.arena.len()
    }

    /// Memory that the block takes.
    pub(super) fn footprint(&self) -> usize {
        size_of::<Self>()
            + self.heads.capacity() * size_of::<Head>()
            + self.arena.capacity()
            + self.names.capacity() * size_of::<Names>()
            + self.places.capacity() * size_of::<[Option<u64>; 2]>()
            + (self.short.capacity() + self.sessions.capacity()) * size_of::<(u32, u32)>()
    }

    /// Appends a record. The arena grows to `room` bytes and then by what a record needs; where there is no memory for
    /// that, the payload is cut. False when there is none for the head either.
    pub(super) fn push(&mut self, nanos: u64, entry: &Entry<'_>, link: Link, keep: usize, room: usize) -> bool {
        let seq = self.end();
        let offset = self.arena.len();
        if self.heads.try_reserve(1).is_err()
            || self.names.try_reserve(1).is_err()
            || self.places.try_reserve(1).is_err()
            || self.index.try_reserve(1).is_err()
            || self.sessions.try_reserve(1).is_err()
        {
            return false;
        }
        let mut left = keep;
        if self.arena.capacity() < offset + keep {
            // Large payloads get all the room at once: doubling would copy them several times.
            let doubled = if keep > ROOMY { room } else { self.arena.capacity() * 2 };
            let wanted = doubled.min(room).max(offset + keep);
            if self.arena.try_reserve_exact(wanted - offset).is_err() {
                left = self.arena.capacity() - offset;
            }
        }
        for part in entry.payload {
            let part: &[u8] = part;
            let taken = part.get(..left).unwrap_or(part);
            self.arena.extend_from_slice(taken);
            left -= taken.len();
        }
        let (names, place) = self.intern(entry, link.offset);
        match self.sessions.iter_mut().rev().find(|(of, _)| *of == entry.session) {
            Some((_, count)) => *count += 1,
            None => self.sessions.push((entry.session, 1)),
        }
        let offered = entry.payload.iter().map(|part| part.len()).sum();
        if offered > entry.length && self.short.try_reserve(1).is_ok() {
            self.short.push((narrow(self.heads.len()), narrow(offered)));
        }
        self.heads.push(Head {
            nanos,
            session: entry.session,
            connection: entry.connection,
            length: narrow(entry.length),
            kept: narrow(self.arena.len() - offset),
            offset: narrow(offset),
            previous: match link.previous {
                0 => 0,
                previous => u32::try_from(seq.saturating_sub(previous)).unwrap_or(0),
            },
            place,
            names,
            event: entry.event,
        });
        true
    }

    /// Where the names of a record are, and how far behind the places beside them its bytes at `offset` begin.
    fn intern(&mut self, entry: &Entry<'_>, offset: u64) -> (u16, u32) {
        let Entry { connection, names, event, .. } = entry;
        // Most records belong to the connection of the record before.
        let recent = self.heads.last().filter(|head| head.connection == *connection).map(|head| head.names);
        let known = recent.or_else(|| self.index.get(connection).copied());
        if let Some(at) = known.filter(|at| self.names.get(usize::from(*at)) == Some(names)) {
            let Some(direction) = event.direction() else { return (at, 0) };
            let places = self.places.get_mut(usize::from(at));
            let first = places.map_or(offset, |places| *way_mut(places, direction).get_or_insert(offset));
            // More than 4 GiB on: it gets names of its own, and with them another place to count from.
            if let Some(place) = offset.checked_sub(first).and_then(|place| u32::try_from(place).ok()) {
                return (at, place);
            }
        }
        let at = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        let mut places = [None; 2];
        if let Some(direction) = event.direction() {
            *way_mut(&mut places, direction) = Some(offset);
        }
        self.names.push((*names).clone());
        self.places.push(places);
        self.index.insert(*connection, at);
        (at, 0)
    }

    /// The block joins the others, with what was reserved and not used given back where `shrink` says so.
    pub(super) fn seal(&mut self, shrink: bool) {
        if !shrink {
            self.index.clear();
            return;
        }
        self.index = HashMap::new();
        if self.arena.capacity() > self.arena.len() + self.arena.len() / 8 {
            self.arena.shrink_to_fit();
        }
        self.names.shrink_to_fit();
        self.places.shrink_to_fit();
        self.sessions.shrink_to_fit();
        self.short.shrink_to_fit();
    }

    /// A copy of the records from `seq` on; `None` when there is no memory for it.
    pub(super) fn copy_from(&self, seq: Seq) -> Option<Self> {
        let skip = usize::try_from(seq.saturating_sub(self.first)).unwrap_or(usize::MAX).min(self.heads.len());
        let mut copy = Self { first: self.first + skip as u64, ..Self::default() };
        let heads = self.heads.get(skip..).unwrap_or_default();
        let base = heads.first().map_or(narrow(self.arena.len()), |head| head.offset);
        let arena = self.arena.get(base as usize..).unwrap_or_default();
        copy.heads.try_reserve_exact(heads.len()).ok()?;
        copy.arena.try_reserve_exact(arena.len()).ok()?;
        copy.names.try_reserve_exact(self.names.len()).ok()?;
        copy.places.try_reserve_exact(self.places.len()).ok()?;
        copy.heads.extend(heads.iter().map(|head| Head { offset: head.offset - base, ..*head }));
        copy.arena.extend_from_slice(arena);
        for head in heads {
            match copy.sessions.iter_mut().rev().find(|(of, _)| *of == head.session) {
                Some((_, count)) => *count += 1,
                None => copy.sessions.push((head.session, 1)),
            }
        }
        copy.names.extend_from_slice(&self.names);
        copy.places.extend_from_slice(&self.places);
        let skipped = narrow(skip);
        let short = self.short.iter().filter(|(at, _)| *at >= skipped).map(|(at, offered)| (at - skipped, *offered));
        copy.short.extend(short);
        Some(copy)
    }
}

fn way<T>([inbound, outbound]: &[T; 2], direction: Direction) -> &T {
    match direction {
        Direction::Inbound => inbound,
        Direction::Outbound => outbound,
    }
}

fn way_mut<T>([inbound, outbound]: &mut [T; 2], direction: Direction) -> &mut T {
    match direction {
        Direction::Inbound => inbound,
        Direction::Outbound => outbound,
    }
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
