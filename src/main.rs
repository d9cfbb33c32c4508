//! The program: the window, or a command without one.
// A double click must not open a terminal beside the window.
#![cfg_attr(all(windows, feature = "gui"), windows_subsystem = "windows")]

use std::process::ExitCode;

#[cfg(all(windows, feature = "gui"))]
mod console;

fn main() -> ExitCode {
    #[cfg(all(windows, feature = "gui"))]
    console::join();
    socketlab::cli::run(window)
}

#[cfg(feature = "gui")]
fn window() -> ExitCode {
    socketlab::cli::report(socketlab::app::run(socketlab::app::StartOptions::default()))
}

#[cfg(not(feature = "gui"))]
fn window() -> ExitCode {
    socketlab::cli::report(Err(socketlab::cli::NoWindow))
}
