//! Where an answer points, and what is asked there.

use crate::{
    http::{
        client::{
            request::parse_url,
            zone::{with_zone, zone},
        },
        message::head::Head,
    },
    model::{FetchConfig, RequestBody},
    words::{Phrase, foreign::url_error, phrase},
};

/// Headers that are for one server only.
const PRIVATE: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];
/// Headers that describe a body.
const ABOUT_BODY: [&str; 4] = ["content-type", "content-length", "content-encoding", "transfer-encoding"];

/// The request that follows an answer to `asked`, and its `Location` as it was written. `None` when the answer points
/// nowhere, an error in words when it points to where nobody can follow.
#[must_use]
pub fn follow(asked: &FetchConfig, head: &Head) -> Option<Result<(FetchConfig, String), Phrase>> {
    if !matches!(head.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = head.all("location").next()?;
    let old = parse_url(&asked.url).ok()?;
    let refuse =
        |why| phrase!("it points to {location}, which is not followed: {why}", location = location).saying("why", why);
    let mut new = match old.join(location) {
        Ok(url) => url,
        Err(error) => return Some(Err(refuse(url_error(error)))),
    };
    if let Err(why) = parse_url(new.as_str()) {
        return Some(Err(refuse(why)));
    }
    if new.fragment().is_none() {
        new.set_fragment(old.fragment());
    }
    // On the same machine the way is the same.
    let zone = if new.host() == old.host() { zone(&asked.url) } else { None };
    let is_near = (new.host_str(), new.port_or_known_default()) == (old.host_str(), old.port_or_known_default());
    if is_near && new.username().is_empty() && new.password().is_none() {
        // Who asks is the same to the same server; one that takes neither name nor password has none.
        let _ = new.set_username(old.username());
        let _ = new.set_password(old.password());
    }
    let url = with_zone(&new, zone.as_deref());
    let mut next = FetchConfig { url, path_as_is: false, ..asked.clone() };
    let is_post = asked.method == "POST";
    if matches!(head.status, 301 | 302) && is_post || head.status == 303 && asked.method != "HEAD" {
        next.method = "GET".into();
        next.body = RequestBody::Empty;
        next.headers.retain(|(name, _)| !ABOUT_BODY.iter().any(|own| name.eq_ignore_ascii_case(own)));
    }
    if !is_near {
        let leaves =
            |name: &str| name.eq_ignore_ascii_case("host") || PRIVATE.iter().any(|own| name.eq_ignore_ascii_case(own));
        next.headers.retain(|(name, _)| !leaves(name));
    }
    Some(Ok((next, location.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, location: &str) -> Head {
        Head { status, headers: vec![("location".into(), location.into())], ..Head::default() }
    }

    #[test]
    fn methods_bodies_and_secrets_go_along_only_where_they_should() {
        let asked = FetchConfig {
            url: "http://a:1/x/y?q".into(),
            method: "POST".into(),
            headers: vec![
                ("Authorization".into(), "s".into()),
                ("Content-Type".into(), "t".into()),
                ("X".into(), "y".into()),
            ],
            body: RequestBody::Text("body".into()),
            ..FetchConfig::default()
        };
        let to = |status, location| follow(&asked, &head(status, location)).unwrap().unwrap().0;
        let near = to(307, "../z");
        assert_eq!((near.url.as_str(), near.method.as_str(), near.headers.len()), ("http://a:1/z", "POST", 3));
        assert_eq!(near.body, asked.body);
        let far = to(302, "http://b/");
        assert_eq!((far.method.as_str(), &far.body), ("GET", &RequestBody::Empty));
        assert_eq!(far.headers, [("X".to_owned(), "y".to_owned())]);
        let known = FetchConfig { url: "http://me:s%20x@a/x".into(), path_as_is: true, ..FetchConfig::default() };
        let next = |location| follow(&known, &head(302, location)).unwrap().unwrap().0;
        assert_eq!(next("http://a/y").url, "http://me:s%20x@a/y");
        assert_eq!(next("http://b/y").url, "http://b/y");
        assert_eq!(next("http://a:81/y").url, "http://a:81/y");
        assert!(!next("/y").path_as_is);
        let local = FetchConfig { url: "http://[fe80::1%25eth0]:8000/a".into(), ..FetchConfig::default() };
        let next = |location| follow(&local, &head(302, location)).unwrap().unwrap().0.url;
        assert_eq!(next("/b"), "http://[fe80::1%25eth0]:8000/b");
        assert_eq!(next("http://[fe80::2]/"), "http://[fe80::2]/");
        assert!(follow(&asked, &head(304, "/")).is_none());
        assert!(follow(&asked, &Head { status: 302, ..Head::default() }).is_none());
        assert!(follow(&asked, &head(302, "https://a/")).unwrap().unwrap_err().to_string().contains("https"));
    }
}
