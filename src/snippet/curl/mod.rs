//! A curl command as a request, as browsers and people write it.

mod options;
mod words;

use std::{path::PathBuf, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use percent_encoding::utf8_percent_encode;
use url::form_urlencoded;

use crate::{
    http::client::{NAME, with_user},
    model::{FetchConfig, Part, PartValue, Proxy, RequestBody},
    snippet::NoCurl,
    words::text,
};

/// What a command means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The request.
    pub config: FetchConfig,
    /// What could not be taken over, a sentence each.
    pub notes: Vec<String>,
    /// The head is to be printed as well.
    pub include: bool,
}

/// True when a text is meant as a curl command.
#[must_use]
pub fn is_command(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first == "$" && text.trim_start_matches(['$', ' ']).starts_with("curl") || is_curl(first)
}

fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "curl" | "curl.exe")
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one option each")]
struct Reading {
    config: FetchConfig,
    notes: Vec<String>,
    method: Option<String>,
    /// Pieces of a body; each but those of `--json` goes after an `&`.
    data: Option<String>,
    query: Vec<String>,
    range: Option<String>,
    file: Option<PathBuf>,
    parts: Vec<Part>,
    is_get: bool,
    is_upload: bool,
    follows: bool,
    redirects: Option<u8>,
    kind: Option<&'static str>,
    /// Name and password.
    user: Option<String>,
    include: bool,
}

/// Reads a command for a POSIX shell, the Windows command prompt or PowerShell.
///
/// # Errors
///
/// When it is not a command of curl with a URL.
pub fn parse(command: &str) -> Result<Pasted, NoCurl> {
    let words::Words { words, variables } = words::split(command)?;
    let mut words = words.into_iter().peekable();
    while words.next_if(|word| word == "$").is_some() {}
    if !words.next().is_some_and(|word| is_curl(&word)) {
        return Err(NoCurl::OtherProgram);
    }
    let mut reading = Reading::default();
    for name in variables {
        reading
            .notes
            .push(text!("“{name}” is a variable or a command of the shell; it is sent as it stands", name = name));
    }
    while let Some(word) = words.next() {
        if word == "|" || word == ">" || word == "&&" || word == ";" {
            reading.notes.push(text!("“{word}” and what follows is left out", word = word));
            break;
        }
        if !word.starts_with('-') || word == "-" {
            reading.url(word);
            continue;
        }
        if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if options::takes_value(name) => (name.to_owned(), Some(value.to_owned())),
                _ => (word, None),
            };
            let value = if options::takes_value(&name) { value.or_else(|| words.next()) } else { None };
            reading.option(&name, value)?;
            continue;
        }
        // `-sSLX POST`, `-XPOST`.
        for (at, letter) in word.char_indices().skip(1) {
            let name = format!("-{letter}");
            if options::takes_value(&name) {
                let rest = word.get(at + letter.len_utf8()..).unwrap_or_default();
                let value = if rest.is_empty() { words.next() } else { Some(rest.to_owned()) };
                reading.option(&name, value)?;
                break;
            }
            reading.option(&name, None)?;
        }
    }
    reading.finish()
}

/// The words of a command alone, for tests of what writes them.
#[cfg(all(test, unix))]
pub(super) fn words_of(command: &str) -> Vec<String> {
    words::split(command).map(|words| words.words).unwrap_or_default()
}

impl Reading {
    fn url(&mut self, url: String) {
        if self.config.url.is_empty() {
            self.config.url = url;
        } else {
            self.notes.push(text!("only the first URL is taken; “{url}” is left out", url = url));
        }
    }

    fn header(&mut self, name: &str, value: String) {
        self.config.headers.push((name.to_owned(), value));
    }

    fn option(&mut self, name: &str, value: Option<String>) -> Result<(), NoCurl> {
        if options::takes_value(name) {
            let value = value.ok_or_else(|| NoCurl::NoValue(name.to_owned()))?;
            return self.valued(name, value);
        }
        match name {
            "-G" | "--get" => self.is_get = true,
            "-I" | "--head" => {
                self.method = Some("HEAD".into());
                self.include = true;
            }
            "-i" | "--include" | "--show-headers" => self.include = true,
            "-L" | "--location" | "--location-trusted" => self.follows = true,
            "--compressed" => self.config.decompress = true,
            "--path-as-is" => self.config.path_as_is = true,
            "-f" | "--fail" => self.config.only_success = true,
            "--digest" | "--anyauth" => self.config.digest = true,
            "-k" | "--insecure" => {
                self.notes.push(text!("{option} is about https, which is not spoken here", option = name));
            }
            quiet if options::is_quiet(quiet) => {}
            other => self.notes.push(text!("{option} is not known here and left out", option = other)),
        }
        Ok(())
    }

    fn valued(&mut self, name: &str, value: String) -> Result<(), NoCurl> {
        let seconds = |value: &str| {
            let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
            let span = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            span.ok_or_else(|| NoCurl::NoSeconds { option: name.to_owned(), value: value.to_owned() })
        };
        match name {
            "-X" | "--request" => self.method = Some(value),
            "-H" | "--header" => match value.split_once(':') {
                Some((key, content)) => self.header(key.trim(), content.trim().to_owned()),
                None if value.ends_with(';') => {
                    self.notes.push(text!("“{header}” without a value cannot be sent here", header = value));
                }
                None => self.notes.push(text!("“{header}” is not a header and left out", header = value)),
            },
            "-d" | "--data" | "--data-ascii" | "--data-binary" | "--json" => {
                if name == "--json" {
                    self.kind = Some("application/json");
                }
                match value.strip_prefix('@') {
                    Some(path) => {
                        if name == "-d" || name.starts_with("--data") && name != "--data-binary" {
                            self.notes.push(text!(
                                "{option} @{path} would leave out the line breaks of the file; here it is sent as it is",
                                option = name,
                                path = path
                            ));
                        }
                        if let Some(old) = self.file.replace(PathBuf::from(path)) {
                            self.notes
                                .push(text!("only one file can be the body; {path} is left out", path = old.display()));
                        }
                    }
                    None => self.data(&value, if name == "--json" { "" } else { "&" }),
                }
            }
            "--data-raw" => self.data(&value, "&"),
            "-T" | "--upload-file" => {
                self.file = Some(value.into());
                self.is_upload = true;
            }
            "--data-urlencode" => {
                if let Some(encoded) = self.urlencoded(&value) {
                    self.data(&encoded, "&");
                }
            }
            "--url-query" => {
                let encoded = match value.strip_prefix('+') {
                    Some(query) => Some(query.to_owned()),
                    None => self.urlencoded(&value),
                };
                self.query.extend(encoded);
            }
            "-r" | "--range" => self.range = Some(value),
            "--oauth2-bearer" => self.header("Authorization", format!("Bearer {value}")),
            "-F" | "--form" | "--form-string" => self.part(&value, name == "--form-string"),
            "-u" | "--user" => self.user = Some(if value.contains(':') { value } else { format!("{value}:") }),
            "-A" | "--user-agent" => self.header("User-Agent", value),
            "-e" | "--referer" => self.header("Referer", value.trim_end_matches(";auto").to_owned()),
            "-b" | "--cookie" if value.contains('=') => self.header("Cookie", value),
            "-o" | "--output" => self.config.output = Some(value.into()),
            "-x" | "--proxy" => self.config.proxy = Proxy::Url(value),
            "--noproxy" if value == "*" => self.config.proxy = Proxy::Direct,
            "--max-filesize" => self.config.max = value.parse().ok().filter(|max| *max > 0),
            "-m" | "--max-time" => self.config.whole_timeout = Some(seconds(&value)?),
            "--connect-timeout" => self.config.connect_timeout = seconds(&value)?,
            "--max-redirs" => self.redirects = Some(value.parse().unwrap_or(u8::MAX)),
            "--url" => self.url(value),
            other => self.notes.push(text!("{option} {value} is left out", option = other, value = value)),
        }
        Ok(())
    }

    fn data(&mut self, piece: &str, separator: &str) {
        match &mut self.data {
            Some(data) => {
                data.push_str(separator);
                data.push_str(piece);
            }
            None => self.data = Some(piece.to_owned()),
        }
    }

    /// `content`, `=content`, `name=content`; with `@` it would be a file.
    fn urlencoded(&mut self, value: &str) -> Option<String> {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        match value.find(['=', '@']).map(|at| (value.split_at(at), value.as_bytes().get(at))) {
            Some(((name, content), Some(b'='))) => {
                let content = encode(content.get(1..).unwrap_or_default());
                Some(if name.is_empty() { content } else { format!("{name}={content}") })
            }
            Some(_) => {
                self.notes.push(text!("--data-urlencode {value} reads a file and is left out", value = value));
                None
            }
            None => Some(encode(value)),
        }
    }

    fn part(&mut self, value: &str, literal: bool) {
        let Some((name, content)) = value.split_once('=') else {
            self.notes.push(text!("“{part}” is not a part of a form and left out", part = value));
            return;
        };
        let mut kind = None;
        let value = if literal {
            PartValue::Text(content.to_owned())
        } else {
            let is_file = content.starts_with('@');
            let (content, more) = part_value(content.strip_prefix('@').unwrap_or(content));
            for more in more.split_terminator(';').map(str::trim).filter(|more| !more.is_empty()) {
                match (more.strip_prefix("type="), &mut kind) {
                    (Some(given), kind) => *kind = Some(given.to_owned()),
                    // `type=text/plain; charset=x` goes on after its semicolon.
                    (None, Some(kind)) if !more.starts_with("filename=") => kind.extend(["; ", more]),
                    _ => self.notes.push(text!("“;{more}” of a part is left out", more = more)),
                }
            }
            if content.starts_with('<') {
                self.notes.push(text!("“{part}” reads a file, which is sent as text here", part = value));
            }
            if is_file { PartValue::File(content.into()) } else { PartValue::Text(content) }
        };
        self.parts.push(Part { name: name.to_owned(), value, kind });
    }

    fn finish(mut self) -> Result<Pasted, NoCurl> {
        if self.config.url.is_empty() {
            return Err(NoCurl::NoUrl);
        }
        let given =
            |headers: &[(String, String)], name: &str| headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        let has_data = self.data.is_some() || self.file.is_some();
        if self.is_get {
            self.query.extend(self.data.take());
        }
        if let (Some(_), Some(path)) = (&self.data, &self.file) {
            let words =
                text!("text and a file cannot be the body together; only {path} is sent", path = path.display());
            self.notes.push(words);
        }
        for query in &self.query {
            let sign = if self.config.url.contains('?') { '&' } else { '?' };
            self.config.url = format!("{}{sign}{query}", self.config.url);
        }
        if has_data && !self.is_get {
            let kind = self.kind.unwrap_or("application/x-www-form-urlencoded");
            if self.is_upload {
                self.method.get_or_insert_with(|| "PUT".into());
                if !given(&self.config.headers, "content-type") {
                    self.header("Content-Type", String::new());
                }
                let rest = self.config.url.split_once("://").map_or(&*self.config.url, |(_, rest)| rest);
                let (has_path, is_folder) = (rest.contains('/'), rest.ends_with('/'));
                if let Some(name) = self.file.as_ref().filter(|_| is_folder || !has_path) {
                    let name = name.file_name().unwrap_or_default().to_string_lossy();
                    let name = utf8_percent_encode(&name, NAME);
                    self.config.url = format!("{}{}{name}", self.config.url, if is_folder { "" } else { "/" });
                }
            } else if !given(&self.config.headers, "content-type") {
                self.header("Content-Type", kind.to_owned());
            }
            self.config.body = match self.file.take() {
                Some(path) => RequestBody::File(path),
                None => RequestBody::Text(self.data.take().unwrap_or_default()),
            };
            if self.kind.is_some() && !given(&self.config.headers, "accept") {
                self.config.headers.push(("Accept".into(), "application/json".into()));
            }
        } else if !self.parts.is_empty() {
            self.config.body = RequestBody::Parts(std::mem::take(&mut self.parts));
        }
        if let Some((name, password)) = self.user.take().as_deref().and_then(|pair| pair.split_once(':')) {
            if self.config.digest {
                self.config.url = with_user(&self.config.url, name, password);
            } else {
                let pair = BASE64_STANDARD.encode(format!("{name}:{password}"));
                self.config.headers.insert(0, ("Authorization".into(), format!("Basic {pair}")));
            }
        }
        match self.range.take() {
            Some(range) if self.config.body == RequestBody::Empty => self.header("Range", format!("bytes={range}")),
            Some(range) => self.notes.push(text!("{option} {value} is left out", option = "--range", value = range)),
            None => {}
        }
        let usual = if self.config.body == RequestBody::Empty { "GET" } else { "POST" };
        self.config.method = self.method.unwrap_or_else(|| usual.to_owned());
        if self.follows {
            self.config.redirects = self.redirects.unwrap_or(50);
        }
        Ok(Pasted { config: self.config, notes: self.notes, include: self.include })
    }
}

/// The content of a part, with quotes or up to a semicolon, and what is said about it after that.
fn part_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (content, more) = text.split_once(';').unwrap_or((text, ""));
        return (content.to_owned(), more);
    };
    let mut content = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (content, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => content.extend(chars.next().map(|(_, next)| next)),
            other => content.push(other),
        }
    }
    (text.to_owned(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(command: &str) -> FetchConfig {
        let pasted = parse(command).unwrap();
        assert_eq!(pasted.notes, Vec::<String>::new(), "{command}");
        pasted.config
    }

    #[test]
    fn what_browsers_copy_is_understood() {
        let bash = "curl 'http://a/b' \\\n  -H 'Accept: x' \\\n  --data-raw $'{\"k\":\"it\\'s\\u0021\"}' \\\n  --compressed --insecure";
        let pasted = parse(bash).unwrap();
        assert_eq!(pasted.config.body, RequestBody::Text("{\"k\":\"it's!\"}".into()));
        assert!(pasted.config.decompress && pasted.config.method == "POST");
        assert!(pasted.notes.len() == 1 && pasted.notes[0].contains("--insecure"));
        let cmd =
            "curl ^\"http://a/b?x=1^&y=2^\" ^\r\n  -H ^\"Accept: x^\" ^\r\n  --data-raw ^\"^{^\\^\"k^\\^\":1^}^\"";
        let config = read(cmd);
        assert_eq!((config.url.as_str(), &config.body), ("http://a/b?x=1&y=2", &RequestBody::Text("{\"k\":1}".into())));
        let lines = "curl ^\"http://a/^\" --data-raw ^\"one^\n\ntwo%^41^\"";
        assert_eq!(read(lines).body, RequestBody::Text("one\ntwo%41".into()));
        assert_eq!(read("curl a -d $'\\ud83d\\ude00'").body, RequestBody::Text("\u{1f600}".into()));
        let shell = "curl.exe \"http://a/\" `\n  -H 'X: it''s' `\n  -d \"a`\"b\"";
        let config = read(shell);
        assert_eq!(config.headers[0], ("X".to_owned(), "it's".to_owned()));
        assert_eq!(config.body, RequestBody::Text("a\"b".into()));
    }

    #[test]
    fn options_mean_what_they_mean_to_curl() {
        let config =
            read("curl -sSLXPUT -u me:it -A agent -e http://r/ -b 'k=v' -m 2.5 --connect-timeout 1 -o out a:1/");
        assert_eq!((config.method.as_str(), config.redirects), ("PUT", 50));
        assert_eq!(
            (config.whole_timeout, config.connect_timeout),
            (Some(Duration::from_millis(2500)), Duration::from_secs(1))
        );
        let names: Vec<&str> = config.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Authorization", "User-Agent", "Referer", "Cookie"]);
        assert_eq!(config.headers[0].1, "Basic bWU6aXQ=");
        let config = read("curl a/ -X PUT -r 1-2 --oauth2-bearer t --url-query 'q=a b'");
        assert_eq!((config.method.as_str(), config.url.as_str()), ("PUT", "a/?q=a+b"));
        assert!(config.headers.contains(&("Range".into(), "bytes=1-2".into())));
        assert!(config.headers.contains(&("Authorization".into(), "Bearer t".into())));
        for (command, url) in [
            ("curl a/ -T 'x y.txt'", "a/x%20y.txt"),
            ("curl http://a -T d/up-1_~.txt", "http://a/up-1_~.txt"),
            ("curl a/b -T x", "a/b"),
        ] {
            assert_eq!(read(command).url, url);
        }
        let digest = read("curl --digest -u 'me:i:t@' http://a/x?b --path-as-is");
        assert_eq!((digest.url.as_str(), digest.digest, digest.path_as_is), ("http://me:i%3At%40@a/x?b", true, true));
        assert!(digest.headers.is_empty(), "{:?}", digest.headers);
        for (command, include) in [("curl -I a", true), ("curl -si a", true), ("curl a", false)] {
            assert_eq!(parse(command).unwrap().include, include, "{command}");
        }
        let RequestBody::Parts(parts) = read("curl a -F 't=x;type=text/plain; charset=ascii'").body else { panic!() };
        assert_eq!(parts[0].kind.as_deref(), Some("text/plain; charset=ascii"));
        assert_eq!(read("curl a --json 1 --json 2").body, RequestBody::Text("12".into()));
        assert_eq!(read("curl -I a").method, "HEAD");
        assert_eq!(read("curl -G a -d x=1 --data-urlencode 'y=a b'").url, "a?x=1&y=a+b");
        assert_eq!(read("curl --url=a --data-binary @f").body, RequestBody::File("f".into()));
        let parts = read("curl a -F 'q=\"x;\\\"y\"' -F t=1 -F 'f=@\"p q\";type=image/png' --form-string 's=@x'").body;
        let part = |name: &str, value| Part { name: name.into(), value, kind: None };
        assert_eq!(
            parts,
            RequestBody::Parts(vec![
                part("q", PartValue::Text("x;\"y".into())),
                part("t", PartValue::Text("1".into())),
                Part { kind: Some("image/png".into()), ..part("f", PartValue::File("p q".into())) },
                part("s", PartValue::Text("@x".into())),
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let pasted = parse("curl a --cacert x --http3 -Z b -d @f -d x \"-HA: $B\" -z now -F 'a=1;x=y' | jq .").unwrap();
        for part in ["--cacert x", "--http3", "-Z", "“b”", "line breaks", "“|”", "only f", "“$B”", "-z now", "“;x=y”"]
        {
            assert!(pasted.notes.iter().any(|note| note.contains(part)), "{part}: {:?}", pasted.notes);
        }
        for (wrong, part) in [
            ("wget a", "curl"),
            ("curl -X", "value"),
            ("curl", "URL"),
            ("curl 'a", "quote"),
            ("curl a -m x", "seconds"),
        ] {
            assert!(parse(wrong).unwrap_err().to_string().contains(part), "{wrong}");
        }
        assert!(is_command("curl x") && is_command(" $ curl x") && is_command("/usr/bin/curl x"));
        assert!(!is_command("http://curl/") && !is_command("curly"));
    }
}
