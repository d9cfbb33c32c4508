//! A file on its way out: read in pieces, sent as the peer takes it, with progress and a way to stop.
//!
//! A file is one message: answers and texts of others wait until it has gone or was given up.

use std::{io, path::Path, pin::pin, sync::atomic::Ordering, time::Duration};

use tokio::{
    fs::File,
    io::AsyncReadExt,
    time::{Instant, timeout_at},
};

use crate::{
    engine::{
        Notice,
        net::wire::Wire,
        observe::lifecycle::Life,
        shared::{context::Context, control::Transfer},
        task::duplex::{Duplex, Failed},
    },
    model::{Detail, Errno, Event, Failure, Operation, Reason, SentFile, TransferId},
};

/// Bytes read from the file at once.
const PIECE: usize = 256 << 10;
/// The same where each piece is one record: larger ones may not have room in the send buffer.
const RECORD: usize = 64 << 10;
/// Progress is told this often at most.
const PACE: Duration = Duration::from_millis(100);

/// Sends the whole file. A file that cannot be read is reported and leaves the connection as it is; only a failed
/// `send` is an error here.
pub(crate) async fn send_file(
    context: &Context,
    duplex: &Duplex,
    id: TransferId,
    path: &Path,
    transfer: &Transfer,
) -> Result<(), Failed> {
    let life = duplex.life();
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let told = Instant::now();
    let mut progress = Progress { context, life, id, transfer, told, is_behind: false, name, from: None };
    let result = tokio::select! {
        result = send_pieces(duplex, path, &mut progress) => result,
        () = transfer.cancel.cancelled() => Ok(Outcome::Cancelled),
    };
    // A picture that was given up ends here, not where the next text does.
    duplex.sent_all();
    match result {
        Ok(outcome) => {
            let failure = match outcome {
                Outcome::Whole => None,
                Outcome::Cancelled => Some(Failure::named(Operation::Send, path.display(), Errno::ECANCELED)),
                Outcome::Unreadable(error) => Some(Failure::new(Operation::Open, path.display(), &error)),
            };
            progress.end(failure).await;
            Ok(())
        }
        Err(error) => {
            progress.end(Some(Failure::new(Operation::Send, path.display(), &error))).await;
            Err((Operation::Send, error))
        }
    }
}

enum Outcome {
    Whole,
    Cancelled,
    Unreadable(io::Error),
}

async fn send_pieces(duplex: &Duplex, path: &Path, progress: &mut Progress<'_>) -> io::Result<Outcome> {
    let mut file = match open(path).await {
        Ok((file, total)) => {
            progress.transfer.total.store(total, Ordering::Relaxed);
            file
        }
        Err(error) => return Ok(Outcome::Unreadable(error)),
    };
    // A disk that does not answer keeps nobody else waiting.
    let turn = duplex.turn().await;
    progress.begin();
    let keeps_bounds = duplex.with_wire(Wire::keeps_bounds);
    let mut piece = vec![0; if keeps_bounds { RECORD } else { PIECE }];
    loop {
        let length = match file.read(&mut piece).await {
            Ok(0) if progress.is_short() => {
                let shrank = io::Error::new(io::ErrorKind::UnexpectedEof, Reason::FileShrank);
                return Ok(Outcome::Unreadable(shrank));
            }
            Ok(0) => return Ok(Outcome::Whole),
            Ok(length) => length,
            Err(error) => return Ok(Outcome::Unreadable(error)),
        };
        let mut rest = piece.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let sent = progress.while_waiting(duplex.send_some(&turn, rest)).await?;
            progress.moved(sent).await;
            rest = rest.get(sent..).unwrap_or_default();
        }
    }
}

async fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path).await?;
    let facts = file.metadata().await?;
    if facts.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok((file, facts.len()))
}

struct Progress<'a> {
    context: &'a Context,
    life: &'a Life,
    id: TransferId,
    transfer: &'a Transfer,
    told: Instant,
    /// More was sent since then.
    is_behind: bool,
    name: String,
    /// Bytes that had gone out when it began.
    from: Option<u64>,
}

impl Progress<'_> {
    /// Less was sent than the file had when it was opened.
    fn is_short(&self) -> bool {
        self.transfer.sent.load(Ordering::Relaxed) < self.transfer.total.load(Ordering::Relaxed)
    }

    /// From here on all that goes out is the file's.
    fn begin(&mut self) {
        self.from = Some(self.life.connection().sent().0);
        self.note(false);
    }

    async fn moved(&mut self, sent: usize) {
        self.transfer.sent.fetch_add(sent as u64, Ordering::Relaxed);
        self.is_behind = true;
        if self.told.elapsed() >= PACE {
            self.tell().await;
        }
    }

    async fn tell(&mut self) {
        (self.told, self.is_behind) = (Instant::now(), false);
        let (sent, total) = self.note(false);
        self.context.tell(Notice::Transfer { transfer: self.id, sent, total, done: None }).await;
    }

    /// Waits for the peer to take something. What was sent before is told meanwhile: a peer that reads nothing more would
    /// leave the last figure standing, from before the system's buffers were filled.
    async fn while_waiting<T>(&mut self, send: impl Future<Output = T>) -> T {
        let mut send = pin!(send);
        if self.is_behind {
            match timeout_at(self.told + PACE, &mut send).await {
                Ok(sent) => return sent,
                Err(_) => self.tell().await,
            }
        }
        send.await
    }

    async fn end(&mut self, failure: Option<Failure>) {
        let connection = self.life.connection().identity();
        self.note(true);
        let done = failure.is_none();
        if let Some(failure) = failure {
            if !self.life.is_over() {
                self.life.trouble(&failure);
            }
            self.context.tell(Notice::Failed { session: connection.session, connection: connection.id, failure }).await;
        }
        self.context.end_transfer(self.id, connection.id, done).await;
    }

    /// Writes down how far it has come, and returns it.
    fn note(&self, over: bool) -> (u64, u64) {
        let sent = self.transfer.sent.load(Ordering::Relaxed);
        let total = self.transfer.total.load(Ordering::Relaxed);
        if !self.life.is_over() {
            let file = self.from.map(|from| SentFile { transfer: self.id, name: self.name.clone(), from, over });
            let detail = Detail { sent: Some(sent), total: Some(total), file, ..Detail::default() };
            self.life.connection().fact(Event::Progress, &detail, None);
        }
        (sent, total)
    }
}
