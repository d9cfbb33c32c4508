//! Pages of a program of the system, without a display: help, about, settings, what is opened, saved messages; each of
//! them by keyboard alone.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    model::{
        ConnectionId, Encoding, MessageKind, SavedMessage, SessionFile, Target,
        compose::{Notation, Options, Template},
    },
    ui::{
        action::{Action, Pace, PathFor, Pick, Piece, Take},
        command::UiCommand,
        dialogs::{
            about::{self, AboutPage},
            help::{self, HelpPage},
            offer::{self, Line, Offer, Offered, Remark},
            path_page::{self, PathPage},
            settings::{self, SettingsPage},
        },
        frame::top_bar::{self, TopBarData},
        kit::Tone,
        preferences::{Preferences, ThemeChoice},
        views::send_box::{SendBox, SendInput, addressee::Reach},
    },
};

use crate::drawn::drawn;

/// A page and what was asked for on it.
type Page<'a, I> = Harness<'a, Vec<I>>;

fn page<'a, I: 'a>(mut show: impl FnMut(&mut egui::Ui, &mut Vec<I>) + 'a) -> Page<'a, I> {
    let mut harness = drawn([660.0, 700.0], Vec::new(), move |ui, actions: &mut Vec<I>| {
        show(ui, actions);
    });
    harness.run_steps(3);
    harness
}

/// Everything that has a click action is reached by Tab, each once, and then the first one again.
fn walk<I>(harness: &mut Page<'_, I>) -> Vec<String> {
    let focused = |harness: &Page<'_, I>| harness.ctx.memory(egui::Memory::focused);
    let mut seen = Vec::new();
    let mut names = Vec::new();
    for _ in 0..200 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        let Some(id) = focused(harness) else { continue };
        if seen.first() == Some(&id) {
            return names;
        }
        assert!(!seen.contains(&id), "Tab goes back to {id:?} before it has been everywhere: {names:?}");
        seen.push(id);
        let node = harness.root().children_recursive().find(|node| node.accesskit_node().is_focused());
        names.push(node.and_then(|node| node.accesskit_node().label()).unwrap_or_default());
    }
    assert!(seen.len() < 200, "Tab never comes back");
    names
}

#[test]
fn help_has_keys_ideas_and_labs_and_no_trap() {
    let mut state = HelpPage::default();
    let labs = [socketlab::ui::dialogs::labs::LabEntry { id: "echo", title: "Echo", summary: "One. Two." }];
    let mut harness = page(move |ui, actions| help::show(ui, &mut state, &labs, actions));
    for command in [UiCommand::Listen, UiCommand::Help, UiCommand::Settings] {
        harness.get_by_label(&command.keys_text());
    }
    assert_eq!(walk(&mut harness), ["Keys", "Ideas", "Labs"]);
    harness.get_by_label("Ideas").click();
    harness.run_steps(3);
    for idea in ["Socket", "Listener", "Name", "Handshake", "Half-close"] {
        harness.get_by_label(idea);
    }
    harness.get_by_label("Labs").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Echo").click();
    harness.run_steps(3);
    assert!(harness.state().iter().any(|action| matches!(action, Action::Lab(_))));
}

#[test]
fn about_says_version_licences_and_diagnostics_to_copy() {
    let mut state = AboutPage::new("Some system".into(), "first line\nlast line".into());
    let mut harness = page(move |ui, actions| about::show(ui, &mut state, actions));
    harness.get_by_label_contains(env!("CARGO_PKG_VERSION"));
    harness.get_by_label("Some system");
    harness.get_by_label_contains("accesskit 0");
    harness.get_by_label("Diagnostics").click();
    harness.run_steps(3);
    harness.get_by_label("last line");
    harness.get_by_label("Copy the diagnostics").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().as_slice(), [Action::Copy(words)] if words.ends_with("last line")));
}

#[test]
fn settings_are_reset_only_when_asked_twice() {
    let preferences = Preferences::default();
    let mut state = SettingsPage::new(&preferences);
    let mut harness = page(move |ui, actions| settings::show(ui, &mut state, &preferences, actions));
    let names = walk(&mut harness);
    for name in ["Light", "No motion", "Records", "Reset all settings…"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    harness.get_by_label("Reset all settings…").click();
    harness.run_steps(3);
    assert!(!harness.state().iter().any(|action| matches!(action, Action::ResetSettings)));
    harness.get_by_label("Reset all settings").click();
    harness.run_steps(3);
    assert!(harness.state().iter().any(|action| matches!(action, Action::ResetSettings)));
}

#[test]
fn an_opened_session_starts_only_by_its_button() {
    let text = "socketlab = 1\n[[listener]]\nbind = '0.0.0.0'\n[[message]]\ncontent = 'x'\n";
    let file = SessionFile::read(text).expect("a session");
    let remark = Remark { tone: Tone::Warning, text: "Other PCs can reach it".to_owned() };
    // The buttons stay in view with a thousand of them.
    let line = Line { text: "Listen at 0.0.0.0:8000 · Echo".to_owned(), remarks: vec![remark] };
    let mut lines = vec![line];
    lines.extend((0..1000).map(|number| Line { text: format!("Connect to 127.0.0.1:{number}"), remarks: Vec::new() }));
    let offer = Offer { offered: Offered::Session("/tmp/a.socketlab".into(), Box::new(file)), lines };
    let mut harness = page(move |ui, actions| {
        let top = ui.cursor().top();
        offer::show(ui, &offer, 150.0, actions);
        assert!(ui.min_rect().bottom() - top < 210.0, "the buttons stand right below what there is room for");
    });
    harness.get_by_label("Listen at 0.0.0.0:8000 · Echo");
    harness.get_by_label_contains("Other PCs can reach it");
    harness.get_by_label_contains("and 801 more");
    assert_eq!(walk(&mut harness), ["Start all", "Take the messages", "Cancel"]);
    assert!(harness.state().is_empty());
    harness.get_by_label("Take the messages").click();
    harness.run_steps(3);
    harness.get_by_label("Start all").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().as_slice(), [Action::Take(Take::Messages), Action::Take(Take::All)]));
}

#[test]
fn a_path_can_be_typed_where_no_file_dialog_is() {
    let mut state = PathPage { wanted: PathFor::Pick(Pick::Open), path: String::new(), fresh: true };
    let mut harness = page(move |ui, actions| path_page::show(ui, &mut state, actions));
    let field = harness.get_by_role_and_label(Role::TextInput, "Path");
    assert!(field.accesskit_node().is_focused());
    field.type_text(" /tmp/x ");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(matches!(harness.state().as_slice(),
        [Action::Path(PathFor::Pick(Pick::Open), path)] if path.as_os_str() == "/tmp/x"));
}

#[test]
fn the_file_menu_has_what_was_opened_last() {
    let recent = ["/home/me/lesson.socketlab".to_owned()];
    let mut find = String::new();
    let mut harness = page(move |ui, actions| {
        let data =
            TopBarData { sessions: false, theme: ThemeChoice::default(), open: None, labs: &[], recent: &recent };
        top_bar::show(ui, data, &mut find, actions);
    });
    harness.get_by_label("File").click();
    harness.run_steps(3);
    harness.get_by_label("About…");
    harness.get_by_label("/home/me/lesson.socketlab").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().as_slice(), [Action::OpenThis(what)] if what.ends_with("lesson.socketlab")));
}

const TO: Target = Target::Connection(ConnectionId(1));

fn saved(name: &str, kind: MessageKind, content: &str) -> SavedMessage {
    SavedMessage { name: name.into(), kind, content: content.into(), ..SavedMessage::default() }
}

fn send_box() -> Page<'static, Action> {
    let saved = [saved("hello", MessageKind::Text, "hi"), saved("reset", MessageKind::Hex, "FF 00")];
    let mut state = SendBox::default();
    state.focus();
    page(move |ui, actions| {
        let input = SendInput { reach: Reach::One(&TO, "127.0.0.1:5000"), saved: &saved, ..SendInput::default() };
        state.show(ui, &input, actions);
    })
}

#[test]
fn saved_messages_come_into_the_box_by_key_and_are_sent_by_click() {
    let mut harness = send_box();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    harness.run_steps(2);
    assert_eq!(*harness.state(), [], "a number never sends");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(*harness.state(), [Action::Send { to: TO, bytes: vec![0xff, 0] }]);
    harness.get_by_label("Send hello").click();
    harness.run_steps(3);
    assert_eq!(harness.state().last(), Some(&Action::Send { to: TO, bytes: b"hi".to_vec() }), "from the row");
    harness.get_by_label("Saved messages").click();
    harness.run_steps(3);
    harness.get_by_label("Show them above the box").click();
    harness.run_steps(3);
    harness.get_by_label("Send reset").click();
    harness.run_steps(3);
    assert_eq!(harness.state().last(), Some(&Action::Send { to: TO, bytes: vec![0xff, 0] }), "from the list");
    harness.get_by_label("Remove reset").click();
    harness.run_steps(3);
    assert_eq!(harness.state().last(), Some(&Action::ForgetMessage(1)));
}

#[test]
fn saved_messages_are_sent_as_a_list_in_order() {
    let mut harness = send_box();
    harness.get_by_label("Saved messages").click();
    harness.run_steps(3);
    harness.get_by_label("Send all in this order").click();
    harness.run_steps(3);
    harness.get_by_label("Send all").click();
    harness.run_steps(3);
    let piece = |typed, notation| {
        let template = Template::new(typed, notation, &Options::default(), Encoding::Utf8).unwrap();
        Piece::Typed(template)
    };
    let pieces = vec![piece("hi", Notation::Text), piece("FF 00", Notation::Hex)];
    let millis = std::time::Duration::from_millis;
    let pace = Pace { interval: millis(1000), jitter: millis(0), count: Some(10) };
    assert_eq!(*harness.state(), [Action::Repeat { to: TO, pieces, pace }]);
}

#[test]
fn a_checksum_is_chosen_by_its_value_and_what_leaves_is_shown() {
    let mut harness = send_box();
    harness.get_by_label("Hex").click();
    harness.run_steps(2);
    harness.get_by_label("Bytes to send, in hex").focus();
    harness.run_steps(2);
    harness.get_by_label("Bytes to send, in hex").type_text("01 03 00 00 00 02");
    harness.run_steps(2);
    harness.get_by_label("Checksum: No checksum").click();
    harness.run_steps(3);
    let row = harness.get_by_role_and_label(Role::MenuItemRadio, "CRC-16 Modbus");
    assert_eq!(row.value().as_deref(), Some("C4 0B"));
    row.click();
    harness.run_steps(3);
    harness.get_by_label_contains("8 B 01 03 00 00 00 02 C4 0B");
    harness.get_by_label("Checksum: CRC-16 Modbus").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::MenuItemRadio, "High byte first").click();
    harness.run_steps(3);
    harness.get_by_label_contains("0B C4");
    harness.get_by_label("Send").click();
    harness.run_steps(3);
    assert_eq!(*harness.state(), [Action::Send { to: TO, bytes: vec![1, 3, 0, 0, 0, 2, 0x0b, 0xc4] }]);
}

#[test]
fn a_long_paste_is_sent_whole_and_not_laid_out() {
    let mut harness = send_box();
    harness.event(egui::Event::Paste("x".repeat((256 << 10) + 1)));
    harness.run_steps(3);
    harness.get_by_label_contains("too long to be edited here");
    let field = |harness: &Page<'_, Action>| {
        harness.query_by_role_and_label(Role::MultilineTextInput, "Text to send").is_some()
    };
    assert!(!field(&harness));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let Some(Action::Send { bytes, .. }) = harness.state().last() else { panic!("{:?}", harness.state()) };
    assert_eq!(bytes.len(), (256 << 10) + 1);
    assert!(field(&harness));
    harness.event(egui::Event::Paste("x".repeat(256 << 10)));
    harness.run_steps(3);
    assert!(field(&harness), "so much is edited");
}

#[test]
fn text_turns_into_hex_and_a_mistake_is_told_below_the_box() {
    let mut harness = send_box();
    harness.get_by_label("Text to send").type_text("PING");
    harness.run_steps(2);
    harness.get_by_label("Hex").click();
    harness.run_steps(3);
    let field = harness.get_by_label("Bytes to send, in hex");
    assert_eq!(field.value().as_deref(), Some("50 49 4E 47"));
    field.focus();
    harness.run_steps(2);
    harness.get_by_label("Bytes to send, in hex").type_text(" 4");
    harness.run_steps(2);
    harness.get_by_label_contains("column 13: “4” has half a byte at its end");
    let before = harness.get_by_label("Bytes to send, in hex").rect();
    harness.get_by_label("Bytes to send, in hex").type_text("1");
    harness.run_steps(2);
    assert_eq!(harness.get_by_label("Bytes to send, in hex").rect(), before, "nothing moves");
    harness.get_by_label("Text").click();
    harness.run_steps(3);
    assert_eq!(harness.get_by_label("Text to send").value().as_deref(), Some("PINGA"));
}

#[test]
fn what_is_typed_is_kept_under_a_name() {
    let mut harness = send_box();
    harness.get_by_label("Text to send").type_text("ping");
    harness.run_steps(2);
    harness.get_by_label("Saved messages").click();
    harness.run_steps(3);
    harness.get_by_label("Name of the message").focus();
    harness.run_steps(2);
    harness.get_by_label("Name of the message").type_text("alive?");
    harness.run_steps(2);
    harness.get_by_label("Keep what is typed").click();
    harness.run_steps(3);
    assert_eq!(*harness.state(), [Action::KeepMessage(saved("alive?", MessageKind::Text, "ping"))]);
}
