//! How much a journal may hold.

use crate::memory;

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Records of the journal.
    pub rows: usize,
    /// Memory in bytes: of the whole program, of which the journal has its share, or of a journal that stands alone.
    pub bytes: usize,
}

impl Default for Budget {
    /// Two million records, and the share of the machine's memory that [`memory::usual`] gives.
    fn default() -> Self {
        Self { rows: 2_000_000, bytes: memory::usual() }
    }
}
