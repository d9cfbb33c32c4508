//! The ladder and the stream view through the accessibility tree. No display is needed.

use std::{cell::RefCell, io::IoSlice, rc::Rc, sync::Arc};

use egui::{Key, Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Budget, Connection, Identity, Journal, Objects, Seq},
    model::{
        By, ConnectionId, Detail, Encoding, Encodings, Errno, Event, Failure, Health, Name, Names, Operation,
        SessionId, Side, SocketKind, State,
    },
    ui::{
        action::Action,
        views::{
            journal::{JournalInput, JournalView},
            ladder::{Ladder, LadderInput},
            stream::{StreamInput, StreamView},
        },
    },
};

use crate::drawn::{Intents, all_of, view};

fn harness<'a>(show: impl FnMut(&mut egui::Ui, &mut Vec<Action>) + 'a) -> (Harness<'a>, Intents) {
    view([1000.0, 760.0], show)
}

fn connection(journal: &Arc<Journal>, id: u32, side: Side, socket: SocketKind) -> Arc<Connection> {
    let (listener, client) = (Name::parse("127.0.0.1:8000"), Name::parse("127.0.0.1:51234"));
    let names = match side {
        Side::Accepted | Side::Peer => Names { local: listener, peer: client },
        Side::Connected => Names { local: client, peer: listener },
    };
    let identity = Identity {
        id: ConnectionId(id),
        session: SessionId(id),
        side,
        names,
        descriptor: Some(17),
        socket,
        recv_size: 1024,
    };
    Connection::new(identity, Arc::clone(journal))
}

/// An error as a call of the system returned it.
fn returned(operation: Operation, address: &str, error: Errno) -> Failure {
    Failure::new(operation, address, &std::io::Error::from_raw_os_error(error.number()))
}

const TCP: SocketKind = SocketKind::TCP4;

fn traffic(connection: &Connection, event: Event, bytes: &[u8]) -> Seq {
    connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len())
}

fn by(by: By) -> Detail {
    Detail { by: Some(by), ..Detail::default() }
}

fn ladder(connection: &Arc<Connection>, peer: Option<Arc<Connection>>) -> (Harness<'static>, Intents) {
    let connection = Arc::clone(connection);
    let mut view = Ladder::default();
    let listening = Name::parse("0.0.0.0:8000");
    harness(move |ui, actions| {
        let listening = (connection.identity().side != Side::Connected).then_some((&listening, 16));
        let input = LadderInput { connection: &connection, encoding: Encoding::Utf8, peer: peer.as_deref(), listening };
        view.show(ui, &input, actions);
    })
}

#[test]
fn what_this_pc_noticed_is_a_mark_that_leads_to_its_record() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    traffic(&connection, Event::Send, b"hello");
    let health = Some(Health::NotReading);
    let detail = Detail { health, bytes: Some(5), micros: Some(3_000_000), ..Detail::default() };
    connection.fact(Event::Health, &detail, None);
    let (mut harness, actions) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("the peer does not read: 5 B wait").click();
    harness.run();
    assert!(matches!(actions.borrow().as_slice(), [Action::ShowRecord(seq)] if *seq == connection.last()));
}

#[test]
fn an_accepted_connection_is_told_from_socket_to_close() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    let recv = traffic(&connection, Event::Recv, b"can you hear me?");
    traffic(&connection, Event::Send, b"can you hear me?");
    connection.fact(Event::HalfClosed, &by(By::Peer), Some(State::CloseWait));
    connection.fact(Event::Closed, &by(By::Peer), Some(State::Closed));
    let (mut harness, actions) = ladder(&connection, None);
    harness.run();
    for call in ["socket()", "bind(0.0.0.0, 8000)", "listen(16)", "accept() …", "→ 127.0.0.1:51234", "send = 16"] {
        harness.get_by_label_contains(call);
    }
    harness.get_by_label("from the peer SYN, inferred");
    harness.get_by_label("to the peer SYN, ACK, inferred");
    harness.get_by_label_contains("recv = 0, end of stream, from the peer FIN, inferred");
    harness.get_by_label_contains("close(), to the peer FIN, inferred");
    harness.get_by_label_contains("closed by the peer first · ");
    harness.get_by_label_contains("dashed: inferred from the calls");
    harness.get_by_label_contains("recv(1024) = 16, from the peer 16 B can you hear me?").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(recv)));
}

#[test]
fn a_client_shows_how_long_connect_took_and_the_other_end_knows_it() {
    let journal = Journal::new(Budget::default());
    let client = connection(&journal, 1, Side::Connected, TCP);
    client.fact(Event::Connected, &Detail { micros: Some(60), ..Detail::default() }, None);
    let (mut harness, _) = ladder(&client, None);
    harness.run();
    harness.get_by_label_contains("connect(127.0.0.1, 8000) …, to the peer SYN");
    harness.get_by_label_contains("connect = 0, 0.06 ms");
    harness.get_by_label_contains("ESTABLISHED since");

    let accepted = connection(&journal, 2, Side::Accepted, TCP);
    accepted.fact(Event::Accepted, &Detail::default(), None);
    let (mut harness, _) = ladder(&accepted, Some(client));
    harness.run();
    harness.get_by_label_contains("connect 0.06 ms");
}

#[test]
fn a_reset_shows_the_numbers_of_both_systems() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    let failure = returned(Operation::Recv, "127.0.0.1:51234", Errno::ECONNRESET);
    let detail = Detail { failure: Some(failure), ..by(By::Peer) };
    connection.fact(Event::Reset, &detail, Some(State::Reset));
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("recv = -1, ECONNRESET, from the peer RST, inferred, Linux 104 · Windows 10054");
    harness.get_by_label_contains("reset by the peer");
}

#[test]
fn many_calls_one_way_are_one_row_until_they_are_unfolded() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    for _ in 0..214 {
        traffic(&connection, Event::Recv, &[b'x'; 100]);
    }
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    let fold = "× 214 recv, 21\u{2009}400 B";
    assert!(harness.query_by_label_contains("recv(1024) = 100").is_none());
    harness.get_by_label_contains(fold).click();
    harness.run();
    // Only what is on the screen has a node.
    let shown = harness.get_all_by_label_contains("recv(1024) = 100").count();
    assert!((3..30).contains(&shown), "{shown}");
    harness.get_by_label_contains(fold).click();
    harness.run();
    assert!(harness.query_by_label_contains("recv(1024) = 100").is_none());
}

#[test]
fn the_ladder_follows_the_newest_call_and_is_scrolled_by_keys() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    for number in 0..3000_u32 {
        let event = if number % 2 == 0 { Event::Recv } else { Event::Send };
        traffic(&connection, event, format!("number {number}").as_bytes());
    }
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("number 2999");
    traffic(&connection, Event::Send, b"number 3000");
    harness.run();
    harness.get_by_label_contains("number 3000");
    harness.get_by_label("Ladder").focus();
    harness.run();
    harness.key_press(Key::Home);
    harness.run();
    harness.get_by_label("socket()");
    assert!(harness.query_by_label_contains("number 3000").is_none());
    traffic(&connection, Event::Send, b"number 3001");
    harness.run();
    harness.get_by_label("socket()");
    harness.key_press(Key::End);
    harness.run();
    harness.get_by_label_contains("number 3001");
}

#[test]
fn more_calls_than_are_drawn_are_counted() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    for number in 0..5000_u32 {
        traffic(&connection, if number % 2 == 0 { Event::Recv } else { Event::Send }, b"x");
    }
    connection.fact(Event::Closed, &by(By::Local), Some(State::Closed));
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("1\u{2009}001 older calls are not drawn");
}

#[test]
fn a_connect_that_failed_has_a_ladder_of_its_own() {
    for (error, rows) in [
        (
            Errno::ECONNREFUSED,
            ["to the peer SYN, inferred", "from the peer RST, ACK, inferred, Linux 111 · Windows 10061"],
        ),
        (
            Errno::ETIMEDOUT,
            ["to the peer SYN, inferred, no answer", "connect = -1, ETIMEDOUT, Linux 110 · Windows 10060"],
        ),
    ] {
        let failure = returned(Operation::Connect, "192.168.1.9:80", error);
        let mut view = Ladder::default();
        let (mut harness, _) = harness(move |ui, actions| view.show_failed(ui, &failure, actions));
        harness.run();
        harness.get_by_label_contains("connect(192.168.1.9, 80) …");
        for row in rows {
            harness.get_by_label_contains(row);
        }
    }
    let failure = returned(Operation::Bind, "127.0.0.1:80", Errno::EADDRINUSE);
    let mut view = Ladder::default();
    let (mut harness, _) = harness(move |ui, actions| view.show_failed(ui, &failure, actions));
    harness.run();
    harness.get_by_label("bind = -1, EADDRINUSE, Linux 98 · Windows 10048");
    assert!(harness.query_by_label_contains("SYN").is_none());
}

#[test]
fn datagrams_have_no_handshake() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Peer, SocketKind::UDP4);
    traffic(&connection, Event::Recv, b"ping");
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("recvfrom(1024) = 4");
    assert!(harness.query_by_label_contains("SYN").is_none());
}

#[test]
fn the_picture_is_offered_as_svg() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    traffic(&connection, Event::Recv, b"<b>&amp;");
    let (mut harness, actions) = ladder(&connection, None);
    harness.run();
    harness.get_by_role_and_label(Role::Button, "Save as SVG…").click();
    harness.run();
    let Some(Action::SaveBytes { name, bytes }) = actions.borrow_mut().pop() else { panic!("not saved") };
    let svg = String::from_utf8(bytes).unwrap();
    assert_eq!(name, "ladder.svg");
    assert!(svg.starts_with("<svg ") && svg.contains("8 B &lt;b&gt;&amp;amp;"), "{svg}");
}

struct Stream {
    harness: Harness<'static>,
    actions: Intents,
}

impl Stream {
    fn new(connection: &Arc<Connection>, peer: Option<Arc<Connection>>) -> Self {
        let connection = Arc::clone(connection);
        let mut view = StreamView::default();
        let (mut harness, actions) = harness(move |ui, actions| {
            let input = StreamInput { connection: &connection, encoding: Encoding::Utf8, peer: peer.as_deref() };
            view.show(ui, &input, actions);
        });
        harness.run();
        Self { harness, actions }
    }
}

#[test]
fn joined_sends_show_beside_the_recv_that_brought_them() {
    let journal = Journal::new(Budget::default());
    let ours = connection(&journal, 1, Side::Accepted, TCP);
    let theirs = connection(&journal, 2, Side::Connected, TCP);
    for part in ["hello\n", "world\n", "rest"] {
        traffic(&theirs, Event::Send, part.as_bytes());
    }
    traffic(&ours, Event::Recv, b"hello\nworld\nrest");
    let mut view = Stream::new(&ours, Some(theirs));
    view.harness.get_by_label_contains("send 6 B, hello");
    view.harness.get_by_label_contains("recv 16 B");
    view.harness.get_by_label_contains("message 1, 16 B");
    view.harness.get_by_label("Lines").click();
    view.harness.run();
    view.harness.get_by_label("message 1, 5 B, hello");
    view.harness.get_by_label("message 2, 5 B, world");
    view.harness.get_by_label("4 B left over: the last message is not whole");
}

#[test]
fn the_same_bytes_are_cut_by_a_delimiter_and_by_a_length() {
    let journal = Journal::new(Budget::default());
    let ours = connection(&journal, 1, Side::Accepted, TCP);
    traffic(&ours, Event::Recv, b"\0\0\0\x02hi\0\0");
    traffic(&ours, Event::Recv, b"\0\x05world\0\0");
    let mut view = Stream::new(&ours, None);
    view.harness.get_by_label("Length prefix").click();
    view.harness.run();
    view.harness.get_by_label("message 1, 2 B, hi");
    view.harness.get_by_label("message 2, 5 B, world");
    view.harness.get_by_label_contains("2 B left over");
    view.harness.get_by_label("Delimiter").click();
    view.harness.run();
    let field = view.harness.get_by_role_and_label(Role::TextInput, "Delimiter");
    field.focus();
    view.harness.run();
    view.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    view.harness.get_by_role_and_label(Role::TextInput, "Delimiter").type_text("\\x00\\x00");
    view.harness.run();
    view.harness.get_by_label("message 3, 7 B, ··world");
}

#[test]
fn receive_size_and_nodelay_are_asked_for() {
    let journal = Journal::new(Budget::default());
    let ours = connection(&journal, 1, Side::Accepted, TCP);
    ours.set_nodelay(true);
    let mut view = Stream::new(&ours, None);
    view.harness.get_by_role_and_label(Role::CheckBox, "NODELAY").click();
    view.harness.run();
    assert_eq!(view.actions.borrow_mut().pop(), Some(Action::SetNodelay(ConnectionId(1), false)));
    let size = |view: &Stream| view.harness.get_by_role_and_label(Role::TextInput, "Receive size, bytes").focus();
    for (typed, wanted) in [("5", Some(5)), ("0", None), ("9999999", None)] {
        size(&view);
        view.harness.run();
        view.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        view.harness.get_by_role_and_label(Role::TextInput, "Receive size, bytes").type_text(typed);
        view.harness.run();
        view.harness.key_press(Key::Enter);
        view.harness.run();
        let asked = view.actions.borrow_mut().pop();
        assert_eq!(asked, wanted.map(|size| Action::SetRecvSize(ConnectionId(1), size)), "{typed}");
    }
}

#[test]
fn bytes_that_a_flood_cut_are_said() {
    let journal = Journal::new(Budget::default());
    let ours = connection(&journal, 1, Side::Accepted, TCP);
    ours.traffic(Event::Recv, &[IoSlice::new(&[b'x'; 1000])], 1000, 10);
    let view = Stream::new(&ours, None);
    view.harness.get_by_label_contains("not kept whole (a flood)");
}

#[test]
fn a_record_says_what_its_call_did() {
    let journal = Journal::new(Budget::default());
    let ours = connection(&journal, 1, Side::Accepted, TCP);
    let recv = traffic(&ours, Event::Recv, b"can you hear me?");
    ours.set_recv_size(Some(5));
    let second = traffic(&ours, Event::Recv, b"five!");
    let send = traffic(&ours, Event::Send, b"can you hear me?");
    let end = ours.fact(Event::HalfClosed, &by(By::Peer), Some(State::CloseWait));
    let failure = returned(Operation::Send, "127.0.0.1:51234", Errno::EPIPE);
    let failed = ours.fact(Event::Failed, &Detail { failure: Some(failure), ..Detail::default() }, None);
    let said = [
        (recv, "The system gave 16 of at most 1\u{2009}024 bytes"),
        (second, "The system gave 5 of at most 5 bytes"),
        (send, "The system took 16 B"),
        (end, "recv returned 0 bytes: the end of the stream"),
        (failed, "send: EPIPE · Linux 32 · Windows 10058"),
    ];
    let objects = Objects::new(1 << 20);
    let view = Rc::new(RefCell::new(JournalView::default()));
    let shared = Rc::clone(&view);
    let (mut harness, _) = harness(move |ui, actions| {
        let encodings = Encodings::default();
        let recv_size = |_, seq| ours.recv_size_at(seq);
        let input = JournalInput { recv_size: &recv_size, ..all_of(&journal, &objects, &encodings) };
        shared.borrow_mut().show(ui, &input, actions);
    });
    harness.run();
    for (seq, words) in said {
        view.borrow_mut().table().select(seq);
        harness.run();
        harness.get_by_label(words);
    }
}

#[test]
fn older_calls_are_read_on_demand_and_what_is_read_stays_in_its_place() {
    let journal = Journal::new(Budget::default());
    let connection = connection(&journal, 1, Side::Accepted, TCP);
    connection.fact(Event::Accepted, &Detail::default(), None);
    for number in 0..10_000_u32 {
        let event = if number % 2 == 0 { Event::Recv } else { Event::Send };
        traffic(&connection, event, format!("number {number}").as_bytes());
    }
    let (mut harness, _) = ladder(&connection, None);
    harness.run();
    harness.get_by_label_contains("The newest 4\u{2009}000 of 10\u{2009}000 calls; older ones are in the journal");
    harness.get_by_label("Ladder").focus();
    harness.run();
    harness.key_press(Key::Home);
    harness.run();
    let place = |harness: &Harness<'_>| harness.get_by_label_contains("number 6005").rect().top();
    let before = place(&harness);
    harness.get_by_label("Show older").click();
    harness.run_steps(3);
    // The line above goes, as nothing is missing any more: 32 points at most.
    let moved = (place(&harness) - before).abs();
    assert!(moved < 48.0, "{moved}");
    assert!(harness.query_by_label_contains("The newest").is_none());
    harness.get_by_label("Ladder").focus();
    harness.run();
    harness.key_press(Key::Home);
    harness.run();
    harness.get_by_label("socket()");

    let mut view = Stream::new(&connection, None);
    view.harness.get_by_label_contains("The newest 4\u{2009}000 of 10\u{2009}000 calls");
    view.harness.get_by_label_contains("2\u{2009}000 messages");
    view.harness.get_by_label("Show older").click();
    view.harness.run_steps(6);
    view.harness.get_by_label_contains("5\u{2009}000 messages");
}
