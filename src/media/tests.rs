//! Scanner and decoder against pictures made in memory.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage, RgbaImage};

use super::*;

mod fuzz;
mod hostile;
mod kinds;
mod tiffs;

/// xorshift64, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.roll() % count as u64).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll().to_le_bytes()[3]).collect()
    }
}

/// Colours that change everywhere, with some noise, never black.
fn scene(width: u32, height: u32) -> RgbImage {
    let mut dice = Dice(99);
    let shade = |part: u32, all: u32| (part * 150 / all).to_le_bytes()[0];
    RgbImage::from_fn(width, height, |x, y| {
        let noise = dice.roll().to_le_bytes()[2] & 15;
        Rgb([60 + noise + shade(x, width), 60 + shade(y, height), 90 + noise])
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(scene(width, height), ImageFormat::Png)
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(scene(width, height), ImageFormat::Jpeg)
}

fn animation(frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = |_| Frame::new(DynamicImage::from(scene(40, 30)).into_rgba8());
    GifEncoder::new(&mut bytes).encode_frames((0..frames).map(picture)).unwrap();
    bytes
}

/// A lossy WebP of one pixel; the image crate writes lossless ones only.
const LOSSY: &[u8] =
    b"RIFF\x22\0\0\0WEBPVP8 \x16\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0\x0e\xc0\xfe\x25\xa4\0\x03p\0\0\0\0";

/// One of each kind, 40 × 30.
fn gallery() -> Vec<(Format, Vec<u8>)> {
    vec![
        (Format::Png, png(40, 30)),
        (Format::Jpeg, jpeg(40, 30)),
        (Format::Gif, animation(2)),
        (Format::WebP, encoded(scene(40, 30), ImageFormat::WebP)),
        (Format::Bmp, encoded(scene(40, 30), ImageFormat::Bmp)),
        (Format::Ico, encoded(DynamicImage::from(scene(40, 30)).into_rgba8(), ImageFormat::Ico)),
        (Format::Tiff, encoded(scene(40, 30), ImageFormat::Tiff)),
        (Format::Pnm, encoded(scene(40, 30), ImageFormat::Pnm)),
        (Format::Qoi, encoded(scene(40, 30), ImageFormat::Qoi)),
    ]
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], data].concat()
}

/// The TIFF part of EXIF that says how to turn the picture.
fn exif(orientation: u8) -> Vec<u8> {
    let head = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
    [&head[..], &[orientation, 0, 0, 0], &[0; 4]].concat()
}

fn with_segment(jpeg: &[u8], segment: &[u8]) -> Vec<u8> {
    [&jpeg[..2], segment, &jpeg[2..]].concat()
}

/// A chunk whose checksum is wrong, which the scanner does not mind.
fn chunk(name: &[u8], length: u32, data: &[u8]) -> Vec<u8> {
    [&length.to_be_bytes()[..], name, data, b"crc!"].concat()
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let data = [&sides[..], &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n", &chunk(b"IHDR", 13, &data)[..]].concat()
}

/// What a scanner finds in `stream` when fed in pieces of these sizes, over and over.
fn scan_in(stream: &[u8], pieces: &[usize]) -> Vec<Found> {
    let (mut scanner, mut found, mut rest) = (Scanner::new(), Vec::new(), stream);
    let mut sizes = pieces.iter().cycle();
    while !rest.is_empty() {
        let (piece, next) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        scanner.feed(piece, &mut found);
        rest = next;
    }
    while let Some(last) = scanner.finish() {
        found.push(last);
    }
    assert!(!scanner.is_busy());
    found
}

/// What is found, after proving that the size of the pieces does not matter.
fn scan(stream: &[u8]) -> Vec<Found> {
    let whole = scan_in(stream, &[stream.len()]);
    for pieces in [&[1][..], &[2], &[3, 1], &[7, 64, 1], &[33], &[1000], &[4096, 5]] {
        assert!(whole == scan_in(stream, pieces), "pieces of {pieces:?} give something else");
    }
    whole
}

fn sizes(found: &[Found]) -> Vec<(Format, Ending, u64, usize)> {
    found.iter().map(|one| (one.format, one.ending, one.offset, one.bytes.len())).collect()
}

fn draw(bytes: &[u8]) -> Decoded {
    decode(bytes, &Limits::default()).unwrap()
}

#[test]
fn every_kind_is_cut_out_exactly() {
    for (format, bytes) in gallery() {
        let found = scan(&[b"HTTP/1.1 200 OK\r\n\r\n", &bytes[..], b"and more text"].concat());
        assert_eq!(sizes(&found), [(format, Ending::Complete, 19, bytes.len())]);
        assert!(found[0].bytes == bytes);
        assert_eq!((found[0].width, found[0].height), (40, 30));
    }
    assert_eq!(sizes(&scan(LOSSY)), [(Format::WebP, Ending::Complete, 0, LOSSY.len())]);
}

#[test]
fn pictures_back_to_back_are_all_exact() {
    let mut stream = Vec::new();
    let mut expected = Vec::new();
    for (format, bytes) in gallery().into_iter().chain(gallery().into_iter().rev()) {
        expected.push((format, Ending::Complete, stream.len() as u64, bytes.len()));
        stream.extend(bytes);
    }
    assert_eq!(sizes(&scan(&stream)), expected);
}

#[test]
fn false_starts_hide_nothing() {
    let picture = png(9, 9);
    let starts: [&[u8]; 12] = [
        b"BM",
        b"BMW and BMP\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"GIF89a is a format of 1989, GIF87a one of 1987",
        b"RIFF",
        b"RIFF\xFF\0\0\0WAVEfmt ",
        b"RIFF\xFF\0\0\0WEBPVP8 ",
        b"\x89PNG",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0",
        b"\xFF\xD8\xFF",
        // A segment of 64 KiB that swallows the picture, up to the end of the stream.
        b"\xFF\xD8\xFF\xE0\xFF\xFF",
        b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xDA",
    ];
    for start in starts {
        for tail in [0, 70_000] {
            let found = scan(&[start, &picture, &vec![b'.'; tail]].concat());
            let place = start.len() as u64;
            assert_eq!(sizes(&found), [(Format::Png, Ending::Complete, place, picture.len())], "{start:?}");
        }
    }
}

#[test]
fn random_bytes_hold_no_picture() {
    assert_eq!(scan_in(&Dice(5).bytes(4 << 20), &[65_536]), []);
}

#[test]
fn jpeg_markers_of_every_sort() {
    let thumbnail = jpeg(8, 8);
    let app = segment(0xE1, &[&exif(1)[..], &thumbnail].concat());
    let frame = segment(0xC2, &[8, 0, 30, 0, 40, 1, 1, 0x11, 0]);
    let scan_header = segment(0xDA, &[1, 1, 0, 0, 0x3F, 0]);
    let stream = [
        &[0xFF, 0xD8][..],
        &app,
        &[0xFF, 0xFF, 0xFF],
        &segment(0xDB, &[0; 65]),
        &frame,
        &segment(0xC4, &[0; 17]),
        &scan_header,
        b"entropy \xFF\0 \xFF\xD0 restart \xFF\xD7 \xFF\x37 damaged \xFF\xFF",
        &segment(0xC4, b"\xFF\xD9 in a table"),
        &scan_header,
        b"second scan \xFF\0\xFF\xFF\xD9",
    ]
    .concat();
    let found = scan(&[&stream[..], b" after"].concat());
    assert_eq!(sizes(&found), [(Format::Jpeg, Ending::Complete, 0, stream.len())]);
    assert_eq!((found[0].width, found[0].height), (40, 30));
}

#[test]
fn end_of_stream_hands_over_what_is_there() {
    // A TIFF without its directory, which stands at its end, could be anything.
    for (format, bytes) in gallery().into_iter().filter(|(format, _)| *format != Format::Tiff) {
        let cut = bytes.len() - 9;
        let found = scan(&[b"text", &b"\n\n"[..], &bytes[..cut]].concat());
        assert_eq!(sizes(&found), [(format, Ending::CutShort, 6, cut)]);
        assert_eq!(found[0].width, 40);
    }
    // No header yet, but a signature that leaves no doubt.
    let found = scan(&png(9, 9)[..20]);
    assert_eq!(sizes(&found), [(Format::Png, Ending::CutShort, 0, 20)]);
    assert_eq!((found[0].width, found[0].height), (0, 0));
    // The two letters alone are no picture.
    assert_eq!(scan(b"BM and GIF89a"), []);
}

#[test]
fn another_picture_in_the_data_cuts_the_first() {
    let (first, second) = (png(60, 60), png(9, 9));
    for (_, next) in gallery().iter().filter(|(format, _)| matches!(format, Format::Png | Format::Jpeg | Format::WebP))
    {
        // The first two may have pictures in them of right; the last one runs out of pixels in the next one's first bytes.
        let others =
            gallery().into_iter().filter(|(format, _)| !matches!(format, Format::Ico | Format::Tiff | Format::Qoi));
        for (format, bytes) in others.chain([(Format::Png, first.clone())]) {
            let cut = bytes.len() - 40;
            let found = scan(&[&bytes[..cut], next, &second].concat());
            assert_eq!(sizes(&found)[0], (format, Ending::CutShort, 0, cut));
            assert!(found[1].bytes == *next && found[2].bytes == second);
        }
    }
}

#[test]
fn broken_structure_ends_a_picture() {
    let bad = [&png_header(5, 5)[..], &chunk(b"tEXt", 3, b"abc"), b"\0\0\0\x01####", &png(9, 9)].concat();
    let found = scan(&bad);
    assert_eq!(sizes(&found)[0], (Format::Png, Ending::Broken, 0, 33 + 15));
    assert_eq!((found[1].ending, found[1].offset), (Ending::Complete, 33 + 15 + 8));
}

#[test]
fn the_byte_limit_ends_a_picture() {
    let mut stream = [&png_header(5, 5)[..], &0x7FFF_FFFF_u32.to_be_bytes(), b"IDAT"].concat();
    stream.resize(MAX_PICTURE, 0);
    stream.extend(png(9, 9));
    let found = scan_in(&stream, &[1 << 20]);
    assert_eq!(sizes(&found)[0], (Format::Png, Ending::Broken, 0, MAX_PICTURE));
    assert_eq!((found[1].ending, found[1].offset), (Ending::Complete, MAX_PICTURE as u64));
}

#[test]
fn skipping_cuts_and_keeps_the_place() {
    let bytes = png(40, 30);
    let (mut scanner, mut found) = (Scanner::new(), Vec::new());
    scanner.feed(b"ab", &mut found);
    scanner.feed(&bytes[..100], &mut found);
    scanner.skip(1000);
    assert!(!scanner.is_busy());
    scanner.feed(&[b"c", &bytes[..], b"\x89PN"].concat(), &mut found);
    assert_eq!(
        sizes(&found),
        [(Format::Png, Ending::CutShort, 2, 100), (Format::Png, Ending::Complete, 1103, bytes.len())]
    );
    assert!(scanner.is_busy());
    scanner.skip(0);
    assert!(scanner.is_busy());
    assert_eq!(scanner.finish(), None);
}

#[test]
fn arriving_shows_progress() {
    let (mut scanner, mut found) = (Scanner::new(), Vec::new());
    assert!(size_of::<Scanner>() < 100);
    let bytes = encoded(scene(40, 30), ImageFormat::Bmp);
    scanner.feed(&bytes[..10], &mut found);
    assert_eq!((scanner.is_busy(), scanner.arriving()), (true, None));
    scanner.feed(&bytes[10..1000], &mut found);
    let expected = Some(bytes.len() as u64);
    let arriving = Arriving { format: Format::Bmp, width: 40, height: 30, offset: 0, received: 1000, expected };
    assert_eq!(scanner.arriving(), Some((arriving, &bytes[..1000])));
    scanner.feed(&bytes[1000..], &mut found);
    assert_eq!((scanner.is_busy(), scanner.arriving(), found.len()), (false, None, 1));
}

/// Processor time of this thread: other work on the machine does not count.
#[cfg(unix)]
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

#[cfg(not(unix))]
fn worked() -> Duration {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Twice the bytes take about twice the time, not four times, for streams made to be searched again and again.
#[test]
fn hostile_streams_cost_linear_time() {
    let header = [&png_header(1, 1)[..], b"\x7F\xFF\xFF\xFFIDAT"].concat();
    let patterns: [&[u8]; 9] = [
        b"\x89PNG\r\n\x1a\n",
        b"\xFF\xD8\xFF\xE0\xFF\xFF",
        // Each false start lies in a segment of the one before.
        b"\xFF\xE0\0\x08\xFF\xD8\xFF\xE0\0\x04",
        b"\xFF\xD8\xFF",
        b"BM",
        b"RIFF\xFF\xFF\xFF\x7FWEBPVP8L\x40\0\0\0\x2F\0\0\0\0",
        b"GIF89a\x01\0\x01\0\0\0\0!",
        b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        &header,
    ];
    let time = |pattern: &[u8], length: usize| {
        let stream: Vec<u8> = pattern.iter().copied().cycle().take(length).collect();
        let once = |_| {
            let start = worked();
            scan_in(&stream, &[length]);
            worked().saturating_sub(start)
        };
        (0..5).map(once).min().unwrap()
    };
    for pattern in patterns {
        let (short, long) = (time(pattern, 200_000), time(pattern, 1_600_000));
        // Eight times the bytes; quadratic would be 64.
        assert!(long < short * 28, "{pattern:?}: {short:?}, then {long:?}");
    }
}

#[test]
fn every_kind_decodes_whole() {
    for (format, bytes) in gallery() {
        let picture = draw(&bytes);
        assert_eq!((picture.format, &picture.damage), (format, &None));
        assert_eq!((picture.width, picture.height, picture.shown_width), (40, 30, 40));
        assert_eq!(picture.frames, if format == Format::Gif { 2 } else { 1 });
        let close = |(one, two): (&[u8; 4], &Rgb<u8>)| (0..3).all(|at| one[at].abs_diff(two[at]) < 40) && one[3] == 255;
        assert!(picture.rgba.as_chunks().0.iter().zip(scene(40, 30).pixels()).all(close), "{format:?}");
    }
    assert_eq!(draw(LOSSY).rgba.len(), 4);
    let wide = DynamicImage::from(scene(40, 30)).into_rgb16();
    assert!(draw(&encoded(wide, ImageFormat::Png)).rgba == draw(&png(40, 30)).rgba);
}

#[test]
fn limits_are_checked_first() {
    let limits = Limits::default();
    let huge = [&png_header(60_000, 60_000)[..], &chunk(b"IDAT", 0, b"")].concat();
    let found = scan(&huge);
    assert_eq!((found[0].width, found[0].height), (60_000, 60_000));
    let error = decode(&huge, &limits).unwrap_err();
    assert!(matches!(error, DecodeError::TooLarge { width: 60_000, .. }));
    assert_eq!(error.to_string(), "PNG of 60000 × 60000 pixels is over the limit of 150 megapixels");
    let error = decode(&jpeg(40, 30), &Limits { memory: 1 << 10, ..limits }).unwrap_err();
    assert!(matches!(error, DecodeError::TooMuchMemory { width: 40, .. }), "{error}");
    assert!(matches!(decode(b"plain text", &limits), Err(DecodeError::Unknown)));
    assert!(matches!(decode(&png(9, 9)[..20], &limits), Err(DecodeError::NoHeader(Format::Png))));
}

#[test]
fn large_pictures_are_scaled_down() {
    let picture = RgbaImage::from_fn(1000, 10, |x, _| image::Rgba([200, if x < 500 { 0 } else { 100 }, 7, 255]));
    let limits = Limits { side: 100, ..Limits::default() };
    let picture = decode(&encoded(picture, ImageFormat::Png), &limits).unwrap();
    assert_eq!((picture.width, picture.height), (1000, 10));
    assert_eq!((picture.shown_width, picture.shown_height), (100, 1));
    let pixels = picture.rgba.as_chunks().0;
    assert!(pixels[..50].iter().all(|pixel| *pixel == [200, 0, 7, 255]));
    assert!(pixels[50..].iter().all(|pixel| *pixel == [200, 100, 7, 255]));
}

#[test]
fn orientation_is_applied() {
    let upright = jpeg(40, 30);
    let turned = draw(&with_segment(&upright, &segment(0xE1, &exif(6))));
    assert_eq!((turned.width, turned.height), (30, 40));
    assert_eq!((turned.shown_width, turned.shown_height), (30, 40));
    let plain = draw(&upright);
    // A quarter turn clockwise: the first pixel goes to the right end of the first row.
    assert_eq!(turned.rgba[29 * 4..30 * 4], plain.rgba[..4]);
}

#[test]
fn what_arrived_of_a_picture_is_shown() {
    let scene = scene(200, 200);
    let wide = DynamicImage::from(scene.clone()).into_rgb16();
    let pictures = [
        encoded(scene.clone(), ImageFormat::Png),
        encoded(wide, ImageFormat::Png),
        encoded(DynamicImage::from(scene.clone()).into_rgba8(), ImageFormat::Gif),
        encoded(scene.clone(), ImageFormat::WebP),
        encoded(scene.clone(), ImageFormat::Bmp),
        encoded(scene.clone(), ImageFormat::Pnm),
        encoded(scene.clone(), ImageFormat::Qoi),
        encoded(scene, ImageFormat::Jpeg),
    ];
    for bytes in pictures {
        let whole = draw(&bytes);
        let part = draw(&bytes[..bytes.len() / 2]);
        let damage = part.damage.unwrap();
        assert_eq!((damage.flaw.clone(), part.width), (Flaw::CutShort, 200));
        assert!(damage.to_string().starts_with("the data stops before the end"));
        // The first rows are right (a BMP begins with the last ones).
        let rows = 0..20 * 200 * 4;
        if whole.format == Format::Bmp {
            let rows = whole.rgba.len() - rows.end..whole.rgba.len();
            assert!(part.rgba[rows.clone()] == whole.rgba[rows]);
        } else {
            assert!(part.rgba[rows.clone()] == whole.rgba[rows], "{:?}", whole.format);
        }
        if whole.format != Format::Jpeg {
            let clear = part.rgba.as_chunks().0.iter().filter(|pixel| **pixel == [0; 4]).count();
            let percent = usize::from(damage.percent.unwrap());
            assert!((20..80).contains(&percent), "{:?}: {percent} %", whole.format);
            assert_eq!(percent, (40_000 - clear) * 100 / 40_000);
        }
    }
}
