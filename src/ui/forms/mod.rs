//! What is filled in before something is started, and what a running HTTP listener is told.

pub mod connect_fields;
pub mod connect_form;
pub mod dialog_form;
mod listen_answer;
pub mod listen_fields;
pub mod listen_form;
pub mod reach_form;
pub mod script_form;
mod speak;
