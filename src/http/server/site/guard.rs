//! Who may look: whoever names a host that is ours. Who may change something: a page of this site, and whoever was told its
//! token.
//!
//! Another web page that a visitor has open can send requests here, but it cannot read the token, name our origin, or
//! (with a name of its own that it lets point to us) pass as a host that is ours, unless every host is let pass.

use std::{io, net::IpAddr};

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};

use crate::{http::message::misread::Misread, words::phrase};

const TOKEN: HeaderName = HeaderName::from_static("x-socketlab-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Ends of names that nobody can register outside a local network.
const LOCAL: &[&str] = &[".localhost", ".local", ".lan", ".home.arpa", ".internal"];

/// 128 random bits in letters and digits.
///
/// # Errors
/// When the system has no random numbers.
pub(super) fn token() -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(random)))
}

/// What is to be said to a request for another host; `None` where it names ours, or (which no browser does) none at all.
pub(super) fn foreign(headers: &HeaderMap) -> Option<Misread> {
    let named = headers.get(HOST)?;
    if own_host(headers).is_some() {
        return None;
    }
    let host = String::from_utf8_lossy(named.as_bytes());
    let words = phrase!(
        "This listener does not answer to the name “{host}”: a web page from elsewhere could read it that way. Open it by its address, or let it answer to any host (--any-host; in the window: Site).",
        host = host
    );
    Some(Misread::new(403, words))
}

/// The host that a request names, if that may be one of ours; `any` may be.
pub(super) fn host(headers: &HeaderMap, any: bool) -> Option<&str> {
    if any { headers.get(HOST)?.to_str().ok() } else { own_host(headers) }
}

/// Whether a request may change something here.
pub(super) fn may_change(headers: &HeaderMap, query: Option<&str>, token: &str, any: bool) -> bool {
    let Some(host) = host(headers, any) else { return false };
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let same_origin = text(&ORIGIN).is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    let same_site = text(&FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    let in_query = || query.into_iter().flat_map(|query| query.split('&')).find_map(|part| part.strip_prefix("token="));
    let given = text(&TOKEN).or_else(in_query).unwrap_or_default();
    same_origin && same_site && is_same(given, token)
}

/// The host that a request names, if that is an address or a local name: nobody can make one of these point elsewhere.
fn own_host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let lower = name.trim_end_matches('.').to_ascii_lowercase();
    let local = !lower.is_empty() && (!lower.contains('.') || LOCAL.iter().any(|end| lower.ends_with(end)));
    (bare.parse::<IpAddr>().is_ok() || local).then_some(host)
}

/// Compares all of both, so that the time tells nothing.
fn is_same(given: &str, token: &str) -> bool {
    let differences = given.bytes().zip(token.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    given.len() == token.len() && differences == 0 && !token.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(headers: &[(&'static str, &str)], query: Option<&str>) -> bool {
        let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        may_change(&headers.collect(), query, "secret", false)
    }

    #[test]
    fn another_page_changes_nothing() {
        const OWN: (&str, &str) = ("host", "192.168.1.5:8000");
        const KEY: (&str, &str) = ("x-socketlab-token", "secret");
        assert!(asks(&[OWN, KEY], None) && asks(&[OWN], Some("name=x&token=secret")));
        assert!(asks(&[OWN, KEY, ("origin", "http://192.168.1.5:8000"), ("sec-fetch-site", "same-origin")], None));
        for refused in [
            &[OWN][..],
            &[OWN, ("x-socketlab-token", "secreT")],
            &[OWN, ("x-socketlab-token", "")],
            &[OWN, ("x-socketlab-token", "secret2")],
            &[OWN, KEY, ("origin", "http://evil.example")],
            &[OWN, KEY, ("origin", "null")],
            &[OWN, KEY, ("origin", "https://192.168.1.5:8000")],
            &[OWN, KEY, ("origin", "http://192.168.1.5:8001")],
            &[OWN, KEY, ("sec-fetch-site", "cross-site")],
            &[OWN, KEY, ("sec-fetch-site", "same-site")],
            &[KEY],
            &[KEY, ("host", "evil.example:8000"), ("origin", "http://evil.example:8000")],
            &[KEY, ("host", "192.168.1.5.evil.example")],
        ] {
            assert!(!asks(refused, None), "{refused:?}");
        }
    }

    #[test]
    fn hosts_that_are_ours() {
        let own = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            assert_eq!(foreign(&headers).is_some(), own_host(&headers).is_none());
            assert_eq!(super::host(&headers, true), Some(host));
            own_host(&headers).is_some()
        };
        assert!(foreign(&HeaderMap::new()).is_none());
        for host in
            ["127.0.0.1", "[::1]:8000", "[fe80::1]", "localhost:1", "mypc", "MyPc.local:8000", "nas.lan", "10.0.0.1:80"]
        {
            assert!(own(host), "{host}");
        }
        for host in ["", ":80", "example.com", "a.b:80", "1.2.3.4.nip.io", "local.evil.com", "127.0.0.1.x.com"] {
            assert!(!own(host), "{host}");
        }
    }
}
