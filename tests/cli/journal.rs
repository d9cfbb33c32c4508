//! The lines of `--json` and `--log-file`: their fields, and who did what.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    net::Shutdown,
    process::{Child, ChildStdout, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use socketlab::model::Errno;

use crate::{
    common::{PATIENCE, Program, interrupt, noise, patient, program, rest, serve, take},
    reset::reset,
    system::code,
};

/// The fields of every line.
const ALWAYS: [&str; 7] = ["seq", "time", "event", "session", "connection", "local", "peer"];

/// An echo listener with `--json`, the pipe with its records, of which only the first was read, and its address.
pub(crate) fn unread(args: &[&str], errors: Stdio) -> (Child, BufReader<ChildStdout>, String) {
    let mut command = program();
    command.args(["listen", "echo", "--port", "0", "--json"]).args(args);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    (child, out, first["local"].as_str().unwrap().to_owned())
}

fn fields(event: &Value) -> BTreeSet<&str> {
    event.as_object().unwrap().keys().map(String::as_str).filter(|key| !ALWAYS.contains(key)).collect()
}

/// `2026-11-20T14:03:24.902117+01:00`
fn is_rfc3339_with_microseconds(time: &str) -> bool {
    let form = "0000-00-00T00:00:00.000000+00:00";
    time.len() == form.len()
        && time.chars().zip(form.chars()).all(|(char, form)| match form {
            '0' => char.is_ascii_digit(),
            '+' => matches!(char, '+' | '-'),
            form => char == form,
        })
}

fn check_all(events: &[Value]) {
    let mut before = String::new();
    for (seq, event) in (1..).zip(events) {
        assert_eq!(event["seq"], seq, "{events:#?}");
        for field in ALWAYS {
            assert!(event.get(field).is_some(), "{field} in {event}");
        }
        let time = event["time"].as_str().unwrap();
        assert!(is_rfc3339_with_microseconds(time), "{time}");
        assert!(before.as_str() <= time, "{before} before {time}");
        time.clone_into(&mut before);
        assert_eq!(event["session"], 1);
    }
}

fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["event"] == name).collect()
}

#[test]
fn a_listener_tells_everything_with_the_fields_of_the_contract() {
    let listener = Program::listen(&["echo"]);
    let mut caller = listener.call();
    let (here, there) = (caller.local_addr().unwrap().to_string(), listener.name().to_owned());
    caller.write_all("问 \u{1b}".as_bytes()).unwrap();
    take(&mut caller, 5);
    caller.shutdown(Shutdown::Write).unwrap();
    rest(&mut caller);
    listener.event("closed");
    let events = listener.stop().events();
    check_all(&events);
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["listening", "accepted", "recv", "send", "half_closed", "closed", "stopped"]);
    for (event, expected) in events.iter().zip([
        &["descriptor", "backlog"][..],
        &["descriptor"],
        &["length", "text"],
        &["length", "text"],
        &["by"],
        &["by", "received", "sent", "micros"],
        &[],
    ]) {
        assert_eq!(fields(event), expected.iter().copied().collect(), "{event}");
    }
    for event in &events[1..6] {
        assert_eq!((&event["local"], &event["peer"]), (&there.clone().into(), &here.clone().into()));
        assert_eq!(event["connection"], 1);
    }
    assert_eq!((&events[0]["connection"], &events[0]["peer"]), (&Value::Null, &Value::Null));
    assert_eq!((&events[2]["length"], &events[2]["text"]), (&5.into(), &"问 \u{1b}".into()));
    assert_eq!(events[4]["by"], "peer");
    let closed = &events[5];
    assert_eq!((&closed["by"], &closed["received"], &closed["sent"]), (&"peer".into(), &5.into(), &5.into()));
    assert_eq!(events[6]["local"], there);
}

#[test]
fn a_client_tells_its_side() {
    let (address, server) = serve(|mut caller| {
        caller.write_all(b"hello").unwrap();
        rest(&mut caller)
    });
    let events = Program::start(&["connect", &address.to_string(), "--send", "abc"]).end().events();
    server.join().unwrap();
    check_all(&events);
    assert_eq!(events[0]["event"], "connected");
    assert!(fields(&events[0]).contains("micros"), "{}", events[0]);
    assert_eq!(events[0]["peer"], address.to_string());
    let by: Vec<_> = named(&events, "half_closed").iter().map(|event| event["by"].clone()).collect();
    assert_eq!(by, ["local", "peer"]);
    let closed = named(&events, "closed")[0];
    assert_eq!((&closed["by"], &closed["received"], &closed["sent"]), (&"local".into(), &5.into(), &3.into()));
    assert_eq!(events.last().unwrap()["event"], "stopped");
}

#[test]
fn a_reset_by_the_peer_is_told_on_both_sides() {
    let listener = Program::listen(&["echo"]);
    let mut caller = listener.call();
    caller.write_all(b"x").unwrap();
    take(&mut caller, 1);
    reset(caller);
    let event = listener.event("reset");
    assert_eq!(
        (&event["by"], &event["error"], &event["errno"]),
        (&"peer".into(), &"ECONNRESET".into(), &Errno::ECONNRESET.number().into())
    );
    assert_eq!((&event["received"], &event["sent"]), (&1.into(), &1.into()));
    let events = listener.stop().events();
    check_all(&events);
    assert!(named(&events, "closed").is_empty(), "a reset is the end");

    let (address, server) = serve(|mut caller| {
        take(&mut caller, 3);
        reset(caller);
    });
    let client = Program::start(&["connect", &address.to_string(), "--send", "abc"]).end();
    server.join().unwrap();
    assert_eq!(client.code, Some(1));
    assert!(client.errors.contains(&code(Errno::ECONNRESET)), "{}", client.errors);
    let events = client.events();
    check_all(&events);
    assert_eq!(named(&events, "reset")[0]["by"], "peer");
}

#[test]
fn closing_first_is_told_as_ours() {
    let listener = Program::listen(&["echo", "--close-after", "1"]);
    let mut caller = listener.call();
    caller.write_all(b"x").unwrap();
    assert_eq!(rest(&mut caller), b"x");
    assert_eq!(listener.event("closed")["by"], "local");
    let events = listener.stop().events();
    check_all(&events);
    assert!(named(&events, "half_closed").is_empty());
}

#[test]
fn payloads_are_left_out_written_as_text_or_kept_exactly() {
    let bytes = noise(3000, 9);
    for form in ["none", "text", "base64"] {
        let listener = Program::listen(&["echo", "--payload", form]);
        let mut caller = listener.call();
        caller.write_all(&bytes).unwrap();
        assert!(take(&mut caller, bytes.len()) == bytes);
        let events = listener.stop().events();
        for way in ["recv", "send"] {
            let rows = named(&events, way);
            let lengths: u64 = rows.iter().map(|row| row["length"].as_u64().unwrap()).sum();
            assert_eq!(lengths, 3000);
            let column = |name: &str| -> Vec<&str> { rows.iter().filter_map(|row| row[name].as_str()).collect() };
            match form {
                "none" => assert!(column("text").is_empty() && column("base64").is_empty()),
                "text" => {
                    assert!(column("text").concat().contains('\u{fffd}') && column("base64").is_empty());
                }
                _ => {
                    let decoded = column("base64").into_iter().map(|text| BASE64_STANDARD.decode(text).unwrap());
                    assert!(decoded.collect::<Vec<_>>().concat() == bytes);
                }
            }
        }
    }
}

#[test]
fn a_character_in_two_pieces_stands_in_the_record_that_ends_it() {
    let listener = Program::listen(&["none"]);
    let mut caller = listener.call();
    let text = "驱动a";
    for (number, piece) in
        (1..).zip([&text.as_bytes()[..2], &text.as_bytes()[2..4], &text.as_bytes()[4..], b"\xffb\xe9\xa9"])
    {
        caller.write_all(piece).unwrap();
        listener.nth(number, "recv");
    }
    drop(caller);
    listener.event("closed");
    let events = listener.stop().events();
    let rows: Vec<_> =
        named(&events, "recv").iter().map(|row| (row["text"].clone(), row["open_bytes"].clone())).collect();
    assert_eq!(
        rows,
        [
            ("".into(), 2.into()),
            ("驱".into(), 1.into()),
            ("动a".into(), Value::Null),
            // What is broken is shown as broken, where it is.
            ("\u{fffd}b".into(), 2.into()),
        ]
    );
    let ended = named(&events, "half_closed")[0];
    assert_eq!(ended["unfinished"], serde_json::json!({ "recv": { "bytes": 2, "text": "\u{fffd}" } }));
    assert!(named(&events, "closed")[0]["unfinished"].is_null(), "it is told once");
}

#[test]
fn the_log_file_has_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let listener = Program::listen(&["upper", "--log-file", path.to_str().unwrap()]);
    for round in 0..5_u8 {
        let mut caller = listener.call();
        caller.write_all(&[b'a' + round; 5000]).unwrap();
        take(&mut caller, 5000);
    }
    let lines = listener.stop().lines;
    let log = std::fs::read_to_string(&path).unwrap();
    assert_eq!(log.lines().collect::<Vec<_>>(), lines);
    assert!(lines.len() > 30);
}

#[test]
fn a_log_file_alone_leaves_standard_output_to_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let listener = Program::listen(&["echo"]);
    let client = crate::common::run(&["connect", listener.name(), "--log-file", path.to_str().unwrap()], b"data");
    assert_eq!(client.out, b"data");
    let log = std::fs::read_to_string(&path).unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    check_all(&events);
    assert_eq!(events.last().unwrap()["event"], "stopped");
}

#[test]
fn a_reader_that_is_late_loses_nothing() {
    const LENGTH: usize = 16 << 20;
    let (mut child, out, address) = unread(&["--recv-size", "1024"], Stdio::null());
    let mut caller = patient(std::net::TcpStream::connect(address).unwrap());
    // The whole flood goes by while nobody reads the lines.
    std::thread::scope(|scope| {
        let mut sending = caller.try_clone().unwrap();
        scope.spawn(move || {
            sending.write_all(&vec![b'x'; LENGTH]).unwrap();
            sending.shutdown(Shutdown::Write).unwrap();
        });
        assert_eq!(rest(&mut caller).len(), LENGTH);
    });
    interrupt(&child);
    let (mut seq, mut received, mut sent) = (1, 0, 0);
    let mut text = 0;
    let mut last = String::new();
    for line in out.lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        seq += 1;
        assert_eq!(event["seq"], seq);
        match event["event"].as_str().unwrap() {
            "recv" => received += event["length"].as_u64().unwrap(),
            "send" => sent += event["length"].as_u64().unwrap(),
            name => name.clone_into(&mut last),
        }
        text += event["text"].as_str().map_or(0, str::len);
    }
    assert_eq!((received, sent, text), (LENGTH as u64, LENGTH as u64, 2 * LENGTH), "payloads are whole");
    assert_eq!(last, "stopped");
    assert!(PATIENCE.as_secs() > 0 && child.wait().unwrap().code() == Some(130));
}
