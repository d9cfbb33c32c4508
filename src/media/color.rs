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
                    (0..=u8::MAX).zip(&table).all(|(grey, shades)| shades.iter().all(|shade| shade.abs_diff(grey) < 2));
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

/// From the four inks of a printing press to red, green and blue.
pub(super) struct CmykTransform(Option<Arc<Transform8BitExecutor>>);

impl CmykTransform {
    /// By the press's own profile; without one that can be read, as if each ink were pure.
    pub(super) fn of(profile: &[u8]) -> Self {
        let profile = ColorProfile::new_from_slice(profile.get(..MOST).unwrap_or(profile)).ok();
        let profile = profile.filter(|profile| profile.color_space == DataColorSpace::Cmyk);
        let screen = ColorProfile::new_srgb();
        Self(profile.and_then(|profile| {
            profile.create_transform_8bit(Layout::Rgba, &screen, Layout::Rgb, TransformOptions::default()).ok()
        }))
    }

    /// Of whole pixels: four bytes each, 255 for full, to three.
    pub(super) fn to_rgb(&self, inks: &[u8], rgb: &mut [u8]) {
        if let Some(transform) = &self.0
            && transform.transform(inks, rgb).is_ok()
        {
            return;
        }
        for ([cyan, magenta, yellow, black], to) in inks.as_chunks::<4>().0.iter().zip(rgb.as_chunks_mut::<3>().0) {
            let left = |ink: u8| {
                let light = u32::from(255 - ink) * u32::from(255 - black);
                u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
            };
            *to = [left(*cyan), left(*magenta), left(*yellow)];
        }
    }
}

/// Brightness and two differences, as JPEG has them, to red, green and blue.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
pub(super) fn from_ycc(light: u8, blue: u8, red: u8) -> [u8; 3] {
    let (light, blue, red) = (f32::from(light), f32::from(blue) - 128.0, f32::from(red) - 128.0);
    [light + 1.402 * red, light - 0.344_14 * blue - 0.714_14 * red, light + 1.772 * blue]
        .map(|part| part.round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_of_greys_changes_them_or_says_that_it_does_not() {
        let encoded = |gamma: f32| ColorProfile::new_gray_with_gamma(gamma).encode().unwrap();
        assert!(Conversion::of(&encoded(1.0), true).is_some());
        let same = Conversion::of(&ColorProfile::new_srgb().encode().unwrap(), false);
        assert!(same.is_none(), "the screen's own");
        // Close to the screen's curve, so that every shade of the table is looked at.
        let _ = Conversion::of(&encoded(2.2), true);
        assert!(Conversion::of(b"no profile", true).is_none());
    }

    #[test]
    fn four_inks_without_a_profile_are_pure() {
        let mut rgb = [0; 9];
        CmykTransform::of(b"").to_rgb(&[255, 0, 0, 0, 0, 0, 0, 255, 0, 128, 0, 128], &mut rgb);
        assert_eq!(rgb, [0, 255, 255, 0, 0, 0, 127, 63, 127]);
    }
}
