//! Where the views get pictures from: decoded elsewhere, asked for by what is on the screen.

use std::{sync::Arc, time::Duration};

use egui::{TextureHandle, TextureId, Vec2};

use crate::{
    media::{Canvas, DecodeError},
    model::ObjectId,
};

/// How far a picture is on its way to the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureState {
    /// It is being decoded; the window is woken when it is done.
    Loading,
    /// It can be painted.
    Ready {
        /// Where its pixels are. The caller keeps the texture alive while it answers with it.
        texture: TextureId,
        /// Its size in pixels.
        size: Vec2,
    },
    /// It cannot be shown, and why, in words.
    Failed(String),
}

/// The picture that is open in the large view.
#[derive(Clone, Debug)]
pub enum Opened {
    /// It is being decoded; the window is woken when it is done.
    Loading,
    /// All its pixels are there.
    Ready(Arc<Canvas>),
    /// It cannot be shown, and why; worded where it is drawn.
    Failed(Arc<DecodeError>),
}

/// A tile of the open picture: how many times it was halved, column and row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileAt {
    /// 0 for the picture's own size, 1 for half of it …
    pub level: u32,
    /// From the left.
    pub column: u32,
    /// From the top.
    pub row: u32,
}

/// A frame of the open animation.
#[derive(Clone, PartialEq)]
pub struct FrameOf {
    /// Where its pixels are; they stay while this is held.
    pub texture: TextureHandle,
    /// How long it is seen.
    pub pause: Duration,
}

/// Where pictures come from. Asked only for what is on the screen, once a frame each.
pub trait PictureSource {
    /// A small form, for lists and conversations: at most about 640 pixels a side.
    fn texture(&self, id: ObjectId) -> PictureState;

    /// Opens a picture for the large view; the one that was open before is let go.
    fn open(&self, id: ObjectId) -> Opened {
        let _ = id;
        Opened::Loading
    }

    /// A tile of the open picture; `None` until it is there.
    fn tile(&self, at: TileAt) -> Option<TextureId> {
        let _ = at;
        None
    }

    /// A frame of the open animation, by its number; `None` until it is there.
    fn frame(&self, number: u32) -> Option<FrameOf> {
        let _ = number;
        None
    }
}
