//! Opening the window with whatever can draw one here, and saying what is missing when nothing can.

use std::{
    io::{IsTerminal, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    time::Duration,
};

use super::{alert, mail::spawn, report, store, window::Window};
use crate::words::text;

/// A window that is not there after this long is worth a word; the slowest software renderer takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(8);

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D 12.
    Wgpu,
    /// OpenGL.
    Glow,
}

impl Renderer {
    fn name(self) -> &'static str {
        match self {
            Self::Wgpu => "wgpu",
            Self::Glow => "glow",
        }
    }
}

/// How the program was started. Nothing of it is kept.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// Neither read nor write what is kept between runs.
    pub forget: bool,
    /// Paths and URLs to open.
    pub open: Vec<String>,
    /// The only renderer to try; `None` tries wgpu, then glow.
    pub renderer: Option<Renderer>,
}

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

    /// From what each renderer said, in the order in which they were tried.
    fn from_failures(failures: &[(Renderer, String)]) -> Self {
        let words: Vec<String> =
            failures.iter().map(|(renderer, words)| format!("{}: {words}", renderer.name())).collect();
        let words = words.join("; ");
        let what = if !cfg!(target_os = "linux") {
            text!(
                "No window could be opened ({error}). Update the graphics driver; in a remote desktop, try --renderer glow.",
                error = words
            )
        } else if failures.iter().all(|(_, words)| words.to_lowercase().contains("connect")) {
            let words = failures.first().map_or("", |(_, words)| words);
            text!(
                "No window: nothing answers at {screen} ({error}). Is that screen running, and may you use it?",
                screen = screen(),
                error = words
            )
        } else {
            text!(
                "No window could be opened at {screen} ({error}).\nOn Debian and Ubuntu a window needs: apt install {packages}",
                screen = screen(),
                error = words,
                packages = PACKAGES
            )
        };
        Self { what }
    }

    fn from_fault() -> Self {
        let place = report::last().map_or_else(String::new, |path| path.display().to_string());
        Self { what: text!("Socketlab failed and has closed everything it had open. Report: {path}", path = place) }
    }
}

/// The screen that was asked for, as its variables stand.
fn screen() -> String {
    let named = |name| variable(name).map(|value| format!("{name}={value}"));
    ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter_map(named).collect::<Vec<_>>().join(", ")
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Opens the window and returns when it is closed. Where there is no terminal to read what went wrong, a box says it.
///
/// # Errors
/// When there is no screen, no window can be opened on it, or the window's thread failed.
pub fn run(options: &StartOptions) -> Result<(), StartError> {
    report::install();
    let result = open(options);
    if let Err(error) = &result
        && !std::io::stderr().is_terminal()
    {
        alert::show(text!("Socketlab has no window"), &error.to_string());
    }
    result
}

fn open(options: &StartOptions) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && variable("DISPLAY").is_none() && variable("WAYLAND_DISPLAY").is_none() {
        return Err(StartError::no_display());
    }
    let all = [Renderer::Wgpu, Renderer::Glow];
    let mut failures = Vec::new();
    for renderer in all.into_iter().filter(|one| options.renderer.is_none_or(|only| only == *one)) {
        tracing::info!("opening the window with {}", renderer.name());
        match attempt(renderer, options) {
            Ended::InOrder => return Ok(()),
            Ended::Failed => return Err(StartError::from_fault()),
            Ended::NoScreen(why) => return Err(StartError::from_failures(&[(renderer, why)])),
            Ended::Never(why) => {
                tracing::warn!("{} cannot open a window: {why}", renderer.name());
                failures.push((renderer, why));
            }
        }
    }
    Err(StartError::from_failures(&failures))
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

fn attempt(renderer: Renderer, options: &StartOptions) -> Ended {
    let opened = Arc::new(AtomicBool::new(false));
    let watch = watch();
    let there = Arc::clone(&opened);
    let creator: eframe::AppCreator<'_> = Box::new(move |cc| {
        let window = Window::new(cc, options.clone())?;
        there.store(true, Ordering::Relaxed);
        drop(watch);
        Ok(Box::new(window))
    });
    // A driver that panics before there is a window is a driver that cannot draw one.
    let run = AssertUnwindSafe(|| eframe::run_native("socketlab", native(renderer, options), creator));
    match catch_unwind(run) {
        Ok(Ok(())) => Ended::InOrder,
        Ok(Err(error)) if opened.load(Ordering::Relaxed) => {
            tracing::error!("the window ended: {error}");
            Ended::Never(error.to_string())
        }
        Ok(Err(error @ (eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)))) => {
            Ended::NoScreen(plain(&error.to_string()))
        }
        Ok(Err(error)) => Ended::Never(plain(&error.to_string())),
        Err(_) if opened.load(Ordering::Relaxed) => Ended::Failed,
        Err(_) => Ended::Never(text!("the driver failed").to_owned()),
    }
}

/// An error's words for a person.
fn plain(whole: &str) -> String {
    // winit puts the place in its own source before the words; wgpu lists the reasons of no backend as {}.
    let words = if whole.contains(".rs:") { whole.rsplit(": ").next().unwrap_or(whole) } else { whole };
    words.trim_end_matches("{}").trim_end_matches([':', ' ']).to_owned()
}

fn native(renderer: Renderer, options: &StartOptions) -> eframe::NativeOptions {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")).unwrap_or_default();
    let viewport = egui::ViewportBuilder::default()
        .with_title("Socketlab")
        .with_app_id("socketlab")
        .with_icon(Arc::new(icon))
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([520.0, 360.0])
        .with_drag_and_drop(true);
    let mut wgpu_options = eframe::egui_wgpu::WgpuConfiguration::default();
    if let eframe::egui_wgpu::WgpuSetup::CreateNew(setup) = &mut wgpu_options.wgpu_setup {
        // A table of text wakes no second graphics card.
        setup.power_preference = wgpu::PowerPreference::from_env().unwrap_or(wgpu::PowerPreference::LowPower);
    }
    eframe::NativeOptions {
        viewport,
        renderer: match renderer {
            Renderer::Wgpu => eframe::Renderer::Wgpu,
            Renderer::Glow => eframe::Renderer::Glow,
        },
        wgpu_options,
        persist_window: !options.forget,
        persistence_path: store::layout_file(),
        // The window installs them itself.
        system_font_fallback: false,
        ..Default::default()
    }
}

/// Says so when the window takes too long; ends when what it returns is dropped.
fn watch() -> Sender<()> {
    let (started, waiting) = channel();
    spawn("start watch", move || {
        if waiting.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let words = text!(
            "Socketlab has no window yet: the screen, its driver or the input method does not answer. Try `XMODIFIERS= socketlab` (no input method), `socketlab --renderer glow` (OpenGL alone), or a local screen."
        );
        tracing::warn!("no window after {PATIENCE:?}");
        let _ = writeln!(std::io::stderr(), "{words}");
        if !std::io::stderr().is_terminal() {
            alert::show(text!("Socketlab is still starting"), words);
        }
    });
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_libraries_are_put_plainly() {
        let wgpu = "WGPU error: Failed to create surface for any enabled backend: {}";
        assert_eq!(plain(wgpu), "WGPU error: Failed to create surface for any enabled backend");
        let winit = "winit EventLoopError: os error at /a/b/mod.rs:725: Could not find wayland compositor";
        assert_eq!(plain(winit), "Could not find wayland compositor");
    }

    #[test]
    fn what_is_missing_is_named() {
        let nobody = |renderer| (renderer, "failed to connect to the display".to_owned());
        let error = StartError::from_failures(&[nobody(Renderer::Wgpu), nobody(Renderer::Glow)]).to_string();
        let other = [(Renderer::Wgpu, "no adapter".to_owned()), (Renderer::Glow, "no EGL".to_owned())];
        let both = StartError::from_failures(&other).to_string();
        assert!(both.contains("wgpu: no adapter; glow: no EGL") && both.contains("socketlab listen echo"), "{both}");
        if cfg!(target_os = "linux") {
            assert!(error.contains("nothing answers"), "{error}");
            assert!(both.contains("apt install libx11-6"), "{both}");
        }
    }
}
