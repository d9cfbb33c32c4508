//! Why an address was not reached, and the words for it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::words::{Phrase, phrase};

/// Why an address was not reached, as far as this machine can tell. Where two causes look alike from here, one kind
/// stands for both, and its words say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The listener is on this machine, and its accept queue is full.
    QueueFull {
        /// How many wait in it, where the system tells.
        waiting: Option<u32>,
    },
    /// The routes or the firewall of this machine forbid it.
    OwnRules,
    /// Nothing answers on this machine itself: its firewall drops it.
    OwnRulesDrop,
    /// Nobody in a network of this machine answers to that address.
    NobodyThere,
    /// The host is there; a firewall forbids the call with ICMP.
    FirewallForbids,
    /// A firewall refuses the call with the ICMP message of a closed port.
    FirewallRefuses,
    /// Nobody has the address, or a firewall forbids it: this system does not tell which.
    NobodyThereOrForbidden,
    /// The host is there and lets the call to that port pass in silence.
    PortSilent,
    /// The host was there some time ago.
    GoneOrSilent,
    /// The router of this machine does not answer.
    RouterSilent {
        /// Its address, where the system tells it.
        router: Option<IpAddr>,
    },
    /// Somebody behind the router says that the host cannot be reached.
    FarUnreachable {
        /// The answer came before anybody can have looked for the host.
        at_once: bool,
    },
    /// Nothing comes from behind the router.
    FarSilent,
    /// This machine has no way to that network.
    NoWay,
    /// A router has no way to that network.
    RouterHasNoWay,
    /// A group was called over TCP.
    MulticastOverTcp,
    /// Everybody was called over TCP.
    BroadcastOverTcp,
    /// A datagram to everybody was not allowed.
    BroadcastOff,
    /// An address of one adapter, without the adapter.
    ZoneMissing,
    /// Port 0.
    PortZero,
    /// `0.0.0.0` or `::`.
    Unspecified,
}

impl Cause {
    /// What it means.
    pub(super) fn message(self) -> Phrase {
        match self {
            Self::QueueFull { waiting: None } => {
                phrase!("the listener does not accept, and the queue of its callers is full")
            }
            Self::QueueFull { waiting: Some(waiting) } => phrase!(
                "the listener on this PC does not accept, and the queue of its callers is full ({n} waiting)",
                n = waiting
            ),
            Self::OwnRules => phrase!("this PC itself forbids it: its firewall or its routes"),
            Self::OwnRulesDrop => phrase!("this PC itself drops the call: its firewall, most likely"),
            Self::NobodyThere => phrase!("nobody in this network answers to that address"),
            Self::FirewallForbids => phrase!("the host is there, and a firewall there forbids it (ICMP)"),
            Self::FirewallRefuses => phrase!("a firewall there, on the way or here refuses it (ICMP)"),
            Self::NobodyThereOrForbidden => phrase!("nobody has that address, or a firewall forbids it"),
            Self::PortSilent => phrase!("the host is there, but that port does not answer"),
            Self::GoneOrSilent => phrase!("the host was there a while ago; it has gone, or that port does not answer"),
            Self::RouterSilent { router: Some(router) } => {
                phrase!("the router {router} does not answer", router = router)
            }
            Self::RouterSilent { router: None } => phrase!("the router of this network does not answer"),
            Self::FarUnreachable { at_once: true } => phrase!(
                "a router or firewall on the way says at once that the host cannot be reached: it is forbidden, or known to be off"
            ),
            Self::FarUnreachable { at_once: false } => {
                phrase!("a router on the way looked for the host and did not find it")
            }
            Self::FarSilent => phrase!("the host is off, or a firewall there or on the way drops the call"),
            Self::NoWay => phrase!("this PC has no way to that network: it is in none such, and has no router for it"),
            Self::RouterHasNoWay => phrase!("a router on the way has no way to that network"),
            Self::MulticastOverTcp => phrase!("that address is a group, and TCP reaches one host only"),
            Self::BroadcastOverTcp => phrase!("that is a broadcast address, and TCP reaches one host only"),
            Self::BroadcastOff => phrase!("that is a broadcast address, which has to be allowed first"),
            Self::ZoneMissing => {
                phrase!("an address that begins with fe80: is on every adapter; which one is meant is missing")
            }
            Self::PortZero => phrase!("port 0 is no port that anybody can listen on"),
            Self::Unspecified => {
                phrase!("nobody listens on that port of this PC, which is what that address stands for")
            }
        }
    }

    /// What to try next.
    pub(super) fn hint(self) -> Phrase {
        match self {
            Self::QueueFull { .. } => phrase!(
                "its program is busy or does not call accept; wait until it does, stop some callers, or give it a larger backlog"
            ),
            Self::OwnRules | Self::OwnRulesDrop => phrase!("look at the firewall of this PC, and at `ip route`"),
            Self::NobodyThere => phrase!("check the address, and that the other PC is on and in the same network"),
            Self::FirewallForbids | Self::FirewallRefuses => {
                phrase!("allow the port in the firewall of the other PC, and in the one of this PC")
            }
            Self::NobodyThereOrForbidden => {
                phrase!("check the address, that the other PC is on and in the same network, and its firewall")
            }
            Self::PortSilent => phrase!(
                "allow the port in the firewall of the other PC, and in the one of this PC; a listener whose queue is full is silent as well"
            ),
            Self::GoneOrSilent => phrase!("check that the other PC is on, and its firewall"),
            Self::RouterSilent { .. } => phrase!("check the cable or Wi-Fi, and the router"),
            Self::FarUnreachable { .. } | Self::FarSilent => {
                phrase!("check the address, that the other PC is on, and the firewall on the other side")
            }
            Self::RouterHasNoWay => phrase!("check the address, and the routes of the router"),
            Self::NoWay => {
                phrase!(
                    "check the address, and whether this PC has one in that network; `socketlab addresses` lists them"
                )
            }
            Self::MulticastOverTcp | Self::BroadcastOverTcp => phrase!("use UDP, or the address of one host"),
            Self::BroadcastOff => phrase!("turn on broadcast, or send to one host"),
            Self::ZoneMissing => phrase!("write the adapter behind it: fe80::1%eth0"),
            Self::PortZero => phrase!("write the port that the listener shows, from 1 to 65535"),
            Self::Unspecified => {
                phrase!("0.0.0.0 and :: are for listening; call 127.0.0.1, or the address of the other PC")
            }
        }
    }
}
