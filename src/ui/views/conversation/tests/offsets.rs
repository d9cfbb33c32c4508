//! Property: whatever goes by, and however it is cut, every byte is in exactly one message and every picture is whole.

use std::{
    io::{Cursor, IoSlice},
    sync::Arc,
};

use image::{DynamicImage, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

use super::{
    super::{
        message::{Body, Message},
        messages::Item,
        *,
    },
    Recorder,
};
use crate::{
    journal::{Budget, Connection, Identity, Place},
    model::{Detail, Direction, Event, ObjectId, SocketKind},
    ui::views::shared::picture::PictureState,
};

/// A little generator of numbers, so that every run is the same and a seed says which case failed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^ mixed >> 32
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

struct Nowhere;

impl PictureSource for Nowhere {
    fn texture(&self, _: ObjectId) -> PictureState {
        PictureState::Loading
    }
}

fn gallery() -> Vec<Vec<u8>> {
    let mut dice = Dice(7);
    let scene = RgbImage::from_fn(19, 11, |_, _| image::Rgb([0; 3].map(|_: u8| dice.next().to_le_bytes()[0])));
    let formats = [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp, ImageFormat::Qoi];
    let mut gallery: Vec<Vec<u8>> = formats
        .iter()
        .map(|format| {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::from(scene.clone()).write_to(&mut bytes, *format).unwrap();
            bytes.into_inner()
        })
        .collect();
    let mut jpeg = Vec::new();
    scene.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 80)).unwrap();
    gallery.push(jpeg);
    gallery
}

/// What goes one way, and where in it whole pictures stand that nothing before can hide.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    sure: Vec<(usize, usize)>,
}

impl Script {
    fn write(dice: &mut Dice, gallery: &[Vec<u8>], parts: usize) -> Self {
        const WORDS: [&str; 9] = ["hello ", "不要回答", "BMW ", "RIFF", "GIF89", "\r\n", "P6 is a format", "#?R", "qo"];
        // Each may be the first byte of a picture.
        const LAST: [&[u8]; 9] = [b"B", b"D", b"G", b"R", b"q", b"#", b"<", b"\xff", b"\x89PN"];
        let mut script = Self::default();
        let mut shadowed = false;
        for _ in 0..parts {
            let picture = &gallery[dice.below(gallery.len())];
            match dice.below(10) {
                0..4 => {
                    for _ in 0..dice.below(6) {
                        script.bytes.extend_from_slice(dice.one(&WORDS).as_bytes());
                    }
                    script.bytes.extend_from_slice(dice.one(&LAST));
                }
                4..8 => {
                    if !shadowed {
                        script.sure.push((script.bytes.len(), picture.len()));
                    }
                    script.bytes.extend_from_slice(picture);
                }
                8 => {
                    shadowed = true;
                    script.bytes.extend_from_slice(&picture[..dice.below(picture.len())]);
                }
                _ => {
                    shadowed = true;
                    let mut broken = picture.clone();
                    for _ in 0..=dice.below(3) {
                        let at = dice.below(broken.len());
                        broken[at] ^= 1 << dice.below(8);
                    }
                    script.bytes.extend_from_slice(&broken);
                }
            }
        }
        script
    }
}

/// One call, as the conversation has to say it.
struct Call {
    seq: Seq,
    nanos: u64,
    start: u64,
    end: u64,
}

struct Exchange {
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    connection: Arc<Connection>,
    recorders: [Recorder; 2],
    calls: [Vec<Call>; 2],
    view: Conversation,
}

const WAYS: [Direction; 2] = [Direction::Inbound, Direction::Outbound];

impl Exchange {
    fn new(budget: Budget, socket: SocketKind) -> Self {
        let (journal, objects) = (Journal::new(budget), Objects::new(64 << 20));
        let connection = Connection::new(Identity { socket, ..Identity::accepted(1) }, Arc::clone(&journal));
        let recorders = [Recorder::new(&objects), Recorder::new(&objects)];
        let (calls, view) = Default::default();
        Self { journal, objects, connection, recorders, calls, view }
    }

    fn call(&mut self, way: usize, bytes: &[u8]) {
        let (head, tail) = bytes.split_at(bytes.len() / 3);
        let start = self.calls[way].last().map_or(0, |call| call.end);
        self.recorders[way].record(&self.connection, WAYS[way], &[IoSlice::new(head), IoSlice::new(tail)], bytes.len());
        // Behind the record of the call there may be one of a picture.
        let mut seq = self.connection.last();
        loop {
            let row = |row: crate::journal::Row<'_>| (row.head.event, row.head.nanos, row.previous());
            let (event, nanos, previous) = self.journal.with_row(seq, row).unwrap();
            if event != Event::Picture {
                self.calls[way].push(Call { seq, nanos, start, end: start + bytes.len() as u64 });
                return;
            }
            seq = previous.unwrap();
        }
    }

    fn finish(&mut self) {
        for recorder in &mut self.recorders {
            recorder.finish(&self.connection);
        }
    }

    fn read(&self, view: &mut Conversation) {
        let input = ConversationInput {
            whose: Whose::One(&self.connection),
            journal: &self.journal,
            objects: &self.objects,
            pictures: &Nowhere,
            encoding: Encoding::Utf8,
            keeping: None,
        };
        view.read(&input, 0.0);
    }

    fn messages(view: &Conversation, way: usize) -> Vec<&Message> {
        let messages = (0..view.timeline.len()).filter_map(|at| view.timeline.item(at)).filter_map(|item| match item {
            Item::Message(message) if message.direction == WAYS[way] => Some(message.as_ref()),
            _ => None,
        });
        messages.collect()
    }

    /// Every byte that is shown is in exactly one message, and each message says what its calls were. Returns where the
    /// pictures stand.
    fn check(&self, view: &Conversation, way: usize, stream: &[u8]) -> Vec<(usize, usize)> {
        let messages = Self::messages(view, way);
        let objects = self.objects.of_connection(self.connection.id());
        let mut pictures: Vec<_> = objects
            .iter()
            .filter(|object| object.content.direction == WAYS[way])
            .map(|object| match object.content.place {
                Place::Stream(span) => (span.start, span.end, object),
                other => panic!("{other:?}"),
            })
            .collect();
        pictures.sort_by_key(|(start, ..)| *start);
        let oldest = view.pieces.iter().find(|piece| piece.direction == Some(WAYS[way]));
        let mut at = oldest.map_or(stream.len() as u64, |piece| piece.offset);
        assert!(view.partial || at == 0);
        pictures.retain(|(_, end, _)| *end > at);
        let mut pictures = pictures.into_iter().peekable();
        let mut found = Vec::new();
        for message in messages {
            let picture = matches!(message.body, Body::Picture(_) | Body::Echo(_));
            let start = if picture { pictures.peek().unwrap().0 } else { at };
            let end = start + message.bytes;
            let shown = |offset: u64| usize::try_from(offset).unwrap();
            let bytes = &stream[shown(start)..shown(end)];
            if picture {
                let (_, to, object) = pictures.next().unwrap();
                assert!(start == at || found.is_empty() && start < at, "pictures follow what was before them");
                assert!(to == end && object.content.bytes == bytes, "a picture is the stream's bytes");
                found.push((shown(start), bytes.len()));
            } else {
                assert!(bytes.starts_with(message.head()), "what is shown is what went by");
                assert!(pictures.peek().is_none_or(|(next, ..)| *next >= end), "no byte of a picture is in a text");
            }
            let calls: Vec<_> = self.calls[way].iter().filter(|call| call.start < end && call.end > start).collect();
            let (first, last) = (calls.first().unwrap(), calls.last().unwrap());
            assert_eq!((message.first, message.last, message.calls as usize), (first.seq, last.seq, calls.len()));
            assert_eq!((message.start, message.end), (first.nanos, last.nanos));
            at = end;
        }
        assert_eq!(at, stream.len() as u64, "every byte is in a message");
        assert_eq!(pictures.next().map(|(start, ..)| start), None, "every picture is shown");
        found
    }
}

/// Plays both scripts at once in calls of random sizes; the view reads now and then.
fn play(dice: &mut Dice, budget: Budget, scripts: &[Script; 2], longest: usize) -> Exchange {
    let mut exchange = Exchange::new(budget, SocketKind::TCP4);
    let mut view = Conversation::default();
    let mut at = [0; 2];
    while (0..2).any(|way| at[way] < scripts[way].bytes.len()) {
        let way = dice.below(2);
        let rest = &scripts[way].bytes[at[way]..];
        if rest.is_empty() {
            continue;
        }
        let length = (1 + dice.below(longest)).min(rest.len());
        exchange.call(way, &rest[..length]);
        at[way] += length;
        match dice.below(40) {
            0 => {
                exchange.connection.fact(Event::Remark, &Detail::default(), None);
            }
            1 => exchange.read(&mut view),
            _ => {}
        }
    }
    exchange.finish();
    exchange.read(&mut view);
    exchange.view = view;
    exchange
}

#[test]
fn every_byte_is_in_one_message_and_every_picture_whole() {
    let gallery = gallery();
    for seed in 0..120 {
        let mut dice = Dice(seed);
        let scripts = [(); 2].map(|()| {
            let parts = 1 + dice.below(12);
            Script::write(&mut dice, &gallery, parts)
        });
        let longest = dice.one(&[5, 60, 1024, 5000]);
        println!("seed {seed}, calls of up to {longest}");
        let exchange = play(&mut dice, Budget::default(), &scripts, longest);
        for (way, script) in scripts.iter().enumerate() {
            let found = exchange.check(&exchange.view, way, &script.bytes);
            if !exchange.view.partial {
                for sure in &script.sure {
                    assert!(found.contains(sure), "{sure:?} is missing in {found:?}");
                }
            }
            // Who comes late sees the same.
            let mut late = Conversation::default();
            exchange.read(&mut late);
            let again = exchange.check(&late, way, &script.bytes);
            assert!(found.ends_with(&again) && (late.partial || again.len() == found.len()));
        }
    }
}

#[test]
fn what_is_not_there_any_more_changes_nothing() {
    let gallery = gallery();
    for (seed, rows) in [(1, 2_000_000), (2, 2_000_000), (3, 3000), (4, 500), (5, 64)] {
        let mut dice = Dice(seed);
        let scripts = [(); 2].map(|()| Script::write(&mut dice, &gallery, 60));
        println!("seed {seed}, {rows} rows");
        let exchange = play(&mut dice, Budget { rows, ..Budget::default() }, &scripts, 6);
        assert!(exchange.calls.iter().all(|calls| calls.len() > 4000));
        let mut late = Conversation::default();
        exchange.read(&mut late);
        assert!(late.partial);
        for (way, script) in scripts.iter().enumerate() {
            exchange.check(&exchange.view, way, &script.bytes);
            exchange.check(&late, way, &script.bytes);
        }
    }
}

#[test]
fn each_datagram_is_a_message_and_a_picture_in_it_another() {
    let gallery = gallery();
    let mut exchange = Exchange::new(Budget::default(), SocketKind::UDP4);
    let (whole, half) = (&gallery[0], &gallery[0][..300]);
    let datagrams = [&b"look"[..], whole, half, b"and on", &[whole, &b"text"[..]].concat()];
    for datagram in datagrams {
        exchange.call(0, datagram);
    }
    exchange.finish();
    let mut view = Conversation::default();
    exchange.read(&mut view);
    let found = exchange.check(&view, 0, &datagrams.concat());
    assert_eq!(found, [(4, whole.len()), (4 + whole.len(), 300), (310 + whole.len(), whole.len())]);
    assert_eq!(Exchange::messages(&view, 0).len(), 6);
}
