//! Where a command writes: status lines to standard error, data to standard output, records as JSON lines to either
//! standard output or a file.
//!
//! Everything here runs on threads of its own. Must not know sessions, arguments or signals.

mod drain;
mod escape;
mod json;
mod log_file;
mod records;
mod screen;
mod status;
mod stdout;

pub(super) use drain::{Drain, Ended, Sink};
pub(super) use escape::{escape, printable};
pub(super) use json::{Payload, Style};
pub(super) use log_file::LogFile;
pub(super) use records::{json_to, received};
pub(super) use screen::{Around, printer, write_all};
pub(super) use status::Status;
pub(super) use stdout::stdout;
