//! The body of a request on its way out.

use std::{
    io,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt},
};

use crate::{
    http::client::request::Piece,
    model::{Errno, Failure, Operation, Reason},
};

/// Bytes read from a file at once.
const PART: usize = 64 << 10;

#[derive(Debug)]
enum Part {
    Bytes(Vec<u8>),
    File { file: File, path: PathBuf, length: u64 },
}

/// A body whose files are open.
#[derive(Debug)]
pub struct Upload {
    parts: Vec<Part>,
    length: u64,
}

impl Upload {
    /// Opens the files of a body.
    ///
    /// # Errors
    /// When one of them cannot be read, or is no ordinary file.
    pub async fn open(pieces: Vec<Piece>) -> Result<Self, Failure> {
        let mut upload = Self { parts: Vec::new(), length: 0 };
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    upload.length += bytes.len() as u64;
                    upload.parts.push(Part::Bytes(bytes));
                }
                Piece::File(path) => {
                    let unreadable = |error| Failure::new(Operation::Open, path.display(), &error);
                    let file = File::open(&path).await.map_err(unreadable)?;
                    let facts = file.metadata().await.map_err(unreadable)?;
                    if !facts.is_file() {
                        let failure = Failure::named(Operation::Open, path.display(), Errno::EINVAL);
                        return Err(failure.because(Reason::NotAFile));
                    }
                    upload.length += facts.len();
                    upload.parts.push(Part::File { file, length: facts.len(), path });
                }
            }
        }
        Ok(upload)
    }

    /// Length of the whole body in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes head and body to whoever has `address`; counts what the system took. A file that cannot be read to its promised end is an error.
    pub(super) async fn send(
        self,
        head: &str,
        address: &str,
        output: &mut (impl AsyncWrite + Unpin),
        sent: &AtomicU64,
    ) -> Result<(), Failure> {
        let broken = |error: io::Error| Failure::new(Operation::Send, address, &error);
        // One system call for a small request: what leaves together arrives together.
        let mut waiting = head.as_bytes().to_vec();
        for part in self.parts {
            match part {
                Part::Bytes(bytes) => {
                    if waiting.len() + bytes.len() > PART {
                        put(output, &mut waiting, sent).await.map_err(broken)?;
                    }
                    waiting.extend(bytes);
                }
                Part::File { mut file, path, mut length } => {
                    while length > 0 {
                        let begin = waiting.len();
                        let room = usize::try_from(length).unwrap_or(PART).min(PART);
                        waiting.resize(begin + room, 0);
                        let read = file.read(waiting.get_mut(begin..).unwrap_or_default()).await;
                        let count = match read {
                            Ok(0) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, Reason::FileShrank)),
                            read => read,
                        };
                        let count = count.map_err(|error| Failure::new(Operation::Open, path.display(), &error))?;
                        waiting.truncate(begin + count);
                        length -= count as u64;
                        if waiting.len() >= PART {
                            put(output, &mut waiting, sent).await.map_err(broken)?;
                        }
                    }
                }
            }
        }
        put(output, &mut waiting, sent).await.map_err(broken)
    }
}

async fn put(output: &mut (impl AsyncWrite + Unpin), waiting: &mut Vec<u8>, sent: &AtomicU64) -> io::Result<()> {
    output.write_all(waiting).await?;
    sent.fetch_add(waiting.len() as u64, Ordering::Relaxed);
    waiting.clear();
    Ok(())
}
