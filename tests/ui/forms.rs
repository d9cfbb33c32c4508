//! The forms of listeners and clients without a display: every answer, a dialog's rules, scripts, attempts.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    model::{
        ConnectConfig, Encoding, Insert, ListenConfig, RawPage, Recipe, Rule, SessionId, Site, SocketOptions,
        Transport, When, compose::Options,
    },
    ui::{
        action::{Action, Pick},
        forms::{
            connect_form::{self, Called, ConnectData, ConnectForm, Reach, Speak},
            dialog_form::RuleForm,
            listen_form::{self, ListenData, ListenForm, ResponderKind},
            reach_form::{self, ReachForm},
        },
    },
};

use crate::drawn::drawn;

struct Shown {
    form: ListenForm,
    faults: Vec<String>,
    actions: Vec<Action>,
}

fn listen(form: ListenForm, faults: &[&str], width: f32) -> Harness<'static, Shown> {
    let faults = faults.iter().map(|fault| (*fault).to_owned()).collect();
    let mut harness =
        drawn([width, 900.0], Shown { form, faults, actions: Vec::new() }, move |ui, shown: &mut Shown| {
            let data = ListenData { faults: &shown.faults, ..ListenData::default() };
            listen_form::show(ui, &mut shown.form, data, &mut shown.actions);
        });
    harness.run_steps(3);
    harness
}

fn click(harness: &mut Harness<'static, Shown>, name: &str) {
    harness.get_by_role_and_label(Role::Button, name).click();
    harness.run_steps(3);
}

fn write(harness: &mut Harness<'static, Shown>, field: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    harness.run_steps(3);
}

fn dialog(rules: Vec<RuleForm>) -> ListenForm {
    let mut form = ListenForm { answer: ResponderKind::Dialog, port: "0".into(), ..ListenForm::default() };
    form.dialog.rules = rules;
    form
}

#[test]
fn every_recipe_is_held_by_the_form() {
    let page = |text: &str, insert| Recipe::Page(RawPage { text: text.into(), insert });
    let insert = |head: &str| Some(Insert { path: "/a".into(), head: head.into(), file: PathBuf::from("/tmp/b") });
    let recipes = [
        Recipe::SizedFile { folder: "/tmp".into() },
        Recipe::Http(Site::Welcome),
        Recipe::Http(Site::Picture("/tmp/a.png".into())),
        Recipe::Http(Site::Embedded { picture: "/tmp/a.png".into(), at: "/test.jpg".into() }),
        Recipe::Http(Site::Folder("/tmp".into())),
        page("a\r\nb\r\n\r\n", insert("c\r\n\r\n")),
        page("a\nb\r\n", insert("\nc")),
        page("a\r\n", insert("c\n")),
        page("", None),
        Recipe::reply("a\n\\n"),
        Recipe::Reply {
            text: r"\xff{counter}\n".into(),
            options: Options { escapes: true, fields: true, ..Options::default() },
        },
        Recipe::CHARGEN,
        Recipe::CHAT,
    ];
    for recipe in recipes {
        let config = ListenConfig { recipe, ..ListenConfig::default() };
        let mut form = ListenForm::default();
        form.load(&config);
        assert_eq!(form.config(), Ok(config));
    }
}

#[test]
fn rules_are_added_typed_moved_and_removed() {
    for width in [356.0, 732.0] {
        let mut harness = listen(dialog(Vec::new()), &[], width);
        click(&mut harness, "Add a rule");
        click(&mut harness, "Add a rule");
        write(&mut harness, "Pattern of rule 1", "0");
        write(&mut harness, "Reply of rule 1", "zero\\n");
        write(&mut harness, "Pattern of rule 2", "exit");
        harness.get_all_by_role_and_label(Role::CheckBox, "Ends").last().unwrap().click();
        harness.run_steps(3);
        click(&mut harness, "Move rule 2 up");
        click(&mut harness, "Listen on a free port");
        let [Action::Listen(config)] = harness.state().actions.as_slice() else { panic!("{width}") };
        let Recipe::Dialog(dialog) = &config.recipe else { panic!("{width}") };
        let exit = Rule { pattern: "exit".into(), ends: true, ..Rule::default() };
        let zero = Rule { pattern: "0".into(), reply: "zero\n".into(), ..Rule::default() };
        assert_eq!(dialog.rules, [exit, zero]);
        click(&mut harness, "Remove rule 1");
        assert_eq!(harness.state().form.dialog.rules.len(), 1);
        for row in harness.get_all_by_role(Role::TextInput) {
            assert!(row.rect().right() <= width + 0.5, "a field is in the window of {width}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_rule_stands_under_it_and_nothing_starts() {
    let rule = RuleForm { when: When::Regex, pattern: "(".into(), ..RuleForm::default() };
    let mut harness = listen(dialog(vec![rule, RuleForm::default()]), &["no sense: unclosed group", ""], 732.0);
    let fault = harness.get_by_label_contains("unclosed group").rect();
    let second = harness.get_by_role_and_label(Role::TextInput, "Pattern of rule 2").rect();
    assert!(fault.bottom() <= second.top());
    click(&mut harness, "Listen on a free port");
    assert!(harness.state().actions.is_empty());
    harness.state_mut().faults.clear();
    harness.state_mut().form.dialog.rules[0].delay = "soon".into();
    harness.run_steps(2);
    harness.get_by_label_contains("from 0 to 60000");
    click(&mut harness, "Listen on a free port");
    assert!(harness.state().actions.is_empty());
    click(&mut harness, "Open a script file…");
    click(&mut harness, "Save as a script file…");
    let actions = harness.state().actions.as_slice();
    assert!(matches!(actions, [Action::Choose(Pick::Script), Action::SaveScript(saved)] if saved.rules.len() == 2));
}

#[test]
fn a_folder_and_the_file_of_a_page_are_asked_for() {
    let form = ListenForm { answer: ResponderKind::SizedFile, port: "0".into(), ..ListenForm::default() };
    let mut harness = listen(form, &[], 356.0);
    click(&mut harness, "Listen on a free port");
    assert!(harness.state().actions.is_empty());
    harness.get_by_label_contains("Choose a folder");
    harness.state_mut().form.answer = ResponderKind::Page;
    harness.run_steps(3);
    assert!(harness.query_by_label("Head before the file").is_none());
    write(&mut harness, "A path that answers with a file", "/a");
    click(&mut harness, "Listen on a free port");
    assert!(harness.state().actions.is_empty());
    harness.get_by_label_contains("Choose a file");
    click(&mut harness, "Browse");
    assert!(matches!(harness.state().actions.as_slice(), [Action::Choose(Pick::PageFile)]));
}

#[test]
fn a_written_answer_has_an_encoding_and_its_faults_are_said() {
    let form =
        ListenForm { answer: ResponderKind::Reply, port: "0".into(), reply: "收到".into(), ..ListenForm::default() };
    let mut harness = listen(form, &[], 732.0);
    assert!(harness.query_by_label("Encoding of the answer").is_none(), "it is among the rarer options");
    harness.state_mut().form.encoding = Encoding::Latin1;
    harness.run_steps(3);
    harness.get_by_label_contains("“收” is not in Latin-1");
    click(&mut harness, "Listen on a free port");
    assert!(harness.state().actions.is_empty());
    harness.state_mut().form.encoding = Encoding::Gbk;
    harness.run_steps(3);
    click(&mut harness, "Listen on a free port");
    let [Action::Listen(config)] = harness.state().actions.as_slice() else { panic!() };
    assert_eq!(config.encoding, Encoding::Gbk);
    let mut again = ListenForm::default();
    again.load(config);
    assert_eq!(again.config().as_ref(), Ok(&**config));
    // What is not written has no encoding of its own.
    again.answer = ResponderKind::default();
    assert_eq!(again.config().unwrap().encoding, Encoding::Utf8);
}

#[test]
fn http_has_no_receive_size() {
    let form = ListenForm { more: true, recv_size: "none".into(), ..ListenForm::default() };
    let mut harness = listen(form, &[], 732.0);
    harness.get_by_role_and_label(Role::TextInput, "Receive size, bytes");
    assert!(harness.state().form.config().is_err());
    harness.state_mut().form.answer = ResponderKind::Routes;
    harness.run_steps(3);
    assert!(harness.query_by_role_and_label(Role::TextInput, "Receive size, bytes").is_none());
    assert!(harness.state().form.config().is_ok());
}

#[test]
fn a_script_is_shown_where_there_is_one_and_started_with() {
    let mut form = ConnectForm::default();
    form.script.say = "0\nexit\\n".into();
    form.script.crowd = Some("900".into());
    let mut harness =
        drawn([384.0, 800.0], (form, Vec::new()), move |ui, (form, actions): &mut (ConnectForm, Vec<Action>)| {
            connect_form::show(ui, form, ConnectData::default(), actions);
        });
    harness.run_steps(3);
    harness.get_by_label_contains("from 1 to 200");
    harness.state_mut().0.script.crowd = None;
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::CheckBox, "Close when the last message was answered").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, "Connect").click();
    harness.run_steps(2);
    let [Action::Connect(_, script)] = harness.state().1.as_slice() else { panic!() };
    assert_eq!(script.send, ["0", "exit\n"]);
    assert!(script.close_after_reply && !script.receive_first);
}

#[test]
fn attempts_are_edited_side_by_side() {
    let config = socketlab::model::ConnectConfig::default();
    let form = ReachForm::new([("the right address", &config), ("a wrong port", &config)].into_iter());
    let mut harness =
        drawn([400.0, 400.0], (form, Vec::new()), move |ui, (form, actions): &mut (ReachForm, Vec<Action>)| {
            reach_form::show(ui, form, actions);
        });
    harness.run_steps(3);
    harness.state_mut().0.attempts[1].port = "0".into();
    harness.run_steps(2);
    harness.get_by_label_contains("from 1 to 65535");
    harness.get_by_role_and_label(Role::Button, "Try these").click();
    harness.run_steps(2);
    assert!(harness.state().1.is_empty());
    harness.state_mut().0.attempts[1].port = "9".into();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, "Try these").click();
    harness.run_steps(2);
    let [Action::LabAttempts(configs)] = harness.state().1.as_slice() else { panic!() };
    assert_eq!(configs.iter().map(|config| config.port).collect::<Vec<_>>(), [8000, 9]);
}

struct Calls {
    form: ConnectForm,
    starting: Option<SessionId>,
    recent: Vec<Called>,
    room: Option<f32>,
    actions: Vec<Action>,
}

fn calls(form: ConnectForm, size: [f32; 2]) -> Harness<'static, Calls> {
    let called = Called { speak: Speak::Udp, host: "10.0.0.9".into(), port: "5005".into() };
    let calls = Calls { form, starting: None, recent: vec![called], room: None, actions: Vec::new() };
    let mut harness = drawn(size, calls, move |ui, calls: &mut Calls| {
        let data =
            ConnectData { starting: calls.starting, recent: &calls.recent, room: calls.room, ..ConnectData::default() };
        connect_form::show(ui, &mut calls.form, data, &mut calls.actions);
    });
    harness.run_steps(3);
    harness
}

#[test]
fn the_transport_is_chosen_first_and_in_view() {
    let mut harness = calls(ConnectForm::default(), [380.0, 600.0]);
    for (name, carries) in [("UDP", Speak::Udp), ("HTTP", Speak::Http), ("TCP", Speak::Tcp)] {
        let part = harness.get_by_role_and_label(Role::RadioButton, name);
        assert!(part.rect().bottom() <= harness.get_by_role_and_label(Role::TextInput, "Host or URL").rect().top());
        part.click();
        harness.run_steps(3);
        assert_eq!(harness.state().form.speak, carries);
    }
    let mut harness = listen(ListenForm::default(), &[], 380.0);
    harness.get_by_role_and_label(Role::RadioButton, "UDP").click();
    harness.run_steps(3);
    click(&mut harness, "Listen on :8000");
    let [Action::Listen(config)] = harness.state().actions.as_slice() else { panic!() };
    assert_eq!(config.transport, Transport::Udp);
    assert!(!config.recv_size.is_chosen(), "a datagram comes whole");
    assert!(config.recv_size.for_datagrams(&config.transport) >= 65_507);
}

#[test]
fn what_stands_in_a_field_gives_way_to_what_is_typed_and_enter_starts() {
    let mut harness = calls(ConnectForm::default(), [380.0, 600.0]);
    for (field, typed) in [("Host or URL", "10.1.1.1"), ("Port", "99"), ("Own address and port", "0.0.0.0:7")] {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run_steps(3);
        harness.get_by_role_and_label(Role::TextInput, field).type_text(typed);
        harness.run_steps(3);
    }
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    let [Action::Connect(config, _)] = harness.state().actions.as_slice() else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!((config.host.as_str(), config.port), ("10.1.1.1", 99));
    assert_eq!(config.source.as_ref().map(ToString::to_string), Some("0.0.0.0:7".to_owned()));
}

#[test]
fn who_was_called_before_is_called_again_without_typing() {
    let mut harness = calls(ConnectForm::default(), [380.0, 600.0]);
    harness.get_by_role_and_label(Role::Button, "Called before").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::MenuItem, "10.0.0.9:5005").click();
    harness.run_steps(3);
    let form = &harness.state().form;
    assert_eq!((form.speak, form.host.as_str(), form.port.as_str()), (Speak::Udp, "10.0.0.9", "5005"));
    assert_eq!(form.called(), harness.state().recent[0]);
}

#[test]
fn what_connects_can_be_given_up() {
    let mut harness = calls(ConnectForm::default(), [380.0, 600.0]);
    harness.state_mut().starting = Some(SessionId(7));
    harness.run_steps(3);
    assert!(harness.get_by_role_and_label(Role::Button, "Connecting…").accesskit_node().is_disabled());
    harness.get_by_role_and_label(Role::Button, "Cancel").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().actions.as_slice(), [Action::Stop(SessionId(7))]));
}

#[test]
fn the_main_button_is_in_view_whatever_is_open_above_it() {
    // 900 × 600 at 200 %: what a dialog has of it, below the bar and its own heading.
    let mut harness = calls(ConnectForm { more: true, speak: Speak::Udp, ..ConnectForm::default() }, [372.0, 172.0]);
    harness.state_mut().room = Some(116.0);
    harness.run_steps(3);
    for name in ["Open", "Fewer options"] {
        let button = harness.get_by_role_and_label(Role::Button, name);
        assert!(button.rect().bottom() <= 8.0 + 172.0, "{name} {:?}", button.rect());
    }
}

#[test]
fn options_of_the_socket_come_back_as_they_were_set() {
    let options = SocketOptions {
        ttl: Some(3),
        multicast_ttl: Some(0),
        adapter: Some("eth0".into()),
        ..SocketOptions::default()
    };
    let config = ConnectConfig { transport: Transport::Udp, options: options.clone(), ..ConnectConfig::default() };
    let mut form = ConnectForm::default();
    form.load(&config);
    assert_eq!(form.reach(), Ok(Reach::Raw(config)));
    let config = ListenConfig {
        transport: Transport::Udp,
        bind: "224.0.0.251".into(),
        groups: vec!["239.1.2.3".into(), "ff02::fb%eth0".into()],
        options,
        ..ListenConfig::default()
    };
    let mut form = ListenForm::default();
    form.load(&config);
    assert_eq!(form.config(), Ok(config));
    form.ttl = "256".into();
    assert!(form.config().is_err());
}

#[test]
fn another_address_than_the_listed_ones_is_typed() {
    let mut harness = listen(ListenForm::default(), &[], 380.0);
    harness.get_by_role_and_label(Role::ComboBox, "Who may connect").click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::ListBoxOption, "Another address…").click();
    harness.run_steps(3);
    // The box keeps the keyboard after a choice.
    assert!(harness.get_by_role_and_label(Role::ComboBox, "Who may connect").accesskit_node().is_focused());
    write(&mut harness, "Address to bind", "fe80::1%eth0");
    click(&mut harness, "Listen on :8000");
    let [Action::Listen(config)] = harness.state().actions.as_slice() else { panic!() };
    assert_eq!(config.bind, "fe80::1%eth0");
}
