//! Files that come to the window: chosen, dropped on it, or a picture pasted into it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use egui::ColorImage;

use super::super::model::{Effect, Model};
use crate::{
    ui::{
        action::{PathFor, Pick, Selection, Tab},
        forms::listen_form::ResponderKind,
        kit::Tone,
        views::shared::picture_name::is_picture,
    },
    words::text,
};

impl Model {
    /// Takes a picture that was pasted, for the send box.
    pub(super) fn paste(&mut self, image: Arc<ColorImage>) {
        if self.can_take_file() {
            self.pasted += 1;
            self.effect(Effect::KeepPasted(image, self.pasted, self.place()));
        }
    }

    /// Whether a file is a script, and the form that takes one is open.
    pub(super) fn is_script(&self, path: &Path) -> bool {
        let named = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        named && self.settings.listen.answer == ResponderKind::Dialog && self.shows_listen_form()
    }

    /// Puts a file into the send box, if there is one in the window; a script goes into the form that is about a dialog.
    pub(super) fn offer_file(&mut self, path: PathBuf, place: Selection) {
        if self.is_script(&path) {
            self.effect(Effect::ReadScript(path));
            return;
        }
        if self.place() == place {
            if !self.can_take_file() {
                return;
            }
            self.state.tab = Tab::Conversation;
        }
        let picture = is_picture(&path);
        self.views.send_box.set_file_for(place, path, picture);
    }

    /// Whether there is somebody to send to; says so when there is not.
    fn can_take_file(&mut self) -> bool {
        let possible = !self.reach().is_nobody();
        if !possible {
            self.state.say(Tone::Warning, text!("Choose a connection first, then try again"));
        }
        possible
    }

    /// Lets a person choose a file or folder, beginning where the last one was.
    pub(super) fn choose(&mut self, pick: Pick) {
        let start = match pick {
            Pick::ListenPicture | Pick::PageFile => {
                PathBuf::from(&self.settings.listen.picture).parent().map(PathBuf::from)
            }
            Pick::Open
            | Pick::OpenPicture
            | Pick::SendFile
            | Pick::SendPicture
            | Pick::Script
            | Pick::RequestFile
            | Pick::SavePlace => None,
            Pick::LabPicture | Pick::LabFolder => self.lab_folder(),
            Pick::UploadFolder => Some(PathBuf::from(self.views.site.folder())),
            Pick::ListenFolder | Pick::ServeFolder => Some(PathBuf::from(&self.settings.listen.folder)),
        };
        self.choose_from(pick, start);
    }

    /// Lets a person choose a file or folder, beginning at `start`: the folder, or the name where it is a place to save at.
    pub(super) fn choose_from(&mut self, pick: Pick, start: Option<PathBuf>) {
        if !self.dialog_is_open {
            self.dialog_is_open = true;
            self.picking_for = self.place();
            self.effect(Effect::Choose(pick, start));
        }
    }

    /// Takes the path that stands in for a file dialog.
    pub(super) fn path_typed(&mut self, wanted: PathFor, path: PathBuf) {
        self.overlay = None;
        match wanted {
            PathFor::Pick(pick) => self.picked(pick, path),
            PathFor::Part(part) => self.effect(Effect::WritePart(path, part)),
            PathFor::Received(connection) => self.keep_received(connection, path),
            PathFor::Save(bytes) => self.effect(Effect::Write(path, bytes)),
        }
    }
}
