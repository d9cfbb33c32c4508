//! Pictures in a raw stream, both ways, whole, cut short, and lying about their size.

use std::{
    io::{Cursor, Write},
    net::Shutdown,
};

use socketlab::{
    engine::Notice,
    journal::Object,
    media::{Limits, decode},
    model::{Direction, PictureEnding, Recipe},
};

use crate::lab::{Lab, call, take};

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
