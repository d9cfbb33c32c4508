//! Files made to be slow: a few bytes that ask for minutes of work, or for all memory there is. Each costs what
//! [`Limits::time`] says and not much more.

use std::fmt::Write as _;

use super::*;

/// What each may take. A desktop allows a second.
const TIME: Duration = Duration::from_millis(60);
/// What it may cost at most: twice the time, because what is damaged is decoded twice, what cannot be interrupted (a piece of
/// four thousand bytes, shrinking the result), and a machine that does other things as well, without optimisation.
const MOST: Duration = Duration::from_secs(20);

fn bits(fields: &[(u64, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for (value, count) in fields {
        for bit in 0..*count {
            if at % 8 == 0 {
                out.push(0);
            }
            *out.last_mut().unwrap() |= u8::from(value >> bit & 1 == 1) << (at % 8);
            at += 1;
        }
    }
    out
}

fn zlib(length: usize) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..length.div_ceil(zeros.len()) {
        std::io::Write::write_all(&mut packed, &zeros).unwrap();
    }
    packed.finish().unwrap()
}

/// With a right checksum: nothing that is wrong ends it early.
fn whole_chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&name);
    sum.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &name, data, &sum.sum().to_be_bytes()].concat()
}

fn png_of(width: u32, height: u32, interlaced: bool, before: &[u8], packed: &[u8]) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let head = [&sides[..], &[8, 2, 0, 0, u8::from(interlaced)]].concat();
    let chunks =
        [whole_chunk(*b"IHDR", &head), before.to_vec(), whole_chunk(*b"IDAT", packed), whole_chunk(*b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n", &chunks.concat()[..]].concat()
}

/// A picture of one shade, 8 000 × 8 000: no pixel of it needs a bit.
fn webp_of_nothing() -> Vec<u8> {
    let mut fields = vec![(0x2F, 8), (7_999, 14), (7_999, 14), (1, 1), (0, 3), (0, 1), (0, 1), (0, 1)];
    // Five codes, each of one symbol, which is 0.
    fields.extend([(1, 1), (0, 1), (0, 1), (0, 1)].repeat(5));
    let mut data = bits(&fields);
    data.resize(data.len().next_multiple_of(2).max(16), 0);
    let length = u32::try_from(data.len()).unwrap();
    [b"RIFF", &(length + 12).to_le_bytes()[..], b"WEBPVP8L", &length.to_le_bytes(), &data].concat()
}

/// 6 000 × 6 000 in so many passes, none of which says anything: each is a walk over half a million blocks.
fn jpeg_of_empty_scans(scans: usize) -> Vec<u8> {
    let frame = segment(0xC2, &[8, 0x17, 0x70, 0x17, 0x70, 1, 1, 0x11, 0]);
    let quantities = segment(0xDB, &[&[0][..], &[1; 64]].concat());
    // One code of one bit, which says 0; in the other table it ends 16 384 blocks at once.
    let code = |class: u8, symbol: u8| segment(0xC4, &[&[class, 1][..], &[0; 15], &[symbol]].concat());
    let first = [segment(0xDA, &[1, 1, 0, 0, 0, 0]), vec![0; 8]].concat();
    let next = [segment(0xDA, &[1, 1, 0, 1, 63, 0]), vec![0; 70]].concat();
    [&[0xFF, 0xD8][..], &quantities, &frame, &code(0, 0), &code(0x10, 0xE0), &first, &next.repeat(scans), &[0xFF, 0xD9]]
        .concat()
}

fn gif_head(width: u16, height: u16) -> Vec<u8> {
    [b"GIF89a", &width.to_le_bytes()[..], &height.to_le_bytes(), &[0x80, 0, 0, 0, 0, 0, 9, 9, 9]].concat()
}

fn gif_frame(width: u16, height: u16, data: &[u8]) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    let mut out = [&[0x2C, 0, 0, 0, 0], &sides[..], &[0, 2]].concat();
    for block in data.chunks(255) {
        out.push(u8::try_from(block.len()).unwrap());
        out.extend(block);
    }
    out.push(0);
    out
}

/// LZW of zeros: as few bytes as that can be.
fn lzw_zeros(length: usize) -> Vec<u8> {
    weezl::encode::Encoder::new(weezl::BitOrder::Lsb, 2).encode(&vec![0; length]).unwrap()
}

fn svg(inside: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='3000' height='3000'>{inside}</svg>")
        .into_bytes()
}

/// Each names the one before it ten times.
fn svg_of_uses() -> Vec<u8> {
    let mut inside = "<defs><rect id='a0' width='9' height='9'/>".to_owned();
    for level in 1..9 {
        let uses = format!("<use xlink:href='#a{}' x='1'/>", level - 1).repeat(10);
        write!(inside, "<g id='a{level}'>{uses}</g>").unwrap();
    }
    svg(&(inside + "</defs><use xlink:href='#a8'/>"))
}

fn svg_of_patterns() -> Vec<u8> {
    let mut inside = "<defs><pattern id='p0' width='3' height='3' patternUnits='userSpaceOnUse'><rect width='2' height='2'/></pattern>".to_owned();
    for level in 1..12 {
        write!(
            inside,
            "<pattern id='p{level}' width='2999' height='2999' patternUnits='userSpaceOnUse'>\
             <rect width='3000' height='3000' fill='url(#p{0})'/><circle r='2000' fill='url(#p{0})'/></pattern>",
            level - 1
        )
        .unwrap();
    }
    svg(&(inside + "</defs><rect width='3000' height='3000' fill='url(#p11)'/>"))
}

fn svg_of_filters() -> Vec<u8> {
    let turbulence = "<feTurbulence baseFrequency='0.9' numOctaves='200'/><feMorphology radius='400'/><feGaussianBlur stdDeviation='90'/>";
    svg(&format!(
        "<filter id='f' x='0' y='0' width='1' height='1'>{}</filter>{}",
        turbulence.repeat(20),
        "<rect width='3000' height='3000' filter='url(#f)'/>".repeat(50)
    ))
}

/// So many tiles of a picture of one row, each as large as memory allows, all of them the same bytes.
fn tiff_of_one_tile(count: usize) -> Vec<u8> {
    let packed = zlib(16 << 20);
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let (tiles, place) = (u32::try_from(count).unwrap(), 8 + 2 + 10 * 12 + 4);
    let (lists, data) = (place, place + tiles * 8);
    let entries = [
        entry(0x100, 4, 1, tiles * 16),
        entry(0x101, 4, 1, 1),
        entry(0x102, 3, 1, 8),
        entry(0x103, 3, 1, 8),
        entry(0x106, 3, 1, 1),
        entry(0x115, 3, 1, 1),
        entry(0x142, 4, 1, 16),
        entry(0x143, 4, 1, 1 << 20),
        entry(0x144, 4, tiles, lists),
        entry(0x145, 4, tiles, lists + tiles * 4),
    ];
    let mut out = [b"II*\0\x08\0\0\0", &10_u16.to_le_bytes()[..], &entries.concat(), &[0; 4]].concat();
    out.extend(std::iter::repeat_n(data.to_le_bytes(), count).flatten());
    out.extend(std::iter::repeat_n(u32::try_from(packed.len()).unwrap().to_le_bytes(), count).flatten());
    [out, packed].concat()
}

fn dds_of(side: u32) -> Vec<u8> {
    let mut bytes = super::kinds::dds();
    bytes[12..16].copy_from_slice(&side.to_le_bytes());
    bytes[16..20].copy_from_slice(&side.to_le_bytes());
    bytes
}

/// A directory of so many, all of them the same large PNG.
fn ico_of(png: &[u8], count: u16) -> Vec<u8> {
    let place = 6 + u32::from(count) * 16;
    let length = u32::try_from(png.len()).unwrap();
    let entry = [&[0, 0, 0, 0, 1, 0, 32, 0][..], &length.to_le_bytes(), &place.to_le_bytes()].concat();
    [&[0, 0, 1, 0][..], &count.to_le_bytes(), &entry.repeat(count.into()), png].concat()
}

fn bmp_rle(side: u32) -> Vec<u8> {
    let mut head = b"BM".to_vec();
    for word in [2000, 0, 54 + 1024, 40, side, side, 8 << 16 | 1, 1, 0, 0, 0, 256, 0] {
        head.extend_from_slice(&u32::to_le_bytes(word));
    }
    head.resize(54 + 1024, 9);
    // One row's end after another.
    head.extend([0; 2].repeat(side as usize));
    head.extend([0, 1]);
    head
}

/// What one costs, and what becomes of it.
fn cost(name: &str, bytes: &[u8]) {
    let limits = Limits { side: 640, time: TIME, ..Limits::default() };
    let once = || {
        // Those that were given up before this one are through.
        while matches!(super::aside::DECODERS.run(Duration::from_secs(9), || ()), Err(super::aside::Trouble::Busy)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let start = Instant::now();
        let result = open(bytes, None, &limits);
        let took = start.elapsed();
        let words = match result {
            Ok(canvas) => format!("{:?}, {:?}", canvas.size(), canvas.damage()),
            Err(error) => error.to_string(),
        };
        println!("{name}: {} bytes, {took:?}: {words}", bytes.len());
        took
    };
    // Once more, should the machine have been busy with something else.
    assert!(once() < MOST || once() < MOST, "{name} costs too much");
}

#[test]
fn pictures_made_of_pixels_cost_no_more_than_they_may() {
    let zeros = zlib(76 << 20);
    cost("PNG of zeros", &png_of(5_000, 5_000, false, b"", &zeros));
    cost("PNG of zeros in passes", &png_of(2_500, 2_500, true, b"", &zeros));
    let profile = whole_chunk(*b"iCCP", &[&b"x\0\0"[..], &zeros].concat());
    cost("PNG with a profile of zeros", &png_of(4, 4, false, &profile, &zlib(52)));
    let text = whole_chunk(*b"zTXt", &[&b"x\0\0"[..], &zeros].concat());
    cost("PNG with texts of zeros", &png_of(4, 4, false, &text.repeat(20), &zlib(52)));
    cost("ICO of PNGs of zeros", &ico_of(&png_of(5_000, 5_000, false, b"", &zeros), 20));
    cost("JPEG of empty scans", &jpeg_of_empty_scans(4000));
    cost("WebP of nothing", &webp_of_nothing());
    cost("BMP of ends of rows", &bmp_rle(2_000));
    cost(
        "QOI of runs",
        &[b"qoif\0\0\x17\x70\0\0\x17\x70\x04\0", &vec![0xFD; 700_000][..], &[0, 0, 0, 0, 0, 0, 0, 1]].concat(),
    );
    cost("PNM that is cut", b"P6 4000 4000 255\n\x01\x02\x03");
    cost("PNM in words", &[b"P3 3000 3000 255\n", &b"1 ".repeat(9_000_000)[..]].concat());
    cost("DDS that is cut", &dds_of(6_000));
    cost("HDR that is cut", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4000 +X 4000\n\x02\x02\x0F\xA0\xFF\x01\xFF\x01");
    cost("TIFF of one tile", &tiff_of_one_tile(2000));
}

#[test]
fn an_animation_costs_no_more_than_its_frames_may() {
    let large = gif_frame(8_000, 8_000, &lzw_zeros(8_000 * 8_000));
    cost("GIF with a frame that is larger than the picture", &[gif_head(1, 1), large.clone(), vec![0x3B]].concat());
    let frames = gif_frame(1, 1, &lzw_zeros(1)).repeat(1_000_000);
    let many = [&gif_head(800, 800)[..], &frames, &[0x3B]].concat();
    cost("GIF of a million frames", &many);
    let start = worked();
    let mut animation = Animation::new(Format::Gif, many, 1 << 20);
    assert!(animation.frame(0).is_some());
    assert!(animation.frame(900_000).is_none(), "which would take minutes");
    assert!(worked().saturating_sub(start) < Duration::from_secs(3));
    assert!(animation.frame(1).is_some());
}

#[test]
fn drawings_cost_no_more_than_they_may() {
    let chain = |kind: &str, way: &str| {
        let one = |level: usize| {
            format!(
                "<{kind} id='p{level}' width='9' height='9'><rect width='9' height='9' {way}='url(#p{})'/></{kind}>",
                level + 1
            )
        };
        svg(&((0..20_000).map(one).collect::<String>() + &format!("<rect width='9' height='9' {way}='url(#p0)'/>")))
    };
    cost("SVG of patterns in a chain", &chain("pattern", "fill"));
    cost("SVG of masks in a chain", &chain("mask", "mask"));
    cost("SVG of clips in a chain", &chain("clipPath", "clip-path"));
    let huge = "<pattern id='p' width='900000' height='900000' patternUnits='userSpaceOnUse'><rect width='9' height='9'/></pattern><rect width='9' height='9' fill='url(#p)'/>";
    cost("SVG of a huge pattern", &svg(huge));
    cost("SVG of uses", &svg_of_uses());
    cost("SVG of patterns", &svg_of_patterns());
    cost("SVG of filters", &svg_of_filters());
}
