//! Finding in the journal: what is typed, what it narrows to, what is marked, and going from one place to the next.

use std::{cell::RefCell, io::IoSlice, rc::Rc, sync::Arc};

use egui::{Key, Modifiers, Role, Shape};
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    journal::{Budget, Entry, Filter, Journal, Objects, Seq},
    model::{ConnectionId, Encodings, Event, Name, Names, SessionId},
    ui::{
        action::Action,
        command::UiCommand,
        theme::Palette,
        views::journal::{JournalInput, JournalView, table::RowSource},
    },
};

use crate::drawn::{Intents, all_of, view};

struct Find {
    journal: Arc<Journal>,
    view: Rc<RefCell<JournalView>>,
    /// What the last filter takes; every record before the first one.
    found: Rc<RefCell<Option<Vec<Seq>>>>,
    chosen: Rc<RefCell<(Option<SessionId>, Option<ConnectionId>)>>,
    actions: Intents,
    harness: Harness<'static>,
}

impl Find {
    /// Fifty records, of which every fifth says something; connection 2 of session 1 has the even ones.
    fn new(width: f32) -> Self {
        let journal = Journal::new(Budget::default());
        for number in 1..=50_u16 {
            let text =
                if number % 5 == 0 { format!("{} needle {number}", "hay ".repeat(90)) } else { "hay".to_owned() };
            let peer = format!("192.168.7.{}:{}", 1 + number % 2, 5000 + number);
            journal.append(&Entry {
                event: Event::Recv,
                session: SessionId(1),
                connection: ConnectionId(2 - u32::from(number % 2)),
                names: &Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse(&peer) },
                length: text.len(),
                payload: &[IoSlice::new(text.as_bytes())],
                keep: text.len(),
                previous: 0,
            });
        }
        let objects = Objects::new(1 << 20);
        let seen: Rc<RefCell<JournalView>> = Rc::default();
        let found: Rc<RefCell<Option<Vec<Seq>>>> = Rc::default();
        let chosen: Rc<RefCell<(Option<SessionId>, Option<ConnectionId>)>> = Rc::default();
        let (shared, list, selected, source) =
            (Rc::clone(&seen), Rc::clone(&found), Rc::clone(&chosen), Arc::clone(&journal));
        let (harness, actions) = view([width, 700.0], move |ui, actions| {
            let encodings = Encodings::default();
            let list = list.borrow();
            let rows = list.as_deref().map_or(RowSource::All, RowSource::Matches);
            let input = JournalInput { rows, chosen: *selected.borrow(), ..all_of(&source, &objects, &encodings) };
            shared.borrow_mut().show(ui, &input, actions);
        });
        let mut find = Self { journal, view: seen, found, chosen, actions, harness };
        find.harness.run();
        find
    }

    fn types(&mut self, words: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, "Filter").focus();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::TextInput, "Filter").type_text(words);
        self.rests();
    }

    /// Time passes, and what was asked for is looked for.
    fn rests(&mut self) {
        // A pause of 150 ms, and one more frame.
        self.harness.run_steps(14);
        if let Some(filter) = self.asked() {
            let mut found = Vec::new();
            let block = self.journal.block(1).unwrap();
            filter.matches(&block, 1, &mut found);
            *self.found.borrow_mut() = (!filter.takes_all()).then_some(found);
        }
        self.harness.run_steps(2);
    }

    fn asked(&self) -> Option<Filter> {
        self.actions.borrow().iter().rev().find_map(|action| match action {
            Action::Filter(filter) => Some(filter.clone()),
            _ => None,
        })
    }

    fn steps(&self, forward: bool) -> Seq {
        let found = self.found.borrow().clone().unwrap();
        self.view.borrow_mut().step(&found, 1, forward);
        self.view.borrow_mut().table().selected().unwrap()
    }

    fn paints(&self, words: &str) -> bool {
        let shapes = &self.harness.output().shapes;
        shapes.iter().any(|clipped| matches!(&clipped.shape, Shape::Text(text) if text.galley.text().contains(words)))
    }

    /// How many grounds of what was found are painted.
    fn marks(&self) -> usize {
        let tint = Palette::of_theme(self.harness.ctx.theme()).warning_tint;
        let shapes = &self.harness.output().shapes;
        shapes.iter().filter(|clipped| matches!(&clipped.shape, Shape::Rect(rect) if rect.fill == tint)).count()
    }
}

#[test]
fn plain_words_find_text_names_and_ports() {
    for (words, count) in [("needle", 10), ("5007", 1), ("192.168.7.2", 25), ("127.0.0.1:8000", 50), ("nothing", 0)] {
        let mut find = Find::new(1100.0);
        find.types(words);
        assert_eq!(find.found.borrow().as_ref().map(Vec::len), Some(count), "{words}");
    }
}

#[test]
fn nothing_is_looked_for_before_a_pause_and_half_typed_rows_stay() {
    let mut find = Find::new(1100.0);
    find.types("needle");
    let asked = find.actions.borrow().iter().filter(|action| matches!(action, Action::Filter(_))).count();
    assert_eq!(asked, 1, "one search, not one a letter");
    assert!(find.paints("10 of 50"));
    find.types(" colour:red");
    assert!(find.harness.query_by_label_contains("“colour:” is not known").is_some());
    assert_eq!(find.found.borrow().as_ref().map(Vec::len), Some(10), "the rows of the last good filter");
    assert!(find.paints("needle 50"));
}

#[test]
fn what_was_found_is_marked_in_rows_and_detail_also_far_behind() {
    let mut find = Find::new(1400.0);
    assert_eq!(find.marks(), 0);
    find.types("needle");
    // The word stands behind 360 bytes: the row shows the place around it.
    assert_eq!(find.marks(), 10);
    assert!(find.paints("needle 5"));
    assert_eq!(find.steps(true), 5, "the first one from the upper edge");
    find.harness.run_steps(4);
    assert!(find.marks() > 11, "in hex and in text as well: {}", find.marks());
    assert!(find.paints("1 of 10"));
}

#[test]
fn steps_go_round_and_enter_asks_for_them() {
    let mut find = Find::new(1100.0);
    find.types("needle");
    assert_eq!(find.steps(true), 5);
    assert_eq!(find.steps(true), 10);
    assert_eq!(find.steps(false), 5);
    assert_eq!(find.steps(false), 50, "the last after the first");
    assert_eq!(find.steps(true), 5, "and the first after the last");
    find.harness.run();
    for (modifiers, wanted) in [(Modifiers::NONE, UiCommand::FindNext), (Modifiers::SHIFT, UiCommand::FindPrevious)] {
        find.harness.key_press_modifiers(modifiers, Key::Enter);
        find.harness.run();
        assert_eq!(find.actions.borrow().last(), Some(&Action::Run(wanted)));
        assert!(find.harness.get_by_role_and_label(Role::TextInput, "Filter").is_focused());
    }
    find.harness.get_by_label("Show the records around what was found").click();
    find.harness.run();
    let painted: Vec<_> = find
        .harness
        .output()
        .shapes
        .iter()
        .filter_map(|clipped| match &clipped.shape {
            Shape::Text(text) => Some(text.galley.text().to_owned()),
            _ => None,
        })
        .collect();
    assert!(find.paints("192.168.7.1:5006"), "the neighbours of what was found: {painted:?}");
}

#[test]
fn a_switch_shows_only_the_chosen_session_or_connection_and_goes_with_the_choice() {
    let mut find = Find::new(1100.0);
    *find.chosen.borrow_mut() = (Some(SessionId(1)), Some(ConnectionId(2)));
    find.harness.run();
    find.harness.get_by_role_and_label(Role::ComboBox, "Whose records").click();
    find.harness.run();
    find.harness.get_by_label("This connection").click();
    find.rests();
    assert_eq!(find.found.borrow().as_ref().map(Vec::len), Some(25));
    *find.chosen.borrow_mut() = (Some(SessionId(9)), Some(ConnectionId(8)));
    find.rests();
    assert_eq!(find.found.borrow().as_ref().map(Vec::len), Some(0), "another connection is chosen now");
    *find.chosen.borrow_mut() = (None, None);
    find.rests();
    assert_eq!(find.found.borrow().as_ref().map(Vec::len), Some(0), "none is chosen, none is shown");
}

#[test]
fn the_tools_fit_a_narrow_window() {
    for width in [300.0, 420.0, 560.0, 760.0] {
        let mut find = Find::new(width);
        find.types("needle");
        let names = ["Filter", "Whose records", "Follow", "Find next", "Find previous", "Clear the filter"];
        let rects = names.map(|name| find.harness.get_all_by_label(name).next().unwrap().rect());
        for (at, (name, rect)) in names.into_iter().zip(rects).enumerate() {
            assert!(rect.left() >= 0.0 && rect.right() <= width && rect.width() > 20.0, "{name} at {width}: {rect:?}");
            for (other, under) in names.into_iter().zip(rects).skip(at + 1) {
                assert!(!rect.shrink(1.0).intersects(under), "{name} lies over {other} at {width}");
            }
        }
    }
}

#[test]
fn chosen_bytes_are_numbers_beside_the_hex_and_copied_alone() {
    let mut find = Find::new(1500.0);
    find.view.borrow_mut().table().select(1);
    find.harness.run_steps(3);
    find.harness.get_by_label("Choose bytes to read them");
    find.harness.get_by_label("Bytes of the record").focus();
    find.harness.run();
    find.harness.key_press(Key::ArrowRight);
    for _ in 0..2 {
        find.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    }
    find.harness.run();
    // "hay" is 0x686179 one way round, and 0x796168 the other.
    find.harness.get_by_label("3 bytes at 0x0");
    // With a sign and without it is the same.
    assert_eq!(find.harness.get_all_by_label("6\u{2009}840\u{2009}697").count(), 2);
    assert_eq!(find.harness.get_all_by_label("7\u{2009}954\u{2009}792").count(), 2);
    for row in ["Unsigned", "Signed", "Float", "Seconds, UTC", "Milliseconds", "GUID"] {
        find.harness.get_by_label(row);
    }
    find.harness.get_by_label("Copy chosen bytes as…").click();
    find.harness.run();
    find.harness.get_by_label("C array").click();
    find.harness.run();
    let copied = "unsigned char data[3] = {\n    0x68, 0x61, 0x79,\n};\n".to_owned();
    assert_eq!(find.actions.borrow().last(), Some(&Action::Copy(copied)));
}

#[test]
fn where_the_numbers_have_no_room_beside_the_hex_they_are_a_form_of_their_own() {
    let mut find = Find::new(600.0);
    find.view.borrow_mut().table().select(1);
    find.harness.run_steps(3);
    let numbers = |find: &mut Find| {
        find.harness.get_by_role_and_label(Role::ComboBox, "Form of the record").click();
        find.harness.run();
        find.harness.get_by_label("Numbers").click();
        find.harness.run();
    };
    assert!(find.harness.query_by_label("Unsigned").is_none());
    numbers(&mut find);
    find.harness.get_by_label("3 bytes at 0x0");
    find.harness.get_by_label("GUID, mixed");
    assert_eq!(
        find.harness.get_all_by_label("6\u{2009}840\u{2009}697").count(),
        2,
        "of the first bytes, before any are chosen"
    );
    find.harness.get_by_role_and_label(Role::ComboBox, "Form of the record").click();
    find.harness.run();
    find.harness.get_by_label("Hex + text").click();
    find.harness.run();
    find.harness.get_by_label("Bytes of the record").focus();
    find.harness.run();
    find.harness.key_press(Key::ArrowRight);
    find.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    find.harness.run();
    numbers(&mut find);
    find.harness.get_by_label("2 bytes at 0x0");
    // "ha" is 0x6861, and the choice goes with the form.
    assert!(find.harness.query_all_by_label("26\u{2009}721").count() > 0);
    find.view.borrow_mut().table().select(2);
    find.harness.run_steps(3);
    find.harness.get_by_label("3 bytes at 0x0");
}
