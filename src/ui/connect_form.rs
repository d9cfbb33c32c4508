//! The form of a client: its values as they are typed, what they mean, and how it is drawn.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use egui::{Align, Layout, Ui};
use serde::{Deserialize, Serialize};

use super::{
    form::{self, FieldErrors, PORT},
    icons,
    intent::Intent,
    kit::{self, Button, Select, TextField},
    theme::{CONTROL_MAIN, SPACE, SPACE_SMALL},
};
use crate::{
    model::{ConnectConfig, Failure, FetchConfig, RecvSize, SessionId, SocketOptions, Transport},
    words::text,
};

/// What a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speak {
    /// Bytes over TCP.
    #[default]
    Tcp,
    /// Datagrams.
    Udp,
    /// Bytes over a Unix socket.
    Unix,
    /// One HTTP request.
    Http,
}

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
    /// The rarer options are shown.
    #[serde(skip)]
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
            recv_size: config.recv_size.get().to_string(),
            idle: String::new(),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
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
    /// A start was asked for and has not been answered.
    pub starting: bool,
    /// The keyboard goes into the first field, because the form has just been opened.
    pub focus: bool,
}

impl ConnectForm {
    /// What the fields mean, or what is wrong with them.
    ///
    /// # Errors
    /// Every field that makes no sense, with the words to show under it.
    pub fn reach(&self) -> Result<Reach, FieldErrors> {
        let mut errors = FieldErrors::default();
        let timeout = errors.seconds("timeout", &self.timeout).unwrap_or(Duration::from_secs(10));
        let host = self.host.trim();
        let url = host.contains("://");
        if host.is_empty() && self.speak != Speak::Unix {
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
        let transport = match self.speak {
            Speak::Unix if self.path.trim().is_empty() => {
                errors.add("path", text!("A path such as /tmp/socketlab.sock"));
                Transport::Tcp
            }
            Speak::Unix => Transport::Unix(PathBuf::from(self.path.trim())),
            Speak::Udp => Transport::Udp,
            Speak::Tcp | Speak::Http => Transport::Tcp,
        };
        let port = match self.speak {
            Speak::Unix => 0,
            _ => errors.number("port", &self.port, (1, u16::MAX), 0),
        };
        let source = match self.source.trim() {
            "" => None,
            typed => {
                let source = typed.parse::<SocketAddr>().ok();
                if source.is_none() {
                    errors.add("source", text!("Address and port, such as 127.0.0.1:0"));
                }
                source
            }
        };
        let config = ConnectConfig {
            transport,
            host: host.to_owned(),
            port,
            source,
            connect_timeout: timeout,
            idle_timeout: errors.seconds("idle", &self.idle),
            recv_size: errors
                .number("recv_size", &self.recv_size, (1, RecvSize::MAX), 1024)
                .try_into()
                .unwrap_or_default(),
            keep_half_open: self.keep_half_open,
            options: SocketOptions {
                nodelay: self.nodelay,
                keepalive: self.keepalive,
                broadcast: self.broadcast,
                ..SocketOptions::default()
            },
        };
        if errors.is_empty() { Ok(Reach::Raw(config)) } else { Err(errors) }
    }

    /// Fills every field with the values of a client.
    pub fn load(&mut self, config: &ConnectConfig) {
        let fresh = Self::default();
        let (speak, path) = match &config.transport {
            Transport::Tcp => (Speak::Tcp, fresh.path.clone()),
            Transport::Udp => (Speak::Udp, fresh.path.clone()),
            Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
                (Speak::Unix, path.to_string_lossy().into_owned())
            }
        };
        *self = Self {
            speak,
            path,
            host: config.host.clone(),
            port: config.port.to_string(),
            timeout: config.connect_timeout.as_secs_f64().to_string(),
            source: config.source.map_or_else(String::new, |source| source.to_string()),
            recv_size: config.recv_size.get().to_string(),
            idle: config.idle_timeout.map_or_else(String::new, |idle| idle.as_secs_f64().to_string()),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
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

    /// `host:port` pasted into the host field goes where it belongs.
    fn split_pasted(&mut self) {
        if self.host.contains("://") {
            return;
        }
        let Some((host, port)) = self.host.trim().rsplit_once(':') else { return };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
        // An IPv6 address without brackets has colons of its own.
        if is_port && (!host.contains(':') || self.host.contains("]:")) {
            self.port = port.to_owned();
            self.host = host.to_owned();
        }
    }

    fn try_reach(&mut self) -> Option<Reach> {
        self.tried = true;
        let reach = self.reach().ok()?;
        self.tried = false;
        Some(reach)
    }
}

/// Draws the form and pushes what the person asks for.
pub fn show(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, intents: &mut Vec<Intent>) {
    let errors = form.reach().err().unwrap_or_default();
    let is_url = form.host.contains("://");
    let mut start = if form.speak == Speak::Unix {
        let response = form::text(ui, "path", text!("Path"), "/tmp/socketlab.sock", &mut form.path, &errors);
        form::entered(ui, &response)
    } else {
        address_row(ui, form, is_url, data.focus, &errors)
    };
    form::row_gap(ui);
    let mut options = vec![(Speak::Tcp, text!("Raw TCP")), (Speak::Udp, text!("Raw UDP"))];
    if cfg!(unix) {
        options.push((Speak::Unix, text!("Raw Unix socket")));
    }
    options.push((Speak::Http, text!("HTTP: get a page or a picture")));
    let label = text!("Speak");
    let width = ui.available_width();
    if is_url {
        form.speak = Speak::Http;
    }
    kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.speak, &options).width(width)));
    if form.speak == Speak::Http {
        start |= http_row(ui, form, is_url, &errors);
    }
    if form.more {
        more(ui, form, &errors);
    }
    ui.add_space(SPACE * 2.0);
    start |= actions(ui, form, data, intents);
    if start {
        match form.try_reach() {
            Some(Reach::Raw(config)) => intents.push(Intent::Connect(Box::new(config))),
            Some(Reach::Http(config)) => intents.push(Intent::Fetch(Box::new(config))),
            None => {}
        }
    }
    if let Some(failure) = data.failure {
        // A taken port can only be that of the source address here; nothing to offer instead.
        let _ = form::failure(ui, failure, 0);
    }
}

fn address_row(ui: &mut Ui, form: &mut ConnectForm, is_url: bool, focus: bool, errors: &FieldErrors) -> bool {
    let all = ui.available_width();
    let wide = if is_url { all } else { all - PORT - form::GAP };
    let entered = form::columns(ui, |ui| {
        let host = form::column(ui, wide, |ui| {
            let label = text!("Host or URL");
            let wrong = errors.of("host").is_some();
            kit::field(ui, label, None, |ui| {
                let field = TextField::new(label, &mut form.host).hint(text!("name, address or http://…"));
                ui.add(field.mono(true).error(wrong).width(wide))
            })
        });
        if focus {
            host.request_focus();
        }
        if host.lost_focus() {
            form.split_pasted();
        }
        let mut entered = form::entered(ui, &host);
        if !is_url {
            form::column(ui, PORT, |ui| {
                let label = text!("Port");
                let wrong = errors.of("port").is_some();
                let port = kit::field(ui, label, None, |ui| {
                    ui.add(TextField::new(label, &mut form.port).mono(true).error(wrong).width(PORT))
                });
                entered |= form::entered(ui, &port);
            });
        }
        entered
    });
    if let Some(error) = errors.of("host") {
        ui.add_space(SPACE_SMALL);
        kit::field_message(ui, error);
    } else if let Some(error) = errors.of("port") {
        ui.add_space(SPACE_SMALL);
        ui.with_layout(Layout::top_down(Align::Max), |ui| kit::field_message(ui, error));
    }
    entered
}

fn http_row(ui: &mut Ui, form: &mut ConnectForm, is_url: bool, errors: &FieldErrors) -> bool {
    form::row_gap(ui);
    let method = 104.0;
    let wide = ui.available_width() - method - form::GAP;
    form::columns(ui, |ui| {
        form::column(ui, method, |ui| {
            let label = text!("Method");
            let options = ["GET", "HEAD", "OPTIONS", "DELETE"].map(|word| (word.to_owned(), word));
            kit::field(ui, label, None, |ui| ui.add(Select::new(label, &mut form.method, &options).width(method)));
        });
        if is_url {
            return false;
        }
        let path = form::column(ui, wide, |ui| {
            form::text(ui, "resource", text!("Path and query"), "/", &mut form.resource, errors)
        });
        form::entered(ui, &path)
    })
}

fn more(ui: &mut Ui, form: &mut ConnectForm, errors: &FieldErrors) {
    let half = (ui.available_width() - form::GAP) / 2.0;
    let raw = form.speak != Speak::Http;
    form::row_gap(ui);
    form::columns(ui, |ui| {
        form::column(ui, half, |ui| {
            form::text(ui, "timeout", text!("Connect time-out, seconds"), "10", &mut form.timeout, errors);
        });
        if raw {
            form::column(ui, half, |ui| {
                form::text(ui, "idle", text!("Idle time-out, seconds"), text!("never"), &mut form.idle, errors);
            });
        }
    });
    if !raw {
        return;
    }
    form::row_gap(ui);
    form::columns(ui, |ui| {
        form::column(ui, half, |ui| {
            form::text(ui, "recv_size", text!("Receive size, bytes"), "1024", &mut form.recv_size, errors);
        });
        if form.speak != Speak::Unix {
            form::column(ui, half, |ui| {
                let hint = text!("the system chooses");
                form::text(ui, "source", text!("Source address and port"), hint, &mut form.source, errors);
            });
        }
    });
    ui.add_space(SPACE_SMALL);
    if form.speak == Speak::Tcp {
        kit::checkbox(ui, &mut form.nodelay, text!("Send small pieces at once (TCP_NODELAY)"));
        kit::checkbox(ui, &mut form.keepalive, text!("Probe an idle connection (SO_KEEPALIVE)"));
    }
    if form.speak == Speak::Udp {
        kit::checkbox(ui, &mut form.broadcast, text!("Allow broadcast (SO_BROADCAST)"));
    } else {
        kit::checkbox(ui, &mut form.keep_half_open, text!("Stay open when the peer half-closes"));
    }
}

fn actions(ui: &mut Ui, form: &mut ConnectForm, data: ConnectData<'_>, intents: &mut Vec<Intent>) -> bool {
    let mut start = false;
    ui.horizontal(|ui| {
        let words = match (form.speak, data.starting, data.running) {
            (_, true, _) => text!("Connecting…"),
            (Speak::Http, ..) => text!("Get"),
            (Speak::Udp, ..) => text!("Open"),
            (_, _, Some(_)) => text!("Connect again"),
            _ => text!("Connect"),
        };
        let button = Button::primary(None, words).height(CONTROL_MAIN);
        start = ui.add_enabled(!data.starting, button).clicked();
        // Several clients of one listener are a usual experiment, so connecting stays possible.
        if let Some(session) = data.running
            && ui.add(Button::raised(icons::STOP, text!("Disconnect")).height(CONTROL_MAIN)).clicked()
        {
            intents.push(Intent::Stop(session));
        }
        let words = if form.more { text!("Fewer options") } else { text!("More options…") };
        if ui.add(Button::quiet(None, words).height(CONTROL_MAIN)).clicked() {
            form.more = !form.more;
        }
    });
    start
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
