//! A bare JPEG XL codestream. Its first two bytes are too few to trust, so its header is read by the decoder itself; where it ends only
//! decoding all of it would tell.

use jxl_oxide::{InitializeResult, JxlImage};

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
            if !self.prove(start, facts) {
                return Err(Step::No);
            }
        }
        Ok(Step::More)
    }

    /// Tries the header in `start`; false when it cannot become right.
    pub(super) fn prove(&mut self, start: &[u8], facts: &mut Facts) -> bool {
        if facts.proven {
            return true;
        }
        let mut image = JxlImage::builder().build_uninit();
        if image.feed_bytes(start).is_err() {
            return false;
        }
        match image.try_init() {
            Ok(InitializeResult::Initialized(image)) => {
                let (width, height) = (image.width(), image.height());
                facts.proven = (1..=MOST).contains(&width) && (1..=MOST).contains(&height);
                facts.open = true;
                (facts.width, facts.height) = (width, height);
                facts.proven
            }
            Ok(InitializeResult::NeedMoreData(_)) => true,
            Err(_) => false,
        }
    }
}
