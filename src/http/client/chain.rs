//! What one request of a chain leaves to the next: the cookies that a server set, and the digest that one asked for.
//!
//! Which cookie goes where is for `cookie_store` (RFC 6265); nothing of it is kept longer than whoever holds the chain.

use cookie_store::{CookieError, CookieStore, StoreAction};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{
    http::{
        client::{
            digest::Challenge,
            proxy::is_here,
            request::{Outgoing, boundary},
        },
        message::head::{self, Head},
    },
    model::FetchConfig,
    words::{Phrase, phrase},
};

/// Cookies that are kept at most, and the longest of them, as RFC 6265 6.1 has it for one host.
const COOKIES: usize = 50;
const COOKIE: usize = 4096;
/// How often a digest is made anew because its nonce was too old.
const STALE: u8 = 2;

/// A name or a password where it stands in a URL.
fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Cookies and proofs of one chain of requests.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    cookies: CookieStore,
    /// Cookies were refused because there were too many.
    is_full: bool,
    challenge: Option<(Origin, Challenge)>,
    /// Digests that were made and refused, one after the other.
    refused: u8,
}

type Origin = (Option<String>, Option<u16>);

fn origin(url: &Url) -> Origin {
    (url.host_str().map(str::to_owned), url.port_or_known_default())
}

impl Chain {
    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cookies.iter_any().next().is_none() && self.challenge.is_none()
    }

    /// Adds what goes along with a request.
    pub fn equip(&mut self, outgoing: &mut Outgoing) {
        let values: Vec<String> =
            self.cookies.get_request_values(&outgoing.url).map(|(name, value)| format!("{name}={value}")).collect();
        if !values.is_empty() {
            outgoing.add_cookies(&values.join("; "));
        }
        if let Some((asked_by, challenge)) = &mut self.challenge
            && *asked_by == origin(&outgoing.url)
            && let Some((user, password)) = user_of(&outgoing.url)
        {
            let (method, target) = (outgoing.method.clone(), outgoing.digest_target().to_owned());
            let value = challenge.answer(&user, &password, &method, &target, boundary().trim_start_matches('-'));
            outgoing.authorize(value);
        }
    }

    /// Keeps the cookies of an answer, and says which are not kept.
    pub(super) fn keep(&mut self, url: &Url, head: &Head) -> Vec<Phrase> {
        let mut said = Vec::new();
        for cookie in head.all("set-cookie") {
            let name = head::quoted(cookie.split(['=', ';']).next().unwrap_or_default().trim());
            let is_known = || self.cookies.iter_any().any(|kept| kept.name() == name);
            if cookie.len() > COOKIE || self.cookies.iter_any().count() >= COOKIES && !is_known() {
                if !std::mem::replace(&mut self.is_full, true) {
                    said.push(phrase!("the cookie {name} is too long, or one too many, and not kept", name = name));
                }
                continue;
            }
            match self.cookies.parse(cookie, url) {
                Ok(StoreAction::Inserted | StoreAction::UpdatedExisting | StoreAction::ExpiredExisting)
                | Err(CookieError::Expired) => {}
                Err(CookieError::DomainMismatch) => {
                    let host = url.host_str().unwrap_or_default();
                    said.push(phrase!(
                        "the cookie {name} is for another host than {host}, and not kept",
                        name = name,
                        host = host
                    ));
                }
                Err(_) => said.push(phrase!("the cookie “{cookie}” cannot be read", cookie = head::quoted(cookie))),
            }
            let is_secure = cookie.split(';').skip(1).any(|word| word.trim().eq_ignore_ascii_case("secure"));
            // Browsers and the store trust the way to this machine itself.
            if is_secure && !is_here(url) {
                said.push(phrase!("the cookie {name} is Secure: over plain http it is not sent back", name = name));
            }
        }
        said
    }

    /// Whether the same request is worth another try with what the answer asks for. An error says what nobody can give.
    pub(super) fn is_worth_another_try(&mut self, asked: &FetchConfig, url: &Url, head: &Head) -> Result<bool, Phrase> {
        let is_own = asked.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if head.status != 401 || is_own || user_of(url).is_none() {
            self.refused = 0;
            return Ok(false);
        }
        let Some(challenge) = Challenge::of(head.all("www-authenticate")).transpose()? else {
            return Ok(false);
        };
        let was_made = self.challenge.as_ref().is_some_and(|(asked_by, _)| *asked_by == origin(url));
        if was_made {
            self.refused += 1;
            if !challenge.is_stale || self.refused > STALE {
                self.challenge = None;
                return Ok(false);
            }
        }
        self.challenge = Some((origin(url), challenge));
        Ok(true)
    }
}

/// Name and password of a URL.
fn user_of(url: &Url) -> Option<(String, String)> {
    let has_one = !url.username().is_empty() || url.password().is_some();
    has_one.then(|| (decoded(url.username()), decoded(url.password().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Head { status, headers, ..Head::default() }
    }

    fn sent(chain: &mut Chain, url: &str, headers: &[(&str, &str)]) -> String {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let config = FetchConfig { url: url.to_owned(), headers, ..FetchConfig::default() };
        let mut outgoing = Outgoing::new(&config, "b", None).unwrap();
        chain.equip(&mut outgoing);
        outgoing.head(0)
    }

    fn set(value: &str) -> (&str, &str) {
        ("Set-Cookie", value)
    }

    #[test]
    fn cookies_go_where_they_belong_and_what_is_not_kept_is_said() {
        let mut chain = Chain::default();
        let url = Url::parse("http://a.test:81/x/y").unwrap();
        let long = format!("long={}", "x".repeat(COOKIE));
        let said = chain.keep(
            &url,
            &head(
                200,
                &[
                    set("id=1; Path=/"),
                    set("here=2"),
                    set("stolen=3; Domain=b.test"),
                    set("safe=4; Secure"),
                    set("old=5; Max-Age=0"),
                    set(&long),
                ],
            ),
        );
        let said: Vec<String> = said.iter().map(ToString::to_string).collect();
        for part in ["stolen is for another host than a.test", "safe is Secure", "long is too long"] {
            assert!(said.iter().any(|words| words.contains(part)), "{part}: {said:?}");
        }
        assert_eq!(said.len(), 3, "{said:?}");
        let head = sent(&mut chain, "http://a.test:81/x/z", &[]);
        let line = head.lines().find(|line| line.starts_with("Cookie: ")).unwrap();
        assert!(line.contains("id=1") && line.contains("here=2") && !line.contains("safe"), "{line}");
        assert!(sent(&mut chain, "http://a.test/", &[]).contains("Cookie: id=1\r\n"), "another path, another port");
        assert!(!sent(&mut chain, "http://b.test/", &[]).contains("Cookie"));
        // A cookie of the person's own goes as well, and before.
        assert!(sent(&mut chain, "http://a.test/", &[("cookie", "me=x")]).contains("cookie: me=x; id=1\r\n"));
        for number in 0..300 {
            chain.keep(&url, &self::head(200, &[set(&format!("n{number}=1"))]));
        }
        assert_eq!(chain.cookies.iter_any().count(), COOKIES);
    }

    #[test]
    fn a_digest_is_tried_once_and_only_where_it_was_asked_for() {
        let url = "http://me:it%20s@a.test/x?y";
        let asked = FetchConfig { url: url.to_owned(), digest: true, ..FetchConfig::default() };
        let parsed = Url::parse(url).unwrap();
        let want = head(401, &[("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5")]);
        let mut chain = Chain::default();
        let config = FetchConfig { digest: true, ..asked.clone() };
        assert!(
            !Outgoing::new(&config, "b", None).unwrap().head(0).contains("Authorization"),
            "nothing before it asks"
        );
        assert!(chain.is_worth_another_try(&asked, &parsed, &want).unwrap());
        let proof = sent(&mut chain, url, &[]);
        assert!(proof.contains("Authorization: Digest username=\"me\"") && proof.contains("uri=\"/x?y\""), "{proof}");
        assert!(!proof.contains("Basic"), "{proof}");
        assert!(!sent(&mut chain, "http://me:x@b.test/", &[]).contains("Digest"), "only to whoever asked");
        assert!(!chain.is_worth_another_try(&asked, &parsed, &want).unwrap(), "the password is wrong");
        let own = FetchConfig { headers: vec![("authorization".into(), "x".into())], ..asked.clone() };
        assert!(!chain.is_worth_another_try(&own, &parsed, &want).unwrap());
        let basic = head(401, &[("WWW-Authenticate", "Basic realm=\"r\"")]);
        assert!(!chain.is_worth_another_try(&asked, &parsed, &basic).unwrap());
        let stale = head(401, &[("WWW-Authenticate", "Digest nonce=\"m\", stale=true")]);
        let tries = (0..9).take_while(|_| chain.is_worth_another_try(&asked, &parsed, &stale).unwrap()).count();
        assert_eq!(tries, usize::from(STALE) + 1, "a server that never likes a nonce is left");
    }
}
