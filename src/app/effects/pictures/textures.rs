//! Pictures on the graphics card, by what they show, within a share of the one budget: the one that was looked at longest ago
//! goes first, and one that is in sight never.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Debug,
    hash::Hash,
};

use egui::{Context, TextureHandle, TextureOptions};

use super::backlog::Made;
use crate::memory::Share;

struct Kept {
    texture: TextureHandle,
    used: u64,
}

/// Textures of one kind, and the pixels that wait to become some.
pub(super) struct Textures<K> {
    kept: HashMap<K, Kept>,
    ready: VecDeque<(K, Made)>,
    /// On the card.
    bytes: usize,
    frame: u64,
    share: Share,
    options: TextureOptions,
}

impl<K: Clone + Debug + Eq + Hash> Textures<K> {
    pub(super) fn new(share: Share, options: TextureOptions) -> Self {
        Self { kept: HashMap::new(), ready: VecDeque::new(), bytes: 0, frame: 0, share, options }
    }

    /// Begins a frame: as much as there is `room` for goes to the card, at least one texture; what nobody looks at goes where it is too much.
    /// True when more waits.
    pub(super) fn begin_frame(&mut self, ctx: &Context, room: &mut usize) -> bool {
        self.frame += 1;
        while *room > 0 {
            let Some((key, made)) = self.ready.pop_front() else { break };
            let bytes = made.bytes();
            *room = room.saturating_sub(bytes);
            let texture = ctx.load_texture(format!("{key:?}"), made.take(), self.options);
            let before = self.kept.insert(key, Kept { texture, used: self.frame });
            self.bytes = self.bytes + bytes - before.map_or(0, |before| before.bytes());
        }
        while self.bytes > self.share.limit() {
            let unseen = self.kept.iter().filter(|(_, kept)| kept.used + 1 < self.frame);
            let Some(key) = unseen.min_by_key(|(_, kept)| kept.used).map(|(key, _)| key.clone()) else { break };
            self.bytes -= self.kept.remove(&key).map_or(0, |kept| kept.bytes());
        }
        self.tell();
        !self.ready.is_empty()
    }

    /// The number of this frame.
    pub(super) fn frame(&self) -> u64 {
        self.frame
    }

    /// Takes pixels in; they are shown from one of the next frames on.
    pub(super) fn push(&mut self, key: K, made: Made) {
        self.ready.push_back((key, made));
        self.tell();
    }

    /// The texture of that, if it is there; it stays while it is asked for.
    pub(super) fn get(&mut self, key: &K) -> Option<TextureHandle> {
        let kept = self.kept.get_mut(key)?;
        kept.used = self.frame;
        Some(kept.texture.clone())
    }

    /// Whether the texture is there or on its way.
    pub(super) fn has(&self, key: &K) -> bool {
        self.kept.contains_key(key) || self.ready.iter().any(|(waiting, _)| waiting == key)
    }

    /// Drops all.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.ready.clear();
        self.bytes = 0;
        self.tell();
    }

    fn tell(&self) {
        self.share.set(self.bytes + self.ready.iter().map(|(_, made)| made.bytes()).sum::<usize>());
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        self.texture.size().iter().product::<usize>() * 4
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use egui::ColorImage;

    use super::{super::backlog::Backlog, *};
    use crate::memory::{Memory, Part};

    #[test]
    fn what_was_looked_at_longest_ago_goes_and_what_is_in_sight_stays() {
        let memory = Memory::new(10 * 4096);
        let backlog = Arc::<Backlog>::default();
        let mut textures = Textures::new(memory.share(Part::Textures), TextureOptions::LINEAR);
        let ctx = Context::default();
        let image = || ColorImage::filled([32, 32], egui::Color32::RED);
        for key in 0..14 {
            textures.push(key, backlog.made(image()));
        }
        assert_eq!(memory.used(), 14 * 4096, "what waits counts");
        let mut room = 3 * 4096;
        assert!(textures.begin_frame(&ctx, &mut room) && room == 0);
        assert!(textures.get(&2).is_some() && textures.get(&3).is_none() && textures.has(&3));
        let mut room = usize::MAX;
        assert!(!textures.begin_frame(&ctx, &mut room));
        for _ in 0..2 {
            for key in (0..14).filter(|key| *key != 4) {
                assert!(textures.get(&key).is_some(), "{key} is new, or in sight");
            }
            textures.begin_frame(&ctx, &mut room);
        }
        assert!(!textures.has(&4) && memory.used() == 13 * 4096, "what is in sight stays, though it is too much");
        assert!(textures.get(&0).is_some());
        textures.begin_frame(&ctx, &mut room);
        assert!(textures.has(&0));
        assert_eq!((memory.used(), memory.used_for(Part::Textures)), (10 * 4096, 10 * 4096));
        textures.clear();
        assert_eq!(memory.used(), 0);
    }
}
