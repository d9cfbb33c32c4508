//! Hosts and ports as a person types them, taken for what they mean: full-width signs of a Chinese or Japanese input
//! method, names that are not ASCII, zones of IPv6 addresses. The one place that knows; looks nothing up.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use url::Host;

use crate::words::text;

/// An address of this machine and a port, as `bind` takes them before `connect`; the address may have a zone
/// (`[fe80::1%eth0]:0`), which the system knows and this does not look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint {
    /// Without brackets.
    pub host: String,
    /// 0 for one that the system chooses.
    pub port: u16,
}

/// What is no address with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("Address and port, such as 127.0.0.1:0"))]
pub struct EndpointError;

impl FromStr for Endpoint {
    type Err = EndpointError;

    /// An address alone means any port.
    fn from_str(typed: &str) -> Result<Self, EndpointError> {
        let (host, port) = match split_host_port(typed) {
            Some(pair) => pair,
            None => (plain_host(typed).map_err(|_| EndpointError)?, 0),
        };
        let is_address = split_zone(&host).0.parse::<IpAddr>().is_ok();
        if is_address { Ok(Self { host, port }) } else { Err(EndpointError) }
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(typed: String) -> Result<Self, EndpointError> {
        typed.parse()
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.to_string()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join_host_port(&self.host, self.port))
    }
}

/// What is no host name and no address: signs stand in it that no name can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHost;

/// The text with the full-width forms of ASCII, ideographic full stops, spaces and brackets as the signs that they stand
/// for.
#[must_use]
pub fn halfwidth(typed: &str) -> Cow<'_, str> {
    if typed.is_ascii() {
        return Cow::Borrowed(typed);
    }
    let narrow = |char| match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
        '\u{3002}' | '\u{ff61}' => '.',
        '\u{3000}' => ' ',
        '\u{3010}' => '[',
        '\u{3011}' => ']',
        other => other,
    };
    Cow::Owned(typed.chars().map(narrow).collect())
}

/// The host that is meant, as a resolver takes it: without brackets and spaces, in ASCII (`xn--fsq.test` for `例.test`);
/// the zone of an address (`%eth0`) stays as it is.
///
/// # Errors
/// Where a name that is not ASCII has no form in ASCII.
pub fn plain_host(typed: &str) -> Result<String, NotAHost> {
    let narrow = halfwidth(typed);
    let bare = narrow.trim();
    let bare = bare.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(bare);
    if bare.is_ascii() || bare.split_once('%').is_some_and(|(address, _)| address.is_ascii()) {
        return Ok(bare.to_owned());
    }
    Host::parse(bare).map(|host| host.to_string()).map_err(|_| NotAHost)
}

/// `HOST:PORT` taken apart, the host without its brackets. `None` where there is no port, or where an IPv6 address has no
/// brackets, because its last part cannot be told from a port.
#[must_use]
pub fn split_host_port(typed: &str) -> Option<(String, u16)> {
    let narrow = halfwidth(typed);
    let (host, port) = narrow.trim().rsplit_once(':')?;
    let inner = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    if host.is_empty() || inner.is_none() && host.contains(':') {
        return None;
    }
    Some((inner.unwrap_or(host).to_owned(), port.parse().ok()?))
}

/// `host:port` as a person writes it, an IPv6 address in brackets.
#[must_use]
pub fn join_host_port(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// An address and its zone, the name or the number of an adapter, where one stands behind it: `fe80::1%eth0`.
#[must_use]
pub fn split_zone(host: &str) -> (&str, Option<&str>) {
    match host.split_once('%') {
        Some((address, zone)) if !zone.is_empty() => (address, Some(zone)),
        _ => (host, None),
    }
}

/// True for addresses that are one adapter's own affair, so that a zone has to say which: `fe80::…`, `ff02::…`.
#[must_use]
pub fn needs_zone(address: Ipv6Addr) -> bool {
    let link_local_group = address.is_multicast() && matches!(address.segments()[0] & 0xf, 1 | 2);
    address.is_unicast_link_local() || link_local_group
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_input_method_makes_of_an_address_is_the_address() {
        for (typed, host, port) in [
            ("127.0.0.1：80", "127.0.0.1", 80),
            ("１２７.０.０.１:８０", "127.0.0.1", 80),
            ("127。0。0。1:80", "127.0.0.1", 80),
            ("　localhost：8000　", "localhost", 8000),
            ("【::1】：9000", "::1", 9000),
            ("［fe80::1％eth0］:1", "fe80::1%eth0", 1),
            ("例.test:80", "例.test", 80),
        ] {
            assert_eq!(split_host_port(typed), Some((host.to_owned(), port)), "{typed}");
        }
        for wrong in ["localhost", ":80", "::1:80", "host:", "host:99999", "h:８０８０８", ""] {
            assert_eq!(split_host_port(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_become_ascii_and_what_is_ascii_stays() {
        for (typed, host) in [
            ("例.test", "xn--fsq.test"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("例。测试", "xn--fsq.xn--0zwm56d"),
            ("my_host.Lan.", "my_host.Lan."),
            (" [::1] ", "::1"),
            ("１０．０．０．７", "10.0.0.7"),
            ("fe80::1%以太网", "fe80::1%以太网"),
            ("", ""),
        ] {
            assert_eq!(plain_host(typed), Ok(host.to_owned()), "{typed}");
        }
        assert_eq!(plain_host("例 子.test"), Err(NotAHost));
    }

    #[test]
    fn a_source_is_an_address_with_or_without_a_port() {
        for (typed, shown) in [
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("10.0.0.7", "10.0.0.7:0"),
            ("::1", "[::1]:0"),
            ("[fe80::1%eth0]:5000", "[fe80::1%eth0]:5000"),
            ("１２７.０.０.１：５", "127.0.0.1:5"),
        ] {
            assert_eq!(typed.parse::<Endpoint>().unwrap().to_string(), shown, "{typed}");
        }
        for wrong in ["localhost:0", "127.0.0.1:x", "eth0", ""] {
            assert_eq!(wrong.parse::<Endpoint>(), Err(EndpointError), "{wrong}");
        }
    }

    #[test]
    fn zones_are_told_from_addresses() {
        assert_eq!(split_zone("fe80::1%eth0"), ("fe80::1", Some("eth0")));
        assert_eq!(split_zone("239.1.2.3%2"), ("239.1.2.3", Some("2")));
        assert_eq!(split_zone("fe80::1"), ("fe80::1", None));
        let needs = |text: &str| needs_zone(text.parse().unwrap());
        assert!(needs("fe80::1") && needs("ff02::fb") && needs("ff01::1"));
        assert!(!needs("ff05::2") && !needs("2001:db8::1") && !needs("::1"));
    }
}
