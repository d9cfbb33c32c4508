//! The real window, driven from outside through its accessibility tree as a new user would: first start, try it, text
//! and a picture echoed, both names in the inspector; and what a restart keeps.
//!
//! Needs a display (`DISPLAY`, a virtual one will do) and the feature `inspection`:
//! `cargo test --features inspection --test window`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, helpers included")]

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit};
use egui_inspection::{Request, Response, read_message, write_message};

const PATIENCE: Duration = Duration::from_secs(30);

/// A running window and the way into it.
struct Window {
    child: Child,
    stream: TcpStream,
}

/// How the program is started: with a home of its own, in English, and where to reach the window.
fn program(home: &Path) -> (Command, SocketAddr) {
    assert!(std::env::var_os("DISPLAY").is_some(), "no DISPLAY: start a virtual one, for example Xvfb :77");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_socketlab"));
    program
        .env("LC_ALL", "C.UTF-8")
        .env_remove("LANGUAGE")
        .env("EGUI_INSPECTION", free.to_string())
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_STATE_HOME", home)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .stdin(Stdio::null());
    (program, free)
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A node with a place on the screen.
#[derive(Clone, Debug)]
struct Node {
    text: String,
    centre: Pos2,
}

impl Window {
    fn start(home: &Path) -> Self {
        Self::open(home, &[])
    }

    fn open(home: &Path, what: &[&str]) -> Self {
        let (mut program, free) = program(home);
        program.args(what);
        Self::reach(program, free)
    }

    fn reach(mut program: Command, free: SocketAddr) -> Self {
        let child = program.spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        let mut stream = loop {
            match TcpStream::connect(free) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < deadline, "the window never opened: {error}"),
            }
            thread::sleep(Duration::from_millis(50));
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut greeting = [0; 8];
        stream.read_exact(&mut greeting).unwrap();
        Self { child, stream }
    }

    fn ask(&mut self, request: &Request) -> Response {
        write_message(&mut self.stream, request).unwrap();
        read_message(&mut self.stream).unwrap()
    }

    fn nodes(&mut self) -> Vec<Node> {
        let Response::Tree { accesskit: Some(tree), .. } = self.ask(&Request::GetTree) else { return Vec::new() };
        tree.nodes
            .iter()
            .filter(|(_, node)| node.role() != accesskit::Role::TextRun)
            .filter_map(|(_, node)| {
                let place = node.bounds()?;
                let words = [node.label(), node.value(), node.description(), node.placeholder()];
                let text = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
                #[expect(clippy::cast_possible_truncation, reason = "points on a screen")]
                let centre =
                    Pos2::new(f64::midpoint(place.x0, place.x1) as f32, f64::midpoint(place.y0, place.y1) as f32);
                Some(Node { text, centre })
            })
            .collect()
    }

    /// The first node whose text contains `part`, once it is there.
    fn find(&mut self, part: &str) -> Node {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let nodes = self.nodes();
            if let Some(node) = nodes.iter().find(|node| node.text.contains(part)) {
                return node.clone();
            }
            assert!(Instant::now() < deadline, "“{part}” never came; there is {nodes:#?}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn events(&mut self, events: Vec<Event>) {
        assert!(matches!(self.ask(&Request::ApplyEvents { events }), Response::Done));
    }

    fn click(&mut self, part: &str) {
        // A page or dialog that has just come may still be settling.
        let mut pos = self.find(part).centre;
        loop {
            thread::sleep(Duration::from_millis(50));
            let before = std::mem::replace(&mut pos, self.find(part).centre);
            if before == pos {
                break;
            }
        }
        let button =
            |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        self.events(vec![Event::PointerMoved(pos)]);
        self.events(vec![button(true)]);
        self.events(vec![button(false)]);
    }

    /// Clicks until what it brings is there: the screen may tell the window of its own pointer in the middle of a click.
    fn click_for(&mut self, part: &str, brings: &str) -> Node {
        let deadline = Instant::now() + PATIENCE;
        while self.count(brings) == 0 {
            assert!(Instant::now() < deadline, "“{part}” never brought “{brings}”");
            if self.count(part) > 0 {
                self.click(part);
            }
            thread::sleep(Duration::from_millis(500));
        }
        self.find(brings)
    }

    fn press(&mut self, key: Key, modifiers: Modifiers) {
        let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        // Two frames: from the last stop to the first one Tab takes both.
        self.events(vec![event(true)]);
        self.events(vec![event(false)]);
    }

    /// What has the keyboard, and everything that could have it, with the names of those that a screen reader reads out.
    fn keyboard(&mut self) -> (accesskit::NodeId, BTreeMap<accesskit::NodeId, String>) {
        let Response::Tree { accesskit: Some(tree), .. } = self.ask(&Request::GetTree) else { panic!("no tree") };
        let nodes: BTreeMap<_, _> = tree.nodes.iter().map(|(id, node)| (*id, node)).collect();
        let name = |node: &accesskit::Node| {
            let labels = node.labelled_by().iter().filter_map(|label| nodes.get(label));
            let labels = labels.filter_map(|label| label.label().or(label.value()));
            node.label().map(str::to_owned).into_iter().chain(labels.map(str::to_owned)).collect::<String>()
        };
        // Rows are walked with the arrows, bars scroll by keys, and text is only read.
        let passed = |role| {
            use accesskit::Role::{GenericContainer, Label, ListBoxOption, ScrollBar, TextRun, Unknown, Window};
            matches!(role, GenericContainer | Label | ListBoxOption | ScrollBar | TextRun | Unknown | Window)
        };
        let able = nodes.iter().filter(|(_, node)| node.supports_action(accesskit::Action::Click));
        let able = able.filter(|(_, node)| !passed(node.role()) && !node.is_disabled());
        (tree.focus, able.map(|(id, node)| (*id, name(node))).collect())
    }

    /// Presses Tab until it comes back to where it began; everything in the window that was not there `before` is
    /// reached, each once, and has a name.
    fn walk(&mut self, before: &BTreeMap<accesskit::NodeId, String>) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            self.press(Key::Tab, Modifiers::NONE);
            let (focus, _) = self.keyboard();
            if seen.first() == Some(&focus) {
                break;
            }
            assert!(!seen.contains(&focus) && seen.len() < 200, "a trap");
            seen.push(focus);
        }
        let (_, able) = self.keyboard();
        for (id, name) in able.iter().filter(|(id, _)| !before.contains_key(id)) {
            assert!(seen.contains(id), "Tab never comes to “{name}”");
            assert!(!name.is_empty(), "{id:?} has no name");
        }
        seen.iter().filter_map(|id| able.get(id).cloned()).collect()
    }

    /// The right edge of what is drawn, in points.
    fn width(&mut self) -> f64 {
        let Response::Tree { accesskit: Some(tree), .. } = self.ask(&Request::GetTree) else { return 0.0 };
        tree.nodes.iter().filter_map(|(_, node)| node.bounds()).map(|place| place.x1).fold(0.0, f64::max)
    }

    /// How often `part` stands in the window.
    fn count(&mut self, part: &str) -> usize {
        self.nodes().iter().filter(|node| node.text.contains(part)).count()
    }
}

fn picture(path: &Path) {
    let pixels = image::RgbImage::from_fn(320, 240, |x, y| {
        image::Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y).unwrap(), 90])
    });
    pixels.save(path).unwrap();
}

#[test]
fn a_new_user_tries_it_and_sees_text_picture_and_both_names() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("picture.png");
    picture(&file);
    let mut window = Window::start(home.path());

    window.find("A socket is one end of a conversation");
    window.click_for("Try it on this PC", "can you hear me?");
    window.find("Local name");
    window.find("Peer name");
    window.find("ESTABLISHED");

    // The keyboard is in the send box already.
    window.events(vec![Event::Text("不要回答".into())]);
    window.press(Key::Enter, Modifiers::NONE);
    let deadline = Instant::now() + PATIENCE;
    while window.count("不要回答") < 2 {
        assert!(Instant::now() < deadline, "the text was not echoed");
        thread::sleep(Duration::from_millis(50));
    }

    // Another program sends a picture to the listener that the window runs.
    let listener = window.find("Echo on 127.0.0.1:").text;
    let address = listener.split("Echo on ").nth(1).unwrap().split_whitespace().next().unwrap();
    let sent = Command::new(env!("CARGO_BIN_EXE_socketlab"))
        .args(["connect", address, "--send-file"])
        .arg(&file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    assert!(sent.status.success());
    assert_eq!(sent.stdout, fs::read(&file).unwrap());
    window.click_for("closed 127.0.0.1:", "PNG 320×240");
    window.find("the same picture, echoed");
    window.find("CLOSED");

    window.click("Journal");
    window.find("half_closed");
    window.find("不要回答");
}

#[test]
fn zoom_and_window_size_survive_even_a_sudden_end() {
    let home = tempfile::tempdir().unwrap();
    let mut window = Window::start(home.path());
    window.find("A socket is one end of a conversation");
    window.ask(&Request::Resize { width: 1100, height: 700 });
    window.press(Key::Plus, Modifiers::COMMAND);
    let zoomed = zoom(&mut window);
    assert_ne!(zoomed, "100 %");
    let width = window.width();
    // Kept in points of the system, whatever the zoom; the program is killed as soon as that is written.
    let deadline = Instant::now() + PATIENCE;
    while !(kept(home.path()).contains("width = 1100.0") && kept(home.path()).contains("zoom = 1.1")) {
        assert!(Instant::now() < deadline, "the size was not kept: {}", kept(home.path()));
        window.events(vec![Event::PointerMoved(Pos2::new(10.0, 300.0))]);
        thread::sleep(Duration::from_millis(200));
    }
    drop(window);

    let mut window = Window::start(home.path());
    window.find("A socket is one end of a conversation");
    assert_eq!(zoom(&mut window), zoomed);
    assert!((window.width() - width).abs() < 2.0, "{} is not {width}", window.width());
}

#[test]
fn what_was_chosen_in_the_views_and_in_a_session_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let session = home.path().join("lesson.socketlab");
    fs::write(&session, format!("socketlab = 1\n[[client]]\nport = {port}\nencoding = 'Gbk'\n")).unwrap();
    let connected = || {
        let mut window = Window::open(home.path(), &[&session.to_string_lossy()]);
        window.find("Connect to 127.0.0.1:");
        window.click_for("Start all", "Encoding GBK");
        window
    };
    let mut window = connected();
    window.find("Text to send");
    window.click_for("Hex", "Bytes to send, in hex");
    window.click_for("Ladder", "Times");
    window.click("Times");
    let deadline = Instant::now() + PATIENCE;
    while !(kept(home.path()).contains("send = \"Hex\"") && kept(home.path()).contains("times = true")) {
        assert!(Instant::now() < deadline, "the choices were not kept: {}", kept(home.path()));
        thread::sleep(Duration::from_millis(50));
    }
    drop(window);
    connected().find("Bytes to send, in hex");
}

#[test]
fn rubbish_settings_are_set_aside_and_a_session_starts_by_its_button_with_either_renderer() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("socketlab");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("settings.toml"), b"zoom = = \xff").unwrap();
    let session = home.path().join("lesson.socketlab");
    fs::write(&session, "socketlab = 1\n[[listener]]\nport = 0\n[[message]]\nname = 'alive'\ncontent = 'ping'\n")
        .unwrap();
    for renderer in ["glow", "wgpu"] {
        let mut window = Window::open(home.path(), &["--renderer", renderer, &session.to_string_lossy()]);
        window.find("Listen at 127.0.0.1:0");
        window.click_for("Start all", "Echo on 127.0.0.1:");
        // The broken file is told of once; what is taken is kept at once.
        let deadline = Instant::now() + PATIENCE;
        while !fs::read_to_string(folder.join("settings.toml")).unwrap_or_default().contains("name = \"alive\"") {
            assert!(Instant::now() < deadline, "what was taken is not kept");
            thread::sleep(Duration::from_millis(50));
        }
    }
    let aside = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    assert_eq!(aside.filter(|name| name.starts_with("settings.toml.broken-")).count(), 1);
    let kept = fs::read_to_string(folder.join("settings.toml")).unwrap();
    assert_eq!(kept.matches("name = \"alive\"").count(), 1, "{kept}");
}

/// Everything that is kept between runs.
fn kept(home: &Path) -> String {
    fs::read_to_string(home.join("socketlab").join("settings.toml")).unwrap_or_default()
}

/// The port of a listener that the window runs, started from a session file.
fn listening(window: &mut Window) -> u16 {
    window.find("Listen at 127.0.0.1:0");
    let row = window.click_for("Start all", "Echo on 127.0.0.1:").text;
    let port = row.split("127.0.0.1:").nth(1).unwrap().split(|char: char| !char.is_ascii_digit()).next().unwrap();
    port.parse().unwrap()
}

#[test]
fn a_fault_of_the_window_itself_is_reported_and_leaves_nothing_open() {
    let home = tempfile::tempdir().unwrap();
    let session = home.path().join("lesson.socketlab");
    fs::write(&session, "socketlab = 1\n[[listener]]\nport = 0\n").unwrap();
    let (mut command, free) = program(home.path());
    // No program that could show a box: it would stay.
    command.arg(&session).env("PATH", "").stderr(Stdio::piped());
    let mut window = Window::reach(command, free);
    let port = listening(&mut window);
    let mut caller = TcpStream::connect(("127.0.0.1", port)).unwrap();
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    std::io::Write::write_all(&mut caller, b"a secret").unwrap();
    let mut answer = [0; 8];
    caller.read_exact(&mut answer).unwrap();

    let keys = Modifiers { ctrl: true, alt: true, command: true, ..Modifiers::NONE };
    let key = Event::Key { key: Key::F12, physical_key: None, pressed: true, repeat: false, modifiers: keys };
    // Nobody answers any more.
    write_message(&mut window.stream, &Request::ApplyEvents { events: vec![key] }).unwrap();
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = window.child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "it goes on");
        thread::sleep(Duration::from_millis(50));
    };
    let mut said = String::new();
    window.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "somebody listens still");
    assert!(matches!(caller.read(&mut answer), Ok(0) | Err(_)));

    let path = said.lines().rev().find_map(|line| line.split("Report: ").nth(1)).unwrap();
    let report = fs::read_to_string(path).unwrap();
    for part in [
        concat!("Socketlab ", env!("CARGO_PKG_VERSION")),
        "what: asked for by a test",
        "where: src/app/window.rs:",
        "thread: main",
        "opening the window with",
        std::env::consts::ARCH,
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("secret") && said.contains("has closed everything it had open"), "{said}");
}

#[test]
fn a_window_comes_although_its_place_was_kept_as_nonsense_and_wayland_is_dead() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("socketlab");
    fs::create_dir(&folder).unwrap();
    let nonsense = "[window]\nwidth = nan\nheight = -5.0\ncorner = [1e9, 0.0]\nsessions = 1e30\n";
    fs::write(folder.join("settings.toml"), nonsense).unwrap();
    let (mut command, free) = program(home.path());
    command.env("WAYLAND_DISPLAY", "no-such").env("XDG_RUNTIME_DIR", home.path());
    let mut window = Window::reach(command, free);
    window.find("A socket is one end of a conversation");
    assert!((1200.0..=1280.0).contains(&window.width()), "{}", window.width());
}

#[test]
fn a_home_that_cannot_be_written_is_said_and_everything_else_works() {
    let home = tempfile::tempdir().unwrap();
    // A file in the place of a folder: nobody can write below it, root neither.
    let file = home.path().join("file");
    fs::write(&file, b"").unwrap();
    let (mut command, free) = program(home.path());
    command.env("XDG_CONFIG_HOME", &file).env("XDG_STATE_HOME", &file);
    let mut window = Window::reach(command, free);
    window.find("A socket is one end of a conversation");
    window.press(Key::Plus, Modifiers::COMMAND);
    window.find("Settings cannot be kept");
    window.click_for("Try it on this PC", "can you hear me?");
}

/// The zoom in the status bar: `110 %`.
fn zoom(window: &mut Window) -> String {
    let text = window.find(" % ").text;
    text.split(" % ").next().unwrap().to_owned() + " %"
}

#[test]
fn the_keyboard_alone_reaches_everything_and_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let mut window = Window::start(home.path());
    window.find("A socket is one end of a conversation");
    let reached = window.walk(&BTreeMap::new());
    for name in ["Listen", "File", "Settings", "Find in journal", "Port", "Answer with", "Browse the labs"] {
        assert!(reached.iter().any(|known| known.starts_with(name)), "{name}: {reached:?}");
    }
    let dialogs = [
        (Key::L, Modifiers::COMMAND, "Who may connect"),
        (Key::O, Modifiers::COMMAND, "Host or URL"),
        (Key::Comma, Modifiers::COMMAND, "Reset all settings"),
        (Key::F1, Modifiers::NONE, "Ideas"),
        (Key::K, Modifiers::COMMAND, "Find a command"),
    ];
    for (key, modifiers, inside) in dialogs {
        let (below, before) = window.keyboard();
        window.press(key, modifiers);
        let reached = window.walk(&before);
        assert!(reached.iter().any(|name| name.starts_with(inside)), "{inside}: {reached:?}");
        window.press(Key::Escape, Modifiers::NONE);
        let deadline = Instant::now() + PATIENCE;
        while window.keyboard().0 != below {
            assert!(Instant::now() < deadline, "the keyboard did not come back from “{inside}”");
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(window.keyboard().1.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    }

    // A menu that a key opens has the keyboard, and gives it back.
    let mut name = String::new();
    while name != "File" {
        window.press(Key::Tab, Modifiers::NONE);
        let (focus, able) = window.keyboard();
        name = able.get(&focus).cloned().unwrap_or_default();
    }
    let (button, _) = window.keyboard();
    window.press(Key::Enter, Modifiers::NONE);
    window.find("Serve a folder of pictures…");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (focus, able) = window.keyboard();
        if able.get(&focus).is_some_and(|name| name == "Open…") {
            break;
        }
        assert!(Instant::now() < deadline, "the menu has not the keyboard");
        thread::sleep(Duration::from_millis(20));
    }
    window.press(Key::Escape, Modifiers::NONE);
    let deadline = Instant::now() + PATIENCE;
    while window.keyboard().0 != button {
        assert!(Instant::now() < deadline, "the button has not the keyboard");
        thread::sleep(Duration::from_millis(20));
    }
}
