//! What one receive was.

/// What a receive was, besides its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux has sockets that keep the bounds of messages")
)]
pub(crate) enum Receipt {
    /// A piece of a stream; no bytes are its end.
    Stream,
    /// One whole message, perhaps without bytes.
    Record,
    /// The beginning of a message of so many bytes; the rest is lost.
    Cut(u64),
}
