//! The `picture` records of `--json`: which picture, whether all of it, and where it stands.

use std::{io::Write, net::Shutdown};

use serde_json::{Value, json};

use crate::common::{Program, rest};

/// A picture of one pixel.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// What the lines say of the pictures, without the numbers of records.
fn pictures(events: &[Value]) -> Vec<Value> {
    let named = events.iter().filter(|event| event["event"] == "picture");
    let mut pictures: Vec<Value> = named.map(|event| event["picture"].clone()).collect();
    for picture in &mut pictures {
        let fields = picture.as_object_mut().unwrap();
        let (first, last) = (fields.remove("first_record").unwrap(), fields.remove("last_record").unwrap());
        assert!(first.as_u64() <= last.as_u64());
        let record = events.iter().find(|event| event["seq"] == first).unwrap();
        let event = if fields["direction"] == "inbound" { "recv" } else { "send" };
        assert_eq!((&record["event"], &record["connection"]), (&event.into(), &1.into()));
    }
    pictures
}

#[test]
fn a_picture_is_a_record_with_its_place() {
    let listener = Program::listen(&["discard"]);
    let mut caller = listener.call();
    caller.write_all(b"look: R").unwrap();
    caller.write_all(GIF).unwrap();
    caller.write_all(b"and half: ").unwrap();
    caller.write_all(&GIF[..30]).unwrap();
    caller.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut caller), b"");
    listener.event("closed");
    let events = listener.stop().events();
    let length = GIF.len();
    let found = |ending, bytes, first: usize, object| {
        json!({
            "kind": "GIF", "bytes": bytes, "width": 1, "height": 1, "ending": ending, "direction": "inbound",
            "offsets_in": "stream", "first_offset": first, "last_offset": first + bytes - 1, "object": object,
        })
    };
    assert_eq!(
        pictures(&events),
        [found("complete", length, 7, 1), found("cut_short", 30, 17 + length, 2)],
        "{events:#?}"
    );
}

#[test]
fn a_picture_in_a_datagram_is_within_it() {
    let listener = Program::listen(&["echo", "--udp"]);
    let caller = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    caller.connect(listener.name()).unwrap();
    for datagram in [b"four", GIF] {
        caller.send(datagram).unwrap();
        let mut buffer = [0; 2048];
        assert_eq!(caller.recv(&mut buffer).unwrap(), datagram.len());
    }
    let found = pictures(&listener.stop().events());
    let said = found.iter().map(|picture| (&picture["direction"], &picture["offsets_in"], &picture["first_offset"]));
    let expected = ["inbound", "outbound"].map(|way| json!([way, "datagrams", 4]));
    assert_eq!(said.map(|(way, within, first)| json!([way, within, first])).collect::<Vec<_>>(), expected);
}
