//! The settings as a file: one TOML file of a person, written by a thread of its own.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use serde::Deserialize as _;
use toml::{Table, Value};

use super::settings_merge::{merge, sift};
use crate::{
    app::{mailbox::Mailbox, model::Settings, store},
    model::{SessionFile, SessionFileError, system_words},
    words::{Language, text},
};

/// The name of the file.
const FILE: &str = "settings.toml";
/// The sessions that ran last, beside it.
const SESSIONS: &str = "last.socketlab";
/// From one write to the next: changes that come close together are written once, the first of them at once. So what was
/// changed is in the file well within 0.3 s, which is all that a killed program gets.
const GATHER: Duration = Duration::from_millis(150);

/// What the last run left, or the defaults, and what there is to say about that. A file that is no TOML is set aside first;
/// a value that this version does not understand costs only itself, and stays in the file.
fn load(folder: Option<&Path>) -> (Settings, Option<String>) {
    let Some(path) = folder.map(|folder| folder.join(FILE)) else {
        return (Settings::default(), Some(text!("This system has no place for settings; nothing is kept").to_owned()));
    };
    let wrong = match store::read(&path) {
        Ok(text) => match text.parse::<Table>() {
            Ok(table) => return understood(&table),
            Err(error) => SessionFileError::from_toml(&text, &error).to_string(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Settings::default(), None),
        Err(error) => system_words(&error),
    };
    tracing::warn!("settings are not used: {wrong}");
    let words = match store::set_aside(&path) {
        Ok(aside) => text!(
            "The settings could not be read ({error}). They are kept as {path}; this run begins with new ones.",
            error = wrong,
            path = aside.display()
        ),
        Err(error) => text!(
            "The settings in {path} make no sense and cannot be set aside ({error}); this run begins with new ones.",
            path = path.display(),
            error = system_words(&error)
        ),
    };
    (Settings::default(), Some(words))
}

fn understood(table: &Table) -> (Settings, Option<String>) {
    let read = |table: &Table| Settings::deserialize(Value::Table(table.clone()));
    let (good, wrong) = sift(table, &|table| read(table).is_ok());
    let words = (!wrong.is_empty()).then(|| {
        tracing::warn!("settings that are not understood: {wrong:?}");
        text!(
            "The settings have values that this version does not understand; they stay as they are in the file: {names}",
            names = wrong.join(", ")
        )
    });
    (read(&good).unwrap_or_default().put_right(), words)
}

/// What the last run left, read once at the start.
#[derive(Clone, Debug)]
pub(in crate::app) struct LoadedSettings {
    pub(in crate::app) settings: Settings,
    /// What there is to say about that.
    pub(in crate::app) trouble: Option<String>,
    /// What ran when the window was closed last time.
    pub(in crate::app) last_time: Option<Box<SessionFile>>,
    /// Where to write; `None` where the system has no place.
    pub(in crate::app) folder: Option<PathBuf>,
}

impl LoadedSettings {
    /// Reads it.
    pub(in crate::app) fn load() -> Self {
        let folder = store::folder();
        let (settings, trouble) = load(folder.as_deref());
        let last_time = folder.as_deref().and_then(sessions);
        Self { settings, trouble, last_time, folder }
    }
}

/// The sessions of last time; what cannot be read of them is nothing to begin a day with.
fn sessions(folder: &Path) -> Option<Box<SessionFile>> {
    let file = SessionFile::read(&store::read(&folder.join(SESSIONS)).ok()?).ok()?;
    (!file.is_empty()).then(|| Box::new(file))
}

/// The language that a person chose in the window; `None` where it is the system's, and where no settings can be read.
#[must_use]
pub fn chosen_language() -> Option<Language> {
    let table = store::read(&store::folder()?.join(FILE)).ok()?.parse::<Table>().ok()?;
    understood(&table).0.preferences.language
}

/// What is to be written, and whether there will be more.
#[derive(Default)]
struct Waiting {
    settings: Option<Settings>,
    sessions: Option<String>,
    over: bool,
}

/// Writes the settings on a thread of its own; what waits is written before this is gone.
pub(in crate::app) struct SettingsWriter {
    waiting: Arc<(Mutex<Waiting>, Condvar)>,
    kept: Settings,
    thread: Option<JoinHandle<()>>,
}

impl SettingsWriter {
    /// Starts; `loaded` is what the file says. Without a folder nothing is written.
    pub(in crate::app) fn start(folder: Option<PathBuf>, loaded: Settings, mail: Mailbox<String>) -> Self {
        let waiting = Arc::<(Mutex<Waiting>, Condvar)>::default();
        let theirs = Arc::clone(&waiting);
        let base = loaded.clone();
        let thread = folder.and_then(|folder| {
            let file = SettingsFile { path: folder.join(FILE), base };
            std::thread::Builder::new().name("settings".to_owned()).spawn(move || work(&theirs, file, &mail)).ok()
        });
        Self { waiting, kept: loaded, thread }
    }

    /// Has the settings written when they are not what was written last.
    pub(in crate::app) fn keep(&mut self, settings: &Settings) {
        if *settings != self.kept && self.thread.is_some() {
            self.kept.clone_from(settings);
            let (waiting, changed) = &*self.waiting;
            waiting.lock().settings = Some(settings.clone());
            changed.notify_one();
        }
    }
}

impl SettingsWriter {
    /// Has a session file written for the next time.
    pub(in crate::app) fn keep_sessions(&self, words: String) {
        if self.thread.is_some() {
            let (waiting, changed) = &*self.waiting;
            waiting.lock().sessions = Some(words);
            changed.notify_one();
        }
    }
}

impl Drop for SettingsWriter {
    fn drop(&mut self) {
        let (waiting, changed) = &*self.waiting;
        waiting.lock().over = true;
        changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there was reported there.
            let _ = thread.join();
        }
    }
}

/// The file, and what this window knows to be in it.
struct SettingsFile {
    path: PathBuf,
    base: Settings,
}

impl SettingsFile {
    /// Puts what changed here into the file, under a lock: another window may have changed something else in it.
    fn write(&mut self, settings: Settings) -> io::Result<()> {
        let table = |settings: &Settings| Table::try_from(settings).map_err(io::Error::other);
        let _turn = store::lock(&self.path)?;
        let mut file = match store::read(&self.path).map(|text| text.parse::<Table>()) {
            Ok(Ok(there)) => there,
            // Written by hand since the start, and wrong: not lost.
            Ok(Err(_)) => store::set_aside(&self.path).map(|_| Table::new())?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Table::new(),
            Err(error) => return Err(error),
        };
        let mine = table(&settings)?;
        // Where there is no file yet, all is new.
        let base = if file.is_empty() { Table::new() } else { table(&self.base)? };
        merge(&base, &mine, &mut file);
        let text = toml::to_string_pretty(&file).map_err(io::Error::other)?;
        store::write_private(&self.path, text.as_bytes())?;
        self.base = settings;
        Ok(())
    }
}

fn work((waiting, changed): &(Mutex<Waiting>, Condvar), mut file: SettingsFile, mail: &Mailbox<String>) {
    let mut failed = false;
    let mut last = None;
    loop {
        let mut now = waiting.lock();
        while now.settings.is_none() && now.sessions.is_none() && !now.over {
            changed.wait(&mut now);
        }
        let due = last.map(|last: Instant| last + GATHER);
        while !now.over && due.is_some_and(|due| Instant::now() < due) {
            let _ = due.map(|due| changed.wait_until(&mut now, due));
        }
        let (settings, sessions, over) = (now.settings.take(), now.sessions.take(), now.over);
        drop(now);
        let sessions =
            sessions.map(|words| store::write_private(&file.path.with_file_name(SESSIONS), words.as_bytes()));
        let settings = settings.map(|settings| file.write(settings));
        for written in settings.into_iter().chain(sessions) {
            match written {
                Ok(()) => failed = false,
                Err(error) => {
                    tracing::warn!("settings are not written: {error}");
                    // Said once, until it works again; at the end nobody is there to read it.
                    if !std::mem::replace(&mut failed, true) && !over {
                        mail.post(system_words(&error));
                    }
                }
            }
        }
        if over {
            return;
        }
        last = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::model::layout::Panels,
        model::{MessageKind, SavedMessage},
    };

    fn changed() -> Settings {
        let mut settings = Settings::default();
        settings.preferences.zoom = 1.25;
        settings.listen.port = "8123".into();
        settings.escapes = true;
        settings.views.times = true;
        settings.recent.add("/tmp/x.socketlab");
        settings.messages.push(SavedMessage {
            kind: MessageKind::Hex,
            content: "FF".into(),
            ..SavedMessage::default()
        });
        settings
    }

    #[test]
    fn everything_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let place = Some(folder.path());
        assert_eq!(load(place), (Settings::default(), None));
        let (mail, _inbox) = Mailbox::new(egui::Context::default());
        let mut keeper = SettingsWriter::start(place.map(Path::to_owned), Settings::default(), mail);
        keeper.keep(&Settings { escapes: true, ..Settings::default() });
        keeper.keep(&changed());
        drop(keeper);
        assert_eq!(load(place), (changed(), None));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "what a person sends is nobody else's to read");
        }
    }

    #[test]
    fn each_change_is_in_the_file_within_three_tenths_of_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let (mail, _inbox) = Mailbox::new(egui::Context::default());
        let mut keeper = SettingsWriter::start(Some(folder.path().to_owned()), Settings::default(), mail);
        let mut settings = Settings::default();
        let mut slowest = Duration::ZERO;
        for step in 0..8_u16 {
            settings.preferences.zoom = 1.0 + f32::from(step + 1) / 16.0;
            let start = Instant::now();
            keeper.keep(&settings);
            while load(Some(folder.path())).0 != settings {
                assert!(start.elapsed() < Duration::from_secs(20));
                std::thread::sleep(Duration::from_millis(5));
            }
            slowest = slowest.max(start.elapsed());
        }
        // The writing alone; a machine that does other things as well may be slower.
        assert!(GATHER < Duration::from_millis(200) && slowest < Duration::from_secs(2), "{slowest:?}");
    }

    #[test]
    fn a_file_that_was_spoilt_meanwhile_is_set_aside_and_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (mail, _inbox) = Mailbox::new(egui::Context::default());
        let mut keeper = SettingsWriter::start(Some(folder.path().to_owned()), Settings::default(), mail);
        std::fs::write(folder.path().join(FILE), "half = ").unwrap();
        keeper.keep(&changed());
        drop(keeper);
        assert_eq!(load(Some(folder.path())), (changed(), None));
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().any(|name| name.to_string_lossy().contains(".broken-")), "{names:?}");
    }

    #[test]
    fn rubbish_is_set_aside_and_said() {
        for rubbish in [&b"zoom = = 3"[..], b"\xff\xfe\0"] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(FILE), rubbish).unwrap();
            let (settings, words) = load(Some(folder.path()));
            assert_eq!(settings, Settings::default());
            assert!(words.unwrap().contains(".broken-2"));
            let aside = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
            assert_eq!(std::fs::read(aside).unwrap(), rubbish);
            assert_eq!(load(Some(folder.path())), (Settings::default(), None));
        }
    }

    #[test]
    fn a_value_of_another_version_costs_only_itself_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let text = "line_end = 'Tab'\nescapes = true\n[preferences]\nzoom = 'large'\nreduced_motion = true\n\
                    [[message]]\nkind = 'smoke'\ncontent = 'a'\n[[message]]\nkind = 'hex'\ncontent = 'FF'\n";
        std::fs::write(&path, text).unwrap();
        let (settings, words) = load(Some(folder.path()));
        assert!(settings.escapes && settings.preferences.reduced_motion);
        assert_eq!(settings.messages.len(), 1);
        let words = words.unwrap();
        assert!(
            words.contains("line_end") && words.contains("preferences.zoom") && words.contains("message"),
            "{words}"
        );
        let (mail, _inbox) = Mailbox::new(egui::Context::default());
        let mut keeper = SettingsWriter::start(Some(folder.path().to_owned()), settings.clone(), mail);
        let open = Panels { sessions: false, ..settings.open };
        keeper.keep(&Settings { open, ..settings });
        drop(keeper);
        let file = store::read(&path).unwrap();
        for kept in ["'Tab'", "\"Tab\"", "smoke", "sessions_open = false", "large"] {
            assert!(file.contains(kept) || kept.contains("Tab") && file.contains("Tab"), "{kept} is gone: {file}");
        }
    }

    #[test]
    fn two_windows_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let window = || {
            let (settings, _) = load(Some(folder.path()));
            let (mail, _) = Mailbox::new(egui::Context::default());
            (SettingsWriter::start(Some(folder.path().to_owned()), settings.clone(), mail), settings)
        };
        let message = |name: &str| SavedMessage { name: name.into(), content: name.into(), ..SavedMessage::default() };
        let ((mut a, mut of_a), (mut b, mut of_b)) = (window(), window());
        of_a.messages.push(message("from a"));
        a.keep(&of_a);
        drop(a);
        of_b.preferences.zoom = 1.5;
        b.keep(&of_b);
        of_b.messages.push(message("from b"));
        b.keep(&of_b);
        drop(b);
        let (settings, _) = load(Some(folder.path()));
        let names: Vec<&str> = settings.messages.iter().map(|message| message.name.as_str()).collect();
        assert_eq!(names, ["from b", "from a"]);
        assert!((settings.preferences.zoom - 1.5).abs() < 0.01);
    }

    #[test]
    fn values_out_of_range_are_put_right_and_unknown_ones_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let text = "new = 1\n[preferences]\nzoom = nan\njournal_rows = 0\njournal_mib = 9999999\n";
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let (settings, words) = load(Some(folder.path()));
        assert_eq!(words, None);
        let preferences = settings.preferences;
        assert_eq!((preferences.zoom, preferences.journal_rows, preferences.journal_mib), (1.0, 1000, 65_536));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let (mail, inbox) = Mailbox::new(egui::Context::default());
        // A file in the place of the folder: nobody can write below it, root neither.
        let mut keeper = SettingsWriter::start(Some(file), Settings::default(), mail);
        keeper.keep(&changed());
        assert!(inbox.recv_timeout(Duration::from_secs(20)).is_ok());
        keeper.keep(&Settings::default());
        drop(keeper);
        assert!(inbox.try_recv().is_err());
    }
}
