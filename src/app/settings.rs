//! What is kept between two runs: one TOML file of a person, written behind the window's back.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use serde::{Deserialize, Serialize};

use super::{
    layout::Layout,
    mail::{Mailbox, News},
    recent::Recent,
    store,
};
use crate::{
    journal::Budget,
    model::{Encoding, LineEnd, SavedMessage, SessionFileError, system_words},
    ui::{connect_form::ConnectForm, listen_form::ListenForm, preferences::Preferences, views::choices::Choices},
    words::{Language, set_language, system_language, text},
};

/// The name of the file.
const FILE: &str = "settings.toml";
/// Changes that come close together are written once.
const GATHER: Duration = Duration::from_millis(300);

/// Everything that is kept. A field that an older version did not know gets its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub(super) preferences: Preferences,
    pub(super) listen: ListenForm,
    pub(super) connect: ConnectForm,
    pub(super) line_end: LineEnd,
    pub(super) escapes: bool,
    /// What a new session begins with: the last choice.
    pub(super) encoding: Encoding,
    pub(super) sessions_open: bool,
    pub(super) inspector_open: bool,
    /// How the views look at things.
    pub(super) views: Choices,
    /// What was opened last.
    pub(super) recent: Recent,
    /// Where the window stands.
    pub(super) window: Layout,
    /// In the order of their keys.
    #[serde(rename = "message")]
    pub(super) messages: Vec<SavedMessage>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            preferences: Preferences::default(),
            listen: ListenForm::default(),
            connect: ConnectForm::default(),
            line_end: LineEnd::default(),
            escapes: false,
            encoding: Encoding::default(),
            sessions_open: true,
            inspector_open: true,
            views: Choices::default(),
            recent: Recent::default(),
            window: Layout::default(),
            messages: Vec::new(),
        }
    }
}

impl Settings {
    /// What the last run left, or the defaults, and what there is to say about that. A file that makes no sense is set
    /// aside first.
    pub(super) fn load(folder: Option<&Path>) -> (Self, Option<String>) {
        let Some(path) = folder.map(|folder| folder.join(FILE)) else {
            return (Self::default(), Some(text!("This system has no place for settings; nothing is kept").to_owned()));
        };
        let wrong = match store::read(&path) {
            Ok(text) => match toml::from_str::<Self>(&text) {
                Ok(settings) => return (settings.put_right(), None),
                Err(error) => SessionFileError::from_toml(&text, &error).to_string(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (Self::default(), None),
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
        (Self::default(), Some(words))
    }

    /// Puts values right that are out of their range.
    fn put_right(mut self) -> Self {
        let preferences = &mut self.preferences;
        let (low, high) = Preferences::ZOOM;
        preferences.zoom = if preferences.zoom.is_finite() { preferences.zoom.clamp(low, high) } else { 1.0 };
        preferences.journal_rows = preferences.journal_rows.clamp(Preferences::ROWS.0, Preferences::ROWS.1);
        preferences.journal_mib = preferences.journal_mib.clamp(Preferences::MIB.0, Preferences::MIB.1);
        self.messages.truncate(SavedMessage::MOST);
        self.recent.put_right();
        self.window.put_right();
        self
    }
}

/// What the last run left, read once at the start.
#[derive(Clone, Debug)]
pub(super) struct LoadedSettings {
    pub(super) settings: Settings,
    /// What there is to say about that.
    pub(super) trouble: Option<String>,
    /// Where to write; `None` where the system has no place.
    pub(super) folder: Option<PathBuf>,
}

impl LoadedSettings {
    /// Reads it.
    pub(super) fn load() -> Self {
        let folder = store::folder();
        let (settings, trouble) = Settings::load(folder.as_deref());
        Self { settings, trouble, folder }
    }
}

/// The language that a person chose in the window; `None` where it is the system's, and where no settings can be read.
#[must_use]
pub fn chosen_language() -> Option<Language> {
    let text = store::read(&store::folder()?.join(FILE)).ok()?;
    toml::from_str::<Settings>(&text).ok()?.preferences.language
}

/// Speaks the language of a person from the next text on.
pub(super) fn speak(preferences: &Preferences) {
    set_language(preferences.language.unwrap_or_else(system_language));
}

/// What is to be written, and whether there will be more.
#[derive(Default)]
struct Waiting {
    settings: Option<Settings>,
    over: bool,
}

/// Writes the settings on a thread of its own; what waits is written before this is gone.
pub(super) struct SettingsWriter {
    waiting: Arc<(Mutex<Waiting>, Condvar)>,
    kept: Settings,
    thread: Option<JoinHandle<()>>,
}

impl SettingsWriter {
    /// Starts; `loaded` is what the file says. Without a folder nothing is written.
    pub(super) fn start(folder: Option<PathBuf>, loaded: Settings, mail: Mailbox) -> Self {
        let waiting = Arc::<(Mutex<Waiting>, Condvar)>::default();
        let theirs = Arc::clone(&waiting);
        let thread = folder.and_then(|folder| {
            let path = folder.join(FILE);
            std::thread::Builder::new().name("settings".to_owned()).spawn(move || work(&theirs, &path, &mail)).ok()
        });
        Self { waiting, kept: loaded, thread }
    }

    /// Has the settings written when they are not what was written last.
    pub(super) fn keep(&mut self, settings: &Settings) {
        if *settings != self.kept && self.thread.is_some() {
            self.kept.clone_from(settings);
            let (waiting, changed) = &*self.waiting;
            waiting.lock().settings = Some(settings.clone());
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

fn work((waiting, changed): &(Mutex<Waiting>, Condvar), path: &Path, mail: &Mailbox) {
    let mut failed = false;
    loop {
        let mut now = waiting.lock();
        while now.settings.is_none() && !now.over {
            changed.wait(&mut now);
        }
        if !now.over {
            changed.wait_for(&mut now, GATHER);
        }
        let (settings, over) = (now.settings.take(), now.over);
        drop(now);
        if let Some(settings) = settings {
            let written = toml::to_string_pretty(&settings)
                .map_err(io::Error::other)
                .and_then(|text| store::write_whole(path, text.as_bytes()));
            match written {
                Ok(()) => failed = false,
                Err(error) => {
                    tracing::warn!("settings are not written: {error}");
                    // Said once, until it works again; at the end nobody is there to read it.
                    if !std::mem::replace(&mut failed, true) && !over {
                        mail.post(News::NotKept(system_words(&error)));
                    }
                }
            }
        }
        if over {
            return;
        }
    }
}

/// The budget as the engine wants it.
pub(super) fn budget(preferences: &Preferences) -> Budget {
    let bytes = preferences.journal_mib.saturating_mul(1 << 20);
    Budget {
        rows: usize::try_from(preferences.journal_rows).unwrap_or(usize::MAX),
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageKind;

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
        assert_eq!(Settings::load(place), (Settings::default(), None));
        let (mail, _inbox) = Mailbox::new(egui::Context::default());
        let mut keeper = SettingsWriter::start(place.map(Path::to_owned), Settings::default(), mail);
        keeper.keep(&Settings { escapes: true, ..Settings::default() });
        keeper.keep(&changed());
        drop(keeper);
        assert_eq!(Settings::load(place), (changed(), None));
    }

    #[test]
    fn rubbish_is_set_aside_and_said() {
        for rubbish in [&b"zoom = = 3"[..], b"\xff\xfe\0", b"line_end = 'Tab'", b"[preferences]\nzoom = 'large'"] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(FILE), rubbish).unwrap();
            let (settings, words) = Settings::load(Some(folder.path()));
            assert_eq!(settings, Settings::default());
            assert!(words.unwrap().contains(".broken-2"));
            let aside = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
            assert_eq!(std::fs::read(aside).unwrap(), rubbish);
            assert_eq!(Settings::load(Some(folder.path())), (Settings::default(), None));
        }
    }

    #[test]
    fn values_out_of_range_are_put_right_and_unknown_ones_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let text = "new = 1\n[preferences]\nzoom = nan\njournal_rows = 0\njournal_mib = 9999999\n";
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let (settings, words) = Settings::load(Some(folder.path()));
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
        assert!(matches!(inbox.recv_timeout(Duration::from_secs(20)), Ok(News::NotKept(_))));
        keeper.keep(&Settings::default());
        drop(keeper);
        assert!(inbox.try_recv().is_err());
    }
}
