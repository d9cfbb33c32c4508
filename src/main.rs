//! The program: the window, or a command without one.

use std::process::ExitCode;

use socketlab::cli::{self, Launch};

fn main() -> ExitCode {
    cli::run(window)
}

#[cfg(feature = "gui")]
fn window(launch: Launch) -> ExitCode {
    use socketlab::app::{self, Renderer, StartOptions};
    let renderer = launch.renderer.map(|renderer| match renderer {
        cli::Renderer::Wgpu => Renderer::Wgpu,
        cli::Renderer::Glow => Renderer::Glow,
    });
    cli::report(app::run(&StartOptions { open: launch.open, renderer, ..StartOptions::default() }))
}

#[cfg(not(feature = "gui"))]
fn window(_launch: Launch) -> ExitCode {
    cli::report(Err(cli::NoWindow))
}
