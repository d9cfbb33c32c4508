//! A picture on its way into the object store: shown there while it comes in, written down when it ends.

use crate::{
    journal::{Connection, NewObject, Objects, Place, Seq},
    media::{Ending, Found, Scanner},
    model::{Detail, Direction, Event, FoundPicture, ObjectId, Picture, PictureEnding, Within},
};

/// The least time between two looks at a picture that is coming in; in each, a part more of it is there as well.
const LOOK_EVERY: u64 = 250_000_000;

/// The picture that is coming in, as the store has it.
#[derive(Debug, Default)]
pub(super) struct Growing(Option<Shown>);

#[derive(Debug)]
struct Shown {
    id: Option<ObjectId>,
    bytes: usize,
    nanos: u64,
}

/// Where the bytes of an object went by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Location {
    pub(super) direction: Direction,
    pub(super) first: Seq,
    pub(super) last: Seq,
    pub(super) place: Place,
}

impl Growing {
    /// Puts the picture that is coming in into the store as far as it is there: now and then, and never the same bytes
    /// more than a few times. `locate` says where the bytes from one place to before another are.
    pub(super) fn show(
        &mut self,
        scanner: &Scanner,
        objects: &Objects,
        connection: &Connection,
        now: u64,
        locate: impl FnOnce(u64, u64) -> Location,
    ) {
        let Some((arriving, bytes)) = scanner.arriving() else { return };
        let shown = self.0.get_or_insert(Shown { id: None, bytes: 0, nanos: now });
        if now.saturating_sub(shown.nanos) < LOOK_EVERY || bytes.len() <= shown.bytes + shown.bytes / 8 {
            return;
        }
        let picture = Picture {
            format: arriving.format.name(),
            extension: arriving.format.extension(),
            width: arriving.width,
            height: arriving.height,
            ending: PictureEnding::Arriving,
        };
        let location = locate(arriving.offset, arriving.offset + bytes.len() as u64);
        shown.id = Some(objects.grow(shown.id, object(connection, location, Some(picture), bytes.to_vec())));
        (shown.bytes, shown.nanos) = (arriving.received, now);
        connection.journal().nudge();
    }

    /// Keeps a picture as it is at its end, in the place of what was shown of it so far, and writes it down; gives its
    /// number.
    pub(super) fn keep(
        &mut self,
        objects: &Objects,
        connection: &Connection,
        location: Location,
        found: Found,
    ) -> ObjectId {
        let picture = Picture {
            format: found.format.name(),
            extension: found.format.extension(),
            width: found.width,
            height: found.height,
            ending: match found.ending {
                Ending::Complete => PictureEnding::Complete,
                Ending::CutShort => PictureEnding::CutShort,
                Ending::Broken => PictureEnding::Broken,
            },
        };
        let shown = self.0.take().and_then(|shown| shown.id);
        let (first_offset, last_offset) = location.place.ends().unwrap_or_default();
        let mut fact = FoundPicture {
            kind: picture.format.into(),
            bytes: found.bytes.len() as u64,
            width: picture.width,
            height: picture.height,
            ending: picture.ending,
            direction: location.direction,
            offsets_in: match location.place {
                Place::Body { .. } => Within::Body,
                _ if connection.is_datagram() => Within::Datagrams,
                _ => Within::Stream,
            },
            first_offset,
            last_offset,
            first_record: location.first,
            last_record: location.last,
            object: ObjectId(0),
        };
        fact.object = objects.grow(shown, object(connection, location, Some(picture), found.bytes));
        let id = fact.object;
        connection.fact(Event::Picture, &Detail { picture: Some(fact), ..Detail::default() }, None);
        connection.journal().nudge();
        id
    }
}

/// What goes into the store for bytes that came over a connection.
pub(super) fn object(
    connection: &Connection,
    location: Location,
    picture: Option<Picture>,
    bytes: Vec<u8>,
) -> NewObject {
    let names = &connection.identity().names;
    let other = if names.peer.is_unnamed() { &names.local } else { &names.peer };
    NewObject {
        session: connection.identity().session,
        connection: connection.id(),
        direction: location.direction,
        place: location.place,
        first: location.first,
        last: location.last,
        name: other.to_string(),
        picture,
        bytes,
    }
}
