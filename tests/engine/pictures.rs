//! Pictures in a raw stream, both ways, whole, cut short, and lying about their size.

use std::{
    io::{Cursor, Write},
    net::Shutdown,
    thread,
    time::Duration,
};

use socketlab::{
    engine::{Command, Notice},
    journal::Object,
    media::{Limits, decode},
    model::{Direction, Event, PictureEnding, Recipe, Target, TransferId},
};

use crate::lab::{Lab, call, poll, take};

/// A PNG with noise in it, so that it does not shrink.
pub(crate) fn png(side: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let picture = image::RgbImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Sends `bytes` through an echo listener in pieces and gives the pictures that were found, oldest first.
fn echo(bytes: &[u8], piece: usize) -> Vec<std::sync::Arc<Object>> {
    let mut lab = Lab::new();
    let (_, address) = lab.listen(Recipe::ECHO);
    let mut caller = call(address);
    caller.set_nodelay(true).unwrap();
    for piece in bytes.chunks(piece) {
        caller.write_all(piece).unwrap();
        assert_eq!(take(&mut caller, piece.len()), piece);
    }
    caller.shutdown(Shutdown::Write).unwrap();
    lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
    let mut found = lab.engine.objects().newest(100);
    found.reverse();
    found
}

fn picture(object: &Object) -> (Direction, PictureEnding, u32, u32) {
    let picture = object.content.picture.as_ref().unwrap();
    (object.content.direction, picture.ending, picture.width, picture.height)
}

#[test]
fn a_picture_through_an_echo_is_found_both_ways() {
    let png = png(40);
    for piece in [1, 7, 1024, 65_536] {
        let bytes = [b"before".as_slice(), &png, b"after"].concat();
        let found = echo(&bytes, piece);
        let mut ways: Vec<_> = found.iter().map(|object| picture(object)).collect();
        ways.sort_by_key(|(direction, ..)| *direction == Direction::Outbound);
        assert_eq!(
            ways,
            [
                (Direction::Inbound, PictureEnding::Complete, 40, 40),
                (Direction::Outbound, PictureEnding::Complete, 40, 40)
            ],
            "pieces of {piece}"
        );
        for object in found {
            assert!(object.content.bytes == png);
            assert!(object.content.first <= object.content.last);
        }
    }
}

#[test]
fn a_picture_cut_short_is_kept_as_far_as_it_came() {
    let png = png(40);
    let half = &png[..png.len() / 2];
    for object in echo(half, 512) {
        assert_eq!(picture(&object).1, PictureEnding::CutShort);
        assert!(object.content.bytes == half);
    }
}

#[test]
fn a_header_that_claims_sixty_thousand_squared_costs_nothing() {
    let mut bytes = png(4);
    // Width and height stand behind the signature, the length and the name of the first chunk.
    bytes[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let checksum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    let found = echo(&bytes, 1024);
    assert_eq!(found.len(), 2);
    for object in &found {
        let (_, _, width, height) = picture(object);
        assert_eq!((width, height), (60_000, 60_000));
        assert!(decode(&object.content.bytes, &Limits::default()).is_err());
    }
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

#[test]
fn many_pictures_in_one_stream_are_all_found() {
    let png = png(8);
    let bytes: Vec<u8> = std::iter::repeat_n(png.as_slice(), 40).flatten().copied().collect();
    let found = echo(&bytes, 3000);
    assert_eq!(found.len(), 80);
    assert!(found.iter().all(|object| object.content.bytes == png));
}

/// First and last offset of each picture of one direction, oldest first, and how it ended, as the records say it.
fn written(lab: &Lab, direction: Direction) -> Vec<(u64, u64, PictureEnding)> {
    let records = lab.of(Event::Picture).into_iter();
    let found = records.filter_map(|record| record.detail.picture).filter(|picture| picture.direction == direction);
    found.map(|picture| (picture.first_offset, picture.last_offset, picture.ending)).collect()
}

#[test]
fn a_picture_that_was_given_up_ends_where_it_ends_at_both_ends() {
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let (whole, to) = (png(400), Target::Connection(connection.id()));
    // A file that begins as a PNG with a gigabyte of data, so that it is on its way for long.
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&[&whole[..33], b"\x40\0\0\0IDAT"].concat()).unwrap();
    file.as_file().set_len(1 << 30).unwrap();
    lab.ask(Command::SendFile { transfer: TransferId(1), to: to.clone(), path: file.path().to_owned() });
    take(&mut peer, 300_000);
    lab.ask(Command::Cancel(TransferId(1)));
    let sent = lab.wait("the end of a transfer", |notice| match notice {
        Notice::Transfer { sent, done: Some(false), .. } => Some(*sent),
        _ => None,
    });
    for bytes in [&b"never mind"[..], &whole] {
        lab.ask(Command::Send { to: to.clone(), bytes: bytes.to_vec().into() });
    }
    take(&mut peer, usize::try_from(sent).unwrap() - 300_000 + 10 + whole.len());
    let length = whole.len() as u64;
    poll("both pictures", || (written(&lab, Direction::Outbound).len() == 2).then_some(()));
    let expected =
        [(0, sent - 1, PictureEnding::CutShort), (sent + 10, sent + 10 + length - 1, PictureEnding::Complete)];
    assert_eq!(written(&lab, Direction::Outbound), expected);

    // What a peer gave up, it does not say: the text after a pause does.
    let half = whole.len() / 2;
    peer.write_all(&whole[..half]).unwrap();
    poll("the half of it", || (connection.received().0 == half as u64).then_some(()));
    thread::sleep(Duration::from_millis(500));
    peer.write_all(b"oh").unwrap();
    poll("the text", || (connection.received().0 == half as u64 + 2).then_some(()));
    peer.write_all(&whole).unwrap();
    peer.shutdown(Shutdown::Write).unwrap();
    lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
    let half = half as u64;
    let expected = [(0, half - 1, PictureEnding::CutShort), (half + 2, half + 2 + length - 1, PictureEnding::Complete)];
    assert_eq!(written(&lab, Direction::Inbound), expected);
    let objects = lab.engine.objects().of_connection(connection.id());
    assert!(objects.iter().filter(|object| object.content.bytes == whole).count() == 2);
}

#[test]
fn what_comes_after_a_flood_is_in_its_place() {
    const FLOOD: usize = 96 << 20;
    let mut lab = Lab::new();
    let (_, connection, mut peer) = lab.connect();
    let noise = vec![b'.'; 1 << 20];
    for _ in 0..FLOOD >> 20 {
        peer.write_all(&noise).unwrap();
    }
    poll("the flood", || (connection.received().0 == FLOOD as u64).then_some(()));
    thread::sleep(Duration::from_millis(200));
    let picture = png(40);
    let mut at = FLOOD as u64;
    let mut expected = Vec::new();
    for text in ["look: ", "and again, R"] {
        for bytes in [text.as_bytes(), &picture] {
            peer.write_all(bytes).unwrap();
            at += bytes.len() as u64;
            poll("it", || (connection.received().0 == at).then_some(()));
        }
        expected.push((at - picture.len() as u64, at - 1, PictureEnding::Complete));
    }
    peer.shutdown(Shutdown::Write).unwrap();
    lab.wait("the end", |notice| matches!(notice, Notice::Ended(_)).then_some(()));
    assert_eq!(written(&lab, Direction::Inbound), expected);
    let objects = lab.engine.objects().of_connection(connection.id());
    assert!(objects.iter().all(|object| object.content.bytes == picture));
}
