//! The window: eframe's application around one engine.
//!
//! Owns the state of the window and everything that is not drawing: the engine, worker threads, dialogs, what is kept
//! between runs. Data goes down into `ui` once a frame; what comes back is carried out in `execute` and nowhere else.
//! Nothing slow runs on the window's thread, and no frame is drawn while nothing happens.

mod alert;
mod away;
mod card;
mod centre;
mod desktop;
mod dialogs;
mod drain;
mod execute;
mod faults;
mod file_error;
mod files;
mod fonts;
mod inspect;
mod lab_bench;
mod lab_edit;
mod lab_files;
mod lab_run;
mod lab_words;
mod labs;
mod lan;
mod layout;
mod mail;
mod open;
mod opening;
mod options;
mod panels;
mod perform;
mod pictures;
mod programs;
mod recent;
mod repeat;
mod report;
mod rows;
mod screen;
mod search;
mod settings;
mod site;
mod start;
mod state;
mod store;
mod try_it;
mod waiting;
mod window;

pub use options::{Renderer, StartOptions};
pub use settings::chosen_language;
pub use start::{StartError, run};
