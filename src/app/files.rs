//! Files that come to the window: dropped on it, or a picture pasted into it.

use std::{
    fs::{self, File},
    io::{Cursor, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use egui::{ColorImage, Context, Event};
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

use super::{
    dialogs,
    file_error::FileFault,
    mail::{Mailbox, News, spawn},
    window::Window,
};
use crate::{
    model,
    respond::dialog,
    ui::{
        intent::{Dialog, Pick, Tab},
        kit::Tone,
        listen_form::ResponderKind,
    },
    words::text,
};

/// Bytes of a script file.
const SCRIPT: u64 = 1 << 20;

impl Window {
    /// Opens what was dropped on the window, and takes pictures that were pasted into the send box.
    pub(super) fn take_files(&mut self, ctx: &Context) {
        let (dropped, pasted) = ctx.input(|input| {
            let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect();
            let pasted = input.events.iter().find_map(|event| match event {
                Event::PasteImage(image) => Some(Arc::clone(image)),
                _ => None,
            });
            (dropped, pasted)
        });
        if let Some(image) = pasted.filter(|_| self.can_take_file()) {
            self.pasted += 1;
            keep_pasted(image, self.pasted, self.mail.clone());
        }
        self.open_all(dropped.into_iter().map(|path| path.to_string_lossy().into_owned()).collect());
    }

    /// Whether a file is a script, and the form that takes one is open.
    pub(super) fn is_script(&self, path: &Path) -> bool {
        let named = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        named && self.settings.listen.answer == ResponderKind::Dialog && self.shows_listen_form()
    }

    /// Puts a file into the send box, if there is one in the window; a script goes into the form that is about a dialog.
    pub(super) fn offer_file(&mut self, path: PathBuf) {
        if self.is_script(&path) {
            self.open_script(path);
            return;
        }
        if !self.can_take_file() {
            return;
        }
        self.state.tab = Tab::Conversation;
        let picture = dialogs::is_picture(&path);
        self.views.send_box.set_file(path, picture);
    }

    fn shows_listen_form(&self) -> bool {
        match &self.overlay {
            Some(overlay) => overlay.dialog() == Dialog::Listen,
            None => self.shows_first_page(),
        }
    }

    /// Reads a dialog's script on a thread of its own, and posts [`News::Script`].
    pub(super) fn open_script(&self, path: PathBuf) {
        let mail = self.mail.clone();
        spawn("script file", move || {
            mail.post(News::Script(read_script(&path).map_err(|fault| fault.at(&path))));
        });
    }

    /// Whether there is somebody to send to; says so when there is not.
    fn can_take_file(&mut self) -> bool {
        let possible = !self.targets().is_empty();
        if !possible {
            self.state.say(Tone::Warning, text!("Choose a connection first, then try again"));
        }
        possible
    }
}

fn read_script(path: &Path) -> Result<model::Dialog, FileFault> {
    let mut text = String::new();
    File::open(path)?.take(SCRIPT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > SCRIPT {
        return Err(FileFault::LongScript(SCRIPT));
    }
    // What its encoding lacks is said beside the rule.
    Ok(dialog::read(&text, model::Encoding::Utf8)?)
}

/// The folder of this run's pasted pictures.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("socketlab-{}", std::process::id()))
}

/// Writes a pasted picture as PNG, so that it is streamed like any other file, and posts where it is.
fn keep_pasted(image: Arc<ColorImage>, number: u32, mail: Mailbox) {
    spawn("paste", move || {
        let path = folder().join(format!("pasted-{number}.png"));
        let write = || {
            fs::create_dir_all(folder())?;
            let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(0));
            let rgba: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            let mut png = Cursor::new(Vec::new());
            PngEncoder::new(&mut png).write_image(&rgba, width, height, ExtendedColorType::Rgba8)?;
            fs::write(&path, png.into_inner())?;
            Ok(())
        };
        mail.post(match write() {
            Ok(()) => News::Picked(Pick::SendPicture, Some(path)),
            Err::<_, FileFault>(fault) => News::Saved(Some(Err(fault.at(&path)))),
        });
    });
}

/// Takes the pasted pictures of this run away again.
pub(super) fn forget_pasted() {
    // Nothing was pasted, or the system keeps the folder clean itself.
    let _ = fs::remove_dir_all(folder());
}
