//! What the program was started with.

use std::ffi::OsString;

/// What draws the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// Vulkan, Metal or Direct3D 12.
    Wgpu,
    /// OpenGL.
    Glow,
}

impl Renderer {
    /// As `--renderer` has it.
    pub(in crate::app) fn name(self) -> &'static str {
        match self {
            Self::Wgpu => "wgpu",
            Self::Glow => "glow",
        }
    }
}

/// How the program was started. Nothing of it is kept.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// Paths and URLs to open.
    pub open: Vec<OsString>,
    /// The only renderer to try. `None` tries wgpu where a graphics card draws, then glow, then wgpu on the processor.
    pub renderer: Option<Renderer>,
}
