//! What the system knows of the way to an address.

use std::net::IpAddr;

/// Which way the system takes to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells its routes and neighbours"))]
pub(crate) enum Way {
    /// It is this machine's own.
    Here,
    /// It is in a network that this machine is in.
    Direct,
    /// Over a router, whose address is not always told.
    Router(Option<IpAddr>),
    /// Everybody in a network.
    Broadcast,
    /// A group.
    Multicast,
    /// There is no way.
    Nowhere,
    /// The routes of this machine forbid it.
    Forbidden,
}

/// What is known of whoever is asked next: the host itself where the way is direct, else the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells its routes and neighbours"))]
pub(crate) enum Neighbour {
    /// It answered within the last half minute or so.
    Answers,
    /// It answered some time ago; whether it is still there is being found out.
    Answered,
    /// Nobody answers at that address.
    Missing,
}
