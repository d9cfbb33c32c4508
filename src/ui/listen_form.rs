//! The form of a listener: its values as they are typed, and what they mean.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::form::{Carrier, FieldErrors};
use crate::{
    model::{AcceptPolicy, Failure, ListenConfig, Recipe, RecvSize, Route, SessionId, Site, SocketOptions, Transport},
    words::text,
};

pub use super::listen_fields::show;

/// What a listener answers, without its details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The same bytes.
    #[default]
    Echo,
    /// In capitals.
    Upper,
    /// Always the same.
    Reply,
    /// Nothing.
    Discard,
    /// Date and time.
    Daytime,
    /// Everyone hears everyone.
    Chat,
    /// Characters without end.
    Chargen,
    /// The user types.
    Nobody,
    /// An HTTP page with a picture.
    Picture,
    /// A folder over HTTP.
    Folder,
    /// A table of answers over HTTP, edited while it runs.
    Routes,
    /// What a lab brought and no field here can say: [`ListenForm::preset`].
    Preset,
}

/// How many callers at once, without the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Callers {
    /// One task for each.
    #[default]
    Each,
    /// One after the other.
    One,
    /// A fixed number.
    Limit,
}

/// The fields of the form, as typed. Kept between runs.
#[expect(clippy::struct_excessive_bools, reason = "one check box each")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListenForm {
    /// TCP, UDP or Unix.
    pub carrier: Carrier,
    /// Address to bind.
    pub bind: String,
    /// Port, 0 for a free one.
    pub port: String,
    /// Path of a Unix socket.
    pub path: String,
    /// What is answered.
    pub answer: Answer,
    /// The fixed reply; `\n` and the like are escapes.
    pub reply: String,
    /// A connection is closed after so many answers; empty for never.
    pub close_after: String,
    /// The picture of the HTTP page.
    pub picture: String,
    /// The folder served by HTTP.
    pub folder: String,
    /// Length of the accept queue.
    pub backlog: String,
    /// How many callers at once.
    pub callers: Callers,
    /// The number for [`Callers::Limit`].
    pub limit: String,
    /// Bytes one `recv` may return.
    pub recv_size: String,
    /// Seconds without traffic after which a connection is closed; empty for never.
    pub idle: String,
    /// `SO_RCVBUF`; empty for the system's.
    pub recv_buffer: String,
    /// `SO_SNDBUF`; empty for the system's.
    pub send_buffer: String,
    /// `TCP_NODELAY`.
    pub nodelay: bool,
    /// `SO_KEEPALIVE`.
    pub keepalive: bool,
    /// Stay open when the peer half-closes.
    pub keep_half_open: bool,
    /// `SO_BROADCAST`.
    pub broadcast: bool,
    /// The listener that a lab filled the form with. What no field shows is taken from it.
    #[serde(skip)]
    pub preset: Option<Box<ListenConfig>>,
    /// The rarer options are shown.
    #[serde(skip)]
    pub more: bool,
    /// The person tried to start, so that empty fields are pointed out as well.
    #[serde(skip)]
    pub tried: bool,
}

impl Default for ListenForm {
    fn default() -> Self {
        let config = ListenConfig::default();
        Self {
            carrier: Carrier::Tcp,
            bind: config.bind,
            port: config.port.to_string(),
            path: std::env::temp_dir().join("socketlab.sock").to_string_lossy().into_owned(),
            answer: Answer::Echo,
            reply: text!("I hear you").to_owned(),
            close_after: String::new(),
            picture: String::new(),
            folder: String::new(),
            backlog: config.backlog.to_string(),
            callers: Callers::Each,
            limit: "4".to_owned(),
            recv_size: config.recv_size.get().to_string(),
            idle: String::new(),
            recv_buffer: String::new(),
            send_buffer: String::new(),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
            preset: None,
            more: false,
            tried: false,
        }
    }
}

/// An address of this machine that a listener can be bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindChoice {
    /// What is bound, `192.168.1.17`.
    pub address: String,
    /// What is shown, `Wi-Fi wlan0 · 192.168.1.17`.
    pub label: String,
}

/// What the form needs to know besides its own fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListenData<'a> {
    /// This machine's addresses, best one for another PC first. Loopback and “all” are added by the form.
    pub addresses: &'a [BindChoice],
    /// Why the last start from this form failed.
    pub failure: Option<&'a Failure>,
    /// The running listener that has exactly these values.
    pub running: Option<SessionId>,
    /// A start was asked for and has not been answered.
    pub starting: bool,
    /// The keyboard goes into the first field, because the form has just been opened.
    pub focus: bool,
}

impl ListenForm {
    /// What the fields mean, or what is wrong with them.
    ///
    /// # Errors
    /// Every field that makes no sense, with the words to show under it.
    pub fn config(&self) -> Result<ListenConfig, FieldErrors> {
        let mut errors = FieldErrors::default();
        let port = match self.carrier {
            Carrier::Tcp | Carrier::Udp => errors.number("port", &self.port, (0, u16::MAX), 0),
            Carrier::Unix => 0,
        };
        let recipe = self.recipe(&mut errors);
        let http = matches!(recipe, Recipe::Http(_));
        let transport = match self.carrier {
            Carrier::Udp if !http => Transport::Udp,
            Carrier::Unix if self.path.trim().is_empty() => {
                errors.add("path", text!("A path such as /tmp/socketlab.sock"));
                Transport::Tcp
            }
            Carrier::Unix => {
                let path = PathBuf::from(self.path.trim());
                match self.preset.as_ref().map(|preset| &preset.transport) {
                    Some(Transport::UnixDatagram(_)) => Transport::UnixDatagram(path),
                    _ => Transport::Unix(path),
                }
            }
            Carrier::Udp | Carrier::Tcp => Transport::Tcp,
        };
        let config = ListenConfig {
            transport,
            bind: self.bind.clone(),
            port,
            backlog: errors.number("backlog", &self.backlog, (1, 65_535), 128),
            accept: match self.callers {
                Callers::Each => AcceptPolicy::Each,
                Callers::One => AcceptPolicy::One,
                Callers::Limit => AcceptPolicy::Limit(errors.number("limit", &self.limit, (1, 1_000_000), 1)),
            },
            recv_size: errors
                .number("recv_size", &self.recv_size, (1, RecvSize::MAX), 1024)
                .try_into()
                .unwrap_or_default(),
            recipe,
            serving: self.preset.as_ref().map(|preset| preset.serving.clone()).unwrap_or_default(),
            close_after: match self.answer {
                Answer::Picture
                | Answer::Folder
                | Answer::Routes
                | Answer::Nobody
                | Answer::Discard
                | Answer::Chat
                | Answer::Chargen => None,
                _ => errors.optional("close_after", &self.close_after, (1, u32::MAX)),
            },
            idle_timeout: errors.seconds("idle", &self.idle),
            keep_half_open: self.keep_half_open,
            stop_after: self.preset.as_ref().and_then(|preset| preset.stop_after),
            accept_delay: self.preset.as_ref().and_then(|preset| preset.accept_delay),
            fallback: self.preset.as_ref().is_some_and(|preset| preset.fallback),
            options: SocketOptions {
                nodelay: self.nodelay,
                keepalive: self.keepalive,
                recv_buffer: errors.optional("recv_buffer", &self.recv_buffer, (1, 1 << 30)),
                send_buffer: errors.optional("send_buffer", &self.send_buffer, (1, 1 << 30)),
                ttl: None,
                broadcast: self.broadcast,
            },
        };
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }

    fn recipe(&self, errors: &mut FieldErrors) -> Recipe {
        let mut path = |field: &'static str, value: &str, missing: &str| {
            if value.trim().is_empty() && self.tried {
                errors.add(field, missing);
            }
            PathBuf::from(value.trim())
        };
        match self.answer {
            Answer::Echo => Recipe::Echo,
            Answer::Preset => self.preset.as_ref().map_or(Recipe::Echo, |preset| preset.recipe.clone()),
            Answer::Upper => Recipe::Upper,
            Answer::Reply => Recipe::Reply { text: self.reply.clone() },
            Answer::Discard => Recipe::Discard,
            Answer::Daytime => Recipe::Daytime,
            Answer::Chat => Recipe::Chat,
            Answer::Chargen => Recipe::Chargen,
            Answer::Nobody => Recipe::Nobody,
            Answer::Picture if self.picture.trim().is_empty() => Recipe::Http(Site::Welcome),
            Answer::Picture => Recipe::Http(Site::Picture(path("picture", &self.picture, ""))),
            Answer::Routes => Recipe::Http(Site::Routes(first_routes())),
            Answer::Folder => Recipe::Http(Site::Folder(path("folder", &self.folder, text!("Choose a folder")))),
        }
    }

    /// Fills every field with the values of a listener; what no field can say is kept beside them.
    pub fn load(&mut self, config: &ListenConfig) {
        let fresh = Self::default();
        let number = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
        let answer = match &config.recipe {
            Recipe::Echo => Answer::Echo,
            Recipe::Upper => Answer::Upper,
            Recipe::Reply { .. } => Answer::Reply,
            Recipe::Discard => Answer::Discard,
            Recipe::Daytime => Answer::Daytime,
            Recipe::Nobody => Answer::Nobody,
            Recipe::Chat => Answer::Chat,
            Recipe::Chargen => Answer::Chargen,
            Recipe::Http(Site::Folder(_)) => Answer::Folder,
            _ => Answer::Preset,
        };
        *self = Self {
            carrier: match &config.transport {
                Transport::Tcp => Carrier::Tcp,
                Transport::Udp => Carrier::Udp,
                Transport::Unix(_) | Transport::UnixDatagram(_) => Carrier::Unix,
            },
            bind: config.bind.clone(),
            port: config.port.to_string(),
            path: config
                .transport
                .path()
                .map_or_else(|| fresh.path.clone(), |path| path.to_string_lossy().into_owned()),
            answer,
            reply: if let Recipe::Reply { text } = &config.recipe { text.clone() } else { fresh.reply.clone() },
            close_after: number(config.close_after),
            folder: match &config.recipe {
                Recipe::Http(Site::Folder(path)) => path.to_string_lossy().into_owned(),
                _ => String::new(),
            },
            backlog: config.backlog.to_string(),
            callers: match config.accept {
                AcceptPolicy::Each => Callers::Each,
                AcceptPolicy::One => Callers::One,
                AcceptPolicy::Limit(_) => Callers::Limit,
            },
            limit: config.accept.limit().map_or_else(|| fresh.limit.clone(), |limit| limit.to_string()),
            recv_size: config.recv_size.get().to_string(),
            idle: config.idle_timeout.map_or_else(String::new, |idle| idle.as_secs_f64().to_string()),
            recv_buffer: number(config.options.recv_buffer),
            send_buffer: number(config.options.send_buffer),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
            preset: Some(Box::new(config.clone())),
            ..fresh
        };
    }

    /// True when the form is complete enough to be started; points out what is missing from now on.
    pub(super) fn try_config(&mut self) -> Option<ListenConfig> {
        self.tried = true;
        let config = self.config().ok()?;
        self.tried = false;
        Some(config)
    }
}

/// Routes to begin with: a page, and something for every other path.
fn first_routes() -> Vec<Route> {
    let page = Route { answer: crate::model::Answer::Text(text!("Hello from Socketlab").to_owned()), ..Route::default() };
    let echo = Route {
        method: "*".to_owned(),
        path: "/status/404".to_owned(),
        status: 404,
        answer: crate::model::Answer::Text(text!("nothing here").to_owned()),
        ..Route::default()
    };
    vec![page, echo]
}
