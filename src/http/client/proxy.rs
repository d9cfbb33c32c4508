//! The proxy that the environment names, by the rules that most programs share.

use std::net::IpAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::{Host, Url};

use crate::{
    model::Proxy,
    words::{foreign::url_error, text},
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
}

/// Through whom a URL is asked for; `None` for the server itself. `variable` reads the environment.
///
/// `http_proxy` counts before `HTTP_PROXY`, which does not count in a CGI program, where it could come from a header, and
/// both before `all_proxy`. `no_proxy` lists names with all names below them, addresses, and `*`, each with a port or
/// without one.
///
/// # Errors
///
/// In words, when the proxy that is named cannot be used.
pub fn proxy_for(
    choice: &Proxy,
    url: &Url,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<ProxyServer>, String> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    match choice {
        Proxy::Direct => Ok(None),
        Proxy::Url(proxy) => server(proxy).map(Some),
        Proxy::Environment => {
            let upper = || if variable("REQUEST_METHOD").is_some() { None } else { set("HTTP_PROXY") };
            let proxy = set("http_proxy").or_else(upper).or_else(|| set("all_proxy")).or_else(|| set("ALL_PROXY"));
            let Some(proxy) = proxy else { return Ok(None) };
            let except = set("no_proxy").or_else(|| set("NO_PROXY")).unwrap_or_default();
            if is_here(url) || is_excepted(url, &except) {
                return Ok(None);
            }
            server(&proxy).map(Some)
        }
    }
}

fn server(text: &str) -> Result<ProxyServer, String> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let wrong = |what: String| text!("the proxy “{proxy}” cannot be used: {what}", proxy = text, what = what);
    let url = Url::parse(&whole).map_err(|error| wrong(url_error(error)))?;
    if url.scheme() != "http" {
        let scheme = url.scheme();
        return Err(wrong(text!(
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
    Ok(ProxyServer { host, port, authorization })
}

/// This machine's own names: nobody else could reach what is meant.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_excepted(url: &Url, list: &str) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
    let port = url.port_or_known_default().unwrap_or(80);
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        let is_address = entry.parse::<IpAddr>().is_ok();
        let (name, wanted) = match entry.rsplit_once(':') {
            Some((name, number)) if !is_address && number.parse::<u16>().is_ok() => (name, number.parse().ok()),
            _ => (entry, None),
        };
        let name = name.trim_matches(['[', ']']).trim_start_matches("*.").trim_matches('.').to_ascii_lowercase();
        let below = || host.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.'));
        wanted.is_none_or(|wanted: u16| wanted == port) && (host == name || !is_address && below())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let read = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let url = Url::parse(url).unwrap();
        proxy_for(&Proxy::Environment, &url, &read)
            .map(|proxy| proxy.map(|proxy| format!("{}:{}", proxy.host, proxy.port)))
    }

    #[test]
    fn the_environment_names_a_proxy_and_exceptions() {
        let some = |name: &str| Ok(Some(name.to_owned()));
        let url = "http://a.example.com:8080/";
        assert_eq!(ask(url, &[]), Ok(None));
        assert_eq!(ask(url, &[("http_proxy", "http://p:3128/")]), some("p:3128"));
        assert_eq!(ask(url, &[("http_proxy", ""), ("HTTP_PROXY", "p:1")]), some("p:1"));
        assert_eq!(ask(url, &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "p:1"), ("ALL_PROXY", "q:2")]), some("q:2"));
        assert_eq!(ask(url, &[("http_proxy", "http://p:80")]), some("p:80"));
        for own in ["http://127.0.0.9/", "http://localhost:1/", "http://[::1]/"] {
            assert_eq!(ask(own, &[("http_proxy", "p:1")]), Ok(None), "{own}");
        }
        for (except, direct) in [
            ("example.com", true),
            (".example.com", true),
            ("*.example.com:8080", true),
            ("A.example.com", true),
            ("example.com:81", false),
            ("ample.com", false),
            ("b.example.com, *", true),
        ] {
            let got = ask(url, &[("http_proxy", "p:1"), ("no_proxy", except)]).unwrap();
            assert_eq!(got.is_none(), direct, "{except}");
        }
        assert_eq!(ask("http://[fe80::1]/", &[("http_proxy", "p:1"), ("NO_PROXY", "fe80::1")]), Ok(None));
        assert!(ask(url, &[("all_proxy", "socks5://p:1")]).unwrap_err().contains("socks5"));
    }

    #[test]
    fn a_proxy_may_have_a_user() {
        let url = Url::parse("http://a/").unwrap();
        let proxy = proxy_for(&Proxy::Url("http://me:s%20x@p:1".into()), &url, &|_| None).unwrap().unwrap();
        assert_eq!(proxy.authorization.as_deref(), Some("Basic bWU6cyB4"));
    }
}
