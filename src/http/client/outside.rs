//! What an exchange asks of whoever runs it: where the body goes, who decides, and what ends it from outside.

use std::{
    io,
    path::{Path, PathBuf},
    pin::Pin,
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};

use crate::{
    model::{Failure, Large, ObjectId, Page},
    words::{Phrase, exact_size, phrase, span},
};

/// Hears how an exchange goes.
pub trait Log: Send + Sync {
    /// Something failed, and the connection goes on or is closed in order.
    fn trouble(&self, failure: &Failure);

    /// Receiving failed.
    fn broke(&self, error: &io::Error) -> Failure;

    /// What is not as it should be; said at the end.
    fn remark(&self, words: &Phrase);

    /// The head of the answer came, and the body is still empty.
    fn head(&self, page: Page) -> BoxFuture<'_, ()>;
}

/// Decides about a body that is large, or too large for memory.
pub trait Ask: Send + Sync {
    /// Waits for the word; `page` says which of the two it is, and what is wrong so far.
    fn ask(&self, page: Page) -> BoxFuture<'_, Large>;
}

/// Takes the body of one answer.
pub trait BodySink: Send {
    /// The body of the answer that counts begins; what is taken before belongs to a redirect.
    fn begin(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// From now on into a new file of this name, what came already first.
    fn save(&mut self, path: &Path) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Takes the next bytes; false, and nothing is taken, when there is no room for them.
    fn take(&mut self, data: &[u8]) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// Nothing more comes: puts away what is left.
    fn finish(&mut self) -> impl Future<Output = Kept> + Send;
}

/// What became of a body.
#[derive(Debug, Default)]
pub struct Kept {
    /// In the object store.
    pub body: Option<ObjectId>,
    /// In this file, and how many bytes of it are there.
    pub saved: Option<(PathBuf, u64)>,
    /// Why the rest is not.
    pub failure: Option<Failure>,
}

/// What ends an exchange from outside.
pub struct Limits<'a> {
    /// When it has to be done.
    pub deadline: Option<Instant>,
    /// Ready when it is stopped.
    pub stop: Pin<&'a mut (dyn Future<Output = ()> + Send)>,
    /// How many redirects came before.
    pub hops: usize,
}

/// What ended an exchange before the answer said so.
pub(super) enum Cut {
    Silence(Duration),
    Deadline,
    Stopped,
}

impl Cut {
    /// What it was, after so many bytes came; `whole` is how long all of it may take.
    pub(super) fn words(&self, came: u64, whole: Duration) -> Phrase {
        let shown = |limit: Duration| span(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX));
        match self {
            Self::Stopped if came == 0 => phrase!("stopped before anything came"),
            Self::Stopped => phrase!("stopped after {length}", length = exact_size(came)),
            Self::Silence(limit) if came == 0 => {
                phrase!("the connection stands, but nothing came for {span}", span = shown(*limit))
            }
            Self::Silence(limit) => phrase!("nothing more came for {span}", span = shown(*limit)),
            Self::Deadline => phrase!("it was not done within {span}", span = shown(whole)),
        }
    }
}

/// Waits for what ends an exchange from outside.
pub(super) async fn outside(limits: &mut Limits<'_>, was_stopped: &mut bool) -> Cut {
    let deadline = limits.deadline;
    let late = async {
        match deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = late => Cut::Deadline,
        () = stopped(limits, was_stopped) => Cut::Stopped,
    }
}

/// Waits for the word to stop, which stays said.
pub(super) async fn stopped(limits: &mut Limits<'_>, was_stopped: &mut bool) {
    if !*was_stopped {
        limits.stop.as_mut().await;
        *was_stopped = true;
    }
}
