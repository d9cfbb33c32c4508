//! The request that is meant.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::usage::Usage;
use crate::{
    cli::args::Get,
    http::client::{Outgoing, boundary, parse_url, proxy_for, with_user},
    model::{FetchConfig, Part, Proxy, RequestBody, Snippet},
    snippet::{self, curl},
    words::{Phrase, is_hidden, text},
};

/// A request, and what is said of its answer.
#[derive(Debug)]
pub(in crate::cli) struct Getting {
    pub config: FetchConfig,
    /// What a pasted command asked for and does not mean here.
    pub notes: Vec<String>,
    /// The head is printed as well.
    pub include: bool,
    /// How long each step took is said.
    pub timeline: bool,
    /// The path is sent otherwise than it was typed.
    pub is_retyped: bool,
}

impl Getting {
    pub(super) fn new(get: &Get) -> Result<Self, Usage> {
        let (mut config, notes, mut include) = match &get.curl {
            Some(command) => {
                let pasted = curl::parse(command).map_err(|error| Usage::new(error.to_string()))?;
                (pasted.config, pasted.notes, pasted.include)
            }
            None => (request(get), Vec::new(), false),
        };
        // All that an answer to HEAD has is its head.
        include |= get.include || config.method == "HEAD";
        if let Some(limit) = get.connect_timeout {
            config.connect_timeout = limit;
        }
        if let Some(limit) = get.first_byte_timeout {
            config.first_byte_timeout = limit;
        }
        if let Some(limit) = get.idle_timeout {
            config.idle_timeout = limit;
        }
        config.whole_timeout = get.timeout.or(config.whole_timeout);
        config.redirects = get.follow.unwrap_or(config.redirects);
        config.decompress |= get.compressed;
        config.max = get.max.or(config.max);
        config.digest |= get.digest;
        config.path_as_is |= get.path_as_is;
        config.only_success |= get.fail;
        if let Some((name, password)) = &get.user {
            config.url = with_user(&config.url, name, password);
        }
        if get.output.is_some() {
            config.output.clone_from(&get.output);
        }
        config.proxy = match get.proxy.as_deref() {
            None => config.proxy,
            Some("none") => Proxy::Direct,
            Some(url) => Proxy::Url(url.to_owned()),
        };
        let is_retyped = check(&config).map_err(|words| Usage::new(words.to_string()))?;
        if get.remote_name {
            config.output = Some(named_by(&config)?);
        }
        Ok(Self { config, notes, include, timeline: get.timeline, is_retyped })
    }

    /// The request as a program.
    pub(super) fn program(&self, kind: Snippet) -> Result<String, Usage> {
        snippet::request(kind, &self.config).map_err(|error| Usage::new(error.to_string()))
    }
}

/// What nobody could send; otherwise whether the path is sent otherwise than it was typed. The proxy that the environment names is not of the command line: what is wrong with it is found
/// when it is asked.
fn check(config: &FetchConfig) -> Result<bool, Phrase> {
    let url = parse_url(&config.url)?;
    let proxy = proxy_for(&config.proxy, &url, &|_| None)?;
    Ok(Outgoing::new(config, &boundary(), proxy.as_ref())?.retyped().is_some())
}

/// The file that the end of a URL names, in this folder.
fn named_by(config: &FetchConfig) -> Result<PathBuf, Usage> {
    let url = parse_url(&config.url).map_err(|words| Usage::new(words.to_string()))?;
    let last = url.path_segments().and_then(Iterator::last).unwrap_or_default();
    let name = percent_decode_str(last).decode_utf8_lossy();
    let is_plain =
        !name.contains(['/', '\\', ':']) && !name.chars().any(is_hidden) && !matches!(&*name, "" | "." | "..");
    if is_plain {
        return Ok(PathBuf::from(&*name));
    }
    Err(Usage::new(text!("the URL does not end with the name of a file; say one with --output FILE")))
}

/// The request that the options describe.
fn request(get: &Get) -> FetchConfig {
    let part = |(name, value): &(String, String)| Part::typed(name.clone(), value);
    let body = match (&get.body, &get.body_file) {
        (Some(text), _) => RequestBody::Text(text.clone()),
        (None, Some(path)) => RequestBody::File(path.clone()),
        (None, None) if !get.form.is_empty() => RequestBody::Form(get.form.clone()),
        (None, None) if !get.part.is_empty() => RequestBody::Parts(get.part.iter().map(part).collect()),
        (None, None) => RequestBody::Empty,
    };
    let usual = if body == RequestBody::Empty { "GET" } else { "POST" };
    FetchConfig {
        url: get.url.clone().unwrap_or_default(),
        method: get.method.clone().unwrap_or_else(|| usual.to_owned()),
        headers: get.header.clone(),
        body,
        ..FetchConfig::default()
    }
}
