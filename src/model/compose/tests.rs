use super::*;
use crate::model::Encoding;

const PLAIN: Options = Options {
    line_end: LineEnd::None,
    escapes: false,
    fields: false,
    checksum: Checksum::None,
    byte_order: ByteOrder::Usual,
};
const ESCAPES: Options = Options { escapes: true, ..PLAIN };
const FIELDS_ON: Options = Options { fields: true, ..PLAIN };
const TURN: Turn = Turn { round: 0, now: 1_700_000_000_000_000_000, seed: 1 };

fn ended(line_end: LineEnd) -> Options {
    Options { line_end, ..PLAIN }
}

fn composed(typed: &str, notation: Notation, options: Options) -> Composed {
    Template::new(typed, notation, &options, Encoding::Utf8).unwrap().fill(&TURN)
}

fn text(typed: &str, options: Options) -> Vec<u8> {
    composed(typed, Notation::Text, options).bytes
}

fn wrong(typed: &str, notation: Notation, options: Options, encoding: Encoding) -> String {
    Template::new(typed, notation, &options, encoding).unwrap_err().to_string()
}

#[test]
fn escapes_stand_for_bytes_only_when_they_are_on() {
    assert_eq!(text("a\\r\\n\\xff\\\\", ESCAPES), b"a\r\n\xff\\");
    assert_eq!(text("a\\n", PLAIN), b"a\\n");
    assert_eq!(text("\\q \\x4 \\", ESCAPES), b"\\q \\x4 \\");
    assert_eq!(text("\\不", ESCAPES), "\\不".as_bytes());
    assert_eq!(text("a\\u{4f60}\\u4f60\\u{1F600}\\ud83d\\ude00\\n\\e\\0", ESCAPES), "a你你😀😀\n\x1b\0".as_bytes());
    for wrong in ["\\u{d800}", "\\ud800", "\\u{}", "\\u{4f60", "\\u4f6"] {
        assert_eq!(text(wrong, ESCAPES), wrong.as_bytes());
    }
}

#[test]
fn line_ends_are_put_where_they_belong() {
    for (typed, end, expected) in [
        ("a\nb", LineEnd::None, &b"a\nb"[..]),
        ("a\nb", LineEnd::CrLf, b"a\r\nb\r\n"),
        ("a\n", LineEnd::Lf, b"a\n"),
        ("a\n\nb", LineEnd::Lf, b"a\n\nb\n"),
        ("", LineEnd::Lf, b"\n"),
        ("", LineEnd::None, b""),
        ("a\n", LineEnd::None, b"a\n"),
        ("a\r\nb\r\n", LineEnd::CrLf, b"a\r\nb\r\n"),
        ("a\r\nb\r", LineEnd::Lf, b"a\nb\r\n"),
        ("a\r\nb", LineEnd::None, b"a\r\nb"),
    ] {
        assert_eq!(text(typed, ended(end)), expected, "{typed:?} {end:?}");
    }
}

#[test]
fn everything_is_in_the_encoding() {
    let bytes = |typed: &str, options: &Options, encoding| {
        Template::new(typed, Notation::Text, options, encoding).map(|template| template.fill(&TURN).bytes)
    };
    assert_eq!(bytes("a\nb", &ended(LineEnd::CrLf), Encoding::Utf16Be).unwrap(), b"\0a\0\r\0\n\0b\0\r\0\n");
    assert_eq!(bytes("\\n\\xff", &ESCAPES, Encoding::Utf16Le).unwrap(), b"\n\0\xff");
    assert_eq!(bytes("不\\u{4f60}", &ESCAPES, Encoding::Gbk).unwrap(), b"\xb2\xbb\xc4\xe3");
    assert_eq!(bytes("{counter}", &FIELDS_ON, Encoding::Utf16Le).unwrap(), b"1\0");
    assert_eq!(bytes("{counter:u8}", &FIELDS_ON, Encoding::Utf16Le).unwrap(), b"\x01");
    for (typed, message) in [
        ("ab\n不😀", "line 2, column 2: “😀” is not in GBK"),
        ("a\\u{1f600}", "column 2: “😀” is not in GBK"),
        ("{time:%H😀}", "column 1: “😀” is not in GBK"),
    ] {
        let options = Options { escapes: true, fields: true, ..PLAIN };
        assert_eq!(wrong(typed, Notation::Text, options, Encoding::Gbk), message);
    }
}

#[test]
fn fields_are_filled_where_they_are_on_and_json_stays_as_it_is() {
    let json = r#"{"n": {counter}, "t": {"time": {}}, "x": {count}}"#;
    assert_eq!(text(json, PLAIN), json.as_bytes());
    assert_eq!(text(json, FIELDS_ON), json.replace("{counter}", "1").as_bytes());
    let template = Template::new("#{counter:9}", Notation::Text, &FIELDS_ON, Encoding::Utf8).unwrap();
    assert!(template.has_fields());
    let rounds: Vec<_> = (0..3).map(|round| template.fill(&Turn { round, ..TURN }).bytes).collect();
    assert_eq!(rounds, [&b"#9"[..], b"#10", b"#11"]);
    assert_eq!(composed("01 {counter}{random:2} 02", Notation::Hex, FIELDS_ON).bytes.len(), 5);
    assert_eq!(composed("{0x01, 0x02}", Notation::Hex, FIELDS_ON).bytes, [1, 2]);
    let words = wrong("a {counter:x}", Notation::Text, FIELDS_ON, Encoding::Utf8);
    assert!(words.starts_with("column 3: counter takes") && words.ends_with("“x”"), "{words}");
    let many = "{counter}".repeat(FIELDS);
    assert!(Template::new(&many, Notation::Text, &FIELDS_ON, Encoding::Utf8).is_ok());
    for (more, fault) in
        [(many + "{time}", Fault::TooManyFields), ("{random:65536}".repeat(RANDOM / 65536 + 1), Fault::TooMuchRandom)]
    {
        assert_eq!(Template::new(&more, Notation::Text, &FIELDS_ON, Encoding::Utf8).unwrap_err().fault, fault);
    }
}

#[test]
fn each_byte_says_where_it_comes_from() {
    let options = Options { fields: true, checksum: Checksum::Sum8, ..ended(LineEnd::CrLf) };
    let all = composed("a{counter}\nb\r\nc", Notation::Text, options);
    assert_eq!(all.bytes, b"a1\r\nb\r\nc\x85\r\n");
    let pieces = |composed: &Composed, to| {
        let bytes = |span: Span| (span.piece, composed.bytes[span.start..span.end].to_vec());
        composed.pieces(0..to).into_iter().map(bytes).collect::<Vec<_>>()
    };
    let expected = [
        (Piece::Typed, b"a".to_vec()),
        (Piece::Field, b"1".to_vec()),
        (Piece::LineEnd, b"\r\n".to_vec()),
        (Piece::Typed, b"b\r\nc".to_vec()),
        (Piece::Checksum, b"\x85".to_vec()),
        (Piece::LineEnd, b"\r\n".to_vec()),
    ];
    assert_eq!(pieces(&all, all.bytes.len()), expected);
    assert_eq!(all.body, 8);
    let cut = pieces(&all, 3);
    assert_eq!(cut.concat_bytes(), b"a1\r");
    // An end that was typed as it is sent is typed.
    assert!(composed("a\n", Notation::Text, ended(LineEnd::Lf)).spans.is_empty());
    assert_eq!(composed("a\n", Notation::Text, ended(LineEnd::CrLf)).spans.len(), 1);
}

trait Joined {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl Joined for Vec<(Piece, Vec<u8>)> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }
}

#[test]
fn what_is_told_of_a_long_text_is_bounded_and_its_end_is_always_told() {
    let options = Options { checksum: Checksum::Crc32, ..ended(LineEnd::CrLf) };
    let all = composed(&"x\n".repeat(3 * SPANS), Notation::Text, options);
    assert_eq!(all.spans.len(), SPANS + 2);
    let [.., checksum, end] = all.spans.as_slice() else { panic!() };
    assert_eq!((checksum.piece, checksum.end - checksum.start), (Piece::Checksum, 4));
    assert_eq!((end.piece, end.end), (Piece::LineEnd, all.bytes.len()));
}

#[test]
fn a_checksum_is_over_all_before_it_and_stands_before_the_last_line_end() {
    let of = |checksum, line_end| text("123456789", Options { checksum, ..ended(line_end) });
    assert_eq!(of(Checksum::Crc16Modbus, LineEnd::None), b"123456789\x37\x4b");
    assert_eq!(of(Checksum::Crc16Modbus, LineEnd::Lf), b"123456789\x37\x4b\n");
    let high = Options { checksum: Checksum::Crc16Modbus, byte_order: ByteOrder::High, ..PLAIN };
    assert_eq!(text("123456789", high), b"123456789\x4b\x37");
    assert_eq!(
        composed("01 03 00 00 00 02", Notation::Hex, Options { byte_order: ByteOrder::Usual, ..high }).bytes[6..],
        [0xc4, 0x0b]
    );
    // Over the values of fields, too.
    let options = Options { fields: true, checksum: Checksum::Xor8, ..PLAIN };
    assert_eq!(text("{counter}", options), b"1\x31");
}

#[test]
fn dumps_are_read_as_programs_print_them() {
    let bytes: Vec<u8> = (0..40).map(|n| n + 0x41).collect();
    // printf of these forty bytes through xxd, xxd -g1, hexdump -C, od -A x -t x1z, tshark -x and tcpdump -X.
    let xxd = "00000000: 4142 4344 4546 4748 494a 4b4c 4d4e 4f50  ABCDEFGHIJKLMNOP\n\
               00000010: 5152 5354 5556 5758 595a 5b5c 5d5e 5f60  QRSTUVWXYZ[\\]^_`\n\
               00000020: 6162 6364 6566 6768                      abcdefgh\n";
    let single = "00000000: 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n\
                  00000010: 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60  QRSTUVWXYZ[\\]^_`\n\
                  00000020: 61 62 63 64 65 66 67 68                          abcdefgh";
    let hexdump = "00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|\n\
                   00000010  51 52 53 54 55 56 57 58  59 5a 5b 5c 5d 5e 5f 60  |QRSTUVWXYZ[\\]^_`|\n\
                   00000020  61 62 63 64 65 66 67 68                           |abcdefgh|\n00000028\n";
    let od = "000000 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  >ABCDEFGHIJKLMNOP<\n\
              000010 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60  >QRSTUVWXYZ[\\]^_`<\n\
              000020 61 62 63 64 65 66 67 68                          >abcdefgh<\n000028\n";
    let tshark = "0000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50   ABCDEFGHIJKLMNOP\n\
                  0010  51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60   QRSTUVWXYZ[\\]^_`\n\
                  0020  61 62 63 64 65 66 67 68                           abcdefgh\n\n";
    let tcpdump = "\t0x0000:  4142 4344 4546 4748 494a 4b4c 4d4e 4f50  ABCDEFGHIJKLMNOP\n\
                   \t0x0010:  5152 5354 5556 5758 595a 5b5c 5d5e 5f60  QRSTUVWXYZ[\\]^_`\n\
                   \t0x0020:  6162 6364 6566 6768                      abcdefgh\n";
    let wireshark_old = tshark.replace(" 49 4a", "  49 4a").replace(" 59 5a", "  59 5a");
    let bare = "0040  41 42 43 44\r\n0044  45 46\r\n";
    for dump in [xxd, single, hexdump, od, tshark, tcpdump, &wireshark_old] {
        let template = Template::new(dump, Notation::Hex, &PLAIN, Encoding::Utf8).unwrap();
        assert!(template.is_dump());
        assert_eq!(template.fill(&TURN).bytes, bytes, "{dump}");
        // Line by line as standard input brings it.
        let mut lines = Dump::default();
        let by_line: Vec<u8> =
            dump.lines().filter(|line| !line.is_empty()).flat_map(|line| lines.line(line).unwrap().unwrap()).collect();
        assert_eq!(by_line, bytes, "{dump}");
        // And its first line alone.
        let first = dump.lines().next().unwrap();
        assert_eq!(composed(first, Notation::Hex, PLAIN).bytes, bytes[..16], "{first}");
    }
    assert_eq!(composed(bare, Notation::Hex, PLAIN).bytes, b"ABCDEF");
    let star =
        "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000030  07\n00000031\n";
    assert_eq!(composed(star, Notation::Hex, PLAIN).bytes, [&[0; 48][..], &[7]].concat());
}

#[test]
fn what_only_looks_like_a_dump_is_hex_and_a_broken_one_is_told() {
    let hex = |typed: &str| {
        let template = Template::new(typed, Notation::Hex, &PLAIN, Encoding::Utf8).unwrap();
        assert!(!template.is_dump(), "{typed}");
        template.fill(&TURN).bytes
    };
    assert_eq!(hex("0000 0001"), [0, 0, 0, 1]);
    assert_eq!(hex("00000010\n00000020"), [0, 0, 0, 0x10, 0, 0, 0, 0x20]);
    assert_eq!(hex("abcd: ef01"), [0xab, 0xcd, 0xef, 1]);
    assert_eq!(hex("1234 5678\n9abc def0"), [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
    let broken = "00000000: 4142 4344\n00000004: 4546\n00000008: 47\n";
    assert_eq!(
        wrong(broken, Notation::Hex, PLAIN, Encoding::Utf8),
        "line 3, column 1: the dump has a gap before this line"
    );
    let endless = "00000000  00 00\n*\nfffffffe  01 02\n";
    assert!(wrong(endless, Notation::Hex, PLAIN, Encoding::Utf8).contains("16 MiB"));
    let mut lines = Dump::default();
    assert!(lines.line("00000000  00 00  |..|").unwrap().is_ok() && lines.line("*").unwrap().is_ok());
    assert!(lines.line("fffffffe  01 02").unwrap().is_err());
}

#[test]
fn text_and_hex_are_turned_into_one_another() {
    let hex = |typed: &str, options: &Options| to_hex(typed, options, Encoding::Utf8).unwrap();
    assert_eq!(hex("PING", &Options { checksum: Checksum::Crc32, ..ended(LineEnd::CrLf) }), "50 49 4E 47");
    assert_eq!(hex("a\nb\n", &ended(LineEnd::CrLf)), "61 0D 0A 62 0D 0A");
    assert_eq!(hex("n={counter}{time}", &FIELDS_ON), "6E 3D {counter:dec} {time:rfc3339}");
    assert_eq!(hex("", &PLAIN), "");
    let back = |typed: &str, options: &Options| {
        let Converted { text, escapes } = to_text(typed, options, Encoding::Utf8).unwrap();
        (text, escapes)
    };
    assert_eq!(back("50 49 4E 47", &PLAIN), ("PING".into(), false));
    assert_eq!(back("61 0D 0A 62 0D 0A", &ended(LineEnd::CrLf)), ("a\nb\n".into(), false));
    assert_eq!(back("61 0D 0A 62", &PLAIN), ("a\\r\nb".into(), true));
    assert_eq!(back("61 0A", &ended(LineEnd::CrLf)), ("a\\n".into(), true));
    assert_eq!(back("5C 6E", &PLAIN), ("\\n".into(), false), "a backslash is one while escapes are off");
    assert_eq!(back("5C 6E", &ESCAPES), ("\\\\n".into(), false));
    assert_eq!(back("5C 00 FF E4 BD", &PLAIN), ("\\\\\\u{0}\\xff\\xe4\\xbd".into(), true));
    assert_eq!(
        back("7B 74 69 6D 65 7D 7B", &FIELDS_ON),
        ("\\u{7b}time}{".into(), true),
        "no field, whatever it looks like"
    );
    assert_eq!(back("01 {counter}", &FIELDS_ON), ("\\u{1}{counter:u8}".into(), true));
    assert!(to_text("0", &PLAIN, Encoding::Utf8).is_err() && to_hex("😀", &PLAIN, Encoding::Gbk).is_err());
    // Four bytes that GBK reads and does not write.
    let four = to_text("81 30 81 30", &PLAIN, Encoding::Gbk).unwrap();
    assert_eq!(four, Converted { text: "\\x81\\x30\\x81\\x30".into(), escapes: true });
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn options() -> impl Strategy<Value = Options> {
        let ends = prop::sample::select(vec![LineEnd::None, LineEnd::Lf, LineEnd::CrLf]);
        (ends, any::<bool>(), any::<bool>()).prop_map(|(line_end, escapes, fields)| Options {
            line_end,
            escapes,
            fields,
            ..PLAIN
        })
    }

    fn encoding() -> impl Strategy<Value = Encoding> {
        prop::sample::select(Encoding::ALL.to_vec())
    }

    proptest! {
        /// What was typed as hex is sent as text, too, byte by byte, in every encoding and with every choice.
        #[test]
        fn hex_as_text_says_the_same(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                prop::collection::vec(prop::sample::select(b"\r\n\\{}xu0 random:counter\x80\xe4".to_vec()), 0..40),
            ],
            options in options(),
            encoding in encoding(),
        ) {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let hex = hex.join(" ");
            let Converted { text, escapes } = to_text(&hex, &options, encoding).unwrap();
            let now = Options { escapes: options.escapes || escapes, ..options };
            let again = to_hex(&text, &now, encoding).unwrap();
            prop_assert_eq!(composed(&again, Notation::Hex, PLAIN).bytes, bytes);
        }

        /// A text comes back from hex as one that is sent the same.
        #[test]
        fn text_comes_back_from_hex(text in "[a-z\\\\\u{4f60}\n{}0-9\t]{0,30}", options in options()) {
            let hex = to_hex(&text, &options, Encoding::Utf8).unwrap();
            let Converted { text: back, escapes } = to_text(&hex, &options, Encoding::Utf8).unwrap();
            let now = Options { escapes: options.escapes || escapes, ..options };
            prop_assert_eq!(to_hex(&back, &now, Encoding::Utf8).unwrap(), hex);
        }

        /// Pieces cover every byte once.
        #[test]
        fn pieces_have_no_gaps(text in "[a-c\r\n]{0,30}", end in options(), cut in 0..40_usize) {
            let options = Options { checksum: Checksum::Crc32, ..end };
            let all = composed(&text, Notation::Text, options);
            let to = cut.min(all.bytes.len());
            let mut at = 0;
            for span in all.pieces(0..to) {
                prop_assert_eq!(span.start, at);
                at = span.end;
            }
            prop_assert_eq!(at, to);
        }

        /// Whatever is pasted as hex is read or told, with a place within it.
        #[test]
        fn any_text_is_hex_or_is_told(typed in "[0-9a-fxXhH \\\\{}:*|\n\"'/;=０-９ｘ，“”-]{0,60}") {
            if let Err(error) = Template::new(&typed, Notation::Hex, &FIELDS_ON, Encoding::Utf8) {
                prop_assert!(typed.is_char_boundary(error.at) && error.at <= typed.len());
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
