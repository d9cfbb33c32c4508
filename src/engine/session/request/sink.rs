//! Where the body of an answer goes, and the pictures that are in it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
    sync::mpsc,
    time::timeout,
};

use crate::{
    engine::observe::pictures::BodyFinder,
    http::client::{BodySink, Kept},
    journal::{Connection, Objects},
    model::{Errno, Failure, Operation, numbered},
};

/// How long a file may take for what it has not written at the end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Names that are tried for a file whose own name is taken.
const NAMES: u32 = 1000;

enum Place {
    /// Into the object store when it has ended; until then its bytes count as coming in there.
    Store(Vec<u8>),
    File(File, PathBuf),
    /// To whoever reads along.
    Feed(mpsc::Sender<Bytes>),
    /// Nowhere: it belongs to a redirect, or is not wanted.
    Nowhere,
}

/// Takes the body of one answer.
pub(super) struct Sink {
    output: Option<PathBuf>,
    reader: Option<mpsc::Sender<Bytes>>,
    objects: Arc<Objects>,
    place: Place,
    finder: BodyFinder,
    /// Bytes that were said to be coming in.
    held: usize,
    /// Bytes that were handed to a file …
    written: u64,
    /// … and those of them that it took: a write goes on behind our back, and its error comes with the next one.
    taken: u64,
    /// A write failed.
    broken: bool,
}

impl Sink {
    /// Takes nothing until the body that counts begins; that goes into the file, or to whoever reads along, or into memory.
    pub(super) fn new(
        objects: &Arc<Objects>,
        connection: &Arc<Connection>,
        output: Option<PathBuf>,
        feed: Option<mpsc::Sender<Bytes>>,
    ) -> Self {
        Self {
            output,
            reader: feed,
            objects: Arc::clone(objects),
            place: Place::Nowhere,
            finder: BodyFinder::new(objects, connection),
            held: 0,
            written: 0,
            taken: 0,
            broken: false,
        }
    }

    /// From now on into this file, what came already first. A file that is there is replaced, or the new one gets a
    /// number.
    async fn file(&mut self, path: &Path, replace: bool) -> Result<(), Failure> {
        let opened =
            if replace { File::create(path).await.map(|file| (file, path.to_owned())) } else { fresh(path).await };
        let (mut file, path) = opened.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
        if let Place::Store(bytes) = &self.place {
            file.write_all(bytes).await.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
        }
        self.place = Place::File(file, path);
        let _ = self.hold(0);
        Ok(())
    }

    /// So many bytes of the body are in memory; false when that is too many.
    fn hold(&mut self, now: usize) -> bool {
        let fits = self.objects.hold(self.held, now);
        if fits {
            self.held = now;
        }
        fits
    }
}

impl BodySink for Sink {
    async fn begin(&mut self) -> Result<(), Failure> {
        // A person has chosen a file already.
        if matches!(self.place, Place::File(..)) {
            return Ok(());
        }
        self.place = match (self.output.take(), self.reader.take()) {
            (Some(path), _) => return self.file(&path, true).await,
            (None, Some(feed)) => Place::Feed(feed),
            (None, None) => Place::Store(Vec::new()),
        };
        Ok(())
    }

    async fn save(&mut self, path: &Path) -> Result<(), Failure> {
        self.file(path, false).await
    }

    async fn take(&mut self, data: &[u8]) -> Result<bool, Failure> {
        match &mut self.place {
            Place::Store(bytes) => {
                let now = bytes.len() + data.len();
                if !self.hold(now) {
                    return Ok(false);
                }
                if let Place::Store(bytes) = &mut self.place {
                    bytes.extend_from_slice(data);
                }
            }
            Place::File(file, path) => {
                if let Err(error) = file.write_all(data).await {
                    self.broken = true;
                    return Err(Failure::new(Operation::Open, path.display(), &error));
                }
                self.taken = self.written;
                self.written += data.len() as u64;
            }
            Place::Feed(feed) => {
                let piece = Bytes::copy_from_slice(data);
                feed.send(piece).await.map_err(|_| Failure::named(Operation::Send, "stdout", Errno::EPIPE))?;
            }
            Place::Nowhere => {}
        }
        // Pictures are shown while they come in, wherever the body goes.
        self.finder.look(data);
        Ok(true)
    }

    async fn finish(&mut self) -> Kept {
        self.finder.finish();
        let _ = self.hold(0);
        match std::mem::replace(&mut self.place, Place::Nowhere) {
            Place::Store(mut bytes) if !bytes.is_empty() => {
                bytes.shrink_to_fit();
                Kept { body: Some(self.finder.keep_body(bytes)), ..Kept::default() }
            }
            Place::File(mut file, path) => {
                let flushed = timeout(PATIENCE, file.flush()).await.unwrap_or(Err(io::ErrorKind::TimedOut.into()));
                let failure = flushed.err().map(|error| Failure::new(Operation::Open, path.display(), &error));
                if failure.is_none() && !self.broken {
                    self.taken = self.written;
                }
                let length = timeout(PATIENCE, file.metadata()).await.ok().and_then(Result::ok);
                let length = length.filter(std::fs::Metadata::is_file).map_or(self.taken, |facts| facts.len());
                Kept { saved: Some((path, length)), failure, ..Kept::default() }
            }
            _ => Kept::default(),
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.hold(0);
    }
}

/// A new file of that name, or of the first one after it that is free.
async fn fresh(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for number in 1..NAMES {
        let path = path.with_file_name(numbered(&name, number));
        match OpenOptions::new().write(true).create_new(true).open(&path).await {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
