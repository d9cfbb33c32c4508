//! The window, called by eframe: owns the model and what works beside it, and passes between them.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use egui::{Context, Rect, Ui, ViewportCommand, pos2, vec2};
use tokio::sync::mpsc;

use super::{
    draw::Draw,
    effects::{Effects, WorkerResult, look, pictures::Pixels, settings_file::LoadedSettings},
    launch::{StartOptions, fonts, report, waiting},
    mailbox::Mailbox,
    model::{DesktopPreferences, Model, settings::budget},
    update::{Event, update},
};
use crate::{
    engine::{Engine, Notice},
    ui::{action::Action, command::UiCommand, kit::Tone, theme},
    words::text,
};

/// A burst of records becomes one frame; 60 frames a second leave the other core to the sockets.
const GATHER: Duration = Duration::from_millis(12);
/// How long notices and results may hold up one frame.
const BUDGET: Duration = Duration::from_millis(4);

/// What the threads beside the window hand over.
enum Brought {
    /// For the screen as it is.
    Pixels(Pixels),
    /// For the model.
    Result(WorkerResult),
}

/// Everything the window owns.
pub(super) struct Window {
    model: Model,
    effects: Effects,
    notices: mpsc::Receiver<Notice>,
    inbox: Receiver<Brought>,
    /// What no font can draw.
    missing: fonts::Missing,
    /// What has the keyboard, or had it before a dialog lay over the window.
    focus_below: Option<egui::Id>,
    /// What gets the keyboard back, and in how many frames: in the first one the dialog still keeps it from all below.
    focus_back: Option<(egui::Id, u8)>,
}

impl Window {
    pub(super) fn new(
        cc: &eframe::CreationContext<'_>,
        options: &StartOptions,
        kept: LoadedSettings,
    ) -> io::Result<Self> {
        let ctx = &cc.egui_ctx;
        let LoadedSettings { settings, trouble, last_time, folder } = kept;
        theme::install(ctx);
        let missing = fonts::install(ctx);
        // The commands own these keys.
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            // Where the system does not say: the form the page was drawn for.
            options.fallback_theme = egui::Theme::Light;
        });
        look(ctx, &settings.preferences, DesktopPreferences::default());

        if let Some(window) = cc.winit_window() {
            settings.window.place(ctx, window.available_monitors().map(|screen| screen_rect(&screen)));
        }

        let waker = ctx.clone();
        let wake = move || waker.request_repaint_after(GATHER);
        let (engine, notices) = Engine::start(budget(&settings.preferences), wake)?;
        let (mail, inbox) = Mailbox::new(ctx.clone());
        report::tell(ctx);
        let mut model = Model::new(
            Arc::clone(engine.journal()),
            Arc::clone(engine.objects()),
            Arc::clone(engine.memory()),
            settings.clone(),
        );
        model.last_time = last_time;
        let (screen, results) = (mail.map(Brought::Pixels), mail.map(Brought::Result));
        let effects = Effects::start(ctx.clone(), engine, &screen, results, (folder, settings));
        let mut window = Self { model, effects, notices, inbox, missing, focus_below: None, focus_back: None };
        for trouble in trouble.into_iter().chain(waiting::trouble()) {
            window.handle(Event::Say(Tone::Warning, trouble));
        }
        window.handle(Event::Open(options.open.clone()));
        Ok(window)
    }

    /// Takes in what happened, and does what follows from it.
    fn handle(&mut self, event: Event) {
        for effect in update(&mut self.model, event) {
            if let Some(result) = self.effects.run(effect) {
                // What cannot be done is told of; that asks for nothing more.
                for effect in update(&mut self.model, Event::Result(result)) {
                    self.effects.run(effect);
                }
            }
        }
    }

    /// Takes in what came since the last time. What does not fit into the budget waits for the next frame.
    fn drain(&mut self, ctx: &Context) {
        let start = Instant::now();
        // First of all, so that what comes while this runs wakes the window again.
        self.effects.engine.drained();
        loop {
            let notice = self.notices.try_recv().ok();
            let brought = self.inbox.try_recv().ok();
            if notice.is_none() && brought.is_none() {
                break;
            }
            if let Some(notice) = notice {
                self.handle(Event::Notice(notice));
                ctx.request_repaint();
            }
            match brought {
                Some(Brought::Pixels(pixels)) => self.effects.pictures.take(pixels),
                Some(Brought::Result(result)) => self.handle(Event::Result(result)),
                None => {}
            }
            if start.elapsed() > BUDGET {
                ctx.request_repaint();
                break;
            }
        }
        self.handle(Event::Tick);
    }

    /// Keys of commands, before any widget sees them.
    fn keys(&self, ctx: &Context, actions: &mut Vec<Action>) {
        // An open menu has the keys.
        if egui::Popup::is_any_open(ctx) {
            return;
        }
        // In the send box these keys send saved messages, as many as there are.
        let box_has = ctx.memory(|memory| memory.has_focus(self.model.views.send_box.id()));
        let saved = if box_has { self.model.settings.messages.len() } else { 0 };
        for command in UiCommand::pressed(ctx, saved) {
            if self.model.takes_key(command) {
                actions.push(Action::Run(command));
            }
        }
    }

    /// Files that were dropped on the window, and pixels that were pasted into it.
    fn take_files(&mut self, ctx: &Context) {
        let (dropped, pasted) = ctx.input(|input| {
            let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
            let pasted = input.events.iter().find_map(|event| match event {
                egui::Event::PasteImage(image) => Some(Arc::clone(image)),
                _ => None,
            });
            (dropped, pasted)
        });
        if let Some(image) = pasted {
            self.handle(Event::Pasted(image));
        }
        if !dropped.is_empty() {
            self.handle(Event::Dropped(dropped));
        }
    }
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.drain(ctx);
        if ctx.input(|input| input.viewport().close_requested()) && !self.model.may_quit() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.handle(Event::Quit);
            ctx.request_repaint();
        }
        if let Some(report) = report::news() {
            let words = text!("A part of Socketlab failed; the rest goes on. Report: {path}", path = report.display());
            self.handle(Event::Say(Tone::Bad, words));
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
        if self.model.overlay.is_none() {
            self.focus_below = ctx.memory(egui::Memory::focused);
        }
        let mut actions = Vec::new();
        ctx.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label("Socketlab"));
        self.keys(&ctx, &mut actions);
        self.handle(Event::Frame);
        self.effects.pictures.begin_frame(&ctx);
        self.take_files(&ctx);
        let closed = Draw { model: &mut self.model, pictures: &self.effects.pictures }.panels(ui, &mut actions);
        if closed {
            self.focus_back = self.focus_below.map(|id| (id, 2));
            ctx.request_repaint();
        }
        if let Some(char) = self.missing.take() {
            let code = format!("U+{:04X}", u32::from(char));
            let words = text!(
                "No font on this PC has {code} and perhaps others: they are shown as their numbers; install a font that has them, such as fonts-noto-cjk",
                code = code
            );
            self.handle(Event::Say(Tone::Warning, words));
            ctx.request_repaint();
        }
        let asked = !actions.is_empty();
        for action in actions {
            self.handle(Event::Action(action));
        }
        self.handle(Event::Drawn);
        if asked {
            // What was asked for is seen in the next frame, at once.
            ctx.request_repaint();
        }
        self.model.settings.window.note(&ctx);
        self.effects.keep(&self.model.settings);
    }

    fn raw_input_hook(&mut self, _ctx: &Context, input: &mut egui::RawInput) {
        // Where the window itself is not told of the desktop's colours.
        let wanted = |dark| if dark { egui::Theme::Dark } else { egui::Theme::Light };
        input.system_theme = input.system_theme.or(self.model.wishes.dark.map(wanted));
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.effects.end();
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
