//! When a part of the program fails: a file that says what, where, in which version and on which system, with the last
//! things that the program itself did. Never what went through a socket.

use std::{
    any::Any,
    backtrace::Backtrace,
    collections::VecDeque,
    fmt::{self, Write as _},
    fs,
    io::Write as _,
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use parking_lot::Mutex;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::app::store;
use crate::words::{clock, text};

/// Lines of diagnostics that are kept.
const LINES: usize = 200;
/// Characters of one line, and of a panic's words.
const WIDTH: usize = 400;
/// Libraries whose panics are caught, with what is done instead: where a system has no font at all, a look-up of
/// fonts fails and the bundled ones are all there is.
const CAUGHT: [&str; 2] = ["/fontique-", "/poll-promise-"];
/// Reports that are kept.
const REPORTS: usize = 10;

static RECENT: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());
static LAST: Mutex<Option<PathBuf>> = Mutex::new(None);
static NEWS: Mutex<Option<PathBuf>> = Mutex::new(None);
static WINDOW: OnceLock<egui::Context> = OnceLock::new();

/// Collects diagnostics from now on, and writes a report for every panic. Once a process.
pub(in crate::app) fn install() {
    if tracing_subscriber::registry().with(Ring).try_init().is_err() {
        // Somebody else, a test perhaps, collects them already.
        return;
    }
    std::panic::set_hook(Box::new(on_panic));
}

/// The window to wake when another thread fails.
pub(in crate::app) fn tell(window: &egui::Context) {
    // The second renderer's window comes too late, when the first one failed; a report is then shown with its next frame.
    let _ = WINDOW.set(window.clone());
}

/// The report of a fault that was not told of yet.
pub(in crate::app) fn news() -> Option<PathBuf> {
    NEWS.lock().take()
}

/// The newest report of this run.
pub(in crate::app) fn last() -> Option<PathBuf> {
    LAST.lock().clone()
}

/// Version, system and the lines kept, as a person may copy them.
pub(in crate::app) fn diagnostics() -> String {
    let mut words = String::new();
    let _ = writeln!(words, "Socketlab {}", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(words, "{}", system());
    for line in RECENT.lock().iter() {
        let _ = writeln!(words, "{line}");
    }
    words
}

/// Name and version of the system and the kind of machine.
pub(in crate::app) fn system() -> String {
    let named = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(line.trim_matches('"').to_owned())
    });
    let name = named.unwrap_or_else(|| std::env::consts::OS.to_owned());
    let desktop = ["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG"].into_iter().filter_map(|variable| {
        let value = std::env::var(variable).ok().filter(|value| !value.is_empty())?;
        Some(format!(", {variable}={value}"))
    });
    format!("{name}, {}{}", std::env::consts::ARCH, desktop.collect::<String>())
}

/// What a panic says, without what it quotes: that may be what went through a socket.
pub(in crate::app) fn words_of(payload: &(dyn Any + Send)) -> String {
    let words =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let words = words.unwrap_or("(no words)");
    // Values that are not equal stand in the lines below; a text that was cut at a wrong place, and the value of an error
    // that nobody expected, at the end.
    let first = words.lines().next().unwrap_or_default();
    let quoted = ["when slicing `", " of `", "an `Err` value: "].into_iter().filter_map(|before| {
        let at = first.find(before)?;
        first.get(..at + before.len())
    });
    let spared = quoted.min_by_key(|part| part.len()).unwrap_or(first);
    spared.chars().take(WIDTH).collect()
}

fn on_panic(info: &PanicHookInfo<'_>) {
    let what = words_of(info.payload());
    let place = info.location().map_or_else(String::new, ToString::to_string);
    if CAUGHT.iter().any(|library| place.contains(library)) {
        tracing::warn!("caught at {place}");
        return;
    }
    let thread = std::thread::current().name().unwrap_or("?").to_owned();
    tracing::error!("{thread} failed at {place}");
    let mut words = diagnostics();
    let _ = writeln!(words, "\nwhat: {what}\nwhere: {place}\nthread: {thread}\n\n{}", Backtrace::force_capture());
    let path = write(&words);
    let shown = path
        .as_ref()
        .map_or_else(|| text!("nowhere, no folder can be written").to_owned(), |path| path.display().to_string());
    let _ = writeln!(
        std::io::stderr(),
        "{}",
        text!("Socketlab failed at {place}: {what}\nReport: {path}", place = place, what = what, path = shown)
    );
    LAST.lock().clone_from(&path);
    *NEWS.lock() = path;
    // The window's own thread may hold the window's lock.
    if thread != "main"
        && let Some(window) = WINDOW.get()
    {
        window.request_repaint();
    }
}

/// Writes a report where reports belong, or else among the temporary files.
fn write(words: &str) -> Option<PathBuf> {
    let name = format!("report-{}-{}.txt", jiff::Zoned::now().strftime("%Y-%m-%d-%H%M%S%.3f"), std::process::id());
    let folders = store::state_folder().map(|folder| folder.join("reports")).into_iter();
    for folder in folders.chain([std::env::temp_dir().join("socketlab-reports")]) {
        let path = folder.join(&name);
        if store::write_whole(&path, words.as_bytes()).is_ok() {
            keep_newest(&folder);
            return Some(path);
        }
    }
    None
}

fn keep_newest(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_report = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("report-"));
    let mut reports: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_report).collect();
    // Their names begin with their dates.
    reports.sort();
    for old in reports.iter().rev().skip(REPORTS) {
        let _ = fs::remove_file(old);
    }
}

/// Keeps the last lines: everything of ours from INFO on, warnings of everybody else.
struct Ring;

impl<S: Subscriber> Layer<S> for Ring {
    fn enabled(&self, metadata: &Metadata<'_>, _ctx: Context<'_, S>) -> bool {
        let ours = metadata.target().starts_with("socketlab");
        *metadata.level() <= if ours { Level::INFO } else { Level::WARN }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn on_event(&self, event: &Event<'_>, _ctx: Context<'_, S>) {
        let mut line = Line { target: event.metadata().target().to_owned(), words: String::new() };
        event.record(&mut line);
        let now = u64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(0);
        let words: String = line.words.chars().take(WIDTH).collect();
        let mut recent = RECENT.lock();
        while recent.len() >= LINES {
            recent.pop_front();
        }
        recent.push_back(format!("{} {} {}: {words}", clock(now), event.metadata().level(), line.target));
    }
}

/// The words of one event. Those of the older interface bring their source along as a field.
struct Line {
    target: String,
    words: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "log.target" => value.clone_into(&mut self.target),
            name if name.starts_with("log.") => {}
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.words, "{value:?}"),
            name if name.starts_with("log.") => Ok(()),
            name => write!(self.words, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Not a test by itself: what [`a_fault_leaves_a_report`] starts, in a process of its own because a hook is for all.
    #[test]
    #[ignore = "started by another test"]
    fn a_child_that_fails() {
        install();
        for number in 0..LINES + 50 {
            tracing::info!("line {number}");
        }
        log_like_others();
        let fails = || {
            let empty: Vec<u8> = Vec::new();
            assert!(!empty.is_empty(), "nothing {}", "left");
        };
        let worker = std::thread::Builder::new().name("worker".to_owned()).spawn(fails);
        assert!(worker.unwrap().join().is_err());
        assert_eq!(news(), last());
        assert_eq!(news(), None);
    }

    fn log_like_others() {
        tracing::info!(target: "wgpu_core", "too chatty");
        tracing::warn!(target: "wgpu_core", "no adapter");
    }

    #[test]
    fn what_a_panic_quotes_is_left_out() {
        let secret = "geheim é";
        let words = |fails: Box<dyn FnOnce() + Send>| {
            words_of(&*std::thread::Builder::new().spawn(fails).unwrap().join().unwrap_err())
        };
        let all = [
            words(Box::new(move || _ = &secret[..8])),
            words(Box::new(move || _ = &secret[..90])),
            words(Box::new(move || assert_eq!(secret, "other"))),
            words(Box::new(move || _ = secret.parse::<u8>().map_err(|_| secret).unwrap())),
            words(Box::new(move || _ = String::from_utf8(secret.as_bytes()[..8].to_vec()).unwrap())),
        ];
        for words in all {
            assert!(!words.contains("geheim") && !words.contains("103") && words.len() > 12, "{words}");
        }
        let kept = words(Box::new(|| panic!("Library `libX11` could not be loaded")));
        assert_eq!(kept, "Library `libX11` could not be loaded");
    }

    #[test]
    fn a_fault_leaves_a_report() {
        let home = tempfile::tempdir().unwrap();
        let reports = home.path().join("socketlab/reports");
        fs::create_dir_all(&reports).unwrap();
        for number in 0..REPORTS + 3 {
            fs::write(reports.join(format!("report-2000-{number:02}.txt")), b"old").unwrap();
        }
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "app::launch::report::tests::a_child_that_fails", "--ignored", "--nocapture"])
            .env("XDG_STATE_HOME", home.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stderr).into_owned();
        assert!(child.status.success(), "{said}");
        let mut left: Vec<_> = fs::read_dir(&reports).unwrap().map(|entry| entry.unwrap().path()).collect();
        left.sort();
        assert_eq!(left.len(), REPORTS);
        let newest = left.last().unwrap();
        assert!(said.contains(&newest.display().to_string()), "{said}");
        let report = fs::read_to_string(newest).unwrap();
        for part in [
            concat!("Socketlab ", env!("CARGO_PKG_VERSION")),
            "what: nothing left",
            "where: src/app/launch/report.rs:",
            "thread: worker",
            "line 249",
            "WARN wgpu_core: no adapter",
        ] {
            assert!(report.contains(part), "{part}: {report}");
        }
        // The oldest lines went, and nothing was kept that is not asked for.
        assert!(!report.contains("line 50\n") && !report.contains("too chatty"), "{report}");
        assert!(
            report.lines().filter(|line| line.contains(" socketlab") || line.contains("wgpu_core")).count() >= LINES
        );
    }
}
