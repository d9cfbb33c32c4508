use super::*;

fn read(bytes: &[u8], bounds: &[u32], ansi: Ansi) -> Marked {
    Bytes { kept: bytes, bounds, whole: true }.read(Encoding::Utf8, ansi, 2000).expect("text")
}

fn is_text(encoding: Encoding, bytes: &[u8]) -> bool {
    Bytes { kept: bytes, bounds: &[], whole: true }.read(encoding, Ansi::Bytes, 2000).is_some()
}

/// The bytes that a text was made of, taken from what it shows and nothing else.
fn unread(marked: &Marked, encoding: Encoding) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut marks = marked.marks.iter().peekable();
    let mut ends = marked.ends.iter().peekable();
    let write = |bytes: &mut Vec<u8>, mark: Mark| match mark {
        Mark::Control(char) => encoding.encode_into(&char.to_string(), bytes).unwrap(),
        Mark::Byte(byte) => bytes.push(byte),
    };
    let count = marked.text.chars().count();
    for (at, char) in marked.text.chars().map(Some).chain([None]).enumerate() {
        if let Some((_, end)) = ends.next_if(|(place, _)| *place == at) {
            for mark in end.marks() {
                write(&mut bytes, *mark);
            }
            assert!(char == Some('\n') || at == count, "a line goes on after its end");
        } else if let Some((_, mark)) = marks.next_if(|(place, _)| *place == at) {
            write(&mut bytes, *mark);
        } else if let Some(char) = char {
            assert!(!is_hidden(char), "{char:?} is hidden");
            encoding.encode_into(&char.to_string(), &mut bytes).unwrap();
        }
    }
    assert!(marks.next().is_none() && ends.next().is_none());
    bytes
}

#[test]
fn control_characters_keep_their_place_and_have_names() {
    let marked = read(b"\x02TEMP=21.5\x03\r\n", &[], Ansi::Bytes);
    assert_eq!(marked.text, "·TEMP=21.5·");
    let names: Vec<_> = marked.marks.iter().map(|(at, mark)| (*at, mark.name().into_owned())).collect();
    assert_eq!(names, [(0, "STX".to_owned()), (10, "ETX".to_owned())]);
    assert_eq!((marked.ends.as_slice(), marked.cut), ([(11, LineEnd::CrLf)].as_slice(), false));
    assert_eq!(marked.spoken(), "␂TEMP=21.5␃");

    let long = format!("a\u{202e}b\tc\x7f\rd caf\u{e9}{}", "x".repeat(60));
    let marked = read(long.as_bytes(), &[], Ansi::Bytes);
    let names: Vec<_> = marked.marks.iter().map(|(_, mark)| mark.name().into_owned()).collect();
    assert_eq!(names, ["U+202E", "TAB", "DEL", "CR"]);
}

#[test]
fn the_bounds_of_the_calls_stand_between_their_bytes() {
    let marked = read(b"Hello\nIs this the lab?\n", &[6], Ansi::Bytes);
    assert_eq!((marked.text.as_str(), marked.bounds.as_slice()), ("Hello\nIs this the lab?", [6].as_slice()));
    // Where a character stands in two calls, the bound is before it.
    let marked = read("a不b".as_bytes(), &[2], Ansi::Bytes);
    assert_eq!((marked.text.as_str(), marked.bounds.as_slice()), ("a不b", [1].as_slice()));
    let marked = read(b"one\r\ntwo", &[4], Ansi::Bytes);
    assert_eq!((marked.text.as_str(), marked.bounds.as_slice()), ("one·\ntwo", [4].as_slice()));
}

#[test]
fn every_byte_is_shown_exactly_once() {
    let mut state = 1_u64;
    let mut dice = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let words =
        ["hello ", "\r\n", "\n", "\r", "不要回答", "\x02", "\x1b[31m", "\x1b]", "\u{202e}", "\t", "é", "\u{feff}", "x"];
    let (mut texts, mut wrong) = (0, 0);
    for round in 0..4000 {
        let encoding = [Encoding::Utf8, Encoding::Latin1, Encoding::Gbk, Encoding::Utf16Le][round % 4];
        let mut bytes = Vec::new();
        for _ in 0..dice(30) {
            match dice(20) {
                0 if encoding != Encoding::Gbk && encoding != Encoding::Utf16Le => {
                    bytes.push(u8::try_from(dice(256)).unwrap());
                }
                _ => bytes.extend(encoding.encode(words[dice(words.len())]).unwrap_or_default()),
            }
        }
        let mut bounds: Vec<u32> = (0..dice(4)).map(|_| u32::try_from(1 + dice(bytes.len() + 1)).unwrap()).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let Some(marked) = (Bytes { kept: &bytes, bounds: &bounds, whole: true }).read(encoding, Ansi::Bytes, 2000)
        else {
            continue;
        };
        texts += 1;
        wrong += marked.marks.iter().filter(|(_, mark)| matches!(mark, Mark::Byte(_))).count();
        assert_eq!(unread(&marked, encoding), bytes, "{encoding}");
        let inside = bounds.iter().filter(|bound| (**bound as usize) < bytes.len()).count();
        assert_eq!(marked.bounds.len(), inside, "{encoding}");
    }
    assert!(texts > 2000 && wrong > 50, "{texts} {wrong}");
}

#[test]
fn a_cut_text_says_so() {
    let bytes = [b'a'; 50];
    let marked = Bytes { kept: &bytes, bounds: &[], whole: true }.read(Encoding::Utf8, Ansi::Bytes, 20).unwrap();
    assert_eq!((marked.text.len(), marked.cut), (20, true));
    let marked = Bytes { kept: &bytes, bounds: &[], whole: false }.read(Encoding::Utf8, Ansi::Bytes, 99).unwrap();
    assert!(marked.cut);
    // What is begun at a cut is no wrong byte: the rest of it is not shown.
    let marked = Bytes { kept: b"abc\xe4", bounds: &[], whole: false }.read(Encoding::Utf8, Ansi::Bytes, 99).unwrap();
    assert_eq!((marked.text.as_str(), marked.marks.len()), ("abc", 0));
}

#[test]
fn colours_are_shown_as_bytes_as_colours_or_not_at_all() {
    let bytes = b"\x1b[01;34mbin\x1b[0m \x1b[38;5;208mx\x1b[48;2;1;2;3my\x1b[K";
    let marked = read(bytes, &[], Ansi::Bytes);
    assert!(marked.ansi && marked.text.starts_with("·[01;34mbin·[0m"), "{}", marked.text);
    assert!(marked.styles.is_empty());
    let marked = read(bytes, &[], Ansi::Hidden);
    assert_eq!((marked.text.as_str(), marked.styles.len()), ("bin xy", 0));
    let marked = read(bytes, &[], Ansi::Colours);
    let blue = Style { ink: Some(Ink::Number(4)), bold: true, ..Style::default() };
    let orange = Style { ink: Some(Ink::Number(208)), ..Style::default() };
    let both = Style { paper: Some(Ink::Rgb(1, 2, 3)), ..orange };
    assert_eq!(marked.text, "bin xy");
    assert_eq!(marked.styles, [(0, blue), (3, Style::default()), (4, orange), (5, both)]);
    // What does not end is shown, whatever was chosen.
    let marked = read(b"one two three \x1b[31", &[], Ansi::Hidden);
    assert!(!marked.ansi && marked.text.ends_with("·[31"));
    let marked = read(b"\x1b]0;title\x07prompt$ ", &[], Ansi::Hidden);
    assert_eq!(marked.text, "prompt$ ");
}

#[test]
fn what_devices_say_is_text_and_what_is_binary_is_not() {
    for text in
        [&b"\x02TEMP=21.5\x03\r\n"[..], b"\x06", b"\x02T\x03", b"hello\0", b"\x1b[01;34mbin\x1b[0m\n", b"", b"\n"]
    {
        assert!(is_text(Encoding::Utf8, text), "{text:02x?}");
    }
    let gbk = b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0";
    assert!(is_text(Encoding::Gbk, gbk) && !is_text(Encoding::Utf8, gbk));
    assert!(is_text(Encoding::Utf8, "不要".as_bytes().get(..4).unwrap()), "a character that is begun is no wrong byte");
    let modbus = b"\x01\x03\x00\x00\x00\x02\xc4\x0b";
    let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\x01\0H\0H\0\0";
    let random: Vec<u8> = (1..=400_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    for binary in [&modbus[..], &modbus[..3], jpeg, b"\0\0\0\0", b"h\0i\0", &random] {
        for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Gbk, Encoding::Big5, Encoding::ShiftJis] {
            assert!(!is_text(encoding, binary), "{encoding} {binary:02x?}");
        }
    }
}
