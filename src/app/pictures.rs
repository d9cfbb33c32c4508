//! Pictures on their way to the screen: decoded on threads of their own, kept as textures within a budget of memory.
//!
//! Views ask once a frame for what is in sight. What is asked for and not there is put into a bounded queue; when that
//! is full, the next frame asks again, and there is one as soon as a picture is done. What is done waits until it has
//! its turn on the graphics card: a frame takes a few megabytes to it, so that no frame is late.

mod viewer;

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use egui::{ColorImage, Context, TextureHandle, TextureOptions, vec2};
use image::ImageError;
use parking_lot::Mutex;

pub(super) use self::viewer::{Part, Viewer};
use super::mail::{Mailbox, News, spawn};
use crate::{
    engine::Engine,
    journal::{Object, Objects},
    media::{Canvas, DecodeError, Format, Limits, Pixels, decode, encode, open},
    memory::{self, Share},
    model::ObjectId,
    ui::{form::capitalised, views::PictureState},
    words::text,
};

/// Pictures that may wait to be decoded.
const WAITING: usize = 24;
/// Longest side of the small form, in pixels.
const SMALL: u32 = 640;
/// Bytes that go to the graphics card in one frame, at least one texture.
const PER_FRAME: usize = 2 << 20;

/// Pictures of more pixels are decoded one at a time over all threads, so that memory holds one of them only.
const LARGE: u64 = 16_000_000;
static LARGE_ONE: Mutex<()> = Mutex::new(());

/// What a picture is decoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// For lists and conversations.
    Small,
    /// For the clipboard; not kept.
    Clipboard,
    /// To be written to a file as another kind; not kept.
    Saved(Format),
}

/// A picture that is decoded, or why it is not.
#[derive(Debug)]
pub(super) enum Done {
    /// Its small form.
    Small { id: ObjectId, version: u32, result: Result<ColorImage, NotShown> },
    /// What goes to the clipboard.
    Clipboard(Result<ColorImage, NotShown>),
    /// A file of another kind, with the name it may have.
    Saved(String, Result<Vec<u8>, NotShown>),
    /// Something of the picture that is open.
    Part(Part),
}

/// Why a picture is not there in the form that was asked for; worded when it is shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotShown {
    /// The store had to let it go.
    #[error("{}", text!("No longer kept"))]
    Gone,
    /// It cannot be decoded.
    #[error(transparent)]
    Decoder(#[from] DecodeError),
    /// It cannot be written as that kind.
    #[error(transparent)]
    Encoder(#[from] ImageError),
    /// The decoder's size and its pixels do not fit together.
    #[error("{}", text!("The decoder gave too few pixels"))]
    FewPixels,
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
pub(super) struct Pictures {
    objects: Weak<Objects>,
    cache: RefCell<Cache>,
    /// Memory of all small textures.
    share: Share,
    jobs: SyncSender<(ObjectId, Form)>,
    pub(super) viewer: Viewer,
    /// Files that are to be read as pictures.
    pub(super) files: SyncSender<PathBuf>,
}

impl Pictures {
    /// Starts the threads; they end with this.
    pub(super) fn start(engine: &Engine, mail: Mailbox) -> Self {
        let textures = || engine.memory().share(memory::Part::Textures);
        let (jobs, waiting) = sync_channel(WAITING);
        let objects = Arc::downgrade(engine.objects());
        let viewer = Viewer::start(objects.clone(), textures(), mail.clone());
        let files = super::open::start(objects.clone(), mail.clone());
        let theirs = objects.clone();
        spawn("pictures", move || work(&waiting, &theirs, &mail));
        Self { objects, cache: RefCell::default(), share: textures(), jobs, viewer, files }
    }

    /// Begins a frame: what is done goes to the graphics card, and what was used in earlier frames may go when there is too much.
    pub(super) fn begin_frame(&mut self, ctx: &Context) {
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
    pub(super) fn forget(&mut self) {
        let cache = self.cache.get_mut();
        *cache = Cache { frame: cache.frame, ..Cache::default() };
        self.share.set(0);
    }

    /// Asks for a picture in a form that is not kept. False when too much is waiting.
    pub(super) fn ask(&self, id: ObjectId, form: Form) -> bool {
        self.jobs.try_send((id, form)).is_ok()
    }

    /// Takes in the small form of a picture; it is shown from one of the next frames on.
    pub(super) fn take(&mut self, id: ObjectId, version: u32, result: Result<ColorImage, NotShown>) {
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
    pub(super) fn small(&self, id: ObjectId) -> PictureState {
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
            } else if self.jobs.try_send((id, Form::Small)).is_ok() {
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

fn bytes_of(texture: &TextureHandle) -> usize {
    texture.size().iter().product::<usize>() * 4
}

fn work(waiting: &Receiver<(ObjectId, Form)>, objects: &Weak<Objects>, mail: &Mailbox) {
    while let Ok((id, form)) = waiting.recv() {
        let Some(object) = objects.upgrade().map(|objects| objects.get(id)) else { return };
        let object = object.ok_or(NotShown::Gone);
        let done = match form {
            Form::Small => {
                let version = object.as_ref().map_or(0, |object| object.version);
                Done::Small { id, version, result: object.and_then(|object| shown(&object, SMALL)) }
            }
            Form::Clipboard => Done::Clipboard(object.and_then(|object| shown(&object, Limits::default().side))),
            Form::Saved(format) => {
                let name = format!("picture-{id}.{}", format.extension());
                let bytes = object.and_then(|object| Ok(encode(&whole(&object)?, format)?));
                Done::Saved(name, bytes)
            }
        };
        if !mail.post(News::Decoded(done)) {
            return;
        }
    }
}

/// Runs a decoder; one of a large picture waits for the others of that sort.
fn one_at_a_time<T>(object: &Object, work: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    let picture = object.content.picture.as_ref();
    let pixels = picture.map_or(0, |picture| u64::from(picture.width) * u64::from(picture.height));
    let _turn = (pixels > LARGE).then(|| LARGE_ONE.lock());
    work()
}

/// By the name that the object was given: one kind says it nowhere else.
fn format_of(object: &Object) -> Option<Format> {
    let name = object.content.picture.as_ref()?.format;
    Format::ALL.into_iter().find(|format| format.name() == name)
}

fn whole(object: &Object) -> Result<Canvas, DecodeError> {
    let limits = Limits { side: viewer::SIDE, ..Limits::default() };
    one_at_a_time(object, || open(&object.content.bytes, format_of(object), &limits))
}

fn shown(object: &Object, side: u32) -> Result<ColorImage, NotShown> {
    let limits = Limits { side, ..Limits::default() };
    let pixels = one_at_a_time(object, || {
        if format_of(object) == Some(Format::Tga) {
            return Ok(open(&object.content.bytes, Some(Format::Tga), &limits)?.shown(side));
        }
        let decoded = decode(&object.content.bytes, &limits)?;
        Ok(Pixels { width: decoded.shown_width, height: decoded.shown_height, rgba: decoded.rgba })
    })?;
    image(&pixels).ok_or(NotShown::FewPixels)
}

fn image(pixels: &Pixels) -> Option<ColorImage> {
    let size = [pixels.width as usize, pixels.height as usize];
    (size.iter().product::<usize>() * 4 == pixels.rgba.len())
        .then(|| ColorImage::from_rgba_unmultiplied(size, &pixels.rgba))
}
