//! Pictures that come from files: read on a thread of their own, put into the store beside those that passed.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{
        Weak,
        mpsc::{SyncSender, sync_channel},
    },
};

use super::file_error::{FileError, FileFault};
use crate::{
    app::mailbox::{Mailbox, spawn},
    journal::{NewObject, Objects, Place},
    media::{Ending, header},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId},
};

/// Files that may wait to be read.
const MOST_AT_ONCE: usize = 64;

/// Starts the thread that reads them, in the order in which they come; it ends with the sender.
pub(in crate::app) fn start(objects: Weak<Objects>, mail: Mailbox<Result<ObjectId, FileError>>) -> SyncSender<PathBuf> {
    let (files, waiting) = sync_channel::<PathBuf>(MOST_AT_ONCE);
    spawn("open pictures", move || {
        while let Ok(path) = waiting.recv() {
            let Some(objects) = objects.upgrade() else { return };
            if !mail.post(open(&path, &objects)) {
                return;
            }
        }
    });
    files
}

/// Puts a file into the store as a picture.
fn open(path: &Path, objects: &Objects) -> Result<ObjectId, FileError> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    put(path, name.clone(), objects).map_err(|fault| fault.of(name))
}

fn put(path: &Path, name: String, objects: &Objects) -> Result<ObjectId, FileFault> {
    let most = objects.budget() as u64;
    let length = std::fs::metadata(path)?.len();
    if length > most {
        return Err(FileFault::TooLarge { length, most });
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    let header = header(&bytes, &name).ok_or(FileFault::NoPicture)?;
    Ok(objects.put(NewObject {
        session: SessionId(0),
        connection: ConnectionId(0),
        direction: Direction::Inbound,
        place: Place::File,
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
