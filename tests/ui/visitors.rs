//! What visitors brought to a site, as a conversation: who, what, the newest in view, and no more than is held.

use std::{
    cell::RefCell,
    collections::{BTreeSet, VecDeque},
    rc::Rc,
    sync::Arc,
};

use egui::{Key, Modifiers, Role};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Budget, Connection, Journal, NewObject, Objects, Place},
    model::{ConnectionId, Direction, Encoding, ObjectId, Picture, PictureEnding, SaidPicture, SessionId, TransferId},
    ui::{
        action::Action,
        views::{
            conversation::{Conversation, ConversationInput, Post, PostContent, Posts, Whole, Whose},
            shared::{moving::Moving, peers::Peers},
        },
    },
};

use crate::drawn::{Intents, NoPixels, view};

const SESSION: SessionId = SessionId(1);
const ANNA: ConnectionId = ConnectionId(u32::MAX);
const BOB: ConnectionId = ConnectionId(u32::MAX - 1);
/// Not among the chips.
const LONG: ConnectionId = ConnectionId(u32::MAX - 2);

struct Names;

impl Peers for Names {
    fn session(&self) -> SessionId {
        SESSION
    }

    fn live(&self) -> usize {
        2
    }

    fn changes(&self) -> u64 {
        0
    }

    fn connection(&self, _: ConnectionId) -> Option<&Connection> {
        None
    }

    fn name(&self, peer: ConnectionId) -> Option<String> {
        let name = match peer {
            ANNA => "Anna (10.0.0.2)",
            LONG => "Somebody whose name goes on and on and on (10.0.0.9)",
            _ => "10.0.0.3",
        };
        Some(name.to_owned())
    }

    fn place(&self, peer: ConnectionId) -> usize {
        usize::from(peer == BOB)
    }

    fn each(&self, take: &mut dyn FnMut(ConnectionId, bool) -> bool) {
        let _ = take(ANNA, true) && take(BOB, true);
    }
}

struct Site {
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    held: RefCell<VecDeque<Post>>,
    all: RefCell<u64>,
    moving: RefCell<Vec<Moving>>,
    only: RefCell<BTreeSet<ConnectionId>>,
}

impl Site {
    fn new() -> Rc<Self> {
        Rc::new(Self {
            journal: Journal::new(Budget::default()),
            objects: Objects::new(1 << 20),
            held: RefCell::default(),
            all: RefCell::default(),
            moving: RefCell::default(),
            only: RefCell::default(),
        })
    }

    fn post(&self, from: ConnectionId, content: PostContent) {
        *self.all.borrow_mut() += 1;
        let number = *self.all.borrow();
        self.held.borrow_mut().push_back(Post { number, from, nanos: number, record: number, content });
    }

    fn says(&self, from: ConnectionId, words: &str) {
        self.post(from, PostContent::Text(words.to_owned()));
    }

    fn picture(&self) -> ObjectId {
        self.objects.put(NewObject {
            session: SESSION,
            connection: ConnectionId(3),
            direction: Direction::Inbound,
            place: Place::Body { start: 0, end: 4 },
            first: 1,
            last: 1,
            name: "10.0.0.2:5000".to_owned(),
            picture: Some(Picture {
                format: "PNG",
                extension: "png",
                width: 320,
                height: 240,
                ending: PictureEnding::Complete,
            }),
            bytes: b"\x89PNG".to_vec(),
        })
    }

    fn shown(self: &Rc<Self>) -> (Harness<'static>, Intents) {
        self.shown_in(420.0)
    }

    fn shown_in(self: &Rc<Self>, height: f32) -> (Harness<'static>, Intents) {
        let (mut conversation, site) = (Conversation::default(), Rc::clone(self));
        let (mut harness, actions) = view([700.0, height], move |ui, actions| {
            let (only, held) = (site.only.borrow().clone(), site.held.borrow());
            let moving = site.moving.borrow();
            let posts = Posts { held: &held, all: *site.all.borrow(), moving: &moving };
            let input = ConversationInput {
                whose: Whose::Visitors(Whole { peers: &Names, only: &only }, posts),
                journal: &site.journal,
                objects: &site.objects,
                pictures: &NoPixels,
                encoding: Encoding::Utf8,
                keeping: None,
            };
            conversation.show(ui, &input, actions);
            for action in actions.iter() {
                if let Action::ShowOnly(_, only) = action {
                    site.only.replace(only.clone());
                }
            }
        });
        harness.run_steps(6);
        (harness, actions)
    }
}

fn is_there(harness: &Harness<'_>, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn each_message_picture_and_file_says_who_brought_it() {
    let site = Site::new();
    site.says(ANNA, "hello <b>深</b>");
    site.says(ConnectionId::NONE, "welcome");
    let id = site.picture();
    site.post(BOB, PostContent::Picture(SaidPicture { length: 4, object: Some(id) }));
    let (name, transfer) = ("plan.pdf".to_owned(), TransferId(7));
    site.post(BOB, PostContent::File { name, length: 12_300_000, transfer, picture: None });
    let (mut harness, actions) = site.shown_in(800.0);
    for words in ["All 2", "hello <b>深</b>", "Anna (10.0.0.2) ", "welcome", "10.0.0.3 ", "plan.pdf, 12.3 MB"] {
        assert!(is_there(&harness, words), "{words}");
    }
    assert_eq!(harness.query_all_by_label_contains("received from").count(), 3);
    assert_eq!(
        harness.query_all_by_label_contains("sent to all visitors").count(),
        1,
        "what this PC said stands at the other side"
    );
    for call in ["recv", "send", "in the body", "waits"] {
        assert!(!is_there(&harness, call), "these are no calls: {call}");
    }
    harness.get_by_role_and_label(Role::Button, "Enlarge the picture").click();
    harness.run_steps(3);
    assert!(actions.borrow().contains(&Action::Enlarge(id)));
    harness.get_by_role_and_label(Role::Button, "Open its folder").click();
    harness.run_steps(3);
    assert!(actions.borrow().contains(&Action::OpenFolder(transfer)));
    assert!(harness.query_by_label("Show the picture").is_none());
    site.post(
        BOB,
        PostContent::File { name: "Missed.JPG".to_owned(), length: 9, transfer: TransferId(8), picture: None },
    );
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "Show the picture").click();
    harness.run_steps(3);
    assert!(actions.borrow().contains(&Action::ShowSaved(TransferId(8))));
    // A chip filters; what this PC said is part of the talk with each.
    harness.get_by_role_and_label(Role::Button, "Anna (10.0.0.2)").click();
    harness.run_steps(4);
    assert!(is_there(&harness, "hello") && is_there(&harness, "welcome") && !is_there(&harness, "plan.pdf"));
}

#[test]
fn a_long_name_gives_way_before_the_address_behind_it() {
    let site = Site::new();
    site.says(LONG, "hi");
    let (harness, _) = site.shown();
    assert!(is_there(&harness, "Somebody whose name goes on and on and on (10.0.0.9) "), "for a screen reader whole");
    let shapes = &harness.output().shapes;
    let painted = shapes.iter().filter_map(|clipped| match &clipped.shape {
        egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
        _ => None,
    });
    let painted: Vec<String> = painted.filter(|words| words.starts_with("Somebody")).collect();
    assert!(painted.len() == 1 && painted[0].ends_with("… (10.0.0.9)"), "{painted:?}");
}

#[test]
fn a_picture_that_is_not_kept_any_more_says_so() {
    let site = Site::new();
    let id = site.picture();
    site.post(ANNA, PostContent::Picture(SaidPicture { length: 4, object: Some(id) }));
    let (mut harness, _) = site.shown();
    assert!(harness.query_by_label("Enlarge the picture").is_some());
    site.objects.clear();
    for _ in 0..40 {
        harness.step();
    }
    assert!(harness.query_by_label("Enlarge the picture").is_none());
    assert!(is_there(&harness, "not kept any more"));
    assert!(harness.query_by_label("Open its folder").is_none(), "it was never a file");
}

#[test]
fn the_newest_is_in_view_until_somebody_scrolls_up_and_comes_back_by_a_button() {
    let site = Site::new();
    for number in 0..40 {
        site.says(ANNA, &format!("message {number}."));
    }
    let (mut harness, _) = site.shown();
    assert!(is_there(&harness, "message 39.") && !is_there(&harness, "message 0."));
    site.says(BOB, "newer");
    harness.run_steps(4);
    assert!(is_there(&harness, "newer"));
    harness.get_by_role_and_label(Role::List, "Conversation").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::NONE, Key::Home);
    harness.run_steps(4);
    assert!(is_there(&harness, "message 0."));
    site.says(BOB, "newest of all");
    harness.run_steps(4);
    assert!(is_there(&harness, "message 0.") && !is_there(&harness, "newest of all"), "it stays where it was");
    harness.get_by_label("Jump to the newest").click();
    harness.run_steps(4);
    assert!(is_there(&harness, "newest of all"));
}

#[test]
fn what_is_not_held_any_more_is_counted_and_the_place_stays() {
    let site = Site::new();
    for number in 0..30 {
        site.says(ANNA, &format!("message {number}."));
    }
    let (mut harness, actions) = site.shown();
    harness.get_by_role_and_label(Role::List, "Conversation").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::NONE, Key::Home);
    for _ in 0..10 {
        harness.key_press_modifiers(Modifiers::NONE, Key::ArrowDown);
        harness.run_steps(2);
    }
    let seen = |harness: &Harness<'_>| (0..40).find(|number| is_there(harness, &format!("message {number}."))).unwrap();
    let first = seen(&harness);
    assert!(first > 2, "{first}");
    for number in 30..33 {
        site.says(BOB, &format!("message {number}."));
        site.held.borrow_mut().pop_front();
    }
    harness.run_steps(4);
    assert_eq!(seen(&harness), first);
    assert!(!is_there(&harness, "The last"));
    harness.key_press_modifiers(Modifiers::NONE, Key::Home);
    harness.run_steps(4);
    assert!(is_there(&harness, "The last 30 of 33 messages and files"));
    harness.get_by_label("In the journal").click();
    harness.run_steps(3);
    assert!(actions.borrow().contains(&Action::ShowRecord(4)), "{:?}", actions.borrow());
}

#[test]
fn what_is_on_its_way_stands_above_and_hostile_text_stays_in_its_bubble() {
    let site = Site::new();
    site.says(ANNA, &format!("\u{202e}gnp.exe\u{200b}\n{}", "x".repeat(60_000)));
    let moving = |number: u32| Moving {
        peer: format!("10.0.0.{number}:5000"),
        name: "large.bin".to_owned(),
        inbound: true,
        moved: 34_000_000,
        total: 100_000_000,
    };
    *site.moving.borrow_mut() = (2..7).map(moving).collect();
    let (harness, _) = site.shown();
    for words in ["10.0.0.2:5000", "34.0 MB of 100.0 MB", "2 more on their way", "Show all 60"] {
        assert!(is_there(&harness, words), "{words}");
    }
    assert!(!is_there(&harness, "\u{202e}"), "what moves letters is a mark in its place");
    let (low, _) = site.shown_in(100.0);
    assert!(
        is_there(&low, "received from") && !is_there(&low, "34.0 MB"),
        "the messages have what little room there is"
    );
}
