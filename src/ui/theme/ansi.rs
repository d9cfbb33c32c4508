//! The 256 colours that terminals number, on our backgrounds.

#![expect(clippy::disallowed_methods, reason = "here colours are made")]

use egui::Color32;

/// Black, red, green, yellow, blue, magenta, cyan, white, and the bright ones: readable on both tints of a bubble.
const LIGHT: [u32; 16] = [
    0x001B_1F26,
    0x00B4_2318,
    0x0014_7A4A,
    0x0085_5510,
    0x0022_60D8,
    0x00A9_2C74,
    0x000A_7468,
    0x005D_6675,
    0x0044_4C59,
    0x00BD_2C32,
    0x0010_7043,
    0x007A_4E0C,
    0x001E_56C2,
    0x009C_2468,
    0x0006_6A5F,
    0x001B_1F26,
];
const DARK: [u32; 16] = [
    0x0097_A1B0,
    0x00F2_7D83,
    0x004C_C18B,
    0x00E0_B055,
    0x007B_A7FF,
    0x00E8_8BBA,
    0x0041_BDAE,
    0x00E5_E8EE,
    0x00AE_B7C4,
    0x00FF_9298,
    0x006C_D9A4,
    0x00F0_C877,
    0x0098_BBFF,
    0x00F3_A6CB,
    0x0062_D6C8,
    0x00FF_FFFF,
];

/// Colour `number`, as text where the window is dark or light.
#[must_use]
pub fn text(number: u8, dark: bool) -> Color32 {
    match number {
        0..16 => named(number, dark),
        16..232 => {
            let cube = number - 16;
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            Color32::from_rgb(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        grey => {
            let level = 8 + 10 * (grey - 232);
            Color32::from_rgb(level, level, level)
        }
    }
}

/// A colour that is said by its parts.
#[must_use]
pub fn exact(red: u8, green: u8, blue: u8) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

fn named(number: u8, dark: bool) -> Color32 {
    let table = if dark { &DARK } else { &LIGHT };
    let [_, red, green, blue] = table.get(usize::from(number)).copied().unwrap_or_default().to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cube_and_the_greys_are_those_of_terminals() {
        assert_eq!(text(16, true), Color32::from_rgb(0, 0, 0));
        assert_eq!(text(208, true), Color32::from_rgb(255, 135, 0));
        assert_eq!(text(231, false), Color32::from_rgb(255, 255, 255));
        assert_eq!(text(232, false), Color32::from_rgb(8, 8, 8));
        assert_eq!(text(255, false), Color32::from_rgb(238, 238, 238));
        assert_ne!(text(4, true), text(4, false));
    }
}
