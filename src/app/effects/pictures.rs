//! Pictures on their way to the screen: decoded on threads of their own, kept as textures within a budget of memory.
//!
//! Views ask once a frame for what is in sight. What is asked for and not there is put into a bounded queue; when that
//! is full, the next frame asks again, and there is one as soon as a picture is done. What is done waits until it has
//! its turn on the graphics card: a frame takes a few megabytes to it, so that no frame is late.

mod pixels;
mod viewer;

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, vec2};

use self::pixels::{NotShown, bytes_of, shown, whole};
use self::viewer::{Part, Viewer};
use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        model::effect::PictureForm,
    },
    engine::Engine,
    journal::Objects,
    media::{Limits, encode},
    memory::{self, Share},
    model::ObjectId,
    ui::{
        kit::form::capitalised,
        views::shared::picture::{FrameOf, Opened, PictureSource, PictureState, TileAt},
    },
};

/// Pictures that may wait to be decoded.
const WAITING: usize = 24;
/// Longest side of the small form, in pixels.
const SMALL: u32 = 640;
/// Bytes that go to the graphics card in one frame, at least one texture.
const PER_FRAME: usize = 2 << 20;

/// Pixels for the screen.
#[derive(Debug)]
pub(in crate::app) enum Pixels {
    /// The small form of a picture, or why there is none.
    Small { id: ObjectId, version: u32, result: Result<ColorImage, NotShown> },
    /// Something of the picture that is open.
    Part(Part),
}

/// A picture in a form that is not kept.
#[derive(Debug)]
pub(in crate::app) enum PictureAnswer {
    /// What goes to the clipboard.
    Clipboard(Result<ColorImage, NotShown>),
    /// A file of another kind, with the name it may have.
    Saved(String, Result<Vec<u8>, NotShown>),
}

/// What a picture is decoded for.
#[derive(Clone, Copy)]
enum Job {
    /// For lists and conversations.
    Small,
    /// For somebody who asked for it.
    Wanted(PictureForm),
}

struct Entry {
    /// Of the object that is shown or was asked for.
    version: u32,
    loading: bool,
    used: u64,
    shown: Option<TextureHandle>,
    failed: Option<NotShown>,
}

#[derive(Default)]
struct Cache {
    entries: HashMap<ObjectId, Entry>,
    bytes: usize,
    frame: u64,
    ready: VecDeque<(ObjectId, ColorImage)>,
}

/// The window's end.
pub(in crate::app) struct Pictures {
    objects: Weak<Objects>,
    cache: RefCell<Cache>,
    /// Memory of all small textures.
    share: Share,
    jobs: SyncSender<(ObjectId, Job)>,
    viewer: Viewer,
}

impl Pictures {
    /// Starts the threads; they end with this.
    pub(in crate::app) fn start(engine: &Engine, screen: &Mailbox<Pixels>, answers: Mailbox<PictureAnswer>) -> Self {
        let textures = || engine.memory().share(memory::Part::Textures);
        let (jobs, waiting) = sync_channel(WAITING);
        let objects = Arc::downgrade(engine.objects());
        let viewer = Viewer::start(objects.clone(), textures(), screen.map(Pixels::Part));
        let theirs = objects.clone();
        let screen = screen.clone();
        spawn("pictures", move || work(&waiting, &theirs, &screen, &answers));
        Self { objects, cache: RefCell::default(), share: textures(), jobs, viewer }
    }

    /// Begins a frame: what is done goes to the graphics card, and what was used in earlier frames may go when there is too much.
    pub(in crate::app) fn begin_frame(&mut self, ctx: &Context) {
        let cache = self.cache.get_mut();
        cache.frame += 1;
        let mut room = PER_FRAME;
        while room > 0 {
            let Some((id, image)) = cache.ready.pop_front() else { break };
            let bytes = image.pixels.len() * 4;
            room = room.saturating_sub(bytes);
            let Some(entry) = cache.entries.get_mut(&id) else { continue };
            let before = entry.shown.take().map_or(0, |texture| bytes_of(&texture));
            entry.shown = Some(ctx.load_texture(format!("picture {id}"), image, TextureOptions::LINEAR));
            cache.bytes = cache.bytes + bytes - before;
        }
        while cache.bytes > self.share.limit() {
            let old = cache.entries.iter().filter(|(_, entry)| entry.shown.is_some() && entry.used + 1 < cache.frame);
            let Some(id) = old.min_by_key(|(_, entry)| entry.used).map(|(id, _)| *id) else { break };
            if let Some(texture) = cache.entries.remove(&id).and_then(|entry| entry.shown) {
                cache.bytes -= bytes_of(&texture);
            }
        }
        self.share.set(cache.bytes);
        let more = !cache.ready.is_empty();
        if self.viewer.begin_frame(ctx, room) || more {
            ctx.request_repaint();
        }
    }

    /// Drops every picture that was made ready; what is looked at is made ready again.
    pub(in crate::app) fn forget(&mut self) {
        let cache = self.cache.get_mut();
        *cache = Cache { frame: cache.frame, ..Cache::default() };
        self.share.set(0);
    }

    /// Asks for a picture in a form that is not kept. False when too much is waiting.
    pub(in crate::app) fn ask(&self, id: ObjectId, form: PictureForm) -> bool {
        self.jobs.try_send((id, Job::Wanted(form))).is_ok()
    }

    /// Takes in what the threads made for the screen; it is shown from one of the next frames on.
    pub(in crate::app) fn take(&mut self, pixels: Pixels) {
        match pixels {
            Pixels::Small { id, version, result } => self.take_small(id, version, result),
            Pixels::Part(part) => self.viewer.take(part),
        }
    }

    fn take_small(&mut self, id: ObjectId, version: u32, result: Result<ColorImage, NotShown>) {
        let cache = self.cache.get_mut();
        let Some(entry) = cache.entries.get_mut(&id) else { return };
        entry.loading = false;
        entry.version = version;
        match result {
            Ok(image) => {
                entry.failed = None;
                cache.ready.push_back((id, image));
            }
            Err(why) => entry.failed = Some(why),
        }
    }

    /// How far a picture is; asks for it when it is not there yet, or has grown.
    fn small(&self, id: ObjectId) -> PictureState {
        let mut cache = self.cache.borrow_mut();
        let frame = cache.frame;
        let version = self.objects.upgrade().and_then(|objects| objects.get(id)).map(|object| object.version);
        let entry = cache.entries.entry(id).or_insert_with(|| Entry {
            version: u32::MAX,
            loading: false,
            used: frame,
            shown: None,
            failed: None,
        });
        entry.used = frame;
        if !entry.loading && version.is_none_or(|version| version != entry.version) {
            if version.is_none() && entry.version != u32::MAX {
                // Gone from the store: what is shown stays.
            } else if self.jobs.try_send((id, Job::Small)).is_ok() {
                entry.loading = true;
            }
        }
        match (&entry.shown, &entry.failed) {
            (Some(texture), _) => {
                let [width, height] = texture.size();
                PictureState::Ready { texture: texture.id(), size: vec2(width as f32, height as f32) }
            }
            (None, Some(why)) => PictureState::Failed(capitalised(&why.to_string())),
            (None, None) => PictureState::Loading,
        }
    }
}

impl PictureSource for Pictures {
    fn texture(&self, id: ObjectId) -> PictureState {
        self.small(id)
    }

    fn open(&self, id: ObjectId) -> Opened {
        self.viewer.state(id)
    }

    fn tile(&self, at: TileAt) -> Option<TextureId> {
        self.viewer.tile(at).map(|texture| texture.id())
    }

    fn frame(&self, number: u32) -> Option<FrameOf> {
        self.viewer.frame(number)
    }
}

fn work(
    waiting: &Receiver<(ObjectId, Job)>,
    objects: &Weak<Objects>,
    screen: &Mailbox<Pixels>,
    answers: &Mailbox<PictureAnswer>,
) {
    while let Ok((id, job)) = waiting.recv() {
        let Some(object) = objects.upgrade().map(|objects| objects.get(id)) else { return };
        let object = object.ok_or(NotShown::Gone);
        let there = match job {
            Job::Small => {
                let version = object.as_ref().map_or(0, |object| object.version);
                let result = object.and_then(|object| shown(&object, SMALL));
                screen.post(Pixels::Small { id, version, result })
            }
            Job::Wanted(PictureForm::Clipboard) => {
                let image = object.and_then(|object| shown(&object, Limits::default().side));
                answers.post(PictureAnswer::Clipboard(image))
            }
            Job::Wanted(PictureForm::Saved(format)) => {
                let name = format!("picture-{id}.{}", format.extension());
                let bytes = object.and_then(|object| Ok(encode(&whole(&object)?, format)?));
                answers.post(PictureAnswer::Saved(name, bytes))
            }
        };
        if !there {
            return;
        }
    }
}
