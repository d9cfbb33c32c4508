//! A picture that is decoded and kept as the decoder gave it, so that a small form, a part at any size and a single pixel can be had
//! from it without a second copy: turning and colour conversion happen on the way out.

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, RgbaImage};

use super::{
    Format,
    camera::Camera,
    color::Conversion,
    scale::{Raw, Region},
    verdict::{Damage, Decoded},
};

/// Pixels of a side of a tile.
pub const TILE: u32 = 512;

/// A part of a picture, or a small form of it, ready for the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pixels {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Red, green, blue, alpha, 8 bits each, alpha not multiplied in, rows from the top.
    pub rgba: Vec<u8>,
}

/// All pixels of a picture. Of an animation, the first frame.
#[derive(Debug)]
pub struct Canvas {
    pub(super) format: Format,
    pub(super) color: ColorType,
    /// As the file has it: `RGB, 8 bit`.
    pub(super) depth: String,
    /// Before it is turned.
    pub(super) size: (u32, u32),
    pub(super) orientation: Orientation,
    pub(super) pixels: Vec<u8>,
    pub(super) twin: Option<Vec<u8>>,
    pub(super) conversion: Option<Conversion>,
    pub(super) camera: Camera,
    pub(super) frames: u32,
    pub(super) damage: Option<Damage>,
}

impl Canvas {
    /// By the first bytes, or by what the caller said.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Width and height, the right way up.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let (width, height) = self.size;
        if turns(self.orientation) { (height, width) } else { (width, height) }
    }

    /// What a pixel is made of in the file: `RGB, 8 bit`.
    #[must_use]
    pub fn depth(&self) -> &str {
        &self.depth
    }

    /// What the camera wrote beside it.
    #[must_use]
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// Whether a colour profile other than sRGB's is applied.
    #[must_use]
    pub fn is_converted(&self) -> bool {
        self.conversion.is_some()
    }

    /// Frames of an animation that are in the bytes; 1 for a still picture.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Set when not all of the picture is there or right.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Memory its pixels take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pixels.len() + self.twin.as_ref().map_or(0, Vec::len)
    }

    /// All of it, at most `side` pixels wide and high.
    #[must_use]
    pub fn shown(&self, side: u32) -> Pixels {
        let (width, height) = fit(self.size.0, self.size.1, side);
        self.out(&self.raw().shown(width, height), width, height)
    }

    /// One tile of [`TILE`] pixels a side, smaller at the right and lower edge, of the picture made 2^`level` times smaller. `None` where
    /// there is no such tile.
    #[must_use]
    pub fn tile(&self, level: u32, column: u32, row: u32) -> Option<Pixels> {
        let (width, height) = self.size();
        let step = TILE.checked_shl(level).filter(|step| step >> level == TILE)?;
        let (left, top) = (column.checked_mul(step)?, row.checked_mul(step)?);
        if left >= width || top >= height {
            return None;
        }
        let (wide, high) = (step.min(width - left), step.min(height - top));
        let region = self.unturned(Region { left, top, width: wide, height: high });
        let scaled = |length: u32| length.div_ceil(1 << level);
        let (width, height) = (scaled(region.width), scaled(region.height));
        Some(self.out(&self.raw().part(region, width, height), width, height))
    }

    /// One pixel as it is shown, by its place the right way up.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        let (width, height) = self.size();
        if x >= width || y >= height {
            return None;
        }
        let region = self.unturned(Region { left: x, top: y, width: 1, height: 1 });
        let pixels = self.out(&self.raw().part(region, 1, 1), 1, 1);
        pixels.rgba.first_chunk().copied()
    }

    /// As one value, for those who want no more.
    pub(super) fn decoded(&self, side: u32) -> Decoded {
        let Pixels { width: shown_width, height: shown_height, rgba } = self.shown(side);
        let (width, height) = self.size();
        let (format, frames, damage) = (self.format, self.frames, self.damage.clone());
        Decoded { format, width, height, shown_width, shown_height, rgba, frames, damage }
    }

    fn raw(&self) -> Raw<'_> {
        let (width, height) = self.size;
        Raw { color: self.color, width, height, pixels: &self.pixels, twin: self.twin.as_deref() }
    }

    /// Converts colours and turns the right way up.
    fn out(&self, rgba: &[u8], width: u32, height: u32) -> Pixels {
        let rgba = match &self.conversion {
            Some(conversion) => conversion.apply(rgba),
            None => rgba.to_vec(),
        };
        if self.orientation == Orientation::NoTransforms {
            return Pixels { width, height, rgba };
        }
        let mut image = DynamicImage::from(RgbaImage::from_raw(width, height, rgba).unwrap_or_default());
        image.apply_orientation(self.orientation);
        Pixels { width: image.width(), height: image.height(), rgba: image.into_rgba8().into_raw() }
    }

    /// Where a part of the turned picture lies in the file's.
    fn unturned(&self, Region { left, top, width, height }: Region) -> Region {
        let (across, down) = self.size();
        let (right, below) = (across - left - width, down - top - height);
        let (left, top) = match self.orientation {
            Orientation::NoTransforms => (left, top),
            Orientation::FlipHorizontal => (right, top),
            Orientation::Rotate180 => (right, below),
            Orientation::FlipVertical => (left, below),
            Orientation::Rotate90FlipH => (top, left),
            Orientation::Rotate90 => (top, right),
            Orientation::Rotate270FlipH => (below, right),
            Orientation::Rotate270 => (below, left),
        };
        let (width, height) = if turns(self.orientation) { (height, width) } else { (width, height) };
        Region { left, top, width, height }
    }
}

/// Whether the orientation swaps width and height.
fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// The size within `side`, in the same shape, never larger and never 0 (save for 0 itself).
pub(super) fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    let side = side.max(1);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(exact).unwrap_or(side).max(1)
    };
    (scaled(width), scaled(height))
}
