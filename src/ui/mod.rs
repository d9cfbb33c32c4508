//! Widgets: data in, intent out. Owns how things look and what a person asked for; knows no engine, no channel, no
//! runtime and no thread.

pub mod icons;
pub mod input;
pub mod kit;
pub mod theme;
pub mod views;
