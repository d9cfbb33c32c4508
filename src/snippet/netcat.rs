//! A raw session as a command line of `nc` or socat.

use std::path::Path;

use crate::{
    model::{ConnectConfig, ListenConfig, Recipe, Transport},
    snippet::{
        Impossible,
        quote::{printf, shell, shell_path},
        session::Session,
    },
};

/// Seconds that a command waits for an answer once nothing more is to be sent.
const PATIENCE: u64 = 5;

/// A command line of `nc`.
pub(super) fn netcat(session: Session<'_>) -> Result<String, Impossible> {
    match session {
        Session::Client(config, messages) => {
            if config.transport.is_datagram() && !messages.is_empty() {
                return Err(Impossible::NetcatDatagrams);
            }
            let mut words = vec!["nc".to_owned()];
            if !messages.is_empty() {
                words.push(format!("-w {PATIENCE}"));
            }
            if config.transport.is_datagram() {
                words.push("-u".into());
            }
            if let Some(source) = &config.source {
                words.push(format!("-s {} -p {}", shell(&source.host), source.port));
            }
            match config.transport.path() {
                Some(path) => words.push(format!("-U {}", shell_path(path))),
                None => words.push(format!("{} {}", shell(bare(&config.host)), config.port)),
            }
            Ok(piped(messages, config.transport.is_datagram(), &words.join(" ")))
        }
        Session::Listener(config) => match config.recipe {
            Recipe::Nobody | Recipe::DISCARD => {
                let datagram = if config.transport.is_datagram() { "-u " } else { "" };
                let place = match config.transport.path() {
                    Some(path) => format!("-U {}", shell_path(path)),
                    None => format!("{} {}", any(&config.bind), config.port),
                };
                Ok(format!("nc {datagram}-l {place}\n"))
            }
            _ => Err(Impossible::NetcatAnswers),
        },
    }
}

/// A command line of socat.
pub(super) fn socat(session: Session<'_>) -> Result<String, Impossible> {
    match session {
        Session::Client(config, messages) => {
            let patience = if messages.is_empty() { String::new() } else { format!("-t {PATIENCE} ") };
            // A datagram socket without a name gets no answer, and socat leaves the name's file behind.
            let named = matches!(config.transport, Transport::UnixDatagram(_));
            let name = if named { "\",bind=$name\"" } else { "" };
            let command = format!("socat {patience}- {}{name}", shell(&reach(config)));
            let lines = piped(messages, config.transport.is_datagram(), &command);
            Ok(if named { format!("name=$(mktemp -u)\n{lines}rm -f \"$name\"\n") } else { lines })
        }
        Session::Listener(config) => listener(config),
    }
}

/// The messages, then what they are sent with.
fn piped(messages: &[Vec<u8>], apart: bool, command: &str) -> String {
    // A datagram is one message: what is written together would go together.
    let sending = if apart {
        let each: Vec<String> = messages.iter().map(|message| format!("printf {}", printf(message))).collect();
        if each.len() > 1 { format!("{{ {}; }}", each.join("; sleep 0.2; ")) } else { each.concat() }
    } else if messages.is_empty() {
        String::new()
    } else {
        format!("printf {}", printf(&messages.concat()))
    };
    if sending.is_empty() { format!("{command}\n") } else { format!("{sending} | {command}\n") }
}

/// Where a client of socat connects to.
fn reach(config: &ConnectConfig) -> String {
    let host = bare(&config.host);
    let place =
        if host.contains(':') { format!("[{host}]:{}", config.port) } else { format!("{host}:{}", config.port) };
    let source = config.source.as_ref().map_or_else(String::new, |source| format!(",bind={source}"));
    match &config.transport {
        Transport::Tcp => format!("TCP:{place}{source}"),
        Transport::Udp => format!("UDP:{place}{source}"),
        Transport::Unix(path) => format!("UNIX-CONNECT:{}", escaped(path)),
        Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => format!("UNIX-CLIENT:{}", escaped(path)),
    }
}

fn listener(config: &ListenConfig) -> Result<String, Impossible> {
    let one = if config.accept.limit() == Some(1) { ",fork,max-children=1" } else { ",fork" };
    let host = any(&config.bind);
    let version = if host.contains(':') { "6" } else { "4" };
    let bound = if host == "::" { String::new() } else { format!(",bind={host}") };
    let bound = if host.contains(':') && host != "::" { format!(",bind=[{host}]") } else { bound };
    let bind = match &config.transport {
        Transport::Tcp => format!("TCP{version}-LISTEN:{}{bound},reuseaddr{one}", config.port),
        Transport::Udp => format!("UDP{version}-LISTEN:{}{bound},reuseaddr{one}", config.port),
        Transport::Unix(path) => format!("UNIX-LISTEN:{}{one}", escaped(path)),
        Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            format!("UNIX-RECVFROM:{}{one}", escaped(path))
        }
    };
    let shown = shell(&bind);
    Ok(match config.recipe {
        Recipe::ECHO => format!("socat {shown} PIPE\n"),
        Recipe::UPPER => format!("socat {shown} EXEC:'stdbuf -o0 tr a-z A-Z'\n"),
        Recipe::DISCARD => format!("socat -u {shown} OPEN:/dev/null\n"),
        Recipe::DAYTIME => format!("socat -U {shown} EXEC:date\n"),
        Recipe::Nobody => format!("socat - {}\n", shell(&bind.replace(one, ""))),
        Recipe::Reply { .. } => {
            return Err(Impossible::SocatReply);
        }
        _ => return Err(Impossible::TooMuch),
    })
}

/// A path within an address of socat, where some characters part words.
fn escaped(path: &Path) -> String {
    let mut out = String::new();
    for char in path.to_string_lossy().chars() {
        if ",:!\\\"'{}[]()".contains(char) {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// A host without the brackets of an IPv6 address.
pub(super) fn bare(host: &str) -> &str {
    host.trim().trim_matches(['[', ']'])
}

/// What a listener binds, with all addresses by the name that programs know.
pub(super) fn any(bind: &str) -> &str {
    match bind.trim() {
        "" | "*" => "::",
        "localhost" => "127.0.0.1",
        other => bare(other),
    }
}
