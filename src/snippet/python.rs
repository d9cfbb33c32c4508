//! A raw session as a program in Python.

use std::fmt::Write as _;

use crate::{
    model::{ConnectConfig, ListenConfig, Recipe, Transport},
    snippet::{
        Impossible,
        netcat::{any, bare},
        quote::{bytes, reply, string},
        session::Session,
    },
};

/// The program of a session.
pub(super) fn program(session: Session<'_>) -> Result<String, Impossible> {
    match session {
        Session::Client(config, messages) => Ok(client(config, messages)),
        Session::Listener(config) => listener(config),
    }
}

fn client(config: &ConnectConfig, messages: &[Vec<u8>]) -> String {
    let size = config.recv_size.get();
    let is_datagram = config.transport.is_datagram();
    let list = messages.iter().fold(String::new(), |mut list, message| {
        let _ = writeln!(list, "    {},", bytes(message));
        list
    });
    let mut out = String::from("import os, socket, sys, threading\n\n");
    match &config.transport {
        Transport::Tcp => {
            let source = config.source.as_ref().map_or_else(String::new, |source| {
                format!(", source_address=({}, {})", string(&source.host), source.port)
            });
            let host = string(bare(&config.host));
            let _ = writeln!(out, "s = socket.create_connection(({host}, {}){source})", config.port);
        }
        Transport::Udp => {
            let host = string(bare(&config.host));
            let _ = writeln!(out, "place = socket.getaddrinfo({host}, {}, type=socket.SOCK_DGRAM)[0]", config.port);
            out.push_str("s = socket.socket(place[0], socket.SOCK_DGRAM)\n");
            if let Some(source) = &config.source {
                let _ = writeln!(out, "s.bind(({}, {}))", string(&source.host), source.port);
            }
            out.push_str("s.connect(place[4])\n");
        }
        Transport::Unix(path) => {
            let path = string(&path.to_string_lossy());
            let _ = writeln!(out, "s = socket.socket(socket.AF_UNIX)\ns.connect({path})");
        }
        Transport::UnixDatagram(path) | Transport::UnixSeqpacket(path) => {
            // A datagram socket without a name gets no answer.
            let path = string(&path.to_string_lossy());
            out.push_str("s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n");
            out.push_str("own = f\"/tmp/socketlab-{os.getpid()}\"\ns.bind(own)\n");
            let _ = writeln!(out, "s.connect({path})");
        }
    }
    let after = if is_datagram { "s.settimeout(2)" } else { "s.shutdown(socket.SHUT_WR)" };
    if messages.is_empty() {
        let finish = if is_datagram { "" } else { "    s.shutdown(socket.SHUT_WR)\n" };
        let _ = write!(
            out,
            "\ndef send():\n    for line in sys.stdin.buffer:\n        s.sendall(line)\n{finish}\n\
             threading.Thread(target=send, daemon=True).start()\n"
        );
    } else {
        let _ = write!(out, "for message in [\n{list}]:\n    s.sendall(message)\n{after}\n");
    }
    let size = if is_datagram { 65_536 } else { size };
    let _ = write!(
        out,
        "try:\n    while data := s.recv({size}):\n        sys.stdout.buffer.write(data)\n        sys.stdout.flush()\n\
         except socket.timeout:\n    pass  # nothing more came\n"
    );
    if matches!(config.transport, Transport::UnixDatagram(_)) {
        out.push_str("os.unlink(own)\n");
    }
    out
}

/// What `answer(data)` gives.
fn answer(config: &ListenConfig) -> Result<String, Impossible> {
    Ok(match config.recipe {
        Recipe::ECHO => "data".to_owned(),
        Recipe::UPPER => "data.upper()".to_owned(),
        Recipe::Reply { ref text, options } => bytes(&reply(text, options, config.encoding)?),
        Recipe::DAYTIME => "time.strftime(\"%A, %B %d, %Y %H:%M:%S-%Z\\r\\n\").encode()".to_owned(),
        Recipe::DISCARD | Recipe::Nobody => "b\"\"".to_owned(),
        _ => return Err(Impossible::TooMuch),
    })
}

fn listener(config: &ListenConfig) -> Result<String, Impossible> {
    let mut out = String::from("import os, socket, sys, threading, time\n\n\n");
    let _ = write!(out, "def answer(data):\n    return {}\n\n\n", answer(config)?);
    let shown = if matches!(config.recipe, Recipe::Nobody) {
        "sys.stdout.buffer.write(data)\n        sys.stdout.flush()\n        "
    } else {
        ""
    };
    let host = string(any(&config.bind));
    let family = if host.contains(':') { "AF_INET6" } else { "AF_INET" };
    if config.transport.is_datagram() {
        let bind = match config.transport.path() {
            Some(path) => {
                let path = string(&path.to_string_lossy());
                format!("s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind({path})\n")
            }
            None => {
                format!("s = socket.socket(socket.{family}, socket.SOCK_DGRAM)\ns.bind(({host}, {}))\n", config.port)
            }
        };
        let _ = write!(
            out,
            "{bind}print(\"bound\", s.getsockname(), flush=True)\nwhile True:\n    data, peer = s.recvfrom(65536)\n    \
             if data is not None:\n        {shown}reply = answer(data)\n    if reply and peer:\n        s.sendto(reply, peer)\n"
        );
        return Ok(out);
    }
    let size = config.recv_size.get();
    let serve = if matches!(config.recipe, Recipe::DAYTIME) {
        "        client.sendall(answer(b\"\"))\n".to_owned()
    } else {
        format!(
            "        while data := client.recv({size}):\n            {}client.sendall(answer(data))\n",
            shown.replace("\n        ", "\n            ")
        )
    };
    let _ = write!(out, "def serve(client):\n    with client:\n{serve}\n\n");
    if let Some(path) = config.transport.path() {
        let path = string(&path.to_string_lossy());
        let _ = writeln!(out, "s = socket.socket(socket.AF_UNIX)\ns.bind({path})\ns.listen({})", config.backlog);
    } else {
        let dual = if host == "\"::\"" { ", dualstack_ipv6=True" } else { "" };
        let _ = writeln!(
            out,
            "s = socket.create_server(({host}, {}), family=socket.{family}, backlog={}{dual})",
            config.port, config.backlog
        );
    }
    out.push_str("print(\"listening on\", s.getsockname(), flush=True)\nwhile True:\n    client, peer = s.accept()\n");
    out.push_str(if config.accept.limit() == Some(1) {
        "    serve(client)\n"
    } else {
        "    threading.Thread(target=serve, args=(client,), daemon=True).start()\n"
    });
    Ok(out)
}
