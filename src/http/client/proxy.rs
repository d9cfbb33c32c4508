//! The proxy that the environment names, by the rules that most programs share.
//!
//! Not hyper-util's matcher: it knows networks, but no ports, no `10.*` and no `<local>`, and does not say which variable it
//! was, which is what a person has to hear who did not know that there is a proxy.

use std::net::IpAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::{Host, Url};

use crate::{
    model::{Proxy, Via, glob},
    words::{Phrase, foreign::url_error, phrase},
};

/// Where a proxy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The value of `Proxy-Authorization` that its user and password make.
    pub authorization: Option<String>,
    /// The variable of the environment that names it.
    pub variable: Option<&'static str>,
    /// What of the list of exceptions is not understood, so that it excepts nobody.
    pub unclear: Vec<String>,
}

impl ProxyServer {
    /// Which one it is, for a person.
    #[must_use]
    pub fn via(&self) -> Via {
        Via { server: format!("{}:{}", self.host, self.port), variable: self.variable.map(str::to_owned) }
    }
}

/// Through whom a URL is asked for; `None` for the server itself. `variable` reads the environment.
///
/// `http_proxy` counts before `HTTP_PROXY`, which does not count in a CGI program, where it could come from a header, and
/// both before `all_proxy`. `no_proxy` lists names with all names below them, addresses, networks (`10.0.0.0/8`), patterns
/// (`10.*`), `<local>` for names without a dot, and `*`, each with a port or without one.
///
/// # Errors
///
/// In words, when the proxy that is named cannot be used.
pub fn proxy_for(
    choice: &Proxy,
    url: &Url,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<ProxyServer>, Phrase> {
    let set = |name: &'static str| variable(name).filter(|value| !value.trim().is_empty()).map(|value| (name, value));
    match choice {
        Proxy::Direct => Ok(None),
        Proxy::Url(proxy) => server(proxy).map(Some),
        Proxy::Environment => {
            let upper = || if variable("REQUEST_METHOD").is_some() { None } else { set("HTTP_PROXY") };
            let proxy = set("http_proxy").or_else(upper).or_else(|| set("all_proxy")).or_else(|| set("ALL_PROXY"));
            let Some((named_by, proxy)) = proxy else { return Ok(None) };
            let except = set("no_proxy").or_else(|| set("NO_PROXY")).map(|(_, list)| list).unwrap_or_default();
            let entries: Vec<&str> =
                except.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).collect();
            let mut unclear = Vec::new();
            for entry in entries {
                match Exception::of(entry) {
                    Some(exception) if exception.fits(url) => return Ok(None),
                    Some(_) => {}
                    None => unclear.push(entry.to_owned()),
                }
            }
            if is_here(url) {
                return Ok(None);
            }
            server(&proxy).map(|server| Some(ProxyServer { variable: Some(named_by), unclear, ..server }))
        }
    }
}

fn server(text: &str) -> Result<ProxyServer, Phrase> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let wrong =
        |what| phrase!("the proxy “{proxy}” cannot be used: {what}", proxy = without_user(text)).saying("what", what);
    let url = Url::parse(&whole).map_err(|error| wrong(url_error(error)))?;
    if url.scheme() != "http" {
        let scheme = url.scheme();
        return Err(wrong(phrase!(
            "{scheme} is not spoken to proxies, only http; set no_proxy to go without",
            scheme = scheme
        )));
    }
    let decoded = |part: &str| percent_encoding::percent_decode_str(part).collect::<Vec<u8>>();
    let authorization = (!url.username().is_empty() || url.password().is_some()).then(|| {
        let pair = [decoded(url.username()), b":".to_vec(), decoded(url.password().unwrap_or_default())].concat();
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    });
    let host = url.host_str().unwrap_or_default().to_owned();
    // As curl does; other programs take 80.
    let port = url.port().unwrap_or(if whole.trim_end_matches('/').ends_with(":80") { 80 } else { 1080 });
    Ok(ProxyServer { host, port, authorization, variable: None, unclear: Vec::new() })
}

/// The same without user and password: what cannot be used is shown, and recorded.
fn without_user(proxy: &str) -> String {
    let Some((before, host)) = proxy.rsplit_once('@') else { return proxy.to_owned() };
    let scheme = before.split_once("://").map(|(scheme, _)| format!("{scheme}://"));
    format!("{}…@{host}", scheme.unwrap_or_default())
}

/// This machine's own names: nobody else could reach what is meant.
pub(super) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One entry of `no_proxy`.
#[derive(Debug)]
struct Exception {
    whom: Whom,
    port: Option<u16>,
}

#[derive(Debug)]
enum Whom {
    /// `<local>`: names without a dot.
    Local,
    Address(IpAddr),
    /// An address in it and how many of its bits count.
    Network(IpAddr, u8),
    /// With `*` for any characters.
    Pattern(String),
    /// And all names below it.
    Name(String),
}

impl Exception {
    /// `None` for what is no form of an exception.
    fn of(entry: &str) -> Option<Self> {
        let whole = entry.trim_matches(['[', ']']).parse::<IpAddr>();
        let (whom, port) = match entry.rsplit_once(':') {
            Some((whom, number)) if whole.is_err() && number.parse::<u16>().is_ok() => (whom, number.parse().ok()),
            _ => (entry, None),
        };
        let bare = whom.trim_matches(['[', ']']).to_ascii_lowercase();
        let whom = if bare == "<local>" {
            Whom::Local
        } else if let Ok(address) = bare.parse() {
            Whom::Address(address)
        } else if let Some((address, bits)) = bare.split_once('/') {
            let address: IpAddr = address.parse().ok()?;
            let bits = bits.parse().ok().filter(|bits| *bits <= if address.is_ipv4() { 32 } else { 128 })?;
            Whom::Network(address, bits)
        } else {
            let name = bare.strip_prefix("*.").unwrap_or(&bare).trim_matches('.');
            if bare == "*" || name.contains('*') {
                Whom::Pattern(bare)
            } else if name.chars().any(|char| "<>/?()".contains(char)) {
                return None;
            } else {
                Whom::Name(name.to_owned())
            }
        };
        Some(Self { whom, port })
    }

    fn fits(&self, url: &Url) -> bool {
        if self.port.is_some_and(|port| Some(port) != url.port_or_known_default()) {
            return false;
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
        let address: Option<IpAddr> = host.parse().ok();
        match &self.whom {
            Whom::Local => address.is_none() && !host.contains('.'),
            Whom::Address(one) => address.is_some_and(|address| address.to_canonical() == one.to_canonical()),
            Whom::Network(network, bits) => {
                address.is_some_and(|address| is_in(address.to_canonical(), *network, *bits))
            }
            Whom::Pattern(pattern) => glob::fits(pattern, host),
            Whom::Name(name) => {
                host == name || host.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
            }
        }
    }
}

/// Whether the first bits of both are the same.
fn is_in(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (one, other, width) = match (address, network) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits()), u128::from(other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
        _ => return false,
    };
    (one ^ other).checked_shr(width - u32::from(bits)).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, variables: &[(&str, &str)]) -> Result<Option<ProxyServer>, Phrase> {
        let read = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        proxy_for(&Proxy::Environment, &Url::parse(url).unwrap(), &read)
    }

    fn via(url: &str, variables: &[(&str, &str)]) -> Option<(String, String)> {
        let via = ask(url, variables).unwrap()?.via();
        Some((via.server, via.variable.unwrap_or_default()))
    }

    #[test]
    fn the_environment_names_a_proxy_and_which_variable_it_was() {
        let some = |name: &str, variable: &str| Some((name.to_owned(), variable.to_owned()));
        let url = "http://a.example.com:8080/";
        assert_eq!(via(url, &[]), None);
        assert_eq!(via(url, &[("http_proxy", "http://p:3128/")]), some("p:3128", "http_proxy"));
        assert_eq!(via(url, &[("http_proxy", ""), ("HTTP_PROXY", "p:1")]), some("p:1", "HTTP_PROXY"));
        let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "p:1"), ("ALL_PROXY", "q:2")];
        assert_eq!(via(url, &cgi), some("q:2", "ALL_PROXY"));
        assert_eq!(via(url, &[("http_proxy", "http://p:80")]), some("p:80", "http_proxy"));
        for own in ["http://127.0.0.9/", "http://localhost:1/", "http://[::1]/"] {
            assert_eq!(via(own, &[("http_proxy", "p:1")]), None, "{own}");
        }
        assert!(ask(url, &[("all_proxy", "socks5://p:1")]).unwrap_err().to_string().contains("socks5"));
    }

    #[test]
    fn exceptions_have_many_forms() {
        for (url, except, direct) in [
            ("http://a.example.com:8080/", "example.com", true),
            ("http://a.example.com:8080/", ".example.com", true),
            ("http://a.example.com:8080/", "*.example.com:8080", true),
            ("http://a.example.com:8080/", "A.example.com", true),
            ("http://a.example.com:8080/", "example.com:81", false),
            ("http://a.example.com:8080/", "ample.com", false),
            ("http://a.example.com:8080/", "b.example.com, *", true),
            ("http://a.example.com:8080/", "a.*.com", true),
            ("http://[fe80::1]/", "fe80::1", true),
            ("http://[fe80::1]:81/", "[fe80::1]:81", true),
            ("http://[fe80::1]:81/", "[fe80::1]:82", false),
            ("http://[fd12:3::4]/", "fd00::/8", true),
            ("http://[fe80::4]/", "fd00::/8,10.0.0.0/8", false),
            ("http://10.1.2.3/", "10.1.2.3", true),
            ("http://10.1.2.3/", "10.0.0.0/8", true),
            ("http://10.1.2.3/", "localhost,127.0.0.0/8,10.0.0.0/8", true),
            ("http://10.1.2.3/", "10.1.2.0/31", false),
            ("http://10.1.2.3/", "0.0.0.0/0", true),
            ("http://10.1.2.3/", "10.1.2.3/32", true),
            ("http://10.1.2.3:8000/", "10.0.0.0/8:8000", true),
            ("http://10.1.2.3/", "10.*", true),
            ("http://10.1.2.3/", "10.*.3", true),
            ("http://110.1.2.3/", "10.*", false),
            ("http://110.1.2.3/", "10.0.0.0/8", false),
            ("http://10.1.2.3/", "<local>", false),
            ("http://nas/", "<local>", true),
            ("http://nas.lan/", "<local>", false),
        ] {
            let got = ask(url, &[("http_proxy", "p:1"), ("no_proxy", except)]).unwrap();
            assert_eq!(got.is_none(), direct, "{url} {except}");
            assert!(got.is_none_or(|proxy| proxy.unclear.is_empty()), "{except}");
        }
    }

    #[test]
    fn what_is_no_exception_is_said() {
        let list = "10.0.0.0/33,example.org,<remote>,10/8,a?c";
        let proxy = ask("http://10.1.2.3/", &[("http_proxy", "p:1"), ("NO_PROXY", list)]).unwrap().unwrap();
        assert_eq!(proxy.unclear, ["10.0.0.0/33", "<remote>", "10/8", "a?c"]);
    }

    #[test]
    fn a_proxy_may_have_a_user() {
        let url = Url::parse("http://a/").unwrap();
        let proxy = proxy_for(&Proxy::Url("http://me:s%20x@p:1".into()), &url, &|_| None).unwrap().unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic bWU6cyB4"));
        assert_eq!(proxy.via(), Via { server: "p:1".to_owned(), variable: None });
        for wrong in ["socks5://me:se@cret@p:1", "http://me:secret@p:99999", "me:secret@", "ftp://me:secret@p"] {
            let said = proxy_for(&Proxy::Url(wrong.into()), &url, &|_| None).unwrap_err().to_string();
            assert!(said.contains("…@") && !said.contains("me:") && !said.contains("cret"), "{said}");
        }
    }
}
