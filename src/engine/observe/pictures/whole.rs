//! Pictures that are here as a whole: found again among those that went by over a connection, or put beside them.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    time::Duration,
};

use crate::{
    engine::net::offload::offload,
    journal::{Connection, NewObject, Objects, Place},
    media::{self, Ending},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId},
};

/// How long a file is waited for that was written just now.
const PATIENCE: Duration = Duration::from_secs(1);

/// The picture with exactly these bytes that came in over a connection; put into the store where it is not there, because
/// its framing or a flood kept it from being found.
pub(crate) fn received(objects: &Objects, connection: &Connection, bytes: &[u8]) -> Option<ObjectId> {
    let all = objects.of_connection(connection.id());
    let mut came = all.iter().rev().filter(|object| object.content.direction == Direction::Inbound);
    let same = came.find(|object| object.content.bytes == bytes);
    let length = bytes.len() as u64;
    same.map(|object| object.id).or_else(|| {
        let identity = connection.identity();
        let seq = connection.last_recv();
        keep(
            objects,
            NewObject {
                session: identity.session,
                connection: identity.id,
                direction: Direction::Inbound,
                place: Place::Body { start: 0, end: length },
                first: seq,
                last: seq,
                name: identity.names.peer.to_string(),
                picture: None,
                bytes: bytes.to_vec(),
            },
        )
    })
}

/// The picture that a file of so many bytes is, among those that came in over a connection. Told by the bytes that the file
/// has now: others of the same length may have been refused, or said on the board.
pub(crate) async fn saved(objects: &Objects, connection: &Connection, path: &Path, length: u64) -> Option<ObjectId> {
    let mut came = objects.of_connection(connection.id());
    came.retain(|object| {
        let content = &object.content;
        content.direction == Direction::Inbound && content.bytes.len() as u64 == length && content.picture.is_some()
    });
    if came.is_empty() {
        return None;
    }
    let path = path.to_owned();
    let same = offload(PATIENCE, move || {
        let mut bytes = Vec::new();
        File::open(path)?.take(length + 1).read_to_end(&mut bytes)?;
        io::Result::Ok(came.iter().rev().find(|object| object.content.bytes == bytes).map(|object| object.id))
    });
    same.await.ok()?.ok()?
}

/// Puts a picture of this PC into the store, which goes out by being asked for.
pub(crate) fn own(objects: &Objects, session: SessionId, name: &str, bytes: &[u8]) -> Option<ObjectId> {
    keep(
        objects,
        NewObject {
            session,
            connection: ConnectionId::NONE,
            direction: Direction::Outbound,
            place: Place::File,
            first: 0,
            last: 0,
            name: name.to_owned(),
            picture: None,
            bytes: bytes.to_vec(),
        },
    )
}

fn keep(objects: &Objects, mut content: NewObject) -> Option<ObjectId> {
    if !objects.keeps_pictures() {
        return None;
    }
    let header = media::header(&content.bytes, "")?;
    content.picture = Some(Picture {
        format: header.format.name(),
        extension: header.format.extension(),
        width: header.width,
        height: header.height,
        ending: match header.ending {
            Ending::Complete => PictureEnding::Complete,
            Ending::CutShort => PictureEnding::CutShort,
            Ending::Broken => PictureEnding::Broken,
        },
    });
    Some(objects.put(content))
}
