//! Standard output without the line buffer of [`std::io::Stdout`], which searches each piece for its last line end: a fifth
//! of the processor in a flood.

use std::{
    fs::File,
    io::{self, IsTerminal, Write},
};

/// Standard output: unbuffered into a pipe or a file; as `std` has it onto a terminal, where Windows wants its own text.
/// Whoever writes much gathers first.
pub(in crate::cli) fn stdout() -> Box<dyn Write + Send> {
    if io::stdout().is_terminal() {
        return Box::new(io::stdout());
    }
    // Where it is closed, `std` takes what is written and throws it away.
    match direct() {
        Ok(file) => Box::new(file),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(unix)]
fn direct() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn direct() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}
