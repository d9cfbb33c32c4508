//! The window: one owner of all state, called by eframe.

use std::{
    io,
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use egui::{Context, Ui};
use tokio::sync::mpsc;

use super::{
    drain::TryIt,
    execute::{Attempt, apply},
    faults::Faults,
    files, fonts,
    labs::Labs,
    lan,
    mail::{Mailbox, News},
    perform::Views,
    pictures::Pictures,
    repeat::Repeat,
    search::Search,
    settings::{Settings, budget},
    start::StartOptions,
    state::State,
};
use crate::{
    engine::{Engine, Notice},
    model::ConnectionId,
    ui::{
        command::UiCommand,
        intent::{Dialog, Intent},
        kit::Tone,
        listen_form::BindChoice,
        palette::PalettePage,
        reach_form::ReachForm,
        settings::{Preferences, SettingsPage},
        start::StartPage,
        theme,
    },
    words::text,
};

/// A burst of records becomes one frame; 60 frames a second leave the other core to the sockets.
const GATHER: Duration = Duration::from_millis(12);

/// What lies over the window, with what was typed into it.
pub(super) enum Overlay {
    Listen { fresh: bool },
    Connect { fresh: bool },
    Settings(SettingsPage),
    Palette(PalettePage),
    Help,
    Labs,
    Attempts(ReachForm),
}

impl Overlay {
    pub(super) fn new(dialog: Dialog, preferences: &Preferences) -> Self {
        match dialog {
            Dialog::Listen => Self::Listen { fresh: true },
            Dialog::Connect => Self::Connect { fresh: true },
            Dialog::Settings => Self::Settings(SettingsPage::new(preferences)),
            Dialog::Palette => Self::Palette(PalettePage::default()),
            Dialog::Help => Self::Help,
            Dialog::Labs => Self::Labs,
            Dialog::Attempts => Self::Attempts(ReachForm::default()),
        }
    }

    pub(super) fn dialog(&self) -> Dialog {
        match self {
            Self::Listen { .. } => Dialog::Listen,
            Self::Connect { .. } => Dialog::Connect,
            Self::Settings(_) => Dialog::Settings,
            Self::Palette(_) => Dialog::Palette,
            Self::Help => Dialog::Help,
            Self::Labs => Dialog::Labs,
            Self::Attempts(_) => Dialog::Attempts,
        }
    }
}

/// Everything the window owns.
pub(super) struct Window {
    pub(super) engine: Arc<Engine>,
    pub(super) notices: mpsc::Receiver<Notice>,
    pub(super) mail: Mailbox,
    pub(super) inbox: Receiver<News>,
    pub(super) search: Search,
    pub(super) pictures: Pictures,
    pub(super) repeat: Option<Repeat>,
    pub(super) views: Views,
    pub(super) settings: Settings,
    pub(super) options: StartOptions,
    pub(super) state: State,
    pub(super) overlay: Option<Overlay>,
    pub(super) start_page: StartPage,
    pub(super) listen: Attempt,
    pub(super) connect: Attempt,
    pub(super) try_it: Option<TryIt>,
    pub(super) labs: Labs,
    pub(super) faults: Faults,
    /// What no font can draw.
    missing: fonts::Missing,
    pub(super) find: String,
    pub(super) addresses: Vec<BindChoice>,
    pub(super) best_address: Option<String>,
    /// A file dialog of the system is open; there is one at a time.
    pub(super) dialog_is_open: bool,
    /// Pictures pasted in this run.
    pub(super) pasted: u32,
    /// When the kernel was last asked about which connection.
    pub(super) inspected: Option<(ConnectionId, Instant)>,
}

impl Window {
    pub(super) fn new(cc: &eframe::CreationContext<'_>, options: StartOptions) -> io::Result<Self> {
        let ctx = &cc.egui_ctx;
        theme::install(ctx);
        let missing = fonts::install(ctx);
        // The commands own these keys.
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            // Where the system does not say: the form the page was drawn for.
            options.fallback_theme = egui::Theme::Light;
        });
        let storage = cc.storage.filter(|_| !options.forget);
        let settings = Settings::load(storage);
        apply(ctx, &settings.preferences);

        let waker = ctx.clone();
        let wake = move || waker.request_repaint_after(GATHER);
        let (engine, notices) = Engine::start(budget(&settings.preferences), wake)?;
        let (mail, inbox) = Mailbox::new(ctx.clone());
        lan::look_up(mail.clone());
        let search = Search::start(engine.journal().clone(), mail.clone());
        let pictures = Pictures::start(engine.objects(), mail.clone());
        Ok(Self {
            engine: Arc::new(engine),
            notices,
            mail,
            inbox,
            search,
            pictures,
            repeat: None,
            views: Views::default(),
            settings,
            options,
            state: State::new(),
            overlay: None,
            start_page: StartPage::default(),
            listen: Attempt::default(),
            connect: Attempt::default(),
            try_it: None,
            labs: Labs::new(),
            faults: Faults::default(),
            missing,
            find: String::new(),
            addresses: Vec::new(),
            best_address: None,
            dialog_is_open: false,
            pasted: 0,
            inspected: None,
        })
    }

    /// Keys of commands, before any widget sees them.
    fn keys(&self, ctx: &Context, intents: &mut Vec<Intent>) {
        for command in UiCommand::pressed(ctx) {
            if self.is_enabled(command) {
                intents.push(Intent::Run(command));
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.drain(ctx);
        if let Some(wait) = self.state.expire_toasts() {
            ctx.request_repaint_after(wait);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let mut intents = Vec::new();
        self.keys(&ctx, &mut intents);
        self.state.look();
        self.pictures.begin_frame(&ctx);
        self.take_files(&ctx);
        self.panels(ui, &mut intents);
        if let Some(char) = self.missing.take() {
            let code = format!("U+{:04X}", u32::from(char));
            let words = text!(
                "No font on this PC has {code} and perhaps others: they are shown as their numbers; install a font that has them, such as fonts-noto-cjk",
                code = code
            );
            self.state.say(Tone::Warning, words);
            ctx.request_repaint();
        }
        let asked = !intents.is_empty();
        let before = asked.then(|| self.settings.clone());
        for intent in intents {
            self.execute(&ctx, intent);
        }
        self.after_editing();
        if asked {
            // What was asked for is seen in the next frame, at once.
            ctx.request_repaint();
        }
        // Kept at once, because the next end may be a power cut. Writing goes on on a thread of eframe's.
        if before.is_some_and(|before| before != self.settings)
            && let Some(storage) = frame.storage_mut().filter(|_| !self.options.forget)
        {
            self.settings.save(storage);
            storage.flush();
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if !self.options.forget {
            self.settings.save(storage);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if self.pasted > 0 {
            files::forget_pasted();
        }
    }

    fn auto_save_interval(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
