//! Messages of a conversation: nothing in them is hidden, each has its menu, and a transfer is one card.

use std::{io::IoSlice, sync::Arc};

use egui::{Key, Modifiers};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Connection, Objects, Part, Seq},
    model::{ConnectionId, Detail, Direction, Encoding, Encodings, Event, SentFile, SessionId, TransferId},
    ui::{
        action::{Action, CopyForm},
        tab::Tab,
        views::{
            conversation::{Conversation, ConversationInput, Keeping, Whose},
            journal::JournalView,
        },
    },
};

use crate::drawn::{Intents, NoPixels, accepted, all_of, view};

struct Talk {
    connection: Arc<Connection>,
    objects: Arc<Objects>,
}

impl Talk {
    fn new() -> Self {
        let connection = accepted();
        Self { connection, objects: Objects::new(1 << 20) }
    }

    fn said(&self, event: Event, bytes: &[u8]) -> Seq {
        self.connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
    }

    fn shown<'a>(&self, keeping: Option<Keeping<'a>>) -> (Harness<'a>, Intents) {
        let (connection, objects) = (Arc::clone(&self.connection), Arc::clone(&self.objects));
        let mut conversation = Conversation::default();
        let (mut harness, actions) = view([1000.0, 700.0], move |ui, actions| {
            let input = ConversationInput {
                whose: Whose::One(&connection),
                journal: connection.journal(),
                objects: &objects,
                pictures: &NoPixels,
                encoding: Encoding::Utf8,
                keeping,
            };
            conversation.show(ui, &input, actions);
        });
        harness.run_steps(6);
        (harness, actions)
    }
}

#[test]
fn control_characters_are_there_and_hex_is_a_choice() {
    let talk = Talk::new();
    talk.said(Event::Recv, b"\x02TEMP=21.5\x03\r\n");
    let (mut harness, _) = talk.shown(None);
    assert!(harness.query_by_label("␂TEMP=21.5␃").is_some());
    harness.get_by_label("Both").click();
    harness.run_steps(4);
    assert!(harness.query_by_label("␂TEMP=21.5␃").is_some());
    assert!(harness.query_by_label("02 54 45 4D 50 3D 32 31 2E 35 03 0D 0A").is_some());
    harness.get_by_label("Hex").click();
    harness.run_steps(4);
    assert!(harness.query_by_label("␂TEMP=21.5␃").is_none());
    assert!(harness.query_by_label("02 54 45 4D 50 3D 32 31 2E 35 03 0D 0A").is_some());
}

#[test]
fn a_message_has_a_menu_under_the_pointer_and_under_a_key() {
    let talk = Talk::new();
    talk.said(Event::Recv, b"hello");
    let (mut harness, actions) = talk.shown(None);
    let part = Part::all(&talk.connection, Direction::Inbound);
    harness.get_by_label("hello").click_secondary();
    harness.run_steps(4);
    harness.get_by_label("Copy as hex").click();
    harness.run_steps(4);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::CopyPart(part.clone(), CopyForm::Hex)));
    assert!(harness.query_by_label("Copy as hex").is_none(), "it closes");

    harness.get_by_label("Conversation").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run_steps(4);
    harness.get_by_label("Show in the stream").click();
    harness.run_steps(4);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowIn(Tab::Stream, part)));
}

#[test]
fn one_message_is_shown_otherwise_than_the_rest() {
    let talk = Talk::new();
    talk.said(Event::Recv, b"one");
    talk.said(Event::Send, b"two");
    let (mut harness, _) = talk.shown(None);
    harness.get_by_label("one").click_secondary();
    harness.run_steps(4);
    harness.get_by_label("As hex").click();
    harness.run_steps(4);
    assert!(harness.query_by_label("one").is_none() && harness.query_by_label("6F 6E 65").is_some());
    assert!(harness.query_by_label("two").is_some());
}

#[test]
fn bytes_that_are_another_encoding_are_offered_to_be_read_so() {
    let talk = Talk::new();
    talk.said(Event::Recv, b"\xce\xc2\xb6\xc8=21.5 \xd7\xb4\xcc\xac\xd5\xfd\xb3\xa3");
    let (mut harness, actions) = talk.shown(None);
    harness.get_by_label("These bytes look like GBK: read them so").click();
    harness.run_steps(4);
    let read = Action::Read { session: SessionId(1), encoding: Encoding::Gbk };
    assert_eq!(actions.borrow_mut().pop(), Some(read));
}

#[test]
fn a_file_that_goes_out_is_a_card_with_a_way_to_stop_it() {
    let talk = Talk::new();
    let progress = |sent, over| {
        let file = SentFile { transfer: TransferId(3), name: "cat.bin".to_owned(), from: 0, over };
        let detail = Detail { sent: Some(sent), total: Some(2000), file: Some(file), ..Detail::default() };
        talk.connection.fact(Event::Progress, &detail, None);
    };
    progress(0, false);
    talk.said(Event::Send, &[0; 1000]);
    progress(1000, false);
    let (mut harness, actions) = talk.shown(None);
    assert!(harness.query_by_label_contains("cat.bin, 1.0 kB of 2.0 kB").is_some());
    assert!(harness.query_by_label_contains("binary").is_none(), "no bubble of bytes beside it");
    harness.get_by_label("Stop sending").click();
    harness.run_steps(2);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Cancel(TransferId(3))));
    progress(1000, true);
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("cat.bin, stopped at 1.0 kB of 2.0 kB").is_some());
    harness.get_by_label("Open its folder").click();
    harness.run_steps(2);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::OpenFolder(TransferId(3))));
}

#[test]
fn many_bytes_that_came_are_a_card_and_can_be_saved() {
    let talk = Talk::new();
    let part: Vec<u8> = (0..65_536_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let zip = [b"PK\x03\x04", part.as_slice()].concat();
    talk.said(Event::Recv, &zip);
    let (mut harness, actions) = talk.shown(None);
    assert!(harness.query_by_label_contains("ZIP archive, received, 65.5 kB").is_some());
    harness.get_by_label("Save what is kept of it…").click();
    harness.run_steps(2);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::SavePart(Part::all(&talk.connection, Direction::Inbound))));
}

#[test]
fn a_file_that_grows_is_told_and_stopped() {
    let talk = Talk::new();
    let (mut harness, actions) = talk.shown(Some(Keeping { name: "/tmp/received.bin", written: 1500 }));
    assert!(harness.query_by_label_contains("What is received goes into /tmp/received.bin").is_some());
    harness.get_by_label("Stop").click();
    harness.run_steps(2);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::StopKeeping(ConnectionId(1))));
}

#[test]
fn a_record_of_the_journal_has_the_same_menu() {
    let talk = Talk::new();
    let seq = talk.said(Event::Recv, b"hello there");
    let part = Part::all(&talk.connection, Direction::Inbound);
    let (journal, objects) = (Arc::clone(talk.connection.journal()), Arc::clone(&talk.objects));
    let (encodings, mut table) = (Encodings::default(), JournalView::default());
    let (mut harness, actions) =
        view([1000.0, 700.0], move |ui, actions| table.show(ui, &all_of(&journal, &objects, &encodings), actions));
    harness.run_steps(6);
    harness.get_by_label_contains("hello there").click_secondary();
    harness.run_steps(6);
    harness.get_by_label("Copy with escapes").click();
    harness.run_steps(4);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::CopyPart(part, CopyForm::Escaped)));
    harness.get_by_label_contains("hello there").click();
    harness.run_steps(4);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run_steps(4);
    harness.get_by_label("What came before").click();
    harness.run_steps(4);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowBefore(seq)));
}

#[test]
fn lines_of_one_call_are_messages_of_their_own() {
    let talk = Talk::new();
    talk.said(Event::Recv, b"one\ntwo\nthree\n");
    let (mut harness, _) = talk.shown(None);
    harness.get_by_label("What is one message, and what of it is shown").click();
    harness.run_steps(4);
    harness.get_by_label("A line, to its line feed").click();
    harness.run_steps(4);
    for line in ["one", "two", "three"] {
        assert!(harness.query_by_label(line).is_some(), "{line}");
    }
    harness.get_by_label("two").click_secondary();
    harness.run_steps(4);
    assert!(harness.query_by_label("Copy as hex").is_some(), "one menu, and not three");
}
