//! The program: the window, or a command without one.

use std::process::ExitCode;

fn main() -> ExitCode {
    socketlab::cli::run(window)
}

fn window() -> ExitCode {
    ExitCode::FAILURE
}
