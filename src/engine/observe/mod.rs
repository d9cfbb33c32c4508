//! What is written down of a socket: each call that moved bytes, the pictures in them, and the end.

pub(crate) mod datagram_tap;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod lifecycle;
pub(crate) mod pictures;
pub(crate) mod recorder;
pub(crate) mod tap;
