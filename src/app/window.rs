//! The window: one owner of all state, called by eframe.

use std::{
    io,
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use egui::{Context, Rect, Ui, pos2, vec2};
use tokio::sync::mpsc;

use super::{
    away::Away,
    desktop::{self, DesktopPreferences},
    execute::{PendingStart, apply},
    faults::Faults,
    files, fonts,
    labs::Labs,
    lan,
    mail::{Mailbox, News},
    options::StartOptions,
    perform::Views,
    pictures::Pictures,
    repeat::Repeat,
    report,
    search::Search,
    settings::{LoadedSettings, Settings, SettingsWriter, budget},
    state::State,
    try_it::TryIt,
    waiting,
};
use crate::{
    engine::{Engine, Notice},
    model::{ConnectionId, SessionFile},
    ui::{
        about::AboutPage,
        command::UiCommand,
        help::HelpPage,
        intent::{Dialog, Intent},
        kit::Tone,
        listen_form::BindChoice,
        offer::Offer,
        palette::PalettePage,
        path_page::PathPage,
        preferences::Preferences,
        reach_form::ReachForm,
        settings::SettingsPage,
        start::StartPage,
        theme,
        views::send_box::SendBox,
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
    Help(HelpPage),
    About(AboutPage),
    Offer(Box<Offer>),
    Path(PathPage),
    Labs,
    Attempts(ReachForm),
}

impl Overlay {
    /// `None` where there is nothing to open by name alone: a path and an offer come with what they are about.
    pub(super) fn new(dialog: Dialog, preferences: &Preferences) -> Option<Self> {
        Some(match dialog {
            Dialog::Listen => Self::Listen { fresh: true },
            Dialog::Connect => Self::Connect { fresh: true },
            Dialog::Settings => Self::Settings(SettingsPage::new(preferences)),
            Dialog::Palette => Self::Palette(PalettePage::default()),
            Dialog::Help => Self::Help(HelpPage::default()),
            Dialog::About => Self::About(AboutPage::new(super::report::system(), super::report::diagnostics())),
            Dialog::Offer | Dialog::Path => return None,
            Dialog::Labs => Self::Labs,
            Dialog::Attempts => Self::Attempts(ReachForm::default()),
        })
    }

    pub(super) fn dialog(&self) -> Dialog {
        match self {
            Self::Listen { .. } => Dialog::Listen,
            Self::Connect { .. } => Dialog::Connect,
            Self::Settings(_) => Dialog::Settings,
            Self::Palette(_) => Dialog::Palette,
            Self::Help(_) => Dialog::Help,
            Self::About(_) => Dialog::About,
            Self::Offer(_) => Dialog::Offer,
            Self::Path(_) => Dialog::Path,
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
    keeper: Option<SettingsWriter>,
    /// What the desktop around the window wishes.
    pub(super) wishes: DesktopPreferences,
    pub(super) away: Away,
    /// The session that was opened last, with what this version does not know of it.
    pub(super) session_file: SessionFile,
    pub(super) state: State,
    pub(super) overlay: Option<Overlay>,
    pub(super) start_page: StartPage,
    pub(super) listen: PendingStart,
    pub(super) connect: PendingStart,
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
    /// What has the keyboard, or had it before a dialog lay over the window.
    pub(super) focus_below: Option<egui::Id>,
    /// What gets the keyboard back, and in how many frames: in the first one the dialog still keeps it from all below.
    pub(super) focus_back: Option<(egui::Id, u8)>,
    /// When the kernel was last asked about which connection.
    pub(super) inspected: Option<(ConnectionId, Instant)>,
}

impl Window {
    pub(super) fn new(
        cc: &eframe::CreationContext<'_>,
        options: &StartOptions,
        kept: LoadedSettings,
    ) -> io::Result<Self> {
        let ctx = &cc.egui_ctx;
        let LoadedSettings { settings, trouble, folder } = kept;
        theme::install(ctx);
        let missing = fonts::install(ctx);
        // The commands own these keys.
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            // Where the system does not say: the form the page was drawn for.
            options.fallback_theme = egui::Theme::Light;
        });
        apply(ctx, &settings.preferences, DesktopPreferences::default());

        if let Some(window) = cc.winit_window() {
            settings.window.place(ctx, window.available_monitors().map(|screen| screen_rect(&screen)));
        }

        let waker = ctx.clone();
        let wake = move || waker.request_repaint_after(GATHER);
        let (engine, notices) = Engine::start(budget(&settings.preferences), wake)?;
        let (mail, inbox) = Mailbox::new(ctx.clone());
        lan::follow(mail.clone());
        let search = Search::start(engine.journal().clone(), mail.clone());
        let pictures = Pictures::start(&engine, mail.clone());
        report::tell(ctx);
        desktop::follow(mail.clone());
        let keeper = Some(SettingsWriter::start(folder, settings.clone(), mail.clone()));
        let mut window = Self {
            engine: Arc::new(engine),
            notices,
            mail,
            inbox,
            search,
            pictures,
            repeat: None,
            views: Views::default(),
            settings,
            keeper,
            wishes: DesktopPreferences::default(),
            away: Away::default(),
            session_file: SessionFile::default(),
            state: State::new(),
            overlay: None,
            start_page: StartPage::default(),
            listen: PendingStart::default(),
            connect: PendingStart::default(),
            try_it: None,
            labs: Labs::new(),
            faults: Faults::default(),
            missing,
            find: String::new(),
            addresses: Vec::new(),
            best_address: None,
            dialog_is_open: false,
            pasted: 0,
            focus_below: None,
            focus_back: None,
            inspected: None,
        };
        window.views.choose(&window.settings.views);
        for trouble in trouble.into_iter().chain(waiting::trouble()) {
            window.state.say(Tone::Warning, trouble);
        }
        window.open_all(options.open.clone());
        Ok(window)
    }

    /// Keys of commands, before any widget sees them.
    fn keys(&self, ctx: &Context, intents: &mut Vec<Intent>) {
        // In the send box these keys send saved messages, as many as there are.
        let box_has = ctx.memory(|memory| memory.has_focus(SendBox::id()));
        let saved = if box_has { self.settings.messages.len() } else { 0 };
        for command in UiCommand::pressed(ctx, saved) {
            if self.is_enabled(command) {
                intents.push(Intent::Run(command));
            }
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.drain(ctx);
        if let Some(report) = report::news() {
            let words = text!("A part of Socketlab failed; the rest goes on. Report: {path}", path = report.display());
            self.state.say(Tone::Bad, words);
        }
        if let Some(wait) = self.state.expire_toasts() {
            ctx.request_repaint_after(wait);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        #[cfg(feature = "inspection")]
        fail_when_asked(&ctx);
        if let Some((id, frames @ 1..)) = self.focus_back.take() {
            ctx.memory_mut(|memory| memory.request_focus(id));
            self.focus_back = Some((id, frames - 1));
            ctx.request_repaint();
        }
        if self.overlay.is_none() {
            self.focus_below = ctx.memory(egui::Memory::focused);
        }
        let mut intents = Vec::new();
        ctx.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label("Socketlab"));
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
        for intent in intents {
            self.execute(&ctx, intent);
        }
        self.after_editing();
        if asked {
            // What was asked for is seen in the next frame, at once.
            ctx.request_repaint();
        }
        self.settings.window.note(&ctx);
        self.settings.views = self.views.choices();
        // Kept at once, because the next end may be a power cut.
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(&self.settings);
        }
    }

    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut egui::RawInput) {
        // Where the window itself is not told of the desktop's colours.
        let wanted = |dark| if dark { egui::Theme::Dark } else { egui::Theme::Light };
        input.system_theme = input.system_theme.or(self.wishes.dark.map(wanted));
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        // Waits until what was chosen last is written.
        self.keeper = None;
        if self.pasted > 0 {
            files::forget_pasted();
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        // What lies in the middle paints none of its own: without a graphics card each layer costs a part of the frame.
        let theme = if visuals.dark_mode { egui::Theme::Dark } else { egui::Theme::Light };
        theme::Palette::of_theme(theme).background.to_normalized_gamma_f32()
    }
}

/// A screen in the points of the system, as the window's place is given.
fn screen_rect(screen: &winit::monitor::MonitorHandle) -> Rect {
    let (at, size) =
        (screen.position().to_logical(screen.scale_factor()), screen.size().to_logical(screen.scale_factor()));
    Rect::from_min_size(pos2(at.x, at.y), vec2(size.width, size.height))
}

/// Fails as a mistake of ours would, at Ctrl+Alt+F12: for the test of what is left then. Never in a release.
#[cfg(feature = "inspection")]
fn fail_when_asked(ctx: &Context) {
    let keys = egui::Modifiers::CTRL | egui::Modifiers::ALT;
    let asked = ctx.input_mut(|input| input.consume_key(keys, egui::Key::F12));
    assert!(!asked, "asked for by a test");
}
