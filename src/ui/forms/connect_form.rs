//! The form of a client: its values as they are typed, and what they mean.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    model::{ConnectConfig, Endpoint, Failure, FetchConfig, SessionId, SocketOptions, halfwidth, split_host_port},
    ui::{
        forms::script_form::ScriptForm,
        kit::form::{Carrier, FieldErrors},
    },
    words::text,
};

pub use crate::ui::forms::{
    connect_fields::show,
    speak::{Called, Speak},
};

/// The fields of the form, as typed. Kept between runs.
#[expect(clippy::struct_excessive_bools, reason = "one check box each")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectForm {
    /// TCP, UDP, Unix or HTTP.
    pub speak: Speak,
    /// Host name, address, `host:port` or URL.
    pub host: String,
    /// Port.
    pub port: String,
    /// Path of a Unix socket.
    pub path: String,
    /// What follows host and port in a URL.
    pub resource: String,
    /// `GET`, `HEAD` …
    pub method: String,
    /// Seconds that connecting may take.
    pub timeout: String,
    /// Our own address and port; empty for the system's choice.
    pub source: String,
    /// Bytes one `recv` may return.
    pub recv_size: String,
    /// Seconds without traffic after which the connection is closed; empty for never.
    pub idle: String,
    /// `TCP_NODELAY`.
    pub nodelay: bool,
    /// `SO_KEEPALIVE`.
    pub keepalive: bool,
    /// Stay open when the peer half-closes.
    pub keep_half_open: bool,
    /// `SO_BROADCAST`.
    pub broadcast: bool,
    /// `IP_TTL`; empty for the system's.
    pub ttl: String,
    /// `IP_MULTICAST_TTL`; empty for the system's.
    pub multicast_ttl: String,
    /// Name or address of the adapter that groups are sent to over; empty for the system's choice.
    pub adapter: String,
    /// Options that have no field here; they stay as they were loaded.
    pub others: SocketOptions,
    /// What it says by itself.
    pub script: ScriptForm,
    /// The rarer options are shown.
    pub more: bool,
    /// The person tried to start, so that empty fields are pointed out as well.
    #[serde(skip)]
    pub tried: bool,
}

impl Default for ConnectForm {
    fn default() -> Self {
        let config = ConnectConfig::default();
        Self {
            speak: Speak::Tcp,
            host: config.host,
            port: config.port.to_string(),
            path: std::env::temp_dir().join("socketlab.sock").to_string_lossy().into_owned(),
            resource: "/".to_owned(),
            method: "GET".to_owned(),
            timeout: config.connect_timeout.as_secs().to_string(),
            source: String::new(),
            recv_size: crate::ui::kit::form::size(config.recv_size),
            idle: String::new(),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            // A person types here: who has heard the peer's FIN may still have something to say.
            keep_half_open: true,
            broadcast: config.options.broadcast,
            ttl: String::new(),
            multicast_ttl: String::new(),
            adapter: String::new(),
            others: SocketOptions::default(),
            script: ScriptForm::default(),
            more: false,
            tried: false,
        }
    }
}

/// What a form asks for when it is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A raw client.
    Raw(ConnectConfig),
    /// One HTTP request.
    Http(FetchConfig),
}

/// What the form needs to know besides its own fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectData<'a> {
    /// Why the last start from this form failed.
    pub failure: Option<&'a Failure>,
    /// The connected client that has exactly these values.
    pub running: Option<SessionId>,
    /// The start that was asked for and has not been answered.
    pub starting: Option<SessionId>,
    /// The keyboard goes into the first field, because the form has just been opened.
    pub focus: bool,
    /// Who was called last, the newest first.
    pub recent: &'a [Called],
    /// On a page beside other things: what is rare is in the dialog.
    pub brief: bool,
    /// The height that the fields have, above the buttons; as much as they need without it.
    pub room: Option<f32>,
}

impl ConnectForm {
    /// What the fields mean, or what is wrong with them.
    ///
    /// # Errors
    /// Every field that makes no sense, with the words to show under it.
    pub fn reach(&self) -> Result<Reach, FieldErrors> {
        let mut errors = FieldErrors::default();
        let timeout = errors.seconds("timeout", &self.timeout).unwrap_or(Duration::from_secs(10));
        let narrow = halfwidth(&self.host);
        let url = narrow.contains("://");
        // Signs of a path stay as they are.
        let host = if self.host.contains("://") { self.host.trim() } else { narrow.trim() };
        if host.is_empty() && !self.speak.has_path() {
            errors.add("host", text!("A name or an address, such as 127.0.0.1"));
        }
        if url || self.speak == Speak::Http {
            if host.starts_with("https://") {
                errors.add("host", text!("Only http:// so far; https is encrypted"));
            }
            let url = if url { host.to_owned() } else { self.assembled_url(host, &mut errors) };
            let config = FetchConfig {
                url,
                method: if self.method.trim().is_empty() { "GET".to_owned() } else { self.method.trim().to_owned() },
                connect_timeout: timeout,
                ..FetchConfig::default()
            };
            return if errors.is_empty() { Ok(Reach::Http(config)) } else { Err(errors) };
        }
        if self.speak.has_path() && self.path.trim().is_empty() {
            errors.add("path", text!("A path such as /tmp/socketlab.sock"));
        }
        let port = if self.speak.has_path() { 0 } else { errors.number("port", &self.port, (1, u16::MAX), 0) };
        let source = match self.source.trim() {
            "" => None,
            typed => {
                let source = typed.parse::<Endpoint>();
                if let Err(error) = &source {
                    errors.add("source", error.to_string());
                }
                source.ok()
            }
        };
        let config = ConnectConfig {
            transport: self.speak.carrier().transport(&self.path),
            host: host.to_owned(),
            port,
            source,
            connect_timeout: timeout,
            idle_timeout: errors.seconds("idle", &self.idle),
            recv_size: errors.size("recv_size", &self.recv_size),
            keep_half_open: self.keep_half_open,
            options: SocketOptions {
                nodelay: self.nodelay,
                keepalive: self.keepalive,
                broadcast: self.broadcast,
                ttl: errors.optional("ttl", &self.ttl, (1, 255)),
                multicast_ttl: errors.optional("multicast_ttl", &self.multicast_ttl, (0, 255)),
                adapter: Some(self.adapter.trim().to_owned()).filter(|name| !name.is_empty()),
                ..self.others.clone()
            },
        };
        self.script.crowd(&mut errors);
        if errors.is_empty() { Ok(Reach::Raw(config)) } else { Err(errors) }
    }

    /// Fills every field with the values of a client.
    pub fn load(&mut self, config: &ConnectConfig) {
        let fresh = Self::default();
        let path = config.transport.path().map(|path| path.to_string_lossy().into_owned());
        *self = Self {
            speak: Carrier::from(&config.transport).into(),
            path: path.unwrap_or_else(|| fresh.path.clone()),
            host: config.host.clone(),
            port: config.port.to_string(),
            timeout: config.connect_timeout.as_secs_f64().to_string(),
            source: config.source.as_ref().map_or_else(String::new, ToString::to_string),
            recv_size: crate::ui::kit::form::size(config.recv_size),
            idle: config.idle_timeout.map_or_else(String::new, |idle| idle.as_secs_f64().to_string()),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
            ttl: config.options.ttl.map_or_else(String::new, |ttl| ttl.to_string()),
            multicast_ttl: config.options.multicast_ttl.map_or_else(String::new, |ttl| ttl.to_string()),
            adapter: config.options.adapter.clone().unwrap_or_default(),
            others: config.options.clone(),
            ..fresh
        };
    }

    /// Fills the fields with one HTTP request.
    pub fn load_request(&mut self, config: &FetchConfig) {
        *self = Self {
            speak: Speak::Http,
            host: config.url.clone(),
            method: config.method.clone(),
            timeout: config.connect_timeout.as_secs_f64().to_string(),
            ..Self::default()
        };
    }

    fn assembled_url(&self, host: &str, errors: &mut FieldErrors) -> String {
        let port: u16 = errors.number("port", &self.port, (1, u16::MAX), 80);
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        let resource = self.resource.trim();
        let slash = if resource.starts_with('/') { "" } else { "/" };
        format!("http://{host}:{port}{slash}{resource}")
    }

    /// True when the host field holds a URL, which says all.
    #[must_use]
    pub fn is_url(&self) -> bool {
        halfwidth(&self.host).contains("://")
    }

    /// Leaves the host and the port of a URL, for who chooses to speak something else.
    pub(super) fn take_url_apart(&mut self) {
        let Ok(url) = url::Url::parse(halfwidth(&self.host).trim()) else { return };
        if let Some(host) = url.host_str() {
            host.trim_matches(['[', ']']).clone_into(&mut self.host);
        }
        if let Some(port) = url.port_or_known_default() {
            self.port = port.to_string();
        }
    }

    /// Whom the fields name.
    #[must_use]
    pub fn called(&self) -> Called {
        let (host, port) = match self.speak {
            speak if speak.has_path() => (&self.path, String::new()),
            _ if self.is_url() => (&self.host, String::new()),
            _ => (&self.host, self.port.trim().to_owned()),
        };
        Called { speak: self.speak, host: host.trim().to_owned(), port }
    }

    /// Puts one that was called before into the fields.
    pub(super) fn call(&mut self, called: &Called) {
        self.speak = called.speak;
        if called.speak.has_path() {
            self.path.clone_from(&called.host);
            return;
        }
        self.host.clone_from(&called.host);
        if !called.port.is_empty() {
            self.port.clone_from(&called.port);
        }
    }

    /// True when something among the rarer options is set, which the first page does not show.
    pub(super) fn has_rare(&self) -> bool {
        let common = Self {
            speak: self.speak,
            host: self.host.clone(),
            port: self.port.clone(),
            path: self.path.clone(),
            resource: self.resource.clone(),
            method: self.method.clone(),
            source: self.source.clone(),
            more: self.more,
            tried: self.tried,
            ..Self::default()
        };
        *self != common
    }

    /// `host:port` pasted into the host field goes where it belongs.
    pub(super) fn split_pasted(&mut self) {
        if self.host.contains("://") {
            return;
        }
        if let Some((host, port @ 1..)) = split_host_port(&self.host) {
            (self.host, self.port) = (host, port.to_string());
        }
    }

    pub(super) fn try_reach(&mut self) -> Option<Reach> {
        self.tried = true;
        let reach = self.reach().ok()?;
        self.tried = false;
        Some(reach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_is_taken_apart_and_an_ipv6_address_is_not() {
        for (typed, host, port) in [
            ("example.lan:80", "example.lan", "80"),
            ("[::1]:9000", "::1", "9000"),
            ("::1", "::1", "8000"),
            ("http://a:1/", "http://a:1/", "8000"),
            ("127.0.0.1：80", "127.0.0.1", "80"),
            ("【::1】：9000", "::1", "9000"),
        ] {
            let mut form = ConnectForm { host: typed.to_owned(), ..ConnectForm::default() };
            form.split_pasted();
            assert_eq!((form.host.as_str(), form.port.as_str()), (host, port));
        }
    }

    #[test]
    fn a_url_is_fetched_whatever_was_chosen() {
        let form = ConnectForm { host: "http://10.0.0.1/a.png".to_owned(), ..ConnectForm::default() };
        assert!(matches!(form.reach(), Ok(Reach::Http(config)) if config.url == "http://10.0.0.1/a.png"));
        let form = ConnectForm { speak: Speak::Http, host: "::1".to_owned(), ..ConnectForm::default() };
        assert!(matches!(form.reach(), Ok(Reach::Http(config)) if config.url == "http://[::1]:8000/"));
    }
}
