//! An engine, the notices it gave, and what its journal holds.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
};

use socketlab::{
    engine::{Command, Engine, Notice},
    journal::{Budget, Connection, Seq},
    model::{ConnectConfig, ConnectionId, Detail, Event, ListenConfig, Recipe, SessionId},
};
use tokio::sync::mpsc::Receiver;

pub(crate) use crate::{
    reset::reset,
    streams::{PATIENCE, patient, poll, take},
};

/// A copy of one record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) seq: Seq,
    pub(crate) event: Event,
    pub(crate) connection: ConnectionId,
    pub(crate) length: u32,
    pub(crate) detail: Detail,
}

pub(crate) struct Lab {
    pub(crate) engine: Engine,
    notices: Receiver<Notice>,
    /// Everything that was told so far.
    pub(crate) told: Vec<Notice>,
    sessions: u32,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::with(Budget::default())
    }

    pub(crate) fn with(budget: Budget) -> Self {
        let (engine, notices) = Engine::start(budget, || {}).unwrap();
        Self { engine, notices, told: Vec::new(), sessions: 0 }
    }

    pub(crate) fn ask(&self, command: Command) {
        self.engine.send(command).unwrap();
    }

    fn session(&mut self) -> SessionId {
        self.sessions += 1;
        SessionId(self.sessions)
    }

    /// A TCP listener on a free port.
    pub(crate) fn listen(&mut self, recipe: Recipe) -> (SessionId, SocketAddr) {
        self.listen_as(ListenConfig { recipe, ..ListenConfig::default() })
    }

    /// A listener on a free port.
    pub(crate) fn listen_as(&mut self, config: ListenConfig) -> (SessionId, SocketAddr) {
        let session = self.session();
        self.ask(Command::Listen { session, config: ListenConfig { port: 0, ..config } });
        let local = self.wait("a bound listener", |notice| match notice {
            Notice::Listening { session: bound, local, .. } if *bound == session => local.inet(),
            _ => None,
        });
        (session, local)
    }

    /// A client and the peer's end of its connection.
    pub(crate) fn connect(&mut self) -> (SessionId, Arc<Connection>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = ConnectConfig { port: listener.local_addr().unwrap().port(), ..ConnectConfig::default() };
        let session = self.session();
        self.ask(Command::Connect { session, config, feed: None });
        let stream = patient(listener.accept().unwrap().0);
        let connection = self.wait("a connection", |notice| match notice {
            Notice::Opened(connection) if connection.identity().session == session => Some(Arc::clone(connection)),
            _ => None,
        });
        (session, connection, stream)
    }

    /// Waits for a notice that was not looked at yet.
    pub(crate) fn wait<T>(&mut self, what: &str, mut find: impl FnMut(&Notice) -> Option<T>) -> T {
        poll(what, || self.look(&mut find))
    }

    /// Reads the notices that are there until one is what is looked for.
    pub(crate) fn look<T>(&mut self, find: &mut impl FnMut(&Notice) -> Option<T>) -> Option<T> {
        while let Ok(notice) = self.notices.try_recv() {
            let found = find(&notice);
            self.told.push(notice);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Waits for the end of a connection.
    pub(crate) fn ended(&mut self, id: ConnectionId) -> Arc<Connection> {
        self.wait("the end of a connection", |notice| match notice {
            Notice::Ended(connection) if connection.id() == id => Some(Arc::clone(connection)),
            _ => None,
        })
    }

    /// Waits for the end of a session.
    pub(crate) fn stopped(&mut self, id: SessionId) {
        self.wait("the end of a session", |notice| {
            matches!(notice, Notice::Stopped(session) if *session == id).then_some(())
        });
    }

    /// How many notices wait to be read.
    pub(crate) fn unread(&self) -> usize {
        self.notices.len()
    }

    /// Every record that the journal still holds, oldest first.
    pub(crate) fn records(&self) -> Vec<Record> {
        let journal = self.engine.journal();
        let mut next = journal.stats().first;
        let mut records: Vec<Record> = Vec::new();
        while let Some(block) = journal.block(next) {
            records.extend(block.rows().filter(|row| row.seq >= next).map(|row| Record {
                seq: row.seq,
                event: row.head.event,
                connection: row.head.connection,
                length: row.head.length,
                detail: row.detail(),
            }));
            next = block.end();
        }
        records
    }

    /// The records of one kind.
    pub(crate) fn of(&self, event: Event) -> Vec<Record> {
        self.records().into_iter().filter(|record| record.event == event).collect()
    }
}

/// A caller whose calls fail instead of waiting for ever.
pub(crate) fn call(address: SocketAddr) -> TcpStream {
    patient(TcpStream::connect(address).unwrap())
}
