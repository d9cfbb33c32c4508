//! What belongs into one message: pauses, lines, single calls, transfers.

use std::collections::HashMap;

use super::super::{
    gather::{Meant, Piece},
    message::{BULK, Body, File, Message},
    messages::{Grouping, Item},
    *,
};
use crate::model::{Direction, Event, SentFile, TransferId};

const MS: u64 = 1_000_000;

/// Calls of one connection, each `after` milliseconds behind the one before.
struct Calls {
    grouping: Grouping,
    seq: Seq,
    nanos: u64,
    offsets: [u64; 2],
}

impl Calls {
    fn new(rule: Rule) -> Self {
        let look = Look { rule, ..Look::default() };
        let grouping = Grouping::new(false, 1024, (Encoding::Utf8, look), &[], HashMap::new());
        Self { grouping, seq: 0, nanos: 1, offsets: [0; 2] }
    }

    fn piece(&mut self, event: Event, after: u64, bytes: &[u8], file: Option<(SentFile, u64)>) {
        self.seq += 1;
        self.nanos += after * MS;
        let direction = event.direction();
        let mut offset = 0;
        if let Some(direction) = direction {
            let way = &mut self.offsets[usize::from(direction == Direction::Outbound)];
            offset = *way;
            *way += bytes.len() as u64;
        }
        let (seq, nanos, length, head) = (self.seq, self.nanos, bytes.len() as u64, bytes.to_vec());
        let (sentence, meant) = (String::new(), Meant::Plain);
        let (connection, name) = Default::default();
        self.grouping.add(&Piece {
            seq,
            connection,
            name,
            nanos,
            event,
            direction,
            offset,
            length,
            head,
            sentence,
            meant,
            file,
        });
    }

    fn comes(&mut self, after: u64, bytes: &[u8]) {
        self.piece(Event::Recv, after, bytes, None);
    }

    fn goes(&mut self, after: u64, bytes: &[u8]) {
        self.piece(Event::Send, after, bytes, None);
    }

    fn messages(&self) -> Vec<&Message> {
        self.grouping
            .items
            .iter()
            .filter_map(|item| if let Item::Message(message) = item { Some(message.as_ref()) } else { None })
            .collect()
    }

    fn sizes(&self) -> Vec<(u64, u32)> {
        self.messages().iter().map(|message| (message.bytes, message.calls)).collect()
    }

    fn is_bulk(&self, index: usize) -> bool {
        self.messages()[index].is_bulk(self.grouping.reader)
    }
}

fn noise(length: usize) -> Vec<u8> {
    (1..=u32::try_from(length).unwrap()).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect()
}

#[test]
fn a_pause_a_line_or_each_call_ends_a_message() {
    let said = |rule| {
        let mut calls = Calls::new(rule);
        calls.comes(0, b"one\ntw");
        calls.comes(10, b"o\nthree");
        calls.comes(80, b"\n");
        calls.sizes()
    };
    assert_eq!(said(Rule::Pause), [(13, 2), (1, 1)]);
    // `one`, `two` of two calls, `three` of two calls although there was a pause.
    assert_eq!(said(Rule::Line), [(4, 1), (4, 2), (6, 2)]);
    assert_eq!(said(Rule::Never), [(6, 1), (7, 1), (1, 1)]);
}

#[test]
fn the_bounds_of_joined_calls_are_known() {
    let mut calls = Calls::new(Rule::Pause);
    calls.comes(0, b"Hello\n");
    calls.comes(10, b"Is this the lab?\n");
    let messages = calls.messages();
    assert_eq!(
        (messages.len(), messages[0].bounds(), messages[0].head()),
        (1, [6].as_slice(), &b"Hello\nIs this the lab?\n"[..])
    );
}

#[test]
fn a_line_is_cut_out_of_a_call_so_often_and_no_more() {
    let mut calls = Calls::new(Rule::Line);
    calls.comes(0, "x\n".repeat(100).as_bytes());
    let sizes = calls.sizes();
    assert_eq!((sizes.len(), sizes[63], sizes[64]), (65, (2, 1), (72, 1)));
}

#[test]
fn many_bytes_that_are_no_text_are_one_transfer_whatever_is_said_meanwhile() {
    let mut calls = Calls::new(Rule::Pause);
    let part = noise(8 << 10);
    for _ in 0..10 {
        calls.comes(120, &part);
    }
    assert_eq!(calls.sizes(), [(80 << 10, 10)]);
    assert!(calls.is_bulk(0));
    calls.goes(5, b"how far is it?");
    calls.comes(700, &part);
    assert_eq!(calls.sizes(), [(88 << 10, 11), (14, 1)]);
    // After a longer pause something else begins.
    calls.comes(1100, &part);
    assert_eq!(calls.sizes(), [(88 << 10, 11), (14, 1), (8 << 10, 1)]);
}

#[test]
fn what_began_before_the_oldest_record_says_so() {
    let mut calls = Calls::new(Rule::Pause);
    calls.offsets[0] = 500;
    calls.comes(0, b"the rest");
    calls.comes(90, b"and more");
    calls.goes(0, b"from the beginning");
    let begun: Vec<_> = calls.messages().iter().map(|message| message.begins_before).collect();
    assert_eq!(begun, [true, false, false]);
}

#[test]
fn what_is_small_or_slow_or_text_is_no_transfer() {
    // A sensor with a frame every 100 ms.
    let mut calls = Calls::new(Rule::Pause);
    for _ in 0..5 {
        calls.comes(100, &noise(20));
    }
    assert_eq!(calls.sizes().len(), 5);
    // Frames of 2 kB twice a second.
    let mut calls = Calls::new(Rule::Pause);
    for _ in 0..5 {
        calls.comes(500, &noise(2048));
    }
    assert_eq!(calls.sizes().len(), 5);
    // Text in large pieces.
    let mut calls = Calls::new(Rule::Pause);
    for _ in 0..5 {
        calls.comes(100, "a long text\n".repeat(1000).as_bytes());
    }
    assert_eq!(calls.sizes().len(), 5);
    // Just under the size.
    let mut calls = Calls::new(Rule::Pause);
    calls.comes(0, &noise(usize::try_from(BULK).unwrap() - 1));
    assert!(!calls.is_bulk(0));
    calls.comes(1, b"\xff");
    assert!(calls.is_bulk(0));
}

#[test]
fn a_file_that_goes_out_is_one_message_with_its_name() {
    let mut calls = Calls::new(Rule::Pause);
    calls.goes(0, b"here it is");
    let file = |over| SentFile { transfer: TransferId(7), name: "cat.bin".to_owned(), from: 10, over };
    calls.piece(Event::Progress, 1, b"", Some((file(false), 5000)));
    calls.goes(1, &noise(3000));
    calls.comes(400, b"thanks so far");
    calls.piece(Event::Progress, 100, b"", Some((file(false), 5000)));
    calls.goes(3000, &noise(2000));
    calls.piece(Event::Progress, 0, b"", Some((file(true), 5000)));
    calls.goes(10, b"that was it");
    assert_eq!(calls.sizes(), [(10, 1), (5000, 2), (13, 1), (11, 1)]);
    let messages = calls.messages();
    let Body::File(known) = &messages[1].body else { panic!("{:?}", messages[1].body) };
    let expected = File { transfer: TransferId(7), name: "cat.bin".to_owned(), total: 5000, over: true, picture: None };
    assert_eq!(**known, expected);
    assert_eq!((messages[1].from, messages[1].end - messages[1].start), (10, 3501 * MS));
    assert_eq!(calls.grouping.items.len(), 4, "its progress is no fact beside it");
}
