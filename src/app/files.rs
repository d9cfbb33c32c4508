//! Files that come to the window: dropped on it, or a picture pasted into it.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use egui::{ColorImage, Context, Event};

use super::{
    dialogs,
    mail::{Mailbox, News, spawn},
    window::Window,
};
use crate::{
    journal::{NewObject, Objects},
    media::{Ending, header},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId},
    ui::{
        intent::{Pick, Tab},
        kit::Tone,
    },
    words::{size, text},
};

impl Window {
    /// Takes what was dropped on the window and pictures that were pasted; both go to the send box.
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
        if dropped.is_empty() {
            return;
        }
        if self.drops_open() {
            self.open_pictures(dropped);
        } else if let Some(path) = dropped.into_iter().next_back() {
            // Only one at a time can be in the box: the last one of several.
            self.offer_file(path);
        }
    }

    /// Whether what is dropped now is opened instead of sent: where pictures are looked at, or nobody is there to send to.
    pub(super) fn drops_open(&self) -> bool {
        self.views.lightbox.is_some() || self.state.tab == Tab::Pictures || self.targets().is_empty()
    }

    /// Shows files as pictures; the last one is opened in the large view.
    pub(super) fn open_pictures(&mut self, mut paths: Vec<PathBuf>) {
        paths.truncate(MOST_AT_ONCE);
        let (objects, mail) = (Arc::clone(self.engine.objects()), self.mail.clone());
        spawn("open", move || {
            let (mut last, mut failed) = (None, None);
            for path in &paths {
                match open(path, &objects) {
                    Ok(id) => last = Some(id),
                    Err(why) => failed = Some(why),
                }
            }
            let opened = last.map(Ok).into_iter().chain(failed.map(Err));
            for opened in opened {
                mail.post(News::Opened(opened));
            }
        });
    }

    /// Puts a file into the send box, if there is one in the window.
    pub(super) fn offer_file(&mut self, path: PathBuf) {
        if !self.can_take_file() {
            return;
        }
        self.state.tab = Tab::Conversation;
        let picture = dialogs::is_picture(&path);
        self.views.send_box.set_file(path, picture);
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

/// Files that are taken from one drop.
const MOST_AT_ONCE: usize = 50;

/// Puts a file into the store as a picture.
fn open(path: &Path, objects: &Objects) -> Result<ObjectId, String> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let failed = |error: &dyn std::fmt::Display| text!("{name}: {error}", name = name, error = error);
    let most = Objects::DEFAULT_BUDGET as u64;
    let length = std::fs::metadata(path).map_err(|error| failed(&error))?.len();
    if length > most {
        let (length, most) = (size(length), size(most));
        return Err(text!(
            "{name}: {length} are more than the {most} that are kept",
            name = name,
            length = length,
            most = most
        ));
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    file.take(most).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    let Some(header) = header(&bytes, &name) else { return Err(failed(&text!("this is no picture of a known kind"))) };
    Ok(objects.put(NewObject {
        session: SessionId(0),
        connection: ConnectionId(0),
        direction: Direction::Inbound,
        first: 0,
        last: 0,
        name,
        picture: Some(Picture {
            format: header.format.name(),
            extension: header.format.extension(),
            width: header.width,
            height: header.height,
            ending: match header.ending {
                Ending::Complete => PictureEnding::Complete,
                Ending::CutShort => PictureEnding::CutShort,
                Ending::Broken => PictureEnding::Broken,
            },
        }),
        bytes,
    }))
}

/// The folder of this run's pasted pictures.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("socketlab-{}", std::process::id()))
}

/// Writes a pasted picture as PNG, so that it is streamed like any other file, and posts where it is.
fn keep_pasted(image: Arc<ColorImage>, number: u32, mail: Mailbox) {
    spawn("paste", move || {
        let path = folder().join(format!("pasted-{number}.png"));
        let written = std::fs::create_dir_all(folder()).map_err(image::ImageError::IoError).and_then(|()| {
            let [width, height] = image.size.map(|side| u32::try_from(side).unwrap_or(0));
            let rgba: Vec<u8> = image.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            image::save_buffer(&path, &rgba, width, height, image::ExtendedColorType::Rgba8)
        });
        mail.post(match written {
            Ok(()) => News::Picked(Pick::SendPicture, Some(path)),
            Err(error) => News::Saved(Some(Err(error.to_string()))),
        });
    });
}

/// Takes the pasted pictures of this run away again.
pub(super) fn forget_pasted() {
    // Nothing was pasted, or the system keeps the folder clean itself.
    let _ = std::fs::remove_dir_all(folder());
}
