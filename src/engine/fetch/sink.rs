//! Where the body of an answer goes.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::{fs::File, io::AsyncWriteExt, sync::mpsc};

use crate::model::{Failure, Operation, Page};

/// What is kept in memory of a body that goes nowhere else.
pub(super) const MEMORY: usize = 256 << 20;

pub(super) enum Sink {
    /// Into [`Page::body`].
    Memory,
    /// Into a file.
    File(File, PathBuf),
    /// To whoever reads along.
    Feed(mpsc::Sender<Bytes>),
    /// Nowhere: it belongs to a redirect.
    Nowhere,
}

impl Sink {
    /// A new file, in place of one that is there.
    pub(super) async fn create(path: &Path) -> Result<Self, Failure> {
        match File::create(path).await {
            Ok(file) => Ok(Self::File(file, path.to_owned())),
            Err(error) => Err(Failure::new(Operation::Open, path.display(), &error)),
        }
    }

    pub(super) async fn take(&mut self, data: Vec<u8>, page: &mut Page) -> Result<(), Failure> {
        match self {
            Self::Memory => {
                let room = MEMORY.saturating_sub(page.body.len()).min(data.len());
                page.body.extend_from_slice(data.get(..room).unwrap_or_default());
                Ok(())
            }
            Self::File(file, path) => {
                file.write_all(&data).await.map_err(|error| Failure::new(Operation::Open, path.display(), &error))
            }
            Self::Feed(feed) => {
                feed.send(data.into()).await.map_err(|_| Failure::named(Operation::Send, "stdout", "EPIPE"))
            }
            Self::Nowhere => Ok(()),
        }
    }

    /// True when nothing more can be taken.
    pub(super) fn is_full(&self, page: &Page) -> bool {
        match self {
            Self::Memory => page.body.len() >= MEMORY,
            // More is not worth the wait for the answer that counts.
            Self::Nowhere => page.length >= 64 << 10,
            Self::File(..) | Self::Feed(_) => false,
        }
    }

    /// Writes what is left; the file that has it all.
    pub(super) async fn finish(self) -> Result<Option<PathBuf>, Failure> {
        let Self::File(mut file, path) = self else { return Ok(None) };
        file.flush().await.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
        Ok(Some(path))
    }
}
