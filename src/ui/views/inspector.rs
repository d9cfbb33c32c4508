//! The panel on the right: everything known of the chosen connection, or of the chosen session when there is none.
//!
//! Shows what it is given and asks for no repaint: numbers are as old as the last frame, and an idle window stays idle.

mod sparkline;
mod visitors;

use std::time::Duration;

use egui::{Color32, RichText, ScrollArea, Ui};

use crate::{
    journal::Connection,
    model::{
        AcceptPolicy, ConnectConfig, ConnectionId, Failure, Health, Kernel, ListenConfig, Name, Presence, Recipe,
        RecvSize, SessionId, Side, Site, SocketKind, SocketOptions, State, Transport,
    },
    respond,
    ui::{
        action::Action,
        kit::{self, form::capitalised},
        theme::{self, Palette, SPACE},
        views::shared::{
            access::{self, Access},
            wording,
        },
    },
    words::{clock, counted, exact_size, grouped, span, text},
};
use sparkline::Sparkline;
pub use visitors::VisitorFacts;

const LABEL: f32 = 104.0;
/// Characters of what is answered.
const REPLY: usize = 200;
/// Room for the scroll bar.
const BAR: f32 = 6.0;

/// A connection as the panel shows it.
#[derive(Clone, Debug)]
pub struct ConnectionFacts<'a> {
    /// `Connection 2 of Echo`.
    pub title: &'a str,
    /// Which one; the small curve begins anew with another.
    pub id: ConnectionId,
    /// How it came to be.
    pub side: Side,
    /// `getsockname`.
    pub local: &'a Name,
    /// `getpeername`.
    pub peer: &'a Name,
    /// Where it stands.
    pub state: State,
    /// Whether what we send arrives.
    pub health: Health,
    /// Whether this PC still has the local address.
    pub presence: Presence,
    /// When it was established, in nanoseconds since 1970.
    pub opened: u64,
    /// How long it was open, or has been.
    pub lasted: Duration,
    /// Number of the descriptor, where the system has one.
    pub descriptor: Option<i64>,
    /// Family, type and protocol.
    pub socket: SocketKind,
    /// Bytes and calls.
    pub received: (u64, u64),
    /// Bytes and calls.
    pub sent: (u64, u64),
    /// What the kernel said last.
    pub kernel: Option<Kernel>,
    /// Bytes that the next `recv` may return; `None` when the protocol above chooses.
    pub recv_size: Option<usize>,
    /// `TCP_NODELAY` as it is now, where the socket has it.
    pub nodelay: Option<bool>,
    /// Options of the socket, where they are known.
    pub options: Option<&'a SocketOptions>,
}

impl<'a> ConnectionFacts<'a> {
    /// The facts of a connection as they are now.
    #[must_use]
    pub fn of(connection: &'a Connection, title: &'a str, options: Option<&'a SocketOptions>) -> Self {
        let identity = connection.identity();
        Self {
            title,
            id: identity.id,
            side: identity.side,
            local: &identity.names.local,
            peer: &identity.names.peer,
            state: connection.state(),
            health: connection.health(),
            presence: connection.presence(),
            opened: connection.opened(),
            lasted: connection.lasted(),
            descriptor: identity.descriptor,
            socket: identity.socket,
            received: connection.received(),
            sent: connection.sent(),
            kernel: connection.kernel(),
            recv_size: connection.recv_size(),
            nodelay: connection.nodelay(),
            options,
        }
    }
}

/// What a session was started with.
#[derive(Clone, Copy, Debug)]
pub enum SessionConfig<'a> {
    /// A listener.
    Listen(&'a ListenConfig),
    /// A client.
    Connect(&'a ConnectConfig),
}

/// A session without a chosen connection as the panel shows it.
#[derive(Clone, Copy, Debug)]
pub struct SessionFacts<'a> {
    /// Which one.
    pub session: SessionId,
    /// Who visits a site now.
    pub visitors: &'a [VisitorFacts],
    /// Its name in the list.
    pub title: &'a str,
    /// What it was started with.
    pub config: SessionConfig<'a>,
    /// Its true name, once it is bound.
    pub local: Option<&'a Name>,
    /// Who can reach a listener that runs; `None` where the page beside it says so.
    pub access: Option<&'a Access>,
    /// Whether it runs.
    pub running: bool,
    /// Whether this PC still has the address of the listener.
    pub presence: Presence,
    /// Why it does not.
    pub failure: Option<&'a Failure>,
    /// Descriptor number of the listening socket.
    pub descriptor: Option<i64>,
    /// Open connections now.
    pub connections: usize,
    /// Connections since the start.
    pub served: u64,
}

/// The panel's state: the curve of the traffic.
#[derive(Debug, Default)]
pub struct Inspector {
    sparkline: Sparkline,
}

impl Inspector {
    /// Draws the facts of a connection.
    pub fn connection(&mut self, ui: &mut Ui, facts: &ConnectionFacts<'_>, actions: &mut Vec<Action>) {
        scrolled(ui, |ui| {
            title(ui, facts.title);
            name_card(ui, text!("Local name (getsockname)"), facts.local, text!("Copy the local name"), actions);
            ui.add_space(SPACE);
            name_card(ui, text!("Peer name (getpeername)"), facts.peer, text!("Copy the peer name"), actions);
            ui.add_space(SPACE / 2.0);
            let palette = Palette::of(ui);
            if facts.side != Side::Peer {
                let state = RichText::new(facts.state.word()).color(match facts.state {
                    State::Established => palette.good_words,
                    State::CloseWait | State::FinWait => palette.warning_words,
                    State::Closed => palette.muted,
                    State::Reset => palette.bad_words,
                });
                row(ui, text!("State"), state);
            }
            if let Some((words, color)) = ailment(facts, palette) {
                kit::key_words(ui, LABEL, text!("Health"), RichText::new(words).color(color));
            }
            row(ui, text!("Since"), clock(facts.opened));
            // An open one's grows while nothing draws it.
            if facts.state.is_over() {
                row(ui, text!("Was open for"), span(nanos(facts.lasted)));
            }
            if let Some(descriptor) = facts.descriptor {
                row(ui, text!("Descriptor"), descriptor.to_string());
            }
            row(ui, text!("Socket"), facts.socket.to_string());

            section(ui, text!("Traffic"));
            let calls = |(bytes, calls): (u64, u64), word| format!("{} · {} {word}", exact_size(bytes), grouped(calls));
            row(ui, text!("Received"), calls(facts.received, "recv"));
            row(ui, text!("Sent"), calls(facts.sent, "send"));
            self.sparkline.show(ui, facts.id, nanos(facts.lasted), facts.received.0, facts.sent.0);
            if let Some(kernel) = &facts.kernel {
                kernel_rows(ui, kernel, facts.state.is_over());
            }
            section(ui, text!("Options"));
            let size = facts.recv_size.map(|size| exact_size(size as u64));
            row(ui, text!("recv size"), size.unwrap_or_else(|| text!("chosen by HTTP").to_owned()));
            if let Some(options) = facts.options {
                let options = SocketOptions { nodelay: facts.nodelay.unwrap_or(options.nodelay), ..options.clone() };
                option_rows(ui, &options, facts.socket.is_datagram());
            }
        });
    }

    /// Draws the facts of a session.
    pub fn session(&mut self, ui: &mut Ui, facts: &SessionFacts<'_>, actions: &mut Vec<Action>) {
        scrolled(ui, |ui| {
            title(ui, facts.title);
            if let Some(failure) = facts.failure {
                failure_notice(ui, failure);
                ui.add_space(SPACE);
            }
            if let Some(local) = facts.local {
                name_card(ui, text!("Local name (getsockname)"), local, text!("Copy the local name"), actions);
            }
            if let Some(access) = facts.access {
                ui.add_space(SPACE);
                access::show(ui, access, actions);
            }
            ui.add_space(SPACE / 2.0);
            let palette = Palette::of(ui);
            let (state, color) = match (facts.running, facts.failure, facts.config) {
                (true, _, SessionConfig::Listen(_)) if facts.presence == Presence::Lost => {
                    (Presence::Lost.word(), palette.bad_words)
                }
                (true, _, SessionConfig::Listen(_)) if facts.presence == Presence::NoLink => {
                    (Presence::NoLink.word(), palette.warning_words)
                }
                (true, _, SessionConfig::Listen(_)) => (text!("listening"), palette.good_words),
                (true, _, SessionConfig::Connect(_)) => (text!("connecting"), palette.warning_words),
                (false, Some(_), _) => (text!("failed"), palette.bad_words),
                (false, None, _) => (text!("stopped"), palette.muted),
            };
            kit::key_words(ui, LABEL, text!("State"), RichText::new(state).color(color));
            if let Some(descriptor) = facts.descriptor {
                row(ui, text!("Descriptor"), descriptor.to_string());
            }
            match facts.config {
                SessionConfig::Listen(config) => listen_rows(ui, config, facts),
                SessionConfig::Connect(config) => connect_rows(ui, config),
            }
            visitors::rows(ui, facts.session, facts.visitors, actions);
        });
    }
}

/// What is the matter with a connection that lives.
fn ailment(facts: &ConnectionFacts<'_>, palette: &Palette) -> Option<(&'static str, Color32)> {
    if facts.state.is_over() {
        return None;
    }
    match (facts.presence, facts.health) {
        (Presence::Lost, _) => Some((Presence::Lost.word(), palette.bad_words)),
        (Presence::NoLink, _) => Some((Presence::NoLink.word(), palette.warning_words)),
        (Presence::Here, Health::Fine) => None,
        (Presence::Here, health) => Some((health.word(), palette.warning_words)),
    }
}

fn scrolled(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt("inspector").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        // The bar floats beside the cards, not over them.
        ui.set_max_width(ui.available_width() - BAR);
        content(ui);
    });
}

fn title(ui: &mut Ui, text: &str) {
    let color = Palette::of(ui).muted;
    let response = ui.label(RichText::new(text).font(theme::caption()).color(color));
    kit::is_heading(&response);
    ui.add_space(SPACE);
}

fn row(ui: &mut Ui, label: &str, value: impl Into<RichText>) {
    kit::key_value(ui, LABEL, label, value);
}

fn section(ui: &mut Ui, text: &str) {
    ui.add_space(SPACE / 2.0);
    kit::section_title(ui, text);
    ui.add_space(2.0);
}

fn on_off(on: bool) -> &'static str {
    if on { text!("on") } else { text!("off") }
}

fn name_card(ui: &mut Ui, label: &str, name: &Name, copy: &str, actions: &mut Vec<Action>) {
    let shown = if name.is_unnamed() { text!("unnamed").to_owned() } else { name.to_string() };
    if kit::copy_card(ui, label, &shown, copy).clicked() {
        actions.push(Action::Copy(name.to_string()));
    }
}

/// What went wrong, what it means, what to try.
pub(super) fn failure_notice(ui: &mut Ui, failure: &Failure) {
    let (operation, code) = (failure.operation.word(), failure.code());
    let mut text = format!("{operation} {} · {code}: {}", failure.address, failure.message());
    let hint = failure.hint();
    if !hint.is_empty() {
        text.push('\n');
        text.push_str(&capitalised(&hint));
    }
    kit::notice(ui, kit::Tone::Bad, &text);
}

/// `over`: what the kernel said last, while there was a connection; its state then is not the state now.
fn kernel_rows(ui: &mut Ui, kernel: &Kernel, over: bool) {
    let millis = |micros: u32| f64::from(micros) / 1000.0;
    if over {
        section(ui, text!("Kernel (TCP_INFO), asked last"));
    } else {
        section(ui, text!("Kernel (TCP_INFO)"));
        row(ui, text!("State"), kernel.state);
    }
    let trip = format!("{:.3} ms ± {:.3}", millis(kernel.rtt_micros), millis(kernel.rtt_variation_micros));
    row(ui, text!("Round trip"), trip);
    row(ui, text!("Retransmitted"), grouped(u64::from(kernel.retransmitted)));
    row(ui, text!("Window"), format!("{} × {}", kernel.window, exact_size(u64::from(kernel.segment))));
    row(ui, text!("Not yet acked"), grouped(u64::from(kernel.unacknowledged)));
    if let Some(window) = kernel.peer_window {
        row(ui, text!("Peer's window"), exact_size(u64::from(window)));
    }
}

fn option_rows(ui: &mut Ui, options: &SocketOptions, datagrams: bool) {
    if datagrams {
        row(ui, "SO_BROADCAST", on_off(options.broadcast));
    } else {
        row(ui, "NODELAY", on_off(options.nodelay));
        row(ui, text!("Keep-alive"), on_off(options.keepalive));
    }
    if let Some(size) = options.recv_buffer {
        row(ui, "SO_RCVBUF", exact_size(u64::from(size)));
    }
    if let Some(size) = options.send_buffer {
        row(ui, "SO_SNDBUF", exact_size(u64::from(size)));
    }
    if let Some(ttl) = options.ttl {
        row(ui, "TTL", ttl.to_string());
    }
}

fn listen_rows(ui: &mut Ui, config: &ListenConfig, facts: &SessionFacts<'_>) {
    row(ui, text!("Answers with"), recipe(&config.recipe));
    row(ui, text!("Connections"), text!("{now} now, {all} in all", now = facts.connections, all = facts.served));
    let datagrams = config.transport.is_datagram();
    if !datagrams {
        let accept = match config.accept {
            AcceptPolicy::One => text!("one at a time").to_owned(),
            AcceptPolicy::Each => text!("everyone at once").to_owned(),
            AcceptPolicy::Limit(count) => counted!("at most {n} at once", n = u64::from(count)),
        };
        row(ui, text!("Accepts"), accept);
        row(ui, text!("Backlog"), grouped(u64::from(config.backlog)));
    }
    if let Some(count) = config.close_after {
        row(ui, text!("Closes after"), counted!("{n} answers", n = u64::from(count)));
    }
    if let Some(idle) = config.idle_timeout {
        row(ui, text!("Idle limit"), span(u64::try_from(idle.as_nanos()).unwrap_or(u64::MAX)));
    }
    section(ui, text!("Options"));
    // HTTP chooses the size of each call.
    if !matches!(config.recipe, Recipe::Http(_)) {
        row(ui, text!("recv size"), size_asked(config.recv_size));
    }
    option_rows(ui, &config.options, datagrams);
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

fn size_asked(size: RecvSize) -> String {
    let shown = exact_size(size.get() as u64);
    if size.is_chosen() { shown } else { text!("{size}, more in a flood", size = shown) }
}

fn connect_rows(ui: &mut Ui, config: &ConnectConfig) {
    let to = match &config.transport {
        Transport::Unix(path) | Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            path.display().to_string()
        }
        Transport::Tcp | Transport::Udp => format!("{}:{}", config.host, config.port),
    };
    row(ui, text!("Connects to"), to);
    if let Some(source) = &config.source {
        row(ui, text!("From"), source.to_string());
    }
    row(ui, text!("Gives up after"), span(u64::try_from(config.connect_timeout.as_nanos()).unwrap_or(u64::MAX)));
    section(ui, text!("Options"));
    row(ui, text!("recv size"), size_asked(config.recv_size));
    option_rows(ui, &config.options, config.transport.is_datagram());
}

fn recipe(recipe: &Recipe) -> String {
    match recipe {
        // On one line, whoever wrote it.
        Recipe::Reply { text, options } => {
            format!("“{}”", wording::escape(options.on_one_line(text).as_bytes(), REPLY))
        }
        Recipe::Http(Site::Picture(path)) => text!("HTTP: {path}", path = path.display()),
        Recipe::Http(Site::Embedded { picture, .. }) => text!("HTTP: a page with {path}", path = picture.display()),
        Recipe::SizedFile { folder } => text!("files of {path}, length first", path = folder.display()),
        Recipe::Http(Site::Routes(routes)) => counted!("HTTP: {n} routes", n = routes.len() as u64),
        Recipe::Http(Site::Folder(path)) => text!("HTTP: files of {path}", path = path.display()),
        other => respond::info(other).map_or_else(|| other.id().to_owned(), |info| (info.does)().to_owned()),
    }
}
