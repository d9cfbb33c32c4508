//! Opening the window with whatever can draw one here, and saying what is missing when nothing can.

use std::{
    io::IsTerminal,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    effects::settings_file::LoadedSettings,
    launch::{
        Renderer, StartOptions, alert, card, report, screen,
        waiting::{Progress, watch},
    },
    model::{Settings, settings::speak},
    window::Window,
};
use crate::words::text;

/// No window could be opened, or it did not last. Display says what is missing and how to go on without one.
#[derive(Debug, thiserror::Error)]
#[error("{what}\n{advice}", advice = advice())]
pub struct StartError {
    what: String,
}

fn advice() -> &'static str {
    text!(
        "Without a window: `socketlab listen echo`, `socketlab connect HOST:PORT`, and `socketlab --help` for the rest."
    )
}

/// Debian's packages with the libraries that a window needs; they are loaded at run time, so no tool finds them.
const PACKAGES: &str = "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1 mesa-vulkan-drivers";

impl StartError {
    fn no_display() -> Self {
        let what = text!("No window: neither DISPLAY nor WAYLAND_DISPLAY is set, so there is no screen to open it on.");
        Self { what: what.to_owned() }
    }

    /// From what was said when no screen was found, before anything could be drawn.
    fn from_screen(words: &str) -> Self {
        let misses_library = ["load", "librar"].iter().any(|part| words.to_lowercase().contains(part));
        if misses_library || !cfg!(target_os = "linux") {
            return Self::from_words(words);
        }
        Self {
            what: text!(
                "No window: nothing answers at {screen} ({error}). Is that screen running, and may you use it?",
                screen = screen::named(),
                error = words
            ),
        }
    }

    /// From what each renderer said, in the order in which they were tried.
    fn from_failures(failures: &[(Renderer, String)]) -> Self {
        let words: Vec<String> =
            failures.iter().map(|(renderer, words)| format!("{}: {words}", renderer.name())).collect();
        Self::from_words(&words.join("; "))
    }

    fn from_words(words: &str) -> Self {
        let what = if cfg!(target_os = "linux") {
            text!(
                "No window could be opened at {screen} ({error}).\nOn Debian and Ubuntu a window needs: apt install {packages}",
                screen = screen::named(),
                error = words,
                packages = PACKAGES
            )
        } else {
            text!(
                "No window could be opened ({error}). Update the graphics driver; in a remote desktop, try --renderer glow.",
                error = words
            )
        };
        Self { what }
    }

    fn from_fault() -> Self {
        let place = report::last().map_or_else(String::new, |path| path.display().to_string());
        Self { what: text!("Socketlab failed and has closed everything it had open. Report: {path}", path = place) }
    }
}

/// Opens the window and returns when it is closed. Where there is no terminal to read what went wrong, a box says it.
///
/// # Errors
/// When there is no screen, no window can be opened on it, or the window's thread failed.
pub fn run(options: &StartOptions) -> Result<(), StartError> {
    report::install();
    let kept = LoadedSettings::load();
    speak(&kept.settings.preferences);
    let result = open(options, &kept);
    if let Err(error) = &result
        && !std::io::stderr().is_terminal()
    {
        alert::show(text!("Socketlab has no window"), &error.to_string());
    }
    result
}

fn open(options: &StartOptions, kept: &LoadedSettings) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && screen::named().is_empty() {
        return Err(StartError::no_display());
    }
    let mut failures = Vec::new();
    for (renderer, by) in order(options.renderer, card::may_be_there()) {
        tracing::info!("opening the window with {}", renderer.name());
        match attempt(renderer, by, options, kept) {
            Ended::InOrder => return Ok(()),
            Ended::Failed => return Err(StartError::from_fault()),
            Ended::NoScreen(why) => return Err(StartError::from_screen(&why)),
            Ended::Never(why) => {
                tracing::warn!("{} cannot open a window: {why}", renderer.name());
                failures.push((renderer, why));
            }
        }
    }
    Err(StartError::from_failures(&failures))
}

/// What may do a renderer's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// A graphics card alone.
    Card,
    /// The processor as well.
    Any,
}

/// What is tried, and in what order.
fn order(only: Option<Renderer>, card: bool) -> Vec<(Renderer, By)> {
    if let Some(only) = only {
        return vec![(only, By::Any)];
    }
    let mut order = vec![(Renderer::Glow, By::Any), (Renderer::Wgpu, By::Any)];
    if card {
        order.insert(0, (Renderer::Wgpu, By::Card));
    }
    order
}

/// How one attempt ended.
enum Ended {
    /// The window was closed.
    InOrder,
    /// The window was there, and its thread panicked.
    Failed,
    /// There was no window.
    Never(String),
    /// There is nothing to open a window on, whatever draws it.
    NoScreen(String),
}

fn attempt(renderer: Renderer, by: By, options: &StartOptions, kept: &LoadedSettings) -> Ended {
    let progress = Progress::default();
    let watch = watch(progress.clone());
    let there = progress.clone();
    let creator: eframe::AppCreator<'_> = Box::new(move |cc| {
        if by == By::Card && card::is_the_processor(cc) {
            return Err(text!("there is no graphics card").into());
        }
        let window = Window::new(cc, options, kept.clone())?;
        there.has_window();
        drop(watch);
        Ok(Box::new(window))
    });
    let native = native(renderer, &kept.settings, progress.clone());
    // A driver that panics before there is a window is a driver that cannot draw one.
    let run = AssertUnwindSafe(|| eframe::run_native("socketlab", native, creator));
    match catch_unwind(run) {
        Ok(Ok(())) => Ended::InOrder,
        Ok(Err(error)) if progress.window() => {
            tracing::error!("the window ended: {error}");
            Ended::Never(error.to_string())
        }
        Ok(Err(error @ (eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)))) => {
            Ended::NoScreen(plain(&error.to_string()))
        }
        Ok(Err(error)) => Ended::Never(plain(&error.to_string())),
        Err(_) if progress.window() => Ended::Failed,
        // A library of the screen that is missing; there is one event loop a process, so no second try.
        Err(fault) if !progress.screen() => Ended::NoScreen(report::words_of(&*fault)),
        Err(fault) => Ended::Never(report::words_of(&*fault)),
    }
}

/// An error's words for a person.
fn plain(whole: &str) -> String {
    // winit puts the place in its own source before the words; wgpu lists the reasons of no backend as {}.
    let words = if whole.contains(".rs:") { whole.rsplit(": ").next().unwrap_or(whole) } else { whole };
    words.trim_end_matches("{}").trim_end_matches([':', ' ']).to_owned()
}

fn native(renderer: Renderer, settings: &Settings, progress: Progress) -> eframe::NativeOptions {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")).unwrap_or_default();
    let viewport = egui::ViewportBuilder::default()
        .with_title("Socketlab")
        .with_app_id("socketlab")
        .with_icon(std::sync::Arc::new(icon))
        .with_drag_and_drop(true);
    let mut wgpu_options = eframe::egui_wgpu::WgpuConfiguration::default();
    if let eframe::egui_wgpu::WgpuSetup::CreateNew(setup) = &mut wgpu_options.wgpu_setup {
        // A table of text wakes no second graphics card.
        setup.power_preference = wgpu::PowerPreference::from_env().unwrap_or(wgpu::PowerPreference::LowPower);
    }
    eframe::NativeOptions {
        viewport: settings.window.open(viewport),
        event_loop_builder: screen::builder(),
        window_builder: Some(Box::new(move |builder| {
            progress.has_screen();
            builder
        })),
        renderer: match renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        wgpu_options,
        // Kept with the settings.
        persist_window: false,
        // There are no long gradients, and what draws without a graphics card would dither every pixel.
        dithering: false,
        // The window installs them itself.
        system_font_fallback: false,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_tried_first_and_whatever_draws_last() {
        let card = [(Renderer::Wgpu, By::Card), (Renderer::Glow, By::Any), (Renderer::Wgpu, By::Any)];
        assert_eq!(order(None, true), card);
        assert_eq!(order(None, false), card[1..]);
        assert_eq!(order(Some(Renderer::Wgpu), false), [(Renderer::Wgpu, By::Any)]);
        assert_eq!(order(Some(Renderer::Glow), true), [(Renderer::Glow, By::Any)]);
    }

    #[test]
    fn errors_of_libraries_are_put_plainly() {
        let wgpu = "WGPU error: Failed to create surface for any enabled backend: {}";
        assert_eq!(plain(wgpu), "WGPU error: Failed to create surface for any enabled backend");
        let winit = "winit EventLoopError: os error at /a/b/mod.rs:725: Could not find wayland compositor";
        assert_eq!(plain(winit), "Could not find wayland compositor");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = StartError::from_screen("Could not find wayland compositor").to_string();
        let library = StartError::from_screen("Library libxkbcommon-x11.so could not be loaded.").to_string();
        let other = [(Renderer::Wgpu, "no adapter".to_owned()), (Renderer::Glow, "no EGL".to_owned())];
        let both = StartError::from_failures(&other).to_string();
        assert!(both.contains("wgpu: no adapter; glow: no EGL") && both.contains("socketlab listen echo"), "{both}");
        if cfg!(target_os = "linux") {
            assert!(error.contains("nothing answers"), "{error}");
            assert!(both.contains("apt install libx11-6"), "{both}");
            assert!(library.contains("apt install libx11-6") && library.contains("libxkbcommon"), "{library}");
        }
    }
}
