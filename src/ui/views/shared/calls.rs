//! The system calls of one connection out of the journal, oldest first: what the ladder and the stream view are made
//! of. Bounded, and read on only where something is new.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    journal::{Block, Connection, Journal, Row, Seq},
    model::{By, ConnectionId, Detail, Direction, Encoding, Event, Failure, Numbers},
    ui::views::shared::{chain, held::Held, reading, wording},
    words::{exact_size, grouped, text},
};

/// The most records of a connection that are kept, until older ones are asked for.
pub const MOST: usize = 4000;
/// The most that are kept then.
pub const REACH: usize = 64_000;
/// Bytes of payload that are kept, of the newest records.
pub const BYTES: usize = 1 << 20;
/// Characters of a payload that are shown beside an arrow or in a block.
const PREVIEW: usize = 40;
/// The most bytes of a record that are read to find out how it ends.
const LONGEST: usize = 16 << 10;
/// One record of a connection.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its number.
    pub seq: Seq,
    /// When, in nanoseconds since 1970.
    pub nanos: u64,
    /// What happened.
    pub event: Event,
    /// Bytes that went by.
    pub length: u64,
    /// Bytes that a `send` was offered, when the system took only part of them.
    pub offered: Option<u64>,
    /// The start of the text; empty for bytes that are no text.
    pub preview: String,
    /// The bytes that the journal kept, while they are among the newest [`BYTES`].
    pub payload: Vec<u8>,
    /// Fewer bytes were kept than went by.
    pub cut: bool,
    /// What a lifecycle record says.
    pub detail: Option<Box<Detail>>,
}

impl Call {
    fn of(row: &Row<'_>, with_payload: bool) -> Self {
        let traffic = row.head.event.direction().is_some();
        Self {
            seq: row.seq,
            nanos: row.head.nanos,
            event: row.head.event,
            length: if traffic { u64::from(row.head.length) } else { 0 },
            offered: row.offered.map(u64::from),
            preview: String::new(),
            payload: if traffic && with_payload { row.payload.to_vec() } else { Vec::new() },
            cut: traffic && (row.is_cut() || !with_payload),
            detail: (!traffic).then(|| Box::new(row.detail())),
        }
    }
}

/// The start of a payload on one line; `JPEG` and the like for pictures, nothing where hardly a byte can be shown.
fn preview(encoding: Encoding, open: &[u8], payload: &[u8]) -> String {
    let start = payload.get(..PREVIEW * 4).unwrap_or(payload);
    match start {
        [0xff, 0xd8, 0xff, ..] => "JPEG".to_owned(),
        [0x89, b'P', b'N', b'G', ..] => "PNG".to_owned(),
        [b'G', b'I', b'F', b'8', ..] => "GIF".to_owned(),
        start => {
            let mut text = reading::line(encoding, open, start, PREVIEW);
            // A piece of a text may begin and end within a character; what is dots all over says nothing.
            let dots = text.chars().filter(|character| *character == wording::DOT).count();
            if dots * 3 > text.chars().count() * 2 {
                return String::new();
            }
            if text.chars().count() == PREVIEW && payload.len() > PREVIEW {
                text.push('…');
            }
            text
        }
    }
}

/// The newest records of one connection.
#[derive(Debug, Default)]
pub struct Calls {
    of: ConnectionId,
    encoding: Encoding,
    newest: Seq,
    list: VecDeque<Call>,
    /// How many are kept; less than [`MOST`] stands for that.
    most: usize,
    /// The oldest record in the list is the connection's first one.
    whole: bool,
    kept: usize,
    /// Records whose payload was let go already.
    emptied: usize,
    /// Bytes received and sent before the oldest record in the list.
    before: (u64, u64),
    /// How the newest `recv` and `send` ended: with bytes of a character that the next one goes on with.
    open: [Vec<u8>; 2],
    version: u64,
}

impl Calls {
    /// Reads on, text in `encoding`; true when anything is new.
    pub fn update(&mut self, connection: &Connection, encoding: Encoding) -> bool {
        let changed = (self.of, self.encoding) != (connection.id(), encoding);
        if changed {
            let most = if self.of == connection.id() { self.most } else { 0 };
            self.begin(connection.id(), encoding, most);
        }
        let last = connection.last();
        if last <= self.newest {
            return changed;
        }
        let most = self.most();
        let (blocks, mut fresh, complete) = newer(connection.journal(), last, self.newest, most);
        if !complete {
            self.list.clear();
            self.open = Default::default();
            (self.kept, self.emptied, self.whole) = (0, 0, false);
            let shown = |event| fresh.iter().filter(|call| call.event == event).map(|call| call.length).sum::<u64>();
            self.before = (
                connection.received().0.saturating_sub(shown(Event::Recv)),
                connection.sent().0.saturating_sub(shown(Event::Send)),
            );
        }
        self.say(&blocks, &mut fresh);
        self.newest = last;
        self.kept += fresh.iter().map(|call| call.payload.len()).sum::<usize>();
        self.list.extend(fresh.drain(..));
        while self.list.len() > most {
            if let Some(old) = self.list.pop_front() {
                self.kept -= old.payload.len();
                self.emptied = self.emptied.saturating_sub(1);
                self.whole = false;
                match old.event {
                    Event::Recv => self.before.0 += old.length,
                    Event::Send => self.before.1 += old.length,
                    _ => {}
                }
            }
        }
        while self.kept > bytes(most) {
            let Some(old) = self.list.get_mut(self.emptied) else { break };
            self.kept -= old.payload.len();
            old.cut |= old.length > 0;
            old.payload = Vec::new();
            self.emptied += 1;
        }
        self.version += 1;
        true
    }

    /// Writes the starts of texts; a character that two calls share is shown with the second of them.
    fn say(&mut self, blocks: &[Arc<Block>], fresh: &mut [Call]) {
        for (call, block) in fresh.iter_mut().zip(blocks) {
            let Some(open) = (match call.event {
                Event::Recv => self.open.first_mut(),
                Event::Send => self.open.last_mut(),
                _ => None,
            }) else {
                continue;
            };
            let Some(row) = block.row(call.seq) else { continue };
            let before = std::mem::take(open);
            let before = if self.encoding.continues(&before, row.payload) { before } else { Vec::new() };
            call.preview = preview(self.encoding, &before, row.payload);
            if !row.is_cut() && row.payload.len() <= LONGEST {
                *open = self.encoding.open_end(row.payload, || before);
            }
        }
    }

    fn begin(&mut self, of: ConnectionId, encoding: Encoding, most: usize) {
        *self = Self { of, encoding, most, whole: true, version: self.version + 1, ..Self::default() };
    }

    /// How many records are kept.
    fn most(&self) -> usize {
        self.most.max(MOST)
    }

    /// Reads further back from the next update on: four times as many records, as far as there are.
    pub fn reach(&mut self) {
        let most = (4 * self.most()).min(REACH);
        self.begin(self.of, self.encoding, most);
    }

    /// Reads as far back as this record, as far as it is kept and the bound allows.
    pub fn reach_to(&mut self, connection: &Connection, seq: Seq) {
        while self.list.front().is_some_and(|first| first.seq > seq)
            && self.held(connection).is_some_and(|held| held.older)
        {
            self.reach();
            self.update(connection, self.encoding);
        }
    }

    /// What is here of a connection, where it is not all.
    #[must_use]
    pub fn held(&self, connection: &Connection) -> Option<Held> {
        if self.whole {
            return None;
        }
        let shown = self.list.iter().filter(|call| call.event.direction().is_some()).count() as u64;
        let all = (connection.received().1 + connection.sent().1).max(shown);
        let is_full = self.list.len() >= self.most();
        Some(Held { shown, all, older: is_full && self.most() < REACH, evicted: !is_full })
    }

    /// The records, oldest first.
    #[must_use]
    pub fn list(&self) -> &VecDeque<Call> {
        &self.list
    }

    /// True when the connection's first record is among them.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Bytes that went in a direction before the oldest record in the list.
    #[must_use]
    pub fn before(&self, direction: Direction) -> u64 {
        match direction {
            Direction::Inbound => self.before.0,
            Direction::Outbound => self.before.1,
        }
    }

    /// Another number whenever something is new.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// Bytes of payload that are kept beside so many records.
fn bytes(most: usize) -> usize {
    BYTES * (most / MOST).max(1)
}

/// The records after `known` up to `last`, oldest first, each with the block it is in; true when none between is missing.
fn newer(journal: &Journal, last: Seq, known: Seq, most: usize) -> (Vec<Arc<Block>>, Vec<Call>, bool) {
    let (mut blocks, mut calls, mut kept) = (Vec::new(), Vec::new(), 0);
    let complete = chain::back(journal, last, known, most, |block, row| {
        blocks.push(Arc::clone(block));
        // Newest first: what is over the bound is not even copied.
        let call = Call::of(row, kept <= bytes(most));
        kept += call.payload.len();
        calls.push(call);
    });
    blocks.reverse();
    calls.reverse();
    (blocks, calls, complete)
}

/// The records that say the computer's clock jumped while a connection stood, after the first of its `calls`: they are of
/// no connection, so its own records do not lead to them.
#[must_use]
pub fn clock_jumps(connection: &Connection, calls: &Calls) -> Vec<Call> {
    let Some(first) = calls.list().front() else { return Vec::new() };
    let last = if connection.state().is_over() { connection.last() } else { Seq::MAX };
    let journal = connection.journal();
    let within = journal.clock_jumps(first.seq).into_iter().filter(|jump| *jump < last);
    within.filter_map(|jump| journal.with_row(jump, |row| Call::of(&row, false))).collect()
}

/// What a `recv` or `send` did, as a sentence; `at_most` is what the `recv` had asked for, or more than a `send` took of
/// what it was offered.
#[must_use]
pub fn words(direction: Direction, length: u64, at_most: Option<u64>) -> String {
    let bytes = exact_size(length);
    match (direction, at_most.filter(|most| *most >= length)) {
        (Direction::Inbound, Some(most)) => {
            text!("The system gave {length} of at most {most} bytes", length = grouped(length), most = grouped(most))
        }
        (Direction::Inbound, None) => text!("The system gave {bytes}", bytes = bytes),
        (Direction::Outbound, Some(most)) => {
            text!(
                "The system took {length} of the {most} bytes offered; the rest waits until it has room",
                length = grouped(length),
                most = grouped(most)
            )
        }
        (Direction::Outbound, None) => text!("The system took {bytes}", bytes = bytes),
    }
}

/// A `recv` or `send` as it is written: `recv(1024) = 5`, `send(65536) = 21000`; the argument where it is known.
#[must_use]
pub fn written(word: &str, length: u64, argument: Option<u64>) -> String {
    match argument.filter(|argument| *argument >= length) {
        Some(argument) => format!("{word}({argument}) = {length}"),
        None => format!("{word} = {length}"),
    }
}

/// What the call behind a record did, as a sentence; empty where the record says all there is.
#[must_use]
pub fn explained(row: &Row<'_>, at_most: Option<usize>) -> String {
    let direction = row.head.event.direction();
    if let Some(direction) = direction {
        let most = match direction {
            Direction::Inbound => at_most.map(|most| most as u64),
            Direction::Outbound => row.offered.map(u64::from),
        };
        return words(direction, u64::from(row.head.length), most);
    }
    let detail = row.detail();
    match (row.head.event, detail.failure, detail.by) {
        (_, Some(failure), _) => format!("{}: {}", failure.operation.word(), numbers(&failure)),
        (Event::HalfClosed, None, Some(By::Local)) => {
            text!("shutdown(SHUT_WR): the peer's recv returns 0 after the last byte").to_owned()
        }
        (Event::HalfClosed, None, _) => text!("recv returned 0 bytes: the end of the stream").to_owned(),
        _ => String::new(),
    }
}

/// The error's name with its numbers on both systems: `ECONNREFUSED · Linux 111 · Windows 10061`.
#[must_use]
pub fn numbers(failure: &Failure) -> String {
    let pair = number_pair(failure);
    if pair.is_empty() { failure.name().into_owned() } else { format!("{} · {pair}", failure.name()) }
}

/// The error's numbers on both systems: `Linux 111 · Windows 10061`; empty for what is no system's error.
#[must_use]
pub fn number_pair(failure: &Failure) -> String {
    let Some(Numbers { linux, windows, .. }) = failure.numbers() else { return String::new() };
    let mut parts = Vec::new();
    if linux != 0 {
        parts.push(text!("Linux {number}", number = linux));
    }
    if windows != 0 {
        parts.push(text!("Windows {number}", number = windows));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::*;
    use crate::journal::{Budget, Identity};

    fn connection() -> Arc<Connection> {
        Connection::new(Identity::accepted(1), Journal::new(Budget::default()))
    }

    fn recv(connection: &Connection, bytes: &[u8]) {
        connection.traffic(Event::Recv, &[IoSlice::new(bytes)], bytes.len(), bytes.len());
    }

    #[test]
    fn reading_on_gives_the_same_as_reading_at_once_and_both_are_bounded() {
        let connection = connection();
        let (mut often, mut once) = (Calls::default(), Calls::default());
        for number in 0..MOST + 900 {
            recv(&connection, &vec![b'x'; 1 + number % 700]);
            if number % 37 == 0 {
                assert!(often.update(&connection, Encoding::Utf8));
            }
        }
        often.update(&connection, Encoding::Utf8);
        once.update(&connection, Encoding::Utf8);
        assert!(!once.update(&connection, Encoding::Utf8));
        for calls in [&often, &once] {
            assert_eq!(calls.list().len(), MOST);
            assert!(!calls.is_whole());
            let kept: usize = calls.list().iter().map(|call| call.payload.len()).sum();
            assert!(kept > BYTES / 2 && kept <= BYTES + 700, "{kept}");
            let shown: u64 = calls.list().iter().map(|call| call.length).sum();
            assert_eq!(calls.before(Direction::Inbound) + shown, connection.received().0);
        }
    }

    #[test]
    fn further_back_is_read_on_demand_and_that_is_bounded_too() {
        let connection = connection();
        let count = REACH + 2000;
        for _ in 0..count {
            recv(&connection, b"x");
        }
        let mut calls = Calls::default();
        let mut held = Vec::new();
        for _ in 0..4 {
            calls.update(&connection, Encoding::Utf8);
            held.push(calls.held(&connection).unwrap());
            calls.reach();
        }
        let shown: Vec<u64> = held.iter().map(|held| held.shown).collect();
        assert_eq!(shown, [4000, 16_000, 64_000, 64_000]);
        assert!(held[1].older && !held[2].older && held.iter().all(|held| !held.evicted && held.all == count as u64));
        // Another connection begins with as many as any.
        let other = Connection::new(Identity::accepted(2), Journal::new(Budget::default()));
        recv(&other, b"x");
        calls.update(&other, Encoding::Utf8);
        assert_eq!((calls.held(&other), calls.most()), (None, MOST));
    }

    #[test]
    fn what_is_no_longer_kept_is_said() {
        let journal = Journal::new(Budget { rows: 3000, ..Budget::default() });
        let connection = Connection::new(Identity::accepted(1), journal);
        for _ in 0..20_000 {
            recv(&connection, b"x");
        }
        let mut calls = Calls::default();
        calls.update(&connection, Encoding::Utf8);
        calls.reach();
        calls.update(&connection, Encoding::Utf8);
        let held = calls.held(&connection).unwrap();
        assert!(held.evicted && !held.older && held.shown < 16_000 && held.all == 20_000, "{held:?}");
    }

    #[test]
    fn a_start_is_shown_where_anything_of_it_can_be() {
        assert_eq!(preview(Encoding::Utf8, b"", b"hello\r\n"), "hello··");
        assert_eq!(preview(Encoding::Utf8, b"", "回答".as_bytes().get(1..).unwrap()), "··答");
        assert_eq!(preview(Encoding::Utf8, b"", b"\xff\xd8\xff\xe0"), "JPEG");
        assert_eq!(preview(Encoding::Utf8, b"", b"\0\x01\x02\x03\x04"), "");
    }

    #[test]
    fn a_character_that_calls_share_is_whole_with_the_last_of_them() {
        let text = "不要回答abc不要回答";
        for encoding in [Encoding::Utf8, Encoding::Gbk, Encoding::Big5, Encoding::Utf16Le] {
            let bytes = encoding.encode(text).unwrap();
            for size in 1..=5 {
                let connection = connection();
                let mut calls = Calls::default();
                for part in bytes.chunks(size) {
                    recv(&connection, part);
                    connection.traffic(Event::Send, &[IoSlice::new(b"\xe4")], 1, 1);
                    // Read on in some places and at once in others.
                    if part.len() % 2 == 0 {
                        calls.update(&connection, encoding);
                    }
                }
                calls.update(&connection, encoding);
                let recvs = calls.list().iter().filter(|call| call.event == Event::Recv);
                let shown: String = recvs.map(|call| call.preview.as_str()).collect();
                assert_eq!(shown.replace(wording::DOT, ""), text, "{encoding} in pieces of {size}");
            }
        }
    }
}
