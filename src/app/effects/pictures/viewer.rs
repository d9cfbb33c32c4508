//! The one picture that is open: its pixels in memory, the tiles in sight as textures, the frames of an animation.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};

use egui::{Context, TextureFilter, TextureHandle, TextureOptions};

use super::backlog::{Backlog, Made};
use super::pixels::{Decoder, format_of, image};
use super::textures::Textures;
use crate::{
    app::mailbox::{Mailbox, spawn},
    journal::{Object, Objects},
    media::{Animation, Canvas, DecodeError, Still},
    memory::{self, Memory, Share},
    model::ObjectId,
    ui::views::shared::picture::{FrameOf, Opened, TileAt},
};

/// Jobs that may wait; the next frame asks again for what found no room.
const WAITING: usize = 16;
/// How often a frame is tried.
const ATTEMPTS: u8 = 3;
/// Pixels that are seen larger than they are stay square.
const LOOK: TextureOptions = TextureOptions { magnification: TextureFilter::Nearest, ..TextureOptions::LINEAR };

enum Job {
    Open(ObjectId),
    Tile(Arc<Canvas>, ObjectId, u32, TileAt),
    Frame(ObjectId, u32),
    /// Nothing is open any more.
    Close,
}

/// What the thread hands back.
#[derive(Debug)]
pub(in crate::app) enum Part {
    Opened(ObjectId, u32, Result<Arc<Canvas>, DecodeError>),
    Tile(ObjectId, u32, TileAt, Option<Made>),
    Frame(ObjectId, u32, u32, Option<(Made, Duration)>),
}

/// What is kept of the open picture, by where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Tile(TileAt),
    Frame(u32),
}

/// What is known of a piece of the open picture.
#[derive(Default)]
struct Piece {
    /// Of the picture, when it was asked for.
    asked: Option<u32>,
    /// It came: when its texture is gone, it was evicted.
    came: bool,
    /// How often it could not be made.
    failed: u8,
    pause: Duration,
}

struct Open {
    id: ObjectId,
    version: u32,
    loading: bool,
    state: Opened,
    pieces: HashMap<Place, Piece>,
    used: u64,
}

/// The window's end.
pub(in crate::app) struct Viewer {
    objects: Weak<Objects>,
    jobs: SyncSender<Job>,
    open: RefCell<Option<Open>>,
    /// Tiles and frames on the graphics card.
    textures: RefCell<Textures<(ObjectId, Place)>>,
    /// Of the open picture's own pixels.
    share: Share,
}

impl Viewer {
    pub(in crate::app) fn start(
        objects: Weak<Objects>,
        memory: &Arc<Memory>,
        backlog: &Arc<Backlog>,
        mail: Mailbox<Part>,
    ) -> Self {
        let (jobs, waiting) = sync_channel(WAITING);
        let mut worker =
            Worker { objects: objects.clone(), decoder: Decoder::new(memory), backlog: Arc::clone(backlog), mail };
        spawn("viewer", move || worker.run(&waiting));
        let textures = RefCell::new(Textures::new(memory.share(memory::Part::Textures), LOOK));
        Self { objects, jobs, open: RefCell::default(), textures, share: memory.share(memory::Part::Pixels) }
    }

    /// Takes what is done to the graphics card, as far as there is `room` for in this frame; true when there is more.
    pub(in crate::app) fn begin_frame(&mut self, ctx: &Context, room: &mut usize) -> bool {
        let textures = self.textures.get_mut();
        let more = textures.begin_frame(ctx, room);
        let frame = textures.frame();
        if let Some(open) = self.open.get_mut().as_mut() {
            if open.used + 2 < frame {
                // Not looked at any more.
                self.forget();
                return false;
            }
            // What was evicted is asked for again when it is seen again.
            let id = open.id;
            open.pieces.retain(|place, piece| !piece.came || textures.has(&(id, *place)));
        }
        more
    }

    /// Lets the open picture go.
    pub(in crate::app) fn forget(&mut self) {
        self.textures.get_mut().clear();
        let gone = self.open.get_mut().take();
        if gone.is_some() {
            // Where the queue is full, the next picture that is opened does it.
            let _ = self.jobs.try_send(Job::Close);
        }
        self.share.set(0);
        forget(gone.map(|open| open.state));
    }

    /// Takes in what the thread made.
    pub(in crate::app) fn take(&mut self, part: Part) {
        let Some(open) = self.open.get_mut() else { return };
        let textures = self.textures.get_mut();
        match part {
            Part::Opened(id, version, result) if id == open.id => {
                open.loading = false;
                open.version = version;
                match (result, &open.state) {
                    (Ok(canvas), _) => {
                        self.share.set(canvas.bytes());
                        forget(Some(std::mem::replace(&mut open.state, Opened::Ready(canvas))));
                    }
                    // What could be seen of it before is more than nothing.
                    (Err(_), Opened::Ready(_)) => {}
                    (Err(why), _) => open.state = Opened::Failed(Arc::new(why)),
                }
            }
            Part::Tile(id, version, at, Some(made)) if id == open.id && version == open.version => {
                open.pieces.entry(Place::Tile(at)).or_default().came = true;
                textures.push((id, Place::Tile(at)), made);
            }
            Part::Frame(id, version, number, Some((made, pause))) if id == open.id && version == open.version => {
                let piece = open.pieces.entry(Place::Frame(number)).or_default();
                (piece.came, piece.pause) = (true, pause);
                textures.push((id, Place::Frame(number)), made);
            }
            Part::Frame(id, _, number, None) if id == open.id => {
                // Far into an animation it may take more than one go.
                let piece = open.pieces.entry(Place::Frame(number)).or_default();
                piece.failed = piece.failed.saturating_add(1);
                if piece.failed < ATTEMPTS {
                    piece.asked = None;
                }
            }
            _ => {}
        }
    }

    /// The picture in the large view; another one than before takes its place.
    pub(in crate::app) fn state(&self, id: ObjectId) -> Opened {
        let mut slot = self.open.borrow_mut();
        if let Some(other) = slot.take_if(|open| open.id != id) {
            self.textures.borrow_mut().clear();
            self.share.set(0);
            forget(Some(other.state));
        }
        let open = slot.get_or_insert_with(|| Open {
            id,
            version: u32::MAX,
            loading: false,
            state: Opened::Loading,
            pieces: HashMap::new(),
            used: 0,
        });
        open.used = self.textures.borrow().frame();
        let version = self.objects.upgrade().and_then(|objects| objects.get(id)).map(|object| object.version);
        let stale = version.is_some_and(|version| version != open.version);
        if stale && !open.loading && self.jobs.try_send(Job::Open(id)).is_ok() {
            open.loading = true;
        }
        open.state.clone()
    }

    /// A tile of the open picture.
    pub(in crate::app) fn tile(&self, at: TileAt) -> Option<TextureHandle> {
        let mut slot = self.open.borrow_mut();
        let open = slot.as_mut()?;
        let Opened::Ready(canvas) = &open.state else { return None };
        let (place, canvas) = (Place::Tile(at), Arc::clone(canvas));
        let (id, version) = (open.id, open.version);
        self.piece(open, place, || Job::Tile(canvas, id, version, at))
    }

    /// A frame of the open animation.
    pub(in crate::app) fn frame(&self, number: u32) -> Option<FrameOf> {
        let mut slot = self.open.borrow_mut();
        let open = slot.as_mut()?;
        let (place, id) = (Place::Frame(number), open.id);
        let texture = self.piece(open, place, || Job::Frame(id, number))?;
        let pause = open.pieces.get(&place).map_or(Duration::ZERO, |piece| piece.pause);
        Some(FrameOf { texture, pause })
    }

    /// The texture of a piece; asks for it when it was not asked for, has changed, or was evicted meanwhile.
    fn piece(&self, open: &mut Open, place: Place, job: impl FnOnce() -> Job) -> Option<TextureHandle> {
        let texture = self.textures.borrow_mut().get(&(open.id, place));
        let piece = open.pieces.entry(place).or_default();
        if piece.asked != Some(open.version) && self.jobs.try_send(job()).is_ok() {
            (piece.asked, piece.came) = (Some(open.version), false);
        }
        texture
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

/// The thread that opens pictures and makes their pieces.
struct Worker {
    objects: Weak<Objects>,
    decoder: Decoder,
    backlog: Arc<Backlog>,
    mail: Mailbox<Part>,
}

impl Worker {
    fn run(&mut self, waiting: &Receiver<Job>) {
        let mut animation: Option<(ObjectId, u32, Animation<Shared>)> = None;
        while let Ok(job) = waiting.recv()
            && self.backlog.wait()
        {
            let part = match job {
                Job::Close => {
                    animation = None;
                    self.decoder.hold(0);
                    continue;
                }
                Job::Open(id) => {
                    animation = None;
                    self.decoder.hold(0);
                    let Some(objects) = self.objects.upgrade() else { return };
                    let Some(object) = objects.get(id) else { continue };
                    Part::Opened(id, object.version, self.decoder.whole(&object).map(Arc::new))
                }
                Job::Tile(canvas, id, version, at) => {
                    let pixels = canvas.tile(at.level, at.column, at.row);
                    let made = pixels.as_ref().and_then(image).map(|image| self.backlog.made(image));
                    Part::Tile(id, version, at, made)
                }
                Job::Frame(id, number) => {
                    let Some(objects) = self.objects.upgrade() else { return };
                    let Some(object) = objects.get(id) else { continue };
                    let version = object.version;
                    let same = animation.take().filter(|(of, at, _)| (*of, *at) == (id, version));
                    let Some(format) = format_of(&object) else { continue };
                    let new = || (id, version, Animation::new(format, Shared(object), self.decoder.room()));
                    let (.., frames) = animation.insert(same.unwrap_or_else(new));
                    let still = frames.frame(number);
                    self.decoder.hold(frames.bytes());
                    let shown =
                        still.and_then(|Still { pixels, pause }| Some((self.backlog.made(image(&pixels)?), pause)));
                    Part::Frame(id, version, number, shown)
                }
            };
            if !self.mail.post(part) {
                return;
            }
        }
    }
}
