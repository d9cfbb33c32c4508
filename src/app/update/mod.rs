//! The only writer of the model: what a person asked for, the engine told and a worker brought goes in, what is to be done
//! outside comes out.
//!
//! A rule of behaviour ("what comes from the network never moves the selection") is one place here and one test without a
//! display.

mod action;
mod away;
mod clear;
mod command;
mod connection;
mod files;
mod lab_edit;
mod lab_files;
mod lab_run;
mod moving;
mod notice;
mod offer_lines;
mod opening;
mod page;
mod parts;
mod preferences;
mod programs;
mod result;
mod saving;
mod sending;
mod sessions;
mod show;
mod site;
#[cfg(test)]
mod tests;

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use egui::ColorImage;

use super::{
    effects::WorkerResult,
    model::{Effect, Model},
};
use crate::{
    engine::{Command, Notice},
    ui::{action::Action, kit::Tone},
};

/// What can happen to the window.
#[derive(Debug)]
pub(in crate::app) enum Event {
    /// A person asked for it.
    Action(Action),
    /// Files were dropped on the window.
    Dropped(Vec<PathBuf>),
    /// Pixels were pasted.
    Pasted(Arc<ColorImage>),
    /// The engine tells.
    Notice(Notice),
    /// A worker brings.
    Result(WorkerResult),
    /// These paths and URLs are to be opened.
    Open(Vec<OsString>),
    /// Something is to be said in the corner.
    Say(Tone, String),
    /// The window was asked to close, and waits for the answer.
    Quit,
    /// All that had come is taken in, and time has passed.
    Tick,
    /// A frame is about to be drawn: what is shown counts as seen.
    Frame,
    /// A frame was drawn, and what a person typed is in the fields.
    Drawn,
}

/// Takes in what happened; gives what is to be done outside, in this order.
pub(in crate::app) fn update(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Action(action) => model.execute(action),
        Event::Dropped(paths) => model.open_all(paths.into_iter().map(PathBuf::into_os_string).collect()),
        Event::Pasted(image) => model.paste(image),
        Event::Notice(notice) => model.on_notice(notice),
        Event::Result(result) => model.on_result(result),
        Event::Open(what) => model.open_all(what),
        Event::Say(tone, words) => model.state.say(tone, words),
        Event::Quit => model.ask_to_quit(),
        Event::Tick => {
            model.let_speak();
            model.tell_of_pictures();
            model.find_asked_picture();
            let first = model.journal.stats().first;
            if model.matches.evict(first) {
                model.effect(Effect::SearchOn);
            }
            if let Some(wait) = model.state.expire_toasts() {
                model.effect(Effect::WakeIn(wait));
            }
            model.forget_cleared();
        }
        Event::Frame => {
            model.state.look();
            model.turn_send_box();
        }
        Event::Drawn => {
            model.after_editing();
            model.keep_sessions();
            model.settings.views = model.views.choices();
        }
    }
    std::mem::take(&mut model.effects)
}

impl Model {
    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Hands a command to the engine.
    fn command(&mut self, command: Command) {
        self.effect(Effect::Engine(Box::new(command)));
    }
}
