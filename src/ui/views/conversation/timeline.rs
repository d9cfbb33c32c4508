//! What several connections said, in one order of time: each has its own messages ([`Grouping`]), here they take turns.
//!
//! The same bytes that go to several peers at once are one entry, and so are peers that come or go one after the other.
//! Knows nothing of the screen.

use std::collections::HashMap;

use super::{
    gather::{Meant, Piece},
    message::{Body, Message},
    messages::{Grouping, Item, ItemPlace},
};
use crate::{
    journal::Seq,
    model::{ConnectionId, Direction, Event, Name},
};

/// The same bytes to another peer are the same message when they leave within this time after the first.
const AT_ONCE: u64 = 500_000_000;
/// So many entries back a message is looked for that went to another peer as well.
const BACK: usize = 64;

/// One entry of the list.
#[derive(Debug)]
pub(super) struct Entry {
    /// Whose it is.
    pub(super) peer: ConnectionId,
    item: usize,
    /// To whom it went as well, or who did the same right after.
    pub(super) others: Vec<(ConnectionId, usize)>,
}

#[derive(Debug, Default)]
struct Party {
    grouping: Grouping,
    /// The entry of each of its items.
    places: Vec<usize>,
    /// What it is called by its records.
    name: Name,
}

/// The messages of one connection or of many, in the order of their first records.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    parties: HashMap<ConnectionId, Party>,
    entries: Vec<Entry>,
    /// The first entry that changed since it was last asked for.
    changed: usize,
    /// The newest entry that was sent.
    sent: Option<usize>,
}

impl Timeline {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// What an entry shows.
    pub(super) fn item(&self, at: usize) -> Option<&Item> {
        let entry = self.entries.get(at)?;
        self.item_of(entry.peer, entry.item)
    }

    /// What the records call a peer.
    pub(super) fn name(&self, peer: ConnectionId) -> Option<String> {
        self.parties.get(&peer).filter(|party| !party.name.is_unnamed()).map(|party| party.name.to_string())
    }

    fn item_of(&self, peer: ConnectionId, item: usize) -> Option<&Item> {
        self.parties.get(&peer)?.grouping.items.get(item)
    }

    fn message(&self, peer: ConnectionId, item: usize) -> Option<&Message> {
        match self.item_of(peer, item)? {
            Item::Message(message) => Some(message),
            Item::Fact { .. } => None,
        }
    }

    /// The entry that begins with record `seq`, or the first one after it.
    pub(super) fn place_of(&self, seq: Seq) -> usize {
        let at = (0..self.len()).find(|at| self.item(*at).is_some_and(|item| item.seq() >= seq));
        at.unwrap_or(self.len())
    }

    /// The entry of an item, or the first one after it.
    pub(super) fn index_of(&self, (seq, from): ItemPlace) -> usize {
        let first = self.place_of(seq);
        let same = (first..self.len()).map_while(|at| self.item(at).map(Item::place).filter(|place| place.0 == seq));
        first + same.clone().position(|place| place.1 == from).unwrap_or_default()
    }

    /// The first entry that is new or different since the last call.
    pub(super) fn take_changed(&mut self) -> usize {
        std::mem::replace(&mut self.changed, self.entries.len())
    }

    /// Takes a record in; `begin` makes the messages of a connection that is met for the first time.
    pub(super) fn add(&mut self, piece: &Piece, begin: impl FnOnce() -> Grouping) {
        let peer = piece.connection;
        let begin = || Party { grouping: begin(), places: Vec::new(), name: piece.name.clone() };
        let party = self.parties.entry(peer).or_insert_with(begin);
        party.grouping.add(piece);
        let (from, count) = (party.grouping.take_changed(), party.grouping.items.len());
        for item in from..count {
            let known = self.parties.get(&peer).and_then(|party| party.places.get(item)).copied();
            match known {
                Some(at) => self.grew(at, peer, item),
                None => self.enter(peer, item),
            }
        }
    }

    /// Puts a message of a peer behind all others.
    pub(super) fn put(&mut self, peer: ConnectionId, message: Message) {
        let party = self.parties.entry(peer).or_default();
        let (item, at) = (party.grouping.items.len(), self.entries.len());
        party.grouping.items.push(Item::Message(Box::new(message)));
        party.places.push(at);
        self.entries.push(Entry { peer, item, others: Vec::new() });
        self.changed = self.changed.min(at);
    }

    /// Gives a new item its place.
    fn enter(&mut self, peer: ConnectionId, item: usize) {
        let at = if let Some(at) = self.same(peer, item) {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.others.push((peer, item));
            }
            at
        } else {
            self.entries.push(Entry { peer, item, others: Vec::new() });
            let at = self.entries.len() - 1;
            if self.message(peer, item).is_some_and(|message| message.direction == Direction::Outbound) {
                self.sent = Some(at);
            }
            at
        };
        self.changed = self.changed.min(at);
        if let Some(party) = self.parties.get_mut(&peer) {
            party.places.push(at);
        }
    }

    /// The entry that says the same of another peer.
    fn same(&self, peer: ConnectionId, item: usize) -> Option<usize> {
        if self.parties.len() < 2 {
            return None;
        }
        let (at, same) = match self.item_of(peer, item)? {
            Item::Message(message) => {
                let at = self.sent.filter(|at| at + BACK >= self.entries.len())?;
                let entry = self.entries.get(at)?;
                let first = self.message(entry.peer, entry.item)?;
                (at, message.direction == Direction::Outbound && is_same(first, message))
            }
            Item::Fact { event, meant, .. } => {
                let at = self.entries.len().checked_sub(1)?;
                let Item::Fact { event: before, .. } = self.item(at)? else { return None };
                let folds = matches!(event, Event::Accepted | Event::Closed) && *meant == Meant::Plain;
                (at, folds && before == event)
            }
        };
        let entry = self.entries.get(at)?;
        let is_in = entry.peer == peer || entry.others.iter().any(|(other, _)| *other == peer);
        (same && !is_in).then_some(at)
    }

    /// An item has more than before: where it was one of several that were the same, it is so no more.
    fn grew(&mut self, at: usize, peer: ConnectionId, item: usize) {
        self.changed = self.changed.min(at);
        let Some(entry) = self.entries.get(at).filter(|entry| !entry.others.is_empty()) else { return };
        let bytes = |peer, item| self.message(peer, item).map(|message| message.bytes);
        let first = bytes(entry.peer, entry.item);
        let differs = |(other, at): &(ConnectionId, usize)| bytes(*other, *at) != first;
        let Some(odd) = entry.others.iter().position(differs) else { return };
        let Some(entry) = self.entries.get_mut(at) else { return };
        let split = if entry.peer == peer && entry.item == item {
            // The first one went on: the others stay together.
            let mut others = std::mem::take(&mut entry.others).into_iter();
            let Some((peer, item)) = others.next() else { return };
            Entry { peer, item, others: others.collect() }
        } else {
            let (peer, item) = entry.others.remove(odd);
            Entry { peer, item, others: Vec::new() }
        };
        self.entries.insert(at + 1, split);
        self.sent = Some(at + 1);
        for at in at..self.entries.len() {
            let Some(entry) = self.entries.get(at) else { break };
            for (peer, item) in entry.others.iter().chain([&(entry.peer, entry.item)]) {
                let place = self.parties.get_mut(peer).and_then(|party| party.places.get_mut(*item));
                if let Some(place) = place {
                    *place = at;
                }
            }
        }
    }

    /// What was found out about a connection's pictures, for the next time its messages are made.
    pub(super) fn take_echoes(&mut self, peer: ConnectionId) -> super::messages::Echoes {
        self.parties.get_mut(&peer).map(|party| party.grouping.take_echoes()).unwrap_or_default()
    }
}

fn is_same(one: &Message, other: &Message) -> bool {
    matches!((&one.body, &other.body), (Body::Bytes, Body::Bytes))
        && one.direction == other.direction
        && (one.calls, other.calls) == (1, 1)
        && one.bytes == other.bytes
        && !one.head().is_empty()
        && one.head() == other.head()
        && other.start.abs_diff(one.start) < AT_ONCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Encoding, ui::views::conversation::Look};

    fn piece(seq: Seq, peer: u32, event: Event, bytes: &[u8]) -> Piece {
        Piece {
            seq,
            connection: ConnectionId(peer),
            nanos: seq * 1_000_000,
            event,
            direction: event.direction(),
            offset: 0,
            length: bytes.len() as u64,
            head: bytes.to_vec(),
            sentence: "accepted".to_owned(),
            meant: Meant::Plain,
            name: Name::Unnamed,
            file: None,
        }
    }

    fn timeline(pieces: &[(u32, Event, &[u8])]) -> Timeline {
        let mut timeline = Timeline::default();
        let mut sent = HashMap::new();
        for (at, (peer, event, bytes)) in pieces.iter().enumerate() {
            let mut piece = piece(at as Seq + 1, *peer, *event, bytes);
            let offset: &mut u64 = sent.entry((*peer, *event)).or_default();
            piece.offset = *offset;
            *offset += bytes.len() as u64;
            timeline.add(&piece, || Grouping::new(false, 0, (Encoding::Utf8, Look::default()), &[], HashMap::new()));
        }
        timeline
    }

    /// Of each entry the peer, how many others, and the bytes.
    fn shown(timeline: &Timeline) -> Vec<(u32, usize, u64)> {
        let bytes = |at| match timeline.item(at) {
            Some(Item::Message(message)) => message.bytes,
            _ => 0,
        };
        timeline.entries.iter().enumerate().map(|(at, entry)| (entry.peer.0, entry.others.len(), bytes(at))).collect()
    }

    #[test]
    fn peers_take_turns_and_none_cuts_the_message_of_another() {
        let (came, went) = (Event::Recv, Event::Send);
        let timeline = timeline(&[(1, came, b"one "), (2, came, b"two"), (1, came, b"goes on"), (2, went, b"answer")]);
        assert_eq!(shown(&timeline), [(1, 0, 11), (2, 0, 3), (2, 0, 6)]);
        assert!(
            timeline.parties[&ConnectionId(1)].places == [0] && timeline.parties[&ConnectionId(2)].places == [1, 2]
        );
    }

    #[test]
    fn the_same_to_several_is_one_entry_and_twice_to_one_is_two() {
        let went = Event::Send;
        let all = timeline(&[(1, went, b"hello"), (2, went, b"hello"), (3, Event::Recv, b"hi"), (3, went, b"hello")]);
        assert_eq!(shown(&all), [(1, 2, 5), (3, 0, 2)]);
        let other =
            timeline(&[(1, went, b"hello"), (2, went, b"hullo"), (3, Event::Accepted, b""), (3, went, b"hello")]);
        assert_eq!(shown(&other).len(), 4, "what is compared is the newest");
    }

    #[test]
    fn who_goes_on_is_no_longer_one_of_several() {
        let went = Event::Send;
        let first = timeline(&[(1, went, b"hello"), (2, went, b"hello"), (3, went, b"hello"), (1, went, b" and")]);
        assert_eq!(shown(&first), [(1, 0, 9), (2, 1, 5)]);
        let last = timeline(&[(1, went, b"hello"), (2, went, b"hello"), (3, went, b"hello"), (3, went, b" and")]);
        assert_eq!(shown(&last), [(1, 1, 5), (3, 0, 9)]);
        for timeline in [first, last] {
            for (at, entry) in timeline.entries.iter().enumerate() {
                assert_eq!(timeline.parties[&entry.peer].places[entry.item], at);
            }
        }
    }

    #[test]
    fn peers_that_come_one_after_the_other_are_one_entry() {
        let came = Event::Accepted;
        let timeline =
            timeline(&[(1, came, b""), (2, came, b""), (3, came, b""), (1, Event::Recv, b"x"), (4, came, b"")]);
        assert_eq!(shown(&timeline), [(1, 2, 0), (1, 0, 1), (4, 0, 0)]);
    }
}
