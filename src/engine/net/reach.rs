//! Why an address was not reached: facts that the system gives, and what follows from them.
//!
//! The judgement is a pure function, [`judge`]; gathering the facts is [`platform`]'s. An error number
//! alone says the same for an address that nobody has and for a firewall; the way, the neighbour table and whether an
//! ICMP message came tell them apart. Where two causes remain, the words say both.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use crate::{
    engine::net::{
        platform,
        way::{Neighbour, Way},
    },
    model::{Cause, Errno, Failure, Reason},
};

/// What is known of an attempt that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub address: SocketAddr,
    pub udp: bool,
    pub elapsed: Duration,
    /// Whether an ICMP "destination unreachable" came meanwhile, for this attempt or another one.
    pub icmp: Option<bool>,
    pub way: Option<Way>,
    pub neighbour: Option<Neighbour>,
    /// How many wait to be accepted, where a listener of this machine has the address.
    pub waiting: Option<u32>,
}

/// An attempt to reach an address, from before its first call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    address: SocketAddr,
    udp: bool,
    began: Instant,
    unreachable: Option<u64>,
}

impl Attempt {
    /// To be called before `connect` or `sendto`.
    pub(crate) fn begin(address: SocketAddr, udp: bool) -> Self {
        Self { address, udp, began: Instant::now(), unreachable: platform::unreachable_messages(address.is_ipv6()) }
    }

    /// The same failure with its cause, as far as it can be had. Asks the system, on a thread that may wait.
    pub(crate) async fn explain(self, failure: Failure) -> Failure {
        let Some(within) = within(&failure).filter(|_| says_too_little(failure.error)) else { return failure };
        let facts = tokio::task::spawn_blocking(move || self.facts()).await;
        match facts.ok().and_then(|facts| judge(failure.error, &facts)) {
            Some(cause) => failure.because(Reason::Unreached { cause, nanos: within }),
            None => failure,
        }
    }

    fn facts(self) -> Facts {
        let elapsed = self.began.elapsed();
        let now = platform::unreachable_messages(self.address.is_ipv6());
        let (way, neighbour) = platform::way(self.address).unzip();
        let is_here = way == Some(Way::Here) || self.address.ip().is_unspecified();
        Facts {
            address: self.address,
            udp: self.udp,
            elapsed,
            icmp: self.unreachable.zip(now).map(|(before, now)| now > before),
            way,
            neighbour: neighbour.flatten(),
            waiting: (is_here && !self.udp).then(|| platform::waiting(self.address)).flatten(),
        }
    }
}

/// The time that was waited for an answer in vain, where a limit of ours ended it; `None` for what is explained already.
#[expect(clippy::option_option, reason = "nothing to explain; to explain, with and without a limit")]
fn within(failure: &Failure) -> Option<Option<u64>> {
    match failure.reason {
        None => Some(None),
        Some(Reason::NotWithin { nanos }) => Some(Some(nanos)),
        Some(_) => None,
    }
}

/// True for the errors that [`judge`] can say more about.
fn says_too_little(error: Errno) -> bool {
    matches!(
        error,
        Errno::EACCES
            | Errno::EADDRNOTAVAIL
            | Errno::ECONNREFUSED
            | Errno::EHOSTDOWN
            | Errno::EHOSTUNREACH
            | Errno::EINVAL
            | Errno::ENETUNREACH
            | Errno::ENOPROTOOPT
            | Errno::EPERM
            | Errno::ETIMEDOUT
    )
}

/// An answer that comes later than this was not sent at once: somebody looked for the address first.
const AT_ONCE: Duration = Duration::from_millis(900);

/// What follows from an error and the facts; `None` where the error says enough.
pub(crate) fn judge(error: Errno, facts: &Facts) -> Option<Cause> {
    let ip = facts.address.ip();
    if facts.address.port() == 0 {
        return Some(Cause::PortZero);
    }
    match error {
        Errno::EINVAL if needs_zone(facts.address) => return Some(Cause::ZoneMissing),
        Errno::EADDRNOTAVAIL | Errno::ECONNREFUSED if ip.is_unspecified() => return Some(Cause::Unspecified),
        _ => {}
    }
    let is_group = ip.is_multicast() || facts.way == Some(Way::Multicast);
    let is_broadcast = ip == Ipv4Addr::BROADCAST || facts.way == Some(Way::Broadcast);
    if !facts.udp && is_group && error != Errno::ECONNREFUSED {
        return Some(Cause::MulticastOverTcp);
    }
    if is_broadcast {
        return match error {
            Errno::EACCES | Errno::EPERM if facts.udp => Some(Cause::BroadcastOff),
            _ if !facts.udp => Some(Cause::BroadcastOverTcp),
            _ => None,
        };
    }
    match error {
        Errno::ECONNREFUSED | Errno::ENOPROTOOPT => refused(error, facts),
        Errno::EHOSTUNREACH | Errno::EHOSTDOWN => unreachable(facts),
        Errno::ENETUNREACH => no_network(facts),
        Errno::ETIMEDOUT if !facts.udp => silent(facts),
        Errno::EACCES | Errno::EPERM => Some(Cause::OwnRules),
        _ => None,
    }
}

/// `fe80::…` without the adapter that it is on.
fn needs_zone(address: SocketAddr) -> bool {
    matches!(address, SocketAddr::V6(address) if address.ip().is_unicast_link_local() && address.scope_id() == 0)
}

/// A RST says that nobody listens; the same number comes from a firewall's ICMP. Over UDP the host itself sends ICMP.
fn refused(error: Errno, facts: &Facts) -> Option<Cause> {
    let by_icmp = error == Errno::ENOPROTOOPT || (facts.icmp == Some(true) && !facts.udp);
    match facts.way {
        _ if !by_icmp => None,
        Some(Way::Here) => Some(Cause::OwnRules),
        _ => Some(Cause::FirewallRefuses),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of four of the same form")]
fn unreachable(facts: &Facts) -> Option<Cause> {
    match (facts.way, facts.neighbour) {
        (Some(Way::Here | Way::Forbidden), _) => Some(Cause::OwnRules),
        (Some(Way::Direct), Some(Neighbour::Missing)) => Some(Cause::NobodyThere),
        (Some(Way::Direct), Some(Neighbour::Answers)) => Some(Cause::FirewallForbids),
        (Some(Way::Router(router)), Some(Neighbour::Missing)) => Some(Cause::RouterSilent { router }),
        (Some(Way::Router(_)), _) => Some(Cause::FarUnreachable { at_once: facts.elapsed < AT_ONCE }),
        (Some(Way::Nowhere), _) => Some(Cause::NoWay),
        _ => Some(Cause::NobodyThereOrForbidden),
    }
}

fn no_network(facts: &Facts) -> Option<Cause> {
    match facts.way {
        Some(Way::Nowhere) => Some(Cause::NoWay),
        Some(Way::Router(_)) => Some(Cause::RouterHasNoWay),
        Some(Way::Here | Way::Forbidden) => Some(Cause::OwnRules),
        _ => None,
    }
}

fn silent(facts: &Facts) -> Option<Cause> {
    match (facts.way, facts.neighbour) {
        (Some(Way::Here), _) => Some(match facts.waiting {
            Some(1..) => Cause::QueueFull { waiting: facts.waiting },
            _ => Cause::OwnRulesDrop,
        }),
        (Some(Way::Direct), Some(Neighbour::Missing)) => Some(Cause::NobodyThere),
        // Some messages only make the system try again.
        (Some(Way::Direct | Way::Router(_)), _) if facts.icmp == Some(true) => Some(Cause::FirewallRefuses),
        (Some(Way::Direct), Some(Neighbour::Answers)) => Some(Cause::PortSilent),
        (Some(Way::Direct), Some(Neighbour::Answered)) => Some(Cause::GoneOrSilent),
        (Some(Way::Router(router)), Some(Neighbour::Missing)) => Some(Cause::RouterSilent { router }),
        (Some(Way::Router(_)), _) => Some(Cause::FarSilent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(address: &str) -> Facts {
        Facts {
            address: address.parse().unwrap(),
            udp: false,
            elapsed: Duration::from_millis(1),
            icmp: Some(false),
            way: Some(Way::Direct),
            neighbour: Some(Neighbour::Answers),
            waiting: None,
        }
    }

    #[test]
    fn what_follows_from_the_facts() {
        use Errno::{EACCES, ECONNREFUSED, EHOSTUNREACH, EINVAL, ENETUNREACH, ENOPROTOOPT, EPERM, ETIMEDOUT};

        let lan = facts("192.168.1.9:80");
        let router: std::net::IpAddr = [192, 168, 1, 1].into();
        let far = Facts { way: Some(Way::Router(Some(router))), ..facts("203.0.113.9:80") };
        let here = Facts { way: Some(Way::Here), neighbour: None, ..facts("127.0.0.1:80") };
        let elsewhere = Facts { way: None, neighbour: None, icmp: None, ..lan };
        let missing = |facts: Facts| Facts { neighbour: Some(Neighbour::Missing), ..facts };
        let late = |facts: Facts| Facts { elapsed: Duration::from_secs(3), ..facts };
        let icmp = |facts: Facts| Facts { icmp: Some(true), ..facts };
        let udp = |facts: Facts| Facts { udp: true, ..facts };
        let to = |address: &str| Facts { address: address.parse().unwrap(), ..lan };
        let way = |facts: Facts, way| Facts { way: Some(way), neighbour: None, ..facts };
        for (error, facts, cause) in [
            // A closed port, and three that look like one.
            (ECONNREFUSED, lan, None),
            (ECONNREFUSED, elsewhere, None),
            (ECONNREFUSED, udp(icmp(lan)), None),
            (ECONNREFUSED, icmp(lan), Some(Cause::FirewallRefuses)),
            (ECONNREFUSED, icmp(far), Some(Cause::FirewallRefuses)),
            (ECONNREFUSED, icmp(here), Some(Cause::OwnRules)),
            (ENOPROTOOPT, lan, Some(Cause::FirewallRefuses)),
            // No way to a host.
            (EHOSTUNREACH, late(missing(lan)), Some(Cause::NobodyThere)),
            (EHOSTUNREACH, missing(lan), Some(Cause::NobodyThere)),
            (EHOSTUNREACH, lan, Some(Cause::FirewallForbids)),
            (EHOSTUNREACH, elsewhere, Some(Cause::NobodyThereOrForbidden)),
            (EHOSTUNREACH, missing(far), Some(Cause::RouterSilent { router: Some(router) })),
            (EHOSTUNREACH, far, Some(Cause::FarUnreachable { at_once: true })),
            (EHOSTUNREACH, late(far), Some(Cause::FarUnreachable { at_once: false })),
            (EHOSTUNREACH, way(lan, Way::Forbidden), Some(Cause::OwnRules)),
            // No way to a network.
            (ENETUNREACH, way(far, Way::Nowhere), Some(Cause::NoWay)),
            (ENETUNREACH, far, Some(Cause::RouterHasNoWay)),
            (EACCES, way(lan, Way::Forbidden), Some(Cause::OwnRules)),
            (EPERM, lan, Some(Cause::OwnRules)),
            // Nothing came.
            (ETIMEDOUT, Facts { waiting: Some(2), ..here }, Some(Cause::QueueFull { waiting: Some(2) })),
            (ETIMEDOUT, Facts { waiting: Some(0), ..here }, Some(Cause::OwnRulesDrop)),
            (ETIMEDOUT, here, Some(Cause::OwnRulesDrop)),
            (ETIMEDOUT, lan, Some(Cause::PortSilent)),
            (ETIMEDOUT, icmp(lan), Some(Cause::FirewallRefuses)),
            (ETIMEDOUT, icmp(missing(lan)), Some(Cause::NobodyThere)),
            (ETIMEDOUT, missing(lan), Some(Cause::NobodyThere)),
            (ETIMEDOUT, Facts { neighbour: Some(Neighbour::Answered), ..lan }, Some(Cause::GoneOrSilent)),
            (ETIMEDOUT, missing(far), Some(Cause::RouterSilent { router: Some(router) })),
            (ETIMEDOUT, far, Some(Cause::FarSilent)),
            (ETIMEDOUT, elsewhere, None),
            // Addresses that nobody can be called at.
            (ECONNREFUSED, to("127.0.0.1:0"), Some(Cause::PortZero)),
            (ECONNREFUSED, way(to("0.0.0.0:80"), Way::Here), Some(Cause::Unspecified)),
            (EINVAL, to("[fe80::1]:80"), Some(Cause::ZoneMissing)),
            (EINVAL, to("[fe80::1%2]:80"), None),
            (ENETUNREACH, way(to("224.0.0.1:80"), Way::Multicast), Some(Cause::MulticastOverTcp)),
            (ENETUNREACH, Facts { way: None, ..to("239.1.2.3:80") }, Some(Cause::MulticastOverTcp)),
            (ENETUNREACH, way(to("192.168.1.255:80"), Way::Broadcast), Some(Cause::BroadcastOverTcp)),
            (EACCES, udp(to("255.255.255.255:80")), Some(Cause::BroadcastOff)),
            (EACCES, udp(way(to("192.168.1.255:80"), Way::Broadcast)), Some(Cause::BroadcastOff)),
        ] {
            assert_eq!(judge(error, &facts), cause, "{} {facts:?}", error.name());
            assert!(cause.is_none() || says_too_little(error));
        }
    }

    #[tokio::test]
    async fn the_system_is_asked_for_the_facts() {
        use socket2::{Domain, SockAddr, Socket, Type};
        let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        full.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
        full.listen(0).unwrap();
        let address = full.local_addr().unwrap().as_socket().unwrap();
        let waits = std::net::TcpStream::connect(address).unwrap();
        let attempt = Attempt::begin(address, false);
        let facts = attempt.facts();
        if cfg!(target_os = "linux") {
            assert_eq!((facts.way, facts.icmp), (Some(Way::Here), Some(false)));
            assert_eq!(facts.waiting, Some(1));
            let silent = Failure::named(crate::model::Operation::Connect, address, Errno::ETIMEDOUT)
                .because(Reason::NotWithin { nanos: 2_000_000_000 });
            let silent = attempt.explain(silent).await;
            assert!(silent.message().contains("queue") && silent.message().contains("2.00 s"), "{silent}");
        }
        drop(waits);
    }
}
