//! The frames of an animation, made one after another when they are asked for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{AnimationDecoder, Frame, ImageDecoder, ImageResult};

use super::canvas::{Pixels, fit};
use super::effort::{Effort, Metered};
use super::scale::{Raw, Region};
use super::{Format, Limits};

/// Memory that frames which are kept may take, at most.
const MOST: usize = 96 << 20;
/// Longest side of a frame that is shown.
const SIDE: u32 = 2048;
/// Time of the processor for one frame, with those on the way to it: a million may stand before it.
const PATIENCE: Duration = Duration::from_secs(1);
/// Browsers take a shorter pause, which many files have by mistake, for this one.
const SHORTEST: Duration = Duration::from_millis(20);
const USUAL: Duration = Duration::from_millis(100);

type Frames = Box<dyn Iterator<Item = ImageResult<Frame>>>;

/// One frame, complete.
#[derive(Clone, Debug)]
pub struct Still {
    /// What is seen, in the picture's shape, at most 2048 pixels a side.
    pub pixels: Pixels,
    /// How long it is seen.
    pub pause: Duration,
}

/// An animation with the frames of it that fit into a budget of memory; the others are made anew each time round.
pub struct Animation<B> {
    format: Format,
    bytes: B,
    kept: Vec<Still>,
    size: usize,
    budget: usize,
    /// Makes the frame of this number next.
    running: Option<(u32, Frames)>,
    /// Of one frame that is asked for, with those on the way to it.
    effort: Rc<Effort>,
}

impl<B: AsRef<[u8]> + Clone + 'static> Animation<B> {
    /// For a picture of a kind that may have frames, of which those are kept that fit into `budget` bytes.
    #[must_use]
    pub fn new(format: Format, bytes: B, budget: usize) -> Self {
        Self {
            format,
            bytes,
            kept: Vec::new(),
            size: 0,
            budget: budget.min(MOST),
            running: None,
            effort: Effort::new(PATIENCE),
        }
    }

    /// The frame of this number; `None` behind the last one, where the data is damaged, or where it takes too long. The next one costs one frame's work, one
    /// before that is not kept any more all frames up to it.
    pub fn frame(&mut self, number: u32) -> Option<Still> {
        if let Some(still) = usize::try_from(number).ok().and_then(|number| self.kept.get(number)) {
            return Some(still.clone());
        }
        let work = AssertUnwindSafe(|| self.make(number));
        catch_unwind(work).ok().flatten()
    }

    /// Memory that the kept frames take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.size
    }

    fn make(&mut self, number: u32) -> Option<Still> {
        self.effort.renew();
        if self.running.as_ref().is_none_or(|(next, _)| *next > number) {
            self.running = Some((0, frames(self.format, self.bytes.clone(), &self.effort).ok()?));
        }
        loop {
            if !self.effort.step() {
                // Whoever asks again goes on from here.
                return None;
            }
            let (next, frames) = self.running.as_mut()?;
            let at = *next;
            *next += 1;
            let Some(Ok(frame)) = frames.next() else {
                self.running = None;
                return None;
            };
            // Frames on the way are only made into something to see when they can be kept.
            let next_kept = u32::try_from(self.kept.len()).is_ok_and(|kept| kept == at) && self.size < self.budget;
            if at == number || next_kept {
                let still = still(&frame);
                if next_kept {
                    self.size += still.pixels.rgba.len();
                    self.kept.push(still.clone());
                }
                if at == number {
                    return Some(still);
                }
            }
        }
    }
}

fn frames<B: AsRef<[u8]> + 'static>(format: Format, bytes: B, effort: &Rc<Effort>) -> ImageResult<Frames> {
    let allowed = Limits::default();
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(allowed.memory);
    let bytes = Metered::new(bytes, effort);
    Ok(match format {
        Format::Gif => {
            let mut decoder = GifDecoder::new(bytes)?;
            decoder.set_limits(limits)?;
            Box::new(decoder.into_frames())
        }
        Format::WebP => {
            let mut decoder = WebPDecoder::new(bytes)?;
            decoder.set_limits(limits)?;
            Box::new(decoder.into_frames())
        }
        _ => Box::new(PngDecoder::with_limits(bytes, limits)?.apng()?.into_frames()),
    })
}

fn still(frame: &Frame) -> Still {
    let (delay, buffer) = (Duration::from(frame.delay()), frame.buffer());
    let (across, down) = buffer.dimensions();
    let (width, height) = fit(across, down, SIDE);
    let rgba = if (width, height) == (across, down) {
        buffer.as_raw().clone()
    } else {
        let color = image::ColorType::Rgba8;
        let raw = Raw { color, width: across, height: down, pixels: buffer.as_raw(), twin: None };
        raw.part(Region { left: 0, top: 0, width: across, height: down }, width, height)
    };
    Still { pixels: Pixels { width, height, rgba }, pause: if delay < SHORTEST { USUAL } else { delay } }
}
