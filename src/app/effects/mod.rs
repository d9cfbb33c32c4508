//! Carries out what the model asks for: the engine, worker threads, dialogs, files, the desktop.
//!
//! Owns every thread and channel of the window. Nothing here decides anything: what becomes of a thing is a
//! [`WorkerResult`], which goes back into the model.

pub(in crate::app) mod desktop;
pub(in crate::app) mod dialogs;
pub(in crate::app) mod file_error;
pub(in crate::app) mod file_reception;
mod lab_file;
mod lan;
pub(in crate::app) mod opened;
mod pasted;
mod picture_files;
pub(in crate::app) mod pictures;
pub(in crate::app) mod repeat;
mod result;
mod script_file;
mod search;
pub(in crate::app) mod settings_file;
mod settings_merge;

use std::{
    path::PathBuf,
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use egui::{Context, UserAttentionType, ViewportCommand};

pub(in crate::app) use self::{lab_file::LabFileFault, result::WorkerResult};
use self::{
    opened::Opened,
    pictures::{Pictures, Pixels},
    repeat::Repeat,
    search::Search,
    settings_file::SettingsWriter,
};
use super::{
    launch::report,
    mailbox::{Mailbox, spawn},
    model::{DesktopPreferences, Effect, Settings, settings},
};
use crate::{
    engine::{Command, Engine, explore},
    ui::{
        frame::top_bar,
        preferences::{Preferences, ThemeChoice},
        theme,
    },
};

/// No two notifications come closer than this; a flood of callers is one.
const PAUSE: Duration = Duration::from_secs(5);

/// Everything that works beside the window's thread.
pub(in crate::app) struct Effects {
    pub(in crate::app) engine: Arc<Engine>,
    pub(in crate::app) pictures: Pictures,
    ctx: Context,
    mail: Mailbox<WorkerResult>,
    search: Search,
    repeat: Option<Repeat>,
    picture_files: SyncSender<PathBuf>,
    keeper: Option<SettingsWriter>,
    /// When a person who looks at another window was told something last.
    notified: Option<Instant>,
    /// The folder of this run: what was pasted, and what a lab serves where nothing was chosen.
    pasted: Arc<pasted::Folder>,
}

impl Effects {
    /// Starts the threads; they end with this. Settings are written into `folder`, `settings` are what is there already.
    pub(in crate::app) fn start(
        ctx: Context,
        engine: Engine,
        screen: &Mailbox<Pixels>,
        mail: Mailbox<WorkerResult>,
        (folder, settings): (Option<PathBuf>, Settings),
    ) -> Self {
        lan::follow(mail.map(WorkerResult::Addresses));
        desktop::follow(mail.map(WorkerResult::Desktop));
        let objects = Arc::downgrade(engine.objects());
        Self {
            pictures: Pictures::start(&engine, screen, &mail.map(WorkerResult::Picture)),
            search: Search::start(Arc::clone(engine.journal()), mail.map(WorkerResult::Found)),
            repeat: None,
            picture_files: picture_files::start(objects, mail.map(WorkerResult::PictureOpened)),
            keeper: Some(SettingsWriter::start(folder, settings, mail.map(WorkerResult::NotKept))),
            notified: None,
            pasted: Arc::default(),
            engine: Arc::new(engine),
            ctx,
            mail,
        }
    }

    /// Does one thing. What cannot be done now comes back at once.
    pub(in crate::app) fn run(&mut self, effect: Effect) -> Option<WorkerResult> {
        match effect {
            Effect::Engine(command) => return self.command(*command),
            Effect::ConnectForFiles(session, config) => {
                let feed = Some(file_reception::start(session, self.mail.map(WorkerResult::Received)));
                return self.command(Command::Connect { session, config: *config, feed });
            }
            Effect::Forget => {
                self.engine.clear();
                self.pictures.forget();
            }
            Effect::BringBack => self.engine.bring_back(),
            Effect::DropForgotten => self.engine.drop_cleared(),
            Effect::Keep(budget) => self.engine.set_budget(budget),
            Effect::Look(preferences, wishes) => look(&self.ctx, &preferences, wishes),
            Effect::CopyText(words) => self.ctx.copy_text(words),
            Effect::CopyImage(image) => self.ctx.copy_image(image),
            Effect::FocusFind => self.ctx.memory_mut(|memory| memory.request_focus(top_bar::find_id())),
            Effect::Quit => self.ctx.send_viewport_cmd(ViewportCommand::Close),
            Effect::LookWhetherDesktopEnds => {
                let mail = self.mail.clone();
                spawn("end of the desktop", move || {
                    if desktop::ends() {
                        mail.post(WorkerResult::DesktopEnds);
                    }
                });
            }
            Effect::WakeIn(wait) => self.ctx.request_repaint_after(wait),
            Effect::Notify { title, words } => self.notify(title, words),
            Effect::LookAtSelf => return Some(WorkerResult::Itself(report::system(), report::diagnostics())),
            Effect::Open(what, place) => {
                let mail = self.mail.clone();
                spawn("open", move || {
                    for word in what {
                        let opened = Opened::look(&word);
                        mail.post(WorkerResult::Opened(word, opened, place));
                    }
                });
            }
            Effect::OpenPictures(paths) => {
                if paths.into_iter().any(|path| self.picture_files.try_send(path).is_err()) {
                    return Some(WorkerResult::PictureFilesBusy);
                }
            }
            Effect::Choose(pick, start) => {
                dialogs::pick(pick, start, self.mail.map(WorkerResult::File));
            }
            Effect::Save(name, bytes) => {
                dialogs::save(name, bytes, self.mail.map(WorkerResult::File));
            }
            Effect::Place(name, wanted) => dialogs::place(name, wanted, self.mail.map(WorkerResult::File)),
            Effect::WritePart(path, part) => {
                let journal = Arc::clone(self.engine.journal());
                dialogs::write_part(path, part, journal, self.mail.map(WorkerResult::File));
            }
            Effect::ShowFolder(path) => desktop::show_folder(path),
            Effect::Write(path, bytes) => dialogs::write(path, bytes, self.mail.map(WorkerResult::File)),
            Effect::KeepSessions(words) => {
                if let Some(keeper) = &self.keeper {
                    keeper.keep_sessions(words);
                }
            }
            Effect::ReadScript(path) => {
                let mail = self.mail.clone();
                spawn("script file", move || {
                    mail.post(WorkerResult::Script(script_file::read(&path)));
                });
            }
            Effect::KeepPasted(image, number, place) => {
                let mail = self.mail.map(move |path| WorkerResult::Pasted(path, place));
                pasted::keep(&self.pasted, image, number, mail);
            }
            Effect::LookAtLabFile(id, file, needs) => {
                let (mail, own) = (self.mail.clone(), Arc::clone(&self.pasted));
                spawn("lab file", move || {
                    mail.post(WorkerResult::LabFile(id, lab_file::usable(&file, needs, &own)));
                });
            }
            Effect::Explore(protocol) => {
                let mail = self.mail.clone();
                spawn("socket explorer", move || {
                    mail.post(WorkerResult::Explored(explore(protocol)));
                });
            }
            Effect::Search(generation, filter) => self.search.set(generation, filter),
            Effect::SearchOn => self.search.stir(),
            Effect::Repeat(counted, repetition) => {
                let engine = Arc::downgrade(&self.engine);
                self.repeat = Some(Repeat::start(counted, repetition, engine, self.mail.map(WorkerResult::Repeated)));
            }
            Effect::StopRepeat => self.repeat = None,
            Effect::Picture(id, form) => {
                if !self.pictures.ask(id, form) {
                    return Some(WorkerResult::PicturesBusy);
                }
            }
        }
        None
    }

    /// Has the settings written when they are not what was written last. At once, because the next end may be a power cut.
    pub(in crate::app) fn keep(&mut self, settings: &Settings) {
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(settings);
        }
    }

    /// Waits until what was chosen last is written, and takes away what this run left elsewhere.
    pub(in crate::app) fn end(&mut self) {
        self.keeper = None;
        self.pasted.forget();
    }

    fn command(&self, command: Command) -> Option<WorkerResult> {
        self.engine.send(command).err().map(WorkerResult::Busy)
    }

    fn notify(&mut self, title: String, words: String) {
        let front = self.ctx.input(|input| input.viewport().focused.unwrap_or(input.focused));
        if front || self.notified.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        self.notified = Some(Instant::now());
        tracing::info!("told outside of the window: {title}");
        self.ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        desktop::notify(title, words);
    }
}

/// Makes the window look as a person prefers.
pub(in crate::app) fn look(ctx: &Context, preferences: &Preferences, wishes: DesktopPreferences) {
    ctx.set_theme(match preferences.theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
    settings::speak(preferences);
    ctx.set_zoom_factor(preferences.zoom);
    let still = preferences.reduced_motion || wishes.still == Some(true);
    theme::set_reduced_motion(ctx, still);
    // A cursor that blinks draws frames for ever.
    ctx.all_styles_mut(|style| style.visuals.text_cursor.blink = false);
}
