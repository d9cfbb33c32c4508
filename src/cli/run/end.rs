//! How a run ended.

use std::process::ExitCode;

/// How a run ended; the numbers are the program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum End {
    /// What was asked for was done: 0.
    Done,
    /// A network operation failed, or something could not be sent or written: 1.
    Failed,
    /// An answer of HTTP came whole, and says no success: a number of its own.
    Answered(Answered),
    /// Asked to end by a signal of this number: 128 and the number, as a shell has it. Ctrl-C is 2, on Windows too.
    Signalled(u8),
}

/// What a whole answer says that is no success; the numbers are the program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::cli) enum Answered {
    /// It points elsewhere, and nobody went there.
    Elsewhere = 3,
    /// A status from 400 to 499.
    Refused = 4,
    /// A status from 500.
    Broken = 5,
    /// It has no status, or one that ends nothing.
    Nothing = 6,
}

impl Answered {
    /// What a status says; `None` for success, and for “not modified”, which only who asked for it gets.
    pub(super) fn of(status: u16) -> Option<Self> {
        match status {
            200..=299 | 304 => None,
            300..=399 => Some(Self::Elsewhere),
            400..=499 => Some(Self::Refused),
            500.. => Some(Self::Broken),
            0..=199 => Some(Self::Nothing),
        }
    }
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        match end {
            End::Done => Self::SUCCESS,
            End::Failed => Self::FAILURE,
            End::Answered(what) => Self::from(what as u8),
            End::Signalled(number) => Self::from(128 + number),
        }
    }
}
