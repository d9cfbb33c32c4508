//! A picture that comes in passes, each finer than the one before: what is not there yet is seen as the coarser pass has it, so that
//! it sharpens while it grows instead of being a grid of dots.

/// In which order the pixels come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passes {
    /// Seven passes of PNG: every eighth pixel first.
    Pixels,
    /// Four passes of GIF: every eighth row first.
    Rows,
}

/// Which bits of a place are left of the pixels to look at, the finest first.
const PIXELS: [(usize, usize); 6] = [(0, 1), (1, 1), (1, 3), (3, 3), (3, 7), (7, 7)];
const ROWS: [(usize, usize); 3] = [(0, 1), (0, 3), (0, 7)];

/// Fills pixels that were written neither here nor in the twin, in both. A pixel has `depth` bytes, a row `width` pixels.
pub(super) fn fill(passes: Passes, pixels: &mut [u8], twin: &mut [u8], width: usize, depth: usize) {
    let coarser: &[(usize, usize)] = match passes {
        Passes::Pixels => &PIXELS,
        Passes::Rows => &ROWS,
    };
    let line = width * depth;
    if line == 0 {
        return;
    }
    let missing = |pixels: &[u8], twin: &[u8], at: usize| {
        let (one, other) = (pixels.get(at..at + depth), twin.get(at..at + depth));
        one.is_none_or(|one| one.iter().all(|byte| *byte == 0))
            && other.is_none_or(|other| other.iter().all(|byte| *byte == 0xFF))
    };
    for y in 0..pixels.len() / line {
        for x in 0..width {
            let at = y * line + x * depth;
            if !missing(pixels, twin, at) {
                continue;
            }
            let places = coarser.iter().map(|(across, down)| (y & !down) * line + (x & !across) * depth);
            let Some(from) = places.into_iter().find(|from| !missing(pixels, twin, *from)) else { continue };
            pixels.copy_within(from..from + depth, at);
            twin.copy_within(from..from + depth, at);
        }
    }
}
