//! Sends a file to a listener, half-closes, and waits until the peer has closed:
//! `cargo run --example send_file -- 127.0.0.1 8000 picture.png`.

use std::{error::Error, path::PathBuf};

use socketlab::{
    engine::{Command, Engine, Notice},
    journal::Budget,
    model::{ConnectConfig, SessionId, Target, TransferId},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(host), Some(port), Some(path)) = (args.next(), args.next(), args.next()) else {
        return Err("usage: send_file HOST PORT FILE".into());
    };
    let (engine, mut notices) = Engine::start(Budget::default(), || {})?;
    let session = SessionId(1);
    let config = ConnectConfig { host, port: port.parse()?, ..ConnectConfig::default() };
    engine.send(Command::Connect { session, config, feed: None })?;
    let mut whole = false;
    while let Some(notice) = notices.blocking_recv() {
        match notice {
            Notice::Opened(connection) => {
                println!("{} is connected to {}", connection.identity().names.local, connection.identity().names.peer);
                // One after the other: FIN follows the last byte of the file.
                let to = Target::Connection(connection.id());
                engine.send(Command::SendFile {
                    transfer: TransferId(1),
                    to: to.clone(),
                    path: PathBuf::from(&path),
                })?;
                engine.send(Command::HalfClose(to))?;
            }
            Notice::Transfer { sent, total, done, .. } => {
                println!("{sent} of {total} bytes");
                whole = done.unwrap_or(whole);
            }
            Notice::Ended(connection) => {
                let ((sent, _), (received, _)) = (connection.sent(), connection.received());
                println!("over: {sent} bytes sent, {received} received");
            }
            Notice::Failed { failure, .. } => println!("{failure:?}"),
            Notice::Stopped(_) => break,
            _ => {}
        }
    }
    if whole { Ok(()) } else { Err("the file was not sent whole".into()) }
}
