//! Descriptors on Unix systems.

use std::os::fd::{AsFd, AsRawFd};

use rustix::process::{Resource, getrlimit, setrlimit};

/// The descriptor number.
#[expect(clippy::unnecessary_wraps, reason = "other systems may have none")]
pub(crate) fn descriptor<T: AsRawFd>(socket: &T) -> Option<i64> {
    Some(i64::from(socket.as_raw_fd()))
}

/// Raises the soft limit of open descriptors to the hard one, so that one listener can hold 10 000 connections and more.
pub(crate) fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        // Without it fewer connections fit; the accept loop copes.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Bytes that have come and were not received (`FIONREAD`); 0 where the system does not say.
pub(crate) fn unread<T: AsFd>(socket: &T) -> u64 {
    rustix::io::ioctl_fionread(socket).unwrap_or(0)
}
