//! Answers of a responder that are more than bytes: later, a file, to the others, without end.

use std::{io, path::Path};

use tokio::{fs::File, io::AsyncReadExt, time::sleep};

use crate::{
    engine::{
        Notice,
        observe::lifecycle::Life,
        shared::{buffers::Buffers, context::Context, delivery},
        task::duplex::{Duplex, Failed, Turn},
    },
    model::{Failure, Operation, Reason},
    respond::{Answer, Responder},
};

/// Bytes read from a file at once.
const PIECE: usize = 64 << 10;

/// Asks the responder; one that may take longer gives up its thread to the others first.
pub(crate) fn ask(responder: &mut dyn Responder, slow: bool, message: &mut [u8]) -> Answer {
    if slow { tokio::task::block_in_place(|| responder.answer(message)) } else { responder.answer(message) }
}

/// Where an answer goes: a stream, or one peer of a datagram socket.
pub(crate) trait Outlet: Sync {
    /// Why nothing more can be sent.
    type Error: Send;

    fn life(&self) -> &Life;

    /// Waits until nobody else is in the middle of a message.
    fn turn(&self) -> impl Future<Output = Turn<'_>> + Send;

    /// Sends all of a part of a message; where messages have bounds, as one.
    fn send_part(&self, turn: &Turn<'_>, bytes: &[u8]) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Sends a message that is one part.
    fn send(&self, bytes: &[u8]) -> impl Future<Output = Result<(), Self::Error>> + Send {
        async move { self.send_part(&self.turn().await, bytes).await }
    }

    /// True where the pieces of a file would arrive as messages of their own, in any order.
    fn keeps_bounds(&self) -> bool;
}

impl Outlet for Duplex {
    type Error = Failed;

    fn life(&self) -> &Life {
        Self::life(self)
    }

    fn turn(&self) -> impl Future<Output = Turn<'_>> + Send {
        Self::turn(self)
    }

    fn send_part(&self, turn: &Turn<'_>, bytes: &[u8]) -> impl Future<Output = Result<(), Failed>> + Send {
        Self::send_part(self, turn, bytes)
    }

    fn keeps_bounds(&self) -> bool {
        false
    }
}

/// Carries out an answer that is not the message itself; false when the connection cannot go on, because a promise could not be kept.
pub(crate) async fn carry_out<O: Outlet>(context: &Context, outlet: &O, answer: &Answer) -> Result<bool, O::Error> {
    let life = outlet.life();
    match answer {
        // The message itself is with whoever received it.
        Answer::Nothing | Answer::Message => {}
        Answer::Bytes(bytes) => outlet.send(bytes).await?,
        Answer::Timed { bytes, delay, .. } => {
            if !delay.is_zero() {
                sleep(*delay).await;
            }
            if let Some(bytes) = bytes {
                outlet.send(bytes).await?;
            }
        }
        // The head says what the body is: nothing of anybody else's may stand between them.
        Answer::Pair { head, pause, body } => {
            let turn = outlet.turn().await;
            outlet.send_part(&turn, head).await?;
            sleep(*pause).await;
            outlet.send_part(&turn, body).await?;
        }
        // What says how long the file is, and no more.
        Answer::File { head, .. } if outlet.keeps_bounds() => outlet.send(head).await?,
        Answer::File { head, pause, path, length, .. } => {
            let file = match open(path, *length).await {
                Ok(file) => file,
                Err(error) => return Ok(broken(context, life, path, &error).await),
            };
            let turn = outlet.turn().await;
            outlet.send_part(&turn, head).await?;
            if !pause.is_zero() {
                sleep(*pause).await;
            }
            if let Err(error) = send_file(outlet, &turn, file, *length).await? {
                drop(turn);
                return Ok(broken(context, life, path, &error).await);
            }
        }
        Answer::Others(bytes) => {
            let me = life.connection().identity();
            delivery::give_others(context, me.session, me.id, &bytes::Bytes::copy_from_slice(bytes)).await;
        }
    }
    Ok(true)
}

async fn open(path: &Path, length: Option<u64>) -> io::Result<File> {
    let file = File::open(path).await?;
    let facts = file.metadata().await?;
    if facts.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if length.is_some_and(|length| facts.len() < length) { Err(shorter()) } else { Ok(file) }
}

fn shorter() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, Reason::FileShrank)
}

/// The outer error is one of sending, the inner one of reading.
async fn send_file<O: Outlet>(
    outlet: &O,
    turn: &Turn<'_>,
    file: File,
    length: Option<u64>,
) -> Result<io::Result<()>, O::Error> {
    let mut left = length.unwrap_or(u64::MAX);
    let mut file = file.take(left);
    let mut piece = vec![0; PIECE];
    while left > 0 {
        match file.read(&mut piece).await {
            Ok(0) => return Ok(if length.is_some() { Err(shorter()) } else { Ok(()) }),
            Ok(count) => {
                left -= count as u64;
                outlet.send_part(turn, piece.get(..count).unwrap_or_default()).await?;
            }
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(()))
}

/// Tells that a file could not be read; the connection ends, because the peer would take other bytes for it.
async fn broken(context: &Context, life: &Life, path: &Path, error: &io::Error) -> bool {
    let connection = life.connection().identity();
    let failure = Failure::new(Operation::Open, path.display(), error);
    life.trouble(&failure);
    context.tell(Notice::Failed { session: connection.session, connection: connection.id, failure }).await;
    false
}

/// Sends without end until the peer has sent FIN or takes no more; what it sends is thrown away.
pub(crate) async fn flow(duplex: &Duplex, buffers: &Buffers, responder: &mut dyn Responder) -> Result<(), Failed> {
    let sending = async {
        let mut out = Vec::new();
        loop {
            out.clear();
            responder.flow(&mut out);
            duplex.send(&out).await?;
            tokio::task::yield_now().await;
        }
    };
    let receiving = async {
        loop {
            match duplex.recv(buffers).await {
                Ok(None | Some((_, 0))) => return Ok(()),
                Ok(Some((buffer, _))) => buffers.give_back(buffer),
                Err(error) => return Err((Operation::Recv, error)),
            }
        }
    };
    tokio::select! {
        result = sending => result,
        result = receiving => result,
    }
}
