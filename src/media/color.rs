//! Colour profiles to sRGB.

use std::{fmt, sync::Arc};

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

/// A longer profile is not read; real ones reach 2 MiB, those of a screen a few kB.
const MOST: usize = 4 << 20;

/// From the colours of a profile to those of the screen.
pub(super) enum Conversion {
    Colors(Arc<Transform8BitExecutor>),
    /// What each shade of grey becomes.
    Greys(Box<[[u8; 3]; 256]>),
}

impl fmt::Debug for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Colors(_) => "Colors",
            Self::Greys(_) => "Greys",
        })
    }
}

impl Conversion {
    /// `None` when the profile cannot be read, is for other than grey or RGB, or changes nothing that could be seen.
    pub(super) fn of(profile: &[u8], grey: bool) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(profile.get(..MOST).unwrap_or(profile)).ok()?;
        let (screen, options) = (ColorProfile::new_srgb(), TransformOptions::default());
        match profile.color_space {
            DataColorSpace::Gray if grey => {
                let transform = profile.create_transform_8bit(Layout::Gray, &screen, Layout::Rgb, options).ok()?;
                let from: Vec<u8> = (0..=u8::MAX).collect();
                let mut to = vec![0; 768];
                transform.transform(&from, &mut to).ok()?;
                let table: [[u8; 3]; 256] = to.as_chunks().0.try_into().ok()?;
                let same =
                    (0_u8..).zip(&table).all(|(grey, shades)| shades.iter().all(|shade| shade.abs_diff(grey) < 2));
                (!same).then(|| Self::Greys(Box::new(table)))
            }
            DataColorSpace::Rgb => {
                let transform = profile.create_transform_8bit(Layout::Rgba, &screen, Layout::Rgba, options).ok()?;
                let levels = [0_u8, 64, 128, 192, 255];
                let samples =
                    levels.iter().flat_map(|r| levels.iter().flat_map(move |g| levels.map(|b| [*r, *g, b, 255])));
                let from: Vec<u8> = samples.flatten().collect();
                let conversion = Self::Colors(transform);
                let to = conversion.apply(&from);
                let same = from.iter().zip(&to).all(|(from, to)| from.abs_diff(*to) < 2);
                (!same).then_some(conversion)
            }
            _ => None,
        }
    }

    pub(super) fn apply(&self, rgba: &[u8]) -> Vec<u8> {
        match self {
            Self::Colors(transform) => {
                let mut out = vec![0; rgba.len()];
                if transform.transform(rgba, &mut out).is_err() {
                    return rgba.to_vec();
                }
                out
            }
            Self::Greys(table) => {
                let shade = |&[grey, _, _, alpha]: &[u8; 4]| {
                    let [r, g, b] = table.get(usize::from(grey)).copied().unwrap_or_default();
                    [r, g, b, alpha]
                };
                rgba.as_chunks().0.iter().flat_map(shade).collect()
            }
        }
    }
}
