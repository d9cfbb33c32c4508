//! The arguments of `get`, and the request they mean.

use std::{path::PathBuf, time::Duration};

use crate::{
    cli::{args::seconds, refusal::wrong},
    model::{FetchConfig, Part, PartValue, Proxy, RequestBody, Snippet},
    snippet::curl,
    words::text,
};

/// Arguments of `get`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Get {
    /// http://host:port/path
    #[arg(required_unless_present = "curl")]
    url: Option<String>,
    /// Save the body to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the head as well
    #[arg(long)]
    pub include: bool,
    /// Method of the request; GET, or POST when there is a body
    #[arg(long)]
    method: Option<String>,
    /// A header of the request, "Name: value"; "Name:" takes a usual one away; can be given again
    #[arg(long, value_name = "K: V", value_parser = header)]
    header: Vec<(String, String)>,
    /// Text to send as the body
    #[arg(long, value_name = "TEXT", group = "content")]
    body: Option<String>,
    /// A file to send as the body
    #[arg(long, value_name = "FILE", group = "content")]
    body_file: Option<PathBuf>,
    /// A field of a form to send, URL-encoded; can be given again
    #[arg(long, value_name = "K=V", value_parser = pair, group = "content")]
    form: Vec<(String, String)>,
    /// A field of a multipart form to send, or a file with K=@FILE; can be given again
    #[arg(long, value_name = "K=V", value_parser = pair, group = "content")]
    part: Vec<(String, String)>,
    /// Follow redirects, 10 or as many as said, and show each
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "10", require_equals = true)]
    follow: Option<u8>,
    /// Ask for a compressed body and decompress it
    #[arg(long)]
    compressed: bool,
    /// Take a body of more than 32 MiB as well, up to so many bytes (2000000, 500k, 2M, 1G)
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max: Option<u64>,
    /// Seconds that connecting may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    connect_timeout: Option<Duration>,
    /// Seconds that the first byte of the answer may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    first_byte_timeout: Option<Duration>,
    /// Seconds that each further byte may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    idle_timeout: Option<Duration>,
    /// Seconds that all of it may take
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// A proxy, `http://[user:password@]host:port`, instead of the one in the environment; `none` for none
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Say how long each step took
    #[arg(long)]
    pub timeline: bool,
    /// A curl command whose request is meant, in place of a URL
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["url", "content", "method", "header"])]
    curl: Option<String>,
    /// Print the request as a program instead of sending it
    #[arg(long = "as", value_name = "curl|python|http.client|nc")]
    pub print_as: Option<Snippet>,
}

impl Get {
    /// The request that is meant; ends the program with code 2 where a curl command cannot be read.
    pub(super) fn config(&self) -> FetchConfig {
        let mut config = match &self.curl {
            Some(command) => {
                let pasted = curl::parse(command).unwrap_or_else(|message| wrong(&message));
                for note in &pasted.notes {
                    crate::cli::stdio::status(note);
                }
                pasted.config
            }
            None => self.request(),
        };
        if let Some(limit) = self.connect_timeout {
            config.connect_timeout = limit;
        }
        if let Some(limit) = self.first_byte_timeout {
            config.first_byte_timeout = limit;
        }
        if let Some(limit) = self.idle_timeout {
            config.idle_timeout = limit;
        }
        config.whole_timeout = self.timeout.or(config.whole_timeout);
        config.redirects = self.follow.unwrap_or(config.redirects);
        config.decompress |= self.compressed;
        config.max = self.max.unwrap_or(config.max);
        if self.output.is_some() {
            config.output.clone_from(&self.output);
        }
        config.proxy = match self.proxy.as_deref() {
            None => config.proxy,
            Some("none") => Proxy::Direct,
            Some(url) => Proxy::Url(url.to_owned()),
        };
        config
    }

    fn request(&self) -> FetchConfig {
        let part = |(name, value): &(String, String)| {
            let value = match value.strip_prefix('@') {
                Some(path) => PartValue::File(path.into()),
                None => PartValue::Text(value.clone()),
            };
            Part { name: name.clone(), value }
        };
        let body = match (&self.body, &self.body_file) {
            (Some(text), _) => RequestBody::Text(text.clone()),
            (None, Some(path)) => RequestBody::File(path.clone()),
            (None, None) if !self.form.is_empty() => RequestBody::Form(self.form.clone()),
            (None, None) if !self.part.is_empty() => RequestBody::Parts(self.part.iter().map(part).collect()),
            (None, None) => RequestBody::Empty,
        };
        let usual = if body == RequestBody::Empty { "GET" } else { "POST" };
        FetchConfig {
            url: self.url.clone().unwrap_or_default(),
            method: self.method.clone().unwrap_or_else(|| usual.to_owned()),
            headers: self.header.clone(),
            body,
            ..FetchConfig::default()
        }
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(text!("write a header as \"Name: value\"").to_owned()),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err(text!("write a field as name=value").to_owned()),
    }
}

fn bytes(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (text.get(..at), 1000),
        Some((at, 'M')) => (text.get(..at), 1_000_000),
        Some((at, 'G')) => (text.get(..at), 1_000_000_000),
        _ => (Some(text), 1_u64),
    };
    let number = digits.and_then(|digits| digits.parse::<u64>().ok()).and_then(|number| number.checked_mul(unit));
    number.ok_or_else(|| text!("use a number of bytes, such as 2000000, 500k, 2M or 1G").to_owned())
}
