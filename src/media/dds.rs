//! DDS: the first surface of a texture, of a cube or of a stack, in any of the kinds that graphics cards take.

use std::{io::Read, rc::Rc};

use dds::{
    Channels, ColorFormat, Decoder, ImageViewMut, Precision, Size,
    header::{Header, ParseOptions, RawHeader},
};
use image::{
    ColorType, ImageDecoder, ImageError, ImageResult,
    error::{DecodingError, ImageFormatHint},
};

use super::effort::{Effort, Metered};
use crate::words::text;

/// One surface that is still packed.
pub(super) struct Surface<'a> {
    decoder: Decoder<Metered<&'a [u8]>>,
    color: (ColorType, ColorFormat),
}

impl<'a> Surface<'a> {
    /// Reads the header, also one with the mistakes that writers are known for; `memory` is what decoding may take beside the result.
    pub(super) fn new(bytes: &'a [u8], memory: u64, effort: &Rc<Effort>) -> ImageResult<Self> {
        let mut bytes = Metered::new(bytes, effort);
        let header = header(&mut bytes).ok_or_else(|| wrong(text!("its header cannot be read")))?;
        let mut decoder = Decoder::from_header(bytes, header).map_err(wrong)?;
        decoder.options.memory_limit = usize::try_from(memory).unwrap_or(usize::MAX);
        let native = decoder.native_color();
        let color = match (native.channels, native.precision) {
            (Channels::Grayscale, Precision::U8) => (ColorType::L8, ColorFormat::GRAYSCALE_U8),
            (Channels::Grayscale, Precision::U16) => (ColorType::L16, ColorFormat::GRAYSCALE_U16),
            (Channels::Rgb, Precision::U8) => (ColorType::Rgb8, ColorFormat::RGB_U8),
            (Channels::Rgb, Precision::U16) => (ColorType::Rgb16, ColorFormat::RGB_U16),
            (Channels::Alpha | Channels::Rgba, Precision::U8) => (ColorType::Rgba8, ColorFormat::RGBA_U8),
            (Channels::Alpha | Channels::Rgba, Precision::U16) => (ColorType::Rgba16, ColorFormat::RGBA_U16),
            (Channels::Alpha | Channels::Rgba, Precision::F32) => (ColorType::Rgba32F, ColorFormat::RGBA_F32),
            (Channels::Grayscale | Channels::Rgb, Precision::F32) => (ColorType::Rgb32F, ColorFormat::RGB_F32),
        };
        Ok(Self { decoder, color })
    }

    fn size(&self) -> Size {
        self.decoder.main_size()
    }

    fn fill(mut self, out: &mut [u8]) -> ImageResult<()> {
        let size = self.size();
        let view =
            ImageViewMut::new(out, size, self.color.1).ok_or_else(|| wrong(text!("its size cannot be right")))?;
        self.decoder.read_surface(view).map_err(wrong)
    }
}

impl ImageDecoder for Surface<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.size().width, self.size().height)
    }

    fn color_type(&self) -> ColorType {
        self.color.0
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }
}

/// The header, with the mistakes mended that writers are known for.
pub(super) fn header(bytes: &mut impl Read) -> Option<Header> {
    Header::read_magic(bytes).ok()?;
    let mut raw = RawHeader::read(bytes).ok()?;
    if let Some(newer) = &mut raw.dx10 {
        if newer.resource_dimension == 0 {
            // A texture of two dimensions.
            newer.resource_dimension = 3;
        }
        newer.array_size = newer.array_size.max(1);
    }
    Header::from_raw(&raw, &ParseOptions::new_permissive(None)).ok()
}

fn wrong(error: impl std::fmt::Display) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Unknown, error.to_string()))
}
