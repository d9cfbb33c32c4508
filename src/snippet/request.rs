//! A request of HTTP as a program that sends the same bytes.

use std::fmt::Write as _;

use crate::{
    http::client::{Outgoing, Piece, ProxyServer, boundary, proxy_for},
    model::{FetchConfig, PartValue, Proxy, RequestBody},
    snippet::{
        Impossible,
        quote::{bytes, printf, shell, shell_path, string},
    },
};

/// Stands in a head where a program writes the length that it counts itself; no head can hold it.
const LENGTH: &str = "\0";
/// Seconds that a program waits for more from a server that keeps the connection open.
const PATIENCE: u64 = 5;

/// The request, where it goes, and through whom when that is part of it.
fn outgoing(config: &FetchConfig) -> Result<(Outgoing, String, u16), Impossible> {
    let url = crate::http::client::parse_url(&config.url).map_err(Impossible::NoRequest)?;
    // The environment is another one where the program runs.
    let named = if config.proxy == Proxy::Environment { &Proxy::Direct } else { &config.proxy };
    let proxy: Option<ProxyServer> = proxy_for(named, &url, &|_| None).map_err(Impossible::NoRequest)?;
    let outgoing = Outgoing::new(config, &boundary(), proxy.as_ref()).map_err(Impossible::NoRequest)?;
    let zone = crate::http::client::zone(&config.url).map_or_else(String::new, |zone| format!("%{zone}"));
    let host = format!("{}{zone}", url.host_str().unwrap_or_default().trim_matches(['[', ']']));
    Ok(match proxy {
        Some(proxy) => (outgoing, proxy.host, proxy.port),
        None => (outgoing, host, url.port_or_known_default().unwrap_or(80)),
    })
}

/// A command line of curl.
pub(super) fn curl(config: &FetchConfig) -> Result<String, Impossible> {
    let (outgoing, ..) = outgoing(config)?;
    let mut words = vec!["curl".to_owned()];
    let has_body = config.body != RequestBody::Empty;
    possible(config)?;
    let is_post = config.method == "POST";
    match config.method.as_str() {
        "GET" if !has_body => {}
        "HEAD" => words.push("--head".into()),
        "POST" if has_body => {}
        method => words.push(format!("--request {}", shell(method))),
    }
    let is_own = |name: &str| config.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let with_length = config.method == "PUT" || config.method == "PATCH" || is_post;
    let is_form = matches!(config.body, RequestBody::Parts(_));
    for (name, value) in &outgoing.headers {
        let implied = match name.to_ascii_lowercase().as_str() {
            "host" | "accept" | "authorization" | "proxy-authorization" => !is_own(name),
            // curl writes its own boundary.
            "content-type" => is_form && !is_own(name),
            _ => false,
        };
        // curl adds its own boundary to a type of its own as well.
        let own = config.headers.iter().find(|(own, _)| is_form && own.eq_ignore_ascii_case(name));
        let value = own.map_or(value, |(_, value)| value);
        if !implied {
            words.push(format!("--header {}", shell(&format!("{name}: {value}"))));
        }
    }
    for (name, _) in config.headers.iter().filter(|(_, value)| value.is_empty()) {
        words.push(format!("--header {}", shell(&format!("{name}:"))));
    }
    if outgoing.files().next().is_some() {
        // Beyond a megabyte curl would ask first whether the body is welcome.
        words.push("--header Expect:".into());
    }
    match &config.body {
        RequestBody::Empty if with_length => words.push("--header Content-Type: --data-raw ''".into()),
        RequestBody::Empty => {}
        RequestBody::Text(text) => words.push(format!("--data-raw {}", shell(text))),
        RequestBody::File(path) => {
            words.push(format!("--data-binary {}", shell(&format!("@{}", path.to_string_lossy()))));
        }
        RequestBody::Form(_) => {
            let Some(Piece::Bytes(encoded)) = outgoing.body.first() else { return Err(Impossible::CurlZero) };
            words.push(format!("--data-raw {}", shell(&String::from_utf8_lossy(encoded))));
        }
        RequestBody::Parts(parts) => {
            for part in parts {
                let quoted = |text: &str| text.replace('\\', r"\\").replace('"', r#"\""#);
                words.push(match (&part.value, &part.kind) {
                    (PartValue::Text(value), None) => {
                        format!("--form-string {}", shell(&format!("{}={value}", part.name)))
                    }
                    (PartValue::Text(value), Some(kind)) => {
                        format!("--form {}", shell(&format!("{}=\"{}\";type={kind}", part.name, quoted(value))))
                    }
                    (PartValue::File(path), given) => {
                        let file = quoted(&path.to_string_lossy());
                        // Without one curl finds the type that is sent here.
                        let kind = given.as_deref().map(|kind| format!(";type={kind}")).unwrap_or_default();
                        format!("--form {}", shell(&format!("{}=@\"{file}\"{kind}", part.name)))
                    }
                });
            }
        }
    }
    if config.decompress {
        words.push("--compressed".into());
    }
    if config.redirects > 0 {
        words.push(format!("--location --max-redirs {}", config.redirects));
    }
    if let Some(limit) = config.whole_timeout {
        words.push(format!("--max-time {}", limit.as_secs_f64()));
    }
    if config.connect_timeout != FetchConfig::default().connect_timeout {
        words.push(format!("--connect-timeout {}", config.connect_timeout.as_secs_f64()));
    }
    match &config.proxy {
        Proxy::Environment => {}
        Proxy::Direct => words.push("--noproxy '*'".into()),
        Proxy::Url(url) => words.push(format!("--noproxy '' --proxy {}", shell(url))),
    }
    if config.path_as_is {
        words.push("--path-as-is".into());
    }
    if config.digest {
        words.push("--digest".into());
    }
    if config.only_success {
        words.push("--fail".into());
    }
    if let Some(path) = &config.output {
        words.push(format!("--output {}", shell_path(path)));
    }
    if outgoing.url.as_str().contains(['{', '}', '[', ']'])
        || config.path_as_is && config.url.contains(['{', '}', '[', ']'])
    {
        words.push("--globoff".into());
    }
    let url = if config.path_as_is { config.url.trim() } else { outgoing.url.as_str() };
    words.push(shell(url));
    Ok(format!("{}\n", words.join(" \\\n  ")))
}

/// What a command line of curl cannot say.
fn possible(config: &FetchConfig) -> Result<(), Impossible> {
    let impossible = match &config.body {
        RequestBody::Empty => None,
        _ if config.method == "HEAD" => Some(Impossible::CurlHead),
        RequestBody::Text(words) if words.contains('\0') => Some(Impossible::CurlZero),
        RequestBody::Parts(parts) if parts.iter().any(|part| part.name.contains('=')) => Some(Impossible::CurlPart),
        _ => None,
    };
    impossible.map_or(Ok(()), Err)
}

/// What one request alone cannot do.
fn at_once(config: &FetchConfig) -> Result<(), Impossible> {
    if config.digest { Err(Impossible::Digest) } else { Ok(()) }
}

/// Python with `socket` alone.
pub(super) fn python(config: &FetchConfig) -> Result<String, Impossible> {
    at_once(config)?;
    let (outgoing, host, port) = outgoing(config)?;
    let mut out = String::from("import re, socket, sys\n\n");
    let _ = writeln!(out, "body = {}", python_body(&outgoing.body));
    out.push_str("head = (\n");
    let head = outgoing.head(LENGTH);
    for line in head.split_inclusive('\n') {
        match line.split_once(LENGTH) {
            Some((before, after)) => {
                let format = format!("{before}%d{after}");
                let _ = writeln!(out, "    {} % len(body) +", bytes(format.as_bytes()));
            }
            None => {
                let _ = writeln!(out, "    {} +", bytes(line.as_bytes()));
            }
        }
    }
    // The last line ends the sum.
    out.truncate(out.len() - " +\n".len());
    let is_head = if config.method == "HEAD" { " or True" } else { "" };
    let _ = write!(
        out,
        r#"
)
with socket.create_connection(({host}, {port})) as s:
    s.sendall(head + body)
    s.settimeout({PATIENCE})
    answer = b""
    try:
        while piece := s.recv(65536):
            answer += piece
            start, end, rest = answer.partition(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length: *(\d+)", start)
            whole = length and len(rest) >= int(length[1]) or answer.endswith(b"\r\n0\r\n\r\n")
            if end and (whole{is_head}):
                break
    except socket.timeout:
        pass  # the server keeps the connection open
sys.stdout.buffer.write(answer)
"#,
        host = string(&host)
    );
    Ok(out)
}

fn python_body(pieces: &[Piece]) -> String {
    let terms: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(content) => bytes(content),
            Piece::File(path) => format!("open({}, \"rb\").read()", string(&path.to_string_lossy())),
        })
        .collect();
    if terms.is_empty() { "b\"\"".to_owned() } else { terms.join(" + ") }
}

/// Python with `http.client`.
pub(super) fn http_client(config: &FetchConfig) -> Result<String, Impossible> {
    at_once(config)?;
    let (outgoing, host, port) = outgoing(config)?;
    let head = outgoing.head(LENGTH);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let mut out = String::from("import http.client, sys\n\n");
    let _ = writeln!(out, "body = {}", python_body(&outgoing.body));
    let _ = writeln!(out, "connection = http.client.HTTPConnection({}, {port}, timeout=60)", string(&host));
    let (method, target) = (string(&config.method), string(target));
    let _ = writeln!(out, "connection.putrequest({method}, {target}, skip_host=True, skip_accept_encoding=True)");
    for line in head.trim_end().lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let value = match value {
            LENGTH => "len(body)".to_owned(),
            value if value.is_ascii() => string(value),
            value => bytes(value.as_bytes()),
        };
        let _ = writeln!(out, "connection.putheader({}, {value})", string(name));
    }
    out.push_str(
        r#"connection.endheaders(body or None)
answer = connection.getresponse()
print(answer.status, answer.reason)
for name, value in answer.getheaders():
    print(f"{name}: {value}")
print(flush=True)
sys.stdout.buffer.write(answer.read())
"#,
    );
    Ok(out)
}

/// A command line of `nc`, whichever it is.
pub(super) fn netcat(config: &FetchConfig) -> Result<String, Impossible> {
    at_once(config)?;
    let (outgoing, host, port) = outgoing(config)?;
    let fixed: usize = outgoing
        .body
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(content) => content.len(),
            Piece::File(_) => 0,
        })
        .sum();
    let files: Vec<String> = outgoing.files().map(|path| format!("$(wc -c < {})", shell_path(path))).collect();
    if config.headers.iter().any(|(_, value)| value.contains(LENGTH)) {
        return Err(Impossible::ShellByte);
    }
    let head = outgoing.head(LENGTH);
    let mut steps = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    match head.split_once(LENGTH) {
        Some((before, after)) if !files.is_empty() => {
            steps.push(format!("printf {}", printf(before.as_bytes())));
            steps.push(format!("printf %d $(({fixed} + {}))", files.join(" + ")));
            bytes.extend(after.as_bytes());
        }
        _ => bytes.extend(head.replace(LENGTH, &fixed.to_string()).as_bytes()),
    }
    for piece in &outgoing.body {
        match piece {
            Piece::Bytes(content) => bytes.extend(content),
            Piece::File(path) => {
                steps.push(format!("printf {}", printf(&std::mem::take(&mut bytes))));
                steps.push(format!("cat {}", shell_path(path)));
            }
        }
    }
    if !bytes.is_empty() {
        steps.push(format!("printf {}", printf(&bytes)));
    }
    let sending = match steps.as_slice() {
        [one] => one.clone(),
        many => format!("{{ {}; }}", many.join("; ")),
    };
    Ok(format!("{sending} | nc -w {PATIENCE} {} {port}\n", shell(&host)))
}
