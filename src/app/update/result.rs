//! What workers bring.

use std::path::PathBuf;

use super::super::{
    effects::{WorkerResult, dialogs::FileAnswer, pictures::PictureAnswer, repeat::Repeated},
    model::{Effect, Model, Overlay},
};
use crate::{
    ui::{
        action::{Ending, Pick, Tab},
        dialogs::{about::AboutPage, path_page::PathPage},
        forms::{dialog_form::DialogForm, listen_form::ResponderKind},
        kit::{Tone, form::capitalised},
        views::pictures::lightbox::Lightbox,
    },
    words::text,
};

impl Model {
    pub(super) fn on_result(&mut self, result: WorkerResult) {
        match result {
            WorkerResult::Addresses(addresses) => self.addresses = addresses,
            WorkerResult::File(answer) => self.on_file(answer),
            WorkerResult::Opened(what, opened, place) => self.opened(&what, opened, place),
            WorkerResult::Pasted(Ok(path), place) => self.views.send_box.set_file_for(place, path, true),
            WorkerResult::Pasted(Err(error), _) => {
                self.state.say(Tone::Bad, text!("Not saved: {error}", error = error));
            }
            WorkerResult::Desktop(wishes) => {
                self.wishes = wishes;
                self.effect(Effect::Look(self.settings.preferences, wishes));
            }
            // A log-off waits for nobody's answer.
            WorkerResult::DesktopEnds => self.end(Ending::Window, false),
            WorkerResult::NotKept(why) => {
                let words = text!("Settings cannot be kept ({error}); everything else goes on", error = why);
                self.state.say(Tone::Warning, words);
            }
            WorkerResult::Script(Ok(dialog)) => {
                self.settings.listen.answer = ResponderKind::Dialog;
                self.settings.listen.dialog = DialogForm::new(&dialog);
            }
            WorkerResult::Script(Err(error)) | WorkerResult::PictureOpened(Err(error)) => {
                self.state.say(Tone::Bad, error.to_string());
            }
            WorkerResult::Found(found) => self.matches.take(found),
            WorkerResult::Picture(answer) => self.on_picture(answer),
            WorkerResult::PicturesBusy => {
                self.state.say(Tone::Warning, text!("Too many pictures are waiting; try again"));
            }
            WorkerResult::PictureOpened(Ok(id)) => {
                self.show_tab(Tab::Pictures);
                self.views.lightbox = Some(Lightbox::new(id));
            }
            WorkerResult::PictureFilesBusy => {
                let words = text!("Too many pictures at once; open the others when these are there");
                self.state.say(Tone::Warning, words);
            }
            WorkerResult::LabFile(id, refused) => self.lab_file_is_known(id, refused),
            WorkerResult::Explored(probes) => self.explored(probes),
            WorkerResult::Received(received) => self.received(received),
            WorkerResult::Repeated(Repeated::Unread(path)) => {
                let words = text!("{path} cannot be read, or is larger than 16 MiB", path = path.display());
                self.state.say(Tone::Bad, words);
            }
            WorkerResult::Repeated(Repeated::Over(number)) => {
                self.repeating.take_if(|repeating| repeating.number == number);
            }
            WorkerResult::Busy(busy) => self.state.say(Tone::Bad, busy.to_string()),
            WorkerResult::Itself(system, diagnostics) => {
                self.overlay = Some(Overlay::About(AboutPage::new(system, diagnostics)));
            }
        }
    }

    fn on_file(&mut self, answer: FileAnswer) {
        self.dialog_is_open = false;
        match answer {
            FileAnswer::Picked(what, Some(path)) => self.picked(what, path),
            FileAnswer::Picked(_, None) | FileAnswer::Placed(_, None) | FileAnswer::Saved(None) => {}
            FileAnswer::NoDialog(wanted, path) => {
                self.overlay = Some(Overlay::Path(PathPage { wanted, path, fresh: true }));
            }
            FileAnswer::Placed(wanted, Some(path)) => self.path_typed(wanted, path),
            FileAnswer::PartSaved(saved) => self.part_saved(saved),
            FileAnswer::Saved(Some(Ok(path))) => {
                self.state.say(Tone::Good, text!("Saved {path}", path = path.display()));
            }
            FileAnswer::Saved(Some(Err(error))) => {
                self.state.say(Tone::Bad, text!("Not saved: {error}", error = error));
            }
        }
    }

    /// Takes a file or folder that was chosen for something.
    pub(super) fn picked(&mut self, what: Pick, path: PathBuf) {
        let words = path.to_string_lossy().into_owned();
        match what {
            Pick::ListenPicture | Pick::PageFile => self.settings.listen.picture = words,
            Pick::ListenFolder => self.settings.listen.folder = words,
            Pick::ServeFolder => self.serve_folder(path),
            Pick::UploadFolder => self.views.site.set_folder(words),
            Pick::LabPicture | Pick::LabFolder => self.lab_picked(&path),
            Pick::Script => self.effect(Effect::ReadScript(path)),
            Pick::Open => self.open_all(vec![path.into_os_string()]),
            Pick::RequestFile => self.views.http.set_file(&path),
            Pick::SavePlace => self.views.http.set_save_to(&path),
            Pick::SendFile => self.views.send_box.set_file_for(self.picking_for, path, false),
            Pick::SendPicture => self.views.send_box.set_file_for(self.picking_for, path, true),
            Pick::OpenPicture => self.effect(Effect::OpenPictures(vec![path])),
        }
    }

    fn on_picture(&mut self, answer: PictureAnswer) {
        match answer {
            PictureAnswer::Saved(name, Ok(bytes)) => self.save(name, bytes),
            PictureAnswer::Clipboard(Ok(image)) => {
                self.effect(Effect::CopyImage(image));
                self.state.say(Tone::Good, text!("Picture copied"));
            }
            PictureAnswer::Saved(_, Err(why)) | PictureAnswer::Clipboard(Err(why)) => {
                self.state.say(Tone::Bad, capitalised(&why.to_string()));
            }
        }
    }
}
