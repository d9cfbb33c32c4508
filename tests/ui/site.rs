//! The panel of an HTTP listener without a display: what visitors may do, routes edited while they answer, what is on
//! its way, the code for a phone.

use std::{path::PathBuf, sync::Arc};

use egui::accesskit::Role;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use socketlab::{
    journal::{Budget, Connection, Identity, Journal},
    model::{
        Answered, ConnectionId, Detail, Event, Name, Names, Route, RouteBody, Serving, SessionId, Side, Site,
        SocketKind, Uploads,
    },
    ui::{
        action::{Action, Pick},
        views::{
            shared::{
                access::{Access, Way},
                moving::Moving,
            },
            site::{SiteInput, SitePanel},
        },
    },
};

use crate::drawn::drawn;

const URL: &str = "http://192.168.1.5:8000/";

/// A listener as the window knows it: what the panel asks for holds from the next frame on.
struct Shown {
    panel: SitePanel,
    site: Site,
    serving: Serving,
    here_only: bool,
    token: Option<String>,
    moving: Vec<Moving>,
    journal: Arc<Journal>,
    asked: Vec<Action>,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            panel: SitePanel::default(),
            site: Site::Welcome,
            serving: Serving::default(),
            here_only: false,
            token: None,
            moving: Vec::new(),
            journal: Journal::new(Budget::default()),
            asked: Vec::new(),
        }
    }
}

impl Shown {
    fn routes(&self) -> &[Route] {
        if let Site::Routes(routes) = &self.site { routes } else { &[] }
    }
}

fn show(shown: Shown) -> Harness<'static, Shown> {
    drawn([1000.0, 1600.0], shown, |ui, shown: &mut Shown| {
        let input = SiteInput {
            session: SessionId(1),
            url: URL,
            access: &Access {
                session: SessionId(1),
                here_only: shown.here_only,
                can_move: true,
                datagrams: false,
                ways: vec![Way { adapter: "LAN eth0".to_owned(), address: URL.to_owned() }],
            },
            site: &shown.site,
            serving: &shown.serving,
            token: shown.token.as_deref(),
            moving: &shown.moving,
            journal: &shown.journal,
        };
        let mut asked = Vec::new();
        shown.panel.show(ui, &input, &mut asked);
        for action in asked {
            if let Action::Serve { site, serving, .. } = &action {
                shown.site = site.clone();
                shown.serving = serving.clone();
            }
            shown.asked.push(action);
        }
    })
}

fn click(harness: &mut Harness<'static, Shown>, role: Role, name: &str) {
    harness.get_by_role_and_label(role, name).click();
    harness.run_steps(4);
}

/// Puts `text` in place of what a field holds, and leaves the field.
fn write(harness: &mut Harness<'static, Shown>, field: &str, text: &str) {
    let has_lines = field.starts_with("Headers") || field.starts_with("Text of");
    let role = if has_lines { Role::MultilineTextInput } else { Role::TextInput };
    harness.get_by_role_and_label(role, field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    harness.get_by_role_and_label(role, field).type_text(text);
    harness.run_steps(2);
    harness.key_press(egui::Key::Tab);
    harness.run_steps(3);
}

#[test]
fn permissions_hold_as_soon_as_they_are_given() {
    let mut harness = show(Shown { token: Some("abc".to_owned()), ..Shown::default() });
    assert!(harness.query_by_label_contains("X-Socketlab-Token").is_none(), "nothing is taken yet");
    click(&mut harness, Role::CheckBox, "Exchange text and pictures with this window");
    assert!(harness.state().serving.board);
    click(&mut harness, Role::CheckBox, "Close each connection after one answer");
    assert!(harness.state().serving.close_each);
    click(&mut harness, Role::CheckBox, "Answer to any host name");
    assert!(harness.state().serving.any_host);
    // What is about folders is there for folders.
    let listing = "Show the list even where there is an index.html";
    assert!(harness.query_by_role_and_label(Role::CheckBox, listing).is_none());
    harness.state_mut().site = Site::Folder("/tmp".into());
    harness.run_steps(2);
    click(&mut harness, Role::CheckBox, listing);
    assert!(harness.state().serving.listing);
    // Uploads are on when there is a folder for them, and not while it is being typed.
    click(&mut harness, Role::CheckBox, "Put files into a folder of this PC");
    assert_eq!(harness.state().serving.uploads, None);
    click(&mut harness, Role::Button, "Browse");
    assert_eq!(harness.state().asked.last(), Some(&Action::Choose(Pick::UploadFolder)));
    assert!(harness.query_by_label_contains("Choose the folder first").is_some());
    write(&mut harness, "Folder for uploads", "/tmp/in");
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("Choose the folder first").is_none());
    let uploads = harness.state().serving.uploads.clone().unwrap();
    assert_eq!((uploads.folder, uploads.limit), (PathBuf::from("/tmp/in"), Uploads::default().limit));
    write(&mut harness, "Megabytes of one upload", "25");
    assert_eq!(harness.state().serving.uploads.as_ref().unwrap().limit, 25_000_000);
    write(&mut harness, "Megabytes of one upload", "much");
    assert!(harness.query_by_label_contains("A whole number of megabytes").is_some());
    assert_eq!(
        harness.state().serving.uploads.as_ref().unwrap().limit,
        25_000_000,
        "what makes no sense changes nothing"
    );
    click(&mut harness, Role::Button, "Copy the header");
    let copied = harness
        .state()
        .asked
        .iter()
        .any(|action| matches!(action, Action::Copy(text) if text == "X-Socketlab-Token: abc"));
    assert!(copied, "{:?}", harness.state().asked);
    click(&mut harness, Role::CheckBox, "Put files into a folder of this PC");
    assert_eq!(harness.state().serving.uploads, None);
}

#[test]
fn the_address_is_there_to_copy_and_to_point_a_camera_at() {
    let mut harness = show(Shown::default());
    click(&mut harness, Role::Button, &format!("Copy {URL}"));
    assert!(harness.state().asked.iter().any(|action| matches!(action, Action::Copy(text) if text == URL)));
    assert!(harness.query_by_role_and_label(Role::Image, &format!("QR code of {URL}")).is_some());
    // Where only this PC can open it, a phone has nothing to point at.
    let mut harness = show(Shown { here_only: true, ..Shown::default() });
    assert!(harness.query_by_role(Role::Image).is_none());
    assert!(harness.query_by_label_contains("Only programs on this PC can reach it").is_some());
    click(&mut harness, Role::Button, "Let other PCs in");
    assert!(harness.state().asked.contains(&Action::Rebind(SessionId(1), "*".into())));
}

#[test]
fn routes_are_edited_while_they_answer() {
    let route =
        |path: &str| Route { path: path.to_owned(), answer: RouteBody::Text("one".to_owned()), ..Route::default() };
    let mut harness = show(Shown { site: Site::Routes(vec![route("/a")]), ..Shown::default() });
    write(&mut harness, "Path", "/b/*");
    write(&mut harness, "Status", "418");
    write(&mut harness, "Delay in milliseconds", "250");
    write(&mut harness, "Headers, one Name: value a line", "X-One: 1");
    write(&mut harness, "Text of the answer", "short and stout");
    let expected = Route {
        method: "GET".to_owned(),
        path: "/b/*".to_owned(),
        status: 418,
        headers: vec![("X-One".to_owned(), "1".to_owned())],
        answer: RouteBody::Text("short and stout".to_owned()),
        delay_ms: 250,
    };
    assert_eq!(harness.state().routes(), std::slice::from_ref(&expected));
    // What makes no sense is said, and the last table that did goes on answering.
    for (field, wrong, words) in [
        ("Status", "99", "Use a status from 200 to 599"),
        ("Path", "nowhere", "Begin the path with / or *"),
        ("Delay in milliseconds", "99999", "Wait 60000 ms at most"),
        ("Headers, one Name: value a line", "no colon", "Name: value on one line"),
    ] {
        let mut harness = show(Shown { site: Site::Routes(vec![expected.clone()]), ..Shown::default() });
        write(&mut harness, field, wrong);
        assert!(harness.query_by_label_contains(words).is_some(), "{words}");
        assert_eq!(harness.state().routes(), std::slice::from_ref(&expected), "{field}");
        assert!(harness.query_by_label_contains("routes from before go on answering").is_some(), "{field}");
    }
    assert!(harness.query_by_label_contains("routes from before").is_none());
    // All mistakes at once, not one after the other.
    let mut all = show(Shown { site: Site::Routes(vec![expected.clone()]), ..Shown::default() });
    for (field, wrong) in
        [("Status", "x"), ("Path", "nowhere"), ("Headers, one Name: value a line", "Connection: x\nno")]
    {
        write(&mut all, field, wrong);
    }
    for words in ["Begin the path", "Use a status", "Name: value on one line", "Leave length and connection"] {
        assert_eq!(
            all.query_all_by_label_contains(words).filter(|node| node.accesskit_node().role() == Role::Label).count(),
            1,
            "{words}"
        );
    }
    // Another one, above the first, and gone again.
    click(&mut harness, Role::Button, "Add a route");
    assert_eq!(harness.state().routes().len(), 2);
    harness.get_all_by_role_and_label(Role::Button, "Move up").last().unwrap().click();
    harness.run_steps(4);
    assert_eq!(harness.state().routes()[1], expected);
    harness.get_all_by_role_and_label(Role::Button, "Remove").next().unwrap().click();
    harness.run_steps(4);
    assert_eq!(harness.state().routes(), [expected]);
}

#[test]
fn what_is_on_its_way_is_shown() {
    let moving = |name: &str, inbound, moved, total| Moving {
        peer: "10.0.0.7:5000".to_owned(),
        name: name.to_owned(),
        inbound,
        moved,
        total,
    };
    let serving = Serving { board: true, ..Serving::default() };
    let mut harness = show(Shown { serving, ..Shown::default() });
    assert!(harness.query_by_label("On its way").is_none());
    let state = harness.state_mut();
    state.moving = vec![moving("/large.bin", false, 25_000_000, 100_000_000), moving("unknown.png", true, 5_000, 0)];
    harness.run_steps(4);
    for words in ["/large.bin", "25.0 MB of 100.0 MB", "unknown.png", "5.0 kB"] {
        assert!(harness.query_all_by_label_contains(words).next().is_some(), "{words}");
    }
    assert_eq!(harness.get_all_by_role(Role::ProgressIndicator).count(), 2);
}

#[test]
fn requests_are_listed_with_their_way_to_the_journal() {
    let shown = Shown::default();
    let identity = Identity {
        id: ConnectionId(1),
        session: SessionId(1),
        side: Side::Accepted,
        names: Names { local: Name::parse("192.168.1.5:8000"), peer: Name::parse("10.0.0.7:5000") },
        descriptor: None,
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    let connection = Connection::new(identity, Arc::clone(&shown.journal));
    for (method, target, status) in [("GET", "/pic.jpg", 200), ("", "", 505)] {
        let http = Answered { method: method.to_owned(), target: target.to_owned(), status, ..Answered::default() };
        connection.fact(Event::Answered, &Detail { http: Some(http), sent: Some(60_000), ..Detail::default() }, None);
    }
    let mut harness = show(shown);
    assert!(harness.query_by_label_contains("a request that could not be read, 505").is_some());
    harness.get_by_label_contains("GET /pic.jpg, 200").click();
    harness.run_steps(3);
    assert!(harness.state().asked.iter().any(|action| matches!(action, Action::ShowRecord(_))));
}
