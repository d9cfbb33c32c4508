//! The program: the window, or a command without one.

use std::process::ExitCode;

fn main() -> ExitCode {
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
