//! Digest authentication (RFC 7616): what proves a password without showing it.
//!
//! The hashes are those of `RustCrypto`. Not the crate `digest_auth`: it stands on hashes and random numbers of two
//! generations ago, thirteen crates that are here a second time or not at all.

use std::fmt::Write as _;

use sha2::digest::{Digest as Hash, Output};

use crate::words::{Phrase, phrase};

/// How the parts are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512To256,
    /// In no standard, and spoken all the same.
    Sha512,
}

impl Algorithm {
    /// By its name, and whether it is the kind that hashes a session's nonce in.
    fn of(name: &str) -> Option<(Self, bool)> {
        let name = name.to_ascii_lowercase();
        let (plain, session) = name.strip_suffix("-sess").map_or((name.as_str(), false), |plain| (plain, true));
        let algorithm = match plain {
            "md5" => Self::Md5,
            "sha-256" => Self::Sha256,
            "sha-512-256" => Self::Sha512To256,
            "sha-512" => Self::Sha512,
            _ => return None,
        };
        Some((algorithm, session))
    }

    fn hash(self, text: &str) -> String {
        fn hex<H: Hash>(text: &str) -> String {
            let digest: Output<H> = H::digest(text.as_bytes());
            digest.iter().fold(String::new(), |mut out, byte| {
                let _ = write!(out, "{byte:02x}");
                out
            })
        }
        match self {
            Self::Md5 => hex::<md5::Md5>(text),
            Self::Sha256 => hex::<sha2::Sha256>(text),
            Self::Sha512To256 => hex::<sha2::Sha512_256>(text),
            Self::Sha512 => hex::<sha2::Sha512>(text),
        }
    }
}

/// What a server asks for.
#[expect(clippy::struct_excessive_bools, reason = "one parameter each")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    algorithm: Algorithm,
    /// As the server wrote it; `None` where it named none.
    algorithm_name: Option<String>,
    is_session: bool,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    has_qop: bool,
    hides_user: bool,
    /// The nonce before it was too old; the password is not what is wrong.
    pub(super) is_stale: bool,
    /// How often the nonce was used.
    count: u32,
}

impl Challenge {
    /// The strongest digest that these `WWW-Authenticate` headers ask for; `None` where they ask for none, an error in
    /// words where it is one that nobody here can make.
    pub(super) fn of<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Result<Self, Phrase>> {
        let mut best: Option<Self> = None;
        let mut refused = None;
        for (scheme, values) in headers.flat_map(challenges) {
            if !scheme.eq_ignore_ascii_case("digest") {
                continue;
            }
            match Self::read(&values) {
                Ok(challenge) if best.as_ref().is_none_or(|best| best.algorithm < challenge.algorithm) => {
                    best = Some(challenge);
                }
                Ok(_) => {}
                Err(why) => refused = Some(why),
            }
        }
        best.map(Ok).or(refused.map(Err))
    }

    fn read(values: &[(String, String)]) -> Result<Self, Phrase> {
        let value = |name: &str| values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let name = value("algorithm").cloned();
        let (algorithm, is_session) = Algorithm::of(name.as_deref().unwrap_or("MD5")).ok_or_else(|| {
            phrase!(
                "the server asks for a digest by {algorithm}, which is not known here",
                algorithm = shown(name.as_deref())
            )
        })?;
        let qop = value("qop");
        if qop.is_some_and(|qop| !qop.split(',').any(|word| word.trim().eq_ignore_ascii_case("auth"))) {
            return Err(phrase!(
                "the server asks for a digest with qop {qop}; only auth is made here",
                qop = shown(qop.map(String::as_str))
            ));
        }
        let nonce =
            value("nonce").cloned().ok_or_else(|| phrase!("the server asks for a digest and gives no nonce"))?;
        let is_true = |name: &str| value(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Ok(Self {
            algorithm,
            algorithm_name: name,
            is_session,
            realm: value("realm").cloned().unwrap_or_default(),
            nonce,
            opaque: value("opaque").cloned(),
            has_qop: qop.is_some(),
            hides_user: is_true("userhash"),
            is_stale: is_true("stale"),
            count: 0,
        })
    }

    /// The value of `Authorization`; `cnonce` is a text that nobody can tell before.
    pub(super) fn answer(&mut self, user: &str, password: &str, method: &str, target: &str, cnonce: &str) -> String {
        self.count += 1;
        let (hash, nonce, realm) = (|text: &str| self.algorithm.hash(text), &self.nonce, &self.realm);
        let count = format!("{:08x}", self.count);
        let secret = hash(&format!("{user}:{realm}:{password}"));
        let secret = if self.is_session { hash(&format!("{secret}:{nonce}:{cnonce}")) } else { secret };
        let asked = hash(&format!("{method}:{target}"));
        let response = if self.has_qop {
            hash(&format!("{secret}:{nonce}:{count}:{cnonce}:auth:{asked}"))
        } else {
            hash(&format!("{secret}:{nonce}:{asked}"))
        };
        let shown = if self.hides_user { hash(&format!("{user}:{realm}")) } else { user.to_owned() };
        let mut out = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\"",
            quoted(&shown),
            quoted(realm),
            quoted(nonce),
            quoted(target)
        );
        if let Some(name) = &self.algorithm_name {
            let _ = write!(out, ", algorithm={name}");
        }
        if self.has_qop {
            let _ = write!(out, ", qop=auth, nc={count}, cnonce={}", quoted(cnonce));
        } else if self.is_session {
            let _ = write!(out, ", cnonce={}", quoted(cnonce));
        }
        if let Some(opaque) = &self.opaque {
            let _ = write!(out, ", opaque={}", quoted(opaque));
        }
        if self.hides_user {
            out.push_str(", userhash=true");
        }
        out
    }
}

fn shown(value: Option<&str>) -> String {
    format!("“{}”", crate::http::message::head::quoted(value.unwrap_or_default()))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
}

type Values = Vec<(String, String)>;

/// The schemes in one header with their values. A comma parts both challenges and values, so a word without `=` after it
/// begins the next challenge.
fn challenges(header: &str) -> Vec<(String, Values)> {
    let mut found: Vec<(String, Values)> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return found;
        }
        let end = rest.find([',', ' ', '\t', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(value) = after.trim_start().strip_prefix('=') else {
            found.push((word.to_owned(), Vec::new()));
            rest = after;
            continue;
        };
        let (value, after) = value_of(value.trim_start());
        if let Some((_, values)) = found.last_mut() {
            values.push((word.to_owned(), value));
        }
        rest = after;
    }
}

/// A value, quoted or not, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.to_owned(), after);
    };
    let mut value = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, inner.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(chars.next().map(|(_, next)| next)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 3.9.1.
    const ASKED: &str = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=ALGORITHM, \
        nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    fn answer(headers: &[&str]) -> String {
        let mut challenge = Challenge::of(headers.iter().copied()).unwrap().unwrap();
        challenge.answer("Mufasa", "Circle of Life", "GET", "/dir/index.html", CNONCE)
    }

    #[test]
    fn the_examples_of_the_standard_come_out() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let said = answer(&[&ASKED.replace("ALGORITHM", algorithm)]);
            assert!(said.contains(&format!("response=\"{response}\"")), "{said}");
            assert!(said.contains("nc=00000001") && said.contains("qop=auth,"), "{said}");
        }
        // RFC 2617 3.5, and RFC 2069 as corrected: without qop.
        let old = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
        let mut challenge = Challenge::of([old].into_iter()).unwrap().unwrap();
        let said = challenge.answer("Mufasa", "CircleOfLife", "GET", "/dir/index.html", "");
        assert!(said.contains("response=\"1949323746fe6a43ef61f9606e7febea\""), "{said}");
        assert!(!said.contains("qop") && !said.contains("cnonce"), "{said}");
    }

    #[test]
    fn the_strongest_of_several_is_answered_and_what_cannot_be_is_said() {
        let (md5, sha) = (ASKED.replace("ALGORITHM", "MD5"), ASKED.replace("ALGORITHM", "SHA-256"));
        let both = format!("Basic realm=\"a, b=c\", {md5}, {sha}");
        for headers in [&[both.as_str()][..], &[&sha, &md5, "Negotiate"], &[&md5, "Bearer", &sha]] {
            let said = answer(headers);
            assert!(said.contains("algorithm=SHA-256") && said.contains("753927fa"), "{said}");
        }
        assert!(Challenge::of(["Basic realm=\"Digest\""].into_iter()).is_none());
        for (asked, part) in [
            ("Digest nonce=a, algorithm=SHA-1", "SHA-1"),
            ("Digest nonce=a, qop=\"auth-int\"", "auth-int"),
            ("Digest realm=\"a\"", "no nonce"),
        ] {
            let words = Challenge::of([asked].into_iter()).unwrap().unwrap_err().to_string();
            assert!(words.contains(part), "{words}");
        }
        let stale = Challenge::of(["Digest nonce=\"a\\\"b\", stale=TRUE, userhash=true"].into_iter()).unwrap().unwrap();
        assert!(stale.is_stale && stale.hides_user && stale.nonce == "a\"b");
    }
}
