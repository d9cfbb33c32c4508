//! Pictures that come from files: read on a thread of their own, put into the store beside those that passed.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    mail::{News, spawn},
    window::Window,
};
use crate::{
    journal::{NewObject, Objects},
    media::{Ending, header},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId, system_words},
    ui::intent::Tab,
    words::{size, text},
};

impl Window {
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
                mail.post(News::PictureOpened(opened));
            }
        });
    }
}

/// Files that are taken from one drop.
const MOST_AT_ONCE: usize = 50;

/// Puts a file into the store as a picture.
fn open(path: &Path, objects: &Objects) -> Result<ObjectId, String> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let failed = |error: &dyn std::fmt::Display| text!("{name}: {error}", name = name, error = error);
    let most = Objects::DEFAULT_BUDGET as u64;
    let length = std::fs::metadata(path).map_err(|error| failed(&system_words(&error)))?.len();
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
    let file = File::open(path).map_err(|error| failed(&system_words(&error)))?;
    file.take(most).read_to_end(&mut bytes).map_err(|error| failed(&system_words(&error)))?;
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
