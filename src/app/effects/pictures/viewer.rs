//! The one picture that is open: its pixels in memory, the tiles in sight as textures, the frames of an animation.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};

use egui::{ColorImage, Context, TextureFilter, TextureHandle, TextureOptions};

use super::pixels::{bytes_of, format_of, image, whole};
use crate::{
    app::mailbox::{Mailbox, spawn},
    journal::{Object, Objects},
    media::{Animation, Canvas, DecodeError, Still},
    memory::Share,
    model::ObjectId,
    ui::views::shared::picture::{FrameOf, Opened, TileAt},
};

/// Jobs that may wait; the next frame asks again for what found no room.
const WAITING: usize = 16;
/// Pixels that are seen larger than they are stay square.
const LOOK: TextureOptions = TextureOptions { magnification: TextureFilter::Nearest, ..TextureOptions::LINEAR };

enum Job {
    Open(ObjectId),
    Tile(Arc<Canvas>, ObjectId, u32, TileAt),
    Frame(ObjectId, u32),
}

/// What the thread hands back.
#[derive(Debug)]
pub(in crate::app) enum Part {
    Opened(ObjectId, u32, Result<Arc<Canvas>, DecodeError>),
    Tile(ObjectId, u32, TileAt, Option<ColorImage>),
    Frame(ObjectId, u32, Option<(ColorImage, Duration)>),
}

/// What is kept of the open picture, by where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Tile(TileAt),
    Frame(u32),
}

#[derive(Default)]
struct Piece {
    /// Of the picture, when it was asked for.
    asked: Option<u32>,
    texture: Option<TextureHandle>,
    pause: Duration,
    used: u64,
}

struct Open {
    id: ObjectId,
    version: u32,
    loading: bool,
    state: Opened,
    pieces: HashMap<Place, Piece>,
    ready: VecDeque<(Place, ColorImage, Duration)>,
    bytes: usize,
    used: u64,
}

/// The window's end.
pub(in crate::app) struct Viewer {
    objects: Weak<Objects>,
    jobs: SyncSender<Job>,
    open: RefCell<Option<Open>>,
    frame: u64,
    /// Memory of tiles and frames on the graphics card.
    share: Share,
}

impl Viewer {
    pub(in crate::app) fn start(objects: Weak<Objects>, share: Share, mail: Mailbox<Part>) -> Self {
        let (jobs, waiting) = sync_channel(WAITING);
        let theirs = objects.clone();
        spawn("viewer", move || work(&waiting, &theirs, &mail));
        Self { objects, jobs, open: RefCell::default(), frame: 0, share }
    }

    /// Takes what is done to the graphics card, as far as there is `room` for in this frame; true when there is more.
    pub(in crate::app) fn begin_frame(&mut self, ctx: &Context, mut room: usize) -> bool {
        self.frame += 1;
        let Some(open) = self.open.get_mut() else {
            self.share.set(0);
            return false;
        };
        if open.used + 2 < self.frame {
            // Not looked at any more.
            let gone = self.open.get_mut().take();
            forget(gone.map(|open| open.state));
            return false;
        }
        while room > 0 {
            let Some((place, image, pause)) = open.ready.pop_front() else { break };
            let bytes = image.pixels.len() * 4;
            room = room.saturating_sub(bytes);
            let piece = open.pieces.entry(place).or_default();
            let before = piece.texture.take().map_or(0, |texture| bytes_of(&texture));
            piece.texture = Some(ctx.load_texture(format!("{place:?}"), image, LOOK));
            piece.pause = pause;
            open.bytes = open.bytes + bytes - before;
        }
        while open.bytes > self.share.limit() {
            let old = open.pieces.iter().filter(|(_, piece)| piece.texture.is_some() && piece.used + 1 < self.frame);
            let Some(place) = old.min_by_key(|(_, piece)| piece.used).map(|(place, _)| *place) else { break };
            if let Some(texture) = open.pieces.remove(&place).and_then(|piece| piece.texture) {
                open.bytes -= bytes_of(&texture);
            }
        }
        self.share.set(open.bytes);
        !open.ready.is_empty()
    }

    /// Takes in what the thread made.
    pub(in crate::app) fn take(&mut self, part: Part) {
        let Some(open) = self.open.get_mut() else { return };
        match part {
            Part::Opened(id, version, result) if id == open.id => {
                open.loading = false;
                open.version = version;
                match (result, &open.state) {
                    (Ok(canvas), _) => forget(Some(std::mem::replace(&mut open.state, Opened::Ready(canvas)))),
                    // What could be seen of it before is more than nothing.
                    (Err(_), Opened::Ready(_)) => {}
                    (Err(why), _) => open.state = Opened::Failed(Arc::new(why)),
                }
            }
            Part::Tile(id, version, at, Some(image)) if id == open.id && version == open.version => {
                open.ready.push_back((Place::Tile(at), image, Duration::ZERO));
            }
            Part::Frame(id, number, Some((image, pause))) if id == open.id => {
                open.ready.push_back((Place::Frame(number), image, pause));
            }
            _ => {}
        }
    }

    /// The picture in the large view; another one than before takes its place.
    pub(in crate::app) fn state(&self, id: ObjectId) -> Opened {
        let mut slot = self.open.borrow_mut();
        if let Some(other) = slot.take_if(|open| open.id != id) {
            forget(Some(other.state));
        }
        let open = slot.get_or_insert_with(|| Open {
            id,
            version: u32::MAX,
            loading: false,
            state: Opened::Loading,
            pieces: HashMap::new(),
            ready: VecDeque::new(),
            bytes: 0,
            used: 0,
        });
        open.used = self.frame;
        let version = self.objects.upgrade().and_then(|objects| objects.get(id)).map(|object| object.version);
        let stale = version.is_some_and(|version| version != open.version);
        if stale && !open.loading && self.jobs.try_send(Job::Open(id)).is_ok() {
            open.loading = true;
        }
        open.state.clone()
    }

    pub(in crate::app) fn tile(&self, at: TileAt) -> Option<TextureHandle> {
        let mut slot = self.open.borrow_mut();
        let open = slot.as_mut()?;
        let Opened::Ready(canvas) = &open.state else { return None };
        let piece = open.pieces.entry(Place::Tile(at)).or_default();
        piece.used = self.frame;
        if piece.asked != Some(open.version) {
            let job = Job::Tile(Arc::clone(canvas), open.id, open.version, at);
            if self.jobs.try_send(job).is_ok() {
                piece.asked = Some(open.version);
            }
        }
        piece.texture.clone()
    }

    pub(in crate::app) fn frame(&self, number: u32) -> Option<FrameOf> {
        let mut slot = self.open.borrow_mut();
        let open = slot.as_mut()?;
        let piece = open.pieces.entry(Place::Frame(number)).or_default();
        piece.used = self.frame;
        if piece.asked != Some(open.version) && self.jobs.try_send(Job::Frame(open.id, number)).is_ok() {
            piece.asked = Some(open.version);
        }
        piece.texture.as_ref().map(|texture| FrameOf { texture: texture.id(), pause: piece.pause })
    }
}

/// Lets go of a picture's pixels away from the window's thread: giving back hundreds of megabytes takes longer than a frame.
fn forget(state: Option<Opened>) {
    if let Some(state @ Opened::Ready(_)) = state {
        spawn("forget", move || drop(state));
    }
}

/// An object's bytes, shared.
#[derive(Clone)]
struct Shared(Arc<Object>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.content.bytes
    }
}

fn work(waiting: &Receiver<Job>, objects: &Weak<Objects>, mail: &Mailbox<Part>) {
    let mut animation: Option<(ObjectId, u32, Animation<Shared>)> = None;
    while let Ok(job) = waiting.recv() {
        let part = match job {
            Job::Open(id) => {
                animation = None;
                let Some(objects) = objects.upgrade() else { return };
                let Some(object) = objects.get(id) else { continue };
                Part::Opened(id, object.version, whole(&object).map(Arc::new))
            }
            Job::Tile(canvas, id, version, at) => {
                let pixels = canvas.tile(at.level, at.column, at.row);
                Part::Tile(id, version, at, pixels.as_ref().and_then(image))
            }
            Job::Frame(id, number) => {
                let Some(objects) = objects.upgrade() else { return };
                let Some(object) = objects.get(id) else { continue };
                let version = object.version;
                let same = animation.take().filter(|(of, at, _)| (*of, *at) == (id, version));
                let Some(format) = format_of(&object) else { continue };
                let (.., frames) =
                    animation.insert(same.unwrap_or_else(|| (id, version, Animation::new(format, Shared(object)))));
                let still = frames.frame(number);
                let shown = still.and_then(|Still { pixels, pause }| Some((image(&pixels)?, pause)));
                Part::Frame(id, number, shown)
            }
        };
        if !mail.post(part) {
            return;
        }
    }
}
