//! Files as they come from the listener of the lab that sends them: a thread takes the answers out of the stream.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use tokio::{sync::mpsc, time::timeout};

use crate::{
    app::mailbox::{Mailbox, spawn},
    model::SessionId,
    respond::sized_file::{Progress, Reception},
};

/// Received pieces that may wait for the thread.
const FEED: usize = 16;
/// Bytes of a file that are kept for saving; a longer one is counted to its end all the same.
const KEPT: usize = 256 << 20;
/// Between two tellings of how far it is, in milliseconds.
const PACE: u128 = 40;

/// What the thread tells.
#[derive(Debug)]
pub(in crate::app) struct Received {
    pub(in crate::app) session: SessionId,
    pub(in crate::app) progress: Progress,
    /// The whole file, once it is there and not too long to be kept.
    pub(in crate::app) bytes: Option<Arc<Vec<u8>>>,
}

/// Starts the thread; what it is to read goes into the queue that this gives.
pub(in crate::app) fn start(session: SessionId, mail: Mailbox<Received>) -> mpsc::Sender<Bytes> {
    let (feed, received) = mpsc::channel(FEED);
    spawn("file reception", move || take(session, received, &mail));
    feed
}

/// Takes one answer after the other out of the stream, until it ends.
fn take(session: SessionId, mut received: mpsc::Receiver<Bytes>, mail: &Mailbox<Received>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let tell = |progress: &Progress, bytes: Option<Vec<u8>>| {
        mail.post(Received { session, progress: progress.clone(), bytes: bytes.map(Arc::new) })
    };
    let mut reception = Reception::default();
    let mut kept = Some(Vec::new());
    let mut told = Instant::now();
    loop {
        let piece = match reception.patience() {
            Some(patience) => runtime.block_on(async { timeout(patience, received.recv()).await }).ok(),
            None => Some(received.blocking_recv()),
        };
        let mut left = match piece {
            None => {
                reception.pause();
                Bytes::new()
            }
            Some(Some(piece)) => piece,
            Some(None) => {
                reception.end();
                tell(reception.progress(), None);
                return;
            }
        };
        loop {
            let (file, rest) = reception.push(&left);
            if let Some(bytes) = &mut kept {
                bytes.extend_from_slice(file);
            }
            kept = kept.filter(|bytes| bytes.len() <= KEPT);
            let rest = left.slice_ref(rest);
            let over = reception.progress().is_over();
            if over || told.elapsed().as_millis() >= PACE {
                told = Instant::now();
                let whole = matches!(reception.progress(), Progress::Whole(_));
                if !tell(reception.progress(), kept.take_if(|_| whole)) {
                    return;
                }
            }
            if over {
                (reception, kept) = (Reception::default(), Some(Vec::new()));
            }
            left = rest;
            if left.is_empty() {
                break;
            }
        }
    }
}
