//! What a page leads to: its links, its pictures, and where an answer points that was not followed.

use super::{
    redirect::follow,
    request::parse_url,
    zone::{with_zone, zone},
};
use crate::{
    http::message::head::Head,
    model::{FetchConfig, Page, RequestBody},
    words::{Phrase, foreign::url_error, phrase},
};

/// The request for what a page names: a link or a picture. `page` is the page's own URL and the way to it: it goes the same
/// way, asks with GET, and takes along none of the headers.
///
/// # Errors
/// When the reference is no URL, or one that is not spoken here.
pub fn link(page: &FetchConfig, reference: &str) -> Result<FetchConfig, Phrase> {
    let from = parse_url(&page.url)?;
    let new = from.join(reference.trim()).map_err(url_error)?;
    if !matches!(new.scheme(), "http" | "https") {
        return Err(phrase!("{scheme}: is no link to a page", scheme = new.scheme()));
    }
    parse_url(new.as_str())?;
    // On the same machine the way is the same.
    let zone = if new.host() == from.host() { zone(&page.url) } else { None };
    Ok(FetchConfig {
        url: with_zone(&new, zone.as_deref()),
        method: "GET".into(),
        headers: Vec::new(),
        body: RequestBody::Empty,
        output: None,
        ..page.clone()
    })
}

/// The request that follows an answer which points elsewhere; `None` where it points nowhere.
#[must_use]
pub fn onward(page: &Page, asked: &FetchConfig) -> Option<Result<FetchConfig, Phrase>> {
    let asked = FetchConfig { url: page.url.clone(), ..asked.clone() };
    let head = Head { start_line: String::new(), status: page.status, headers: page.headers.clone() };
    follow(&asked, &head).map(|next| next.map(|(next, _)| next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_the_way_of_its_page_and_takes_nothing_along() {
        let page = FetchConfig {
            url: "http://[fe80::1%25eth0]:8000/a/b?c".into(),
            method: "POST".into(),
            headers: vec![("Cookie".into(), "s".into())],
            body: RequestBody::Text("x".into()),
            decompress: true,
            ..FetchConfig::default()
        };
        let to = |reference| link(&page, reference).unwrap();
        let near = to(" ../p.png ");
        assert_eq!((near.url.as_str(), near.method.as_str()), ("http://[fe80::1%25eth0]:8000/p.png", "GET"));
        assert_eq!((near.headers.len(), &near.body, near.decompress), (0, &RequestBody::Empty, true));
        assert_eq!(to("//other/x#y").url, "http://other/x#y");
        for refused in ["https://h/", "javascript:alert(1)", "mailto:a@b", "file:///etc/passwd", "data:text/html,x"] {
            assert!(link(&page, refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn an_answer_is_followed_from_where_it_came_from() {
        let headers = vec![("Location".to_owned(), "../z".to_owned())];
        let page = Page { url: "http://h/x/y".into(), status: 302, headers, ..Page::default() };
        let asked = FetchConfig { url: "http://first/".into(), method: "POST".into(), ..FetchConfig::default() };
        let next = onward(&page, &asked).unwrap().unwrap();
        assert_eq!((next.url.as_str(), next.method.as_str()), ("http://h/z", "GET"));
        assert!(onward(&Page { status: 200, ..page }, &asked).is_none());
    }
}
