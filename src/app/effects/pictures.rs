//! Pictures on their way to the screen: decoded on threads of their own, kept as textures within a budget of memory.
//!
//! Views ask once a frame for what is in sight. What is asked for and not there is put into a bounded queue; when that
//! is full, the next frame asks again, and there is one as soon as a picture is done. What is done waits until it has
//! its turn on the graphics card: a frame takes a few megabytes to it, so that no frame is late.

mod backlog;
mod pixels;
mod queue;
mod textures;
mod viewer;

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions, vec2};

use self::backlog::{Backlog, Made};
use self::pixels::{Decoder, NotShown, is_large};
use self::queue::{Job, Queue};
use self::textures::Textures;
use self::viewer::{Part, Viewer};
use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        model::effect::PictureForm,
    },
    engine::Engine,
    journal::Objects,
    media::{DecodeError, encode},
    memory,
    model::ObjectId,
    ui::{
        kit::form::capitalised,
        views::shared::picture::{FrameOf, Opened, PictureSource, PictureState, TileAt},
    },
};

/// Threads that make small forms.
const THREADS: usize = 2;
/// Time of the processor for a small form; for damaged ones twice as much.
const PATIENCE: Duration = Duration::from_millis(800);
/// After this long a picture is tried again that had to wait for others which take very long.
const AGAIN: Duration = Duration::from_secs(2);
/// Pictures of which is known what became of them; those that nobody looks at go when there are more.
const KNOWN: usize = 2048;
/// Longest side of the small form, in pixels.
const SMALL: u32 = 640;
/// Bytes that go to the graphics card in one frame, at least one texture.
const PER_FRAME: usize = 2 << 20;

/// Pixels for the screen.
#[derive(Debug)]
pub(in crate::app) enum Pixels {
    /// The small form of a picture, or why there is none.
    Small { id: ObjectId, version: u32, result: Result<Made, NotShown> },
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

/// What is known of a picture in the small form.
struct Entry {
    /// Of the object that is shown or was asked for.
    version: u32,
    loading: bool,
    used: u64,
    failed: Option<NotShown>,
    /// When it may be tried again.
    again: Option<Instant>,
}

struct Cache {
    entries: HashMap<ObjectId, Entry>,
    textures: Textures<ObjectId>,
    /// When a picture that had to wait may be tried again.
    again: Option<Instant>,
}

/// The window's end.
pub(in crate::app) struct Pictures {
    objects: Weak<Objects>,
    cache: RefCell<Cache>,
    queue: Arc<Queue>,
    backlog: Arc<Backlog>,
    viewer: Viewer,
}

impl Drop for Pictures {
    fn drop(&mut self) {
        self.queue.end();
        self.backlog.end();
    }
}

impl Pictures {
    /// Starts the threads; they end with this.
    pub(in crate::app) fn start(engine: &Engine, screen: &Mailbox<Pixels>, answers: &Mailbox<PictureAnswer>) -> Self {
        let (memory, objects) = (engine.memory(), Arc::downgrade(engine.objects()));
        let (queue, backlog) = (Arc::<Queue>::default(), Arc::<Backlog>::default());
        for number in 0..THREADS {
            let worker = Worker {
                large: number == 0,
                queue: Arc::clone(&queue),
                backlog: Arc::clone(&backlog),
                objects: objects.clone(),
                decoder: Decoder::new(memory),
                screen: screen.clone(),
                answers: answers.clone(),
            };
            spawn("pictures", move || worker.run());
        }
        let viewer = Viewer::start(objects.clone(), memory, &backlog, screen.map(Pixels::Part));
        let textures = Textures::new(memory.share(memory::Part::Textures), TextureOptions::LINEAR);
        let cache = RefCell::new(Cache { entries: HashMap::new(), textures, again: None });
        Self { objects, cache, queue, backlog, viewer }
    }

    /// Begins a frame: what is done goes to the graphics card, what was used in earlier frames may go when there is too much, and
    /// what nobody looks at any more is not decoded.
    pub(in crate::app) fn begin_frame(&mut self, ctx: &Context) {
        let Cache { entries, textures, again } = self.cache.get_mut();
        if let Some(at) = again.take() {
            ctx.request_repaint_after(at.saturating_duration_since(Instant::now()));
        }
        let mut room = PER_FRAME;
        let more = textures.begin_frame(ctx, &mut room);
        let frame = textures.frame();
        for stale in self.queue.drop_unless(|id| entries.get(&id).is_some_and(|entry| entry.used + 2 >= frame)) {
            if let Some(entry) = entries.get_mut(&stale) {
                entry.loading = false;
            }
        }
        if entries.len() > KNOWN {
            entries.retain(|id, entry| entry.loading || entry.used + 2 >= frame || textures.has(id));
        }
        if self.viewer.begin_frame(ctx, &mut room) || more {
            ctx.request_repaint();
        }
    }

    /// Drops every picture that was made ready; what is looked at is made ready again.
    pub(in crate::app) fn forget(&mut self) {
        let cache = self.cache.get_mut();
        cache.entries.clear();
        cache.textures.clear();
        self.queue.drop_unless(|_| false);
        self.viewer.forget();
    }

    /// Asks for a picture in a form that is not kept. False when too much is waiting.
    pub(in crate::app) fn ask(&self, id: ObjectId, form: PictureForm) -> bool {
        self.queue.wanted(id, form)
    }

    /// Takes in what the threads made for the screen; it is shown from one of the next frames on.
    pub(in crate::app) fn take(&mut self, pixels: Pixels) {
        match pixels {
            Pixels::Small { id, version, result } => self.take_small(id, version, result),
            Pixels::Part(part) => self.viewer.take(part),
        }
    }

    fn take_small(&mut self, id: ObjectId, version: u32, result: Result<Made, NotShown>) {
        let Cache { entries, textures, again } = self.cache.get_mut();
        let Some(entry) = entries.get_mut(&id) else { return };
        entry.loading = false;
        entry.version = version;
        entry.again = None;
        match result {
            Ok(made) => {
                entry.failed = None;
                textures.push(id, made);
            }
            Err(why) => {
                if matches!(why, NotShown::Decoder(DecodeError::Busy(_))) {
                    entry.again = Some(Instant::now() + AGAIN);
                    *again = entry.again;
                }
                entry.failed = Some(why);
            }
        }
    }

    /// How far a picture is; asks for it when it is not there yet, or has grown.
    fn small(&self, id: ObjectId) -> PictureState {
        let mut cache = self.cache.borrow_mut();
        let Cache { entries, textures, .. } = &mut *cache;
        let object = self.objects.upgrade().and_then(|objects| objects.get(id));
        let version = object.as_ref().map(|object| object.version);
        let texture = textures.get(&id);
        let entry = entries.entry(id).or_insert_with(|| Entry {
            version: u32::MAX,
            loading: false,
            used: 0,
            failed: None,
            again: None,
        });
        entry.used = textures.frame();
        let evicted = texture.is_none() && entry.failed.is_none() && !textures.has(&id);
        let again = entry.again.is_some_and(|at| at <= Instant::now());
        // Gone from the store: what is shown stays.
        let asks = match version {
            Some(version) => version != entry.version || evicted || again,
            None => entry.version == u32::MAX,
        };
        if asks && !entry.loading {
            entry.loading = true;
            if let Some(gone) = self
                .queue
                .small(id, object.is_some_and(|object| is_large(&object)))
                .and_then(|gone| entries.get_mut(&gone))
            {
                gone.loading = false;
            }
        }
        match (texture, entries.get(&id).and_then(|entry| entry.failed.as_ref())) {
            (Some(texture), _) => ready(&texture),
            (None, Some(why)) => PictureState::Failed(capitalised(&why.to_string())),
            (None, None) => PictureState::Loading,
        }
    }
}

fn ready(texture: &TextureHandle) -> PictureState {
    let [width, height] = texture.size();
    PictureState::Ready { texture: texture.id(), size: vec2(width as f32, height as f32) }
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

/// One of the threads that make small forms, and what a person asked for.
struct Worker {
    /// Large ones as well.
    large: bool,
    queue: Arc<Queue>,
    backlog: Arc<Backlog>,
    objects: Weak<Objects>,
    decoder: Decoder,
    screen: Mailbox<Pixels>,
    answers: Mailbox<PictureAnswer>,
}

impl Worker {
    fn run(&self) {
        while self.backlog.wait()
            && let Some(job) = self.queue.next(self.large)
        {
            let (Job::Small(id) | Job::Wanted(id, _)) = job;
            let Some(object) = self.objects.upgrade().map(|objects| objects.get(id)) else { return };
            let object = object.ok_or(NotShown::Gone);
            let there = match job {
                Job::Small(id) => {
                    let version = object.as_ref().map_or(0, |object| object.version);
                    let result = object.and_then(|object| self.decoder.shown(&object, SMALL, PATIENCE));
                    let result = result.map(|image| self.backlog.made(image));
                    self.screen.post(Pixels::Small { id, version, result })
                }
                Job::Wanted(_, PictureForm::Clipboard) => {
                    let image = object.and_then(|object| self.decoder.for_clipboard(&object));
                    self.answers.post(PictureAnswer::Clipboard(image))
                }
                Job::Wanted(id, PictureForm::Saved(format)) => {
                    let name = format!("picture-{id}.{}", format.extension());
                    let bytes = object.and_then(|object| Ok(encode(&self.decoder.whole(&object)?, format)?));
                    self.answers.post(PictureAnswer::Saved(name, bytes))
                }
            };
            if !there {
                return;
            }
        }
    }
}
