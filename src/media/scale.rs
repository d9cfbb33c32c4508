//! From a decoder's pixels to the RGBA that is shown: one pass that converts, shrinks to fit, and leaves out what never arrived.

use image::ColorType;

/// A decoder's output.
///
/// `twin` is the same picture decoded into a buffer that was filled with ones instead of zeros. A byte that is zero here and all ones
/// there was never written: that is how the part of a damaged picture that never arrived is told from black.
pub(super) struct Raw<'a> {
    pub(super) color: ColorType,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: &'a [u8],
    pub(super) twin: Option<&'a [u8]>,
}

/// A part of a picture, within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Raw<'_> {
    /// Bytes of one pixel.
    fn depth(&self) -> usize {
        usize::from(self.color.bytes_per_pixel()).max(1)
    }

    /// Pixels that a decoder wrote.
    pub(super) fn written(&self) -> usize {
        let Some(twin) = self.twin else {
            return self.pixels.len() / self.depth();
        };
        let depth = self.depth();
        let line = (index(self.width) * depth).max(1);
        let blank = Blank::of(line);
        let lines = self.pixels.chunks_exact(line).zip(twin.chunks_exact(line));
        let in_line = |(line, twin): (&[u8], &[u8])| match blank.look(line, twin) {
            Came::Whole => line.len() / depth,
            Came::Nothing => 0,
            Came::InPart => {
                let both = line.chunks_exact(depth).zip(twin.chunks_exact(depth));
                both.filter(|(pixel, twin)| !is_missing(pixel, twin)).count()
            }
        };
        lines.map(in_line).sum()
    }

    /// RGBA of the whole in the given size, as [`Self::part`].
    pub(super) fn shown(&self, width: u32, height: u32) -> Vec<u8> {
        self.part(Region { left: 0, top: 0, width: self.width, height: self.height }, width, height)
    }

    /// RGBA of a part in the given size, which is not larger than the part. Each pixel is the mean of the source pixels under it,
    /// weighted by how opaque they are; what was not written is transparent.
    pub(super) fn part(&self, region: Region, width: u32, height: u32) -> Vec<u8> {
        let (depth, color) = (self.depth(), self.color);
        let line = (index(self.width) * depth).max(1);
        let skip = index(region.left) * depth;
        let columns: Vec<usize> = spans(region.width, width).collect();
        let mut sums: Vec<[u64; 4]> = vec![[0; 4]; columns.len()];
        let mut rgba = Vec::with_capacity(index(width) * index(height) * 4);
        let mut lines = self.pixels.chunks_exact(line).skip(index(region.top));
        let mut twins = self.twin.unwrap_or(self.pixels).chunks_exact(line).skip(index(region.top));
        let part = skip..skip + index(region.width) * depth;
        let blank = Blank::of(if self.twin.is_some() { part.len() } else { 0 });
        for rows in spans(region.height, height) {
            sums.fill([0; 4]);
            for (line, twin) in lines.by_ref().zip(twins.by_ref()).take(rows) {
                let line = line.get(part.clone()).unwrap_or_default();
                let twin = twin.get(part.clone()).unwrap_or_default();
                let came = if self.twin.is_some() { blank.look(line, twin) } else { Came::Whole };
                if came == Came::Nothing {
                    continue;
                }
                let mut pixels = line.chunks_exact(depth).zip(twin.chunks_exact(depth));
                for (sum, &span) in sums.iter_mut().zip(&columns) {
                    for (pixel, twin) in pixels.by_ref().take(span) {
                        if came == Came::InPart && is_missing(pixel, twin) {
                            continue;
                        }
                        let [r, g, b, a] = to_rgba(color, pixel).map(u64::from);
                        let [red, green, blue, alpha] = sum;
                        *red += r * a;
                        *green += g * a;
                        *blue += b * a;
                        *alpha += a;
                    }
                }
            }
            for ([red, green, blue, alpha], span) in sums.iter().zip(&columns) {
                let area = u64::try_from(span * rows).unwrap_or(u64::MAX).max(1);
                let mean = |sum: u64| rounded(sum, (*alpha).max(1));
                rgba.extend([mean(*red), mean(*green), mean(*blue), rounded(*alpha, area)]);
            }
        }
        rgba
    }
}

/// How much of a row a decoder wrote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Whole,
    InPart,
    Nothing,
}

/// A row that nobody wrote, in both runs: whole rows are compared with it, which is a hundred times faster than pixel by pixel.
struct Blank {
    zeros: Vec<u8>,
    ones: Vec<u8>,
}

impl Blank {
    fn of(bytes: usize) -> Self {
        Self { zeros: vec![0; bytes], ones: vec![0xFF; bytes] }
    }

    fn look(&self, line: &[u8], twin: &[u8]) -> Came {
        if line == twin {
            // What is the same in both runs was written.
            Came::Whole
        } else if line == self.zeros && twin == self.ones {
            Came::Nothing
        } else {
            Came::InPart
        }
    }
}

/// Not written in either of the two runs.
fn is_missing(pixel: &[u8], twin: &[u8]) -> bool {
    pixel.iter().zip(twin).all(|(&one, &other)| one == 0 && other == 0xFF)
}

/// `from` pixels shared out over `to` places, as evenly as whole pixels can be.
fn spans(from: u32, to: u32) -> impl Iterator<Item = usize> {
    let (from, to) = (u64::from(from), u64::from(to));
    let edge = move |place: u64| place * from / to.max(1);
    (0..to).map(move |place| usize::try_from(edge(place + 1) - edge(place)).unwrap_or(0))
}

fn rounded(sum: u64, count: u64) -> u8 {
    u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)
}

/// One pixel of any colour type a decoder here returns; the decoders' 16-bit samples are in the machine's byte order.
fn to_rgba(color: ColorType, pixel: &[u8]) -> [u8; 4] {
    match (color, pixel) {
        (ColorType::L8, &[l]) => [l, l, l, 255],
        (ColorType::La8, &[l, a]) => [l, l, l, a],
        (ColorType::Rgb8, &[r, g, b]) => [r, g, b, 255],
        (ColorType::Rgba8, &[r, g, b, a]) => [r, g, b, a],
        (ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16, wide) => {
            let mut samples = wide.as_chunks().0.iter().map(|&sample| u16::from_ne_bytes(sample));
            let mut next = || samples.next().map_or(255, |sample| sample.to_be_bytes()[0]);
            match color {
                ColorType::L16 | ColorType::La16 => {
                    let grey = next();
                    [grey, grey, grey, next()]
                }
                _ => [next(), next(), next(), next()],
            }
        }
        (ColorType::Rgb32F | ColorType::Rgba32F, wide) => {
            let mut samples = wide.as_chunks().0.iter().map(|&sample| f32::from_ne_bytes(sample));
            let mut light = || lit(samples.next().unwrap_or(0.0));
            let color = [light(), light(), light()];
            let alpha = samples.next().unwrap_or(1.0);
            let [r, g, b] = color;
            [r, g, b, byte(alpha)]
        }
        _ => [0; 4],
    }
}

fn index(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}

/// Light, where 1 is white and more is as white as that, to a shade of the screen.
pub(super) fn lit(light: f32) -> u8 {
    let light = if light.is_nan() { 0.0 } else { light.clamp(0.0, 1.0) };
    byte(if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
fn byte(part: f32) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
