//! Opening the window, and saying what is missing when none can be opened.

use std::sync::Arc;

use super::window::Window;
use crate::words::text;

/// How the program was started. Nothing of it is kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct StartOptions {
    /// Neither read nor write what is kept between runs.
    pub forget: bool,
}

/// No window could be opened. Display says what is missing and how to go on without one.
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
const PACKAGES: &str = "libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1";

impl StartError {
    fn no_display() -> Self {
        let what = text!("No window: neither DISPLAY nor WAYLAND_DISPLAY is set, so there is no screen to open it on.");
        Self { what: what.to_owned() }
    }

    fn from_eframe(error: &eframe::Error) -> Self {
        let whole = error.to_string();
        // winit puts the place in its own source before the words.
        let words = whole.rsplit(": ").next().unwrap_or(&whole);
        let display = variable("DISPLAY").map(|display| format!("DISPLAY={display}"));
        let wayland = variable("WAYLAND_DISPLAY").map(|display| format!("WAYLAND_DISPLAY={display}"));
        let screen = [wayland, display].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let what = if !cfg!(target_os = "linux") {
            text!("No window could be opened: {error}", error = whole)
        } else if words.to_lowercase().contains("connect") {
            text!(
                "No window: nothing answers at {screen} ({error}). Is that screen running, and may you use it?",
                screen = screen,
                error = words
            )
        } else {
            text!(
                "No window could be opened at {screen}: {error}\nOn Debian and Ubuntu a window needs: apt install {packages}",
                screen = screen,
                error = words,
                packages = PACKAGES
            )
        };
        Self { what }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When there is no screen, or no window can be opened on it.
pub fn run(options: StartOptions) -> Result<(), StartError> {
    if cfg!(target_os = "linux") && variable("DISPLAY").is_none() && variable("WAYLAND_DISPLAY").is_none() {
        return Err(StartError::no_display());
    }
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")).unwrap_or_default();
    let viewport = egui::ViewportBuilder::default()
        .with_title("Socketlab")
        .with_app_id("socketlab")
        .with_icon(Arc::new(icon))
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([520.0, 360.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions {
        viewport,
        persist_window: !options.forget,
        // The window installs them itself.
        system_font_fallback: false,
        ..Default::default()
    };
    eframe::run_native("socketlab", native, Box::new(move |cc| Ok(Box::new(Window::new(cc, options)?))))
        .map_err(|error| StartError::from_eframe(&error))
}
