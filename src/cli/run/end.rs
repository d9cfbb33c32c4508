//! How a run ended.

use std::process::ExitCode;

/// How a run ended; the numbers are the program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum End {
    /// What was asked for was done: 0.
    Done,
    /// A network operation failed, or something could not be sent or written: 1.
    Failed,
    /// Asked to end by a signal of this number: 128 and the number, as a shell has it. Ctrl-C is 2, on Windows too.
    Signalled(u8),
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        match end {
            End::Done => Self::SUCCESS,
            End::Failed => Self::FAILURE,
            End::Signalled(number) => Self::from(128 + number),
        }
    }
}
