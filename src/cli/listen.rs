//! `socketlab listen`.

use std::{
    io::{self, Read},
    thread,
};

use bytes::Bytes;

use super::{
    End,
    args::{Common, Listen, Responder},
    connect::print,
    session::{SESSION, Session, Step},
};
use crate::{
    engine::{Command, Notice},
    model::Target,
    protocol::snippet,
};

/// Listens until it is interrupted, its time is up, or it could not begin.
pub(super) fn run(listen: &Listen, common: &Common) -> io::Result<End> {
    let config = listen.config();
    if let Some(kind) = listen.print_as {
        return print(snippet::session(kind, snippet::Session::Listener(&config)));
    }
    let is_http = listen.responder == Responder::Http;
    let mut session = Session::start(common, !is_http)?;
    session.ask(Command::Listen { session: SESSION, config }).map_err(io::Error::other)?;
    let mut bound = false;
    let end = loop {
        match session.next() {
            Step::Notice(notice) => {
                if let Notice::Listening { .. } = notice {
                    bound = true;
                    if listen.responder == Responder::None {
                        type_for_all(&session)?;
                    }
                }
                if session.tell(&notice) {
                    break if bound { End::Done } else { End::Failed };
                }
            }
            Step::End(end) => break end,
            Step::OutputClosed => break End::Done,
            Step::Received | Step::Sent | Step::PeerFinished => {}
        }
    };
    Ok(session.finish(end))
}

/// Sends what is typed to everyone who is connected.
fn type_for_all(session: &Session) -> io::Result<()> {
    let commands = session.engine.commands();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = input.read(&mut buffer) {
            let bytes = Bytes::copy_from_slice(buffer.get(..length).unwrap_or_default());
            let command = Command::Send { to: Target::Session(SESSION), bytes };
            if commands.blocking_send(command).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}
