//! A raw session as a program in Rust, with its standard library alone: `rustc program.rs && ./program`.

use std::fmt::Write as _;

use crate::{
    model::{ConnectConfig, ListenConfig, Recipe, Transport},
    snippet::{
        Impossible,
        netcat::{any, bare},
        quote::{bytes, reply},
        session::Session,
    },
};

/// The program of a session.
pub(super) fn program(session: Session<'_>) -> Result<String, Impossible> {
    match session {
        Session::Client(config, messages) => client(config, messages),
        Session::Listener(config) => listener(config),
    }
}

/// `"host:port"` with its quotes.
fn place(host: &str, port: u16) -> String {
    if host.contains(':') { format!("\"[{host}]:{port}\"") } else { format!("\"{host}:{port}\"") }
}

fn client(config: &ConnectConfig, messages: &[Vec<u8>]) -> Result<String, Impossible> {
    if config.source.is_some() && config.transport == Transport::Tcp {
        return Err(Impossible::RustSource);
    }
    let place = place(bare(&config.host), config.port);
    let (name, open) = match &config.transport {
        Transport::Tcp => ("std::net::TcpStream", format!("std::net::TcpStream::connect({place})?")),
        Transport::Unix(path) => {
            let path = path.to_string_lossy();
            ("std::os::unix::net::UnixStream", format!("std::os::unix::net::UnixStream::connect({path:?})?"))
        }
        Transport::Udp | Transport::UnixDatagram(_) | Transport::UnixSeqpacket(_) => {
            return datagrams(config, messages, &place);
        }
    };
    let mut out = String::from("use std::io::{self, Read, Write};\n\nfn main() -> io::Result<()> {\n");
    let _ = writeln!(out, "    let mut stream: {name} = {open};");
    if messages.is_empty() {
        out.push_str(
            "    let mut output = stream.try_clone()?;\n    \
             std::thread::spawn(move || {\n        let _ = io::copy(&mut io::stdin(), &mut output);\n        \
             let _ = output.shutdown(std::net::Shutdown::Write);\n    });\n",
        );
    } else {
        for message in messages {
            let _ = writeln!(out, "    stream.write_all({})?;", bytes(message));
        }
        out.push_str("    stream.shutdown(std::net::Shutdown::Write)?;\n");
    }
    let _ = write!(
        out,
        "    let mut buffer = vec![0; {}];\n    loop {{\n        let count = stream.read(&mut buffer)?;\n        \
         if count == 0 {{\n            return Ok(());\n        }}\n        io::stdout().write_all(&buffer[..count])?;\n        \
         io::stdout().flush()?;\n    }}\n}}\n",
        config.recv_size.get()
    );
    Ok(out)
}

fn datagrams(config: &ConnectConfig, messages: &[Vec<u8>], place: &str) -> Result<String, Impossible> {
    if config.transport != Transport::Udp || messages.is_empty() {
        return Err(Impossible::RustDatagrams);
    }
    let source = config.source.as_ref().map_or_else(
        || if place.contains('[') { "\"[::]:0\"".to_owned() } else { "\"0.0.0.0:0\"".to_owned() },
        |source| format!("\"{source}\""),
    );
    let mut out = String::from("use std::io::{self, Write};\n\nfn main() -> io::Result<()> {\n");
    let _ = writeln!(out, "    let socket = std::net::UdpSocket::bind({source})?;\n    socket.connect({place})?;");
    for message in messages {
        let _ = writeln!(out, "    socket.send({})?;", bytes(message));
    }
    out.push_str(
        "    socket.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;\n    let mut buffer = vec![0; 65536];\n    \
         while let Ok(count) = socket.recv(&mut buffer) {\n        io::stdout().write_all(&buffer[..count])?;\n    }\n    \
         Ok(())\n}\n",
    );
    Ok(out)
}

fn listener(config: &ListenConfig) -> Result<String, Impossible> {
    let answer = match config.recipe {
        Recipe::ECHO => "data.to_vec()".to_owned(),
        Recipe::UPPER => "data.to_ascii_uppercase()".to_owned(),
        Recipe::Reply { ref text, options } => {
            format!("{}.to_vec()", bytes(&reply(text, options, config.encoding)?))
        }
        Recipe::DISCARD | Recipe::Nobody => "Vec::new()".to_owned(),
        Recipe::DAYTIME => {
            return Err(Impossible::RustTime);
        }
        _ => return Err(Impossible::TooMuch),
    };
    let answer = if answer.contains("data") {
        format!("fn answer(data: &[u8]) -> Vec<u8> {{\n    {answer}\n}}\n\n")
    } else {
        format!("fn answer(_data: &[u8]) -> Vec<u8> {{\n    {answer}\n}}\n\n")
    };
    let show = matches!(config.recipe, Recipe::Nobody);
    let shown = if show {
        "io::stdout().write_all(&buffer[..count])?;\n            io::stdout().flush()?;\n            "
    } else {
        ""
    };
    let place = place(any(&config.bind), config.port);
    let (module, listener) = match &config.transport {
        Transport::Tcp => ("std::net::TcpStream", format!("std::net::TcpListener::bind({place})?")),
        Transport::Unix(path) => {
            let path = path.to_string_lossy();
            ("std::os::unix::net::UnixStream", format!("std::os::unix::net::UnixListener::bind({path:?})?"))
        }
        Transport::Udp => {
            let shown = if show { "io::Write::write_all(&mut io::stdout(), &buffer[..count])?;\n        " } else { "" };
            return Ok(format!(
                "use std::io;\n\n{answer}fn main() -> io::Result<()> {{\n    let socket = std::net::UdpSocket::bind({place})?;\n    \
                 println!(\"bound {{}}\", socket.local_addr()?);\n    let mut buffer = vec![0; 65536];\n    loop {{\n        \
                 let (count, peer) = socket.recv_from(&mut buffer)?;\n        {shown}let reply = answer(&buffer[..count]);\n        \
                 if !reply.is_empty() {{\n            socket.send_to(&reply, peer)?;\n        }}\n    }}\n}}\n"
            ));
        }
        Transport::UnixDatagram(_) | Transport::UnixSeqpacket(_) => {
            return Err(Impossible::RustDatagramPath);
        }
    };
    let serve = if config.accept.limit() == Some(1) {
        "        let _ = serve(client?);\n"
    } else {
        "        let client = client?;\n        std::thread::spawn(move || serve(client));\n"
    };
    Ok(format!(
        "use std::io::{{self, Read, Write}};\n\n{answer}fn serve(mut client: {module}) -> io::Result<()> {{\n    \
         let mut buffer = vec![0; {size}];\n    loop {{\n        let count = client.read(&mut buffer)?;\n        \
         if count == 0 {{\n            return Ok(());\n        }}\n        \
         {{\n            {shown}client.write_all(&answer(&buffer[..count]))?;\n        }}\n    }}\n}}\n\n\
         fn main() -> io::Result<()> {{\n    let listener = {listener};\n    \
         println!(\"listening on {{:?}}\", listener.local_addr()?);\n    for client in listener.incoming() {{\n{serve}    }}\n    \
         Ok(())\n}}\n",
        size = config.recv_size.get()
    ))
}
