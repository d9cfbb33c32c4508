//! Waits of which there may be none: for room in a pipe, for a moment.

use bytes::Bytes;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// Room in a pipe; `None` when it takes nothing any more.
pub(super) async fn room(feed: Option<&mpsc::Sender<Bytes>>) -> Option<mpsc::Permit<'_, Bytes>> {
    feed?.reserve().await.ok()
}

/// Waits for a moment; for ever without one.
pub(super) async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
