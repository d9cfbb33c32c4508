//! The main views through the accessibility tree, as a screen reader and a person find them. No display is needed.

use std::{cell::RefCell, io::IoSlice, rc::Rc, sync::Arc};

use egui::{Key, Role, Shape, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Budget, Connection, Entry, Identity, Journal, NewObject, Objects, Place, Seq, Span},
    model::{
        By, ConnectionId, Detail, Direction, Encoding, Encodings, Event, Name, Names, ObjectId, Page, Picture,
        PictureEnding, SessionId, Side, SocketKind, State, Target,
    },
    ui::{
        action::{Action, Pace, Pick},
        views::{
            conversation::{self, Conversation, ConversationInput, Waiting},
            http::{Http, HttpInput, PagePicture},
            inspector::{ConnectionFacts, Inspector},
            journal::{JournalInput, JournalView, table::RowSource},
            pictures::{Pictures, lightbox::Lightbox},
            send_box::{SendBox, SendInput, addressee::Reach},
        },
    },
    words::Phrase,
};

use crate::{
    access::access,
    drawn::{Intents, NoPixels, all_of, view},
};

fn harness<'a>(show: impl FnMut(&mut egui::Ui, &mut Vec<Action>) + 'a) -> (Harness<'a>, Intents) {
    view([1280.0, 800.0], show)
}

fn names() -> Names {
    Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") }
}

fn connection(journal: &Arc<Journal>) -> Arc<Connection> {
    let identity = Identity {
        id: ConnectionId(1),
        session: SessionId(1),
        side: Side::Accepted,
        names: names(),
        descriptor: Some(17),
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, Arc::clone(journal))
}

fn traffic(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

fn fill(journal: &Journal, range: std::ops::Range<u32>) {
    for number in range {
        let text = format!("number {number} of many");
        journal.append(&Entry {
            event: Event::Recv,
            session: SessionId(1),
            connection: ConnectionId(1),
            names: &names(),
            length: text.len(),
            payload: &[IoSlice::new(text.as_bytes())],
            keep: text.len(),
            previous: 0,
        });
    }
}

fn wheel(points: f32) -> egui::Event {
    egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        modifiers: egui::Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Trackpad,
    }
}

struct Table {
    journal: Arc<Journal>,
    view: Rc<RefCell<JournalView>>,
    harness: Harness<'static>,
    actions: Intents,
}

impl Table {
    fn new(budget: Budget, rows: u32) -> Self {
        let journal = Journal::new(budget);
        fill(&journal, 1..rows + 1);
        let objects = Objects::new(1 << 20);
        let view = Rc::new(RefCell::new(JournalView::default()));
        let (shared, source) = (Rc::clone(&view), Arc::clone(&journal));
        let (harness, actions) = harness(move |ui, actions| {
            shared.borrow_mut().show(ui, &all_of(&source, &objects, &Encodings::default()), actions);
        });
        let mut table = Self { journal, view, harness, actions };
        table.harness.run();
        table
    }

    fn shows(&self, number: u32) -> bool {
        self.harness.query_all_by_label_contains(&format!("number {number} of many")).next().is_some()
    }

    fn top(&self) -> (Seq, f32) {
        self.view.borrow_mut().table().top()
    }

    fn scroll(&mut self, points: f32) {
        self.harness.hover_at(egui::pos2(600.0, 500.0));
        self.harness.event(wheel(points));
        self.harness.run();
    }
}

#[test]
fn the_table_follows_until_the_wheel_turns_up_and_again_with_its_button() {
    let mut table = Table::new(Budget::default(), 3000);
    assert!(table.shows(3000));
    fill(&table.journal, 3001..3101);
    table.harness.run();
    assert!(table.shows(3100));

    table.scroll(200.0);
    let place = table.top();
    fill(&table.journal, 3101..3201);
    table.harness.run();
    assert_eq!(table.top(), place);
    assert!(!table.shows(3200));

    table.harness.get_by_role_and_label(Role::Button, "Follow").click();
    table.harness.run();
    assert!(table.shows(3200));
}

#[test]
fn a_row_stays_under_eviction() {
    let mut table = Table::new(Budget { rows: 8192, bytes: 64 << 20 }, 8000);
    table.view.borrow_mut().table().set_top(6000);
    table.harness.run();
    assert_eq!(table.top(), (6000, 0.0));
    table.scroll(10.0);
    let place = table.top();
    fill(&table.journal, 8001..11_000);
    table.harness.run();
    assert!(table.journal.stats().evicted > 0);
    assert_eq!(table.top(), place);
    assert!(table.shows(6000));
    // When the place itself is gone, the oldest row that is left is shown.
    fill(&table.journal, 11_000..20_000);
    table.harness.run();
    assert_eq!(table.top(), (table.journal.stats().first, 0.0));
}

#[test]
fn a_row_is_chosen_by_click_and_arrows_and_its_bytes_are_shown() {
    let mut table = Table::new(Budget::default(), 500);
    table.harness.get_by_label_contains("number 490 of many").click();
    table.harness.run();
    assert_eq!(table.view.borrow_mut().table().selected(), Some(490));
    assert!(table.harness.query_by_label("Record 490").is_some());
    table.harness.key_press(Key::ArrowUp);
    table.harness.run();
    assert_eq!(table.view.borrow_mut().table().selected(), Some(489));
    table.harness.key_press(Key::Home);
    table.harness.run();
    assert!(table.shows(1));
    table.harness.key_press(Key::End);
    table.harness.run();
    assert!(table.shows(500));
    assert!(table.view.borrow_mut().table().follows());
    table.harness.get_by_label("Close the record").click();
    table.harness.run();
    assert_eq!(table.view.borrow_mut().table().selected(), None);
}

#[test]
fn a_filter_is_asked_for_or_its_error_is_shown() {
    let mut table = Table::new(Budget::default(), 10);
    table.harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
    table.harness.run();
    table.harness.get_by_role_and_label(Role::TextInput, "Filter").type_text("length>x");
    table.harness.run_steps(14);
    assert!(table.harness.query_by_label_contains("is not a length").is_some());
    table.harness.get_by_label("Clear the filter").click();
    table.harness.run();
    table.harness.get_by_role_and_label(Role::RadioButton, "In").click();
    table.harness.run();
    let last = table.actions.borrow().last().cloned();
    assert!(matches!(last, Some(Action::Filter(filter)) if !filter.takes_all()));
}

/// True when these words are painted, wherever a screen reader finds them.
fn paints(harness: &Harness<'_>, words: &str) -> bool {
    harness
        .output()
        .shapes
        .iter()
        .any(|clipped| matches!(&clipped.shape, Shape::Text(text) if text.galley.text() == words))
}

#[test]
fn a_narrow_journal_keeps_its_content_and_leaves_out_our_own_name() {
    let journal = Journal::new(Budget::default());
    fill(&journal, 1..3);
    let objects = Objects::new(1 << 20);
    for (width, all) in [(1000.0, true), (600.0, false)] {
        let mut table = JournalView::default();
        let (mut shown, _) = view([width, 400.0], |ui, actions| {
            table.show(ui, &all_of(&journal, &objects, &Encodings::default()), actions);
        });
        shown.run();
        assert_eq!((paints(&shown, "Local name"), paints(&shown, "Peer name")), (all, true), "{width}");
    }
}

/// `bytes` behind the first `start` ones of a stream, in so many calls.
fn stream(start: u64, bytes: &[u8], calls: u32) -> Place {
    Place::Stream(Span { start, end: start + bytes.len() as u64, calls, began: 1, ended: 2 })
}

fn talk(journal: &Arc<Journal>, objects: &Objects) -> Arc<Connection> {
    let connection = connection(journal);
    connection.fact(Event::Accepted, &Detail { descriptor: Some(17), ..Detail::default() }, None);
    let split = "不要回答".as_bytes();
    traffic(&connection, Event::Recv, b"can you ");
    traffic(&connection, Event::Recv, b"hear me? ");
    // A character in two pieces.
    traffic(&connection, Event::Recv, split.get(..4).unwrap_or_default());
    traffic(&connection, Event::Recv, split.get(4..).unwrap_or_default());
    traffic(&connection, Event::Send, b"yes");
    let picture: Vec<u8> = (0..3000_u32).map(|index| (index * 7 % 251) as u8).collect();
    let mut seqs = [Vec::new(), Vec::new()];
    let starts = [connection.received().0, connection.sent().0];
    for part in picture.chunks(1024) {
        seqs[0].push(traffic(&connection, Event::Recv, part));
        seqs[1].push(traffic(&connection, Event::Send, part));
    }
    for ((direction, seqs), start) in [Direction::Inbound, Direction::Outbound].into_iter().zip(&seqs).zip(starts) {
        objects.put(NewObject {
            session: SessionId(1),
            connection: ConnectionId(1),
            direction,
            place: stream(start, &picture, 3),
            first: seqs.first().copied().unwrap_or_default(),
            last: seqs.last().copied().unwrap_or_default(),
            picture: Some(Picture {
                format: "PNG",
                extension: "png",
                width: 32,
                height: 24,
                ending: PictureEnding::CutShort,
            }),
            name: "127.0.0.1:8000".to_owned(),
            bytes: picture.clone(),
        });
    }
    connection.fact(Event::HalfClosed, &Detail { by: Some(By::Peer), ..Detail::default() }, Some(State::CloseWait));
    connection
}

fn conversing<'a>(connection: Arc<Connection>, journal: Arc<Journal>, objects: Arc<Objects>) -> (Harness<'a>, Intents) {
    let mut view = Conversation::default();
    let (mut harness, actions) = harness(move |ui, actions| {
        let input = ConversationInput {
            whose: conversation::Whose::One(&connection),
            journal: &journal,
            objects: &objects,
            pictures: &NoPixels,
            encoding: Encoding::Utf8,
            keeping: None,
        };
        view.show(ui, &input, actions);
    });
    harness.run();
    (harness, actions)
}

#[test]
fn a_conversation_shows_messages_pictures_and_facts() {
    let (journal, objects) = (Journal::new(Budget::default()), Objects::new(1 << 20));
    let connection = talk(&journal, &objects);
    let speaker = Arc::clone(&connection);
    let (mut harness, actions) = conversing(connection, journal, objects);
    assert!(harness.query_by_label_contains("accepted 127.0.0.1:51234").is_some());
    // Four records are one message; the split character is whole.
    assert!(harness.query_by_label("can you hear me? 不要回答").is_some());
    assert!(harness.query_by_label_contains("4 × recv").is_some());
    assert!(harness.query_by_label("yes").is_some());
    // The picture once, the other way as an echo, and neither as bytes.
    assert!(harness.query_by_label_contains("Received picture 1, PNG 32×24").is_some());
    assert!(harness.query_by_label("the same picture, echoed").is_some());
    assert!(harness.query_by_label_contains("cut short").is_some());
    assert!(harness.query_by_label_contains("3 × send").is_some());
    assert!(harness.query_by_label_contains("binary").is_none());
    assert!(harness.query_by_label_contains("peer half-closed").is_some());

    harness.get_by_label("Enlarge the picture").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Enlarge(ObjectId(1))));

    // It stays at the end while new messages come, and lets go when the wheel turns up.
    for number in 0..80 {
        traffic(&speaker, if number % 2 == 0 { Event::Recv } else { Event::Send }, format!("line {number}").as_bytes());
    }
    harness.run();
    assert!(harness.query_by_label("line 79").is_some());
    harness.hover_at(egui::pos2(600.0, 400.0));
    harness.event(wheel(2000.0));
    harness.run();
    assert!(harness.query_by_label("line 79").is_none());
    harness.get_by_label("Jump to the newest").click();
    harness.run();
    assert!(harness.query_by_label("line 79").is_some());
}

#[test]
fn what_comes_of_a_picture_is_never_shown_as_bytes_beside_it() {
    let (journal, objects) = (Journal::new(Budget::default()), Objects::new(1 << 20));
    let connection = connection(&journal);
    let part: Vec<u8> = (0..=255).collect();
    let first = traffic(&connection, Event::Recv, &part);
    let arriving = Picture { format: "PNG", extension: "png", width: 32, height: 24, ending: PictureEnding::Arriving };
    objects.put(NewObject {
        session: SessionId(1),
        connection: ConnectionId(1),
        direction: Direction::Inbound,
        place: stream(0, &part, 1),
        first,
        last: first,
        picture: Some(arriving),
        name: "127.0.0.1:8000".to_owned(),
        bytes: part.clone(),
    });
    // It is shown anew now and then only; these came since.
    traffic(&connection, Event::Recv, &part);
    traffic(&connection, Event::Recv, &part);
    let (harness, _) = conversing(connection, journal, objects);
    assert!(harness.query_by_label_contains("3 × recv").is_some());
    assert!(harness.query_by_label_contains("binary").is_none());
}

#[test]
fn a_long_text_is_cut_with_a_way_to_the_whole() {
    let (journal, objects) = (Journal::new(Budget::default()), Objects::new(1 << 20));
    let connection = connection(&journal);
    let seq = traffic(&connection, Event::Recv, "word ".repeat(1000).as_bytes());
    let (mut harness, actions) = conversing(connection, journal, objects);
    harness.get_by_label_contains("Show all 5").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(seq)));
}

#[test]
fn a_listener_without_callers_says_where_to_connect() {
    let (mut harness, actions) = harness(|ui, actions| {
        let access = access(&["127.0.0.1:8000"], true);
        let waiting = Waiting { title: "Echo", access: Some(&access), hint: None, path: "", again: None };
        conversation::waiting(ui, &waiting, actions);
    });
    harness.run();
    harness.get_by_label("Copy the address").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Copy("127.0.0.1:8000".into())));
    harness.get_by_label_contains("Only programs on this PC");
    harness.get_by_role_and_label(Role::Button, "Let other PCs in").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Rebind(SessionId(1), "*".into())));
}

#[test]
fn a_listener_that_has_ended_is_started_again_where_it_says_so() {
    let (mut harness, actions) = harness(|ui, actions| {
        let waiting =
            Waiting { title: "Echo", access: None, hint: None, path: "/tmp/socketlab.sock", again: Some(SessionId(7)) };
        conversation::waiting(ui, &waiting, actions);
    });
    harness.run();
    assert!(harness.query_by_label("Copy the address").is_none());
    harness.get_by_label("Start again").click();
    harness.run();
    let wanted = Action::Restart { session: SessionId(7), any_port: false };
    assert_eq!(actions.borrow_mut().pop(), Some(wanted));
}

#[test]
fn an_empty_journal_says_why() {
    let (journal, objects) = (Journal::new(Budget::default()), Objects::new(1 << 20));
    let cleared = Journal::new(Budget::default());
    let _ = talk(&cleared, &objects);
    cleared.clear();
    for (journal, rows, searching, title) in [
        (&journal, RowSource::All, false, Some("No record yet")),
        (&cleared, RowSource::All, false, Some("No record is kept any more")),
        (&journal, RowSource::Matches(&[]), false, Some("No record fits the filter")),
        (&journal, RowSource::Matches(&[]), true, None),
    ] {
        let mut view = JournalView::default();
        let (mut shown, _) = harness(|ui, actions| {
            let encodings = Encodings::default();
            let input = JournalInput { rows, searching, ..all_of(journal, &objects, &encodings) };
            view.show(ui, &input, actions);
        });
        shown.run();
        for known in ["No record yet", "No record is kept any more", "No record fits the filter"] {
            assert_eq!(shown.query_by_label(known).is_some(), title == Some(known), "{rows:?} {searching}");
        }
    }
}

fn send_box<'a>(blocked: Option<&'static str>) -> (Harness<'a>, Intents) {
    let mut view = SendBox::default();
    let to = Target::Connection(ConnectionId(1));
    harness(move |ui, actions| {
        let input = SendInput { reach: Reach::One(&to, "127.0.0.1:51234"), blocked, ..SendInput::default() };
        view.show(ui, &input, actions);
    })
}

#[test]
fn the_send_box_stays_within_its_width() {
    for (width, name) in [(436.0, "127.0.0.1:51234"), (560.0, "127.0.0.1:51234"), (560.0, "[fe80::1:2%eth0]:51234")] {
        let mut view = SendBox::default();
        let to = Target::Connection(ConnectionId(1));
        let (mut harness, _) = crate::drawn::view([width, 500.0], move |ui, actions| {
            view.show(ui, &SendInput { reach: Reach::One(&to, name), ..SendInput::default() }, actions);
        });
        harness.run();
        for part in ["Picture", "Encoding", "Line end", "Repeat…", "Sent with Enter", "Send"] {
            let place = harness.get_by_label(part).rect();
            assert!(place.left() >= 0.0 && place.right() <= width, "{part} at {width}: {place:?}");
        }
        assert!(harness.get_by_label("Encoding").rect().width() > 60.0, "its name can be read");
    }
}

#[test]
fn in_a_low_window_the_send_box_is_one_row_and_its_field_and_the_rest_unfolds() {
    for (width, height) in [(320.0, 300.0), (640.0, 400.0), (640.0, 479.0)] {
        let mut view = SendBox::default();
        let to = Target::Connection(ConnectionId(1));
        let name = "[fe80::1:2%eth0]:51234";
        let (mut harness, _) = crate::drawn::view([width, height], move |ui, actions| {
            view.show(ui, &SendInput { reach: Reach::One(&to, name), ..SendInput::default() }, actions);
        });
        harness.run();
        let more = "More: encoding, checksum, line end, repeat";
        for part in ["What to send", "Text to send", "Send", more] {
            let place = harness.get_by_label(part).rect();
            assert!(place.left() >= 0.0 && place.right() <= width, "{part} at {width}: {place:?}");
            assert!(place.bottom() < 100.0, "{part} at {height}: {place:?}");
        }
        assert!(harness.query_by_label("Line end").is_none());
        harness.get_by_label(more).click();
        harness.run();
        assert!(harness.query_by_label("Line end").is_some() && harness.query_by_label("Send").is_some());
        harness.get_by_label("Less: the field alone").click();
        harness.run();
        assert!(harness.query_by_label("Line end").is_none());
    }
}

#[test]
fn enter_sends_and_shift_enter_breaks_the_line() {
    let (mut harness, actions) = send_box(None);
    harness.run();
    let field = || ("Text to send", Role::MultilineTextInput);
    harness.get_by_role_and_label(field().1, field().0).focus();
    harness.run();
    harness.get_by_role_and_label(field().1, field().0).type_text("one");
    harness.run();
    harness.key_press_modifiers(egui::Modifiers::SHIFT, Key::Enter);
    harness.run();
    harness.get_by_role_and_label(field().1, field().0).type_text("two");
    harness.run();
    assert!(actions.borrow().is_empty());
    harness.key_press(Key::Enter);
    harness.run();
    let to = Target::Connection(ConnectionId(1));
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Send { to, bytes: b"one\ntwo".to_vec() }));
    // The box is empty and ready again; Up brings back what was sent.
    harness.key_press(Key::ArrowUp);
    harness.run();
    let value = harness.get_by_role_and_label(field().1, field().0).value();
    assert_eq!(value.as_deref(), Some("one\ntwo"));
}

#[test]
fn what_is_no_hex_is_explained_and_not_sent_and_a_file_is_asked_for() {
    let (mut harness, actions) = send_box(None);
    harness.run();
    harness.get_by_role_and_label(Role::RadioButton, "Hex").click();
    harness.run();
    harness.get_by_label("Bytes to send, in hex").focus();
    harness.run();
    harness.get_by_label("Bytes to send, in hex").type_text("0xff, G0");
    harness.run();
    assert!(harness.query_by_label_contains("“G” is not a hex digit").is_some());
    harness.key_press(Key::Enter);
    harness.run();
    assert!(actions.borrow().is_empty());
    harness.get_by_role_and_label(Role::RadioButton, "Picture").click();
    harness.run();
    harness.get_by_label("Choose a picture…").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Choose(Pick::SendPicture)));
}

#[test]
fn a_box_that_cannot_send_says_why() {
    let (mut harness, actions) = send_box(Some("Nobody is connected yet"));
    harness.run();
    assert!(harness.query_by_label_contains("Nobody is connected yet").is_some());
    harness.get_by_label("Text to send").focus();
    harness.run();
    harness.get_by_label("Text to send").type_text("hello");
    harness.key_press(Key::Enter);
    harness.run();
    assert!(actions.borrow().is_empty());
}

#[test]
fn a_repetition_is_asked_for_with_pause_and_count() {
    let (mut harness, actions) = send_box(None);
    harness.run();
    harness.get_by_label("Text to send").focus();
    harness.run();
    harness.get_by_label("Text to send").type_text("tick");
    harness.run();
    harness.get_by_label("Repeat…").click();
    harness.run();
    harness.get_by_label("Start").click();
    harness.run();
    let action = actions.borrow_mut().pop();
    assert!(
        matches!(action, Some(Action::Repeat { pace: Pace { count: Some(10), interval, .. }, .. }) if interval.as_millis() == 1000)
    );
}

#[test]
fn names_in_the_inspector_are_copied() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal);
    let mut view = Inspector::default();
    let (mut harness, actions) = harness(move |ui, actions| {
        let facts = ConnectionFacts::of(&connection, "Connection 1 of Echo", None);
        view.connection(ui, &facts, actions);
    });
    harness.run();
    assert!(harness.query_by_label("ESTABLISHED").is_some());
    harness.get_by_label("Copy the peer name").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Copy("127.0.0.1:51234".into())));
}

#[test]
fn pictures_are_listed_and_the_large_view_walks_and_closes() {
    let (journal, objects) = (Journal::new(Budget::default()), Objects::new(1 << 20));
    talk(&journal, &objects);
    let mut view = Pictures::default();
    let mut lightbox: Option<Lightbox> = None;
    let (mut harness, actions) = harness(move |ui, actions| {
        let begin = actions.len();
        view.show(ui, &objects, &NoPixels, actions);
        if let Some(open) = &mut lightbox {
            open.show(ui, &objects, &NoPixels, actions);
        }
        for action in actions.iter().skip(begin) {
            match action {
                Action::Enlarge(id) => lightbox = Some(Lightbox::new(*id)),
                Action::CloseLightbox => lightbox = None,
                _ => {}
            }
        }
    });
    harness.run();
    harness.get_by_label_contains("Sent picture 2").click();
    harness.run();
    harness.get_by_label("Older picture").click();
    harness.run();
    harness.get_by_label("Save the picture").click();
    harness.run();
    harness.get_by_label_contains("As it came").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::SavePicture(ObjectId(1))));
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("Older picture").is_none());
}

#[test]
fn an_http_answer_is_shown_with_its_remarks() {
    let objects = Objects::new(1 << 20);
    let id = objects.put(NewObject {
        session: SessionId(1),
        connection: ConnectionId(0),
        direction: Direction::Inbound,
        place: Place::Body { start: 0, end: 10 },
        first: 1,
        last: 1,
        name: String::new(),
        picture: None,
        bytes: b"hello page".to_vec(),
    });
    let page = Arc::new(Page {
        start_line: "HTTP/1.1 200 OK".into(),
        status: 200,
        headers: vec![("Server".into(), "test".into())],
        body: Some(id),
        length: 10,
        remarks: vec![Phrase::verbatim("the length is wrong")],
        micros: 5,
        ..Page::default()
    });
    let mut view = Http::default();
    let (mut harness, actions) = harness(move |ui, actions| {
        let input = HttpInput {
            page: Some(&page),
            loading: false,
            received: 0,
            failure: None,
            objects: &objects,
            pictures: &NoPixels,
            picture_of: &|_| PagePicture::NotAsked,
        };
        view.show(ui, &input, actions);
    });
    harness.run();
    assert!(harness.query_by_label("HTTP/1.1 200 OK").is_some());
    assert!(harness.query_by_label("the length is wrong").is_some());
    assert!(harness.query_by_label("hello page").is_some());
    harness.get_by_role_and_label(Role::RadioButton, "Headers").click();
    harness.run();
    assert!(harness.query_by_label("Server").is_some());
    harness.get_by_label("URL").focus();
    harness.run();
    harness.get_by_label("URL").type_text("http://127.0.0.1/");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let action = actions.borrow_mut().pop();
    assert!(matches!(action, Some(Action::FetchHere(config)) if config.url == "http://127.0.0.1/"));
}
