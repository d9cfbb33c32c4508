//! A bare JPEG XL codestream. Its first two bytes are too few to trust, so its header is read by the decoder itself; where it ends only
//! decoding all of it would tell.

use std::panic::catch_unwind;

use jxl_oxide::{AllocTracker, InitializeResult, JxlImage};

use super::parse::{Facts, Step};

/// Lengths at which the header is tried; one with a colour profile may be long.
const TRIES: [usize; 3] = [256, 4096, 65_536];
/// No side is longer.
const MOST: u32 = 1 << 20;

/// How many of the tries have been made.
#[derive(Debug, Default)]
pub(super) struct Jxl {
    tries: usize,
}

impl Jxl {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        while !facts.proven {
            let length = *TRIES.get(self.tries).ok_or(Step::No)?;
            let start = data.get(..length).ok_or(Step::More)?;
            self.tries += 1;
            if !prove(start, facts) {
                return Err(Step::No);
            }
        }
        Ok(Step::More)
    }
}

/// Tries the header in `start`; false when it cannot become right. The decoder is other people's code: its panic is a no.
pub(super) fn prove(start: &[u8], facts: &mut Facts) -> bool {
    if facts.proven {
        return true;
    }
    let size = catch_unwind(|| {
        let mut image = JxlImage::builder().alloc_tracker(AllocTracker::with_limit(1 << 24)).build_uninit();
        image.feed_bytes(start).ok()?;
        match image.try_init().ok()? {
            InitializeResult::Initialized(image) => Some(Some((image.width(), image.height()))),
            InitializeResult::NeedMoreData(_) => Some(None),
        }
    });
    match size.ok().flatten() {
        Some(Some((width, height))) => {
            facts.proven = (1..=MOST).contains(&width) && (1..=MOST).contains(&height);
            facts.open = true;
            (facts.width, facts.height) = (width, height);
            facts.proven
        }
        Some(None) => true,
        None => false,
    }
}
