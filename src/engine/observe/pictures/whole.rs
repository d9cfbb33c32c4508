//! Pictures that are here as a whole: found again among those that went by over a connection, or put beside them.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    journal::{Connection, NewObject, Objects, Place},
    media::{self, Ending},
    model::{ConnectionId, Direction, ObjectId, Picture, PictureEnding, SessionId},
};

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

/// The picture of so many bytes that came in over a connection behind those that were taken already: the next file that
/// is told of. `taken` is the place in the stream up to which they are.
pub(crate) fn next_file(
    objects: &Objects,
    connection: &Connection,
    length: u64,
    taken: &AtomicU64,
) -> Option<ObjectId> {
    let all = objects.of_connection(connection.id());
    let mut places = all.iter().filter_map(|object| {
        let Place::Stream(span) = object.content.place else { return None };
        let fits = object.content.direction == Direction::Inbound
            && object.content.bytes.len() as u64 == length
            && object.content.picture.as_ref().is_some_and(|picture| picture.ending == PictureEnding::Complete);
        fits.then_some((span, object.id))
    });
    let (span, id) = places.find(|(span, _)| span.start >= taken.load(Ordering::Relaxed))?;
    taken.store(span.end, Ordering::Relaxed);
    Some(id)
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
