//! Bytes of a picture to pixels, within limits, and as far as it goes.

use std::fmt;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageResult, RgbaImage};

use super::parse::{Parser, Step, announced};
use super::scale::Raw;
use super::{Format, webp};

/// What a picture may cost. The caller sets it; the default is meant for a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height that is still decoded: 100 megapixels by default.
    pub pixels: u64,
    /// Bytes that decoding may take at any one time, result included: 512 MiB by default. Partly an estimate, on the safe side.
    pub memory: u64,
    /// Longest side in pixels of what is returned: 4096 by default. A larger picture is scaled down to fit, a smaller one left alone.
    pub side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels: 100_000_000, memory: 512 << 20, side: 4096 }
    }
}

/// A picture as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// By the first bytes.
    pub format: Format,
    /// Pixels of the source, after its EXIF orientation is applied.
    pub width: u32,
    /// Pixels of the source, after its EXIF orientation is applied.
    pub height: u32,
    /// Pixels of `rgba`: the source's own, or fewer because of [`Limits::side`].
    pub shown_width: u32,
    /// Pixels of `rgba`: the source's own, or fewer because of [`Limits::side`].
    pub shown_height: u32,
    /// Red, green, blue, alpha, 8 bits each, alpha not multiplied in, rows from the top. The first frame only, if there are several.
    /// What never arrived is transparent, save in a JPEG, whose decoder fills it in.
    pub rgba: Vec<u8>,
    /// Frames of an animation that are in the bytes; 1 for a still picture.
    pub frames: u32,
    /// Set when not all of the picture is there or right.
    pub damage: Option<Damage>,
}

/// What is wrong with a picture that could be decoded all the same. [`Display`](fmt::Display) gives a sentence's part for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Why it is not all there.
    pub flaw: Flaw,
    /// How much of the pixels could be decoded, 0 to 100, rounded down; `None` where the decoder does not let on (JPEG).
    pub percent: Option<u8>,
}

/// Why a picture is not all there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The bytes stop before its end.
    CutShort,
    /// Its structure stops making sense; the pixels may be right all the same.
    Structure,
    /// The decoder stopped over the data, with these words.
    Data(String),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flaw {
            Flaw::CutShort => f.write_str("the data stops before the end of the picture")?,
            Flaw::Structure => {
                f.write_str("the data stops making sense before the end of the picture")?;
            }
            Flaw::Data(words) => write!(f, "the data is damaged ({words})")?,
        }
        match self.percent {
            Some(percent) if percent < 100 => write!(f, "; {percent} % of it can be shown"),
            _ => Ok(()),
        }
    }
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The first bytes are of no known kind.
    #[error("these bytes are not a PNG, JPEG, GIF, WebP or BMP")]
    Unknown,
    /// Over [`Limits::pixels`]; refused before any pixel is allocated.
    #[error("{} of {width} × {height} pixels is over the limit of {}", format.name(), megapixels(*limit))]
    TooLarge {
        /// By the first bytes.
        format: Format,
        /// Pixels, as its header claims.
        width: u32,
        /// Pixels, as its header claims.
        height: u32,
        /// The limit that was set, in pixels.
        limit: u64,
    },
    /// Over [`Limits::memory`], by an estimate made before or by the decoder's own count.
    #[error("{} of {width} × {height} pixels needs more than the {} MiB of memory that decoding may take", format.name(), limit >> 20)]
    TooMuchMemory {
        /// By the first bytes.
        format: Format,
        /// Pixels, as its header claims; 0 when the header itself was too much.
        width: u32,
        /// Pixels, as its header claims; 0 when the header itself was too much.
        height: u32,
        /// The limit that was set, in bytes.
        limit: u64,
    },
    /// The bytes stop before the header says how large the picture is.
    #[error("{} stops before its header ends", .0.name())]
    NoHeader(Format),
    /// The bytes stop before the first row of pixels.
    #[error("{} stops before its first row of pixels", .0.name())]
    NoPixels(Format),
    /// Correct for all we know, but of a kind that the decoder does not do; the source says which.
    #[error("this kind of {} cannot be shown", format.name())]
    Unsupported {
        /// By the first bytes.
        format: Format,
        /// The decoder's words.
        source: ImageError,
    },
    /// Not one pixel could be decoded; the source says why.
    #[error("{} is damaged and nothing of it can be shown", format.name())]
    Broken {
        /// By the first bytes.
        format: Format,
        /// The decoder's words.
        source: ImageError,
    },
    /// The decoder has a fault that this picture brings out: it panicked and was caught.
    #[error("the decoder failed on this {}", .0.name())]
    DecoderFailed(Format),
}

fn megapixels(pixels: u64) -> String {
    let (whole, part) = (pixels / 1_000_000, pixels % 1_000_000 / 100_000);
    match (whole, part) {
        (0, _) => format!("{pixels} pixels"),
        (_, 0) => format!("{whole} megapixels"),
        _ => format!("{whole}.{part} megapixels"),
    }
}

/// Decodes the picture that `bytes` start with; what follows it does not matter. Takes as long as it takes (up to seconds for the
/// largest): not for the window's thread.
///
/// # Errors
/// Over the limits, unknown, or so damaged that no pixel can be shown. Less damage is not an error but [`Decoded::damage`].
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let format = announced(bytes).ok_or(DecodeError::Unknown)?;
    // A decoder is other people's code that is fed hostile bytes: its panic is this picture's problem, not the thread's.
    let work = AssertUnwindSafe(|| Job::new(format, bytes, limits)?.run());
    catch_unwind(work).unwrap_or(Err(DecodeError::DecoderFailed(format)))
}

/// Filling may make a WebP that is very slow to decode; after this long, what there is has to do.
const PATIENCE: Duration = Duration::from_secs(2);

/// One picture on its way.
struct Job<'a> {
    format: Format,
    bytes: &'a [u8],
    limits: &'a Limits,
    parser: Parser,
    step: Step,
}

/// What one run of the decoder gave.
struct Canvas {
    color: ColorType,
    width: u32,
    height: u32,
    orientation: Orientation,
    pixels: Vec<u8>,
    error: Option<ImageError>,
}

impl<'a> Job<'a> {
    fn new(format: Format, bytes: &'a [u8], limits: &'a Limits) -> Result<Self, DecodeError> {
        let mut parser = Parser::new(format);
        let step = parser.advance(bytes);
        if step == Step::More && !parser.facts.proven {
            return Err(DecodeError::NoHeader(format));
        }
        let job = Self { format, bytes, limits, parser, step };
        let (width, height) = (job.parser.facts.width, job.parser.facts.height);
        job.check(width, height, 1)?;
        Ok(job)
    }

    /// Against the limits, for a decoder that returns `depth` bytes for each pixel.
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

    fn run(self) -> Result<Decoded, DecodeError> {
        let (mut canvas, twin) = self.draw()?;
        let (width, height) = (canvas.width, canvas.height);
        let raw = Raw { color: canvas.color, width, height, pixels: &canvas.pixels, twin: twin.as_deref() };
        let written = u64::try_from(raw.written()).unwrap_or(u64::MAX);
        if let Some(source) = canvas.error.take_if(|_| written == 0) {
            return Err(self.failure(source));
        }
        if written == 0 {
            return Err(DecodeError::NoPixels(self.format));
        }
        let pixels = u64::from(width) * u64::from(height);
        let percent = u8::try_from(written * 100 / pixels.max(1)).ok();
        let damage = self.flaw(canvas.error.as_ref()).map(|flaw| Damage {
            flaw,
            percent: percent.filter(|_| self.format != Format::Jpeg && (canvas.error.is_none() || twin.is_some())),
        });

        let (shown_width, shown_height) = fit(width, height, self.limits.side);
        let rgba = raw.shown(shown_width, shown_height);
        canvas.pixels = Vec::new();
        let Some(shown) = RgbaImage::from_raw(shown_width, shown_height, rgba) else {
            return Err(DecodeError::DecoderFailed(self.format));
        };
        let mut shown = DynamicImage::ImageRgba8(shown);
        shown.apply_orientation(canvas.orientation);
        let (shown_width, shown_height) = (shown.width(), shown.height());
        let (width, height) = if turns(canvas.orientation) { (height, width) } else { (width, height) };
        Ok(Decoded {
            format: self.format,
            width,
            height,
            shown_width,
            shown_height,
            rgba: shown.into_rgba8().into_raw(),
            frames: self.parser.facts.frames.max(1),
            damage,
        })
    }

    /// The picture, and its twin (see [`Raw`]) if not all of it was decoded.
    fn draw(&self) -> Result<(Canvas, Option<Vec<u8>>), DecodeError> {
        if self.format == Format::WebP && matches!(self.step, Step::More | Step::Cut(_)) {
            return self.draw_mended();
        }
        let canvas = self.read(self.bytes, 0)?;
        let need = u64::try_from(canvas.pixels.len()).unwrap_or(u64::MAX).saturating_mul(2);
        let twin = if canvas.error.is_some() && need <= self.limits.memory {
            Some(self.read(self.bytes, 0xFF)?.pixels)
        } else {
            None
        };
        Ok((canvas, twin))
    }

    /// A WebP that was cut short. Its decoder gives nothing unless all bytes are there, so it is decoded with two different fillings in
    /// their place: from the first row on in which they differ, the picture is made of filling.
    fn draw_mended(&self) -> Result<(Canvas, Option<Vec<u8>>), DecodeError> {
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
            if start.elapsed() > PATIENCE {
                return None;
            }
            let bytes = webp::mend(there, filling, spare)?;
            self.read(&bytes, 0).ok().filter(|canvas| canvas.error.is_none())
        });
        let Some(mut canvas) = runs.next() else {
            return self.read(there, 0).map(|canvas| (canvas, None));
        };
        let Some(mut twin) = runs.next().map(|canvas| canvas.pixels) else {
            return Ok((canvas, None));
        };
        let same = canvas.pixels.iter().zip(&twin).take_while(|(one, other)| one == other).count();
        let line = canvas.pixels.len() / usize::try_from(canvas.height).unwrap_or(1).max(1);
        let rest = same - same % line.max(1);
        if let Some(rest) = canvas.pixels.get_mut(rest..) {
            rest.fill(0);
        }
        if let Some(rest) = twin.get_mut(rest..) {
            rest.fill(0xFF);
        }
        Ok((canvas, Some(twin)))
    }

    /// One run of the decoder into a buffer of `filling`. An error after the header is in the canvas, with what was written.
    fn read(&self, bytes: &[u8], filling: u8) -> Result<Canvas, DecodeError> {
        let mut decoder = self.open(bytes).map_err(|source| self.failure(source))?;
        let (width, height) = decoder.dimensions();
        let color = decoder.color_type();
        // Again, because the decoder may read the header in another way.
        self.check(width, height, u64::from(color.bytes_per_pixel()))?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let total = usize::try_from(decoder.total_bytes()).map_err(|_| self.too_much(width, height))?;
        let mut pixels = Vec::new();
        if pixels.try_reserve_exact(total).is_err() {
            return Err(self.too_much(width, height));
        }
        pixels.resize(total, filling);
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
        Ok(Canvas { color, width, height, orientation, pixels, error })
    }

    fn open<'b>(&self, bytes: &'b [u8]) -> ImageResult<Box<dyn ImageDecoder + 'b>> {
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(self.limits.memory);
        let bytes = Cursor::new(bytes);
        let mut decoder: Box<dyn ImageDecoder + 'b> = match self.format {
            Format::Png => Box::new(PngDecoder::with_limits(bytes, limits.clone())?),
            Format::Jpeg => Box::new(JpegDecoder::new(bytes)?),
            Format::Gif => Box::new(GifDecoder::new(bytes)?),
            Format::WebP => Box::new(WebPDecoder::new(bytes)?),
            Format::Bmp => Box::new(BmpDecoder::new(bytes)?),
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
            _ => DecodeError::Broken { format, source },
        }
    }

    /// What is wrong, by the structure first: that the bytes stop is what the decoder stumbles over.
    fn flaw(&self, error: Option<&ImageError>) -> Option<Flaw> {
        match (self.step, error) {
            (Step::More | Step::Cut(_), _) => Some(Flaw::CutShort),
            (_, Some(error)) => Some(Flaw::Data(error.to_string())),
            (Step::Broken(_), None) => Some(Flaw::Structure),
            // A header that the scanner would not trust, but the decoder does.
            (Step::Complete(_) | Step::No, None) => None,
        }
    }
}

/// The size within `side`, in the same shape, never larger and never 0 (save for 0 itself).
fn fit(width: u32, height: u32, side: u32) -> (u32, u32) {
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

/// Whether the orientation swaps width and height.
fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}
