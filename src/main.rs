//! The program: the window, or a command without one.
// A double click must not open a terminal beside the window.
#![cfg_attr(all(windows, feature = "gui"), windows_subsystem = "windows")]

use std::process::ExitCode;

use socketlab::{
    cli::{self, Launch},
    words::{self, Language},
};

#[cfg(all(windows, feature = "gui"))]
mod console;

fn main() -> ExitCode {
    #[cfg(all(windows, feature = "gui"))]
    console::join();
    // What a list of processes shows: an AppImage's program has no name of its own.
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/comm", "socketlab");
    words::set_language(language());
    cli::run(std::env::args_os(), window)
}

/// The one rule: what a person chose in the window, else what the system speaks.
#[cfg(feature = "gui")]
fn language() -> Language {
    socketlab::app::chosen_language().unwrap_or_else(words::system_language)
}

/// Nobody chose anything in a window that is not there.
#[cfg(not(feature = "gui"))]
fn language() -> Language {
    words::system_language()
}

#[cfg(feature = "gui")]
fn window(launch: Launch) -> ExitCode {
    use socketlab::app::{self, Renderer, StartOptions};
    let renderer = launch.renderer.map(|renderer| match renderer {
        cli::Renderer::Wgpu => Renderer::Wgpu,
        cli::Renderer::Glow => Renderer::Glow,
    });
    cli::report(app::run(&StartOptions { open: launch.open, renderer }))
}

#[cfg(not(feature = "gui"))]
fn window(_launch: Launch) -> ExitCode {
    cli::report(Err(cli::NoWindow))
}
