//! The one place that every datagram passes: a socket whose bytes are to be had only for a peer, who has them recorded.
//!
//! The counterpart of [`tap`](super::tap) for sockets that many peers share. Must not know who answers, nor keep peers.

use std::{
    io::{self, IoSlice},
    sync::Arc,
};

use parking_lot::Mutex;

use super::{inbox::Inbox, lifecycle::Life, recorder::Recorder};
#[cfg(unix)]
use crate::engine::net::unix_path;
use crate::{
    engine::net::{
        datagram_socket::{Address, Arrival, Packets},
        platform::Undelivered,
        reach::Attempt,
    },
    journal::{Connection, Objects},
    model::{Detail, Direction, Event, Failure, Name, Note, Operation},
};

/// The records of one peer, in both directions.
#[derive(Debug)]
pub(crate) struct PeerTap {
    life: Arc<Life>,
    inbound: Mutex<Recorder>,
    outbound: Mutex<Recorder>,
}

/// What came in, not recorded yet.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    bytes: &'a mut [u8],
    pub(crate) from: Address,
}

/// What a socket has to tell.
#[derive(Debug)]
pub(crate) enum Incoming<'a> {
    Datagram(Received<'a>),
    Undelivered(Undelivered),
}

/// A datagram socket under observation.
#[derive(Debug)]
pub(crate) struct DatagramTap {
    socket: Packets,
}

impl DatagramTap {
    pub(crate) fn new(socket: Packets) -> Self {
        Self { socket }
    }

    /// The socket inside, for its name and kind; what goes over it from here on is not recorded.
    pub(crate) fn get_ref(&self) -> &Packets {
        &self.socket
    }

    /// Waits for a datagram and takes it.
    pub(crate) async fn receive<'a>(&self, inbox: &'a mut Inbox) -> io::Result<Incoming<'a>> {
        Ok(match inbox.next(&self.socket).await? {
            Arrival::Datagram { length, from } => {
                Incoming::Datagram(Received { bytes: inbox.buffer.get_mut(..length).unwrap_or_default(), from })
            }
            Arrival::Undelivered(undelivered) => Incoming::Undelivered(undelivered),
        })
    }

    /// Sends one datagram. An error other than `WouldBlock` is a record of the peer.
    pub(crate) async fn send(&self, peer: &PeerTap, bytes: &[u8], to: &Address) -> Result<(), Unsent> {
        match self.socket.send(bytes, to).await {
            Ok(sent) => {
                let connection = peer.life.connection();
                peer.outbound.lock().record(connection, Direction::Outbound, &[IoSlice::new(bytes)], sent);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(Unsent::NoRoom(error)),
            Err(error) => Err(Unsent::Failed(peer.failed(Operation::Send, &error).await)),
        }
    }
}

/// Why a datagram did not leave.
#[derive(Debug)]
pub(crate) enum Unsent {
    /// Its receiver takes none at the moment, as the system says it.
    NoRoom(io::Error),
    Failed(Failure),
}

impl<'a> Received<'a> {
    /// Writes down that a peer sent it, and gives its bytes: the first `most` of them, where a person wants no more.
    pub(crate) fn recorded(self, peer: &PeerTap, most: usize) -> &'a mut [u8] {
        let (whole, taken) = (self.bytes.len(), self.bytes.len().min(most));
        let bytes = self.bytes.get_mut(..taken).unwrap_or_default();
        let connection = peer.life.connection();
        peer.inbound.lock().record(connection, Direction::Inbound, &[IoSlice::new(bytes)], taken);
        if taken < whole {
            peer.life.cut(whole as u64, taken);
        }
        bytes
    }
}

impl PeerTap {
    pub(crate) fn new(connection: Arc<Connection>, objects: &Arc<Objects>) -> Self {
        let recorder = || Mutex::new(Recorder::new(objects));
        Self { life: Life::new(connection), inbound: recorder(), outbound: recorder() }
    }

    pub(crate) fn life(&self) -> &Arc<Life> {
        &self.life
    }

    /// Writes down an error that is not the end, with its cause where that can be had.
    pub(crate) async fn failed(&self, operation: Operation, error: &io::Error) -> Failure {
        let failure = why(operation, &self.life.connection().identity().names.peer, error).await;
        self.life.trouble(&failure);
        failure
    }

    /// Writes down that a datagram of ours did not arrive.
    pub(crate) async fn undelivered(&self, undelivered: &Undelivered) -> Failure {
        let failure = why(Operation::Send, &self.life.connection().identity().names.peer, &undelivered.error).await;
        let on_the_way = undelivered.from.filter(|from| Some(*from) != undelivered.to.map(|to| to.ip().to_canonical()));
        let note = on_the_way.map(|address| Note::SaidBy { address });
        let detail = Detail { failure: Some(failure.clone()), note, ..Detail::default() };
        self.life.connection().fact(Event::Failed, &detail, None);
        failure
    }

    /// Puts away what was in the middle of coming, and writes the end.
    pub(crate) fn close(&self) {
        let connection = self.life.connection();
        self.inbound.lock().finish(connection);
        self.outbound.lock().finish(connection);
        self.life.closed();
    }
}

/// Why a datagram did not get through.
async fn why(operation: Operation, peer: &Name, error: &io::Error) -> Failure {
    match peer {
        #[cfg(unix)]
        Name::Text(path) => unix_path::failure(operation, std::path::Path::new(path.as_ref()), error),
        _ => match peer.inet() {
            Some(to) => Attempt::begin(to, true).explain(Failure::new(operation, peer, error)).await,
            None => Failure::new(operation, peer, error),
        },
    }
}
