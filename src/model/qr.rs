//! A text as the squares that a phone's camera reads.

use fast_qr::{ECL, QRBuilder};

/// A QR code without the quiet border around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    rows: Vec<Vec<bool>>,
}

impl Qr {
    /// Light squares that a reader needs on every side.
    pub const QUIET: usize = 4;

    /// `None` for a text that is too long for one, from about 2 300 bytes on.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let side = code.size;
        let modules = code.data.chunks(side.max(1)).take(side);
        Some(Self { rows: modules.map(|row| row.iter().map(|module| module.value()).collect()).collect() })
    }

    /// Squares on a side.
    #[must_use]
    pub fn side(&self) -> usize {
        self.rows.len()
    }

    /// Whether a square is dark.
    #[must_use]
    pub fn is_dark(&self, row: usize, column: usize) -> bool {
        self.rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false)
    }

    /// The code in lines of characters, two rows of squares in each, dark as on paper: for a terminal with light letters
    /// on a dark ground, light squares are drawn.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let edge = self.side() + 2 * Self::QUIET;
        let light = |row: usize, column: usize| match (row.checked_sub(Self::QUIET), column.checked_sub(Self::QUIET)) {
            (Some(row), Some(column)) => !self.is_dark(row, column),
            _ => true,
        };
        (0..edge)
            .step_by(2)
            .map(|row| {
                let square = |column| match (light(row, column), row + 1 < edge && light(row + 1, column)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                };
                (0..edge).map(square).collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_squares_with_the_three_marks() {
        let code = Qr::of("http://192.168.1.23:8000/").unwrap();
        let side = code.side();
        assert!((21..=33).contains(&side), "{side}");
        for (row, column) in [(0, 0), (0, side - 7), (side - 7, 0)] {
            for at in 0..7 {
                assert!(code.is_dark(row, column + at) && code.is_dark(row + at, column));
            }
            assert!(!code.is_dark(row + 1, column + 1) && code.is_dark(row + 3, column + 3));
        }
        let lines = code.lines();
        assert_eq!(lines.len(), (side + 8).div_ceil(2));
        assert!(lines.iter().all(|line| line.chars().count() == side + 8));
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}
