//! How long the real window keeps a person waiting while pictures of 108 megapixels are opened, dragged and zoomed, beside a
//! small one in the same window; and what they take of memory.
//!
//! `cargo bench --features inspection --bench pictures` needs a display (`DISPLAY`; a virtual one will do). Every number is the time
//! from an event that goes in to the end of the frame that took it: with one event after another, the longest of them is the longest
//! that the window stood still. On Linux, the time in which the window's thread was ready and other programs had the processor is taken
//! off; behind it stand the processor time of that thread, drawing included where there is no graphics card, and what the clock on the
//! wall said. Fails when a frame of a large picture takes 50 ms more than the longest of the small one.

#![expect(clippy::unwrap_used, reason = "a bench may fail loudly, helpers included")]

use std::{
    fs,
    io::Read as _,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};
use egui_inspection::{Request, Response, read_message, write_message};

const PATIENCE: Duration = Duration::from_mins(2);
/// What a frame of a large picture may take longer than the longest of a small one.
const LIMIT: Duration = Duration::from_millis(50);
const WIDTH: u32 = 12_000;
const HEIGHT: u32 = 9_000;

struct Window {
    child: Child,
    stream: TcpStream,
    since: Instant,
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Window {
    fn open(home: &Path, files: &[&Path]) -> Self {
        assert!(std::env::var_os("DISPLAY").is_some(), "no DISPLAY: start a virtual one, for example Xvfb :77");
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_socketlab"))
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .args(files)
            .env("EGUI_INSPECTION", free.to_string())
            .env("XDG_CONFIG_HOME", home)
            .env("XDG_STATE_HOME", home)
            // Where the processor draws, the window's thread does it, so that its time is the whole of it.
            .env("LP_NUM_THREADS", "0")
            .args(["--renderer", "glow"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let since = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(free) {
                Ok(stream) => break stream,
                Err(error) => assert!(since.elapsed() < PATIENCE, "the window never opened: {error}"),
            }
            thread::sleep(Duration::from_millis(20));
        };
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.read_exact(&mut [0; 8]).unwrap();
        Self { child, stream, since }
    }

    fn ask(&mut self, request: &Request) -> Response {
        write_message(&mut self.stream, request).unwrap();
        read_message(&mut self.stream).unwrap()
    }

    /// Hands events in and waits for the frame that took them.
    fn frame(&mut self, events: Vec<Event>) -> Time {
        let (start, (worked, waited)) = (Instant::now(), self.thread());
        assert!(matches!(self.ask(&Request::ApplyEvents { events }), Response::Done));
        let (wall, (works, waits)) = (start.elapsed(), self.thread());
        let (work, others) = (works.saturating_sub(worked), waits.saturating_sub(waited));
        Time { own: wall.saturating_sub(others), work, wall }
    }

    fn press(&mut self, key: Key) -> Time {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        self.frame(vec![event(true)]).max(self.frame(vec![event(false)]))
    }

    /// How long the window's thread ran, and how long it was ready to run and did not, in all.
    fn thread(&self) -> (Duration, Duration) {
        let id = self.child.id();
        let text = fs::read_to_string(format!("/proc/{id}/task/{id}/schedstat")).unwrap_or_default();
        let mut fields = text.split_whitespace().map(|field| Duration::from_nanos(field.parse().unwrap_or(0)));
        (fields.next().unwrap_or_default(), fields.next().unwrap_or_default())
    }

    /// Whether a word stands in the window.
    fn shows(&mut self, part: &str) -> bool {
        let Response::Tree { accesskit: Some(tree), .. } = self.ask(&Request::GetTree) else { return false };
        tree.nodes.iter().any(|(_, node)| node.label().or(node.value()).is_some_and(|text| text.contains(part)))
    }

    fn wait(&mut self, part: &str) {
        let start = Instant::now();
        while !self.shows(part) {
            assert!(start.elapsed() < PATIENCE, "“{part}” never came");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The most memory so far and the memory now, in MiB.
    fn memory(&self) -> Option<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib >> 10)
        };
        Some((field("VmHWM")?, field("VmRSS")?))
    }
}

/// What one frame took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Time {
    /// Without the time for which others had the processor.
    own: Duration,
    /// The window's thread alone.
    work: Duration,
    wall: Duration,
}

/// Frames of one kind of work.
#[derive(Default)]
struct Frames(Vec<Time>);

impl Frames {
    fn tell(&mut self, what: &str) -> Duration {
        self.0.sort();
        let at = |part: usize| {
            let place = (self.0.len() * part / 100).min(self.0.len() - 1);
            self.0.get(place).map_or(0.0, |time| time.own.as_secs_f64() * 1e3)
        };
        let most = |of: fn(&Time) -> Duration| self.0.iter().map(of).max().unwrap_or_default().as_secs_f64() * 1e3;
        let (work, wall) = (most(|time| time.work), most(|time| time.wall));
        println!(
            "{what:24} {:4} frames, half within {:5.1} ms, 99 % {:5.1} ms, longest {:5.1} ms (work {work:.1}, wall {wall:.0})",
            self.0.len(),
            at(50),
            at(99),
            at(100)
        );
        self.0.last().map_or(Duration::ZERO, |time| time.own)
    }
}

/// The pointer goes about over the picture.
fn hover(window: &mut Window, step: u16) -> Time {
    window
        .frame(vec![Event::PointerMoved(pos2(300.0 + f32::from(step % 97) * 3.0, 200.0 + f32::from(step % 89) * 3.0))])
}

fn idle(window: &mut Window) -> Frames {
    Frames((0..100).map(|step| hover(window, step)).collect())
}

/// Frames until the picture's own facts are there.
fn opening(window: &mut Window, first: Time, mark: &str) -> (Frames, Duration) {
    let start = Instant::now();
    let mut frames = Frames(vec![first]);
    for step in 0.. {
        frames.0.push(hover(window, step));
        if step % 20 == 19 && window.shows(mark) {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{mark} never came");
    }
    let took = start.elapsed();
    // And while its tiles go to the graphics card.
    frames.0.extend((0..100).map(|step| hover(window, step)));
    (frames, took)
}

fn drag(window: &mut Window) -> Frames {
    let button = |pos: Pos2, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let mut frames = Frames::default();
    for way in 0..4_u8 {
        let (from, step) = if way % 2 == 0 { (pos2(900.0, 600.0), -12.0) } else { (pos2(300.0, 200.0), 12.0) };
        frames.0.push(window.frame(vec![Event::PointerMoved(from), button(from, true)]));
        let mut at = from;
        for _ in 0..30 {
            at += vec2(step, step * 0.7);
            frames.0.push(window.frame(vec![Event::PointerMoved(at)]));
        }
        frames.0.push(window.frame(vec![button(at, false)]));
    }
    frames
}

fn zoom(window: &mut Window, notch: f32) -> Frames {
    let wheel = || Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, notch),
        modifiers: Modifiers::NONE,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Trackpad,
    };
    Frames((0..60).map(|_| window.frame(vec![wheel()])).collect())
}

/// Looks at the open picture in all ways; gives the longest frame.
fn look(window: &mut Window, name: &str) -> Duration {
    let zoomed = zoom(window, 40.0).tell(&format!("{name}: zooming in"));
    let dragged = drag(window).tell(&format!("{name}: dragging, near"));
    let far = zoom(window, -26.0).tell(&format!("{name}: zooming out"));
    zoomed.max(dragged).max(far).max(drag(window).tell(&format!("{name}: dragging, far")))
}

/// Hills with some noise, so that neither kind is at its best; made once.
fn picture(folder: &Path, name: &str, (width, height): (u32, u32)) -> PathBuf {
    let path = folder.join(name);
    if !path.exists() {
        let mut noise: u32 = 1;
        let pixels = image::RgbImage::from_fn(width, height, |x, y| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [grain, ..] = noise.to_be_bytes();
            let hill = |at: u32| u8::try_from(at / 16 % 192).unwrap_or(0) + grain % 2;
            image::Rgb([hill(x), hill(y), hill(x + y)])
        });
        pixels.save(&path).unwrap();
    }
    path
}

fn main() {
    let home = tempfile::tempdir().unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let small = picture(&folder, "small.png", (800, 600));
    let mut late = Vec::new();
    for (kind, name) in [("JPEG", "large.jpg"), ("PNG", "large.png")] {
        let large = picture(&folder, name, (WIDTH, HEIGHT));
        let mut window = Window::open(home.path(), &[&small, &large]);
        // The last one is opened; the first time with the window itself, which is not what is measured.
        let marks = ["800×600 · PNG · RGB".to_owned(), format!("12\u{2009}000×9\u{2009}000 · {kind} · RGB")];
        let [little, mark] = &marks;
        window.wait(mark);
        println!("{kind} of {WIDTH}×{HEIGHT}: seen {:.1} s after the start", window.since.elapsed().as_secs_f64());
        window.press(Key::ArrowLeft);
        window.wait(little);
        let usual = idle(&mut window).tell("small: pointer moves");
        let floor = usual.max(look(&mut window, "small"));
        let first = window.press(Key::ArrowRight);
        let (mut frames, took) = opening(&mut window, first, mark);
        let mut worst = frames.tell(&format!("{kind}: opening"));
        worst = worst.max(look(&mut window, kind));
        let closed = window.press(Key::ArrowLeft);
        let mut frames = idle(&mut window);
        frames.0.push(closed);
        worst = worst.max(frames.tell(&format!("{kind}: leaving")));
        let memory =
            window.memory().map_or_else(String::new, |(most, now)| format!("; memory at most {most} MiB, now {now}"));
        println!("{kind}: decoded in {:.1} s{memory}\n", took.as_secs_f64());
        if worst > floor + LIMIT {
            late.push(format!("{kind}: {worst:?}, and {floor:?} with the small one"));
        }
    }
    assert!(late.is_empty(), "the window stood still: {}", late.join("; "));
}
