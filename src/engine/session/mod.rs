//! What a person starts, one file a kind: a listener, a client, datagrams, a request.

pub(crate) mod connect;
pub(crate) mod datagram;
pub(crate) mod listen;
pub(crate) mod request;
pub(crate) mod responders;
