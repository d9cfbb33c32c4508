//! Which part of something a request wants, if any of it: conditions and ranges (RFC 9110, 13 and 14).

use std::{
    ops::Range,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hyper::{
    Method,
    header::{HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE},
};

/// Ranges that one answer may have. A request for more of them, or for ranges that overlap, gets the whole: nobody has
/// a good reason to ask for it.
const PARTS: usize = 16;

/// What is to be answered to a GET or HEAD.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    /// At least one, none of them empty, none past the end.
    Parts(Vec<Range<u64>>),
    /// 304.
    NotModified,
    /// 412.
    Failed,
    /// 416.
    Outside,
}

/// What stands behind a URL at this moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Version<'a> {
    /// A strong one, in its quotes.
    pub etag: &'a str,
    pub modified: SystemTime,
    pub length: u64,
}

/// What a request with `headers` asks of `version`.
pub(super) fn wanted(method: &Method, headers: &HeaderMap, version: Version<'_>) -> Wanted {
    if headers.contains_key(IF_MATCH) {
        if !lists(headers, IF_MATCH, version.etag, false) {
            return Wanted::Failed;
        }
    } else if let Some(since) = date(headers, IF_UNMODIFIED_SINCE)
        && seconds(version.modified) > since
    {
        return Wanted::Failed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        if lists(headers, IF_NONE_MATCH, version.etag, true) {
            return Wanted::NotModified;
        }
    } else if let Some(since) = date(headers, IF_MODIFIED_SINCE)
        && seconds(version.modified) <= since
    {
        return Wanted::NotModified;
    }
    // Ranges are for GET alone (RFC 9110, 14.2).
    let range = headers.get(RANGE).filter(|_| *method == Method::GET);
    let asked = range.and_then(|value| value.to_str().ok());
    let Some(parts) = asked.filter(|_| in_time(headers, version)).and_then(|asked| ranges(asked, version.length))
    else {
        return Wanted::Whole;
    };
    if parts.is_empty() { Wanted::Outside } else { Wanted::Parts(parts) }
}

/// Whether the range is still meant, now that the thing may be another one.
fn in_time(headers: &HeaderMap, version: Version<'_>) -> bool {
    let Some(condition) = headers.get(IF_RANGE) else { return true };
    match condition.to_str() {
        Ok(tag) if tag.starts_with('"') => tag == version.etag,
        // The same second is exact enough only when the thing has been as it is for longer than that.
        Ok(text) => httpdate::parse_http_date(text).is_ok_and(|date| {
            let age = SystemTime::now().duration_since(version.modified).unwrap_or_default();
            seconds(version.modified) == seconds(date) && age > Duration::from_secs(1)
        }),
        Err(_) => false,
    }
}

/// Whether one of the tags in a header is `etag`, or the header is `*`. Weak tags count where `weak` says so.
fn lists(headers: &HeaderMap, name: HeaderName, etag: &str, weak: bool) -> bool {
    let lines = headers.get_all(name);
    lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim).any(|tag| {
        let tag = if weak { tag.strip_prefix("W/").unwrap_or(tag) } else { tag };
        tag == "*" || tag == etag
    })
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    let date = httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()?;
    Some(seconds(date))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The ranges of a `Range` header that lie inside, in their order; none of them when all lie outside. `None` where the
/// header is to be ignored.
fn ranges(header: &str, length: u64) -> Option<Vec<Range<u64>>> {
    let (unit, wanted) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let mut parts: Vec<Range<u64>> = Vec::new();
    for (count, part) in wanted.split(',').map(str::trim).filter(|part| !part.is_empty()).enumerate() {
        if count == PARTS {
            return None;
        }
        let (from, to) = part.split_once('-')?;
        let range = match (number(from).ok()?, number(to).ok()?) {
            (None, Some(suffix)) => length.saturating_sub(suffix)..length,
            (Some(first), None) => first..length,
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
            _ => return None,
        };
        if range.start >= range.end {
            continue;
        }
        if parts.iter().any(|other| range.start < other.end && other.start < range.end) {
            return None;
        }
        parts.push(range);
    }
    Some(parts)
}

/// Digits or nothing; an error for anything else.
fn number(digits: &str) -> Result<Option<u64>, ()> {
    let digits = digits.trim();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(());
    }
    Ok((!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(headers: &[(HeaderName, &str)]) -> Wanted {
        ask_by(&Method::GET, headers)
    }

    fn ask_by(method: &Method, headers: &[(HeaderName, &str)]) -> Wanted {
        let map = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        let modified = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        wanted(method, &map, Version { etag: "\"abc\"", modified, length: 10 })
    }

    #[expect(clippy::single_range_in_vec_init, reason = "a list of ranges is meant")]
    #[test]
    fn ranges_are_those_inside() {
        let range = |value: &str| ask(&[(RANGE, value)]);
        assert_eq!(range("bytes=0-3"), Wanted::Parts(vec![0..4]));
        assert_eq!(range("bytes=7-"), Wanted::Parts(vec![7..10]));
        assert_eq!(range("bytes=-3"), Wanted::Parts(vec![7..10]));
        assert_eq!(range("bytes=-99"), Wanted::Parts(vec![0..10]));
        assert_eq!(range("Bytes = 5-99999999999999999999999"), Wanted::Parts(vec![5..10]));
        assert_eq!(range("bytes=0-0, 9-, 20-30"), Wanted::Parts(vec![0..1, 9..10]));
        for outside in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            assert_eq!(range(outside), Wanted::Outside, "{outside}");
        }
        for ignored in
            ["bytes=", "lines=0-1", "bytes", "bytes=a-b", "bytes=3-2", "bytes=0-5,3-7", "bytes=--1", "bytes=-"]
        {
            let answer = range(ignored);
            assert!(matches!(answer, Wanted::Whole) || ignored == "bytes=" && answer == Wanted::Outside, "{ignored}");
        }
        assert_eq!(ask_by(&Method::HEAD, &[(RANGE, "bytes=0-3")]), Wanted::Whole);
        let many: Vec<_> = (0..17).map(|at| format!("{at}-{at}")).collect();
        assert_eq!(range(&format!("bytes={}", many.join(","))), Wanted::Whole);
    }

    #[test]
    fn conditions_come_in_their_order() {
        const SAME: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
        const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
        assert_eq!(ask(&[(IF_NONE_MATCH, "\"x\", W/\"abc\"")]), Wanted::NotModified);
        assert_eq!(ask(&[(IF_NONE_MATCH, "*")]), Wanted::NotModified);
        assert_eq!(ask(&[(IF_NONE_MATCH, "\"x\""), (IF_MODIFIED_SINCE, SAME)]), Wanted::Whole);
        assert_eq!(ask(&[(IF_MODIFIED_SINCE, SAME)]), Wanted::NotModified);
        assert_eq!(ask(&[(IF_MODIFIED_SINCE, BEFORE)]), Wanted::Whole);
        assert_eq!(ask(&[(IF_MODIFIED_SINCE, "no date")]), Wanted::Whole);
        assert_eq!(ask(&[(IF_MATCH, "W/\"abc\"")]), Wanted::Failed);
        assert_eq!(ask(&[(IF_MATCH, "\"abc\"")]), Wanted::Whole);
        assert_eq!(ask(&[(IF_UNMODIFIED_SINCE, BEFORE)]), Wanted::Failed);
        assert_eq!(ask(&[(IF_UNMODIFIED_SINCE, SAME)]), Wanted::Whole);
        let part = || Wanted::Parts(std::iter::once(0..1).collect());
        assert_eq!(ask(&[(RANGE, "bytes=0-0"), (IF_RANGE, "\"abc\"")]), part());
        assert_eq!(ask(&[(RANGE, "bytes=0-0"), (IF_RANGE, "W/\"abc\"")]), Wanted::Whole);
        assert_eq!(ask(&[(RANGE, "bytes=0-0"), (IF_RANGE, SAME)]), part());
        assert_eq!(ask(&[(RANGE, "bytes=0-0"), (IF_RANGE, BEFORE)]), Wanted::Whole);
    }
}
