//! How the window looks: pictures of its parts in both themes and languages, held against those in `snapshots/`.
//!
//! Painted on the processor ([`crate::raster`]), so they need no graphics card and no display. `UPDATE_SNAPSHOTS=1` keeps
//! the new ones; a person looks at them before they are committed.

use std::{io::IoSlice, process::Command, sync::Arc};

use egui::{Color32, Theme, Ui, Vec2, vec2};
use egui_kittest::Harness;
use socketlab::{
    journal::{Connection, Identity, Journal, NewObject, Objects, Place},
    model::{
        By, ConnectionId, Detail, Direction, Encoding, Encodings, Event, Name, Names, Page, SessionId, Side,
        SocketKind, State,
    },
    ui::{
        action::Action,
        forms::{
            connect_form::{ConnectData, ConnectForm},
            listen_form::{ListenData, ListenForm},
        },
        icons, kit, theme,
        views::{
            conversation::{Conversation, ConversationInput, Whose},
            http::{Http, HttpInput, PagePicture},
            journal::JournalView,
            ladder::{Ladder, LadderInput},
            start::{self, StartData, StartPage},
            stream::{StreamInput, StreamView},
        },
    },
    words::{self, Language},
};

use crate::{
    clock::{Hands, SECOND},
    drawn::{NoPixels, all_of},
    raster::{Screen, assert_looks},
};

/// Which theme and language a picture is in.
#[derive(Clone, Copy)]
struct Dress {
    theme: Theme,
    tag: &'static str,
}

const LIGHT: Dress = Dress { theme: Theme::Light, tag: "en" };
const DARK: Dress = Dress { theme: Theme::Dark, tag: "en" };
const CHINESE: Dress = Dress { theme: Theme::Light, tag: "zh-CN" };

/// Draws a part of the window until it is at rest, and holds it against the kept picture.
fn looks(name: &str, size: impl Into<Vec2>, dress: Dress, mut show: impl FnMut(&mut Ui, &mut Vec<Action>)) {
    words::set_language(Language::of_tag(dress.tag).unwrap());
    let screen = Screen::default();
    let mut ready = false;
    let mut actions = Vec::new();
    let mut harness = Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_os(egui::os::OperatingSystem::Nix)
        .renderer(screen.clone())
        .build_ui(|ui| {
            if std::mem::replace(&mut ready, true) {
                show(ui, &mut actions);
            } else {
                theme::install(ui.ctx());
                ui.ctx().set_theme(dress.theme);
            }
        });
    harness.run_steps(30);
    let background = background(&harness.ctx);
    let image = screen.paint(&harness.ctx, harness.output(), background);
    assert_looks(name, &image);
    words::set_language(Language::ENGLISH);
}

fn background(ctx: &egui::Context) -> Color32 {
    ctx.global_style().visuals.panel_fill
}

fn connection(journal: &Arc<Journal>, id: u32, side: Side) -> Arc<Connection> {
    let names = Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse("127.0.0.1:51234") };
    let identity = Identity {
        id: ConnectionId(id),
        session: SessionId(1),
        side,
        names,
        descriptor: Some(17),
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, Arc::clone(journal))
}

/// A talk of a minute: text, binary, text in Chinese, and the end of it.
fn talk(clock: &Hands, journal: &Arc<Journal>) -> Arc<Connection> {
    let connection = connection(journal, 1, Side::Accepted);
    connection.fact(Event::Accepted, &Detail::default(), None);
    let messages: [(Event, &[u8]); 7] = [
        (Event::Recv, b"hello, is anybody there?\n"),
        (Event::Send, b"HELLO, IS ANYBODY THERE?\n"),
        (Event::Recv, "你好，世界\n".as_bytes()),
        (Event::Send, "你好，世界\n".as_bytes()),
        (Event::Recv, &[2, b'T', b'E', b'M', b'P', b'=', b'2', b'1', b'.', b'5', 3]),
        (Event::Send, &[6]),
        (Event::Recv, &[0, 255, 17, 42, 128, 200, 1, 2, 3, 250, 251, 252]),
    ];
    for (event, bytes) in messages {
        clock.pass(4 * SECOND + 123_456_789);
        connection.traffic(event, &[IoSlice::new(bytes)], bytes.len(), bytes.len());
    }
    clock.pass(SECOND);
    connection.fact(Event::HalfClosed, &Detail { by: Some(By::Peer), ..Detail::default() }, Some(State::CloseWait));
    connection
}

fn gallery(ui: &mut Ui) {
    ui.add_space(12.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        kit::primary_button(ui, icons::BROADCAST, words::tr("Listen"));
        kit::button(ui, icons::PLUGS, words::tr("Connect"));
        kit::quiet_button(ui, None, words::tr("Cancel"));
        kit::danger_button(ui, icons::STOP, words::tr("Stop"));
        kit::icon_button(ui, icons::X, words::tr("Close"));
        kit::badge(ui, 3, words::tr("New"));
    });
    ui.add_space(12.0);
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        let mut chosen = 1;
        kit::segmented(ui, "", &mut chosen, &[(0, words::tr("Text")), (1, words::tr("Hex")), (2, words::tr("File"))]);
        let mut on = true;
        kit::checkbox(ui, &mut on, words::tr("No motion"));
    });
    ui.add_space(12.0);
    let mut text = "127.0.0.1".to_owned();
    ui.horizontal(|ui| {
        ui.add_space(12.0);
        ui.add(kit::TextField::new(words::tr("Host"), &mut text).mono(true).width(220.0));
        ui.add(kit::TextField::new(words::tr("Port"), &mut text).mono(true).width(90.0).error(true));
    });
}

/// Clock times are local: the pictures are made in a process of their own, where the zone is known.
#[test]
fn every_part_looks_as_it_was_kept() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "looks::pictures", "--nocapture"])
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{}{said}", String::from_utf8_lossy(&child.stdout));
}

#[test]
#[ignore = "the child of the test above"]
fn pictures() {
    for (name, dress) in [("light", LIGHT), ("dark", DARK), ("zh", CHINESE)] {
        looks(&format!("kit-{name}"), vec2(520.0, 150.0), dress, |ui, _| gallery(ui));
        start_page(&format!("start-{name}"), vec2(1032.0, 700.0), dress);
    }
    start_page("start-narrow", vec2(640.0, 560.0), LIGHT);

    let clock = Hands::default();
    let journal = clock.journal();
    let objects = Arc::new(Objects::new(1 << 20));
    let connection = talk(&clock, &journal);
    for (name, dress) in [("light", LIGHT), ("dark", DARK), ("zh", CHINESE)] {
        let mut view = Conversation::default();
        looks(&format!("conversation-{name}"), vec2(744.0, 520.0), dress, |ui, actions| {
            let input = ConversationInput {
                whose: Whose::One(&connection),
                journal: &journal,
                objects: &objects,
                pictures: &NoPixels,
                encoding: Encoding::Utf8,
                keeping: None,
            };
            view.show(ui, &input, actions);
        });
    }
    let mut view = Ladder::default();
    looks("ladder", vec2(744.0, 560.0), LIGHT, |ui, actions| {
        let listening = Name::parse("127.0.0.1:8000");
        let listening = Some((&listening, 16));
        let input = LadderInput { connection: &connection, encoding: Encoding::Utf8, peer: None, listening };
        view.show(ui, &input, actions);
    });
    let mut view = StreamView::default();
    looks("stream", vec2(744.0, 520.0), DARK, |ui, actions| {
        view.show(ui, &StreamInput { connection: &connection, encoding: Encoding::Utf8, peer: None }, actions);
    });
    let encodings = Encodings::default();
    let mut view = JournalView::default();
    looks("journal", vec2(1032.0, 560.0), LIGHT, |ui, actions| {
        view.show(ui, &all_of(&journal, &objects, &encodings), actions);
    });
    let page = answer(&objects);
    let mut view = Http::default();
    looks("http", vec2(744.0, 520.0), LIGHT, |ui, actions| {
        let input = HttpInput {
            page: Some(&page),
            loading: false,
            received: 0,
            failure: None,
            picture_of: &|_| PagePicture::NotAsked,
            objects: &objects,
            pictures: &NoPixels,
        };
        view.show(ui, &input, actions);
    });
}

fn start_page(name: &str, size: Vec2, dress: Dress) {
    let (mut page, mut listen, mut connect) = (StartPage::default(), ListenForm::default(), ConnectForm::default());
    looks(name, size, dress, |ui, actions| {
        let mut data = StartData {
            last_time: 2,
            listen: &mut listen,
            listen_data: ListenData::default(),
            connect: &mut connect,
            connect_data: ConnectData::default(),
        };
        start::show(ui, &mut page, &mut data, actions);
    });
}

fn answer(objects: &Objects) -> Arc<Page> {
    let bytes = br#"{"name": "socketlab", "ports": [8000, 8001], "open": true}"#;
    let id = objects.put(NewObject {
        session: SessionId(1),
        connection: ConnectionId(0),
        direction: Direction::Inbound,
        place: Place::Body { start: 0, end: bytes.len() as u64 },
        first: 1,
        last: 1,
        name: String::new(),
        picture: None,
        bytes: bytes.to_vec(),
    });
    Arc::new(Page {
        start_line: "HTTP/1.1 200 OK".into(),
        status: 200,
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: Some(id),
        length: bytes.len() as u64,
        micros: 1234,
        ..Page::default()
    })
}
