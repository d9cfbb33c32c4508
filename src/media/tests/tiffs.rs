//! TIFF by hand: the directory first, so that what is cut off is pixels.

use super::*;

/// How one is written.
#[derive(Clone, Copy)]
struct Writer {
    big_endian: bool,
    /// Offsets of 64 bits.
    wide: bool,
}

const PLAIN: Writer = Writer { big_endian: false, wide: false };

impl Writer {
    fn number(self, value: u64, length: usize) -> Vec<u8> {
        if self.big_endian {
            value.to_be_bytes()[8 - length..].to_vec()
        } else {
            value.to_le_bytes()[..length].to_vec()
        }
    }

    /// Fields of 16-bit numbers, and strips or tiles in rows; `tiles` names the fields that say where they are.
    fn write(self, fields: &[(u16, &[u64])], tiles: bool, strips: &[&[u8]]) -> Vec<u8> {
        let (places, lengths) = if tiles { (0x144, 0x145) } else { (0x111, 0x117) };
        let word = if self.wide { 8 } else { 4 };
        let (head, size) = if self.wide { (16, 20) } else { (8, 12) };
        let count = fields.len() + 2;
        let behind = head + if self.wide { 8 } else { 2 } + count * size + word;
        let mut values: Vec<u8> = Vec::new();
        // Where the strips begin depends on the room that all values take.
        let room: usize = fields.iter().map(|(_, values)| values.len() * 2).filter(|length| *length > word).sum();
        let lists = if strips.len() * 4 > word { strips.len() * 8 } else { 0 };
        let mut at = behind + room + lists;
        let starts: Vec<u64> = strips
            .iter()
            .map(|strip| {
                at += strip.len();
                (at - strip.len()) as u64
            })
            .collect();
        let sizes: Vec<u64> = strips.iter().map(|strip| strip.len() as u64).collect();
        let mut all: Vec<(u16, usize, Vec<u64>)> =
            fields.iter().map(|(tag, values)| (*tag, 2, values.to_vec())).collect();
        all.extend([(places, 4, starts), (lengths, 4, sizes)]);
        all.sort_by_key(|(tag, ..)| *tag);
        let mut directory = self.number(count as u64, if self.wide { 8 } else { 2 });
        for (tag, length, numbers) in all {
            directory.extend(self.number(tag.into(), 2));
            directory.extend(self.number(if length == 2 { 3 } else { 4 }, 2));
            directory.extend(self.number(numbers.len() as u64, word));
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| self.number(*number, length)).collect();
            if bytes.len() <= word {
                directory.extend(&bytes);
                directory.extend(vec![0; word - bytes.len()]);
            } else {
                directory.extend(self.number((behind + values.len()) as u64, word));
                values.extend(bytes);
            }
        }
        directory.extend(vec![0; word]);
        let mut out = if self.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        out.extend(self.number(if self.wide { 43 } else { 42 }, 2));
        if self.wide {
            out.extend([self.number(8, 2), self.number(0, 2)].concat());
        }
        out.extend(self.number(head as u64, word));
        out.extend(directory);
        out.extend(values);
        out.extend(strips.concat());
        out
    }
}

/// Width, height, bits, kind of colours, samples.
fn fields(width: u64, height: u64, bits: u64, colors: u64, samples: u64) -> Vec<(u16, Vec<u64>)> {
    let bits = vec![bits; usize::try_from(samples).unwrap()];
    let all = [(0x100, vec![width]), (0x101, vec![height]), (0x102, bits), (0x103, vec![1]), (0x106, vec![colors])];
    all.into_iter().chain([(0x115, vec![samples]), (0x116, vec![height])]).collect()
}

fn with(mut fields: Vec<(u16, Vec<u64>)>, more: &[(u16, &[u64])]) -> Vec<(u16, Vec<u64>)> {
    for (tag, values) in more {
        fields.retain(|(other, _)| other != tag);
        fields.push((*tag, values.to_vec()));
    }
    fields
}

fn write(writer: Writer, fields: &[(u16, Vec<u64>)], tiles: bool, strips: &[&[u8]]) -> Vec<u8> {
    let fields: Vec<(u16, &[u64])> = fields.iter().map(|(tag, values)| (*tag, &values[..])).collect();
    writer.write(&fields, tiles, strips)
}

fn pixels(bytes: &[u8]) -> Vec<[u8; 4]> {
    let picture = draw(bytes);
    assert_eq!(picture.damage, None);
    picture.rgba.as_chunks::<4>().0.to_vec()
}

fn greys(bytes: &[u8]) -> Vec<u8> {
    pixels(bytes).iter().map(|[grey, ..]| *grey).collect()
}

#[test]
fn samples_of_every_width_and_meaning() {
    let plain = |fields: &[(u16, Vec<u64>)], strip: &[u8]| write(PLAIN, fields, false, &[strip]);
    assert_eq!(greys(&plain(&fields(4, 1, 1, 1, 1), &[0b0110_0000])), [0, 255, 255, 0]);
    assert_eq!(greys(&plain(&fields(4, 1, 1, 0, 1), &[0b0110_0000])), [255, 0, 0, 255]);
    assert_eq!(greys(&plain(&fields(4, 1, 2, 1, 1), &[0b0001_1011])), [0, 85, 170, 255]);
    assert_eq!(greys(&plain(&fields(2, 1, 4, 1, 1), &[0x3F])), [51, 255]);
    assert_eq!(greys(&plain(&fields(2, 1, 12, 1, 1), &[0xFF, 0xF8, 0x00])), [255, 128]);
    assert_eq!(greys(&plain(&fields(2, 1, 16, 1, 1), &[0, 0x80, 0xFF, 0xFF])), [128, 255]);
    let turned = Writer { big_endian: true, wide: false };
    assert_eq!(greys(&write(turned, &fields(2, 1, 16, 1, 1), false, &[&[0x80, 0, 0, 0]])), [128, 0]);
    let signed = with(fields(2, 1, 8, 1, 1), &[(0x153, &[2])]);
    assert_eq!(greys(&plain(&signed, &[0x80, 0x7F])), [0, 255]);
    let float = with(fields(2, 1, 32, 1, 1), &[(0x153, &[3])]);
    assert_eq!(greys(&plain(&float, &[0.0_f32.to_le_bytes(), 1.0_f32.to_le_bytes()].concat())), [0, 255]);
    let mut table = vec![0; 768];
    (table[7], table[256 + 7], table[512 + 7]) = (0xFF00, 0x2800, 0x5A00);
    let palette = with(fields(2, 1, 8, 3, 1), &[(0x140, &table)]);
    assert_eq!(pixels(&plain(&palette, &[7, 0])), [[255, 40, 90, 255], [0, 0, 0, 255]]);
    assert_eq!(pixels(&plain(&fields(1, 1, 8, 5, 4), &[0, 255, 255, 0])), [[255, 0, 0, 255]]);
    let alpha = with(fields(1, 1, 8, 2, 4), &[(0x152, &[1])]);
    assert_eq!(pixels(&plain(&alpha, &[50, 100, 0, 100])), [[128, 255, 0, 100]]);
    // White, and a strong green.
    let lab = pixels(&plain(&fields(2, 1, 8, 8, 3), &[255, 0, 0, 128, 0x80, 127]));
    assert!(lab[0][..3].iter().all(|part| *part > 252) && lab[1][1] > 140 && lab[1][0] < 30, "{lab:?}");
    // Four brightnesses share two differences.
    let shared = with(fields(2, 2, 8, 6, 3), &[(0x212, &[2, 2])]);
    assert_eq!(greys(&plain(&shared, &[10, 20, 30, 40, 128, 128])), [10, 20, 30, 40]);
    let turned = with(fields(2, 1, 8, 1, 1), &[(0x112, &[3])]);
    assert_eq!(greys(&plain(&turned, &[1, 2])), [2, 1]);
}

#[test]
fn strips_tiles_planes_and_long_offsets() {
    for big_endian in [false, true] {
        for wide in [false, true] {
            let writer = Writer { big_endian, wide };
            let planes = with(fields(2, 1, 8, 2, 3), &[(0x11C, &[2])]);
            let bytes = write(writer, &planes, false, &[&[1, 2], &[3, 4], &[5, 6]]);
            assert_eq!(pixels(&bytes), [[1, 3, 5, 255], [2, 4, 6, 255]]);
            // Three by three in tiles of two by two, whose rest is nothing.
            let tiled = with(fields(3, 3, 8, 1, 1), &[(0x142, &[2]), (0x143, &[2])]);
            let parts: [&[u8]; 4] = [&[1, 2, 4, 5], &[3, 0, 6, 0], &[7, 8, 0, 0], &[9, 0, 0, 0]];
            let bytes = write(writer, &tiled, true, &parts);
            assert_eq!(greys(&bytes), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
            let found = scan(&[&bytes[..], b"behind"].concat());
            assert_eq!(sizes(&found), [(Format::Tiff, Ending::Complete, 0, bytes.len())], "{big_endian} {wide}");
        }
    }
}

#[test]
fn packed_strips() {
    let row = |method: u64, more: &[(u16, &[u64])], width: u64, bits: u64, strip: &[u8]| {
        let fields = with(with(fields(width, 1, bits, 1, 1), &[(0x103, &[method])]), more);
        greys(&write(PLAIN, &fields, false, &[strip]))
    };
    assert_eq!(row(32_773, &[], 5, 8, &[0xFE, 9, 1, 3, 4]), [9, 9, 9, 3, 4]);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &[5, 1, 1, 1, 250]).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(row(8, &[], 5, 8, &packed), [5, 1, 1, 1, 250]);
    assert_eq!(row(8, &[(0x13D, &[2])], 5, 8, &packed), [5, 6, 7, 8, 2]);
    let lzw = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&[7, 7, 7, 7, 8]).unwrap();
    assert_eq!(row(5, &[], 5, 8, &lzw), [7, 7, 7, 7, 8]);
    // Two white, three black, three white, of fax machines: 0111 10 1000; with black as one.
    let fax = with(fields(8, 1, 1, 0, 1), &[(0x103, &[2])]);
    let want = [255, 255, 0, 0, 0, 255, 255, 255];
    assert_eq!(greys(&write(PLAIN, &fax, false, &[&[0b0111_1010, 0]])), want);
    let backwards = with(fax, &[(0x10A, &[2])]);
    assert_eq!(greys(&write(PLAIN, &backwards, false, &[&[0b0101_1110, 0]])), want);
}

#[test]
fn what_is_missing_of_it_is_left_out() {
    let rows = with(fields(4, 4, 8, 1, 1), &[(0x116, &[1])]);
    let strips: [&[u8]; 4] = [&[10; 4], &[20; 4], &[30; 4], &[40; 4]];
    let bytes = write(PLAIN, &rows, false, &strips);
    for (cut, percent) in [(4, 75), (6, 62), (12, 25)] {
        let picture = draw(&bytes[..bytes.len() - cut]);
        let damage = picture.damage.unwrap();
        assert_eq!((damage.flaw, damage.percent), (Flaw::CutShort, Some(percent)));
        assert_eq!(picture.rgba[..4], [10, 10, 10, 255]);
        assert_eq!(picture.rgba[60..], [0; 4]);
    }
}

#[test]
fn one_that_is_made_to_be_slow_or_large_is_refused() {
    // A thousand tiles, each of which is the whole file.
    let tiled = with(fields(1000, 1, 8, 1, 1), &[(0x103, &[5]), (0x142, &[1]), (0x143, &[1])]);
    let clear = vec![0x80; 200_000];
    let mut bytes = write(PLAIN, &tiled, true, &[&clear]);
    let length = u32::try_from(bytes.len()).unwrap();
    // Both fields become lists of a thousand numbers that stand behind the picture.
    for (tag, value) in [(0x144_u16, 8_u32), (0x145, length - 8)] {
        let at = bytes.windows(4).position(|four| four == [tag.to_le_bytes(), 4_u16.to_le_bytes()].concat()).unwrap();
        let list = u32::try_from(bytes.len()).unwrap();
        bytes[at + 4..at + 8].copy_from_slice(&1000_u32.to_le_bytes());
        bytes[at + 8..at + 12].copy_from_slice(&list.to_le_bytes());
        bytes.extend((0..1000).flat_map(|_| value.to_le_bytes()));
    }
    let start = Instant::now();
    let error = decode(&bytes, &Limits::default()).map(|picture| picture.damage.unwrap().to_string());
    let words = error.unwrap_or_else(|error| error.to_string());
    assert!(words.contains("again and again"), "{words}");
    assert!(start.elapsed() < Duration::from_secs(5));
    // Millions of tiles of one pixel in 32 planes, of which one is there.
    let endless = with(fields(4_096, 4_096, 8, 1, 32), &[(0x11c, &[2]), (0x142, &[1]), (0x143, &[1])]);
    let start = Instant::now();
    let _ = decode(&write(PLAIN, &endless, true, &[&[0]]), &Limits::default());
    assert!(start.elapsed() < Duration::from_secs(5));
    let huge = with(fields(60_000, 1, 8, 1, 1), &[(0x142, &[60_000]), (0x143, &[60_000])]);
    let error = decode(&write(PLAIN, &huge, true, &[&[0]]), &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::TooMuchMemory { width: 60_000, .. }), "{error}");
}
