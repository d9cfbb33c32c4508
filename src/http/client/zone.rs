//! The adapter in a URL, `http://[fe80::1%25eth0]:8000/` (RFC 6874): the socket needs it, and no server is told of it.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The URL without the zone of its address, and the zone; a bare `%` is taken as well, as people write it.
#[must_use]
pub fn take_zone(url: &str) -> (Cow<'_, str>, Option<String>) {
    let parts = || {
        let authority = url.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
        let (before, rest) = url.split_at_checked(authority)?;
        let (inner, after) = rest.strip_prefix('[')?.split_once(']')?;
        let (address, zone) = inner.split_once('%')?;
        let zone = zone.strip_prefix("25").filter(|zone| !zone.is_empty()).unwrap_or(zone);
        let zone = percent_decode_str(zone).decode_utf8().ok().filter(|zone| !zone.is_empty())?;
        Some((format!("{before}[{address}]{after}"), zone.into_owned()))
    };
    match parts() {
        Some((plain, zone)) => (Cow::Owned(plain), Some(zone)),
        None => (Cow::Borrowed(url), None),
    }
}

/// The same URL with a zone behind its address.
#[must_use]
pub(super) fn with_zone(url: &str, zone: &str) -> String {
    match url.split_once(']') {
        Some((before, after)) => format!("{before}%25{zone}]{after}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_taken_out_of_an_address_and_put_back() {
        for (url, plain, zone) in [
            ("http://[fe80::1%25eth0]:8000/a%25b", "http://[fe80::1]:8000/a%25b", Some("eth0")),
            ("http://[fe80::1%eth0]/", "http://[fe80::1]/", Some("eth0")),
            ("[fe80::1%252]:80", "[fe80::1]:80", Some("2")),
            ("http://[fe80::1%25]/", "http://[fe80::1]/", Some("25")),
            ("http://[::1]/%25eth0]", "http://[::1]/%25eth0]", None),
            ("http://h/[a%25b]", "http://h/[a%25b]", None),
            ("http://[fe80::1%]/", "http://[fe80::1%]/", None),
        ] {
            let (left, taken) = take_zone(url);
            assert_eq!((left.as_ref(), taken.as_deref()), (plain, zone), "{url}");
        }
        assert_eq!(take_zone(&with_zone("http://[fe80::1]:8000/x", "eth0")).1.as_deref(), Some("eth0"));
    }
}
