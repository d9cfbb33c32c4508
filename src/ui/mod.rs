//! The window's widgets: data in, action out.
//!
//! Owns how everything looks and what a person can ask for ([`action::Action`]). Must not know the engine, a channel,
//! a thread or a file: the layer above hands in plain data every frame and executes what comes back.

pub mod action;
pub mod command;
pub mod dialogs;
pub mod forms;
pub mod frame;
pub mod icons;
pub mod kit;
pub mod preferences;
pub mod tab;
pub mod theme;
pub mod views;
