//! Where the body of an answer goes, and the pictures that are in it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    engine::observe::pictures::BodyFinder,
    journal::{Connection, Objects},
    model::{Errno, Failure, ObjectId, Operation, numbered},
};

/// Names that are tried for a file whose own name is taken.
const NAMES: u32 = 1000;

enum Place {
    /// Into the object store when it has ended; until then its bytes count as coming in there.
    Store(Vec<u8>),
    File(File, PathBuf),
    /// To whoever reads along, as long as there is time for it.
    Feed(mpsc::Sender<Bytes>, Patience),
    /// Nowhere: it belongs to a redirect, or is not wanted.
    Nowhere,
}

/// How long a reader of the body is waited for.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    pub deadline: Option<Instant>,
    pub stop: CancellationToken,
}

/// Takes the body of one answer.
pub(super) struct Sink {
    objects: Arc<Objects>,
    place: Place,
    finder: BodyFinder,
    /// Bytes that were said to be coming in.
    held: usize,
}

impl Sink {
    /// Takes nothing until it is given a place.
    pub(super) fn new(objects: &Arc<Objects>, connection: &Arc<Connection>) -> Self {
        Self {
            objects: Arc::clone(objects),
            place: Place::Nowhere,
            finder: BodyFinder::new(objects, connection),
            held: 0,
        }
    }

    pub(super) fn store(&mut self) {
        self.place = Place::Store(Vec::new());
    }

    pub(super) fn feed(&mut self, feed: mpsc::Sender<Bytes>, patience: Patience) {
        self.place = Place::Feed(feed, patience);
    }

    /// From now on into this file, what came already first. A file that is there is replaced, or the new one gets a
    /// number.
    pub(super) async fn file(&mut self, path: &Path, replace: bool) -> Result<(), Failure> {
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

    /// Takes the next bytes; false, and nothing is taken, when the store has no room for them.
    pub(super) async fn take(&mut self, data: &[u8]) -> Result<bool, Failure> {
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
                file.write_all(data).await.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
            }
            Place::Feed(feed, patience) => {
                let failed = |errno| Err(Failure::named(Operation::Send, "stdout", errno));
                let deadline = async {
                    match patience.deadline {
                        Some(deadline) => sleep_until(deadline).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    biased;
                    sent = feed.send(Bytes::copy_from_slice(data)) => {
                        if sent.is_err() {
                            return failed(Errno::EPIPE);
                        }
                    }
                    () = patience.stop.cancelled() => return failed(Errno::ECANCELED),
                    () = deadline => return failed(Errno::ETIMEDOUT),
                }
            }
            Place::Nowhere => {}
        }
        // Pictures are shown while they come in, wherever the body goes.
        self.finder.look(data);
        Ok(true)
    }

    /// Puts away what is left: the object with the body, or the file that has it.
    pub(super) async fn finish(&mut self) -> Result<(Option<ObjectId>, Option<PathBuf>), Failure> {
        self.finder.finish();
        let _ = self.hold(0);
        match std::mem::replace(&mut self.place, Place::Nowhere) {
            Place::Store(mut bytes) if !bytes.is_empty() => {
                bytes.shrink_to_fit();
                Ok((Some(self.finder.keep_body(bytes)), None))
            }
            Place::File(mut file, path) => {
                file.flush().await.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
                Ok((None, Some(path)))
            }
            _ => Ok((None, None)),
        }
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
