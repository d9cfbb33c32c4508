//! Streams of tests, whose calls fail instead of waiting for ever; and waiting for anything else.

use std::{
    io::Read,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// How long anything may take before the test fails. Long, because the machine may be busy with something else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

/// A stream whose calls fail instead of waiting for ever.
pub(crate) fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads exactly `length` bytes.
pub(crate) fn take(stream: &mut impl Read, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// Looks until there is something.
pub(crate) fn poll<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
