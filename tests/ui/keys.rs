//! Lists whose rows are painted, by keys alone and as a screen reader hears them: messages, records, calls, cuts, pictures.

use std::{io::IoSlice, sync::Arc};

use egui::{Key, Modifiers, Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    journal::{Connection, NewObject, Objects, Place, Seq},
    model::{ConnectionId, Detail, Direction, Encoding, Encodings, Event, ObjectId, Picture, PictureEnding, SessionId},
    ui::{
        action::Action,
        views::{
            conversation::{Conversation, ConversationInput, Rule, Whose},
            journal::JournalView,
            ladder::{Ladder, LadderInput},
            pictures::Pictures,
            stream::{StreamInput, StreamView},
        },
    },
};

use crate::drawn::{Intents, NoPixels, accepted, all_of, view};

fn connection() -> Arc<Connection> {
    let connection = accepted();
    connection.fact(Event::Accepted, &Detail::default(), None);
    connection
}

fn said(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

fn conversing(connection: &Arc<Connection>, rule: Rule) -> (Harness<'static>, Intents) {
    let (connection, objects) = (Arc::clone(connection), Objects::new(1 << 20));
    let mut conversation = Conversation::default();
    conversation.look.rule = rule;
    view([900.0, 500.0], move |ui, actions| {
        let input = ConversationInput {
            whose: Whose::One(&connection),
            journal: connection.journal(),
            objects: &objects,
            pictures: &NoPixels,
            encoding: Encoding::Utf8,
            keeping: None,
        };
        conversation.show(ui, &input, actions);
    })
}

/// Gives the keyboard to a list.
fn enter(harness: &mut Harness<'_>, list: &str) {
    harness.run_steps(6);
    harness.get_by_label(list).focus();
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'_>, keys: &[Key]) {
    for key in keys {
        harness.key_press(*key);
        harness.run_steps(3);
    }
}

fn menu_key(harness: &mut Harness<'_>) {
    harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    harness.run_steps(4);
}

/// What a screen reader reads while this list has the keyboard.
fn heard(harness: &Harness<'_>, list: &str) -> String {
    let node = harness.get_by_label(list);
    let row = node.accesskit_node().active_descendant().unwrap();
    row.label().unwrap_or_default()
}

/// Whether it has the keyboard, for itself or for its active row.
fn has_keyboard(harness: &Harness<'_>, name: &str) -> bool {
    let node = harness.get_by_label(name);
    let row = node.accesskit_node().active_descendant();
    node.is_focused() || row.is_some_and(|row| row.is_focused())
}

#[test]
fn a_message_is_heard_as_it_is_read() {
    let connection = connection();
    said(&connection, Event::Recv, b"hello\n");
    said(&connection, Event::Send, b"\0\xff\x11");
    let (mut harness, actions) = conversing(&connection, Rule::Pause);
    enter(&mut harness, "Conversation");
    press(&mut harness, &[Key::ArrowUp]);
    assert!(has_keyboard(&harness, "Conversation"));
    let sent = heard(&harness, "Conversation");
    assert!(sent.starts_with("sent to 127.0.0.1:51234 at ") && sent.ends_with(": 00 FF 11, 3 B"), "{sent}");
    press(&mut harness, &[Key::ArrowUp]);
    let received = heard(&harness, "Conversation");
    assert!(received.starts_with("received from 127.0.0.1:51234 at "), "{received}");
    assert!(received.contains(": hello") && received.ends_with(", 6 B"), "{received}");
    menu_key(&mut harness);
    assert!(harness.query_by_label("Copy as hex").is_some());
    assert!(has_keyboard(&harness, "As text"), "the first row of the menu");
    press(&mut harness, &[Key::Escape]);
    assert!(harness.query_by_label("Copy as hex").is_none(), "the menu is closed");
    assert!(has_keyboard(&harness, "Conversation"), "it gave the keyboard back");
    assert_eq!(heard(&harness, "Conversation"), received);
    press(&mut harness, &[Key::Enter]);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(2)));
    press(&mut harness, &[Key::Escape]);
    assert!(!has_keyboard(&harness, "Conversation"), "Escape leaves");
}

#[test]
fn each_line_of_one_call_is_reached() {
    let connection = connection();
    said(&connection, Event::Recv, b"one\ntwo\nsix\n");
    let (mut harness, _) = conversing(&connection, Rule::Line);
    enter(&mut harness, "Conversation");
    let mut lines = Vec::new();
    for _ in 0..3 {
        press(&mut harness, &[Key::ArrowUp]);
        lines.push(heard(&harness, "Conversation"));
    }
    for (heard, line) in lines.iter().zip([": six", ": two", ": one"]) {
        assert!(heard.contains(line), "{lines:?}");
    }
}

#[test]
fn tab_goes_past_a_list_in_one_step_and_few_rows_have_nodes() {
    let connection = connection();
    for number in 0..20_000 {
        let event = if number % 2 == 0 { Event::Recv } else { Event::Send };
        said(&connection, event, format!("words {number}").as_bytes());
    }
    let (mut harness, _) = conversing(&connection, Rule::Pause);
    enter(&mut harness, "Conversation");
    let nodes = |harness: &Harness<'_>| harness.query_all_by_role(Role::ListItem).count();
    assert!((2..40).contains(&nodes(&harness)), "{}", nodes(&harness));
    press(&mut harness, &[Key::Home]);
    assert!((2..40).contains(&nodes(&harness)), "{}", nodes(&harness));
    press(&mut harness, &[Key::PageDown]);
    let row = heard(&harness, "Conversation");
    assert!(!row.is_empty());
    harness.key_press(Key::Tab);
    harness.run_steps(3);
    let rows: Vec<_> = harness.query_all_by_role(Role::ListItem).filter(egui_kittest::Node::is_focused).collect();
    assert!(rows.is_empty(), "{rows:?}");
}

#[test]
fn a_record_is_chosen_turned_over_opened_and_has_its_menu() {
    let connection = connection();
    for number in 0..100_000 {
        said(&connection, Event::Recv, format!("row {number}").as_bytes());
    }
    let (objects, mut journal_view) = (Objects::new(1 << 20), JournalView::default());
    let journal = Arc::clone(connection.journal());
    let (mut harness, actions) = view([1000.0, 700.0], move |ui, actions| {
        let encodings = Encodings::default();
        journal_view.show(ui, &all_of(&journal, &objects, &encodings), actions);
    });
    enter(&mut harness, "Journal");
    press(&mut harness, &[Key::Home, Key::ArrowDown]);
    let first = heard(&harness, "Journal");
    assert!(first.contains("accept"), "{first}");
    press(&mut harness, &[Key::ArrowDown, Key::PageDown]);
    let later = heard(&harness, "Journal");
    assert!(later.contains("recv 127.0.0.1:8000 127.0.0.1:51234") && !later.ends_with("row 0"), "{later}");
    press(&mut harness, &[Key::End]);
    assert!(heard(&harness, "Journal").ends_with("row 99999"));
    assert!(harness.query_all_by_role(Role::ListBoxOption).count() < 40);
    menu_key(&mut harness);
    harness.get_by_label("What came before").click();
    harness.run_steps(3);
    assert!(matches!(actions.borrow_mut().pop(), Some(Action::ShowBefore(100_001))));
    enter(&mut harness, "Journal");
    press(&mut harness, &[Key::Enter]);
    assert!(has_keyboard(&harness, "Bytes of the record"));
}

#[test]
fn the_calls_of_a_ladder_are_walked_and_lead_to_their_records() {
    let connection = connection();
    let recv = said(&connection, Event::Recv, b"hello");
    said(&connection, Event::Send, b"HELLO");
    let mut ladder = Ladder::default();
    let (mut harness, actions) = view([1000.0, 760.0], move |ui, actions| {
        let input = LadderInput { connection: &connection, encoding: Encoding::Utf8, peer: None, listening: None };
        ladder.show(ui, &input, actions);
    });
    enter(&mut harness, "Ladder");
    press(&mut harness, &[Key::Home]);
    let mut passed = 0;
    while !heard(&harness, "Ladder").contains("recv(1024) = 5") {
        press(&mut harness, &[Key::ArrowDown]);
        passed += 1;
        assert!(passed < 20, "{}", heard(&harness, "Ladder"));
    }
    press(&mut harness, &[Key::Enter]);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(recv)));
    menu_key(&mut harness);
    harness.get_by_label("Show in the stream").click();
    harness.run_steps(3);
    assert!(matches!(actions.borrow_mut().pop(), Some(Action::ShowIn(_, part)) if part.records == (recv, recv)));
}

#[test]
fn the_messages_of_a_stream_are_walked_and_lead_to_their_records() {
    let connection = connection();
    let records: Vec<Seq> = (0..300).map(|n| said(&connection, Event::Recv, format!("part {n}").as_bytes())).collect();
    let mut stream = StreamView::default();
    let (mut harness, actions) = view([1000.0, 760.0], move |ui, actions| {
        let input = StreamInput { connection: &connection, encoding: Encoding::Utf8, peer: None };
        stream.show(ui, &input, actions);
    });
    enter(&mut harness, "Messages");
    press(&mut harness, &[Key::Home, Key::ArrowDown]);
    assert_eq!(heard(&harness, "Messages"), "message 2, 6 B, part 1");
    press(&mut harness, &[Key::Enter]);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(records[1])));
    press(&mut harness, &[Key::End]);
    assert_eq!(heard(&harness, "Messages"), "message 300, 8 B, part 299");
    menu_key(&mut harness);
    harness.get_by_label("Show in the ladder").click();
    harness.run_steps(3);
    let last = (records[299], records[299]);
    assert!(matches!(actions.borrow_mut().pop(), Some(Action::ShowIn(_, part)) if part.records == last));
}

#[test]
fn pictures_are_walked_in_rows_and_columns() {
    let objects = Objects::new(1 << 20);
    let ids: Vec<ObjectId> = (0..40_u8)
        .map(|number| {
            let picture =
                Picture { format: "PNG", extension: "png", width: 4, height: 3, ending: PictureEnding::Complete };
            objects.put(NewObject {
                session: SessionId(1),
                connection: ConnectionId(1),
                direction: Direction::Inbound,
                place: Place::Body { start: 0, end: 1 },
                first: 1,
                last: 1,
                name: "127.0.0.1:8000".to_owned(),
                picture: Some(picture),
                bytes: vec![number],
            })
        })
        .collect();
    let mut pictures = Pictures::default();
    let (mut harness, actions) = view([860.0, 500.0], move |ui, actions| {
        pictures.show(ui, &objects, &NoPixels, actions);
    });
    enter(&mut harness, "40 pictures");
    // Newest first, four in a row.
    press(&mut harness, &[Key::ArrowRight, Key::ArrowRight, Key::ArrowDown, Key::Enter]);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Enlarge(ids[39 - 5])));
    assert!(heard(&harness, "40 pictures").starts_with("Received picture "));
    press(&mut harness, &[Key::End]);
    assert!(harness.query_all_by_role(Role::ListItem).count() < 20);
    menu_key(&mut harness);
    harness.get_by_label("Save the picture").click();
    harness.run_steps(3);
    assert_eq!(actions.borrow_mut().pop(), Some(Action::SavePicture(ids[0])));
}
