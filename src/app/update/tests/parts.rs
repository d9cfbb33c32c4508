//! Bytes that went by: what becomes of them when a person asks.

use super::*;
use crate::{
    app::model::state::FILES,
    journal::Part,
    model::{Direction, Event as Happened, TransferId},
    ui::action::{CopyForm, PathFor},
};

fn said(connection: &Connection, event: Happened, bytes: &[u8]) {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len());
}

fn copied(hands: &mut Hands) -> Vec<String> {
    let effects = std::mem::take(&mut hands.asked);
    effects
        .into_iter()
        .filter_map(|effect| if let Effect::CopyText(words) = effect { Some(words) } else { None })
        .collect()
}

#[test]
fn bytes_are_copied_in_the_form_that_was_asked_for() {
    let mut hands = Hands::new();
    let (session, connection) = hands.client();
    said(&connection, Happened::Recv, b"\x02\xc4\xe3\x03");
    let part = Part::all(&connection, Direction::Inbound);
    hands.does(Action::Read { session, encoding: crate::model::Encoding::Gbk });
    for form in [CopyForm::Text, CopyForm::Hex, CopyForm::Escaped, CopyForm::CArray] {
        hands.does(Action::CopyPart(part.clone(), form));
    }
    let expected = [
        "\u{2}你\u{3}",
        "02 C4 E3 03",
        "\\x02\\xc4\\xe3\\x03",
        "unsigned char data[4] = {\n    0x02, 0xc4, 0xe3, 0x03,\n};\n",
    ];
    assert_eq!(copied(&mut hands), expected);
}

#[test]
fn bytes_go_out_again_only_whole_and_only_so_many() {
    let mut hands = Hands::new();
    let (_, connection) = hands.client();
    said(&connection, Happened::Send, b"once more");
    hands.commands();
    let part = Part::all(&connection, Direction::Outbound);
    hands.does(Action::SendPart(part.clone()));
    let commands = hands.commands();
    let to = Target::Connection(connection.id());
    assert!(matches!(&commands[..], [Command::Send { to: whom, bytes }] if *whom == to && bytes == "once more"));
    // Of a flood only the beginning was kept.
    connection.traffic(Happened::Send, &[IoSlice::new(b"flood")], 5, 2);
    hands.does(Action::SendPart(Part::all(&connection, Direction::Outbound)));
    hands.does(Action::SendPart(Part { bytes: 0..(4 << 20) + 1, ..part }));
    assert!(hands.commands().is_empty());
}

#[test]
fn a_place_is_asked_for_and_then_written_to() {
    use crate::app::effects::{WorkerResult, dialogs::FileAnswer};
    let mut hands = Hands::new();
    let (_, connection) = hands.client();
    said(&connection, Happened::Recv, b"kept");
    let part = Part::all(&connection, Direction::Inbound);
    hands.does(Action::SavePart(part.clone()));
    hands.does(Action::KeepReceived(connection.id()));
    let asked = std::mem::take(&mut hands.asked);
    let places = asked.iter().filter(|effect| matches!(effect, Effect::Place(..))).count();
    assert_eq!(places, 1, "one dialog at a time");
    let answer = |wanted| Event::Result(WorkerResult::File(FileAnswer::Placed(wanted, Some("/x".into()))));
    hands.happens(answer(PathFor::Part(part.clone())));
    assert!(matches!(&hands.asked[..], [Effect::WritePart(_, wanted)] if *wanted == part));
    hands.asked.clear();
    hands.does(Action::KeepReceived(connection.id()));
    hands.asked.clear();
    hands.happens(answer(PathFor::Received(connection.id())));
    let commands = hands.commands();
    assert!(matches!(&commands[..], [Command::Keep { connection: whose, .. }] if *whose == connection.id()));
}

#[test]
fn a_file_that_grows_is_shown_until_it_is_over() {
    let mut hands = Hands::new();
    let (_, connection) = hands.client();
    let id = connection.id();
    let told =
        |path: &str, written, over| Event::Notice(Notice::Keeping { connection: id, path: path.into(), written, over });
    hands.happens(told("/a", 5, None));
    assert_eq!(hands.model.state.keeping.get(&id).map(|keeping| keeping.written), Some(5));
    // Another file takes its place before the first is told to be over.
    hands.happens(told("/b", 0, None));
    hands.happens(told("/a", 9, Some(Ok(()))));
    assert!(hands.model.state.keeping.contains_key(&id));
    let full = Failure::named(Operation::Write, "/b", Errno::ENOSPC);
    hands.happens(told("/b", 7, Some(Err(full))));
    assert!(!hands.model.state.keeping.contains_key(&id));
}

#[test]
fn where_the_last_files_are_is_remembered_and_no_more() {
    let mut hands = Hands::new();
    let (session, _) = hands.client();
    for number in 0..=FILES {
        hands.does(Action::SendFile { to: Target::Session(session), path: format!("/folder/{number}").into() });
    }
    assert_eq!(hands.model.state.files.len(), FILES);
    let newest = *hands.model.state.files.keys().next_back().unwrap();
    hands.asked.clear();
    hands.does(Action::OpenFolder(newest));
    assert!(matches!(&hands.asked[..], [Effect::ShowFolder(path)] if path.as_os_str() == "/folder"));
    hands.asked.clear();
    hands.does(Action::ShowSaved(newest));
    let path = std::path::PathBuf::from(format!("/folder/{FILES}"));
    assert!(matches!(&hands.asked[..], [Effect::OpenPictures(paths)] if *paths == [path]));
    hands.asked.clear();
    hands.does(Action::ShowSaved(TransferId(1)));
    assert!(hands.asked.is_empty(), "it is not remembered any more");
}

#[test]
fn bytes_are_shown_in_another_view_of_their_own_connection() {
    let mut hands = Hands::new();
    let ((_, one), (_, other)) = (hands.client(), hands.client());
    said(&one, Happened::Recv, b"here");
    hands.does(Action::Select(Selection::Connection(other.id())));
    hands.does(Action::ShowIn(Tab::Stream, Part::all(&one, Direction::Inbound)));
    assert_eq!(hands.is_shown(), (Selection::Connection(one.id()), Tab::Stream, None));
    hands.does(Action::ShowBefore(1));
    assert_eq!(hands.is_shown().1, Tab::Journal);
    assert_eq!(hands.model.views.journal.table().selected(), Some(1));
}
