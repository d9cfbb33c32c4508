//! The journal against a plain list: whatever is appended, evicted, followed, cleared and searched, in any order, what
//! it still holds is exactly what went in.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly, helpers included")]

use std::{
    collections::HashMap,
    io::IoSlice,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use socketlab::{
    journal::{Budget, Entry, Filter, Follower, Interest, Journal, Kinds, Payloads},
    model::{ConnectionId, Direction, Event, Name, Names, SessionId},
};

/// xorshift64*: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % limit
    }
}

/// What a record must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    event: Event,
    session: SessionId,
    connection: ConnectionId,
    length: u32,
    payload: Vec<u8>,
    previous: Option<u64>,
    peer: String,
}

struct Model {
    journal: Arc<Journal>,
    dice: Dice,
    /// Record `n` is at `n - 1`.
    records: Vec<Wanted>,
    newest: HashMap<ConnectionId, u64>,
}

impl Model {
    fn new(budget: Budget, seed: u64) -> Self {
        Self { journal: Journal::new(budget), dice: Dice(seed), records: Vec::new(), newest: HashMap::new() }
    }

    fn append(&mut self, longest: usize) {
        let number = u32::try_from(self.dice.below(20)).unwrap();
        let connection = ConnectionId(number);
        let session = SessionId(number % 3 + 1);
        let event = [Event::Recv, Event::Send, Event::Accepted, Event::Closed][self.dice.below(4)];
        let length = self.dice.below(longest + 1);
        let keep = if self.dice.below(4) == 0 { length / 2 } else { length };
        let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(self.dice.below(256)).unwrap()).collect();
        let (head, tail) = bytes.split_at(self.dice.below(length + 1));
        let peer = format!("127.0.0.1:{}", 1000 + number);
        let names = Names { local: Name::Text("here".into()), peer: Name::parse(&peer) };
        let previous = self.newest.get(&connection).copied().unwrap_or(0);
        let seq = self.journal.append(&Entry {
            event,
            session,
            connection,
            names: &names,
            length,
            payload: &[IoSlice::new(head), IoSlice::new(tail)],
            keep,
            previous,
        });
        self.newest.insert(connection, seq);
        self.records.push(Wanted {
            event,
            session,
            connection,
            length: u32::try_from(length).unwrap(),
            payload: bytes[..keep].to_vec(),
            previous: (previous != 0).then_some(previous),
            peer,
        });
        assert_eq!(seq, self.records.len() as u64);
    }

    /// Compares everything that is still held with what went in.
    fn check(&self) {
        let stats = self.journal.stats();
        assert_eq!(stats.next, self.records.len() as u64 + 1);
        // Asked for a record that is gone or never was, the journal gives the oldest it has.
        let mut seq = 0;
        while let Some(block) = self.journal.block(seq) {
            assert!(seq > 0 || block.first() == stats.first);
            let mut time = 0;
            for row in block.rows().filter(|row| row.seq >= seq) {
                let wanted = &self.records[usize::try_from(row.seq - 1).unwrap()];
                let found = Wanted {
                    event: row.head.event,
                    session: row.head.session,
                    connection: row.head.connection,
                    length: row.head.length,
                    payload: row.payload.to_vec(),
                    previous: row.previous(),
                    peer: row.names.peer.to_string(),
                };
                assert_eq!(found, *wanted, "record {}", row.seq);
                assert_eq!(row.is_cut(), wanted.payload.len() < wanted.length as usize);
                assert!(row.head.nanos >= time);
                time = row.head.nanos;
            }
            assert!(block.end() > seq);
            seq = block.end();
        }
        assert_eq!(seq.max(stats.first), stats.next);
    }
}

#[test]
fn what_is_held_is_what_went_in() {
    for seed in 1..=12 {
        let budget = Budget { rows: 300, bytes: 64 << 10 };
        let mut model = Model::new(budget, seed);
        for round in 0..3000 {
            model.append(400);
            let stats = model.journal.stats();
            assert!(stats.len() <= 300 && stats.bytes <= budget.bytes, "{stats:?}");
            assert_eq!(stats.evicted, stats.first - 1);
            if round % 500 == 0 {
                model.check();
            }
        }
        model.check();
        assert!(model.journal.stats().evicted > 2000);
    }
}

#[test]
fn the_first_few_records_are_found_from_the_beginning() {
    let mut model = Model::new(Budget::default(), 11);
    model.check();
    for _ in 0..3 {
        model.append(20);
        model.check();
    }
    model.journal.clear();
    model.check();
    model.append(20);
    model.check();
}

#[test]
fn records_larger_than_a_block_take_the_place_of_older_ones() {
    let budget = Budget { rows: 1000, bytes: 256 << 10 };
    let mut model = Model::new(budget, 5);
    for _ in 0..400 {
        // An eighth of the budget is a block.
        model.append(60 << 10);
        let stats = model.journal.stats();
        assert!(stats.bytes <= budget.bytes, "{stats:?}");
    }
    model.check();
}

#[test]
fn a_reader_that_must_lose_nothing_sees_every_record_once() {
    for seed in 1..=8 {
        let mut model = Model::new(Budget { rows: 200, bytes: 32 << 10 }, seed);
        for _ in 0..50 {
            model.append(100);
        }
        let mut followers: Vec<(Follower, u64)> = Vec::new();
        for _ in 0..3 {
            let follower = model.journal.follow(Payloads::Cut);
            let start = follower.wanted();
            assert_eq!(start, 51);
            followers.push((follower, start));
        }
        for _ in 0..4000 {
            let mut context = Context::from_waker(Waker::noop());
            let room = model.journal.poll_room(&mut context) == Poll::Ready(());
            if room && model.dice.below(3) > 0 {
                model.append(100);
                continue;
            }
            let which = model.dice.below(followers.len());
            read(&model, &mut followers[which]);
        }
        let stats = model.journal.stats();
        assert!(stats.len() <= 200 && stats.bytes <= 32 << 10, "{stats:?}");
        for follower in &mut followers {
            while follower.1 < model.journal.stats().next {
                read(&model, follower);
            }
        }
        model.check();
    }
}

fn read(model: &Model, (follower, next): &mut (Follower, u64)) {
    let Some(block) = follower.read(Duration::ZERO) else { return };
    for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
        assert_eq!(row.seq, *next);
        assert_eq!(row.payload, model.records[usize::try_from(*next - 1).unwrap()].payload);
        *next += 1;
    }
    follower.advance(block.end());
}

#[test]
fn clearing_forgets_all_but_what_a_reader_still_wants() {
    let mut model = Model::new(Budget { rows: 100_000, bytes: 8 << 20 }, 3);
    for _ in 0..5000 {
        model.append(20);
    }
    model.journal.clear();
    assert!(model.journal.stats().is_empty());
    let follower = model.journal.follow(Payloads::Whole);
    assert_eq!(model.journal.keep(Direction::Outbound, 5000, true), 5000);
    for _ in 0..5000 {
        model.append(20);
    }
    model.journal.clear();
    let stats = model.journal.stats();
    assert_eq!((stats.first, stats.next), (5001, 10_001));
    model.check();
    drop(follower);
    assert_eq!(model.journal.keep(Direction::Outbound, 5000, true), 256);
    model.journal.clear();
    assert!(model.journal.stats().is_empty());
    model.append(20);
    model.check();
}

/// Without a window nobody looks back: what the readers have read goes, and what no reader wants is not kept at all.
#[test]
fn what_was_cleared_comes_back_before_what_came_meanwhile() {
    let mut model = Model::new(Budget { rows: 5000, bytes: 4 << 20 }, 5);
    for _ in 0..6000 {
        model.append(20);
    }
    let before = model.journal.stats();
    assert!(before.evicted > 1000);
    model.journal.clear();
    assert!(model.journal.stats().is_empty() && model.journal.stats().evicted == 0);
    assert!(model.journal.stats().bytes > before.bytes / 2, "it counts as long as it may be wanted back");
    for _ in 0..100 {
        model.append(20);
    }
    assert_eq!(model.journal.stats().len(), 100);
    assert!(model.journal.bring_back());
    model.check();
    let after = model.journal.stats();
    assert_eq!((after.next, after.first), (before.next + 100, after.evicted + 1), "all that is not here was evicted");
    assert!(after.first <= before.first + 1024 && !model.journal.bring_back());
    // What comes meanwhile has all the room it needs: what was cleared goes for it, oldest first.
    model.journal.clear();
    let cleared = model.journal.stats().next;
    for _ in 0..3000 {
        model.append(20);
    }
    assert_eq!(model.journal.stats().first, cleared, "nothing of what is new went");
    assert!(model.journal.bring_back());
    model.check();
    let after = model.journal.stats();
    assert!(after.first < cleared && after.first > before.first + 1000 && after.len() <= 5000, "{after:?}");
    // Nor does anything come back that is not wanted back.
    model.journal.clear();
    model.journal.drop_cleared();
    assert!(model.journal.stats().bytes < 1 << 20 && !model.journal.bring_back() && model.journal.stats().is_empty());
}

#[test]
fn where_nobody_looks_back_only_what_is_unread_stays() {
    let mut model = Model::new(Budget { rows: 100_000, bytes: 64 << 20 }, 8);
    model.journal.keep_unread_only();
    for (direction, length) in [(Direction::Inbound, 500), (Direction::Outbound, 0)] {
        assert_eq!(model.journal.keep(direction, length, false), 0);
    }
    let entry = Entry {
        event: Event::Recv,
        session: SessionId(1),
        connection: ConnectionId(1),
        names: &Names::default(),
        length: 1,
        payload: &[IoSlice::new(b"x")],
        keep: 1,
        previous: 0,
    };
    assert_eq!(model.journal.append(&entry), 0);
    assert_eq!(model.journal.stats().next, 1, "nobody reads: nothing is written");
    let taker = model.journal.follow(Payloads::Received);
    assert_eq!(model.journal.keep(Direction::Inbound, 500, true), 500);
    assert_eq!(model.journal.keep(Direction::Outbound, 500, false), 0);
    let interests = [Some(Direction::Inbound), Some(Direction::Outbound), None].map(|way| model.journal.interest(way));
    assert_eq!(interests, [Interest::Bytes, Interest::Nobody, Interest::Nobody]);
    drop(taker);
    let mut follower = model.journal.follow(Payloads::Whole);
    let mut next = follower.wanted();
    let begun = next;
    for _ in 0..20 {
        for _ in 0..3000 {
            model.append(50);
        }
        while next < model.journal.stats().next {
            let stats = model.journal.stats();
            assert!(stats.first <= next && stats.len() <= 4 * 1024, "{stats:?}");
            let block = follower.read(Duration::ZERO).unwrap();
            for row in block.rows().filter(|row| row.seq >= follower.wanted()) {
                assert_eq!(row.seq, next);
                assert_eq!(row.payload, model.records[usize::try_from(next - 1).unwrap()].payload);
                next += 1;
            }
            follower.advance(block.end());
        }
    }
    assert_eq!(next - begun, 60_000);
    drop(follower);
    model.journal.rest();
    let stats = model.journal.stats();
    assert!(stats.is_empty() && stats.bytes < 1 << 20, "{stats:?}");
}

#[test]
fn a_smaller_budget_holds_at_once() {
    let mut model = Model::new(Budget { rows: 100_000, bytes: 64 << 20 }, 4);
    for _ in 0..20_000 {
        model.append(50);
    }
    let budget = Budget { rows: 4000, bytes: 1 << 20 };
    model.journal.set_budget(budget);
    let stats = model.journal.stats();
    assert!(stats.len() <= 4000 && stats.bytes <= budget.bytes, "{stats:?}");
    for _ in 0..20_000 {
        model.append(50);
    }
    let stats = model.journal.stats();
    assert!(stats.len() <= 4000 && stats.bytes <= budget.bytes, "{stats:?}");
    model.check();
}

#[test]
fn a_filter_finds_what_a_plain_search_finds() {
    let mut model = Model::new(Budget { rows: 10_000, bytes: 4 << 20 }, 6);
    for _ in 0..5000 {
        model.append(12);
    }
    for (text, kinds) in [
        ("", Kinds::All),
        ("", Kinds::In),
        ("", Kinds::Events),
        ("length>6", Kinds::All),
        ("length<3 event:send", Kinds::Out),
        ("length=0", Kinds::All),
        ("peer:127.0.0.1:1007", Kinds::All),
        ("local:here peer:1003", Kinds::In),
        ("peer:nowhere", Kinds::All),
        ("127.0.0.1:1007", Kinds::All),
        ("HERE length=0", Kinds::Out),
        ("accepted", Kinds::Events),
        ("\"a\"", Kinds::In),
    ] {
        let filter = Filter::parse(kinds, text).unwrap();
        let mut found = Vec::new();
        let mut seq = 1;
        while let Some(block) = model.journal.block(seq) {
            filter.matches(&block, seq, &mut found);
            seq = block.end();
        }
        let word = |record: &Wanted, part: &str| record.event.word().contains(part);
        let plain: Vec<u64> = (1..)
            .zip(&model.records)
            .filter(|(_, record)| match kinds {
                Kinds::All => true,
                Kinds::In => record.event == Event::Recv,
                Kinds::Out => record.event == Event::Send,
                Kinds::Events => record.event.direction().is_none(),
            })
            .filter(|(_, record)| match text {
                "length>6" => record.length > 6,
                "length<3 event:send" => record.length < 3 && word(record, "send"),
                "length=0" | "HERE length=0" => record.length == 0,
                "peer:127.0.0.1:1007" | "127.0.0.1:1007" => record.peer.contains("127.0.0.1:1007"),
                "local:here peer:1003" => record.peer.contains("1003"),
                "peer:nowhere" => false,
                "accepted" => word(record, "accepted"),
                "\"a\"" => record.payload.iter().any(|byte| byte.eq_ignore_ascii_case(&b'a')),
                _ => true,
            })
            .map(|(seq, _)| seq)
            .collect();
        assert_eq!(found, plain, "{text}");
    }
}
