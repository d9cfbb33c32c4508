//! The request that is meant.

use super::usage::Usage;
use crate::{
    cli::args::Get,
    http::client::{Outgoing, boundary, parse_url, proxy_for},
    model::{FetchConfig, Part, PartValue, Proxy, RequestBody, Snippet},
    snippet::{self, curl},
    words::Phrase,
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
}

impl Getting {
    pub(super) fn new(get: &Get) -> Result<Self, Usage> {
        let (mut config, notes) = match &get.curl {
            Some(command) => {
                let pasted = curl::parse(command).map_err(|error| Usage::new(error.to_string()))?;
                (pasted.config, pasted.notes)
            }
            None => (request(get), Vec::new()),
        };
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
        config.max = get.max.unwrap_or(config.max);
        if get.output.is_some() {
            config.output.clone_from(&get.output);
        }
        config.proxy = match get.proxy.as_deref() {
            None => config.proxy,
            Some("none") => Proxy::Direct,
            Some(url) => Proxy::Url(url.to_owned()),
        };
        check(&config).map_err(|words| Usage::new(words.to_string()))?;
        Ok(Self { config, notes, include: get.include, timeline: get.timeline })
    }

    /// The request as a program.
    pub(super) fn program(&self, kind: Snippet) -> Result<String, Usage> {
        snippet::request(kind, &self.config).map_err(|error| Usage::new(error.to_string()))
    }
}

/// What nobody could send. The proxy that the environment names is not of the command line: what is wrong with it is found
/// when it is asked.
fn check(config: &FetchConfig) -> Result<(), Phrase> {
    let url = parse_url(&config.url)?;
    let proxy = proxy_for(&config.proxy, &url, &|_| None)?;
    Outgoing::new(config, &boundary(), proxy.as_ref()).map(drop)
}

/// The request that the options describe.
fn request(get: &Get) -> FetchConfig {
    let part = |(name, value): &(String, String)| {
        let value = match value.strip_prefix('@') {
            Some(path) => PartValue::File(path.into()),
            None => PartValue::Text(value.clone()),
        };
        Part { name: name.clone(), value }
    };
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
