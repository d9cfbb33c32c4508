//! The form of a listener: its values as they are typed, and what they mean.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    model::{
        self, AcceptPolicy, Encoding, Failure, Insert, ListenConfig, Plain, RawPage, Recipe, RecvSize, Route, Serving,
        SessionId, Site, SocketOptions,
        compose::{self, Fault, Notation, Options, Template},
    },
    ui::{
        forms::dialog_form::DialogForm,
        kit::form::{Carrier, FieldErrors},
    },
    words::text,
};

pub use crate::ui::forms::listen_fields::show;

/// What a listener answers, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "crate::ui::forms::listen_answer::Stored")]
pub enum ResponderKind {
    /// A responder that needs nothing set.
    Plain(Plain),
    /// Always the same.
    Reply,
    /// The user types.
    Nobody,
    /// An HTTP page with a picture.
    Picture,
    /// A folder over HTTP.
    Folder,
    /// A table of answers over HTTP, edited while it runs.
    Routes,
    /// A greeting, rules, and a reply to all else.
    Dialog,
    /// One answer as it is written, then the end.
    Page,
    /// A file of a folder by its name, the length first.
    SizedFile,
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
    /// The address is typed, not one of the list.
    pub other_address: bool,
    /// Port, 0 for a free one.
    pub port: String,
    /// Path of a Unix socket.
    pub path: String,
    /// What is answered.
    pub answer: ResponderKind,
    /// The fixed reply; `\n` and the like are escapes.
    pub reply: String,
    /// How else the fixed reply becomes bytes.
    pub reply_options: Options,
    /// What a fixed reply, a dialog and a raw page are sent in.
    pub encoding: Encoding,
    /// A connection is closed after so many answers; empty for never.
    pub close_after: String,
    /// The picture of the HTTP page, or the file of the raw page.
    pub picture: String,
    /// Where the picture of the HTTP page is, `/test.jpg`; empty for `/picture`.
    pub at: String,
    /// The folder that is served.
    pub folder: String,
    /// The table of routes to begin with; it is edited while it answers.
    pub routes: Vec<Route>,
    /// What visitors of an HTTP site may do; changed while it runs.
    #[serde(skip)]
    pub serving: Serving,
    /// What is said in a dialog.
    pub dialog: DialogForm,
    /// The raw page, its lines ending with LF here.
    pub page: String,
    /// The lines of the raw page and of the head before its file end with CRLF.
    pub crlf: bool,
    /// The path that the raw page answers with a file; empty for none.
    pub insert: String,
    /// What is sent before that file.
    pub head: String,
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
    /// Listening stops after so many clients; empty for never.
    pub stop_after: String,
    /// Seconds before each accept; empty for none.
    pub accept_delay: String,
    /// A free port is taken when this one is refused.
    pub fallback: bool,
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
    /// Multicast groups to join, between commas.
    pub groups: String,
    /// Name or address of the adapter that they are joined on; empty for every one.
    pub adapter: String,
    /// `IP_TTL`; empty for the system's.
    pub ttl: String,
    /// `IP_MULTICAST_TTL`; empty for the system's.
    pub multicast_ttl: String,
    /// Options that have no field here; they stay as they were loaded.
    pub others: SocketOptions,
    /// The rarer options are shown.
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
            other_address: false,
            port: config.port.to_string(),
            path: std::env::temp_dir().join("socketlab.sock").to_string_lossy().into_owned(),
            answer: ResponderKind::default(),
            reply: text!("I hear you").to_owned(),
            reply_options: Options::default(),
            encoding: config.encoding,
            close_after: String::new(),
            picture: String::new(),
            at: String::new(),
            folder: String::new(),
            routes: first_routes(),
            serving: Serving::default(),
            dialog: DialogForm::default(),
            page: "HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 6\n\nhello\n".to_owned(),
            crlf: true,
            insert: String::new(),
            head: String::new(),
            backlog: config.backlog.to_string(),
            callers: Callers::Each,
            limit: "4".to_owned(),
            recv_size: crate::ui::kit::form::size(config.recv_size),
            idle: String::new(),
            stop_after: String::new(),
            accept_delay: String::new(),
            fallback: config.fallback,
            recv_buffer: String::new(),
            send_buffer: String::new(),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            // Only where a person answers: it is their turn until they close.
            keep_half_open: true,
            broadcast: config.options.broadcast,
            groups: String::new(),
            adapter: String::new(),
            ttl: String::new(),
            multicast_ttl: String::new(),
            others: SocketOptions::default(),
            more: false,
            tried: false,
        }
    }
}

/// An address of this machine that a listener can be bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindChoice {
    /// `Wi-Fi wlan0`, by itself.
    pub adapter: String,
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
    /// The start that was asked for and has not been answered.
    pub starting: Option<SessionId>,
    /// What is wrong with each rule of the dialog, in order; empty words where nothing is.
    pub faults: &'a [String],
    /// The keyboard goes into the first field, because the form has just been opened.
    pub focus: bool,
    /// On a page beside other things: what is rare or long is in the dialog.
    pub brief: bool,
    /// The height that the fields have, above the buttons; as much as they need without it.
    pub room: Option<f32>,
}

impl ListenForm {
    /// What the fields mean, or what is wrong with them.
    ///
    /// # Errors
    /// Every field that makes no sense, with the words to show under it.
    pub fn config(&self) -> Result<ListenConfig, FieldErrors> {
        let mut errors = FieldErrors::default();
        let port = if self.carrier.has_path() { 0 } else { errors.number("port", &self.port, (0, u16::MAX), 0) };
        let recipe = self.recipe(&mut errors);
        if self.carrier.has_path() && self.path.trim().is_empty() {
            errors.add("path", text!("A path such as /tmp/socketlab.sock"));
        }
        if self.bind.trim().is_empty() && !self.carrier.has_path() {
            errors.add("bind", text!("A name or an address, such as 127.0.0.1"));
        }
        let config = ListenConfig {
            transport: self.carrier.transport(&self.path),
            bind: self.bind.trim().to_owned(),
            port,
            groups: self.groups.split([',', ' ']).filter(|group| !group.is_empty()).map(str::to_owned).collect(),
            backlog: errors.number("backlog", &self.backlog, (1, 65_535), ListenConfig::BACKLOG),
            accept: match self.callers {
                Callers::Each => AcceptPolicy::Each,
                Callers::One => AcceptPolicy::One,
                Callers::Limit => AcceptPolicy::Limit(errors.number("limit", &self.limit, (1, 1_000_000), 1)),
            },
            recv_size: match recipe {
                Recipe::Http(_) => RecvSize::default(),
                _ => errors.size("recv_size", &self.recv_size),
            },
            encoding: self.encoding(&recipe, &mut errors),
            recipe,
            serving: self.serving.clone(),
            close_after: self
                .answer
                .counts()
                .then(|| errors.optional("close_after", &self.close_after, (1, u32::MAX)))
                .flatten(),
            idle_timeout: errors.seconds("idle", &self.idle),
            keep_half_open: self.keep_half_open,
            stop_after: errors.optional("stop_after", &self.stop_after, (1, u32::MAX)),
            accept_delay: errors.seconds("accept_delay", &self.accept_delay),
            fallback: self.fallback,
            options: SocketOptions {
                nodelay: self.nodelay,
                keepalive: self.keepalive,
                recv_buffer: errors.optional("recv_buffer", &self.recv_buffer, (1, 1 << 30)),
                send_buffer: errors.optional("send_buffer", &self.send_buffer, (1, 1 << 30)),
                broadcast: self.broadcast,
                adapter: Some(self.adapter.trim().to_owned()).filter(|name| !name.is_empty()),
                ttl: errors.optional("ttl", &self.ttl, (1, 255)),
                multicast_ttl: errors.optional("multicast_ttl", &self.multicast_ttl, (0, 255)),
                ..self.others.clone()
            },
        };
        if errors.is_empty() { Ok(config) } else { Err(errors) }
    }

    /// What the texts of the answer are sent in; a fault when one of them is not in it.
    fn encoding(&self, recipe: &Recipe, errors: &mut FieldErrors) -> Encoding {
        let texts = match recipe {
            Recipe::Reply { text, options } => {
                if let Err(error) = Template::new(text, Notation::Text, options, self.encoding) {
                    let field = if matches!(error.fault, Fault::Unencodable(_)) { "encoding" } else { "reply" };
                    errors.add(field, error.to_string());
                }
                return self.encoding;
            }
            Recipe::Page(page) => [page.text.as_str(), page.insert.as_ref().map_or("", |insert| &insert.head)],
            // What its rules lack is said beside them.
            Recipe::Dialog(dialog) => [dialog.greeting.as_str(), &dialog.otherwise],
            _ => return Encoding::default(),
        };
        if let Some(missing) = texts.iter().find_map(|text| self.encoding.encode(text).err()) {
            errors.add("encoding", missing.to_string());
        }
        self.encoding
    }

    fn recipe(&self, errors: &mut FieldErrors) -> Recipe {
        let mut path = |field: &'static str, value: &str, missing: &str| {
            if value.trim().is_empty() && self.tried {
                errors.add(field, missing);
            }
            PathBuf::from(value.trim())
        };
        let folder = text!("Choose a folder");
        match self.answer {
            ResponderKind::Plain(plain) => Recipe::Plain(plain),
            ResponderKind::Reply if self.reply_options == Options::default() && !compose::has_bytes(&self.reply) => {
                Recipe::reply(compose::unescaped(&self.reply))
            }
            ResponderKind::Reply => {
                Recipe::Reply { text: self.reply.clone(), options: Options { escapes: true, ..self.reply_options } }
            }
            ResponderKind::Nobody => Recipe::Nobody,
            ResponderKind::Picture if !self.at.trim().is_empty() => Recipe::Http(Site::Embedded {
                picture: path("picture", &self.picture, text!("Choose a picture")),
                at: self.at.trim().to_owned(),
            }),
            ResponderKind::Picture if self.picture.trim().is_empty() => Recipe::Http(Site::Welcome),
            ResponderKind::Picture => Recipe::Http(Site::Picture(path("picture", &self.picture, ""))),
            ResponderKind::Routes => Recipe::Http(Site::Routes(self.routes.clone())),
            ResponderKind::Folder => Recipe::Http(Site::Folder(path("folder", &self.folder, folder))),
            ResponderKind::SizedFile => Recipe::SizedFile { folder: path("folder", &self.folder, folder) },
            ResponderKind::Dialog => Recipe::Dialog(self.dialog.read(errors)),
            ResponderKind::Page => {
                let insert = (!self.insert.trim().is_empty()).then(|| Insert {
                    path: self.insert.trim().to_owned(),
                    head: self.with_line_ends(&self.head),
                    file: path("picture", &self.picture, text!("Choose a file")),
                });
                Recipe::Page(RawPage { text: self.with_line_ends(&self.page), insert })
            }
        }
    }

    fn with_line_ends(&self, text: &str) -> String {
        if self.crlf { text.replace('\n', "\r\n") } else { text.to_owned() }
    }

    /// Takes over what is answered, with its fields.
    fn load_recipe(&mut self, recipe: &Recipe) {
        let words = |path: &PathBuf| path.to_string_lossy().into_owned();
        self.answer = match recipe {
            Recipe::Plain(plain) => ResponderKind::Plain(*plain),
            Recipe::Reply { text, options } => {
                self.reply = options.on_one_line(text);
                self.reply_options = *options;
                ResponderKind::Reply
            }
            Recipe::Nobody => ResponderKind::Nobody,
            Recipe::Dialog(dialog) => {
                self.dialog = DialogForm::new(dialog);
                ResponderKind::Dialog
            }
            Recipe::SizedFile { folder } => {
                self.folder = words(folder);
                ResponderKind::SizedFile
            }
            Recipe::Http(Site::Folder(folder)) => {
                self.folder = words(folder);
                ResponderKind::Folder
            }
            Recipe::Http(Site::Routes(routes)) => {
                self.routes.clone_from(routes);
                ResponderKind::Routes
            }
            Recipe::Http(Site::Welcome) => ResponderKind::Picture,
            Recipe::Http(Site::Picture(picture)) => {
                self.picture = words(picture);
                ResponderKind::Picture
            }
            Recipe::Http(Site::Embedded { picture, at }) => {
                (self.picture, self.at) = (words(picture), at.clone());
                ResponderKind::Picture
            }
            Recipe::Page(page) => {
                let insert = page.insert.clone().unwrap_or_default();
                let all_crlf = |text: &str| text.matches('\n').count() == text.matches("\r\n").count();
                self.crlf = page.text.contains('\n') && all_crlf(&page.text) && all_crlf(&insert.head);
                let lines = |text: &str| if self.crlf { text.replace("\r\n", "\n") } else { text.to_owned() };
                (self.page, self.head) = (lines(&page.text), lines(&insert.head));
                (self.insert, self.picture) = (insert.path, words(&insert.file));
                ResponderKind::Page
            }
        };
    }

    /// Fills every field with the values of a listener.
    pub fn load(&mut self, config: &ListenConfig) {
        let fresh = Self::default();
        let number = |value: Option<u32>| value.map_or_else(String::new, |value| value.to_string());
        let seconds = |value: Option<Duration>| value.map_or_else(String::new, |value| value.as_secs_f64().to_string());
        *self = Self {
            carrier: Carrier::from(&config.transport),
            bind: config.bind.clone(),
            port: config.port.to_string(),
            path: config
                .transport
                .path()
                .map_or_else(|| fresh.path.clone(), |path| path.to_string_lossy().into_owned()),
            encoding: config.encoding,
            close_after: number(config.close_after),
            backlog: config.backlog.to_string(),
            callers: match config.accept {
                AcceptPolicy::Each => Callers::Each,
                AcceptPolicy::One => Callers::One,
                AcceptPolicy::Limit(_) => Callers::Limit,
            },
            limit: config.accept.limit().map_or_else(|| fresh.limit.clone(), |limit| limit.to_string()),
            recv_size: crate::ui::kit::form::size(config.recv_size),
            idle: seconds(config.idle_timeout),
            stop_after: number(config.stop_after),
            accept_delay: seconds(config.accept_delay),
            fallback: config.fallback,
            recv_buffer: number(config.options.recv_buffer),
            send_buffer: number(config.options.send_buffer),
            nodelay: config.options.nodelay,
            keepalive: config.options.keepalive,
            keep_half_open: config.keep_half_open,
            broadcast: config.options.broadcast,
            groups: config.groups.join(", "),
            adapter: config.options.adapter.clone().unwrap_or_default(),
            ttl: config.options.ttl.map_or_else(String::new, |ttl| ttl.to_string()),
            multicast_ttl: config.options.multicast_ttl.map_or_else(String::new, |ttl| ttl.to_string()),
            others: config.options.clone(),
            serving: config.serving.clone(),
            ..fresh
        };
        self.load_recipe(&config.recipe);
    }

    /// True when something among the rarer options is set, which the first page does not show.
    pub(super) fn has_rare(&self) -> bool {
        let usual = Self::default();
        let common = Self {
            carrier: self.carrier,
            bind: self.bind.clone(),
            other_address: self.other_address,
            port: self.port.clone(),
            path: self.path.clone(),
            answer: self.answer,
            reply: self.reply.clone(),
            reply_options: self.reply_options,
            encoding: self.encoding,
            close_after: self.close_after.clone(),
            picture: self.picture.clone(),
            folder: self.folder.clone(),
            routes: self.routes.clone(),
            serving: self.serving.clone(),
            dialog: self.dialog.clone(),
            page: self.page.clone(),
            crlf: self.crlf,
            insert: self.insert.clone(),
            head: self.head.clone(),
            limit: self.limit.clone(),
            more: self.more,
            tried: self.tried,
            ..usual
        };
        *self != common
    }

    /// True when the form is complete enough to be started; points out what is missing from now on.
    pub(super) fn try_config(&mut self) -> Option<ListenConfig> {
        self.tried = true;
        let config = self.config().ok()?;
        self.tried = false;
        Some(config)
    }
}

/// Routes to begin with: a page, and an error.
fn first_routes() -> Vec<Route> {
    let text = |path: &str, status, text: &str| Route {
        path: path.to_owned(),
        status,
        answer: model::RouteBody::Text(text.to_owned()),
        ..Route::default()
    };
    vec![text("/", 200, text!("Hello from Socketlab")), text("/missing/*", 404, text!("Nothing here"))]
}
