//! Bytes of a picture to pixels, within limits, and as far as it goes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use image::codecs::{
    bmp::BmpDecoder, gif::GifDecoder, hdr::HdrDecoder, ico::IcoDecoder, png::PngDecoder, pnm::PnmDecoder,
    qoi::QoiDecoder, tga::TgaDecoder, webp::WebPDecoder,
};
use image::error::{DecodingError, ImageFormatHint};
use image::metadata::Orientation;
use image::{ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageResult};
use jxl_oxide::integration::JxlDecoder;

use super::aside::{self, DECODERS};
use super::camera::Camera;
use super::canvas::{Canvas, fit};
use super::color::Conversion;
use super::dds::Surface;
use super::effort::{Effort, Metered};
use super::find::{announced, parse::Step, parser::Parser, webp};
use super::interlace;
use super::jpeg::Jpeg;
use super::scale::Raw;
use super::svg::{self, Trouble};
use super::tiff::Tiff;
use super::verdict::{Damage, DecodeError, Decoded, Flaw, Limits, reason};
use super::{Ending, Format, Header};
use crate::words::text;

/// Decodes the picture that `bytes` start with; what follows it does not matter. Takes what [`Limits::time`] allows, and up to
/// twice that where the data is damaged: not for the window's thread.
///
/// # Errors
/// Over the limits, unknown, or so damaged that no pixel can be shown. Less damage is not an error but [`Decoded::damage`].
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    Ok(open(bytes, None, limits)?.decoded(limits.side))
}

/// As [`decode`], with all pixels at hand. `format` is for bytes that do not say themselves what they are.
///
/// # Errors
/// As [`decode`].
pub fn open(bytes: &[u8], format: Option<Format>, limits: &Limits) -> Result<Canvas, DecodeError> {
    let format = announced(bytes).or(format).ok_or(DecodeError::Unknown)?;
    if !takes_all_at_once(format, bytes) {
        return open_here(format, bytes, limits);
    }
    let (bytes, limits) = (bytes.to_vec(), *limits);
    match DECODERS.run(limits.time * PATIENCE, move || open_here(format, &bytes, &limits)) {
        Ok(opened) => opened,
        Err(aside::Trouble::Slow) => Err(DecodeError::TooSlow(format)),
        Err(aside::Trouble::Busy) => Err(DecodeError::Busy(format)),
        Err(aside::Trouble::Failed) => Err(DecodeError::DecoderFailed(format)),
    }
}

/// A decoder is other people's code that is fed hostile bytes: its panic is this picture's problem, not the thread's.
fn open_here(format: Format, bytes: &[u8], limits: &Limits) -> Result<Canvas, DecodeError> {
    let work = AssertUnwindSafe(|| Job::new(format, bytes, limits)?.run());
    catch_unwind(work).unwrap_or(Err(DecodeError::DecoderFailed(format)))
}

/// Such a decoder may take so many times longer than one that shows what it has by then: nothing comes of it otherwise.
const PATIENCE: u32 = 2;

/// Pixels of a WebP that is decoded in well under a second.
const QUICK: u64 = 8_000_000;

/// Pixels of a picture in passes up to which those that are missing are filled in with the coarser ones.
const SHARPENED: u64 = 25_000_000;

/// Kinds whose decoder has all bytes before it begins to work, so that only who waits for it can give up.
fn takes_all_at_once(format: Format, bytes: &[u8]) -> bool {
    match format {
        Format::Svg | Format::Jxl => true,
        Format::WebP => {
            let mut parser = Parser::new(format, bytes);
            parser.advance(bytes);
            u64::from(parser.facts.width) * u64::from(parser.facts.height) > QUICK
        }
        _ => false,
    }
}

/// What the beginning of a file says it is; nothing is decoded. `None` when it is no picture of a known kind.
#[must_use]
pub fn header(bytes: &[u8], name: &str) -> Option<Header> {
    let format = Format::of_file(bytes, name)?;
    let mut parser = Parser::new(format, bytes);
    let step = parser.advance(bytes);
    let sure = parser.is_sure(bytes);
    let ending = match step {
        Step::Complete(_) => Ending::Complete,
        Step::More if parser.facts.open => Ending::Complete,
        Step::More | Step::Cut(_) => Ending::CutShort,
        // The decoder has the last word where the name is all there is.
        Step::No if format == Format::Tga => Ending::Complete,
        Step::Broken(_) | Step::No => Ending::Broken,
    };
    let (width, height) = if sure { (parser.facts.width, parser.facts.height) } else { (0, 0) };
    Some(Header { format, width, height, ending })
}

/// One picture on its way.
struct Job<'a> {
    format: Format,
    bytes: &'a [u8],
    limits: &'a Limits,
    parser: Parser,
    step: Step,
}

/// What one run of the decoder gave.
struct Run {
    color: ColorType,
    depth: String,
    width: u32,
    height: u32,
    orientation: Orientation,
    profile: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    pixels: Vec<u8>,
    error: Option<ImageError>,
    /// It was ended because it took too long.
    late: bool,
}

impl<'a> Job<'a> {
    fn new(format: Format, bytes: &'a [u8], limits: &'a Limits) -> Result<Self, DecodeError> {
        let mut parser = Parser::new(format, bytes);
        let mut step = parser.advance(bytes);
        // A bare JPEG XL may be shorter than what its header is tried with.
        if step == Step::More && parser.is_sure(bytes) && parser.facts.open {
            step = Step::Complete(bytes.len());
        }
        // Kinds whose header the decoder reads on its own terms may be right all the same.
        let strict = matches!(format, Format::Png | Format::Jpeg | Format::Gif | Format::WebP | Format::Bmp);
        if strict && step == Step::More && !parser.facts.proven {
            return Err(DecodeError::NoHeader(format));
        }
        let job = Self { format, bytes, limits, parser, step };
        let (width, height) = (job.parser.facts.width, job.parser.facts.height);
        job.check(width, height, 0)?;
        Ok(job)
    }

    /// Refuses what is too large, by its own word, before anything is allocated.
    fn check(&self, width: u32, height: u32, depth: u64) -> Result<(), DecodeError> {
        let (format, limits) = (self.format, self.limits);
        let pixels = u64::from(width) * u64::from(height);
        if pixels > limits.pixels {
            let limit = limits.pixels;
            return Err(DecodeError::TooLarge { format, width, height, limit });
        }
        let (shown_width, shown_height) = fit(width, height, limits.side);
        // Twice, because turning it makes a copy.
        let shown = u64::from(shown_width) * u64::from(shown_height) * 8;
        if self.parser.facts.work + pixels * depth + shown > limits.memory {
            return Err(self.too_much(width, height));
        }
        Ok(())
    }

    fn too_much(&self, width: u32, height: u32) -> DecodeError {
        DecodeError::TooMuchMemory { format: self.format, width, height, limit: self.limits.memory }
    }

    fn run(self) -> Result<Canvas, DecodeError> {
        let (mut run, mut twin) = match self.format {
            Format::Avif => return Err(DecodeError::NoDecoder(self.format)),
            Format::Svg => (self.draw_vectors()?, None),
            _ => self.draw()?,
        };
        let (width, height) = (run.width, run.height);
        let raw = Raw { color: run.color, width, height, pixels: &run.pixels, twin: twin.as_deref() };
        let written = u64::try_from(raw.written()).unwrap_or(u64::MAX);
        if run.late && written == 0 {
            return Err(DecodeError::TooSlow(self.format));
        }
        if let Some(source) = run.error.take_if(|_| written == 0) {
            return Err(self.failure(source));
        }
        if written == 0 {
            return Err(DecodeError::NoPixels(self.format));
        }
        let pixels = u64::from(width) * u64::from(height);
        let percent = u8::try_from(written * 100 / pixels.max(1)).ok();
        let flaw = if run.late { Some(Flaw::TooLong) } else { self.flaw(run.error.as_ref()) };
        let damage = flaw.map(|flaw| Damage {
            flaw,
            percent: percent.filter(|_| self.format != Format::Jpeg && (run.error.is_none() || twin.is_some())),
        });
        let few = pixels <= SHARPENED;
        if let (Some(passes), Some(twin)) = (self.parser.facts.passes.filter(|_| few), &mut twin) {
            let depth = usize::from(run.color.bytes_per_pixel());
            interlace::fill(passes, &mut run.pixels, twin, width as usize, depth);
        }
        let turned = run.orientation != Orientation::NoTransforms;
        let grey = !run.color.has_color();
        Ok(Canvas {
            format: self.format,
            color: run.color,
            depth: run.depth,
            size: (width, height),
            orientation: run.orientation,
            pixels: run.pixels,
            twin,
            conversion: run.profile.and_then(|profile| Conversion::of(&profile, grey)),
            camera: run.exif.map_or_else(Camera::default, |exif| Camera::read(exif, turned)),
            frames: self.parser.facts.frames.max(1),
            damage,
        })
    }

    fn draw_vectors(&self) -> Result<Run, DecodeError> {
        let format = self.format;
        let text = match self.step {
            Step::Complete(end) | Step::Cut(end) => self.bytes.get(..end).unwrap_or(self.bytes),
            _ => self.bytes,
        };
        // Five bytes a pixel while it is drawn, and as much again for filters.
        let limit = self.limits.pixels.min(self.limits.memory / 12);
        match svg::draw(text, limit) {
            Ok((width, height, pixels)) => Ok(Run {
                color: ColorType::Rgba8,
                depth: text!("vectors").to_owned(),
                width,
                height,
                orientation: Orientation::NoTransforms,
                profile: None,
                exif: None,
                pixels,
                error: None,
                late: false,
            }),
            Err(Trouble::TooSlow) => Err(DecodeError::TooSlow(format)),
            Err(Trouble::TooLarge(width, height)) => Err(DecodeError::TooLarge { format, width, height, limit }),
            Err(Trouble::Wrong(words)) => Err(DecodeError::Broken {
                format,
                source: ImageError::Decoding(DecodingError::new(ImageFormatHint::Unknown, words)),
            }),
        }
    }

    /// The picture, and its twin (see [`Raw`]) if not all of it was decoded.
    fn draw(&self) -> Result<(Run, Option<Vec<u8>>), DecodeError> {
        let told = matches!(self.format, Format::Dds | Format::Pnm) && self.parser.facts.expected.is_some();
        if self.is_cut() && (self.format == Format::WebP || told) {
            return self.draw_mended();
        }
        let effort = Effort::new(self.limits.time);
        let run = self.read(self.bytes, 0, &effort)?;
        let need = u64::try_from(run.pixels.len()).unwrap_or(u64::MAX).saturating_mul(2);
        let twin = if run.error.is_some() && need <= self.limits.memory {
            Some(self.read(self.bytes, 0xFF, &effort.again())?.pixels)
        } else {
            None
        };
        Ok((run, twin))
    }

    /// One that was cut short and whose decoder gives nothing unless all bytes are there. So it is decoded with two different fillings
    /// in their place: from the first row on in which they differ, the picture is made of filling.
    fn draw_mended(&self) -> Result<(Run, Option<Vec<u8>>), DecodeError> {
        let there = match self.step {
            Step::Cut(end) => self.bytes.get(..end).unwrap_or(self.bytes),
            _ => self.bytes,
        };
        let facts = &self.parser.facts;
        let pixels = u64::from(facts.width) * u64::from(facts.height);
        // The mended bytes and the decoder's copy of them, beside two pictures.
        let expected = facts.expected.unwrap_or(u64::MAX);
        if (expected.saturating_add(pixels)).saturating_mul(2).saturating_add(facts.work + pixels * 8)
            > self.limits.memory
        {
            return Err(self.too_much(facts.width, facts.height));
        }
        let spare = usize::try_from(pixels).unwrap_or(usize::MAX).saturating_add(1 << 16) & !1;
        let start = Instant::now();
        // Some fillings happen to be nonsense to the decoder.
        let mut runs = [0x00, 0xFF, 0x55, 0xAA, 0x33].into_iter().filter_map(|filling| {
            // Filling may make one that is very slow to decode: then what there is has to do.
            if start.elapsed() > self.limits.time {
                return None;
            }
            let bytes = match self.format {
                Format::WebP => webp::mend(there, filling, spare)?,
                _ => padded(there, filling, usize::try_from(expected).ok()?),
            };
            self.read(&bytes, 0, &Effort::new(self.limits.time)).ok().filter(|run| run.error.is_none())
        });
        let Some(mut run) = runs.next() else {
            return self.read(there, 0, &Effort::new(self.limits.time)).map(|run| (run, None));
        };
        let Some(mut twin) = runs.next().map(|run| run.pixels) else {
            return Ok((run, None));
        };
        let same = run.pixels.iter().zip(&twin).take_while(|(one, other)| one == other).count();
        let line = run.pixels.len() / usize::try_from(run.height).unwrap_or(1).max(1);
        let rest = same - same % line.max(1);
        if let Some(rest) = run.pixels.get_mut(rest..) {
            rest.fill(0);
        }
        if let Some(rest) = twin.get_mut(rest..) {
            rest.fill(0xFF);
        }
        Ok((run, Some(twin)))
    }

    /// One run of the decoder into a buffer of `filling`. An error after the header is in the result, with what was written.
    fn read(&self, bytes: &[u8], filling: u8, effort: &Rc<Effort>) -> Result<Run, DecodeError> {
        let mut decoder = match self.open(bytes, effort) {
            Ok(decoder) => decoder,
            Err(_) if effort.is_over() => return Err(DecodeError::TooSlow(self.format)),
            Err(source) => return Err(self.failure(source)),
        };
        let (width, height) = decoder.dimensions();
        let color = decoder.color_type();
        // Again, because the decoder may read the header in another way.
        self.check(width, height, u64::from(color.bytes_per_pixel()))?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let depth = depth(decoder.original_color_type());
        let profile = decoder.icc_profile().ok().flatten();
        let exif = decoder.exif_metadata().ok().flatten();
        let total = usize::try_from(decoder.total_bytes()).map_err(|_| self.too_much(width, height))?;
        let mut pixels = Vec::new();
        if pixels.try_reserve_exact(total).is_err() {
            return Err(self.too_much(width, height));
        }
        let piece = [filling; 4096];
        effort.uncounted(|| {
            while pixels.len() < total {
                pixels.extend_from_slice(piece.get(..total - pixels.len()).unwrap_or(&piece));
            }
        });
        let error = decoder.read_image(&mut pixels).err();
        if error.is_some()
            && self.format == Format::Png
            && matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)
        {
            // The decoder puts 16-bit samples into the machine's order only at the very end.
            for sample in pixels.as_chunks_mut::<2>().0 {
                *sample = u16::from_be_bytes(*sample).to_ne_bytes();
            }
        }
        let late = effort.is_over();
        Ok(Run { color, depth, width, height, orientation, profile, exif, pixels, error, late })
    }

    fn open<'b>(&self, bytes: &'b [u8], effort: &Rc<Effort>) -> ImageResult<Box<dyn ImageDecoder + 'b>> {
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.limits.memory);
        let (data, memory) = (bytes, self.limits.memory);
        let bytes = Metered::new(bytes, effort);
        let mut decoder: Box<dyn ImageDecoder + 'b> = match self.format {
            Format::Png => Box::new(PngDecoder::with_limits(bytes, limits.clone())?),
            Format::Jpeg => Box::new(Jpeg::new(data, effort)?),
            Format::Gif => Box::new(GifDecoder::new(bytes)?),
            Format::WebP => Box::new(WebPDecoder::new(bytes)?),
            Format::Bmp => Box::new(BmpDecoder::new(bytes)?),
            Format::Ico => Box::new(IcoDecoder::new(bytes)?),
            Format::Tiff => Box::new(Tiff::new(data, memory, effort)?),
            Format::Tga => Box::new(TgaDecoder::new(bytes)?),
            Format::Pnm => Box::new(PnmDecoder::new(bytes)?),
            Format::Qoi => Box::new(QoiDecoder::new(bytes)?),
            Format::Hdr => Box::new(HdrDecoder::new(bytes)?),
            Format::Dds => Box::new(Surface::new(data, memory, effort)?),
            Format::Jxl => Box::new(JxlDecoder::new(bytes)?),
            Format::Svg | Format::Avif => {
                let words = "not made of pixels that are decoded here";
                return Err(ImageError::Decoding(DecodingError::new(ImageFormatHint::Unknown, words)));
            }
        };
        limits.reserve(decoder.total_bytes())?;
        decoder.set_limits(limits)?;
        Ok(decoder)
    }

    fn failure(&self, source: ImageError) -> DecodeError {
        let format = self.format;
        match source {
            ImageError::Limits(_) => self.too_much(self.parser.facts.width, self.parser.facts.height),
            ImageError::Unsupported(_) => DecodeError::Unsupported { format, source },
            _ if self.step == Step::More && !self.parser.facts.proven => DecodeError::NoHeader(format),
            _ if self.is_cut() => DecodeError::NoPixels(format),
            _ => DecodeError::Broken { format, source },
        }
    }

    /// What is wrong, by the structure first: that the bytes stop is what the decoder stumbles over.
    fn flaw(&self, error: Option<&ImageError>) -> Option<Flaw> {
        match (self.step, error) {
            _ if self.is_cut() => Some(Flaw::CutShort),
            (_, Some(error)) => Some(Flaw::Data(reason(error))),
            (Step::Broken(_), None) => Some(Flaw::Structure),
            // A header that the scanner would not trust, but the decoder does.
            _ => None,
        }
    }

    /// Bytes of it are missing at its end.
    fn is_cut(&self) -> bool {
        matches!(self.step, Step::More | Step::Cut(_))
    }
}

fn padded(there: &[u8], filling: u8, length: usize) -> Vec<u8> {
    let mut bytes = there.to_vec();
    bytes.resize(length.max(there.len()), filling);
    bytes
}

/// What a pixel is made of in the file: `RGB, 8 bit`.
fn depth(color: ExtendedColorType) -> String {
    use ExtendedColorType as C;
    let name = match color {
        C::A8 => text!("alpha"),
        C::L1 | C::L2 | C::L4 | C::L8 | C::L16 => text!("grey"),
        C::La1 | C::La2 | C::La4 | C::La8 | C::La16 => text!("grey and alpha"),
        C::Rgb1 | C::Rgb2 | C::Rgb4 | C::Rgb8 | C::Rgb16 | C::Rgb32F | C::Bgr8 => "RGB",
        C::Rgba1 | C::Rgba2 | C::Rgba4 | C::Rgba8 | C::Rgba16 | C::Rgba32F | C::Bgra8 => "RGBA",
        C::Cmyk8 | C::Cmyk16 => "CMYK",
        _ => return text!("{bits} bit", bits = color.bits_per_pixel()),
    };
    let bits = color.bits_per_pixel() / u16::from(color.channel_count()).max(1);
    if bits == 32 {
        return text!("{name}, {bits} bit float", name = name, bits = bits);
    }
    text!("{name}, {bits} bit", name = name, bits = bits)
}
