//! The zone of an IPv6 address in a URL: `http://[fe80::1%25eth0]/` (RFC 6874), or with the `%` alone, as people write it.
//!
//! A zone means something on this machine only, so it is no part of what is sent, and the library that reads URLs knows none.

use std::{borrow::Cow, net::Ipv6Addr};

use url::Url;

/// The same URL without its zone, and the zone.
pub(super) fn split(text: &str) -> (Cow<'_, str>, Option<String>) {
    let start = text.find("://").map_or(0, |at| at + 3);
    let (before, rest) = text.split_at_checked(start).unwrap_or((text, ""));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let found = rest.get(..end).and_then(|authority| {
        let open = authority.find('[')?;
        let close = open + authority.get(open..)?.find(']')?;
        let (address, zone) = authority.get(open + 1..close)?.split_once('%')?;
        address.parse::<Ipv6Addr>().ok()?;
        // `%25` is how a percent sign is written in a URL.
        let zone = zone.strip_prefix("25").filter(|zone| !zone.is_empty()).unwrap_or(zone);
        let zone = percent_encoding::percent_decode_str(zone).decode_utf8().ok()?;
        let plain = !zone.is_empty() && !zone.chars().any(|char| char.is_control() || "[]%/".contains(char));
        plain.then(|| (open + 1 + address.len(), close, zone.into_owned()))
    });
    match found {
        Some((cut, close, zone)) => {
            let address = rest.get(..cut).unwrap_or_default();
            (format!("{before}{address}{}", rest.get(close..).unwrap_or_default()).into(), Some(zone))
        }
        None => (text.into(), None),
    }
}

/// The zone in a URL as a person wrote it.
#[must_use]
pub fn zone(url: &str) -> Option<String> {
    split(url).1
}

/// A URL as text, with that zone in its address.
#[must_use]
pub fn with_zone(url: &Url, zone: Option<&str>) -> String {
    let text = url.to_string();
    let (Some(zone), Some(url::Host::Ipv6(_))) = (zone, url.host()) else { return text };
    text.replacen(']', &format!("%25{zone}]"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_taken_out_and_put_back() {
        for (text, without, zone) in [
            ("http://[fe80::1%25eth0]/x", "http://[fe80::1]/x", Some("eth0")),
            ("http://[fe80::1%eth0]:80/", "http://[fe80::1]:80/", Some("eth0")),
            ("[fe80::1%3]:80/?a=[%25b]", "[fe80::1]:80/?a=[%25b]", Some("3")),
            ("http://me:x@[fe80::1%25wlan0]/", "http://me:x@[fe80::1]/", Some("wlan0")),
            // Adapter number 25 of Windows.
            ("http://[fe80::1%25]/", "http://[fe80::1]/", Some("25")),
            ("http://[fe80::1]/%25", "http://[fe80::1]/%25", None),
            ("http://a/[fe80::1%25eth0]", "http://a/[fe80::1%25eth0]", None),
            ("http://[fe80::1%]/", "http://[fe80::1%]/", None),
            ("http://[nonsense%25eth0]/", "http://[nonsense%25eth0]/", None),
            ("http://a%25b/", "http://a%25b/", None),
        ] {
            assert_eq!(split(text), (without.into(), zone.map(str::to_owned)), "{text}");
        }
        let url = Url::parse("http://[fe80::1]:81/a]").unwrap();
        assert_eq!(with_zone(&url, Some("eth0")), "http://[fe80::1%25eth0]:81/a]");
        assert_eq!(with_zone(&url, None), url.as_str());
        assert_eq!(with_zone(&Url::parse("http://a/]").unwrap(), Some("eth0")), "http://a/]");
    }
}
