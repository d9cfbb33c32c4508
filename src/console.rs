//! The terminal of whoever started the program, on Windows.
//!
//! A program with a window (subsystem `windows`) starts with no console, also from a terminal: this joins the terminal's,
//! so that commands print there. What the shell redirected to a file or a pipe stays redirected. Started by a double
//! click there is none to join, and nothing happens.
#![expect(unsafe_code, reason = "calls of the Windows API about this process's own handles, which no crate wraps")]

use std::{fs::File, os::windows::io::IntoRawHandle};

use windows_sys::Win32::{
    Storage::FileSystem::{FILE_TYPE_UNKNOWN, GetFileType},
    System::Console::{
        ATTACH_PARENT_PROCESS, AttachConsole, GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_INPUT_HANDLE,
        STD_OUTPUT_HANDLE, SetStdHandle,
    },
};

/// Each standard stream, and the console's own name for it.
const STREAMS: [(STD_HANDLE, &str); 3] =
    [(STD_INPUT_HANDLE, "CONIN$"), (STD_OUTPUT_HANDLE, "CONOUT$"), (STD_ERROR_HANDLE, "CONOUT$")];

/// Joins the console of the parent process, if it has one. Before anything is printed, and before any thread starts.
pub(crate) fn join() {
    // SAFETY: takes no pointer; GetStdHandle and GetFileType accept and answer for any value.
    let given = STREAMS.map(|(stream, _)| unsafe {
        let handle = GetStdHandle(stream);
        (GetFileType(handle) != FILE_TYPE_UNKNOWN).then_some(handle)
    });
    // SAFETY: takes no pointer.
    if unsafe { AttachConsole(ATTACH_PARENT_PROCESS) } == 0 {
        return;
    }
    for ((stream, name), given) in STREAMS.into_iter().zip(given) {
        let handle = given.or_else(|| {
            let console = File::options().read(true).write(true).open(name).ok()?;
            Some(console.into_raw_handle())
        });
        if let Some(handle) = handle {
            // SAFETY: the handle was open when it was read or has just been opened, and nothing here closes it.
            unsafe { SetStdHandle(stream, handle) };
        }
    }
}
