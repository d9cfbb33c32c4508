//! The frame of the window without a display: first page, forms, palette, list of sessions.

use std::cell::Cell;

use egui::{
    Key,
    accesskit::{Role, Toggled},
};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    model::{ConnectionId, Errno, Failure, Operation, Recipe, SessionId},
    ui::{
        action::{Action, Dialog, Selection},
        command::UiCommand,
        dialogs::settings::{self, SettingsPage},
        forms::{
            connect_form::{ConnectData, ConnectForm},
            listen_form::{ListenData, ListenForm},
        },
        frame::{
            palette::{self, PalettePage},
            sessions::{self, Group, Health, RowKey, RowList, RowView},
            top_bar::{self, TopBarData},
        },
        preferences::{Preferences, ThemeChoice},
        views::start::{self, StartData, StartPage},
    },
    words::grouped,
};

use crate::drawn::drawn;

/// The first page with what it needs, and what was asked for.
#[derive(Default)]
struct First {
    page: StartPage,
    listen: ListenForm,
    connect: ConnectForm,
    failure: Option<Failure>,
    actions: Vec<Action>,
}

fn first_page(first: First) -> Harness<'static, First> {
    let mut harness = drawn([1032.0, 730.0], first, move |ui, first: &mut First| {
        let mut data = StartData {
            last_time: 0,
            listen: &mut first.listen,
            listen_data: ListenData { failure: first.failure.as_ref(), ..ListenData::default() },
            connect: &mut first.connect,
            connect_data: ConnectData::default(),
        };
        start::show(ui, &mut first.page, &mut data, &mut first.actions);
    });
    harness.run_steps(3);
    harness
}

#[test]
fn the_first_page_has_named_inputs_and_defaults_that_work() {
    let mut harness = first_page(First::default());
    for label in ["Who may connect", "Answer with"] {
        assert_eq!(harness.get_by_role_and_label(Role::ComboBox, label).accesskit_node().role(), Role::ComboBox);
    }
    assert_eq!(harness.get_all_by_role_and_label(Role::RadioGroup, "Transport").count(), 2, "before all else");
    assert_eq!(harness.get_all_by_role_and_label(Role::TextInput, "Port").count(), 2);
    harness.get_by_role_and_label(Role::TextInput, "Host or URL");
    harness.get_by_label("Listen on :8000").click();
    harness.get_by_role_and_label(Role::Button, "Connect").click();
    harness.run_steps(3);
    let actions = &harness.state().actions;
    assert!(actions.iter().any(|action| matches!(action, Action::Listen(config)
            if config.port == 8000 && config.bind == "127.0.0.1" && config.recipe == Recipe::ECHO)));
    assert!(actions.iter().any(|action| matches!(action, Action::Connect(config, _) if config.port == 8000)));
}

#[test]
fn a_screen_reader_is_told_what_is_a_heading_what_is_chosen_and_what_is_open() {
    let mut harness = first_page(First::default());
    harness.get_by_role_and_label(Role::Heading, "A socket is one end of a conversation");
    let bound = |harness: &Harness<'_, First>| {
        let list = harness.get_by_role_and_label(Role::ComboBox, "Who may connect");
        (list.value(), list.accesskit_node().data().is_expanded())
    };
    assert_eq!(bound(&harness), (Some("This PC only · 127.0.0.1".to_owned()), Some(false)));
    harness.get_by_role_and_label(Role::ComboBox, "Who may connect").click();
    harness.run_steps(3);
    assert_eq!(bound(&harness).1, Some(true));
    let chosen = |label| {
        let option = harness.get_by_role_and_label(Role::ListBoxOption, label).accesskit_node();
        (option.is_selected(), option.toggled())
    };
    let (here, all) = ("This PC only · 127.0.0.1", "Everybody · all addresses");
    assert_eq!((chosen(here), chosen(all)), ((Some(true), None), (Some(false), None)));

    let (mut page, preferences) = (SettingsPage::new(&Preferences::default()), Preferences::default());
    let harness = drawn([400.0, 900.0], (), move |ui, (): &mut ()| {
        settings::show(ui, &mut page, &preferences, &mut Vec::new());
    });
    let theme = harness.get_by_role_and_label(Role::RadioGroup, "Theme").accesskit_node();
    let parts: Vec<_> = theme.children().filter_map(|part| Some((part.label()?, part.toggled()?))).collect();
    let expected = [("Light", Toggled::False), ("Dark", Toggled::False), ("As the system", Toggled::True)];
    assert_eq!(parts, expected.map(|(name, on)| (name.to_owned(), on)));
}

#[test]
fn a_field_error_stands_under_its_field_and_nothing_is_started() {
    let listen = ListenForm { port: "70000".to_owned(), ..ListenForm::default() };
    let mut harness = first_page(First { listen, ..First::default() });
    let error = harness.get_by_label_contains("A number from 0 to 65535");
    let field = harness.get_all_by_role_and_label(Role::TextInput, "Port").next().expect("the port of the listener");
    assert!(error.rect().top() >= field.rect().bottom());
    assert!(error.rect().top() - field.rect().bottom() < 16.0);
    harness.get_by_label("Listen on :70000").click();
    harness.run_steps(3);
    assert!(harness.state().actions.is_empty());
}

#[test]
fn enter_in_the_port_field_starts() {
    let mut harness = first_page(First::default());
    harness.get_all_by_role_and_label(Role::TextInput, "Port").next().expect("the port of the listener").focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(matches!(harness.state().actions.as_slice(), [Action::Listen(_)]));
}

#[test]
fn a_port_that_is_taken_offers_the_next_free_one() {
    let failure = Failure::named(Operation::Bind, "127.0.0.1:8000", Errno::EADDRINUSE).with_free_port(8001);
    let mut harness = first_page(First { failure: Some(failure), ..First::default() });
    harness.get_by_label("Use port 8001").click();
    harness.run_steps(2);
    assert_eq!(harness.state().listen.port, "8001");
    assert!(matches!(harness.state().actions.as_slice(), [Action::Listen(config)] if config.port == 8001));
}

#[test]
fn the_palette_lists_every_command_and_finds_by_name() {
    assert_eq!(palette::matching("", &|_| true).len(), UiCommand::all().count());
    assert_eq!(palette::matching("find journal", &|_| true).first(), Some(&UiCommand::Find));
    assert!(!palette::matching("", &|command| command != UiCommand::Close).contains(&UiCommand::Close));

    let mut harness = drawn(
        [520.0, 460.0],
        (PalettePage::default(), Vec::new()),
        move |ui, (page, actions): &mut (PalettePage, Vec<Action>)| {
            palette::show(ui, page, &|_| true, actions);
        },
    );
    harness.run_steps(3);
    for command in UiCommand::all() {
        assert!(harness.query_all_by_label(command.entry().text).next().is_some(), "{command:?}");
    }
    harness.get_by_role_and_label(Role::TextInput, "Find a command").type_text("larger");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let actions = &harness.state().1;
    assert!(matches!(actions.as_slice(), [Action::CloseDialog, Action::Run(UiCommand::ZoomIn)]), "{actions:?}");
}

#[test]
fn keys_belong_to_one_command_each() {
    let mut seen = Vec::new();
    for command in UiCommand::all() {
        let keys = command.keys_text();
        assert!(keys.is_empty() || !seen.contains(&keys), "{keys} twice");
        seen.push(keys);
    }
}

#[test]
fn only_the_rows_in_sight_are_asked_for_among_ten_thousand() {
    let mut rows = vec![RowKey::Heading(Group::Listeners), RowKey::Session(SessionId(1))];
    rows.extend((1..=10_000).map(|number| RowKey::Connection(ConnectionId(number))));
    let list = RowList::new(rows);
    let mut harness = drawn([248.0, 700.0], (0, Vec::new()), move |ui, (asked, actions): &mut (u32, Vec<Action>)| {
        let count = Cell::new(0);
        let describe = |key: RowKey| {
            count.set(count.get() + 1);
            Some(RowView {
                health: Health::Good,
                title: String::new(),
                address: format!("{key:?}"),
                note: String::new(),
                unread: 0,
                tooltip: String::new(),
                actions: Vec::new(),
            })
        };
        sessions::show(ui, &list, Selection::None, &describe, actions);
        *asked = count.get();
    });
    harness.run_steps(3);
    assert!((20..40).contains(&harness.state().0), "{} rows", harness.state().0);
    let row = harness.get_all_by_role(Role::ListItem).nth(3).expect("a row");
    row.click();
    harness.run_steps(2);
    assert!(matches!(harness.state().1.as_slice(), [Action::Select(Selection::Connection(_))]));
}

#[test]
fn ended_connections_unfold_at_a_click_or_a_key() {
    let row = RowKey::Ended { session: SessionId(1), count: 1234, open: false };
    let list = RowList::new(vec![RowKey::Heading(Group::Listeners), row, RowKey::Dropped(900)]);
    let mut harness = drawn([248.0, 300.0], Vec::new(), move |ui, actions: &mut Vec<Action>| {
        sessions::show(ui, &list, Selection::None, &|_| None, actions);
    });
    harness.run_steps(2);
    let words = format!("{} ended earlier", grouped(1234));
    harness.get_by_label(&words).click();
    harness.run_steps(2);
    harness.get_by_label(&words).focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let asked = harness.state();
    let unfolds = |action: &Action| matches!(action, Action::ShowEnded(SessionId(1), true));
    assert!(asked.len() == 2 && asked.iter().all(unfolds), "{asked:?}");
    assert!(harness.query_by_label("900 older ones are not listed").is_some());
}

#[test]
fn the_top_bar_opens_and_closes_what_its_buttons_say() {
    let mut harness =
        drawn([1280.0, 44.0], (String::new(), Vec::new()), move |ui, (find, actions): &mut (String, Vec<Action>)| {
            let data = TopBarData {
                sessions: false,
                theme: ThemeChoice::default(),
                open: Some(Dialog::Connect),
                labs: &[],
                recent: &[],
            };
            top_bar::show(ui, data, find, actions);
        });
    harness.run_steps(2);
    harness.get_by_label("Listen").click();
    harness.run_steps(2);
    harness.get_by_label("Connect").click();
    harness.run_steps(2);
    let find = harness.get_by_role_and_label(Role::TextInput, "Find in journal");
    find.focus();
    find.type_text("x");
    harness.run_steps(2);
    let actions = &harness.state().1;
    assert!(matches!(actions.first(), Some(Action::Open(Dialog::Listen))));
    assert!(matches!(actions.get(1), Some(Action::CloseDialog)));
    assert!(matches!(actions.get(2), Some(Action::Find(text)) if text == "x"));
}
