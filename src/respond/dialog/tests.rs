use std::time::Instant;

use crate::{model::Rule as Written, respond::dialog::*};

fn talk(rules: Vec<Written>, otherwise: &str) -> Talk {
    let dialog = Dialog { greeting: "hello".into(), rules, otherwise: otherwise.into(), ..Dialog::default() };
    Talk::new(Arc::new(Compiled::new(&dialog, Encoding::Utf8).unwrap()))
}

fn rule(when: When, pattern: &str, reply: &str) -> Written {
    Written { when, pattern: pattern.into(), reply: reply.into(), ..Written::default() }
}

fn say(talk: &mut Talk, message: &str) -> String {
    match talk.answer(&mut message.as_bytes().to_vec()) {
        Answer::Bytes(bytes) | Answer::Timed { bytes: Some(bytes), .. } => String::from_utf8(bytes.to_vec()).unwrap(),
        Answer::Nothing => String::new(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_first_rule_that_fits_answers() {
    let mut talk = talk(
        vec![
            rule(When::Exact, "0", "zero ${count} of ${total}"),
            rule(When::StartsWith, "你", "starts"),
            rule(When::EndsWith, "!", "ends"),
            rule(When::Regex, r"(?<word>\w+) is (\d+)?(x)?", "$2/$3/${word}/$$1"),
            rule(When::Contains, "b", "contains $0"),
        ],
        "[$0] ${count}",
    );
    assert_eq!(talk.greet(), Greeting::Begin(b"hello".as_slice().into()));
    assert_eq!(say(&mut talk, "0\r\n"), "zero 1 of 1");
    assert_eq!(say(&mut talk, "你好!"), "starts");
    assert_eq!(say(&mut talk, "0"), "zero 2 of 3");
    assert_eq!(say(&mut talk, "hey!\n"), "ends");
    assert_eq!(say(&mut talk, "age is 7"), "7//age/$1");
    assert_eq!(say(&mut talk, "abc"), "contains b");
    assert_eq!(say(&mut talk, "xyz"), "[xyz] 1");
    assert_eq!(say(&mut talk, "\u{1}"), "[\u{1}] 2");
}

#[test]
fn a_rule_can_wait_and_end() {
    let mut talk = talk(vec![Written { ends: true, delay_ms: 20, ..rule(When::Exact, "exit", "") }], "");
    let end = Answer::Timed { bytes: None, delay: Duration::from_millis(20), ends: true };
    assert_eq!(talk.answer(&mut b"exit".to_vec()), end);
    assert_eq!(talk.answer(&mut b"other".to_vec()), Answer::Nothing);
}

#[test]
fn patterns_that_explode_elsewhere_take_no_time() {
    let started = Instant::now();
    let mut talk = talk(
        vec![
            rule(When::Regex, r"^(a+)+$", "no"),
            rule(When::Regex, r"^(a|aa)+b$", "no"),
            rule(When::Regex, r"(.*a){9}c", "no"),
        ],
        "none",
    );
    assert_eq!(say(&mut talk, &format!("{}!", "a".repeat(1 << 20))), "no", "the part that is looked at is all a");
    assert_eq!(say(&mut talk, &format!("{}!", "a".repeat(12_000))), "none");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_reply_cannot_grow_without_limit() {
    let mut talk = talk(vec![rule(When::Regex, "(?s).*", &"$0".repeat(30_000))], "");
    assert_eq!(say(&mut talk, &"好".repeat(5000)).len(), (1 << 20) / 3 * 3);
}

#[test]
fn a_reply_names_groups_that_are_there() {
    let missing = |when, pattern, reply| {
        fault(&rule(when, pattern, reply), &Dialog::default(), Encoding::Utf8).map(|fault| fault.to_string())
    };
    assert_eq!(missing(When::Regex, r"(?<word>\w+) (x)?", "$0 $1 $2 ${word} ${count} ${total} $$9 $"), None);
    assert!(missing(When::Regex, "(a)", "$2").is_some_and(|words| words.contains("group 2")));
    assert!(missing(When::Regex, "(a)", "${none}").is_some_and(|words| words.contains("group none")));
    assert!(missing(When::Exact, "a", "$1").is_some_and(|words| words.contains("group 1")));
    assert_eq!(missing(When::Contains, "a", "[$0]"), None);
    assert!(missing(When::Regex, "(", "").is_some_and(|words| words.ends_with("makes no sense: a ( has no )")));
}

#[test]
fn what_is_written_reads_the_same() {
    let rules = vec![
        Written { delay_ms: 20, ends: true, ..rule(When::Regex, r"^(\d+)\s", "a\n\"$1\"\t\\") },
        rule(When::StartsWith, "你", ""),
    ];
    let dialog = Dialog {
        greeting: "hi\r\n".into(),
        rules,
        otherwise: "\"\"\"".into(),
        checksum: compose::Checksum::Crc16Modbus,
        ..Dialog::default()
    };
    assert_eq!(read(&write(&dialog), Encoding::Utf8).as_ref(), Ok(&dialog), "{}", write(&dialog));
    assert_eq!(read(&write(&Dialog::default()), Encoding::Utf8), Ok(Dialog::default()));
}

#[test]
fn errors_say_the_line() {
    let error = |toml: &str| read(toml, Encoding::Utf8).unwrap_err().to_string();
    assert!(error("greeting = \"x\"\n\n[[rule]]\nwhen = \"regex\"\npattern = \"(\"\n").starts_with("line 3: rule 1: "));
    assert!(
        error("\n[[rule]]\npattern=\"a\"\n[[rule]]\nwhen=\"regex\"\npattern='(\\w{500}){500}'").contains("too large")
    );
    assert!(error("greeting = \"x\"\nrules = 1\n").starts_with("line 2: "));
    assert!(error("[[rule]]\nwhen = \"maybe\"\n").starts_with("line 2: "));
    assert!(error("[[rule]]\npattern = \"a\"\ndelay_ms = 99999999\n").contains("at most 60000"));
    let dialog = read(
        "greeting='hi'\notherwise='?'\n[[rule]]\nwhen='starts-with'\npattern='a'\nreply='b'\nends=true",
        Encoding::Utf8,
    )
    .unwrap();
    assert_eq!((dialog.rules.len(), dialog.rules[0].when, dialog.rules[0].ends), (1, When::StartsWith, true));
}

#[test]
fn a_dialog_speaks_and_reads_its_encoding() {
    let rules = vec![rule(When::Regex, "^我是(.+)$", "你好，$1"), rule(When::Exact, "再见", "再见！")];
    let dialog = Dialog { greeting: "请说".into(), rules, otherwise: "不懂：$0".into(), ..Dialog::default() };
    for encoding in Encoding::ALL.into_iter().filter(|encoding| encoding.encode(&write(&dialog)).is_ok()) {
        let mut talk = Talk::new(Arc::new(Compiled::new(&dialog, encoding).unwrap()));
        assert_eq!(talk.greet(), Greeting::Begin(encoding.encode("请说").unwrap().into()));
        let mut ask = |message: &str| match talk.answer(&mut encoding.encode(message).unwrap()) {
            Answer::Bytes(bytes) => encoding.decode_lossy(&bytes).into_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(ask("我是小王\r\n"), "你好，小王", "{encoding}");
        assert_eq!(ask("再见\n"), "再见！", "{encoding}");
        assert_eq!(ask("什么"), "不懂：什么", "{encoding}");
    }
    // What makes no sense in the encoding comes back as a question mark.
    let mut talk = Talk::new(Arc::new(Compiled::new(&dialog, Encoding::Gbk).unwrap()));
    assert_eq!(talk.answer(&mut [0xff]), Answer::Bytes(Encoding::Gbk.encode("不懂：?").unwrap().into()));
    let wrong = |dialog: &Dialog| Compiled::new(dialog, Encoding::Latin1).unwrap_err().to_string();
    assert_eq!(wrong(&dialog), "“不” is not in Latin-1");
    let dialog = Dialog { greeting: String::new(), otherwise: String::new(), ..dialog };
    assert_eq!(wrong(&dialog), "rule 1: “你” is not in Latin-1");
}

#[test]
fn a_device_is_played_in_hex_with_its_checksum() {
    let rules = vec![
        rule(When::StartsWith, "0103", "01 03 02 {counter:u16be}"),
        rule(When::Regex, "^01 06 (.. ..) (ff ..)", "01 06 $1 $2"),
        rule(When::Contains, "30", "7F"),
    ];
    let dialog = Dialog {
        greeting: "00".into(),
        rules,
        hex: true,
        fields: true,
        checksum: compose::Checksum::Crc16Modbus,
        ..Dialog::default()
    };
    let mut talk = Talk::new(Arc::new(Compiled::new(&dialog, Encoding::Utf8).unwrap()));
    let sum = |bytes: &[u8]| [bytes, &compose::Checksum::Crc16Modbus.bytes(compose::ByteOrder::Usual, bytes)].concat();
    assert_eq!(talk.greet(), Greeting::Begin(sum(&[0]).into()));
    let mut ask = |message: &[u8]| match talk.answer(&mut message.to_vec()) {
        Answer::Bytes(bytes) => bytes.to_vec(),
        Answer::Nothing => Vec::new(),
        other => panic!("{other:?}"),
    };
    assert_eq!(ask(&[1, 3, 0, 0, 0, 1, 0x84, 0x0a]), sum(&[1, 3, 2, 0, 1]), "a line feed at its end is a byte");
    assert_eq!(ask(&[1, 3, 9]), sum(&[1, 3, 2, 0, 2]));
    assert_eq!(ask(&[1, 6, 0x12, 0x34, 0xff, 0]), sum(&[1, 6, 0x12, 0x34, 0xff, 0]));
    assert_eq!(ask(&[3, 0, 4]), b"", "pairs of digits are not taken apart");
    assert_eq!(ask(&[0x30]), sum(&[0x7f]));
    let wrong =
        |pattern, reply| fault(&rule(When::Exact, pattern, reply), &dialog, Encoding::Utf8).unwrap().to_string();
    assert_eq!(wrong("0", ""), "column 1: “0” has half a byte at its end");
    assert_eq!(wrong("00", "$0 0"), "column 4: “0” has half a byte at its end");
    assert!(wrong("00", "{random:no}").contains("“no”"));
}

#[test]
fn what_a_peer_says_is_said_back_as_it_is() {
    let rules = vec![rule(When::Regex, "(.*)", "\\x02$1\\x03")];
    let dialog =
        Dialog { rules, escapes: true, fields: true, line_end: crate::model::LineEnd::CrLf, ..Dialog::default() };
    let mut talk = Talk::new(Arc::new(Compiled::new(&dialog, Encoding::Utf8).unwrap()));
    assert_eq!(say(&mut talk, "{counter}\\n\n"), "\u{2}{counter}\\n\u{3}\r\n");
}
