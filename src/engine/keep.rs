//! All that a connection receives, from now on into a file: a reader that loses nothing, on a thread of its own.
//!
//! When the disk is slower than the sockets for longer than the journal has room, they wait ([`Follower`]). Owns the file and
//! nothing else; what is written is what the journal's records say, so it is counted as they are.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{Notice, shared::context::Context};
use crate::{
    journal::{Block, Connection, Follower, Payloads, Seq},
    model::{ConnectionId, Detail, Event, Failure, Operation},
};

/// How long a reader waits for a record before it looks whether it is to stop.
const PATIENCE: Duration = Duration::from_millis(100);
/// How far it is, is told this often at most.
const PACE: Duration = Duration::from_millis(200);

/// Begins to write what `connection` receives into the file at `path`, in place of what is written of it already.
pub(crate) fn begin(context: &Arc<Context>, connection: ConnectionId, path: PathBuf) {
    let Some(known) = context.registry.lock().connections.get(&connection).map(|handle| Arc::clone(&handle.connection))
    else {
        return;
    };
    let stop = Arc::<AtomicBool>::default();
    let before = context.registry.lock().keeping.insert(connection, Arc::clone(&stop));
    if let Some(before) = before {
        before.store(true, Ordering::Relaxed);
    }
    let context = Arc::clone(context);
    let keeper = Keeper { connection: Arc::clone(&known), written: 0, stop };
    let named = path.display().to_string();
    let started = thread::Builder::new().name("keep".to_owned()).spawn(move || keeper.run(&context, &path));
    if let Err(error) = started {
        let failure = Some(Failure::new(Operation::Write, named, &error));
        known.fact(Event::Failed, &Detail { failure, ..Detail::default() }, None);
    }
}

/// Writes no more of what a connection receives.
pub(crate) fn stop(context: &Context, connection: ConnectionId) {
    if let Some(stop) = context.registry.lock().keeping.get(&connection) {
        stop.store(true, Ordering::Relaxed);
    }
}

struct Keeper {
    connection: Arc<Connection>,
    written: u64,
    stop: Arc<AtomicBool>,
}

impl Keeper {
    fn run(mut self, context: &Context, path: &Path) {
        let result = File::create(path).and_then(|file| {
            let mut follower = context.journal.follow(Payloads::Received);
            self.tell(context, path, None);
            self.write(context, path, &mut follower, BufWriter::new(file))
        });
        let failure = result.err().map(|error| Failure::new(Operation::Write, path.display(), &error));
        if let Some(failure) = &failure {
            let detail = Detail { failure: Some(failure.clone()), ..Detail::default() };
            self.connection.fact(Event::Failed, &detail, None);
        }
        let mut registry = context.registry.lock();
        if registry.keeping.get(&self.connection.id()).is_some_and(|stop| Arc::ptr_eq(stop, &self.stop)) {
            registry.keeping.remove(&self.connection.id());
        }
        drop(registry);
        self.tell(context, path, Some(failure.map_or(Ok(()), Err)));
    }

    fn write(
        &mut self,
        context: &Context,
        path: &Path,
        follower: &mut Follower,
        mut file: BufWriter<File>,
    ) -> io::Result<()> {
        let mut told = (Instant::now(), 0);
        loop {
            // What was received before is in the records that are read after.
            let last = self.stop.load(Ordering::Relaxed) || self.connection.state().is_over();
            let block = follower.read(if last { Duration::ZERO } else { PATIENCE });
            if let Some(block) = &block {
                self.take(block, follower.wanted(), &mut file)?;
                follower.advance(block.end());
            }
            if block.is_none() || follower.is_caught_up() {
                // A person may look into it while it grows.
                file.flush()?;
                if last {
                    return file.get_ref().sync_all();
                }
            }
            if told.0.elapsed() >= PACE && told.1 != self.written {
                told = (Instant::now(), self.written);
                self.tell(context, path, None);
            }
        }
    }

    fn take(&mut self, block: &Block, from: Seq, file: &mut impl Write) -> io::Result<()> {
        let id = self.connection.id();
        let own = block.rows().filter(|row| row.seq >= from && row.head.connection == id);
        for row in own.filter(|row| row.head.event == Event::Recv) {
            file.write_all(row.payload)?;
            self.written += row.payload.len() as u64;
        }
        Ok(())
    }

    fn tell(&self, context: &Context, path: &Path, over: Option<Result<(), Failure>>) {
        context.tell_blocking(Notice::Keeping {
            connection: self.connection.id(),
            path: path.to_owned(),
            written: self.written,
            over,
        });
    }
}
