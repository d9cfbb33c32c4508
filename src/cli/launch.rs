//! How the window is asked for: what it opens and what draws it.

use std::path::Path;

use clap::ValueEnum;

use super::{args::Args, refusal::wrong};
use crate::words::text;

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D 12.
    Wgpu,
    /// OpenGL.
    Glow,
}

/// How the window was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launch {
    /// Paths and URLs to open, in this order; the paths exist.
    pub open: Vec<String>,
    /// The only thing that may draw the window; `None` tries all.
    pub renderer: Option<Renderer>,
}

impl Args {
    /// What the window is to open; ends the program with code 2 when something is neither there nor a URL.
    pub(super) fn launch(&self) -> Launch {
        for word in &self.open {
            if !word.contains("://") && !Path::new(word).exists() {
                wrong(&text!("“{word}” is no command, no file, no folder and no URL", word = word));
            }
        }
        Launch { open: self.open.clone(), renderer: self.renderer }
    }
}
