//! A curl command as a request, as browsers and people write it.

mod words;

use std::{path::PathBuf, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use url::form_urlencoded;

use crate::{
    model::{FetchConfig, Part, PartValue, Proxy, RequestBody},
    words::text,
};

/// What a command means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// The request.
    pub config: FetchConfig,
    /// What could not be taken over, a sentence each.
    pub notes: Vec<String>,
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

/// Options with a value that means nothing for plain HTTP here.
const FOREIGN: [&str; 20] = [
    "--cacert",
    "--capath",
    "--cert",
    "-E",
    "--key",
    "--ciphers",
    "--resolve",
    "--interface",
    "--limit-rate",
    "--retry",
    "--retry-delay",
    "--cookie-jar",
    "-c",
    "--config",
    "-K",
    "--write-out",
    "-w",
    "--range",
    "-r",
    "--unix-socket",
];
/// Options that only change what curl prints.
const QUIET: [&str; 22] = [
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-v",
    "--verbose",
    "-i",
    "--include",
    "-f",
    "--fail",
    "-N",
    "--no-buffer",
    "-#",
    "--progress-bar",
    "--no-progress-meter",
    "-g",
    "--globoff",
    "--path-as-is",
    "--http1.1",
    "-4",
    "-6",
    "-q",
];
/// Options with a value; those of one letter may have it in the same word.
const VALUED: [&str; 36] = [
    "-T",
    "--upload-file",
    "-X",
    "--request",
    "-H",
    "--header",
    "-d",
    "--data",
    "--data-ascii",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "-F",
    "--form",
    "--form-string",
    "-u",
    "--user",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-b",
    "--cookie",
    "-o",
    "--output",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--max-redirs",
    "--url",
    "--json",
    "--noproxy",
    "-U",
    "--proxy-user",
];

#[derive(Default)]
struct Reading {
    config: FetchConfig,
    notes: Vec<String>,
    method: Option<String>,
    data: Vec<String>,
    file: Option<PathBuf>,
    parts: Vec<Part>,
    is_get: bool,
    is_upload: bool,
    follows: bool,
    redirects: Option<u8>,
    kind: Option<&'static str>,
}

/// Reads a command for a POSIX shell, the Windows command prompt or PowerShell.
///
/// # Errors
///
/// In words, when it is not a command of curl with a URL.
pub fn parse(command: &str) -> Result<Pasted, String> {
    let mut words = words::split(command)?.into_iter().peekable();
    while words.next_if(|word| word == "$").is_some() {}
    if !words.next().is_some_and(|word| is_curl(&word)) {
        return Err(text!("this is not a curl command: it begins with “curl”").to_owned());
    }
    let mut reading = Reading::default();
    while let Some(word) = words.next() {
        if word == "|" || word == ">" || word == "&&" || word == ";" {
            reading.notes.push(text!("“{word}” and what follows is left out", word = word));
            break;
        }
        if !word.starts_with('-') || word == "-" {
            reading.url(word);
            continue;
        }
        let takes_value = |name: &str| VALUED.contains(&name) || FOREIGN.contains(&name);
        if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if takes_value(name) => (name.to_owned(), Some(value.to_owned())),
                _ => (word, None),
            };
            let value = if takes_value(&name) { value.or_else(|| words.next()) } else { None };
            reading.option(&name, value)?;
            continue;
        }
        // `-sSLX POST`, `-XPOST`.
        for (at, letter) in word.char_indices().skip(1) {
            let name = format!("-{letter}");
            if takes_value(&name) {
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

    fn option(&mut self, name: &str, value: Option<String>) -> Result<(), String> {
        if VALUED.contains(&name) || FOREIGN.contains(&name) {
            let value = value.ok_or_else(|| text!("{option} has no value", option = name))?;
            return self.valued(name, value);
        }
        match name {
            "-G" | "--get" => self.is_get = true,
            "-I" | "--head" => self.method = Some("HEAD".into()),
            "-L" | "--location" => self.follows = true,
            "--compressed" => self.config.decompress = true,
            "-k" | "--insecure" => {
                self.notes.push(text!("{option} is about https, which is not spoken here", option = name));
            }
            quiet if QUIET.contains(&quiet) => {}
            other => self.notes.push(text!("{option} is not known here and left out", option = other)),
        }
        Ok(())
    }

    fn valued(&mut self, name: &str, value: String) -> Result<(), String> {
        let seconds = |value: &str| {
            let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
            let span = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            span.ok_or_else(|| text!("{option} needs a number of seconds, not “{value}”", option = name, value = value))
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
                        if self.file.replace(PathBuf::from(path)).is_some() || !self.data.is_empty() {
                            self.notes.push(text!("only one file can be the body").to_owned());
                        }
                    }
                    None => self.data.push(value),
                }
            }
            "--data-raw" => self.data.push(value),
            "-T" | "--upload-file" => {
                self.file = Some(value.into());
                self.is_upload = true;
            }
            "--data-urlencode" => self.urlencode(&value),
            "-F" | "--form" | "--form-string" => self.part(&value, name == "--form-string"),
            "-u" | "--user" => {
                let pair = if value.contains(':') { value } else { format!("{value}:") };
                self.header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(pair)));
            }
            "-A" | "--user-agent" => self.header("User-Agent", value),
            "-e" | "--referer" => self.header("Referer", value.trim_end_matches(";auto").to_owned()),
            "-b" | "--cookie" if value.contains('=') => self.header("Cookie", value),
            "-o" | "--output" => self.config.output = Some(value.into()),
            "-x" | "--proxy" => self.config.proxy = Proxy::Url(value),
            "--noproxy" if value == "*" => self.config.proxy = Proxy::Direct,
            "-m" | "--max-time" => self.config.whole_timeout = Some(seconds(&value)?),
            "--connect-timeout" => self.config.connect_timeout = seconds(&value)?,
            "--max-redirs" => self.redirects = Some(value.parse().unwrap_or(u8::MAX)),
            "--url" => self.url(value),
            other => self.notes.push(text!("{option} {value} is left out", option = other, value = value)),
        }
        Ok(())
    }

    /// `content`, `=content`, `name=content`; with `@` it would be a file.
    fn urlencode(&mut self, value: &str) {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        match value.find(['=', '@']).map(|at| (value.split_at(at), value.as_bytes().get(at))) {
            Some(((name, content), Some(b'='))) => {
                let content = encode(content.get(1..).unwrap_or_default());
                self.data.push(if name.is_empty() { content } else { format!("{name}={content}") });
            }
            Some(((_, file), _)) => {
                self.notes.push(text!("--data-urlencode {file} reads a file and is left out", file = file));
            }
            None => self.data.push(encode(value)),
        }
    }

    fn part(&mut self, value: &str, literal: bool) {
        let Some((name, content)) = value.split_once('=') else {
            self.notes.push(text!("“{part}” is not a part of a form and left out", part = value));
            return;
        };
        let value = if let Some(file) = content.strip_prefix('@').filter(|_| !literal) {
            let mut pieces = file.split(';');
            let path = pieces.next().unwrap_or_default().trim_matches('"');
            if let Some(more) = pieces.find(|more| !more.trim_start().starts_with("type=")) {
                self.notes.push(text!("“;{more}” of a file is left out", more = more));
            }
            PartValue::File(path.into())
        } else {
            if !literal && content.starts_with('<') {
                self.notes.push(text!("“{part}” reads a file, which is sent as text here", part = value));
            }
            PartValue::Text(content.to_owned())
        };
        self.parts.push(Part { name: name.to_owned(), value });
    }

    fn finish(mut self) -> Result<Pasted, String> {
        if self.config.url.is_empty() {
            return Err(text!("the command has no URL").to_owned());
        }
        let given =
            |headers: &[(String, String)], name: &str| headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        let has_data = !self.data.is_empty() || self.file.is_some();
        let data = self.data.join("&");
        if self.is_get && has_data {
            let sign = if self.config.url.contains('?') { '&' } else { '?' };
            self.config.url = format!("{}{sign}{data}", self.config.url);
        } else if has_data {
            let kind = self.kind.unwrap_or("application/x-www-form-urlencoded");
            if self.is_upload {
                self.method.get_or_insert_with(|| "PUT".into());
            } else if !given(&self.config.headers, "content-type") {
                self.header("Content-Type", kind.to_owned());
            }
            self.config.body = match self.file {
                Some(path) => RequestBody::File(path),
                None => RequestBody::Text(data),
            };
            if self.kind.is_some() && !given(&self.config.headers, "accept") {
                self.config.headers.push(("Accept".into(), "application/json".into()));
            }
        } else if !self.parts.is_empty() {
            self.config.body = RequestBody::Parts(self.parts);
        }
        let usual = if self.config.body == RequestBody::Empty { "GET" } else { "POST" };
        self.config.method = self.method.unwrap_or_else(|| usual.to_owned());
        if self.follows {
            self.config.redirects = self.redirects.unwrap_or(50);
        }
        Ok(Pasted { config: self.config, notes: self.notes })
    }
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
        assert_eq!(read("curl -I a").method, "HEAD");
        assert_eq!(read("curl -G a -d x=1 --data-urlencode 'y=a b'").url, "a?x=1&y=a+b");
        assert_eq!(read("curl --url=a --data-binary @f").body, RequestBody::File("f".into()));
        let parts = read("curl a -F t=1 -F 'f=@\"p q\";type=image/png' --form-string 's=@x'").body;
        let part = |name: &str, value| Part { name: name.into(), value };
        assert_eq!(
            parts,
            RequestBody::Parts(vec![
                part("t", PartValue::Text("1".into())),
                part("f", PartValue::File("p q".into())),
                part("s", PartValue::Text("@x".into())),
            ])
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let pasted = parse("curl a --cacert x --http3 -Z b -d @f | jq .").unwrap();
        for part in ["--cacert x", "--http3", "-Z", "“b”", "line breaks", "“|”"] {
            assert!(pasted.notes.iter().any(|note| note.contains(part)), "{part}: {:?}", pasted.notes);
        }
        for (wrong, part) in [
            ("wget a", "curl"),
            ("curl -X", "value"),
            ("curl", "URL"),
            ("curl 'a", "quote"),
            ("curl a -m x", "seconds"),
        ] {
            assert!(parse(wrong).unwrap_err().contains(part), "{wrong}");
        }
        assert!(is_command("curl x") && is_command(" $ curl x") && is_command("/usr/bin/curl x"));
        assert!(!is_command("http://curl/") && !is_command("curly"));
    }
}
