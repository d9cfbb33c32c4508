//! Pictures on their way to the screen: decoded on a thread of their own, kept as textures within a budget of memory.
//!
//! Views ask once a frame for what is in sight. What is asked for and not there is put into a bounded queue; when that
//! is full, the next frame asks again, and there is one as soon as a picture is done.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use egui::{ColorImage, Context, TextureHandle, TextureOptions, vec2};

use super::mail::{Mailbox, News, spawn};
use crate::{
    journal::Objects,
    media::{Limits, decode},
    model::ObjectId,
    ui::{form::capitalised, views::PictureState},
    words::text,
};

/// Pictures that may wait to be decoded.
const WAITING: usize = 24;
/// Memory of all textures, in bytes.
const BUDGET: usize = 256 << 20;
/// Longest side of the small form, in pixels.
const SMALL: u32 = 640;

/// What a picture is decoded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// For lists and conversations.
    Small,
    /// For the large view.
    Full,
    /// For the clipboard; not kept.
    Clipboard,
}

/// A picture that is decoded, or why it is not.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) id: ObjectId,
    pub(super) form: Form,
    pub(super) result: Result<ColorImage, String>,
}

enum Entry {
    Loading,
    Ready { texture: TextureHandle, bytes: usize, used: u64 },
    Failed(String),
}

#[derive(Default)]
struct Cache {
    entries: HashMap<(ObjectId, Form), Entry>,
    bytes: usize,
    frame: u64,
}

/// The window's end.
pub(super) struct Pictures {
    cache: RefCell<Cache>,
    jobs: SyncSender<(ObjectId, Form)>,
}

impl Pictures {
    /// Starts the thread; it ends with this.
    pub(super) fn start(objects: &Arc<Objects>, mail: Mailbox) -> Self {
        let (jobs, waiting) = sync_channel(WAITING);
        let objects = Arc::downgrade(objects);
        spawn("pictures", move || work(&waiting, &objects, &mail));
        Self { cache: RefCell::default(), jobs }
    }

    /// Begins a frame: what was used in earlier ones may go when there is too much.
    pub(super) fn begin_frame(&mut self) {
        let cache = self.cache.get_mut();
        cache.frame += 1;
        while cache.bytes > BUDGET {
            let oldest = cache.entries.iter().filter_map(|(key, entry)| match entry {
                Entry::Ready { used, .. } if *used + 1 < cache.frame => Some((*used, *key)),
                _ => None,
            });
            let Some((_, key)) = oldest.min_by_key(|(used, _)| *used) else { break };
            if let Some(Entry::Ready { bytes, .. }) = cache.entries.remove(&key) {
                cache.bytes -= bytes;
            }
        }
    }

    /// Asks for a picture's pixels for the clipboard. False when too much is waiting.
    pub(super) fn copy(&self, id: ObjectId) -> bool {
        self.jobs.try_send((id, Form::Clipboard)).is_ok()
    }

    /// Takes a decoded picture in and makes a texture of it.
    pub(super) fn take(&mut self, ctx: &Context, done: Done) {
        let cache = self.cache.get_mut();
        let entry = match done.result {
            Ok(image) => {
                let bytes = image.pixels.len() * 4;
                cache.bytes += bytes;
                let name = format!("picture {} {:?}", done.id, done.form);
                let texture = ctx.load_texture(name, image, TextureOptions::LINEAR);
                Entry::Ready { texture, bytes, used: cache.frame }
            }
            Err(why) => Entry::Failed(why),
        };
        cache.entries.insert((done.id, done.form), entry);
    }

    /// How far a picture is; asks for it when it is not there yet.
    pub(super) fn state(&self, id: ObjectId, form: Form) -> PictureState {
        let mut cache = self.cache.borrow_mut();
        let frame = cache.frame;
        match cache.entries.get_mut(&(id, form)) {
            Some(Entry::Ready { texture, used, .. }) => {
                *used = frame;
                let [width, height] = texture.size();
                PictureState::Ready { texture: texture.id(), size: vec2(width as f32, height as f32) }
            }
            Some(Entry::Failed(why)) => PictureState::Failed(why.clone()),
            Some(Entry::Loading) => PictureState::Loading,
            None => {
                if self.jobs.try_send((id, form)).is_ok() {
                    cache.entries.insert((id, form), Entry::Loading);
                }
                PictureState::Loading
            }
        }
    }
}

fn work(waiting: &Receiver<(ObjectId, Form)>, objects: &Weak<Objects>, mail: &Mailbox) {
    while let Ok((id, form)) = waiting.recv() {
        let Some(object) = objects.upgrade().map(|objects| objects.get(id)) else { return };
        let result = match object {
            None => Err(text!("No longer kept").to_owned()),
            Some(object) => pixels(&object.content.bytes, form),
        };
        if !mail.post(News::Decoded(Done { id, form, result })) {
            return;
        }
    }
}

fn pixels(bytes: &[u8], form: Form) -> Result<ColorImage, String> {
    let limits = match form {
        Form::Small => Limits { side: SMALL, ..Limits::default() },
        Form::Full | Form::Clipboard => Limits::default(),
    };
    let decoded = decode(bytes, &limits).map_err(|error| capitalised(&error.to_string()))?;
    let size = [decoded.shown_width as usize, decoded.shown_height as usize];
    if size.iter().product::<usize>() * 4 != decoded.rgba.len() {
        return Err(text!("The decoder gave too few pixels").to_owned());
    }
    Ok(ColorImage::from_rgba_unmultiplied(size, &decoded.rgba))
}
