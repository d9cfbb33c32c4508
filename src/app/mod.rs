//! The window: eframe's application around one engine.
//!
//! What a person did, the engine told and a worker brought is an event; `update` alone takes it into the `model` and gives
//! the effects that follow, which `effects` carries out; `draw` shows the model in `ui` once a frame and gives back what a
//! person asked for. `window` passes between them. Nothing slow runs on the window's thread, and no frame is drawn while
//! nothing happens.

mod draw;
mod effects;
mod launch;
mod mailbox;
mod model;
mod start;
mod store;
mod update;
mod window;

pub use effects::settings_file::chosen_language;
pub use launch::{Renderer, StartOptions};
pub use start::{StartError, run};
