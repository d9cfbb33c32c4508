//! Every encoding at every split, known bytes, and bytes of chance.

use super::*;

/// A text that every encoding but Latin-1 has, and more where there is more.
fn sample(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 | Encoding::Gb18030 | Encoding::Utf16Le | Encoding::Utf16Be => "a不要回答\r\n€é😀𠀀~z",
        Encoding::Gbk => "a不要回答\r\n€é中~z",
        Encoding::Big5 => "a不要回答\r\n許功蓋~z",
        Encoding::ShiftJis => "aこんにちは\r\nｱｲｳ表示~z",
        Encoding::Latin1 => "a\u{80}\u{9f}é÷ÿ\r\n~z",
    }
}

#[test]
fn texts_survive_and_known_bytes_are_right() {
    for encoding in Encoding::ALL {
        let bytes = encoding.encode(sample(encoding)).unwrap();
        assert_eq!(encoding.decode_lossy(&bytes), sample(encoding), "{encoding}");
    }
    let known: [(Encoding, &str, &[u8]); 7] = [
        (Encoding::Gbk, "不要回答", b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0"),
        (Encoding::Gb18030, "😀", b"\x94\x39\xfc\x36"),
        (Encoding::Big5, "不要回答", b"\xa4\xa3\xad\x6e\xa6\x5e\xb5\xaa"),
        (Encoding::ShiftJis, "表示", b"\x95\x5c\x8e\xa6"),
        (Encoding::Utf16Le, "a😀", b"a\0\x3d\xd8\x00\xde"),
        (Encoding::Utf16Be, "a😀", b"\0a\xd8\x3d\xde\x00"),
        (Encoding::Latin1, "é\u{80}", b"\xe9\x80"),
    ];
    for (encoding, text, bytes) in known {
        assert_eq!(encoding.encode(text).unwrap(), bytes, "{encoding}");
    }
}

#[test]
fn characters_stay_whole_at_every_split() {
    for encoding in Encoding::ALL {
        let bytes = encoding.encode(sample(encoding)).unwrap();
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let mut decoder = Decoder::new(encoding);
                let mut out = decoder.push(&bytes[..first]);
                out += &decoder.push(&bytes[first..second]);
                out += &decoder.push(&bytes[second..]);
                out += decoder.finish();
                assert_eq!(out, sample(encoding), "{encoding} at {first} and {second}");
            }
        }
        let mut decoder = Decoder::new(encoding);
        let single: String = bytes.iter().map(|byte| decoder.push(&[*byte])).collect();
        assert_eq!(single + decoder.finish(), sample(encoding), "{encoding} byte by byte");
    }
}

/// Bytes that look like chance but are the same in every run (xorshift).
fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn any_bytes_read_the_same_whole_and_in_pieces() {
    for encoding in Encoding::ALL {
        for seed in 1..400 {
            let bytes = noise(usize::try_from(seed % 61).unwrap(), seed * 7919);
            let whole = encoding.decode_lossy(&bytes);
            for cut in 0..=bytes.len() {
                let mut decoder = Decoder::new(encoding);
                let mut out = decoder.push(&bytes[..cut]);
                assert!(decoder.open().len() < 4, "{encoding}");
                out += &decoder.push(&bytes[cut..]);
                out += decoder.finish();
                assert_eq!(out, whole, "{encoding} {bytes:02x?} at {cut}");
            }
            let (mut out, mut bad) = (String::new(), 0);
            let open = encoding.decode(&bytes, &mut out, |_, wrong| bad += wrong.len());
            assert!(bad + open <= bytes.len(), "{encoding} {bytes:02x?}");
        }
    }
}

/// What the standard of the web says, sequence by sequence.
#[test]
fn utf_8_is_read_as_the_other_decoder_of_it_does() {
    use encoding_rs::DecoderResult::{InputEmpty, Malformed, OutputFull};
    for seed in 1..3000 {
        let mut bytes = noise(usize::try_from(seed % 23).unwrap(), seed * 104_729);
        // More of what begins and continues characters than chance has.
        bytes.iter_mut().step_by(3).for_each(|byte| *byte |= 0xc0);
        let (mut out, mut wrong) = (String::new(), Vec::new());
        let open = Encoding::Utf8.decode(&bytes, &mut out, |out, bytes| {
            out.push('!');
            wrong.push(bytes.len());
        });
        let (mut theirs, mut their_wrong, mut rest) = (String::with_capacity(200), Vec::new(), bytes.as_slice());
        let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
        let mut ending = false;
        let their_open = loop {
            let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut theirs, ending);
            rest = &rest[read..];
            match result {
                InputEmpty if ending => break 0,
                InputEmpty => ending = true,
                Malformed(length, after) if ending => break usize::from(length) + usize::from(after),
                Malformed(length, _) => {
                    theirs.push('!');
                    their_wrong.push(usize::from(length));
                }
                OutputFull => panic!("there is room for all"),
            }
        };
        assert_eq!((out, wrong, open), (theirs, their_wrong, their_open), "{bytes:02x?}");
    }
}

#[test]
fn every_byte_is_a_character_of_latin_1() {
    let bytes: Vec<u8> = (0..=255).collect();
    let text = Encoding::Latin1.decode_lossy(&bytes).into_owned();
    assert!(text.chars().map(u32::from).eq(0..256));
    assert_eq!(Encoding::Latin1.encode(&text).unwrap(), bytes);
}

#[test]
fn the_first_character_that_an_encoding_lacks_is_named() {
    for (encoding, text, words) in [
        (Encoding::Gbk, "naïve ß", "“ï” is not in GBK"),
        (Encoding::Gbk, "a😀b", "“😀” is not in GBK"),
        (Encoding::Big5, "é", "“é” is not in Big5"),
        (Encoding::ShiftJis, "é", "“é” is not in Shift_JIS"),
        (Encoding::Latin1, "a€", "“€” is not in Latin-1"),
    ] {
        assert_eq!(encoding.encode(text).unwrap_err().to_string(), words);
    }
    for encoding in [Encoding::Utf8, Encoding::Gb18030, Encoding::Utf16Le, Encoding::Utf16Be] {
        assert!(encoding.encode("é ï ß 😀 不 こ").is_ok(), "{encoding}");
    }
}

#[test]
fn a_character_goes_on_only_with_its_own_rest() {
    assert!(Encoding::Utf8.continues(b"\xe4\xb8", b"\x8dx"));
    assert!(Encoding::Utf8.continues(b"\xe4", b"\xb8"));
    assert!(!Encoding::Utf8.continues(b"\xe9", b"th"));
    assert!(Encoding::Gbk.continues(b"\xb2", b"\xbb\xd2"));
    assert!(!Encoding::Gbk.continues(b"\xb2", b"\n"));
    assert!(Encoding::Gb18030.continues(b"\x94", b"\x39\xfc\x36a"));
    assert!(Encoding::Utf16Le.continues(b"\x3d\xd8\0", b"\xdea\0"));
    assert!(!Encoding::Utf8.continues(b"", b"a"));
    assert!(!Encoding::Gbk.continues(b"\xb2", b""));
}

#[test]
fn what_is_open_at_the_end_is_found_from_the_end() {
    for encoding in Encoding::ALL {
        for text in [sample(encoding).to_owned(), sample(encoding).repeat(9), sample(encoding)[1..].to_owned()] {
            let bytes = encoding.encode(&text).unwrap();
            for cut in 0..=bytes.len() {
                let mut decoder = Decoder::new(encoding);
                decoder.push(&bytes[..cut]);
                assert_eq!(encoding.open_end(&bytes[..cut], Vec::new), decoder.open(), "{encoding} at {cut}");
                for second in cut..=bytes.len() {
                    let mut both = decoder.clone();
                    both.push(&bytes[cut..second]);
                    let found = encoding.open_end(&bytes[cut..second], || decoder.open().to_vec());
                    if second > cut {
                        assert_eq!(found, both.open(), "{encoding} from {cut} to {second}");
                    }
                }
            }
        }
    }
}

#[test]
fn names_are_read_as_people_write_them() {
    for encoding in Encoding::ALL {
        assert_eq!(encoding.name().parse(), Ok(encoding));
        assert_eq!(encoding.name().to_lowercase().replace('-', "_").parse(), Ok(encoding));
    }
    assert_eq!("ISO-8859-1".parse(), Ok(Encoding::Latin1));
    assert!("utf-7".parse::<Encoding>().unwrap_err().to_string().contains("Shift_JIS"));
}

#[test]
fn sessions_have_utf_8_until_something_else_is_chosen() {
    let mut encodings = Encodings::default();
    encodings.set(SessionId(2), Encoding::Gbk);
    encodings.set(SessionId(3), Encoding::Gbk);
    assert_eq!((encodings.of(SessionId(1)), encodings.of(SessionId(2))), (Encoding::Utf8, Encoding::Gbk));
    assert_eq!(encodings.in_use(), [Encoding::Gbk]);
    encodings.set(SessionId(2), Encoding::Utf8);
    encodings.set(SessionId(3), Encoding::Utf8);
    assert_eq!(encodings, Encodings::default());
}
