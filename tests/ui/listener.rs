//! A listener with its peers: all in one conversation, and whom one sends to.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    io::IoSlice,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use egui::{Key, Modifiers, Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Budget, Connection, Identity, Journal, Objects},
    model::{ConnectionId, Detail, Encoding, Event, Health, Name, Names, SessionId, Side, SocketKind, Target},
    ui::{
        action::Action,
        views::{
            conversation::{Conversation, ConversationInput, Whole, Whose},
            send_box::{SendBox, SendInput, addressee::Reach},
            shared::peers::Peers,
        },
    },
};

use crate::drawn::{Intents, NoPixels, view};

const SESSION: SessionId = SessionId(1);

struct Callers {
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    peers: BTreeMap<ConnectionId, Arc<Connection>>,
    only: RefCell<BTreeSet<ConnectionId>>,
}

impl Callers {
    fn new(count: u32) -> Rc<Self> {
        Self::named(count, |number| format!("10.0.0.{}:5000", 1 + number))
    }

    fn named(count: u32, name: impl Fn(u32) -> String) -> Rc<Self> {
        let journal = Journal::new(Budget::default());
        let mut peers = BTreeMap::new();
        for number in 1..=count {
            let identity = Identity {
                id: ConnectionId(number),
                session: SESSION,
                side: Side::Accepted,
                names: Names { local: Name::parse("10.0.0.1:8000"), peer: Name::parse(&name(number)) },
                descriptor: None,
                socket: SocketKind::TCP4,
                recv_size: 1024,
            };
            let connection = Connection::new(identity, Arc::clone(&journal));
            connection.fact(Event::Accepted, &Detail::default(), None);
            peers.insert(connection.id(), connection);
        }
        Rc::new(Self { journal, objects: Objects::new(1 << 20), peers, only: RefCell::default() })
    }

    fn says(&self, peer: u32, event: Event, words: &[u8]) {
        self.peers[&ConnectionId(peer)].traffic(event, &[IoSlice::new(words)], words.len(), words.len());
    }

    /// What a person asks of the filter is done, as the window does it.
    fn conversing(self: &Rc<Self>) -> (Harness<'static>, Intents) {
        let (mut conversation, callers) = (Conversation::default(), Rc::clone(self));
        let (mut harness, actions) = view([900.0, 500.0], move |ui, actions| {
            let only = callers.only.borrow().clone();
            let input = ConversationInput {
                whose: Whose::Peers(Whole { peers: &*callers, only: &only }),
                journal: &callers.journal,
                objects: &callers.objects,
                pictures: &NoPixels,
                encoding: Encoding::Utf8,
                keeping: None,
            };
            conversation.show(ui, &input, actions);
            for action in actions.iter() {
                if let Action::ShowOnly(_, only) = action {
                    callers.only.replace(only.clone());
                }
            }
        });
        harness.run_steps(6);
        (harness, actions)
    }
}

impl Peers for Callers {
    fn session(&self) -> SessionId {
        SESSION
    }

    fn live(&self) -> usize {
        self.peers.values().filter(|peer| !peer.state().is_over()).count()
    }

    fn changes(&self) -> u64 {
        0
    }

    fn connection(&self, peer: ConnectionId) -> Option<&Connection> {
        self.peers.get(&peer).map(Arc::as_ref)
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        self.peers.get(&peer).map(|peer| peer.identity().names.peer.to_string())
    }

    fn place(&self, peer: ConnectionId) -> usize {
        peer.0 as usize - 1
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        for (id, peer) in &self.peers {
            if !take(*id, !peer.state().is_over()) {
                break;
            }
        }
    }
}

#[test]
fn all_peers_are_in_one_conversation_each_with_its_name() {
    let callers = Callers::new(3);
    callers.says(1, Event::Recv, b"from one");
    callers.says(2, Event::Recv, b"from two");
    for peer in 1..=3 {
        callers.says(peer, Event::Send, b"to all");
    }
    let (harness, _) = callers.conversing();
    for shown in ["from one", "from two", "to all", "All 3", "10.0.0.2:5000", "10.0.0.4:5000"] {
        assert!(harness.query_by_label(shown).is_some(), "{shown}");
    }
    assert!(harness.query_by_label_contains("10.0.0.3:5000 recv").is_some());
    assert!(harness.query_by_label_contains("to 3 peers 3 × send 6 B each ·").is_some());
    assert!(harness.query_by_label_contains("10.0.0.2:5000 and 2 others, connected").is_some());
}

#[test]
fn a_chip_filters_and_ctrl_adds() {
    let callers = Callers::new(3);
    for (peer, words) in [(1, b"one"), (2, b"two"), (3, b"six")] {
        callers.says(peer, Event::Recv, words);
    }
    let (mut harness, actions) = callers.conversing();
    harness.get_by_label("10.0.0.3:5000").click();
    harness.run_steps(4);
    assert!(harness.query_by_label("two").is_some());
    assert!(harness.query_by_label("one").is_none() && harness.query_by_label("six").is_none());
    harness.get_by_label("10.0.0.4:5000").click_modifiers(Modifiers::COMMAND);
    harness.run_steps(4);
    assert!(harness.query_by_label("two").is_some() && harness.query_by_label("six").is_some());
    assert!(harness.query_by_label("one").is_none());
    harness.get_by_label("All 3").click();
    harness.run_steps(4);
    assert!(harness.query_by_label("one").is_some());
    assert!(actions.borrow().iter().all(|action| matches!(action, Action::ShowOnly(SESSION, _))), "nothing else");
}

#[test]
fn what_does_not_fit_is_in_a_list_that_is_searched() {
    let callers = Callers::new(200);
    let (mut harness, _) = callers.conversing();
    assert!(harness.query_by_label("10.0.0.190:5000").is_none());
    harness.get_by_label_contains("more peers").click();
    harness.run_steps(4);
    harness.get_by_label("Search the peers").focus();
    harness.run_steps(2);
    harness.get_by_label("Search the peers").type_text("10.0.0.190");
    harness.run_steps(4);
    harness.get_by_label("10.0.0.190:5000").click();
    harness.run_steps(4);
    assert_eq!(*callers.only.borrow(), [ConnectionId(189)].into());
}

#[test]
fn who_does_not_acknowledge_is_named_and_shown() {
    let callers = Callers::new(3);
    callers.says(1, Event::Send, b"unheard");
    let sick = |peer: u32, health| {
        let peer = &callers.peers[&ConnectionId(peer)];
        peer.set_health(health, Duration::from_secs(8));
        peer.fact(Event::Health, &Detail { health: Some(health), ..Detail::default() }, None);
    };
    sick(1, Health::Unacknowledged);
    let (mut harness, _) = callers.conversing();
    assert!(harness.query_by_label_contains("10.0.0.2:5000 has not acknowledged").is_some());
    sick(2, Health::NotReading);
    harness.run_steps(30);
    assert!(harness.query_by_label("2 peers have not acknowledged").is_some());
    harness.get_by_label("Show only those peers").click();
    harness.run_steps(4);
    assert_eq!(*callers.only.borrow(), [ConnectionId(1), ConnectionId(2)].into());
    sick(1, Health::Fine);
    sick(2, Health::Fine);
    harness.run_steps(30);
    assert!(harness.query_by_label("Show only those peers").is_none(), "it goes when they acknowledge");
}

#[test]
fn messages_are_reached_by_keys() {
    let callers = Callers::new(2);
    for round in 0..60 {
        // A message ends where its peer is answered.
        let event = if round / 2 % 2 == 0 { Event::Recv } else { Event::Send };
        callers.says(1 + round % 2, event, format!("words {round}").as_bytes());
    }
    let (mut harness, actions) = callers.conversing();
    assert!(harness.query_by_label("words 59").is_some() && harness.query_by_label("words 0").is_none());
    harness.get_by_label("Conversation").focus();
    harness.run_steps(2);
    harness.key_press(Key::Home);
    harness.run_steps(4);
    assert!(harness.query_by_label("words 0").is_some() && harness.query_by_label("words 59").is_none());
    harness.key_press(Key::ArrowDown);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    // The first record is that both have come, the next the first words.
    assert_eq!(actions.borrow_mut().pop(), Some(Action::ShowRecord(3)));
    harness.key_press(Key::PageDown);
    harness.run_steps(4);
    assert!(harness.query_by_label("words 0").is_none());
    harness.key_press(Key::End);
    harness.run_steps(4);
    assert!(harness.query_by_label("words 59").is_some());
}

#[test]
fn one_some_or_all_get_what_is_sent() {
    let callers = Callers::new(3);
    let (mut send_box, peers) = (SendBox::default(), Rc::clone(&callers));
    let (mut harness, actions) = view([900.0, 600.0], move |ui, actions| {
        let input = SendInput { reach: Reach::Peers(&*peers), session: SESSION, ..SendInput::default() };
        send_box.show(ui, &input, actions);
    });
    harness.run_steps(4);
    let send = |harness: &mut Harness<'_>| {
        harness.get_by_label("Text to send").focus();
        harness.run_steps(2);
        harness.get_by_label("Text to send").type_text("hi");
        harness.run_steps(2);
        harness.key_press(Key::Enter);
        harness.run_steps(4);
        match actions.borrow_mut().pop() {
            Some(Action::Send { to, .. }) => to,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(send(&mut harness), Target::Session(SESSION));
    harness.get_by_label("Send to All 3").click();
    harness.run_steps(4);
    harness.get_by_role_and_label(Role::CheckBox, "10.0.0.3:5000").click();
    harness.run_steps(4);
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    assert!(harness.query_by_label("Send to 10.0.0.3:5000").is_some());
    assert_eq!(send(&mut harness), Target::Connection(ConnectionId(2)));
    harness.get_by_label("Send to 10.0.0.3:5000").click();
    harness.run_steps(4);
    // The list stays open, with what was chosen in it.
    for (peer, label) in
        [("10.0.0.4:5000", "Send to 2 of 3"), ("10.0.0.2:5000", "Send to 3 of 3"), ("10.0.0.3:5000", "Send to 2 of 3")]
    {
        harness.get_by_role_and_label(Role::CheckBox, peer).click();
        harness.run_steps(4);
        assert!(harness.query_by_label(label).is_some(), "{peer}: {label}");
    }
}

#[test]
fn the_list_of_peers_stays_open_when_a_long_name_moves_its_button() {
    let name = |number: u32| format!("[fe80::1234:5678:9abc:{number}%eth0]:5000");
    let callers = Callers::named(3, name);
    let (mut send_box, peers) = (SendBox::default(), Rc::clone(&callers));
    let (mut harness, _) = view([520.0, 600.0], move |ui, actions| {
        let input = SendInput { reach: Reach::Peers(&*peers), session: SESSION, ..SendInput::default() };
        send_box.show(ui, &input, actions);
    });
    harness.run_steps(4);
    let before = harness.get_by_label("Send to All 3").rect();
    harness.get_by_label("Send to All 3").click();
    harness.run_steps(4);
    for number in [1, 2] {
        harness.get_by_role_and_label(Role::CheckBox, &name(number)).click();
        harness.run_steps(4);
        if number == 1 {
            let now = harness.get_by_label(&format!("Send to {}", name(1))).rect();
            assert!(now.top() > before.top(), "it stands in a row of its own");
        }
    }
    assert!(harness.query_by_label("Send to 2 of 3").is_some());
}
