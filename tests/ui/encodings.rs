//! Encodings in the window: what is chosen for a session is what its text is written in and read as, at once.

use std::{cell::RefCell, io::IoSlice, rc::Rc, sync::Arc};

use egui::{Key, Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    journal::{Budget, Connection, Filter, Identity, Journal, Kinds, Objects, Seq},
    model::{ConnectionId, Encoding, Encodings, Event, Name, Names, SessionId, Side, SocketKind, Target},
    ui::{
        action::Action,
        views::{
            conversation::{Conversation, ConversationInput, Whose},
            journal::JournalView,
            send_box::{SendBox, SendInput, addressee::Reach},
        },
    },
};

use crate::{
    clock::Hands,
    drawn::{NoPixels, all_of, view},
};

const SESSION: SessionId = SessionId(1);
/// Longer than what goes on as one message may pause, in nanoseconds.
const PAUSE: u64 = 80_000_000;
const GBK: &[u8] = b"\xb2\xbb\xd2\xaa\xbb\xd8\xb4\xf0";

/// What the views of one window share, as the application keeps it.
#[derive(Default)]
struct State {
    encodings: Encodings,
    actions: Vec<Action>,
}

impl State {
    fn perform(&mut self) {
        for action in &self.actions {
            if let Action::Read { session, encoding } = action {
                self.encodings.set(*session, *encoding);
            }
        }
    }
}

type Shared = Rc<RefCell<State>>;

/// A harness around views of one session that begins with `encoding`.
fn harness<'a>(encoding: Encoding, mut show: impl FnMut(&mut egui::Ui, &mut State) + 'a) -> (Harness<'a>, Shared) {
    let state = Shared::default();
    state.borrow_mut().encodings.set(SESSION, encoding);
    let shared = Rc::clone(&state);
    let (mut harness, _) = view([1280.0, 800.0], move |ui, _| {
        let state = &mut *shared.borrow_mut();
        show(ui, state);
        state.perform();
    });
    harness.run();
    (harness, state)
}

fn connection(journal: &Arc<Journal>) -> Arc<Connection> {
    let identity = Identity {
        id: ConnectionId(1),
        session: SESSION,
        side: Side::Accepted,
        names: Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") },
        descriptor: None,
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, Arc::clone(journal))
}

fn traffic(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

/// The conversation above its send box, as in the window.
fn conversing<'a>(connection: &Arc<Connection>, journal: &Arc<Journal>) -> (Harness<'a>, Shared) {
    let (connection, journal, objects) = (Arc::clone(connection), Arc::clone(journal), Objects::new(1 << 20));
    let (mut conversation, mut send_box) = (Conversation::default(), SendBox::default());
    let to = Target::Connection(ConnectionId(1));
    harness(Encoding::Utf8, move |ui, state| {
        let encoding = state.encodings.of(SESSION);
        egui::Panel::bottom("send").show(ui, |ui| {
            let input = SendInput {
                reach: Reach::One(&to, "127.0.0.1:51234"),
                session: SESSION,
                encoding,
                ..SendInput::default()
            };
            send_box.show(ui, &input, &mut state.actions);
        });
        let input = ConversationInput {
            whose: Whose::One(&connection),
            journal: &journal,
            objects: &objects,
            pictures: &NoPixels,
            encoding,
            keeping: None,
        };
        conversation.show(ui, &input, &mut state.actions);
    })
}

fn choose(harness: &mut Harness<'_>, name: &str) {
    harness.get_by_role_and_label(Role::ComboBox, "Encoding").click();
    harness.run();
    harness.get_by_role_and_label(Role::ListBoxOption, name).click();
    harness.run();
}

fn write(harness: &mut Harness<'_>, text: &str) {
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text to send").focus();
    harness.run();
    harness.get_by_role_and_label(Role::MultilineTextInput, "Text to send").type_text(text);
    harness.run();
}

fn shows(harness: &Harness<'_>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

#[test]
fn what_came_before_the_choice_is_read_anew_at_once() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal);
    traffic(&connection, Event::Recv, GBK);
    traffic(&connection, Event::Send, b"plain \xb2\xbb and plain words around it, enough of them");
    let (mut harness, _) = conversing(&connection, &journal);
    assert!(shows(&harness, "B2 BB D2 AA"), "bytes that are no UTF-8 are shown as such");
    assert!(shows(&harness, "plain ·· and"));
    choose(&mut harness, "GBK");
    assert!(harness.query_by_label("不要回答").is_some());
    assert!(shows(&harness, "8 B · GBK"));
    assert!(shows(&harness, "plain 不 and"));
    choose(&mut harness, "UTF-8");
    assert!(!shows(&harness, "不"));
    assert!(shows(&harness, "plain ·· and"));
}

#[test]
fn a_character_in_two_records_stays_whole_even_when_the_rest_comes_late() {
    let hands = Hands::default();
    let journal = hands.journal();
    let connection = connection(&journal);
    let (first, second) = GBK.split_at(3);
    traffic(&connection, Event::Recv, first);
    // An echo comes between, and a pause that would end any other message.
    traffic(&connection, Event::Send, first);
    hands.pass(PAUSE);
    traffic(&connection, Event::Recv, second);
    traffic(&connection, Event::Send, second);
    let (mut harness, _) = conversing(&connection, &journal);
    choose(&mut harness, "GBK");
    assert_eq!(harness.query_all_by_label("不要回答").count(), 2, "received and sent");
    assert!(shows(&harness, "2 × recv") && shows(&harness, "2 × send"));
    // What is complete is not joined to what comes later.
    traffic(&connection, Event::Recv, b"later");
    harness.run();
    assert!(harness.query_by_label("later").is_some());
}

#[test]
fn a_late_text_does_not_join_a_stray_byte() {
    let hands = Hands::default();
    let journal = hands.journal();
    let connection = connection(&journal);
    traffic(&connection, Event::Recv, b"an old cafe is a caf\xe9");
    hands.pass(PAUSE);
    traffic(&connection, Event::Recv, b"another text");
    let (mut harness, _) = conversing(&connection, &journal);
    assert!(harness.query_by_label("another text").is_some());
    choose(&mut harness, "Latin-1");
    assert!(harness.query_by_label("an old cafe is a café").is_some());
    assert!(shows(&harness, "Latin-1"));
}

#[test]
fn text_is_sent_in_the_chosen_encoding_and_hex_as_it_is() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal);
    let (mut harness, state) = conversing(&connection, &journal);
    let to = Target::Connection(ConnectionId(1));
    for (encoding, bytes) in [
        (Encoding::Gbk, GBK),
        (Encoding::Big5, b"\xa4\xa3\xad\x6e\xa6\x5e\xb5\xaa".as_slice()),
        (Encoding::Utf16Le, b"\x0d\x4e\x81\x89\xde\x56\x54\x7b".as_slice()),
    ] {
        choose(&mut harness, encoding.name());
        write(&mut harness, "不要回答");
        harness.key_press(Key::Enter);
        harness.run();
        let sent = state.borrow_mut().actions.pop();
        assert_eq!(sent, Some(Action::Send { to: to.clone(), bytes: bytes.to_vec() }), "{encoding}");
    }
    // The messages have such a choice too; that of the send box stands below it.
    let forms = harness.get_all_by_role_and_label(Role::RadioButton, "Hex");
    let lowest = forms.max_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    lowest.unwrap().click();
    harness.run();
    harness.get_by_label("Bytes to send, in hex").focus();
    harness.run();
    harness.get_by_label("Bytes to send, in hex").type_text("b2 bb");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let sent = state.borrow_mut().actions.pop();
    assert_eq!(sent, Some(Action::Send { to, bytes: b"\xb2\xbb".to_vec() }));
}

#[test]
fn what_the_encoding_lacks_is_named_under_the_box_and_nothing_is_sent() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal);
    let (mut harness, state) = conversing(&connection, &journal);
    choose(&mut harness, "GBK");
    write(&mut harness, "不要 ß ï");
    assert!(shows(&harness, "“ß” is not in GBK"));
    harness.key_press(Key::Enter);
    harness.run();
    assert!(!state.borrow().actions.iter().any(|action| matches!(action, Action::Send { .. })));
    assert!(harness.get_by_role_and_label(Role::Button, "Send").accesskit_node().is_disabled());
    choose(&mut harness, "GB18030");
    assert!(!shows(&harness, "is not in"));
}

#[test]
fn the_journal_reads_each_session_in_its_own_encoding() {
    let hands = Hands::default();
    let journal = hands.journal();
    let connection = connection(&journal);
    let (first, second) = GBK.split_at(3);
    let whole = traffic(&connection, Event::Recv, GBK);
    traffic(&connection, Event::Send, first);
    let rest = traffic(&connection, Event::Send, second);
    let (source, objects) = (Arc::clone(&journal), Objects::new(1 << 20));
    let view = Rc::new(RefCell::new(JournalView::default()));
    let shared = Rc::clone(&view);
    let (mut harness, state) = harness(Encoding::Latin1, move |ui, state| {
        let encodings = state.encodings.clone();
        shared.borrow_mut().show(ui, &all_of(&source, &objects, &encodings), &mut state.actions);
    });
    assert!(shows(&harness, "8 B ²»Òª»Ø´ð"));
    view.borrow_mut().table().select(whole);
    harness.run();
    harness.get_by_role_and_label(Role::RadioButton, "Text").click();
    harness.run();
    choose(&mut harness, "GBK");
    assert!(shows(&harness, "8 B 不要回答"), "the row");
    assert!(harness.query_by_label("不要回答").is_some(), "the record");
    // The row that goes on with a character has it whole; the one where it begins has a dot for it.
    assert!(shows(&harness, "3 B 不·"));
    assert!(shows(&harness, "5 B 要回答"));
    view.borrow_mut().table().select(rest);
    harness.run();
    assert!(harness.query_by_label("要回答").is_some());

    harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("回答");
    harness.run_steps(14);
    let wanted = Filter::parse_in(Kinds::All, "回答", &[Encoding::Gbk]).ok();
    let asked = state.borrow().actions.iter().rev().find_map(|action| match action {
        Action::Filter(filter) => Some(filter.clone()),
        _ => None,
    });
    assert_eq!(asked, wanted);
    let mut found = Vec::new();
    if let (Some(filter), Some(block)) = (asked, journal.block(1)) {
        filter.matches(&block, 1, &mut found);
    }
    assert_eq!(found, [whole, rest]);
}
