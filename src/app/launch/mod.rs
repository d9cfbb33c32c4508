//! Before and around the window: what it is opened with, the screen and the card that draw it, fonts, and what is told when
//! a part of it fails.

pub(in crate::app) mod alert;
pub(in crate::app) mod card;
pub(in crate::app) mod fonts;
mod options;
pub(in crate::app) mod report;
pub(in crate::app) mod screen;
pub(in crate::app) mod waiting;

pub use options::{Renderer, StartOptions};
