//! JPEG to grey or to red, green and blue; one of four inks through its own profile, if it has one.

use std::rc::Rc;

use image::{
    ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageResult,
    error::{DecodingError, ImageFormatHint},
};
use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    color::CmykTransform,
    effort::{Effort, MeteredJpeg},
};

/// One JPEG whose header is read.
pub(super) struct Jpeg<'a> {
    decoder: JpegDecoder<MeteredJpeg<'a>>,
    /// What it is made of.
    input: ColorSpace,
    size: (u32, u32),
}

impl<'a> Jpeg<'a> {
    pub(super) fn new(bytes: &'a [u8], effort: &Rc<Effort>) -> ImageResult<Self> {
        let options =
            DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
        let mut decoder = JpegDecoder::new_with_options(MeteredJpeg::new(bytes, effort), options);
        decoder.decode_headers().map_err(wrong)?;
        let input = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
        let output = match input {
            ColorSpace::Luma | ColorSpace::CMYK | ColorSpace::YCCK => input,
            _ => ColorSpace::RGB,
        };
        decoder.set_options(options.jpeg_set_out_colorspace(output));
        let (width, height) = decoder.dimensions().unwrap_or_default();
        let side = |side| u32::try_from(side).unwrap_or(u32::MAX);
        Ok(Self { decoder, input, size: (side(width), side(height)) })
    }

    fn fill(mut self, out: &mut [u8]) -> ImageResult<()> {
        if !matches!(self.input, ColorSpace::CMYK | ColorSpace::YCCK) {
            return self.decoder.decode_into(out).map_err(wrong);
        }
        let mut inks = vec![0; out.len() / 3 * 4];
        let result = self.decoder.decode_into(&mut inks).map_err(wrong);
        for pixel in inks.as_chunks_mut::<4>().0 {
            let [first, second, third, black] = *pixel;
            // Whoever writes such a file writes what is left white of each ink.
            let [cyan, magenta, yellow] = match self.input {
                ColorSpace::YCCK => super::color::from_ycc(first, second, third),
                _ => [255 - first, 255 - second, 255 - third],
            };
            *pixel = [cyan, magenta, yellow, 255 - black];
        }
        let profile = self.decoder.icc_profile().unwrap_or_default();
        CmykTransform::of(&profile).to_rgb(&inks, out);
        result
    }
}

impl ImageDecoder for Jpeg<'_> {
    fn dimensions(&self) -> (u32, u32) {
        self.size
    }

    fn color_type(&self) -> ColorType {
        if self.input == ColorSpace::Luma { ColorType::L8 } else { ColorType::Rgb8 }
    }

    fn original_color_type(&self) -> ExtendedColorType {
        match self.input {
            ColorSpace::CMYK | ColorSpace::YCCK => ExtendedColorType::Cmyk8,
            _ => self.color_type().into(),
        }
    }

    fn icc_profile(&mut self) -> ImageResult<Option<Vec<u8>>> {
        Ok(self.decoder.icc_profile())
    }

    fn exif_metadata(&mut self) -> ImageResult<Option<Vec<u8>>> {
        Ok(self.decoder.exif().cloned())
    }

    fn read_image(self, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }

    fn read_image_boxed(self: Box<Self>, out: &mut [u8]) -> ImageResult<()> {
        self.fill(out)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn wrong(error: DecodeErrors) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Unknown, error.to_string()))
}
