//! The kinds that are looked for only where something new begins, and those made by hand.

use super::*;

/// 3 × 2 pixels of (200, 40, 90), by libjxl's own encoder.
const JXL: &[u8] = b"\xff\x0a\x08\x40\x10\x50\x5c\x08\x08\x02\x01\0\x40\0\x4b\x12\xa5\x42\x85\x24\x92\x27\xe8\xfe\0\x84\xc1\x1c\x1c\x01";
const SVG: &[u8] = b"<?xml version=\"1.0\"?>\n<!-- <svg> in words -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"30\">\
    <svg x=\"1\"/><rect width=\"40\" height=\"30\" fill='#c8285a' id=\"a>b\"/><text x=\"2\" y=\"20\">Hi</text></svg>";

/// 24 × 16 pixels in seven passes, a gradient.
const INTERLACED: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x18\x00\x00\x00\x10\x04\x03\x00\x00\x01\x89\x0d\x920\x00\x00\
    \x000PLTE\xc8(Z\xbc)`\xb1+g\xa6,n\x9b.u\x900|\x841\x82y3\x89n4\x90c6\x97X8\x9eL9\xa4A;\xab6<\xb2+>\xb9 @\xc0\xf2\xa4\
    \x02\xdc\x00\x00\x00XIDAT\x08\xd7M\xcbA\x0d\x80P\x0c\x83\xe1\xdf\x02\x16\xb0\x80\x85Y\xc0\x02\x16\xb8r\x9c\x05,`\x01\
    \x0b\xb3\x80\x05,@(\xef%\xfd\x0e\xcb\x9a\xb4\x00\xb9\xf1\xdf\x88\xa0\xaa\xbe\xa4?3\x95Ga\x11\x0e\xe1\x16\x9aV\x09\xe9\
    \xcd\x94>(\xe9\xbb\xc10\x19f\xc3j\xd8\x0d\xa7\xe12<\xe6\x05\xed\xdf`\x19\x01,\x1f.\x00\x00\x00\x00IEND\xaeB`\x82";

fn boxed(name: &[u8], inside: &[u8]) -> Vec<u8> {
    let length = u32::try_from(inside.len() + 8).unwrap().to_be_bytes();
    [&length[..], name, inside].concat()
}

/// What a small AVIF looks like from outside.
fn avif() -> Vec<u8> {
    let size = boxed(b"ispe", b"\0\0\0\0\0\0\0\x28\0\0\0\x1e");
    let meta = boxed(b"meta", &[&[0; 4], &size[..]].concat());
    [boxed(b"ftyp", b"avif\0\0\0\0mif1avif"), meta, boxed(b"mdat", &[7; 99])].concat()
}

fn boxed_jxl() -> Vec<u8> {
    [boxed(b"JXL ", b"\r\n\x87\n"), boxed(b"ftyp", b"jxl \0\0\0\0jxl "), boxed(b"jxlc", JXL)].concat()
}

/// One block of 4 × 4 pixels, all of its first colour: pure red.
pub(super) fn dds() -> Vec<u8> {
    let mut head = vec![0_u32; 32];
    head[0] = u32::from_le_bytes(*b"DDS ");
    (head[1], head[2], head[3], head[4]) = (124, 0x1007, 4, 4);
    (head[19], head[20], head[21], head[27]) = (32, 4, u32::from_le_bytes(*b"DXT1"), 0x1000);
    let head: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
    [&head[..], &[0, 0xF8, 0, 0, 0, 0, 0, 0]].concat()
}

fn hdr() -> Vec<u8> {
    let mut bytes = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 9\n".to_vec();
    for _ in 0..2 {
        // Nine pixels, packed channel by channel: half the light of white in red, none in the others.
        bytes.extend([2, 2, 0, 9, 137, 128, 137, 0, 137, 0, 137, 128]);
    }
    bytes
}

pub(super) fn handmade() -> Vec<(Format, Vec<u8>)> {
    vec![
        (Format::Svg, SVG.to_vec()),
        (Format::Avif, avif()),
        (Format::Jxl, boxed_jxl()),
        (Format::Dds, dds()),
        (Format::Hdr, hdr()),
        (Format::Pnm, b"P3 2 1 # two\n255\n200 40 90\n0 0 0\n".to_vec()),
        (Format::Pnm, b"P1\n8 2\n0101010111111111\n".to_vec()),
        (
            Format::Pnm,
            b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\xc8\x28\x5a\xff".to_vec(),
        ),
    ]
}

#[test]
fn they_are_found_behind_a_head_a_length_or_another() {
    for (format, bytes) in handmade() {
        let length = bytes.len();
        let word = u32::try_from(length).unwrap().to_be_bytes();
        for before in [&b""[..], b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", b"two\n\n", &word] {
            let found = scan(&[before, &bytes, b"\x01 and what follows"].concat());
            let want = (format, Ending::Complete, before.len() as u64, length);
            assert_eq!(sizes(&found).first(), Some(&want), "{format:?} after {before:?}");
        }
        let rest = scan(&[&png(9, 9)[..], &bytes, &bytes].concat());
        assert_eq!(rest.len(), 3, "{format:?}");
        assert!(rest[2].bytes == bytes);
    }
    let whole = scan(&[b"\r\n\r\n", JXL].concat());
    assert_eq!(sizes(&whole), [(Format::Jxl, Ending::Complete, 4, JXL.len())]);
    assert_eq!((whole[0].width, whole[0].height), (3, 2));
}

#[test]
fn text_that_speaks_of_them_is_none() {
    let texts: [&[u8]; 7] = [
        b"<html>\n\n<p>an <svg width=\"1\"></svg> in a page</p>",
        b"<!DOCTYPE html>\n<html><svg></svg></html>",
        b"line\n<svg></svg> is not at a beginning",
        b"P6 is a kind of PNM, P4 too",
        b"qoif and DDS and #?RADIANCE are words\n",
        b"x\n\nII* and MM and \xFF\x0A bytes",
        b"\n\n<?xml version=\"1.0\"?><note>no</note>",
    ];
    for text in texts {
        assert_eq!(sizes(&scan(&[text, &[b' '; 300]].concat())), [], "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn they_are_drawn() {
    let red = [200, 40, 90, 255];
    let first = |bytes: &[u8]| *draw(bytes).rgba.first_chunk::<4>().unwrap();
    for bytes in [JXL, &boxed_jxl(), SVG, &handmade()[5].1, &handmade()[7].1] {
        assert_eq!(first(bytes), red);
    }
    assert_eq!(first(&dds()), [255, 0, 0, 255]);
    // Half the light is three quarters of the way on the screen.
    assert_eq!(first(&hdr()), [188, 0, 0, 255]);
    assert_eq!(
        draw(SVG).rgba.as_chunks::<4>().0.iter().filter(|pixel| **pixel != red).count().min(1),
        1,
        "text is drawn"
    );
    let error = decode(&avif(), &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "AVIF is recognised, but there is no decoder for it in this program");
    let mut tga = Cursor::new(Vec::new());
    DynamicImage::from(scene(4, 3)).write_to(&mut tga, ImageFormat::Tga).unwrap();
    let tga = tga.into_inner();
    assert_eq!((Format::of_file(&tga, "a.bin"), Format::of_file(&tga, "a.TGA")), (None, Some(Format::Tga)));
    assert_eq!(open(&tga, Some(Format::Tga), &Limits::default()).unwrap().size(), (4, 3));
}

#[test]
fn a_drawing_cannot_hang_or_reach_out() {
    let inside =
        |text: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{text}</svg>");
    let deep = inside(&format!("{}{}", "<g>".repeat(100_000), "</g>".repeat(100_000)));
    let error = decode(deep.as_bytes(), &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("deep in each other"), "{error}");
    // Each doubles what it uses: two to the fortieth rectangles.
    let double = |at: u32| format!("<g id=\"a{at}\"><use href=\"#a{0}\"/><use href=\"#a{0}\"/></g>", at - 1);
    let doubled = (1..40).map(double).collect::<Vec<_>>().concat();
    let bomb = inside(&format!("<defs><rect id=\"a0\" width=\"1\" height=\"1\"/>{doubled}</defs><use href=\"#a39\"/>"));
    let start = Instant::now();
    let _ = decode(bomb.as_bytes(), &Limits::default());
    assert!(start.elapsed() < Duration::from_secs(20));
    let wide = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90000\" height=\"90000\"></svg>";
    assert!(matches!(decode(wide, &Limits::default()), Err(DecodeError::TooLarge { width: 90_000, .. })));
    let file = tempfile::NamedTempFile::with_suffix(".png").unwrap();
    std::fs::write(file.path(), png(9, 9)).unwrap();
    let link = inside(&format!("<image href=\"{}\" width=\"9\" height=\"9\"/>", file.path().display()));
    assert!(draw(link.as_bytes()).rgba.iter().all(|byte| *byte == 0), "nothing of the disk is shown");
}

#[test]
fn tiles_make_up_the_picture_whichever_way_it_is_turned() {
    let upright = jpeg(1100, 700);
    for orientation in 1..=8 {
        let bytes = with_segment(&upright, &segment(0xE1, &exif(orientation)));
        let canvas = open(&bytes, None, &Limits::default()).unwrap();
        let (width, height) = canvas.size();
        let whole = canvas.shown(u32::MAX);
        assert_eq!((whole.width, whole.height), (width, height));
        let pixel = |x: u32, y: u32| {
            let at = (y as usize * width as usize + x as usize) * 4;
            *whole.rgba[at..].first_chunk::<4>().unwrap()
        };
        for (column, row) in [(0, 0), (1, 0), (width / TILE, height / TILE)] {
            let tile = canvas.tile(0, column, row).unwrap();
            let (left, top) = (column * TILE, row * TILE);
            assert_eq!((tile.width, tile.height), (TILE.min(width - left), TILE.min(height - top)));
            for (x, y) in [(0, 0), (tile.width - 1, 0), (tile.width / 3, tile.height - 1)] {
                let at = (y * tile.width + x) as usize * 4;
                assert_eq!(*tile.rgba[at..].first_chunk::<4>().unwrap(), pixel(left + x, top + y), "{orientation}");
                assert_eq!(canvas.pixel(left + x, top + y), Some(pixel(left + x, top + y)));
            }
        }
        let half = canvas.tile(1, 0, 0).unwrap();
        assert_eq!((half.width, half.height), (TILE.min(width.div_ceil(2)), TILE.min(height.div_ceil(2))));
        assert!(canvas.tile(0, 9, 0).is_none() && canvas.tile(40, 0, 0).is_none() && canvas.pixel(width, 0).is_none());
    }
}

#[test]
fn frames_come_one_after_another_and_again() {
    let bytes: Vec<u8> = {
        let mut bytes = Vec::new();
        let shade = |at: u8| Frame::new(RgbaImage::from_pixel(8, 8, image::Rgba([at * 60, 0, 0, 255])));
        GifEncoder::new(&mut bytes).encode_frames((0..4).map(shade)).unwrap();
        bytes
    };
    let mut frames = Animation::new(Format::Gif, bytes.clone(), 1 << 20);
    for number in [0_u8, 1, 3, 2, 0] {
        let still = frames.frame(number.into()).unwrap();
        assert!(still.pixels.rgba[0].abs_diff(number * 60) < 4, "frame {number}");
        assert!(still.pause >= Duration::from_millis(20));
    }
    assert!(frames.frame(4).is_none());
    assert!(Animation::new(Format::Gif, bytes[..40].to_vec(), 1 << 20).frame(0).is_none());
}

#[test]
fn what_is_written_is_read_again() {
    let canvas = open(&png(40, 30), None, &Limits::default()).unwrap();
    for format in WRITTEN {
        let bytes = encode(&canvas, format).unwrap();
        let again = draw(&bytes);
        assert_eq!((again.format, again.width, again.damage), (format, 40, None));
        let close = again.rgba.iter().zip(&draw(&png(40, 30)).rgba).all(|(one, two)| one.abs_diff(*two) < 40);
        assert!(close, "{format:?}");
    }
    assert!(encode(&canvas, Format::Avif).is_err());
}

#[test]
fn a_thumbnail_is_small_and_the_right_way_up() {
    let turned = thumbnail(&with_segment(&jpeg(400, 300), &segment(0xE1, &exif(6))), 100).unwrap();
    assert_eq!((turned.width, turned.height, turned.media_type), (75, 100, "image/jpeg"));
    assert_eq!((draw(&turned.bytes).width, draw(&turned.bytes).height), (75, 100));
    let clear = RgbaImage::from_pixel(20, 10, image::Rgba([9, 9, 9, 100]));
    let clear = thumbnail(&encoded(clear, ImageFormat::Png), 100).unwrap();
    assert_eq!((clear.width, clear.height, clear.media_type), (20, 10, "image/png"));
    assert_eq!(draw(&clear.bytes).rgba[..4], [9, 9, 9, 100]);
    assert!(matches!(thumbnail(b"plain text", 100), Err(DecodeError::Unknown)));
}

#[test]
fn a_texture_that_is_cut_shows_the_blocks_that_came() {
    // Two by two blocks, each pure red; the lower two are missing.
    let mut bytes = dds();
    for at in [12, 16] {
        bytes[at] = 8;
    }
    let block = bytes[128..].to_vec();
    bytes.extend([&block[..], &block, &block].concat());
    assert_eq!(draw(&bytes).damage, None);
    let half = draw(&bytes[..bytes.len() - 12]);
    let damage = half.damage.unwrap();
    assert_eq!((damage.flaw, damage.percent), (Flaw::CutShort, Some(50)));
    assert_eq!((&half.rgba[..4], &half.rgba[252..]), (&[255, 0, 0, 255][..], &[0; 4][..]));
    let error = decode(&bytes[..128], &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::NoPixels(Format::Dds)), "{error}");
}

#[test]
fn what_comes_in_passes_sharpens() {
    use crate::media::interlace::{Passes, fill};
    // Eight by eight shades: the first three passes are there.
    let mut pixels = [0; 64];
    let mut twin = [0xFF; 64];
    for (place, shade) in [(0, 10), (4, 20), (32, 30), (36, 40)] {
        (pixels[place], twin[place]) = (shade, shade);
    }
    fill(Passes::Pixels, &mut pixels, &mut twin, 8, 1);
    let want = |place: usize| 10 + if place % 8 < 4 { 0 } else { 10 } + if place < 32 { 0 } else { 20 };
    assert!(pixels.iter().enumerate().all(|(place, shade)| usize::from(*shade) == want(place)));
    assert_eq!(pixels, twin);
    // Rows: the first, and the one in the middle.
    let (mut pixels, mut twin) = ([[1, 2], [0, 0], [0, 0], [0, 0], [3, 4], [0, 0]], [[0xFF; 2]; 6]);
    (twin[0], twin[4]) = (pixels[0], pixels[4]);
    fill(Passes::Rows, pixels.as_flattened_mut(), twin.as_flattened_mut(), 2, 1);
    assert_eq!(pixels, [[1, 2], [1, 2], [1, 2], [1, 2], [3, 4], [3, 4]]);
    // Whole and cut, through the decoder.
    assert_eq!(draw(INTERLACED).damage, None);
    let cut = draw(&INTERLACED[..INTERLACED.len() - 50]);
    let percent = cut.damage.unwrap().percent.unwrap();
    assert!(percent < 100, "{percent} %");
    assert!(cut.rgba.as_chunks::<4>().0.iter().all(|[.., alpha]| *alpha == 255), "every place has a coarse pixel");
}
