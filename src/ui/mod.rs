//! The window's widgets: data in, intent out.
//!
//! Owns how everything looks and what a person can ask for ([`intent::Intent`]). Must not know the engine, a channel,
//! a thread or a file: the layer above hands in plain data every frame and executes what comes back.

pub mod about;
pub mod ask;
pub mod command;
pub mod connect_fields;
pub mod connect_form;
pub mod dialog_form;
pub mod form;
pub mod help;
pub mod icons;
pub mod intent;
pub mod kit;
pub mod lab_page;
pub mod labs;
mod listen_answer;
pub mod listen_fields;
pub mod listen_form;
pub mod offer;
pub mod palette;
pub mod path_page;
pub mod preferences;
pub mod reach_form;
pub mod script_form;
pub mod sessions;
pub mod settings;
pub mod site_panel;
pub mod site_routes;
pub mod start;
pub mod status_bar;
pub mod tabs;
pub mod theme;
pub mod toast;
pub mod top_bar;
pub mod views;
