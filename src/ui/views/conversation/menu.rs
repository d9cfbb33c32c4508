//! The menu of a bubble: what can be done with its bytes, and how it is shown.

use egui::{Response, Ui};

use super::{
    look,
    message::{Body, Message},
    posts::Posts,
    scene::{Chosen, Scene},
};
use crate::{
    model::State,
    ui::{action::Action, icons, kit, views::shared::bytes_menu},
    words::text,
};

/// Opens it at the second button of the pointer, and from the keyboard.
pub(super) fn show(
    bubble: &Response,
    message: &Message,
    scene: &Scene<'_>,
    chosen: &mut Chosen,
    actions: &mut Vec<Action>,
) {
    let hand = scene.hand;
    let asked = kit::MenuAsked { clicked: bubble.secondary_clicked(), by_key: hand.menu.then_some(bubble.rect) };
    kit::context_menu_of(bubble, asked, hand.list.id, |ui| {
        match &message.body {
            Body::Bytes => form(ui, message, scene, chosen),
            Body::Picture(object) => {
                if kit::menu_item(ui, icons::ARROWS_OUT_SIMPLE, text!("Enlarge the picture"), "").clicked() {
                    actions.push(Action::Enlarge(object.id));
                }
                if kit::menu_item(ui, icons::COPY, text!("Copy the picture"), "").clicked() {
                    actions.push(Action::CopyPicture(object.id));
                }
                if kit::menu_item(ui, icons::DOWNLOAD_SIMPLE, text!("Save the picture"), "").clicked() {
                    actions.push(Action::SavePicture(object.id));
                }
                kit::menu_separator(ui);
            }
            Body::Echo(_) | Body::File(_) => {}
        }
        if let Some(posts) = scene.posts {
            return post(ui, message, posts, actions);
        }
        match message.part(scene.peer) {
            Some(part) => {
                let open = scene
                    .connection
                    .is_some_and(|connection| matches!(connection.state(), State::Established | State::CloseWait));
                bytes_menu::rows(ui, &part, (false, open), actions);
            }
            None => {
                if kit::menu_item(ui, icons::ROWS, text!("Show in the journal"), "").clicked() {
                    actions.push(Action::ShowRecord(message.first));
                }
            }
        }
    });
}

/// What can be done with something that was brought to a site.
fn post(ui: &mut Ui, message: &Message, posts: Posts<'_>, actions: &mut Vec<Action>) {
    if let Some(text) = posts.text(message.at)
        && kit::menu_item(ui, icons::COPY, text!("Copy the text"), "").clicked()
    {
        actions.push(Action::Copy(text.to_owned()));
    }
    if let Some(saved) = &message.saved
        && kit::menu_item(ui, icons::FOLDER_OPEN, text!("Open its folder"), "").clicked()
    {
        actions.push(Action::OpenFolder(saved.transfer));
    }
    if message.first > 0 && kit::menu_item(ui, icons::ROWS, text!("Show in the journal"), "").clicked() {
        actions.push(Action::ShowRecord(message.first));
    }
}

fn form(ui: &mut Ui, message: &Message, scene: &Scene<'_>, chosen: &mut Chosen) {
    let now = scene.form(message);
    let mut wanted = now;
    look::forms(ui, &mut wanted);
    if wanted != now {
        chosen.form = Some((message.at, wanted));
    }
    if message.text(scene.reader).is_some_and(|text| text.ansi) {
        let mut look = scene.look;
        look::colours(ui, &mut look.ansi);
        chosen.look = Some(look).filter(|look| *look != scene.look);
    }
    kit::menu_separator(ui);
}
