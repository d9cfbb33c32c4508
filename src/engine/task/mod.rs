//! What runs on one connection.

pub(crate) mod duplex;
pub(crate) mod http;
pub(crate) mod raw;
pub(crate) mod respond;
pub(crate) mod send_file;
pub(crate) mod shared_wire;
