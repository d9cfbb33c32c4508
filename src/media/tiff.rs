//! TIFF, which is a family: any number of samples of any width, in strips or tiles, in one plane or several, packed in a dozen ways.
//! The first directory is shown.
//!
//! `directory` reads the fields, `unpack` a strip's or tile's bytes, `pixels` makes colours of samples. What cannot be read is left as
//! the caller filled it, and the first reason is the error.

mod directory;
mod fax;
mod method;
mod pixels;
mod unpack;

use std::rc::Rc;

use image::{
    ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageResult,
    error::{DecodingError, ImageFormatHint, LimitError, LimitErrorKind},
    metadata::Orientation,
};

use self::{
    directory::{Directory, tag},
    pixels::{Kind, Samples, unsupported},
    unpack::{Chunk, Packing},
};
use super::effort::Effort;
use crate::words::text;

/// Samples of a pixel; more than colours and transparency are passed over.
const MOST_SAMPLES: u64 = 32;
/// Metadata that is handed on, in bytes.
const MOST_FACTS: usize = 4 << 20;

/// One picture and how it lies in the bytes.
pub(super) struct Tiff<'a> {
    data: &'a [u8],
    directory: Directory<'a>,
    width: u32,
    height: u32,
    samples: Samples,
    packing: Packing<'a>,
    planes: usize,
    /// Of a strip or tile, in pixels.
    chunk: (u32, u32),
    offsets: Vec<u64>,
    lengths: Vec<u64>,
    memory: u64,
    effort: Rc<Effort>,
}

impl<'a> Tiff<'a> {
    /// Reads the first directory; `memory` is what decoding may take beside the result.
    pub(super) fn new(data: &'a [u8], memory: u64, effort: &Rc<Effort>) -> ImageResult<Self> {
        let directory = Directory::first(data).ok_or_else(|| broken(text!("its first directory cannot be read")))?;
        let number = |tag, usual| directory.numbers(tag).first().copied().unwrap_or(usual);
        let side = |tag| u32::try_from(number(tag, 0)).ok().filter(|side| *side > 0);
        let (Some(width), Some(height)) = (side(tag::WIDTH), side(tag::HEIGHT)) else {
            return Err(broken(text!("it has no width or no height")));
        };
        let packing = Packing::of(&directory, number(tag::COMPRESSION, 1))
            .ok_or_else(|| unsupported(&text!("compression {number}", number = number(tag::COMPRESSION, 1))))?;
        let bits = directory.numbers(tag::BITS);
        let count = number(tag::SAMPLES, bits.len().max(1) as u64);
        if !(1..=MOST_SAMPLES).contains(&count) {
            return Err(unsupported(&text!("{count} samples in a pixel", count = count)));
        }
        let samples = Samples::of(&directory, usize::try_from(count).unwrap_or(1), packing.method)?;
        let tiled = !directory.numbers(tag::TILE_OFFSETS).is_empty();
        let chunk = if tiled {
            let side = |tag| side(tag).ok_or_else(|| broken(text!("its tiles have no size")));
            (side(tag::TILE_WIDTH)?, side(tag::TILE_HEIGHT)?)
        } else {
            let rows = number(tag::ROWS, u64::from(height)).clamp(1, u64::from(height));
            (width, u32::try_from(rows).unwrap_or(height))
        };
        let (offsets, lengths) =
            if tiled { (tag::TILE_OFFSETS, tag::TILE_LENGTHS) } else { (tag::STRIP_OFFSETS, tag::STRIP_LENGTHS) };
        let planes = if number(tag::PLANES, 1) == 2 && count > 1 { samples.count } else { 1 };
        let (offsets, lengths) = (directory.numbers(offsets), directory.numbers(lengths));
        let effort = Rc::clone(effort);
        Ok(Self { data, directory, width, height, samples, packing, planes, chunk, offsets, lengths, memory, effort })
    }

    /// Bytes of one strip or tile when it is unpacked, of one plane.
    fn unpacked(&self) -> Option<usize> {
        let (width, height) = (u64::from(self.chunk.0), u64::from(self.chunk.1));
        if let Kind::Ycc(across, down) = self.samples.kind {
            let (across, down) = (across as u64, down as u64);
            let blocks = width.div_ceil(across).checked_mul(height.div_ceil(down))?;
            return usize::try_from(
                blocks.checked_mul(across * down + 2)?.checked_mul((self.samples.bits / 8).into())?,
            )
            .ok();
        }
        let samples = if self.planes > 1 { 1 } else { self.samples.count as u64 };
        let line = width.checked_mul(samples)?.checked_mul(self.samples.bits.into())?.div_ceil(8);
        let total = line.checked_mul(height)?;
        usize::try_from(total).ok()
    }

    fn fill(&self, out: &mut [u8]) -> ImageResult<()> {
        if let Some(jpeg) = self.packing.whole_jpeg(self.data, &self.directory, &self.offsets) {
            let chunk = Chunk {
                size: (self.width, self.height),
                bytes: out.len(),
                line: self.width as usize * 3,
                big_endian: false,
            };
            let pixels = unpack::jpeg(jpeg, &chunk, true, &self.effort).map_err(broken)?;
            let out = out.get_mut(..pixels.len()).unwrap_or_default();
            out.copy_from_slice(pixels.get(..out.len()).unwrap_or_default());
            return Ok(());
        }
        let bytes = self.unpacked().filter(|bytes| {
            let all = (*bytes as u64).saturating_mul(self.planes as u64).saturating_mul(2);
            all.saturating_add(out.len() as u64) <= self.memory
        });
        let Some(bytes) = bytes else { return Err(too_much()) };
        let (wide, high) = self.chunk;
        let across = self.width.div_ceil(wide) as usize;
        let per_plane = across * self.height.div_ceil(high) as usize;
        let line = bytes / high as usize;
        let chunk = Chunk { size: self.chunk, bytes, line, big_endian: self.samples.big_endian };
        // A directory can name the same bytes for every tile: they are not gone through for ever.
        let mut budget = (self.data.len() as u64).saturating_mul(4).saturating_add(16 << 20);
        let missing =
            (per_plane.saturating_mul(self.planes) > self.offsets.len()).then(|| text!("bytes of it are missing"));
        let mut first = missing.map(str::to_owned);
        // Those that the directory does not have are no work: two hundred bytes can ask for thousands of millions.
        for index in 0..per_plane.min(self.offsets.len()) {
            let mut planes = Vec::with_capacity(self.planes);
            for plane in 0..self.planes {
                if !self.effort.step() {
                    return Err(broken(text!("it takes too long")));
                }
                let (packed, whole) = self.packed(index + plane * per_plane);
                if (packed.len() as u64) > budget {
                    return Err(broken(text!("it names the same bytes again and again")));
                }
                budget -= packed.len() as u64;
                let (unpacked, trouble) = self.packing.unpack(packed, &chunk, &self.samples, &self.effort);
                let trouble = trouble.or_else(|| {
                    (!whole || unpacked.len() < bytes.min(self.needed(index, across, line)))
                        .then(|| text!("bytes of it are missing").to_owned())
                });
                first = first.or(trouble);
                planes.push(unpacked);
            }
            let corner = ((index % across) * wide as usize, (index / across) * high as usize);
            self.samples.put(&planes, line, self.chunk, corner, (self.width, self.height), out);
        }
        first.map_or(Ok(()), |why| Err(broken(why)))
    }

    /// Bytes of a strip or tile that hold rows of the picture.
    fn needed(&self, index: usize, across: usize, line: usize) -> usize {
        let top = (index / across) * self.chunk.1 as usize;
        (self.height as usize).saturating_sub(top).min(self.chunk.1 as usize) * line
    }

    /// The packed bytes of a strip or tile, as far as they are there, and whether that is all.
    fn packed(&self, index: usize) -> (&'a [u8], bool) {
        let Some(offset) = self.offsets.get(index).and_then(|offset| usize::try_from(*offset).ok()) else {
            return (&[], false);
        };
        let rest = self.data.get(offset..).unwrap_or_default();
        // Old writers leave out the length of the only strip.
        let length =
            self.lengths.get(index).map_or(rest.len(), |length| usize::try_from(*length).unwrap_or(usize::MAX));
        match rest.get(..length) {
            Some(packed) => (packed, true),
            None => (rest, false),
        }
    }
}

impl ImageDecoder for Tiff<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn color_type(&self) -> ColorType {
        self.samples.color()
    }

    fn original_color_type(&self) -> ExtendedColorType {
        use ExtendedColorType as C;
        let (bits, alpha) = (self.samples.bits, self.samples.alpha.is_some());
        match (self.samples.kind, bits, alpha) {
            (Kind::BlackIsZero | Kind::WhiteIsZero, 1, false) => C::L1,
            (Kind::BlackIsZero | Kind::WhiteIsZero, 2, false) => C::L2,
            (Kind::BlackIsZero | Kind::WhiteIsZero, 4, false) => C::L4,
            (Kind::Cmyk, 8, _) => C::Cmyk8,
            (Kind::Cmyk, 16, _) => C::Cmyk16,
            (Kind::BlackIsZero | Kind::WhiteIsZero | Kind::Color, 8 | 16 | 32, _) => self.color_type().into(),
            _ => C::Unknown(u8::try_from(usize::from(bits) * self.samples.count).unwrap_or(u8::MAX)),
        }
    }

    fn icc_profile(&mut self) -> ImageResult<Option<Vec<u8>>> {
        let profile = self.directory.bytes(tag::PROFILE);
        Ok((!profile.is_empty() && profile.len() <= MOST_FACTS).then(|| profile.to_vec()))
    }

    fn exif_metadata(&mut self) -> ImageResult<Option<Vec<u8>>> {
        // The facts of a camera are written as a TIFF, wherever they stand.
        Ok((self.data.len() <= MOST_FACTS).then(|| self.data.to_vec()))
    }

    fn orientation(&mut self) -> ImageResult<Orientation> {
        let orientation =
            self.directory.numbers(tag::ORIENTATION).first().and_then(|number| u8::try_from(*number).ok());
        Ok(orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms))
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }
}

fn broken(words: impl Into<String>) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Unknown, words.into()))
}

fn too_much() -> ImageError {
    ImageError::Limits(LimitError::from_kind(LimitErrorKind::InsufficientMemory))
}
