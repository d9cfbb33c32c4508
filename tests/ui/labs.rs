//! The labs' menu and page without a display, found by role and name as a screen reader finds them.

use egui::accesskit::Role;
use egui_kittest::{Harness, kittest::Queryable as _};
use socketlab::{
    lessons::{LabClient, labs},
    model::{ConnectConfig, Errno, Failure, Operation, Script, SessionId},
    ui::{
        action::{Action, LabAction, Pick},
        dialogs::{labs as lists, labs::LabEntry},
        forms::{
            connect_form::{ConnectForm, Reach},
            listen_form::ListenForm,
            reach_form::ReachForm,
            script_form::ScriptForm,
        },
        frame::top_bar::{self, TopBarData},
        preferences::ThemeChoice,
        views::lab::{self, LabData, LabNeed, LabPage, LabView, Place, SideData, Stand},
    },
};

use crate::drawn::drawn;

fn entries() -> Vec<LabEntry> {
    labs().iter().map(|lab| LabEntry { id: lab.id, title: lab.title, summary: lab.summary }).collect()
}

#[derive(Default)]
struct Bar {
    find: String,
    actions: Vec<Action>,
}

#[test]
fn the_menu_lists_all_sixteen_and_opens_the_one_that_is_clicked() {
    let entries = entries();
    let mut harness = drawn([1280.0, 800.0], Bar::default(), move |ui, bar: &mut Bar| {
        let data =
            TopBarData { sessions: false, theme: ThemeChoice::default(), open: None, labs: &entries, recent: &[] };
        top_bar::show(ui, data, &mut bar.find, &mut bar.actions);
    });
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, "Labs").click();
    harness.run_steps(4);
    assert_eq!(harness.get_all_by_role(Role::MenuItem).count(), 16);
    for lab in labs() {
        let row = harness.get_by_role_and_label(Role::MenuItem, lab.title);
        assert!(row.rect().bottom() < 800.0, "{} is in the window", lab.id);
    }
    harness.get_by_role_and_label(Role::MenuItem, "Do not answer").click();
    harness.run_steps(3);
    let actions = &harness.state().actions;
    assert!(matches!(actions.as_slice(), [Action::Lab(LabAction::Open("do-not-answer"))]), "{actions:?}");
}

#[test]
fn the_list_says_a_sentence_on_each() {
    let entries = entries();
    let mut harness = drawn([700.0, 2400.0], Vec::new(), move |ui, actions: &mut Vec<Action>| {
        lists::browse(ui, &entries, actions);
    });
    harness.run_steps(3);
    harness.get_by_label_contains("A chat of one sentence each.");
    harness.get_by_role_and_label(Role::Button, "Datagrams").click();
    harness.run_steps(3);
    let actions = harness.state();
    assert!(matches!(actions.as_slice(), [Action::CloseDialog, Action::Lab(LabAction::Open("udp"))]), "{actions:?}");
}

struct Shown {
    page: LabPage,
    data: LabData,
    actions: Vec<Action>,
}

/// A page as the application puts it together, with both sides idle.
fn page(need: Option<LabNeed>) -> Shown {
    let side = SideData { facts: vec!["TCP".into()], can_edit: true, ..SideData::default() };
    let data = LabData {
        id: "http-page",
        title: "A page with a picture",
        summary: "HTTP is text over TCP.",
        listener: Some(SideData { need, ..side.clone() }),
        client: Some(side),
        views: vec![LabView::Exchange, LabView::Python],
        connection: None,
    };
    let page = LabPage {
        bind: "*".into(),
        listen_port: "8000".into(),
        host: "127.0.0.1".into(),
        call_port: "8000".into(),
        ..LabPage::default()
    };
    Shown { page, data, actions: Vec::new() }
}

fn harness(shown: Shown) -> Harness<'static, Shown> {
    let mut harness = drawn([1032.0, 730.0], shown, move |ui, shown: &mut Shown| {
        lab::show(ui, &mut shown.page, &shown.data, 730.0, &mut shown.actions);
    });
    harness.run_steps(3);
    harness
}

#[test]
fn each_side_and_both_are_started_by_name() {
    let mut harness = harness(page(None));
    for name in ["Start listener", "Start client", "Start both"] {
        harness.get_by_role_and_label(Role::Button, name).click();
        harness.run_steps(2);
    }
    for name in ["Address", "Host"] {
        harness.get_by_role_and_label(Role::TextInput, name);
    }
    assert_eq!(harness.get_all_by_role_and_label(Role::TextInput, "Port").count(), 2);
    let actions = &harness.state().actions;
    assert!(
        matches!(
            actions.as_slice(),
            [
                Action::Lab(LabAction::StartListener),
                Action::Lab(LabAction::StartClient),
                Action::Lab(LabAction::StartBoth)
            ]
        ),
        "{actions:?}"
    );
}

#[test]
fn the_socket_explorer_has_its_third_argument() {
    let mut shown = page(None);
    shown.data.listener = None;
    shown.data.client = shown.data.client.map(|side| SideData { place: Place::Protocol, ..side });
    let mut harness = harness(shown);
    harness.get_by_role_and_label(Role::ComboBox, "Protocol").click();
    harness.run_steps(3);
    harness.get_by_label("1 · ICMP").click();
    harness.run_steps(3);
    assert_eq!(harness.state().page.protocol, 1);
    harness.get_by_role_and_label(Role::Button, "Start client").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().actions.as_slice(), [Action::Lab(LabAction::StartClient)]));
}

#[test]
fn one_click_starts_a_lab_for_which_nothing_was_chosen() {
    let mut harness = harness(page(Some(LabNeed::Picture)));
    harness.get_by_role_and_label(Role::Button, "Start both").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().actions.as_slice(), [Action::Lab(LabAction::StartBoth)]));
    harness.get_by_role_and_label(Role::Button, "Browse").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().actions.last(), Some(Action::Choose(Pick::LabPicture))));
}

#[test]
fn the_button_for_both_stops_both_in_the_same_place_and_one_more_joins() {
    let mut harness = harness(page(None));
    let start = harness.get_by_role_and_label(Role::Button, "Start both").rect();
    if let (Some(listener), Some(client)) =
        (&mut harness.state_mut().data.listener.clone(), &mut harness.state_mut().data.client.clone())
    {
        (listener.stand, listener.running) = (Stand::Running("listening".into()), Some(SessionId(7)));
        listener.here_only = true;
        (client.stand, client.one_more) = (Stand::Running("connected".into()), true);
        let data = &mut harness.state_mut().data;
        (data.listener, data.client) = (Some(listener.clone()), Some(client.clone()));
    }
    harness.run_steps(3);
    assert_eq!(harness.get_by_role_and_label(Role::Button, "Stop both").rect(), start);
    for name in ["Stop both", "One more client", "Let other PCs in"] {
        harness.get_by_role_and_label(Role::Button, name).click();
        harness.run_steps(2);
    }
    let actions = &harness.state().actions;
    assert!(
        matches!(
            actions.as_slice(),
            [Action::Lab(LabAction::StopBoth), Action::Lab(LabAction::OneMore), Action::Rebind(SessionId(7), bind)]
                if bind == "*"
        ),
        "{actions:?}"
    );
}

#[test]
fn a_port_that_makes_no_sense_is_pointed_out_and_starts_nothing() {
    let mut wrong = page(None);
    wrong.page.listen_port = "70000".into();
    let mut harness = harness(wrong);
    harness.get_by_label_contains("A number from 0 to 65535");
    harness.get_by_role_and_label(Role::Button, "Start both").click();
    harness.run_steps(2);
    assert!(harness.state().actions.is_empty());
}

#[test]
fn a_running_side_can_be_stopped_and_a_failed_one_says_what_to_try() {
    let mut running = page(None);
    let refused = std::io::Error::from_raw_os_error(Errno::ECONNREFUSED.number());
    let failure = Failure::new(Operation::Connect, "127.0.0.1:8000", &refused);
    if let (Some(listener), Some(client)) = (&mut running.data.listener, &mut running.data.client) {
        listener.stand = Stand::Running("listening on 0.0.0.0:8000".into());
        listener.running = Some(SessionId(7));
        client.stand = Stand::Over("not connected".into());
        client.failure = Some(failure);
    }
    let mut harness = harness(running);
    harness.get_by_label("listening on 0.0.0.0:8000");
    harness.get_by_label_contains("ECONNREFUSED");
    harness.get_by_label_contains("Check the port");
    assert!(harness.query_by_label("Start listener").is_none());
    harness.get_by_role_and_label(Role::Button, "Stop listener").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().actions.as_slice(), [Action::Stop(SessionId(7))]));
}

#[test]
fn the_ordinary_forms_hold_every_lab_without_loss() {
    for lab in labs() {
        if let Some(config) = &lab.listener {
            let mut form = ListenForm::default();
            form.load(config);
            assert_eq!(form.config().as_ref(), Ok(config), "{}", lab.id);
        }
        match &lab.client {
            Some(LabClient::Raw { config, script } | LabClient::Crowd { config, script, .. }) => {
                holds(config, script, lab.id);
            }
            Some(LabClient::SizedFile(config)) => holds(config, &Script::default(), lab.id),
            Some(LabClient::Reach(attempts)) => {
                let form = ReachForm::new(attempts.iter().map(|attempt| (attempt.title, &attempt.config)));
                let configs: Vec<_> = attempts.iter().map(|attempt| attempt.config.clone()).collect();
                assert_eq!(form.value(), Some(configs), "{}", lab.id);
            }
            Some(LabClient::Fetch(requests)) => {
                for request in requests {
                    let mut form = ConnectForm::default();
                    form.load_request(request);
                    assert_eq!(form.reach(), Ok(Reach::Http(request.clone())), "{}", lab.id);
                }
            }
            Some(LabClient::Families) | None => {}
        }
    }
}

fn holds(config: &ConnectConfig, script: &Script, id: &str) {
    let mut form = ConnectForm::default();
    form.load(config);
    form.script = ScriptForm::new(script, None);
    assert_eq!(form.reach(), Ok(Reach::Raw(config.clone())), "{id}");
    assert_eq!(&form.script.value(), script, "{id}");
}

#[test]
fn in_a_low_window_the_sides_of_a_lab_that_runs_are_folded_to_a_row_each() {
    let runs = |height: f32| {
        let mut shown = page(None);
        for side in [&mut shown.data.listener, &mut shown.data.client] {
            side.as_mut().unwrap().stand = Stand::Running("running".into());
        }
        shown.data.client.as_mut().unwrap().one_more = true;
        let mut harness = drawn([784.0, height], shown, move |ui, shown: &mut Shown| {
            lab::show(ui, &mut shown.page, &shown.data, height, &mut shown.actions);
        });
        harness.run_steps(3);
        harness
    };
    let below = |harness: &Harness<'_, Shown>| harness.get_by_role_and_label(Role::Tab, "Exchange").rect().bottom();
    let whole = runs(730.0);
    whole.get_by_role_and_label(Role::TextInput, "Host");
    assert!(whole.query_by_label("Show the two sides").is_none());
    let mut low = runs(570.0);
    assert!(low.query_by_role_and_label(Role::TextInput, "Host").is_none());
    assert!(below(&low) < 170.0, "{}", below(&low));
    for name in ["Stop both", "Stop listener", "Stop client", "One more client"] {
        low.get_by_role_and_label(Role::Button, name);
    }
    low.get_by_role_and_label(Role::Button, "Show the two sides").click();
    low.run_steps(3);
    low.get_by_role_and_label(Role::TextInput, "Host");
    low.get_by_role_and_label(Role::Button, "Fold the two sides").click();
    low.run_steps(3);
    assert!(low.query_by_role_and_label(Role::TextInput, "Host").is_none());
    // Why one of them did not start is not folded away, and what has stopped can be typed anew.
    let refused = std::io::Error::from_raw_os_error(Errno::ECONNREFUSED.number());
    let failure = Failure::new(Operation::Connect, "127.0.0.1:8000", &refused);
    low.state_mut().data.client.as_mut().unwrap().failure = Some(failure);
    low.run_steps(3);
    low.get_by_role_and_label(Role::TextInput, "Host");
}
