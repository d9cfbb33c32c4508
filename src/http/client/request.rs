//! A request as it goes out: its head as text, its body in pieces.

use std::{
    fmt::{Display, Write as _},
    hash::{BuildHasher, Hasher, RandomState},
    net::Ipv6Addr,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Position, Url, form_urlencoded};

use crate::{
    http::client::{proxy::ProxyServer, zone},
    model::{FetchConfig, PartValue, RequestBody, is_token},
    words::{Phrase, foreign::url_error, phrase},
};

/// What the answer may be compressed with when a compressed one is asked for.
pub(crate) const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// A part of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What this file holds.
    File(PathBuf),
}

/// A request that is sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Whom it is for.
    pub url: Url,
    /// Its method.
    pub method: String,
    /// Names and values, all but `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// Its body, in order.
    pub body: Vec<Piece>,
    /// Whether the method is one that has a body, so that an empty one is said to be empty.
    says_length: bool,
    /// The line after the method, which a proxy wants whole.
    target: String,
    /// The path as it was typed, where another one is sent.
    retyped: Option<String>,
}

/// What cannot stand in the first line of a request, whoever wants it there.
const NEVER: &AsciiSet = &CONTROLS.add(b' ');
/// What stands for itself in a name of a URL.
pub(crate) const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A URL as people write it, or what is wrong with it. The zone of an IPv6 address is no part of it; [`super::zone()`]
/// gives it.
///
/// # Errors
///
/// In words.
pub fn parse_url(text: &str) -> Result<Url, Phrase> {
    let text = text.trim();
    // `a:80/?b=http://c` has a scheme further on, which is not its own.
    let has_scheme =
        text.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if text.starts_with(['/', '?', '#']) {
        return Err(phrase!("a URL names a host first: write http://127.0.0.1:8080/path"));
    }
    let whole = if has_scheme { text.to_owned() } else { format!("http://{text}") };
    if lacks_brackets(&whole) {
        return Err(phrase!("an IPv6 address stands in brackets in a URL, as in http://[::1]:8080/"));
    }
    let (whole, _) = zone::split(&whole);
    let url =
        Url::parse(&whole).map_err(|error| phrase!("this is not a URL: {error}").saying("error", url_error(error)))?;
    match url.scheme() {
        "http" if url.host_str().is_some() => Ok(url),
        "https" => Err(phrase!(
            "https is not spoken here, only plain http: use curl for this URL, or let socat speak TLS (socat TCP-LISTEN:8443,fork OPENSSL:{place}) and ask http://127.0.0.1:8443{path} with the header Host: {host}",
            place = format!("{}:{}", url.host_str().unwrap_or_default(), url.port().unwrap_or(443)),
            path = &url[Position::BeforePath..Position::AfterQuery],
            host = host(&url)
        )),
        other => Err(phrase!("“{scheme}” is not spoken, only http", scheme = other)),
    }
}

/// A URL for a person to read: without the name and the password in it.
#[must_use]
pub fn without_user(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at_checked(start).unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest.get(..end).and_then(|authority| authority.rfind('@')) {
        Some(at) => format!("{scheme}…{}", rest.get(at..).unwrap_or_default()),
        None => url.to_owned(),
    }
}

/// A URL as it was written with a name and a password in it, in place of those that were there.
#[must_use]
pub fn with_user(url: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("http", url), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{}:{}@{host}{path}", utf8_percent_encode(user, NAME), utf8_percent_encode(password, NAME))
}

/// Path and query of a URL as it was written.
fn typed_path(url: &str) -> String {
    let url = url.trim();
    let (whole, _) = zone::split(url);
    let rest = whole.split_once("://").map_or(&*whole, |(_, rest)| rest);
    let path = rest.find(['/', '?', '#', '\\']).and_then(|at| rest.get(at..)).unwrap_or_default();
    let path = path.split('#').next().unwrap_or_default();
    let path = utf8_percent_encode(path, NEVER).to_string();
    if path.starts_with('/') { path } else { format!("/{path}") }
}

/// Whether the host of a URL is an IPv6 address whose colons are taken for the one before a port.
fn lacks_brackets(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split('%').next().is_some_and(|host| host.parse::<Ipv6Addr>().is_ok())
}

impl Outgoing {
    /// The request that is meant; `boundary` parts the fields of a multipart form and must not occur in them.
    ///
    /// # Errors
    ///
    /// In words, when the URL, the method or a header cannot be sent.
    pub fn new(config: &FetchConfig, boundary: &str, proxy: Option<&ProxyServer>) -> Result<Self, Phrase> {
        let url = parse_url(&config.url)?;
        check(config)?;
        let mut headers: Vec<(String, String)> = vec![
            ("Host".into(), host(&url)),
            ("User-Agent".into(), concat!("socketlab/", env!("CARGO_PKG_VERSION")).into()),
            ("Accept".into(), "*/*".into()),
        ];
        if config.decompress {
            headers.push(("Accept-Encoding".into(), ENCODINGS.into()));
        }
        if !config.digest && (!url.username().is_empty() || url.password().is_some()) {
            let decoded = |part: &str| percent_encoding::percent_decode_str(part).collect::<Vec<u8>>();
            let pair = [decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())].concat();
            headers.push(("Authorization".into(), format!("Basic {}", BASE64_STANDARD.encode(pair))));
        }
        if let Some(authorization) = proxy.and_then(|proxy| proxy.authorization.clone()) {
            headers.push(("Proxy-Authorization".into(), authorization));
        }
        let own_kind = config.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let is_form = matches!(config.body, RequestBody::Parts(_));
        let own_kind = own_kind.map(|(_, kind)| kind.as_str()).filter(|kind| is_form && is_multipart(kind));
        let own_boundary = own_kind.and_then(boundary_of);
        let boundary = own_boundary.unwrap_or(boundary);
        let (kind, body) = body(&config.body, boundary);
        if let Some(kind) = kind {
            headers.push(("Content-Type".into(), kind));
        }
        headers.retain(|(name, _)| !config.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
        headers.extend(config.headers.iter().filter(|(_, value)| !value.is_empty()).cloned());
        if own_kind.is_some() && own_boundary.is_none() {
            // Without it nobody can part the fields: curl adds it to a type that is given as well.
            for (name, value) in &mut headers {
                if name.eq_ignore_ascii_case("content-type") {
                    let _ = write!(value, "; boundary={boundary}");
                }
            }
        }
        let (usual, typed) = (&url[Position::BeforePath..Position::AfterQuery], typed_path(&config.url));
        let is_same = percent_decode_str(usual).eq(percent_decode_str(&typed));
        let path = if config.path_as_is { typed.clone() } else { usual.to_owned() };
        let retyped = (!is_same && !config.path_as_is).then_some(typed);
        let target = match proxy {
            Some(_) => format!("http://{}{path}", host(&url)),
            None => path,
        };
        let says_length = matches!(config.method.as_str(), "POST" | "PUT" | "PATCH") || !body.is_empty();
        Ok(Self { method: config.method.clone(), headers, body, says_length, target, retyped, url })
    }

    /// The path as it was typed and as it is sent, where that is not the same.
    #[must_use]
    pub fn retyped(&self) -> Option<(&str, &str)> {
        Some((self.retyped.as_deref()?, &self.url[Position::BeforePath..Position::AfterQuery]))
    }

    /// What a digest is made of: the path, also where a proxy is told all of it.
    pub(super) fn digest_target(&self) -> &str {
        let rest = self.target.strip_prefix("http://").unwrap_or(&self.target);
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    }

    /// Adds cookies, after those that are there already.
    pub(super) fn add_cookies(&mut self, cookies: &str) {
        match self.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("cookie")) {
            Some((_, value)) => {
                let _ = write!(value, "; {cookies}");
            }
            None => self.headers.push(("Cookie".into(), cookies.to_owned())),
        }
    }

    /// Says who asks, in place of what was said.
    pub(super) fn authorize(&mut self, value: String) {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        self.headers.push(("Authorization".into(), value));
    }

    /// The head as it goes out, with the empty line, for a body of so many bytes; a program that counts them itself gives
    /// the words by which it does.
    #[must_use]
    pub fn head(&self, length: impl Display) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let own = |name: &str| self.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        if self.says_length && !own("content-length") && !own("transfer-encoding") {
            let _ = write!(head, "Content-Length: {length}\r\n");
        }
        head.push_str("\r\n");
        head
    }

    /// The files that the body is made of.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.body.iter().filter_map(|piece| match piece {
            Piece::File(path) => Some(path.as_path()),
            Piece::Bytes(_) => None,
        })
    }
}

/// What parts the fields of a multipart form. Nobody can write a file that holds it, because nobody can tell it before.
#[must_use]
pub fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("----socketlab{:016x}{:016x}", random(), random())
}

/// What could end a line early, and make another request of one.
fn check(config: &FetchConfig) -> Result<(), Phrase> {
    if !is_token(config.method.as_bytes()) {
        return Err(phrase!("the request is not valid: “{method}” is not a method", method = config.method));
    }
    for (name, value) in &config.headers {
        if !is_token(name.as_bytes()) {
            return Err(phrase!("the request is not valid: “{name}” is not the name of a header", name = name));
        }
        if value.contains(['\r', '\n', '\0']) {
            return Err(phrase!("the request is not valid: the value of {name} has a line break", name = name));
        }
    }
    if let RequestBody::Parts(parts) = &config.body {
        for kind in parts.iter().filter_map(|part| part.kind.as_ref()) {
            if kind.contains(['\r', '\n', '\0']) {
                return Err(phrase!("the request is not valid: the type of a part has a line break"));
            }
        }
    }
    Ok(())
}

/// `Host` of a URL: without the port where it is the usual one.
fn host(url: &Url) -> String {
    let host = url.host().map(|host| match host {
        Host::Ipv6(address) => format!("[{address}]"),
        other => other.to_string(),
    });
    match url.port() {
        Some(port) => format!("{}:{port}", host.unwrap_or_default()),
        None => host.unwrap_or_default(),
    }
}

/// The type of a body and its pieces.
fn body(body: &RequestBody, boundary: &str) -> (Option<String>, Vec<Piece>) {
    match body {
        RequestBody::Empty => (None, Vec::new()),
        RequestBody::Text(text) => {
            (Some("text/plain; charset=utf-8".into()), vec![Piece::Bytes(text.clone().into_bytes())])
        }
        RequestBody::File(path) => (Some("application/octet-stream".into()), vec![Piece::File(path.clone())]),
        RequestBody::Form(fields) => {
            let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            (Some("application/x-www-form-urlencoded".into()), vec![Piece::Bytes(encoded.into_bytes())])
        }
        RequestBody::Parts(parts) => {
            let mut pieces = Vec::new();
            let mut open = String::new();
            for part in parts {
                let _ = write!(open, "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&part.name));
                match &part.value {
                    PartValue::Text(text) => {
                        if let Some(kind) = &part.kind {
                            let _ = write!(open, "\r\nContent-Type: {kind}");
                        }
                        let _ = write!(open, "\r\n\r\n{text}\r\n");
                    }
                    PartValue::File(path) => {
                        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                        let kind = part.kind.as_deref().unwrap_or_else(|| kind(path));
                        let _ = write!(open, "; filename=\"{}\"\r\nContent-Type: {kind}\r\n\r\n", quoted(&name));
                        pieces.push(Piece::Bytes(std::mem::take(&mut open).into_bytes()));
                        pieces.push(Piece::File(path.clone()));
                        open.push_str("\r\n");
                    }
                }
            }
            let _ = write!(open, "--{boundary}--\r\n");
            pieces.push(Piece::Bytes(open.into_bytes()));
            (Some(format!("multipart/form-data; boundary={boundary}")), pieces)
        }
    }
}

fn is_multipart(kind: &str) -> bool {
    kind.trim_start().get(..10).is_some_and(|begin| begin.eq_ignore_ascii_case("multipart/"))
}

/// The boundary that a type names, if it can part a form.
fn boundary_of(kind: &str) -> Option<&str> {
    let value = kind.split(';').skip(1).find_map(|word| {
        let (name, value) = word.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=70).contains(&value.len()) && value.bytes().all(is_plain)).then_some(value)
}

/// A name in a multipart head, as browsers and curl write it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The type that a file's name says, for a part of a form; those that curl knows as well.
fn kind(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_password_are_put_into_a_url_and_left_out_of_it() {
        for (url, with, without) in [
            ("http://a:1/x@y?z", "http://m%40e:s%2Fx@a:1/x@y?z", "http://a:1/x@y?z"),
            ("a/x", "http://m%40e:s%2Fx@a/x", "a/x"),
            ("http://old:one@a/..", "http://m%40e:s%2Fx@a/..", "http://…@a/.."),
            ("http://old@[::1]", "http://m%40e:s%2Fx@[::1]", "http://…@[::1]"),
        ] {
            assert_eq!(with_user(url, "m@e", "s/x"), with);
            assert_eq!(without_user(url), without);
        }
    }

    #[test]
    fn a_path_as_it_is_typed_is_one_line_whatever_is_in_it() {
        for (typed, sent) in [
            ("http://a", "/"),
            ("a?x", "/?x"),
            ("http://a/../b#c", "/../b"),
            ("http://a/b c\r\nX: y", "/b%20c%0D%0AX:%20y"),
            ("http://a/你", "/%E4%BD%A0"),
            ("http://[fe80::1%25eth0]/./x", "/./x"),
            ("http://me:it@a/%2e%2e/", "/%2e%2e/"),
        ] {
            let config = FetchConfig { url: typed.to_owned(), path_as_is: true, ..FetchConfig::default() };
            let head = Outgoing::new(&config, "b", None).unwrap().head(0);
            assert!(head.starts_with(&format!("GET {sent} HTTP/1.1\r\n")), "{typed}: {head}");
        }
        let changed = |url: &str| {
            let config = FetchConfig { url: url.to_owned(), ..FetchConfig::default() };
            Outgoing::new(&config, "b", None).unwrap().retyped().is_some()
        };
        for same in ["a", "http://a/b c?d=e f#g", "http://a/{x}|'\"", "a/.well-known/x", "http://a/%2F/ü"] {
            assert!(!changed(same), "{same}");
        }
        assert!(changed("a/./b") && changed("a/b\\c") && changed("a/%2e%2e/b"));
    }
}
