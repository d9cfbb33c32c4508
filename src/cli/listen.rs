//! `socketlab listen`.

use std::{
    io::{self, Read},
    net::SocketAddr,
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use bytes::Bytes;

use super::{
    End,
    args::{Common, Listen, Responder},
    connect::print,
    session::{SESSION, Session, Step},
    site_args, stdio,
};
use crate::{
    engine::{AdapterKind, Command, Notice, addresses},
    model::{Qr, Site, Target},
    snippet,
    words::text,
};

/// How often a file of routes is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Listens until it is interrupted, its time is up, or it could not begin.
pub(super) fn run(listen: &Listen, common: &Common) -> io::Result<End> {
    let config = listen.config(common.encoding);
    if let Some(kind) = listen.print_as {
        return print(snippet::session(kind, snippet::Session::Listener(&config)));
    }
    let is_http = listen.responder == Responder::Http;
    let mut routes = listen.site.routes.as_deref().map(Watched::new);
    let serving = config.serving.clone();
    let mut session = Session::start(common, !is_http)?;
    session.ask(Command::Listen { session: SESSION, config }).map_err(io::Error::other)?;
    let mut bound = false;
    let end = loop {
        let step = match &mut routes {
            None => session.next(),
            Some(routes) => {
                if let Some(read) = routes.changed() {
                    match read {
                        Ok(site) => {
                            let command = Command::Serve { session: SESSION, site, serving: serving.clone() };
                            session.ask(command).map_err(io::Error::other)?;
                            session.say(text!("the routes were read again"));
                        }
                        Err(error) => stdio::status(&error),
                    }
                }
                let Some(step) = session.next_within(LOOK) else { continue };
                step
            }
        };
        match step {
            Step::Notice(notice) => {
                if let Notice::Listening { local, .. } = &notice {
                    bound = true;
                    if listen.responder == Responder::None || listen.site.board {
                        type_for_all(&session)?;
                    }
                    if let Some(local) = local.inet().filter(|_| is_http) {
                        tell_address(&session, local, listen.site.qr);
                    }
                }
                if session.tell(&notice) {
                    break if bound { End::Done } else { End::Failed };
                }
            }
            Step::End(end) => break end,
            Step::OutputClosed => break End::Done,
            Step::Heard(_) | Step::Received | Step::Sent | Step::PeerFinished => {}
        }
    };
    Ok(session.finish(end))
}

/// Says where the site is for another PC or a phone.
fn tell_address(session: &Session, local: SocketAddr, qr: bool) {
    let best = addresses().into_iter().find(|adapter| adapter.kind == AdapterKind::Lan);
    let host = match best {
        Some(best) if local.ip().is_unspecified() => best.address,
        _ => local.ip(),
    };
    let url = format!("http://{}/", SocketAddr::new(host, local.port()));
    session.say(&text!("open {url}", url = url));
    if let Some(code) = Qr::of(&url).filter(|_| qr) {
        for line in code.lines() {
            session.say(&line);
        }
    }
}

/// A file of routes that is looked at now and then.
struct Watched<'a> {
    path: &'a Path,
    modified: Option<SystemTime>,
}

impl<'a> Watched<'a> {
    fn new(path: &'a Path) -> Self {
        Self { path, modified: modified(path) }
    }

    /// The new table, or what is wrong with it, once after every change.
    fn changed(&mut self) -> Option<Result<Site, String>> {
        let now = modified(self.path);
        if now == std::mem::replace(&mut self.modified, now) {
            return None;
        }
        // A file that is being replaced is not there for a moment.
        now.map(|_| site_args::read(self.path))
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|facts| facts.modified()).ok()
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
