//! How long one frame of the journal table takes at two million records, without a display; and one of the ladder and the
//! stream view of a long connection.
//!
//! Run with `cargo bench --bench table`. Fails when a row cannot be placed exactly.

use std::{io::IoSlice, sync::Arc, time::Instant};

use egui::{Event, MouseWheelUnit, RawInput, Rect, pos2, vec2};
use socketlab::{
    journal::{Budget, Connection, Entry, Identity, Journal, Objects},
    model::{
        ConnectionId, Detail, Encoding, Encodings, Event as Fact, Name, Names, ObjectId, SessionId, Side, SocketKind,
    },
    ui::{
        action::Action,
        theme,
        views::{
            journal::{JournalInput, JournalView, table::RowSource},
            ladder::{Ladder, LadderInput},
            shared::picture::{PictureSource, PictureState},
            stream::{StreamInput, StreamView},
        },
    },
};

const ROWS: u64 = 2_000_000;
/// The most processor time that a frame may take, in milliseconds.
const LIMIT: f64 = 4.0;

/// Processor time of this thread in milliseconds; a busy machine interrupts a frame, and that is not the table's time.
#[cfg(unix)]
fn processor() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// There is no such clock here: the time on the wall.
#[cfg(not(unix))]
fn processor() -> f64 {
    static BEGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGIN.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}

struct NoPictures;

impl PictureSource for NoPictures {
    fn texture(&self, _: ObjectId) -> PictureState {
        PictureState::Loading
    }
}

fn append(journal: &Journal, number: u64) {
    let port = 50_000 + number % 40;
    let names = Names { local: Name::parse("127.0.0.1:8000"), peer: Name::parse(&format!("192.168.1.23:{port}")) };
    let detail = serde_json::to_vec(&Detail { backlog: Some(128), ..Detail::default() }).unwrap_or_default();
    let (event, payload) = match number % 50 {
        0 => (Fact::Closed, detail),
        even if even % 2 == 0 => {
            (Fact::Send, format!("answer {number} ÿØÿà\0\x01 and what follows it\r\n").into_bytes())
        }
        _ => (Fact::Recv, format!("GET /picture/{number}.jpg HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n").into_bytes()),
    };
    journal.append(&Entry {
        event,
        session: SessionId(1),
        connection: ConnectionId(1 + u32::try_from(number % 40).unwrap_or(0)),
        names: &names,
        length: payload.len(),
        payload: &[IoSlice::new(&payload)],
        keep: payload.len(),
        previous: 0,
    });
}

struct Window {
    ctx: egui::Context,
    view: JournalView,
    journal: Arc<Journal>,
    objects: Arc<Objects>,
    encodings: Encodings,
    time: f64,
}

impl Window {
    /// One frame with layout and tessellation; its milliseconds of processor time and on the wall.
    fn frame(&mut self, events: Vec<Event>) -> (f64, f64) {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        let (view, journal, objects, encodings) = (&mut self.view, &self.journal, &self.objects, &self.encodings);
        let (begin, busy) = (Instant::now(), processor());
        let mut actions: Vec<Action> = Vec::new();
        let output = self.ctx.run_ui(input, |ui| {
            let input = JournalInput {
                journal,
                objects,
                rows: RowSource::All,
                searching: false,
                chosen: (None, None),
                recv_size: &|_, _| None,
                encodings,
                pictures: &NoPictures,
            };
            view.show(ui, &input, &mut actions);
        });
        let egui::FullOutput { shapes, pixels_per_point, mut textures_delta, .. } = output;
        let shapes = self.ctx.tessellate(shapes, pixels_per_point);
        let took = (processor() - busy, begin.elapsed().as_secs_f64() * 1e3);
        assert!(!shapes.is_empty(), "nothing was painted");
        textures_delta.clear();
        took
    }
}

/// Prints what frames took; gives the worst one's processor time.
fn report(what: &str, times: &[(f64, f64)]) -> f64 {
    let figures = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).copied().unwrap_or(f64::NAN);
        (at(50), at(99), at(100))
    };
    let (median, nearly_all, worst) = figures(times.iter().map(|time| time.0).collect());
    let wall = figures(times.iter().map(|time| time.1).collect());
    println!(
        "{what:<42} CPU ms: median {median:.2}, 99 % {nearly_all:.2}, worst {worst:.2} \
         (wall: {:.2}, {:.2}, {:.2}; {} frames)",
        wall.0,
        wall.1,
        wall.2,
        times.len()
    );
    worst
}

/// Text in pieces that end within characters, at another place in each frame.
fn encoded(window: &mut Window, encoding: Encoding) -> f64 {
    let text = "不要回答!不要回答!不要回答! 我是多线程 abc ".repeat(3);
    let bytes = encoding.encode(&text).unwrap_or_default();
    let from = window.journal.stats().next;
    let connection = connection(Arc::clone(&window.journal));
    for piece in std::iter::repeat_n(bytes.as_slice(), 4000).flat_map(|bytes| bytes.chunks(61)) {
        connection.traffic(Fact::Recv, &[IoSlice::new(piece)], piece.len(), piece.len());
    }
    window.encodings.set(connection.identity().session, encoding);
    let room = window.journal.stats().next - from - 60;
    let mut times = Vec::new();
    for number in 0..300_u64 {
        window.view.table().set_top(from + (number * 7_919) % room);
        times.push(window.frame(Vec::new()));
    }
    report(&format!("another place in each frame, {encoding}"), &times)
}

fn connection(journal: Arc<Journal>) -> Arc<Connection> {
    let identity = Identity {
        id: ConnectionId(900),
        session: SessionId(900),
        side: Side::Connected,
        names: Names { local: Name::parse("127.0.0.1:50000"), peer: Name::parse("127.0.0.1:8000") },
        descriptor: None,
        socket: SocketKind::TCP4,
        recv_size: 1024,
    };
    Connection::new(identity, journal)
}

/// Ladder and stream of a connection with 10 000 records, while one more comes in each frame.
fn long_connection(ctx: &egui::Context) -> f64 {
    let connection = connection(Journal::new(Budget::default()));
    let mut number = 0_usize;
    let mut one_more = || {
        number += 1;
        let text = format!("message {number} of many, 不要回答\r\n");
        let event = if number.is_multiple_of(2) { Fact::Recv } else { Fact::Send };
        connection.traffic(event, &[IoSlice::new(text.as_bytes())], text.len(), text.len());
    };
    for _ in 0..10_000 {
        one_more();
    }
    let (mut ladder, mut stream) = (Ladder::default(), StreamView::default());
    let mut worst = 0.0_f64;
    for (what, is_ladder, grows) in [
        ("ladder of 10 000 records", true, false),
        ("ladder, one more in each frame", true, true),
        ("stream of 10 000 records", false, false),
        ("stream, one more in each frame", false, true),
    ] {
        let mut times = Vec::new();
        for frame in 0..200_u32 {
            if grows {
                one_more();
            }
            let up = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, if frame % 40 < 20 { 40.0 } else { -40.0 }),
                modifiers: egui::Modifiers::NONE,
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Trackpad,
            };
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
                events: if grows { Vec::new() } else { vec![Event::PointerMoved(pos2(600.0, 400.0)), up] },
                ..RawInput::default()
            };
            let (begin, busy) = (Instant::now(), processor());
            let mut actions = Vec::new();
            let encoding = Encoding::Utf8;
            let output = ctx.run_ui(input, |ui| {
                if is_ladder {
                    let input = LadderInput { connection: &connection, encoding, peer: None, listening: None };
                    ladder.show(ui, &input, &mut actions);
                } else {
                    stream.show(ui, &StreamInput { connection: &connection, encoding, peer: None }, &mut actions);
                }
            });
            let egui::FullOutput { shapes, pixels_per_point, mut textures_delta, .. } = output;
            let shapes = ctx.tessellate(shapes, pixels_per_point);
            times.push((processor() - busy, begin.elapsed().as_secs_f64() * 1e3));
            assert!(!shapes.is_empty(), "nothing was painted");
            textures_delta.clear();
        }
        // The first frame reads all there is.
        let first = times.remove(0);
        println!("{what:<42} the first frame {:.2} ms", first.0);
        worst = worst.max(report(what, &times));
    }
    worst
}

fn main() {
    let journal = Journal::new(Budget { rows: 2_200_000, bytes: 1 << 30 });
    let begin = Instant::now();
    for number in 0..ROWS {
        append(&journal, number);
    }
    println!("{ROWS} records in {:.1} s, {} MB", begin.elapsed().as_secs_f64(), journal.stats().bytes / 1_000_000);

    let ctx = egui::Context::default();
    theme::install(&ctx);
    let objects = Objects::new(256 << 20);
    let encodings = Encodings::default();
    let mut window = Window { ctx, view: JournalView::default(), journal, objects, encodings, time: 0.0 };
    for _ in 0..5 {
        window.frame(Vec::new());
    }

    // A row is at the upper edge exactly where it was put, in the first and in the last million alike.
    for row in [1, 2, 671_089, 999_999, 1_234_567, 1_999_000, 1_999_900] {
        window.view.table().set_top(row);
        window.frame(Vec::new());
        assert_eq!(window.view.table().top(), (row, 0.0), "row {row}");
    }
    window.view.table().set_follow(true);
    window.frame(Vec::new());
    let (top, shift) = window.view.table().top();
    // 690 points of rows: 27 whole ones and the lower part of one.
    assert!((ROWS - 40..ROWS - 20).contains(&top) && shift < 25.0, "the end shows {top}");

    let mut jumps = Vec::new();
    for number in 0..600_u64 {
        window.view.table().set_top(1 + (number * 7_919_777) % 1_999_900);
        jumps.push(window.frame(Vec::new()));
    }
    let mut worst = report("another place in each frame", &jumps);

    window.view.table().set_top(1_000_000);
    window.frame(vec![Event::PointerMoved(pos2(600.0, 400.0))]);
    let mut wheel = Vec::new();
    for _ in 0..600 {
        wheel.push(window.frame(vec![Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -40.0),
            modifiers: egui::Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Trackpad,
        }]));
    }
    worst = worst.max(report("the wheel turning", &wheel));

    window.view.table().set_follow(true);
    let mut number = ROWS;
    let mut follow = Vec::new();
    for _ in 0..600 {
        for _ in 0..200 {
            append(&window.journal, number);
            number += 1;
        }
        follow.push(window.frame(Vec::new()));
    }
    worst = worst.max(report("following, 200 new records in each frame", &follow));

    window.view.table().set_top(1_999_999);
    window.frame(Vec::new());
    assert_eq!(window.view.table().top(), (1_999_999, 0.0));
    let mut still = Vec::new();
    for _ in 0..300 {
        still.push(window.frame(Vec::new()));
    }
    worst = worst.max(report("nothing new", &still));

    for encoding in [Encoding::Utf8, Encoding::Gbk, Encoding::Utf16Le] {
        worst = worst.max(encoded(&mut window, encoding));
    }
    worst = worst.max(long_connection(&window.ctx));
    assert!(worst < LIMIT, "a frame takes {worst:.2} ms of processor time");
}
