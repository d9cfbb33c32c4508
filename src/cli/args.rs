//! The arguments as they are typed, and the settings they mean.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, parser::ValueSource};

use super::{
    launch::Renderer,
    refusal::{refuse, wrong},
    site_args::SiteArgs,
};
use crate::{
    model::{
        AcceptPolicy, ConnectConfig, Dialog, Encoding, Endpoint, ListenConfig, RawPage, Recipe, RecvSize, Snippet,
        SocketOptions, Transport, split_host_port, system_words,
    },
    respond::Responders,
    words::text,
};

/// A socket playground: without a command it opens its window.
#[derive(Debug, Parser)]
#[command(name = "socketlab", version, about, long_about = None)]
#[command(override_usage = "socketlab [--renderer <RENDERER>] [PATH|URL]...\n       socketlab <COMMAND> [OPTIONS]")]
pub(super) struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What the window opens: pictures, a folder to serve, a saved session, socketlab://HOST:PORT, http://…
    #[arg(value_name = "PATH|URL")]
    pub open: Vec<String>,
    /// What draws the window; both are tried otherwise, wgpu first
    #[arg(long, value_enum)]
    pub renderer: Option<Renderer>,
    #[command(flatten)]
    pub common: Common,
}

/// What every command understands.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Common {
    /// Print one JSON object a line for every record and state
    #[arg(long, global = true)]
    pub json: bool,
    /// Stream the same lines to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// How payloads are written in those lines; `none` prints no payloads at all
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub payload: Payload,
    /// What text is written in and read as: the TEXT of `connect --send`, what `listen reply`, `dialog` and `page` answer,
    /// and `text` in those lines
    #[arg(long, global = true, value_name = "NAME", default_value = "utf-8")]
    pub encoding: Encoding,
    /// Stop after so many seconds
    #[arg(long, global = true, value_name = "SECS", value_parser = seconds)]
    pub max_seconds: Option<Duration>,
}

/// How the bytes of a record are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Payload {
    /// Not at all.
    None,
    /// As text; what makes no sense in the encoding becomes U+FFFD.
    Text,
    /// As base64, exactly.
    Base64,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Wait for others to connect, and answer them
    Listen(Listen),
    /// Connect to a listener; without --send it is a pipe between it and standard input and output
    Connect(Connect),
    /// Get a URL
    Get(super::get::Get),
    /// Run a saved session (.socketlab) without a window
    Run(super::saved::Run),
    /// List the labs, run one, or print it in Python
    Lab(super::lab::LabArgs),
    /// List this machine's addresses, the best one for another PC first
    Addresses,
    /// Write man pages and completions of shells into a folder
    Generate(super::generate::Generate),
}

/// The answer of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Responder {
    /// The same bytes back
    Echo,
    /// The same bytes with a-z as A-Z
    Upper,
    /// Always --reply TEXT
    Reply,
    /// Nothing
    Discard,
    /// The date and time, then close
    Daytime,
    /// Nobody answers; standard input is sent to everyone connected
    None,
    /// A web page: a picture, a folder, or a greeting
    Http,
    /// A greeting and rules from --script FILE
    Dialog,
    /// What one client sends reaches all others
    Chat,
    /// Characters without end
    Chargen,
    /// A file of --folder for every name, its length first
    SizedFile,
    /// --reply TEXT as it stands, to one request, then close
    Page,
}

#[derive(Debug, clap::Args)]
pub(super) struct Listen {
    /// What is answered
    #[arg(value_enum)]
    pub responder: Responder,
    /// Address to bind: an address of this machine, or * for all
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDR")]
    bind: String,
    /// Port to bind; 0 takes a free one
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Datagrams instead of a stream
    #[arg(long)]
    udp: bool,
    /// A Unix socket at this path instead of an address
    #[arg(long, value_name = "PATH", conflicts_with = "udp")]
    unix: Option<PathBuf>,
    /// Datagrams over a Unix socket at this path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix"])]
    unix_datagram: Option<PathBuf>,
    /// Records over a Unix socket at this path: a connection that keeps the bounds of messages; Linux only
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "unix_datagram"])]
    seqpacket: Option<PathBuf>,
    /// Length of the accept queue
    #[arg(long, default_value_t = ListenConfig::BACKLOG, value_parser = clap::value_parser!(u32).range(0..=65535))]
    backlog: u32,
    /// How many at once: one, each, or a number
    #[arg(long, default_value = "each", value_name = "one|each|N")]
    accept: AcceptPolicy,
    /// How many bytes one recv may return, 1 to 1048576; auto: 1024, and more while a peer sends without a pause
    #[arg(long, default_value = "auto", value_name = "BYTES|auto")]
    recv_size: RecvSize,
    /// The text that `reply` and `page` answer with
    #[arg(long, value_name = "TEXT")]
    reply: Option<String>,
    /// Close a connection after so many answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    close_after: Option<u32>,
    /// Close a connection after so many seconds without traffic
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    idle_timeout: Option<Duration>,
    /// A folder for `http` or `sized-file` to serve
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    pub site: SiteArgs,
    /// The rules of `dialog`, as TOML
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Stop listening after so many clients
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    stop_after: Option<u32>,
    /// Wait so many seconds before each accept
    #[arg(long, value_name = "SECS", value_parser = seconds)]
    accept_delay: Option<Duration>,
    /// Take a free port when the system refuses this one
    #[arg(long)]
    fallback: bool,
    /// Print the listener as a program instead of starting it
    #[arg(long = "as", value_name = "python|nc|socat|rust")]
    pub print_as: Option<Snippet>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Connect {
    /// Whom to connect to: HOST:PORT, with an IPv6 address in brackets
    #[arg(value_name = "HOST:PORT", required_unless_present_any = ["unix", "unix_datagram", "seqpacket"])]
    peer: Option<String>,
    /// Datagrams instead of a stream
    #[arg(long)]
    udp: bool,
    /// A Unix socket at this path instead of an address
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "peer"])]
    unix: Option<PathBuf>,
    /// Datagrams over a Unix socket at this path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "peer"])]
    unix_datagram: Option<PathBuf>,
    /// Records over a Unix socket at this path: a connection that keeps the bounds of messages; Linux only
    #[arg(long, value_name = "PATH", conflicts_with_all = ["udp", "unix", "unix_datagram", "peer"])]
    seqpacket: Option<PathBuf>,
    /// Send this text; can be given again
    #[arg(long, value_name = "TEXT")]
    send: Vec<String>,
    /// Send this file; can be given again
    #[arg(long, value_name = "FILE")]
    send_file: Vec<PathBuf>,
    /// Our own address and port
    #[arg(long, value_name = "ADDR:PORT")]
    source: Option<Endpoint>,
    /// Seconds that connecting may take
    #[arg(long = "connect-timeout", value_name = "SECS", default_value = "10", value_parser = seconds)]
    patience: Duration,
    /// How many bytes one recv may return; auto: 1024, and more while the peer sends without a pause; in a pipe 65536
    #[arg(long, value_name = "BYTES|auto")]
    recv_size: Option<RecvSize>,
    /// Wait for the peer to speak before sending
    #[arg(long)]
    pub receive_first: bool,
    /// Close when an answer has come instead of half-closing after the last message
    #[arg(long)]
    pub close_after_reply: bool,
    /// Print the client, with each --send, as a program instead of connecting
    #[arg(long = "as", value_name = "python|nc|socat|rust", conflicts_with = "send_file")]
    pub print_as: Option<Snippet>,
    /// --send and --send-file in the order they were typed.
    #[arg(skip)]
    pub messages: Vec<Message>,
}

/// One thing to send.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// A text in its encoding.
    Text(Vec<u8>),
    File(PathBuf),
}

impl Args {
    /// Reads the command line; ends the program with code 2 and words on what is wrong where it makes no sense.
    pub(super) fn parse() -> Self {
        let matches = super::help::translated(Self::command()).try_get_matches();
        let matches = matches.unwrap_or_else(|error| refuse(&error));
        let read = Self::from_arg_matches(&matches);
        let mut args = read.unwrap_or_else(|error| refuse(&error));
        if let (Some(Command::Connect(connect)), Some(("connect", matches))) = (&mut args.command, matches.subcommand())
        {
            connect.messages = in_order(connect, matches, args.common.encoding);
        }
        if let (Some(Command::Listen(listen)), Some(("listen", matches))) = (&args.command, matches.subcommand())
            && listen.responder == Responder::Http
            && matches.value_source("recv_size") == Some(ValueSource::CommandLine)
        {
            wrong(text!("HTTP chooses the size of each recv; leave --recv-size out"));
        }
        if args.command.is_some() && (args.renderer.is_some() || !args.open.is_empty()) {
            wrong(text!("a command opens no window; leave --renderer, paths and URLs out"));
        }
        args
    }
}

/// Messages in the order in which they stand on the command line.
fn in_order(connect: &Connect, matches: &ArgMatches, encoding: Encoding) -> Vec<Message> {
    let text = |text: &String| {
        let bytes = encoding.encode(text).unwrap_or_else(|error| wrong(&error.to_string()));
        Message::Text(bytes)
    };
    let places = |name| matches.indices_of(name).into_iter().flatten();
    let texts = places("send").zip(connect.send.iter().map(text));
    let files = places("send_file").zip(connect.send_file.iter().cloned().map(Message::File));
    let mut messages: Vec<_> = texts.chain(files).collect();
    messages.sort_by_key(|(place, _)| *place);
    messages.into_iter().map(|(_, message)| message).collect()
}

impl Listen {
    /// The listener that is meant.
    pub(super) fn config(&self, encoding: Encoding) -> ListenConfig {
        let recipe = self.recipe(encoding);
        if let Err(error) = Responders::new(&recipe, encoding) {
            wrong(&error.to_string());
        }
        if self.is_datagram() && (self.close_after.is_some() || self.idle_timeout.is_some()) {
            wrong(text!(
                "datagrams have no connection to close; leave --close-after and --idle-timeout out with --udp"
            ));
        }
        if self.is_datagram() && (self.stop_after.is_some() || self.accept_delay.is_some()) {
            wrong(text!("datagrams are not accepted; leave --stop-after and --accept-delay out with --udp"));
        }
        ListenConfig {
            transport: transport(self.udp, [&self.unix, &self.unix_datagram, &self.seqpacket]),
            bind: self.bind.clone(),
            port: self.port,
            backlog: self.backlog,
            accept: self.accept,
            recv_size: self.recv_size,
            recipe,
            encoding,
            serving: self.site.serving(),
            close_after: self.close_after,
            idle_timeout: self.idle_timeout,
            stop_after: self.stop_after,
            accept_delay: self.accept_delay,
            fallback: self.fallback,
            ..ListenConfig::default()
        }
    }
}

impl Listen {
    fn is_datagram(&self) -> bool {
        self.udp || self.unix_datagram.is_some()
    }

    /// What is answered; ends the program with code 2 where options do not fit it.
    fn recipe(&self, encoding: Encoding) -> Recipe {
        let is_http = self.responder == Responder::Http;
        let has_folder = is_http || self.responder == Responder::SizedFile;
        if !is_http && self.site.is_any() || !has_folder && self.folder.is_some() {
            wrong(text!(
                "--picture, --routes, --upload, --board, --qr and --folder are for `listen http`, --folder for `listen sized-file` as well"
            ));
        }
        if (has_folder || self.responder == Responder::Page) && self.is_datagram() {
            wrong(text!("this needs a stream; leave --udp out"));
        }
        if self.script.is_some() && self.responder != Responder::Dialog {
            wrong(text!("--script is for `listen dialog`"));
        }
        match (self.responder, &self.reply) {
            (Responder::Reply, Some(text)) => Recipe::Reply { text: text.clone() },
            (Responder::Page, Some(text)) => Recipe::Page(RawPage { text: text.clone(), insert: None }),
            (Responder::Reply, None) => wrong(text!("`listen reply` needs --reply TEXT")),
            (Responder::Page, None) => wrong(text!("`listen page` needs --reply TEXT")),
            (_, Some(_)) => wrong(text!("--reply is for `listen reply` and `listen page`")),
            (Responder::Echo, None) => Recipe::ECHO,
            (Responder::Upper, None) => Recipe::UPPER,
            (Responder::Discard, None) => Recipe::DISCARD,
            (Responder::Daytime, None) => Recipe::DAYTIME,
            (Responder::None, None) => Recipe::Nobody,
            (Responder::Chat, None) => Recipe::CHAT,
            (Responder::Chargen, None) => Recipe::CHARGEN,
            (Responder::Dialog, None) => Recipe::Dialog(dialog(self.script.as_deref(), encoding)),
            (Responder::SizedFile, None) => {
                Recipe::SizedFile { folder: existing(self.folder.as_deref().unwrap_or(Path::new(".")), true) }
            }
            (Responder::Http, None) => self.site.recipe(self.folder.as_deref()),
        }
    }
}

/// Reads the rules of a dialog.
fn dialog(path: Option<&Path>, encoding: Encoding) -> Dialog {
    let Some(path) = path else { wrong(text!("`listen dialog` needs --script FILE")) };
    let shown = path.display();
    let read = std::fs::read_to_string(path);
    let toml =
        read.unwrap_or_else(|error| wrong(&text!("{path}: {error}", path = shown, error = system_words(&error))));
    let dialog = crate::respond::dialog::read(&toml, encoding);
    dialog.unwrap_or_else(|error| wrong(&text!("{path}: {error}", path = shown, error = error)))
}

impl Connect {
    /// The client that is meant.
    pub(super) fn config(&self) -> ConnectConfig {
        let (host, port) = match self.peer.as_deref().map(host_port) {
            Some(Ok(pair)) => pair,
            Some(Err(message)) => wrong(&message),
            None => (String::new(), 0),
        };
        ConnectConfig {
            transport: transport(self.udp, [&self.unix, &self.unix_datagram, &self.seqpacket]),
            host,
            port,
            source: self.source.clone(),
            connect_timeout: self.patience,
            idle_timeout: None,
            recv_size: self.recv_size.unwrap_or_else(|| {
                let stream = self.is_pipe() && !self.is_datagram();
                if stream { RecvSize::try_from(65_536).unwrap_or_default() } else { RecvSize::default() }
            }),
            // Whoever has nothing more to say may still listen: what is to be sent is sent.
            keep_half_open: true,
            options: SocketOptions { broadcast: self.udp, ..SocketOptions::default() },
        }
    }

    /// Messages travel one by one, without a connection.
    pub(super) fn is_datagram(&self) -> bool {
        self.udp || self.unix_datagram.is_some()
    }

    /// Standard input is sent and standard output gets what comes.
    pub(super) fn is_pipe(&self) -> bool {
        self.messages.is_empty()
    }
}

/// What was asked for; of the three kinds of Unix sockets at most one has a path.
fn transport(udp: bool, [stream, datagrams, records]: [&Option<PathBuf>; 3]) -> Transport {
    match (stream, datagrams, records) {
        (Some(path), ..) => Transport::Unix(path.clone()),
        (_, Some(path), _) => Transport::UnixDatagram(path.clone()),
        (.., Some(path)) => Transport::UnixSeqpacket(path.clone()),
        _ if udp => Transport::Udp,
        _ => Transport::Tcp,
    }
}

pub(super) fn existing(path: &std::path::Path, folder: bool) -> PathBuf {
    let there = if folder { path.is_dir() } else { path.is_file() };
    if !there {
        let message = if folder {
            text!("{path} is not a folder", path = path.display())
        } else {
            text!("{path} is not a file", path = path.display())
        };
        wrong(&message);
    }
    path.to_owned()
}

pub(super) fn host_port(peer: &str) -> Result<(String, u16), String> {
    let wrong = || text!("“{peer}” is not HOST:PORT; write for example 127.0.0.1:8000 or [::1]:8000", peer = peer);
    split_host_port(peer).ok_or_else(wrong)
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    text.parse::<f64>()
        .ok()
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| text!("use a number of seconds above 0, such as 2 or 0.5").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn peers_are_read_or_refused_with_an_example() {
        assert_eq!(host_port("localhost:80"), Ok(("localhost".into(), 80)));
        assert_eq!(host_port("[::1]:8000"), Ok(("::1".into(), 8000)));
        for wrong in ["localhost", ":80", "::1:80", "host:", "host:99999"] {
            assert!(host_port(wrong).unwrap_err().contains("[::1]:8000"), "{wrong}");
        }
    }
}
